"""The doors of capture from the queue: its letters, written at the moment of sending, and candidates come of age."""

from kbot.capture import flags, sources, views
from kbot.capture.finding import words_of_source
from kbot.cards import section
from kbot.house import House
from kbot.library import items, looking
from kbot.library.facts import ItemState
from kbot.people.viewers import names, person_of, viewer_of
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.post.workers import Drop, Hold
from kbot.slack.outgoing import Outgoing, Post, React, Whisper

MARK_EMOJI = "bookmark"


async def mark(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """kbot's own reaction: the durable sign that a message is saved."""
    item = await house.unit.read(items.get, letter.team, letter.about["item"])
    if item.source is None:
        return Drop("the item has no message any more")
    kept = item.state in (ItemState.CANDIDATE, ItemState.PUBLISHED)
    return React(item.source.channel, item.source.ts, MARK_EMOJI, off=not kept)


async def seen(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """The flagger's receipt."""
    item = await house.unit.read(items.get, letter.team, letter.about["item"])
    viewer = await viewer_of(house, letter.team, letter.to, [item.channel])
    if item.channel not in viewer.channels:
        return Drop("the flagger is not in the channel any more")
    twin = await looking.twin(house, letter.team, letter.to, item.lines, item.id)
    _, blocks = views.seen(item, letter.to, twin)
    # The root of a thread names itself as its thread; its flagger looks at the channel.
    thread_ts = item.source.thread_ts if item.source and item.source.thread_ts != item.source.ts else None
    return Whisper(letter.about["channel"], letter.to, "kbot saw your flag.", blocks, thread_ts)


async def refused(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """Why a flag was not followed; the sentence is kbot's own and holds nobody's words."""
    flagger = await person_of(house, letter.team, letter.to)
    if flagger is not None and flagger.is_bot:
        return Drop("a bot reads nothing")
    sentence = letter.about["sentence"]
    return Whisper(letter.about["channel"], letter.to, sentence, [])


async def notice(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """The contributor's notice, or the question under opt_in. Their own words, so no audience is asked."""
    item = await house.unit.read(items.get, letter.team, letter.about["item"])
    if letter.key != flags.notice_key(item):  # it was undone, and began anew: another notice tells that
        if await house.unit.read(outbox.where, letter.team, letter.key) is None:
            return Drop("undone before it was told")
        return views.post(letter.to, views.not_saved(item))
    flagger = (await names(house, letter.team, [item.flagger]))[item.flagger]
    return views.post(letter.to, views.notice(item, flagger))


async def edited(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """The question after an edit of the source, with the words as they are now; and that it is settled."""
    item = await house.unit.read(items.get, letter.team, letter.about["item"])
    if not await house.unit.read(sources.is_open, item, letter.about["edited_ts"]):
        if await house.unit.read(outbox.where, letter.team, letter.key) is None:
            return Drop("there is nothing to decide any more")
        return views.post(letter.to, views.edit_settled(item))
    words = await words_of_source(house, item)
    return views.post(letter.to, views.edited(item, words)) if words is not None else Drop("the message is gone")


async def orphaned(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """The question after a deletion of the source."""
    item = await house.unit.read(items.get, letter.team, letter.about["item"])
    return views.post(letter.to, views.orphaned(item))


async def joined(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """Three lines in a channel that kbot was invited to."""
    found = await house.slack.channel(letter.to)
    if found is None or found.is_im:
        return Drop("not a channel")
    text = views.joined(is_private=found.is_private, is_shared=found.is_shared)
    return Post(letter.to, text, [section(text)])


async def candidates_come_of_age(house: House) -> None:
    """At each tick: publish or let lapse what has waited long enough."""
    for item in await house.unit.read(items.come_due, house.now()):
        act = house.act(item.team, item.flagger, item.channel, f"age:{item.id}")
        await house.unit(flags.come_of_age, act, item.id)


LETTERS = {
    flags.MARK: mark,
    flags.SEEN: seen,
    flags.NOTICE: notice,
    sources.EDITED: edited,
    sources.ORPHANED: orphaned,
    flags.REFUSED: refused,
    flags.JOINED: joined,
}
