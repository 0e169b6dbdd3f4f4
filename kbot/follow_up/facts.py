"""Follow-up cases as facts, their states, and the answers a person can give."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kbot.trail.facts import Complaint, Outcome, Status

BUNDLE = "follow_up.bundle"
NOTE = "follow_up.note"
LAST_NOTE = "follow_up.last_note"


class Form(StrEnum):
    """How a case is asked about (domain.md 3.3)."""

    QUESTION = "question"
    """C: "You asked ... Did the answer help?" """
    USE = "use"
    """D: "Has there been a chance to use it?" """
    SELF = "self"
    """Not asked: the person told it unasked (`/kb used`)."""


class CaseState(StrEnum):
    WAITING = "waiting"
    """Not asked yet, or to be asked once more."""
    ASKED = "asked"
    CLOSED = "closed"


class Telling(StrEnum):
    """Whether the contributor may hear of it."""

    UNASKED = "unasked"
    WITH_NAME = "with_name"
    WITHOUT_NAME = "without_name"
    NO = "no"


class Closed(StrEnum):
    """Why a case is closed (domain.md 2.5)."""

    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    REFUSED = "refused"
    ITEM_GONE = "item_gone"


NEXT = {
    CaseState.WAITING: {CaseState.ASKED, CaseState.CLOSED},
    CaseState.ASKED: {CaseState.WAITING, CaseState.CLOSED},
    CaseState.CLOSED: {CaseState.WAITING},  # "Haven't tried yet" on an answer that was given before
}


class Answer(StrEnum):
    """What a button of a case says; short, because it travels in the button."""

    SOLVED = "solved"
    PARTLY = "partly"
    NOT_WORKED = "not_worked"
    NOT_TRIED = "not_tried"
    OFF_THE_POINT = "off_the_point"
    NOT_YET = "not_yet"
    USED = "used"
    ADAPTED = "adapted"
    TRIED = "tried"
    NOT_FOR_ME = "not_for_me"
    THINKING = "thinking"
    ALREADY = "already"
    AGAINST = "against"
    PASSED_ON = "passed_on"
    DONT_ASK = "dont_ask"
    HELPED = "helped"
    NO_DIFFERENCE = "no_difference"
    MADE_WORSE = "made_worse"
    TOO_EARLY = "too_early"
    TELL_NAMED = "tell_named"
    TELL_UNNAMED = "tell_unnamed"
    TELL_NOT = "tell_not"
    OUTDATED = "outdated"
    WRONG = "wrong"
    CHANGE = "change"


STATUS: dict[Answer, tuple[Status, Outcome | None]] = {
    Answer.SOLVED: (Status.APPLIED_AS_IS, Outcome.HELPED),
    Answer.PARTLY: (Status.APPLIED_AS_IS, Outcome.PARTLY),
    Answer.NOT_WORKED: (Status.TRIED_NOT_WORKED, None),
    Answer.NOT_TRIED: (Status.NOT_YET, None),
    Answer.OFF_THE_POINT: (Status.OFF_THE_POINT, None),
    Answer.NOT_YET: (Status.NOT_YET, None),
    Answer.USED: (Status.APPLIED_AS_IS, None),
    Answer.ADAPTED: (Status.APPLIED_ADAPTED, None),
    Answer.TRIED: (Status.TRIED_NOT_WORKED, None),
    Answer.NOT_FOR_ME: (Status.NOT_APPLICABLE, None),
    Answer.THINKING: (Status.CHANGED_THINKING, None),
    Answer.ALREADY: (Status.ALREADY_DID, None),
    Answer.AGAINST: (Status.DECIDED_AGAINST, None),
    Answer.PASSED_ON: (Status.PASSED_ON, None),
    Answer.DONT_ASK: (Status.DECLINED, None),
}
OUTCOME = {
    Answer.HELPED: Outcome.HELPED,
    Answer.NO_DIFFERENCE: Outcome.NO_DIFFERENCE,
    Answer.MADE_WORSE: Outcome.MADE_WORSE,
    Answer.TOO_EARLY: Outcome.TOO_EARLY,
}
DOUBT = {Answer.OUTDATED: Complaint.OUTDATED, Answer.WRONG: Complaint.WRONG}
"""What may be said of an item that did not work."""

TELLING = {
    Answer.TELL_NAMED: Telling.WITH_NAME,
    Answer.TELL_UNNAMED: Telling.WITHOUT_NAME,
    Answer.TELL_NOT: Telling.NO,
}


@dataclass(frozen=True)
class Case:
    """One person's open question about one item they had contact with. `words` are what they had asked kbot, if that is
    how they came by it. Moments are people's time, UTC."""

    team: str
    id: str
    person: str
    item: str
    version: int
    question: str | None
    words: str
    form: Form
    state: CaseState
    due_at: datetime
    asks_made: int
    letter: str | None
    opened_at: datetime
    asked_at: datetime | None
    status: Status | None
    outcome: Outcome | None
    telling: Telling
    missing: str
    responded_at: datetime | None
    complaint: Complaint | None = None

    @property
    def is_open(self) -> bool:
        return self.state is not CaseState.CLOSED

    @property
    def was_answered(self) -> bool:
        """Whether something was said of it since it was last asked."""
        return self.responded_at is not None and (self.asked_at is None or self.responded_at >= self.asked_at)


@dataclass(frozen=True)
class Told:
    """One line of a note: what somebody reported; `with_name` says whether they may be named."""

    case: Case
    with_name: bool


class Step(StrEnum):
    """What a case shows next."""

    STATUS = "status"
    OUTCOME = "outcome"
    TELLING = "telling"
    DONE = "done"


def next_step(case: Case, contributor: str | None) -> Step:
    """What is asked next; every step after the first is optional. Order: status, outcome, telling (domain.md 3.3 F)."""
    if case.status is None or case.state is CaseState.ASKED:  # asked once more: "not yet" is no answer to that
        return Step.STATUS
    if case.status.is_use and case.outcome is None:
        return Step.OUTCOME
    if case.status.is_worth_telling and case.telling is Telling.UNASKED and contributor not in (None, case.person):
        return Step.TELLING
    return Step.DONE
