"""Runs Alembic on the engine that kbot/storage/schema.py hands over."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from sqlalchemy import Connection, Engine

engine: Engine = context.config.attributes["engine"]


@contextmanager
def _without_cascades(connection: Connection) -> Iterator[None]:
    """On SQLite a table that is made anew is dropped first, which would delete whatever refers to it."""
    driver = connection.connection.driver_connection  # not through SQLAlchemy: it would begin a transaction
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, render_as_batch=True, transactional_ddl=True)
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            # Two processes that upgrade at once take turns; the lock ends with the transaction.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7202110)")
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            assert broken is None, f"a row refers to nothing: {broken}"


with engine.connect() as opened:
    if opened.dialect.name == "sqlite":
        with _without_cascades(opened):
            _migrate(opened)
    else:
        _migrate(opened)
