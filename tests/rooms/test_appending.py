"""What is appended is committed when `append` returns, each key once, also while the database is being closed."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.people.tables import ChannelRow
from kbot.post import inbox
from kbot.post.tables import InboxRow
from kbot.storage import schema
from kbot.storage.address import Address
from kbot.storage.appending import MOST_ROWS, Columns
from kbot.storage.units import Units
from tests.examples import examples

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
CHANNEL = (
    "team_id",
    "channel_id",
    "mode",
    "publication",
    "emojis",
    "digest_day",
    "digest_hour",
    "set_by",
    "set_at",
    "community",
)
CHANNELS = Columns(ChannelRow, *CHANNEL)


async def arrives(units: Units, event_id: str, words: str = "{}") -> None:
    await units.append(inbox.RECEIVED, inbox.arrived("T1", event_id, "message", words, NOW))


async def set_up(units: Units, channel: str, day: int = 0) -> None:
    await units.append(CHANNELS, ("T1", channel, "capture", "notify", ["bulb"], day, 9, "U0CLEO", NOW, ""))


def stored(session: Session) -> dict[str, str]:
    return {row.event_id: row.body for row in session.scalars(select(InboxRow))}


def channels(session: Session) -> list[tuple[str, list[str], datetime]]:
    return [(row.channel_id, row.emojis, row.set_at) for row in session.scalars(select(ChannelRow))]


def stored_at(address: Address) -> dict[str, str]:
    """What another process finds in the database."""
    with schema.session_of(address) as session:
        return stored(session)


async def test_a_row_is_committed_when_append_returns(units: Units, address: Address) -> None:
    for n in range(5):
        await arrives(units, f"Ev{n}")
        assert f"Ev{n}" in stored_at(address)


async def test_the_first_of_a_key_stays_in_one_group_and_in_the_next(units: Units) -> None:
    await asyncio.gather(arrives(units, "Ev1", '"first"'), arrives(units, "Ev1", '"second"'))
    await arrives(units, "Ev1", '"third"')
    assert await units.read(stored) == {"Ev1": '"first"'}


async def test_one_group_holds_rows_of_several_tables_in_each_types_own_form(units: Units) -> None:
    await asyncio.gather(arrives(units, "Ev1"), set_up(units, "C1"), arrives(units, "Ev2"))
    assert sorted(await units.read(stored)) == ["Ev1", "Ev2"]
    assert await units.read(channels) == [("C1", ["bulb"], NOW)]


async def test_more_than_one_statement_takes_are_all_stored(units: Units) -> None:
    events = [f"Ev{n}" for n in range(2 * MOST_ROWS + 1)]
    await asyncio.gather(*(arrives(units, event) for event in events))
    assert (await units.read(stored)).keys() == set(events)


async def test_a_row_that_the_database_refuses_fails_with_its_group_and_harms_no_other(units: Units) -> None:
    done = await asyncio.gather(
        set_up(units, "C1"), set_up(units, "C2", day=9), arrives(units, "Ev1"), return_exceptions=True
    )
    assert [type(result).__name__ for result in done] == ["IntegrityError", "IntegrityError", "NoneType"]
    assert await units.read(channels) == [], "half a group would be a lie to those who wait"
    await set_up(units, "C1")
    assert list(await units.read(stored)) == ["Ev1"]
    assert len(await units.read(channels)) == 1


async def test_who_waits_for_rows_is_woken_after_the_commit_and_nobody_else(units: Units) -> None:
    woken, others = asyncio.Event(), asyncio.Event()
    units.when_appended(woken.set)
    units.when_committed(others.set)
    await arrives(units, "Ev1")
    assert woken.is_set()
    assert not others.is_set()


async def test_who_does_not_wait_any_more_keeps_nobody_else_from_it(units: Units) -> None:
    asked = [asyncio.create_task(arrives(units, f"Ev{n}")) for n in range(10)]
    await asyncio.sleep(0)
    for task in asked[::2]:
        task.cancel()
    done = await asyncio.gather(*asked, return_exceptions=True)
    assert done[1::2] == [None] * 5
    assert (await units.read(stored)).keys() >= {"Ev1", "Ev3", "Ev5", "Ev7", "Ev9"}


@pytest.mark.parametrize("turns", [0, 1, 3])
async def test_closing_stores_what_was_accepted(units: Units, address: Address, turns: int) -> None:
    """However far the rows have come by then: `turns` of the event loop."""
    events = [f"Ev{n}" for n in range(MOST_ROWS + 20)]
    asked = [asyncio.create_task(arrives(units, event)) for event in events]
    await asyncio.sleep(0)
    late = [asyncio.create_task(arrives(units, f"EvLate{n}")) for n in range(3)]
    for _ in range(turns + 1):
        await asyncio.sleep(0)
    await units.close()
    async with asyncio.timeout(10):
        await asyncio.gather(*asked, *late)
    assert stored_at(address).keys() == {*events, "EvLate0", "EvLate1", "EvLate2"}


async def test_after_closing_nothing_is_accepted(units: Units, address: Address) -> None:
    await arrives(units, "Ev1")
    await units.close()
    with pytest.raises(RuntimeError, match="the database is closed"):
        await arrives(units, "Ev2")
    assert list(stored_at(address)) == ["Ev1"]


@settings(max_examples=examples(15), deadline=None, suppress_health_check=list(HealthCheck))
@given(bursts=st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12), max_size=6))
async def test_in_whatever_groups_rows_come_each_key_is_there_once(units: Units, bursts: list[list[str]]) -> None:
    before = await units.read(stored)
    asked: list[asyncio.Task[None]] = []
    for burst in bursts:
        asked += [asyncio.create_task(arrives(units, key, f'"{len(asked)}"')) for key in burst]
        await asyncio.sleep(0)
    await asyncio.gather(*asked)
    after = await units.read(stored)
    assert after.keys() == before.keys() | {key for burst in bursts for key in burst}
    assert before.items() <= after.items(), "what was there stays as it was"


anything = st.text(st.characters(codec="utf-8") | st.sampled_from("\"\\{},' \n\0\x01"), max_size=12)


@settings(max_examples=examples(15), deadline=None, suppress_health_check=list(HealthCheck))
@given(bodies=st.lists(anything, min_size=1, max_size=5), errors=st.lists(st.none() | anything, min_size=5, max_size=5))
async def test_any_text_comes_back_as_it_was(units: Units, bodies: list[str], errors: list[str | None]) -> None:
    written = {f"Ev-{uuid4()}": (body, error) for body, error in zip(bodies, errors, strict=False)}
    rows = [inbox.arrived("T1", key, "message", body, NOW, error) for key, (body, error) in written.items()]
    await asyncio.gather(*(units.append(inbox.RECEIVED, row) for row in rows))
    assert {key: found for key, found in (await units.read(told)).items() if key in written} == written


def told(session: Session) -> dict[str, tuple[str, str | None]]:
    return {row.event_id: (row.body, row.error) for row in session.scalars(select(InboxRow))}
