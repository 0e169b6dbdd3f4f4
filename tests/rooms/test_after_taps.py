"""Optional taps after an answer: which of several helped, to whom something was passed on. On both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.delivery import deliveries, mailing
from kbot.delivery.views import why
from kbot.follow_up import cases, opening, relays, responses
from kbot.follow_up.facts import Answer, Case, CaseState, Form, Step
from kbot.follow_up.showing import asked_of
from kbot.follow_up.steps import next_step
from kbot.follow_up.tables import CaseRow
from kbot.follow_up.views import case_blocks, to_whom_modal
from kbot.home import log as my_log
from kbot.home.log_export import markdown
from kbot.library import items
from kbot.library.facts import Item, ItemKind
from kbot.people import directory
from kbot.people.facts import Pace, Viewer
from kbot.playground.blocks import Surface, check_blocks
from kbot.playground.view_rules import check_view
from kbot.trail import log
from kbot.trail.evidence import evidence
from kbot.trail.facts import Answered, PassedOn, ReceiptKind, Received
from kbot.trail.log import remember
from kbot.trail.proof import Evidence
from tests.rooms.desk import ANA, BEN, CLEO, DOV, REAL, TEAM, act, days, follow, letters, meet, saved

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
    assert list(check_blocks(shown, Surface.MESSAGE).problems) == []
    fewer = asked_of(case, {drain.id: drain, own.id: own}, {})
    assert next_step(fewer.case, ANA) is Step.TELLING, "one is no choice"


# -- passed it on: to whom?


def passed_on(session: Session, item: Item, *people: str) -> Case:
    got = Received(TEAM, f"use:{item.id}", MONDAY, BEN, item.id, ReceiptKind.WILL_USE)
    opening.open_case(session, got, REAL)
    case = said(session, cases.of_person(session, TEAM, BEN)[0], Answer.PASSED_ON)
    assert next_step(case, ANA) is Step.TO_WHOM
    case = relays.passed_on(session, act(BEN, MONDAY), case.id, people)
    assert next_step(case, ANA) is Step.DONE
    follow(session)
    return case


def offered(session: Session, person: str) -> list[str]:
    return [one.item for one in deliveries.unanswered(session, TEAM, person, MONDAY - days(1))]


def test_who_it_was_passed_on_to_may_find_it_in_their_home_tab_and_gets_no_message(session: Session) -> None:
    item = saved(session)
    before = len(letters(session, ""))
    passed_on(session, item, CLEO)
    assert offered(session, CLEO) == [item.id]
    assert mailing.waiting(session, MONDAY) == []
    assert len(letters(session, "")) == before
    shown = deliveries.unanswered(session, TEAM, CLEO, MONDAY - days(1))[0]
    assert why(shown, "", "Ana") == "You get this because a colleague passed it on to you."
    assert shown.why.by is None, "that it was Ben, he told kbot alone"


def test_whoever_shared_it_or_wants_nothing_finds_nothing(session: Session) -> None:
    directory.set_pace(session, act(CLEO), Pace.NEVER)
    directory.stop(session, act(DOV))
    item = saved(session)
    passed_on(session, item, ANA, CLEO, DOV)
    assert [offered(session, person) for person in (ANA, CLEO, DOV)] == [[], [], []]
    assert len(log.about_item(session, PassedOn, TEAM, [item.id])) == 3, "it was said all the same"


def test_less_like_this_holds_for_what_is_passed_on(session: Session) -> None:
    item = saved(session, "Drain")
    passed_on(session, item, CLEO)
    deliveries.not_for_me(session, act(CLEO, MONDAY), item.id)
    again = saved(session, "Restart")
    passed_on(session, again, CLEO)
    assert offered(session, CLEO) == []


def test_taken_back_it_lies_there_no_more_unless_another_one_passed_it_on_too(session: Session) -> None:
    item = saved(session)
    case = passed_on(session, item, CLEO, DOV)
    remember(session, PassedOn(TEAM, "other", MONDAY, ANA, item.id, DOV))
    said(session, case, Answer.CHANGE)
    follow(session)
    assert (offered(session, CLEO), offered(session, DOV)) == ([], [item.id])


def test_only_its_own_person_says_to_whom_and_only_after_passing_it_on(session: Session) -> None:
    case = passed_on(session, saved(session), CLEO)
    with pytest.raises(BadInput, match="for somebody else"):
        relays.mine(session, TEAM, DOV, case.id)
    said(session, case, Answer.CHANGE)
    with pytest.raises(BadInput, match="another answer by now"):
        relays.passed_on(session, act(BEN, MONDAY), case.id, [CLEO])


def test_the_form_is_one_that_slack_takes(session: Session) -> None:
    assert list(check_view(to_whom_modal(passed_on(session, saved(session), CLEO)), "modal")) == []


def test_the_log_says_to_whom_and_forgets_it_with_the_entry(session: Session) -> None:
    item = saved(session)
    passed_on(session, item, CLEO)
    ben = directory.person(session, TEAM, BEN)
    assert ben is not None
    viewer = Viewer(TEAM, BEN, frozenset({"C0PLATFORM"}))
    mine = my_log.read(session, viewer, ben)
    assert [entry.passed_to for entry in mine.entries] == [("Cleo",)]
    assert "passed on to Cleo" in markdown(mine, MONDAY)
    my_log.delete_entry(session, act(BEN, MONDAY), item.id)
    assert log.about_item(session, PassedOn, TEAM, [item.id]) == []
