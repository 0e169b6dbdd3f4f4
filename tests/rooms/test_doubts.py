"""Complaints about an item on both databases: counted by person, told to the broker, settled by a word of somebody."""

import pytest
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.answers import questions, ratings
from kbot.answers.facts import Asked
from kbot.follow_up import opening, responses
from kbot.follow_up.facts import Answer
from kbot.library import items
from kbot.library.facts import Item
from kbot.library.looking import Found
from kbot.post.gate import Proactive
from kbot.review import queue, rows
from kbot.review.facts import Row, RowKind
from kbot.review.queue import NotABroker
from kbot.trail.evidence import evidence
from kbot.trail.facts import Complaint, Status
from kbot.trail.proof import Evidence
from tests.rooms.desk import (
    ANA,
    BEN,
    CLEO,
    DOV,
    FRIDAY,
    MONDAY,
    PLATFORM,
    REAL,
    TEAM,
    act,
    days,
    letters,
    said,
)


def complains(
    session: Session, who: str, item: Item, complaint: Complaint | None = None, *, day: float = 0, helpful: bool = False
) -> None:
    """Somebody says of an answer with this item what was wrong with it, or that it helped."""
    doing = act(who, FRIDAY + days(day))
    put = Asked(f"C:{doing.key}", PLATFORM, "importer?", "1.1")
    question = questions.record(session, doing, put, Found((item.id,), True, 0.5, 0.5), late_after=60, real=REAL)
    ratings.rate(session, doing, question, is_helpful=helpful, complaint=complaint)


def of(session: Session, item: Item) -> Evidence:
    return evidence(session, TEAM, [item.id])[item.id]


def to_check(session: Session) -> list[str]:
    found = rows.look(session, TEAM, [PLATFORM], MONDAY - days(7), MONDAY).rows
    return [row.id for row in found if row.kind is RowKind.CHECK]


def test_a_complaint_about_the_item_is_told_to_the_broker_and_one_about_the_answer_is_not(
    session: Session, item: Item
) -> None:
    complains(session, BEN, item, Complaint.NOT_WHAT_I_ASKED)
    assert (of(session, item).doubted, to_check(session)) == (0, [])
    complains(session, BEN, item, Complaint.OUTDATED)
    complains(session, BEN, item, Complaint.WRONG, day=0.1)
    assert of(session, item).doubted == 1, "one person, however often"
    assert to_check(session) == [item.id]
    assert not of(session, item).is_contested(MONDAY)
    complains(session, DOV, item, Complaint.WRONG)
    assert of(session, item).is_contested(MONDAY)
    assert not of(session, item).is_contested(MONDAY + days(70))


def test_who_finds_it_helpful_later_takes_the_complaint_back(session: Session, item: Item) -> None:
    complains(session, BEN, item, Complaint.OUTDATED)
    complains(session, BEN, item, day=1, helpful=True)
    assert (of(session, item), to_check(session)) == (Evidence(), [])


def test_a_failure_and_a_complaint_of_one_person_are_one_trouble(session: Session, item: Item) -> None:
    said(session, item, BEN, Status.TRIED_NOT_WORKED)
    complains(session, BEN, item, Complaint.WRONG)
    assert len(of(session, item).troubles) == 1
    said(session, item, DOV, Status.TRIED_NOT_WORKED)
    assert of(session, item).is_contested(MONDAY)


def test_a_broker_who_verifies_settles_it_until_somebody_complains_anew(session: Session, item: Item) -> None:
    complains(session, BEN, item, Complaint.WRONG)
    said(session, item, DOV, Status.TRIED_NOT_WORKED)
    queue.verify(session, act(CLEO, FRIDAY + days(1)), item.id, REAL)
    assert of(session, item) == Evidence(failed=1)
    assert not of(session, item).is_contested(MONDAY)
    assert to_check(session) == []
    complains(session, BEN, item, Complaint.OUTDATED, day=2)
    assert to_check(session) == [item.id]


def test_after_a_use_that_failed_it_can_be_said_that_it_is_outdated(session: Session, item: Item) -> None:
    case = opening.report(session, act(BEN), item.id)
    with pytest.raises(BadInput):
        responses.respond(session, act(BEN), case.id, Answer.OUTDATED)
    responses.respond(session, act(BEN), case.id, Answer.TRIED)
    after = responses.respond(session, act(BEN), case.id, Answer.OUTDATED)
    assert after.complaint is Complaint.OUTDATED
    assert (of(session, item).failed, of(session, item).doubted) == (1, 1)
    responses.respond(session, act(BEN), case.id, Answer.CHANGE)
    changed = responses.respond(session, act(BEN, FRIDAY + days(1)), case.id, Answer.SOLVED)
    assert changed.complaint is None
    assert of(session, item) == Evidence(used=1, helped=1)


def test_the_contributor_is_asked_once_a_week_through_the_gate_and_says_that_it_holds(
    session: Session, item: Item
) -> None:
    complains(session, BEN, item, Complaint.OUTDATED)
    for at in (MONDAY, MONDAY + days(1)):
        queue.ask_contributor(session, act(CLEO, at), item.id, REAL)
    (letter,) = letters(session, queue.DOES_IT_HOLD)
    assert (letter.to, letter.priority) == (ANA, Proactive.HELP)
    with pytest.raises(BadInput, match="Only the one who shared it"):
        queue.still_holds(session, act(DOV, MONDAY), item.id, REAL)
    queue.still_holds(session, act(ANA, MONDAY), item.id, REAL)
    assert items.get(session, TEAM, item.id).verified_by == ANA
    assert to_check(session) == []


def test_only_a_broker_has_the_contributor_asked(session: Session, item: Item) -> None:
    with pytest.raises(NotABroker):
        queue.ask_contributor(session, act(DOV), item.id, REAL)
    assert letters(session, queue.DOES_IT_HOLD) == []


def test_an_item_is_in_the_digest_once(session: Session, item: Item) -> None:
    complains(session, BEN, item, Complaint.OUTDATED)
    said(session, item, DOV, Status.APPLIED_AS_IS)
    found = rows.look(session, TEAM, [PLATFORM], MONDAY - days(7), MONDAY).rows
    assert found == (Row(RowKind.CHECK, item.id),)
