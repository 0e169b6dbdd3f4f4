"""Topics: what items are about, who follows them, and two that a broker makes one.

A name means one topic, and that is decided by the key of `topic_name`; a name that a topic had before, or took over
from another one, goes on meaning it. Whoever cannot see an item of a topic does not learn its name from here.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Select, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.library import naming
from kbot.library.audience import visible_to
from kbot.library.facts import Cadence, ItemState, Lines, Listed, Topic
from kbot.library.naming import slug
from kbot.library.tables import AskedRow, FollowRow, InterestRow, ItemRow, ItemTopicRow, TopicNameRow, TopicRow
from kbot.people import directory
from kbot.people.facts import Viewer
from kbot.people.moved import move_rows
from kbot.storage.upsert import insert_new, insert_or_update
from kbot.trail.facts import Fact, Followed, ReceiptKind, Received
from kbot.trail.log import remember

MOST_LISTED = 30
MOST_CHANNELS = 40
"""Slack is asked about so many channels at most for one list of topics, those with the most items."""


def give(session: Session, act: Act, item: str, names: Iterable[str]) -> None:
    """These are the item's topics from now on; those that are new begin here."""
    wanted = {_made(session, act, name) for name in names}
    mine = (ItemTopicRow.team_id == act.team, ItemTopicRow.item_id == item)
    session.execute(delete(ItemTopicRow).where(*mine, ItemTopicRow.topic_id.not_in(wanted)))
    for topic in sorted(wanted):
        insert_new(session, ItemTopicRow, {"team_id": act.team, "item_id": item, "topic_id": topic})
    session.expire_all()


def _made(session: Session, act: Act, name: str) -> str:
    """The id of the topic of this name, which begins if there is none."""
    known = find(session, act.team, name)
    if known is not None:
        return known.id
    made = uuid4().hex
    row = {"team_id": act.team, "id": made, "name": name, "made_by": act.person, "made_at": act.at}
    session.execute(insert(TopicRow).values(**row))
    if not insert_new(session, TopicNameRow, {"team_id": act.team, "slug": slug(name), "topic_id": made}):
        session.execute(delete(TopicRow).where(TopicRow.team_id == act.team, TopicRow.id == made))
        return session.get_one(TopicNameRow, (act.team, slug(name)), populate_existing=True).topic_id
    return made


def find(session: Session, team: str, name: str) -> Topic | None:
    """The topic that this name means, for kbot's own decisions, not to be shown."""
    row = session.get(TopicNameRow, (team, slug(name)))
    return get(session, team, row.topic_id) if row else None


def get(session: Session, team: str, topic: str) -> Topic | None:
    """A topic by its id."""
    row = session.get(TopicRow, (team, topic))
    return Topic(row.id, row.name) if row else None


def cadence_of(session: Session, team: str, item: str) -> Cadence:
    """The fastest cadence among an item's topics; the normal one where it has none."""
    query = (
        select(TopicRow.cadence)
        .join(ItemTopicRow, (ItemTopicRow.team_id == TopicRow.team_id) & (ItemTopicRow.topic_id == TopicRow.id))
        .where(ItemTopicRow.team_id == team, ItemTopicRow.item_id == item)
    )
    found = set(session.scalars(query))
    return next((cadence for cadence in Cadence if cadence in found), Cadence.NORMAL)


def cadence(session: Session, team: str, topic: str) -> Cadence:
    """How often there is an occasion to use what is about a topic; the normal one for a topic that is gone."""
    row = session.get(TopicRow, (team, topic))
    return Cadence(row.cadence) if row else Cadence.NORMAL


def set_cadence(session: Session, act: Act, topic: str, cadence: Cadence) -> None:
    """A broker says how often there is an occasion to use what is about it."""
    _lock(session, act, topic)
    changed = session.execute(
        update(TopicRow)
        .where(TopicRow.team_id == act.team, TopicRow.id == topic, TopicRow.cadence != cadence)
        .values(cadence=cadence)
        .returning(TopicRow.id)
    )
    if changed.first() is not None:
        directory.write_down(session, act, topic, f"topic's cadence: {cadence}")
    session.expire_all()


def named_in(session: Session, team: str, lines: Lines) -> list[str]:
    """The names of the topics that an item names itself, in its title or its question."""
    names = list(session.scalars(select(TopicRow.name).where(TopicRow.team_id == team).order_by(TopicRow.name)))
    return naming.occurring(f"{lines.title}\n{lines.question}", names)[: naming.MOST_TOPICS]


def channels(session: Session, team: str) -> list[str]:
    """Where the audiences of the items of topics are, to make a Viewer from; those with the most first."""
    query = (
        select(ItemRow.channel_id)
        .join(ItemTopicRow, (ItemTopicRow.team_id == ItemRow.team_id) & (ItemTopicRow.item_id == ItemRow.id))
        .where(ItemRow.team_id == team, ItemRow.state == ItemState.PUBLISHED)
        .group_by(ItemRow.channel_id)
        .order_by(func.count().desc(), ItemRow.channel_id)
        .limit(MOST_CHANNELS)
    )
    return list(session.scalars(query))


def listed(session: Session, viewer: Viewer, *, most: int = MOST_LISTED) -> list[Listed]:
    """The topics that this viewer may know of: of items that they may see, that they follow or that they began."""
    seen = (
        select(ItemTopicRow.topic_id, func.count().label("many"))
        .join(ItemRow, (ItemTopicRow.team_id == ItemRow.team_id) & (ItemTopicRow.item_id == ItemRow.id))
        .where(visible_to(viewer), ItemRow.state == ItemState.PUBLISHED)
        .group_by(ItemTopicRow.topic_id)
        .subquery()
    )
    mine = _followed(viewer.team, viewer.person).subquery()
    count = func.coalesce(seen.c.many, 0)
    query = (
        select(TopicRow.id, TopicRow.name, count, mine.c.topic_id.is_not(None))
        .outerjoin(seen, seen.c.topic_id == TopicRow.id)
        .outerjoin(mine, mine.c.topic_id == TopicRow.id)
        .where(
            TopicRow.team_id == viewer.team,
            or_(seen.c.topic_id.is_not(None), mine.c.topic_id.is_not(None), TopicRow.made_by == viewer.person),
        )
        .order_by(mine.c.topic_id.is_(None), count.desc(), TopicRow.name)
        .limit(most)
    )
    return [
        Listed(Topic(topic, name), int(items), bool(follows)) for topic, name, items, follows in session.execute(query)
    ]


def meant(session: Session, viewer: Viewer, name: str) -> Topic:
    """The topic of this name, if the viewer may know of it. Raises BadInput with the nearest ones."""
    known = listed(session, viewer, most=1000)
    found = find(session, viewer.team, name)
    if found is None or found not in [one.topic for one in known]:
        raise BadInput(naming.unknown(name, naming.nearest(name, [one.topic.name for one in known])))
    return found


def _followed(team: str, follower: str) -> Select[str]:
    return select(FollowRow.topic_id).where(FollowRow.team_id == team, FollowRow.follower == follower)


def followed(session: Session, team: str, follower: str) -> list[Topic]:
    """What a person or a channel follows."""
    query = select(TopicRow.id, TopicRow.name).where(
        TopicRow.team_id == team, TopicRow.id.in_(_followed(team, follower))
    )
    return [Topic(topic, name) for topic, name in session.execute(query.order_by(TopicRow.name))]


def follow(session: Session, act: Act, topic: str, channel: str | None = None) -> bool:
    """This person, or a channel by their doing, follows the topic. False when that was so already."""
    row = {
        "team_id": act.team,
        "topic_id": topic,
        "follower": channel or act.person,
        "is_channel": channel is not None,
        "by": act.person,
        "at": act.at,
    }
    remember(session, Followed(act.team, f"{topic}:{channel or act.person}:{act.key}", act.at, act.person, None, topic))
    return insert_new(session, FollowRow, row)


def unfollow(session: Session, act: Act, topic: str, channel: str | None = None) -> bool:
    """The same taken back. False when it was not followed."""
    gone = session.execute(
        delete(FollowRow)
        .where(
            FollowRow.team_id == act.team, FollowRow.topic_id == topic, FollowRow.follower == (channel or act.person)
        )
        .returning(FollowRow.follower)
    )
    return gone.first() is not None


def interests(session: Session, team: str, person: str) -> list[Topic]:
    """What a person has said that they do."""
    mine = select(InterestRow.topic_id).where(InterestRow.team_id == team, InterestRow.person == person)
    query = select(TopicRow.id, TopicRow.name).where(TopicRow.team_id == team, TopicRow.id.in_(mine))
    return [Topic(topic, name) for topic, name in session.execute(query.order_by(TopicRow.name))]


def set_interests(session: Session, act: Act, wanted: Iterable[str]) -> None:
    """This person says what they do, and nothing else."""
    kept = set(wanted)
    mine = (InterestRow.team_id == act.team, InterestRow.person == act.person)
    session.execute(delete(InterestRow).where(*mine, InterestRow.topic_id.not_in(kept)))
    for topic in sorted(kept):
        row = {"team_id": act.team, "topic_id": topic, "person": act.person, "at": act.at}
        insert_new(session, InterestRow, row)
    session.expire_all()


def asked_about(session: Session, fact: Fact, real: datetime) -> None:
    """Somebody was given an answer: they asked about its topics."""
    if not isinstance(fact, Received) or fact.receipt is not ReceiptKind.ASKED_FOR or fact.person is None:
        return
    query = select(ItemTopicRow.topic_id).where(ItemTopicRow.team_id == fact.team, ItemTopicRow.item_id == fact.item)
    for topic in sorted(session.scalars(query)):
        row = {"team_id": fact.team, "topic_id": topic, "person": fact.person, "at": fact.at}
        insert_or_update(session, AskedRow, row, keys=("team_id", "topic_id", "person"), change=("at",))


def akin(session: Session, team: str, item: str, others: Collection[str]) -> set[str]:
    """Which of these items share a topic with that one; itself too, if it is among them."""
    mine = select(ItemTopicRow.topic_id).where(ItemTopicRow.team_id == team, ItemTopicRow.item_id == item)
    query = select(ItemTopicRow.item_id).where(
        ItemTopicRow.team_id == team, ItemTopicRow.item_id.in_(others), ItemTopicRow.topic_id.in_(mine)
    )
    return {*session.scalars(query), item} & set(others)


def rename(session: Session, act: Act, topic: str, name: str) -> Topic:
    """A broker gives the topic another name; the old one goes on meaning it. Raises BadInput for one that is taken."""
    _lock(session, act, topic)
    if not insert_new(session, TopicNameRow, {"team_id": act.team, "slug": slug(name), "topic_id": topic}):
        taken = session.get_one(TopicNameRow, (act.team, slug(name)), populate_existing=True)
        if taken.topic_id != topic:
            raise BadInput(f'There is a topic "{name}" already; merge the two instead.', naming.FIELD)
    session.execute(update(TopicRow).where(TopicRow.team_id == act.team, TopicRow.id == topic).values(name=name))
    session.expire_all()
    directory.write_down(session, act, topic, "topic renamed")
    return Topic(topic, name)


def change(session: Session, act: Act, topic: str, name: str, cadence: Cadence) -> Topic:
    """A broker says what the topic is called and how often there is an occasion for it."""
    known = get(session, act.team, topic)
    set_cadence(session, act, topic, cadence)
    return known if known is not None and known.name == name else rename(session, act, topic, name)


def merge(session: Session, act: Act, topic: str, into: str) -> None:
    """Two topics become one: its items, names and followers go over, none is lost and none is twice."""
    if topic == into:
        raise BadInput("That is the same topic already.", naming.FIELD)
    for each in sorted((topic, into)):
        _lock(session, act, each)
    tables = (
        (ItemTopicRow, ItemTopicRow.item_id),
        (FollowRow, FollowRow.follower),
        (AskedRow, AskedRow.person),
        (InterestRow, InterestRow.person),
    )
    for table, key in tables:
        there = select(key).where(table.team_id == act.team, table.topic_id == into)
        moving = update(table).where(table.team_id == act.team, table.topic_id == topic, key.not_in(there))
        session.execute(moving.values(topic_id=into), execution_options={"synchronize_session": False})
    names = update(TopicNameRow).where(TopicNameRow.team_id == act.team, TopicNameRow.topic_id == topic)
    session.execute(names.values(topic_id=into), execution_options={"synchronize_session": False})
    for rows in (ItemTopicRow, FollowRow, AskedRow, InterestRow):  # those that stand under the other one already
        session.execute(delete(rows).where(rows.team_id == act.team, rows.topic_id == topic))
    session.execute(delete(TopicRow).where(TopicRow.team_id == act.team, TopicRow.id == topic))
    session.expire_all()
    directory.write_down(session, act, into, f"topic {topic} merged into it")


def _lock(session: Session, act: Act, topic: str) -> None:
    query = select(TopicRow.id).where(TopicRow.team_id == act.team, TopicRow.id == topic)
    if session.execute(query.with_for_update()).first() is None:
        raise BadInput("That topic is not there any more; /kb topics lists what there is.")


def rename_channel(session: Session, team: str, old: str, new: str) -> None:
    """Slack gave a channel another id: it follows what it followed."""
    move_rows(session, FollowRow, team, old, new, column="follower")


def of_items(session: Session, team: str, items: Iterable[str], most: int = 3) -> list[str]:
    """The names that most of these items have as a topic."""
    query = (
        select(TopicRow.name)
        .join(ItemTopicRow, (ItemTopicRow.team_id == TopicRow.team_id) & (ItemTopicRow.topic_id == TopicRow.id))
        .where(TopicRow.team_id == team, ItemTopicRow.item_id.in_(set(items)))
        .group_by(TopicRow.id, TopicRow.name)
        .order_by(func.count().desc(), TopicRow.name)
        .limit(most)
    )
    return list(session.scalars(query))
