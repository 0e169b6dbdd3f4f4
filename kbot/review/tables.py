"""The table of published numbers."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from kbot.storage.tables import Key, Table, TeamKey, whose


class SnapshotRow(Table):
    """The numbers of a workspace as they were published on a Monday (`monday`, ISO), never changed afterwards.

    `report` holds only what may be shown, and `as_of` says which moment it tells of (people's time): that of an earlier
    Monday where too few people have moved since, so that nobody can be found by comparing two of them.
    """

    __tablename__ = "snapshot"
    people = whose()
    team_id: Mapped[TeamKey]
    monday: Mapped[Key]
    as_of: Mapped[datetime]
    report: Mapped[dict[str, Any]] = mapped_column()
