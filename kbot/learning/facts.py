"""Learning checks as facts, and their states (domain.md 3.6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CHECKS = "learning.checks"
"""The letter: at most three checks, once in seven days."""

MOST_IN_A_WEEK = 3
FIRST_WORKING_DAYS = 2
"""So long after somebody wanted to remember an item they are first asked about it."""

SILENT_AFTER = timedelta(days=7)
MOST_SILENT = 2
"""Two silent checks of an item are an answer: it is asked no more."""

HARD_AFTER = 3
"""Whoever could not recall an item so often is told that the wording may be to blame."""

CROWD = 5
"""Where it was hard for so many people, the item's brokers are told that it is unclear; of fewer nobody hears."""


class CheckState(StrEnum):
    WAITING = "waiting"
    ASKED = "asked"
    RETIRED = "retired"
    """Known by heart: the next time would be half a year away."""
    STOPPED = "stopped"
    """Its person wants no more of it, stayed silent, or the item is gone."""


NEXT = {
    CheckState.WAITING: {CheckState.ASKED, CheckState.STOPPED},
    CheckState.ASKED: {CheckState.WAITING, CheckState.RETIRED, CheckState.STOPPED},
    CheckState.RETIRED: {CheckState.WAITING},
    CheckState.STOPPED: {CheckState.WAITING},
}
"""A check that has ended begins anew when its person wants to remember the item again."""


class Recall(StrEnum):
    """How it went: the person's own word."""

    FORGOTTEN = "forgotten"
    WITH_EFFORT = "with_effort"
    RECALLED = "recalled"
    EASILY = "easily"


@dataclass(frozen=True)
class Check:
    """One person's check of one item. Moments are people's time, UTC. `n` counts the answers so far, `forgotten` those
    that were "didn't recall"; `recall` is the answer given in `letter`, None before that."""

    team: str
    person: str
    item: str
    state: CheckState
    n: int
    forgotten: int
    started_at: datetime
    due_at: datetime
    letter: str | None = None
    is_shown: bool = False
    recall: Recall | None = None

    @property
    def is_hard(self) -> bool:
        return self.forgotten >= HARD_AFTER
