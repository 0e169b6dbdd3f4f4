"""Every event once: stored before it is acknowledged, done in the transaction of its last effect.

An event that is being worked on is leased; a lease of a dead process runs out. An event that fails eight times
steps aside as dead and keeps its words until somebody retries it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import ColumnElement, and_, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from kbot.post.tables import InboxRow
from kbot.slack.incoming import Event
from kbot.storage.appending import Columns, Row

P = ParamSpec("P")
T = TypeVar("T")

MOST_FAILURES = 8
LONGEST_OUTAGE = timedelta(hours=24)
MALFORMED = "malformed"
"""The kind of what could not be read at all."""


class InboxState(StrEnum):
    NEW = "new"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True)
class Leased:
    """An event that this process works on until its lease runs out. `failures` are the earlier ones."""

    team: str
    event_id: str
    kind: str
    body: str
    received_at: datetime
    failures: int


RECEIVED = Columns(
    InboxRow, "team_id", "event_id", "kind", "body", "received_at", "state", "attempts", "next_try", "error"
)
"""Where an event is stored as it arrives; one that is here already is left as it is."""


def arrived(team: str, event_id: str, kind: str, body: str, at: datetime, error: str | None = None) -> Row:
    """An event as a row of RECEIVED. `at` is the machine's time; `error` is set for one that cannot be read."""
    state = InboxState.DEAD if error else InboxState.NEW
    return (team, event_id, kind, body, at, state.value, 0, at, error)


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
    waiting = select(InboxRow.team_id, InboxRow.event_id).where(_waiting(now)).order_by(InboxRow.next_try).limit(most)
    due = waiting.with_for_update(skip_locked=True).cte("due")
    taken = session.execute(
        update(InboxRow)
        .where(InboxRow.team_id == due.c.team_id, InboxRow.event_id == due.c.event_id)
        .values(lease_owner=owner, lease_until=now + lease)
        .returning(
            InboxRow.team_id,
            InboxRow.event_id,
            InboxRow.kind,
            InboxRow.body,
            InboxRow.received_at,
            InboxRow.attempts,
        ),
        execution_options={"synchronize_session": False},
    )
    return sorted((Leased(*row) for row in taken), key=lambda event: event.received_at)


def release_all(session: Session) -> None:
    """Give back what a dead process held. Only for a database that no other process works on."""
    session.execute(
        update(InboxRow)
        .where(InboxRow.state == InboxState.NEW, InboxRow.lease_until.is_not(None))
        .values(lease_until=None)
    )


def done(session: Session, *events: Event) -> None:
    """These events have had their effect: their words go, their keys stay."""
    session.connection().execute(_DONE, [{"team": event.team, "event": event.id} for event in events])


_DONE = (
    update(InboxRow)
    .where(
        InboxRow.team_id == bindparam("team"),
        InboxRow.event_id == bindparam("event"),
        InboxRow.state == InboxState.NEW,
    )
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


def failed(
    session: Session,
    event: Leased,
    error: str,
    now: datetime,
    after: timedelta,
    *,
    for_ever: bool,
    is_slack_away: bool = False,
) -> bool:
    """The event steps aside until `now + after`, or for ever when it cannot be read or has failed too often.

    Returns whether that gave it up. With `is_slack_away` the failure says nothing against the event: it is given up
    after a day, not after a few tries.
    """
    # Failures are counted, not claims: a process that was killed says nothing against the event.
    failures = event.failures + 1
    too_often = now - event.received_at > LONGEST_OUTAGE if is_slack_away else failures >= MOST_FAILURES
    dead = for_ever or too_often
    changed = session.execute(
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
        .returning(InboxRow.event_id)
    )
    return changed.first() is not None and dead
