"""Help requests as facts, and the transitions of their states (domain.md 2.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kbot.library.facts import Item
from kbot.trail.facts import Barrier, Helper, Responded

RECEIPT = "helping.receipt"
WANTED = "helping.wanted"
ANSWER = "helping.answer"
IN_CHANNEL = "helping.in_channel"
CLEARER = "helping.clearer"
FOR_OTHERS = "helping.for_others"

WORDS_LIMIT = 2500
"""Of an answer: so long it is passed on whole, whatever characters it has."""

WORKING_DAYS = 3
"""So long each helper has, and then again so long once they have said yes (domain.md 3.9)."""


class RequestState(StrEnum):
    """What became of a request."""

    OPEN = "open"
    """The next helper is looked for."""
    ASKED = "asked"
    """A helper has it."""
    ANSWERED = "answered"
    """An answer is with the asker, who has not said yet whether that did it."""
    BROKER = "broker"
    """Nobody is left to ask: the broker has it."""
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    """The asker does not need it any more."""
    GONE = "gone"
    """The item was taken back or replaced."""

    @property
    def is_over(self) -> bool:
        return not NEXT[self]


_OVER = {RequestState.RESOLVED, RequestState.WITHDRAWN, RequestState.GONE}
NEXT = {
    RequestState.OPEN: {RequestState.ASKED, RequestState.ANSWERED, RequestState.BROKER, *_OVER},
    RequestState.ASKED: {RequestState.OPEN, RequestState.ANSWERED, RequestState.BROKER, *_OVER},
    RequestState.ANSWERED: {RequestState.OPEN, RequestState.BROKER, *_OVER},
    RequestState.BROKER: {RequestState.ASKED, RequestState.ANSWERED, *_OVER},
    **{over: set[RequestState]() for over in _OVER},
}
"""An earlier answer may turn out to have done it at any time: so everything can end as resolved."""


class TurnState(StrEnum):
    """What became of one helper's turn."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    """They mean to help."""
    ANSWERED = "answered"
    HELPED = "helped"
    NOT_HELPED = "not_helped"
    NOT_NOW = "not_now"
    NOT_ME = "not_me"
    """They are not asked about this item again."""
    LAPSED = "lapsed"
    """Nothing came in time."""
    CLOSED = "closed"
    """Somebody else answered, or it is not needed any more."""


_ENDED = {TurnState.NOT_NOW, TurnState.NOT_ME, TurnState.LAPSED, TurnState.CLOSED}
TURNS = {
    TurnState.ASKED: {TurnState.ACCEPTED, TurnState.ANSWERED, *_ENDED},
    TurnState.ACCEPTED: {TurnState.ANSWERED, *_ENDED},
    TurnState.ANSWERED: {TurnState.HELPED, TurnState.NOT_HELPED},
    TurnState.NOT_HELPED: {TurnState.HELPED},
    TurnState.HELPED: set[TurnState](),
    **{ended: {TurnState.ANSWERED} for ended in _ENDED},  # what comes late is passed on, while it is needed
}


class Role(StrEnum):
    """Why somebody may be able to help."""

    CONTRIBUTOR = "contributor"
    """They shared it, and answer for it."""
    USER = "user"
    """It worked for them, and they offered to help."""
    ROUTED = "routed"
    """A broker chose them."""
    BROKER = "broker"
    VOLUNTEER = "volunteer"
    """They read of it in the channel."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be asked to help."""

    person: str
    role: Role


@dataclass(frozen=True)
class Turn:
    """One helper's turn at a request. `words` are their answer; `made_clearer`: the answer is the item's new version.

    `due_at` (people's time): until then nobody else is asked.
    """

    helper: str
    role: Role
    state: TurnState
    asked_at: datetime
    due_at: datetime
    words: str = ""
    made_clearer: bool = False

    @property
    def is_running(self) -> bool:
        return self.state in (TurnState.ASKED, TurnState.ACCEPTED)

    @property
    def was_answered(self) -> bool:
        return self.state in (TurnState.ANSWERED, TurnState.HELPED, TurnState.NOT_HELPED)


@dataclass(frozen=True)
class Request:
    """Somebody wants help with an item. `turns` are those who were asked, the first one first.

    `first`: whom the asker chose to have asked first. `opened_at` is people's time. `in_channel`: the asker let the
    item's channel know. `with_broker`: everybody whom kbot could ask by itself was asked.
    """

    team: str
    id: str
    asker: str
    item: str
    case: str
    first: Helper
    barrier: Barrier | None
    state: RequestState
    opened_at: datetime
    in_channel: bool
    with_broker: bool
    turns: tuple[Turn, ...]

    @property
    def running(self) -> Turn | None:
        """Whose turn it is."""
        return next((turn for turn in self.turns if turn.is_running), None)

    @property
    def answers_wait(self) -> bool:
        """Whether the asker has an answer and has not said yet whether that did it."""
        return any(turn.state is TurnState.ANSWERED for turn in self.turns)

    @property
    def answers(self) -> tuple[Turn, ...]:
        """Those who answered."""
        return tuple(turn for turn in self.turns if turn.was_answered)

    def turn_of(self, helper: str) -> Turn | None:
        return next((turn for turn in self.turns if turn.helper == helper), None)


@dataclass(frozen=True)
class Shown:
    """A request as one reader may be shown it now. `item` is None where they may not see it any more, or nobody may.

    `names` are of people by id; `said` is what the asker said last of the item; `has_broker`: its channel has one.
    `may_read`: they may see what is saved where the item is, also when it was taken back.
    """

    request: Request
    item: Item | None
    names: Mapping[str, str] = field(default_factory=dict)
    said: Responded | None = None
    has_broker: bool = True
    may_read: bool = True
