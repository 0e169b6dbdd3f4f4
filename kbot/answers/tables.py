"""The table of questions."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped

from kbot.answers.facts import Question
from kbot.storage.tables import Key, PeoplesWords, Table, TeamKey, kept, whose


class QuestionRow(Table):
    """A question and what it was answered with. `asked_as` names the message or the command: asked once, answered once.

    `cited` are ids of items, best first; none: the question is open. `is_private`: only the
    asker saw the answer. `is_sure`: the first one very probably answers.
    `late` are the seconds (machine's time) that the question had to wait for kbot. `group_id` is the id of the first
    of the questions that mean the same; `vector` its meaning, where it was kept; `answer_id` an item that answers it as
    soon as it is published. `score` and `chance` are what the search thought of the answer (None: it found none, or a
    person gave it).
    """

    __tablename__ = "question"
    people = whose(
        asker=kept("a question, no answer; who asked is told when there is an answer"),
        asked_as=kept("the key of the question"),
    )
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
    group_id: Mapped[str]
    vector: Mapped[bytes | None]
    answer_id: Mapped[str | None]
    score: Mapped[float | None]
    chance: Mapped[float | None]
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
        Index("question_group", "team_id", "group_id"),
    )

    @property
    def fact(self) -> Question:
        return Question(
            team=self.team_id,
            id=self.id,
            asker=self.asker,
            channel=self.channel_id,
            thread_ts=self.thread_ts,
            text=self.text,
            asked_at=self.asked_at,
            is_private=self.is_private,
            is_open=self.state == "open",
            cited=tuple(self.cited),
            is_sure=self.is_sure,
            late=self.late,
            group=self.group_id,
        )


class TurnRow(Table):
    """Whose turn it is to change what is open in a channel: who writes this row is alone until their unit ends."""

    __tablename__ = "question_turn"
    people = whose()
    team_id: Mapped[TeamKey]
    channel_id: Mapped[Key]
    taken_at: Mapped[datetime]


class HelpRow(Table):
    """Somebody was asked to help with an open question, because of an item they contributed or vouched for."""

    __tablename__ = "help_request"
    people = whose(
        person=kept("a request between two people"),
        asked_by=kept("a request between two people"),
    )
    team_id: Mapped[TeamKey]
    group_id: Mapped[Key]
    person: Mapped[Key]
    item_id: Mapped[str]
    asked_by: Mapped[str]
    state: Mapped[str]
    asked_at: Mapped[datetime]
    __table_args__ = (CheckConstraint("state IN ('asked', 'taken', 'declined', 'closed')", name="help_request_state"),)
