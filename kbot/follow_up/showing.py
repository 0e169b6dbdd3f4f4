"""Cases as their person may be shown them now."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from kbot.follow_up import views
from kbot.follow_up.facts import WHICH, Case
from kbot.house import House
from kbot.library import items
from kbot.library.facts import Item
from kbot.people import directory
from kbot.people.facts import Viewer
from kbot.people.viewers import viewer_of


async def asked(house: House, team: str, person: str, about: Sequence[Case]) -> list[views.Asked]:
    """Cases as their person may be shown them now; what was taken back is not repeated to anybody."""
    ids = {item for case in about for item in (case.item, *case.cited)}
    viewer = await viewer_of(house, team, person, await house.unit.read(items.channels_of, team, ids))
    return await house.unit.read(_asked, viewer, about)


def _asked(session: Session, viewer: Viewer, about: Sequence[Case]) -> list[views.Asked]:
    shown = items.show(session, viewer, {item for case in about for item in (case.item, *case.cited)})
    found = {item.id: item for item in shown.values() if item.is_public_word}
    contributors = {item.contributor for item in found.values() if item.contributor}
    names = {p.id: p.name for p in directory.people(session, viewer.team, contributors).values()}
    return [asked_of(case, found, names) for case in about]


def asked_of(case: Case, found: Mapping[str, Item], names: Mapping[str, str]) -> views.Asked:
    """A case with the items that its person may be shown; which one helped is asked where there are several of them,
    and of nobody's own."""
    cited = {
        answer: found[item]
        for answer, item in zip(WHICH, case.cited, strict=False)
        if item in found and found[item].contributor != case.person
    }
    if len(cited) < 2:
        case = replace(case, cited=())
    return views.Asked(case, found.get(case.item), names, cited)
