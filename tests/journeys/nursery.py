"""Forks `kbot run` from a process that has imported it: a journey starts in a tenth of a second instead of in one.

The fork runs the same `main(["run"])` as the command; the whole loop and the restarts use the command itself.
"""

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class Process(Protocol):
    """What there is to know of a running kbot; `subprocess.Popen` is one too."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int, /) -> None: ...


class Forked:
    """A kbot that a nursery has forked."""

    def __init__(self, nursery: "Nursery", pid: int) -> None:
        self._nursery = nursery
        self._code: int | None = None
        self.pid = pid

    def poll(self) -> int | None:
        if self._code is None:
            self._code = self._nursery.ask({"ended": self.pid})
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        until = time.monotonic() + (timeout or 3600)
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("kbot run", timeout or 3600)
            time.sleep(0.02)
        return code

    def send_signal(self, sig: int, /) -> None:
        if self.poll() is None:
            os.kill(self.pid, sig)


class Nursery:
    """The process that forks; one for each worker of the tests."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, environment: Mapping[str, str], log: Path) -> Forked:
        """Fork a kbot with this environment that writes to `log`."""
        pid = self.ask({"environment": dict(environment), "log": str(log)})
        assert pid is not None
        return Forked(self, pid)

    def ask(self, question: Mapping[str, object]) -> int | None:
        """One line there, one line back."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.poll() is None, "kbot cannot be imported: python -m kbot.cli says why"
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "kbot cannot be imported: python -m kbot.cli says why"
        answer: int | None = json.loads(line)
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


def _be_kbot(environment: Mapping[str, str], log: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for stream in (0, 1, 2):
        os.dup2(os.open(os.devnull, os.O_RDONLY) if stream == 0 else written, stream)
    code = 70
    try:
        code = main(["run"])
    finally:
        os._exit(code)


def _ended(pid: int) -> int | None:
    gone, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if gone else None


def serve() -> None:
    """Answer the questions of `Nursery.ask` until the tests are over."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.collect()
    gc.freeze()  # what is imported by now need not be looked at again by every child
    for line in sys.stdin:
        question = json.loads(line)
        if "ended" in question:
            answer = _ended(question["ended"])
        else:
            answer = os.fork()
            if answer == 0:
                signal.signal(signal.SIGINT, signal.default_int_handler)
                _be_kbot(question["environment"], question["log"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    import numpy.ma  # noqa: F401 - numpy and uvicorn import these at first use, which would be in every child
    import uvicorn.protocols.http.httptools_impl  # noqa: F401
    from sqlalchemy.orm import configure_mappers

    from kbot.cli import main

    configure_mappers()
    serve()
