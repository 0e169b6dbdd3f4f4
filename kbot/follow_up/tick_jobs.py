"""The door of check marks from the queue: what may be said more of a use that one reported, to its person alone."""

from kbot.follow_up import cases, views
from kbot.follow_up.showing import asked
from kbot.follow_up.ticks import TICKED
from kbot.house import House
from kbot.library.items import Gone
from kbot.library.looking import show
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.post.workers import Drop, Hold
from kbot.slack.outgoing import Outgoing, Whisper


async def ticked(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """How did it go? Or, of several things in one message: which one was it?"""
    place = await house.unit.read(outbox.where, letter.team, letter.about["message"])
    if place is None or place.channel is None:
        return Drop("the message is not there any more")
    if "case" not in letter.about:
        found = await show(house, letter.team, letter.to, letter.about["items"])
        text, blocks = views.which_used(found.items)
        return Whisper(place.channel, letter.to, text, blocks) if found.items else Drop("not for the person to see")
    try:
        case = await house.unit.read(cases.get, letter.team, letter.about["case"])
    except Gone:
        return Drop("it was taken back")
    shown = await asked(house, letter.team, letter.to, [case])
    if case.status is None or shown[0].item is None:
        return Drop("it was taken back, or is not for the person to see")
    return Whisper(place.channel, letter.to, "Noted.", views.case_blocks(shown[0], house.now()))


LETTERS = {TICKED: ticked}
