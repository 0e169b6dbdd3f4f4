"""The running bot is killed at random moments: nothing acknowledged is lost, nothing is posted twice."""

import random

import pytest

from kbot.playground.driver import Driver
from tests.faults.accounts import Account, account, let_it_settle
from tests.faults.mortal import Mortal
from tests.faults.stream import Stream, posts_that_fail_after_all
from tests.journeys.ways import How, run

SOCKET, HTTP_ON_POSTGRESQL = How(by_command=True), How(http=True, postgresql=True, by_command=True)
ACTS_A_SECOND = 6.0
KILLS, MANY_KILLS = 3, 200
KILLED_WHILE_STARTING = 0.15
STARTING_SECONDS, LIFE_SECONDS = 1.0, 0.9
KILLS_IN_A_WEEK = 3
"""So often people's time moves on by a week: follow-ups become due."""

ASKED_AT_THE_END = 5


def _killed(slack: Driver, bot: Mortal, kills: int, seed: int) -> Account:
    chance = random.Random(seed)
    stream = Stream(slack, seed, ACTS_A_SECOND)
    print(f"seed {seed}", flush=True)
    with posts_that_fail_after_all(seed), stream.flowing():
        for kill in range(1, kills + 1):
            if chance.random() < KILLED_WHILE_STARTING:
                bot.live_for(chance.uniform(0.05, STARTING_SECONDS))
            else:
                bot.live_at_work_for(chance.uniform(0, LIFE_SECONDS))
            if kill % KILLS_IN_A_WEEK == 0:
                slack.clock.move(days=7)
            if kill % 10 == 0:
                print(f"{kill} kills, {stream.acts} acts, {stream.troubles} troubles", flush=True)
    slack.no_more_faults()
    bot.start()
    let_it_settle(slack, bot)
    for _ in range(ASKED_AT_THE_END):  # on a slow machine few were answered before
        stream.question()
    let_it_settle(slack, bot)
    for _ in range(2):
        slack.clock.move(days=7)  # what is due by now is asked, and what this answers a week later
        let_it_settle(slack, bot)
    found = account(slack, bot)
    print(f"{kills} kills, {stream.acts} acts, {stream.troubles} troubles; {found.line()}", flush=True)
    return found


def _check(slack: Driver, found: Account) -> None:
    assert found.is_good(), "\n".join([*found.lost, *found.doubled, *found.wrong])
    assert found.flags
    assert found.questions
    # A killed kbot does not acknowledge: that is what its retries are for. Nothing else may be wrong.
    assert [one for one in slack.violations if one.code != "not_acknowledged"] == []


@pytest.mark.timeout(600)
@run(SOCKET)
def test_a_few_kills(slack: Driver, bot: Mortal) -> None:
    _check(slack, _killed(slack, bot, KILLS, seed=20261121))


@pytest.mark.slow
@pytest.mark.timeout(3600)
@run(SOCKET, HTTP_ON_POSTGRESQL)
def test_two_hundred_kills(slack: Driver, bot: Mortal) -> None:
    found = _killed(slack, bot, MANY_KILLS, seed=random.SystemRandom().randrange(10**6))
    _check(slack, found)
    assert found.asks, "no follow-up was due: their part of the loop was not tested"
