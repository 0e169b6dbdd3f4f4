"""The load generator, a process of its own: `python -m benchmarks.load closed|open PORT COUNT ...`; prints JSON.

closed: 16 connections, each sends its next event as soon as the last one is acknowledged: how many a second?
open: events are due at a steady rate, whatever the server does; latency counts from the moment an event was due.
"""

import argparse
import asyncio
import json
import os
import selectors
import time
from collections import deque
from collections.abc import Iterator
from typing import cast

import uvloop

from benchmarks.events import requests

CONNECTIONS = 16
WARM_UP = 1_000


class Connection(asyncio.Protocol):
    """One kept-alive connection; `done` is called with (connection, status) for each answer."""

    def __init__(self, load: "Load") -> None:
        self._load = load
        self._buffer = b""
        self.transport: asyncio.Transport | None = None
        self.due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def send(self, request: bytes, due: float) -> None:
        assert self.transport is not None
        self.due = due
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(rest) >= length:
            self._buffer = b""
            self._load.answered(self, head[9:12])

    def connection_lost(self, exc: Exception | None) -> None:
        self._load.lost(exc)


class Load:
    """Sends what `events` holds and keeps the latency (seconds) of each."""

    def __init__(self, events: Iterator[bytes], count: int) -> None:
        self._events = events
        self._left = count
        self._finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._idle: deque[Connection] = deque()
        self._queue: deque[float] = deque()
        self._is_closed = True
        self.latencies: list[float] = []

    async def connect(self, port: int) -> list[Connection]:
        loop = asyncio.get_running_loop()
        made = [await loop.create_connection(lambda: Connection(self), "127.0.0.1", port) for _ in range(CONNECTIONS)]
        return [protocol for _, protocol in made]

    def answered(self, connection: Connection, status: bytes) -> None:
        now = time.perf_counter()
        self.latencies.append(now - connection.due)
        if status != b"200" and not self._finished.done():
            self._finished.set_exception(RuntimeError(f"answered {status.decode()}"))
            return
        if len(self.latencies) == self._left:
            if not self._finished.done():
                self._finished.set_result(None)
        elif self._is_closed:
            if (request := next(self._events, None)) is not None:
                connection.send(request, now)
        elif self._queue:
            connection.send(next(self._events), self._queue.popleft())
        else:
            self._idle.append(connection)

    def lost(self, error: Exception | None) -> None:
        if not self._finished.done():
            self._finished.set_exception(error or ConnectionError("the server closed a connection"))

    async def closed(self, connections: list[Connection]) -> float:
        """Everything as fast as it is acknowledged; returns seconds."""
        started = time.perf_counter()
        for connection in connections:
            connection.send(next(self._events), started)
        await self._finished
        return time.perf_counter() - started

    async def open(self, connections: list[Connection], rate: float) -> float:
        """One event every 1/rate seconds."""
        self._is_closed = False
        self._idle.extend(connections)
        started = time.perf_counter()
        for number in range(self._left):
            due = started + number / rate
            await asyncio.sleep(due - time.perf_counter())
            if self._idle:
                self._idle.popleft().send(next(self._events), due)
            else:
                self._queue.append(due)
        await self._finished
        return time.perf_counter() - started


async def run(given: argparse.Namespace) -> dict[str, float]:
    warm = Load(requests(WARM_UP), WARM_UP)
    await warm.closed(await warm.connect(given.port))
    events = list(requests(given.count))
    load = Load(iter(events), given.count)
    connections = await load.connect(given.port)
    await asyncio.sleep(given.rest)
    seconds = await (load.closed(connections) if given.how == "closed" else load.open(connections, given.rate))
    ordered = sorted(load.latencies)
    return {
        "rate": given.count / seconds,
        "p50": ordered[len(ordered) // 2] * 1000,
        "p99": ordered[int(len(ordered) * 0.99)] * 1000,
        "max": ordered[-1] * 1000,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("how", choices=["closed", "open"])
    parser.add_argument("port", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--rate", type=float, default=500.0, help="events a second, open loop")
    parser.add_argument("--rest", type=float, default=1.0, help="seconds between warm-up and measurement")
    parser.add_argument("--core", type=int, help="the CPU to run on")
    given = parser.parse_args()
    if given.core is not None:
        os.sched_setaffinity(0, {given.core})
    # Only select() waits in microseconds: epoll, and uvloop, round up to a millisecond, which would hide differences.
    loop = uvloop.new_event_loop if given.how == "closed" else _precise_loop
    with asyncio.Runner(loop_factory=loop) as runner:
        print(json.dumps(runner.run(run(given))))


def _precise_loop() -> asyncio.AbstractEventLoop:
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


if __name__ == "__main__":
    main()
