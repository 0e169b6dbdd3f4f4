"""People who write, flag and ask without a pause, and a Slack that has its troubles meanwhile."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from aiohttp import web

from kbot.playground.calls import METHODS, Args
from kbot.playground.driver import Driver
from kbot.playground.hands import Person, Post
from kbot.playground.local import LocalSlack
from kbot.playground.world import Json

CHANNELS = ("platform", "general")
POSTING = "chat.postMessage"
TROUBLES = ("drop_after", "drop_after", "drop_before", "500", "503", "429", "delay")
CALLS_IN_TROUBLE = (POSTING, POSTING, POSTING, "reactions.add", "conversations.*", "chat.postEphemeral", "users.info")
LATE_SECONDS = 0.2
"""How long a delayed call takes: far below the time after which kbot looks whether it arrived."""

ACCEPTED_THEN_500 = 0.05
"""Of so many of the posts Slack says that it failed, though it has not."""


class Stream:
    """Acts until it is told to stop; every act is drawn from `seed`."""

    def __init__(self, slack: Driver, seed: int, acts_a_second: float) -> None:
        self._slack = slack
        self._random = random.Random(seed)
        self._pause = 1 / acts_a_second
        self._people = (slack.ana, slack.ben, slack.cleo)
        self._written: list[tuple[Person, str]] = []
        self._failure: BaseException | None = None
        self.acts = 0
        self.troubles = 0

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """Acts in the background; an error in there is raised at the end."""
        stopping = threading.Event()

        def act() -> None:
            try:
                while not stopping.is_set():
                    self._act()
                    time.sleep(self._pause * self._random.uniform(0.2, 1.8))
            except BaseException as error:
                self._failure = error

        thread = threading.Thread(target=act, name="stream")
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join()
            if self._failure is not None:
                raise self._failure

    def _act(self) -> None:
        self.acts += 1
        if self._random.random() < 0.25:
            self._trouble()
        if not self._written or self._random.random() < 0.5:
            self.flag()
        else:
            self.question()

    def flag(self) -> Post:
        """Somebody writes what they know, somebody else flags it."""
        author, flagger = self._random.sample(self._people, 2)
        word = f"gadget{self._random.randrange(10**6):06d}"
        post = author.says(f"When {word} stalls, drain its queue first.", self._random.choice(CHANNELS))
        self._at_sixes_and_sevens("reaction_added")
        flagger.reacts(post, "bulb")
        self._written.append((author, word))
        return post

    def question(self) -> Post:
        """Somebody asks about what somebody else has written, in a channel or in kbot's Messages tab."""
        author, word = self._random.choice(self._written)
        asker = self._random.choice([person for person in self._people if person is not author])
        words = f"what to do when {word} stalls?"
        if self._random.random() < 0.3:
            self._at_sixes_and_sevens("message")
            return asker.dms(words)
        self._at_sixes_and_sevens("app_mention")
        return asker.mentions(words, "platform")  # in #general a guest reads along: what is from elsewhere is not shown

    def _at_sixes_and_sevens(self, event: str) -> None:
        """The next event of this type may come twice, late, or not at the first try."""
        if self._random.random() < 0.35:
            trouble = self._random.choice(("duplicate", "reorder", "miss"))
            self._slack.fault(f"event:{event}", trouble, seconds=self._random.uniform(0.1, 0.8))

    def _trouble(self) -> None:
        self.troubles += 1
        method, trouble = self._random.choice(CALLS_IN_TROUBLE), self._random.choice(TROUBLES)
        self._slack.fault(method, trouble, seconds=LATE_SECONDS, retry_after=1)


@contextmanager
def posts_that_fail_after_all(seed: int) -> Iterator[None]:
    """Slack answers some posts with 500 after it has accepted them."""
    real, chance = METHODS[POSTING], random.Random(seed)

    def accept_then_fail(slack: LocalSlack, args: Args) -> Json:
        done = real.run(slack, args)
        if chance.random() < ACCEPTED_THEN_500:
            raise web.HTTPInternalServerError
        return done

    METHODS[POSTING] = replace(real, run=accept_then_fail)
    try:
        yield
    finally:
        METHODS[POSTING] = real
