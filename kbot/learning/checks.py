"""Learning checks: begun by their person alone, asked three a week at most, answered, known by heart or let go."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.learning.facts import (
    CHECKS,
    CROWD,
    FIRST_WORKING_DAYS,
    HARD_AFTER,
    MOST_IN_A_WEEK,
    MOST_SILENT,
    NEXT,
    SILENT_AFTER,
    Check,
    CheckState,
    Recall,
)
from kbot.learning.schedule import RETIRED_FROM, after
from kbot.learning.tables import CheckRow
from kbot.people import directory
from kbot.people.hours import add_working_days, iso_week
from kbot.post import outbox
from kbot.post.gate import Go, Proactive
from kbot.post.outbox import Letter
from kbot.post.passing import ask_gate
from kbot.storage.upsert import insert_new
from kbot.trail.facts import Barrier, Fact, Hindered, MemoryWanted, Superseded, Unclear, Withdrawn
from kbot.trail.log import remember

NONE_SUCH = "There is no such question any more, so nothing was changed."
ENDED = (CheckState.RETIRED, CheckState.STOPPED)


def begin(session: Session, fact: Fact, real: datetime) -> None:
    """Somebody wants to remember an item: first asked in two working days. Wanted again, an ended one begins anew."""
    if not isinstance(fact, MemoryWanted) or fact.person is None or fact.item is None:
        return
    person = directory.person(session, fact.team, fact.person)
    if person is None:
        return
    anew = {
        "state": CheckState.WAITING.value,
        "memory": {},
        "started_at": fact.at,
        "due_at": add_working_days(fact.at, FIRST_WORKING_DAYS, person.zone),
        "letter": None,
        "asked_at": None,
        "is_shown": False,
        "recall": None,
        "n": 0,
        "forgotten": 0,
        "silent": 0,
    }
    row = {"team_id": fact.team, "person": fact.person, "item_id": fact.item, **anew}
    if not insert_new(session, CheckRow, row):
        _move(session, fact.team, fact.person, fact.item, *ENDED, CheckRow.started_at < fact.at, **anew)


def stop(session: Session, act: Act, item: str) -> None:
    """The person is asked about this item no more."""
    _move(session, act.team, act.person, item, CheckState.WAITING, CheckState.ASKED, state=CheckState.STOPPED.value)
    _refresh(session, act.team, act.person, item)


def stop_for_item(session: Session, fact: Fact, real: datetime) -> None:
    """An item is gone or has been replaced: nobody is to learn it by heart."""
    if isinstance(fact, Withdrawn | Superseded) and fact.item is not None:
        here = (CheckRow.team_id == fact.team, CheckRow.item_id == fact.item)
        live = CheckRow.state.in_((CheckState.WAITING, CheckState.ASKED))
        session.execute(update(CheckRow).where(*here, live).values(state=CheckState.STOPPED.value))
        session.expire_all()


def show_answer(session: Session, act: Act, item: str) -> None:
    """The answer is shown below the question."""
    _move(session, act.team, act.person, item, CheckState.ASKED, is_shown=True)
    _refresh(session, act.team, act.person, item)


def answer(session: Session, act: Act, item: str, n: int, recall: Recall) -> Check:
    """How it went; `n` is the number of answers before this one. Pressed twice it counts once."""
    row = _row(session, act.team, act.person, item)
    if row is None:
        raise BadInput(NONE_SUCH)
    memory, days = after(row.memory, recall, act.at)
    by_heart = days >= RETIRED_FROM
    forgotten = row.forgotten + (recall is Recall.FORGOTTEN)
    is_new = _move(
        session,
        act.team,
        act.person,
        item,
        CheckState.ASKED,
        CheckRow.n == n,
        state=(CheckState.RETIRED if by_heart else CheckState.WAITING).value,
        memory=memory,
        due_at=act.at + timedelta(days=days),
        recall=recall.value,
        n=n + 1,
        forgotten=forgotten,
        silent=0,
    )
    if is_new and forgotten == HARD_AFTER:
        _tell_of_a_crowd(session, act, item)
    if row.letter is not None:
        outbox.answered(session, act.team, row.letter, act.at)
    _refresh(session, act.team, act.person, item)
    found = get(session, act.team, act.person, item)
    assert found is not None
    return found


def ask_for_wording(session: Session, act: Act, item: str) -> None:
    """Clearer words are wanted: the item is not clear, once for each person and item."""
    row = _row(session, act.team, act.person, item)
    if row is None or row.forgotten < HARD_AFTER:
        raise BadInput(NONE_SUCH)
    key = f"check:{item}:{act.person}"
    remember(session, Hindered(act.team, key, act.at, act.person, item, Barrier.UNCLEAR, case=""))


def _tell_of_a_crowd(session: Session, act: Act, item: str) -> None:
    """Hard for five people: then it is the item. Nobody is named, and whose answer made it five cannot be told: the
    moment of the fact is the day's."""
    query = select(func.count()).where(
        CheckRow.team_id == act.team, CheckRow.item_id == item, CheckRow.forgotten >= HARD_AFTER
    )
    if session.execute(query).scalar_one() >= CROWD:
        day = act.at.replace(hour=0, minute=0, second=0, microsecond=0)
        remember(session, Unclear(act.team, item, day, None, item))


def _move(session: Session, team: str, person: str, item: str, *which: object, **values: object) -> bool:
    """Change a check that is in one of these states. False when it is not."""
    states = [one for one in which if isinstance(one, CheckState)]
    if "state" in values:
        to = CheckState(str(values["state"]))
        assert all(to in NEXT[state] for state in states)
    changed = session.execute(
        update(CheckRow)
        .where(
            CheckRow.team_id == team,
            CheckRow.person == person,
            CheckRow.item_id == item,
            CheckRow.state.in_(states),
            *(one for one in which if not isinstance(one, CheckState)),  # type: ignore[arg-type]
        )
        .values(**values)
        .returning(CheckRow.item_id)
    )
    found = changed.first() is not None
    session.expire_all()
    return found


def _refresh(session: Session, team: str, person: str, item: str) -> None:
    row = _row(session, team, person, item)
    if row is not None and row.letter is not None:
        outbox.refresh(session, team, row.letter)


# -- asking


def due_people(session: Session, now: datetime) -> list[tuple[str, str]]:
    """Who has checks that are due (people's time)."""
    query = select(CheckRow.team_id, CheckRow.person).where(
        CheckRow.state == CheckState.WAITING, CheckRow.due_at <= now
    )
    return [(team, person) for team, person in session.execute(query.distinct())]


def letter_of(session: Session, team: str, person: str, now: datetime) -> Letter | None:
    """This week's letter for a person; None for somebody whom kbot has not met."""
    who = directory.person(session, team, person)
    if who is None:
        return None
    return Letter(team, f"check:{person}:{iso_week(now, who.zone)}", CHECKS, person, proactive=Proactive.CHECK)


def may_be_asked(session: Session, team: str, person: str, now: datetime) -> bool:
    letter = letter_of(session, team, person, now)
    return letter is not None and isinstance(ask_gate(session, letter, now), Go)


def plan(session: Session, team: str, person: str, now: datetime, real: datetime) -> bool:
    """Put the longest due into this week's letter, if the gate says go. `now`: people's time, `real`: the machine's."""
    directory.lock_person(session, team, person)
    mine = (CheckRow.team_id == team, CheckRow.person == person)
    rows = session.scalars(
        select(CheckRow)
        .where(*mine, CheckRow.state == CheckState.WAITING, CheckRow.due_at <= now)
        .order_by(CheckRow.due_at, CheckRow.item_id)
        .limit(MOST_IN_A_WEEK)
    ).all()
    letter = letter_of(session, team, person, now)
    if not rows or letter is None or not isinstance(ask_gate(session, letter, now), Go):
        return False
    if not outbox.plan(session, letter, real):
        return False
    for row in rows:
        row.state, row.letter, row.asked_at = CheckState.ASKED.value, letter.key, now
        row.is_shown, row.recall = False, None
    session.flush()
    return True


def any_asked(session: Session) -> bool:
    """Whether somebody was asked and has not answered yet."""
    return session.scalar(select(CheckRow.item_id).where(CheckRow.state == CheckState.ASKED).limit(1)) is not None


def take_back(session: Session, now: datetime) -> None:
    """Checks whose letter never left wait again; those that stayed silent for a week too, once, and then no more."""
    rows = session.scalars(select(CheckRow).where(CheckRow.state == CheckState.ASKED)).all()
    unsent = outbox.never_left(session, ((row.team_id, row.letter or "") for row in rows))
    for row in rows:
        if (row.team_id, row.letter) in unsent:
            row.state, row.letter, row.due_at = CheckState.WAITING.value, None, now + SILENT_AFTER
            continue
        arrived = outbox.where(session, row.team_id, row.letter or "")
        if arrived is None or arrived.at is None or arrived.at > now - SILENT_AFTER:
            continue
        row.silent += 1
        row.state = (CheckState.STOPPED if row.silent >= MOST_SILENT else CheckState.WAITING).value
    session.flush()


# -- reading


def get(session: Session, team: str, person: str, item: str) -> Check | None:
    """A person's check of an item."""
    row = _row(session, team, person, item)
    return _check(row) if row else None


def of_letter(session: Session, team: str, letter: str) -> Sequence[Check]:
    """The checks that were last asked in this letter."""
    query = select(CheckRow).where(CheckRow.team_id == team, CheckRow.letter == letter)
    return [_check(row) for row in session.scalars(query.order_by(CheckRow.item_id))]


def of_person(session: Session, team: str, person: str) -> Iterable[Check]:
    """All of a person's checks, for their own log."""
    query = select(CheckRow).where(CheckRow.team_id == team, CheckRow.person == person)
    return [_check(row) for row in session.scalars(query.order_by(CheckRow.started_at.desc(), CheckRow.item_id))]


def _row(session: Session, team: str, person: str, item: str) -> CheckRow | None:
    return session.get(CheckRow, (team, person, item), populate_existing=True)


def _check(row: CheckRow) -> Check:
    return Check(
        team=row.team_id,
        person=row.person,
        item=row.item_id,
        state=CheckState(row.state),
        n=row.n,
        forgotten=row.forgotten,
        started_at=row.started_at,
        due_at=row.due_at,
        letter=row.letter,
        is_shown=row.is_shown,
        recall=Recall(row.recall) if row.recall else None,
    )
