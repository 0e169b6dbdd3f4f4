"""Look an answer up for one pair of eyes: which channels have hits, which of them are open now, what answers best."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.house import House
from kbot.library import items, topics
from kbot.library.facts import Item, ItemState, Lines
from kbot.library.search import rank, tuning
from kbot.library.search.bm25 import Floats
from kbot.library.search.passages import whole
from kbot.library.search.rank import Hit, Wanted
from kbot.library.search.shelf import StillLoading
from kbot.library.search.thresholds import CITED, MOST_CITED, Threshold
from kbot.library.tables import ItemRow
from kbot.people import directory
from kbot.people.facts import Viewer
from kbot.people.viewers import viewer_in, viewer_of
from kbot.trail.evidence import evidence
from kbot.trail.proof import Evidence

LOOK_AGAIN_SECONDS = 0.25
NEAR = 0.03
"""What people said of an item moves it by so much of a score at most: it decides between near-equals only."""

ALIKE = 0.8
"""The lowest nearness in meaning of two items that say nearly the same; a person decides."""


RELATED = 0.4
"""The lowest nearness of two items that may have a topic in common; a person decides."""

MOST_LIKELY = 3


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
    """What answers a question: ids of items, best first. `is_sure`: the first one very probably does.

    `score` is the first one's, `chance` the probability that it is right; `vector` is what the question means.
    """

    items: tuple[str, ...] = ()
    is_sure: bool = False
    score: float | None = None
    chance: float | None = None
    vector: Floats | None = field(default=None, compare=False)


async def look_up(
    house: House,
    team: str,
    asker: str,
    text: str,
    *,
    read_in: str | None = None,
    lower_by: float = 0.0,
) -> Found:
    """The items that answer, for this asker, or for everybody in the channel `read_in`. `lower_by`: so much under the
    workspace's threshold is enough."""
    threshold = await house.unit.read(tuning.threshold, team, lower_by)
    viewer, wanted = await _asking(house, team, asker, text, read_in=read_in, least=threshold.answer)
    return await house.unit.read(best_for, viewer, wanted, threshold)


async def _asking(
    house: House,
    team: str,
    person: str,
    text: str,
    *,
    read_in: str | None = None,
    least: float = CITED.answer,
    also: frozenset[str] = frozenset(),
    waits: bool = True,
) -> tuple[Viewer, Wanted]:
    """What is asked, and who sees the answer: which channels with hits, and which of `also`, are open to them now.

    `least` is the lowest score of a hit. Just after a start the search may still be loading; who does not wait for it
    gets StillLoading.
    """
    wanted = Wanted.of(text, await asyncio.to_thread(house.embedder.embed, text))
    while True:
        try:
            channels = await house.unit.read(rank.channels_with_hits, team, wanted, least)
            break
        except StillLoading:
            if not waits:
                raise
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
    return await viewer_of(house, team, person, channels | also, read_in=read_in), wanted


async def weigh(house: House, team: str, person: str, text: str, item: Item) -> Hit | None:
    """How well this item fits a question, as this person would find it now. None where they would not."""
    viewer, wanted = await _asking(house, team, person, text, also=frozenset({item.channel}))
    ranking = await house.unit.read(rank.find, viewer, wanted, 2 * rank.CANDIDATES)
    return next((hit for hit in ranking.hits if hit.item == item.id), None)


async def twin(house: House, team: str, person: str, lines: Lines, but: str | None = None) -> Item | None:
    """The published item that says nearly the same, as this person may be shown it now; `but` is left out.

    It is only a proposal: while the search is loading nobody waits for it.
    """
    try:
        viewer, wanted = await _asking(house, team, person, whole(lines), waits=False)
    except StillLoading:
        return None
    ranking = await house.unit.read(rank.find, viewer, wanted)
    alike = [hit for hit in ranking.hits if hit.item != but and hit.meaning >= ALIKE]
    best = max(alike, key=lambda hit: (hit.meaning, hit.item), default=None)
    shown = await show(house, team, person, [best.item]) if best else None
    return shown.items[0] if shown and shown.items else None


def best_for(session: Session, viewer: Viewer, wanted: Wanted, threshold: Threshold) -> Found:
    """What answers a question for this viewer. An item under the threshold is not lifted over it by what people say."""
    ranking = rank.find(session, viewer, wanted)
    good = [hit for hit in ranking.hits if hit.score >= threshold.answer]
    said = evidence(session, viewer.team, [hit.item for hit in good])
    best = sorted(good, key=lambda hit: (-hit.score - NEAR * said[hit.item].standing, hit.item))[:MOST_CITED]
    is_sure = bool(best) and ranking.is_right >= threshold.sure
    score, chance = (best[0].score, ranking.is_right) if best else (None, None)
    return Found(tuple(hit.item for hit in best), is_sure, score, chance, wanted.vector)


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


async def show_in(house: House, team: str, channel: str, wanted: Sequence[str]) -> Shown:
    """Those of `wanted` that are published and that everybody in this channel may be shown now, in their order."""
    channels = await house.unit.read(items.channels_of, team, wanted)
    viewer = await viewer_in(house, team, channel, channels)
    return await house.unit.read(_shown, viewer, wanted, findable=True)


async def likely_topics(house: House, team: str, person: str, lines: Lines) -> list[str]:
    """Topics that words may be about: those that they name, and those of what is near them and this person may see."""
    named = await house.unit.read(topics.named_in, team, lines)
    viewer, wanted = await _asking(house, team, person, whole(lines))
    ranking = await house.unit.read(rank.find, viewer, wanted)
    near = [hit.item for hit in ranking.hits if hit.meaning >= RELATED]
    return list(dict.fromkeys([*named, *await house.unit.read(topics.of_items, team, near)]))[:MOST_LIKELY]


async def show_newest(house: House, team: str, person: str, most: int) -> Shown:
    """Those of the `most` items published last that this person may see now."""
    return await show(house, team, person, await house.unit.read(_newest, team, most))


def _newest(session: Session, team: str, most: int) -> list[str]:
    query = select(ItemRow.id).where(ItemRow.team_id == team, ItemRow.state == ItemState.PUBLISHED)
    return list(session.scalars(query.order_by(ItemRow.published_at.desc(), ItemRow.id).limit(most)))


def _shown(session: Session, viewer: Viewer, wanted: Iterable[str], *, findable: bool) -> Shown:
    found = items.show(session, viewer, wanted)
    kept = tuple(found[i] for i in wanted if i in found and (found[i].is_findable or not findable))
    said = evidence(session, viewer.team, [item.id for item in kept])
    people = {p for item in kept for p in (item.contributor, item.verified_by) if p}
    people |= {story.person for one in said.values() for story in one.successes + one.failures if story.with_name}
    people |= {person for one in said.values() for person in one.confirmed_by}
    names = {p.id: p.name for p in directory.people(session, viewer.team, people).values()}
    return Shown(kept, names, said, viewer.among_outsiders)
