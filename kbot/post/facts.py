"""What became of letters, as facts."""

from dataclasses import dataclass
from datetime import datetime

from kbot.post.gate import Proactive


@dataclass(frozen=True)
class Arrival:
    """When (people's time) a letter arrived, and when its reader first answered it."""

    key: str
    sent_at: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Unasked:
    """Something unasked for one person: when it came, or why it waits. Moments are people's time."""

    what: Proactive
    sent_at: datetime | None
    held_for: str | None
    held_since: datetime | None
