"""What a person says of a case, and what comes of it. A response can be changed at any time; the latest counts."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.follow_up import cases, notes
from kbot.follow_up.facts import DOUBT, OUTCOME, STATUS, TELLING, Answer, Case, CaseState, Closed, Form, Telling
from kbot.follow_up.tables import CaseRow
from kbot.post import outbox
from kbot.trail.facts import Doubted, Responded, Status, TellingAllowed
from kbot.trail.log import remember

MOST_ASKS_AFTER_NOT_YET = 2
NOT_YET_AGAIN = timedelta(days=14)
MISSING_LIMIT = 2000
ANSWERED_OTHERWISE = "That question has another answer by now; look at the newest form of the message."


def respond(session: Session, act: Act, case_id: str, answer: Answer) -> Case:
    """One tap. Raises BadInput when the case is somebody else's."""
    case = cases.get(session, act.team, case_id)
    if case.person != act.person:
        raise BadInput("This question is for somebody else; nothing was changed.")
    if answer is Answer.CHANGE:
        _write(session, case, status=None, outcome=None, complaint=None)
        if case.telling is not Telling.UNASKED and not notes.is_told(session, case):
            _telling(session, act, case, Telling.UNASKED)
    elif answer in STATUS:
        _status(session, act, case, answer)
    elif answer in OUTCOME:
        if case.status is None or not case.status.is_use:
            raise BadInput(ANSWERED_OTHERWISE)
        _write(session, case, outcome=OUTCOME[answer])
        _remember(session, act, case_id)
    elif answer in DOUBT:
        if case.status is not Status.TRIED_NOT_WORKED:
            raise BadInput(ANSWERED_OTHERWISE)
        _write(session, case, complaint=DOUBT[answer].value)
        key = f"{case.id}:{act.key}"
        remember(session, Doubted(act.team, key, act.at, act.person, case.item, DOUBT[answer]))
    elif case.status is None or not case.status.is_worth_telling:
        raise BadInput(ANSWERED_OTHERWISE)
    else:
        _telling(session, act, case, TELLING[answer])
    if case.letter is not None:
        outbox.answered(session, act.team, case.letter, act.at)
        outbox.refresh(session, act.team, case.letter)
    return cases.get(session, act.team, case_id)


def say_missing(session: Session, act: Act, case_id: str, words: str) -> Case:
    """What was missing, in the person's own words."""
    case = cases.get(session, act.team, case_id)
    if case.person != act.person:
        raise BadInput("This question is for somebody else; nothing was changed.")
    _write(session, case, missing=words[:MISSING_LIMIT])
    if case.letter is not None:
        outbox.refresh(session, act.team, case.letter)
    return cases.get(session, act.team, case_id)


def _status(session: Session, act: Act, case: Case, answer: Answer) -> None:
    status, outcome = STATUS[answer]
    values: dict[str, object] = {
        "status": status.value,
        "outcome": outcome.value if outcome else None,
        "complaint": None,
        "responded_at": act.at,
        "responses": CaseRow.responses + 1,
    }
    may_be_asked_again = case.form is not Form.SELF and case.asks_made < MOST_ASKS_AFTER_NOT_YET
    if status is Status.NOT_YET and may_be_asked_again:
        values |= {"state": CaseState.WAITING.value, "due_at": act.at + NOT_YET_AGAIN, "closed_as": None}
    else:
        closed = Closed.REFUSED if status is Status.DECLINED else Closed.ANSWERED
        values |= {"state": CaseState.CLOSED.value, "closed_as": closed.value}
    _write(session, case, **values)
    _remember(session, act, case.id)


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
