"""Look an answer up for one pair of eyes: which channels have hits, which of them are open now, what answers best."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kbot.house import House
from kbot.library import items
from kbot.library.facts import Item
from kbot.library.search import rank
from kbot.people import directory
from kbot.people.facts import Viewer
from kbot.people.viewers import viewer_of
from kbot.trail.evidence import evidence
from kbot.trail.facts import Evidence


@dataclass(frozen=True)
class Shown:
    """Items as one viewer may be shown them now, with the names and the evidence that belong to them.

    `among_outsiders`: guests or strangers may read along, so only what was saved there is among them.
    """

    items: tuple[Item, ...]
    names: dict[str, str]
    evidence: dict[str, Evidence]
    among_outsiders: bool = False


async def look_up(house: House, team: str, asker: str, text: str, *, read_in: str | None = None) -> list[str]:
    """Ids of the items that answer, best first, for this asker, or for everybody in the channel `read_in`."""
    channels = await house.unit.read(rank.channels_with_hits, team, text)
    viewer = await viewer_of(house, team, asker, channels, read_in=read_in)
    return [hit.item for hit in await house.unit.read(rank.find, viewer, text)]


async def show(
    house: House,
    team: str,
    person: str,
    wanted: Sequence[str],
    *,
    read_in: str | None = None,
    findable: bool = True,
) -> Shown:
    """Those of `wanted` that may be shown now, in their order. With `findable`, published ones only."""
    channels = await house.unit.read(items.channels_of, team, wanted)
    viewer = await viewer_of(house, team, person, channels, read_in=read_in)
    return await house.unit.read(_shown, viewer, wanted, findable=findable)


def _shown(session: Session, viewer: Viewer, wanted: Iterable[str], *, findable: bool) -> Shown:
    found = items.show(session, viewer, wanted)
    kept = tuple(found[i] for i in wanted if i in found and (found[i].is_findable or not findable))
    people = {p for item in kept for p in (item.contributor, item.verified_by) if p}
    names = {p.id: p.name for p in directory.people(session, viewer.team, people).values()}
    said = evidence(session, viewer.team, [item.id for item in kept])
    return Shown(kept, names, said, viewer.among_outsiders)
