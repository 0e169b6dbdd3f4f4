"""The doors of needs from Slack: `/kb need`, and the taps on what came of one."""

import asyncio
from datetime import timedelta

from kbot.act import BadInput
from kbot.delivery import dates, need_views, needs
from kbot.delivery.facts import NeedState
from kbot.house import House
from kbot.library.looking import look_up, show
from kbot.people.hours import local_moment
from kbot.people.viewers import channel_for, member_of
from kbot.slack.incoming import Answer, Command, Press, Reply
from kbot.slack.mrkdwn import plain


async def need(house: House, command: Command) -> Answer:
    """`/kb need "..." by DATE`: what there is now, and from now on what arrives until then; without words, a list."""
    person = await member_of(house, command.team, command.person)
    now = house.now()
    today = now.astimezone(person.zone).date()
    if not command.rest:
        mine = await house.unit.read(needs.of_person, command.team, person.id)
        days = [(one, one.last_day(person.zone)) for one in mine]
        text, blocks = need_views.mine(days, today)
        return Reply(text, blocks)
    words, said = dates.split(plain(command.rest))
    if len(words) > needs.WORDS_LIMIT:
        raise BadInput(f"Say it in {needs.WORDS_LIMIT} characters at most; these are {len(words)}.")
    day = dates.day(said, today)
    found = await look_up(house, command.team, person.id, words)
    vector = found.vector if found.vector is not None else await asyncio.to_thread(house.embedder.embed, words)
    act = house.act(command.team, person.id, command.channel, f"need:{person.id}:{command.trigger_id}")
    until = local_moment(day + timedelta(days=1), 0, person.zone)
    channel = await _public_place(house, command.channel)
    kept = await house.unit(needs.say, act, words, until, channel, vector, found.items)
    shown = await show(house, command.team, person.id, kept.matches)
    text, blocks = need_views.noted(kept, day, today, shown.items, shown.names, shown.evidence, now)
    return Reply(text, blocks)


async def _public_place(house: House, channel: str) -> str | None:
    """The channel whose brokers may see what stays unmet; None in a direct message, or where kbot is not."""
    try:
        found = await channel_for(house, channel)
    except BadInput:
        return None
    return None if found.is_im else channel


async def on_answer(house: House, press: Press) -> Answer:
    """Did it help?"""
    await member_of(house, press.team, press.person)
    said, _, need_id = press.value.partition(":")
    try:
        state = NeedState(said)
    except ValueError:
        raise BadInput("I do not know that answer any more.") from None
    act = house.act(press.team, press.person, press.place.channel or "", f"press:{press.trigger_id}")
    await house.unit(needs.answer, act, need_id, state)
    return None


async def on_end(house: House, press: Press) -> Answer:
    """ "I need it no more"."""
    await member_of(house, press.team, press.person)
    act = house.act(press.team, press.person, press.place.channel or "", f"press:{press.trigger_id}")
    return Reply(need_views.ended(await house.unit(needs.end, act, press.value)), replace=True)


PRESSES = {
    **{f"{need_views.SAY}.{state.value}": on_answer for state, _ in (*need_views.HELPED, *need_views.NOTHING)},
    need_views.END: on_end,
}
WORDS = {"need": need}
