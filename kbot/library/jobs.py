"""The doors of the library: an item's words get their vector some seconds after they are saved; the index is loaded."""

import asyncio
import logging
import time

from kbot.house import House
from kbot.library.search import index
from kbot.library.search.passages import read
from kbot.library.search.shelf import shelf_of

log = logging.getLogger(__name__)

AT_A_TIME = 8


async def give_vectors(house: House) -> int:
    """Read what has no vector yet. Returns how many items there were."""
    waiting = await house.unit.read(index.unread, AT_A_TIME)
    if waiting:
        await house.unit(index.set_vectors, await asyncio.to_thread(read, house.embedder, waiting))
    return len(waiting)


async def load(house: House) -> None:
    """Read the index of each workspace into memory, so that the first question need not.

    A piece at a time, so that others who read come in between, and whoever stops kbot does not wait for it.
    """
    started = time.monotonic()
    for team in await house.unit.read(index.teams):
        shelf = await house.unit.read(shelf_of, team)
        shelf.is_loading = True
        try:
            while await house.unit.read(shelf.load_some):
                pass
        except Exception as error:
            log.warning("the search was not loaded ahead (%s); the first question will do it", type(error).__name__)
            return
        finally:
            shelf.is_loading = False
    log.info("the search is loaded; it took %.1f s", time.monotonic() - started)
