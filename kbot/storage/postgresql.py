"""PostgreSQL: a pool of threads as large as the pool of connections, psycopg 3, the same plain functions."""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Iterable, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from types import NoneType

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kbot.storage.address import Address
from kbot.storage.appending import Appender, Columns, Group, Row
from kbot.storage.tables import Table
from kbot.storage.units import P, T, Work
from kbot.storage.waking import Sleepers, note_writes, written

log = logging.getLogger(__name__)

POOL = 8
TRIES = 3
CROSSED = ("40001", "40P01")
"""SQLSTATE of what PostgreSQL refuses when two transactions cross: serialization_failure, deadlock_detected."""
PLAIN = (str, int, datetime, NoneType)
# A page out of order costs little more than the next one, on today's disks and in memory. With PostgreSQL's default of
# 4 it read all 10,000 people to find 130 recipients of an item: 13 ms instead of 3.
OPTIONS = (
    "-c statement_timeout=5s -c lock_timeout=2s -c idle_in_transaction_session_timeout=10s -c timezone=UTC "
    "-c random_page_cost=1.1"
)


def open_engine(address: Address, *, pool_size: int = POOL) -> Engine:
    """An engine with bounded waits: nothing here may hang for ever."""
    engine = create_engine(
        address.url,
        hide_parameters=True,  # a database's error must not carry people's words into the log
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={"options": OPTIONS, "application_name": "kbot", "connect_timeout": 5},
    )

    @event.listens_for(engine, "handle_error")
    def without_detail(context: ExceptionContext) -> None:
        # PostgreSQL adds the whole row that it refused, and people's words must not come into the log.
        for error in (context.original_exception, context.sqlalchemy_exception):
            if error is not None and error.args:
                error.args = (str(error.args[0]).split("\nDETAIL:")[0], *error.args[1:])

    return engine


def _array(values: Sequence[object]) -> object:
    """An array for PostgreSQL, of plain values written out: psycopg's own way costs most of an insertion (measured)."""
    if not all(isinstance(value, PLAIN) for value in values):
        return list(values)
    if None in values:
        written = ",".join("NULL" if value is None else _quoted([value]) for value in values)
    else:
        written = _quoted(values)
    return f"{{{written}}}"


def _quoted(values: Iterable[object]) -> str:
    # One replacement for all of them: no text of PostgreSQL has a NUL in it.
    together = "\0".join(map(str, values)).replace("\\", "\\\\").replace('"', '\\"').replace("\0", '","')
    return f'"{together}"'


class _Inlet:
    """A thread with a connection that does nothing but append, each group in one statement and so in one round trip."""

    def __init__(self, engine: Engine, then: Callable[[], None]) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._groups: queue.SimpleQueue[Group | None] = queue.SimpleQueue()
        self._appender = Appender(self._groups.put, then)
        self.append = self._appender.append
        self._thread = threading.Thread(target=self._write, name="kbot-inlet", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        """Write what waits, then end."""
        self._appender.close()
        self._groups.put(None)
        await asyncio.to_thread(self._thread.join)
        self._let_go()

    def _write(self) -> None:
        while (group := self._groups.get()) is not None:
            self._appender.write(group, self._insert)

    def _insert(self, into: Columns, rows: list[Row]) -> None:
        """Insert the rows and commit. A connection that broke meanwhile is replaced once."""
        dialect = self._engine.dialect
        columns = tuple(_array(column) for column in zip(*into.bound(dialect, rows), strict=True))
        arrays = ", ".join(f"%s::{name}[]" for name in into.sql_types(dialect))
        sql = f"INSERT INTO {into.table} ({into.names}) SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING"  # noqa: S608
        fresh = self._connection is None
        try:
            self._opened().exec_driver_sql(sql, columns)
        except DBAPIError:
            self._let_go()
            if fresh:
                raise
            self._opened().exec_driver_sql(sql, columns)

    def _opened(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        return self._connection

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
        self._engine.dispose()


class PostgresqlUnits:
    """Units of work on PostgreSQL, for any number of processes."""

    alone = False

    def __init__(self, address: Address) -> None:
        self._engine = open_engine(address)
        note_writes(self._engine)
        self._threads = ThreadPoolExecutor(POOL, thread_name_prefix="kbot-unit")
        self._committed, self._appended = Sleepers(), Sleepers()
        self._inlet = _Inlet(open_engine(address, pool_size=1), self._appended.wake)
        self.append = self._inlet.append

    async def __call__(self, fn: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        def run() -> tuple[T, Set[str]]:
            with Session(self._engine) as session, session.begin():
                connection = session.connection()
                written(connection)  # by a unit that was undone
                result = fn(session, *args, **kwargs)
                session.flush()
                return result, written(connection)

        result, tables = await asyncio.get_running_loop().run_in_executor(self._threads, self._tried, run)
        self._committed.wake(tables)
        return result

    async def read(self, fn: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        def run() -> T:
            with Session(self._engine) as session, session.begin():
                session.connection().exec_driver_sql("SET TRANSACTION READ ONLY")
                return fn(session, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._threads, self._tried, run)

    def when_committed(self, call: Callable[[], None], *tables: type[Table]) -> None:
        self._committed.add(call, *tables)

    def when_appended(self, call: Callable[[], None]) -> None:
        self._appended.add(call)

    async def close(self) -> None:
        await self._inlet.close()
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()

    @staticmethod
    def _tried(run: Callable[[], T]) -> T:
        for attempt in range(1, TRIES + 1):
            try:
                return run()
            except DBAPIError as error:
                # Two units crossed each other: the loser has written nothing and may simply run again.
                if attempt == TRIES or getattr(error.orig, "sqlstate", None) not in CROSSED:
                    raise
                log.info("a unit crossed another one and runs again")
        raise AssertionError("unreachable")
