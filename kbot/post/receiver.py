"""Inbox before ack: `take` returns when the event is committed."""

import hashlib
import logging
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from kbot.clock import Clock
from kbot.post import inbox
from kbot.slack.firehose import Worth, judge
from kbot.slack.incoming import Envelope, Malformed, is_id
from kbot.storage.units import Units

log = logging.getLogger(__name__)

MOST_WAITING = 5000


class Overloaded(Exception):
    """More events wait for the database than may; Slack will deliver this one again."""


IsSource = Callable[[Session, str, str, str], bool]


class Intake:
    """Takes events from the wire: what concerns nobody is dropped, the rest is stored before it is acknowledged.

    `taken` counts what was to be stored; in the channels `suggesting`, by team, questions among people are.
    """

    def __init__(self, units: Units, clock: Clock, me: str, is_source: IsSource) -> None:
        self._units = units
        self._me = me
        self._is_source = is_source
        self._clock = clock
        self._waiting = 0
        self.taken = 0
        self.suggesting: Mapping[str, frozenset[str]] = {}

    async def take(self, body: dict[str, Any], raw: str) -> None:
        """Take the body of an event; `raw` is the same as text."""
        try:
            envelope = Envelope.parse(body)
            judged = judge(envelope.event, self._me, self.suggesting.get(envelope.team, ()))
        except Malformed as error:
            await self.take_malformed(raw.encode("utf-8", "surrogatepass"), str(error), body.get("team_id"))
            return
        if judged.worth is Worth.DROP:
            return
        if judged.worth is Worth.IF_SOURCE:
            known = await self._units.read(self._is_source, envelope.team, judged.channel, judged.ts)
            if not known:
                return
        await self._store(envelope.team, envelope.event_id, envelope.kind, raw)

    async def take_malformed(self, raw: bytes, reason: str, team: object = None) -> None:
        """Keep what cannot be read as a dead row: acknowledged, logged, not lost."""
        key = f"malformed-{hashlib.sha256(raw).hexdigest()[:20]}"
        log.error("an event that cannot be read is kept as %s: %s", key, reason)
        text = raw.decode("utf-8", "replace")
        await self._store(team if is_id(team) else "?", key, inbox.MALFORMED, text, reason)

    async def _store(self, team: str, event_id: str, kind: str, body: str, error: str | None = None) -> None:
        if self._waiting >= MOST_WAITING:
            raise Overloaded
        self._waiting += 1
        self.taken += 1
        try:
            await self._units.append(
                inbox.RECEIVED, inbox.arrived(team, event_id, kind, body, self._clock.real(), error)
            )
        finally:
            self._waiting -= 1
