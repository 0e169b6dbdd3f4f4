"""The doors of answers from the queue: letters, written at the moment of sending."""

from collections.abc import Sequence

from kbot.answers import groups, questions, ratings, views
from kbot.answers.composing import composed
from kbot.answers.facts import ANSWER, REFUSED, REFUSED_HERE, SHARED, SUGGESTION, TOLD, TOLD_THERE, Question
from kbot.answers.quoting import quote_for
from kbot.cards import hidden, section
from kbot.house import House
from kbot.library.looking import show
from kbot.library.search import tuning
from kbot.people import directory
from kbot.people.facts import Mode
from kbot.people.viewers import names
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.post.workers import Drop, Hold
from kbot.slack.outgoing import Outgoing, Post, Whisper


async def refit_thresholds(house: House) -> None:
    """At each tick: the workspaces whose week is over get thresholds that suit what people said of their answers."""
    for team in await house.unit.read(tuning.due, house.now()):
        await house.unit(ratings.refit, team, house.now())


async def answer(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """The answer in its thread, with what everybody who reads along may see at this moment."""
    question = await house.unit.read(questions.get, letter.team, letter.about["question"])
    read_in = None if question.channel.startswith("D") else question.channel
    found = await show(house, letter.team, question.asker, question.cited, read_in=read_in)
    if question.cited and not found.items and await _is_there(house, letter):
        return Post(question.channel, *hidden(), question.thread_ts)
    text, blocks = views.answer(
        question,
        found.items,
        found.names,
        found.evidence,
        house.now(),
        among_outsiders=found.among_outsiders,
        quote=await quote_for(house, question, found),
        composed=await composed(house.composer, question.text, found.items),
    )
    return Post(question.channel, text, blocks, question.thread_ts)


async def shared(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """A private answer that its asker shares with the channel."""
    question = await house.unit.read(questions.get, letter.team, letter.about["question"])
    found = await show(house, letter.team, question.asker, question.cited, read_in=question.channel)
    if not found.items:
        if await _is_there(house, letter):
            return Post(question.channel, *hidden())
        return Drop("not everybody there may see it any more")
    quote = await quote_for(house, question, found)
    said = views.answer(question, found.items, found.names, found.evidence, house.now(), quote=quote)
    asker = (await names(house, letter.team, [question.asker]))[question.asker]
    text, blocks = views.shared(said, question, asker)
    return Post(question.channel, text, blocks)


async def told(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """To the asker of an open question: there is an answer now."""
    question = await house.unit.read(questions.get, letter.team, letter.about["question"])
    found = await show(house, letter.team, question.asker, question.cited)
    if not found.items:
        return Drop("the asker may not see the answer, or it is gone")
    quote = await quote_for(house, question, found)
    text, blocks = views.told(question, found.items, found.names, found.evidence, house.now(), quote)
    return Post(letter.to, text, blocks)


async def told_there(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """To all who asked in a thread, in one message that mentions them. Who does not read along there any more, or all
    where the answer is not for everybody there, are told alone instead, and nobody is told twice."""
    asked = [await house.unit.read(questions.get, letter.team, question) for question in letter.about["questions"]]
    is_there = await _is_there(house, letter)
    alone = await house.unit.read(outbox.letters, letter.team, [groups.told_alone(q.id) for q in asked])
    asked = [question for question in asked if groups.told_alone(question.id) not in alone]
    here = await _read_along(house, letter.team, asked)
    found = None
    if here:
        found = await show(house, letter.team, here[0].asker, here[0].cited, read_in=here[0].channel)
    if found is None or not found.items:
        here = []
    away = [question for question in asked if question not in here]
    if away and not is_there:
        await house.unit(groups.tell_alone, letter.team, away, house.clock.real())
    if found is None or not here:
        if is_there and asked:
            return Post(asked[0].channel, *hidden(), asked[0].thread_ts)
        return Drop("nobody who asked reads it there, or it is not for everybody there")
    first, quote = here[0], await quote_for(house, here[0], found)
    people = [question.asker for question in here]
    text, blocks = views.told(first, found.items, found.names, found.evidence, house.now(), quote, people)
    return Post(first.channel, text, blocks, first.thread_ts)


async def _is_there(house: House, letter: Letter) -> bool:
    """Whether it stands where it was sent to; then it is shown anew."""
    return await house.unit.read(outbox.where, letter.team, letter.key) is not None


async def _read_along(house: House, team: str, asked: Sequence[Question]) -> list[Question]:
    """Those of the askers in one thread who can still read it, if kbot may still speak there."""
    if not asked or asked[0].thread_ts is None:
        return []
    place, thread_ts = asked[0].channel, asked[0].thread_ts
    policy = await house.unit.read(directory.policy_of, team, place)
    channel = await house.slack.channel(place)
    may_speak = channel and channel.is_member and not (channel.is_archived or channel.is_shared)
    if not may_speak or not policy.mode.answers or await house.slack.message(place, thread_ts) is None:
        return []
    inside = await house.slack.members(place)
    return [question for question in asked if question.asker in inside]


async def suggestion(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """What may answer a question among people, to who asked it alone."""
    channel = letter.about["channel"]
    policy = await house.unit.read(directory.policy_of, letter.team, channel)
    asker = await house.unit.read(directory.person, letter.team, letter.to)
    if policy.mode is not Mode.SUGGEST or asker is None or asker.is_quiet(house.now()):
        return Drop("it is not wanted any more")
    found = await show(house, letter.team, letter.to, [letter.about["item"]])
    if not found.items:
        return Drop("the asker may not see the answer, or it is gone")
    text, blocks = views.suggestion(found.items[0], channel, letter.about["ts"])
    return Whisper(channel, letter.to, text, blocks)


async def refused(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """Why a question in a channel was not answered, to the asker alone; kbot's own sentence."""
    return Whisper(letter.about["channel"], letter.to, letter.about["sentence"], [], letter.about["thread_ts"])


async def refused_here(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """The same in a DM."""
    sentence = letter.about["sentence"]
    return Post(letter.to, sentence, [section(sentence)], letter.about["thread_ts"])


LETTERS = {
    ANSWER: answer,
    TOLD: told,
    TOLD_THERE: told_there,
    SHARED: shared,
    SUGGESTION: suggestion,
    REFUSED: refused,
    REFUSED_HERE: refused_here,
}
