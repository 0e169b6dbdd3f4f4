"""Optional taps after an answer: which of several helped. On both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.follow_up import cases, opening, responses
from kbot.follow_up.facts import Answer, Case, CaseState, Form, Step
from kbot.follow_up.showing import asked_of
from kbot.follow_up.steps import next_step
from kbot.follow_up.tables import CaseRow
from kbot.follow_up.views import case_blocks
from kbot.library import items
from kbot.library.facts import Item, ItemKind
from kbot.trail.evidence import evidence
from kbot.trail.facts import Answered, ReceiptKind, Received
from kbot.trail.log import remember
from kbot.trail.proof import Evidence
from tests.rooms.desk import ANA, BEN, CLEO, DOV, REAL, TEAM, act, meet, saved

MONDAY = datetime(2026, 11, 23, 14, tzinfo=UTC)


@pytest.fixture(autouse=True)
def everybody(session: Session) -> None:
    meet(session, ANA, BEN, CLEO, DOV)


def answered_by(session: Session, *cited: Item) -> Case:
    """Ben asked, and these were cited."""
    ids = tuple(item.id for item in cited)
    remember(session, Answered(TEAM, "q1", MONDAY, BEN, ids[0], "q1", ids, "C0PLATFORM"))
    got = Received(TEAM, "question:q1", MONDAY, BEN, ids[0], ReceiptKind.ASKED_FOR, "q1", "importer hangs")
    opening.open_case(session, got, REAL)
    return cases.of_person(session, TEAM, BEN)[0]


def said(session: Session, case: Case, *answers: Answer) -> Case:
    for answer in answers:
        case = responses.respond(session, act(BEN, MONDAY), case.id, answer)
    return case


def told_of(session: Session, item: Item) -> Evidence:
    return evidence(session, TEAM, [item.id])[item.id]


# -- which one helped?


@pytest.mark.parametrize("answer", [Answer.SOLVED, Answer.PARTLY])
def test_of_several_it_is_asked_which_one_helped_right_after_the_first_tap(session: Session, answer: Answer) -> None:
    case = said(session, answered_by(session, saved(session, "Drain"), saved(session, "Restart")), answer)
    assert next_step(case, ANA) is Step.WHICH
    assert told_of(session, items.get(session, TEAM, case.item)).used == 1, "one tap is complete"


def test_of_one_it_is_not(session: Session) -> None:
    case = said(session, answered_by(session, saved(session)), Answer.SOLVED)
    assert next_step(case, ANA) is Step.TELLING


@pytest.mark.parametrize("answer", [Answer.NOT_WORKED, Answer.NOT_TRIED, Answer.OFF_THE_POINT])
def test_where_none_helped_it_is_not(session: Session, answer: Answer) -> None:
    case = said(session, answered_by(session, saved(session, "Drain"), saved(session, "Restart")), answer)
    assert next_step(case, ANA) is not Step.WHICH


def test_what_is_said_counts_for_that_one_alone(session: Session) -> None:
    drain, restart = saved(session, "Drain"), saved(session, "Restart", contributor=CLEO)
    case = said(session, answered_by(session, drain, restart), Answer.SOLVED, Answer.SECOND)
    assert case.item == restart.id
    assert (told_of(session, drain), told_of(session, restart)) == (Evidence(), Evidence(used=1, helped=1))
    assert next_step(case, CLEO) is Step.TELLING, "and her it may be told"


def test_the_first_one_and_who_cannot_say_change_nothing(session: Session) -> None:
    drain, restart = saved(session, "Drain"), saved(session, "Restart")
    for answer in (Answer.FIRST, Answer.CANT_SAY):
        case = said(session, answered_by(session, drain, restart), Answer.SOLVED, answer)
        assert (case.item, next_step(case, ANA)) == (drain.id, Step.TELLING)
        assert (told_of(session, drain), told_of(session, restart)) == (Evidence(used=1, helped=1), Evidence())
        said(session, case, Answer.CHANGE)


def test_it_can_be_taken_back_and_said_anew(session: Session) -> None:
    drain, restart = saved(session, "Drain"), saved(session, "Restart")
    case = said(session, answered_by(session, drain, restart), Answer.SOLVED, Answer.SECOND, Answer.CHANGE)
    assert (case.item, case.status) == (drain.id, None)
    assert (told_of(session, drain), told_of(session, restart)) == (Evidence(), Evidence())
    said(session, case, Answer.SOLVED, Answer.SECOND)
    assert (told_of(session, drain), told_of(session, restart)) == (Evidence(), Evidence(used=1, helped=1))


def test_pressed_twice_it_is_said_once_and_another_one_only_after_a_change(session: Session) -> None:
    drain, restart = saved(session, "Drain"), saved(session, "Restart")
    case = said(session, answered_by(session, drain, restart), Answer.SOLVED, Answer.SECOND, Answer.SECOND)
    with pytest.raises(BadInput, match="another answer by now"):
        said(session, case, Answer.FIRST)
    with pytest.raises(BadInput, match="another answer by now"):
        said(session, answered_by(session, drain, restart), Answer.THIRD)
    assert told_of(session, restart) == Evidence(used=1, helped=1)


def test_three_months_later_it_is_asked_about_the_one_that_helped(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "SUSTAIN_SHARE", 1.0)
    monkeypatch.setattr(opening, "OF_HABIT", tuple(ItemKind))
    drain, restart = saved(session, "Drain"), saved(session, "Restart")
    said(session, answered_by(session, drain, restart), Answer.SOLVED, Answer.SECOND)
    later = select(CaseRow.item_id).where(CaseRow.form == Form.SUSTAIN, CaseRow.state == CaseState.WAITING)
    assert list(session.scalars(later)) == [restart.id]


def test_only_what_the_person_may_see_and_has_not_shared_themselves_is_offered(session: Session) -> None:
    drain, own, restart = saved(session, "Drain"), saved(session, "Own", contributor=BEN), saved(session, "Restart")
    case = said(session, answered_by(session, drain, own, restart), Answer.SOLVED)
    seen = {item.id: item for item in (drain, own, restart)}
    shown = case_blocks(asked_of(case, seen, {}), MONDAY)
    assert [one["text"]["text"] for one in shown[1]["elements"][:-1]] == ["The first", "The third", "Can't say"]
    assert shown[0]["text"]["text"] == (
        "You asked: _importer hangs_.\nYou said: Used it, it helped. Good to hear. Which one helped?\n"
        "The first: *Drain*\nThe third: *Restart*"
    )
    fewer = asked_of(case, {drain.id: drain, own.id: own}, {})
    assert next_step(fewer.case, ANA) is Step.TELLING, "one is no choice"
