"""The door of home from the queue: the Home tab, made at the moment it is shown."""

from kbot.act import BadInput
from kbot.home import tab, views
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
    viewer = await viewer_of(house, letter.team, letter.to, await house.unit.read(tab.channels, person))
    return PublishHome(letter.to, views.home(await house.unit.read(tab.desk, viewer, person), house.now()))


LETTERS = {tab.VIEW: view}
