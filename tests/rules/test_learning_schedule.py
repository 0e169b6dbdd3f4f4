"""When a learning check comes again: by `fsrs` with its traps closed, and by the even schedule without it."""

from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbot.learning import evenly, schedule
from kbot.learning.facts import Recall

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
AGAIN, HARD, GOOD, EASY = Recall


@pytest.fixture
def by_fsrs() -> ModuleType:
    pytest.importorskip("fsrs")
    from kbot.learning import by_fsrs

    return by_fsrs


def intervals(way: ModuleType, *recalls: Recall) -> list[int]:
    """The days between checks that are each answered on the day they are due."""
    memory: dict[str, Any] = {}
    at, found = NOW, []
    for recall in recalls:
        memory, days = way.after(memory, recall, at)
        found.append(days)
        at += timedelta(days=days)
    return found


@pytest.mark.parametrize(
    ("recalls", "days"),
    [
        ((GOOD,) * 4, [4, 31, 173, 180]),
        ((HARD,) * 5, [2, 9, 23, 47, 81]),
        ((AGAIN, GOOD, GOOD, GOOD), [1, 4, 17, 61]),
    ],
)
def test_the_intervals_of_fsrs_are_those_of_the_study(
    by_fsrs: ModuleType, recalls: tuple[Recall, ...], days: list[int]
) -> None:
    assert intervals(by_fsrs, *recalls) == days


def test_forgotten_never_means_minutes(by_fsrs: ModuleType) -> None:
    assert intervals(by_fsrs, AGAIN, AGAIN, AGAIN, GOOD, AGAIN)[:3] == [1, 1, 1]
    assert min(intervals(by_fsrs, GOOD, AGAIN, GOOD, AGAIN)) >= 1


def test_the_same_answers_give_the_same_days(by_fsrs: ModuleType) -> None:
    """No fuzz from the global `random`, no id from the machine's clock."""
    assert by_fsrs.after({}, GOOD, NOW) == by_fsrs.after({}, GOOD, NOW)


def test_a_moment_of_any_zone_is_taken(by_fsrs: ModuleType) -> None:
    """`ZoneInfo("UTC")` is refused by the library itself."""
    for zone in (ZoneInfo("UTC"), ZoneInfo("Asia/Tokyo")):
        assert by_fsrs.after({}, GOOD, NOW.astimezone(zone))[1] == 4


def test_evenly_is_a_month_apart_until_it_is_known_by_heart() -> None:
    assert intervals(evenly, *(GOOD,) * 6) == [4, 30, 30, 30, 30, 180]
    assert intervals(evenly, GOOD, GOOD, AGAIN, GOOD, HARD) == [4, 30, 4, 4, 30]


def test_each_way_reads_what_the_other_one_kept(by_fsrs: ModuleType) -> None:
    memory, _ = by_fsrs.after({}, GOOD, NOW)
    assert evenly.after(memory, GOOD, NOW)[1] == 4
    memory, _ = evenly.after({}, GOOD, NOW)
    assert by_fsrs.after(memory, GOOD, NOW)[1] == 4


@given(st.lists(st.sampled_from(Recall), min_size=1, max_size=12), st.booleans())
def test_every_way_asks_in_a_day_at_the_earliest_and_half_a_year_at_the_latest(
    recalls: list[Recall], with_library: bool
) -> None:
    way: Any = schedule if with_library else evenly
    memory: dict[str, Any] = {}
    at = NOW
    for recall in recalls:
        memory, days = way.after(memory, recall, at)
        assert 1 <= days <= schedule.RETIRED_FROM
        at += timedelta(days=days + 3)


@given(st.lists(st.sampled_from([HARD, GOOD, EASY]), min_size=12, max_size=12))
def test_what_is_always_recalled_is_known_by_heart_one_day(recalls: list[Recall]) -> None:
    assert schedule.RETIRED_FROM in intervals(schedule, *recalls)
