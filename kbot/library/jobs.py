"""The door of the library from the queue: the words of an item get their vector, some seconds after they are saved."""

import asyncio

from kbot.house import House
from kbot.library.search import index
from kbot.library.search.passages import read

AT_A_TIME = 8


async def give_vectors(house: House) -> int:
    """Read what has no vector yet. Returns how many items there were."""
    waiting = await house.unit.read(index.unread, AT_A_TIME)
    if waiting:
        await house.unit(index.set_vectors, await asyncio.to_thread(read, house.embedder, waiting))
    return len(waiting)
