"""Learning checks on both databases: asked for, three a week at most, private, and what many find hard is the item."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.learning import checks
from kbot.learning.facts import HARD_AFTER, SILENT_AFTER, Check, CheckState, Recall
from kbot.library import items
from kbot.library.facts import Item, ItemState
from kbot.people import directory
from kbot.people.hours import add_working_days
from kbot.post import outbox
from kbot.post.tables import OutboxRow
from kbot.slack.words import SlackUser
from kbot.trail import log
from kbot.trail.evidence import evidence
from kbot.trail.facts import Barrier, Hindered, MemoryWanted, Unclear
from kbot.trail.log import remember
from tests.rooms.desk import ANA, BEN, CLEO, DOV, FRIDAY, REAL, TEAM, act, days, follow, letters, meet, saved

NEW_YORK = ZoneInfo("America/New_York")
TUESDAY = add_working_days(FRIDAY, 2, NEW_YORK)


@pytest.fixture(autouse=True)
def everybody(session: Session) -> None:
    meet(session, ANA, BEN, CLEO, DOV)


def wants(session: Session, item: Item, person: str = BEN, at: datetime = FRIDAY) -> None:
    remember(session, MemoryWanted(TEAM, f"{item.id}:{person}:{at}", at, person, item.id))
    follow(session)


def check(session: Session, item: Item, person: str = BEN) -> Check:
    found = checks.get(session, TEAM, person, item.id)
    assert found is not None
    return found


def asked(session: Session, now: datetime = TUESDAY, person: str = BEN) -> str:
    """This week's letter is planned and arrives; its key."""
    before = {row.key for row in letters(session, "check:", state="sent")}
    assert checks.plan(session, TEAM, person, now, REAL)
    (row,) = [row for row in letters(session, "check:") if row.key not in before]
    row.state, row.passed_at, row.sent_at, row.channel, row.ts = "sent", now, now, "D1", f"{now.timestamp()}"
    session.flush()
    return row.key


def answers(session: Session, item: Item, recall: Recall, at: datetime = TUESDAY, person: str = BEN) -> Check:
    return checks.answer(session, act(person, at), item.id, check(session, item, person).n, recall)


def test_it_begins_only_when_asked_for_and_is_first_asked_in_two_working_days(session: Session) -> None:
    item = saved(session)
    assert checks.get(session, TEAM, BEN, item.id) is None
    wants(session, item)
    assert check(session, item).due_at == TUESDAY
    assert checks.due_people(session, TUESDAY - timedelta(minutes=1)) == []
    assert checks.due_people(session, TUESDAY) == [(TEAM, BEN)]
    assert checks.get(session, TEAM, CLEO, item.id) is None


def test_wanted_twice_it_is_one(session: Session) -> None:
    item = saved(session)
    wants(session, item)
    wants(session, item, at=FRIDAY + days(1))
    assert len(list(checks.of_person(session, TEAM, BEN))) == 1
    assert check(session, item).due_at == TUESDAY


def test_three_a_week_in_one_letter(session: Session) -> None:
    for n in range(5):
        wants(session, saved(session, f"Thing {n}"))
    key = asked(session)
    assert len(checks.of_letter(session, TEAM, key)) == 3
    assert not checks.plan(session, TEAM, BEN, TUESDAY, REAL)
    assert not checks.may_be_asked(session, TEAM, BEN, TUESDAY + days(6.9)), "a new ISO week is not yet seven days"
    assert len(checks.of_letter(session, TEAM, asked(session, TUESDAY + days(7)))) == 2


def test_a_pause_and_a_stop_keep_it_quiet(session: Session) -> None:
    wants(session, saved(session))
    directory.pause(session, act(BEN), TUESDAY + days(3))
    assert not checks.plan(session, TEAM, BEN, TUESDAY, REAL)
    directory.stop(session, act(BEN))
    assert not checks.plan(session, TEAM, BEN, TUESDAY + days(20), REAL)


def test_the_budget_of_the_week_holds_for_it(session: Session) -> None:
    wants(session, saved(session))
    for n in range(3):
        row = {"team_id": TEAM, "key": f"other{n}", "kind": "x", "to": BEN, "about": {}, "priority": 2}
        session.add(OutboxRow(**row, state="sent", created_at=REAL, next_try=REAL, passed_at=TUESDAY, sent_at=TUESDAY))
    session.flush()
    assert not checks.plan(session, TEAM, BEN, TUESDAY, REAL)


def test_think_look_and_say_how_it_went(session: Session) -> None:
    item = saved(session)
    wants(session, item)
    asked(session)
    assert (check(session, item).state, check(session, item).is_shown) == (CheckState.ASKED, False)
    checks.show_answer(session, act(BEN, TUESDAY), item.id)
    assert check(session, item).is_shown
    done = answers(session, item, Recall.RECALLED)
    assert (done.state, done.recall, done.n) == (CheckState.WAITING, Recall.RECALLED, 1)
    assert done.due_at == TUESDAY + days(4)


def test_pressed_twice_it_counts_once(session: Session) -> None:
    item = saved(session)
    wants(session, item)
    asked(session)
    for recall in (Recall.FORGOTTEN, Recall.FORGOTTEN, Recall.EASILY):
        checks.answer(session, act(BEN, TUESDAY), item.id, 0, recall)
    assert (check(session, item).n, check(session, item).forgotten) == (1, 1)


def test_an_old_button_changes_nothing_of_the_next_question(session: Session) -> None:
    item = saved(session)
    wants(session, item)
    asked(session)
    answers(session, item, Recall.RECALLED)
    asked(session, TUESDAY + days(8))
    checks.answer(session, act(BEN, TUESDAY + days(8)), item.id, 0, Recall.FORGOTTEN)
    assert (check(session, item).state, check(session, item).n) == (CheckState.ASKED, 1)


def test_somebody_elses_check_is_not_there(session: Session) -> None:
    item = saved(session)
    wants(session, item)
    asked(session)
    with pytest.raises(BadInput):
        checks.answer(session, act(CLEO, TUESDAY), item.id, 0, Recall.EASILY)
    checks.show_answer(session, act(CLEO, TUESDAY), item.id)
    checks.stop(session, act(CLEO, TUESDAY), item.id)
    assert (check(session, item).state, check(session, item).is_shown) == (CheckState.ASKED, False)


def test_known_by_heart_it_retires_and_can_begin_anew(session: Session) -> None:
    item = saved(session)
    wants(session, item)
    now = TUESDAY
    for _ in range(10):
        asked(session, now)
        done = answers(session, item, Recall.RECALLED, now)
        if done.state is CheckState.RETIRED:
            break
        now = add_working_days(max(done.due_at, now + days(7)), 1, NEW_YORK)
    assert check(session, item).state is CheckState.RETIRED
    assert checks.due_people(session, now + days(1000)) == []
    wants(session, item, at=now + days(1))
    assert (check(session, item).state, check(session, item).n) == (CheckState.WAITING, 0)


def test_two_silent_letters_are_an_answer(session: Session) -> None:
    item = saved(session)
    wants(session, item)
    asked(session)
    checks.take_back(session, TUESDAY + SILENT_AFTER - timedelta(minutes=1))
    assert check(session, item).state is CheckState.ASKED
    checks.take_back(session, TUESDAY + SILENT_AFTER)
    assert check(session, item).state is CheckState.WAITING
    asked(session, TUESDAY + days(8))
    checks.take_back(session, TUESDAY + days(8) + SILENT_AFTER)
    assert check(session, item).state is CheckState.STOPPED


def test_a_letter_that_never_left_has_asked_nobody(session: Session) -> None:
    item = saved(session)
    wants(session, item)
    assert checks.plan(session, TEAM, BEN, TUESDAY, REAL)
    (row,) = letters(session, "check:")
    assert outbox.cancel(session, TEAM, row.key, "gone")
    checks.take_back(session, TUESDAY)
    assert (check(session, item).state, check(session, item).letter) == (CheckState.WAITING, None)


@pytest.mark.parametrize("state", [ItemState.WITHDRAWN, ItemState.REJECTED])
def test_what_is_gone_is_not_to_be_learned(session: Session, state: ItemState) -> None:
    item = saved(session)
    wants(session, item)
    items.take_away(session, act(ANA), item.id, state)
    follow(session)
    assert check(session, item).state is CheckState.STOPPED


def forgets(session: Session, item: Item, person: str) -> None:
    wants(session, item, person)
    now = TUESDAY + days(1)
    for _ in range(HARD_AFTER):
        asked(session, now, person)
        answers(session, item, Recall.FORGOTTEN, now, person)
        now += days(7)


def test_three_times_forgotten_is_between_kbot_and_its_person(session: Session) -> None:
    item = saved(session)
    forgets(session, item, BEN)
    assert check(session, item).is_hard
    assert log.about_item(session, Unclear, TEAM, [item.id]) == []
    assert log.of_person(session, Hindered, TEAM, BEN) == []
    assert evidence(session, TEAM, [item.id])[item.id].in_words == ""
    checks.ask_for_wording(session, act(BEN, TUESDAY), item.id)
    checks.ask_for_wording(session, act(BEN, TUESDAY), item.id)
    (wanted,) = log.of_person(session, Hindered, TEAM, BEN)
    assert wanted.barrier is Barrier.UNCLEAR
    with pytest.raises(BadInput):
        checks.ask_for_wording(session, act(CLEO, TUESDAY), item.id)


def test_hard_for_five_it_is_unclear_and_nobody_is_named(session: Session) -> None:
    item = saved(session)
    people = [f"U0P{n}" for n in range(5)]
    for n, person in enumerate(people):
        user = SlackUser(person, TEAM, person, "America/New_York", False, False, False, False, False)
        directory.remember_person(session, TEAM, user, REAL)
        forgets(session, item, person)
        assert evidence(session, TEAM, [item.id])[item.id].is_unclear is (n == 4)
    (fact,) = log.about_item(session, Unclear, TEAM, [item.id])
    assert fact.person is None
    assert not set(people) & set(fact.key.split(":"))
    assert "5 or more find it hard to remember" in evidence(session, TEAM, [item.id])[item.id].in_words
    items.verify(session, act(CLEO, TUESDAY + days(60)), item.id)
    assert not evidence(session, TEAM, [item.id])[item.id].is_unclear
