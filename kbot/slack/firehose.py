"""Which events are worth storing. Slack sends every message of every channel that kbot is in; most concern nobody."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from kbot.slack.incoming import Malformed, is_id
from kbot.slack.words import CONTENT_SUBTYPES

LONGEST_QUESTION = 1000
_BEGINNINGS = (
    "who|what|when|where|why|which|whose|how|can|could|does|do|did|is|are|has|have|should|may|will|would|anyone|anybody"
)
_QUESTION = re.compile(rf"(?:{_BEGINNINGS})\b", re.IGNORECASE)


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


def judge(event: Mapping[str, Any], me: str, suggesting: Collection[str] = ()) -> Judged:
    """Whether an event can concern anybody. A deletion always can; kbot's own doings and what somebody looks at never
    do; a question among people does in the channels where kbot is `suggesting` answers.

    Raises Malformed for a message of a form that Slack never sends.
    """
    if event["type"] in ("reaction_added", "reaction_removed") and event.get("user") == me:
        return Judged(Worth.DROP)
    if event["type"] == "app_context_changed":
        return Judged(Worth.DROP)  # whoever looks at what is nothing that kbot may keep
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
    is_question = is_question or (channel in suggesting and asks_others(event, me))
    is_from_person = not event.get("bot_id") and event.get("user") not in (None, me)
    if is_question and is_from_person and (subtype is None or subtype in CONTENT_SUBTYPES):
        return Judged(Worth.STORE)
    return Judged(Worth.DROP)


def asks_others(event: Mapping[str, Any], me: str) -> bool:
    """Whether a new message in a channel, outside its threads, looks like a question, and not one to kbot."""
    text = event.get("text")
    if not isinstance(text, str) or event.get("thread_ts") or f"<@{me}" in text:
        return False
    text = text.strip()
    is_question = bool(_QUESTION.match(text)) or text.rstrip(" )\"'”*_~").endswith("?")
    return is_question and len(text.split(maxsplit=1)) > 1 and len(text) <= LONGEST_QUESTION


def _part(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = of.get(name) or {}
    if not isinstance(part, dict):
        raise Malformed(f"an event whose {name} is no object")
    return part
