"""The doors of recall from Slack: "Got it", and a look at what took the place."""

from kbot.act import BadInput
from kbot.delivery import recall_views
from kbot.delivery.recall import got_it
from kbot.delivery.recall_facts import RECALL, Recall
from kbot.house import House
from kbot.library.looking import show
from kbot.people.viewers import member_of
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.slack.incoming import Answer, Press, Reply


async def _letter(house: House, press: Press) -> Letter:
    await member_of(house, press.team, press.person)
    letter = (await house.unit.read(outbox.letters, press.team, [press.value])).get(press.value)
    if letter is None or letter.kind != RECALL or letter.to != press.person:
        raise BadInput(recall_views.GONE)
    return letter


async def on_got_it(house: House, press: Press) -> Answer:
    letter = await _letter(house, press)
    act = house.act(press.team, press.person, press.place.channel or "", f"press:{press.trigger_id}")
    await house.unit(got_it, act, letter.key)
    return None


async def on_show_new(house: House, press: Press) -> Answer:
    """What took the place of the old one, as this person may see it now."""
    letter = await _letter(house, press)
    other = Recall.of(letter.about).other
    found = await show(house, press.team, press.person, [other] if other else [])
    if not found.items:
        raise BadInput(recall_views.GONE)
    item = found.items[0]
    text, blocks = recall_views.shown(item, found.names, found.evidence[item.id], house.now())
    return Reply(text, blocks)


PRESSES = {recall_views.GOT_IT: on_got_it, recall_views.SHOW_NEW: on_show_new}
