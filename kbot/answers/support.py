"""What of an item supports an answer: the sentence to quote, and the words that it shares with the question. Pure."""

import re

from kbot.library.facts import Lines
from kbot.library.search.passages import whole
from kbot.meaning.embedder import Embedder
from kbot.meaning.stems import stems

MOST_READ = 12
"""Of so many sentences the meaning is read at most; a long text's are chosen by their words."""

MOST_SHARED = 8

_MARKER = re.compile(r"\s*(?:>+|[-*•◦▪–]|\d{1,3}[.)])\s+")
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s)|[。！？]++")
_ABBREVIATED = frozenset({"e.g", "i.e", "vs", "cf", "approx", "resp", "dr", "mr", "mrs", "ms"})
LONGEST_ABBREVIATION = 10
"""With a quotation mark or two: so many letters before a full stop say whether it ends a sentence."""


def sentences(text: str) -> list[str]:
    """The sentences of a text as people write in Slack: a line ends one, so does a full stop before a blank.

    What has no letter or digit in it is no sentence; neither is the sign before a point of a list part of one.
    """
    found: list[str] = []
    for line in text.splitlines():
        if marker := _MARKER.match(line):
            line = line[marker.end() :]
        begin = 0
        for end in _END.finditer(line):
            if _is_end(line[max(begin, end.start() - LONGEST_ABBREVIATION) : end.start()]):
                found.append(line[begin : end.end()])
                begin = end.end()
        found.append(line[begin:])
    return [sentence.strip() for sentence in found if any(letter.isalnum() for letter in sentence)]


def _is_end(before: str) -> bool:
    """Whether a full stop after these words ends them: not after an abbreviation, an initial, or by itself."""
    if not before or before[-1].isspace():
        return False
    word = before.rsplit(maxsplit=1)[-1].lstrip("([\"'“‘«").lower()
    return word not in _ABBREVIATED and not (len(word) == 1 and word.isalpha())


def best_sentence(embedder: Embedder, question: str, body: str) -> str:
    """The sentence of an item's body that is nearest to the question; "" for a body that is short anyway."""
    every = sentences(body)
    if len(every) <= 2:
        return ""
    asked = set(stems(question))
    likely = sorted(every, key=lambda sentence: -len(asked & set(stems(sentence))))[:MOST_READ]
    wanted = embedder.embed(question)
    return max(likely, key=lambda sentence: float(embedder.embed(sentence) @ wanted))


def shared_words(question: str, lines: Lines) -> list[str]:
    """The words of the question that the item has too, in any form, in their order."""
    held = set(stems(whole(lines)))
    shared: dict[str, str] = {}
    for word in question.split():
        common = [stem for stem in stems(word) if stem in held]
        if common:
            shared.setdefault(" ".join(common), word.strip(".,;:!?…()[]{}<>\"'“”‘’«»*_~`"))
    return [word for word in shared.values() if word][:MOST_SHARED]
