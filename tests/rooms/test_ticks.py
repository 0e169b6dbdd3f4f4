"""A check mark on a delivered message: a use, once; taken off in time, none."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.delivery import recall
from kbot.delivery import ticks as marks
from kbot.delivery.facts import CARD
from kbot.follow_up import cases, opening, responses
from kbot.follow_up.facts import Answer, CaseState
from kbot.library import items
from kbot.library.facts import Item, ItemState
from kbot.post.outbox import Letter
from kbot.trail.evidence import evidence
from kbot.trail.facts import ReceiptKind, Received
from kbot.trail.log import remember
from tests.rooms.desk import ANA, BEN, CLEO, DOV, MONDAY, TEAM, days, follow, letters, meet, saved

LETTER = Letter(TEAM, "delivery:1", CARD, BEN)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def everybody(session: Session) -> None:
    meet(session, ANA, BEN, CLEO, DOV)


def acts(at: datetime = MONDAY) -> Act:
    return Act(TEAM, BEN, "D0BEN", at, "event")


def ticks(session: Session, *about: Item, ts: str = "1.0", at: datetime = MONDAY) -> None:
    marks.tick(session, acts(at), LETTER, ts, [item.id for item in about])
    follow(session)


def unticks(session: Session, ts: str = "2.0", at: datetime = MONDAY + MINUTE) -> None:
    marks.untick(session, acts(at), LETTER, ts)
    follow(session)


def used(session: Session, item: Item) -> int:
    return evidence(session, TEAM, [item.id])[item.id].used


def log_of(session: Session) -> list[str | None]:
    return [case.status for case in cases.of_person(session, TEAM, BEN)]


def test_a_tick_is_a_use_however_often_it_comes(session: Session) -> None:
    item = saved(session)
    for ts in ("1.0", "1.0", "1.5"):
        ticks(session, item, ts=ts)
    assert used(session, item) == 1
    assert log_of(session) == ["applied_as_is"]
    assert len(letters(session, "ticked:")) == 1


def test_taken_off_within_ten_minutes_nothing_was_said(session: Session) -> None:
    item = saved(session)
    ticks(session, item)
    unticks(session)
    assert used(session, item) == 0
    assert log_of(session) == []
    assert recall.contacts(session, TEAM, item.id) == {}
    ticks(session, item, ts="3.0", at=MONDAY + 2 * MINUTE)
    assert used(session, item) == 1
    assert log_of(session) == ["applied_as_is"]


def test_later_it_stays(session: Session) -> None:
    item = saved(session)
    ticks(session, item)
    unticks(session, at=MONDAY + 11 * MINUTE)
    assert used(session, item) == 1


def test_what_was_said_more_of_stays(session: Session) -> None:
    for n, more in enumerate((Answer.HELPED, Answer.TELL_NAMED), start=1):
        item = saved(session)
        ticks(session, item, ts=f"{n}.1")
        (case,) = [one for one in cases.of_person(session, TEAM, BEN) if one.item == item.id]
        responses.respond(session, Act(TEAM, BEN, "", MONDAY + MINUTE / 2, f"more {more}"), case.id, more)
        unticks(session, ts=f"{n}.2")
        assert used(session, item) == 1


def test_by_slacks_order_it_was_taken_off_already(session: Session) -> None:
    item = saved(session)
    unticks(session, ts="2.0")
    ticks(session, item, ts="1.0")
    assert used(session, item) == 0


def test_the_open_question_is_answered_by_it_and_asked_again_when_it_is_taken_back(session: Session) -> None:
    item = saved(session)
    remember(session, Received(TEAM, "r", MONDAY, BEN, item.id, ReceiptKind.WILL_USE))
    follow(session)
    ticks(session, item)
    (case,) = cases.of_person(session, TEAM, BEN)
    assert (case.state, case.status) == (CaseState.CLOSED, "applied_as_is")
    unticks(session)
    (case,) = cases.of_person(session, TEAM, BEN)
    assert (case.state, case.status) == (CaseState.WAITING, None)


def test_of_several_the_person_is_asked_which(session: Session) -> None:
    one, two = saved(session), saved(session)
    ticks(session, one, two)
    assert used(session, one) == used(session, two) == 0
    (letter,) = letters(session, "ticked:")
    assert letter.about["items"] == [one.id, two.id]
    unticks(session)


def test_what_was_reported_in_words_is_not_reported_twice(session: Session) -> None:
    item = saved(session)
    case = opening.report(session, acts(), item.id)
    responses.respond(session, acts(), case.id, Answer.USED)
    responses.respond(session, acts(MONDAY + MINUTE), case.id, Answer.HELPED)
    ticks(session, item, at=MONDAY + days(3))
    assert evidence(session, TEAM, [item.id])[item.id].helped == 1
    assert len(log_of(session)) == 1


def test_what_is_gone_was_not_used(session: Session) -> None:
    item = saved(session)
    items.take_away(session, acts(), item.id, ItemState.RETIRED)
    ticks(session, item)
    ticks(session, ts="4.0")
    assert log_of(session) == []
