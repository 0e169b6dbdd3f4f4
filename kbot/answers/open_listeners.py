"""The doors of open questions from Slack: "Save as the answer", and asking the people who may know."""

from kbot.act import Act, BadInput
from kbot.answers import experts, groups, helping, offers, open_views, questions
from kbot.answers.facts import Expert, HelpState, OpenQuestion
from kbot.house import House
from kbot.library import items
from kbot.people import directory
from kbot.people.viewers import member_of, names
from kbot.slack.incoming import Answer, Press, Reply


def _act(house: House, press: Press, person: str | None = None) -> Act:
    return house.act(press.team, person or press.person, press.place.channel or "", f"press:{press.trigger_id}")


async def on_save_answer(house: House, press: Press) -> Answer:
    """Something that was saved answers an open question: all who asked are told."""
    await member_of(house, press.team, press.person)
    item_id, _, group_id = press.value.partition(":")
    item = await house.unit.read(items.get, press.team, item_id)
    group = next((g for g in await offers.may_answer(house, press.team, press.person, item) if g.id == group_id), None)
    if group is None:
        raise BadInput(open_views.GONE)
    is_told = await house.unit(groups.save_answer, _act(house, press), group.id, item.id, house.clock.real())
    others = len(group.askers - {press.person})
    return Reply(open_views.saved_answer(item, others, is_told=is_told), replace=True)


async def on_ask_people(house: House, press: Press) -> Answer:
    """Who may know? To the asker alone, who chooses."""
    _, found = await _who_may_know(house, press, press.value)
    named = await names(house, press.team, [expert.person for expert in found])
    text, blocks = open_views.may_know(press.value, found, named)
    return Reply(text, blocks)


async def _who_may_know(house: House, press: Press, question_id: str) -> tuple[OpenQuestion, list[Expert]]:
    await member_of(house, press.team, press.person)
    question = await house.unit.read(questions.get, press.team, question_id)
    if question.asker != press.person:
        raise BadInput("Only the person who asked can do that. Ask the same, and you can too.")
    group = await house.unit.read(groups.get, press.team, question.group)
    if not question.is_open:
        raise BadInput("That question has been answered meanwhile.")
    return group, await experts.to_ask(house, group, press.person)


async def on_ask(house: House, press: Press) -> Answer:
    """Ask one of them, or all."""
    question_id, _, person = press.value.partition(":")
    group, found = await _who_may_know(house, press, question_id)
    chosen = [expert for expert in found if person in ("", expert.person)]
    asked = await house.unit(helping.ask, _act(house, press), group.id, chosen, house.clock.real())
    named = await names(house, press.team, asked)
    return Reply(open_views.asked([named[person] for person in asked]), replace=True)


async def on_take(house: House, press: Press) -> Answer:
    """ "I'll answer in the thread": their message shows the way there."""
    await house.unit(helping.say, _act(house, press), press.value, HelpState.TAKEN)
    return None


async def on_not_me(house: House, press: Press) -> Answer:
    """ "Not me": nobody is told, and the next one who may know is asked."""
    asker = await house.unit(helping.say, _act(house, press), press.value, HelpState.DECLINED)
    group = await house.unit.read(groups.get, press.team, press.value)
    if asker is not None and group.question.is_open:
        following = (await experts.to_ask(house, group, asker))[:1]
        await house.unit(helping.ask, _act(house, press, asker), group.id, following, house.clock.real())
    return None


async def on_stop(house: House, press: Press) -> Answer:
    """ "Stop": nothing unasked from now on, and this question goes to the next."""
    await member_of(house, press.team, press.person)
    await house.unit(directory.stop, _act(house, press))
    await on_not_me(house, press)
    return Reply(open_views.STOPPED)


PRESSES = {
    open_views.SAVE_ANSWER: on_save_answer,
    open_views.ASK_PEOPLE: on_ask_people,
    open_views.ASK_ONE: on_ask,
    open_views.ASK_ALL: on_ask,
    open_views.TAKE: on_take,
    open_views.NOT_ME: on_not_me,
    open_views.STOP: on_stop,
}
