"""How far knowledge goes, how soon it is used and how long it holds. Pure: counts in, numbers out.

As in measures.py there is no person here: only how many people are behind a number. Definitions: domain.md 3.10.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil

from kbot.trail.measures import Interval, share, wilson

FEWEST_ITEMS, FEWEST_ENDS = 20, 8
"""A half-life says something from so many items, and so many of them that hold no more, on."""

DAYS_A_WEEK = 7


@dataclass(frozen=True)
class Borders:
    """Contacts and uses of people who say which community is theirs; `across` are those of what comes from another.

    `people` had the contacts and `people_used` the uses; `unknown` and `unknown_used` are how many people more did, who
    do not say what their community is. Unknown is not outside.
    """

    people: int = 0
    people_used: int = 0
    unknown: int = 0
    unknown_used: int = 0
    contacts: int = 0
    contacts_across: int = 0
    used: int = 0
    across: int = 0


def crossing_rate(borders: Borders) -> float | None:
    """Of the uses, how many were across; to be shown with its interval and beside the same share of the contacts."""
    return share(borders.across, borders.used)


def crossing_interval(borders: Borders) -> Interval:
    """Where that rate lies, by Wilson."""
    return wilson(borders.across, borders.used)


def contact_rate(borders: Borders) -> float | None:
    """Of the contacts, how many were across: what to hold the uses against."""
    return share(borders.contacts_across, borders.contacts)


def crossing_ratio(borders: Borders) -> float | None:
    """The one by the other: under 1, what comes from outside is used less than what is one's own."""
    used, met = crossing_rate(borders), contact_rate(borders)
    return share(used, met) if used is not None and met is not None else None


@dataclass(frozen=True)
class FirstUse:
    """Within how many `weeks` after the contact half of the `uses` had been told, by so many `people`; None: of none.

    When somebody told is the latest moment at which they can have used it: they were asked, or spoke, some time later.
    Whole weeks, because the one in the middle is one person's.
    """

    people: int = 0
    uses: int = 0
    weeks: int | None = None


def first_use(days: Iterable[float], people: int) -> FirstUse:
    """`days`: how long after the contact each use was told, of so many people."""
    told = sorted(days)
    middle = told[(len(told) - 1) // 2] if told else None
    return FirstUse(people, len(told), max(1, ceil(middle / DAYS_A_WEEK)) if middle is not None else None)


@dataclass(frozen=True)
class Life:
    """How many days an item has held, or held until it was superseded, withdrawn or retired (`has_ended`)."""

    days: int
    has_ended: bool


@dataclass(frozen=True)
class HalfLife:
    """After how many `days` half of the items hold no more; None where that cannot be said.

    `people` shared the `items`, of which `ended` hold no more.
    """

    people: int = 0
    items: int = 0
    ended: int = 0
    days: int | None = None

    @property
    def is_enough(self) -> bool:
        return self.items >= FEWEST_ITEMS and self.ended >= FEWEST_ENDS


def half_life(lives: Iterable[Life], people: int) -> HalfLife:
    """The median of the lives, shared by so many people, where most have not ended yet (E. L. Kaplan and P. Meier,
    Nonparametric estimation from incomplete observations, Journal of the American Statistical Association 53, 1958,
    457-481). None as long as more than half still hold, or where there is too little to say."""
    kept = list(lives)
    found = HalfLife(people, len(kept), sum(life.has_ended for life in kept))
    return replace(found, days=_median(kept)) if found.is_enough else found


def _median(lives: Sequence[Life]) -> int | None:
    ended, over = Counter(life.days for life in lives if life.has_ended), Counter(life.days for life in lives)
    holds, at_risk = 1.0, len(lives)
    for day in sorted(over):
        holds *= 1 - ended[day] / at_risk
        at_risk -= over[day]
        if holds <= 0.5 + 1e-12:  # floats would miss an exact half by a hair
            return day
    return None
