"""People's clock: by how many seconds it is ahead of the real one. It only moves forward."""

import os
import time
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo


class Jump(StrEnum):
    NEXT_MORNING = "next_morning"
    NEXT_MONDAY = "next_monday"
    WEEK = "week"


MORNING_HOUR = 10


class BackInTime(ValueError):
    def __init__(self) -> None:
        super().__init__("Time only moves forward.")


class PeopleClock:
    """`file` (may be None) holds the seconds for the app to read; it is replaced atomically."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.ahead = self._read()

    def _read(self) -> float:
        try:
            return float(self._file.read_text()) if self._file else 0.0
        except (FileNotFoundError, ValueError):
            return 0.0

    def now(self) -> datetime:
        """People's time, UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def move(self, seconds: float) -> None:
        """Raises BackInTime for a negative number of seconds."""
        if seconds < 0:
            raise BackInTime
        self.ahead += seconds
        if self._file is not None:
            new = self._file.with_name(self._file.name + ".new")
            new.write_text(f"{self.ahead:.3f}\n")
            os.replace(new, self._file)

    def seconds_until(self, zone: str, hour: int, minute: int = 0, weekday: int | None = None) -> float:
        """From people's now to the next such local hour (and weekday, 0 = Monday), always in the future."""
        here = self.now().astimezone(ZoneInfo(zone))
        day = here.date()
        for _ in range(9):
            then = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone))
            if then > here and weekday in (None, day.weekday()):
                # Zoned datetimes of one zone subtract by their wall clocks: a DST change needs UTC.
                return (then.astimezone(UTC) - here.astimezone(UTC)).total_seconds()
            day += timedelta(days=1)
        raise AssertionError("a week has every weekday")

    def seconds_to(self, jump: Jump, zone: str) -> float:
        if jump is Jump.WEEK:
            return 7 * 24 * 3600
        return self.seconds_until(zone, MORNING_HOUR, weekday=0 if jump is Jump.NEXT_MONDAY else None)


def seconds_of(ts: str) -> float:
    return float(ts)


def shown(ts: str, ahead: float, zone: str) -> str:
    """A Slack `ts` as a person reads it: `Mon 23 Nov, 14:05`."""
    return local(datetime.fromtimestamp(seconds_of(ts) + ahead, UTC), zone)


def local(moment: datetime, zone: str) -> str:
    here = moment.astimezone(ZoneInfo(zone))
    return f"{here:%a} {here.day} {here:%b, %H:%M}"


def utc_offset(zone: str) -> int:
    """Seconds east of UTC, by the real clock."""
    offset = datetime.fromtimestamp(time.time(), ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) if offset else 0
