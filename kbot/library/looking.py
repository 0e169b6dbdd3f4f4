"""Look an answer up for one pair of eyes: which channels have hits, which of them are open now, what answers best."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kbot.house import House
from kbot.library import items
from kbot.library.facts import Item
from kbot.library.search import rank
from kbot.library.search.rank import Wanted
from kbot.library.search.thresholds import CITED, MOST_CITED, Threshold
from kbot.people import directory
from kbot.people.facts import Viewer
from kbot.people.viewers import viewer_of
from kbot.trail.evidence import evidence
from kbot.trail.facts import Evidence

NEAR = 0.03
"""What people said of an item moves it by so much of a score at most: it decides between near-equals only."""


@dataclass(frozen=True)
class Shown:
    """Items as one viewer may be shown them now, with the names and the evidence that belong to them.

    `among_outsiders`: guests or strangers may read along, so only what was saved there is among them.
    """

    items: tuple[Item, ...]
    names: dict[str, str]
    evidence: dict[str, Evidence]
    among_outsiders: bool = False


@dataclass(frozen=True)
class Found:
    """What answers a question: ids of items, best first. `is_sure`: the first one very probably does."""

    items: tuple[str, ...] = ()
    is_sure: bool = False


async def look_up(
    house: House,
    team: str,
    asker: str,
    text: str,
    *,
    read_in: str | None = None,
    threshold: Threshold = CITED,
) -> Found:
    """The items that answer, for this asker, or for everybody in the channel `read_in`."""
    wanted = Wanted.of(text, await asyncio.to_thread(house.embedder.embed, text))
    channels = await house.unit.read(rank.channels_with_hits, team, wanted, threshold.answer)
    viewer = await viewer_of(house, team, asker, channels, read_in=read_in)
    return await house.unit.read(best_for, viewer, wanted, threshold)


def best_for(session: Session, viewer: Viewer, wanted: Wanted, threshold: Threshold) -> Found:
    """What answers a question for this viewer. An item under the threshold is not lifted over it by what people say."""
    ranking = rank.find(session, viewer, wanted)
    good = [hit for hit in ranking.hits if hit.score >= threshold.answer]
    said = evidence(session, viewer.team, [hit.item for hit in good])
    best = sorted(good, key=lambda hit: (-hit.score - NEAR * said[hit.item].standing, hit.item))[:MOST_CITED]
    return Found(tuple(hit.item for hit in best), bool(best) and ranking.is_right >= threshold.sure)


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
