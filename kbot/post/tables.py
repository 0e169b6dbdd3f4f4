"""Tables of what came in and what goes out."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from kbot.storage.tables import Key, PeoplesWords, Table, TeamKey, kept, whose

BUDGET = "what was sent to whom and when is what the budget counts; it holds ids only"


class InboxRow(Table):
    """An event of Slack, stored before it is acknowledged. Every moment here is the machine's time.

    `body` is the JSON as Slack sent it, and empty once the event is done; the key stays, so that a repeat is known.
    """

    __tablename__ = "inbox"
    people = whose(
        body=kept("what Slack sent; emptied as soon as it is done"),
    )
    team_id: Mapped[TeamKey]
    event_id: Mapped[Key]
    kind: Mapped[str]
    body: Mapped[PeoplesWords]
    received_at: Mapped[datetime]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    next_try: Mapped[datetime]
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    error: Mapped[PeoplesWords | None]
    __table_args__ = (
        CheckConstraint("state IN ('new', 'done', 'dead')", name="inbox_state"),
        Index(
            "inbox_new",
            "next_try",
            postgresql_where=text("state = 'new'"),
            sqlite_where=text("state = 'new'"),
        ),
    )


class OutboxRow(Table):
    """A letter: what kind, to whom, about what. It is rendered when it is sent, so nothing stale can leave.

    `next_try`, `lease_until`, `first_try`, `last_try`, `created_at` are the machine's time; the other moments are
    people's. A sent letter whose `revision` is ahead of `shown` is shown anew in its place.

    A proactive letter has a `priority` (gate.py `Proactive`). `held_for` and `held_since`: why and since when the gate
    holds it back; `passed_at`: when the gate let it through, from then on it counts against the budget; `answered_at`:
    when its reader first answered it. So this one table tells what was planned, sent, answered, held back, and why.
    """

    __tablename__ = "outbox"
    people = whose(
        key=kept(BUDGET),
        to=kept(BUDGET),
        about=kept(BUDGET),
    )
    team_id: Mapped[TeamKey]
    key: Mapped[Key]
    kind: Mapped[str]
    to: Mapped[str]
    about: Mapped[dict[str, Any]]
    priority: Mapped[int | None]
    state: Mapped[str]
    created_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    next_try: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    first_try: Mapped[datetime | None]
    last_try: Mapped[datetime | None]
    held_since: Mapped[datetime | None]
    held_for: Mapped[str | None]
    passed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    channel: Mapped[str | None]
    ts: Mapped[str | None]
    thread_ts: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=0)
    shown: Mapped[int] = mapped_column(default=0)
    error: Mapped[PeoplesWords | None]
    __table_args__ = (
        CheckConstraint(
            "state IN ('pending', 'sending', 'unknown', 'sent', 'cancelled', 'lapsed', 'dead')", name="outbox_state"
        ),
        Index(
            "outbox_due",
            "next_try",
            postgresql_where=text("state = 'pending'"),
            sqlite_where=text("state = 'pending'"),
        ),
        Index(
            "outbox_doubt",
            "lease_until",
            postgresql_where=text("state IN ('sending', 'unknown')"),
            sqlite_where=text("state IN ('sending', 'unknown')"),
        ),
        Index(
            "outbox_stale",
            "next_try",
            postgresql_where=text("state = 'sent' AND shown < revision"),
            sqlite_where=text("state = 'sent' AND shown < revision"),
        ),
        Index("outbox_sent_to", "team_id", "to", "kind", "sent_at"),
        Index("outbox_passed", "team_id", "to", "passed_at"),
        Index(
            "outbox_for_person",
            "team_id",
            "to",
            "priority",
            postgresql_where=text("priority IS NOT NULL AND state IN ('pending', 'sending')"),
            sqlite_where=text("priority IS NOT NULL AND state IN ('pending', 'sending')"),
        ),
        Index("outbox_message", "team_id", "channel", "ts"),
    )
