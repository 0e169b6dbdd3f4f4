"""The doors of learning from Slack: "Help me remember this", and the taps of a check."""

from kbot.act import Act, BadInput
from kbot.cards import CARD_MENU, MEMORIZE
from kbot.house import House
from kbot.learning import checks, views
from kbot.learning.facts import Recall
from kbot.library.looking import show
from kbot.people import directory
from kbot.people.viewers import member_of
from kbot.slack.incoming import Answer, Press, Reply
from kbot.trail.facts import MemoryWanted
from kbot.trail.log import remember

GONE = "That is not there any more, or not for you to see."


def _act(house: House, press: Press) -> Act:
    return house.act(press.team, press.person, press.place.channel or "", f"press:{press.trigger_id}")


async def on_remember(house: House, press: Press) -> Answer:
    """ "Help me remember this": asked for by the person, for this one item."""
    await member_of(house, press.team, press.person)
    item = press.value.removeprefix(f"{MEMORIZE}:")
    if not (await show(house, press.team, press.person, [item])).items:
        raise BadInput(GONE)
    act = _act(house, press)
    key = f"{item}:{press.person}:{act.key}"
    await house.unit(remember, MemoryWanted(act.team, key, act.at, act.person, item))
    text, blocks = views.begun()
    return Reply(text, blocks)


async def on_show(house: House, press: Press) -> Answer:
    """The message shows the answer, as its person may see it now."""
    await house.unit(checks.show_answer, _act(house, press), press.value)
    return None


async def on_recall(house: House, press: Press) -> Answer:
    """How it went."""
    item, _, n = press.value.partition(":")
    try:
        recall = Recall(press.action.removeprefix(f"{views.RECALL}."))
    except ValueError:
        raise BadInput("I do not know that answer any more.") from None
    if not n.isdecimal():
        raise BadInput(checks.NONE_SUCH)
    await house.unit(checks.answer, _act(house, press), item, int(n), recall)
    return None


async def on_less(house: House, press: Press) -> Answer:
    """Not this one: it is asked no more."""
    await house.unit(checks.stop, _act(house, press), press.value)
    return None


async def on_wording(house: House, press: Press) -> Answer:
    """A better wording is wanted, of what three times could not be recalled."""
    await house.unit(checks.ask_for_wording, _act(house, press), press.value)
    return Reply(views.WORDING_ASKED)


async def on_stop(house: House, press: Press) -> Answer:
    await member_of(house, press.team, press.person)
    await house.unit(directory.stop, _act(house, press))
    return Reply(views.STOPPED_ALL)


async def on_who_sees(house: House, press: Press) -> Answer:
    return Reply(views.ONLY_YOU)


PRESSES = {
    views.REMEMBER: on_remember,
    f"{CARD_MENU}:{MEMORIZE}": on_remember,
    views.SHOW: on_show,
    **{f"{views.RECALL}.{recall.value}": on_recall for recall in Recall},
    views.LESS: on_less,
    views.WORDING: on_wording,
    views.STOP: on_stop,
    views.WHO_SEES: on_who_sees,
}
