"""How often somebody is asked who stays silent. Pure: which bundles came and were answered in, what to do next out.

Silence is an answer that is respected: after two silent bundles in a row they come once a month, after four no more,
with one last note (product.md 4). Any answer, to whichever bundle, begins anew.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum

from kbot.post.facts import Arrival

SILENT_AFTER = timedelta(days=7)
MONTH = timedelta(days=28)
SLOW_AFTER = 2
"""Silent bundles in a row."""

REST_AFTER = 4


class Next(Enum):
    ASK = "ask"
    LATER = "later"
    REST = "rest"
    """Nothing more is asked; the one last note says so."""


def next_step(bundles: Sequence[Arrival], last_notes: Sequence[Arrival], now: datetime) -> Next:
    """Whether a person is asked now (people's time). Who starts again after the last note is asked monthly."""
    silent = silent_in_a_row(bundles, last_notes, now)
    if silent >= REST_AFTER:
        return Next.REST
    if silent >= SLOW_AFTER and bundles and bundles[-1].sent_at > now - MONTH:
        return Next.LATER
    return Next.ASK


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
