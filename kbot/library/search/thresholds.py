"""From which score on kbot answers, and from which probability on it is sure. Carried over from other data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Threshold:
    """`answer`: the lowest score of an item that is cited. `sure`: the lowest probability that the first one is right
    at which kbot does not say that it is unsure."""

    answer: float = 0.4
    sure: float = 0.3


CITED = Threshold()
"""For an answer."""

NAMED = Threshold(answer=0.3)
"""For a person who names a thing they know by a few of its words, and sees for themselves whether it is meant."""

MOST_CITED = 3
