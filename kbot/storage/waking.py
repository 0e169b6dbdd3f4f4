"""Who waits for which tables: after a commit those alone are woken who look at what was written."""

from collections.abc import Callable, Set
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.sql.dml import UpdateBase

from kbot.storage.tables import Table

WRITTEN = "kbot_written"


def note_writes(engine: Engine) -> None:
    """From now on `written` tells what was written on this engine's connections."""

    @event.listens_for(engine, "before_execute")
    def note(connection: Connection, statement: object, *_: Any) -> None:
        if isinstance(statement, UpdateBase):
            connection.info.setdefault(WRITTEN, set()).add(getattr(statement.table, "name", ""))


def written(connection: Connection) -> Set[str]:
    """The tables written on this connection since this was last asked."""
    tables: Set[str] = connection.info.pop(WRITTEN, frozenset())
    return tables


class Sleepers:
    """Whom to wake after a commit."""

    def __init__(self) -> None:
        self._calls: list[tuple[Callable[[], None], Set[str]]] = []

    def add(self, call: Callable[[], None], *tables: type[Table]) -> None:
        """Without `tables`: after every commit."""
        self._calls.append((call, {table.__tablename__ for table in tables}))

    def wake(self, tables: Set[str] = frozenset()) -> None:
        for call, looks_at in self._calls:
            if not looks_at or looks_at & tables:
                call()
