"""From which score on kbot answers, and from which probability on it is sure. Pure.

Both begin with a prior that was measured elsewhere (docs/search.md). Thumbs under answers move them: in each workspace
a logistic curve is laid through them, of which only the place is fitted, not the slope; the prior holds it back.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Threshold:
    """`answer`: the lowest score of an item that is cited. `sure`: the lowest probability that the first one is right
    at which kbot does not say that it is unsure."""

    answer: float = 0.4
    sure: float = 0.3


CITED = Threshold()
"""For an answer, before anything is known of a workspace."""

NAMED = 0.1
"""By so much lower, for a person who names a thing they know by a few of its words, and sees whether it is meant."""

NEAREST = 0.2
"""By so much lower, for an item that is no answer and may still say who works on such things."""

MOST_CITED = 3

LOWEST, HIGHEST = Threshold(0.3, 0.1), Threshold(0.55, 0.7)
"""Thumbs move the thresholds no farther; an admin may."""

FEWEST_THUMBS, FEWEST_PEOPLE, FEWEST_OF_A_KIND = 30, 5, 5
"""Before so many thumbs of so many people, and so many that point up and down, nothing is fitted."""

MOST_OF_A_PERSON = 10
"""A person's newest thumbs that count, so that nobody decides alone."""


@dataclass(frozen=True)
class Thumb:
    """What a person said of an answer that had this score and this probability of being right."""

    person: str
    score: float
    chance: float
    is_helpful: bool


@dataclass(frozen=True)
class Tuning:
    """How a workspace's thresholds came about: what an admin chose (None: nothing), else what was fitted from so many
    thumbs, else the prior."""

    chosen_answer: float | None = None
    chosen_sure: float | None = None
    fitted: Threshold | None = None
    thumbs: int = 0

    @property
    def usual(self) -> Threshold:
        """Where no admin chose anything."""
        return self.fitted or CITED

    @property
    def threshold(self) -> Threshold:
        return Threshold(
            self.usual.answer if self.chosen_answer is None else self.chosen_answer,
            self.usual.sure if self.chosen_sure is None else self.chosen_sure,
        )


@dataclass(frozen=True)
class _Curve:
    """How the probability that an answer helps grows with x: `at_prior` at the prior threshold, and how steeply.

    `spread` says how far from the prior the thresholds of workspaces lie, in x.
    """

    slope: float
    prior: float
    at_prior: float
    spread: float

    def threshold(self, seen: Sequence[tuple[float, bool]], lowest: float, highest: float) -> float:
        """The likeliest x, between these two and given the prior, at which answers help as often as `at_prior`."""
        for _ in range(40):
            x = (lowest + highest) / 2
            # Answers that helped less often than they should, with the threshold at x, pull it up; the prior holds it
            # back. The farther up, the weaker the first and the stronger the second: they are even in one place.
            pull = sum(self._helps(at - x) - is_helpful for at, is_helpful in seen) * self.slope
            if (x - self.prior) / self.spread**2 > pull:
                highest = x
            else:
                lowest = x
        return (lowest + highest) / 2

    def _helps(self, above: float) -> float:
        return _logistic(self.slope * above + _logit(self.at_prior))


def _logit(p: float) -> float:
    p = min(max(p, 1e-6), 1 - 1e-6)
    return math.log(p / (1 - p))


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, x))))


BY_SCORE = _Curve(slope=8.0, prior=CITED.answer, at_prior=1 / 3, spread=0.05)
"""As measured on questions about two FAQs: at a score of 0.40 one answer in three is right, at 0.60 two."""

BY_CHANCE = _Curve(slope=1.0, prior=_logit(CITED.sure), at_prior=0.5, spread=0.7)
"""Over the logarithm of the odds: what is re-fitted is the bias of the logistic regression (rank.py)."""


def fitted(thumbs: Iterable[Thumb]) -> Threshold | None:
    """The thresholds that suit these thumbs, given oldest first; None where they are too few to say."""
    kept: list[Thumb] = []
    of_person: Counter[str] = Counter()
    for thumb in reversed(list(thumbs)):
        of_person[thumb.person] += 1
        if of_person[thumb.person] <= MOST_OF_A_PERSON:
            kept.append(thumb)
    helpful = sum(thumb.is_helpful for thumb in kept)
    if (
        len(kept) < FEWEST_THUMBS
        or len(of_person) < FEWEST_PEOPLE
        or min(helpful, len(kept) - helpful) < FEWEST_OF_A_KIND
    ):
        return None
    by_score = [(thumb.score, thumb.is_helpful) for thumb in kept]
    by_chance = [(_logit(thumb.chance), thumb.is_helpful) for thumb in kept]
    sure = BY_CHANCE.threshold(by_chance, _logit(LOWEST.sure), _logit(HIGHEST.sure))
    return Threshold(
        round(BY_SCORE.threshold(by_score, LOWEST.answer, HIGHEST.answer), 2),
        round(_logistic(sure), 2),
    )
