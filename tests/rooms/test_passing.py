"""The gate among several workers: a place in the budget is taken once, and the most urgent goes first."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.people import directory
from kbot.people.facts import Limits
from kbot.people.presence import HERE, Presence
from kbot.post import outbox, passing
from kbot.post.gate import Go, Held, Lapse, Proactive, Wait, Word
from kbot.post.outbox import Letter, LetterState, Task
from kbot.post.tables import OutboxRow
from kbot.slack.words import SlackUser
from kbot.storage import schema
from kbot.storage.address import Address
from kbot.storage.units import Units

REAL = datetime(2026, 11, 1, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 16, tzinfo=UTC)
"""11:00 in New York."""

BEN = "U0BEN"
LEASE, SETTLE, DAY = timedelta(seconds=120), timedelta(seconds=60), timedelta(days=1)
RECALL, HELP, CHECK_IN, BUNDLE, DELIVERY, CHECK, FEED = Proactive


def meet(session: Session, *people: str) -> None:
    for person in people or (BEN,):
        user = SlackUser(person, "T1", person, "America/New_York", False, False, False, False, False)
        directory.remember_person(session, "T1", user, REAL)


def plan(session: Session, key: str, kind: Proactive, to: str = BEN) -> None:
    outbox.plan(session, Letter("T1", key, "test", to, {}, kind), REAL)


def claim(session: Session, now: datetime = MONDAY, most: int = 100) -> list[Task]:
    return outbox.claim(session, "me", REAL, now, LEASE, SETTLE, most)


def tried(session: Session, task: Task, now: datetime = MONDAY, presence: Presence | None = HERE) -> Word:
    """What a worker does with a letter: it asks, and sends it or puts it back."""
    word = passing.pass_gate(session, task, now, presence)
    if isinstance(word, Go):
        outbox.settle(session, task, state=LetterState.SENT, sent_at=now, attempts=0)
    elif isinstance(word, Wait):
        passing.hold(session, task, word.until, word.reason, now)
    elif isinstance(word, Lapse):
        passing.end(session, task, state=LetterState.LAPSED, error=word.reason)
    return word


def sent(session: Session) -> list[str]:
    session.expire_all()
    return sorted(key for (key,) in session.query(OutboxRow.key).filter(OutboxRow.state == "sent"))


def row(session: Session, key: str) -> OutboxRow:
    session.flush()
    return session.get_one(OutboxRow, ("T1", key), populate_existing=True)


@pytest.mark.parametrize("backwards", [False, True])
def test_of_several_that_wait_the_most_urgent_go(session: Session, backwards: bool) -> None:
    meet(session)
    for kind in (FEED, CHECK, DELIVERY, BUNDLE, CHECK_IN, HELP, RECALL):
        plan(session, kind.name, kind)
    tasks = sorted(claim(session), key=lambda task: task.letter.key, reverse=backwards)
    for task in tasks:
        tried(session, task)
    later = MONDAY + timedelta(minutes=15)
    for task in claim(session, later):
        tried(session, task, later)
    assert sent(session) == ["CHECK_IN", "HELP", "RECALL"]
    assert {row(session, key).held_for for key in ("FEED", "CHECK", "DELIVERY", "BUNDLE")} <= {Held.BUDGET, Held.URGENT}


def test_a_freed_place_goes_to_the_most_urgent(session: Session) -> None:
    meet(session)
    for n in range(3):
        plan(session, f"first{n}", HELP)
    for task in claim(session):
        tried(session, task)
    for kind in (FEED, DELIVERY, RECALL):
        plan(session, kind.name, kind)
    for task in claim(session):
        assert tried(session, task) == Wait(MONDAY + 7 * DAY, Held.BUDGET)
    assert claim(session, MONDAY + 7 * DAY - timedelta(seconds=1)) == []
    week = MONDAY + 7 * DAY
    outbox_row = row(session, "first0")
    outbox_row.passed_at = outbox_row.passed_at and outbox_row.passed_at - timedelta(hours=1)  # one place, not three
    row(session, "first1").passed_at = row(session, "first2").passed_at = MONDAY + timedelta(hours=1)
    session.flush()
    for task in sorted(claim(session, week), key=lambda task: task.letter.key):
        tried(session, task, week)
    assert "RECALL" in sent(session)
    assert {"FEED", "DELIVERY"}.isdisjoint(sent(session))


def test_what_passed_and_never_arrives_gives_its_place_back_at_once(session: Session) -> None:
    meet(session)
    directory.limit(session, Act("T1", BEN, "", MONDAY, "k"), Limits(budget=1))
    plan(session, "gone", RECALL)
    task = claim(session)[0]
    assert isinstance(passing.pass_gate(session, task, MONDAY, HERE), Go)
    plan(session, "next", DELIVERY)
    waits = claim(session)[0]
    assert tried(session, waits) == Wait(MONDAY + 7 * DAY, Held.BUDGET), "it is on its way"
    passing.end(session, task, state=LetterState.CANCELLED, error="the person has left")
    again = claim(session)
    assert [task.letter.key for task in again] == ["next"]
    assert isinstance(tried(session, again[0]), Go)


def test_what_failed_on_its_way_asks_again(session: Session) -> None:
    meet(session)
    plan(session, "k", DELIVERY)
    task = claim(session)[0]
    assert isinstance(passing.pass_gate(session, task, MONDAY, HERE), Go)
    outbox.settle(session, task, state=LetterState.PENDING, error="ratelimited")
    assert passing.got_since(session, "T1", BEN, MONDAY - DAY) == []
    night = MONDAY + timedelta(hours=10)
    assert tried(session, claim(session, night)[0], night) == Wait(MONDAY + 23 * timedelta(hours=1), Held.HOURS)


def test_a_doubt_counts_until_it_is_found_out(session: Session) -> None:
    meet(session)
    plan(session, "k", DELIVERY)
    task = claim(session)[0]
    passing.pass_gate(session, task, MONDAY, HERE)
    outbox.settle(session, task, state=LetterState.UNKNOWN, last_try=REAL)
    assert passing.got_since(session, "T1", BEN, MONDAY - DAY) == [(DELIVERY, MONDAY)]


def test_the_outbox_tells_what_is_held_back_since_when_and_why(session: Session) -> None:
    meet(session)
    plan(session, "k", DELIVERY)
    tried(session, claim(session)[0], presence=Presence(is_away=True))
    tomorrow = MONDAY + 23 * timedelta(hours=1)
    held = row(session, "k")
    assert (held.state, held.held_for, held.held_since, held.not_before) == ("pending", Held.AWAY, MONDAY, tomorrow)
    tried(session, claim(session, tomorrow)[0], tomorrow, presence=None)
    assert (row(session, "k").held_for, row(session, "k").held_since) == (Held.UNKNOWN, MONDAY)
    told = passing.ledger(session, "T1", BEN, MONDAY - DAY)
    assert [(one.what, one.held_for, one.sent_at) for one in told] == [(DELIVERY, Held.UNKNOWN, None)]


def test_held_back_for_two_weeks_a_delivery_lapses(session: Session) -> None:
    meet(session)
    plan(session, "k", DELIVERY)
    now = MONDAY
    while row(session, "k").state == "pending":
        tried(session, claim(session, now)[0], now, presence=Presence(is_away=True))
        now = row(session, "k").not_before or now
    assert row(session, "k").state == LetterState.LAPSED
    assert now == MONDAY + 14 * DAY
    assert claim(session, now + 100 * DAY) == []


def test_who_ends_a_pause_need_not_wait_for_its_old_end(session: Session) -> None:
    meet(session)
    act = Act("T1", BEN, "", MONDAY, "k")
    directory.pause(session, act, MONDAY + 5 * DAY)
    plan(session, "k", RECALL)
    assert isinstance(tried(session, claim(session)[0]), Wait)
    directory.pause(session, act, None)
    passing.wake(session, "T1", BEN)
    assert isinstance(tried(session, claim(session)[0]), Go)


def test_what_was_held_for_days_survives_one_failure(session: Session) -> None:
    """It was given up as hopeless a day after its first try, however long the gate had held it back."""
    meet(session)
    plan(session, "k", RECALL)
    tried(session, claim(session)[0], presence=Presence(is_away=True))
    assert row(session, "k").first_try is None


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_eight_workers_at_once_do_not_overshoot(address: Address) -> None:
    people = [f"U{n}" for n in range(6)]
    workers: list[Units] = [schema.open_units(address) for _ in range(8)]

    def prepare(session: Session) -> None:
        meet(session, *people)
        for person in people:
            for kind in (FEED, CHECK, DELIVERY, DELIVERY, BUNDLE, HELP, HELP, RECALL):
                plan(session, f"{person}:{kind.name}:{session.query(OutboxRow).count()}", kind, person)

    async def work(units: Units, now: datetime) -> None:
        for _ in range(12):
            for task in await units(claim, now, 3):
                await asyncio.sleep(0)
                await units(tried, task, now)

    try:
        await workers[0](prepare)
        for n in range(4):
            await asyncio.gather(*(work(units, MONDAY + n * timedelta(minutes=16)) for units in workers))
        arrived = await workers[0](sent)
    finally:
        for units in workers:
            await units.close()
    for person in people:
        assert sorted(key.split(":")[1] for key in arrived if key.startswith(f"{person}:")) == [
            "HELP",
            "HELP",
            "RECALL",
        ]
