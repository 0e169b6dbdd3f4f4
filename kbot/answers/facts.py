"""Questions as facts, and the kinds of letters that answer them."""

from dataclasses import dataclass
from datetime import datetime

ANSWER = "answers.answer"
TOLD = "answers.told"
SHARED = "answers.shared"
REFUSED = "answers.refused"
REFUSED_HERE = "answers.refused_here"


@dataclass(frozen=True)
class Question:
    """A question. `thread_ts` is where it is answered, None for an answer that only the asker sees."""

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


@dataclass(frozen=True)
class Asked:
    """A question as it was put. `asked_as` is its idempotency key; `waited`: seconds until kbot could look at it."""

    asked_as: str
    channel: str
    text: str
    thread_ts: str | None = None
    is_private: bool = False
    waited: float = 0.0
