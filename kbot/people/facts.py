"""People, channels and policies as facts."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from kbot.people.hours import USUAL, Window


class Mode(StrEnum):
    """What kbot does in a channel."""

    OFF = "off"
    CAPTURE = "capture"
    CAPTURE_AND_ASK = "capture_and_ask"
    SUGGEST = "suggest"
    """The same, and who asks something in the channel is told, alone, where the answer is known."""

    @property
    def answers(self) -> bool:
        return self in (Mode.CAPTURE_AND_ASK, Mode.SUGGEST)


class Pace(StrEnum):
    """How often a person gets what is new for them, within the budget (product.md 3, 5)."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class Publication(StrEnum):
    """When a flagged message is published (product.md 1)."""

    NOTIFY = "notify"
    """At once; the contributor is told."""
    OPT_OUT = "opt_out"
    """After 24 hours, unless the contributor declines."""
    OPT_IN = "opt_in"
    """When the contributor says yes; lapses after 14 days. Always so in private channels."""
    REVIEW = "review"
    """When a broker approves."""


@dataclass(frozen=True)
class Policy:
    """How kbot behaves in one channel. `digest_hour` is the broker's local hour, `digest_day` 0 is Monday."""

    channel: str
    mode: Mode = Mode.CAPTURE_AND_ASK
    publication: Publication = Publication.NOTIFY
    emojis: tuple[str, ...] = ("bulb",)
    brokers: tuple[str, ...] = ()
    digest_day: int = 0
    digest_hour: int = 11
    is_set_up: bool = False
    community: str = ""
    """Channels of the same community belong together; "": this one is by itself."""
    asks: bool = False
    """Two weeks after something was posted there, everybody is asked whether they used it."""


@dataclass(frozen=True)
class DigestTime:
    """When a broker's digest of one channel comes, in their own zone; `set_at` (people's time) since when."""

    team: str
    broker: str
    channel: str
    day: int
    hour: int
    set_at: datetime


MOST_A_WEEK = 3
"""What is unasked reaches a person so often in any 7 days, over all kinds. People may lower it, and admins for all."""


@dataclass(frozen=True)
class Limits:
    """How often in any 7 days, and when, something unasked may reach a person. `ask_day` (0 is Monday) is when they
    like to be asked how things went; None: on any of their days."""

    budget: int = MOST_A_WEEK
    window: Window = USUAL
    ask_day: int | None = None

    @property
    def asks_in(self) -> Window:
        """When the weekly question may come: on the chosen day, as long as it is one of their days."""
        if self.ask_day is None or self.ask_day not in self.window.days:
            return self.window
        return replace(self.window, days=frozenset({self.ask_day}))


@dataclass(frozen=True)
class Person:
    """Somebody in the workspace. `pause_until` is None for nobody paused; `stopped` until they start again.

    `joined_at` (people's time) is None where nobody has told kbot. `limits` hold now, whoever set them.
    """

    team: str
    id: str
    name: str
    tz: str
    is_admin: bool = False
    is_guest: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    deleted: bool = False
    never_capture: bool = False
    pause_until: datetime | None = None
    stopped: bool = False
    joined_at: datetime | None = None
    limits: Limits = Limits()
    pace: Pace = Pace.DAILY
    next_door: bool = False
    home_channel: str | None = None
    """The channel whose community the person calls theirs; None is unknown, and is never guessed."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.tz)

    @property
    def is_member(self) -> bool:
        """A full member of this workspace: no guest, no stranger, no bot. Others get nothing for now."""
        return self.is_reader and not (self.is_guest or self.is_stranger)

    def is_quiet(self, now: datetime) -> bool:
        """Whether this person wants nothing unasked now (people's time)."""
        return self.stopped or (self.pause_until is not None and self.pause_until > now)

    @property
    def is_reader(self) -> bool:
        """A human who can read what is said where they are: no app, nobody who has left."""
        return not (self.is_bot or self.deleted)


@dataclass(frozen=True)
class Viewer:
    """Somebody who is about to be shown items, and the channels whose items they may see *now*.

    Made only by people/viewers.py, from Slack's own word on membership. For an answer that others will read,
    `channels` holds only what everybody there may see; `among_outsiders` says that guests or strangers may be there.
    """

    team: str
    person: str
    channels: frozenset[str] = field(default_factory=frozenset)
    among_outsiders: bool = False
