"""Which items answer a question, how well, and whether any does. One ranking, the same on both databases.

The score is a weighted sum of meaning (cosines of sentence embeddings) and words (BM25 as a share of what the question
weighs). It stays comparable between questions, so that one threshold can say "I have nothing on this". Weights and
coefficients were fitted on eight public question sets that are not in this repository; see docs/search.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.library.search.bm25 import Floats, Lexical, Places, foremost
from kbot.library.search.shelf import Shelf, shelf_of
from kbot.library.search.vectors import FAR, SIZE, unpacked
from kbot.library.tables import WordsRow
from kbot.meaning.stems import distinct
from kbot.people.facts import Viewer

CANDIDATES = 100
"""So many of the best by their words, and as many by their meaning, are looked at closely."""

MEANING, WORDS = 0.6, 0.4
FULL_MARKS = 1.5
"""Times the question's weight is the BM25 that counts as everything; more does not count."""

FEW, FEWEST, AMENDS = 50, 5, 0.033
"""Among fewer items than FEW the best one is less often near by chance. So that one threshold will do for all, what a
score lacks of 1 is made less by AMENDS for each halving of their number; measured down to FEWEST (docs/search.md)."""

CHANNELS_LOOKED_INTO = 40
"""Slack is asked about the members of so many channels at most for one question, those with the best hits."""

MARGIN = 0.1
"""So much under the threshold a channel's best hit may seem, by the signs alone, and still be worth looking into."""

COSINE_BY_SIGNS = np.cos(np.minimum(np.arange(FAR + 1), SIZE // 2) * np.float32(math.pi / SIZE)).astype(np.float32)
"""The angle between two vectors as their signs alone tell it, by how many of these differ; a right one at most."""


@dataclass(frozen=True)
class Wanted:
    """A question as the search takes it: its different stems, and its vector, (384,) float32 of length 1."""

    stems: tuple[str, ...]
    vector: Floats
    _looked: list[tuple[Shelf, int, NDArray[np.uint16]]] = field(default_factory=list, compare=False, repr=False)

    @classmethod
    def of(cls, text: str, vector: Floats) -> "Wanted":
        return cls(tuple(distinct(text)), vector)

    def distances(self, shelf: Shelf) -> NDArray[np.uint16]:
        """From every vector of a shelf. Kept, for a question looks twice: for channels with hits, then for hits."""
        for where, change, distances in self._looked:
            if where is shelf and change == shelf.change:
                return distances
        self._looked[:] = [(shelf, shelf.change, shelf.vectors.distances(self.vector, len(shelf)))]
        return self._looked[0][2]


@dataclass(frozen=True)
class Hit:
    """An item that may answer; `score` is its relevance, between about 0 and 1, `meaning` what of it is nearness."""

    item: str
    score: float
    meaning: float = 0.0


@dataclass(frozen=True)
class Ranking:
    """The best items, whether or not they answer; `is_right` is the probability that the first one does."""

    hits: tuple[Hit, ...] = ()
    is_right: float = 0.0

    @property
    def score(self) -> float:
        """How confident the whole is that there is an answer: the score of the first."""
        return self.hits[0].score if self.hits else 0.0


def channels_with_hits(session: Session, team: str, wanted: Wanted, threshold: float) -> set[str]:
    """Where the audiences of the items are that might answer, to make a Viewer from. Ids of channels, no items."""
    shelf = shelf_of(session, team)
    with shelf.at_hand(session):
        seen = shelf.seen_by(None)
        if not seen.any():
            return set()
        least = threshold - MARGIN - _amends(seen)
        words, distances = shelf.lexical(wanted.stems, seen), wanted.distances(shelf)
        slots = may_reach(least, words, distances, seen)
        share = _share(words.at(slots), words.mass)
        scores = MEANING * np.maximum(COSINE_BY_SIGNS[distances[slots]], share) + WORDS * share
        highest = shelf.best_by_channel(slots, scores)
    worth = sorted((-score, channel) for channel, score in highest.items() if score >= least)
    return {channel for _, channel in worth[:CHANNELS_LOOKED_INTO]}


def may_reach(least: float, words: Lexical, distances: NDArray[np.uint16], seen: NDArray[np.bool_]) -> Places:
    """All seen slots whose score by signs and words is `least` or more, and some others.

    What has neither so many words nor so near a meaning has a lower score.
    """
    share = max(least, 0) / 2
    cosine = (least - WORDS * share) / MEANING - 1e-4  # less than any rounding
    if cosine <= 0 or least <= 0:
        return words.reaching(0)
    slots = np.flatnonzero(distances < np.count_nonzero(cosine <= COSINE_BY_SIGNS))
    slots = slots[seen[slots]]
    return np.union1d(slots, words.reaching(share * FULL_MARKS * words.mass)) if words.mass else slots


def find(session: Session, viewer: Viewer, wanted: Wanted, most: int = 10) -> Ranking:
    """The `most` best items that this viewer may see, best first, and how sure it is that the first one is right.

    Weights are counted over what this viewer may see, so that nothing about other items shows in a score.
    """
    return find_on(shelf_of(session, viewer.team), session, viewer, wanted, most)


def find_on(shelf: Shelf, session: Session, viewer: Viewer, wanted: Wanted, most: int) -> Ranking:
    """The same on a shelf of the viewer's workspace."""
    with shelf.at_hand(session):
        seen = shelf.seen_by(viewer.channels)
        if not seen.any():
            return Ranking()
        words = shelf.lexical(wanted.stems, seen)
        lexical, dense = words.best(CANDIDATES), nearest(shelf, wanted, seen)
        slots = np.union1d(lexical, dense)
        if not len(slots):
            return Ranking()
        items, bm25, held = shelf.items(slots), words.at(slots), words.held(slots)
        cosines, has_vector = shelf.vectors.cosines(wanted.vector, slots), shelf.vectors.have(slots)
    share = _share(bm25, words.mass)
    cosines = np.where(has_vector, cosines, share)  # a vector follows within seconds; until then the words speak
    closest = _closest_passages(session, viewer.team, items, wanted.vector, cosines)
    meaning = (cosines + closest) / 2
    scores = MEANING * meaning + WORDS * share
    scores += (1 - scores) * _amends(seen)
    order = np.lexsort((np.array(items), -scores))
    hits = tuple(Hit(items[i], float(scores[i]), float(meaning[i])) for i in order[:most])
    seen_as = _Features(slots, cosines, closest, bm25, held, words.mass, lexical, dense)
    return Ranking(hits, seen_as.probability())


def _amends(seen: NDArray[np.bool_]) -> float:
    """The part of what scores lack of 1 that is made up for, where somebody sees so few items."""
    return AMENDS * math.log2(FEW / min(max(int(np.count_nonzero(seen)), FEWEST), FEW))


def _share(bm25: Floats, mass: float) -> Floats:
    """BM25 as a share of full marks for a question of this weight, 0 to 1."""
    share: Floats = np.minimum(bm25 / np.float32(FULL_MARKS * max(mass, 1e-6)), 1)
    return share


def nearest(shelf: Shelf, wanted: Wanted, seen: NDArray[np.bool_]) -> Places:
    """The CANDIDATES seen slots with the highest cosines, best first."""
    slots = shelf.vectors.near(wanted.distances(shelf), seen)
    return foremost(slots, shelf.vectors.cosines(wanted.vector, slots), shelf.keys, CANDIDATES)


def _closest_passages(session: Session, team: str, items: Sequence[str], asked: Floats, cosines: Floats) -> Floats:
    """For each item the cosine of the passage nearest to the question, or its own where it has no passages."""
    query = select(WordsRow.item_id, WordsRow.passages).where(
        WordsRow.team_id == team, WordsRow.item_id.in_(items), WordsRow.passages.is_not(None)
    )
    passages = {item: stored for item, stored in session.execute(query) if stored}
    closest = cosines.copy()
    for i, item in enumerate(items):
        if item in passages:
            closest[i] = np.max(unpacked(passages[item]) @ asked)
    return closest


@dataclass(frozen=True)
class _Features:
    """What tells a right first hit from a wrong one, measured over the candidates."""

    slots: Places
    cosines: Floats
    closest: Floats
    bm25: Floats
    held: Floats
    mass: float
    by_words: Places
    by_meaning: Places

    def probability(self) -> float:
        """That the first hit is right, by logistic regression.

        Source of the coefficients: the measurements told in docs/search.md; the first hit is chosen by other weights
        than the ranking's, as it was when they were fitted.
        """
        mass = max(self.mass, 1e-6)
        bm25 = self.bm25 / mass
        score = 0.25 * self.cosines + 0.25 * self.closest + 0.5 * bm25 / FULL_MARKS
        order = np.lexsort((self.slots, -score))
        first, rest = order[0], score[order[1:6]]
        nearest = np.sort(self.cosines)[::-1]
        z = (
            -4.02
            - 0.80 * self.cosines[first]
            + 4.20 * self.closest[first]
            - 3.36 * bm25[first]
            + 3.84 * self.held[first] / mass
            + 1.94 * (score[first] - (rest.mean() if len(rest) else 0))
            + 2.55 * (score[first] - (rest[0] if len(rest) else 0))
            + 2.08 * (self.cosines[first] - (nearest[1] if len(nearest) > 1 else 0))
            - 0.34 * math.log1p(_rank(self.by_meaning, self.slots[first]))
            - 0.31 * math.log1p(_rank(self.by_words, self.slots[first]))
            + 0.10 * mass / 30
            + 1.44 * nearest[:5].mean()
        )
        return 1 / (1 + math.exp(-float(np.clip(z, -30, 30))))


def _rank(order: Places, slot: np.intp) -> int:
    """At which place, from 0; behind everybody where it is not among them."""
    at = np.flatnonzero(order == slot)
    return int(at[0]) if len(at) else CANDIDATES
