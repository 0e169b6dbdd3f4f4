"""What a person says of a case, and what comes of it. A response can be changed at any time; the latest counts.

Nothing of what follows is done here: each answer is remembered, and loop.py says what it wakes.
"""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.follow_up import cases, notes, opening, rhythm, topic_paces
from kbot.follow_up.facts import (
    BARRIER,
    COME_BACK,
    DOUBT,
    HELPER,
    OUTCOME,
    STATUS,
    SUSTAIN,
    TELLING,
    UNSUITED,
    WHICH,
    Answer,
    Case,
    CaseState,
    Form,
    Step,
    Telling,
)
from kbot.follow_up.rhythm import Rhythm
from kbot.follow_up.steps import ONE_QUESTION, may_be_asked_again, step_of
from kbot.follow_up.tables import CaseRow, TapRow
from kbot.library import items, lineage
from kbot.people import directory
from kbot.post import outbox
from kbot.storage.upsert import insert_or_update
from kbot.trail import log
from kbot.trail.facts import (
    CAN_BE_TAKEN_BACK,
    Confirmed,
    Doubted,
    Fact,
    HelpOffered,
    HelpWanted,
    Hindered,
    Linked,
    NotSuited,
    Responded,
    Status,
    Sustained,
    TakenBack,
    TellingAllowed,
)
from kbot.trail.log import remember
from kbot.trail.measures import Disposition

MISSING_LIMIT = 2000
ANSWERED_OTHERWISE = "That question has another answer by now; look at the newest form of the message."
FOR_SOMEBODY_ELSE = "This question is for somebody else; nothing was changed."


def respond(session: Session, act: Act, case_id: str, answer: Answer) -> Case:
    """One tap. Raises BadInput when the case is somebody else's, or the tap belongs to an older form of it."""
    case = _theirs(session, act, case_id)
    step = step_of(case, answer)
    if answer is Answer.CHANGE:
        _take_back(session, act, case)
    elif case.form in ONE_QUESTION:
        _one_question(session, act, case, answer, step)
    elif answer in STATUS:
        _status(session, act, case, answer)
    elif answer in OUTCOME:
        _outcome(session, act, case, answer)
    elif answer in TELLING:
        if case.status is None or not case.status.is_worth_telling:
            raise BadInput(ANSWERED_OTHERWISE)
        _telling(session, act, case, TELLING[answer])
    elif step is None:
        raise BadInput(ANSWERED_OTHERWISE)
    elif step is Step.WHICH:
        _which(session, act, case, answer)
    else:
        _optional(session, act, case, step, answer)
    return _shown_anew(session, act, case)


def say_missing(session: Session, act: Act, case_id: str, words: str) -> Case:
    """What was missing, in the person's own words."""
    case = _theirs(session, act, case_id)
    _write(session, case, missing=words[:MISSING_LIMIT])
    if case.letter is not None:
        outbox.refresh(session, act.team, case.letter)
    return cases.get(session, act.team, case_id)


def linked(session: Session, fact: Fact, real: datetime) -> None:
    """Somebody saved a variant of what they had used, or another way: their case shows it."""
    if not isinstance(fact, Linked) or fact.person is None:
        return
    mine = select(CaseRow).where(
        CaseRow.team_id == fact.team, CaseRow.person == fact.person, CaseRow.item_id == fact.other
    )
    for row in session.scalars(mine.order_by(CaseRow.opened_at.desc()).limit(1)):
        case = cases.get(session, fact.team, row.id)
        for answer in (Answer.VARIANT, Answer.SHARE):
            step = step_of(case, answer)
            if step is not None:
                act = Act(fact.team, fact.person, "", fact.at, fact.key)
                _tap(session, act, case, step, answer)
                _shown_anew(session, act, case)


def allow(session: Session, act: Act, case: Case, telling: Telling) -> None:
    """Whether the contributor may hear of it, said otherwise than by the buttons. The same again changes nothing."""
    if cases.get(session, case.team, case.id).telling is not telling:
        _telling(session, act, case, telling)


def note_tap(session: Session, act: Act, case: Case, step: Step, answer: Answer) -> Case:
    """An optional step was taken in a form; the message shows it."""
    _tap(session, act, case, step, answer)
    return _shown_anew(session, act, case)


def _theirs(session: Session, act: Act, case_id: str) -> Case:
    case = cases.get(session, act.team, case_id)
    if case.person != act.person:
        raise BadInput(FOR_SOMEBODY_ELSE)
    return case


def _shown_anew(session: Session, act: Act, case: Case) -> Case:
    if case.letter is not None:
        outbox.answered(session, act.team, case.letter, act.at)
        outbox.refresh(session, act.team, case.letter)
    return cases.get(session, act.team, case.id)


def _take_back(session: Session, act: Act, case: Case) -> None:
    _unsay(session, act, case)
    _write(session, case, status=None, outcome=None, complaint=None)
    _forget_taps(session, case)
    if case.cited:
        _move_to(session, case, case.cited[0])
    if case.telling is not Telling.UNASKED and not notes.is_told(session, case):
        _telling(session, act, case, Telling.UNASKED)


def _unsay(session: Session, act: Act, case: Case) -> None:
    """What was said of this item counts no more."""
    for fact in log.all_about(session, CAN_BE_TAKEN_BACK, case.team, [case.item]):
        if fact.person == act.person and fact.key.startswith(f"{case.id}:"):
            remember(session, TakenBack(case.team, fact.key, act.at, act.person, case.item))


def _which(session: Session, act: Act, case: Case, answer: Answer) -> None:
    """Of several that answered, this one helped: what was said is said of it alone, and of the first one no more."""
    if answer is case.taps.get(Step.WHICH):
        return
    item = case.cited[WHICH.index(answer)] if answer in WHICH[: len(case.cited)] else case.item
    if (
        Step.WHICH in case.taps
        or case.telling is not Telling.UNASKED
        or items.get(session, act.team, item).contributor == act.person
    ):
        raise BadInput(ANSWERED_OTHERWISE)
    _tap(session, act, case, Step.WHICH, answer)
    if item == case.item:
        return
    _unsay(session, act, case)
    said = log.about_item(session, Responded, case.team, [case.item])
    if not any(one.person == act.person and one.status.is_use for one in said):
        end_sustain(session, act, case)
    _move_to(session, case, item)
    opening.open_sustain(session, act, cases.get(session, act.team, case.id))
    _remember(session, act, case.id)


def _move_to(session: Session, case: Case, item: str) -> None:
    """The case is about this item from now on."""
    if item != case.item:
        found = items.get(session, case.team, item)
        _write(session, case, item_id=item, version=found.version, lineage=lineage.root(session, case.team, item))


def _one_question(session: Session, act: Act, case: Case, answer: Answer, step: Step | None) -> None:
    """The question after three months, or the one for who never answered."""
    if step is None:
        raise BadInput(ANSWERED_OTHERWISE)
    refused = answer is Answer.LEAVE_ME_OUT
    disposition = Disposition.REFUSED if refused else Disposition.ANSWERED
    _close(session, case, act, disposition, responded_at=act.at, responses=CaseRow.responses + 1)
    _tap(session, act, case, step, answer)
    key = f"{case.id}:{act.key}"
    if answer in SUSTAIN:
        remember(session, Sustained(act.team, key, act.at, act.person, case.item, SUSTAIN[answer]))
    elif answer is Answer.USED_SILENTLY:
        said = Responded(act.team, key, act.at, act.person, case.item, Status.APPLIED_AS_IS, None, case.id)
        remember(session, said)


def _status(session: Session, act: Act, case: Case, answer: Answer) -> None:
    status, outcome = STATUS[answer]
    _forget_taps(session, case)
    said = {
        "status": status.value,
        "outcome": outcome.value if outcome else None,
        "complaint": None,
        "responded_at": act.at,
        "responses": CaseRow.responses + 1,
    }
    again = _asked_again_at(session, act, case) if status is Status.NOT_YET else None
    if again is not None:
        _ask_then(session, case, again, case.rhythm, **said)
    else:
        _close(session, case, act, _ended_as(status, outcome is not None), **said)
    if status.is_use:
        opening.open_sustain(session, act, case)
    elif status is not Status.NOT_YET:
        end_sustain(session, act, case)
    _remember(session, act, case.id)


def _ended_as(status: Status, says_how: bool) -> Disposition:
    if status is Status.DECLINED:
        return Disposition.REFUSED
    return Disposition.PARTIAL if status.is_use and not says_how else Disposition.ANSWERED


def _asked_again_at(session: Session, act: Act, case: Case) -> datetime | None:
    """When "not yet" is asked again, if it is."""
    person = directory.person(session, act.team, act.person)
    row = session.get(CaseRow, (case.team, case.id))
    if person is None or row is None or not may_be_asked_again(case) or not opening.may_reopen(session, row):
        return None
    asks = max(1, case.asks_made)
    at = topic_paces.again(session, case.team, case.item, case.rhythm, asks, act.at, person.zone)
    return at if at is not None and at < case.window_end else None


def _outcome(session: Session, act: Act, case: Case, answer: Answer) -> None:
    if case.status is None or not case.status.is_use:
        raise BadInput(ANSWERED_OTHERWISE)
    _write(session, case, outcome=OUTCOME[answer].value)
    session.execute(
        update(CaseRow)
        .where(
            CaseRow.team_id == case.team,
            CaseRow.id == case.id,
            CaseRow.disposition == Disposition.PARTIAL,
        )
        .values(disposition=Disposition.ANSWERED)
    )
    session.expire_all()
    _remember(session, act, case.id)


def _optional(session: Session, act: Act, case: Case, step: Step, answer: Answer) -> None:
    """A tap after the answer: it is kept, and what it wakes is remembered."""
    _tap(session, act, case, step, answer)
    base = (act.team, f"{case.id}:{answer}:{act.key}", act.at, act.person, case.item)
    if step is Step.BARRIER:
        remember(session, Hindered(*base, BARRIER[answer], case.id))
        if answer in DOUBT:
            _write(session, case, complaint=DOUBT[answer].value)
            remember(session, Doubted(*base, DOUBT[answer]))
    elif answer in HELPER:
        said = case.taps.get(Step.BARRIER)
        remember(session, HelpWanted(*base, HELPER[answer], case.id, BARRIER[said] if said else None))
    elif answer is Answer.MAY_ASK_ME:
        remember(session, HelpOffered(*base))
    elif answer in UNSUITED:
        remember(session, NotSuited(*base, UNSUITED[answer]))
    elif answer in (Answer.CONFIRM_NAMED, Answer.CONFIRM_UNNAMED):
        remember(session, Confirmed(*base, answer is Answer.CONFIRM_NAMED))
    elif answer is Answer.KEEP:
        _telling(session, act, case, Telling.NO)
    elif step is Step.COME_BACK:
        _come_back(session, act, case, answer)


def _come_back(session: Session, act: Act, case: Case, answer: Answer) -> None:
    person = directory.person(session, act.team, act.person)
    if answer in COME_BACK and person is not None:
        then = rhythm.on_a_working_day(act.at + COME_BACK[answer], person.zone)
        _ask_then(session, case, then, Rhythm.CHOSEN)
    elif answer is Answer.COMES_UP and person is not None:
        _ask_then(session, case, rhythm.first(Rhythm.COMES_UP, act.at, person.zone), Rhythm.COMES_UP)
    else:
        _close(session, case, act, Disposition.ANSWERED)


def _ask_then(session: Session, case: Case, at: datetime, why: Rhythm, **values: object) -> None:
    row = session.get_one(CaseRow, (case.team, case.id))
    if not opening.may_reopen(session, row):
        return
    end = case.window_end if why is case.rhythm else rhythm.window_end(why, at)
    waits = {"state": CaseState.WAITING.value, "disposition": None, "closed_at": None}
    _write(session, case, **waits, due_at=at, rhythm=why.value, window_end=max(end, case.window_end), **values)


def _close(session: Session, case: Case, act: Act, disposition: Disposition, **values: object) -> None:
    ends = {"state": CaseState.CLOSED.value, "disposition": disposition.value, "closed_at": act.at}
    _write(session, case, **ends, **values)


def end_sustain(session: Session, act: Act, case: Case) -> None:
    """They say now that they did not use it: nobody asks whether they still do."""
    session.execute(
        update(CaseRow)
        .where(
            CaseRow.team_id == case.team,
            CaseRow.person == case.person,
            CaseRow.lineage == case.lineage,
            CaseRow.form == Form.SUSTAIN,
            CaseRow.state == CaseState.WAITING,
        )
        .values(state=CaseState.CLOSED, disposition=Disposition.INELIGIBLE, closed_at=act.at)
    )
    session.expire_all()


def _tap(session: Session, act: Act, case: Case, step: Step, answer: Answer) -> None:
    row = {"team_id": act.team, "case_id": case.id, "step": step.value, "answer": answer.value, "at": act.at}
    insert_or_update(session, TapRow, row, keys=("team_id", "case_id", "step"), change=("answer", "at"))


def _forget_taps(session: Session, case: Case) -> None:
    session.execute(delete(TapRow).where(TapRow.team_id == case.team, TapRow.case_id == case.id))
    session.expire_all()


def _remember(session: Session, act: Act, case_id: str) -> None:
    row = session.get_one(CaseRow, (act.team, case_id), populate_existing=True)
    case = cases.get(session, act.team, case_id)
    if case.status is not None:
        key = f"{case.id}:{row.responses}:{case.outcome or ''}:{act.key}"
        remember(
            session,
            Responded(act.team, key, act.at, case.person, case.item, case.status, case.outcome, case.id),
        )


def _telling(session: Session, act: Act, case: Case, telling: Telling) -> None:
    _write(session, case, telling=telling.value)
    allowed = telling in (Telling.WITH_NAME, Telling.WITHOUT_NAME)
    key = f"{case.id}:{telling}:{act.key}"
    fact = TellingAllowed(act.team, key, act.at, act.person, case.item, case.id, telling is Telling.WITH_NAME, allowed)
    remember(session, fact)


def _write(session: Session, case: Case, **values: object) -> None:
    session.execute(update(CaseRow).where(CaseRow.team_id == case.team, CaseRow.id == case.id).values(**values))
    session.expire_all()
