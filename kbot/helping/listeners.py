"""The doors of helping from Slack: what helpers and askers press, and the form of an answer."""

from functools import partial

from kbot.act import Act, BadInput
from kbot.helping import requests, views
from kbot.helping.facts import WORDS_LIMIT, Role, Shown, TurnState
from kbot.helping.showing import may_still_get_it, shown_in, shown_to
from kbot.house import House
from kbot.people import directory
from kbot.people.facts import Mode
from kbot.people.viewers import channel_for, member_of
from kbot.slack.incoming import Answer, Press, Submission
from kbot.slack.modals import show_modal
from kbot.slack.outgoing import View

GONE = "That is not there any more, or not for you to see."
TOO_LONG = "An answer has at most {most} characters; this one has {length}. Please shorten it, or send it in two."


def _act(house: House, press: Press) -> Act:
    return house.act(press.team, press.person, press.place.channel or "", f"press:{press.trigger_id}")


async def on_help(house: House, press: Press) -> Answer:
    """ "I'll help": the form; who was asked has it before them from then on."""
    await show_modal(house.slack, press.trigger_id, partial(_form, house, press))
    return None


async def _form(house: House, press: Press) -> View:
    shown, _ = await _may_answer(house, press.team, press.person, press.value)
    if shown.request.turn_of(press.person) is not None:
        await house.unit(requests.say, _act(house, press), press.value, TurnState.ACCEPTED)
    return views.answer_modal(shown)


async def _may_answer(house: House, team: str, person: str, request_id: str) -> tuple[Shown, Role | None]:
    """The request, and why this person may answer it, where they were not asked. Raises BadInput when they may not."""
    await member_of(house, team, person)
    shown = await shown_to(house, team, person, request_id)
    request, item = shown.request, shown.item
    if request.state.is_over or not await may_still_get_it(house, request):
        raise BadInput(requests.NOT_NEEDED)
    if item is None:
        raise BadInput(GONE)
    turn = request.turn_of(person)
    if turn is not None and turn.was_answered:
        raise BadInput(requests.ANSWERED_ALREADY)
    if person == request.asker:
        raise BadInput("You asked this yourself.")
    if turn is not None:
        return shown, None
    if person in await house.unit.read(directory.brokers_of, team, item.channel):
        return shown, Role.BROKER
    if request.in_channel:
        return shown, Role.VOLUNTEER
    raise BadInput(requests.NOT_THEIRS)


async def on_answer_modal(house: House, submission: Submission) -> Answer:
    """An answer is sent off. What cannot be sent is said in the form, where the words stay."""
    request_id, words = str(submission.metadata["request"]), submission.text(views.WORDS)
    if not words:
        raise BadInput("Please write your answer, or press Cancel.", views.WORDS)
    if len(words) > WORDS_LIMIT:
        raise BadInput(TOO_LONG.format(most=WORDS_LIMIT, length=len(words)), views.WORDS)
    try:
        _, role = await _may_answer(house, submission.team, submission.person, request_id)
        act = house.act(submission.team, submission.person, "", f"modal:{submission.view_id}")
        await house.unit(requests.answer, act, request_id, words, house.clock.real(), role=role)
    except BadInput as bad:
        raise BadInput(bad.sentence, views.WORDS) from None
    return None


async def on_not_now(house: House, press: Press) -> Answer:
    await house.unit(requests.say, _act(house, press), press.value, TurnState.NOT_NOW)
    return None


async def on_not_me(house: House, press: Press) -> Answer:
    await house.unit(requests.say, _act(house, press), press.value, TurnState.NOT_ME)
    return None


async def on_did_it(house: House, press: Press) -> Answer:
    request_id, _, helper = press.value.partition(":")
    await house.unit(requests.judge, _act(house, press), request_id, helper, did_it=True)
    return None


async def on_not_quite(house: House, press: Press) -> Answer:
    request_id, _, helper = press.value.partition(":")
    await house.unit(requests.judge, _act(house, press), request_id, helper, did_it=False)
    return None


async def on_withdraw(house: House, press: Press) -> Answer:
    await house.unit(requests.withdraw, _act(house, press), press.value)
    return None


async def on_ask_channel(house: House, press: Press) -> Answer:
    """The asker lets the item's channel know, if everybody there may read it."""
    shown = await shown_to(house, press.team, press.person, press.value)
    if shown.request.asker != press.person:
        raise BadInput(requests.NOT_THEIRS)
    if shown.item is None:
        raise BadInput(GONE)
    channel = await channel_for(house, shown.item.channel)
    policy = await house.unit.read(directory.policy_of, press.team, channel.id)
    if channel.is_archived or policy.mode is Mode.OFF:
        raise BadInput("I cannot write in that channel. Please ask there yourself.")
    if (await shown_in(house, press.team, channel.id, press.value)).item is None:
        raise BadInput("Not everybody in that channel may read that, so I ask nothing there.")
    await house.unit(requests.ask_channel, _act(house, press), press.value, house.clock.real())
    return None


PRESSES = {
    views.HELP: on_help,
    views.NOT_NOW: on_not_now,
    views.NOT_ME: on_not_me,
    views.DID_IT: on_did_it,
    views.NOT_QUITE: on_not_quite,
    views.WITHDRAW: on_withdraw,
    views.ASK_CHANNEL: on_ask_channel,
}
SUBMISSIONS = {views.MODAL: on_answer_modal}
