"""Questions as facts, and the kinds of letters that answer them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kbot.library.facts import Item
from kbot.library.search.thresholds import CITED, Threshold
from kbot.trail.proof import Ratings

ANSWER = "answers.answer"
TOLD = "answers.told"
TOLD_THERE = "answers.told_there"
SHARED = "answers.shared"
OFFER = "answers.offer"
HELP = "answers.help"
SUGGESTION = "answers.suggestion"
REFUSED = "answers.refused"
REFUSED_HERE = "answers.refused_here"


@dataclass(frozen=True)
class Question:
    """A question. `thread_ts` is where it is answered, None for an answer that only the asker sees. `group` is the id
    of the first of the open ones that mean the same."""

    team: str
    id: str
    asker: str
    channel: str
    thread_ts: str | None
    text: str
    asked_at: datetime
    is_private: bool
    is_open: bool
    cited: tuple[str, ...]
    is_sure: bool
    late: int
    group: str = ""

    @property
    def was_asked_openly(self) -> bool:
        """Whether it was asked in a channel for everybody there to read."""
        return self.thread_ts is not None and not self.is_private and not self.channel.startswith("D")


@dataclass(frozen=True)
class OpenQuestion:
    """Questions of a channel that mean the same, as one: `question` is the first that was asked in public, if any was.

    `askers` are for counting and telling, never to be named; `since` is when it was first asked; `threads` are the
    channels and threads where it was asked in public.
    """

    id: str
    question: Question
    askers: frozenset[str]
    since: datetime
    threads: frozenset[tuple[str, str | None]] = frozenset()


class HelpState(StrEnum):
    """What became of a request for help."""

    ASKED = "asked"
    TAKEN = "taken"
    """The person means to answer."""
    DECLINED = "declined"
    CLOSED = "closed"
    """The question is answered."""


@dataclass(frozen=True)
class Expert:
    """Somebody who may know, because they are named on this item: as its contributor, or as who verified it."""

    person: str
    item: Item


@dataclass(frozen=True)
class Asked:
    """A question as it was put. `asked_as` is its idempotency key; `waited`: seconds until kbot could look at it."""

    asked_as: str
    channel: str
    text: str
    thread_ts: str | None = None
    is_private: bool = False
    waited: float = 0.0


@dataclass(frozen=True)
class Why:
    """Why an item was cited: the words it shares with the question, how near it is in meaning and how well it fits in
    all, from 0 to 1 (None: it is not found by this question any more), how such answers were rated, and what it takes
    to be shown."""

    shared: tuple[str, ...]
    meaning: float | None
    score: float | None
    ratings: Ratings
    threshold: Threshold = CITED
