"""Behind whom somebody unnamed stands. Pure: who was asked when and who wants to be told of in, what may be told out.

The contributor may know whom kbot asked when, and holds this week's note beside the last one. So the moment at which
somebody unnamed is told of must not depend on when they answered: people form crowds by when they were *asked*, in
whole weeks, at least three together, and a crowd is told of when its last week has been over for a week. Of a crowd so
few are told of that three remain for each of them, whatever the others say of themselves. Hence nobody is named later
whom the unnamed ones of their crowd still need. Rule: domain.md 2.9-8.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

CROWD = 3
"""For whoever is told of unnamed, so many could have said it."""

WEEK = timedelta(days=7)
_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Crowd:
    """People who were asked about an item at about the same time, and how many of them have been told of unnamed."""

    people: frozenset[str]
    told: int = 0

    def hides(self, unnamed: int, named: frozenset[str]) -> bool:
        """Whether so many unnamed ones can be told of in all, while these people are named."""
        return len(self.people - named) >= unnamed - 1 + CROWD


@dataclass(frozen=True)
class Wish:
    """What somebody said, in the case `case`, may be told: with their name, or without."""

    case: str
    person: str
    with_name: bool


@dataclass(frozen=True)
class May:
    """What may be told now: those `named` by their case; of those `unnamed` also the number of their crowd."""

    named: tuple[str, ...] = ()
    unnamed: tuple[tuple[str, int], ...] = ()


def form(asked: Mapping[str, datetime], crowds: Sequence[frozenset[str]], now: datetime) -> list[frozenset[str]]:
    """The crowds that have formed since, of those who were asked and are in none yet. All moments are people's time."""
    inside = {person for crowd in crowds for person in crowd}
    by_week: dict[int, set[str]] = {}
    for person, at in asked.items():
        if person not in inside:
            by_week.setdefault((at - _MONDAY) // WEEK, set()).add(person)
    formed: list[frozenset[str]] = []
    together: set[str] = set()
    for week in sorted(by_week):
        together |= by_week[week]
        over = _MONDAY + (week + 1) * WEEK
        if len(together) >= CROWD and over + WEEK <= now:
            formed.append(frozenset(together))
            together = set()
    return formed


def may_tell(wishes: Sequence[Wish], crowds: Sequence[Crowd], asked: frozenset[str], named: frozenset[str]) -> May:
    """Which of these wishes, the oldest first, can be told now. `asked` are all who were asked about the item, `named`
    those who have been named already. Whom the others still need is told of without their name."""
    told = [crowd.told for crowd in crowds]
    of_person = {person: n for n, crowd in enumerate(crowds) for person in crowd.people}
    names: list[str] = []
    quiet: list[tuple[str, int]] = []
    for wish in sorted(wishes, key=lambda wish: not wish.with_name):
        own = of_person.get(wish.person)
        others = named | {wish.person}
        if wish.with_name and (own is None or not told[own] or crowds[own].hides(told[own], others)):
            named = others
            names.append(wish.case)
            continue
        if own is None and wish.person in asked:
            continue  # their crowd is still to form
        for n in range(own or 0, len(crowds)):
            if crowds[n].hides(told[n] + 1, named):
                told[n] += 1
                quiet.append((wish.case, n))
                break
    return May(tuple(names), tuple(quiet))
