"""What a whole channel is asked, as facts: whether anyone used what was posted there (domain.md 3.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

CHANNEL_ASK = "follow_up.channel_ask"

AFTER = timedelta(days=14)
"""From the post to the question."""

WORTH_FOR = timedelta(days=30)
"""So long after it is due it is worth asking; later nobody remembers."""

MOST = 3
"""Items in one message."""


class AskState(StrEnum):
    WAITING = "waiting"
    ASKED = "asked"
    DROPPED = "dropped"
    """Not to be asked: the channel does not wish it, or its time is over."""


NEXT = {
    AskState.WAITING: {AskState.ASKED, AskState.DROPPED},
    AskState.ASKED: set[AskState](),
    AskState.DROPPED: set[AskState](),
}


class ChannelAnswer(StrEnum):
    """What one of them may say."""

    USED = "used"
    TRIED = "tried"
    NOT_FOR_ME = "not_for_me"


@dataclass(frozen=True)
class ChannelAsk:
    """One item that a channel is asked about. `shown`: how many said what, empty under five people."""

    team: str
    item: str
    channel: str
    state: AskState
    letter: str | None
    shown: Mapping[ChannelAnswer, int]
