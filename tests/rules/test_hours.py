"""When people are at work: every IANA zone, every moment of twelve years, the clock changes among them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kbot.people.hours import (
    FIRST_HOUR,
    LAST_HOUR,
    add_working_days,
    in_window,
    is_working_day,
    iso_week,
    local_moment,
    moment_in_week,
    next_window,
)
from tests.examples import examples

zones = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
BEGINS = datetime(2024, 1, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(), timedelta(days=12 * 365)).map(lambda later: BEGINS + later)
days_of_years = st.dates(date(2024, 1, 1), date(2035, 12, 31))
thorough = settings(max_examples=examples(60), deadline=None)

NEW_YORK, LISBON, TOKYO = ZoneInfo("America/New_York"), ZoneInfo("Europe/Lisbon"), ZoneInfo("Asia/Tokyo")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # its clock changes by half an hour


def utc(*at: int) -> datetime:
    return datetime(*at, tzinfo=UTC)  # type: ignore[misc,arg-type]


@thorough
@given(now=moments, zone=zones)
@example(now=utc(2026, 3, 8, 6, 59), zone=NEW_YORK)
@example(now=utc(2026, 11, 1, 5, 30), zone=NEW_YORK)
@example(now=utc(2026, 10, 3, 15, 29), zone=LORD_HOWE)
def test_the_next_window_is_open_and_is_the_next_one(now: datetime, zone: ZoneInfo) -> None:
    opens = next_window(now, zone)
    assert opens >= now
    assert in_window(opens, zone)
    assert opens - now <= timedelta(days=3, hours=19), "from Friday 16:00 to Monday 10:00, and an hour or so of DST"
    step = now
    while step < opens:
        assert not in_window(step, zone), "an earlier moment would have done"
        step += timedelta(minutes=20)


@thorough
@given(now=moments, zone=zones)
def test_in_the_window_means_a_working_day_between_ten_and_four_local_time(now: datetime, zone: ZoneInfo) -> None:
    local = now.astimezone(zone)
    expected = local.isoweekday() <= 5 and 10 <= local.hour < 16
    assert in_window(now, zone) is expected


@thorough
@given(now=moments, zone=zones, days=st.integers(0, 25))
@example(now=utc(2026, 3, 6, 15, 0), zone=NEW_YORK, days=2)
@example(now=utc(2026, 11, 1, 5, 30), zone=NEW_YORK, days=1)
@example(now=utc(2026, 3, 28, 22, 30), zone=LISBON, days=5)
def test_so_many_working_days_lie_between(now: datetime, zone: ZoneInfo, days: int) -> None:
    then = add_working_days(now, days, zone)
    first, last = now.astimezone(zone).date(), then.astimezone(zone).date()
    between = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    assert sum(is_working_day(day) for day in between) == days
    if days:
        assert is_working_day(last)
        assert then > now
    assert then >= local_moment(last, FIRST_HOUR, zone)
    assert add_working_days(now, days + 1, zone) > then


@thorough
@given(now=moments, zone=zones, days=st.integers(1, 10))
def test_whole_working_days_are_over_at_the_same_wall_time_at_the_earliest(
    now: datetime, zone: ZoneInfo, days: int
) -> None:
    local, then = now.astimezone(zone), add_working_days(now, days, zone).astimezone(zone)
    if local.hour >= FIRST_HOUR and not _near_a_change(now, zone) and not _near_a_change(then, zone):
        assert then.time() == local.time()


def _near_a_change(at: datetime, zone: ZoneInfo) -> bool:
    around = [(at + timedelta(hours=hours)).astimezone(zone).utcoffset() for hours in (-30, 30)]
    return around[0] != around[1]


@thorough
@given(day=days_of_years, hour=st.integers(0, 23), zone=zones)
@example(day=date(2026, 3, 8), hour=2, zone=NEW_YORK)
@example(day=date(2026, 11, 1), hour=1, zone=NEW_YORK)
def test_a_wall_time_is_kept_and_a_skipped_one_comes_after_the_gap(day: date, hour: int, zone: ZoneInfo) -> None:
    local = local_moment(day, hour, zone).astimezone(zone)
    if (local.date(), local.hour, local.minute) != (day, hour, 0):
        wall = datetime.combine(day, time(hour))
        assert local.replace(tzinfo=None) > wall, "moved forward"
        assert local.utcoffset() != (local - timedelta(hours=3)).astimezone(UTC).astimezone(zone).utcoffset()


def test_of_a_doubled_hour_the_first_counts() -> None:
    assert local_moment(date(2026, 11, 1), 1, NEW_YORK) == utc(2026, 11, 1, 5)


def test_a_skipped_hour_moves_by_the_gap() -> None:
    assert local_moment(date(2026, 3, 8), 2, NEW_YORK) == utc(2026, 3, 8, 7)


@thorough
@given(now=moments, day=st.integers(0, 6), hour=st.integers(0, 22), zone=zones)
def test_a_moment_in_the_week_is_in_that_week(now: datetime, day: int, hour: int, zone: ZoneInfo) -> None:
    moment = moment_in_week(now, day, hour, zone)
    assert iso_week(moment, zone) == iso_week(now, zone)
    assert moment.astimezone(zone).weekday() == day
    assert moment_in_week(moment, day, hour, zone) == moment


@thorough
@given(now=moments, zone=zones)
def test_a_week_later_is_the_next_iso_week(now: datetime, zone: ZoneInfo) -> None:
    noon = local_moment(now.astimezone(zone).date(), 12, zone)
    later = local_moment(now.astimezone(zone).date() + timedelta(days=7), 12, zone)
    assert iso_week(noon, zone) < iso_week(later, zone)


@pytest.mark.parametrize(
    ("now", "zone", "opens"),
    [
        (utc(2026, 11, 20, 20, 59), NEW_YORK, utc(2026, 11, 20, 20, 59)),  # Friday 15:59
        (utc(2026, 11, 20, 21, 0), NEW_YORK, utc(2026, 11, 23, 15, 0)),  # Friday 16:00
        (utc(2026, 11, 23, 0, 30), TOKYO, utc(2026, 11, 23, 1, 0)),  # Monday 9:30
        (utc(2026, 3, 27, 17, 0), LISBON, utc(2026, 3, 30, 9, 0)),  # over the weekend of the change: 10:00 is 9:00 UTC
    ],
)
def test_the_window_opens(now: datetime, zone: ZoneInfo, opens: datetime) -> None:
    assert next_window(now, zone) == opens


def test_the_hours_are_those_that_people_were_told() -> None:
    assert (FIRST_HOUR, LAST_HOUR) == (10, 16)
