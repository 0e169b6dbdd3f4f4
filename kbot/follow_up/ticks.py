"""A check mark on what was delivered reports a use, and taking it off within ten minutes takes that back."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.follow_up import cases, opening, responses
from kbot.follow_up.facts import Answer, Case, CaseState, Form
from kbot.follow_up.tables import CaseRow
from kbot.library import items
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.trail import log
from kbot.trail.facts import Fact, Responded, TakenBack, TellingAllowed, Ticked, Unticked
from kbot.trail.log import remember

TICKED = "follow_up.ticked"
UNDO_WITHIN = timedelta(minutes=10)
OPEN = {"disposition": None, "closed_at": None}


def report(session: Session, fact: Fact, real: datetime) -> None:
    """Somebody used what had come to them. Of several, they are asked which; one already reported is not used twice.

    What they took off since, by Slack's order of events, they have not said. `real`: the machine's time.
    """
    assert isinstance(fact, Ticked)
    assert fact.person is not None
    if _latest(session, fact) != fact:
        return
    about: dict[str, object] = {"message": fact.message, "items": list(fact.items)}
    if fact.item is not None:
        last = _last_word(session, fact.team, fact.person, fact.item)
        if (last is not None and last.status.is_use) or not items.get(session, fact.team, fact.item).is_findable:
            return
        act = Act(fact.team, fact.person, "", fact.at, f"tick:{fact.key}")
        case = opening.report(session, act, fact.item)
        responses.respond(session, act, case.id, Answer.USED)
        about["case"] = case.id
    outbox.plan(session, Letter(fact.team, f"ticked:{fact.key}", TICKED, fact.person, about), real)


def take_back(session: Session, fact: Fact, real: datetime) -> None:
    """The check mark is off: within ten minutes, and if nothing more was said of it, no use was reported."""
    assert isinstance(fact, Unticked)
    assert fact.person is not None
    ticks = [one for one in log.of_person(session, Ticked, fact.team, fact.person) if one.message == fact.message]
    before = [one for one in ticks if one.event_ts < fact.event_ts]
    tick = max(before, key=lambda one: one.event_ts, default=None)
    if tick is None or tick.item is None or fact.at - tick.at > UNDO_WITHIN:
        return
    said = _last_word(session, fact.team, fact.person, tick.item)
    if said is None or said.case is None or said.at != tick.at or not said.key.endswith(f"tick:{tick.key}"):
        return
    told = log.of_person(session, TellingAllowed, fact.team, fact.person)
    if any(one.case == said.case and one.at >= tick.at for one in told):
        return
    remember(session, TakenBack(fact.team, said.key, fact.at, fact.person, tick.item))
    case = cases.get(session, fact.team, said.case)
    responses.end_sustain(session, Act(fact.team, fact.person, "", fact.at, fact.key), case)
    _undo(session, case)


def _latest(session: Session, fact: Ticked) -> Ticked | Unticked:
    """What Slack says last of this person's check mark on this message."""
    assert fact.person is not None
    off = log.of_person(session, Unticked, fact.team, fact.person)
    newer = [one for one in off if one.message == fact.message and one.event_ts > fact.event_ts]
    return max(newer, key=lambda one: one.event_ts, default=fact)


def _last_word(session: Session, team: str, person: str, item: str) -> Responded | None:
    said = [one for one in log.about_item(session, Responded, team, [item]) if one.person == person]
    return said[-1] if said else None


def _undo(session: Session, case: Case) -> None:
    """The case is as if nothing had been said: one that the check mark made is gone, another one waits again."""
    mine = (CaseRow.team_id == case.team, CaseRow.id == case.id)
    query = select(CaseRow.id).where(
        CaseRow.team_id == case.team,
        CaseRow.person == case.person,
        CaseRow.item_id == case.item,
        CaseRow.state != CaseState.CLOSED,
    )
    if case.form is Form.SELF or session.execute(query).first() is not None:
        session.execute(delete(CaseRow).where(*mine))
    else:
        asked = case.letter is not None
        state = CaseState.ASKED if asked else CaseState.WAITING
        values = {"state": state.value, "status": None, "outcome": None, "responded_at": None} | OPEN
        session.execute(update(CaseRow).where(*mine).values(**values))
        if case.letter is not None:
            outbox.refresh(session, case.team, case.letter)
    session.expire_all()
