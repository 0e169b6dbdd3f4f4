"""Open questions on both databases: those that mean the same are one, and all who asked are told once;
who may know is asked seldom."""

import asyncio

import pytest
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.answers import groups, helping, questions
from kbot.answers.facts import Asked, Expert, HelpState, Question
from kbot.capture import flags
from kbot.library import items
from kbot.library.facts import ItemState
from kbot.library.looking import Found
from kbot.meaning.hashed import HashEmbedder
from kbot.people.facts import Publication
from kbot.storage.units import Units
from kbot.trail import log
from kbot.trail.facts import Published, Received
from tests.rooms.desk import (
    ANA,
    BEN,
    CLEO,
    DOV,
    FRIDAY,
    ONCALL,
    PLATFORM,
    REAL,
    TEAM,
    act,
    days,
    follow,
    letters,
    meet,
    saved,
)

WORDS = "Where are badges made?"
AGAIN = "badges, where are they made"


def asks(
    session: Session,
    person: str,
    words: str = WORDS,
    *,
    channel: str = PLATFORM,
    day: float = 0,
    private: bool = False,
    thread: str | None = None,
) -> Question:
    """Somebody asks what nothing answers."""
    doing = act(person, FRIDAY + days(day), channel)
    thread_ts = None if private else thread or doing.key
    put = Asked(f"{channel}:{doing.key}", channel, words, thread_ts, is_private=private)
    found = Found(vector=HashEmbedder().embed(words))
    return questions.record(session, doing, put, found, late_after=60, real=REAL)


def told(session: Session) -> list[str]:
    """Who is told, alone or in a thread."""
    there = [question for letter in letters(session, "told_there:") for question in letter.about["questions"]]
    alone = [letter.to for letter in letters(session, "told:")]
    return sorted(alone + [questions.get(session, TEAM, question).asker for question in there])


def test_those_that_mean_the_same_are_one_with_all_who_asked(session: Session) -> None:
    first = asks(session, BEN)
    asks(session, DOV, AGAIN, day=1)
    asks(session, BEN, WORDS, day=2)
    other = asks(session, ANA, "Who approves travel?", day=3)
    one, two = groups.open_in(session, TEAM, [PLATFORM])
    assert (one.id, one.question.text, set(one.askers), one.since) == (first.id, WORDS, {BEN, DOV}, FRIDAY)
    assert (two.id, set(two.askers)) == (other.id, {ANA})


def test_what_is_asked_in_another_channel_is_another_question(session: Session) -> None:
    asks(session, BEN)
    asks(session, DOV, channel=ONCALL)
    assert [set(group.askers) for group in groups.open_in(session, TEAM, [PLATFORM])] == [{BEN}]
    assert [set(group.askers) for group in groups.open_in(session, TEAM, [ONCALL])] == [{DOV}]


def test_it_is_shown_in_the_words_of_the_first_who_asked_in_public(session: Session) -> None:
    asks(session, BEN, "Who pays my salary? Cleo must not know", private=True)
    (alone,) = groups.open_in(session, TEAM, [PLATFORM])
    assert alone.question.is_private
    first = asks(session, BEN, private=True, day=1)
    asks(session, DOV, AGAIN, day=2)
    asks(session, ANA, WORDS, day=3)
    group = groups.get(session, TEAM, first.id)
    assert (group.question.text, group.question.is_private, set(group.askers)) == (AGAIN, False, {ANA, BEN, DOV})


def test_all_who_asked_are_told_once_whoever_closes_it_and_by_which_of_them(session: Session) -> None:
    first = asks(session, BEN)
    asks(session, DOV, day=1)
    asks(session, DOV, AGAIN, day=2)
    asks(session, CLEO, day=3)
    item = saved(session, WORDS)
    assert groups.close(session, act(CLEO), first.id, item.id, REAL)
    assert not groups.close(session, act(ANA), first.id, item.id, REAL)
    assert told(session) == [BEN, DOV], "not Cleo, who gave the answer"
    assert groups.open_in(session, TEAM, [PLATFORM]) == []
    for person in (BEN, DOV):
        assert [fact.item for fact in log.of_person(session, Received, TEAM, person)] == [item.id]


def test_all_of_a_thread_are_told_there_at_once_and_who_asked_elsewhere_where_they_asked(session: Session) -> None:
    in_private = asks(session, BEN, private=True)
    in_thread = asks(session, BEN, day=1, thread="1.1")
    also = asks(session, DOV, AGAIN, day=2, thread="1.1")
    alone = asks(session, ANA, day=3, private=True)
    elsewhere = asks(session, "U0EVA", day=4, thread="2.2")
    assert groups.close(session, act(CLEO), in_private.id, saved(session, WORDS).id, REAL)
    there = {letter.to: letter.about["questions"] for letter in letters(session, f"told_there:{in_thread.id}")}
    assert there == {PLATFORM: [in_thread.id, also.id]}, "one message for the thread, where Ben asked it openly"
    assert [letter.about["questions"] for letter in letters(session, f"told_there:{elsewhere.id}")] == [[elsewhere.id]]
    assert [(letter.to, letter.about["question"]) for letter in letters(session, "told:")] == [(ANA, alone.id)]


def test_who_cannot_be_told_in_the_thread_is_told_alone_once(session: Session) -> None:
    question = asks(session, BEN)
    for _ in range(2):
        groups.tell_alone(session, TEAM, [question], REAL)
    assert [letter.to for letter in letters(session, "told:")] == [BEN]


def test_what_was_asked_in_a_dm_is_told_in_the_dm(session: Session) -> None:
    question = asks(session, BEN, channel="D0BEN")
    groups.close(session, act(CLEO), question.id, saved(session, WORDS).id, REAL)
    assert [letter.to for letter in letters(session, "told")] == [BEN]


def test_who_asks_after_the_answer_begins_anew(session: Session) -> None:
    first = asks(session, BEN)
    groups.close(session, act(CLEO), first.id, saved(session).id, REAL)
    later = asks(session, DOV, day=1)
    assert [(group.id, set(group.askers)) for group in groups.open_in(session, TEAM, [PLATFORM])] == [(later.id, {DOV})]


def test_an_answer_that_still_waits_closes_the_question_when_it_is_published(session: Session) -> None:
    first = asks(session, BEN)
    item = saved(session, WORDS, publication=Publication.OPT_IN)
    assert not groups.save_answer(session, act(BEN), first.id, item.id, REAL)
    asks(session, DOV, day=1)
    follow(session)
    assert told(session) == []
    flags.accept(session, act(ANA), item.id, with_name=True)
    follow(session)
    assert told(session) == [BEN, DOV]
    assert log.of_person(session, Published, TEAM, ANA) != []


def test_an_answer_that_is_refused_leaves_the_question_open(session: Session) -> None:
    first = asks(session, BEN)
    item = saved(session, WORDS, publication=Publication.OPT_IN)
    groups.save_answer(session, act(BEN), first.id, item.id, REAL)
    flags.refuse(session, act(ANA), item.id, REAL)
    follow(session)
    assert items.get(session, TEAM, item.id).state is ItemState.REJECTED
    assert [group.id for group in groups.open_in(session, TEAM, [PLATFORM])] == [first.id]


def test_of_two_answers_the_first_counts_and_the_second_is_told_so(session: Session) -> None:
    first = asks(session, BEN)
    one, two = saved(session, WORDS), saved(session, AGAIN)
    assert groups.save_answer(session, act(CLEO), first.id, one.id, REAL)
    assert groups.save_answer(session, act(CLEO), first.id, one.id, REAL), "pressed twice is pressed once"
    with pytest.raises(BadInput, match="answered meanwhile"):
        groups.save_answer(session, act(ANA), first.id, two.id, REAL)
    assert told(session) == [BEN]


async def test_ten_who_ask_at_once_are_one_group(units: Units) -> None:
    people = [f"U{n}" for n in range(10)]
    await asyncio.gather(*(units(asks, person) for person in people))
    (group,) = await units.read(groups.open_in, TEAM, [PLATFORM])
    assert set(group.askers) == set(people)


async def test_who_asks_while_it_is_answered_is_told_or_is_open_still(units: Units) -> None:
    first = await units(asks, BEN)
    item = await units(saved, WORDS)
    people = [f"U{n}" for n in range(6)]
    await asyncio.gather(
        *(units(asks, person) for person in people[:3]),
        units(groups.close, act(CLEO), first.id, item.id, REAL),
        *(units(asks, person) for person in people[3:]),
    )
    still_open = await units.read(groups.open_in, TEAM, [PLATFORM])
    assert first.id not in {group.id for group in still_open}
    waiting = {asker for group in still_open for asker in group.askers}
    heard = set(await units.read(told))
    assert heard | waiting == {BEN, *people}
    assert heard & waiting == set()


# Who is asked for help


def wanted(session: Session, group: str, by: str, *people: str, day: float = 0) -> list[str]:
    """Somebody has these people asked, because of an item."""
    item = saved(session)
    return helping.ask(session, act(by, FRIDAY + days(day)), group, [Expert(p, item) for p in people], REAL)


def test_who_may_know_is_asked_once_and_through_the_gate(session: Session) -> None:
    question = asks(session, BEN)
    assert wanted(session, question.id, BEN, DOV, ANA) == [ANA, DOV]
    assert wanted(session, question.id, BEN, ANA) == []
    assert [(letter.to, letter.priority) for letter in letters(session, "help:")] == [(ANA, 2), (DOV, 2)]
    assert helping.asked_for(session, TEAM, question.id) == {ANA: HelpState.ASKED, DOV: HelpState.ASKED}


def test_nobody_has_more_than_two_to_answer(session: Session) -> None:
    one, two, three = (asks(session, BEN, words) for words in ("zebra", "walrus", "lynx"))
    assert wanted(session, one.id, BEN, ANA) == wanted(session, two.id, BEN, ANA) == [ANA]
    assert wanted(session, three.id, BEN, ANA, DOV) == [DOV]
    assert helping.say(session, act(ANA), one.id, HelpState.TAKEN) == BEN
    assert wanted(session, three.id, BEN, ANA) == [], "who means to answer has it before them still"
    assert helping.say(session, act(ANA), one.id, HelpState.DECLINED) == BEN
    assert wanted(session, three.id, BEN, ANA) == [ANA]


def test_nobody_is_asked_more_than_three_times_a_week(session: Session) -> None:
    for n, words in enumerate(("zebra", "walrus", "lynx", "otter")):
        question = asks(session, BEN, words)
        assert wanted(session, question.id, BEN, ANA) == ([ANA] if n < 3 else [])
        helping.say(session, act(ANA), question.id, HelpState.DECLINED)
    assert wanted(session, question.id, BEN, ANA, day=7.1) == [ANA]


def test_an_answer_ends_what_was_asked_of_others_but_not_what_they_said(session: Session) -> None:
    question = asks(session, BEN)
    wanted(session, question.id, BEN, ANA, DOV, CLEO)
    helping.say(session, act(DOV), question.id, HelpState.DECLINED)
    groups.close(session, act(CLEO), question.id, saved(session).id, REAL)
    states = helping.asked_for(session, TEAM, question.id)
    assert states == {ANA: HelpState.CLOSED, DOV: HelpState.DECLINED, CLEO: HelpState.CLOSED}
    assert helping.say(session, act(ANA), question.id, HelpState.TAKEN) is None
    assert [letter.to for letter in letters(session, "help:") if letter.revision] == [ANA, CLEO, DOV]


async def test_many_who_ask_the_same_person_at_once_reach_her_twice(units: Units) -> None:
    await units(meet, ANA, BEN, CLEO, DOV)
    asked = [await units(asks, BEN, words) for words in ("zebra", "walrus", "lynx", "otter", "heron", "ibis")]
    ana = [Expert(ANA, await units(saved))]
    came = await asyncio.gather(*(units(helping.ask, act(BEN), question.id, ana, REAL) for question in asked))
    assert sorted(map(len, came)) == [0, 0, 0, 0, 1, 1]
