"""Follow-up cases as facts, their states, and the answers a person can give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from kbot.follow_up.rhythm import Rhythm
from kbot.library.facts import Item
from kbot.trail.facts import Barrier, Complaint, Helper, Outcome, Status, Sustain, Unsuited
from kbot.trail.measures import Disposition
from kbot.trail.proof import Story

BUNDLE = "follow_up.bundle"
NOTE = "follow_up.note"
LAST_NOTE = "follow_up.last_note"


class Form(StrEnum):
    """How a case is asked about (domain.md 3.3)."""

    QUESTION = "question"
    """C: "You asked ... Did the answer help?" """
    USE = "use"
    """D: "Has there been a chance to use it?" """
    THOUGHT = "thought"
    """E 3, of decisions, insights and cautions: "Did it change anything for you?" """
    SUSTAIN = "sustain"
    """H: three months after a use."""
    SILENT = "silent"
    """L: a few of those who never answered are asked one more thing."""
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
    NO_CHANGE = "no_change"
    USED_TO_DECIDE = "used_to_decide"

    REGULARLY = "regularly"
    IMPROVED = "improved"
    WITH_OTHERS = "with_others"
    STOPPED = "stopped"
    NO_OCCASION_SINCE = "no_occasion_since"

    UNSEEN = "unseen"
    TOO_BUSY = "too_busy"
    USED_SILENTLY = "used_silently"
    NOT_USED = "not_used"
    LEAVE_ME_OUT = "leave_me_out"

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    CANT_SAY = "cant_say"

    HELPED = "helped"
    NO_DIFFERENCE = "no_difference"
    MADE_WORSE = "made_worse"
    TOO_EARLY = "too_early"

    TELL_NAMED = "tell_named"
    TELL_UNNAMED = "tell_unnamed"
    TELL_NOT = "tell_not"

    NO_OCCASION = "no_occasion"
    NO_TIME = "no_time"
    UNCLEAR = "unclear"
    MISSING_SKILL = "missing_skill"
    MISSING_ACCESS = "missing_access"
    NEED_OK = "need_ok"
    NOT_CONVINCED = "not_convinced"
    BETTER_WAY = "better_way"
    CONFLICTS = "conflicts"
    OUTDATED = "outdated"
    WRONG = "wrong"
    FORGOT = "forgot"
    WORKED_PARTLY = "worked_partly"
    OTHER = "other"

    IN_TWO_WEEKS = "in_two_weeks"
    IN_A_MONTH = "in_a_month"
    IN_THREE_MONTHS = "in_three_months"
    COMES_UP = "comes_up"
    NO_MORE = "no_more"

    FITTED = "fitted"
    CORRECTED = "corrected"
    SIMPLER = "simpler"
    SKIP_CHANGE = "skip_change"

    VARIANT = "variant"
    JUST_TELL = "just_tell"
    KEEP = "keep"

    HELP_CONTRIBUTOR = "help_contributor"
    HELP_USER = "help_user"
    NO_HELP = "no_help"

    STORY = "story"
    MAY_ASK_ME = "may_ask_me"
    NO_STORY = "no_story"

    WRONG_TOPIC = "wrong_topic"
    KNOWN = "known"
    WRONG_ROLE = "wrong_role"

    CONFIRM_NAMED = "confirm_named"
    CONFIRM_UNNAMED = "confirm_unnamed"
    CONFIRM_NOT = "confirm_not"

    SHARE = "share"
    SHARE_NOT = "share_not"

    TO_WHOM = "to_whom"
    TO_NOBODY = "to_nobody"

    CHANGE = "change"
    """Take the answer back."""


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
    Answer.NO_CHANGE: (Status.NO_CHANGE, None),
    Answer.USED_TO_DECIDE: (Status.APPLIED_AS_IS, None),
}
OUTCOME = {
    Answer.HELPED: Outcome.HELPED,
    Answer.NO_DIFFERENCE: Outcome.NO_DIFFERENCE,
    Answer.MADE_WORSE: Outcome.MADE_WORSE,
    Answer.TOO_EARLY: Outcome.TOO_EARLY,
}
TELLING = {
    Answer.TELL_NAMED: Telling.WITH_NAME,
    Answer.TELL_UNNAMED: Telling.WITHOUT_NAME,
    Answer.TELL_NOT: Telling.NO,
}
DOUBT = {Answer.OUTDATED: Complaint.OUTDATED, Answer.WRONG: Complaint.WRONG}
"""What may be said of an item that did not work."""

BARRIER = {
    Answer.NO_OCCASION: Barrier.NO_OCCASION,
    Answer.NO_TIME: Barrier.NO_TIME,
    Answer.UNCLEAR: Barrier.UNCLEAR,
    Answer.MISSING_SKILL: Barrier.MISSING_SKILL,
    Answer.MISSING_ACCESS: Barrier.MISSING_ACCESS,
    Answer.NEED_OK: Barrier.NEED_OK,
    Answer.NOT_CONVINCED: Barrier.NOT_CONVINCED,
    Answer.BETTER_WAY: Barrier.BETTER_WAY,
    Answer.CONFLICTS: Barrier.CONFLICTS,
    Answer.OUTDATED: Barrier.OUTDATED,
    Answer.WRONG: Barrier.OTHER,
    Answer.FORGOT: Barrier.FORGOT,
    Answer.WORKED_PARTLY: Barrier.WORKED_PARTLY,
    Answer.OTHER: Barrier.OTHER,
}
HELPER = {Answer.HELP_CONTRIBUTOR: Helper.CONTRIBUTOR, Answer.HELP_USER: Helper.USER}
UNSUITED = {
    Answer.WRONG_TOPIC: Unsuited.WRONG_TOPIC,
    Answer.KNOWN: Unsuited.KNOWN,
    Answer.WRONG_ROLE: Unsuited.WRONG_ROLE,
}
SUSTAIN = {
    Answer.REGULARLY: Sustain.REGULARLY,
    Answer.IMPROVED: Sustain.IMPROVED,
    Answer.WITH_OTHERS: Sustain.WITH_OTHERS,
    Answer.STOPPED: Sustain.STOPPED,
    Answer.NO_OCCASION_SINCE: Sustain.NO_OCCASION,
}
COME_BACK: dict[Answer, timedelta] = {
    Answer.IN_TWO_WEEKS: timedelta(days=14),
    Answer.IN_A_MONTH: timedelta(days=30),
    Answer.IN_THREE_MONTHS: timedelta(days=91),
}
WHICH = (Answer.FIRST, Answer.SECOND, Answer.THIRD)
"""Of what an answer cited, in the order of the answer."""

SILENCE = (Answer.UNSEEN, Answer.TOO_BUSY, Answer.USED_SILENTLY, Answer.NOT_USED, Answer.LEAVE_ME_OUT)
"""What somebody who never answered may say of it (domain.md 3.3 L)."""


class Step(StrEnum):
    """What a case shows next. Every step after the first is optional, and is one tap (domain.md 3.3 F)."""

    STATUS = "status"
    WHICH = "which"
    OUTCOME = "outcome"
    TELLING = "telling"
    BARRIER = "barrier"
    COME_BACK = "come_back"
    CHANGED = "changed"
    VARIANT = "variant"
    HELP = "help"
    STORY = "story"
    REASON = "reason"
    CONFIRM = "confirm"
    SHARE = "share"
    TO_WHOM = "to_whom"
    SUSTAIN = "sustain"
    SILENCE = "silence"
    DONE = "done"


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
    lineage: str
    """The item that all versions and adaptations of this one come from: one open case for all of them."""
    rhythm: Rhythm
    window_end: datetime
    """Later than this it is not asked any more."""
    inclusion: float | None = None
    """With which probability it was to be asked so far; None before it was up for drawing."""
    disposition: Disposition | None = None
    complaint: Complaint | None = None
    cited: Sequence[str] = ()
    """The items that the answer to their question cited, where those are several: `item` is the first one until the
    person says which one helped."""
    taps: Mapping[Step, Answer] = field(default_factory=dict)
    """The optional answers, one for each step."""

    @property
    def is_open(self) -> bool:
        return self.state is not CaseState.CLOSED

    @property
    def was_answered(self) -> bool:
        """Whether something was said of it since it was last asked."""
        return self.responded_at is not None and (self.asked_at is None or self.responded_at >= self.asked_at)


@dataclass(frozen=True)
class Told:
    """One line of a note: what somebody reported, whether they may be named, and the story that they tell of it."""

    case: Case
    with_name: bool
    story: Story | None = None


@dataclass(frozen=True)
class Puzzled:
    """To how many people an item is not clear; `is_clearer`: it says it in other words since they were told of."""

    people: int
    is_clearer: bool = False


@dataclass(frozen=True)
class Became:
    """What became of one item, as a note tells it: to whom it was an answer, who was asked about it, what they said.

    `variants` are what people made of it, by their case; `is_first`: no note has told of a use of it before. `puzzled`:
    it was not clear to some.
    """

    item: Item
    told: Sequence[Told]
    is_first: bool = False
    questions: int = 0
    channels: int = 0
    answered: int = 0
    asked: int = 0
    variants: Mapping[str, Item] = field(default_factory=dict)
    puzzled: Puzzled | None = None
