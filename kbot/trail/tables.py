"""The tables of what happened, and of what people tell of it, which stays theirs."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from kbot.storage.tables import REMOVED, Fate, Key, PeoplesWords, Table, TeamKey, kept, whose
from kbot.trail.facts import (
    Confirmed,
    Delivered,
    Doubted,
    Fact,
    Helped,
    HelpOffered,
    HelpWanted,
    Hindered,
    Intended,
    MemoryWanted,
    NotSuited,
    PassedOn,
    Rated,
    Received,
    Responded,
    Suggested,
    Sustained,
    TakenBack,
    TellingAllowed,
    Ticked,
    Unticked,
)

SAID: frozenset[type[Fact]] = frozenset(
    {
        *(Received, Delivered, Intended, Suggested, MemoryWanted, Ticked, Unticked, TakenBack),
        *(Responded, Rated, Doubted, Hindered, NotSuited, Sustained, Confirmed, TellingAllowed),
        *(HelpWanted, HelpOffered, Helped, PassedOn),
    }
)
"""What a person met and said of it: theirs, so that they can erase it. Other facts are what they did for others."""


class FactRow(Table):
    """One fact. `followed` says that what follows it (loop.py) has been done."""

    __tablename__ = "fact"
    people = whose(
        person=Fate(
            "what they did for others stays: it is the history of the items",
            goes=lambda row: row.kind.in_([kind.__name__ for kind in SAID]),
        ),
        key=kept("goes with its row, where that is something the person said"),
        about=kept("somebody else's word of who helped them, or to whom they passed something on"),
    )
    team_id: Mapped[TeamKey]
    id: Mapped[Key]
    kind: Mapped[str]
    key: Mapped[str]
    at: Mapped[datetime]
    person: Mapped[str | None]
    item_id: Mapped[str | None]
    about: Mapped[dict[str, Any]]
    followed: Mapped[bool]
    __table_args__ = (
        UniqueConstraint("team_id", "kind", "key", name="fact_once"),
        Index("fact_item", "team_id", "item_id", "kind"),
        Index("fact_person", "team_id", "person", "kind"),
        Index("fact_to_follow", "at", postgresql_where=text("NOT followed"), sqlite_where=text("NOT followed")),
    )


class StoryRow(Table):
    """What somebody tells of one use, in their own words: to be changed and taken back by them alone.

    `is_released`: without a name it is shown from the note on in which it was told. `witness` is who was asked whether
    they saw it, `was_seen` what they said.
    """

    __tablename__ = "follow_up_story"
    people = whose(
        person=REMOVED,
        witness=kept("somebody else's story, which says who was asked whether they saw it"),
    )
    team_id: Mapped[TeamKey]
    case_id: Mapped[Key]
    item_id: Mapped[str]
    person: Mapped[str]
    place: Mapped[PeoplesWords]
    happened: Mapped[PeoplesWords]
    why: Mapped[PeoplesWords]
    advice: Mapped[PeoplesWords]
    readers: Mapped[str]
    with_name: Mapped[bool]
    is_released: Mapped[bool]
    link: Mapped[PeoplesWords]
    witness: Mapped[str | None]
    was_seen: Mapped[bool | None]
    told_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("readers IN ('contributor', 'everyone')", name="story_readers"),
        Index("story_item", "team_id", "item_id"),
    )
