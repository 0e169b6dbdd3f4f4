"""Cases as their person may be shown them now."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from kbot.follow_up import views
from kbot.follow_up.facts import Case
from kbot.house import House
from kbot.library import items
from kbot.people import directory
from kbot.people.facts import Viewer
from kbot.people.viewers import viewer_of


async def asked(house: House, team: str, person: str, about: Sequence[Case]) -> list[views.Asked]:
    """Cases as their person may be shown them now; what was taken back is not repeated to anybody."""
    ids = [case.item for case in about]
    viewer = await viewer_of(house, team, person, await house.unit.read(items.channels_of, team, ids))
    return await house.unit.read(_asked, viewer, about)


def _asked(session: Session, viewer: Viewer, about: Sequence[Case]) -> list[views.Asked]:
    shown = items.show(session, viewer, [case.item for case in about])
    found = {item.id: item for item in shown.values() if item.is_public_word}
    contributors = {item.contributor for item in found.values() if item.contributor}
    names = {p.id: p.name for p in directory.people(session, viewer.team, contributors).values()}
    return [views.Asked(case, found.get(case.item), names) for case in about]
