"""The rules of the digest. Pure: times, facts and counts in, decisions out. Rule: product.md 6, domain.md 3.11."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kbot.helping.facts import WORKING_DAYS, Request, RequestState
from kbot.library.facts import Item, ItemState, WaitsFor
from kbot.people.facts import DigestTime
from kbot.people.hours import add_working_days, iso_week, moment_in_week
from kbot.review.facts import Became, Done, Row, RowKind
from kbot.trail.facts import UNCLEAR_TO, Barrier, Decision, Hindered, Reviewed
from kbot.trail.proof import Evidence

WEEK = timedelta(days=7)
FARTHEST_BACK = timedelta(days=28)
MOST_ROWS = 15
FAILED_TWICE = 2
CROWD = 5
"""Of fewer people nothing is told (domain.md 2.9-7)."""

A_MONTH = timedelta(days=30)
FOR_A_BROKER = (Barrier.NEED_OK, Barrier.MISSING_ACCESS, Barrier.NO_TIME)
"""What no colleague can help with, and somebody who looks after the whole may."""

SHARE = {
    RowKind.CHECK: 3,
    RowKind.QUESTION: 2,
    RowKind.HELP: 2,
    RowKind.APPROVE: 2,
    RowKind.CAME_IN: 1,
    RowKind.SAID: 1,
    RowKind.UNCLEAR: 1,
    RowKind.NEED: 2,
    RowKind.BARRIER: 1,
}
"""Rows that each kind may have before another kind's rest finds room."""


def moment(times: Iterable[DigestTime], zone: ZoneInfo, now: datetime) -> datetime | None:
    """When this ISO week's digest comes: the earliest time of the broker's channels, in the broker's zone.

    A time that was over when it was set counts from the next week on. None when there is none this week.
    """
    moments = ((time, moment_in_week(now, time.day, time.hour, zone)) for time in times)
    return min((at for time, at in moments if at >= time.set_at), default=None)


def key(broker: str, zone: ZoneInfo, now: datetime) -> str:
    """The key of a broker's digest: one per local ISO week."""
    return f"digest:{broker}:{iso_week(now, zone)}"


def earlier_keys(broker: str, zone: ZoneInfo, now: datetime) -> list[str]:
    """The keys of the digests that may still be of interest, newest first; `now`'s own is not among them."""
    return [key(broker, zone, now - n * WEEK) for n in range(1, FARTHEST_BACK // WEEK + 1)]


def since(until: datetime, previous: datetime | None) -> datetime:
    """Where a digest begins: where the previous one ended, at least a week and at most four weeks back."""
    farthest = until - FARTHEST_BACK
    return farthest if previous is None else max(farthest, min(previous, until - WEEK))


def choose(found: Mapping[RowKind, Sequence[str]]) -> tuple[tuple[Row, ...], int]:
    """The rows of a digest, and how many found no room. No kind pushes another one out."""
    taken = {kind: list(found.get(kind, ())[: SHARE[kind]]) for kind in RowKind}
    room = MOST_ROWS - sum(len(ids) for ids in taken.values())
    for kind in RowKind:
        extra = found.get(kind, ())[SHARE[kind] : SHARE[kind] + room]
        taken[kind] += extra
        room -= len(extra)
    rows = tuple(Row(kind, row_id) for kind in RowKind for row_id in taken[kind])
    return rows, sum(len(ids) for ids in found.values()) - len(rows)


def help_is_late(request: Request, zone: ZoneInfo, until: datetime) -> bool:
    """Whether a broker shall see that somebody waits for help: nobody is left to ask, or three working days are over.

    `zone` is the asker's.
    """
    if request.opened_at > until:
        return False
    return request.with_broker or add_working_days(request.opened_at, WORKING_DAYS, zone) <= until


def help_became(request: Request) -> Done | None:
    """What became of a request for help; None while it waits for the broker."""
    match request.state:
        case RequestState.ANSWERED | RequestState.RESOLVED:
            return Done(Became.ANSWERED)
        case RequestState.ASKED if request.with_broker:
            return Done(Became.SENT_ON)
        case RequestState.WITHDRAWN | RequestState.GONE:
            return Done(Became.NOT_NEEDED)
        case _:
            return None


def in_the_way(hindered: Iterable[Hindered]) -> tuple[Barrier, int] | None:
    """What stands in the way of most people, with how many they are; None below five. Each person's latest word about
    an item counts, and a person counts once."""
    latest = {(fact.item, fact.person): fact.barrier for fact in hindered}
    people: defaultdict[Barrier, set[str | None]] = defaultdict(set)
    for (_, person), barrier in latest.items():
        if barrier in FOR_A_BROKER:
            people[barrier].add(person)
    counted = sorted(((len(who), barrier) for barrier, who in people.items()), key=lambda one: (-one[0], one[1]))
    return (counted[0][1], counted[0][0]) if counted and counted[0][0] >= CROWD else None


def at_least(people: int) -> int:
    """A count in steps of five: so two reports, one after the other, do not tell of one person."""
    return people // CROWD * CROWD


def needs_a_check(evidence: Evidence) -> bool:
    """It did harm, did not work for two people, somebody finds it outdated or wrong, or many hard to remember."""
    return bool(evidence.made_worse or evidence.failed >= FAILED_TWICE or evidence.doubted or evidence.is_unclear)


def should_go(evidence: Evidence) -> bool:
    """It failed or did harm at least as often as it helped: then retiring it is the next thing to do."""
    bad = evidence.failed + evidence.made_worse
    return bad > 0 and bad >= evidence.helped


def became(kind: RowKind, item: Item, decided: Reviewed | None, until: datetime, *, unclear_to: int = 0) -> Done | None:
    """What became of an item's row since the digest; None while it waits. `decided` is the latest decision about it,
    `unclear_to`: to how many people it is not clear now."""
    if item.state is ItemState.RETIRED:
        return Done(Became.RETIRED, _by(decided, Decision.RETIRED))
    if item.state is ItemState.SUPERSEDED:
        return Done(Became.REPLACED)
    if item.state is ItemState.REJECTED and _by(decided, Decision.REJECTED):
        return Done(Became.REJECTED, _by(decided, Decision.REJECTED))
    if item.state in (ItemState.REJECTED, ItemState.WITHDRAWN):
        return Done(Became.TAKEN_BACK)
    if kind is RowKind.APPROVE:
        if item.state is ItemState.PUBLISHED:
            by = _by(decided, Decision.APPROVED)
            return Done(Became.APPROVED, by) if by else Done(Became.PUBLISHED)
        return None if waits_for_broker(item) else Done(Became.MOVED_ON)
    if item.state is not ItemState.PUBLISHED:
        return Done(Became.TAKEN_BACK)
    if kind is RowKind.UNCLEAR:
        return Done(Became.CLEARER) if unclear_to < UNCLEAR_TO else None
    if item.verified_at is not None and item.verified_at >= until:
        return Done(Became.VERIFIED, item.verified_by)
    return None


def _by(decided: Reviewed | None, decision: Decision) -> str | None:
    return decided.person if decided is not None and decided.decision is decision else None


def waits_for_broker(item: Item) -> bool:
    """Whether a broker's word is all that is missing."""
    return item.state is ItemState.CANDIDATE and item.waits_for is WaitsFor.BROKER
