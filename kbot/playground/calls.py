"""What a Web API method needs: its arguments, its refusals, its entry in the table of methods."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from kbot.playground.local import LocalSlack
from kbot.playground.world import BOT_USER, Channel, Json, Kind, Message

T = TypeVar("T")

NORMAL = frozenset(
    {
        "account_inactive",
        "already_reacted",
        "cannot_dm_bot",
        "channel_not_found",
        "hash_conflict",
        "is_archived",
        "message_not_found",
        "message_not_in_streaming_state",
        "method_not_supported_for_channel_type",
        "no_reaction",
        "not_found",
        "not_in_channel",
        "ratelimited",
        "thread_not_found",
        "token_revoked",
        "user_disabled",
        "user_not_found",
        "user_not_in_channel",
        "user_not_visible",
    }
)
"""Refusals that the world causes, not the app's mistakes; every other error is noted as a violation."""

READ = {Kind.PUBLIC: "channels:read", Kind.PRIVATE: "groups:read", Kind.IM: "im:read"}
HISTORY = {Kind.PUBLIC: "channels:history", Kind.PRIVATE: "groups:history", Kind.IM: "im:history"}


class Refused(Exception):
    """Slack's `ok: false`. `noted_as`: the code of the violation, if it is not the error's own."""

    def __init__(
        self,
        error: str,
        detail: str = "",
        *,
        messages: Sequence[str] = (),
        noted_as: str = "",
        **more: object,
    ) -> None:
        super().__init__(error)
        self.error = error
        self.detail = detail or "; ".join(messages)
        self.messages = list(messages)
        self.noted_as = noted_as or error
        self.more = more

    def answer(self) -> Json:
        answer: Json = {"ok": False, "error": self.error} | self.more
        if self.messages:
            answer["response_metadata"] = {"messages": [f"[ERROR] {m}" for m in self.messages]}
        return answer


class Args:
    """Arguments as they came: all strings in a form, typed in JSON."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = dict(given)

    def text(self, name: str, default: str | None = None) -> str:
        """Raises Refused(invalid_arguments) when it is missing and has no default."""
        value = self.given.get(name)
        if value is None or value == "":
            if default is None:
                raise Refused("invalid_arguments", messages=[f"missing required field: {name}"])
            return default
        if isinstance(value, (dict, list)):
            raise Refused("invalid_arguments", messages=[f"{name} must be a string"])
        return str(value)

    def maybe(self, name: str) -> str | None:
        return self.text(name, "") or None

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.given.get(name)
        if value is None or value == "":
            return default
        if isinstance(value, bool):
            return value
        if str(value).lower() in ("1", "true"):
            return True
        if str(value).lower() in ("0", "false"):
            return False
        raise Refused("invalid_arguments", messages=[f"{name} must be a boolean"])

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.text(name, str(default)))
        except ValueError:
            raise Refused("invalid_arguments", messages=[f"{name} must be a number"]) from None

    def json(self, name: str) -> Any:
        """A structure, also when it came as a string; None when absent."""
        value = self.given.get(name)
        if isinstance(value, str) and value:
            try:
                return json.loads(value)
            except ValueError:
                raise Refused("invalid_arguments", messages=[f"{name} is no valid JSON"]) from None
        return value if value != "" else None

    def words(self, name: str) -> list[str]:
        """A list given as `a,b`, as JSON or as a list."""
        value = self.given.get(name)
        if isinstance(value, list):
            return [str(v) for v in value]
        return [part.strip() for part in str(value or "").split(",") if part.strip()]


Handler = Callable[[LocalSlack, Args], Json]


class Key(StrEnum):
    """Which token a method takes."""

    BOT = "bot"
    APP = "app"
    NONE = "none"


@dataclass(frozen=True)
class Method:
    name: str
    run: Handler
    scopes: frozenset[str] = field(default_factory=frozenset)
    """All of them are needed; those that depend on the kind of conversation are asked for inside."""
    json: bool = False
    """Whether a JSON body is read; elsewhere Slack ignores it."""
    key: Key = Key.BOT


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, json: bool = False, key: Key = Key.BOT) -> Callable[[Handler], Handler]:
    """Registers a Web API method."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(name, handler, frozenset(scopes), json, key)
        return handler

    return register


def need_scope(slack: LocalSlack, *scopes: str) -> None:
    missing = [scope for scope in scopes if scope not in slack.manifest.scopes]
    if missing:
        raise Refused(
            "missing_scope",
            f"needs {', '.join(missing)}",
            needed=",".join(scopes),
            provided=",".join(sorted(slack.manifest.scopes)),
        )


def readable(slack: LocalSlack, args: Args, scopes: Mapping[Kind, str] = READ) -> Channel:
    """The conversation named by `channel`, if the bot may know of it."""
    channel = slack.world.channels.get(args.text("channel"))
    if channel is None or (channel.kind is not Kind.PUBLIC and not channel.has(BOT_USER)):
        raise Refused("channel_not_found")
    need_scope(slack, scopes[channel.kind])
    return channel


def joined(slack: LocalSlack, args: Args, name: str = "channel") -> Channel:
    """The conversation to write to. A person's id stands for the direct message with them."""
    target = args.text(name)
    if target in slack.world.people:
        person = slack.world.people[target]
        if person.is_bot:
            raise Refused("cannot_dm_bot")
        channel = slack.world.direct_message(target)
    else:
        found = slack.world.channels.get(target)
        if found is None:
            raise Refused("channel_not_found")
        channel = found
    if not channel.has(BOT_USER):
        raise Refused("not_in_channel" if channel.kind is Kind.PUBLIC else "channel_not_found")
    if channel.archived:
        raise Refused("is_archived")
    if channel.person and slack.world.people[channel.person].deleted:
        raise Refused("user_disabled")
    return channel


def message_at(slack: LocalSlack, channel: Channel, ts: str) -> Message:
    message = slack.world.find(channel.id, ts)
    if message is None or message.is_tombstone:
        raise Refused("message_not_found")
    return message


def page(slack: LocalSlack, items: Sequence[T], args: Args, default: int = 100) -> tuple[list[T], Json]:
    """One page and its `response_metadata`. The cap of the faults makes pages small on demand."""
    limit = args.number("limit", default)
    if not 1 <= limit <= 1000:
        raise Refused("invalid_limit")
    if slack.faults.page_cap is not None:
        limit = min(limit, slack.faults.page_cap)
    cursor = args.maybe("cursor")
    try:
        start = int(base64.urlsafe_b64decode(cursor).decode().removeprefix("next:")) if cursor else 0
    except ValueError:
        raise Refused("invalid_cursor") from None
    end = start + limit
    following = base64.urlsafe_b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return list(items[start:end]), {"next_cursor": following}
