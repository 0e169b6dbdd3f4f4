"""The door of a channel's question from the queue: what is due becomes one message, written as everybody may see it."""

from kbot.follow_up import channel_asks, channel_views
from kbot.follow_up.channel_facts import CHANNEL_ASK
from kbot.house import House
from kbot.library.looking import show_in
from kbot.post import outbox
from kbot.post.gate import Refuse, Wait
from kbot.post.outbox import Letter
from kbot.post.workers import Drop, Hold
from kbot.slack.outgoing import Outgoing, Post


async def plan_channel_asks(house: House) -> None:
    """At each tick: channels whose set-up says so are asked about what was posted there two weeks before."""
    now = house.now()
    for team, channel in await house.unit.read(channel_asks.due, now):
        if not await house.unit.read(channel_asks.waits, team, channel, now):
            await house.unit(channel_asks.plan, team, channel, now, house.clock.real())


async def channel_ask(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """The question, with what everybody in the channel may see at this moment, and with the counts as they are."""
    is_new = await house.unit.read(outbox.where, letter.team, letter.key) is None
    if is_new:
        word = await house.unit.read(channel_asks.word, letter.team, letter.to, house.now())
        if isinstance(word, Refuse):
            return Drop(word.reason)
        if isinstance(word, Wait):
            return Hold(word.until, word.reason)
    channel = await house.slack.channel(letter.to)
    if channel is None or channel.is_archived or not channel.is_member:
        return Drop("kbot is not in that channel any more")
    about = await house.unit.read(channel_asks.of_letter, letter.team, letter.key)
    found = {item.id: item for item in (await show_in(house, letter.team, letter.to, [a.item for a in about])).items}
    if is_new:
        about = [one for one in about if one.item in found]
    if not about:
        return Drop("it is gone, or not for everybody there to see")
    return Post(letter.to, *channel_views.asks(about, found))


LETTERS = {CHANNEL_ASK: channel_ask}
