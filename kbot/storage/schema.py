"""The schema and its revisions: upgrade, downgrade, check, and the start of `kbot run`.

What a revision changes is Alembic's business (migrating.py), which is loaded only to change something: it takes 12 MB
and a fifth of a second, and a start finds nothing to change nearly always.
"""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from importlib.resources import files
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.storage import postgresql, sqlite
from kbot.storage.address import Address
from kbot.storage.postgresql import PostgresqlUnits
from kbot.storage.sqlite import SqliteUnits
from kbot.storage.units import Units

log = logging.getLogger(__name__)

_STAMP = "alembic_version"
"""The table in which Alembic keeps the revision of a database."""


class State(StrEnum):
    """How a database stands to this version of kbot."""

    EMPTY = "empty"
    CURRENT = "current"
    OLDER = "older"
    UNKNOWN = "unknown"
    """Newer than this kbot, or of another program."""


def migrations() -> Path:
    """Where the revisions are; each is a file in `versions/` whose name begins with the revision's."""
    inside = Path(str(files("kbot"))) / "migrations"
    return inside if inside.is_dir() else inside.parent.parent / "migrations"


def revisions() -> list[str]:
    """The revisions that this kbot knows, oldest first."""
    return sorted(file.stem.partition("_")[0] for file in (migrations() / "versions").glob("[0-9]*.py"))


def _engine(address: Address, *, to_write: bool) -> Engine:
    if address.file is None:
        return postgresql.open_engine(address, pool_size=1)
    return sqlite.open_engine(address, readers=0 if to_write else 1)


@contextmanager
def _opened(address: Address, *, to_write: bool = True) -> Iterator[Engine]:
    engine = _engine(address, to_write=to_write)
    try:
        yield engine
    except DatabaseError as error:
        if not isinstance(error, OperationalError) and type(error) is not DatabaseError:
            raise  # a mistake of ours; what is no database at all is a bare DatabaseError
        raise _unusable(address, str(error.orig).strip().splitlines()[0]) from None
    finally:
        engine.dispose()


def _unusable(address: Address, reason: str) -> BadInput:
    return BadInput(f"The database {address} cannot be used: {reason}. Check KBOT_DATABASE_URL.")


def _state(engine: Engine) -> tuple[State, str | None]:
    with engine.connect() as connection:
        tables = set(engine.dialect.get_table_names(connection))
        now = connection.scalar(text(f"SELECT version_num FROM {_STAMP}")) if _STAMP in tables else None  # noqa: S608
    if now is None:
        return (State.UNKNOWN if tables - {_STAMP} else State.EMPTY), None
    *older, newest = revisions()
    if now == newest:
        return State.CURRENT, now
    return (State.OLDER if now in older else State.UNKNOWN), now


def state(address: Address) -> State:
    """How the database at `address` stands to this version of kbot."""
    if address.file is not None and not address.file.exists():
        return State.EMPTY
    with _opened(address, to_write=False) as engine:
        return _state(engine)[0]


def must_be_current(address: Address) -> None:
    """Raises BadInput, with what to do, unless the database is at this version's schema."""
    if address.file is not None and not address.file.exists():
        raise BadInput(f"There is no kbot database at {address} yet. Start `kbot run` or `kbot demo` first.")
    with _opened(address, to_write=False) as engine:
        if _known_state(engine, address)[0] is not State.CURRENT:
            raise BadInput(f"The database {address} is not at this version's revision. Run `kbot db upgrade` first.")


def upgrade(address: Address, revision: str = "head") -> None:
    """Bring the database to `revision`. Raises BadInput when it is unknown or held by a running bot."""
    with held(address), _opened(address) as engine:
        _known_state(engine, address)
        _migrate(engine, revision)


def downgrade(address: Address, revision: str) -> None:
    """Take the database back to `revision` (`base`, `-1`, or a revision's name)."""
    with held(address), _opened(address) as engine:
        _known_state(engine, address)
        _migrate(engine, revision, back=True)


def _migrate(engine: Engine, revision: str, *, back: bool = False) -> None:
    from kbot.storage import migrating  # here, for what it costs: see above

    migrating.migrate(engine, migrations(), revision, back=back)


def _known_state(engine: Engine, address: Address) -> tuple[State, str | None]:
    found, now = _state(engine)
    if found is State.UNKNOWN:
        what = f"is at revision {now}, which this version of kbot does not know" if now else "is not kbot's"
        raise BadInput(f"The database {address} {what}. Run it with the kbot that made it, or choose another database.")
    return found, now


def make_ready(address: Address) -> None:
    """What `kbot run` does before it starts; the caller holds the lock.

    An empty database is set up. An older SQLite file is copied, then brought up to date. Everything else that is
    not current is refused with the command to run.
    """
    with _opened(address) as engine:
        found, now = _known_state(engine, address)
        if found is State.CURRENT:
            return
        if address.file is None:
            raise BadInput(f"The database {address} is not at this version's revision. Run `kbot db upgrade` first.")
        if found is State.OLDER:
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")  # a file's name, nobody's time
            copy = address.file.with_name(f"{address.file.name}.{now}.{stamp}.bak")
            sqlite.copy_file(address.file, copy)
            log.info("the database is brought up to date; a copy of it as it was is kept at %s", copy)
        _migrate(engine, "head")


@contextmanager
def held(address: Address) -> Iterator[None]:
    """Hold a SQLite file for this process alone; on PostgreSQL any number of processes may work.

    Raises BadInput when another process holds it, or when no file can be there.
    """
    if address.file is None:
        yield
        return
    try:
        address.file.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(address.file.with_name(address.file.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise _unusable(address, error.strerror or type(error).__name__) from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadInput(
                f"Another kbot is working on {address}. Stop it first, or use PostgreSQL for several processes."
            ) from None
        yield
    finally:
        os.close(lock)


def open_units(address: Address) -> Units:
    """Units of work on a database that is ready."""
    return SqliteUnits(address) if address.file else PostgresqlUnits(address)


@contextmanager
def session_of(address: Address, *, to_write: bool = False) -> Iterator[Session]:
    """A session for the command line; to read beside a running bot, or to write in its absence."""
    with _opened(address, to_write=to_write) as engine, Session(engine) as session:
        yield session
