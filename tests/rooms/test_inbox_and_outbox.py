"""Several at once at the same inbox and outbox, and how an operator looks inside."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.post import inbox, looking_inside, outbox
from kbot.post.gate import Proactive
from kbot.post.inbox import Leased
from kbot.post.looking_inside import What
from kbot.post.outbox import Letter, LetterState, Task
from kbot.post.tables import InboxRow, OutboxRow
from kbot.slack.incoming import Event
from kbot.storage import schema
from kbot.storage.address import Address
from kbot.storage.units import Units

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LEASE = timedelta(seconds=120)
SETTLE = timedelta(seconds=60)
SECRET_WORDS = "the importer's password"


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


# The inbox


def came(session: Session, *events: str, kind: str = "message", at: datetime = NOW, error: str | None = None) -> None:
    """Events that arrived, as the database keeps them."""
    names = [column.name for column in inbox.RECEIVED.columns]
    for event in events:
        row = inbox.arrived("T1", event, kind, SECRET_WORDS, at, error)
        session.add(InboxRow(**dict(zip(names, row, strict=True))))
    session.flush()


def claim(session: Session, now: datetime = NOW, most: int = 100) -> list[str]:
    return [leased.event_id for leased in leases(session, now, most)]


def leases(session: Session, now: datetime = NOW, most: int = 100) -> list[Leased]:
    return inbox.claim(session, "me", now, LEASE, most)


def event(leased: Leased) -> Event:
    return Event(leased.team, leased.event_id, leased.kind, {})


def row(session: Session, event_id: str) -> InboxRow:
    return session.get_one(InboxRow, ("T1", event_id), populate_existing=True)


async def test_an_event_that_slack_repeats_is_one(units: Units) -> None:
    def stored(session: Session) -> list[tuple[str, str]]:
        query = select(InboxRow.event_id, InboxRow.body).order_by(InboxRow.event_id)
        return [(key, body) for key, body in session.execute(query)]

    rows = [inbox.arrived("T1", f"Ev{n % 40}", "message", f"body {n % 40}", NOW) for n in range(400)]
    await asyncio.gather(*(units.append(inbox.RECEIVED, each) for each in rows))
    # Also when it is a repeat of one that is done.
    await units(lambda session: inbox.done(session, Event("T1", "Ev7", "message", {})))
    await units.append(inbox.RECEIVED, rows[7])
    expected = {f"Ev{n}": f"body {n}" for n in range(40)} | {"Ev7": ""}
    assert dict(await units.read(stored)) == expected


async def test_two_workspaces_may_use_the_same_event_id(units: Units) -> None:
    for team in ("T1", "T2", "T1"):
        await units.append(inbox.RECEIVED, inbox.arrived(team, "Ev1", "message", team, NOW))
    assert await units.read(lambda session: sorted(session.scalars(select(InboxRow.body)))) == ["T1", "T2"]


async def test_no_two_claims_hold_the_same_event(units: Units) -> None:
    await units(came, *(f"Ev{n}" for n in range(100)))
    claimed = await asyncio.gather(*(units(claim, NOW, 10) for _ in range(30)))
    counts = Counter(event_id for ids in claimed for event_id in ids)
    assert set(counts.values()) == {1}
    while more := await units(claim):
        counts.update(more)
    assert len(counts) == 100
    assert set(counts.values()) == {1}


# The outbox


def letter(key: str = "ask:1", *, proactive: Proactive | None = None) -> Letter:
    return Letter("T1", key, "note", "U0BEN", {"item": "i1"}, proactive)


def tasks(session: Session, now: datetime = NOW, peoples: datetime = NOW, owner: str = "me") -> list[Task]:
    claimed = outbox.claim(session, owner, now, peoples, LEASE, SETTLE, 100)
    session.flush()
    session.expire_all()
    return claimed


def kept(session: Session, key: str = "ask:1") -> OutboxRow:
    return session.get_one(OutboxRow, ("T1", key), populate_existing=True)


def sent(session: Session, task: Task) -> bool:
    state = LetterState.SENT.value
    return outbox.settle(session, task, state=state, channel="D1", ts="1.1", sent_at=NOW, shown=task.revision)


async def test_whoever_plans_at_once_plans_one(units: Units) -> None:
    new = await asyncio.gather(*(units(outbox.plan, letter(), NOW) for _ in range(20)))
    assert sorted(new) == [False] * 19 + [True]


async def test_no_two_claims_hold_the_same_letter(units: Units) -> None:
    for n in range(60):
        await units(outbox.plan, letter(f"ask:{n}"), NOW)

    def some(session: Session, owner: str) -> list[str]:
        return [task.letter.key for task in outbox.claim(session, owner, NOW, NOW, LEASE, SETTLE, 7)]

    counts: Counter[str] = Counter()
    while found := [key for keys in await asyncio.gather(*(units(some, f"w{n}") for n in range(6))) for key in keys]:
        counts.update(found)
    assert len(counts) == 60
    assert set(counts.values()) == {1}


# Looking inside


@pytest.fixture
def something_dead(address: Address) -> Address:
    """A dead event, a dead letter, a malformed one, and two that are alive."""
    with schema.session_of(address, to_write=True) as session:
        came(session, "EvNew", "EvDead")
        came(session, "EvMalformed", kind=inbox.MALFORMED, error="JSONDecodeError")
        dead = next(leased for leased in leases(session) if leased.event_id == "EvDead")
        inbox.failed(session, dead, "KeyError", NOW, LEASE, for_ever=True)
        outbox.plan(session, letter("ask:new"), NOW)
        outbox.plan(session, letter("ask:dead"), NOW)
        for task in tasks(session):
            state = LetterState.DEAD if task.letter.key == "ask:dead" else LetterState.SENT
            outbox.settle(session, task, state=state.value, error="channel_not_found")
        session.commit()
    return address


def test_what_is_inside_is_shown_without_anybodys_words(something_dead: Address) -> None:
    found = {what: list(looking_inside.rows(something_dead, what)) for what in What}
    assert {row["event"] for row in found[What.INBOX]} == {"EvNew", "EvDead", "EvMalformed"}
    assert {row["key"] for row in found[What.OUTBOX]} == {"ask:new", "ask:dead"}
    dead = [row.get("event") or row.get("key") for row in found[What.DEAD]]
    assert sorted(map(str, dead)) == ["EvDead", "EvMalformed", "ask:dead"]
    assert SECRET_WORDS not in str(found)
    for row in found[What.DEAD]:
        assert {"team", "kind", "status", "error"} <= set(row)


def test_the_dead_get_another_chance_but_what_cannot_be_read_stays(something_dead: Address) -> None:
    assert looking_inside.retry(something_dead) == 2
    assert [row["event"] for row in looking_inside.rows(something_dead, What.DEAD)] == ["EvMalformed"]
    assert looking_inside.retry(something_dead) == 0
