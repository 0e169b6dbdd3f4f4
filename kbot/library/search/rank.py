"""Which items answer a question. Candidates come from the engine; the score is ours, the same on both databases.

A first engine: the share of the question's stems that an item holds, the rarer ones counting more. An item under
the threshold does not answer: kbot then says that it has nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kbot.library.search.engines import engine_of
from kbot.library.tables import WordsRow
from kbot.meaning.stems import distinct
from kbot.people.facts import Viewer

CANDIDATES = 200
THRESHOLD = 0.5
"""Share of the question's weight that an item must hold to be cited."""

TITLE_BONUS = 0.15
SMALL_LIBRARY = 100
"""A library with fewer items is weighed like one of this size: in three items every word is rare."""

UNHEARD_OF = 0.6


@dataclass(frozen=True)
class Hit:
    """An item that may answer. `score` is between 0 and about 1.15."""

    item: str
    score: float


def channels_with_hits(session: Session, team: str, question: str) -> set[str]:
    """Where the audiences of all items are that might answer, to make a Viewer from. Ids of channels, no items."""
    asked = distinct(question)
    if not asked:
        return set()
    query = select(WordsRow.channel_id).where(WordsRow.team_id == team).distinct()
    return set(session.scalars(engine_of(session).holding(query, asked)))


def find(session: Session, viewer: Viewer, question: str, most: int = 3) -> list[Hit]:
    """The items that answer, best first; none when nothing is good enough.

    Weights are counted over what this viewer may see, so that nothing about other items shows in a score.
    """
    asked = distinct(question)
    if not asked or not viewer.channels:
        return []
    mine = (WordsRow.team_id == viewer.team, WordsRow.channel_id.in_(viewer.channels))
    query = select(WordsRow.item_id, WordsRow.title_stems, WordsRow.stems).where(*mine).limit(CANDIDATES)
    rows = session.execute(engine_of(session).best(query, asked)).all()
    total = session.execute(select(func.count()).select_from(WordsRow).where(*mine)).scalar_one()
    held = {item: (set(title.split()), set(title.split()) | set(body.split())) for item, title, body in rows}
    weight = _weights(asked, [words for _, words in held.values()], total)
    whole = sum(weight.values())
    hits = []
    for item, (title, words) in held.items():
        share = sum(weight[stem] for stem in asked if stem in words) / whole
        in_title = sum(weight[stem] for stem in asked if stem in title) / whole
        if share >= THRESHOLD:
            hits.append(Hit(item, share + TITLE_BONUS * in_title))
    return sorted(hits, key=lambda hit: (-hit.score, hit.item))[:most]


def _weights(asked: Sequence[str], documents: Sequence[set[str]], total: int) -> dict[str, float]:
    """Rarer stems weigh more (BM25's idf over the candidates); one that no item holds may be a mere way of asking."""
    size = max(total, SMALL_LIBRARY)
    weights = {}
    for stem in asked:
        n = sum(stem in words for words in documents)
        weights[stem] = math.log(1 + (size - n + 0.5) / (n + 0.5)) * (1 if n else UNHEARD_OF)
    return weights
