"""Which slots hold a stem, and how often: postings in memory, made of texts without a step of Python for each word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LARGEST_SEGMENT = 16_000_000
"""Postings. Merging more at once would need too much memory for a moment."""

SORTED_TOGETHER = 500_000
"""Words of new texts that become a segment at once: many, for each segment is merged, few, for they take memory."""

Slots = NDArray[np.uint32]
Counts = NDArray[np.uint8]
Keys = NDArray[np.uint64]
"""A stem's number in the upper 32 bits, the slot that holds it in the lower ones."""

_HALF, _LOWER = np.uint64(32), np.uint64(0xFFFFFFFF)
_WEIGHTS = np.random.default_rng(4).integers(0, 2**63, 256, np.uint64) | np.uint64(1)
"""For each place in a word; odd, so that no bit of the character there is lost."""


def numbered(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.intp]]:
    """The number of each word of texts, 32 bits, and how many words each text has. Between words there are blanks.

    A number is the upper half of the sum of the word's bytes times their places' weights. Of half a million stems some
    thirty pairs share one, which no answer will show.
    """
    read = np.frombuffer("\n".join([*texts, ""]).encode("utf-8", "surrogatepass"), np.uint8)
    is_letter = read > ord(" ")
    bounds = np.flatnonzero(np.diff(is_letter, prepend=False))
    starts, ends = bounds[::2], bounds[1::2]
    lengths = np.diff(np.searchsorted(ends, np.flatnonzero(read == ord("\n")), side="right"), prepend=0)
    if not len(starts):
        return np.zeros(0, np.uint64), lengths
    read, is_letter, starts = read[starts[0] :], is_letter[starts[0] :], starts - starts[0]
    weighed = _WEIGHTS[(np.arange(len(read)) - np.repeat(starts, np.diff(starts, append=len(read)))) & 255]
    weighed *= read * is_letter
    return np.add.reduceat(weighed, starts) >> _HALF, lengths


def keys_of(texts: Sequence[str], first: int) -> tuple[Keys, NDArray[np.intp]]:
    """A key for each word of texts whose slots begin at `first`, and how many words each text has."""
    numbers, lengths = numbered(texts)
    slots = np.repeat(np.arange(first, first + len(texts), dtype=np.uint64), lengths)
    return (numbers << _HALF) | slots, lengths


@dataclass(frozen=True)
class Segment:
    """Postings sorted by stem: those of `stems[i]` are `slots[starts[i]:starts[i + 1]]`, each with its count."""

    stems: NDArray[np.uint32]
    starts: NDArray[np.uint32]
    slots: Slots
    counts: Counts

    @classmethod
    def of(cls, keys: Keys) -> "Segment":
        """The postings of words. A count of more than 255 is 255."""
        keys = np.sort(keys)
        first = np.flatnonzero(np.diff(keys, prepend=~keys[:1]))
        counts = np.minimum(np.diff(first, append=len(keys)), 255).astype(np.uint8)
        keys = keys[first]
        stems = (keys >> _HALF).astype(np.uint32)
        starts = np.flatnonzero(np.diff(stems, prepend=~stems[:1]))
        return cls(
            stems[starts], np.append(starts, len(stems)).astype(np.uint32), (keys & _LOWER).astype(np.uint32), counts
        )

    @classmethod
    def merged(cls, one: "Segment", other: "Segment") -> "Segment":
        """Both; the slots of `other` come after those of `one`."""
        stems = np.union1d(one.stems, other.stems)
        sizes = np.zeros(len(stems), np.intp)
        places = [np.searchsorted(stems, each.stems) for each in (one, other)]
        for each, place in zip((one, other), places, strict=True):
            sizes[place] += np.diff(each.starts)
        starts = np.append(0, np.cumsum(sizes))
        slots, counts = np.empty(starts[-1], np.uint32), np.empty(starts[-1], np.uint8)
        free = starts[:-1].copy()
        for each, place in zip((one, other), places, strict=True):
            held = np.diff(each.starts)
            to = np.repeat(free[place] - each.starts[:-1], held) + np.arange(len(each))
            slots[to], counts[to] = each.slots, each.counts
            free[place] += held
        return cls(stems, starts.astype(np.uint32), slots, counts)

    def __len__(self) -> int:
        return len(self.slots)

    def of_stems(self, numbers: NDArray[np.uint32]) -> list[tuple[Slots, Counts]]:
        """For each stem which slots hold it, and how often."""
        place = np.minimum(np.searchsorted(self.stems, numbers), len(self.stems) - 1)
        starts, ends = self.starts[place], self.starts[place + 1]
        bounds = zip(starts.tolist(), np.where(self.stems[place] == numbers, ends, starts).tolist(), strict=True)
        return [(self.slots[start:end], self.counts[start:end]) for start, end in bounds]


class Postings:
    """The postings of all slots. A text's slot is higher than that of all texts before it."""

    def __init__(self) -> None:
        self._segments: list[Segment] = []
        self._new: list[Keys] = []

    def add(self, texts: Sequence[str], first: int) -> NDArray[np.intp]:
        """Take in texts whose slots begin at `first`. Returns how many words each has. `settle` is to follow."""
        keys, lengths = keys_of(texts, first)
        self._new.append(keys)
        if sum(map(len, self._new)) > SORTED_TOGETHER:
            self.settle()
        return lengths

    def settle(self) -> None:
        """Sort in what is new. Few segments are kept: two of like size become one, as long as that stays affordable."""
        if not any(map(len, self._new)):
            return
        self._segments.append(Segment.of(np.concatenate(self._new)))
        self._new.clear()
        while len(self._segments) > 1:
            one, other = self._segments[-2:]
            if len(one) > 2 * len(other) or len(one) + len(other) > LARGEST_SEGMENT:
                return
            self._segments[-2:] = [Segment.merged(one, other)]

    def of(self, stems: Sequence[str]) -> Iterator[tuple[Slots, Counts]]:
        """For each stem which slots hold it, in their order, and how often."""
        numbers = numbered([" ".join(stems)])[0].astype(np.uint32)
        none = [(np.zeros(0, np.uint32), np.zeros(0, np.uint8))] * len(numbers)
        for found in zip(none, *(segment.of_stems(numbers) for segment in self._segments), strict=True):
            slots, counts = zip(*(found[1:] or found), strict=True)
            yield (slots[0], counts[0]) if len(slots) == 1 else (np.concatenate(slots), np.concatenate(counts))
