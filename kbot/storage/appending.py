"""Single rows, past the ORM and in groups: the way of what must be stored before it is acknowledged.

A session with its savepoint and its statements costs more than the rest of acknowledging an event (measured), so the
inbox hands its rows to the driver as they are; the types of the columns convert them as they would for a session.
Whatever arrives while one group is being written makes up the next one.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Dialect

from kbot.storage.tables import Table

Row = Sequence[Any]
MOST_ROWS = 500
"""In one statement."""


class Columns:
    """Where rows are appended: these columns of one table. A row whose key is there already is left out."""

    def __init__(self, table: type[Table], *columns: str) -> None:
        self.table = table.__tablename__
        self.columns = [table.__table__.c[name] for name in columns]
        self.names = ", ".join(columns)
        self._converters: dict[str, list[tuple[int, Callable[[Any], Any]]]] = {}

    def sql_types(self, dialect: Dialect) -> list[str]:
        """The columns' types in this database's words."""
        return [column.type.compile(dialect) for column in self.columns]

    def bound(self, dialect: Dialect, rows: Iterable[Row]) -> list[list[Any]]:
        """The rows as this database's driver takes them."""
        if dialect.name not in self._converters:
            found = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in self.columns]
            self._converters[dialect.name] = [(at, convert) for at, convert in enumerate(found) if convert is not None]
        bound = [list(row) for row in rows]
        for at, convert in self._converters[dialect.name]:
            for values in bound:
                if values[at] is not None:
                    values[at] = convert(values[at])
        return bound


class Append(NamedTuple):
    """A row on its way, and who waits until it is committed."""

    into: Columns
    row: Row
    stored: "asyncio.Future[None]"


Group = list[Append]


class Appender:
    """Gathers rows on the event loop and hands them, a group at a time, to the thread that writes.

    `hand_over` puts a group before that thread, which calls `write` for it; `then` is called on the loop afterwards.
    """

    def __init__(self, hand_over: Callable[[Group], None], then: Callable[[], None]) -> None:
        self._hand_over = hand_over
        self._then = then
        self._waiting: Group = []
        self._is_busy = False
        self._is_closed = False

    async def append(self, into: Columns, row: Row) -> None:
        """Returns when the row is committed; raises what the database raised, RuntimeError after `close`."""
        if self._is_closed:
            raise RuntimeError("the database is closed")
        loop = asyncio.get_running_loop()
        stored: asyncio.Future[None] = loop.create_future()
        self._waiting.append(Append(into, row, stored))
        if not self._is_busy:
            self._is_busy = True
            loop.call_soon(self._gather, loop, 0)
        await stored

    def _gather(self, loop: asyncio.AbstractEventLoop, before: int) -> None:
        # As long as a turn of the loop brings more, a larger group costs less than a second one.
        if before < len(self._waiting) < MOST_ROWS:
            loop.call_soon(self._gather, loop, len(self._waiting))
            return
        self._is_busy = bool(self._waiting)
        if self._waiting:
            self._hand_over_next()

    def _hand_over_next(self) -> None:
        group, self._waiting = self._waiting[:MOST_ROWS], self._waiting[MOST_ROWS:]
        self._hand_over(group)

    def close(self) -> None:
        """Take nothing more, and hand over at once what was taken: the thread may end after it."""
        self._is_closed = True
        while self._waiting:
            self._hand_over_next()

    def write(self, group: Group, insert: Callable[[Columns, list[Row]], None]) -> None:
        """Insert a group with `insert`, once for each table, and tell who waits. Called by the thread; never raises."""
        errors: dict[Columns, Exception | None] = {}
        for into in {append.into for append in group}:
            try:
                insert(into, [append.row for append in group if append.into is into])
                errors[into] = None
            except Exception as error:
                errors[into] = error
        loop = group[0].stored.get_loop()
        loop.call_soon_threadsafe(self._written, loop, group, errors)

    def _written(
        self, loop: asyncio.AbstractEventLoop, group: Group, errors: Mapping[Columns, Exception | None]
    ) -> None:
        for append in group:
            error = errors[append.into]
            if append.stored.done():
                continue  # nobody waits any more
            if error is None:
                append.stored.set_result(None)
            else:
                append.stored.set_exception(error)
        self._is_busy = bool(self._waiting)
        if self._waiting:
            loop.call_soon(self._gather, loop, 0)
        self._then()
