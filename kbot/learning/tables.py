"""The table of learning checks."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from kbot.storage.tables import REMOVED, Key, Table, TeamKey, kept, whose


class CheckRow(Table):
    """Somebody wants to remember an item. Nobody else ever sees a row of this table.

    `memory` is what the schedule knows of it; `n` counts the answers, so that a button pressed twice counts once;
    `silent` the letters in a row that stayed unanswered.
    """

    __tablename__ = "learning_check"
    people = whose(
        person=REMOVED,
        letter=kept("goes with its row"),
    )
    team_id: Mapped[TeamKey]
    person: Mapped[Key]
    item_id: Mapped[Key]
    state: Mapped[str]
    memory: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    letter: Mapped[str | None]
    asked_at: Mapped[datetime | None]
    is_shown: Mapped[bool] = mapped_column(default=False)
    recall: Mapped[str | None]
    n: Mapped[int] = mapped_column(default=0)
    forgotten: Mapped[int] = mapped_column(default=0)
    silent: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        CheckConstraint("state IN ('waiting', 'asked', 'retired', 'stopped')", name="learning_check_state"),
        CheckConstraint("recall IN ('forgotten', 'with_effort', 'recalled', 'easily')", name="learning_check_recall"),
        Index(
            "learning_check_due",
            "due_at",
            postgresql_where=text("state = 'waiting'"),
            sqlite_where=text("state = 'waiting'"),
        ),
        Index("learning_check_letter", "team_id", "letter"),
        Index("learning_check_item", "team_id", "item_id"),
    )
