"""The doors of sending something on from Slack: `/kb mobilize`, its form, and the consents to a wider audience."""

from functools import partial

from kbot.act import Act, BadInput
from kbot.delivery import deliveries, mobilize_views, mobilizing
from kbot.delivery.mobilize_views import CHANNEL, NOTE, PEOPLE
from kbot.house import House
from kbot.library import items
from kbot.library.facts import Item
from kbot.library.looking import look_up, show, show_in
from kbot.library.search.thresholds import NAMED
from kbot.people.viewers import channel_for, member_of, person_of
from kbot.slack.incoming import Answer, Command, Press, Reply, Submission
from kbot.slack.modals import show_modal
from kbot.slack.mrkdwn import plain
from kbot.slack.outgoing import View

EXAMPLE = "Say a few of its words: `/kb mobilize restart the importer`"


async def mobilize(house: House, command: Command) -> Answer:
    """`/kb mobilize words`: what of it this person may send on."""
    person = await member_of(house, command.team, command.person)
    words = plain(command.rest)
    if not words:
        raise BadInput(EXAMPLE)
    found = await look_up(house, command.team, person.id, words, lower_by=NAMED)
    shown = await show(house, command.team, person.id, found.items)
    mine = [item for item in shown.items if await _may(house, command.team, person.id, item)]
    if not mine:
        raise BadInput(f"I find nothing like that which you shared, or are a broker for. {EXAMPLE}")
    text, blocks = mobilize_views.which(mine)
    return Reply(text, blocks)


async def _may(house: House, team: str, person: str, item: Item) -> bool:
    try:
        await house.unit.read(mobilizing.rule_of, team, person, item)
    except BadInput:
        return False
    return True


async def on_mobilize(house: House, press: Press) -> Answer:
    """ "Send it on": the form, filled when it is clear who may."""
    await show_modal(house.slack, press.trigger_id, partial(_form, house, press))
    return None


async def _form(house: House, press: Press) -> View:
    return mobilize_views.modal(await _mine(house, press.team, press.person, press.value))


async def _mine(house: House, team: str, person: str, item_id: str) -> Item:
    """The item, as this person may see it and send it on now."""
    await member_of(house, team, person)
    shown = await show(house, team, person, [item_id])
    if not shown.items:
        raise items.Gone
    await house.unit.read(mobilizing.rule_of, team, person, shown.items[0])
    return shown.items[0]


async def on_modal(house: House, submission: Submission) -> Answer:
    """The form is sent off: everybody in it is looked at before anything is written."""
    item = await _mine(house, submission.team, submission.person, str(submission.metadata["item"]))
    people, channel = submission.several(PEOPLE), submission.text(CHANNEL) or None
    note = submission.text(NOTE)
    if len(note) > mobilize_views.NOTE_LIMIT:
        raise BadInput(f"At most {mobilize_views.NOTE_LIMIT} characters, please.", NOTE)
    if not people and channel is None:
        raise BadInput("Please choose a channel, or people.", CHANNEL)
    for user in people:
        await _can_get(house, submission.team, user, item)
    wider = channel is not None and await _must_be_widened(house, submission.team, submission.person, channel, item)
    act = house.act(submission.team, submission.person, "", f"modal:{submission.view_id}")
    real = house.clock.real()
    try:
        done = await house.unit(mobilizing.send_on, act, item.id, people, channel, note, real, wider=wider)
    except BadInput as bad:
        raise BadInput(bad.sentence, CHANNEL if wider else None) from None
    return Reply(mobilize_views.sent_on(done.new, done.known, done.channel, waits=done.waits))


async def _can_get(house: House, team: str, user: str, item: Item) -> None:
    """Raises BadInput at the field for somebody to whom it cannot be sent."""
    person = await person_of(house, team, user)
    if person is None or person.deleted:
        name = person.name if person else "One of them"
        raise BadInput(f"{name} has left this workspace.", PEOPLE)
    if not person.is_member:
        raise BadInput(f"{person.name} is a guest or an app; I deliver to full members only.", PEOPLE)
    if user == item.contributor:
        raise BadInput(f"{person.name} shared it.", PEOPLE)
    if not await house.unit.read(deliveries.has_used_kbot, team, user):
        sentence = f"{person.name} has not used me yet, so I write nothing to them. Send it to a channel they are in."
        raise BadInput(sentence, PEOPLE)
    if not (await show(house, team, user, [item.id])).items:
        raise BadInput(f"{person.name} may not see it: it is for another channel's members.", PEOPLE)


async def _must_be_widened(house: House, team: str, sender: str, channel: str, item: Item) -> bool:
    """Whether not everybody in the channel may see it yet. Raises BadInput at the field where it cannot go there."""
    try:
        found = await channel_for(house, channel)
    except BadInput as bad:
        raise BadInput(bad.sentence.replace("this channel", "that channel"), CHANNEL) from None
    if found.is_im or found.is_archived:
        raise BadInput("That is no channel that I can post in. Choose people instead, or another channel.", CHANNEL)
    if found.is_private and sender not in await house.slack.members(channel):
        raise BadInput("You are not in that channel.", CHANNEL)
    shown = await show_in(house, team, channel, [item.id])
    if shown.items:
        return False
    if shown.among_outsiders:
        raise BadInput("Guests read along in that channel, so I post nothing from elsewhere there.", CHANNEL)
    return True


async def on_widen(house: House, press: Press) -> Answer:
    """Yes or no of one of the two who decide; their message shows what became of it."""
    await member_of(house, press.team, press.person)
    item, _, channel = press.value.partition(":")
    act: Act = house.act(press.team, press.person, press.place.channel or "", f"press:{press.trigger_id}")
    yes = press.action == mobilize_views.WIDEN_YES
    await house.unit(mobilizing.decide, act, item, channel, yes=yes)
    return None


PRESSES = {
    mobilize_views.MOBILIZE: on_mobilize,
    mobilize_views.WIDEN_YES: on_widen,
    mobilize_views.WIDEN_NO: on_widen,
}
SUBMISSIONS = {mobilize_views.MODAL: on_modal}
WORDS = {"mobilize": mobilize}
