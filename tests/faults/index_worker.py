"""Writes items at random until somebody kills it: `python -m tests.faults.index_worker URL SEED`."""

import asyncio
import random
import sys
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot import app
from kbot.act import Act
from kbot.library import items
from kbot.library.facts import Consent, ItemKind, ItemState, Lines, WaitsFor
from kbot.library.search import index
from kbot.library.search.passages import read
from kbot.library.tables import ItemRow
from kbot.meaning.hashed import HashEmbedder
from kbot.storage import schema
from kbot.storage.address import Address

assert app  # importing it imports every table

TEAM, CHANNELS = "T1", ("C1", "C2")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PIECES = [f"{kind}{n}" for kind in ("importer", "zebra", "queue", "badge") for n in range(8)]
MOST_ITEMS = 300


def something(session: Session, chance: random.Random) -> None:
    """Add, edit, withdraw or publish again one item, or read what has no vector yet."""
    act = Act(TEAM, "U1", "C1", NOW, f"{chance.random()}")
    words = " ".join(chance.choices(PIECES, k=chance.choice((3, 12, 90))))
    there = list(session.scalars(select(ItemRow.id).where(ItemRow.team_id == TEAM).order_by(ItemRow.id)))
    what = chance.random()
    if len(there) < MOST_ITEMS and (what < 0.3 or not there):
        item, _ = items.create(
            session,
            act,
            kind=ItemKind.HOW_TO,
            channel=chance.choice(CHANNELS),
            contributor="U1",
            lines=Lines(words[:60], words),
            waits_for=WaitsFor.NOTHING,
            until=None,
            consent=Consent.GIVEN,
            source=None,
        )
        items.publish(session, act, item.id)
    elif what < 0.55:
        items.revise(session, act, chance.choice(there), Lines(words[:60], words))
    elif what < 0.7:
        items.take_away(session, act, chance.choice(there), ItemState.WITHDRAWN)
    elif what < 0.8:
        items.publish(session, act, chance.choice(there))
    else:
        index.set_vectors(session, read(HashEmbedder(), index.unread(session, chance.randint(1, 8))))


async def work(address: Address, seed: int) -> None:
    units, chance = schema.open_units(address), random.Random(seed)
    while True:
        try:
            await asyncio.gather(*(units(something, chance) for _ in range(4)))
        except items.Gone:
            continue  # what is withdrawn may not be revised twice at once; nothing was written


if __name__ == "__main__":
    asyncio.run(work(Address.parse(sys.argv[1]), int(sys.argv[2])))
