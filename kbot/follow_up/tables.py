"""Tables of follow-up: cases with their latest response, what was asked and tapped, what the contributor may hear."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from kbot.storage.tables import Fate, Key, PeoplesWords, Table, TeamKey, kept, whose
from kbot.trail.facts import Status
from kbot.trail.measures import Disposition

_DISPOSITIONS = ", ".join(f"'{one}'" for one in Disposition)
_OPEN_ONCE = "state <> 'closed' AND form NOT IN ('sustain', 'silent')"


class CaseRow(Table):
    """One person's follow-up of one item. One that is open per person and item lineage, by a unique index.

    `share`: with which probability such a case is opened at all; `never_drawn`: with which it would not have been
    drawn so far, over all the weeks it was due; `inclusion`: so with which it was to be asked.
    """

    __tablename__ = "follow_up_case"
    people = whose(
        person=Fate(
            'who said "Don\'t ask about this" is not asked again, for ever',
            goes=lambda row: row.status.is_distinct_from(Status.DECLINED.value),
            emptied={"words": "", "missing": "", "question_id": None, "letter": None},
        ),
        letter=kept("goes with its case, or is emptied"),
    )
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
    lineage: Mapped[str]
    rhythm: Mapped[str]
    share: Mapped[float] = mapped_column(default=1.0)
    never_drawn: Mapped[float] = mapped_column(default=1.0)
    inclusion: Mapped[float | None]
    window_end: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    disposition: Mapped[str | None]
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        CheckConstraint("state IN ('waiting', 'asked', 'closed')", name="case_state"),
        CheckConstraint("telling IN ('unasked', 'with_name', 'without_name', 'no')", name="case_telling"),
        CheckConstraint(f"disposition IN ({_DISPOSITIONS})", name="case_disposition"),
        CheckConstraint("(state = 'closed') = (disposition IS NOT NULL)", name="case_ends_somehow"),
        Index(
            "case_one_open",
            "team_id",
            "person",
            "item_id",
            unique=True,
            postgresql_where=text(_OPEN_ONCE),
            sqlite_where=text(_OPEN_ONCE),
        ),
        Index(
            "case_one_lineage",
            "team_id",
            "person",
            "lineage",
            unique=True,
            postgresql_where=text(_OPEN_ONCE),
            sqlite_where=text(_OPEN_ONCE),
        ),
        Index(
            "case_one_sustain",
            "team_id",
            "person",
            "lineage",
            unique=True,
            postgresql_where=text("form = 'sustain'"),
            sqlite_where=text("form = 'sustain'"),
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


class AskRow(Table):
    """One question shown once. The wording is part of the measurement: `variant` names it, and the buttons' order."""

    __tablename__ = "follow_up_ask"
    people = whose(
        letter=kept("goes with its case"),
    )
    team_id: Mapped[TeamKey]
    case_id: Mapped[Key]
    n: Mapped[int] = mapped_column(primary_key=True)
    letter: Mapped[str]
    position: Mapped[int]
    variant: Mapped[str]
    inclusion: Mapped[float]
    asked_at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(
            ["team_id", "case_id"], ["follow_up_case.team_id", "follow_up_case.id"], ondelete="CASCADE"
        ),
    )


class TapRow(Table):
    """An optional answer, one for each step of a case; the latest counts."""

    __tablename__ = "follow_up_tap"
    people = whose()
    team_id: Mapped[TeamKey]
    case_id: Mapped[Key]
    step: Mapped[Key]
    answer: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(
            ["team_id", "case_id"], ["follow_up_case.team_id", "follow_up_case.id"], ondelete="CASCADE"
        ),
    )


class TopicPaceRow(Table):
    """When a topic's items are asked about first, by what was counted of it (adapting.py); of no person."""

    __tablename__ = "topic_pace"
    people = whose()
    team_id: Mapped[TeamKey]
    topic_id: Mapped[Key]
    first: Mapped[int | None]
    is_quiet: Mapped[bool]
    counted_at: Mapped[datetime]
    __table_args__ = (ForeignKeyConstraint(["team_id", "topic_id"], ["topic.team_id", "topic.id"], ondelete="CASCADE"),)


class AskingRow(Table):
    """Whether everybody of a workspace is asked half as often (pace.py), and when that was looked at."""

    __tablename__ = "asking"
    people = whose()
    team_id: Mapped[TeamKey]
    is_halved: Mapped[bool]
    counted_at: Mapped[datetime]


class CrowdRow(Table):
    """Behind whom somebody unnamed stands: the number of the crowd in which a person was asked about an item."""

    __tablename__ = "told_crowd"
    people = whose(
        person=kept("that they were asked, which is nothing they said; somebody unnamed stands behind them"),
    )
    team_id: Mapped[TeamKey]
    item_id: Mapped[Key]
    person: Mapped[Key]
    crowd: Mapped[int]
    __table_args__ = (ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),)


class UnclearRow(Table):
    """These words of an item were not clear to two people or more, since then; in which weekly note that stands."""

    __tablename__ = "told_unclear"
    people = whose(
        letter=kept("the contributor's own note; of whom it tells is nowhere in it"),
    )
    team_id: Mapped[TeamKey]
    item_id: Mapped[Key]
    version: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    letter: Mapped[str | None]
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        Index("told_unclear_letter", "team_id", "letter"),
    )


class TellingRow(Table):
    """Something a contributor may hear, and in which weekly note they heard it. It exists only by permission.

    `crowd`: told without a name, the number of the crowd that they stand behind.
    """

    __tablename__ = "telling"
    people = whose(
        contributor=kept("somebody else's permission; goes with their case"),
        letter=kept("goes with its case"),
    )
    team_id: Mapped[TeamKey]
    case_id: Mapped[Key]
    contributor: Mapped[str]
    item_id: Mapped[str]
    with_name: Mapped[bool]
    allowed_at: Mapped[datetime]
    letter: Mapped[str | None]
    crowd: Mapped[int | None]
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
