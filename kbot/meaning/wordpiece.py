"""Text as the ids of BERT's word pieces: folded, split into words, and each word into the longest pieces known.

The ids are those of Hugging Face's tokenizer, except that "[SEP]" is a word as any other: whoever writes it does not
end the text. (And for 759 rare characters, most of which its tables of Unicode do not know yet.)
"""

import string
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Final

MOST_TOKENS: Final = 256
"""What the model was made for; start and end are two of them."""
LONGEST_TEXT: Final = 8_192
"""Characters that are looked at. 256 tokens of English are about 1,200."""
LONGEST_WORD: Final = 100
"""Characters. What is longer is one unknown word, as BERT has it."""
UNKNOWN, START, END = 100, 101, 102

_NOTHING: Final = {"Cc", "Cf", "Co", "Cs"}
"""Kinds of characters that are left out: controls, formats, private ones, halves of a pair."""
_IDEOGRAPHS: Final = (
    range(0x3400, 0x4DC0),
    range(0x4E00, 0xA000),
    range(0xF900, 0xFB00),
    range(0x20000, 0x2A6E0),
    range(0x2A700, 0x2CEB0),
    range(0x2F800, 0x2FA20),
)
_MOST_REMEMBERED: Final = 4_096


def ids(text: str) -> list[int]:
    """The ids of a text's first pieces, between the start's and the end's: `MOST_TOKENS` at most."""
    found = [START]
    for word in words(text):
        found += _pieces(word)
        if len(found) >= MOST_TOKENS:
            break
    return [*found[: MOST_TOKENS - 1], END]


def words(text: str) -> list[str]:
    """The words of a text, in lower case and without accents. A punctuation mark is a word, and so is an ideograph."""
    return text[:LONGEST_TEXT].translate(_folded).split(" ")


def _pieces(word: str) -> list[int]:
    """A word as the longest pieces known, from left to right; one unknown where that leads nowhere."""
    if len(word) > LONGEST_WORD:
        return [UNKNOWN]
    known, longest = _vocabulary()
    found, start = [], 0
    while start < len(word):
        prefix = "##" if start else ""
        for end in range(min(len(word), start + longest), start, -1):
            if (piece := known.get(prefix + word[start:end])) is not None:
                break
        else:
            return [UNKNOWN]
        found.append(piece)
        start = end
    return found


@cache
def _vocabulary() -> tuple[dict[str, int], int]:
    """The id of each piece, and the characters of the longest."""
    lines = (files("kbot.meaning") / "vocab.txt").read_text("utf-8").rstrip("\n").split("\n")
    return {piece: number for number, piece in enumerate(lines)}, max(map(len, lines))


class _Folded(dict[int, str]):
    """What each character becomes; each by itself, which keeps it linear.

    The normal form of a whole text sorts its marks: 40,000 of them in the worst order took 1.7 s.
    """

    def __missing__(self, code: int) -> str:
        folded = _fold(chr(code))
        if len(self) < _MOST_REMEMBERED:  # a text with every character there is must not stay in memory
            self[code] = folded
        return folded


_folded = _Folded()


def _fold(character: str) -> str:
    kind = unicodedata.category(character)
    if character in "\t\n\r" or kind.startswith("Z"):
        return " "
    if kind in _NOTHING or character == "\N{REPLACEMENT CHARACTER}":
        return ""
    bare = [mark for mark in unicodedata.normalize("NFD", character) if unicodedata.category(mark) != "Mn"]
    is_word = any(ord(character) in block for block in _IDEOGRAPHS)
    return "".join(f" {c} " if is_word or _is_punctuation(c) else c for c in map(str.lower, bare))


def _is_punctuation(character: str) -> bool:
    return character in string.punctuation or unicodedata.category(character).startswith("P")
