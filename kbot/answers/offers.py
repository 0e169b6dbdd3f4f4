"""Whether what somebody has just saved answers an open question: who saved it is asked, and says so."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kbot.answers import groups
from kbot.answers.facts import OFFER, OpenQuestion
from kbot.house import House
from kbot.library.facts import Item, ItemState
from kbot.library.search.passages import whole
from kbot.meaning.embedder import Vector
from kbot.people.viewers import viewer_of
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.trail.facts import Fact

NEAR = 0.55
"""The lowest cosine of an open question and an item that may answer it; a person decides."""

MOST = 3


def offer(session: Session, fact: Fact, real: datetime) -> None:
    """Somebody saved something: where a question is open, they are asked whether it is its answer."""
    if fact.person is not None and groups.channels_with_open(session, fact.team):
        letter = Letter(fact.team, f"offer:{fact.key}", OFFER, fact.person, {"item": fact.item})
        outbox.plan(session, letter, real)


async def may_answer(house: House, team: str, person: str, item: Item) -> list[OpenQuestion]:
    """Open questions that this item may answer, the likeliest first, as this person may read them now.

    The one in whose thread it was said comes first. What was asked in private is offered to nobody; neither is a
    question whose askers might not be allowed to see the item.
    """
    if item.state not in (ItemState.CANDIDATE, ItemState.PUBLISHED):
        return []
    channels = await house.unit.read(groups.channels_with_open, team)
    if not channels:
        return []  # as it is nearly always; else Slack would be asked for every row of every digest
    home = await house.slack.channel(item.channel)
    if home is None or home.is_private:
        channels &= {item.channel}
    viewer = await viewer_of(house, team, person, channels | {item.channel})
    if item.channel not in viewer.channels:
        return []
    texts = dict.fromkeys(text for text in (item.lines.title, item.lines.question, whole(item.lines)) if text)
    vectors = [await asyncio.to_thread(house.embedder.embed, text) for text in texts]
    return await house.unit.read(_nearest, team, viewer.channels & channels, item, vectors)


def _nearest(
    session: Session, team: str, channels: Collection[str], item: Item, vectors: Sequence[Vector]
) -> list[OpenQuestion]:
    likeness = groups.likeness(session, team, channels, vectors)
    open_ones = [group for group in groups.open_in(session, team, channels) if not group.question.is_private]
    likeness |= {group.id: 2.0 for group in open_ones if _was_said_in_its_thread(item, group)}
    near = [group for group in open_ones if likeness.get(group.id, 0.0) >= NEAR]
    return sorted(near, key=lambda group: (-likeness[group.id], group.since))[:MOST]


def _was_said_in_its_thread(item: Item, group: OpenQuestion) -> bool:
    source = item.source
    return source is not None and (source.channel, source.thread_ts) in group.threads
