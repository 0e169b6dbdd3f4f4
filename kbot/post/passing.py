"""A letter at the gate: the facts that the gate asks for, and a place in the budget that is taken in the same unit.

Whoever lets a letter through holds the person's row, so that no two workers take the last place of a week's budget. A
letter counts from the moment it passes; what never arrives gives its place back, and wakes what waits for one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, exists, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from kbot.house import House
from kbot.people import directory
from kbot.people.presence import HERE, Presence, presence
from kbot.post import outbox
from kbot.post.facts import Unasked
from kbot.post.gate import WEEK, Go, Held, Proactive, Word, may_approach
from kbot.post.outbox import Letter, LetterState, Task
from kbot.post.tables import OutboxRow
from kbot.slack.reader import SlackAway

TAKES_A_PLACE = (LetterState.SENDING, LetterState.UNKNOWN, LetterState.SENT, LetterState.DEAD)
"""Of what has passed the gate. What is dead may have arrived all the same."""


async def presence_of(house: House, team: str, person: str) -> Presence | None:
    """How this person is to be found now. None when Slack does not say; asked at the moment of sending.

    Who has left in the meantime, or moved, is known as such from then on.
    """
    try:
        user, quiet = await house.slack.user(person), await house.slack.quiet(person)
    except SlackAway:
        return None
    if user is not None:
        await house.unit(directory.remember_person, team, user, house.clock.real())
    return presence(user, quiet, house.now()) if user is not None and quiet is not None else None


def ask_gate(session: Session, letter: Letter, now: datetime, presence: Presence | None = HERE) -> Word:
    """What the gate says of a letter now (people's time), planned or not, as far as kbot knows the person."""
    assert letter.proactive is not None
    row = session.get(OutboxRow, (letter.team, letter.key))
    return may_approach(
        directory.person(session, letter.team, letter.to),
        letter.proactive,
        got_since(session, letter.team, letter.to, now - WEEK),
        now,
        presence=presence,
        ahead=[Proactive(priority) for _, priority in _ahead(session, letter, row)],
        held_since=row.held_since if row else None,
    )


def pass_gate(session: Session, task: Task, now: datetime, presence: Presence | None) -> Word:
    """The gate's word at the moment of sending. With `Go` the letter has taken its place in the budget."""
    directory.lock_person(session, task.letter.team, task.letter.to)
    word = ask_gate(session, task.letter, now, presence)
    if isinstance(word, Go):
        session.execute(_held(task).values(passed_at=now, held_for=None))
    return word


def hold(session: Session, task: Task, until: datetime, reason: Held, now: datetime) -> bool:
    """Put a letter back until then (people's time), with the reason. False when the lease was lost.

    What lets others go first waits as long as the first of them does.
    """
    if reason is Held.URGENT:
        row = session.get(OutboxRow, (task.letter.team, task.letter.key))
        first = [key for key, _ in _ahead(session, task.letter, row)]
        soonest = select(func.min(func.coalesce(OutboxRow.not_before, until))).where(
            OutboxRow.team_id == task.letter.team, OutboxRow.key.in_(first)
        )
        until = max(until, session.execute(soonest).scalar() or until)
    kept = session.execute(
        _held(task)
        .values(
            state=LetterState.PENDING,
            not_before=until,
            held_for=reason.value,
            held_since=func.coalesce(OutboxRow.held_since, now),
            passed_at=None,
            lease_owner=None,
            lease_until=None,
            attempts=0,
            first_try=None,
            error=None,
        )
        .returning(OutboxRow.key)
    )
    return kept.first() is not None


def end(session: Session, task: Task, /, *, lease_until: datetime | None = None, **values: Any) -> bool:
    """Write that a letter will not be sent. Had it passed, its place is free. False when the lease was lost."""
    row = session.get(OutboxRow, (task.letter.team, task.letter.key))
    had_passed = row is not None and row.passed_at is not None
    settled = outbox.settle(session, task, lease_until=lease_until, **values)
    if settled and had_passed:
        wake(session, task.letter.team, task.letter.to)
    return settled


def wake(session: Session, team: str, person: str) -> None:
    """What the gate holds back from this person is looked at again: a place is free, or they wish otherwise now."""
    session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.team_id == team,
            OutboxRow.to == person,
            OutboxRow.state == LetterState.PENDING,
            OutboxRow.held_for.is_not(None),
        )
        .values(not_before=None),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()


def got_since(session: Session, team: str, person: str, since: datetime) -> list[tuple[Proactive, datetime]]:
    """The proactive letters that this person got after then (people's time), also those on their way."""
    rows = session.execute(
        select(OutboxRow.priority, OutboxRow.passed_at).where(
            OutboxRow.team_id == team,
            OutboxRow.to == person,
            OutboxRow.passed_at > since,
            OutboxRow.state.in_(TAKES_A_PLACE),
        )
    )
    return [(Proactive(priority), at) for priority, at in rows if priority is not None and at is not None]


def has_got(
    team: InstrumentedAttribute[str], person: InstrumentedAttribute[str], kind: Proactive, since: datetime
) -> ColumnElement[bool]:
    """Whether somebody, as a query names them, got a letter of this kind after then (people's time)."""
    return exists().where(
        OutboxRow.team_id == team,
        OutboxRow.to == person,
        OutboxRow.priority == kind.value,
        OutboxRow.passed_at > since,
        OutboxRow.state.in_(TAKES_A_PLACE),
    )


def ledger(session: Session, team: str, person: str, since: datetime) -> list[Unasked]:
    """What came to this person unasked after then (people's time), and what waits for them, the most urgent first."""
    mine = (OutboxRow.team_id == team, OutboxRow.to == person, OutboxRow.priority.is_not(None))
    came = select(OutboxRow).where(*mine, OutboxRow.state == LetterState.SENT, OutboxRow.sent_at > since)
    waits = select(OutboxRow).where(*mine, OutboxRow.state == LetterState.PENDING)
    rows = [
        *session.scalars(came.order_by(OutboxRow.sent_at, OutboxRow.key)),
        *session.scalars(waits.order_by(OutboxRow.priority, OutboxRow.created_at, OutboxRow.key)),
    ]
    return [
        Unasked(Proactive(row.priority), row.sent_at, row.held_for, row.held_since)
        for row in rows
        if row.priority is not None
    ]


def _ahead(session: Session, letter: Letter, row: OutboxRow | None) -> Sequence[tuple[str, int]]:
    """What waits for the same person and goes first: the more urgent, of those the older. What its own writer holds
    back for another reason is in nobody's way."""
    assert letter.proactive is not None
    is_before = OutboxRow.priority < letter.proactive.value
    if row is not None:
        older = or_(
            OutboxRow.created_at < row.created_at,
            and_(OutboxRow.created_at == row.created_at, OutboxRow.key < row.key),
        )
        is_before = or_(is_before, and_(OutboxRow.priority == letter.proactive.value, older))
    is_waiting = and_(
        OutboxRow.state == LetterState.PENDING, or_(OutboxRow.not_before.is_(None), OutboxRow.held_for.is_not(None))
    )
    is_tried = and_(OutboxRow.state == LetterState.SENDING, OutboxRow.passed_at.is_(None))
    query = select(OutboxRow.key, OutboxRow.priority).where(
        OutboxRow.team_id == letter.team,
        OutboxRow.to == letter.to,
        OutboxRow.key != letter.key,
        or_(is_waiting, is_tried),
        is_before,
    )
    found = session.execute(query.order_by(OutboxRow.priority, OutboxRow.created_at, OutboxRow.key))
    return [(key, priority) for key, priority in found if priority is not None]


def _held(task: Task) -> Update:
    return update(OutboxRow).where(
        OutboxRow.team_id == task.letter.team,
        OutboxRow.key == task.letter.key,
        OutboxRow.lease_owner == task.owner,
    )
