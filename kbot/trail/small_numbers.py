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
    return all(people == 0 or people >= FEWEST_PEOPLE for people in (counts.people, counts.people_replied))


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


def may_follow(moved: Sequence[int]) -> bool:
    """Whether a report may take the place of the one before it. `moved`: for the total and for each part, of how many
    people anything has come, changed or gone in between; the difference of the two is about them."""
    return all(people == 0 or people >= FEWEST_PEOPLE for people in moved)


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
