"""The doors of review from the queue: digests are planned at their moment, and written when they are sent."""

from datetime import datetime

from kbot.house import House
from kbot.library import items
from kbot.people.viewers import person_of
from kbot.post import outbox
from kbot.post.gate import Refuse, Wait, may_come_at_its_hour
from kbot.post.outbox import Letter
from kbot.post.workers import Drop, Hold
from kbot.review import planning, queue, reports, showing, views
from kbot.review.facts import Look
from kbot.slack.outgoing import Outgoing, Post
from kbot.trail.evidence import evidence
from kbot.trail.facts import Barrier
from kbot.trail.hindrances import hindered_by


async def plan_digests(house: House) -> None:
    """At each tick: every broker whose digest's moment has come gets one, if there is anything to say."""
    for one in await house.unit.read(planning.due, house.now()):
        await house.unit(planning.plan, one, house.clock.real())


async def publish_numbers(house: House) -> None:
    """At each tick: on the first of each week, the numbers of each workspace, once."""
    for team in await house.unit.read(reports.due, house.now()):
        await house.unit(reports.publish, team, house.now())


async def digest(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """The broker's digest, as its rows are now and as this broker may see them now."""
    look = Look.of_about(letter.about)
    is_new = await house.unit.read(outbox.where, letter.team, letter.key) is None
    if is_new:
        broker = await person_of(house, letter.team, letter.to)
        word = may_come_at_its_hour(broker, look.until, house.now())
        if isinstance(word, Wait):
            return Hold(word.until, word.reason)
        if isinstance(word, Refuse):
            return Drop(word.reason)
    viewer = await showing.broker_viewer(house, letter.team, letter.to)
    seen = await showing.shown(house, viewer, look)
    if seen.entries:
        text, blocks = views.digest(seen, house.now())
    elif is_new:
        return Drop("the broker may not see any of it any more")
    else:
        text, blocks = views.nothing_left()
    return Post(letter.to, text, blocks)


async def does_it_hold(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """To a contributor: does it still hold? As it is now."""
    about = letter.about
    item = await house.unit.read(items.get, letter.team, about["item"])
    is_new = await house.unit.read(outbox.where, letter.team, letter.key) is None
    if is_new and (not item.is_findable or item.contributor != letter.to):
        return Drop("the item is gone")
    said = (await house.unit.read(evidence, letter.team, [item.id]))[item.id]
    unclear = (await house.unit.read(hindered_by, letter.team, Barrier.UNCLEAR, [item.id])).get(item.id, {})
    asked_at = datetime.fromisoformat(about["asked_at"])
    text, blocks = views.does_it_hold(item, said, asked_at, about["version"], house.now(), unclear=len(unclear))
    return Post(letter.to, text, blocks)


LETTERS = {planning.DIGEST: digest, queue.DOES_IT_HOLD: does_it_hold}
