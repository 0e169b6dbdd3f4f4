"""The door of home from the queue: the Home tab, made at the moment it is shown."""

from collections.abc import Sequence
from dataclasses import replace

from kbot.act import BadInput
from kbot.capture.finding import words_of_source
from kbot.home import tab, views
from kbot.home.question_views import Wider
from kbot.house import House
from kbot.people.viewers import member_of, viewer_of
from kbot.post.outbox import Letter
from kbot.post.workers import Drop, Hold
from kbot.slack.outgoing import Outgoing, PublishHome


async def view(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """The person's Home tab as it is now."""
    try:
        person = await member_of(house, letter.team, letter.to)
    except BadInput as bad:
        return PublishHome(letter.to, views.nobody(bad.sentence))
    now = house.now()
    viewer = await viewer_of(house, letter.team, letter.to, await house.unit.read(tab.channels, person, now))
    desk = await house.unit.read(tab.desk, viewer, person, now)
    words = {item.id: await words_of_source(house, item) for item in desk.asked.edited}
    asked = replace(
        desk.asked,
        wider=await _told_by_slack(house, desk.asked.wider),
        words={item: said for item, said in words.items() if said is not None},
    )
    return PublishHome(letter.to, views.home(replace(desk, asked=asked), now))


async def _told_by_slack(house: House, wider: Sequence[Wider]) -> list[Wider]:
    """Who would see an item in these channels; those that are gone are nobody's question any more."""
    found = [(one, await house.slack.channel(one.channel)) for one in wider]
    return [replace(one, is_private=channel.is_private) for one, channel in found if channel is not None]


LETTERS = {tab.VIEW: view}
