"""Every letter once: planned under a key, `sending` committed before the call, a doubt found out before a resend."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from kbot.post.facts import Arrival
from kbot.post.gate import Proactive
from kbot.post.tables import OutboxRow
from kbot.storage.upsert import insert_new


class LetterState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    """The call has begun, or a process died in it."""
    UNKNOWN = "unknown"
    """The call ended in doubt."""
    SENT = "sent"
    CANCELLED = "cancelled"
    """Not wanted any more, or not to be sent; `error` says why."""
    LAPSED = "lapsed"
    """Held back at the gate until it was of no use any more."""
    DEAD = "dead"


NEVER_LEFT = (LetterState.CANCELLED, LetterState.LAPSED, LetterState.DEAD)


@dataclass(frozen=True)
class Letter:
    """What shall be said to whom: `to` is a person or a channel, `about` holds ids, never words.

    Of two letters with the same team and key one is sent. A `proactive` one goes to a person and passes the gate at
    sending; None: it follows at once from what somebody did.
    """

    team: str
    key: str
    kind: str
    to: str
    about: Mapping[str, Any] = field(default_factory=dict)
    proactive: Proactive | None = None

    @property
    def is_proactive(self) -> bool:
        return self.proactive is not None


@dataclass(frozen=True)
class Task:
    """A letter that this process holds the lease of. `ts` is set when it is there already and shall be shown anew.

    `owner` names this one claim: a lease that was lost in the meantime, even to this same process, settles nothing.
    """

    letter: Letter
    owner: str
    attempts: int
    channel: str | None
    ts: str | None
    revision: int
    in_doubt: bool
    first_try: datetime | None


@dataclass(frozen=True)
class Delivered:
    """Where and when (people's time) a letter arrived."""

    channel: str | None
    ts: str | None
    at: datetime | None


def plan(session: Session, letter: Letter, now: datetime) -> bool:
    """Put a letter in the outbox; returns whether it is new. `now` is the machine's time."""
    return insert_new(
        session,
        OutboxRow,
        {
            "team_id": letter.team,
            "key": letter.key,
            "kind": letter.kind,
            "to": letter.to,
            "about": dict(letter.about),
            "priority": letter.proactive.value if letter.proactive is not None else None,
            "state": LetterState.PENDING.value,
            "created_at": now,
            "next_try": now,
            "attempts": 0,
            "revision": 0,
            "shown": 0,
        },
    )


ANEW_EVERY = timedelta(seconds=1.2)
"""Slack lets an app change 50 messages a minute (chat.update is of tier 3)."""


def refresh(session: Session, team: str, key: str) -> None:
    """The facts behind a letter have changed: if it is there, it is shown anew in its place."""
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.team_id == team, OutboxRow.key == key)
        .values(revision=OutboxRow.revision + 1, next_try=OutboxRow.created_at)
    )


def refresh_channel(session: Session, team: str, channel: str, now: datetime) -> None:
    """Other people read along in a channel now: every letter that is there is shown anew, with what may stand there.

    The newest comes first, and each a little later than the one before, so that nothing new waits for them all. `now`
    is the machine's time.
    """
    there = (OutboxRow.team_id == team, OutboxRow.channel == channel, OutboxRow.ts.is_not(None))
    query = select(OutboxRow.key).where(*there, OutboxRow.state == LetterState.SENT)
    for n, key in enumerate(session.scalars(query.order_by(OutboxRow.ts.desc())).all()):
        letter = update(OutboxRow).where(OutboxRow.team_id == team, OutboxRow.key == key)
        session.execute(letter.values(revision=OutboxRow.revision + 1, next_try=now + n * ANEW_EVERY))


def any_in(session: Session, team: str, channel: str) -> bool:
    """Whether a letter stands in this channel."""
    query = select(OutboxRow.key).where(OutboxRow.team_id == team, OutboxRow.channel == channel)
    return session.execute(query.where(OutboxRow.ts.is_not(None)).limit(1)).first() is not None


def cancel(session: Session, team: str, key: str, reason: str) -> bool:
    """Take a letter back that has not left yet. Returns whether it was in time."""
    result = session.execute(
        update(OutboxRow)
        .where(OutboxRow.team_id == team, OutboxRow.key == key, OutboxRow.state == LetterState.PENDING)
        .values(state=LetterState.CANCELLED, error=reason)
        .returning(OutboxRow.key)
    )
    return result.first() is not None


def rename_channel(session: Session, team: str, old: str, new: str) -> None:
    """Slack gave a channel another id: what is there can be shown anew, and what waits finds its way."""
    for column in (OutboxRow.to, OutboxRow.channel):
        session.execute(update(OutboxRow).where(OutboxRow.team_id == team, column == old).values({column: new}))
    ended = (LetterState.SENT, LetterState.CANCELLED, LetterState.LAPSED)
    for row in session.scalars(select(OutboxRow).where(OutboxRow.team_id == team, OutboxRow.state.not_in(ended))):
        if row.about.get("channel") == old:
            row.about = {**row.about, "channel": new}
    session.flush()
    session.expire_all()


def _waiting(now: datetime, peoples_now: datetime, settle: timedelta) -> ColumnElement[bool]:
    is_free = or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until <= now)
    due = and_(
        OutboxRow.state == LetterState.PENDING,
        or_(OutboxRow.not_before.is_(None), OutboxRow.not_before <= peoples_now),
    )
    in_doubt = and_(
        OutboxRow.state.in_((LetterState.SENDING, LetterState.UNKNOWN)),
        is_free,
        OutboxRow.last_try <= now - settle,
    )
    stale = and_(OutboxRow.state == LetterState.SENT, OutboxRow.shown < OutboxRow.revision, is_free)
    return and_(OutboxRow.next_try <= now, or_(due, in_doubt, stale))


def anything_due(session: Session, now: datetime, peoples_now: datetime, settle: timedelta) -> bool:
    """Whether there is a letter to claim."""
    found = session.execute(select(OutboxRow.key).where(_waiting(now, peoples_now, settle)).limit(1))
    return found.first() is not None


def claim(
    session: Session,
    owner: str,
    now: datetime,
    peoples_now: datetime,
    lease: timedelta,
    settle: timedelta,
    most: int,
) -> list[Task]:
    """Lease up to `most` letters: those due, those in doubt for longer than `settle`, and those to be shown anew."""
    rows = list(
        session.scalars(
            select(OutboxRow)
            .where(_waiting(now, peoples_now, settle))
            .order_by(OutboxRow.next_try)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
    )
    tasks = []
    for row in rows:
        state = LetterState(row.state)
        in_doubt = state in (LetterState.SENDING, LetterState.UNKNOWN)
        tasks.append(
            Task(
                letter=letter_of(row),
                owner=owner,
                attempts=row.attempts + 1,
                channel=row.channel,
                ts=row.ts if state is LetterState.SENT else None,
                revision=row.revision,
                in_doubt=in_doubt,
                first_try=row.first_try,
            )
        )
        row.lease_owner, row.lease_until, row.attempts = owner, now + lease, row.attempts + 1
        if state is LetterState.PENDING:
            row.state, row.last_try = LetterState.SENDING, now
            row.passed_at = None  # what let it through an earlier time does so no more
            row.first_try = row.first_try or now
        elif in_doubt:
            row.state = LetterState.UNKNOWN
    return tasks


def release_all(session: Session, now: datetime) -> None:
    """End the leases of a dead process. Only for a database that no other process works on."""
    session.execute(update(OutboxRow).where(OutboxRow.lease_until > now).values(lease_until=now))


def settle(session: Session, task: Task, /, *, lease_until: datetime | None = None, **values: Any) -> bool:
    """Write what became of a task. False when the lease was lost: somebody else owns it now."""
    return _change_held(session, task, lease_owner=None, lease_until=lease_until, **values)


def renew(session: Session, task: Task, now: datetime, lease: timedelta) -> bool:
    """Take the lease anew just before a late call. False when it was lost: then nothing may be sent."""
    return _change_held(session, task, lease_until=now + lease, last_try=now)


def _change_held(session: Session, task: Task, /, **values: Any) -> bool:
    result = session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.team_id == task.letter.team,
            OutboxRow.key == task.letter.key,
            OutboxRow.lease_owner == task.owner,
        )
        .values(**values)
        .returning(OutboxRow.key)
    )
    return result.first() is not None


def where(session: Session, team: str, key: str) -> Delivered | None:
    """Where a letter arrived; None when it has not."""
    row = session.get(OutboxRow, (team, key))
    return Delivered(row.channel, row.ts, row.sent_at) if row and row.state == LetterState.SENT else None


def letters(session: Session, team: str, keys: Iterable[str]) -> dict[str, Letter]:
    """Those of these letters that were planned, by key, whatever became of them."""
    rows = session.scalars(select(OutboxRow).where(OutboxRow.team_id == team, OutboxRow.key.in_(set(keys))))
    return {row.key: letter_of(row) for row in rows}


def never_left(session: Session, letters: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these letters, by team and key, that were given up before anybody saw them."""
    wanted = set(letters)
    rows = session.execute(
        select(OutboxRow.team_id, OutboxRow.key).where(
            OutboxRow.key.in_({key for _, key in wanted}),
            OutboxRow.state.in_(NEVER_LEFT),
        )
    )
    return wanted & {(team, key) for team, key in rows}


def lapsed(session: Session, kind: str) -> list[tuple[str, str]]:
    """Letters of this kind, by team and key, that were held back until they were of no use."""
    query = select(OutboxRow.team_id, OutboxRow.key).where(
        OutboxRow.state == LetterState.LAPSED, OutboxRow.kind == kind
    )
    return [(team, key) for team, key in session.execute(query)]


def any_planned(session: Session, team: str, to: str, kind: str) -> bool:
    """Whether a letter of this kind was ever planned for them."""
    query = select(OutboxRow.key).where(OutboxRow.team_id == team, OutboxRow.to == to, OutboxRow.kind == kind)
    return session.execute(query.limit(1)).first() is not None


def arrived(session: Session, team: str, to: str, kinds: Collection[str]) -> list[Letter]:
    """The letters of these kinds that have arrived with them, the oldest first."""
    query = select(OutboxRow).where(
        OutboxRow.team_id == team,
        OutboxRow.to == to,
        OutboxRow.kind.in_(kinds),
        OutboxRow.state == LetterState.SENT,
    )
    return [letter_of(row) for row in session.scalars(query.order_by(OutboxRow.sent_at, OutboxRow.key))]


def letter_at(session: Session, team: str, channel: str | None, ts: str | None) -> Letter | None:
    """The letter that is this message."""
    if channel is None or ts is None:
        return None
    row = session.scalars(
        select(OutboxRow).where(OutboxRow.team_id == team, OutboxRow.channel == channel, OutboxRow.ts == ts)
    ).first()
    return letter_of(row) if row else None


def letter_of(row: OutboxRow) -> Letter:
    """The letter that a row keeps."""
    proactive = Proactive(row.priority) if row.priority is not None else None
    return Letter(row.team_id, row.key, row.kind, row.to, row.about, proactive)


def answered(session: Session, team: str, key: str, at: datetime) -> None:
    """Its reader has answered a letter (`at`: people's time); the first answer counts."""
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.team_id == team, OutboxRow.key == key, OutboxRow.answered_at.is_(None))
        .values(answered_at=at)
    )


def is_answered(session: Session, team: str, key: str) -> bool:
    """Whether its reader has answered a letter."""
    row = session.get(OutboxRow, (team, key))
    return row is not None and row.answered_at is not None


def arrivals(session: Session, team: str, to: str, kind: str) -> list[Arrival]:
    """The letters of this kind that reached this person, oldest first."""
    query = select(OutboxRow.key, OutboxRow.sent_at, OutboxRow.answered_at).where(
        OutboxRow.team_id == team, OutboxRow.to == to, OutboxRow.kind == kind, OutboxRow.state == LetterState.SENT
    )
    found = session.execute(query.order_by(OutboxRow.sent_at, OutboxRow.key))
    return [Arrival(key, sent, said) for key, sent, said in found if sent is not None]
