"""Looking inside from the command line: rows without anybody's words, and a second chance for what is dead."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update

from kbot.post.gate import Proactive
from kbot.post.inbox import MALFORMED, InboxState
from kbot.post.outbox import LetterState
from kbot.post.tables import InboxRow, OutboxRow
from kbot.storage import schema
from kbot.storage.address import Address

Row = dict[str, str | int | None]


class What(StrEnum):
    INBOX = "inbox"
    OUTBOX = "outbox"
    DEAD = "dead"


def rows(address: Address, what: What) -> Iterator[Row]:
    """The rows of a table, oldest first; `dead` are those of both that are given up."""
    schema.must_be_current(address)
    with schema.session_of(address) as session:
        if what is not What.OUTBOX:
            query = select(InboxRow).order_by(InboxRow.received_at)
            for row in session.scalars(query.where(InboxRow.state == InboxState.DEAD) if what is What.DEAD else query):
                yield {
                    "team": row.team_id,
                    "event": row.event_id,
                    "kind": row.kind,
                    "status": row.state,
                    "attempts": row.attempts,
                    "at": row.received_at.isoformat(),
                    "error": row.error,
                }
        if what is not What.INBOX:
            letters = select(OutboxRow).order_by(OutboxRow.created_at)
            if what is What.DEAD:
                letters = letters.where(OutboxRow.state == LetterState.DEAD)
            for letter in session.scalars(letters):
                yield {
                    "team": letter.team_id,
                    "key": letter.key,
                    "kind": letter.kind,
                    "status": letter.state,
                    "priority": Proactive(letter.priority).name.lower() if letter.priority is not None else None,
                    "attempts": letter.attempts,
                    "at": letter.created_at.isoformat(),
                    "sent": _iso(letter.sent_at),
                    "answered": _iso(letter.answered_at),
                    "held": letter.held_for if letter.state == LetterState.PENDING else None,
                    "until": _iso(letter.not_before) if letter.state == LetterState.PENDING else None,
                    "error": letter.error,
                }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def retry(address: Address) -> int:
    """Everything dead is tried once more; the caller holds the lock. What could not be read at all stays."""
    schema.must_be_current(address)
    with schema.session_of(address, to_write=True) as session:
        events = session.execute(
            update(InboxRow)
            .where(InboxRow.state == InboxState.DEAD, InboxRow.kind != MALFORMED)
            .values(state=InboxState.NEW, attempts=0, lease_until=None, next_try=InboxRow.received_at)
            .returning(InboxRow.event_id)
        ).all()
        letters = session.execute(
            update(OutboxRow)
            .where(OutboxRow.state == LetterState.DEAD)
            .values(state=LetterState.PENDING, attempts=0, first_try=None, next_try=OutboxRow.created_at)
            .returning(OutboxRow.key)
        ).all()
        session.commit()
    return len(events) + len(letters)
