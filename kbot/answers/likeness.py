"""Whether two questions mean the same. Pure.

Answering one then answers the other, so it is strict. "How do we invoice in Norway?" and "... in Sweden?" have a cosine
of 0.89 by MiniLM, and half of their words must agree as well; "VPN password reset?" and "How do I reset my VPN
password?" have the same words.
"""

from kbot.meaning.stems import distinct

SAME = 0.85
"""The lowest cosine of two questions that mean the same."""

SHARED = 0.5
"""And the smallest share of their different stems that both have."""


def alike(one: str, other: str, cosine: float) -> float:
    """How surely two questions mean the same, from 0 (they do not) to 1 (they have the same stems)."""
    mine, theirs = set(distinct(one)), set(distinct(other))
    if mine == theirs:
        return 1.0
    is_same = cosine >= SAME and len(mine & theirs) >= SHARED * len(mine | theirs)
    return min(cosine, 1.0) if is_same else 0.0
