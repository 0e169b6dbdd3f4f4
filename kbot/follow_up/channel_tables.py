"""Tables of what a whole channel is asked: apart from what people say for themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped

from kbot.storage.tables import REMOVED, Key, Table, TeamKey, kept, whose


class ChannelAskRow(Table):
    """Whether anybody in a channel used an item that was posted there: asked once.

    `shown` are the counts that everybody there reads, as they were at `counted_at`. Moments are people's time.
    """

    __tablename__ = "channel_ask"
    people = whose(letter=kept("the key of a letter to a channel"))
    team_id: Mapped[TeamKey]
    item_id: Mapped[Key]
    channel_id: Mapped[Key]
    state: Mapped[str]
    due_at: Mapped[datetime]
    letter: Mapped[str | None]
    shown: Mapped[dict[str, Any]]
    counted_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        CheckConstraint("state IN ('waiting', 'asked', 'dropped')", name="channel_ask_state"),
        Index(
            "channel_ask_due",
            "due_at",
            postgresql_where=text("state = 'waiting'"),
            sqlite_where=text("state = 'waiting'"),
        ),
        Index("channel_ask_letter", "team_id", "letter"),
    )


class ChannelTapRow(Table):
    """What one person said when everybody was asked; it is read by nobody, only counted, from five people on."""

    __tablename__ = "channel_tap"
    people = whose(person=REMOVED)
    team_id: Mapped[TeamKey]
    item_id: Mapped[Key]
    channel_id: Mapped[Key]
    person: Mapped[Key]
    answer: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        CheckConstraint("answer IN ('used', 'tried', 'not_for_me')", name="channel_tap_answer"),
    )
