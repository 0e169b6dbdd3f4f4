"""Many new rows at once, past the ORM: the way of what must be stored before it is acknowledged.

A session with its savepoint and its statements costs about as much as acknowledging ten events (measured), so the
inbox hands its rows to the driver as they are; the types of the columns convert them as they would for a session.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Dialect

from kbot.storage.tables import Table

Row = Sequence[Any]


class Appending:
    """Rows of these columns of one table. A row whose key is there already is left out; the database decides."""

    def __init__(self, table: type[Table], *columns: str) -> None:
        self.table = table.__tablename__
        self.columns = [table.__table__.c[name] for name in columns]
        self._converters: dict[str, list[tuple[int, Callable[[Any], Any]]]] = {}

    @property
    def names(self) -> str:
        """The columns, as SQL."""
        return ", ".join(column.name for column in self.columns)

    def sql_types(self, dialect: Dialect) -> list[str]:
        """The columns' types in this database's words."""
        return [column.type.compile(dialect) for column in self.columns]

    def bound(self, dialect: Dialect, rows: Iterable[Row]) -> list[tuple[Any, ...]]:
        """The rows as this database's driver takes them."""
        if dialect.name not in self._converters:
            found = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in self.columns]
            self._converters[dialect.name] = [(at, convert) for at, convert in enumerate(found) if convert is not None]
        converters, bound = self._converters[dialect.name], []
        for row in rows:
            values = list(row)
            for at, convert in converters:
                values[at] = convert(values[at])
            bound.append(tuple(values))
        return bound
