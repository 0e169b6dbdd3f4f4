"""What may be shown of few, and in which words. Pure: counts in, what may be read out.

Under ten answers there are no percentages, under five people nothing at all; what is hidden cannot be found by
subtracting what is shown, neither within a table nor between two reports in a row (domain.md 2.9-7; product.md 6).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kbot.trail.measures import (
    Counts,
    Interval,
    application_interval,
    asked_share,
    bounds,
    bounds_over_eligible,
)
from kbot.trail.travel import Borders, FirstUse, HalfLife, crossing_interval

FEWEST_PEOPLE = 5
FEWEST_ANSWERS = 10
TOO_FEW = f"not shown: of fewer than {FEWEST_PEOPLE} people, or to keep those unrecognizable"


@dataclass(frozen=True)
class Cell:
    """One line of a table: a set of cases by its name."""

    name: str
    counts: Counts


@dataclass(frozen=True)
class Table:
    """A total and its parts, as they were at a moment. None: not to be shown."""

    total: Counts | None
    parts: Mapping[str, Counts | None]


def may_be_shown(counts: Counts) -> bool:
    """Nobody or a crowd, both of those who are counted at all and of those whose answers are."""
    return _nobody_or_a_crowd(counts.people, counts.people_replied)


def may_cross(borders: Borders) -> bool:
    """The same of the borders; also those whose community is unknown, which are what is left of the total."""
    return _nobody_or_a_crowd(borders.people, borders.people_used, borders.unknown, borders.unknown_used)


def _nobody_or_a_crowd(*numbers: int) -> bool:
    return all(people == 0 or people >= FEWEST_PEOPLE for people in numbers)


def is_crowd(counts: Counts) -> bool:
    """Whether there are so many in it that others are lost among them."""
    return min(counts.people, counts.people_replied) >= FEWEST_PEOPLE


def shown(total: Counts, parts: Sequence[Cell]) -> Table:
    """The table with what must be hidden left out.

    Where a part is hidden, what is shown of the others could be taken from the total. So with it goes the smallest
    part that is a crowd by itself: then what is left over is about a crowd. Where there is none, the total goes. People
    may be in several parts, so several small ones together are no crowd.
    """
    hidden = {cell.name for cell in parts if not may_be_shown(cell.counts)}
    crowds = [cell for cell in parts if is_crowd(cell.counts)]
    keeps_total = may_be_shown(total)
    if hidden and keeps_total:
        if crowds:
            hidden.add(min(crowds, key=lambda cell: (cell.counts.people_replied, cell.name)).name)
        else:
            keeps_total = False
    return Table(
        total=total if keeps_total else None,
        parts={cell.name: None if cell.name in hidden else cell.counts for cell in parts},
    )


def may_not_follow(before: Mapping[str, object], now: Mapping[str, object], moved: Mapping[str, int]) -> set[str]:
    """Which of the numbers of a new report may not be read beside those that were shown last (`before`).

    They differ, and of fewer than five people anything has come or changed in between (`moved`): the difference would
    be about those. What differs although nobody has moved counts as well: somebody has erased what they said, say.
    """
    return {
        name
        for name, value in now.items()
        if value is not None
        and before.get(name) is not None
        and before[name] != value
        and moved.get(name, 0) < FEWEST_PEOPLE
    }


# -- in words


def percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def span(interval: Interval) -> str:
    """Such as "29-71 %"."""
    return f"{100 * interval.low:.0f}-{100 * interval.high:.0f} %"


def rate_in_words(part: int, whole: int, who: str, interval: Interval | None = None) -> str:
    """Such as "9 of 18 who answered (29-71 %)"; of fewer than ten, "3 of 4 who answered"."""
    if not whole:
        return f"none {who} yet"
    said = f"{part} of {whole} {who}"
    if whole < FEWEST_ANSWERS:
        return said
    return f"{said} ({span(interval) if interval else percent(part / whole)})"


def used_in_words(counts: Counts) -> str:
    """The application rate: always "reported"."""
    interval = application_interval(counts)
    return f"used (reported): {rate_in_words(counts.used, counts.replied, 'who answered', interval)}"


def bounds_in_words(counts: Counts) -> str:
    """What the silent leave open, of those asked."""
    low, high = counts.used, counts.used + counts.silent
    if not counts.asked:
        return "nobody was asked yet"
    if counts.replied < FEWEST_ANSWERS:
        return f"{counts.asked} asked: between {low} and {high} used it"
    asked = bounds(counts)
    return f"{counts.asked} asked: between {percent(asked.low)} and {percent(asked.high)} used it"


def eligible_in_words(counts: Counts) -> str:
    """What the silent and those not asked leave open, of all who showed contact; "" where everybody was asked."""
    sample = counts.sample
    if not sample.eligible or sample.eligible == counts.asked or counts.replied < FEWEST_ANSWERS:
        return ""
    wide = bounds_over_eligible(counts)
    share = percent(asked_share(counts) or 0.0)
    return f"of {sample.eligible} who showed contact {share} were asked: between {span(wide)} used it"


def borders_in_words(borders: Borders) -> str:
    """How many uses were of what comes from another community, beside how many contacts were."""
    used = rate_in_words(borders.across, borders.used, "uses", crossing_interval(borders))
    met = rate_in_words(borders.contacts_across, borders.contacts, "contacts")
    return f"across borders: {used} of what comes from another community, and {met}; where both are known"


def first_use_in_words(first: FirstUse) -> str:
    """How soon: when they told is the latest that it can have been."""
    if first.weeks is None:
        return ""
    weeks = "a week" if first.weeks == 1 else f"{first.weeks} weeks"
    return f"time to first use: half of {first.uses} uses were told within {weeks} of the contact"


def half_life_in_words(life: HalfLife) -> str:
    """How long it holds."""
    if not life.is_enough:
        return f"half-life: not enough yet to say it ({life.ended} of {life.items} items hold no more)"
    if life.days is None:
        return f"half-life: more than half of {life.items} items still hold ({life.ended} do not)"
    return f"half-life: half of {life.items} items hold for {life.days} days ({life.ended} hold no more)"
