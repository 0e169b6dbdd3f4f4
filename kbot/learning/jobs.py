"""The doors of learning from the queue: due checks become this week's letter, as its reader may see it then."""

from kbot.cards import section
from kbot.house import House
from kbot.learning import checks, views
from kbot.learning.facts import CHECKS
from kbot.library.looking import show
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.post.workers import Drop, Hold
from kbot.slack.outgoing import Outgoing, Post
from kbot.trail.proof import Evidence


async def plan_checks(house: House) -> None:
    """At each tick: whoever has checks that are due, and may be approached now, gets three at most."""
    now = house.now()
    if await house.unit.read(checks.any_asked):  # a unit that writes wakes every worker, also when it changes nothing
        await house.unit(checks.take_back, now)
    for team, person in await house.unit.read(checks.due_people, now):
        if await house.unit.read(checks.may_be_asked, team, person, now):
            await house.unit(checks.plan, team, person, now, house.clock.real())


async def letter(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """The checks as they are now. What is not to be seen any more is left out before it is asked."""
    about = await house.unit.read(checks.of_letter, letter.team, letter.key)
    found = await show(house, letter.team, letter.to, [check.item for check in about])
    by_id = {item.id: item for item in found.items}
    is_new = await house.unit.read(outbox.where, letter.team, letter.key) is None
    shown = [
        views.Asked(check, by_id.get(check.item), found.evidence.get(check.item, Evidence()))
        for check in about
        if check.item in by_id or not is_new
    ]
    if not about and not is_new:
        return Post(letter.to, views.ERASED, [section(views.ERASED)])
    if not shown:
        return Drop("all of it is gone, or not for the person to see any more")
    text, blocks = views.checks(shown, found.names, house.now())
    return Post(letter.to, text, blocks)


LETTERS = {CHECKS: letter}
