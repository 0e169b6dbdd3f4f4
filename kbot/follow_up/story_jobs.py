"""The door of stories from the queue: a colleague is asked whether they saw a use."""

from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.follow_up import cases, stories, story_views
from kbot.house import House
from kbot.library.looking import show
from kbot.people import directory
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.post.workers import Drop, Hold
from kbot.slack.outgoing import Outgoing, Post
from kbot.trail import stories as told
from kbot.trail.facts import Status
from kbot.trail.proof import Story


async def did_you_see(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """One tap, while there still is a use that its author names this colleague for, and they may see the item."""
    found = await house.unit.read(_asked, letter)
    if found is None:
        if await house.unit.read(outbox.where, letter.team, letter.key) is None:
            return Drop("nobody names them any more")
        return Post(letter.to, *story_views.gone())
    story, status, author = found
    shown = await show(house, letter.team, letter.to, [story.item])
    if not shown.items:
        return Drop("the item is gone, or not for them to see")
    return Post(letter.to, *story_views.did_you_see(shown.items[0], story, status, author))


def _asked(session: Session, letter: Letter) -> tuple[Story, Status, str] | None:
    story = told.get(session, letter.team, str(letter.about["case"]))
    if story is None or story.witness != letter.to:
        return None
    try:
        case = cases.get(session, letter.team, story.case)
    except BadInput:
        return None
    author = directory.person(session, letter.team, story.person)
    if case.status is None or author is None or not stories.tells(case):
        return None
    return story, case.status, author.name


LETTERS = {stories.SAW: did_you_see}
