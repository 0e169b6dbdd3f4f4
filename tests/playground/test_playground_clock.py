"""People's clock: it moves forward, in the file that the app reads, and across changes of daylight saving."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kbot.playground.clock import BackInTime, Jump, PeopleClock, shown
from kbot.playground.driver import Driver


class At(PeopleClock):
    """A clock whose real time stands still."""

    def __init__(self, real: datetime, file: Path | None = None) -> None:
        super().__init__(file)
        self._real = real

    def now(self) -> datetime:
        return self._real + timedelta(seconds=self.ahead)


def test_moving_is_written_for_the_app(slack: Driver, tmp_path: Path) -> None:
    slack.clock.move(days=10)
    slack.clock.move(hours=1)
    assert slack.clock.ahead == 10 * 86_400 + 3_600
    assert float((tmp_path / "clock").read_text()) == slack.clock.ahead
    assert [path.name for path in tmp_path.iterdir()] == ["clock"]


def test_a_new_clock_goes_on_where_the_file_stands(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    PeopleClock(file).move(90)
    assert PeopleClock(file).ahead == 90


def test_time_does_not_go_back() -> None:
    clock = PeopleClock(None)
    with pytest.raises(BackInTime, match="only moves forward"):
        clock.move(-1)
    assert clock.ahead == 0


def test_messages_keep_their_real_ts_and_show_peoples_time(slack: Driver) -> None:
    before = slack.ana.says("before", "platform")
    slack.clock.move(days=7)
    after = slack.ana.says("after", "platform")
    assert float(after.ts) - float(before.ts) < 7 * 86_400, "a ts is of the real clock"
    seen = slack.ana.look(after)
    assert seen is not None
    assert seen.sent_at == shown(after.ts, slack.clock.ahead, "Europe/Lisbon")
    assert seen.sent_at != shown(after.ts, 0, "Europe/Lisbon")


@pytest.mark.parametrize(
    ("real", "zone", "hour", "weekday", "then"),
    [
        ("2026-11-21T08:00", "Europe/Berlin", 10, None, "2026-11-21T09:00"),
        ("2026-11-21T09:00", "Europe/Berlin", 10, None, "2026-11-22T09:00"),
        ("2026-11-21T09:00", "Europe/Berlin", 10, 0, "2026-11-23T09:00"),
        ("2026-11-23T08:59", "Europe/Berlin", 10, 0, "2026-11-23T09:00"),
        ("2026-11-23T09:00", "Europe/Berlin", 10, 0, "2026-11-30T09:00"),
        ("2026-10-31T12:00", "America/New_York", 11, None, "2026-10-31T15:00"),
        ("2026-10-31T16:00", "America/New_York", 11, None, "2026-11-01T16:00"),  # the clocks went back
        ("2027-03-27T12:00", "Europe/Lisbon", 10, None, "2027-03-28T09:00"),  # and forward
        ("2026-11-21T20:00", "Asia/Tokyo", 9, 6, "2026-11-22T00:00"),
    ],
)
def test_the_next_such_hour_is_by_the_persons_wall(
    real: str, zone: str, hour: int, weekday: int | None, then: str
) -> None:
    clock = At(datetime.fromisoformat(real).replace(tzinfo=UTC))
    clock.move(clock.seconds_until(zone, hour, weekday=weekday))
    assert clock.now() == datetime.fromisoformat(then).replace(tzinfo=UTC)
    assert clock.now().astimezone(ZoneInfo(zone)).hour == hour


def test_the_pages_three_jumps() -> None:
    clock = At(datetime(2026, 11, 21, 12, tzinfo=UTC))
    assert clock.seconds_to(Jump.WEEK, "UTC") == 7 * 86_400
    assert clock.seconds_to(Jump.NEXT_MORNING, "UTC") == 22 * 3_600
    assert clock.seconds_to(Jump.NEXT_MONDAY, "UTC") == 46 * 3_600
