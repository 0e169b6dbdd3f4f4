"""Erase what a person said, from every table, as each table declares (`Table.people`)."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from kbot.storage.tables import Table


def erase(session: Session, team: str, person: str, item: str | None = None) -> None:
    """Everything that this person said goes, or all that they said of one item; what stays says why in its table.

    What hangs on a row goes with it. Run twice, it finds nothing more.
    """
    for table in Table.__subclasses__():
        if item is not None and "item_id" not in table.__table__.columns:
            continue
        columns = table.__table__.columns
        for name, fate in table.people.items():
            mine = [columns["team_id"] == team, columns[name] == person]
            if item is not None:
                mine.append(columns["item_id"] == item)
            if fate.goes is not None:
                session.execute(delete(table).where(*mine, fate.goes(table)))
            if fate.emptied:
                session.execute(update(table).where(*mine).values(**fate.emptied))
    session.expire_all()
