"""The workers: what keeps them going, and the one that renders and sends letters (events: reading.py).

At most once per key: `sending` is committed before the call, a doubt is reconciled, never resent blindly.
A row that fails steps aside first, then shouts: one bad row never stops the queue.
"""

import asyncio
import contextlib
import logging
import os
import random
import time
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from kbot.house import House
from kbot.post import outbox, passing
from kbot.post.gate import Go, Lapse, Refuse, Wait, Word
from kbot.post.outbox import NEVER_LEFT, Letter, LetterState, Task
from kbot.slack.incoming import Event
from kbot.slack.outgoing import Never, Outcome, Outgoing, Post, Sent, TryAgain, Unknown, Whisper
from kbot.slack.reader import SlackAway

log = logging.getLogger(__name__)

AT_ONCE = 8
TICK_SECONDS = 1.0
LOOK_SECONDS = 0.03
"""A look that may find nothing comes so long after the last one that did: a burst of commits is one reason to look."""

GIVE_UP_AFTER = timedelta(hours=24)
MOST_ATTEMPTS = 12

Listener = Callable[[House, Event], Awaitable[None]]


@dataclass(frozen=True)
class Drop:
    """The letter is not wanted any more."""

    reason: str


@dataclass(frozen=True)
class Hold:
    """The letter waits until then (people's time)."""

    until: datetime
    reason: str


Writer = Callable[[House, Letter], Awaitable[Outgoing | Drop | Hold]]
"""Reads the facts again and writes the letter, at the moment of sending."""


class Carrier(Protocol):
    """Takes things to Slack (slack/sender.py)."""

    async def send(self, team: str, key: str, outgoing: Outgoing) -> Outcome: ...
    async def update(self, channel: str, ts: str, key: str, post: Post) -> Outcome: ...
    async def find(self, post: Post, key: str) -> Sent | Unknown | None: ...


def new_owner() -> str:
    """A new name for a lease; it begins with this process's number."""
    return f"{os.getpid()}-{uuid.uuid4().hex[:8]}"


def back_off(attempts: int) -> timedelta:
    """How long a row waits after its n-th failure: 2 s doubled each time, at most 15 minutes, jittered."""
    return timedelta(seconds=min(900.0, 2.0 * 2 ** min(attempts - 1, 12)) * random.uniform(0.5, 1.0))  # noqa: S311


class Waker:
    """Wakes the workers as soon as a unit has committed; the tick is only the safety net."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def wake(self) -> None:
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Until somebody wakes us, `seconds` at most."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), seconds)
        self._event.clear()


async def keep_going(step: Callable[[], Awaitable[int]], waker: Waker, stopping: asyncio.Event) -> None:
    """Call `step` until `stopping`; it returns how much it found to do."""
    looked = float("-inf")
    while not stopping.is_set():
        try:
            found = await step()
        except Exception:
            log.exception("a worker stumbled and goes on")
            await asyncio.sleep(TICK_SECONDS)
            continue
        if not found:
            await asyncio.sleep(looked + LOOK_SECONDS - time.monotonic())
            looked = time.monotonic()
            await waker.wait(TICK_SECONDS)


class Sending:
    """Renders and sends letters, several at once, but to one recipient one after the other."""

    def __init__(self, house: House, carrier: Carrier, writers: Mapping[str, Writer]) -> None:
        self._house = house
        self._carrier = carrier
        self._writers = writers
        self._lease = timedelta(seconds=house.settings.lease_seconds)
        self._settle = timedelta(seconds=house.settings.reconcile_seconds)
        self._running: set[asyncio.Task[None]] = set()
        self._lanes: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._closed_until: dict[tuple[str, type[Outgoing]], datetime] = {}

    async def step(self) -> int:
        free = AT_ONCE - len(self._running)
        if free <= 0:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            return 1
        real, now = self._house.clock.real(), self._house.now()
        if not await self._house.unit.read(outbox.anything_due, real, now, self._settle):
            return 0
        tasks = await self._house.unit(outbox.claim, new_owner(), real, now, self._lease, self._settle, free)
        for task in tasks:
            start(self._carry(task, real), self._running)
        return len(tasks)

    async def finish(self) -> None:
        """Wait for what is on its way."""
        if self._running:
            await asyncio.wait(self._running)

    async def _carry(self, task: Task, claimed_at: datetime) -> None:
        letter = task.letter
        async with self._lanes[letter.team, letter.to]:
            try:
                written = await self._written(task)
            except SlackAway as away:
                await self._give_back(task, None, str(away))
                log.warning("letter %s (%s) waits for Slack: %s", letter.key, letter.kind, away)
                return
            except Exception as error:
                await self._give_back(task, None, type(error).__name__)
                log.exception("letter %s (%s) could not be written", letter.key, letter.kind)
                return
            if isinstance(written, Drop | Hold):
                await self._unwritten(task, written)
                return
            if isinstance(written, Go | Wait | Lapse | Refuse):
                await self._not_let_through(task, written)
                return
            closed = self._closed_until.get((letter.team, type(written)))
            if closed is not None and closed > self._house.clock.real():
                await self._give_back(task, closed - self._house.clock.real(), "Slack asked to slow down")
            elif task.ts is not None and task.channel is not None:
                await self._show_anew(task, task.channel, task.ts, written)
            elif not task.in_doubt or await self._may_be_repeated(task, written):
                await self._send(task, written, claimed_at)

    async def _send(self, task: Task, written: Outgoing, claimed_at: datetime) -> None:
        letter = task.letter
        word = await self._passed(task)
        if not isinstance(word, Go):
            await self._not_let_through(task, word)
        elif await self._is_still_ours(task, claimed_at):
            # From here on only the carrier's word, or a later look, says whether the letter is there.
            await self._settled(task, written, await self._carrier.send(letter.team, letter.key, written))

    async def _passed(self, task: Task) -> Word:
        """The gate's word at this moment, after Slack was asked whether the person may be disturbed."""
        letter = task.letter
        if not letter.is_proactive:
            return Go()
        presence = await passing.presence_of(self._house, letter.team, letter.to)
        return await self._house.unit(passing.pass_gate, task, self._house.now(), presence)

    async def _not_let_through(self, task: Task, word: Word) -> None:
        """What the gate holds back waits, lapses or is given up."""
        match word:
            case Wait(until, reason):
                if not await self._house.unit(passing.hold, task, until, reason, self._house.now()):
                    log.warning("letter %s was taken over by another worker", task.letter.key)
            case Lapse(why):
                await self._write(task, state=LetterState.LAPSED, error=why)
            case Refuse(why):
                await self._write(task, state=LetterState.CANCELLED, error=why)

    async def _is_still_ours(self, task: Task, since: datetime) -> bool:
        """Whether the call may begin: well inside the lease, and so early that a look for it comes after its end."""
        while (real := self._house.clock.real()) - since > min(self._lease, self._settle) / 2:
            # It waited for its turn, or for Slack while it was written: somebody may have looked in vain already.
            if not await self._house.unit(outbox.renew, task, real, self._lease):
                log.warning("letter %s was taken over by another worker", task.letter.key)
                return False
            since = real
        return True

    async def _written(self, task: Task) -> "Outgoing | Drop | Hold | Word":
        if task.letter.is_proactive and task.ts is None and not task.in_doubt:
            # What cannot go by what kbot knows is not written in vain; the word that counts is asked for last.
            word = await self._house.unit.read(passing.ask_gate, task.letter, self._house.now())
            if not isinstance(word, Go):
                return word
        return await self._writers[task.letter.kind](self._house, task.letter)

    async def _unwritten(self, task: Task, written: "Drop | Hold") -> None:
        if task.ts is not None:
            await self._write(task, shown=task.revision)
        elif isinstance(written, Drop):
            await self._write(task, state=LetterState.CANCELLED, error=written.reason)
        elif task.in_doubt:
            await self._give_back(task, None, written.reason)
        else:
            await self._write(
                task,
                state=LetterState.PENDING,
                not_before=written.until,
                held_for=None,
                attempts=0,
                first_try=None,
                error=written.reason,
            )

    async def _show_anew(self, task: Task, channel: str, ts: str, written: Outgoing) -> None:
        outcome: Outcome = Sent()
        if isinstance(written, Post):
            outcome = await self._carrier.update(channel, ts, task.letter.key, written)
        if isinstance(outcome, TryAgain | Unknown) and task.attempts < MOST_ATTEMPTS:
            self._slow_down(task, written, outcome)
            after = outcome.after if isinstance(outcome, TryAgain) else None
            await self._give_back(task, None if after is None else timedelta(seconds=after), outcome.reason)
        else:
            error = None if isinstance(outcome, Sent) else outcome.reason
            await self._write(task, shown=task.revision, attempts=0, error=error)

    async def _may_be_repeated(self, task: Task, written: Outgoing) -> bool:
        """Find out a doubt. True where sending twice is the same as once; else the letter is settled here."""
        if isinstance(written, Whisper):
            await self._write(task, state=LetterState.CANCELLED, error="in doubt: an ephemeral message is not repeated")
            return False
        if not isinstance(written, Post):
            return True
        found = await self._carrier.find(written, task.letter.key)
        if found is None:
            await self._write(
                task,
                state=LetterState.PENDING,
                next_try=self._house.clock.real(),
                error="looked: it had not arrived",
            )
        else:
            await self._settled(task, written, found)
        return False

    async def _settled(self, task: Task, written: Outgoing, outcome: Outcome) -> None:
        letter = task.letter
        match outcome:
            case Sent(channel, ts):
                is_post = isinstance(written, Post)
                await self._write(
                    task,
                    state=LetterState.SENT,
                    channel=channel,
                    ts=ts if is_post else None,
                    thread_ts=written.thread_ts if isinstance(written, Post) else None,
                    sent_at=self._house.now(),
                    shown=task.revision,
                    attempts=0,
                    error=None,
                )
            case Never(reason, str(because)):
                log.info("letter %s (%s) reaches nobody: %s", letter.key, letter.kind, reason)
                await self._write(task, state=LetterState.CANCELLED, error=f"{reason} ({because})")
            case Never(reason):
                log.warning("letter %s (%s) can never be sent: %s", letter.key, letter.kind, reason)
                await self._write(task, state=LetterState.DEAD, error=reason, passed_at=None)
            case TryAgain(reason, after):
                self._slow_down(task, written, outcome)
                await self._give_back(task, None if after is None else timedelta(seconds=after), reason)
            case Unknown(reason):
                log.warning("letter %s (%s) is in doubt: %s", letter.key, letter.kind, reason)
                await self._in_doubt(task, reason)

    def _slow_down(self, task: Task, written: Outgoing, outcome: Outcome) -> None:
        if isinstance(outcome, TryAgain) and outcome.after is not None:
            until = self._house.clock.real() + timedelta(seconds=outcome.after)
            self._closed_until[task.letter.team, type(written)] = until

    async def _in_doubt(self, task: Task, reason: str) -> None:
        real = self._house.clock.real()
        if self._is_hopeless(task, real):
            await self._write(task, state=LetterState.DEAD, error=reason)
            return
        later = real + back_off(task.attempts) if task.in_doubt else real
        await self._write(
            task,
            state=LetterState.UNKNOWN,
            last_try=real,
            next_try=later,
            keep_lease_until=real,
            error=reason,
        )

    async def _give_back(self, task: Task, after: timedelta | None, reason: str) -> None:
        """It was certainly not sent in this try: later again."""
        real = self._house.clock.real()
        if task.in_doubt:
            await self._in_doubt(task, reason)
            return
        later = real + (back_off(task.attempts) if after is None else after)
        if task.ts is not None:
            await self._write(task, next_try=later, error=reason)
        elif self._is_hopeless(task, real):
            await self._write(task, state=LetterState.DEAD, error=reason)
        else:
            await self._write(task, state=LetterState.PENDING, next_try=later, error=reason)

    @staticmethod
    def _is_hopeless(task: Task, real: datetime) -> bool:
        return task.first_try is not None and real - task.first_try > GIVE_UP_AFTER

    async def _write(self, task: Task, *, keep_lease_until: datetime | None = None, **values: object) -> None:
        gives_up = task.letter.is_proactive and values.get("state") in NEVER_LEFT
        settle = passing.end if gives_up else outbox.settle
        if not await self._house.unit(settle, task, lease_until=keep_lease_until, **values):
            log.warning("letter %s was taken over by another worker", task.letter.key)


def start(work: Coroutine[None, None, None], running: set[asyncio.Task[None]]) -> None:
    """Do this work beside everything else; it stands in `running` until it has ended."""

    def ended(task: asyncio.Task[None]) -> None:
        running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            # The row keeps its lease and is taken up again when that runs out.
            log.error("a worker stumbled over a row", exc_info=task.exception())

    task = asyncio.create_task(work)
    running.add(task)
    task.add_done_callback(ended)
