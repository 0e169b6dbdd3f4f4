"""What can leave: five kinds of things to show in Slack, and the three answers that come back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Blocks = Sequence[Mapping[str, Any]]
View = Mapping[str, Any]


@dataclass(frozen=True)
class Post:
    """A message. `to` is a channel, or a person (then it goes to their DM with kbot)."""

    to: str
    text: str
    blocks: Blocks
    thread_ts: str | None = None


@dataclass(frozen=True)
class Whisper:
    """An ephemeral message: only `person` sees it, until the page is reloaded. It can never be found again."""

    channel: str
    person: str
    text: str
    blocks: Blocks
    thread_ts: str | None = None


@dataclass(frozen=True)
class React:
    """kbot's reaction on a message, set or taken off."""

    channel: str
    ts: str
    name: str
    off: bool = False


@dataclass(frozen=True)
class PublishHome:
    """A person's Home tab."""

    person: str
    blocks: Blocks


Outgoing = Post | Whisper | React | PublishHome


@dataclass(frozen=True)
class Sent:
    """It is there. `channel` and `ts` are known for a Post."""

    channel: str | None = None
    ts: str | None = None


@dataclass(frozen=True)
class TryAgain:
    """It is certainly not there yet; try in `after` seconds (None: back off as usual)."""

    reason: str
    after: float | None = None


@dataclass(frozen=True)
class Never:
    """It is not there and never will be. `because`: why nobody is there to read it, where kbot did nothing wrong."""

    reason: str
    because: str | None = None


@dataclass(frozen=True)
class Unknown:
    """Nobody knows whether it is there: look before sending again."""

    reason: str


Outcome = Sent | TryAgain | Never | Unknown


def sentence_view(sentence: str) -> dict[str, Any]:
    """A modal that says one thing."""
    text = {"type": "plain_text", "text": sentence[:2900]}
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "kbot"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [{"type": "section", "text": text}],
    }
