"""Slots that are never looked at change nothing: the best, and what reaches a score, are as if all were summed up."""

import math
from collections import Counter
from collections.abc import Sequence
from unittest.mock import patch

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kbot.library.search import bm25
from kbot.library.search.bm25 import K1, SMALL_LIBRARY, B, Floats, Lexical, foremost
from kbot.library.search.postings import Postings, numbered
from kbot.library.search.rank import COSINE_BY_SIGNS, FULL_MARKS, MEANING, WORDS, may_reach
from kbot.library.search.vectors import FAR
from tests.examples import examples

SLOTS, MOST = 600, 20
COSTS = (0.1, bm25.LOOKING_UP)
"""In so few slots it is hardly ever worth while to look one up; so it is also made cheap."""


class Texts:
    """Texts in slots, of words of which few are everywhere and many are rare, some of them hidden; and a question."""

    def __init__(self, seed: int, *, words: int = 9) -> None:
        chance = np.random.default_rng(seed)
        often = 1 / np.arange(1, 400)
        drawn = chance.choice(399, (SLOTS, 30), p=often / often.sum())
        self.texts = [[f"w{n}" for n in row[: chance.integers(1, 30)]] for row in drawn]
        self.seen = chance.random(SLOTS) < 0.7
        self.ties = chance.permutation(SLOTS).astype(np.uint32)
        self.distances = np.minimum(chance.normal(170, 25, SLOTS), FAR).astype(np.uint16)
        self.question = [f"w{n}" for n in dict.fromkeys([0, 1, *chance.integers(0, 400, words).tolist()])]

    def lexical(self, question: Sequence[str] = ()) -> Lexical:
        postings = Postings()
        lengths = postings.add([" ".join(text) for text in self.texts], 0)
        postings.settle()
        return Lexical(postings.of(question or self.question), lengths.astype(np.int32), self.seen, self.ties)

    def scores(self) -> Floats:
        """Of every slot, as the formula has it; of unseen ones -1."""
        seen = [text for text, is_seen in zip(self.texts, self.seen, strict=True) if is_seen]
        mean, size = sum(map(len, seen)) / len(seen), max(len(seen), SMALL_LIBRARY)
        scores = np.zeros(SLOTS, np.float32)
        for stem in self.question:
            holding = sum(stem in text for text in seen)
            idf = math.log(1 + (size - holding + 0.5) / (holding + 0.5))
            for slot, text in enumerate(self.texts):
                times = Counter(text)[stem]
                scores[slot] += idf * (K1 + 1) * times / (times + K1 * (1 - B + B * len(text) / mean))
        return np.where(self.seen, scores, np.float32(-1))


@settings(max_examples=examples(10), deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(COSTS))
def test_the_best_are_the_best_of_all(seed: int, looking_up: float) -> None:
    texts = Texts(seed)
    lexical, scores = texts.lexical(), texts.scores()
    with patch.object(bm25, "LOOKING_UP", looking_up):
        best = lexical.best(MOST)
    np.testing.assert_allclose(lexical.at(best), np.sort(scores)[::-1][:MOST], rtol=1e-5)
    np.testing.assert_allclose(lexical.at(best), scores[best], rtol=1e-5)
    assert texts.seen[best].all()


@settings(max_examples=examples(10), deadline=None)
@given(st.integers(0, 10**6), st.floats(-0.1, 0.9), st.sampled_from(COSTS))
def test_nothing_that_reaches_a_score_is_left_out(seed: int, least: float, looking_up: float) -> None:
    texts = Texts(seed)
    lexical = texts.lexical()
    share = np.minimum(texts.scores() / (FULL_MARKS * lexical.mass), 1)
    worth = MEANING * np.maximum(COSINE_BY_SIGNS[texts.distances], share) + WORDS * share
    with patch.object(bm25, "LOOKING_UP", looking_up):
        found = may_reach(least, lexical, texts.distances, texts.seen)
    assert set(np.flatnonzero((worth >= least) & texts.seen).tolist()) <= set(found.tolist())
    assert texts.seen[found].all()


def test_what_is_everywhere_is_only_looked_up() -> None:
    texts = Texts(1, words=12)
    lexical = texts.lexical()
    with patch.object(bm25, "LOOKING_UP", COSTS[0]):
        best = lexical.best(3)
    assert lexical.untouched
    np.testing.assert_allclose(lexical.at(best), np.sort(texts.scores())[::-1][:3], rtol=1e-5)


@settings(max_examples=examples(10), deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 60))
def test_of_more_than_may_be_weighed_the_commonest_words_count_as_not_asked(seed: int, words: int) -> None:
    texts = Texts(seed, words=words)
    held = {word: sum(word in text for text in texts.texts) for word in texts.question}
    rarest = sorted(texts.question, key=lambda word: held[word])
    sums = np.cumsum([held[word] for word in rarest])
    for each in (1, bm25.FOR_EACH_SLOT):
        kept = {word for word, so_far in zip(rarest, sums, strict=True) if so_far <= each * SLOTS}
        with patch.multiple(bm25, MOST_POSTINGS=0, FOR_EACH_SLOT=each):
            capped = texts.lexical()
        without = texts.lexical([word for word in texts.question if word in kept])
        assert capped.mass == without.mass
        assert capped.best(MOST).tolist() == without.best(MOST).tolist()


@settings(max_examples=examples(10), deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12))
def test_an_ordinary_question_ranks_just_as_without_a_limit(seed: int, words: int) -> None:
    texts = Texts(seed, words=words)
    assume(sum(word in text for word in texts.question for text in texts.texts) <= bm25.FOR_EACH_SLOT * SLOTS)
    with patch.object(bm25, "MOST_POSTINGS", 0):
        capped = texts.lexical()
    free = texts.lexical()
    assert capped.mass == free.mass
    assert capped.best(MOST).tolist() == free.best(MOST).tolist()
    everywhere = np.arange(SLOTS)
    np.testing.assert_array_equal(capped.at(everywhere), free.at(everywhere))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.integers(1, 12))
def test_of_equals_the_order_is_not_that_of_their_slots(scores: list[int], most: int) -> None:
    chance = np.random.default_rng(len(scores))
    ties = chance.permutation(len(scores)).astype(np.uint32)
    found = foremost(np.arange(len(scores)), np.array(scores, np.float32), ties, most)
    assert found.tolist() == sorted(range(len(scores)), key=lambda n: (-scores[n], ties[n]))[:most]


@given(st.lists(st.lists(st.text(st.characters(categories=["L", "N", "Cs"]), min_size=1, max_size=5), max_size=4)))
def test_equal_words_have_equal_numbers_wherever_they_stand(texts: list[list[str]]) -> None:
    numbers, lengths = numbered([" ".join(text) for text in texts])
    words = [word for text in texts for word in text]
    assert lengths.tolist() == [len(text) for text in texts]
    assert len(numbers) == len(words)
    assert len(dict(zip(words, numbers.tolist(), strict=True))) == len(set(words)) == len(set(numbers.tolist()))
    assert numbered([" ".join(words)])[0].tolist() == numbers.tolist()
