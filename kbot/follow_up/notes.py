"""What the contributor hears: only what was allowed, in one note a week, nobody recognizable by its timing."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from kbot.follow_up import cases
from kbot.follow_up.facts import NOTE, Case, Told
from kbot.follow_up.tables import CaseRow, TellingRow
from kbot.library import items
from kbot.people import directory
from kbot.people.hours import iso_week
from kbot.post import outbox
from kbot.post.gate import Go, Proactive
from kbot.post.outbox import Letter
from kbot.post.passing import ask_gate
from kbot.storage.upsert import insert_or_update
from kbot.trail.facts import Fact, TellingAllowed

MOST_TOLD = 20
"""In one note, so that it fits into a message; the rest is told in the next one."""

CROWD = 3
"""Somebody unnamed is told of only when at least so many people had the item (domain.md 2.9-8)."""


def keep_for_the_note(session: Session, fact: Fact, real: datetime) -> None:
    """A permission is kept until the next note; taken back before that, nothing is told."""
    if not isinstance(fact, TellingAllowed) or fact.item is None:
        return
    if not fact.allowed:
        session.execute(
            delete(TellingRow).where(
                TellingRow.team_id == fact.team, TellingRow.case_id == fact.case, TellingRow.letter.is_(None)
            )
        )
        return
    item = items.get(session, fact.team, fact.item)
    if item.contributor is None or item.contributor == fact.person:
        return
    already = session.get(TellingRow, (fact.team, fact.case))
    if already is not None and already.letter is not None:
        return
    row = {
        "team_id": fact.team,
        "case_id": fact.case,
        "contributor": item.contributor,
        "item_id": fact.item,
        "with_name": fact.with_name,
        "allowed_at": fact.at,
        "letter": None,
    }
    insert_or_update(session, TellingRow, row, keys=("team_id", "case_id"), change=("with_name", "allowed_at"))


def is_told(session: Session, case: Case) -> bool:
    """Whether what became of this case stands in a note already."""
    row = session.get(TellingRow, (case.team, case.id))
    return row is not None and row.letter is not None


def contributors_to_tell(session: Session) -> list[tuple[str, str]]:
    """Who may hear something that they have not heard yet."""
    rows = session.execute(
        select(TellingRow.team_id, TellingRow.contributor).where(TellingRow.letter.is_(None)).distinct()
    )
    return [(team, person) for team, person in rows]


def plan_note(session: Session, team: str, contributor: str, now: datetime, real: datetime) -> bool:
    """Plan this week's note, if there is something ready to tell and the gate says go. `now`: people's time."""
    directory.lock_person(session, team, contributor)
    person = directory.person(session, team, contributor)
    ready = [row for row in _waiting(session, team, contributor) if row.with_name or _in_a_crowd(session, row)]
    ready = ready[:MOST_TOLD]
    if person is None or not ready:
        return False
    letter = Letter(
        team, f"note:{contributor}:{iso_week(now, person.zone)}", NOTE, contributor, proactive=Proactive.FEED
    )
    if not isinstance(ask_gate(session, letter, now), Go) or not outbox.plan(session, letter, real):
        return False
    for row in ready:
        session.execute(
            update(TellingRow)
            .where(TellingRow.team_id == team, TellingRow.case_id == row.case_id)
            .values(letter=letter.key)
        )
    return True


def lapsed(session: Session) -> list[tuple[str, str]]:
    """The notes, by team and key, that were held back until they lapsed, with something in them still to tell."""
    lost = outbox.lapsed(session, NOTE)
    keys = [key for _, key in lost]
    found = session.execute(select(TellingRow.team_id, TellingRow.letter).where(TellingRow.letter.in_(keys)).distinct())
    return sorted({(team, key) for team, key in found if key is not None} & set(lost))


def tell_later(session: Session, team: str, note: str) -> None:
    """What stood in this note is told in the next one."""
    session.execute(update(TellingRow).where(TellingRow.team_id == team, TellingRow.letter == note).values(letter=None))


def _waiting(session: Session, team: str, contributor: str) -> list[TellingRow]:
    query = select(TellingRow).where(
        TellingRow.team_id == team, TellingRow.contributor == contributor, TellingRow.letter.is_(None)
    )
    return list(session.scalars(query.order_by(TellingRow.allowed_at)))


def _in_a_crowd(session: Session, row: TellingRow) -> bool:
    query = select(func.count(CaseRow.person.distinct())).where(
        CaseRow.team_id == row.team_id, CaseRow.item_id == row.item_id
    )
    return int(session.execute(query).scalar_one()) >= CROWD


def of_letter(session: Session, team: str, letter: str) -> list[Told]:
    """What a note tells, in the order of the items."""
    rows = session.scalars(
        select(TellingRow)
        .where(TellingRow.team_id == team, TellingRow.letter == letter)
        .order_by(TellingRow.item_id, TellingRow.allowed_at)
    )
    return [Told(cases.get(session, team, row.case_id), row.with_name) for row in rows]
