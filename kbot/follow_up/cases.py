"""Cases: opened by a receipt, asked in a bundle, answered or left in peace."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.follow_up.facts import BUNDLE, LAST_NOTE, Case, CaseState, Closed, Form, Telling
from kbot.follow_up.pace import SILENT_AFTER, Next, next_step
from kbot.follow_up.tables import CaseRow
from kbot.library import items
from kbot.library.items import Gone
from kbot.people import directory
from kbot.people.hours import FIRST_HOUR, add_working_days, local_moment
from kbot.post import outbox
from kbot.storage.upsert import insert_new
from kbot.trail.facts import Complaint, Fact, Intended, Outcome, ReceiptKind, Received, Status, Superseded, Withdrawn

WORKING_DAYS_AFTER_ANSWER = 2
WORKING_DAYS_AFTER_INTENTION = 10
"""For "I'll use this" without a day (product.md 4)."""

WORKING_DAYS_AFTER_PLAN = 2
"""After the day until which the person means to try it (domain.md 3.4)."""

ASK_AGAIN_AFTER = timedelta(days=14)
_TOLD = UUID("a5b0cf2e-7c6b-4f1e-9d0f-4f1a3b0f7c11")
MOST_SILENT_ASKS = 2


def open_case(session: Session, fact: Fact, real: datetime) -> None:
    """A receipt or an intention opens a case, unless one about the same item is open, or the kind is not followed up.

    An intention says when the open one is asked. Nobody is asked about what they contributed themselves. Rule:
    domain.md 3.2, 3.4.
    """
    if not isinstance(fact, Received | Intended) or fact.person is None or fact.item is None:
        return
    item = items.get(session, fact.team, fact.item)
    person = directory.person(session, fact.team, fact.person)
    if person is None or item.contributor == fact.person or not item.kind.is_followed_up or not item.is_findable:
        return
    if _declined(session, fact.team, fact.person, fact.item):
        return
    by_answer = isinstance(fact, Received) and fact.receipt is ReceiptKind.ASKED_FOR
    row = {
        "team_id": fact.team,
        "id": uuid4().hex,
        "person": fact.person,
        "item_id": fact.item,
        "version": item.version,
        "question_id": fact.question if isinstance(fact, Received) else None,
        "words": fact.words if by_answer else "",
        "form": (Form.QUESTION if by_answer else Form.USE).value,
        "state": CaseState.WAITING.value,
        "due_at": _due(fact, person.zone),
        "asks_made": 0,
        "opened_at": fact.at,
        "telling": Telling.UNASKED.value,
        "missing": "",
        "responses": 0,
    }
    if not insert_new(session, CaseRow, row) and isinstance(fact, Intended):
        session.execute(
            update(CaseRow)
            .where(
                CaseRow.team_id == fact.team,
                CaseRow.person == fact.person,
                CaseRow.item_id == fact.item,
                CaseRow.state == CaseState.WAITING,
                CaseRow.form == Form.USE,
            )
            .values(due_at=row["due_at"])
        )
        session.expire_all()


def _due(fact: Received | Intended, zone: ZoneInfo) -> datetime:
    if isinstance(fact, Intended):
        by = local_moment(date.fromisoformat(fact.by), FIRST_HOUR, zone)
        return add_working_days(by, WORKING_DAYS_AFTER_PLAN, zone)
    by_answer = fact.receipt is ReceiptKind.ASKED_FOR
    return add_working_days(fact.at, WORKING_DAYS_AFTER_ANSWER if by_answer else WORKING_DAYS_AFTER_INTENTION, zone)


def _declined(session: Session, team: str, person: str, item: str) -> bool:
    """After "Don't ask about this" nothing is asked about the item, for ever."""
    query = select(CaseRow.id).where(
        CaseRow.team_id == team,
        CaseRow.person == person,
        CaseRow.item_id == item,
        CaseRow.status == Status.DECLINED,
    )
    return session.execute(query).first() is not None


def report(session: Session, act: Act, item_id: str) -> Case:
    """A person tells unasked that they used an item: a case that was never asked, or their open one.

    Told twice under the same key it is one case.
    """
    item = items.get(session, act.team, item_id)
    told_before = uuid5(_TOLD, f"{act.team}|{act.person}|{act.key}").hex
    row = {
        "team_id": act.team,
        "id": told_before,
        "person": act.person,
        "item_id": item_id,
        "version": item.version,
        "words": "",
        "form": Form.SELF.value,
        "state": CaseState.WAITING.value,
        "due_at": act.at,
        "asks_made": 0,
        "opened_at": act.at,
        "telling": Telling.UNASKED.value,
        "missing": "",
        "responses": 0,
    }
    insert_new(session, CaseRow, row)
    found = session.scalars(
        select(CaseRow).where(
            CaseRow.team_id == act.team,
            CaseRow.person == act.person,
            CaseRow.item_id == item_id,
            CaseRow.state != CaseState.CLOSED,
        )
    ).one_or_none()
    return _case(found) if found else get(session, act.team, told_before)


def close_for_item(session: Session, fact: Fact, real: datetime) -> None:
    """An item is gone: nobody is asked about it any more."""
    if isinstance(fact, Withdrawn | Superseded) and fact.item is not None:
        session.execute(
            update(CaseRow)
            .where(CaseRow.team_id == fact.team, CaseRow.item_id == fact.item, CaseRow.state != CaseState.CLOSED)
            .values(state=CaseState.CLOSED, closed_as=Closed.ITEM_GONE)
        )


def due_people(session: Session, now: datetime) -> list[tuple[str, str]]:
    """Who has cases that are due (people's time)."""
    rows = session.execute(
        select(CaseRow.team_id, CaseRow.person)
        .where(CaseRow.state == CaseState.WAITING, CaseRow.form != Form.SELF, CaseRow.due_at <= now)
        .distinct()
    )
    return [(team, person) for team, person in rows]


def due(session: Session, team: str, person: str, now: datetime) -> list[Case]:
    """A person's due cases; the longest due first."""
    rows = session.scalars(
        select(CaseRow)
        .where(
            CaseRow.team_id == team,
            CaseRow.person == person,
            CaseRow.state == CaseState.WAITING,
            CaseRow.form != Form.SELF,
            CaseRow.due_at <= now,
        )
        .order_by(CaseRow.due_at, CaseRow.id)
    )
    return [_case(row) for row in rows]


def ask(session: Session, cases: Iterable[Case], letter: str, now: datetime) -> None:
    """These cases are asked in this letter."""
    for case in cases:
        session.execute(
            update(CaseRow)
            .where(CaseRow.team_id == case.team, CaseRow.id == case.id, CaseRow.state == CaseState.WAITING)
            .values(state=CaseState.ASKED, letter=letter, asks_made=CaseRow.asks_made + 1, asked_at=now)
        )
    session.expire_all()


def any_asked(session: Session) -> bool:
    """Whether somebody was asked about a case and has not responded yet."""
    return session.scalar(select(CaseRow.id).where(CaseRow.state == CaseState.ASKED).limit(1)) is not None


def leave_in_peace(session: Session, now: datetime) -> int:
    """Asks that stayed silent for a week: after two the case is closed, before that it is asked once more later.

    The week begins when the letter arrives: one that waits for the end of a pause has asked nobody yet.
    """
    left = 0
    for row in session.scalars(
        select(CaseRow).where(CaseRow.state == CaseState.ASKED, CaseRow.asked_at <= now - SILENT_AFTER)
    ).all():
        delivered = outbox.where(session, row.team_id, row.letter or "")
        if delivered is None or delivered.at is None or delivered.at > now - SILENT_AFTER:
            continue
        if row.asks_made >= MOST_SILENT_ASKS:
            row.state, row.closed_as = CaseState.CLOSED, Closed.UNANSWERED
        else:
            row.state, row.due_at = CaseState.WAITING, delivered.at + ASK_AGAIN_AFTER
        left += 1
    return left


def ask_later(session: Session, now: datetime) -> int:
    """Cases whose letter never left (the person had stopped kbot by then, say) were not asked: they wait again.

    The attempt counts all the same, so that what can never be asked comes to an end. Returns how many there were.
    """
    asked = session.scalars(select(CaseRow).where(CaseRow.state == CaseState.ASKED, CaseRow.letter.is_not(None))).all()
    unsent = outbox.never_left(session, ((row.team_id, row.letter or "") for row in asked))
    rows = [row for row in asked if (row.team_id, row.letter) in unsent]
    for row in rows:
        row.letter = row.asked_at = None
        if row.asks_made >= MOST_SILENT_ASKS:
            row.state, row.closed_as = CaseState.CLOSED, Closed.UNANSWERED
        else:
            row.state, row.due_at = CaseState.WAITING, now + SILENT_AFTER
    return len(rows)


def pace(session: Session, team: str, person: str, now: datetime) -> Next:
    """Whether this person is asked now (people's time), by how they took what was asked so far."""
    bundles = outbox.arrivals(session, team, person, BUNDLE)
    return next_step(bundles, outbox.arrivals(session, team, person, LAST_NOTE), now)


def ask_again(session: Session, act: Act) -> None:
    """Who had been left in peace wants to be asked again: once a month at most, until they answer something."""
    for note in outbox.arrivals(session, act.team, act.person, LAST_NOTE):
        outbox.answered(session, act.team, note.key, act.at)
        outbox.refresh(session, act.team, note.key)


def get(session: Session, team: str, case: str) -> Case:
    """A case by its id. Raises Gone when there is none."""
    row = session.get(CaseRow, (team, case))
    if row is None:
        raise Gone
    return _case(row)


def of_letter(session: Session, team: str, letter: str) -> list[Case]:
    """The cases that were last asked in this letter."""
    rows = session.scalars(
        select(CaseRow).where(CaseRow.team_id == team, CaseRow.letter == letter).order_by(CaseRow.due_at, CaseRow.id)
    )
    return [_case(row) for row in rows]


def of_person(session: Session, team: str, person: str) -> list[Case]:
    """A person's cases, newest first: their own log."""
    rows = session.scalars(
        select(CaseRow)
        .where(CaseRow.team_id == team, CaseRow.person == person)
        .order_by(CaseRow.opened_at.desc(), CaseRow.id)
    )
    return [_case(row) for row in rows]


def _case(row: CaseRow) -> Case:
    return Case(
        team=row.team_id,
        id=row.id,
        person=row.person,
        item=row.item_id,
        version=row.version,
        question=row.question_id,
        words=row.words,
        form=Form(row.form),
        state=CaseState(row.state),
        due_at=row.due_at,
        asks_made=row.asks_made,
        letter=row.letter,
        opened_at=row.opened_at,
        asked_at=row.asked_at,
        status=Status(row.status) if row.status else None,
        outcome=Outcome(row.outcome) if row.outcome else None,
        telling=Telling(row.telling),
        missing=row.missing,
        responded_at=row.responded_at,
        complaint=Complaint(row.complaint) if row.complaint else None,
    )
