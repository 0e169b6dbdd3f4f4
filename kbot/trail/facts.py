"""What can have happened. Past tense; each fact is remembered once under its key and never changed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """What a person said of a use (domain.md 2.4)."""

    NOT_YET = "not_yet"
    APPLIED_AS_IS = "applied_as_is"
    APPLIED_ADAPTED = "applied_adapted"
    TRIED_NOT_WORKED = "tried_not_worked"
    NOT_APPLICABLE = "not_applicable"
    CHANGED_THINKING = "changed_thinking"
    ALREADY_DID = "already_did"
    DECIDED_AGAINST = "decided_against"
    PASSED_ON = "passed_on"
    DECLINED = "declined"
    NO_CHANGE = "no_change"
    """Of a decision, an insight or a caution: it did not change anything for them."""
    OFF_THE_POINT = "off_the_point"
    """Feedback on an answer ("Wasn't the point"), nothing about the item."""

    @property
    def is_use(self) -> bool:
        return self in (Status.APPLIED_AS_IS, Status.APPLIED_ADAPTED)

    @property
    def is_worth_telling(self) -> bool:
        """Whether the contributor would like to hear of it, if the person allows that."""
        return self.is_use or self in (Status.TRIED_NOT_WORKED, Status.CHANGED_THINKING)


class Outcome(StrEnum):
    """How a use went."""

    HELPED = "helped"
    PARTLY = "partly"
    NO_DIFFERENCE = "no_difference"
    MADE_WORSE = "made_worse"
    TOO_EARLY = "too_early"


class Complaint(StrEnum):
    """What was wrong with an answer that did not help."""

    WRONG = "wrong"
    OUTDATED = "outdated"
    NOT_WHAT_I_ASKED = "not_what_i_asked"
    HARD_TO_FOLLOW = "hard_to_follow"

    @property
    def is_doubt(self) -> bool:
        """Whether it is about the item, not about the answer."""
        return self in (Complaint.WRONG, Complaint.OUTDATED)


class Barrier(StrEnum):
    """What stood in the way (domain.md 2.4); each has a route, none is only counted."""

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
    FORGOT = "forgot"
    WORKED_PARTLY = "worked_partly"
    OTHER = "other"


class Helper(StrEnum):
    """Who is asked first when somebody wants help with applying an item."""

    CONTRIBUTOR = "contributor"
    USER = "user"
    """Somebody for whom it worked and who offered to help."""


class Unsuited(StrEnum):
    """Why an item was not for somebody: said of the rule that chose them, not of the item."""

    WRONG_TOPIC = "wrong_topic"
    KNOWN = "known"
    WRONG_ROLE = "wrong_role"


class Sustain(StrEnum):
    """What became of a use after three months (domain.md 3.3 H)."""

    REGULARLY = "regularly"
    IMPROVED = "improved"
    WITH_OTHERS = "with_others"
    STOPPED = "stopped"
    NO_OCCASION = "no_occasion"


class Plan(StrEnum):
    """When somebody means to use it."""

    THIS_WEEK = "this_week"
    THIS_MONTH = "this_month"
    WHEN_IT_COMES_UP = "when_it_comes_up"
    OWN_WORDS = "own_words"


class ReceiptKind(StrEnum):
    """An act that shows contact with an item."""

    ASKED_FOR = "asked_for"
    OPENED = "opened"
    WILL_USE = "will_use"


UNCLEAR_TO = 2
"""Not clear to so many people, an item needs other words (domain.md 2.4)."""


@dataclass(frozen=True)
class Fact:
    """Something that happened at `at` (people's time, UTC). `key` is unique within the team and the kind of fact."""

    team: str
    key: str
    at: datetime
    person: str | None
    item: str | None


@dataclass(frozen=True)
class Captured(Fact):
    """`person` flagged or wrote down an item."""


@dataclass(frozen=True)
class Published(Fact):
    """An item can be found from now on. `person` is its contributor."""


@dataclass(frozen=True)
class Revised(Fact):
    """`person` said an item in other words: it has the version `version` now."""

    version: int


@dataclass(frozen=True)
class Withdrawn(Fact):
    """An item is gone: taken back, retired, or its source deleted."""


@dataclass(frozen=True)
class Superseded(Fact):
    """`successor` has taken the place of an item: `person` said so."""

    successor: str


@dataclass(frozen=True)
class Contradicted(Fact):
    """`other` says the opposite of an item: `person` said so."""

    other: str


@dataclass(frozen=True)
class Linked(Fact):
    """`person` said what an item is to `other`: adapts, builds on ..."""

    kind: str
    other: str


@dataclass(frozen=True)
class Unlinked(Fact):
    """`person` took that back: a link that they had made, or that a broker finds wrong."""

    kind: str
    other: str


@dataclass(frozen=True)
class Verified(Fact):
    """`person` vouches for an item."""


class Decision(StrEnum):
    """What a broker decided about an item."""

    APPROVED = "approved"
    REJECTED = "rejected"
    RETIRED = "retired"


@dataclass(frozen=True)
class Reviewed(Fact):
    """`person`, a broker, decided about an item."""

    decision: Decision


@dataclass(frozen=True)
class Answered(Fact):
    """`person` asked; `items` were cited, the first one as `item`. None cited: the question is open. `channel` is where
    everybody could read it; "" for who asked alone."""

    question: str
    items: tuple[str, ...] = ()
    channel: str = ""


@dataclass(frozen=True)
class Resolved(Fact):
    """An open question has its answer, `item`: `person` wrote it, saved it or said so."""

    question: str


@dataclass(frozen=True)
class Received(Fact):
    """`person` showed contact with an item, by asking for it (`words`: how), opening it or meaning to use it."""

    receipt: ReceiptKind
    question: str | None = None
    words: str = ""


@dataclass(frozen=True)
class Followed(Fact):
    """`person` follows a topic, or lets a channel follow it."""

    topic: str


@dataclass(frozen=True)
class Delivered(Fact):
    """An item was sent to `person` by a rule. That it was seen, nobody can know."""

    rule: str


@dataclass(frozen=True)
class Posted(Fact):
    """An item was sent to a channel, for everybody there. `person` is nobody."""

    channel: str


@dataclass(frozen=True)
class Intended(Fact):
    """`person` says when they mean to use an item: until a day (`by`, ISO), or in their own words."""

    plan: str
    by: str
    words: str = ""


@dataclass(frozen=True)
class Ticked(Fact):
    """`person` put a check mark on the message, a letter by its key, that had brought them `items`: they used it.
    `event_ts` is Slack's time of that; it tells what came first."""

    message: str
    event_ts: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Unticked(Fact):
    """`person` took the check mark off."""

    message: str
    event_ts: str


@dataclass(frozen=True)
class Doubted(Fact):
    """`person` finds an item outdated or wrong."""

    complaint: Complaint


@dataclass(frozen=True)
class Responded(Fact):
    """`person` said what became of an item. A later response about the same item takes the place of an earlier one."""

    status: Status
    outcome: Outcome | None = None
    case: str | None = None

    @property
    def is_bad(self) -> bool:
        return self.status is Status.TRIED_NOT_WORKED or self.outcome is Outcome.MADE_WORSE


@dataclass(frozen=True)
class Hindered(Fact):
    """`person` says what stood in the way of using an item."""

    barrier: Barrier
    case: str


@dataclass(frozen=True)
class HelpWanted(Fact):
    """`person` wants help with an item: it did not work, harmed, or is not clear."""

    helper: Helper
    case: str
    barrier: Barrier | None = None


@dataclass(frozen=True)
class HelpOffered(Fact):
    """`person`, for whom an item worked, may be asked by those for whom it does not. `offered` False: not any more."""

    offered: bool = True


@dataclass(frozen=True)
class HelpAnswered(Fact):
    """`person` answered a request for help with an item."""

    request: str


@dataclass(frozen=True)
class Helped(Fact):
    """`person` got the help with an item that they wanted, from the person `by`."""

    case: str
    by: str


@dataclass(frozen=True)
class Confirmed(Fact):
    """`person` did the same before: the item is confirmed by them, to be said with their name or without."""

    with_name: bool


@dataclass(frozen=True)
class PassedOn(Fact):
    """`person` says to whom they passed an item on, by their own means."""

    to: str


@dataclass(frozen=True)
class NotSuited(Fact):
    """`person` says why an item was not for them."""

    reason: Unsuited


@dataclass(frozen=True)
class Sustained(Fact):
    """`person` says what became of their use of an item after three months."""

    sustain: Sustain


@dataclass(frozen=True)
class TakenBack(Fact):
    """`person` takes back what they had said: the fact of the same key, of a kind that can be, which counts no more."""


@dataclass(frozen=True)
class MemoryWanted(Fact):
    """`person` wants to be helped to remember an item."""


@dataclass(frozen=True)
class Unclear(Fact):
    """At least five people find an item hard to remember. `person` is nobody: who they are, nobody learns."""


@dataclass(frozen=True)
class TellingAllowed(Fact):
    """`person` allows that the contributor hears of it, with their name or without."""

    case: str
    with_name: bool
    allowed: bool = True


@dataclass(frozen=True)
class Suggested(Fact):
    """`person`, who asked others in `channel`, was told that an item may answer: once a day, so says the key."""

    channel: str


@dataclass(frozen=True)
class Rated(Fact):
    """`person` found an answer helpful or not; `item` is the first one it cited. A later word takes its place."""

    question: str
    is_helpful: bool
    complaint: Complaint | None = None
    words: str = ""


CAN_BE_TAKEN_BACK = (Responded, Doubted, Hindered, Confirmed, NotSuited, PassedOn)
"""What an answer and its taps say of an item. A wish for help is withdrawn by itself."""
