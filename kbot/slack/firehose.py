"""Which events are worth storing. Slack sends every message of every channel that kbot is in; most concern nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from kbot.slack.incoming import Malformed, is_id
from kbot.slack.words import CONTENT_SUBTYPES


class Worth(Enum):
    STORE = auto()
    DROP = auto()
    IF_SOURCE = auto()
    """Worth storing if the message is the source of an item: one indexed look."""


@dataclass(frozen=True)
class Judged:
    """What to do with an event; for IF_SOURCE, which message it is about."""

    worth: Worth
    channel: str = ""
    ts: str = ""


def judge(event: Mapping[str, Any], me: str) -> Judged:
    """Whether an event can concern anybody. A deletion always can; kbot's own doings never do.

    Raises Malformed for a message of a form that Slack never sends.
    """
    if event["type"] in ("reaction_added", "reaction_removed") and event.get("user") == me:
        return Judged(Worth.DROP)
    if event["type"] != "message":
        return Judged(Worth.STORE)
    subtype = event.get("subtype")
    changed = _part(event, "message")
    channel = str(event.get("channel") or "")
    if subtype == "message_deleted" or changed.get("subtype") == "tombstone":
        return Judged(Worth.STORE)
    if subtype == "message_changed":
        edited = _part(changed, "edited").get("ts")
        # The same news comes for unfurled links and new replies; only an edit has a new time of editing.
        if not edited or edited == _part(_part(event, "previous_message"), "edited").get("ts"):
            return Judged(Worth.DROP)
        if not is_id(channel) or not is_id(changed.get("ts")):
            raise Malformed("an edit of no message")
        return Judged(Worth.IF_SOURCE, channel, changed["ts"])
    is_question = event.get("channel_type") == "im" or channel.startswith("D")
    is_from_person = not event.get("bot_id") and event.get("user") not in (None, me)
    if is_question and is_from_person and (subtype is None or subtype in CONTENT_SUBTYPES):
        return Judged(Worth.STORE)
    return Judged(Worth.DROP)


def _part(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = of.get(name) or {}
    if not isinstance(part, dict):
        raise Malformed(f"an event whose {name} is no object")
    return part
