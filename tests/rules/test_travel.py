"""How far, how soon, how long: borders crossed, time to first use, half-life. Rule: domain.md 3.10."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbot.trail.measures import Interval
from kbot.trail.small_numbers import borders_in_words, first_use_in_words, half_life_in_words, may_cross
from kbot.trail.travel import (
    FEWEST_ENDS,
    FEWEST_ITEMS,
    Borders,
    FirstUse,
    HalfLife,
    Life,
    contact_rate,
    crossing_interval,
    crossing_rate,
    crossing_ratio,
    first_use,
    half_life,
)

# Borders


def test_the_uses_across_are_held_against_the_contacts_across() -> None:
    card = Borders(people=30, people_used=9, contacts=40, contacts_across=22, used=9, across=6)
    assert crossing_rate(card) == 6 / 9
    assert contact_rate(card) == 22 / 40
    assert isclose(crossing_ratio(card) or 0.0, 6 / 9 / (22 / 40))
    assert crossing_interval(card).contains(6 / 9)


def test_of_nothing_there_is_no_rate() -> None:
    nothing = Borders()
    assert crossing_rate(nothing) is contact_rate(nothing) is crossing_ratio(nothing) is None
    assert crossing_interval(nothing) == Interval(0, 1)
    assert crossing_ratio(Borders(contacts=4, used=2)) is None, "no contact was across"


@pytest.mark.parametrize("few", ["people", "people_used", "unknown", "unknown_used"])
@pytest.mark.parametrize("number", range(7))
def test_neither_those_whose_community_is_known_nor_the_others_are_shown_when_they_are_few(
    few: str, number: int
) -> None:
    enough = {"people": 9, "people_used": 9, "unknown": 9, "unknown_used": 9}
    assert may_cross(Borders(**(enough | {few: number}))) == (number == 0 or number >= 5)


def test_borders_in_words_have_no_percentage_of_few() -> None:
    assert borders_in_words(Borders(contacts=9, contacts_across=4, used=3, across=1)) == (
        "across borders: 1 of 3 uses of what comes from another community, and 4 of 9 contacts; where both are known"
    )
    assert borders_in_words(Borders(contacts=40, contacts_across=22, used=20, across=10)) == (
        "across borders: 10 of 20 uses (30-70 %) of what comes from another community, and 22 of 40 contacts (55 %); "
        "where both are known"
    )


# How soon


def test_half_were_told_within_so_many_weeks() -> None:
    assert first_use([2, 3, 8, 20, 60], people=5) == FirstUse(5, 5, 2)
    assert first_use([0.0] * 5, people=5).weeks == 1
    assert first_use([], people=0) == FirstUse()
    assert first_use_in_words(first_use([2, 3, 8, 20, 60], 5)) == (
        "time to first use: half of 5 uses were told within 2 weeks of the contact"
    )


@given(st.lists(st.floats(0, 400), min_size=1))
def test_so_many_weeks_hold_at_least_half_and_a_week_less_does_not(days: list[float]) -> None:
    weeks = first_use(days, people=9).weeks
    assert weeks is not None
    assert 2 * sum(one <= 7 * weeks for one in days) >= len(days)
    assert weeks == 1 or 2 * sum(one <= 7 * (weeks - 1) for one in days) < len(days)


# How long


def test_a_half_life_needs_enough_items_and_ends() -> None:
    ended, held = Life(100, has_ended=True), Life(400, has_ended=False)
    assert half_life([ended] * (FEWEST_ENDS - 1) + [held] * 20, people=9).days is None
    assert half_life([ended] * (FEWEST_ITEMS - 1), people=9).days is None
    assert half_life([ended] * FEWEST_ITEMS, people=9) == HalfLife(9, 20, 20, 100)


def test_what_still_holds_counts_for_as_long_as_it_was_looked_at() -> None:
    """The textbook's way: ten of twenty end one by one, the others were published lately."""
    young = [Life(5, has_ended=False)] * 10
    ends = [Life(10 * n, has_ended=True) for n in range(1, 11)]
    assert half_life([*young, *ends], people=9).days == 50
    old = [Life(1000, has_ended=False)] * 11
    assert half_life([*old, *ends], people=9).days is None, "more than half hold to this day"


@given(st.lists(st.integers(0, 1000), min_size=FEWEST_ITEMS))
def test_where_all_have_ended_it_is_the_median(days: list[int]) -> None:
    found = half_life([Life(day, has_ended=True) for day in days], people=9).days
    assert found == sorted(days)[(len(days) - 1) // 2]


def test_a_half_life_in_words() -> None:
    assert half_life_in_words(HalfLife(5, 12, 3)) == (
        "half-life: not enough yet to say it (3 of 12 items hold no more)"
    )
    assert half_life_in_words(HalfLife(5, 30, 9)) == "half-life: more than half of 30 items still hold (9 do not)"
    assert half_life_in_words(HalfLife(5, 30, 19, 210)) == (
        "half-life: half of 30 items hold for 210 days (19 hold no more)"
    )
