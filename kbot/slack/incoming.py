"""What comes in from Slack, parsed at the door, and what a listener may answer at once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from kbot.slack.outgoing import Blocks

MOST_IN_AN_ID = 200


class Malformed(ValueError):
    """Something that Slack never sends."""


@dataclass(frozen=True)
class Event:
    """A stored event. `received_late` is how many seconds (machine's time) it has waited since it was received."""

    team: str
    id: str
    type: str
    body: Mapping[str, Any]
    waited: float = 0.0

    @property
    def subtype(self) -> str | None:
        return self.body.get("subtype")


@dataclass(frozen=True)
class Envelope:
    """The outside of an event as Slack delivers it: who, which, and what the inbox keeps."""

    team: str
    event_id: str
    kind: str
    event: Mapping[str, Any]

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "Envelope":
        event, team, event_id = body.get("event"), body.get("team_id"), body.get("event_id")
        if not isinstance(event, dict) or not is_id(event.get("type")):
            raise Malformed("an event without a type")
        if not is_id(team) or not is_id(event_id):
            raise Malformed("an event without a team or an id")
        return cls(team, event_id, event["type"], event)


def is_id(value: object) -> TypeGuard[str]:
    """Whether this can be one of Slack's ids or names, and a key in any database."""
    return isinstance(value, str) and 0 < len(value) <= MOST_IN_AN_ID and value.isascii() and value.isprintable()


@dataclass(frozen=True)
class Place:
    """Where something was pressed: a message (also an ephemeral one), the Home tab or a modal."""

    channel: str | None = None
    ts: str | None = None
    is_ephemeral: bool = False
    thread_ts: str | None = None
    view_id: str | None = None


@dataclass(frozen=True)
class Press:
    """A button pressed or an option chosen. `value` is what the button carries: ids, never words."""

    team: str
    person: str
    action: str
    value: str
    place: Place
    trigger_id: str
    response_url: str | None
    modal: "Submission | None" = None
    """For a press in a modal: the modal as it is filled in so far."""

    @classmethod
    def parse(cls, body: Mapping[str, Any], action: Mapping[str, Any]) -> "Press":
        container = body.get("container") or {}
        view = body.get("view") or {}
        chosen = action.get("selected_option") or {}
        return cls(
            team=team_of(body),
            person=str(body["user"]["id"]),
            action=str(action["action_id"]),
            value=str(action.get("value") or chosen.get("value") or action.get("selected_user") or ""),
            place=Place(
                channel=container.get("channel_id") or (body.get("channel") or {}).get("id"),
                ts=container.get("message_ts") or (body.get("message") or {}).get("ts"),
                # Slack shows the message with every press but one on an ephemeral message.
                is_ephemeral=bool(container.get("is_ephemeral", not view and not body.get("message"))),
                thread_ts=container.get("thread_ts") or (body.get("message") or {}).get("thread_ts"),
                view_id=view.get("id"),
            ),
            trigger_id=str(body.get("trigger_id") or ""),
            response_url=body.get("response_url"),
            modal=Submission.parse(body) if view.get("type") == "modal" else None,
        )


@dataclass(frozen=True)
class Submission:
    """A modal sent off. `values`: block_id -> what was typed or chosen (a list for several)."""

    team: str
    person: str
    callback: str
    metadata: Mapping[str, Any]
    values: Mapping[str, str | Sequence[str]]
    view_id: str

    def text(self, block: str) -> str:
        """What was typed or chosen in this block, without blanks around it; "" when nothing was."""
        value = self.values.get(block, "")
        return value.strip() if isinstance(value, str) else ""

    def several(self, block: str) -> list[str]:
        """What was chosen in this block, for a block that takes several."""
        value = self.values.get(block, ())
        return [value] if isinstance(value, str) and value else list(value)

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "Submission":
        view = body["view"]
        states = (view.get("state") or {}).get("values") or {}
        return cls(
            team=team_of(body),
            person=str(body["user"]["id"]),
            callback=str(view["callback_id"]),
            metadata=json.loads(view.get("private_metadata") or "{}"),
            values={block: _typed(next(iter(elements.values()), {})) for block, elements in states.items()},
            view_id=str(view["id"]),
        )


def _typed(state: Mapping[str, Any]) -> str | list[str]:
    for name in ("value", "selected_user", "selected_channel", "selected_conversation", "selected_date"):
        if isinstance(state.get(name), str):
            return str(state[name])
    for name in ("selected_users", "selected_channels", "selected_conversations"):
        if isinstance(state.get(name), list):
            return [str(value) for value in state[name]]
    if isinstance(state.get("selected_options"), list):
        return [str(option["value"]) for option in state["selected_options"]]
    return str((state.get("selected_option") or {}).get("value") or "")


@dataclass(frozen=True)
class Command:
    """`/kb WORD REST` typed in a channel."""

    team: str
    person: str
    channel: str
    word: str
    rest: str
    trigger_id: str
    response_url: str

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "Command":
        word, rest = (*str(body.get("text") or "").split(maxsplit=1), "", "")[:2]
        return cls(
            team=str(body["team_id"]),
            person=str(body["user_id"]),
            channel=str(body["channel_id"]),
            word=word.lower(),
            rest=rest.strip(),
            trigger_id=str(body.get("trigger_id") or ""),
            response_url=str(body.get("response_url") or ""),
        )


@dataclass(frozen=True)
class Shortcut:
    """A shortcut chosen: on a message (then `message` is the message as Slack shows it) or the global one."""

    team: str
    person: str
    callback: str
    trigger_id: str
    response_url: str | None
    channel: str | None = None
    message: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "Shortcut":
        return cls(
            team=team_of(body),
            person=str(body["user"]["id"]),
            callback=str(body["callback_id"]),
            trigger_id=str(body.get("trigger_id") or ""),
            response_url=body.get("response_url"),
            channel=(body.get("channel") or {}).get("id"),
            message=body.get("message") or {},
        )


def team_of(body: Mapping[str, Any]) -> str:
    """The workspace of an interaction; `team` is null where an app is installed for a whole organization."""
    return str((body.get("team") or {}).get("id") or (body.get("user") or {}).get("team_id") or "")


@dataclass(frozen=True)
class Reply:
    """What only the person who pressed, typed or chose sees at once. With `replace` it takes the place of the
    ephemeral message in which was pressed; with `to_channel` everybody in the channel sees it."""

    text: str
    blocks: Blocks = ()
    replace: bool = False
    to_channel: bool = False


@dataclass(frozen=True)
class Show:
    """A modal shows this view now, in the place of the one sent off."""

    view: Mapping[str, Any]


Answer = Reply | Show | None
