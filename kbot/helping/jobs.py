"""The doors of helping from the queue: helpers are looked for, letters are written at the moment of sending."""

import logging

from kbot.helping import requests, views
from kbot.helping.facts import (
    ANSWER,
    CLEARER,
    FOR_OTHERS,
    IN_CHANNEL,
    RECEIPT,
    WANTED,
    TurnState,
)
from kbot.helping.showing import may_be_asked, may_still_get_it, names_of, shown_in, shown_to
from kbot.house import House
from kbot.library.looking import show
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.post.workers import Drop, Hold
from kbot.slack.outgoing import Outgoing, Post
from kbot.slack.reader import SlackAway

log = logging.getLogger(__name__)


async def find_helpers(house: House) -> int:
    """As soon as help is wanted: who is asked, of those who may see the item now. Returns how many looked for one."""
    found = await house.unit.read(requests.to_route)
    for request in found:
        candidates = await house.unit.read(requests.candidates_of, request)
        try:
            if not await may_still_get_it(house, request):
                await house.unit(requests.give_up, request.team, request.id)
                continue
            able = {one.person for one in candidates if await may_be_asked(house, request, one.person)}
        except SlackAway as away:
            log.warning("a helper is looked for again when Slack is back: %s", away)
            return 0
        await house.unit(requests.ask_next, request.team, request.id, able, house.now(), house.clock.real())
    return len(found)


async def go_on(house: House) -> None:
    """At each tick: whoever's time is over gives way to the next."""
    for request, helper in await house.unit.read(requests.late, house.now()):
        await house.unit(requests.lapse, request.team, request.id, helper)


async def receipt(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """To the asker: where it stands."""
    shown = await shown_to(house, letter.team, letter.to, letter.about["request"])
    text, blocks = views.receipt(shown)
    return Post(letter.to, text, blocks)


async def wanted(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """To a helper."""
    shown = await shown_to(house, letter.team, letter.to, letter.about["request"])
    turn = shown.request.turn_of(letter.to)
    is_new = await house.unit.read(outbox.where, letter.team, letter.key) is None
    is_due = turn is not None and turn.state is TurnState.ASKED and shown.item is not None
    if turn is None or (is_new and not is_due):
        return Drop("it is not needed any more, or not for the person to see")
    text, blocks = views.wanted(shown, turn)
    return Post(letter.to, text, blocks)


async def answer(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """To the asker: what a helper answers. About what they may not see any more it is not passed on."""
    shown = await shown_to(house, letter.team, letter.to, letter.about["request"])
    turn = shown.request.turn_of(letter.about["helper"])
    if turn is None or not shown.may_read:
        return Drop("it is about something that is not for the person to see any more")
    text, blocks = views.answer(shown, turn)
    return Post(letter.to, text, blocks)


async def in_channel(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """To the item's channel, which may have another id by now."""
    channel = await house.slack.channel(letter.to)
    if channel is None or channel.is_archived or not channel.is_member:
        return Drop("kbot is not in that channel any more")
    shown = await shown_in(house, letter.team, letter.to, letter.about["request"])
    is_new = await house.unit.read(outbox.where, letter.team, letter.key) is None
    if is_new and (shown.item is None or shown.request.state.is_over):
        return Drop("it is not needed any more, or not for everybody there to see")
    text, blocks = views.in_channel(shown)
    return Post(letter.to, text, blocks)


async def clearer(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """To who found something unclear: its new words, if they may see them."""
    found = await show(house, letter.team, letter.to, [letter.about["item"]])
    if not found.items:
        return Drop("it is gone, or not for the person to see")
    item, by = found.items[0], letter.about["by"]
    names = found.names | await house.unit.read(names_of, letter.team, [by])
    named = None if by == item.contributor and not item.is_named else by
    text, blocks = views.clearer(item, named, names, found.evidence[item.id], house.now())
    return Post(letter.to, text, blocks)


async def for_others(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """To who is not convinced: what became of it for others. Where nobody said anything there is nothing to show."""
    found = await show(house, letter.team, letter.to, [letter.about["item"]])
    said = found.evidence.get(letter.about["item"])
    if not found.items or said is None or not said.told(house.now()):
        return Drop("it is gone, or nobody has told anything of it yet")
    text, blocks = views.for_others(found.items[0], said, house.now())
    return Post(letter.to, text, blocks)


LETTERS = {
    RECEIPT: receipt,
    WANTED: wanted,
    ANSWER: answer,
    IN_CHANNEL: in_channel,
    CLEARER: clearer,
    FOR_OTHERS: for_others,
}
