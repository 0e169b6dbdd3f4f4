"""The outbox alone: its workers are killed every few milliseconds, and every letter is posted exactly once."""

import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kbot.post import outbox
from kbot.post.outbox import Letter, LetterState
from kbot.post.tables import OutboxRow
from kbot.storage.address import Address
from kbot.storage.schema import session_of
from tests.faults.outbox_worker import KIND, Workers
from tests.faults.small_slack import SmallSlack

SHORTEST_LIFE, LONGEST_LIFE = 0.004, 0.050
KILLED_BY_THE_CLOCK = 0.3
MOST_REQUESTS = 12
PATIENCE_SECONDS = 3.0
KILLS, MANY_KILLS = 10, 500
LETTERS_A_KILL = 10
RECIPIENTS = 9
WORKERS_ON_POSTGRESQL = 3
DRAIN_SECONDS = 120


@dataclass(frozen=True)
class Result:
    """`lost` were never posted, `doubled` were posted more than once."""

    letters: int
    kills: int
    lost: int
    doubled: int


def _crashed(address: Address, kills: int, seed: int, *, is_blind: bool = False) -> Result:
    chance = random.Random(seed)
    letters = kills * LETTERS_A_KILL
    print(f"seed {seed}", flush=True)
    _plan(address, letters)
    with SmallSlack(seed).open() as slack:
        workers = Workers(address, slack.url, is_blind=is_blind)
        try:
            crew = [workers.start() for _ in range(1 if address.file else WORKERS_ON_POSTGRESQL)]
            for kill in range(kills):
                _live(slack, chance)
                victim = crew.pop(chance.randrange(len(crew)))
                workers.kill(victim)
                crew.append(workers.start())
                if kill % 100 == 99:
                    print(f"{kill + 1} kills, {len(slack.posts)} letters posted", flush=True)
            killed_at = len(slack.posts)
            _drain(address, letters)
            for worker in crew:
                workers.kill(worker)
        finally:
            workers.close()
        keys = {_key(number) for number in range(letters)}
        doubled = [key for key, n in slack.posts.items() if n > 1]
        result = Result(letters, kills, len(keys - set(slack.posts)), len(doubled))
        print(f"{result}; {killed_at} were posted under fire", flush=True)
        assert killed_at > kills / 2, "the workers died before they did anything: nothing was tested"
        return result


def _live(slack: SmallSlack, chance: random.Random) -> None:
    """A life ends after some milliseconds, or in the middle of a few posts, however slow the machine is."""
    if chance.random() < KILLED_BY_THE_CLOCK:
        time.sleep(chance.uniform(SHORTEST_LIFE, LONGEST_LIFE))
        return
    enough, until = slack.asked + chance.randint(1, MOST_REQUESTS), time.monotonic() + PATIENCE_SECONDS
    while slack.asked < enough and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(chance.uniform(0, SHORTEST_LIFE))


def _key(number: int) -> str:
    return f"letter-{number}"


def _plan(address: Address, letters: int) -> None:
    with session_of(address, to_write=True) as session:
        for number in range(letters):
            letter = Letter("T1", _key(number), KIND, f"C{number % RECIPIENTS}")
            outbox.plan(session, letter, datetime.now(UTC))
        session.commit()


def _drain(address: Address, letters: int) -> None:
    """Nobody is killed any more: every letter must come to its end."""
    until = time.monotonic() + DRAIN_SECONDS
    while True:
        with session_of(address) as session:
            states = _states(session)
        if states == {LetterState.SENT.value: letters}:
            return
        assert time.monotonic() < until, f"the outbox does not empty: {states}"
        time.sleep(0.2)


def _states(session: Session) -> dict[str, int]:
    query = select(OutboxRow.state, func.count()).group_by(OutboxRow.state)
    return dict(iter(session.execute(query)))


def test_a_few_kills(address: Address) -> None:
    result = _crashed(address, KILLS, seed=20261121)
    assert (result.lost, result.doubled) == (0, 0)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_five_hundred_kills(address: Address) -> None:
    result = _crashed(address, MANY_KILLS, seed=random.SystemRandom().randrange(10**6))
    assert (result.lost, result.doubled) == (0, 0)


@pytest.mark.slow
def test_that_this_can_fail(address: Address) -> None:
    """A carrier that never looks posts twice, and the same run sees it."""
    assert _crashed(address, KILLS, seed=20261121, is_blind=True).doubled > 0
