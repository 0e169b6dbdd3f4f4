"""When people are at work: pure reckoning with local wall time. All moments are UTC; zones are IANA."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FIRST_HOUR = 10
LAST_HOUR = 16
"""Proactive messages arrive from 10:00 until 16:00 local time on working days (product.md 5)."""

SATURDAY = 5
WORKING_DAYS = frozenset(range(SATURDAY))
"""Monday to Friday; 0 is Monday."""


@dataclass(frozen=True)
class Window:
    """When something unasked may arrive, in local wall time: from `first` until `last` o'clock on these weekdays."""

    first: int = FIRST_HOUR
    last: int = LAST_HOUR
    days: frozenset[int] = WORKING_DAYS


USUAL = Window()


def local_moment(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The moment of this wall time. An hour that is skipped moves forward by the gap; of a doubled one, the first."""
    local = datetime.combine(day, time(hour), tzinfo=zone)
    return local.astimezone(UTC)


def is_working_day(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < SATURDAY


def add_working_days(now: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The first moment of the send window, `days` whole working days after `now` in local dates."""
    day = now.astimezone(zone).date()
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day)
    # Two working days after 15:00 are over at 15:00, not at 10:00.
    return max(local_moment(day, FIRST_HOUR, zone), _same_time(now, day, zone))


def working_days_between(begin: datetime, end: datetime, zone: ZoneInfo) -> int:
    """How many working days later `end` is, in local dates; 0 on the same day."""
    day, last = begin.astimezone(zone).date(), end.astimezone(zone).date()
    return sum(is_working_day(day + timedelta(days=n)) for n in range(1, (last - day).days + 1))


def _same_time(now: datetime, day: date, zone: ZoneInfo) -> datetime:
    local = now.astimezone(zone)
    return datetime.combine(day, local.time(), tzinfo=zone).astimezone(UTC)


def in_window(now: datetime, zone: ZoneInfo, window: Window = USUAL) -> bool:
    """Whether a proactive message may arrive now."""
    local = now.astimezone(zone)
    return local.weekday() in window.days and window.first <= local.hour < window.last


def next_window(now: datetime, zone: ZoneInfo, window: Window = USUAL) -> datetime:
    """`now` when it is in the window, else when the window opens next."""
    if in_window(now, zone, window):
        return now
    day = now.astimezone(zone).date()
    opens = local_moment(day, window.first, zone)
    # A narrow window may lie in an hour that the clock skips: then it does not open on that day.
    while opens <= now or not in_window(opens, zone, window):
        day += timedelta(days=1)
        opens = local_moment(day, window.first, zone)
    return opens


def next_day(now: datetime, zone: ZoneInfo, window: Window = USUAL) -> datetime:
    """When the window opens on the next local day that has one."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return next_window(local_moment(tomorrow, 0, zone), zone, window)


def iso_week(now: datetime, zone: ZoneInfo) -> str:
    """The local ISO week, such as `2026-W47`."""
    year, week, _ = now.astimezone(zone).isocalendar()
    return f"{year}-W{week:02d}"


def moment_in_week(now: datetime, day: int, hour: int, zone: ZoneInfo) -> datetime:
    """The moment of a weekday (0 is Monday) and hour in the local ISO week of `now`."""
    today = now.astimezone(zone).date()
    return local_moment(today + timedelta(days=day - today.weekday()), hour, zone)
