"""Inbox before ack: `receive` returns when the event is committed. Events that arrive together are stored together."""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from kbot.clock import Clock
from kbot.post import inbox
from kbot.post.inbox import Received
from kbot.slack.firehose import Worth, judge
from kbot.slack.incoming import Envelope, Malformed, is_id
from kbot.storage.units import Units

log = logging.getLogger(__name__)

MOST_WAITING = 5000


class Overloaded(Exception):
    """More events wait for the database than may; Slack will deliver this one again."""


class Receiver:
    """Stores events in groups: while one group is being committed, the next one gathers."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self._waiting: list[tuple[Received, asyncio.Future[None]]] = []
        self._storing: asyncio.Task[None] | None = None

    async def receive(self, event: Received) -> None:
        """Store an event. Raises what the database raised, or Overloaded; then it must not be acknowledged."""
        if len(self._waiting) >= MOST_WAITING:
            raise Overloaded
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((event, stored))
        if self._storing is None:
            self._storing = asyncio.create_task(self._store())
        await stored

    async def _store(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting, []
                try:
                    await self._units.append(inbox.RECEIVED, [inbox.row(event) for event, _ in group])
                except Exception as error:
                    log.error("%d events could not be stored: %s", len(group), type(error).__name__)
                    for _, stored in group:
                        if not stored.done():
                            stored.set_exception(error)
                else:
                    for _, stored in group:
                        if not stored.done():
                            stored.set_result(None)
        finally:
            self._storing = None


IsSource = Callable[[Session, str, str, str], bool]


class Intake:
    """Takes events from the wire: what concerns nobody is dropped, the rest is stored before it is acknowledged."""

    def __init__(self, units: Units, clock: Clock, me: str, is_source: IsSource) -> None:
        self._units = units
        self._clock = clock
        self._me = me
        self._is_source = is_source
        self._receiver = Receiver(units)

    async def take(self, body: dict[str, Any], raw: str) -> None:
        """Take the body of an event; `raw` is the same as text."""
        try:
            envelope = Envelope.parse(body)
            judged = judge(envelope.event, self._me)
        except Malformed as error:
            await self.take_malformed(raw.encode("utf-8", "surrogatepass"), str(error), body.get("team_id"))
            return
        if judged.worth is Worth.DROP:
            return
        if judged.worth is Worth.IF_SOURCE:
            known = await self._units.read(self._is_source, envelope.team, judged.channel, judged.ts)
            if not known:
                return
        await self._receiver.receive(Received(envelope.team, envelope.event_id, envelope.kind, raw, self._clock.real()))

    async def take_malformed(self, raw: bytes, reason: str, team: object = None) -> None:
        """Keep what cannot be read as a dead row: acknowledged, logged, not lost."""
        key = f"malformed-{hashlib.sha256(raw).hexdigest()[:20]}"
        log.error("an event that cannot be read is kept as %s: %s", key, reason)
        text, real = raw.decode("utf-8", "replace"), self._clock.real()
        await self._receiver.receive(
            Received(team if is_id(team) else "?", key, inbox.MALFORMED, text, real, error=reason)
        )
