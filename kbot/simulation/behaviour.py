"""How the people of a simulated organisation behave: what they do, what becomes of it in truth, and what they tell.

They are truthful, but who used something answers more readily than who did not (domain.md 3.8). Nothing here is of
kbot's making but the words for its answers; all chance comes from one `random.Random`.
"""

import random
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from kbot.follow_up.facts import Answer

ZONES = (
    *("America/Los_Angeles", "America/New_York", "America/Sao_Paulo", "Europe/London"),
    *("Europe/Berlin", "Asia/Kolkata", "Asia/Singapore", "Australia/Sydney"),
)
TRY = 0.36
"""The probability that somebody who showed contact with an item tries it."""

TRIED_AFTER = timedelta(days=8)
"""How long that takes, on average (exponential)."""

SAVED_A_WEEK = 0.5
"""Items of each topic."""

ANSWERS_IF_USED, ANSWERS_IF_NOT = 0.60, 0.35
WITHIN = timedelta(days=30)
"""The truth is asked for so long after the contact."""


class Fate(StrEnum):
    """What becomes of an item with somebody."""

    AS_IS = "as is"
    ADAPTED = "adapted"
    FAILED = "failed"
    NOTHING = "nothing"

    @property
    def is_use(self) -> bool:
        return self in (Fate.AS_IS, Fate.ADAPTED)


@dataclass(frozen=True)
class Contact:
    """Somebody showed contact with an item: what becomes of it, and when."""

    fate: Fate
    at: datetime
    since: datetime

    def is_over(self, now: datetime) -> bool:
        return self.fate is not Fate.NOTHING and self.at <= now

    @property
    def was_used(self) -> bool:
        """The truth, which kbot never learns but by what is told."""
        return self.fate.is_use and self.at <= self.since + WITHIN


@dataclass(frozen=True)
class Human:
    """Somebody who asks and saves so often, on average."""

    id: str
    zone: ZoneInfo
    channels: tuple[str, ...]
    follows: tuple[str, ...]
    asks_a_week: float
    saves_a_week: float


def people(chance: random.Random, number: int, channels: Collection[str], topics: Collection[str]) -> list[Human]:
    """The people: most ask seldom and follow a topic or two; a tenth of them ask a lot and follow half of all."""
    made = []
    for n in range(number):
        is_busy = n % 10 == 9
        asks = chance.uniform(2.0, 4.0) if is_busy else chance.expovariate(1 / 0.25)
        follows = len(topics) // 2 if is_busy else chance.choice((0, 1, 1, 2))
        made.append(
            Human(
                id=f"U{n:04}",
                zone=ZoneInfo(ZONES[n % len(ZONES)]),
                channels=tuple(sorted(chance.sample(sorted(channels), min(2, len(channels))))),
                follows=tuple(chance.sample(sorted(topics), min(follows, len(topics)))),
                asks_a_week=asks,
                saves_a_week=SAVED_A_WEEK * len(topics) / number,
            )
        )
    return made


@dataclass
class Behaviour:
    """What people do with what they get. `contacts`: by person and item."""

    chance: random.Random
    contacts: dict[tuple[str, str], Contact] = field(default_factory=dict)

    def meets(self, person: str, item: str, now: datetime) -> None:
        """Somebody showed contact with an item: from here on its fate is set."""
        if (person, item) in self.contacts:
            return
        fate = Fate.NOTHING
        if self.chance.random() < TRY:
            fate = self.chance.choices((Fate.AS_IS, Fate.ADAPTED, Fate.FAILED), (0.62, 0.23, 0.15))[0]
        days = self.chance.expovariate(1 / TRIED_AFTER.total_seconds())
        self.contacts[person, item] = Contact(fate, now + timedelta(seconds=days), now)

    def says(self, person: str, item: str, now: datetime, *, after_question: bool) -> Answer | None:
        """What somebody answers when they are asked how it went; None: nothing."""
        contact = self.contacts[person, item]
        is_over = contact.is_over(now)
        if self.chance.random() >= (ANSWERS_IF_USED if is_over and contact.fate.is_use else ANSWERS_IF_NOT):
            return None
        if is_over:
            return _TOLD[after_question][contact.fate]
        if contact.fate is not Fate.NOTHING:
            return Answer.NOT_TRIED if after_question else Answer.NOT_YET
        if after_question:
            return self.chance.choices((Answer.NOT_TRIED, Answer.OFF_THE_POINT), (0.7, 0.3))[0]
        rest = (Answer.NOT_YET, Answer.NOT_FOR_ME, Answer.THINKING, Answer.AGAINST, Answer.DONT_ASK)
        return self.chance.choices(rest, (0.60, 0.22, 0.10, 0.06, 0.02))[0]

    def says_late(self, person: str, item: str, now: datetime) -> Answer | None:
        """What somebody who never answered says when they are asked once more."""
        if self.chance.random() < 0.5:
            return None
        contact = self.contacts[person, item]
        return Answer.USED_SILENTLY if contact.is_over(now) and contact.fate.is_use else Answer.NOT_USED

    def still(self) -> Answer | None:
        """Whether it is still in use after three months, if they say."""
        said = (Answer.REGULARLY, Answer.WITH_OTHERS, Answer.STOPPED, Answer.NO_OCCASION_SINCE, None)
        return self.chance.choices(said, (0.3, 0.1, 0.1, 0.1, 0.4))[0]

    def outcome(self) -> Answer | None:
        """How a use went, if they say."""
        said = (Answer.HELPED, Answer.NO_DIFFERENCE, Answer.TOO_EARLY, Answer.MADE_WORSE, None)
        return self.chance.choices(said, (0.55, 0.10, 0.04, 0.01, 0.30))[0]

    def telling(self) -> Answer | None:
        """Whether the contributor may hear of it, if they say."""
        said = (Answer.TELL_NAMED, Answer.TELL_UNNAMED, Answer.TELL_NOT, None)
        return self.chance.choices(said, (0.35, 0.15, 0.10, 0.40))[0]


_TOLD = {
    True: {Fate.AS_IS: Answer.SOLVED, Fate.ADAPTED: Answer.PARTLY, Fate.FAILED: Answer.NOT_WORKED},
    False: {Fate.AS_IS: Answer.USED, Fate.ADAPTED: Answer.ADAPTED, Fate.FAILED: Answer.TRIED},
}
