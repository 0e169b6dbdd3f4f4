"""Who gets an item and why: one statement each for who follows its topics, who gets it by inference, and channels.

The gates before any rule (domain.md 4): the item is published and not contested; the person is a full member who wants
deliveries, neither contributed nor saved nor has it already, and has not asked for less of that. Slack says at sending
once more who may see it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from kbot.delivery import recall
from kbot.delivery.facts import Rule, State
from kbot.delivery.tables import DeliveryRow, MutedRow
from kbot.library import items, lineage
from kbot.library.facts import WITHOUT_LOOPS, Item, ItemKind
from kbot.library.tables import AskedRow, FollowRow, InterestRow, ItemRow, ItemTopicRow
from kbot.people.facts import Pace
from kbot.people.tables import PersonRow
from kbot.storage.upsert import insert_selected
from kbot.trail.evidence import evidence
from kbot.trail.facts import Complaint, Fact, Rated, Responded, Revised, Status
from kbot.trail.tables import FactRow

FIRST_WAVE, SECOND_WAVE, MOST_IN_WAVES = 15, 50, 500
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

    Who follows a topic is not held back; of the others the best 15 get it, the next 50 when it proved useful, and the
    rest finds it in the Home tab when it did once more. A notice goes to followers only. Returns how many were chosen,
    channels included.
    """
    if not may_be_pushed(session, item, now):
        return 0
    recalled = recall.told_of(session, item)
    found = insert_selected(session, DeliveryRow, _NAMES, _followers(item, now, inside, recalled))
    if item.kind is not ItemKind.NOTICE:
        links = lineage.of_items(session, item.team, [item.id])[item.id]
        parents = [one.other for one in links if one.item == item.id and one.kind in WITHOUT_LOOPS[0]]
        found += insert_selected(session, DeliveryRow, _NAMES, _in_waves(item, now, inside, recalled, parents))
        found += insert_selected(session, DeliveryRow, _NAMES, _who_do_it(item, now, inside, recalled))
        if _anybody_wants_next_door(session, item.team):
            found += insert_selected(session, DeliveryRow, _NAMES, _next_door(item, now, inside, recalled))
    return found + insert_selected(session, DeliveryRow, _NAMES, _channels(item, now))


def clarified(session: Session, fact: Fact, real: datetime) -> None:
    """An item says something else now: who found it hard to follow, and has not said otherwise since, gets it."""
    assert isinstance(fact, Revised)
    assert fact.item is not None
    item = items.get(session, fact.team, fact.item)
    if not may_be_pushed(session, item, fact.at):
        return
    later = aliased(FactRow)
    since = exists().where(
        *(later.team_id == FactRow.team_id, later.item_id == FactRow.item_id, later.person == FactRow.person),
        *(later.kind == Rated.__name__, later.at > FactRow.at),
    )
    fixed = _fixed(item, fact.at, Rule.CLARIFIED)
    unclear = (
        select(*fixed, FactRow.person, cast(null(), Text), literal(0), literal(State.WAITING.value))
        .join(PersonRow, and_(PersonRow.team_id == item.team, PersonRow.user_id == FactRow.person))
        .where(FactRow.team_id == item.team, FactRow.item_id == item.id, FactRow.kind == Rated.__name__)
        .where(FactRow.about["complaint"].as_string() == Complaint.HARD_TO_FOLLOW.value, FactRow.at < fact.at, ~since)
        .where(*_wants(item), ~_muted(item, FactRow.person, Rule.CLARIFIED.value, "", fact.at))
        .distinct()
    )
    insert_selected(session, DeliveryRow, _NAMES, unclear)


def _fixed(item: Item, now: datetime, rule: Rule, *, is_channel: bool = False) -> tuple[ColumnElement[Any], ...]:
    return (*_said(item, now, is_channel=is_channel), literal(rule.value), literal(rule.points))


def _said(item: Item, now: datetime, *, is_channel: bool = False) -> tuple[ColumnElement[Any], ...]:
    return (
        *(literal(item.team), literal(item.id), literal(is_channel), literal("")),
        literal(now, DeliveryRow.chosen_at.type),
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
        .where(~_muted(item, FollowRow.follower, Rule.FOLLOWS.value, FollowRow.topic_id, now))
        .group_by(FollowRow.follower)
    )


def _in_waves(
    item: Item, now: datetime, inside: Collection[str] | None, recalled: Collection[str], parents: Collection[str]
) -> Select[Any]:
    """Who gets it by inference: each by their best rule, the strongest first, then who got the fewest lately."""
    by_rule = union_all(_asked(item, now), _used(item, parents)).subquery()
    person, topic = by_rule.c.person, by_rule.c.topic_id
    has_it = exists().where(
        DeliveryRow.team_id == item.team, DeliveryRow.item_id == item.id, DeliveryRow.recipient == person
    )
    best = func.row_number().over(partition_by=person, order_by=(by_rule.c.points.desc(), by_rule.c.rule, topic))
    each = (
        select(person, by_rule.c.rule, by_rule.c.points, topic, best.label("best"))
        .join(PersonRow, and_(PersonRow.team_id == item.team, PersonRow.user_id == person))
        .where(*_may_get(item, inside, recalled), ~has_it)
        .where(~_muted(item, person, by_rule.c.rule, func.coalesce(topic, ""), now))
        .subquery()
    )
    lately = (
        select(func.count())
        .where(
            DeliveryRow.team_id == item.team,
            DeliveryRow.recipient == each.c.person,
            DeliveryRow.sent_at > now - MONTH,
        )
        .scalar_subquery()
    )
    place = func.row_number().over(order_by=(each.c.points.desc(), lately, each.c.person)).label("place")
    ranked = select(each, place).where(each.c.best == 1).subquery()
    wave = case((ranked.c.place <= FIRST_WAVE, 1), (ranked.c.place <= FIRST_WAVE + SECOND_WAVE, 2), else_=3)
    state = case((ranked.c.place <= FIRST_WAVE, State.WAITING.value), else_=State.HELD.value)
    found = (ranked.c.rule, ranked.c.points, ranked.c.person, ranked.c.topic_id)
    return select(*_said(item, now), *found, wave, state).where(ranked.c.place <= MOST_IN_WAVES)


def _asked(item: Item, now: datetime) -> Select[Any]:
    """R2: who got an answer about one of the topics lately."""
    latest = (
        select(AskedRow.person, AskedRow.topic_id)
        .where(AskedRow.team_id == item.team, AskedRow.topic_id.in_(_topics(item)), AskedRow.at >= now - ASKED_WITHIN)
        .order_by(AskedRow.at.desc())
        .limit(MOST_ASKERS)
        .subquery()
    )
    return select(latest.c.person, latest.c.topic_id, *_by(Rule.ASKED))


def _used(item: Item, parents: Collection[str]) -> Select[Any]:
    """R4: who used what it builds on."""
    users = (
        select(FactRow.person)
        .where(
            FactRow.team_id == item.team,
            FactRow.item_id.in_(parents),
            FactRow.kind == Responded.__name__,
            FactRow.about["status"].as_string().in_([status.value for status in Status if status.is_use]),
        )
        .distinct()
        .limit(MOST_ASKERS)
        .subquery()
    )
    return select(users.c.person, cast(null(), Text).label("topic_id"), *_by(Rule.USED_PARENT))


def _by(rule: Rule) -> tuple[ColumnElement[Any], ...]:
    return literal(rule.value, Text).label("rule"), literal(rule.points).label("points")


def _who_do_it(item: Item, now: datetime, inside: Collection[str] | None, recalled: Collection[str]) -> Select[Any]:
    """R8, into the Home tab."""
    topic = func.min(InterestRow.topic_id)
    chosen = (*_fixed(item, now, Rule.DOES), InterestRow.person, topic, literal(0), literal(State.OFFERED.value))
    return (
        select(*chosen)
        .join(PersonRow, and_(PersonRow.team_id == item.team, PersonRow.user_id == InterestRow.person))
        .where(InterestRow.team_id == item.team, InterestRow.topic_id.in_(_topics(item)))
        .where(*_may_get(item, inside, recalled))
        .where(~_muted(item, InterestRow.person, Rule.DOES.value, InterestRow.topic_id, now))
        .group_by(InterestRow.person)
    )


def _anybody_wants_next_door(session: Session, team: str) -> bool:
    """One indexed look, for the neighbours of a topic are many to look for."""
    query = select(PersonRow.user_id).where(PersonRow.team_id == team, PersonRow.next_door)
    return session.execute(query.limit(1)).first() is not None


def _next_door(item: Item, now: datetime, inside: Collection[str] | None, recalled: Collection[str]) -> Select[Any]:
    """R10, into the Home tab: who asked for it and follows a topic of items that share one with this item. Not who
    follows its own, nor who saved or contributed where it was saved; once in a month."""
    near, here = aliased(ItemTopicRow), aliased(ItemTopicRow)
    both = and_(near.team_id == here.team_id, near.item_id == here.item_id)
    neighbours = (
        select(near.topic_id).join(here, both).where(here.team_id == item.team, here.topic_id.in_(_topics(item)))
    )
    own, lives, had = aliased(FollowRow), ItemRow, DeliveryRow
    person = FollowRow.follower
    follows_it = exists().where(own.team_id == item.team, own.topic_id.in_(_topics(item)), own.follower == person)
    is_at_home = exists().where(
        lives.team_id == item.team,
        lives.channel_id == item.channel,
        or_(lives.contributor == person, lives.flagger == person),
    )
    had_one = exists().where(
        *(had.team_id == item.team, had.recipient == person, had.rule == Rule.NEXT_DOOR.value),
        had.chosen_at > now - MONTH,
    )
    topic = func.min(FollowRow.topic_id)
    chosen = (*_fixed(item, now, Rule.NEXT_DOOR), person, topic, literal(0), literal(State.OFFERED.value))
    return (
        select(*chosen)
        .join(PersonRow, and_(PersonRow.team_id == item.team, PersonRow.user_id == person))
        .where(PersonRow.next_door, FollowRow.team_id == item.team, FollowRow.topic_id.in_(neighbours))
        .where(*_may_get(item, inside, recalled), ~follows_it, ~is_at_home, ~had_one)
        .where(~_muted(item, person, Rule.NEXT_DOOR.value, FollowRow.topic_id, now))
        .group_by(person)
    )


def _may_get(item: Item, inside: Collection[str] | None, recalled: Collection[str]) -> list[ColumnElement[bool]]:
    knows = select(FactRow.person).where(
        FactRow.team_id == item.team, FactRow.item_id == item.id, FactRow.person.is_not(None)
    )
    gates = [
        *_wants(item),
        PersonRow.user_id.not_in(knows),  # they asked for it, used it or saved it
        PersonRow.user_id.not_in(recalled),
    ]
    return gates if inside is None else [*gates, PersonRow.user_id.in_(inside)]


def _wants(item: Item) -> list[ColumnElement[bool]]:
    """A full member who wants deliveries, and neither contributed nor saved the item."""
    return [
        PersonRow.pace != Pace.NEVER.value,
        *(~flag for flag in (PersonRow.is_guest, PersonRow.is_stranger, PersonRow.is_bot)),
        *(~flag for flag in (PersonRow.deleted, PersonRow.stopped)),
        PersonRow.user_id.not_in([person for person in (item.contributor, item.flagger) if person]),
    ]


def _muted(item: Item, person: Any, rule: Any, topic: Any, now: datetime) -> ColumnElement[bool]:
    return exists().where(
        MutedRow.team_id == item.team,
        MutedRow.person == person,
        MutedRow.rule == rule,
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
