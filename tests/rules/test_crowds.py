"""Nobody who wants to go unnamed is recognized by when they are told of. Rule: domain.md 2.9-8.

Ana knows whom kbot asked about her item in which week, and keeps all her notes. For a schedule of asks every history of
answers is played through: whoever saw the same notes cannot tell these histories apart.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbot.follow_up.crowds import CROWD, Crowd, May, Wish, form, may_tell

BEGINS = datetime(2026, 11, 23, 15, tzinfo=UTC)
"""A Monday afternoon."""

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Said:
    """What one person did: `week` None is silence for ever; `with_name` None: answered, and not to be told."""

    week: int | None = None
    with_name: bool | None = None


def weeks(n: int) -> datetime:
    return BEGINS + n * WEEK


def notes(asked: Sequence[int], said: Sequence[Said], until: int) -> list[tuple[frozenset[str], tuple[str, ...]]]:
    """Ana's weekly notes: who is named in each, and whose words stand there unnamed (which she does not see)."""
    crowds: list[Crowd] = []
    named: frozenset[str] = frozenset()
    waits: list[Wish] = []
    seen = []
    for now in range(until):
        contacts = {f"p{n}": weeks(week) for n, week in enumerate(asked) if week <= now}
        for n, one in enumerate(said):
            if one.week == now and one.with_name is not None:
                waits.append(Wish(f"p{n}", f"p{n}", one.with_name))
        at = weeks(now) + timedelta(days=1)
        crowds += [Crowd(people) for people in form(contacts, [crowd.people for crowd in crowds], at)]
        may = may_tell(waits, crowds, frozenset(contacts), named)
        for _, number in may.unnamed:
            crowds[number] = replace(crowds[number], told=crowds[number].told + 1)
        told = {*may.named, *(case for case, _ in may.unnamed)}
        waits = [wish for wish in waits if wish.case not in told]
        named |= frozenset(may.named)
        seen.append((frozenset(may.named), tuple(sorted(case for case, _ in may.unnamed))))
    return seen


def histories(asked: Sequence[int], until: int) -> Iterator[tuple[Said, ...]]:
    """Everything that these people may do."""
    yield from product(
        *([Said(), *(Said(week, how) for week in range(first, until - 2) for how in (True, False))] for first in asked)
    )


def check(asked: Sequence[int], until: int) -> None:
    """At each moment, for each who was told of unnamed, three could have said it, and nobody surely did."""
    worlds: defaultdict[tuple[object, ...], list[list[tuple[str, ...]]]] = defaultdict(list)
    for said in histories(asked, until):
        seen: list[tuple[frozenset[str], int]] = []
        quiet: list[tuple[str, ...]] = []
        for names, unnamed in notes(asked, said, until):
            seen.append((names, len(unnamed)))
            quiet.append(unnamed)
            worlds[tuple(seen)].append(list(quiet))
    for seen_by_ana, alike in worlds.items():
        for note in range(len(seen_by_ana)):
            tellers = [set(world[note]) for world in alike]
            if tellers[0]:
                assert len(set().union(*tellers)) >= CROWD, (asked, seen_by_ana)
        everywhere = set.intersection(*({person for note in world for person in note} for world in alike))
        assert not everywhere, (asked, seen_by_ana)


def counted(asked: Sequence[int], said: Sequence[Said], until: int) -> list[tuple[int, int]]:
    """What each note says of how many answered of the asked, once their crowd has formed."""
    found = []
    for now in range(until):
        contacts = {f"p{n}": weeks(week) for n, week in enumerate(asked) if week <= now}
        inside = {person for crowd in form(contacts, [], weeks(now) + timedelta(days=1)) for person in crowd}
        answered = sum(f"p{n}" in inside and one.week is not None and one.week <= now for n, one in enumerate(said))
        found.append((answered, len(inside)))
    return found


def test_nor_does_the_number_of_those_who_answered_give_anybody_away() -> None:
    """Five were asked; some answer and want nothing told."""
    asked, until = [0] * 5, 4
    ways = [Said(), *(Said(week, how) for week in (0, 3) for how in (False, None))]
    worlds: defaultdict[tuple[object, ...], list[list[tuple[str, ...]]]] = defaultdict(list)
    for said in product(ways, repeat=5):
        seen = notes(asked, said, until)
        told = [len(unnamed) for _, unnamed in seen]
        worlds[*told, *counted(asked, said, until)].append([unnamed for _, unnamed in seen])
    for shown, alike in worlds.items():
        for note in range(until):
            tellers = [set(world[note]) for world in alike]
            assert not tellers[0] or len(set().union(*tellers)) >= CROWD, shown
        assert not set.intersection(*({person for note in world for person in note} for world in alike)), shown


@given(st.lists(st.integers(0, 2), min_size=3, max_size=4).map(sorted))
@settings(max_examples=10, deadline=None)
def test_who_knows_the_asks_and_keeps_all_notes_cannot_tell_who_said_it(asked: list[int]) -> None:
    check(asked, 5)


@pytest.mark.parametrize("asked", [[0, 0, 0], [0, 1, 2], [0, 0, 0, 2], [0, 0, 0, 0, 0], [0, 0, 1, 2, 2]])
def test_the_same_for_schedules_that_suggest_an_attack(asked: list[int]) -> None:
    check(asked, 5)


def test_alone_or_with_one_other_nobody_is_told_of_unnamed() -> None:
    for asked in ([0], [0, 0], [0, 3]):
        for said in histories(asked, 8):
            assert all(not unnamed for _, unnamed in notes(asked, said, 8))


def test_three_who_were_asked_in_a_week_are_told_of_when_the_next_is_over() -> None:
    said = (Said(0, False), Said(), Said())
    assert [unnamed for _, unnamed in notes([0, 0, 0], said, 4)] == [(), (), ("p0",), ()]


def test_who_answers_late_is_told_of_with_the_crowd_they_were_asked_in() -> None:
    said = (Said(4, False), Said(), Said())
    assert notes([0, 0, 0], said, 6)[4][1] == ("p0",)


def test_who_was_asked_alone_in_a_week_is_not_told_of_in_the_next() -> None:
    said = (Said(), Said(), Said(), Said(3, False))
    assert all(not unnamed for _, unnamed in notes([0, 0, 0, 3], said, 9))


def test_two_remain_behind_each_who_is_told_of() -> None:
    everybody = tuple(Said(0, False) for _ in range(5))
    assert [len(unnamed) for _, unnamed in notes([0] * 5, everybody, 4)] == [0, 0, 3, 0]


def test_with_a_name_it_is_told_at_once() -> None:
    assert notes([0], (Said(0, True),), 2)[0][0] == {"p0"}


def test_whom_the_unnamed_need_is_not_named_later() -> None:
    crowd = Crowd(frozenset({"b", "c", "d"}), told=1)
    assert may_tell([Wish("1", "c", True)], [crowd], crowd.people, frozenset()) == May()
    larger = Crowd(frozenset("bcde"), told=1)
    assert may_tell([Wish("1", "c", True)], [larger], larger.people, frozenset()) == May(named=("1",))


def test_who_never_was_asked_may_stand_behind_any_crowd() -> None:
    crowd = Crowd(frozenset("bcd"))
    assert may_tell([Wish("1", "x", False)], [crowd], crowd.people, frozenset()) == May(unnamed=(("1", 0),))
    assert may_tell([Wish("1", "x", False)], [], frozenset(), frozenset()) == May()
