"""A channel is asked, two weeks after something was posted, whether anyone used it; on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.follow_up import channel_asks
from kbot.follow_up.channel_facts import ChannelAnswer
from kbot.follow_up.channel_tables import ChannelAskRow, ChannelTapRow
from kbot.follow_up.channel_views import asks, noted
from kbot.library.facts import Item
from kbot.people.facts import Mode
from kbot.playground.blocks import Surface, check_blocks
from kbot.post.gate import Go, Refuse, Wait
from kbot.post.tables import OutboxRow
from kbot.storage.erasing import erase
from kbot.trail.evidence import evidence
from kbot.trail.facts import Posted, Withdrawn
from kbot.trail.log import remember
from kbot.trail.proof import Evidence
from tests.rooms.desk import ANA, BEN, CLEO, DOV, PLATFORM, REAL, TEAM, act, days, follow, letters, meet, saved, set_up

MONDAY = datetime(2026, 11, 23, 14, tzinfo=UTC)
DUE = MONDAY + days(14)
USED, TRIED, NOT_FOR_ME = ChannelAnswer


@pytest.fixture(autouse=True)
def everybody(session: Session) -> None:
    meet(session, ANA, BEN, CLEO, DOV)


def posted(session: Session, *items: Item, at: datetime = MONDAY) -> None:
    for item in items:
        remember(session, Posted(TEAM, f"{item.id}:{PLATFORM}", at, None, item.id, PLATFORM))
    follow(session)


def tick(session: Session, now: datetime) -> int:
    """What plan_channel_asks does, and the letter arrives at once."""
    for team, channel in channel_asks.due(session, now):
        if not channel_asks.waits(session, team, channel, now):
            channel_asks.plan(session, team, channel, now, REAL)
    planned = letters(session, "channel_ask:")
    for row in planned:
        session.execute(update(OutboxRow).where(OutboxRow.key == row.key).values(state="sent", sent_at=now))
    return len(planned)


def asked(session: Session, *items: Item) -> str:
    set_up(session, asks=True)
    posted(session, *items)
    assert tick(session, DUE) == 1
    return letters(session, "channel_ask:", state="sent")[0].key


def taps(session: Session, item: Item, *answers: ChannelAnswer, at: datetime = DUE, begin: int = 0) -> None:
    for n, answer in enumerate(answers, start=begin):
        channel_asks.say(session, act(f"U{n}", at + timedelta(seconds=n)), item.id, answer)


def test_two_weeks_after_a_post_the_channel_is_asked_once(session: Session) -> None:
    set_up(session, asks=True)
    posted(session, saved(session))
    assert tick(session, DUE - timedelta(seconds=1)) == 0
    assert tick(session, DUE) == 1
    posted(session, *[], at=DUE)
    assert [tick(session, DUE + days(n)) for n in range(1, 30)] == [0] * 29


@pytest.mark.parametrize("wish", [{}, {"asks": False}, {"asks": True, "mode": Mode.OFF}])
def test_only_where_its_set_up_says_so(session: Session, wish: dict[str, Any]) -> None:
    if wish:
        set_up(session, **wish)
    posted(session, saved(session))
    assert [tick(session, DUE + days(n)) for n in range(3)] == [0, 0, 0]
    set_up(session, asks=True)
    assert tick(session, DUE + days(4)) == 0, "what was refused is not asked later"


def test_three_at_most_in_one_message_and_one_message_a_week_in_working_hours(session: Session) -> None:
    set_up(session, asks=True)
    posted(session, *(saved(session, f"Item {n}") for n in range(5)))
    assert tick(session, DUE.replace(hour=3)) == 0, "Ana, who set it up, is in Lisbon"
    assert tick(session, DUE) == 1
    assert len(channel_asks.of_letter(session, TEAM, letters(session, "channel_ask:", state="sent")[0].key)) == 3
    assert tick(session, DUE + days(6)) == 0
    assert tick(session, DUE + days(7)) == 1
    assert [row.state for row in session.scalars(select(ChannelAskRow))] == ["asked"] * 5


def test_what_waits_too_long_is_not_asked(session: Session) -> None:
    set_up(session, asks=True)
    posted(session, saved(session))
    assert tick(session, DUE + days(30)) == 0


def test_the_gate_is_asked_again_at_sending(session: Session) -> None:
    set_up(session, asks=True)
    assert channel_asks.word(session, TEAM, PLATFORM, DUE) == Go()
    assert isinstance(channel_asks.word(session, TEAM, PLATFORM, DUE + days(5)), Wait), "Saturday"
    set_up(session)
    assert isinstance(channel_asks.word(session, TEAM, PLATFORM, DUE), Refuse)


def test_under_five_nothing_is_shown_and_then_only_in_crowds(session: Session) -> None:
    item = saved(session)
    letter = asked(session, item)
    taps(session, item, USED, USED, TRIED, NOT_FOR_ME)
    assert channel_asks.of_letter(session, TEAM, letter)[0].shown == {}
    taps(session, item, USED, begin=4)
    assert channel_asks.of_letter(session, TEAM, letter)[0].shown == {USED: 3, TRIED: 1, NOT_FOR_ME: 1}
    taps(session, item, TRIED, TRIED, TRIED, TRIED, begin=5)
    assert sum(channel_asks.of_letter(session, TEAM, letter)[0].shown.values()) == 5, "nobody is known by when"
    taps(session, item, TRIED, begin=9)
    assert channel_asks.of_letter(session, TEAM, letter)[0].shown == {USED: 3, TRIED: 6, NOT_FOR_ME: 1}


def test_one_person_counts_once_and_may_take_it_back(session: Session) -> None:
    item = saved(session)
    asked(session, item)
    for answer in (USED, TRIED, TRIED):
        channel_asks.say(session, act(BEN, DUE), item.id, answer)
    assert [row.answer for row in session.scalars(select(ChannelTapRow))] == ["tried"]
    channel_asks.say(session, act(BEN, DUE), item.id, None)
    assert session.scalars(select(ChannelTapRow)).all() == []


def test_it_is_counted_apart_from_what_people_say_for_themselves(session: Session) -> None:
    item = saved(session)
    asked(session, item)
    taps(session, item, *[USED] * 6)
    assert evidence(session, TEAM, [item.id])[item.id] == Evidence()


def test_what_is_gone_is_not_asked_and_takes_no_answer_elsewhere(session: Session) -> None:
    gone, item = saved(session, "Gone"), saved(session)
    set_up(session, asks=True)
    posted(session, gone, item)
    channel_asks.drop_item(session, Withdrawn(TEAM, "w", MONDAY, ANA, gone.id), REAL)
    assert tick(session, DUE) == 1
    with pytest.raises(BadInput, match="not asked here"):
        channel_asks.say(session, act(BEN, DUE), gone.id, USED)
    with pytest.raises(BadInput, match="not asked here"):
        channel_asks.say(session, act(BEN, DUE, "C0OTHER"), item.id, USED)


def test_who_erases_what_they_said_is_counted_no_more(session: Session) -> None:
    item = saved(session)
    asked(session, item)
    channel_asks.say(session, act(BEN, DUE), item.id, USED)
    erase(session, TEAM, BEN)
    assert session.scalars(select(ChannelTapRow)).all() == []


def test_the_message_is_short_and_one_that_slack_takes(session: Session) -> None:
    item = saved(session)
    letter = asked(session, item)
    taps(session, item, USED, USED, USED, TRIED, USED)
    text, blocks = asks(channel_asks.of_letter(session, TEAM, letter), {item.id: item})
    assert list(check_blocks(blocks, Surface.MESSAGE).problems) == []
    assert list(check_blocks(noted(item.id, USED), Surface.MESSAGE).problems) == []
    assert text == "Did anyone use it?"
    assert blocks[0]["text"]["text"] == "I posted this here two weeks ago or so. Did anyone use it? A tap, if you like."
    assert blocks[1]["text"]["text"].endswith("\n_5 told me: 4 used it, 1 tried, it didn't work._")


def test_it_goes_with_the_channel_to_its_new_id(session: Session) -> None:
    item = saved(session)
    letter = asked(session, item)
    channel_asks.say(session, act(BEN, DUE), item.id, USED)
    channel_asks.rename_channel(session, TEAM, PLATFORM, "C0NEW")
    assert channel_asks.of_letter(session, TEAM, letter)[0].channel == "C0NEW"
    channel_asks.say(session, act(BEN, DUE, "C0NEW"), item.id, TRIED)
    assert [row.answer for row in session.scalars(select(ChannelTapRow))] == ["tried"]
