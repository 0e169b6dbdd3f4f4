"""A small HTTP server that records what is posted to it, and is not always honest about it."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Mood:
    """What becomes of a post. `status` None cuts the connection; `weight` is how often, of a hundred."""

    weight: int
    is_recorded: bool
    status: int | None
    is_late: bool = False


MOODS = (
    Mood(86, is_recorded=True, status=200),
    Mood(4, is_recorded=True, status=None),
    Mood(3, is_recorded=True, status=500),
    Mood(2, is_recorded=True, status=200, is_late=True),
    Mood(2, is_recorded=False, status=None),
    Mood(1, is_recorded=False, status=500),
    Mood(2, is_recorded=False, status=429),
)
LATE_SECONDS = 0.05


class SmallSlack:
    """`POST /post/KEY` and `GET /find/KEY`; `posts` counts the posts of each key, `asked` all requests."""

    def __init__(self, seed: int) -> None:
        self.posts: Counter[str] = Counter()
        self.asked = 0
        self.url = ""
        self._random = random.Random(seed)
        self._ended = asyncio.Event()
        self._up = threading.Event()

    @contextmanager
    def open(self) -> Iterator["SmallSlack"]:
        """Serve in a thread of its own."""
        thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="small-slack")
        thread.start()
        self._up.wait()
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._ended.set)
            thread.join()

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, backlog=512)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._up.set()
        await self._ended.wait()
        server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (status := await self._answer(await reader.readuntil(b"\r\n\r\n"))) is not None:
                writer.write(b"HTTP/1.1 %d said\r\nContent-Length: 0\r\n\r\n" % status)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the worker was killed
        finally:
            writer.transport.abort()

    async def _answer(self, request: bytes) -> int | None:
        """The status, or None to cut the connection."""
        self.asked += 1
        _, what, key = request.split(b" ")[1].decode().split("/")
        if what == "find":
            return 200 if self.posts[key] else 404
        mood = self._random.choices(MOODS, [mood.weight for mood in MOODS])[0]
        if mood.is_recorded:
            self.posts[key] += 1
        if mood.is_late:
            await asyncio.sleep(LATE_SECONDS)
        return mood.status
