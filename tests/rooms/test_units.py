"""Units of work: all or nothing, one at a time where it matters, no update is lost. The same on both databases."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kbot.people.tables import ChannelRow
from kbot.storage.units import Units
from kbot.storage.upsert import insert_new, insert_or_update
from kbot.trail.tables import FactRow

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TASKS, TURNS = 8, 12


def row(channel: str = "C1", hour: int = 0) -> dict[str, object]:
    return {
        "team_id": "T1",
        "channel_id": channel,
        "mode": "capture",
        "publication": "notify",
        "emojis": ["bulb"],
        "digest_day": 0,
        "digest_hour": hour,
        "set_by": "U0CLEO",
        "set_at": NOW,
    }


def make(session: Session, channel: str = "C1") -> bool:
    return insert_new(session, ChannelRow, row(channel))


def how_many(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(ChannelRow)).one()


def clock_of(session: Session) -> int:
    return session.get_one(ChannelRow, ("T1", "C1"), populate_existing=True).digest_hour


def later_by_looking_first(session: Session) -> None:
    """Reads, thinks, writes: safe only while nobody else can write in between."""
    query = select(ChannelRow).where(ChannelRow.channel_id == "C1").with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).one()
    found.digest_hour = found.digest_hour + 1 if found.digest_hour < 23 else 0
    session.flush()


def later_at_once(session: Session) -> None:
    session.execute(update(ChannelRow).values(digest_hour=(ChannelRow.digest_hour + 1) % 24))


@pytest.mark.parametrize("work", [later_by_looking_first, later_at_once])
async def test_no_update_is_lost(units: Units, work: object) -> None:
    await units(make)

    async def turn_the_clock() -> None:
        for _ in range(TURNS):
            await units(work)  # type: ignore[arg-type]

    await asyncio.gather(*(turn_the_clock() for _ in range(TASKS)))
    assert await units.read(clock_of) == TASKS * TURNS % 24


async def test_a_unit_that_fails_has_done_nothing_and_harms_no_other(units: Units) -> None:
    def half_done(session: Session) -> None:
        make(session, "C-half")
        raise ZeroDivisionError

    done = await asyncio.gather(
        units(make, "C-before"), units(half_done), units(make, "C-after"), return_exceptions=True
    )
    assert [type(result) for result in done] == [bool, ZeroDivisionError, bool]
    assert await units.read(how_many) == 2


async def test_what_breaks_a_rule_of_the_database_harms_no_other(units: Units) -> None:
    def wrong(session: Session) -> None:
        session.add(ChannelRow(**(row("C-wrong") | {"digest_day": 9})))
        session.flush()

    done = await asyncio.gather(*(units(make, f"C{n}") for n in range(5)), units(wrong), return_exceptions=True)
    assert done[:5] == [True] * 5
    assert isinstance(done[5], DBAPIError)
    assert await units.read(how_many) == 5


async def test_a_read_cannot_write(units: Units) -> None:
    with pytest.raises(DBAPIError):
        await units.read(make)
    assert await units.read(how_many) == 0


async def test_what_was_committed_is_read_at_once(units: Units) -> None:
    for n in range(20):
        await units(make, f"C{n}")
        assert await units.read(how_many) == n + 1


async def test_workers_are_woken_after_the_commit(units: Units) -> None:
    woken = asyncio.Event()
    units.when_committed(woken.set)
    await units.read(how_many)
    assert not woken.is_set()
    await units(make)
    assert woken.is_set()


async def test_who_looks_at_a_table_is_woken_by_what_is_written_there_alone(units: Units) -> None:
    channels, facts = asyncio.Event(), asyncio.Event()
    units.when_committed(channels.set, ChannelRow)
    units.when_committed(facts.set, FactRow)
    await units(how_many)
    assert not channels.is_set()
    await units(make)
    assert channels.is_set()
    assert not facts.is_set()


async def test_what_a_unit_wrote_that_was_undone_wakes_nobody_later(units: Units) -> None:
    def fail(session: Session) -> None:
        make(session)
        raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        await units(fail)
    woken = asyncio.Event()
    units.when_committed(woken.set, ChannelRow)
    for _ in range(10):
        await units(how_many)
    assert not woken.is_set()


async def test_closing_finishes_what_was_accepted(units: Units) -> None:
    waiting = [asyncio.ensure_future(units(make, f"C{n}")) for n in range(20)]
    await asyncio.sleep(0)
    await units.close()
    assert await asyncio.gather(*waiting) == [True] * 20


# -- upsert: the database decides races, and says how it decided


def test_the_first_is_new_and_the_second_is_not(session: Session) -> None:
    assert insert_new(session, ChannelRow, row()) is True
    assert insert_new(session, ChannelRow, row(hour=5)) is False
    assert clock_of(session) == 0, "what is there stays"


async def test_of_many_at_once_exactly_one_is_new(units: Units) -> None:
    made = await asyncio.gather(*(units(make) for _ in range(12)))
    assert sorted(made) == [False] * 11 + [True]


def test_an_update_changes_what_it_names_and_nothing_else(session: Session) -> None:
    make(session)
    changed = row(hour=9) | {"mode": "off"}
    insert_or_update(session, ChannelRow, changed, keys=("team_id", "channel_id"), change=("digest_hour",))
    found = session.get_one(ChannelRow, ("T1", "C1"))
    assert (found.digest_hour, found.mode) == (9, "capture")
