"""Each table says what becomes of a person's columns when they erase what they said; and so it happens."""

import json
from random import Random
from typing import Any

import pytest
from sqlalchemy import JSON, Text, select
from sqlalchemy.orm import Session

from kbot import app
from kbot.act import BadInput
from kbot.delivery import deliveries
from kbot.delivery.facts import Rule
from kbot.delivery.tables import DeliveryRow
from kbot.follow_up import cases, opening, responses
from kbot.follow_up.facts import Answer, CaseState
from kbot.follow_up.tables import AskRow, CaseRow, TapRow, TellingRow
from kbot.home import log
from kbot.learning import checks
from kbot.learning.tables import CheckRow
from kbot.library import topics
from kbot.library.facts import Item
from kbot.library.tables import AskedRow
from kbot.storage.tables import Table, Words
from kbot.trail import facts
from kbot.trail.evidence import evidence
from kbot.trail.facts import (
    Complaint,
    Doubted,
    Fact,
    Intended,
    MemoryWanted,
    Plan,
    Rated,
    ReceiptKind,
    Received,
    Status,
)
from kbot.trail.log import KINDS, remember
from kbot.trail.tables import SAID, FactRow
from tests.examples import examples
from tests.rooms.desk import ANA, BEN, CLEO, DOV, FRIDAY, TEAM, act, asked, days, follow, meet, saved

assert app  # importing it imports every table

TABLES = sorted(Table.__subclasses__(), key=lambda table: table.__tablename__)
DONE_FOR_OTHERS = {
    *(facts.Captured, facts.Published, facts.Withdrawn, facts.Superseded, facts.Contradicted, facts.Linked),
    *(facts.Verified, facts.Reviewed, facts.Answered, facts.Resolved, facts.Followed, facts.Unclear),
    *(facts.Unlinked, facts.Revised, facts.HelpAnswered, facts.Posted),
}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__tablename__)
def test_every_table_says_what_becomes_of_people(table: type[Table]) -> None:
    assert "people" in vars(table), "say what becomes of a person's columns: people = whose(...)"
    assert set(table.people) <= {column.name for column in table.__table__.columns}
    for name, fate in table.people.items():
        assert fate.goes is not None or fate.why, f"{name} stays: say why"


def test_every_kind_of_fact_is_a_persons_own_or_done_for_others() -> None:
    assert set(KINDS.values()) - {Fact} == SAID | DONE_FOR_OTHERS
    assert not SAID & DONE_FOR_OTHERS


def holding(session: Session, person: str) -> set[tuple[str, str]]:
    """The tables and columns in which a person's id occurs, on its own or within a key."""
    session.flush()
    found = set()
    for table in TABLES:
        for column in table.__table__.columns:
            if not isinstance(column.type, JSON | Text | Words):
                continue
            values: Any = session.scalars(select(column))
            if any(person in (value if isinstance(value, str) else json.dumps(value)) for value in values if value):
                found.add((table.__tablename__, column.name))
    return found


def lives(session: Session, person: str, random: Random) -> list[Item]:
    """Somebody asks, means to use, says how it went, taps on, doubts, remembers."""
    items = [saved(session, f"Thing {n}") for n in range(4)]
    for item in items:
        topics.give(session, act(ANA), item.id, ["deploys"])
    follow(session)
    for n, item in enumerate(items):
        at = FRIDAY + days(random.random())
        remember(session, Received(TEAM, f"got{person}{n}", at, person, item.id, ReceiptKind.ASKED_FOR, None, "how?"))
        if random.random() < 0.5:
            by = "2026-12-04"
            remember(session, Intended(TEAM, f"plan{person}{n}", at, person, item.id, Plan.THIS_WEEK, by))
        if random.random() < 0.5:
            remember(session, MemoryWanted(TEAM, f"mem{person}{n}", at, person, item.id))
        if random.random() < 0.5:
            remember(session, Doubted(TEAM, f"doubt{person}{n}", at, person, item.id, Complaint.OUTDATED))
        if random.random() < 0.5:
            remember(session, Rated(TEAM, f"rate{person}{n}", at, person, item.id, "q", is_helpful=False, words="no"))
        follow(session)
        deliveries.add(session, act(CLEO, at), item, person, Rule.BROKER, note="look")
        case = opening.report(session, act(person, at), item.id)
        for _ in range(random.randrange(8)):
            answer = random.choice([a for a in Answer if a is not Answer.DONT_ASK])
            try:
                responses.respond(session, act(person, at), case.id, answer)
            except BadInput:
                continue
        if random.random() < 0.5:
            responses.say_missing(session, act(person, at), case.id, "zebra-crossing")
        follow(session)
    asked(session)
    return items


@pytest.mark.parametrize("seed", range(examples(2)))
def test_whatever_somebody_said_erased_it_is_in_no_column_that_lets_it_go(session: Session, seed: int) -> None:
    meet(session, ANA, BEN, CLEO, DOV)
    lives(session, BEN, Random(seed))
    lives(session, DOV, Random(seed + 100))
    declared = {(table.__tablename__, column) for table in TABLES for column in table.people}
    assert holding(session, BEN) <= declared, "a column holds a person and does not say what becomes of it"
    before = {kind: _count(session, kind, DOV) for kind in (CaseRow, CheckRow, AskedRow)}
    log.delete_all(session, act(BEN))
    gone = {(t.__tablename__, c) for t in TABLES for c, fate in t.people.items() if fate.goes and t is not FactRow}
    assert not holding(session, BEN) & gone
    of_ben = session.scalars(select(FactRow).where(FactRow.person == BEN)).all()
    assert not {row.kind for row in of_ben} & {kind.__name__ for kind in SAID}
    assert "zebra-crossing" not in str([row.missing for row in session.scalars(select(CaseRow)) if row.person == BEN])
    assert {kind: _count(session, kind, DOV) for kind in before} == before, "nothing of anybody else's"
    of_dov = {row.case_id for row in session.scalars(select(TapRow))} | {
        row.case_id for row in [*session.scalars(select(AskRow)), *session.scalars(select(TellingRow))]
    }
    assert of_dov <= {row.id for row in session.scalars(select(CaseRow).where(CaseRow.person == DOV))}
    log.delete_all(session, act(BEN))


def _count(session: Session, table: Any, person: str) -> int:
    return len(session.scalars(select(table).where(table.person == person)).all())


def test_nothing_of_it_is_counted_any_more(session: Session) -> None:
    meet(session, ANA, BEN, CLEO, DOV)
    item = saved(session)
    for person in (BEN, DOV):
        case = opening.report(session, act(person), item.id)
        responses.respond(session, act(person), case.id, Answer.USED)
        responses.respond(session, act(person, FRIDAY + days(1)), case.id, Answer.HELPED)
    follow(session)
    assert evidence(session, TEAM, [item.id])[item.id].used == 2
    log.delete_all(session, act(BEN))
    found = evidence(session, TEAM, [item.id])[item.id]
    assert (found.used, found.helped) == (1, 1)


def test_one_entry_goes_and_the_others_stay(session: Session) -> None:
    meet(session, ANA, BEN, CLEO, DOV)
    one, other = saved(session, "One"), saved(session, "Other")
    for item in (one, other):
        case = opening.report(session, act(BEN), item.id)
        responses.respond(session, act(BEN), case.id, Answer.USED)
        remember(session, MemoryWanted(TEAM, f"m{item.id}", FRIDAY, BEN, item.id))
    follow(session)
    log.delete_entry(session, act(BEN), one.id)
    assert {case.item for case in cases.of_person(session, TEAM, BEN)} == {other.id}
    assert [check.item for check in checks.of_person(session, TEAM, BEN)] == [other.id]
    assert evidence(session, TEAM, [one.id])[one.id].used == 0
    assert evidence(session, TEAM, [other.id])[other.id].used == 1


def test_who_never_wants_to_be_asked_about_it_is_not_after_all_is_deleted(session: Session) -> None:
    meet(session, ANA, BEN, CLEO, DOV)
    item = saved(session)
    case = opening.report(session, act(BEN), item.id)
    responses.say_missing(session, act(BEN), case.id, "zebra-crossing")
    responses.respond(session, act(BEN), case.id, Answer.DONT_ASK)
    log.delete_all(session, act(BEN))
    (kept,) = cases.of_person(session, TEAM, BEN)
    assert (kept.status, kept.missing, kept.words, kept.question) == (Status.DECLINED, "", "", None)
    remember(session, Received(TEAM, "again", FRIDAY + days(1), BEN, item.id, ReceiptKind.ASKED_FOR))
    follow(session)
    assert [case.state for case in cases.of_person(session, TEAM, BEN)] == [CaseState.CLOSED]


def test_what_came_once_does_not_come_again(session: Session) -> None:
    meet(session, ANA, BEN, CLEO, DOV)
    item = saved(session)
    deliveries.add(session, act(CLEO), item, BEN, Rule.BROKER)
    row = session.get_one(DeliveryRow, (TEAM, item.id, BEN))
    row.said, row.intention = "use", "this_week"
    log.delete_all(session, act(BEN))
    kept = session.get_one(DeliveryRow, (TEAM, item.id, BEN), populate_existing=True)
    assert (kept.said, kept.intention) == (None, None)
    assert not deliveries.add(session, act(CLEO), item, BEN, Rule.BROKER)


def test_a_permission_that_was_not_used_yet_goes_too(session: Session) -> None:
    meet(session, ANA, BEN, CLEO, DOV)
    case = opening.report(session, act(BEN), saved(session).id)
    for answer in (Answer.USED, Answer.HELPED, Answer.TELL_NAMED):
        responses.respond(session, act(BEN), case.id, answer)
    follow(session)
    assert session.scalars(select(TellingRow)).all()
    log.delete_all(session, act(BEN))
    assert not session.scalars(select(TellingRow)).all()
