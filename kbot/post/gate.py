"""The one place that says whether a person may be approached now. Pure.

Every proactive letter of every kind passes it (passing.py), at the moment of sending. What has an hour of its own, as
the broker's digest has, costs no budget; the person's wishes hold for it too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kbot.people.facts import Person
from kbot.people.hours import next_window

WEEK = timedelta(days=7)
BUDGET = 3
"""Proactive messages a person gets in any rolling 7 days, over all kinds (product.md 5)."""

BUDGET_OF_A_KIND = 1
"""Of each kind of weekly letter, one in any rolling 7 days (domain.md 3.7)."""

NOT_WEEKLY = frozenset({"answers.help"})
"""Kinds of which several may come in a week, within the budget: requests for help, which answers/helping.py limits."""


NO_MEMBER = "not a member any more"

ON_TIME = timedelta(hours=1)
"""So long after its hour a letter still comes as it was set; later it is late."""


@dataclass(frozen=True)
class Go:
    """Now."""


@dataclass(frozen=True)
class Wait:
    """Not before `until` (people's time, UTC)."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class Refuse:
    """Not at all."""

    reason: str


Word = Go | Wait | Refuse


def may_approach(person: Person | None, kind: str, sent: Sequence[tuple[str, datetime]], now: datetime) -> Word:
    """Whether a letter of `kind` may reach the person now (people's time).

    `sent` are the kinds and moments of the proactive letters of the last 7 days. Rule: product.md 5, domain.md 3.7.
    """
    if person is None or not person.is_member:
        return Refuse(NO_MEMBER)
    if against := _wish(person, now):
        return against
    recent = sorted(at for _, at in sent if at > now - WEEK)
    alike = [at for other, at in sent if other == kind and at > now - WEEK]
    if kind not in NOT_WEEKLY and len(alike) >= BUDGET_OF_A_KIND:
        return Wait(next_window(max(alike) + WEEK, person.zone), "one a week of this kind")
    if len(recent) >= BUDGET:
        return Wait(next_window(recent[-BUDGET] + WEEK, person.zone), "the week's budget is used up")
    return _in_their_hours(person, now)


def may_come_at_its_hour(person: Person | None, hour: datetime, now: datetime) -> Word:
    """Whether a letter set to this hour may come now (people's time). Late, it waits for the person's hours."""
    if person is None or not person.is_member:
        return Refuse(NO_MEMBER)
    if against := _wish(person, now):
        return against
    return Go() if now - hour <= ON_TIME else _in_their_hours(person, now)


def _wish(person: Person, now: datetime) -> Wait | Refuse | None:
    """What the person wishes, if that is to be left in peace."""
    if person.stopped:
        return Refuse("the person wants nothing unasked")
    if person.pause_until is not None and person.pause_until > now:
        return Wait(next_window(person.pause_until, person.zone), "paused")
    return None


def _in_their_hours(person: Person, now: datetime) -> Word:
    opens = next_window(now, person.zone)
    return Go() if opens <= now else Wait(opens, "outside their hours")
