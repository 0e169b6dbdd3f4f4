"""The table of what happened."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from kbot.storage.tables import Fate, Key, Table, TeamKey, kept, whose
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
        *(HelpWanted, HelpOffered, Helped),
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
        about=kept("somebody else's word of who helped them"),
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
