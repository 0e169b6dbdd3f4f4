"""The table of questions."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped

from kbot.storage.tables import Key, PeoplesWords, Table, TeamKey


class QuestionRow(Table):
    """A question and what it was answered with. `asked_as` names the message or the command: asked once, answered once.

    `cited` are ids of items, best first; none: the question is open. `is_private`: only the
    asker saw the answer. `is_sure`: the first one very probably answers.
    `late` are the seconds (machine's time) that the question had to wait for kbot.
    """

    __tablename__ = "question"
    team_id: Mapped[TeamKey]
    id: Mapped[Key]
    asked_as: Mapped[str]
    asker: Mapped[str]
    channel_id: Mapped[str]
    thread_ts: Mapped[str | None]
    text: Mapped[PeoplesWords]
    is_private: Mapped[bool]
    cited: Mapped[list[str]]
    is_sure: Mapped[bool]
    state: Mapped[str]
    late: Mapped[int]
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("team_id", "asked_as", name="question_once"),
        CheckConstraint("state IN ('answered', 'open')", name="question_state"),
        Index(
            "question_open",
            "team_id",
            "channel_id",
            postgresql_where=sql("state = 'open'"),
            sqlite_where=sql("state = 'open'"),
        ),
    )
