"""Workers of the outbox, each a process of its own, forked from one that has imported everything.

A worker is kbot's own `Sending` with a small carrier that posts over HTTP to the test's own server.
"""

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys

import aiohttp

from kbot.clock import Clock
from kbot.house import House
from kbot.meaning.hashed import HashEmbedder
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.post.workers import Sending, Waker, keep_going
from kbot.settings import Settings
from kbot.slack.outgoing import Outcome, Outgoing, Post, Sent, TryAgain, Unknown
from kbot.slack.reader import SlackReader
from kbot.storage.address import Address
from kbot.storage.schema import held, open_units

KIND = "test"
SETTLE_SECONDS = 1.0
"""Of a lease, and before a look whether something arrived: a post takes a hundredth of it."""


class Carrier:
    """Posts over HTTP, and looks by HTTP whether something is there. `is_blind`: it never looks, and says no."""

    def __init__(self, session: aiohttp.ClientSession, url: str, *, is_blind: bool) -> None:
        self._session = session
        self._url = url
        self._is_blind = is_blind

    async def send(self, team: str, key: str, outgoing: Outgoing) -> Outcome:
        try:
            async with self._session.post(f"{self._url}/post/{key}") as answer:
                if answer.status == 429:
                    return TryAgain("slow down", after=0.05)
                return Sent("C1", key) if answer.status == 200 else Unknown(f"answered {answer.status}")
        except aiohttp.ClientConnectorError:
            return TryAgain("no connection")
        except aiohttp.ClientError as error:
            return Unknown(type(error).__name__)

    async def update(self, channel: str, ts: str, key: str, post: Post) -> Outcome:
        return Sent(channel, ts)

    async def find(self, post: Post, key: str) -> Sent | Unknown | None:
        if self._is_blind:
            return None
        try:
            async with self._session.get(f"{self._url}/find/{key}") as answer:
                if answer.status not in (200, 404):
                    return Unknown(f"answered {answer.status}")
                return Sent("C1", key) if answer.status == 200 else None
        except aiohttp.ClientError as error:
            return Unknown(type(error).__name__)


async def _write(house: House, letter: Letter) -> Outgoing:
    return Post(letter.to, "words", [])


async def work(address: Address, url: str, ready: int, *, is_blind: bool) -> None:
    """Send what waits, for ever. A byte is written to `ready` just before."""
    units = open_units(address)
    settings = Settings.model_construct(lease_seconds=SETTLE_SECONDS, reconcile_seconds=SETTLE_SECONDS)
    house = House(units, Clock(None), SlackReader("", url), settings, "U0KBOT", HashEmbedder())
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        sending = Sending(house, Carrier(session, url, is_blind=is_blind), {KIND: _write})
        waker = Waker()
        units.when_committed(waker.wake)
        if units.alone:
            await units(outbox.release_all, house.clock.real())
        os.write(ready, b"1")
        await keep_going(sending.step, waker, asyncio.Event())


class Workers:
    """Starts and kills workers of one outbox."""

    def __init__(self, address: Address, url: str, *, is_blind: bool = False) -> None:
        plain = address.url.set(drivername=address.url.get_backend_name())
        where = plain.render_as_string(hide_password=False)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.outbox_worker", where, url, "blind" if is_blind else "looks"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self) -> int:
        """A new worker, which has opened the database; returns its pid."""
        return self._ask(0)

    def kill(self, pid: int) -> None:
        """SIGKILL; it is gone when this returns. Fails when it had ended by itself."""
        assert self._ask(pid) == -signal.SIGKILL, "a worker had ended by itself; its words are above"

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)

    def _ask(self, number: int) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{number}\n")
        self._process.stdin.flush()
        return int(json.loads(self._process.stdout.readline()))


def serve(address: Address, url: str, *, is_blind: bool) -> None:
    """Answer `Workers`: 0 forks a worker, a pid kills it."""
    for line in sys.stdin:
        pid = int(line)
        if pid:
            os.kill(pid, signal.SIGKILL)
            answer = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        else:
            started, ready = os.pipe()
            answer = os.fork()
            if answer == 0:
                _be_a_worker(address, url, ready, is_blind=is_blind)
            os.close(ready)
            os.read(started, 1)
            os.close(started)
        print(answer, flush=True)


def _be_a_worker(address: Address, url: str, ready: int, *, is_blind: bool) -> None:
    try:
        with held(address):
            asyncio.run(work(address, url, ready, is_blind=is_blind))
    except BaseException:
        logging.exception("a worker has ended")
    finally:
        os._exit(70)


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    serve(Address.parse(sys.argv[1]), sys.argv[2], is_blind=sys.argv[3] == "blind")
