"""Cases: due ones are drawn and asked in a bundle; each ends answered, or with the reason why not."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.follow_up import brakes, topic_paces
from kbot.follow_up.facts import BUNDLE, LAST_NOTE, WHICH, Answer, Case, CaseState, Form, Step, Telling
from kbot.follow_up.lots import Draw
from kbot.follow_up.pace import SILENT_AFTER, Next, next_step
from kbot.follow_up.pace import waits_until as waits
from kbot.follow_up.rhythm import Rhythm
from kbot.follow_up.steps import ONE_QUESTION
from kbot.follow_up.tables import AskRow, CaseRow, TapRow
from kbot.library.items import Gone
from kbot.people import directory
from kbot.post import outbox, passing
from kbot.post.gate import WEEK, Proactive
from kbot.trail import log
from kbot.trail.facts import Answered, Complaint, Fact, Outcome, Status, Superseded, Withdrawn
from kbot.trail.measures import Disposition

MOST_SILENT_ASKS = 2
"""In a row; then silence is the answer (product.md 4)."""


def close_for_item(session: Session, fact: Fact, real: datetime) -> None:
    """An item is gone: nobody is asked about it any more."""
    if isinstance(fact, Withdrawn | Superseded) and fact.item is not None:
        session.execute(
            update(CaseRow)
            .where(CaseRow.team_id == fact.team, CaseRow.item_id == fact.item, CaseRow.state != CaseState.CLOSED)
            .values(state=CaseState.CLOSED, disposition=Disposition.INELIGIBLE, closed_at=fact.at)
        )
        session.expire_all()


def _is_due(now: datetime) -> ColumnElement[bool]:
    waits = (CaseRow.state == CaseState.WAITING) & (CaseRow.form != Form.SELF)
    return waits & (CaseRow.due_at <= now) & (CaseRow.window_end > now)


def due_people(session: Session, now: datetime) -> list[tuple[str, str]]:
    """Who has cases that are due (people's time); it is asked at each tick, so without those who had this week's."""
    had_it = passing.has_got(CaseRow.team_id, CaseRow.person, Proactive.BUNDLE, now - WEEK)
    rows = session.execute(select(CaseRow.team_id, CaseRow.person).where(_is_due(now), ~had_it).distinct())
    return [(team, person) for team, person in rows]


def due(session: Session, team: str, person: str, now: datetime) -> list[Case]:
    """A person's due cases; the longest due first. Of one lineage, one."""
    of_person = select(CaseRow).where(CaseRow.team_id == team, CaseRow.person == person, _is_due(now))
    found: dict[str, CaseRow] = {}
    for row in session.scalars(of_person.order_by(CaseRow.due_at, CaseRow.id)):
        found.setdefault(row.lineage, row)
    return _cases(session, found.values())


def ask(session: Session, drawn: Draw, letter: str, variants: Mapping[str, str], now: datetime) -> None:
    """What was drawn is asked in this letter; of all that could have been drawn, the odds are written down.

    `variants`: the wording of each case, by its id. What was tapped after an earlier asking is asked anew.
    """
    for case in (*drawn.taken, *drawn.lots):
        if case.asks_made == 0:
            odds = 1.0 if case.rhythm.is_certain else drawn.odds
            never_drawn = CaseRow.never_drawn * (1.0 - odds)
            of_case = update(CaseRow).where(CaseRow.team_id == case.team, CaseRow.id == case.id)
            session.execute(of_case.values(never_drawn=never_drawn, inclusion=CaseRow.share * (1.0 - never_drawn)))
    session.expire_all()
    for position, case in enumerate(drawn.taken, start=1):
        row = session.get_one(CaseRow, (case.team, case.id))
        if row.state != CaseState.WAITING:
            continue
        row.state, row.letter, row.asked_at = CaseState.ASKED, letter, now
        row.asks_made += 1
        session.execute(delete(TapRow).where(TapRow.team_id == case.team, TapRow.case_id == case.id))
        session.add(
            AskRow(
                team_id=case.team,
                case_id=case.id,
                n=row.asks_made,
                letter=letter,
                position=position,
                variant=variants[case.id],
                inclusion=row.inclusion if row.inclusion is not None else 1.0,
                asked_at=now,
            )
        )
    session.flush()
    session.expire_all()


def any_asked(session: Session) -> bool:
    """Whether somebody was asked about a case and has not responded yet."""
    return session.scalar(select(CaseRow.id).where(CaseRow.state == CaseState.ASKED).limit(1)) is not None


def leave_in_peace(session: Session, now: datetime) -> list[Case]:
    """Asks that stayed silent for a week: after two in a row the case is closed, before that it is asked once more.

    The week begins when the letter arrives: one that waits for the end of a pause has asked nobody yet. Returns what
    was closed in silence.
    """
    closed = []
    for row in session.scalars(
        select(CaseRow).where(CaseRow.state == CaseState.ASKED, CaseRow.asked_at <= now - SILENT_AFTER)
    ).all():
        delivered = outbox.where(session, row.team_id, row.letter or "")
        if delivered is None or delivered.at is None or delivered.at > now - SILENT_AFTER:
            continue
        asked_again = _again(session, row, delivered.at)
        if asked_again is None or _silent_asks(session, row) >= MOST_SILENT_ASKS:
            _end(row, Disposition.UNANSWERED, now)
            closed.append(row)
        else:
            row.state, row.due_at = CaseState.WAITING, asked_again
    session.flush()
    return _cases(session, closed)


def _again(session: Session, row: CaseRow, last: datetime) -> datetime | None:
    person = directory.person(session, row.team_id, row.person)
    if person is None:
        return None
    return topic_paces.again(session, row.team_id, row.item_id, Rhythm(row.rhythm), row.asks_made, last, person.zone)


def _silent_asks(session: Session, row: CaseRow) -> int:
    """How often in a row it was asked without an answer."""
    asks = select(func.count()).where(AskRow.team_id == row.team_id, AskRow.case_id == row.id)
    if row.responded_at is not None:
        asks = asks.where(AskRow.asked_at > row.responded_at)
    return session.scalars(asks).one()


def close_overdue(session: Session, now: datetime) -> list[Case]:
    """Cases whose time is over: each ends as what it came to. Returns those that ended in silence."""
    over = select(CaseRow).where(CaseRow.state == CaseState.WAITING, CaseRow.window_end <= now)
    closed = []
    for row in session.scalars(over).all():
        if row.responded_at is not None:
            _end(row, Disposition.ANSWERED, now)
        elif row.asks_made == 0:
            _end(row, Disposition.NOT_SAMPLED, now)
        elif row.asked_at is None:
            _end(row, Disposition.UNDELIVERED, now)
        else:
            _end(row, Disposition.UNANSWERED, now)
            closed.append(row)
    session.flush()
    return _cases(session, closed)


def any_overdue(session: Session, now: datetime) -> bool:
    """Whether the time of a case is over."""
    over = select(CaseRow.id).where(CaseRow.state == CaseState.WAITING, CaseRow.window_end <= now)
    return session.scalar(over.limit(1)) is not None


def _end(row: CaseRow, disposition: Disposition, now: datetime) -> None:
    row.state, row.disposition, row.closed_at = CaseState.CLOSED, disposition, now


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
            _end(row, Disposition.UNDELIVERED, now)
        else:
            row.state, row.due_at = CaseState.WAITING, now + SILENT_AFTER
    return len(rows)


def pace(session: Session, team: str, person: str, now: datetime) -> Next:
    """Whether this person is asked now (people's time), by how they took what was asked so far."""
    bundles = outbox.arrivals(session, team, person, BUNDLE)
    last_notes = outbox.arrivals(session, team, person, LAST_NOTE)
    return next_step(bundles, last_notes, now, is_halved=brakes.is_halved(session, team))


def waits_until(session: Session, team: str, person: str, now: datetime) -> datetime | None:
    """Until when this person is not asked; None: they may be, or not at all."""
    bundles = outbox.arrivals(session, team, person, BUNDLE)
    last_notes = outbox.arrivals(session, team, person, LAST_NOTE)
    return waits(bundles, last_notes, now, is_halved=brakes.is_halved(session, team))


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
    return _cases(session, [row])[0]


def of_letter(session: Session, team: str, letter: str) -> list[Case]:
    """The cases that were last asked in this letter, in the order in which they were asked."""
    position = (
        select(func.max(AskRow.position))
        .where(AskRow.team_id == CaseRow.team_id, AskRow.case_id == CaseRow.id, AskRow.letter == letter)
        .scalar_subquery()
    )
    of = select(CaseRow).where(CaseRow.team_id == team, CaseRow.letter == letter)
    return _found(session, of.order_by(position, CaseRow.due_at, CaseRow.id))


def of_person(session: Session, team: str, person: str) -> list[Case]:
    """A person's cases, newest first, without what is asked later of the same use or silence."""
    return [case for case in all_of_person(session, team, person) if case.form not in ONE_QUESTION]


def all_of_person(session: Session, team: str, person: str) -> list[Case]:
    """All of a person's cases, newest first, also those that ask one thing more, later."""
    of = select(CaseRow).where(CaseRow.team_id == team, CaseRow.person == person)
    return _found(session, of.order_by(CaseRow.opened_at.desc(), CaseRow.id))


def _found(session: Session, query: Select[CaseRow]) -> list[Case]:
    return _cases(session, session.scalars(query).all())


def _cases(session: Session, rows: Collection[CaseRow]) -> list[Case]:
    taps = _taps(session, rows)
    cited = _cited(session, rows)
    return [_case(row, taps.get(row.id, {}), cited.get((row.team_id, row.question_id), ())) for row in rows]


def _cited(session: Session, rows: Iterable[CaseRow]) -> dict[tuple[str, str | None], tuple[str, ...]]:
    """What the answers to these questions cited, where those were several."""
    of_questions = [row for row in rows if row.question_id is not None and row.form == Form.QUESTION]
    found: dict[tuple[str, str | None], tuple[str, ...]] = {}
    for team in {row.team_id for row in of_questions}:
        keys = [row.question_id for row in of_questions if row.team_id == team and row.question_id]
        for fact in log.keyed(session, Answered, team, keys):
            if len(fact.items) > 1:
                found[team, fact.question] = fact.items[: len(WHICH)]
    return found


def _taps(session: Session, rows: Iterable[CaseRow]) -> dict[str, dict[Step, Answer]]:
    found: dict[str, dict[Step, Answer]] = {}
    for team in {row.team_id for row in rows}:
        of = select(TapRow).where(TapRow.team_id == team, TapRow.case_id.in_([r.id for r in rows if r.team_id == team]))
        for tap in session.scalars(of):
            found.setdefault(tap.case_id, {})[Step(tap.step)] = Answer(tap.answer)
    return found


def _case(row: CaseRow, taps: Mapping[Step, Answer], cited: Sequence[str]) -> Case:
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
        lineage=row.lineage,
        rhythm=Rhythm(row.rhythm),
        window_end=row.window_end,
        inclusion=row.inclusion,
        disposition=Disposition(row.disposition) if row.disposition else None,
        complaint=Complaint(row.complaint) if row.complaint else None,
        cited=cited,
        taps=taps,
    )
