"""The doors of answers from the queue: letters, written at the moment of sending."""

from kbot.answers import questions, ratings, views
from kbot.answers.facts import ANSWER, REFUSED, REFUSED_HERE, SHARED, SUGGESTION, TOLD
from kbot.answers.quoting import quote_for
from kbot.cards import section
from kbot.house import House
from kbot.library.looking import show
from kbot.library.search import tuning
from kbot.people import directory
from kbot.people.facts import Mode
from kbot.people.viewers import names
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
    text, blocks = views.answer(
        question,
        found.items,
        found.names,
        found.evidence,
        house.now(),
        among_outsiders=found.among_outsiders,
        quote=await quote_for(house, question, found),
    )
    return Post(question.channel, text, blocks, question.thread_ts)


async def shared(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """A private answer that its asker shares with the channel."""
    question = await house.unit.read(questions.get, letter.team, letter.about["question"])
    found = await show(house, letter.team, question.asker, question.cited, read_in=question.channel)
    if not found.items:
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
    SHARED: shared,
    SUGGESTION: suggestion,
    REFUSED: refused,
    REFUSED_HERE: refused_here,
}
