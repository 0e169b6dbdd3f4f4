"""What the contributor hears: only what was allowed, in one note a week; nobody is recognized by when (crowds.py)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from kbot.follow_up import cases, crowds, unclear
from kbot.follow_up.crowds import Crowd, Wish
from kbot.follow_up.facts import NOTE, Case, Telling, Told
from kbot.follow_up.tables import AskRow, CaseRow, CrowdRow, TellingRow
from kbot.library import items
from kbot.people import directory
from kbot.people.facts import Person
from kbot.people.hours import iso_week
from kbot.post import outbox
from kbot.post.gate import Go, Proactive
from kbot.post.outbox import Letter
from kbot.post.passing import ask_gate
from kbot.storage.upsert import insert_new, insert_or_update
from kbot.trail import stories
from kbot.trail.facts import Confirmed, Fact, Status, TellingAllowed

MOST_TOLD = 20
"""In one note, so that it fits into a message; the rest is told in the next one."""


def keep_for_the_note(session: Session, fact: Fact, real: datetime) -> None:
    """A permission is kept until the next note; taken back before that, nothing is told."""
    if isinstance(fact, TellingAllowed) and fact.allowed:
        _keep(session, fact, fact.case, with_name=fact.with_name)
    elif isinstance(fact, TellingAllowed):
        session.execute(
            delete(TellingRow).where(
                TellingRow.team_id == fact.team, TellingRow.case_id == fact.case, TellingRow.letter.is_(None)
            )
        )
    elif isinstance(fact, Confirmed):
        confirmed = _confirmed_in(session, fact)
        if confirmed is not None:
            _keep(session, fact, confirmed, with_name=fact.with_name)


def _keep(session: Session, fact: Fact, case: str, *, with_name: bool) -> None:
    item = items.get(session, fact.team, fact.item or "")
    already = session.get(TellingRow, (fact.team, case), populate_existing=True)
    if item.contributor in (None, fact.person) or (already is not None and already.letter is not None):
        return
    row = {
        "team_id": fact.team,
        "case_id": case,
        "contributor": item.contributor,
        "item_id": item.id,
        "with_name": with_name,
        "allowed_at": fact.at,
        "letter": None,
        "crowd": None,
    }
    insert_or_update(session, TellingRow, row, keys=("team_id", "case_id"), change=("with_name", "allowed_at"))


def _confirmed_in(session: Session, fact: Confirmed) -> str | None:
    """The case in which somebody said that they did the same before."""
    query = select(CaseRow.id).where(
        CaseRow.team_id == fact.team,
        CaseRow.person == fact.person,
        CaseRow.item_id == fact.item,
        CaseRow.status == Status.ALREADY_DID,
    )
    return session.scalars(query.order_by(CaseRow.responded_at.desc()).limit(1)).first()


def is_told(session: Session, case: Case) -> bool:
    """Whether what became of this case stands in a note already."""
    return letter_of(session, case) is not None


def letter_of(session: Session, case: Case) -> str | None:
    """The note in which what became of this case stands."""
    row = session.get(TellingRow, (case.team, case.id), populate_existing=True)
    return row.letter if row is not None else None


def contributors_to_tell(session: Session) -> list[tuple[str, str]]:
    """Who may hear something that they have not heard yet."""
    rows = session.execute(
        select(TellingRow.team_id, TellingRow.contributor).where(TellingRow.letter.is_(None)).distinct()
    )
    return sorted({(team, person) for team, person in rows} | {*unclear.contributors_to_tell(session)})


def is_due(session: Session, team: str, contributor: str, now: datetime) -> bool:
    """Whether there is something ready to tell and the gate says go (people's time)."""
    person = directory.person(session, team, contributor)
    if person is None or not isinstance(ask_gate(session, _letter(person, now), now), Go):
        return False
    if unclear.ready(session, person, now):
        return True
    return any(_ready(session, team, item, waiting, now)[0] for item, waiting in _waiting(session, team, contributor))


def plan_note(session: Session, team: str, contributor: str, now: datetime, real: datetime) -> bool:
    """Plan this week's note, if there is something ready to tell and the gate says go. `now`: people's time."""
    directory.lock_person(session, team, contributor)
    person = directory.person(session, team, contributor)
    if person is None or not is_due(session, team, contributor, now):
        return False
    letter = _letter(person, now)
    if not outbox.plan(session, letter, real):
        return False
    told = 0
    for item, waiting in _waiting(session, team, contributor):
        ready, formed = _ready(session, team, item, waiting, now)
        _form(session, team, item, formed)
        for case, crowd in list(ready.items())[: MOST_TOLD - told]:
            mine = (TellingRow.team_id == team, TellingRow.case_id == case, TellingRow.letter.is_(None))
            session.execute(update(TellingRow).where(*mine).values(letter=letter.key, crowd=crowd))
            stories.release(session, team, [case])
            told += 1
    for one in unclear.ready(session, person, now)[: MOST_TOLD - told]:
        unclear.tell(session, one, letter.key)
    session.expire_all()
    return True


def _letter(contributor: Person, now: datetime) -> Letter:
    key = f"note:{contributor.id}:{iso_week(now, contributor.zone)}"
    return Letter(contributor.team, key, NOTE, contributor.id, proactive=Proactive.FEED)


def _ready(
    session: Session, team: str, item: str, waiting: Sequence[TellingRow], now: datetime
) -> tuple[dict[str, int | None], list[frozenset[str]]]:
    """What may be told of an item now: the cases, each with the crowd that its unnamed person stands behind; and the
    crowds, those that have formed since the last note at the end."""
    told = session.scalars(
        select(TellingRow).where(TellingRow.team_id == team, TellingRow.item_id == item, TellingRow.letter.is_not(None))
    ).all()
    people = _people(session, team, [row.case_id for row in (*told, *waiting)])
    named = frozenset(people[row.case_id] for row in told if row.crowd is None)
    behind = Counter(row.crowd for row in told if row.crowd is not None)
    asked = _asked(session, team, item)
    before = _crowds(session, team, item)
    all_crowds = [*before, *crowds.form(asked, before, now)]
    may = crowds.may_tell(
        [Wish(row.case_id, people[row.case_id], row.with_name) for row in waiting],
        [Crowd(members, behind[n]) for n, members in enumerate(all_crowds)],
        frozenset(asked),
        named,
    )
    return {**dict.fromkeys(may.named), **dict(may.unnamed)}, all_crowds


def _people(session: Session, team: str, of_cases: Iterable[str]) -> dict[str, str]:
    query = select(CaseRow.id, CaseRow.person).where(CaseRow.team_id == team, CaseRow.id.in_(set(of_cases)))
    return {row.id: row.person for row in session.execute(query)}


def _asked(session: Session, team: str, item: str) -> dict[str, datetime]:
    """Who was asked about an item, and when first: what a contributor may know. What never left asked nobody."""
    rows = session.execute(
        select(CaseRow.person, AskRow.letter)
        .join(AskRow, (AskRow.team_id == CaseRow.team_id) & (AskRow.case_id == CaseRow.id))
        .where(CaseRow.team_id == team, CaseRow.item_id == item)
    ).all()
    first: dict[str, datetime] = {}
    for person, letter in rows:
        arrived = outbox.where(session, team, letter)
        if arrived is not None and arrived.at is not None:
            first[person] = min(first.get(person, arrived.at), arrived.at)
    return first


def _crowds(session: Session, team: str, item: str) -> list[frozenset[str]]:
    query = select(CrowdRow.crowd, CrowdRow.person).where(CrowdRow.team_id == team, CrowdRow.item_id == item)
    found: defaultdict[int, set[str]] = defaultdict(set)
    for crowd, person in session.execute(query):
        found[crowd].add(person)
    return [frozenset(found[n]) for n in range(max(found, default=-1) + 1)]


def _form(session: Session, team: str, item: str, all_crowds: Sequence[frozenset[str]]) -> None:
    for n, people in enumerate(all_crowds):
        for person in sorted(people):
            insert_new(session, CrowdRow, {"team_id": team, "item_id": item, "person": person, "crowd": n})


def lapsed(session: Session) -> list[tuple[str, str]]:
    """The notes, by team and key, that were held back until they lapsed, with something in them still to tell."""
    lost = outbox.lapsed(session, NOTE)
    keys = [key for _, key in lost]
    found = session.execute(select(TellingRow.team_id, TellingRow.letter).where(TellingRow.letter.in_(keys)).distinct())
    return sorted({(team, key) for team, key in found if key is not None} & set(lost) | {*unclear.lapsed(session)})


def tell_later(session: Session, team: str, note: str) -> None:
    """What stood in this note is told in the next one."""
    lost = update(TellingRow).where(TellingRow.team_id == team, TellingRow.letter == note)
    session.execute(lost.values(letter=None, crowd=None))
    unclear.tell_later(session, team, note)


def _waiting(session: Session, team: str, contributor: str) -> list[tuple[str, list[TellingRow]]]:
    """What waits to be told, by item; the oldest first."""
    query = select(TellingRow).where(
        TellingRow.team_id == team, TellingRow.contributor == contributor, TellingRow.letter.is_(None)
    )
    found: dict[str, list[TellingRow]] = {}
    for row in session.scalars(query.order_by(TellingRow.allowed_at, TellingRow.case_id)):
        found.setdefault(row.item_id, []).append(row)
    return list(found.items())


def of_letter(session: Session, team: str, letter: str) -> list[Told]:
    """What a note tells, in the order of the items, as it may be told now."""
    rows = session.scalars(
        select(TellingRow)
        .where(TellingRow.team_id == team, TellingRow.letter == letter)
        .order_by(TellingRow.item_id, TellingRow.allowed_at)
    )
    return [_told(session, row) for row in rows.all()]


def _told(session: Session, row: TellingRow) -> Told:
    """Whoever wished to be named and is not, because others need them, is not quoted either."""
    case = cases.get(session, row.team_id, row.case_id)
    wishes_name = row.with_name and case.telling not in (Telling.NO, Telling.WITHOUT_NAME)
    with_name = wishes_name and row.crowd is None
    story = stories.get(session, row.team_id, case.id) if with_name is wishes_name else None
    return Told(case, with_name, story)


def first_used(session: Session, team: str, letter: str) -> set[str]:
    """The items of which no earlier note has told a use. The keys of notes are in the order of their weeks."""
    earlier = (
        select(TellingRow.item_id)
        .join(CaseRow, (CaseRow.team_id == TellingRow.team_id) & (CaseRow.id == TellingRow.case_id))
        .where(
            TellingRow.team_id == team, TellingRow.letter < letter, CaseRow.status.in_([s for s in Status if s.is_use])
        )
    )
    here = select(TellingRow.item_id).where(
        TellingRow.team_id == team, TellingRow.letter == letter, TellingRow.item_id.not_in(earlier)
    )
    return set(session.scalars(here))


def answered_of_asked(session: Session, team: str, item: str) -> tuple[int, int]:
    """How many have answered of those who were asked about an item, as far as their crowds have formed."""
    asked = {person for crowd in _crowds(session, team, item) for person in crowd}
    said = select(CaseRow.person).where(
        CaseRow.team_id == team, CaseRow.item_id == item, CaseRow.responded_at.is_not(None)
    )
    return len(asked & set(session.scalars(said))), len(asked)
