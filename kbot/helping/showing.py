"""Requests as one reader may be shown them now: membership is asked of Slack, the facts are read again."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from kbot.helping import states
from kbot.helping.facts import Request, Shown
from kbot.house import House
from kbot.library import items
from kbot.library.looking import show
from kbot.people import directory
from kbot.people.facts import Viewer
from kbot.people.viewers import person_of, viewer_in, viewer_of
from kbot.trail import log
from kbot.trail.facts import Responded


async def shown_to(house: House, team: str, person: str, request_id: str) -> Shown:
    """A request as this person may be shown it now. Raises Gone when there is none of that id."""
    channels = await house.unit.read(_channels, team, request_id)
    return await house.unit.read(shown, await viewer_of(house, team, person, channels), request_id)


async def shown_in(house: House, team: str, channel: str, request_id: str) -> Shown:
    """The same for everybody who reads along in a channel."""
    channels = await house.unit.read(_channels, team, request_id)
    return await house.unit.read(shown, await viewer_in(house, team, channel, channels), request_id)


async def may_still_get_it(house: House, request: Request) -> bool:
    """Whether who wants help is here still, and may see what it is about, now."""
    person = await person_of(house, request.team, request.asker)
    if person is None or not person.is_member:
        return False
    return bool((await show(house, request.team, request.asker, [request.item])).items)


async def may_be_asked(house: House, request: Request, helper: str) -> bool:
    """Whether this person wants to be asked, and may see what it is about, now."""
    person = await person_of(house, request.team, helper)
    if person is None or not person.is_member or person.is_quiet(house.now()):
        return False
    return bool((await show(house, request.team, helper, [request.item])).items)


def _channels(session: Session, team: str, request_id: str) -> set[str]:
    return items.channels_of(session, team, [states.get(session, team, request_id).item])


def shown(session: Session, viewer: Viewer, request_id: str) -> Shown:
    """A request as this viewer may be shown it."""
    request = states.get(session, viewer.team, request_id)
    item = items.show(session, viewer, [request.item]).get(request.item)
    said = log.about_item(session, Responded, viewer.team, [request.item])
    by_asker = [one for one in said if one.person == request.asker]
    return Shown(
        request=request,
        item=item if item is not None and item.is_public_word else None,
        names=names_of(session, viewer.team, [request.asker, *(turn.helper for turn in request.turns)]),
        said=by_asker[-1] if by_asker else None,
        has_broker=item is not None and bool(directory.brokers_of(session, viewer.team, item.channel)),
        may_read=item is not None,
    )


def names_of(session: Session, team: str, people: Iterable[str]) -> dict[str, str]:
    """Names of people by id, of those whom kbot has met."""
    return {person.id: person.name for person in directory.people(session, team, people).values()}
