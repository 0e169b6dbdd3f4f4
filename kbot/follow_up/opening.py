"""What opens a case, and what changes when it is asked. Only a person's own act does (domain.md 3.2).

At most one case is open for each person and lineage of items: the database decides.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.follow_up import cases, rhythm, topic_paces
from kbot.follow_up.facts import Case, CaseState, Form, Telling
from kbot.follow_up.lots import SILENT_SHARE, SUSTAIN_SHARE, chosen
from kbot.follow_up.rhythm import OF_CADENCE, Rhythm
from kbot.follow_up.steps import MOST_ASKS, ONE_QUESTION
from kbot.follow_up.tables import CaseRow
from kbot.library import items, lineage, topics
from kbot.library.facts import Item, ItemKind
from kbot.people import directory
from kbot.people.hours import add_working_days
from kbot.storage.upsert import insert_new
from kbot.trail.facts import Fact, Helped, Intended, Plan, ReceiptKind, Received, Status
from kbot.trail.measures import Disposition

_CASE = UUID("a5b0cf2e-7c6b-4f1e-9d0f-4f1a3b0f7c11")
"""Ids of cases come from what opened them, so that what is followed twice opens one."""

OF_THOUGHT = (ItemKind.DECISION, ItemKind.INSIGHT, ItemKind.CAUTION)
OF_HABIT = (ItemKind.HOW_TO, ItemKind.PRACTICE)
"""Kinds of which it is asked, after three months, whether they are still in use (domain.md 2.3)."""

HALF_A_YEAR = timedelta(days=183)
"""In which nobody is asked twice why they did not answer (domain.md 3.3 L)."""


@dataclass(frozen=True)
class Opening:
    """What a new case begins with."""

    person: str
    form: Form
    rhythm: Rhythm
    begins: datetime
    """The opening, or the morning of the day the person named."""
    at: datetime
    zone: ZoneInfo
    question: str | None = None
    words: str = ""
    share: float = 1.0
    after: int | None = None
    """Working days to the first question, where its topic has a pace of its own."""

    @property
    def due_at(self) -> datetime:
        if self.after is not None:
            return add_working_days(self.begins, self.after, self.zone)
        return rhythm.first(self.rhythm, self.begins, self.zone)


def open_case(session: Session, fact: Fact, real: datetime) -> None:
    """A receipt or an intention opens a case, unless one about the same lineage is open.

    Some kinds are not followed up. An intention says when the open one is asked. Nobody is asked about what they
    contributed themselves.
    """
    if not isinstance(fact, Received | Intended) or fact.person is None or fact.item is None:
        return
    item = items.get(session, fact.team, fact.item)
    person = directory.person(session, fact.team, fact.person)
    if person is None or not _is_followed_up(item, fact.person):
        return
    line = lineage.root(session, fact.team, item.id)
    if _declined(session, fact.team, fact.person, line):
        return
    opening = (
        _of_intention(fact, person.zone) if isinstance(fact, Intended) else _of_receipt(session, fact, person.zone)
    )
    if item.kind in OF_THOUGHT and opening.form is Form.USE:
        opening = replace(opening, form=Form.THOUGHT)
    key = f"{fact.team}|{type(fact).__name__}|{fact.key}"
    if not _insert(session, key, item, line, opening) and isinstance(fact, Intended):
        _ask_by_plan(session, fact, line, opening)


def _is_followed_up(item: Item, person: str) -> bool:
    return item.contributor != person and item.kind.is_followed_up and item.is_findable


def _of_receipt(session: Session, fact: Received, zone: ZoneInfo) -> Opening:
    assert fact.person is not None
    assert fact.item is not None
    if fact.receipt is ReceiptKind.ASKED_FOR:
        return Opening(fact.person, Form.QUESTION, Rhythm.PULL, fact.at, fact.at, zone, fact.question, fact.words)
    cadence = topics.cadence_of(session, fact.team, fact.item)
    why = OF_CADENCE[cadence]
    after = topic_paces.first_ask(session, fact.team, fact.item, why)
    return Opening(fact.person, Form.USE, why, fact.at, fact.at, zone, fact.question, after=after)


def _of_intention(fact: Intended, zone: ZoneInfo) -> Opening:
    assert fact.person is not None
    if fact.plan == Plan.WHEN_IT_COMES_UP:
        return Opening(fact.person, Form.USE, Rhythm.COMES_UP, fact.at, fact.at, zone)
    by = rhythm.morning_of(date.fromisoformat(fact.by), zone)
    return Opening(fact.person, Form.USE, Rhythm.PLANNED, by, fact.at, zone)


def _insert(session: Session, key: str, item: Item, line: str, opening: Opening) -> bool:
    row = {
        "team_id": item.team,
        "id": uuid5(_CASE, key).hex,
        "person": opening.person,
        "item_id": item.id,
        "version": item.version,
        "question_id": opening.question,
        "words": opening.words,
        "form": opening.form.value,
        "state": CaseState.WAITING.value,
        "due_at": opening.due_at,
        "asks_made": 0,
        "opened_at": opening.at,
        "telling": Telling.UNASKED.value,
        "missing": "",
        "responses": 0,
        "lineage": line,
        "rhythm": opening.rhythm.value,
        "share": opening.share,
        "never_drawn": 1.0,
        "window_end": rhythm.window_end(opening.rhythm, opening.begins),
    }
    return insert_new(session, CaseRow, row)


def _ask_by_plan(session: Session, fact: Intended, line: str, opening: Opening) -> None:
    session.execute(
        update(CaseRow)
        .where(
            CaseRow.team_id == fact.team,
            CaseRow.person == opening.person,
            CaseRow.lineage == line,
            CaseRow.state == CaseState.WAITING,
            CaseRow.form.in_((Form.USE, Form.THOUGHT)),
        )
        .values(
            rhythm=opening.rhythm.value,
            due_at=opening.due_at,
            window_end=rhythm.window_end(opening.rhythm, opening.begins),
        )
    )
    session.expire_all()


def _declined(session: Session, team: str, person: str, line: str) -> bool:
    """After "Don't ask about this" nothing is asked about the item or its lineage, for ever (domain.md 2.9-5)."""
    query = select(CaseRow.id).where(
        CaseRow.team_id == team,
        CaseRow.person == person,
        CaseRow.lineage == line,
        CaseRow.status == Status.DECLINED,
    )
    return session.execute(query).first() is not None


def report(session: Session, act: Act, item_id: str) -> Case:
    """A person tells unasked that they used an item: a case that was never asked, or their open one.

    Told twice under the same key it is one case.
    """
    item = items.get(session, act.team, item_id)
    line = lineage.root(session, act.team, item_id)
    person = directory.person(session, act.team, act.person)
    zone = person.zone if person else ZoneInfo("UTC")
    key = f"{act.team}|{act.person}|{act.key}"
    _insert(session, key, item, line, Opening(act.person, Form.SELF, Rhythm.CHOSEN, act.at, act.at, zone))
    found = session.scalars(
        select(CaseRow).where(
            CaseRow.team_id == act.team,
            CaseRow.person == act.person,
            CaseRow.lineage == line,
            CaseRow.state != CaseState.CLOSED,
            CaseRow.form.not_in(ONE_QUESTION),
        )
    ).first()
    return cases.get(session, act.team, found.id if found else uuid5(_CASE, key).hex)


def it_came_up(session: Session, fact: Fact, real: datetime) -> None:
    """Somebody asked about a topic: what they wanted to be asked about when it comes up is asked soon."""
    if not isinstance(fact, Received) or fact.receipt is not ReceiptKind.ASKED_FOR or fact.person is None:
        return
    person = directory.person(session, fact.team, fact.person)
    if person is None or fact.item is None:
        return
    waiting = session.scalars(
        select(CaseRow).where(
            CaseRow.team_id == fact.team,
            CaseRow.person == fact.person,
            CaseRow.state == CaseState.WAITING,
            CaseRow.rhythm == Rhythm.COMES_UP,
            CaseRow.opened_at < fact.at,
        )
    ).all()
    akin = topics.akin(session, fact.team, fact.item, {row.item_id for row in waiting})
    soon = add_working_days(fact.at, rhythm.AFTER_IT_CAME_UP, person.zone)
    for row in waiting:
        if row.item_id in akin:
            row.due_at = min(row.due_at, soon)


def ask_whether_help_did_it(session: Session, fact: Fact, real: datetime) -> None:
    """Somebody helped: five working days later it is asked whether that did it."""
    if not isinstance(fact, Helped) or fact.person is None:
        return
    person = directory.person(session, fact.team, fact.person)
    row = session.get(CaseRow, (fact.team, fact.case))
    if person is None or row is None or row.asks_made >= MOST_ASKS or not may_reopen(session, row):
        return
    row.state, row.disposition, row.closed_at = CaseState.WAITING, None, None
    row.rhythm = Rhythm.HELPED
    row.due_at = rhythm.first(Rhythm.HELPED, fact.at, person.zone)
    row.window_end = rhythm.window_end(Rhythm.HELPED, fact.at)


def may_reopen(session: Session, row: CaseRow) -> bool:
    """Whether no other case of this person and lineage is open."""
    if row.state != CaseState.CLOSED:
        return True
    directory.lock_person(session, row.team_id, row.person)
    another = select(CaseRow.id).where(
        CaseRow.team_id == row.team_id,
        CaseRow.person == row.person,
        (CaseRow.lineage == row.lineage) | (CaseRow.item_id == row.item_id),
        CaseRow.state != CaseState.CLOSED,
        CaseRow.form.not_in(ONE_QUESTION),
        CaseRow.id != row.id,
    )
    return not session.execute(select(exists(another))).scalar()


def open_sustain(session: Session, act: Act, case: Case) -> None:
    """A use of what is done again and again may be asked about once more, three months later; drawn by lot."""
    item = items.get(session, case.team, case.item)
    person = directory.person(session, case.team, case.person)
    lot = f"sustain|{case.team}|{case.person}|{case.lineage}"
    if person is None or item.kind not in OF_HABIT or not chosen(lot, SUSTAIN_SHARE):
        return
    opening = Opening(case.person, Form.SUSTAIN, Rhythm.SUSTAIN, act.at, act.at, person.zone, share=SUSTAIN_SHARE)
    _insert(session, lot, item, case.lineage, opening)


def open_silent(session: Session, case: Case, at: datetime) -> None:
    """A few of those who never answered are asked one more thing; each person once in half a year at most."""
    lot = f"silent|{case.team}|{case.id}"
    person = directory.person(session, case.team, case.person)
    item = items.get(session, case.team, case.item)
    if person is None or not item.is_findable or not chosen(lot, SILENT_SHARE):
        return
    directory.lock_person(session, case.team, case.person)
    lately = select(CaseRow.id).where(
        CaseRow.team_id == case.team,
        CaseRow.person == case.person,
        CaseRow.form == Form.SILENT,
        (CaseRow.opened_at > at - HALF_A_YEAR) | (CaseRow.disposition == Disposition.REFUSED),
    )
    if not session.execute(select(exists(lately))).scalar():
        opening = Opening(case.person, Form.SILENT, Rhythm.SILENT, at, at, person.zone, share=SILENT_SHARE)
        _insert(session, lot, item, case.lineage, opening)
