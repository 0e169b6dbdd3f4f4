"""What every composer is: it words an answer from given texts, and says of each sentence where it has it from.

There is none yet: answers show the items themselves. A language model would stand behind this.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Statement:
    """Something that an answer says, and the keys of the texts that it says it from."""

    text: str
    cites: tuple[str, ...]


class Composer(Protocol):
    """Words an answer. It may fail, be slow or talk nonsense: then the answer is as without it."""

    async def compose(self, question: str, texts: Mapping[str, str]) -> Sequence[Statement]:
        """What these texts answer to the question, the texts by their keys."""
