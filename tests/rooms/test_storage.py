"""What the databases promise under load and in trouble, and how they are named (what units promise: test_units.py)."""

import asyncio
import threading
import traceback
from datetime import UTC, datetime

import pytest
from sqlalchemy import Column, Integer, MetaData, Text, insert, select, update
from sqlalchemy import Table as PlainTable
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.post import inbox
from kbot.post.tables import InboxRow
from kbot.storage.address import Address
from kbot.storage.units import Units

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

TALLY = PlainTable("tally", MetaData(), Column("name", Text, primary_key=True), Column("n", Integer, nullable=False))

only_postgresql = pytest.mark.parametrize("address", ["postgresql"], indirect=True)


def set_up(session: Session, *names: str) -> None:
    TALLY.create(session.connection())
    session.execute(insert(TALLY), [{"name": name, "n": 0} for name in names])


def count(session: Session, name: str) -> int:
    return int(session.execute(select(TALLY.c.n).where(TALLY.c.name == name)).scalar_one())


def read_then_write(session: Session, name: str) -> None:
    n = count(session, name)
    session.execute(update(TALLY).where(TALLY.c.name == name).values(n=n + 1))


def lock_then_write(session: Session, name: str) -> None:
    session.execute(select(TALLY.c.n).where(TALLY.c.name == name).with_for_update())
    read_then_write(session, name)


@only_postgresql
async def test_on_postgresql_units_that_lock_what_they_decide_by_lose_nothing(units: Units) -> None:
    # Without the lock they would: units see what others commit meanwhile (READ COMMITTED).
    await units(set_up, "a")
    await asyncio.gather(*(units(lock_then_write, "a") for _ in range(1500)))
    assert await units.read(count, "a") == 1500


@only_postgresql
async def test_a_unit_that_loses_a_deadlock_runs_again(units: Units) -> None:
    await units(set_up, "a", "b")
    both_hold_one = threading.Barrier(2, timeout=20)
    tries: list[str] = []

    def cross(session: Session, first: str, second: str) -> None:
        tries.append(first)
        lock_then_write(session, first)
        if len(tries) <= 2:
            both_hold_one.wait()
        lock_then_write(session, second)

    await asyncio.gather(units(cross, "a", "b"), units(cross, "b", "a"))
    assert len(tries) > 2, "the loser ran again"
    assert (await units.read(count, "a"), await units.read(count, "b")) == (2, 2)


async def test_a_unit_that_nobody_waits_for_any_more_spoils_no_other_one(units: Units) -> None:
    await units(set_up, "a")
    asked = [asyncio.create_task(units(lock_then_write, "a")) for _ in range(40)]
    await asyncio.sleep(0)
    for task in asked[::2]:
        task.cancel()
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert results[1::2] == [None] * 20
    assert 20 <= await units.read(count, "a") <= 40


async def test_an_error_of_the_database_carries_nobodys_words(units: Units) -> None:
    def write(session: Session) -> None:
        row = inbox.arrived("T1", "Ev1", "message", "the importer's password", NOW)
        session.add(InboxRow(**dict(zip([c.name for c in inbox.RECEIVED.columns], row, strict=True))))
        session.flush()
        session.execute(update(InboxRow).values(state="no such state"))

    with pytest.raises(IntegrityError) as refused:
        await units(write)
    told = "".join(traceback.format_exception(refused.value))
    assert "inbox_state" in told
    assert "password" not in told


# The address


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:///kbot.db", "sqlite+pysqlite"),
        ("sqlite:////var/lib/kbot/kbot.db", "sqlite+pysqlite"),
        ("  sqlite:///~/kbot.db\n", "sqlite+pysqlite"),
        ("postgresql://kbot:secret@db/kbot", "postgresql+psycopg"),
        ("postgres://db/kbot?sslmode=require", "postgresql+psycopg"),
    ],
)
def test_addresses_that_are_understood(given: str, driver: str) -> None:
    address = Address.parse(given)
    assert address.url.drivername == driver
    assert (address.file is not None and address.file.is_absolute()) == given.strip().startswith("sqlite")
    assert "secret" not in str(address)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "kbot.db",
        "/var/lib/kbot.db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite://kbot.db",
        "sqlite+aiosqlite:///kbot.db",
        "postgresql://",
        "postgresql://host",
        "postgresql+asyncpg://host/kbot",
        "mysql://root:secret@host/kbot",
        "postgresql://host:port/kbot",
    ],
)
def test_another_address_is_refused_with_the_right_form(given: str) -> None:
    with pytest.raises(BadInput) as refused:
        Address.parse(given)
    assert "KBOT_DATABASE_URL" in refused.value.sentence
    assert "sqlite:///path/to/kbot.db" in refused.value.sentence
    assert "postgresql://user:password@host/name" in refused.value.sentence
    assert "secret" not in refused.value.sentence
