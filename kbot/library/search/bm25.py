"""BM25 of a question over the slots that somebody sees. Exact, though most slots are never looked at.

A stem that is everywhere has long postings and decides little. So the stems are taken in with the rarest first, and
once what the others could add at most lifts nobody new among the best, those are only looked up for the few slots that
may still come into question (this is known as MaxScore).
"""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from kbot.library.search.postings import Counts, Slots

K1, B = 0.9, 0.5
"""BM25's own numbers, as measured on eight question sets; the optimum is flat."""

SMALL_LIBRARY = 100
"""A library with fewer items is weighed like one of this size: in three items every word is rare, or everywhere."""

ROUNDING = 1e-3
"""More than the float32 sums of one slot can differ by, in units of BM25."""

LOOKING_UP = 8
"""Times as long as to take in a posting it takes to look a slot up among the postings of a stem."""

MOST_POSTINGS, FOR_EACH_SLOT = 1_000_000, 3
"""One question weighs no more postings than the first of these, or so many for each slot where that is more. A question
has one or two for each slot, a long message four; hundreds of the commonest words have twenty."""

Floats = NDArray[np.float32]
Places = NDArray[np.intp]


class Lexical:
    """BM25 of the stems of one question. `mass` is the sum of their idf, also of those that no slot holds.

    Everything is counted over the `seen` slots, so that nothing about other items shows in a score. Where a question
    has more postings than may be weighed, its commonest stems are left out, as if they had not been asked.
    """

    def __init__(
        self, postings: Iterable[tuple[Slots, Counts]], lengths: NDArray[np.int32], seen: NDArray[np.bool_], ties: Slots
    ) -> None:
        """By slot: how many words, whether it is seen, and a number by which the lower of two equals is first."""
        total = int(np.count_nonzero(seen))
        size = max(total, SMALL_LIBRARY)
        self._lengths, self._seen, self._ties = lengths, seen, ties
        self._norm = np.float32(K1 * B * total / max(1, int((lengths * seen).sum())))  # for a word of a text
        hidden = np.flatnonzero(~seen) if total * 2 > len(seen) else None
        weighed = _rarest(postings, len(seen))
        held = [(_idf(size, _seen_of(slots, seen, hidden)), slots, counts) for slots, counts in weighed]
        self.mass = sum(idf for idf, _, _ in held)
        self._stems = sorted((stem for stem in held if len(stem[1])), key=lambda stem: -stem[0])
        most = [self._most(idf, counts) for idf, _, counts in self._stems]
        self._rest = [*np.cumsum(most[::-1])[::-1].tolist(), 0.0]
        """By how much the stems from each one on can raise a score."""
        self._scores = np.zeros(len(seen), np.float32)  # by the stems taken in, of unseen slots too
        self._taken = 0

    def best(self, most: int) -> Places:
        """The `most` seen slots with the highest scores above 0, best first."""
        best, least = np.zeros(0, np.intp), 0.0
        while self.untouched and not self._is_enough(least):
            slots, scores = self._take_in()
            entering = slots[scores >= np.float32(least)].astype(np.intp)
            entering = entering[self._seen[entering]]
            entering = foremost(entering, self._scores[entering], self._ties, most)
            best = np.union1d(best, entering)
            best = foremost(best, self._scores[best], self._ties, most)
            least = float(self._scores[best[-1]]) if len(best) == most else 0.0
        if self.untouched:
            best = self._within_reach(least)
            best = foremost(best, self.at(best), self._ties, most)
        return best

    def reaching(self, least: float) -> Places:
        """The seen slots whose score is `least` or more, which is above 0, and some others."""
        while self.untouched and not self._is_enough(least):
            self._take_in()
        return self._within_reach(least)

    def at(self, slots: Places) -> Floats:
        """The scores of these slots."""
        scores: Floats = self._scores[slots]
        for idf, holding, counts in self._stems[self._taken :]:
            scores += self._gains(idf, _counted(holding, counts, slots), slots)
        return scores

    def held(self, slots: Places) -> Floats:
        """The part of `mass` whose stems are in each of these slots."""
        held = np.zeros(len(slots), np.float32)
        for idf, holding, counts in self._stems:
            held += np.float32(idf) * (_counted(holding, counts, slots) > 0)
        return held

    @property
    def untouched(self) -> int:
        """How many stems were not taken in."""
        return len(self._stems) - self._taken

    def _take_in(self) -> tuple[Slots, Floats]:
        """Add the next stem's gains. Returns the slots that hold it, and their scores now."""
        idf, slots, counts = self._stems[self._taken]
        scores = self._scores.take(slots)
        scores += self._gains(idf, counts, slots)
        self._scores[slots] = scores
        self._taken += 1
        return slots, scores

    def _gains(self, idf: float, counts: Counts, slots: Slots | Places) -> Floats:
        times = counts.astype(np.float32)
        norm: Floats = self._lengths.take(slots).astype(np.float32)
        norm *= self._norm
        norm += np.float32(K1 * (1 - B))
        norm += times
        times *= np.float32(idf * (K1 + 1))
        times /= norm
        return times

    def _most(self, idf: float, counts: Counts) -> float:
        """A text that holds a stem so often has as many words at least."""
        most = int(counts.max())
        return idf * (K1 + 1) * most / (most + K1 * (1 - B) + most * float(self._norm))

    def _is_enough(self, least: float) -> bool:
        """Whether the slots that reach `least` are known, and few enough to be looked up among the other stems."""
        reach = least - self._rest[self._taken] - ROUNDING
        left = sum(len(slots) for _, slots, _ in self._stems[self._taken :])
        if reach <= 0 or left < len(self._scores) // 8:  # so little is sooner done than thought about
            return False
        few = int(np.count_nonzero(self._scores >= np.float32(reach)))
        return few * self.untouched * LOOKING_UP < left

    def _within_reach(self, least: float) -> Places:
        slots = np.flatnonzero(self._scores >= np.float32(least - self._rest[self._taken] - ROUNDING))
        return slots[self._seen[slots]]


def foremost(slots: Places, scores: Floats, ties: Slots, most: int) -> Places:
    """The `most` slots with the highest scores, best first; of equals those whose number in `ties` is lower."""
    if len(slots) > most:
        least = np.partition(scores, -most)[-most]
        above, equal = np.flatnonzero(scores > least), np.flatnonzero(scores == least)
        room = most - len(above)
        if len(equal) > room:
            equal = equal[np.argpartition(ties[slots[equal]], room - 1)[:room]]
        kept = np.concatenate([above, equal])
        slots, scores = slots[kept], scores[kept]
    return slots[np.lexsort((ties[slots], -scores))]


def _rarest(postings: Iterable[tuple[Slots, Counts]], slots: int) -> list[tuple[Slots, Counts]]:
    """Those of the stems that may be weighed together, in their order."""
    every = list(postings)
    sizes = np.array([len(holding) for holding, _ in every])
    rarest_first = np.argsort(sizes, kind="stable")
    too_many = np.cumsum(sizes[rarest_first]) > max(MOST_POSTINGS, FOR_EACH_SLOT * slots)
    left_out = set(rarest_first[too_many].tolist())
    return [stem for n, stem in enumerate(every) if n not in left_out]


def _idf(size: int, holding: int) -> float:
    return math.log(1 + (size - holding + 0.5) / (holding + 0.5))


def _seen_of(holding: Slots, seen: NDArray[np.bool_], hidden: Places | None) -> int:
    """How many of these slots are seen. Where few are hidden, it is quicker to look those up."""
    if hidden is None or len(hidden) * LOOKING_UP >= len(holding):
        return int(np.count_nonzero(seen.take(holding)))
    return len(holding) - int(np.count_nonzero(_places(holding, hidden)[1]))


def _counted(holding: Slots, counts: Counts, slots: Places) -> Counts:
    """How often each of these slots holds a stem."""
    place, is_held = _places(holding, slots)
    found: Counts = counts[place] * is_held
    return found


def _places(holding: Slots, slots: Places) -> tuple[Places, NDArray[np.bool_]]:
    """For each of `slots` where it stands in `holding`, which is not empty and in order, and whether it does."""
    place = np.minimum(np.searchsorted(holding, slots.astype(np.uint32)), len(holding) - 1)
    return place, holding[place] == slots
