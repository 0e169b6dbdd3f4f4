"""Deliveries and needs as facts: by which rule somebody gets something, what they said of it, what they need."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from kbot.library.facts import Topic
from kbot.trail.facts import Plan

CARD = "delivery.card"
TO_CHANNEL = "delivery.to_channel"
NEED_OVER = "delivery.need_over"
WIDEN = "delivery.widen"


class Rule(StrEnum):
    """Why somebody gets an item (domain.md 4.2). No rule, no delivery."""

    NEED = "need"
    """N11: it fits what the person said they need."""
    FOLLOWS = "follows"
    """R3: follows its topic."""
    ASKED = "asked"
    """R2: asked about the topic in the last 30 days."""
    USED_PARENT = "used_parent"
    """R4: used what it builds on."""
    CLARIFIED = "clarified"
    """R5: found it hard to follow, and it says something else now."""
    NAMED = "named"
    """R6: its contributor thought of them."""
    BROKER = "broker"
    """R7: a broker thought of them."""

    RELAY = "relay"
    """A colleague says that they passed it on to them."""
    DOES = "does"
    """R8: said that its topic is what they do."""
    NEXT_DOOR = "next_door"
    """R10: follows a neighbour of its topic, and asked for something from next door."""

    @property
    def points(self) -> int:
        return POINTS[self]

    @property
    def is_asked_for(self) -> bool:
        """Whether the person, or the channel, wished for it: then no wave holds it back."""
        return self in (Rule.NEED, Rule.FOLLOWS, Rule.NAMED, Rule.BROKER)


POINTS = {
    Rule.NEED: 10,
    Rule.FOLLOWS: 6,
    Rule.ASKED: 6,
    Rule.USED_PARENT: 6,
    Rule.CLARIFIED: 5,
    Rule.NAMED: 5,
    Rule.BROKER: 4,
    Rule.RELAY: 3,
    Rule.DOES: 2,
    Rule.NEXT_DOOR: 1,
}
"""What brings less than 4 lies in the Home tab, without a message."""


class State(StrEnum):
    """The way of a delivery (domain.md 2.3)."""

    HELD = "held"
    """Of a later wave, which comes when the one before has found it useful."""
    OFFERED = "offered"
    """In the person's Home tab, without a message."""
    WAITING = "waiting"
    """For the next letter that the person's pace allows."""
    PLANNED = "planned"
    """In a letter that is on its way."""
    SENT = "sent"
    DROPPED = "dropped"
    """It never left: its time is over, or nobody was there to read it."""


NEXT = {
    State.HELD: {State.WAITING, State.OFFERED, State.DROPPED},
    State.OFFERED: {State.WAITING, State.DROPPED},
    State.WAITING: {State.PLANNED, State.DROPPED},
    State.PLANNED: {State.SENT, State.DROPPED},
    State.SENT: set[State](),
    State.DROPPED: set[State](),
}


class Said(StrEnum):
    """What somebody said of what they got."""

    USE = "use"
    GOOD = "good"
    NOT_FOR_ME = "not_for_me"


@dataclass(frozen=True)
class Why:
    """Why somebody gets an item: the rule, and what its sentence is made of."""

    rule: Rule
    topic: Topic | None = None
    need: str = ""
    by: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Delivery:
    """An item for a person or a channel, and what they said of it."""

    team: str
    item: str
    recipient: str
    is_channel: bool
    why: Why
    state: State
    letter: str | None
    chosen_at: datetime
    sent_at: datetime | None
    said: Said | None
    intention: Plan | None


class NeedState(StrEnum):
    """What became of a need."""

    OPEN = "open"
    ASKED = "asked"
    """Its day is over, and the person is asked whether it helped."""
    HELPED = "helped"
    PARTLY = "partly"
    UNMET = "unmet"
    DROPPED = "dropped"
    """The person needs it no more."""


NEED_NEXT = {
    NeedState.OPEN: {NeedState.ASKED, NeedState.DROPPED, NeedState.HELPED},
    NeedState.ASKED: {NeedState.HELPED, NeedState.PARTLY, NeedState.UNMET, NeedState.OPEN},
    NeedState.HELPED: {NeedState.PARTLY, NeedState.UNMET},  # an answer can be changed
    NeedState.PARTLY: {NeedState.HELPED, NeedState.UNMET},
    NeedState.UNMET: {NeedState.HELPED, NeedState.PARTLY},
    NeedState.DROPPED: set[NeedState](),
}


@dataclass(frozen=True)
class Need:
    """What `person` needs until a moment (people's time, UTC). `matches` are the items that may help so far."""

    team: str
    id: str
    person: str
    words: str
    channel: str | None
    said_at: datetime
    until: datetime
    state: NeedState
    matches: tuple[str, ...] = ()

    def last_day(self, zone: ZoneInfo) -> date:
        """The day that was said; `until` is its end."""
        return (self.until - timedelta(minutes=1)).astimezone(zone).date()
