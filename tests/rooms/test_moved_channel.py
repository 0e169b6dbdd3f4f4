"""Slack gives a channel another id: whatever names the channel goes with it, on both databases."""

import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot import loop
from kbot.answers import groups
from kbot.capture import flags
from kbot.capture.flags import Finding, Flag
from kbot.clock import Clock
from kbot.house import House
from kbot.library import items
from kbot.library.facts import Lines, Source
from kbot.library.search import rank
from kbot.library.search.rank import Wanted
from kbot.meaning.hashed import HashEmbedder
from kbot.people import directory
from kbot.people.facts import Policy, Viewer
from kbot.post import outbox
from kbot.post.outbox import Letter, LetterState
from kbot.post.reading import Reading
from kbot.post.receiver import Intake
from kbot.post.tables import OutboxRow
from kbot.settings import Settings
from kbot.slack.reader import SlackReader
from kbot.storage.tables import Table
from kbot.storage.units import Units
from tests.rooms.desk import ANA, BEN, CLEO, FRIDAY, PLATFORM, REAL, TEAM, act, asked, days, letters, set_up

NEW = "C0FOUNDATION"
TS = "1763600000.000100"
HISTORY = {"audit", "fact", "inbox"}
"""These tell what was; nothing in them is looked up by a channel."""


@pytest.fixture
def house(units: Units) -> House:
    return House(units, Clock(), SlackReader("xoxb-1", "http://127.0.0.1:9/"), Settings(), "U0KBOT", HashEmbedder())


def wanted(question: str) -> Wanted:
    return Wanted.of(question, HashEmbedder().embed(question))


def begin(session: Session) -> None:
    """Cleo is the broker of #platform; Ben has flagged and asked there, and kbot has letters for the channel."""
    set_up(session, CLEO)
    flagged(session, PLATFORM)
    asked(session)
    outbox.plan(session, Letter(TEAM, "posted", "joined", PLATFORM), REAL)
    task = next(t for t in outbox.claim(session, "me", REAL, FRIDAY, days(1), days(1), 99) if t.letter.key == "posted")
    session.flush()
    assert outbox.settle(session, task, state=LetterState.SENT, channel=PLATFORM, ts="1.1", shown=0)
    session.expire_all()
    whisper = {"channel": PLATFORM, "sentence": "no", "thread_ts": None}
    outbox.plan(session, Letter(TEAM, "waits", "whisper", BEN, whisper), REAL)
    outbox.plan(session, Letter(TEAM, "waits too", "joined", PLATFORM), REAL)


def flagged(session: Session, channel: str) -> None:
    source = Source(channel, TS, ANA, None, None, None)
    finding = Finding(channel, ANA, Lines("Importer stuck?", "Drain the queue."), source)
    flags.flag(session, act(BEN), Flag(channel, TS, "bulb", "1.1"), Policy(channel), finding, REAL)


async def moves(house: House) -> None:
    intake = Intake(house.unit, house.clock, house.me, items.is_source)
    event = {"type": "channel_id_changed", "old_channel_id": PLATFORM, "new_channel_id": NEW, "event_ts": "2.2"}
    body: dict[str, Any] = {"team_id": TEAM, "event_id": "Ev1", "event": event}
    await intake.take(body, json.dumps(body))
    reading = Reading(house, loop.EVENTS, intake)
    await reading.step()
    await reading.finish()


def naming(session: Session, channel: str) -> set[str]:
    """Where a channel is named: table and column."""
    return {
        f"{table.name}.{column.name}"
        for table in Table.metadata.sorted_tables
        if table.name not in HISTORY
        for column in table.columns
        for value in session.scalars(select(column))
        if value == channel or (isinstance(value, dict) and channel in value.values())
    }


async def test_whatever_names_the_channel_goes_with_it(house: House) -> None:
    await house.unit(begin)
    before = await house.unit.read(naming, PLATFORM)
    assert {
        "item.channel_id",
        "source.channel_id",
        "flag.channel_id",
        "question.channel_id",
        "words.channel_id",
    } < before
    assert {"channel.channel_id", "broker.channel_id", "outbox.to", "outbox.channel", "outbox.about"} < before
    await moves(house)
    assert await house.unit.read(naming, PLATFORM) == set()
    assert await house.unit.read(naming, NEW) == before


async def test_all_of_it_works_on_as_before(house: House) -> None:
    await house.unit(begin)
    await moves(house)

    def look(session: Session) -> None:
        assert rank.find(session, Viewer(TEAM, BEN, frozenset({NEW})), wanted("importer stuck")).hits
        assert len(groups.open_in(session, TEAM, [NEW])) == 1
        assert directory.brokers_of(session, TEAM, NEW) == (CLEO,)
        letter = outbox.letter_at(session, TEAM, NEW, "1.1")
        assert letter is not None

    await house.unit.read(look)

    def taken_off(session: Session) -> None:
        flags.unflag(session, act(BEN), Flag(NEW, TS, "bulb", "9.9"), REAL)
        assert not rank.find(session, Viewer(TEAM, BEN, frozenset({NEW})), wanted("importer stuck")).hits

    await house.unit(taken_off)


async def test_what_came_under_the_new_id_before_is_left_as_it_is(house: House) -> None:
    await house.unit(begin)
    await house.unit(flagged, NEW)
    await moves(house)
    assert await house.unit.read(naming, PLATFORM) == {"flag.channel_id", "source.channel_id"}
    assert await house.unit.read(lambda session: [row.state for row in letters(session, "waits")]) == ["pending"] * 2


async def test_another_workspace_is_not_touched(house: House) -> None:
    def elsewhere(session: Session) -> list[str]:
        return list(session.scalars(select(OutboxRow.to).where(OutboxRow.team_id == "T2")))

    await house.unit(lambda session: outbox.plan(session, Letter("T2", "waits", "joined", PLATFORM), REAL))
    await moves(house)
    assert await house.unit.read(elsewhere) == [PLATFORM]
