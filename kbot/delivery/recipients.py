"""Who gets an item and why: one statement each for who follows its topics, who asked about them, and channels.

The gates before any rule (domain.md 4): the item is published and not contested; the person is a full member who wants
deliveries, neither contributed nor saved nor has it already, and has not asked for less of that. Slack says at sending
once more who may see it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, select
from sqlalchemy.orm import Session

from kbot.delivery import recall
from kbot.delivery.facts import Rule, State
from kbot.delivery.tables import DeliveryRow, MutedRow
from kbot.library.facts import Item, ItemKind
from kbot.library.tables import AskedRow, FollowRow
from kbot.people.facts import Pace
from kbot.people.tables import PersonRow
from kbot.storage.upsert import insert_selected
from kbot.trail.evidence import evidence
from kbot.trail.tables import FactRow

FIRST_WAVE, SECOND_WAVE = 15, 50
ASKED_WITHIN = timedelta(days=30)
MONTH = timedelta(days=30)
MOST_ASKERS = 500
"""Of those who asked about a topic the latest so many are looked at."""

_NAMES = (
    *("team_id", "item_id", "is_channel", "note", "chosen_at", "rule", "points"),
    *("recipient", "topic_id", "wave", "state"),
)


def may_be_pushed(session: Session, item: Item, now: datetime) -> bool:
    """Whether the item may go to people who did not ask for it."""
    if not item.is_findable or item.is_contested:
        return False
    return not evidence(session, item.team, [item.id])[item.id].is_alarming(now)


def choose(session: Session, item: Item, now: datetime, inside: Collection[str] | None = None) -> int:
    """Write down who gets the item. `inside` are the members of its private channel, None for a public one.

    Who follows a topic is not held back; of the others the best 15 get it, and the next 50 when it proved useful. A
    notice goes to followers only. Returns how many were chosen, channels included.
    """
    if not item.topics or not may_be_pushed(session, item, now):
        return 0
    recalled = recall.told_of(session, item)
    found = insert_selected(session, DeliveryRow, _NAMES, _followers(item, now, inside, recalled))
    if item.kind is not ItemKind.NOTICE:
        found += insert_selected(session, DeliveryRow, _NAMES, _askers(item, now, inside, recalled))
    return found + insert_selected(session, DeliveryRow, _NAMES, _channels(item, now))


def _fixed(item: Item, now: datetime, rule: Rule, *, is_channel: bool = False) -> tuple[ColumnElement[Any], ...]:
    return (
        *(literal(item.team), literal(item.id), literal(is_channel), literal("")),
        *(literal(now, DeliveryRow.chosen_at.type), literal(rule.value), literal(rule.points)),
    )


def _topics(item: Item) -> list[str]:
    return [topic.id for topic in item.topics]


def _followers(item: Item, now: datetime, inside: Collection[str] | None, recalled: Collection[str]) -> Select[Any]:
    follows = and_(FollowRow.team_id == item.team, FollowRow.topic_id.in_(_topics(item)), ~FollowRow.is_channel)
    topic = func.min(FollowRow.topic_id)
    chosen = (*_fixed(item, now, Rule.FOLLOWS), FollowRow.follower, topic, literal(0), literal(State.WAITING.value))
    return (
        select(*chosen)
        .join(PersonRow, and_(PersonRow.team_id == item.team, PersonRow.user_id == FollowRow.follower))
        .where(follows, *_may_get(item, inside, recalled))
        .where(~_muted(item, FollowRow.follower, Rule.FOLLOWS, FollowRow.topic_id, now))
        .group_by(FollowRow.follower)
    )


def _askers(item: Item, now: datetime, inside: Collection[str] | None, recalled: Collection[str]) -> Select[Any]:
    """Who got an answer about one of the topics lately; those first who got the fewest deliveries this month."""
    latest = (
        select(AskedRow.person, AskedRow.topic_id)
        .where(AskedRow.team_id == item.team, AskedRow.topic_id.in_(_topics(item)), AskedRow.at >= now - ASKED_WITHIN)
        .order_by(AskedRow.at.desc())
        .limit(MOST_ASKERS)
        .subquery()
    )
    lately = (
        select(func.count())
        .where(
            DeliveryRow.team_id == item.team,
            DeliveryRow.recipient == latest.c.person,
            DeliveryRow.sent_at > now - MONTH,
        )
        .scalar_subquery()
    )
    has_it = exists().where(
        DeliveryRow.team_id == item.team, DeliveryRow.item_id == item.id, DeliveryRow.recipient == latest.c.person
    )
    place = func.row_number().over(order_by=(lately, latest.c.person)).label("place")
    ranked = (
        select(latest.c.person, func.min(latest.c.topic_id).label("topic_id"), place)
        .join(PersonRow, and_(PersonRow.team_id == item.team, PersonRow.user_id == latest.c.person))
        .where(*_may_get(item, inside, recalled), ~has_it)
        .where(~_muted(item, latest.c.person, Rule.ASKED, latest.c.topic_id, now))
        .group_by(latest.c.person)
        .subquery()
    )
    is_first = ranked.c.place <= FIRST_WAVE
    wave, state = case((is_first, 1), else_=2), case((is_first, State.WAITING.value), else_=State.HELD.value)
    return select(*_fixed(item, now, Rule.ASKED), ranked.c.person, ranked.c.topic_id, wave, state).where(
        ranked.c.place <= FIRST_WAVE + SECOND_WAVE
    )


def _may_get(item: Item, inside: Collection[str] | None, recalled: Collection[str]) -> list[ColumnElement[bool]]:
    knows = select(FactRow.person).where(
        FactRow.team_id == item.team, FactRow.item_id == item.id, FactRow.person.is_not(None)
    )
    gates = [
        PersonRow.pace != Pace.NEVER.value,
        *(~flag for flag in (PersonRow.is_guest, PersonRow.is_stranger, PersonRow.is_bot)),
        *(~flag for flag in (PersonRow.deleted, PersonRow.stopped)),
        PersonRow.user_id.not_in([person for person in (item.contributor, item.flagger) if person]),
        PersonRow.user_id.not_in(knows),  # they asked for it, used it or saved it
        PersonRow.user_id.not_in(recalled),
    ]
    return gates if inside is None else [*gates, PersonRow.user_id.in_(inside)]


def _muted(item: Item, person: Any, rule: Rule, topic: Any, now: datetime) -> ColumnElement[bool]:
    return exists().where(
        MutedRow.team_id == item.team,
        MutedRow.person == person,
        MutedRow.rule == rule.value,
        MutedRow.topic_id == topic,
        MutedRow.until > now,
    )


def _channels(item: Item, now: datetime) -> Select[Any]:
    topic = func.min(FollowRow.topic_id)
    fixed = _fixed(item, now, Rule.FOLLOWS, is_channel=True)
    return (
        select(*fixed, FollowRow.follower, topic, literal(0), literal(State.WAITING.value))
        .where(
            FollowRow.team_id == item.team,
            FollowRow.topic_id.in_(_topics(item)),
            FollowRow.is_channel,
            FollowRow.follower != item.channel,  # who is there has seen it
        )
        .group_by(FollowRow.follower)
    )
