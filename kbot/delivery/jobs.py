"""The doors of delivery from the queue: recipients are chosen, what waits becomes a letter, letters are written."""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from kbot.cards import hidden
from kbot.delivery import deliveries, mailing, mobilize_views, need_views, needs, recipients, views
from kbot.delivery.facts import CARD, NEED_OVER, TO_CHANNEL, WIDEN, Delivery, NeedState, Rule
from kbot.house import House
from kbot.library import items, widening
from kbot.library.facts import Item
from kbot.library.looking import Shown, show, show_in, weigh
from kbot.library.search import tuning
from kbot.people.viewers import names, viewer_of
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.post.workers import Drop, Hold
from kbot.slack.outgoing import Outgoing, Post
from kbot.slack.reader import SlackAway

log = logging.getLogger(__name__)


async def choose_recipients(house: House) -> int:
    """As soon as an item's words have been read: who gets it. Returns how many items there were."""
    found = await house.unit.read(deliveries.to_choose, house.clock.real())
    for team, item_id in found:
        item = await house.unit.read(items.get, team, item_id)
        try:
            await _meet_needs(house, item)
            inside = await _inside(house, item)
        except SlackAway as away:
            log.warning("the recipients of an item wait for Slack: %s", away)
            return 0
        await house.unit(_choose, item, inside, house.now())
    return len(found)


async def _meet_needs(house: House, item: Item) -> None:
    """Who needs it gets it, if they would find it by what they need, as they may see it now."""
    threshold = await house.unit.read(tuning.threshold, item.team)
    for need in await house.unit.read(needs.that_may_fit, item, house.now()):
        hit = await weigh(house, item.team, need.person, need.words, item)
        if hit is not None and hit.score >= threshold.answer:
            act = house.act(item.team, need.person, "", f"need:{need.id}:{item.id}")
            await house.unit(needs.met_by, act, need.id, item)


async def ask_about_needs(house: House) -> None:
    """At each tick: whoever's day is over is asked whether it helped."""
    for need in await house.unit.read(needs.over, house.now()):
        await house.unit(needs.ask, need, house.clock.real())


async def need_over(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """Did it help? With what came, as the person may see it now."""
    need = await house.unit.read(needs.get, letter.team, letter.about["need"])
    is_new = await house.unit.read(outbox.where, letter.team, letter.key) is None
    if is_new and need.state is not NeedState.ASKED:
        return Drop("it is answered already")
    shown = await show(house, letter.team, letter.to, need.matches)
    text, blocks = need_views.over(need, shown.items)
    return Post(letter.to, text, blocks)


async def _inside(house: House, item: Item) -> Collection[str] | None:
    """Who may see it because they are in its channel; None for everybody, nobody where Slack does not say."""
    channel = await house.slack.channel(item.channel)
    if channel is None or channel.is_shared or channel.is_im:
        return ()
    return await house.slack.members(item.channel) if channel.is_private else None


def _choose(session: Session, item: Item, inside: Collection[str] | None, now: datetime) -> None:
    if deliveries.chosen(session, item.team, item.id):
        recipients.choose(session, items.get(session, item.team, item.id), now, inside)


async def plan_letters(house: House) -> None:
    """At each tick: what became of the letters on their way, and the next ones, as each person's pace allows."""
    now = house.now()
    if await house.unit.read(mailing.anything_planned):
        await house.unit(mailing.settle, now)
    for team, recipient in await house.unit.read(mailing.waiting, now):
        await house.unit(mailing.plan, team, recipient, now, house.clock.real())


async def card(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """What is new for a person, as they may see it at this moment."""
    shown = await _shown(house, letter, None)
    if not shown:
        return Drop("it is gone, or not for the person to see")
    text, blocks = views.delivered(shown, house.now())
    return Post(letter.to, text, blocks)


async def to_channel(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """What is new for a channel, as everybody there may see it at this moment."""
    channel = await house.slack.channel(letter.to)
    if channel is None or channel.is_archived or not channel.is_member:
        return Drop("kbot is not in that channel any more")
    shown = await _shown(house, letter, letter.to)
    if not shown:
        if await house.unit.read(outbox.where, letter.team, letter.key) is not None:
            return Post(letter.to, *hidden())
        return Drop("it is gone, or not for everybody there to see")
    text, blocks = views.to_channel(shown, house.now())
    return Post(letter.to, text, blocks)


async def widen(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """May another channel see it? To the contributor or a broker, with what was decided meanwhile."""
    asked = await house.unit.read(widening.get, letter.team, letter.about["item"], letter.about["channel"])
    item, channel = asked.item, await house.slack.channel(asked.channel)
    viewer = await viewer_of(house, letter.team, letter.to, [item.channel])
    is_mine = letter.to == item.contributor
    if channel is None or not item.is_findable or not (is_mine or item.channel in viewer.channels):
        return Drop("it is gone, or not for the person to see")
    by = (await names(house, letter.team, [asked.asked_by]))[asked.asked_by]
    if asked.asked_by == item.contributor and not item.is_named:
        by = "The one who shared it"
    text, blocks = mobilize_views.widen(
        item, asked.channel, by, asked.note, asked.state, is_private=channel.is_private, is_mine=is_mine
    )
    return Post(letter.to, text, blocks)


async def _shown(house: House, letter: Letter, read_in: str | None) -> list[views.Shown]:
    """What of a letter may be shown now; on its way for the first time, it leaves the rest out for good."""
    inside = await house.unit.read(mailing.of_letter, letter)
    wanted = [one.item for one in inside]
    if read_in is None:
        found = await show(house, letter.team, letter.to, wanted)
    else:
        found = await show_in(house, letter.team, read_in, wanted)
    by_id = {item.id: item for item in found.items}
    is_new = await house.unit.read(outbox.where, letter.team, letter.key) is None
    kept = [one for one in inside if one.item in by_id and not (is_new and _is_held_back(one, found, house.now()))]
    left_out = [one.item for one in inside if one not in kept]
    if is_new and left_out:
        await house.unit(mailing.leave_out, letter, left_out)
    senders = await names(house, letter.team, {one.why.by for one in kept if one.why.by})
    return [
        views.Shown(one, by_id[one.item], found.names, found.evidence[one.item], _sender(one, by_id[one.item], senders))
        for one in kept
    ]


def _sender(one: Delivery, item: Item, names: Mapping[str, str]) -> str:
    """The name of who sent it on; a contributor who goes unnamed stays so."""
    return "" if one.why.by == item.contributor and not item.is_named else names.get(one.why.by or "", "")


def _is_held_back(one: Delivery, found: Shown, now: datetime) -> bool:
    """What is contested by now is pushed to nobody; who needs something reads that it is."""
    return one.why.rule is not Rule.NEED and found.evidence[one.item].is_alarming(now)


LETTERS = {CARD: card, TO_CHANNEL: to_channel, NEED_OVER: need_over, WIDEN: widen}
