"""INSERT ... ON CONFLICT on both databases: the database decides races, never a look beforehand."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import CursorResult, Select, TableClause
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kbot.storage.tables import Table


def _insert_of(database: str, table: type[Table]) -> "sqlite.Insert | postgresql.Insert":
    columns = table.__table__
    assert isinstance(columns, TableClause)
    return postgresql.insert(columns) if database == "postgresql" else sqlite.insert(columns)


@cache  # to put it together costs more than to run it
def _unless_there(database: str, table: type[Table]) -> "sqlite.Insert | postgresql.Insert":
    return _insert_of(database, table).on_conflict_do_nothing()


@cache
def _or_change(
    database: str, table: type[Table], keys: tuple[str, ...], change: tuple[str, ...]
) -> "sqlite.Insert | postgresql.Insert":
    insert = _insert_of(database, table)
    return insert.on_conflict_do_update(index_elements=keys, set_={name: insert.excluded[name] for name in change})


def insert_new(session: Session, table: type[Table], row: Mapping[str, Any]) -> bool:
    """Insert a row unless its key (or another unique one) is there. Returns whether it was new."""
    # Without preserve_rowcount psycopg's count of an INSERT is dropped and reads -1, which would be "new" for ever.
    insert = _unless_there(session.get_bind().dialect.name, table)
    session.flush()  # these are not the mapper's own statements, before which it flushes by itself
    result = session.execute(insert, dict(row), execution_options={"preserve_rowcount": True})
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def insert_selected(session: Session, table: type[Table], names: Sequence[str], rows: "Select[Any]") -> int:
    """Insert what a query selects, but those whose key is there; it must have a WHERE. Returns how many were new."""
    insert = _insert_of(session.get_bind().dialect.name, table).from_select(list(names), rows).on_conflict_do_nothing()
    session.flush()
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
    insert = _or_change(session.get_bind().dialect.name, table, tuple(keys), tuple(change))
    session.flush()
    session.execute(insert, dict(row))
    session.expire_all()
