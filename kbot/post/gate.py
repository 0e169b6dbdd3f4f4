"""The one place that says whether a person may be approached now. Pure.

Every proactive letter of every kind passes it (passing.py), at the moment of sending. What has an hour of its own, as
the broker's digest has, costs no budget; the person's wishes hold for it too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo

from kbot.people.facts import MOST_A_WEEK, Mode, Person, Policy
from kbot.people.hours import Window, next_day, next_window
from kbot.people.presence import HERE, Presence

WEEK = timedelta(days=7)
BUDGET = MOST_A_WEEK
"""Proactive messages a person gets in any rolling 7 days, over all kinds (product.md 5)."""

NEW_FOR = timedelta(days=14)
"""So long after they came to the workspace people get nothing unasked."""

ON_TIME = timedelta(hours=1)
"""So long after its hour a letter still comes as it was set; later it is late."""

LOOK_AGAIN = timedelta(minutes=15)
"""When Slack does not say whether somebody may be disturbed, it is asked again so much later."""

NO_MEMBER = "not a member any more"


class Proactive(IntEnum):
    """What kbot sends of its own accord, the most urgent first (product.md 5)."""

    RECALL = 1
    """What the person asked for or used is not current any more."""
    HELP = 2
    """Somebody needs what the person may know."""
    CHECK_IN = 3
    """The person asked to be asked, or said that they need something."""
    BUNDLE = 4
    """Follow-up of what the person asked for or meant to use."""
    DELIVERY = 5
    CHECK = 6
    """A learning check."""
    FEED = 7
    """What became of what the person shared."""


@dataclass(frozen=True)
class Rule:
    """How often one kind may come in any 7 days, and how long a letter that is held back is worth waiting for.

    `is_unasked`: nothing of the kind comes in a person's first days. What follows their own question, use or intention
    is not unasked.
    """

    most_a_week: int = BUDGET
    lapses_after: timedelta | None = WEEK
    is_unasked: bool = True


RULES = {
    Proactive.RECALL: Rule(lapses_after=None, is_unasked=False),  # late is better than never, and once is promised
    Proactive.HELP: Rule(),  # people/asking.py limits it further
    Proactive.CHECK_IN: Rule(lapses_after=2 * WEEK, is_unasked=False),
    Proactive.BUNDLE: Rule(most_a_week=1, is_unasked=False),  # the next week's bundle asks the same
    Proactive.DELIVERY: Rule(most_a_week=2, lapses_after=2 * WEEK),
    Proactive.CHECK: Rule(most_a_week=1, is_unasked=False),  # three questions in one letter; each was asked for
    Proactive.FEED: Rule(most_a_week=1, lapses_after=2 * WEEK),
}


class Held(StrEnum):
    """Why a letter waits."""

    PAUSED = "paused"
    NEW = "new in the workspace"
    KIND = "as many of this kind in a week as may come"
    BUDGET = "the week's budget is used up"
    HOURS = "outside their hours"
    QUIET = "not to be disturbed"
    AWAY = "out of office"
    URGENT = "something more urgent goes first"
    UNKNOWN = "Slack does not say whether they may be disturbed"


@dataclass(frozen=True)
class Go:
    """Now."""


@dataclass(frozen=True)
class Wait:
    """Not before `until` (people's time, UTC)."""

    until: datetime
    reason: Held


@dataclass(frozen=True)
class Lapse:
    """It has waited so long that it is worth nothing any more."""

    reason: str


@dataclass(frozen=True)
class Refuse:
    """Not at all."""

    reason: str


Word = Go | Wait | Lapse | Refuse


def may_approach(
    person: Person | None,
    kind: Proactive,
    sent: Sequence[tuple[Proactive, datetime]],
    now: datetime,
    *,
    presence: Presence | None = HERE,
    ahead: Sequence[Proactive] = (),
    held_since: datetime | None = None,
) -> Word:
    """Whether a letter of this kind may reach the person now (people's time). Rule: product.md 5, domain.md 3.7.

    `sent` are the proactive letters of the last 7 days, also those on their way. `ahead` are those that wait for the
    same person and go first, in their order. `presence` None: Slack does not say. `held_since`: since when it waits.
    """
    standing = _standing(person, now)
    if person is None or isinstance(standing, Refuse):
        return standing
    lapses_after = RULES[kind].lapses_after
    lapses = (held_since or now) + lapses_after if lapses_after is not None else None
    if lapses is not None and lapses <= now:
        return Lapse("it has waited so long that it is of no use any more")
    held = standing if isinstance(standing, Wait) else _held(person, kind, sent, now, presence, ahead)
    if held is not None and lapses is not None and lapses < held.until:
        return Wait(lapses, held.reason)
    return held or Go()


def _standing(person: Person | None, now: datetime) -> Refuse | Wait | Go:
    """What holds for whatever is unasked: nothing for who has left or has stopped kbot, nothing in a pause."""
    if person is None or not person.is_member:
        return Refuse(NO_MEMBER)
    if person.stopped:
        return Refuse("the person wants nothing unasked")
    if person.pause_until is not None and person.pause_until > now:
        return Wait(next_window(person.pause_until, person.zone, person.limits.window), Held.PAUSED)
    return Go()


def _held(
    person: Person,
    kind: Proactive,
    sent: Sequence[tuple[Proactive, datetime]],
    now: datetime,
    presence: Presence | None,
    ahead: Sequence[Proactive],
) -> Wait | None:
    zone, window, budget = person.zone, _window(person, kind), person.limits.budget

    def at(moment: datetime, reason: Held) -> Wait:
        return Wait(next_window(moment, zone, window), reason)

    recent = sorted((when, what) for what, when in sent if when > now - WEEK)
    if person.joined_at is not None and RULES[kind].is_unasked and now < person.joined_at + NEW_FOR:
        return at(person.joined_at + NEW_FOR, Held.NEW)
    alike = [when for when, what in recent if what is kind]
    if len(alike) >= RULES[kind].most_a_week:
        return at(alike[-RULES[kind].most_a_week] + WEEK, Held.KIND)
    if len(recent) >= budget:
        return at(recent[-budget][0] + WEEK, Held.BUDGET)
    opens = next_window(now, zone, window)
    if opens > now:
        return Wait(opens, Held.HOURS)
    if presence is None:
        return at(now + LOOK_AGAIN, Held.UNKNOWN)
    if presence.quiet_until is not None:
        return at(presence.quiet_until, Held.QUIET)
    if presence.is_away:
        return Wait(_back(person, presence, now, window), Held.AWAY)
    if _takes_its_place(person, kind, [what for _, what in recent], now, ahead):
        return at(now + LOOK_AGAIN, Held.URGENT)
    return None


def _window(person: Person, kind: Proactive) -> Window:
    """When this kind may come: what is asked every week keeps to the day that the person chose for it."""
    return person.limits.asks_in if kind is Proactive.BUNDLE else person.limits.window


def _back(person: Person, presence: Presence, now: datetime, window: Window) -> datetime:
    """When to look again whether somebody is back: when they said, else on their next working day."""
    if presence.away_until is not None:
        return next_window(presence.away_until, person.zone, window)
    return next_day(now, person.zone, window)


def _takes_its_place(
    person: Person, kind: Proactive, recent: Sequence[Proactive], now: datetime, ahead: Sequence[Proactive]
) -> bool:
    """Whether those that go first, as far as they may go at all, leave no room for this one."""
    is_new = person.joined_at is not None and now < person.joined_at + NEW_FOR
    taken = list(recent)
    for other in ahead:
        rule = RULES[other]
        if not (is_new and rule.is_unasked) and taken.count(other) < rule.most_a_week:
            taken.append(other)
    return len(taken) >= person.limits.budget or taken.count(kind) >= RULES[kind].most_a_week


def may_come_at_its_hour(person: Person | None, hour: datetime, now: datetime) -> Word:
    """Whether a letter set to this hour may come now (people's time). Late, it waits for the person's hours."""
    standing = _standing(person, now)
    if person is None or not isinstance(standing, Go):
        return standing
    opens = next_window(now, person.zone, person.limits.window)
    return Go() if now - hour <= ON_TIME or opens <= now else Wait(opens, Held.HOURS)


def may_ask_channel(policy: Policy, zone: ZoneInfo, last: datetime | None, now: datetime) -> Word:
    """Whether a channel may be asked something now (people's time): where its set-up says so, once in 7 days, in the
    usual hours of `zone`. `last`: when it was asked before."""
    if not policy.asks or policy.mode is Mode.OFF:
        return Refuse("this channel is not to be asked")
    if last is not None and last > now - WEEK:
        return Wait(next_window(last + WEEK, zone), Held.KIND)
    opens = next_window(now, zone)
    return Wait(opens, Held.HOURS) if opens > now else Go()
