"""Units of work: plain functions `fn(session, ...)`, each run off the event loop in one transaction.

A unit commits nothing itself, may be run twice, and has no effect outside its session; Slack is never called inside.
SQLite and PostgreSQL have each their own implementation of `Units` (sqlite.py, postgresql.py).
"""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy.orm import Session

from kbot.storage.appending import Columns, Row
from kbot.storage.tables import Table

P = ParamSpec("P")
T = TypeVar("T")

Work = Callable[Concatenate[Session, P], T]


class Units(Protocol):
    """Runs units of work. Call it to write; `read` for what only reads."""

    alone: bool
    """True when no other process can work on this database: rows left behind by a dead process are ours at once."""

    async def __call__(self, fn: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` in a writing transaction and return what it returned, after the commit."""
        ...

    async def read(self, fn: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` in a transaction that cannot write."""
        ...

    async def append(self, into: Columns, row: Row) -> None:
        """Insert a row unless its key is there, quickly; on return it is committed."""
        ...

    def when_committed(self, call: Callable[[], None], *tables: type[Table]) -> None:
        """Call `call` on the event loop after each writing unit, so that workers wake without waiting for a tick.

        `tables`: only after one that wrote one of these.
        """
        ...

    def when_appended(self, call: Callable[[], None]) -> None:
        """The same after rows were appended: who does not wait for those need not look."""
        ...

    async def close(self) -> None:
        """Finish what was accepted, then let go of the database."""
        ...
