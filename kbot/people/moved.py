"""Slack gave a channel another id, as it does when two organizations begin to share it."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from kbot.storage.tables import Table


def move_rows(
    session: Session, table: type[Table], team: str, old: str, new: str, *, column: str = "channel_id"
) -> None:
    """The rows of the channel, which `column` names, get its new id. Where the same row has come under the new id
    already, the old one stays.

    Moving twice is moving once.
    """
    mine: Any = table
    there: Any = aliased(table)
    moving = update(mine).where(mine.team_id == team, getattr(mine, column) == old).values({column: new})
    key = [each.name for each in table.__table__.primary_key]
    if column in key:
        same = [getattr(there, name) == getattr(mine, name) for name in key if name != column]
        moving = moving.where(~select(there.team_id).where(getattr(there, column) == new, *same).exists())
    session.execute(moving, execution_options={"synchronize_session": False})
    session.expire_all()
