"""What of an item is read for its meaning: the whole, and the passages of a longer one. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kbot.library.facts import Lines
from kbot.meaning.embedder import Embedder, Vector

WINDOW, STEP = 60, 45
"""Words in a passage, and how far the next one begins behind it."""

_WORD = re.compile(r"\S+")


def whole(lines: Lines) -> str:
    """The item as one text, the title first."""
    parts = (lines.title, lines.question, lines.body, lines.when, lines.because, lines.limits)
    return "\n".join(dict.fromkeys(part.strip() for part in parts if part.strip()))


def passages_of(lines: Lines) -> tuple[str, ...]:
    """The title, the question of the thread, and windows over the whole; none for an item of one window."""
    text = whole(lines)
    words = list(_WORD.finditer(text))
    if len(words) <= WINDOW:
        return ()
    windows = [
        text[words[at].start() : words[min(at + WINDOW, len(words)) - 1].end()]
        for at in range(0, max(1, len(words) - (WINDOW - STEP)), STEP)
    ]
    heads = (lines.title.strip(), lines.question.strip())
    return tuple(dict.fromkeys([*(head for head in heads if head), *windows]))


@dataclass(frozen=True)
class Unread:
    """An item whose words have no vector yet: its version, and the texts to make vectors of."""

    team: str
    item: str
    version: int
    text: str
    passages: tuple[str, ...]


@dataclass(frozen=True)
class Read:
    """The same, read: the vector of the whole and those of its passages, (384,) float32 of length 1 each."""

    item: Unread
    vector: Vector
    passages: tuple[Vector, ...]


def read(embedder: Embedder, waiting: Sequence[Unread]) -> list[Read]:
    """The vectors of these items' words."""
    return [
        Read(item, embedder.embed(item.text), tuple(embedder.embed(passage) for passage in item.passages))
        for item in waiting
    ]
