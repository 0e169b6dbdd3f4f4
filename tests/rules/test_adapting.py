"""When a topic's items are asked about first: the rule of domain.md 3.4, and what must hold whatever was counted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbot.follow_up.adapting import FEWEST_PEOPLE, LATEST, MOST_CHANGE, SOONEST, Seen, TopicPace, adapted
from tests.examples import examples

TEN = 10
"""Working days, the normal cadence."""

seens = st.builds(
    lambda delays, people, asked, answered: Seen(delays, people, asked, min(asked, answered)),
    st.lists(st.integers(0, 400), max_size=40),
    st.integers(0, 40),
    st.integers(0, 200),
    st.integers(0, 200),
)
paces = st.builds(TopicPace, st.none() | st.integers(SOONEST, LATEST), st.booleans())


@settings(max_examples=examples(100), deadline=None)
@given(before=paces, usual=st.sampled_from([5, 10, 20]), seen=seens)
def test_it_stays_within_its_limits_and_moves_a_quarter_at_most(before: TopicPace, usual: int, seen: Seen) -> None:
    after = adapted(before, usual, seen)
    was = before.first if before.first is not None else usual
    if after.first is not None:
        assert SOONEST <= after.first <= LATEST
        assert abs(after.first - was) <= max(1, was * MOST_CHANGE)
    if len(seen.delays) < 10 or seen.people < FEWEST_PEOPLE:
        assert after.first == before.first, "of few nothing is learned"
    assert (after.first_ask(usual) or LATEST) <= LATEST, "asked before its window ends"


def of(days: int, n: int = 12, people: int = 6) -> Seen:
    return Seen([days] * n, people)


@pytest.mark.parametrize(
    ("seen", "first"),
    [
        (of(9), 9),
        (of(2), 8),  # towards 3, a quarter at a time
        (of(60), 12),
        (of(60, n=9), None),
        (of(60, people=4), None),
        (Seen([1] * 6 + [12] * 6, 6), 8),  # the middle, 6.5, and a quarter of ten
        (Seen(), None),
    ],
)
def test_the_middle_of_what_was_told_unasked(seen: Seen, first: int | None) -> None:
    assert adapted(TopicPace(), TEN, seen).first == first


def test_month_by_month_it_comes_to_where_people_are() -> None:
    pace, months = TopicPace(), 0
    while pace.first != LATEST:
        pace, months = adapted(pace, TEN, of(100)), months + 1
    assert 4 < months < 8
    while pace.first != SOONEST:
        pace, months = adapted(pace, TEN, of(0)), months + 1
    assert months < 24


@pytest.mark.parametrize(
    ("asked", "answered", "is_quiet"), [(20, 5, True), (20, 6, False), (19, 0, False), (0, 0, False), (200, 59, True)]
)
def test_where_few_answer_it_is_asked_later(asked: int, answered: int, is_quiet: bool) -> None:
    pace = adapted(TopicPace(8), TEN, Seen(asked=asked, answered=answered))
    assert pace == TopicPace(8, is_quiet)
    assert pace.first_ask(TEN) == (16 if is_quiet else 8)
    assert adapted(TopicPace(), TEN, Seen(asked=asked, answered=answered)).first_ask(TEN) == (20 if is_quiet else None)
