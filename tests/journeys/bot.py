"""`kbot run` as a process of its own, which can be stopped, killed and started again."""

import contextlib
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from kbot.playground.driver import Driver
from kbot.post import looking_inside
from kbot.post.looking_inside import Row, What
from kbot.storage import schema
from kbot.storage.address import Address
from tests.journeys.nursery import Process

COMMAND = (sys.executable, "-m", "kbot.cli", "run")
START_SECONDS = 60
STOP_SECONDS = 20
"""Within this, SIGTERM ends kbot (issue: "ends it cleanly within 20 s")."""

TROUBLE = re.compile(r" (ERROR|CRITICAL) |^Traceback ", re.MULTILINE)


Run = Callable[[Mapping[str, str], Path], Process]
"""Starts kbot with an environment and a file for its log."""


def by_command(environment: Mapping[str, str], log: Path) -> Process:
    """`kbot run` as an operator starts it."""
    with log.open("ab") as written:
        return subprocess.Popen(COMMAND, env=environment, stdout=written, stderr=written)


PORTS = range(20_000, 32_000)
"""Below those that systems give to connections by themselves: one of those may be taken before kbot listens on it."""


def free_port() -> int:
    """A port on which nobody listens."""
    while True:
        port = random.choice(PORTS)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


class Bot:
    """The real process. `log` is everything it ever wrote, over all its lives."""

    def __init__(self, folder: Path, environment: Mapping[str, str], slack: Driver, address: Address, run: Run) -> None:
        self._log = folder / "kbot.log"
        self._log.touch()
        self._environment = dict(environment)
        self._slack = slack
        self._run = run
        self._process: Process | None = None
        self._forgiven: list[str] = []
        self.address = address

    def start(self, **environment: str) -> None:
        """Start it and wait until it is connected; `environment` is changed from now on."""
        self._environment |= environment
        self._process = self._run(self._environment, self._log)
        until = time.monotonic() + START_SECONDS
        while not self._slack.playground.wait_for(self._slack.playground.transport.check()):
            assert self._process.poll() is None, f"kbot has ended by itself:\n{self.log}"
            assert time.monotonic() < until, f"kbot did not connect:\n{self.log}"
            time.sleep(0.02)

    def stop(self) -> None:
        """SIGTERM; it must end cleanly and in time."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(STOP_SECONDS) == 0, self.log
        self._gone()

    def kill(self) -> None:
        """SIGKILL: no last words."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(STOP_SECONDS)
            self._gone()

    def restart(self, **environment: str) -> None:
        self.stop()
        self.start(**environment)

    def _gone(self) -> None:
        playground = self._slack.playground
        self._slack.wait(lambda: not playground.wait_for(playground.transport.check()), what="the connection to end")

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def forgive(self, *patterns: str) -> None:
        """Lines that match one of these may be in the log as errors: the test brings them about on purpose."""
        self._forgiven += patterns

    def troubles(self) -> list[str]:
        """Errors in the log that nobody has forgiven, each with what follows it up to the next entry."""
        entries = re.split(r"^(?=\d{4}-\d\d-\d\d )", self.log, flags=re.MULTILINE)
        return [
            entry
            for entry in entries
            if TROUBLE.search(entry) and not any(re.search(pattern, entry) for pattern in self._forgiven)
        ]

    def rows(self, what: What) -> list[Row]:
        """What `kbot inbox|outbox|dead list` shows."""
        return list(looking_inside.rows(self.address, what))

    def statuses(self, what: What, kind: str) -> list[str]:
        """The states of the inbox's events or the outbox's letters of this kind."""
        return [str(row["status"]) for row in self.rows(what) if row["kind"] == kind]

    @contextlib.contextmanager
    def looked_into(self) -> Iterator[Session]:
        """A reading session beside the running bot."""
        with schema.session_of(self.address) as session:
            yield session

    def count(self, table: str, where: str = "1 = 1") -> int:
        """How many rows a table has."""
        with self.looked_into() as session:
            return int(session.execute(text(f"SELECT count(*) FROM {table} WHERE {where}")).scalar_one())
