"""Who may know: those who contributed or vouched for what is nearest to a question, as its asker may see it now."""

from kbot.answers import helping
from kbot.answers.facts import Expert, OpenQuestion
from kbot.house import House
from kbot.library.facts import Item
from kbot.library.looking import look_up, show
from kbot.library.search.thresholds import NEAREST
from kbot.people import asking
from kbot.people.viewers import person_of, viewer_of

MOST = 3


async def to_ask(house: House, group: OpenQuestion, asker: str) -> list[Expert]:
    """Up to three people whom this asker may have asked now, the likeliest first.

    Only what they said publicly counts: they are named on an item, as its contributor or as who verified it. Whoever
    wants nothing unasked, was asked already or often, or may not read the question, is left out.
    """
    team, question = group.question.team, group.question
    nearest = await look_up(house, team, asker, question.text, lower_by=NEAREST)
    shown = await show(house, team, asker, nearest.items)
    known: dict[str, Expert] = {}
    for item in shown.items:
        for expert in _named_on(item):
            known.setdefault(expert.person, expert)
    asked = await house.unit.read(helping.asked_for, team, group.id)
    free = await house.unit.read(asking.free, team, list(known), house.now())
    found: list[Expert] = []
    for person, expert in known.items():
        may_know = person in free and person not in group.askers and person not in asked
        if may_know and len(found) < MOST and await _may_be_asked(house, group, person):
            found.append(expert)
    return found


def _named_on(item: Item) -> list[Expert]:
    contributor = [Expert(item.contributor, item)] if item.contributor and item.is_named else []
    return contributor + ([Expert(item.verified_by, item)] if item.verified_by else [])


async def _may_be_asked(house: House, group: OpenQuestion, expert: str) -> bool:
    person = await person_of(house, group.question.team, expert)
    if person is None or not person.is_member or person.is_quiet(house.now()):
        return False
    return await may_read(house, group, expert)


async def may_read(house: House, group: OpenQuestion, person: str) -> bool:
    """Whether this person may read the question where it was asked, now."""
    channel = group.question.channel
    return channel in (await viewer_of(house, group.question.team, person, [channel])).channels
