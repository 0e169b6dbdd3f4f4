"""Hands stored events to their listeners. Each has its effect once: done in the transaction of the last effect.

Acknowledging goes before handling: while very many events arrive, they are stored first and handled more slowly.
"""

import asyncio
import json
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy.orm import Session

from kbot.house import House
from kbot.post import apologies, inbox
from kbot.post.inbox import Leased
from kbot.post.workers import Listener, back_off, new_owner, start
from kbot.slack.incoming import Envelope, Event, Malformed
from kbot.slack.reader import SlackAway

log = logging.getLogger(__name__)

AT_ONCE = 16
GATHER_SECONDS = 0.005
"""Events that end within this of the first one are settled together."""

COUNT_SECONDS = 0.1
BURST = 100
"""From so many events a second on, storing goes before handling. Slack sends one workspace 8 a second at most."""

BURST_SECONDS = 2.0
"""So long after the last of them a burst is over: they come in waves."""

REST = 200
"""In a burst handling rests so many times as long as it worked: it has 0.5 % of the time, until the burst is over."""


LAST_SECOND = 10**10
"""Of the times that Slack writes with ten digits: they are compared as text."""


class Arrivals(Protocol):
    """Counts what comes in (receiver.py)."""

    taken: int


class Reading:
    """The worker of the inbox."""

    def __init__(self, house: House, listeners: Mapping[str, Sequence[Listener]], arrivals: Arrivals) -> None:
        self._house = house
        self._listeners = listeners
        self._arrivals = arrivals
        self._owner = new_owner()
        self._lease = timedelta(seconds=house.settings.lease_seconds)
        self._running: set[asyncio.Task[None]] = set()
        self._finished: list[Event] = []
        self._settling: asyncio.Task[None] | None = None
        self._counted = (0, time.monotonic())
        self._burst_until = 0.0

    async def step(self) -> int:
        """Take as many events as there is room for. Returns how many there were."""
        is_burst, began = self._is_burst(), time.monotonic()
        free = (1 if is_burst else AT_ONCE) - len(self._running)
        if free <= 0:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            return 1
        real = self._house.clock.real()
        if not await self._house.unit.read(inbox.anything_waits, real):
            return 0
        events = await self._house.unit(inbox.claim, self._owner, real, self._lease, free)
        for event in events:
            start(self._handle(event), self._running)
        if is_burst:
            await self.finish()
            await asyncio.sleep(REST * (time.monotonic() - began))
        return len(events)

    async def finish(self) -> None:
        """Wait for what is being handled."""
        if self._running:
            await asyncio.wait(self._running)

    def _is_burst(self) -> bool:
        """Whether very many events arrive now."""
        taken, now = self._arrivals.taken, time.monotonic()
        before, then = self._counted
        if now - then >= COUNT_SECONDS:
            if (taken - before) / (now - then) >= BURST:
                self._burst_until = now + BURST_SECONDS
            self._counted = taken, now
        return now < self._burst_until

    async def _handle(self, leased: Leased) -> None:
        waited = (self._house.clock.real() - leased.received_at).total_seconds()
        try:
            body = json.loads(leased.body)
            envelope = Envelope.parse(body)
            told = {**envelope.event, "event_ts": _event_ts(body, leased)}
            event = Event(leased.team, leased.event_id, envelope.kind, told, waited)
            for listener in self._listeners.get(envelope.kind, ()):
                await listener(self._house, event)
            await self._done(event)
        except (Malformed, json.JSONDecodeError, KeyError, TypeError) as error:
            # Nothing that is tried again will read better.
            await self._fail(leased, error, for_ever=True)
            log.exception("event %s (%s) cannot be read and is kept as dead", leased.event_id, leased.kind)
        except SlackAway as error:
            await self._fail(leased, error, for_ever=False)
            log.warning("event %s (%s) waits for Slack: %s", leased.event_id, leased.kind, error)
        except Exception as error:
            await self._fail(leased, error, for_ever=False)
            log.exception("event %s (%s) failed", leased.event_id, leased.kind)

    async def _done(self, event: Event) -> None:
        self._finished.append(event)
        if self._settling is None:
            self._settling = asyncio.create_task(self._settle())
        await asyncio.shield(self._settling)

    async def _settle(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        events, self._finished, self._settling = self._finished, [], None
        await self._house.unit(inbox.done, *events)

    async def _fail(self, leased: Leased, error: Exception, *, for_ever: bool) -> None:
        # Only our own sentences are kept: another exception's text may hold somebody's words.
        reason = (
            f"{type(error).__name__}: {error}" if isinstance(error, SlackAway | Malformed) else type(error).__name__
        )
        is_slack_away = isinstance(error, SlackAway)
        await self._house.unit(_step_aside, leased, reason, self._house.clock.real(), for_ever, is_slack_away)


def _step_aside(
    session: Session, leased: Leased, reason: str, real: datetime, for_ever: bool, is_slack_away: bool
) -> None:
    after = back_off(leased.failures + 1)
    if inbox.failed(session, leased, reason, real, after, for_ever=for_ever, is_slack_away=is_slack_away):
        apologies.plan(session, leased, real)


def _event_ts(body: Mapping[str, Any], leased: Leased) -> str:
    """Slack's time of an event. Where it has none of its own, that of its envelope, or when it arrived, must do."""
    if event_ts := body["event"].get("event_ts"):
        return str(event_ts)
    seconds = body.get("event_time")
    is_time = isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < LAST_SECOND
    return f"{seconds if is_time else leased.received_at.timestamp():.6f}"
