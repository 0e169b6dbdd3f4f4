"""Events on their way to their listeners: what Slack left out, and who hears of what could not be done."""

import json
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kbot import loop
from kbot.clock import Clock
from kbot.house import House
from kbot.library import items
from kbot.meaning.hashed import HashEmbedder
from kbot.people.facts import Mode
from kbot.post import jobs
from kbot.post.inbox import MOST_FAILURES, InboxState
from kbot.post.outbox import Letter
from kbot.post.reading import Reading
from kbot.post.receiver import Intake
from kbot.post.tables import InboxRow
from kbot.post.workers import Listener
from kbot.settings import Settings
from kbot.slack.incoming import Event
from kbot.slack.outgoing import Post, Whisper
from kbot.slack.reader import SlackAway, SlackReader
from kbot.storage.units import Units
from tests.rooms.desk import BEN, PLATFORM, TEAM, letters, set_up

ME = "U0KBOT"
MENTION = {"type": "app_mention", "user": BEN, "channel": PLATFORM, "ts": "1.2", "thread_ts": "1.1", "text": "secret"}
IN_A_DM = {"type": "message", "channel_type": "im", "user": BEN, "channel": "D0BEN", "ts": "1.2", "text": "secret"}
FLAG = {"type": "reaction_added", "user": BEN, "reaction": "bulb", "item": {"channel": PLATFORM, "ts": "1.2"}}
SENTENCE = (
    "That did not work; it is not your fault. Please try again, and if it stays so, tell an admin this reference: Ev1"
)
BLOCK = {"type": "section", "text": {"type": "mrkdwn", "text": SENTENCE}}


@pytest.fixture
def house(units: Units) -> House:
    return House(units, Clock(), SlackReader("xoxb-1", "http://127.0.0.1:9/"), Settings(), ME, HashEmbedder())


async def arrives(
    house: House, event: dict[str, Any], listener: Listener, *, failures: int = 0, **envelope: Any
) -> None:
    """An event that has failed so often is handled once more."""
    intake = Intake(house.unit, house.clock, ME, items.is_source)
    body = {"team_id": TEAM, "event_id": "Ev1", "event": event, **envelope}
    await intake.take(body, json.dumps(body))
    await house.unit(lambda session: session.execute(update(InboxRow).values(attempts=failures)))
    reading = Reading(house, {str(event["type"]): [listener]}, intake)
    await reading.step()
    await reading.finish()


async def breaks(house: House, event: Event) -> None:
    raise KeyError("secret")


async def told(house: House) -> list[Letter]:
    def planned(session: Session) -> list[Letter]:
        return [Letter(row.team_id, row.key, row.kind, row.to, row.about) for row in letters(session, "")]

    return await house.unit.read(planned)


async def state(house: House) -> tuple[str, str | None]:
    def of(session: Session) -> tuple[str, str | None]:
        row = session.scalars(select(InboxRow)).one()
        return row.state, row.error

    return await house.unit.read(of)


# -- who hears of what could not be done


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (MENTION, Whisper(PLATFORM, BEN, SENTENCE, [], "1.1")),
        (IN_A_DM, Post("D0BEN", SENTENCE, [BLOCK], "1.2")),
        (FLAG, Whisper(PLATFORM, BEN, SENTENCE, [])),
    ],
    ids=["mention", "message", "flag"],
)
async def test_who_asked_is_told_once_where_they_asked(
    house: House, event: dict[str, Any], said: Whisper | Post
) -> None:
    for _ in range(2):
        await arrives(house, event, breaks)
        await house.unit(lambda session: session.execute(update(InboxRow).values(state="new")))
    (letter,) = await told(house)
    assert "secret" not in str(letter)
    assert await jobs.LETTERS[letter.kind](house, letter) == said


async def test_the_reference_is_the_key_of_the_dead_row(house: House) -> None:
    await arrives(house, MENTION, breaks)
    assert await state(house) == (InboxState.DEAD, "KeyError")
    assert (await told(house))[0].about["reference"] == "Ev1"


@pytest.mark.parametrize(("before", "is_told"), [(MOST_FAILURES - 2, False), (MOST_FAILURES - 1, True)])
async def test_nobody_is_told_while_it_is_still_tried(house: House, before: int, is_told: bool) -> None:
    async def fails(house: House, event: Event) -> None:
        raise ZeroDivisionError

    await arrives(house, MENTION, fails, failures=before)
    assert bool(await told(house)) is is_told


async def test_slack_being_away_is_no_reason_to_give_up_soon(house: House) -> None:
    async def is_away(house: House, event: Event) -> None:
        raise SlackAway("users.info: 503")

    await arrives(house, MENTION, is_away, failures=MOST_FAILURES + 5)
    assert await state(house) == (InboxState.NEW, "SlackAway: users.info: 503")
    assert await told(house) == []


@pytest.mark.parametrize(
    "event",
    [
        FLAG | {"reaction": "tada"},
        {"type": "message", "subtype": "message_deleted", "channel": PLATFORM, "user": BEN, "deleted_ts": "1.1"},
        {"type": "app_home_opened", "user": BEN},
        {"type": "app_mention", "user": BEN, "bot_id": "B1", "channel": PLATFORM, "ts": "1.1"},
        {"type": "app_mention", "channel": PLATFORM, "ts": "1.1"},
        {"type": "app_mention", "user": ["U1"], "channel": PLATFORM, "ts": "1.1"},
        {"type": "reaction_added", "user": BEN, "reaction": "bulb"},
        {"type": "reaction_added", "user": BEN, "reaction": "bulb", "item": "none"},
    ],
)
async def test_nobody_is_told_of_what_nobody_waits_for(house: House, event: dict[str, Any]) -> None:
    await arrives(house, event, breaks)
    assert (await state(house))[0] == InboxState.DEAD
    assert await told(house) == []


async def test_a_flag_where_kbot_is_switched_off_is_none(house: House) -> None:
    await house.unit(set_up, mode=Mode.OFF)
    await arrives(house, FLAG, breaks)
    assert await told(house) == []


async def test_what_had_its_effect_before_it_failed_is_nobodys_trouble(house: House) -> None:
    async def is_done_and_breaks(house: House, event: Event) -> None:
        await house.unit(lambda session: session.execute(update(InboxRow).values(state="done")))
        raise KeyError

    await arrives(house, MENTION, is_done_and_breaks)
    assert await told(house) == []


# -- Slack's time of an event


@pytest.mark.parametrize(
    ("given", "envelope", "expected"),
    [
        ({"event_ts": "1763600000.000100"}, {"event_time": 1}, "1763600000.000100"),
        ({}, {"event_time": 1763600000}, "1763600000.000000"),
        ({"event_ts": None}, {"event_time": 1763600000}, "1763600000.000000"),
    ],
)
async def test_an_event_without_its_own_time_has_that_of_its_envelope(
    house: House, given: dict[str, Any], envelope: dict[str, Any], expected: str
) -> None:
    times = []

    async def listens(house: House, event: Event) -> None:
        times.append(event.body["event_ts"])

    await arrives(house, FLAG | given, listens, **envelope)
    assert times == [expected]


@pytest.mark.parametrize("event_time", [None, "soon", True, 10**400])
async def test_without_any_time_of_slack_it_is_when_it_arrived(house: House, event_time: object) -> None:
    times = []

    async def listens(house: House, event: Event) -> None:
        times.append(event.body["event_ts"])

    await arrives(house, FLAG, listens, event_time=event_time)
    (received,) = await house.unit.read(lambda session: session.scalars(select(InboxRow.received_at)).all())
    assert times == [f"{received.timestamp():.6f}"]


async def test_where_nothing_is_due_time_alone_wakes_nobody(house: House) -> None:
    woken: list[str] = []
    for tick in loop.TICKS:
        house.unit.when_committed(partial(woken.append, tick.__name__))
        await tick(house)
    assert woken == []
