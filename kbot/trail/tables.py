"""The table of what happened."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from kbot.storage.tables import Key, Table, TeamKey


class FactRow(Table):
    """One fact. `followed` says that what follows it (loop.py) has been done."""

    __tablename__ = "fact"
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
