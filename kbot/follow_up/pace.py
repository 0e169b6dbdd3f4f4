"""How often somebody is asked who stays silent. Pure: which bundles came and were answered in, what to do next out.

Silence is an answer that is respected: after two silent bundles in a row they come once a month, after four no more,
with one last note (product.md 4). Any answer, to whichever bundle, begins anew. Where asking costs a workspace too
much, everybody there is asked half as often until it does so no more (domain.md 3.7).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum

from kbot.post.facts import Arrival
from kbot.trail.measures import Burden

SILENT_AFTER = timedelta(days=7)
WEEK, MONTH = timedelta(days=7), timedelta(days=28)
SLOW_AFTER = 2
"""Silent bundles in a row."""

REST_AFTER = 4

MOST_OPT_OUTS = 3.0
"""In 100 messages; more, or more silence than the next, halves how often people are asked."""

MOST_SILENT = 0.70
FEWEST_MESSAGES = 50
"""Of fewer in four weeks nothing is learned: of so many, one person alone is no reason. Half of it where people are
asked half as often."""


class Next(Enum):
    ASK = "ask"
    LATER = "later"
    REST = "rest"
    """Nothing more is asked; the one last note says so."""


def next_step(
    bundles: Sequence[Arrival], last_notes: Sequence[Arrival], now: datetime, *, is_halved: bool = False
) -> Next:
    """Whether a person is asked now (people's time). Who starts again after the last note is asked monthly."""
    if silent_in_a_row(bundles, last_notes, now) >= REST_AFTER:
        return Next.REST
    return Next.ASK if waits_until(bundles, last_notes, now, is_halved=is_halved) is None else Next.LATER


def waits_until(
    bundles: Sequence[Arrival], last_notes: Sequence[Arrival], now: datetime, *, is_halved: bool = False
) -> datetime | None:
    """Until when a person is not asked; None: they may be. The week between two bundles is the gate's business."""
    is_slow = silent_in_a_row(bundles, last_notes, now) >= SLOW_AFTER
    if not bundles or not (is_slow or is_halved):
        return None
    until = bundles[-1].sent_at + (MONTH if is_slow else WEEK) * (2 if is_halved else 1)
    return until if until > now else None


def halved(was: bool, cost: Burden) -> bool:
    """Whether people of a workspace are asked half as often, by what it cost them in four weeks."""
    if cost.messages < (FEWEST_MESSAGES // 2 if was else FEWEST_MESSAGES):
        return False
    return (cost.opt_outs_per_hundred or 0.0) > MOST_OPT_OUTS or (cost.silent_share or 0.0) > MOST_SILENT


def silent_in_a_row(bundles: Sequence[Arrival], last_notes: Sequence[Arrival], now: datetime) -> int:
    """How many bundles nobody has answered since the last answer to any."""
    said = max((one.answered_at for one in bundles if one.answered_at), default=None)
    again = max((one.answered_at for one in last_notes if one.answered_at), default=None)
    since = max((at for at in (said, again) if at), default=None)
    silent = sum(
        one.answered_at is None and one.sent_at <= now - SILENT_AFTER and (since is None or one.sent_at > since)
        for one in bundles
    )
    return silent + (SLOW_AFTER if again is not None and again == since else 0)
