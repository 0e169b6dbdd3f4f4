"""The doors of open questions from the queue: letters, written at the moment of sending."""

from kbot.answers import experts, groups, helping, offers, open_views
from kbot.answers.facts import HELP, OFFER, HelpState
from kbot.house import House
from kbot.library import items
from kbot.library.looking import show
from kbot.people.viewers import names
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.post.workers import Drop, Hold
from kbot.slack.outgoing import Outgoing, Post, Whisper


async def offer(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """To who saved something: is it the answer to an open question?"""
    item = await house.unit.read(items.get, letter.team, letter.about["item"])
    near = await offers.may_answer(house, letter.team, letter.to, item)
    if not near:
        return Drop("it answers no open question")
    text, blocks = open_views.offer(item, near, house.now())
    if item.source is None:
        return Post(letter.to, text, blocks)
    thread_ts = item.source.thread_ts if item.source.thread_ts != item.source.ts else None
    return Whisper(item.channel, letter.to, text, blocks, thread_ts)


async def help_wanted(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """To somebody who may know the answer, with the question as they may read it now."""
    group = await house.unit.read(groups.get, letter.team, letter.about["question"])
    state = (await house.unit.read(helping.asked_for, letter.team, group.id)).get(letter.to, HelpState.CLOSED)
    shown = await show(house, letter.team, letter.to, [letter.about["item"]])
    may_read = await experts.may_read(house, group, letter.to)
    if await house.unit.read(outbox.where, letter.team, letter.key) is None and (
        state is not HelpState.ASKED or not may_read or not shown.items
    ):
        return Drop("it is answered, or not for the person to read any more")
    question = group.question
    link = await house.slack.permalink(question.channel, question.thread_ts) if question.thread_ts else None
    asker = (await names(house, letter.team, [question.asker]))[question.asker]
    item = shown.items[0] if shown.items else None
    is_theirs = item is not None and item.contributor == letter.to
    words = question if may_read else None
    text, blocks = open_views.help_wanted(group.id, words, asker, item, state, link, is_theirs=is_theirs)
    return Post(letter.to, text, blocks)


LETTERS = {OFFER: offer, HELP: help_wanted}
