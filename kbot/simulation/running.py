"""The weeks go by: people act in their working hours, kbot's own code follows, ticks, writes and sends in moved time.

Real are the database and its schema, every verb, `loop.follow`, every worker and tick of the loop, the outbox, the
gate, the letters as they are written, and the doors that buttons open. Stood in for are Slack (workplace.py), the
clock, the search (who asks gets an item of their topic cited, by the verb that `/kb ask` ends with; so no language
model is loaded), and the threads: units run one after the other here, a step of time in one transaction, so that the
same seed gives the same weeks.
"""

import gc
import heapq
import random
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace

from sqlalchemy.orm import Session

from kbot import app, loop
from kbot.act import Act, BadInput
from kbot.answers import questions
from kbot.answers.facts import Asked
from kbot.capture import flags
from kbot.capture.flags import Finding
from kbot.cards import GOOD, NOT_FOR_ME, PLAN, USE
from kbot.clock import Clock
from kbot.follow_up import cases, views
from kbot.follow_up.facts import Answer
from kbot.house import House
from kbot.library import topics
from kbot.library.facts import Lines
from kbot.library.looking import Found
from kbot.meaning.hashed import HashEmbedder
from kbot.people import directory
from kbot.people.facts import Policy
from kbot.people.hours import SATURDAY
from kbot.post.workers import Sending
from kbot.settings import Settings
from kbot.simulation import behaviour
from kbot.simulation.behaviour import Behaviour, Human
from kbot.simulation.workplace import Button, Message, Workplace
from kbot.slack.incoming import Place, Press
from kbot.slack.words import SlackUser
from kbot.storage import schema
from kbot.storage.address import Address
from kbot.storage.appending import Columns, Row
from kbot.storage.schema import State
from kbot.storage.tables import Table
from kbot.storage.units import P, T, Work
from kbot.trail.facts import Plan

TEAM = "T1"
BEGINS = datetime(2026, 1, 5, tzinfo=UTC)
BEHIND = timedelta(days=100)
"""By how much the machine's time is behind people's: the two are never mixed up."""

STEP = timedelta(hours=6)
"""Time goes on so far at once: everybody's window of six hours is met once a day."""

WEEK = timedelta(days=7)
TOPICS_PER_CHANNEL = 2
ITEMS_AT_FIRST = 4
"""Of each topic."""

STATUS_ANSWERS = frozenset(
    {Answer.SOLVED, Answer.PARTLY, Answer.NOT_WORKED, Answer.NOT_TRIED, Answer.OFF_THE_POINT, Answer.NOT_YET}
    | {Answer.USED, Answer.ADAPTED, Answer.TRIED, Answer.NOT_FOR_ME, Answer.THINKING, Answer.AGAINST, Answer.DONT_ASK}
)
PAUSES, STOPS = 0.004, 0.001
"""The probabilities that somebody presses Pause or Stop under a question."""


@dataclass(frozen=True)
class Size:
    """How large an organisation is simulated, and for how long."""

    people: int = 200
    channels: int = 6
    weeks: int = 26


class MovedClock(Clock):
    """Both times, moved by hand."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at

    def real(self) -> datetime:
        return self.at - BEHIND


class OneByOne:
    """Units that are run at once, in this thread, each with a session of its own in the transaction of the step."""

    alone = True

    def __init__(self, root: Session) -> None:
        self._root = root

    async def __call__(self, fn: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        with self._root.begin_nested():
            return self._run(fn, *args, **kwargs)

    async def read(self, fn: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._run(fn, *args, **kwargs)

    def _run(self, fn: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        result = fn(self._root, *args, **kwargs)
        self._root.flush()
        self._root.expunge_all()
        return result

    async def append(self, into: Columns, row: Row) -> None:
        raise NotImplementedError("no event comes in here")

    def when_committed(self, call: Callable[[], None], *tables: type[Table]) -> None:
        pass

    def when_appended(self, call: Callable[[], None]) -> None:
        pass

    async def close(self) -> None:
        pass


@contextmanager
def ids_by(chance: random.Random) -> Iterator[None]:
    """Ids are made by `chance` too: where two rows are alike else, they decide which one comes first."""
    real = uuid.__dict__["os"]
    uuid.__dict__["os"] = SimpleNamespace(urandom=chance.randbytes)
    try:
        yield
    finally:
        uuid.__dict__["os"] = real


class Simulation:
    """An organisation and kbot, on an empty database. `run` lets the weeks go by."""

    def __init__(self, root: Session, seed: int, size: Size) -> None:
        self.chance = random.Random(seed)  # noqa: S311
        self.root = root
        self.clock = MovedClock(BEGINS)
        self.ends = BEGINS + size.weeks * WEEK
        channels = [f"C{n}" for n in range(size.channels)]
        self.topics = {
            f"topic {c}-{n}": channel for c, channel in enumerate(channels) for n in range(TOPICS_PER_CHANNEL)
        }
        self.humans = behaviour.people(self.chance, size.people, channels, self.topics)
        self.behaviour = Behaviour(self.chance)
        users = {h.id: SlackUser(h.id, TEAM, h.id, h.zone.key, False, False, False, False, False) for h in self.humans}
        inside = {channel: frozenset(h.id for h in self.humans if channel in h.channels) for channel in channels}
        self.slack = Workplace(users, inside)
        settings = Settings.model_construct(lease_seconds=120.0, reconcile_seconds=60.0)
        self.unit = OneByOne(root)
        self.house = House(self.unit, self.clock, self.slack, settings, "U0KBOT", HashEmbedder())
        self.sending = Sending(self.house, self.slack, loop.LETTERS)
        self.presses = app.doors_of(self.house).presses
        self.items: dict[str, list[tuple[str, str]]] = {topic: [] for topic in self.topics}
        """Of each topic, what was saved of it, by its id and who contributed it."""
        self.refused = 0
        self._numbers = count()
        self._ahead: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = []

    async def run(self) -> None:
        """From the first Monday to the end."""
        await self._begin()
        for human in self.humans:
            self._plan(human)
        while self.clock.at < self.ends:
            until = self.clock.at + STEP
            while self._ahead and self._ahead[0][0] <= until:
                self.clock.at, _, act = heapq.heappop(self._ahead)
                await act()
            self.clock.at = until
            if until.weekday() < SATURDAY:  # in no zone is it anybody's working hours at the steps of a weekend
                await self._work()
                self.root.commit()
            elif until.hour == 0:
                gc.collect()

    def later(self, at: datetime, act: Callable[[], Awaitable[None]]) -> None:
        """Somebody does something at this moment."""
        heapq.heappush(self._ahead, (at, next(self._numbers), act))

    # -- kbot

    async def _work(self) -> None:
        """All that kbot does at a moment, until it has nothing more to do."""
        await self._follow()
        for tick in loop.TICKS:
            await tick(self.house)
        await self._follow()
        while await self.sending.step():
            await self.sending.finish()
        news, self.slack.news = self.slack.news, []
        for message in news:
            if message.to in self.slack.people:
                self._reads(message)

    async def _follow(self) -> None:
        for worker in loop.WORKERS:
            while await worker(self.house):
                pass

    # -- what people do by themselves

    async def _begin(self) -> None:
        """Who is there, who follows what, and what is known already."""
        for user in self.slack.people.values():
            await self.unit(directory.remember_person, TEAM, user, self.clock.real())
        for n, channel in enumerate(self.slack.channels):
            broker = self.humans[n % len(self.humans)]
            policy = Policy(channel, brokers=(broker.id,), is_set_up=True)
            await self.unit(directory.set_up, self._act(broker, channel), policy)
        for topic in self.topics:
            for _ in range(ITEMS_AT_FIRST):
                await self._saves(self.chance.choice(self.humans), topic)
        await self._follow()
        for human in self.humans:
            for name in human.follows:
                await self.unit(_follow, self._act(human), name)

    def _plan(self, human: Human) -> None:
        """When somebody asks and saves, in their working hours."""
        weeks = (self.ends - BEGINS) // WEEK
        for week in range(weeks):
            for _ in range(self._number(human.asks_a_week)):
                self.later(self._at_work(human, week), lambda: self._asks(human))
            for _ in range(self._number(human.saves_a_week)):
                self.later(self._at_work(human, week), lambda: self._saves(human, self._topic(human)))

    def _number(self, mean: float) -> int:
        """How often something happens in a week that happens so often on average (Poisson)."""
        n, left = 0, self.chance.expovariate(1.0)
        while left < mean:
            n, left = n + 1, left + self.chance.expovariate(1.0)
        return n

    def _at_work(self, human: Human, week: int) -> datetime:
        day = (BEGINS + week * WEEK + timedelta(days=self.chance.randrange(5))).date()
        local = datetime(day.year, day.month, day.day, 9, tzinfo=human.zone)
        return (local + timedelta(seconds=self.chance.uniform(0, 8 * 3600))).astimezone(UTC)

    def _topic(self, human: Human) -> str:
        mine = [topic for topic, channel in self.topics.items() if channel in human.channels or topic in human.follows]
        return self.chance.choice(mine)

    def _act(self, human: Human, place: str = "") -> Act:
        return self.house.act(TEAM, human.id, place, f"act{next(self._numbers)}")

    async def _saves(self, human: Human, topic: str) -> None:
        n, channel = next(self._numbers), self.topics[topic]
        lines = Lines(f"What about {topic}, case {n}?", f"Do step {n} first, then the rest.")
        finding = Finding(channel, human.id, lines, None, topics=(topic,))
        act = self._act(human, channel)
        saved = await self.unit(flags.save, act, Policy(channel), finding, self.clock.real())
        self.items[topic].append((saved.item.id, human.id))

    async def _asks(self, human: Human) -> None:
        """A question that something saved answers, and that this person has not met yet."""
        known = self.behaviour.contacts
        new = [
            item
            for item, contributor in self.items[self._topic(human)]
            if (human.id, item) not in known and contributor != human.id
        ]
        if not new:
            return
        item, act = self.chance.choice(new), self._act(human, human.channels[0])
        asked = Asked(act.key, act.place, f"How does {act.key} go?", is_private=True)
        found = Found((item,), is_sure=True)
        await self.unit(questions.record, act, asked, found, late_after=60.0, real=self.clock.real())
        self.behaviour.meets(human.id, item, act.at)

    # -- what people do with what kbot writes

    def _reads(self, message: Message) -> None:
        buttons = list(message.buttons)
        if any(button.action.startswith((views.ANSWER, USE, PLAN)) for button in buttons):
            at = self.clock.at + timedelta(seconds=self.chance.uniform(60, 6 * 3600))
            self.later(at, lambda: self._sees(message, buttons))

    async def _sees(self, message: Message, buttons: list[Button]) -> None:
        """Somebody looks at a message: at each question in it once."""
        dice = self.chance.random()
        rest = {button.action: button for button in buttons}
        if dice < STOPS and views.STOP in rest:
            await self._press(message, rest[views.STOP])
        elif dice < PAUSES + STOPS and views.PAUSE in rest:
            await self._press(message, rest[views.PAUSE])
        by_case: dict[str, dict[Answer, Button]] = {}
        for button in buttons:
            about, _, said = button.value.partition(":")
            if button.action.startswith(f"{views.ANSWER}.") or button.action == views.MORE:
                by_case.setdefault(about, {})[Answer(said)] = button
        for case, answers in by_case.items():
            said_now = await self._answer(message, case, frozenset(answers))
            if said_now in answers:
                await self._press(message, answers[said_now])
        for button in buttons:
            if button.action == USE:
                await self._takes(message, button)
        plans = [button for button in buttons if button.action == f"{PLAN}.{self._plan_of()}"]
        for button in plans:
            if self.chance.random() < 0.6:
                await self._press(message, button)

    def _plan_of(self) -> Plan:
        return self.chance.choice((Plan.THIS_WEEK, Plan.THIS_MONTH, Plan.WHEN_IT_COMES_UP))

    async def _answer(self, message: Message, case_id: str, answers: frozenset[Answer]) -> Answer | None:
        """What somebody answers to the question that a case shows now."""
        if Answer.TELL_NOT in answers:
            return self.behaviour.telling()
        if Answer.HELPED in answers:
            return self.behaviour.outcome()
        if Answer.SKIP_CHANGE in answers:
            return Answer.SKIP_CHANGE
        if Answer.REGULARLY in answers:
            return self.behaviour.still()
        if not answers & STATUS_ANSWERS and Answer.NOT_USED not in answers:
            return None  # what is optional, or a receipt
        case = await self.unit.read(cases.get, TEAM, case_id)
        if Answer.NOT_USED in answers:
            return self.behaviour.says_late(message.to, case.item, self.clock.at)
        after_question = Answer.SOLVED in answers
        return self.behaviour.says(message.to, case.item, self.clock.at, after_question=after_question)

    async def _takes(self, message: Message, use: Button) -> None:
        """A card: I'll use this, good to know, not for me, or nothing."""
        item = use.value
        wanted = self.chance.choices((USE, GOOD, NOT_FOR_ME, None), (0.30, 0.25, 0.05, 0.40))[0]
        if wanted is None:
            return
        await self._press(message, Button(wanted, item))
        if wanted == USE:
            self.behaviour.meets(message.to, item, self.clock.at)

    async def _press(self, message: Message, button: Button) -> None:
        place = Place(message.channel, message.ts)
        press = Press(TEAM, message.to, button.action, button.value, place, f"t{next(self._numbers)}", None)
        try:
            await self.presses[button.action](press)
        except BadInput:
            self.refused += 1  # a button that is out of date is answered with one sentence


def _follow(session: Session, act: Act, name: str) -> None:
    topic = topics.find(session, act.team, name)
    assert topic is not None
    topics.follow(session, act, topic.id)


async def simulate(address: Address, seed: int, size: Size) -> Simulation:
    """Let the weeks go by on an empty database. Raises BadInput for another one."""
    if schema.state(address) is not State.EMPTY:
        raise BadInput(f"The database {address} is not empty; a simulation needs one of its own.")
    schema.upgrade(address)
    with schema.session_of(address, to_write=True) as root:
        simulation = Simulation(root, seed, size)
        with ids_by(simulation.chance), _swept_weekly():
            await simulation.run()
        return simulation


@contextmanager
def _swept_weekly() -> Iterator[None]:
    """Units leave much behind that goes round in circles; looking for it all the time took a sixth of the run."""
    gc.disable()
    gc.freeze()  # what was there before need not be looked at either
    try:
        yield
    finally:
        gc.unfreeze()
        gc.enable()
