"""Whoever asked or flagged what failed for ever is told so: once, in the place where they did it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kbot.people import directory
from kbot.people.facts import Mode
from kbot.post import outbox
from kbot.post.inbox import Leased
from kbot.post.outbox import Letter
from kbot.slack.incoming import Envelope, is_id
from kbot.slack.words import CONTENT_SUBTYPES, emoji_name

SORRY = "post.sorry"
SORRY_IN_DM = "post.sorry_in_dm"


def plan(session: Session, dead: Leased, real: datetime) -> None:
    """Tell whoever waits for this event, if anybody does. The reference is the event's id, the key of its dead row."""
    try:
        event = Envelope.parse(json.loads(dead.body)).event
    except ValueError:
        return
    person, channel = event.get("user"), _place(session, dead, event)
    if not is_id(person) or not is_id(channel) or event.get("bot_id"):
        return
    is_dm = channel.startswith("D")
    thread_ts = event.get("thread_ts") or (event.get("ts") if is_dm else None)
    about = {"channel": channel, "thread_ts": thread_ts, "reference": dead.event_id}
    kind = SORRY_IN_DM if is_dm else SORRY
    outbox.plan(session, Letter(dead.team, f"sorry:{dead.event_id}", kind, channel if is_dm else person, about), real)


def _place(session: Session, dead: Leased, event: Mapping[str, Any]) -> object:
    """Where somebody asked or flagged; None for every other event."""
    match dead.kind:
        case "app_mention":
            return event.get("channel")
        case "message":
            is_said = event.get("subtype") is None or event.get("subtype") in CONTENT_SUBTYPES
            return event.get("channel") if is_said and str(event.get("channel")).startswith("D") else None
        case "reaction_added":
            item = event.get("item")
            channel = item.get("channel") if isinstance(item, dict) else None
            policy = directory.policy_of(session, dead.team, channel) if is_id(channel) else None
            is_flag = policy and policy.mode is not Mode.OFF and emoji_name(str(event["reaction"])) in policy.emojis
            return channel if is_flag else None
    return None


def sentence(reference: str) -> str:
    """What they are told."""
    return (
        "That did not work; it is not your fault. Please try again, and if it stays so, tell an admin this reference: "
        f"{reference}"
    )
