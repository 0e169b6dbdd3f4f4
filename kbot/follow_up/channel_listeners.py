"""The doors of a channel's question from Slack: a tap of one of them, and the channel's new id."""

from kbot.act import Act, BadInput
from kbot.follow_up import channel_asks, channel_views
from kbot.follow_up.channel_facts import ChannelAnswer
from kbot.house import House
from kbot.people.viewers import member_of
from kbot.slack.incoming import Answer, Event, Press, Reply


def _act(house: House, press: Press) -> Act:
    return house.act(press.team, press.person, press.place.channel or "", f"press:{press.trigger_id}")


async def on_answer(house: House, press: Press) -> Answer:
    """It is counted, and who tapped reads so, alone."""
    await member_of(house, press.team, press.person)
    try:
        answer = ChannelAnswer(press.action.rpartition(".")[2])
    except ValueError:
        raise BadInput("I do not know that answer any more.") from None
    await house.unit(channel_asks.say, _act(house, press), press.value, answer)
    return Reply("Noted.", channel_views.noted(press.value, answer))


async def on_take_back(house: House, press: Press) -> Answer:
    await member_of(house, press.team, press.person)
    await house.unit(channel_asks.say, _act(house, press), press.value, None)
    return Reply(channel_views.TAKEN_BACK, replace=True)


async def on_channel_id_changed(house: House, event: Event) -> None:
    """Slack gave a channel another id: what is asked there goes with it."""
    old, new = str(event.body["old_channel_id"]), str(event.body["new_channel_id"])
    await house.unit(channel_asks.rename_channel, event.team, old, new)


EVENTS = {"channel_id_changed": on_channel_id_changed}
PRESSES = {
    **{f"{channel_views.ANSWER}.{answer.value}": on_answer for answer in ChannelAnswer},
    channel_views.TAKE_BACK: on_take_back,
}
