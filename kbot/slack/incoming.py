"""What comes in from Slack, parsed at the door, and what a listener may answer at once."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from kbot.slack.outgoing import Blocks

MOST_IN_AN_ID = 200


class Malformed(ValueError):
    """Something that Slack never sends. The text says what is wrong with it, without a word of its own."""


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


def _id(value: object, name: str) -> str:
    if not is_id(value):
        raise Malformed(f"without {name}")
    return value


def _id_or_none(value: object, name: str) -> str | None:
    return _id(value, name) if value else None


def _name(value: object, name: str) -> str:
    """What kbot has named itself, such as an action_id."""
    if not (named := _text(value, name)):
        raise Malformed(f"without {name}")
    return named


def _text(value: object, name: str) -> str:
    """A text, "" where there is none. No database keeps what is not Unicode."""
    if value is None:
        return ""
    if not isinstance(value, str) or "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Malformed(f"{name} is no text")
    return value


def _object(value: object, name: str) -> Mapping[str, Any]:
    """An object, {} where there is none."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Malformed(f"{name} is no object")
    return value


def _objects(value: object, name: str) -> list[Mapping[str, Any]]:
    if not isinstance(value, list):
        raise Malformed(f"{name} is no list")
    return [_object(each, name) for each in value]


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
    def parse(cls, body: Mapping[str, Any]) -> "Press":
        action = next(iter(_objects(body.get("actions"), "actions")), {})
        container, view = _object(body.get("container"), "container"), _object(body.get("view"), "view")
        channel, message = _object(body.get("channel"), "channel"), _object(body.get("message"), "message")
        chosen = _object(action.get("selected_option"), "an option")
        return cls(
            team=team_of(body),
            person=_person(body),
            action=_name(action.get("action_id"), "an action_id"),
            value=_text(
                action.get("value")
                or chosen.get("value")
                or action.get("selected_user")
                or action.get("selected_conversation"),
                "value",
            ),
            place=Place(
                channel=_id_or_none(container.get("channel_id") or channel.get("id"), "a channel"),
                ts=_id_or_none(container.get("message_ts") or message.get("ts"), "a ts"),
                # Slack shows the message with every press but one on an ephemeral message.
                is_ephemeral=bool(container.get("is_ephemeral", not view and not message)),
                thread_ts=_id_or_none(container.get("thread_ts") or message.get("thread_ts"), "a thread_ts"),
                view_id=_id_or_none(view.get("id"), "a view's id"),
            ),
            trigger_id=_text(body.get("trigger_id"), "trigger_id"),
            response_url=_text(body.get("response_url"), "response_url") or None,
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
        view = _object(body.get("view"), "view")
        if view.get("type") != "modal":
            raise Malformed("without a modal")
        states = _object(_object(view.get("state"), "state").get("values"), "values")
        try:
            metadata = json.loads(_text(view.get("private_metadata"), "private_metadata") or "{}")
        except (ValueError, RecursionError):
            raise Malformed("private_metadata is no JSON") from None
        return cls(
            team=team_of(body),
            person=_person(body),
            callback=_text(view.get("callback_id"), "callback_id"),
            metadata=_object(metadata, "private_metadata"),
            values={_text(block, "a block's id"): _typed(elements) for block, elements in states.items()},
            view_id=_id(view.get("id"), "a view's id"),
        )


def _typed(elements: object) -> str | list[str]:
    state = _object(next(iter(_object(elements, "a block's state").values()), None), "an element's state")
    for name in ("value", "selected_user", "selected_channel", "selected_conversation", "selected_date"):
        if state.get(name) is not None:
            return _text(state[name], name)
    for name in ("selected_users", "selected_channels", "selected_conversations"):
        if isinstance(state.get(name), list):
            return [_text(value, name) for value in state[name]]
    if state.get("selected_options") is not None:
        return [_text(option.get("value"), "an option") for option in _objects(state["selected_options"], "options")]
    return _text(_object(state.get("selected_option"), "an option").get("value"), "an option")


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
        word, rest = (*_text(body.get("text"), "text").split(maxsplit=1), "", "")[:2]
        return cls(
            team=_id(body.get("team_id"), "a team_id"),
            person=_id(body.get("user_id"), "a user_id"),
            channel=_id(body.get("channel_id"), "a channel_id"),
            word=word.lower(),
            rest=rest.strip(),
            trigger_id=_text(body.get("trigger_id"), "trigger_id"),
            response_url=_text(body.get("response_url"), "response_url"),
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
            person=_person(body),
            callback=_name(body.get("callback_id"), "a callback_id"),
            trigger_id=_text(body.get("trigger_id"), "trigger_id"),
            response_url=_text(body.get("response_url"), "response_url") or None,
            channel=_id_or_none(_object(body.get("channel"), "channel").get("id"), "a channel"),
            message=_object(body.get("message"), "message"),
        )


def team_of(body: Mapping[str, Any]) -> str:
    """The workspace of an interaction; `team` is null where an app is installed for a whole organization."""
    team, user = _object(body.get("team"), "team"), _object(body.get("user"), "user")
    return _id(team.get("id") or user.get("team_id"), "a team")


def _person(body: Mapping[str, Any]) -> str:
    return _id(_object(body.get("user"), "user").get("id"), "a user")


Interaction = Command | Press | Submission | Shortcut

_BY_TYPE: Mapping[str, Callable[[Mapping[str, Any]], Interaction]] = {
    "block_actions": Press.parse,
    "view_submission": Submission.parse,
    "view_closed": Submission.parse,
    "shortcut": Shortcut.parse,
    "message_action": Shortcut.parse,
}


def interaction(body: Mapping[str, Any]) -> Interaction:
    """What a person did, from a command's fields or an interaction's payload. Raises Malformed for everything else."""
    if _text(body.get("command"), "command"):
        return Command.parse(body)
    parse = _BY_TYPE.get(_text(body.get("type"), "type"))
    if parse is None:
        raise Malformed("neither a command nor an interaction that kbot knows")
    return parse(body)


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
