"""Tables of follow-up: cases with their latest response, and what the contributor may hear."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from kbot.storage.tables import Key, PeoplesWords, Table, TeamKey


class CaseRow(Table):
    """One person's follow-up of one item. One that is open per person and item, by a unique index."""

    __tablename__ = "follow_up_case"
    team_id: Mapped[TeamKey]
    id: Mapped[Key]
    person: Mapped[str]
    item_id: Mapped[str]
    version: Mapped[int]
    question_id: Mapped[str | None]
    words: Mapped[PeoplesWords]
    form: Mapped[str]
    state: Mapped[str]
    due_at: Mapped[datetime]
    asks_made: Mapped[int] = mapped_column(default=0)
    letter: Mapped[str | None]
    opened_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    status: Mapped[str | None]
    outcome: Mapped[str | None]
    complaint: Mapped[str | None]
    telling: Mapped[str]
    missing: Mapped[PeoplesWords]
    responded_at: Mapped[datetime | None]
    responses: Mapped[int] = mapped_column(default=0)
    closed_as: Mapped[str | None]
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        CheckConstraint("state IN ('waiting', 'asked', 'closed')", name="case_state"),
        CheckConstraint("telling IN ('unasked', 'with_name', 'without_name', 'no')", name="case_telling"),
        Index(
            "case_one_open",
            "team_id",
            "person",
            "item_id",
            unique=True,
            postgresql_where=text("state <> 'closed'"),
            sqlite_where=text("state <> 'closed'"),
        ),
        Index(
            "case_due",
            "due_at",
            postgresql_where=text("state = 'waiting'"),
            sqlite_where=text("state = 'waiting'"),
        ),
        Index("case_person", "team_id", "person"),
        Index("case_letter", "team_id", "letter"),
    )


class TellingRow(Table):
    """Something a contributor may hear, and in which weekly note they heard it. It exists only by permission."""

    __tablename__ = "telling"
    team_id: Mapped[TeamKey]
    case_id: Mapped[Key]
    contributor: Mapped[str]
    item_id: Mapped[str]
    with_name: Mapped[bool]
    allowed_at: Mapped[datetime]
    letter: Mapped[str | None]
    __table_args__ = (
        ForeignKeyConstraint(
            ["team_id", "case_id"], ["follow_up_case.team_id", "follow_up_case.id"], ondelete="CASCADE"
        ),
        Index(
            "telling_waits",
            "team_id",
            "contributor",
            postgresql_where=text("letter IS NULL"),
            sqlite_where=text("letter IS NULL"),
        ),
    )
