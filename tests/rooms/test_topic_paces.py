"""Each topic's own pace: counted of its cases, heeded when one opens and before a third question; on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from kbot.follow_up import cases, opening, responses, topic_paces
from kbot.follow_up.adapting import TopicPace
from kbot.follow_up.facts import Answer
from kbot.follow_up.rhythm import Rhythm
from kbot.follow_up.tables import CaseRow
from kbot.library import topics
from kbot.library.facts import Item
from kbot.people import directory
from kbot.slack.words import SlackUser
from kbot.trail.facts import ReceiptKind, Received
from kbot.trail.log import remember
from tests.rooms.desk import ANA, BEN, CLEO, DOV, REAL, TEAM, act, days, meet, saved

MONDAY = datetime(2026, 11, 23, 14, tzinfo=UTC)


@pytest.fixture(autouse=True)
def everybody(session: Session) -> None:
    meet(session, ANA, BEN, CLEO, DOV)


def about(session: Session, title: str = "Drain") -> Item:
    item = saved(session, title)
    topics.give(session, act(ANA), item.id, ["deploys"])
    return item


def topic(session: Session) -> str:
    found = topics.find(session, TEAM, "deploys")
    assert found is not None
    return found.id


def will_use(session: Session, item: Item, person: str, at: datetime = MONDAY) -> str:
    got = Received(TEAM, f"use:{item.id}:{person}", at, person, item.id, ReceiptKind.WILL_USE)
    remember(session, got)
    opening.open_case(session, got, REAL)
    return next(case.id for case in cases.of_person(session, TEAM, person) if case.item == item.id)


def users(session: Session, many: int) -> list[str]:
    ids = [f"U{n}" for n in range(many)]
    for user in ids:
        known = SlackUser(user, TEAM, user, "Europe/Lisbon", False, False, False, False, False)
        directory.remember_person(session, TEAM, known, REAL)
    return ids


def told_after(session: Session, working_days: int, people: int, each: int = 2) -> None:
    """So many people told unasked, in the same week, that they had used two items each."""
    items = [about(session, f"Item {n}") for n in range(each)]
    for person in users(session, people):
        for item in items:
            case = will_use(session, item, person)
            responses.respond(session, act(person, MONDAY + days(working_days)), case, Answer.USED)


def due_of_a_new_case(session: Session) -> datetime:
    case = will_use(session, about(session, "New"), BEN)
    return cases.get(session, TEAM, case).due_at


def test_who_told_of_a_use_unasked_moves_the_first_question(session: Session) -> None:
    told_after(session, 2, people=5)
    assert topic_paces.count(session, TEAM, topic(session), MONDAY + days(4)) == TopicPace(8)
    assert due_of_a_new_case(session) == datetime(2026, 12, 3, 15, tzinfo=UTC), "8 working days, not 10"


def test_of_four_people_nothing_is_learned(session: Session) -> None:
    told_after(session, 2, people=4, each=3)
    assert topic_paces.count(session, TEAM, topic(session), MONDAY + days(4)) == TopicPace()
    assert due_of_a_new_case(session) == datetime(2026, 12, 7, 15, tzinfo=UTC)


def test_what_was_told_when_asked_says_nothing_of_when_it_was_used(session: Session) -> None:
    told_after(session, 2, people=6)
    session.execute(update(CaseRow).values(asks_made=1))
    assert topic_paces.count(session, TEAM, topic(session), MONDAY + days(4)) == TopicPace()


def test_a_topic_is_counted_once_a_month(session: Session) -> None:
    about(session)
    mine = (TEAM, topic(session))
    assert topic_paces.due(session, MONDAY) == [mine]
    topic_paces.count(session, *mine, MONDAY)
    assert topic_paces.due(session, MONDAY + days(29)) == []
    assert topic_paces.due(session, MONDAY + days(30)) == [mine]


def test_where_few_answer_it_is_asked_later_and_not_a_third_time(session: Session) -> None:
    item = about(session)
    for person in users(session, 20):
        will_use(session, item, person)
    session.execute(update(CaseRow).values(asks_made=1, asked_at=MONDAY))
    zone = directory.person(session, TEAM, ANA).zone  # type: ignore[union-attr]
    third = (session, TEAM, item.id, Rhythm.NORMAL, 2, MONDAY, zone)
    assert topic_paces.again(*third) is not None
    assert topic_paces.count(session, TEAM, topic(session), MONDAY + days(10)) == TopicPace(None, is_quiet=True)
    assert topic_paces.again(*third) is None
    assert topic_paces.again(session, TEAM, item.id, Rhythm.NORMAL, 1, MONDAY, zone) is not None
    assert topic_paces.again(session, TEAM, item.id, Rhythm.PLANNED, 2, MONDAY, zone) is not None, "they said when"
    assert due_of_a_new_case(session) - MONDAY > timedelta(days=27), "20 working days"


def test_what_people_asked_for_keeps_its_own_time(session: Session) -> None:
    told_after(session, 2, people=5)
    topic_paces.count(session, TEAM, topic(session), MONDAY + days(4))
    item = about(session, "Asked")
    got = Received(TEAM, "q", MONDAY, BEN, item.id, ReceiptKind.ASKED_FOR, None, "how?")
    opening.open_case(session, got, REAL)
    assert cases.of_person(session, TEAM, BEN)[0].due_at == datetime(2026, 11, 25, 15, tzinfo=UTC)
