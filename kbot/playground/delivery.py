"""Brings events, interactions and commands to the app: 3 s to acknowledge, retries for events only."""

import asyncio
import json
import time
import urllib.parse
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from kbot.playground.faults import Fault, Faults, Trouble
from kbot.playground.journal import Attempt, Delivery, Direction, Journal
from kbot.playground.world import Json

ACK_SECONDS = 3.0
RETRIES_OF_EVENTS = 3


@dataclass(frozen=True)
class Answer:
    """What the app said. `result`: `acked`, or Slack's reason for a retry; `fault_of_app`: it was reached."""

    result: str
    body: Json | str | None = None
    fault_of_app: bool = False
    detail: str = ""
    stop_retries: bool = False


class Transport(Protocol):
    ack_seconds: float
    """How long the app has to acknowledge; Slack's is 3 s."""

    async def send(self, delivery: Delivery, retry: int, reason: str | None) -> Answer:
        """One attempt; `retry` is 0 for the first. Returns after the acknowledgement or ACK_SECONDS."""

    def connected(self) -> bool:
        """As far as is known, without asking."""

    async def check(self) -> bool:
        """Asks the app, where that is possible."""

    def cut(self) -> None:
        """Ends the connections without a word."""

    async def close(self) -> None: ...


class Courier:
    def __init__(self, transport: Transport, faults: Faults, journal: Journal, retry_delays: tuple[float, ...]) -> None:
        self._transport = transport
        self._faults = faults
        self._journal = journal
        self._retry_delays = retry_delays
        self.tasks: set[asyncio.Task[None]] = set()
        self.outstanding = 0

    def send_event(self, body: Json) -> Delivery:
        """Starts the delivery of an event with its retries; does not wait."""
        delivery = Delivery(str(body["event"]["type"]), body)
        self._journal.deliveries.append(delivery)
        self._spawn(delivery)
        return delivery

    def redeliver(self, delivery: Delivery, times: int) -> None:
        """The same event again, with the same event_id, as Slack does when it missed the acknowledgement."""
        for number in range(1, times + 1):
            self._run(self._again(delivery, number))

    async def ask(self, kind: str, body: Json) -> Answer:
        """One interaction, command or options request; never retried."""
        delivery = Delivery(kind, body)
        self._journal.deliveries.append(delivery)
        fault = self._faults.take(kind)
        self.outstanding += 1
        try:
            if fault and fault.trouble in (Trouble.DELAY, Trouble.REORDER):
                await asyncio.sleep(fault.seconds or 0.5)
            if fault and fault.trouble in (Trouble.MISS, Trouble.LOST):
                return Answer("connection_failed")
            if fault and fault.trouble is Trouble.DUPLICATE:
                self._run(self._again(delivery, 0))
            return await self._attempt(delivery, 0, None)
        finally:
            self.outstanding -= 1
            delivery.done = True

    async def close(self) -> None:
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def _spawn(self, delivery: Delivery) -> None:
        fault = self._faults.take(f"event:{delivery.kind}")
        self._run(self._deliver(delivery, fault))
        if fault and fault.trouble is Trouble.DUPLICATE:
            self._run(self._again(delivery, 0))

    def _run(self, work: Coroutine[None, None, None]) -> None:
        self.outstanding += 1
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self.outstanding -= 1
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._journal.note("playground_error", "delivery", repr(error), ok=False)

    async def _again(self, delivery: Delivery, retry: int) -> None:
        await self._attempt(delivery, retry, "http_timeout" if retry else None)

    async def _deliver(self, delivery: Delivery, fault: Fault | None) -> None:
        if fault and fault.trouble in (Trouble.DELAY, Trouble.REORDER):
            await asyncio.sleep(fault.seconds or 0.5)
        reason: str | None = None
        for retry in range(RETRIES_OF_EVENTS + 1):
            if retry and retry - 1 < len(self._retry_delays):
                await asyncio.sleep(self._retry_delays[retry - 1])
            elif retry:
                break
            lost = fault is not None and (
                fault.trouble is Trouble.LOST or (fault.trouble is Trouble.MISS and retry == 0)
            )
            if lost:
                reason = "connection_failed"
                self._journal.note("missed", delivery.kind, f"attempt {retry} was lost on purpose")
                continue
            answer = await self._attempt(delivery, retry, reason)
            if answer.result == "acked" or answer.stop_retries:
                delivery.done = True
                return
            reason = answer.result
        delivery.done = True
        self._journal.note("event_lost", delivery.kind, f"never acknowledged, last: {reason}", ok=False)

    async def _attempt(self, delivery: Delivery, retry: int, reason: str | None) -> Answer:
        attempt = Attempt(retry, datetime.now(UTC))
        delivery.attempts.append(attempt)
        started = time.monotonic()
        answer = await self._transport.send(delivery, retry, reason)
        attempt.seconds = time.monotonic() - started
        attempt.result = answer.result
        acked = answer.result == "acked"
        again = f" (retry {retry})" if retry else ""
        how = f"acknowledged in {attempt.seconds * 1000:.0f} ms" if acked else answer.detail or answer.result
        self._journal.add(Direction.TO_APP, delivery.kind, how + again, delivery.body, ok=acked)
        if not acked and answer.fault_of_app:
            self._journal.violation("not_acknowledged", delivery.kind, answer.detail or answer.result)
        return answer


def form_of(body: Json, kind: str) -> bytes:
    """Interactions and commands as HTTP forms."""
    if kind.startswith("command:"):
        return urllib.parse.urlencode(body).encode()
    return urllib.parse.urlencode({"payload": json.dumps(body)}).encode()
