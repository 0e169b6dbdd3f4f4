"""Requests as one reader may be shown them now: membership is asked of Slack, the facts are read again."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from kbot.helping import states, views
from kbot.house import House
from kbot.library import items
from kbot.people import directory
from kbot.people.facts import Viewer
from kbot.people.viewers import viewer_in, viewer_of
from kbot.trail import log
from kbot.trail.facts import Responded


async def shown_to(house: House, team: str, person: str, request_id: str) -> views.Shown:
    """A request as this person may be shown it now. Raises Gone when there is none of that id."""
    channels = await house.unit.read(_channels, team, request_id)
    return await house.unit.read(_shown, await viewer_of(house, team, person, channels), request_id)


async def shown_in(house: House, team: str, channel: str, request_id: str) -> views.Shown:
    """The same for everybody who reads along in a channel."""
    channels = await house.unit.read(_channels, team, request_id)
    return await house.unit.read(_shown, await viewer_in(house, team, channel, channels), request_id)


def _channels(session: Session, team: str, request_id: str) -> set[str]:
    return items.channels_of(session, team, [states.get(session, team, request_id).item])


def _shown(session: Session, viewer: Viewer, request_id: str) -> views.Shown:
    request = states.get(session, viewer.team, request_id)
    item = items.show(session, viewer, [request.item]).get(request.item)
    said = log.about_item(session, Responded, viewer.team, [request.item])
    by_asker = [one for one in said if one.person == request.asker]
    return views.Shown(
        request=request,
        item=item if item is not None and item.is_public_word else None,
        names=names_of(session, viewer.team, views.names_needed(request)),
        said=by_asker[-1] if by_asker else None,
        has_broker=item is not None and bool(directory.brokers_of(session, viewer.team, item.channel)),
        may_read=item is not None,
    )


def names_of(session: Session, team: str, people: Iterable[str]) -> dict[str, str]:
    """Names of people by id, of those whom kbot has met."""
    return {person.id: person.name for person in directory.people(session, team, people).values()}
