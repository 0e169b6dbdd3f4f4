"""When a case is asked: first, again, for the last time, and until when at all. Pure. Source: domain.md 3.4."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from kbot.library.facts import Cadence
from kbot.people.hours import FIRST_HOUR, add_working_days, is_working_day, local_moment


class Rhythm(StrEnum):
    """What sets the times of a case: what the person said goes before what their topic suggests."""

    PULL = "pull"
    """They asked, and got it as the answer."""
    PLANNED = "planned"
    """They said until when they mean to try it."""
    COMES_UP = "comes_up"
    """They want to be asked after the next time it comes up."""
    CHOSEN = "chosen"
    """They said when to come back to it."""
    HELPED = "helped"
    """Somebody helped them with it."""
    FAST = "fast"
    NORMAL = "normal"
    SLOW = "slow"
    """It was delivered; how often there is an occasion is a property of the topic."""
    SUSTAIN = "sustain"
    SILENT = "silent"

    @property
    def is_certain(self) -> bool:
        """Asked for sure when it is due, because its person brought it about. The others are drawn by lot (3.5)."""
        return self in (Rhythm.PULL, Rhythm.PLANNED, Rhythm.COMES_UP, Rhythm.CHOSEN, Rhythm.HELPED)


OF_CADENCE = {Cadence.FAST: Rhythm.FAST, Cadence.NORMAL: Rhythm.NORMAL, Cadence.SLOW: Rhythm.SLOW}


@dataclass(frozen=True)
class Times:
    """`first`: working days (whole) or time from what opened the case to the first question; `again`: from one question
    to the next; `window`: from the opening to the end."""

    first: int | timedelta
    again: Sequence[timedelta]
    window: timedelta


def _days(days: int) -> timedelta:
    return timedelta(days=days)


OF_RHYTHM = {
    Rhythm.PULL: Times(2, (_days(14),), _days(30)),
    Rhythm.PLANNED: Times(2, (_days(14), _days(30)), _days(60)),
    Rhythm.COMES_UP: Times(_days(30), (_days(30),), _days(120)),
    Rhythm.CHOSEN: Times(0, (_days(14),), _days(30)),
    Rhythm.HELPED: Times(5, (), _days(20)),
    Rhythm.FAST: Times(5, (_days(10),), _days(45)),
    Rhythm.NORMAL: Times(10, (_days(14), _days(30)), _days(75)),
    Rhythm.SLOW: Times(_days(30), (_days(45), _days(90)), _days(200)),
    Rhythm.SUSTAIN: Times(_days(90), (), _days(110)),
    Rhythm.SILENT: Times(_days(28), (), _days(48)),
}
"""The window of what has a day (PLANNED, CHOSEN) begins with that day."""

AFTER_IT_CAME_UP = 2
"""Working days after the person asked about the topic again."""


def first(rhythm: Rhythm, begins: datetime, zone: ZoneInfo) -> datetime:
    """When it is asked first, from `begins`: the opening, or the moment of the day that the person named."""
    after = OF_RHYTHM[rhythm].first
    if isinstance(after, int):
        return add_working_days(begins, after, zone)
    return on_a_working_day(begins + after, zone)


def again(rhythm: Rhythm, asks_made: int, last: datetime, zone: ZoneInfo) -> datetime | None:
    """When it is asked once more, after `asks_made` times of which the last was then; None: not any more."""
    times = OF_RHYTHM[rhythm].again
    return on_a_working_day(last + times[asks_made - 1], zone) if 0 < asks_made <= len(times) else None


def window_end(rhythm: Rhythm, begins: datetime) -> datetime:
    """Later than this it is not asked any more."""
    return begins + OF_RHYTHM[rhythm].window


def morning_of(day: date, zone: ZoneInfo) -> datetime:
    """When a day that the person named begins, for questions."""
    return local_moment(day, FIRST_HOUR, zone)


def on_a_working_day(moment: datetime, zone: ZoneInfo) -> datetime:
    """The same, or the morning of the next working day."""
    day = moment.astimezone(zone).date()
    return moment if is_working_day(day) else add_working_days(morning_of(day, zone), 1, zone)
