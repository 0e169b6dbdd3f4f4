"""Just after a start: the search is loaded ahead, and who asks meanwhile waits for it without holding others up."""

import asyncio

import pytest

from kbot.clock import Clock
from kbot.house import House
from kbot.library import jobs
from kbot.library.facts import Lines
from kbot.library.looking import look_up, twin
from kbot.library.search.shelf import shelf_of
from kbot.meaning.hashed import HashEmbedder
from kbot.settings import Settings
from kbot.slack.reader import SlackAway, SlackReader
from kbot.storage.units import Units
from tests.rooms.desk import BEN, TEAM, saved


@pytest.fixture
def house(units: Units) -> House:
    return House(units, Clock(), SlackReader("xoxb-1", "http://127.0.0.1:9/"), Settings(), "U0KBOT", HashEmbedder())


async def test_it_is_loaded_before_anybody_asks(house: House) -> None:
    await house.unit(saved, "Importer stuck?")
    await jobs.load(house)
    shelf = await house.unit.read(shelf_of, TEAM)
    assert len(shelf) == 1
    assert not shelf.is_loading


async def test_a_question_waits_and_a_proposal_does_not(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kbot.library.looking.LOOK_AGAIN_SECONDS", 0.01)
    await house.unit(saved, "Importer stuck?")
    shelf = await house.unit.read(shelf_of, TEAM)
    shelf.is_loading = True
    assert await twin(house, TEAM, BEN, Lines("Importer stuck?", "x")) is None
    asking = asyncio.create_task(look_up(house, TEAM, BEN, "importer"))
    done, _ = await asyncio.wait({asking}, timeout=0.1)
    assert not done
    shelf.is_loading = False
    with pytest.raises(SlackAway):  # it goes on to ask who may see what, and this one is away
        await asking
