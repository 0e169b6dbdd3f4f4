"""What there is to review in some channels: ids of what waits, failed, came in or was said. Words come by viewer."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.answers import groups
from kbot.delivery import needs
from kbot.helping import states
from kbot.library import items
from kbot.library.facts import ItemState, WaitsFor
from kbot.library.tables import ItemRow
from kbot.people import directory
from kbot.review import digest
from kbot.review.facts import Look, RowKind
from kbot.trail import hindrances, log
from kbot.trail.evidence import evidence
from kbot.trail.facts import UNCLEAR_TO, Barrier, Doubted, Fact, Hindered, Rated, Responded, Unclear
from kbot.trail.proof import CONTESTED_WITHIN, Evidence

FARTHEST_BACK = timedelta(days=180)
"""What somebody found unclear longer ago is not held against an item any more."""


def look(session: Session, team: str, channels: Collection[str], since: datetime, until: datetime) -> Look:
    """What a digest of these channels says of the time from `since` to `until` (people's time)."""
    found: dict[RowKind, list[str]] = {
        RowKind.CHECK: _to_check(session, team, channels, until),
        RowKind.QUESTION: [q.id for q in groups.open_in(session, team, channels) if q.since <= until],
        RowKind.HELP: _help_wanted(session, team, channels, until),
        RowKind.APPROVE: [
            item.id for item in items.waiting(session, team, channels, WaitsFor.BROKER) if item.created_at <= until
        ],
        RowKind.SAID: _said(session, team, channels, since, until),
        RowKind.CAME_IN: _came_in(session, team, channels, since, until),
        RowKind.UNCLEAR: _unclear(session, team, channels, until),
        RowKind.NEED: [need.id for need in needs.unmet(session, team, channels, since, until)],
        RowKind.BARRIER: [barrier for barrier, _ in barriers(session, team, channels, until)],
    }
    # An item is shown once, where it matters most.
    found[RowKind.UNCLEAR] = [i for i in found[RowKind.UNCLEAR] if i not in found[RowKind.CHECK]]
    found[RowKind.SAID] = [i for i in found[RowKind.SAID] if i not in found[RowKind.CHECK] + found[RowKind.UNCLEAR]]
    above = {*found[RowKind.CHECK], *found[RowKind.UNCLEAR], *found[RowKind.SAID]}
    found[RowKind.CAME_IN] = [i for i in found[RowKind.CAME_IN] if i not in above]
    rows, more = digest.choose(found)
    return Look(rows, since, until, more)


def _help_wanted(session: Session, team: str, channels: Collection[str], until: datetime) -> list[str]:
    """Requests for help that a broker shall see, the oldest first."""
    waiting = states.waiting_in(session, team, channels)
    people = directory.people(session, team, {request.asker for request in waiting})
    return [
        request.id
        for request in waiting
        if request.asker in people and digest.help_is_late(request, people[request.asker].zone, until)
    ]


def _unclear(session: Session, team: str, channels: Collection[str], until: datetime) -> list[str]:
    """Published items that are not clear to two people or more; those that are not clear to most come first."""
    said = [fact for fact in log.since(session, Hindered, team, until - FARTHEST_BACK) if fact.at <= until]
    about = _published(session, team, channels, {fact.item for fact in said if fact.item is not None})
    found = hindrances.hindered_by(session, team, Barrier.UNCLEAR, about)
    many = {item: len(people) for item, people in found.items() if len(people) >= UNCLEAR_TO}
    return sorted(many, key=lambda item: (-many[item], item))


def barriers(session: Session, team: str, channels: Collection[str], until: datetime) -> Sequence[tuple[Barrier, int]]:
    """What stood most in the way of using items of these channels in the last month, with how many people said so."""
    said = [fact for fact in log.since(session, Hindered, team, until - digest.A_MONTH) if fact.at <= until]
    about = _published(session, team, channels, {fact.item for fact in said if fact.item is not None})
    most = digest.in_the_way(fact for fact in said if fact.item in about)
    return [most] if most is not None else []


def _published(session: Session, team: str, channels: Collection[str], about: Collection[str]) -> set[str]:
    query = select(ItemRow.id).where(
        ItemRow.team_id == team,
        ItemRow.id.in_(about),
        ItemRow.channel_id.in_(channels),
        ItemRow.state == ItemState.PUBLISHED,
    )
    return set(session.scalars(query))


def _to_check(session: Session, team: str, channels: Collection[str], until: datetime) -> list[str]:
    """Published items that did harm, failed twice or are doubted, and not verified since; the worst first."""
    newest = _newest_trouble(session, team, until - CONTESTED_WITHIN, until)
    open_ones = _unverified_since(session, team, channels, newest)
    said = evidence(session, team, open_ones)
    return sorted(
        (i for i in open_ones if digest.needs_a_check(said[i])), key=lambda i: _badness(said[i], i), reverse=True
    )


def _badness(said: Evidence, item: str) -> tuple[int, int, str]:
    return said.made_worse, said.failed + said.doubted, item


def _said(session: Session, team: str, channels: Collection[str], since: datetime, until: datetime) -> list[str]:
    """Published items of which something countable was said, and that nobody has verified since; the newest first."""
    newest = _newest_word(session, team, since, until)
    open_ones = _unverified_since(session, team, channels, newest)
    said = evidence(session, team, open_ones)
    return sorted((i for i in open_ones if said[i].in_words), key=lambda i: (newest[i], i), reverse=True)


def _came_in(session: Session, team: str, channels: Collection[str], since: datetime, until: datetime) -> list[str]:
    return [
        item.id
        for item in items.published_since(session, team, channels, since)
        if item.published_at is not None
        and item.published_at <= until
        and (item.verified_at is None or item.verified_at < item.published_at)
    ]


def _newest_word(session: Session, team: str, since: datetime, until: datetime) -> dict[str, datetime]:
    """When something was last said of each item in this time."""
    return _newest(log.since(session, Responded, team, since), until)


def _newest_trouble(session: Session, team: str, since: datetime, until: datetime) -> dict[str, datetime]:
    """When each item was last said to fail or to do harm, was doubted or found unclear, in this time."""
    failed = [fact for fact in log.since(session, Responded, team, since) if fact.is_bad]
    rated = [f for f in log.since(session, Rated, team, since) if f.complaint is not None and f.complaint.is_doubt]
    hard = log.since(session, Unclear, team, since)
    return _newest([*failed, *rated, *hard, *log.since(session, Doubted, team, since)], until)


def _newest(facts: Iterable[Fact], until: datetime) -> dict[str, datetime]:
    in_order = sorted(facts, key=lambda fact: fact.at)
    return {fact.item: fact.at for fact in in_order if fact.item is not None and fact.at <= until}


def _unverified_since(session: Session, team: str, channels: Collection[str], newest: dict[str, datetime]) -> list[str]:
    """Those of these items that are published in these channels, and not verified since that moment."""
    rows = session.execute(
        select(ItemRow.id, ItemRow.verified_at).where(
            ItemRow.team_id == team,
            ItemRow.id.in_(newest),
            ItemRow.channel_id.in_(channels),
            ItemRow.state == ItemState.PUBLISHED,
        )
    )
    return [item for item, verified_at in rows if verified_at is None or verified_at < newest[item]]
