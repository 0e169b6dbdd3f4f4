"""Random histories of people and of what kbot means to send them: the real worker and the real gate, in simulated time.

Slack, the clock and the way units are run are stood in for; every invariant is asked at the moment of the call that
would show the message. People's time and the machine's run side by side.
"""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.house import House
from kbot.meaning.hashed import HashEmbedder
from kbot.people import directory
from kbot.people.facts import Limits
from kbot.people.hours import Window, in_window
from kbot.people.presence import presence
from kbot.post import outbox, passing
from kbot.post.gate import NEW_FOR, RULES, WEEK, Proactive
from kbot.post.outbox import Letter, LetterState
from kbot.post.tables import OutboxRow
from kbot.post.workers import Drop, Hold, Sending
from kbot.settings import Settings
from kbot.slack.outgoing import Never, Outcome, Outgoing, Post, Sent, TryAgain, Unknown
from kbot.slack.reader import SlackAway
from kbot.slack.words import SlackQuiet, SlackUser

TEAM = "T1"
BEHIND = timedelta(days=100)
"""By how much the machine's time is behind people's: the two are never mixed up."""

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ZONES = sorted(available_timezones())
CHANGING = ("America/New_York", "Europe/Lisbon", "Australia/Lord_Howe", "Africa/Casablanca", "America/Santiago")
"""Zones whose clocks change, so that no history is without one."""


class MovedClock:
    """Both times, moved by hand."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at

    def real(self) -> datetime:
        return self.at - BEHIND


class Inline:
    """Units that are run at once, in this thread, on one session."""

    alone = True

    def __init__(self, session: Session) -> None:
        self._session = session

    async def __call__(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        result = fn(self._session, *args, **kwargs)
        self._session.flush()
        return result

    read = __call__


@dataclass
class Human:
    """Somebody as Slack knows them, and what they have wished for; kbot's own tables are not asked."""

    id: str
    tz: str
    joined_at: datetime | None = None
    deleted: bool = False
    stopped: bool = False
    pause_until: datetime | None = None
    limits: Limits = field(default_factory=Limits)
    quiet: SlackQuiet = field(default_factory=SlackQuiet)
    status: tuple[str, str, float] = ("", "", 0)

    @property
    def user(self) -> SlackUser:
        known = SlackUser(self.id, TEAM, self.id, self.tz, False, False, False, False, self.deleted)
        return replace(known, status_text=self.status[0], status_emoji=self.status[1], status_until=self.status[2])


class History:
    """A workspace of `people` for so many `weeks`. `sent` counts what arrived, by kind."""

    def __init__(self, session: Session, seed: int, people: int, weeks: int) -> None:
        self.random = random.Random(seed)
        self.session = session
        self.clock = MovedClock(datetime(2024, 1, 1, tzinfo=UTC) + self.random.randrange(12 * 365 * 24 * 60) * MINUTE)
        self.ends = self.clock.at + weeks * WEEK
        zones = [*CHANGING[:people], *(self.random.choice(ZONES) for _ in range(people))][:people]
        self.people = {f"U{n}": Human(f"U{n}", tz) for n, tz in enumerate(zones)}
        self.arrived: dict[str, list[tuple[datetime, Proactive]]] = defaultdict(list)
        self.keys: Counter[str] = Counter()
        self.there: set[str] = set()
        self.planned = 0
        house = House(Inline(session), self.clock, self, Settings.model_construct(lease_seconds=120.0, reconcile_seconds=60.0), "U0KBOT", HashEmbedder())  # type: ignore[arg-type] # fmt: skip # noqa: E501
        self.sending = Sending(house, self, {"test": self.write})

    # -- Slack

    async def user(self, user: str) -> SlackUser | None:
        if self.random.random() < 0.03:
            raise SlackAway("users.info: ratelimited")
        return self.people[user].user

    async def quiet(self, user: str) -> SlackQuiet | None:
        return self.people[user].quiet if self.random.random() > 0.01 else None

    async def write(self, house: House, letter: Letter) -> Outgoing | Drop | Hold:
        dice = self.random.random()
        if dice < 0.02:
            raise SlackAway("conversations.members: ratelimited")
        return Drop("it is gone") if dice < 0.05 else Post(letter.to, "words", [])

    async def send(self, team: str, key: str, outgoing: Outgoing) -> Outcome:
        assert isinstance(outgoing, Post)
        dice = self.random.random()
        if dice < 0.04:
            return TryAgain("ratelimited", after=30)
        if dice < 0.05:
            return Never("user_disabled", "the person has left")
        lost = dice < 0.07
        if not lost:
            self.check(outgoing.to, key)
            self.there.add(key)
        return Unknown("timeout") if dice < 0.10 else Sent("D" + outgoing.to, key)

    async def find(self, post: Post, key: str) -> Sent | Unknown | None:
        return Sent("D" + post.to, key) if key in self.there else None

    async def update(self, channel: str, ts: str, key: str, post: Post) -> Outcome:
        return Sent(channel, ts)

    # -- what must hold

    def check(self, person: str, key: str) -> None:
        """At the moment in which a message becomes visible."""
        human, now = self.people[person], self.clock.at
        row = self.session.get_one(OutboxRow, (TEAM, key))
        assert row.priority is not None
        kind = Proactive(row.priority)
        where = f"{key} to {human} at {now}"
        self.keys[key] += 1
        assert self.keys[key] == 1, f"twice: {where}"
        assert not human.deleted, f"to somebody who has left: {where}"
        assert not human.stopped, f"after stop: {where}"
        assert human.pause_until is None or human.pause_until <= now, f"in a pause: {where}"
        zone = directory.person(self.session, TEAM, person).zone  # type: ignore[union-attr]
        assert zone.key == human.tz
        assert in_window(now, zone, human.limits.window), f"outside the window: {where}"
        local = now.astimezone(zone)
        assert 10 <= local.hour < 16, f"outside of what was promised: {where}"
        is_new = human.joined_at is not None and now < human.joined_at + NEW_FOR
        assert not (is_new and RULES[kind].is_unasked), f"to somebody new: {where}"
        found = presence(human.user, human.quiet, now)
        assert found.quiet_until is None, f"not to be disturbed: {where}"
        assert not found.is_away, f"away: {where}"
        mine = self.arrived[person]
        mine.append((now, kind))
        week = [what for at, what in mine if at > now - WEEK]
        assert len(week) <= human.limits.budget, f"over budget: {where}"
        assert week.count(kind) <= RULES[kind].most_a_week, f"too many of a kind: {where}"
        if len(week) == human.limits.budget:
            self.check_order(row, week, is_new, where)

    def check_order(self, row: OutboxRow, week: list[Proactive], is_new: bool, where: str) -> None:
        """The last place of a week is not taken while something more urgent waits that could take it."""
        assert row.priority is not None
        waiting = self.session.scalars(
            select(OutboxRow.priority).where(
                OutboxRow.to == row.to,
                OutboxRow.state == LetterState.PENDING,
                OutboxRow.priority < row.priority,
                OutboxRow.created_at < row.created_at,
            )
        )
        for priority in waiting:
            rule = RULES[Proactive(priority)] if priority is not None else RULES[Proactive.FEED]
            may_go = not (is_new and rule.is_unasked) and week.count(Proactive(priority or 7)) < rule.most_a_week
            assert not may_go, f"{Proactive(priority or 7).name} waits: {where}"

    # -- what happens

    def happen(self) -> None:
        """Somebody does something, or something is planned."""
        human = self.random.choice(list(self.people.values()))
        act = Act(TEAM, human.id, "", self.clock.at, str(self.random.random()))
        dice = self.random.random()
        if dice < 0.70:
            for _ in range(self.random.choice((1, 1, 1, 3))):
                self.planned += 1
                kind = self.random.choice(list(Proactive))
                letter = Letter(TEAM, f"k{self.planned}", "test", human.id, {}, kind)
                outbox.plan(self.session, letter, self.clock.real())
                outbox.plan(self.session, letter, self.clock.real())
        elif dice < 0.76:
            human.pause_until = self.clock.at + self.random.randrange(1, 20) * DAY
            directory.pause(self.session, act, human.pause_until)
        elif dice < 0.79:
            human.pause_until, human.stopped = None, False
            directory.pause(self.session, act, None)
            passing.wake(self.session, TEAM, human.id)
        elif dice < 0.80:
            human.stopped = True
            directory.stop(self.session, act)
        elif dice < 0.84:
            first = self.random.randrange(10, 16)
            days = frozenset(self.random.sample(range(7), self.random.randrange(1, 8)))
            window = Window(first, self.random.randrange(first + 1, 17), days)
            human.limits = Limits(self.random.randrange(1, 4), window)
            directory.limit(self.session, act, human.limits)
            passing.wake(self.session, TEAM, human.id)
        elif dice < 0.90:
            begins = self.clock.at.timestamp() + self.random.randrange(-3600, 7200)
            human.quiet = SlackQuiet(begins, begins + self.random.randrange(600, 20 * 3600))
        elif dice < 0.95:
            ends = self.random.choice((0, self.clock.at.timestamp() + self.random.randrange(10 * 86400)))
            human.status = self.random.choice(
                (("Vacationing", "palm_tree", ends), ("", "", 0), ("In a meeting", "", 0))
            )
        elif dice < 0.97:
            human.tz = self.random.choice(ZONES)  # Slack tells it at the next look
            directory.remember_person(self.session, TEAM, human.user, self.clock.real())
        elif dice < 0.98 and human.joined_at is None:
            human.joined_at = self.clock.at
            directory.remember_joined(self.session, TEAM, human.user, self.clock.real(), human.joined_at)
        elif dice < 0.985:
            human.deleted = True  # and no event tells kbot
        self.session.flush()

    def meet(self) -> None:
        for human in self.people.values():
            if self.random.random() < 0.1:
                human.joined_at = self.clock.at - self.random.randrange(20) * DAY
                directory.remember_joined(self.session, TEAM, human.user, self.clock.real(), human.joined_at)
            else:
                directory.remember_person(self.session, TEAM, human.user, self.clock.real())
        self.session.flush()

    async def run(self) -> None:
        self.meet()
        per_week = 4 * len(self.people)
        while self.clock.at < self.ends:
            until = self.clock.at + timedelta(seconds=self.random.expovariate(per_week / WEEK.total_seconds()))
            while (then := self.next_due(until)) < min(until, self.ends):
                self.clock.at = max(then, self.clock.at)
                await self.work()
            self.clock.at = max(until, self.clock.at)
            self.happen()
            await self.work()

    async def work(self) -> None:
        while await self.sending.step():
            await self.sending.finish()
            await asyncio.sleep(0)
        self.clock.at += timedelta(seconds=1)

    def next_due(self, until: datetime) -> datetime:
        """When there is something to do again."""
        real = self.clock.real()
        waiting = select(func.min(OutboxRow.not_before)).where(
            OutboxRow.state == LetterState.PENDING, OutboxRow.not_before > self.clock.at
        )
        failed = select(func.min(OutboxRow.next_try)).where(
            OutboxRow.state.in_((LetterState.PENDING, LetterState.UNKNOWN)), OutboxRow.next_try > real
        )
        doubt = select(func.min(OutboxRow.last_try)).where(OutboxRow.state == LetterState.UNKNOWN)
        found = [until]
        if (at := self.session.execute(waiting).scalar()) is not None:
            found.append(at)
        if (at := self.session.execute(failed).scalar()) is not None:
            found.append(at + BEHIND)
        if (at := self.session.execute(doubt).scalar()) is not None:
            found.append(max(at + BEHIND + timedelta(seconds=61), self.clock.at + MINUTE))
        return min(found)

    def ended_as(self) -> Counter[str]:
        """How many letters are in which state; asserts that none is in another one than these."""
        states = Counter(self.session.scalars(select(OutboxRow.state)))
        assert sum(states.values()) == self.planned
        rest = self.session.scalars(select(OutboxRow).where(OutboxRow.state.in_(("dead", "sending")))).all()
        assert not rest, [(row.key, row.state, row.error) for row in rest]
        waits = self.session.scalars(select(OutboxRow).where(OutboxRow.state == LetterState.PENDING))
        for row in waits:
            is_tried = row.next_try > self.clock.real()
            assert row.held_for or is_tried, f"{row.key} waits and nobody knows why"
        assert set(self.keys) <= set(self.session.scalars(select(OutboxRow.key)))
        return states
