"""Every event once: stored before it is acknowledged, done in the transaction of its last effect.

An event that is being worked on is leased; a lease of a dead process runs out. An event that fails eight times
steps aside as dead and keeps its words until somebody retries it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from kbot.post.tables import InboxRow
from kbot.slack.incoming import Event
from kbot.storage.appending import Appending, Row

P = ParamSpec("P")
T = TypeVar("T")

MOST_FAILURES = 8
MALFORMED = "malformed"
"""The kind of what could not be read at all."""


class InboxState(StrEnum):
    NEW = "new"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True)
class Received:
    """An event as it arrives. `error` is set for one that cannot be read: it is kept as dead."""

    team: str
    event_id: str
    kind: str
    body: str
    at: datetime
    error: str | None = None


@dataclass(frozen=True)
class Leased:
    """An event that this process works on until its lease runs out. `failures` are the earlier ones."""

    team: str
    event_id: str
    kind: str
    body: str
    received_at: datetime
    failures: int


RECEIVED = Appending(
    InboxRow, "team_id", "event_id", "kind", "body", "received_at", "state", "attempts", "next_try", "error"
)
"""Where events are stored as they arrive; one that is here already is left as it is."""


def row(event: Received) -> Row:
    """An event as a row of RECEIVED."""
    state = InboxState.DEAD if event.error else InboxState.NEW
    return (event.team, event.event_id, event.kind, event.body, event.at, state.value, 0, event.at, event.error)


def _waiting(now: datetime) -> ColumnElement[bool]:
    return and_(
        InboxRow.state == InboxState.NEW,
        InboxRow.next_try <= now,
        or_(InboxRow.lease_until.is_(None), InboxRow.lease_until <= now),
    )


def anything_waits(session: Session, now: datetime) -> bool:
    """Whether there is an event to claim. `now` is the machine's time."""
    return session.execute(select(InboxRow.event_id).where(_waiting(now)).limit(1)).first() is not None


def claim(session: Session, owner: str, now: datetime, lease: timedelta, most: int) -> list[Leased]:
    """Lease up to `most` events that wait, oldest first. `now` is the machine's time."""
    due = (
        select(InboxRow).where(_waiting(now)).order_by(InboxRow.next_try).limit(most).with_for_update(skip_locked=True)
    )
    rows = list(session.scalars(due))
    for row in rows:
        row.lease_owner, row.lease_until = owner, now + lease
    return [Leased(r.team_id, r.event_id, r.kind, r.body, r.received_at, r.attempts) for r in rows]


def release_all(session: Session) -> None:
    """Give back what a dead process held. Only for a database that no other process works on."""
    session.execute(update(InboxRow).where(InboxRow.state == InboxState.NEW).values(lease_until=None))


def done(session: Session, event: Event) -> None:
    """The event has had its effect: its words go, its key stays."""
    session.execute(
        update(InboxRow)
        .where(InboxRow.team_id == event.team, InboxRow.event_id == event.id)
        .values(state=InboxState.DONE, body="", lease_until=None, error=None)
    )


def purge(session: Session, before: datetime) -> None:
    """Forget the keys of events that were done before then (machine's time); Slack repeats none that old."""
    session.execute(delete(InboxRow).where(InboxRow.state == InboxState.DONE, InboxRow.received_at < before))


def finishing(event: Event, fn: Callable[Concatenate[Session, P], T]) -> Callable[Concatenate[Session, P], T]:
    """`fn`, and in the same transaction the event is done."""

    def both(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> T:
        result = fn(session, *args, **kwargs)
        done(session, event)
        return result

    return both


def failed(session: Session, event: Leased, error: str, now: datetime, after: timedelta, *, for_ever: bool) -> None:
    """The event steps aside until `now + after`, or for ever when it cannot be read or has failed too often."""
    # Failures are counted, not claims: a process that was killed says nothing against the event.
    failures = event.failures + 1
    dead = for_ever or failures >= MOST_FAILURES
    session.execute(
        update(InboxRow)
        .where(
            InboxRow.team_id == event.team,
            InboxRow.event_id == event.event_id,
            InboxRow.state == InboxState.NEW,
        )
        .values(
            state=InboxState.DEAD if dead else InboxState.NEW,
            attempts=failures,
            next_try=now + after,
            lease_until=None,
            error=error,
        )
    )
