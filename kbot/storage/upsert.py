"""INSERT ... ON CONFLICT on both databases: the database decides races, never a look beforehand."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CursorResult, Select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kbot.storage.tables import Table


def _insert(session: Session, table: type[Table]) -> "sqlite.Insert | postgresql.Insert":
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def insert_new(session: Session, table: type[Table], row: Mapping[str, Any]) -> bool:
    """Insert a row unless its key (or another unique one) is there. Returns whether it was new."""
    # Without preserve_rowcount psycopg's count of an INSERT is dropped and reads -1, which would be "new" for ever.
    result = session.execute(
        _insert(session, table).values(**row).on_conflict_do_nothing(), execution_options={"preserve_rowcount": True}
    )
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def insert_selected(session: Session, table: type[Table], names: Sequence[str], rows: "Select[Any]") -> int:
    """Insert what a query selects, but those whose key is there; it must have a WHERE. Returns how many were new."""
    insert = _insert(session, table).from_select(list(names), rows).on_conflict_do_nothing()
    result = session.execute(insert, execution_options={"preserve_rowcount": True})
    assert isinstance(result, CursorResult)
    session.expire_all()
    return result.rowcount


def insert_or_update(
    session: Session,
    table: type[Table],
    row: Mapping[str, Any],
    *,
    keys: Sequence[str],
    change: Sequence[str],
) -> None:
    """Insert a row, or put the values of `change` into the row with the same `keys`."""
    insert = _insert(session, table).values(**row)
    session.execute(
        insert.on_conflict_do_update(index_elements=list(keys), set_={name: insert.excluded[name] for name in change})
    )
    session.expire_all()
