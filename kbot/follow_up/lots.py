"""Who is drawn when more is due than a bundle holds. Pure: due cases in, those to ask and the odds out.

A simple random sample, seeded by person and week, so that the same draw comes out whoever makes it, and the odds are
written down: an honest rate needs them (domain.md 3.5, 3.10).
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kbot.follow_up.facts import Case

MOST = 3
"""Questions in one bundle (domain.md 3.7)."""

SUSTAIN_SHARE = 1 / 3
"""Of the uses of what is done again and again, so many are asked about three months later."""

SILENT_SHARE = 0.25
"""Of the cases that ended in silence, so many are asked the one question of the mini-sample (domain.md 3.3 L)."""


@dataclass(frozen=True)
class Draw:
    """`taken`: what is asked, in its order. `odds`: of each of `lots` to be among them."""

    taken: Sequence[Case]
    lots: Sequence[Case]
    odds: float


def draw(due: Sequence[Case], seed: str, most: int = MOST) -> Draw:
    """What was asked for comes first, the longest due before; the places that are left are drawn among the rest."""
    certain = sorted((case for case in due if case.rhythm.is_certain), key=_age)
    lots = sorted((case for case in due if not case.rhythm.is_certain), key=_age)
    places = max(0, most - len(certain))
    drawn = random.Random(seed).sample(  # noqa: S311 - a draw that can be repeated
        lots, min(places, len(lots))
    )
    taken = sorted([*certain[:most], *drawn], key=lambda case: (case.asks_made, *_age(case)))
    return Draw(taken, lots, min(1.0, places / len(lots)) if lots else 0.0)


def _age(case: Case) -> tuple[datetime, str]:
    return case.due_at, case.id


def chosen(seed: str, share: float) -> bool:
    """Whether something of which a share is asked is among them: the same for the same seed, whoever asks."""
    return random.Random(seed).random() < share  # noqa: S311 - a draw that can be repeated
