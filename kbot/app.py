"""The composition root: what is wired to what, in the order it starts and stops."""

import asyncio
import ctypes
import gc
import logging
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import aiohttp
import uvicorn
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from kbot import loop
from kbot.act import BadInput
from kbot.answers import listeners as answers
from kbot.answers import open_listeners
from kbot.capture import link_listeners
from kbot.capture import listeners as capture
from kbot.clock import REREAD_SECONDS, Clock
from kbot.delivery import listeners as delivery
from kbot.delivery import mobilize_listeners, need_listeners, recall_listeners, topic_listeners
from kbot.follow_up import channel_listeners, story_listeners
from kbot.follow_up import listeners as follow_up
from kbot.helping import listeners as helping
from kbot.home import listeners as home
from kbot.home import log_listeners
from kbot.home.commands import Commands
from kbot.house import House
from kbot.learning import listeners as learning
from kbot.library import items
from kbot.library import jobs as library
from kbot.meaning.opening import open_composer, open_embedder
from kbot.people import directory
from kbot.people.tables import ChannelRow
from kbot.post import inbox, outbox
from kbot.post.reading import Reading
from kbot.post.receiver import Intake
from kbot.post.tables import InboxRow, OutboxRow
from kbot.post.workers import Sending, Waker, keep_going
from kbot.review import listeners as review
from kbot.settings import Settings
from kbot.slack.bolt import Doors, build
from kbot.slack.credentials import tokens, who_am_i
from kbot.slack.http import HttpDoor
from kbot.slack.lane import Lane
from kbot.slack.reader import SlackReader
from kbot.slack.sender import Sender
from kbot.slack.socket import SocketDoor
from kbot.storage.address import Address
from kbot.storage.schema import held, make_ready, open_units
from kbot.storage.tables import Table
from kbot.storage.units import Units

log = logging.getLogger(__name__)

STOP_SECONDS, CLOSE_SECONDS, GRACE_SECONDS = 10, 2, 3
"""For what is being worked on when kbot is asked to stop, for Slack to close the socket, and for open HTTP requests:
one after the other, so that with the database's 5 s for a statement stopping ends within 20 s."""

KEYS_KEPT = timedelta(days=30)
M_MMAP_THRESHOLD = -3  # glibc's malloc.h

T = TypeVar("T")
A = TypeVar("A")


def with_house(
    house: House, table: Mapping[str, Callable[[House, T], Awaitable[A]]]
) -> dict[str, Callable[[T], Awaitable[A]]]:
    """The same listeners, with the house in their hands."""
    return {name: partial(listener, house) for name, listener in table.items()}


def doors_of(house: House) -> Doors:
    """Every door that Bolt opens."""
    words = {
        **capture.WORDS,
        **link_listeners.WORDS,
        **answers.WORDS,
        **topic_listeners.WORDS,
        **need_listeners.WORDS,
        **mobilize_listeners.WORDS,
        **follow_up.WORDS,
        **review.WORDS,
        **home.WORDS,
        **log_listeners.WORDS,
    }
    return Doors(
        presses=with_house(
            house,
            home.shown_anew(
                {
                    **capture.PRESSES,
                    **link_listeners.PRESSES,
                    **recall_listeners.PRESSES,
                    **answers.PRESSES,
                    **open_listeners.PRESSES,
                    **delivery.PRESSES,
                    **topic_listeners.PRESSES,
                    **need_listeners.PRESSES,
                    **mobilize_listeners.PRESSES,
                    **follow_up.PRESSES,
                    **story_listeners.PRESSES,
                    **channel_listeners.PRESSES,
                    **helping.PRESSES,
                    **learning.PRESSES,
                    **review.PRESSES,
                    **home.PRESSES,
                    **log_listeners.PRESSES,
                }
            ),
        ),
        submissions=with_house(
            house,
            home.shown_anew(
                {
                    **capture.SUBMISSIONS,
                    **link_listeners.SUBMISSIONS,
                    **answers.SUBMISSIONS,
                    **delivery.SUBMISSIONS,
                    **topic_listeners.SUBMISSIONS,
                    **mobilize_listeners.SUBMISSIONS,
                    **follow_up.SUBMISSIONS,
                    **story_listeners.SUBMISSIONS,
                    **helping.SUBMISSIONS,
                    **review.SUBMISSIONS,
                    **home.SUBMISSIONS,
                }
            ),
        ),
        shortcuts=with_house(house, {**capture.SHORTCUTS, **link_listeners.SHORTCUTS, **answers.SHORTCUTS}),
        command=Commands(house, words),
    )


class Running:
    """Takes events and says how it is (slack/http.py `Ingress`)."""

    def __init__(self, intake: Intake, units: Units) -> None:
        self.intake = intake
        self.take = intake.take
        self.take_malformed = intake.take_malformed
        self._units = units
        self.workers: list[asyncio.Task[None]] = []
        self.is_connected: Callable[[], Awaitable[bool]] | None = None
        self.stopping = asyncio.Event()

    def is_alive(self) -> bool:
        """Every worker is still at it."""
        return not any(worker.done() for worker in self.workers) or self.stopping.is_set()

    async def is_ready(self) -> bool:
        """The database takes writes, Slack is connected, and nobody has asked kbot to stop."""
        if self.stopping.is_set():
            return False
        try:
            await asyncio.wait_for(self._units(_touch), 2)
        except Exception as error:
            log.warning("not ready: %s", type(error).__name__)
            return False
        return self.is_connected is None or await self.is_connected()


def _touch(session: Session) -> None:
    session.execute(text("SELECT 1"))


async def run(settings: Settings) -> None:
    """Run kbot until SIGTERM or SIGINT. Raises BadInput with one sentence when it cannot start."""
    _return_large_blocks()
    token, secret, app_token = tokens(settings)
    address = Address.parse(settings.database_url)
    with _listening(settings) as port, held(address):
        make_ready(address)
        embedder = await asyncio.to_thread(open_embedder, settings, log.info)
        clock = Clock(settings.clock_file)
        client = AsyncWebClient(token=token, base_url=settings.slack_api_url, timeout=10)
        me = await who_am_i(client)
        units = open_units(address)
        try:
            if units.alone:
                await units(inbox.release_all)
                await units(outbox.release_all, clock.real())
            reader = SlackReader(token, settings.slack_api_url)
            house = House(units, clock, reader, settings, me, embedder, open_composer(settings))
            running = Running(Intake(units, clock, me, items.is_source), units)
            bolt = build(client, doors_of(house))
            socket_mode = _socket(bolt, app_token, running) if app_token else nullcontext()
            # Stopped in the other order: no new events by socket, then what is held is finished, then the health pages.
            async with (
                _served(HttpDoor(running, bolt, secret), port, running),
                _workers(house, Sender(token, settings.slack_api_url), running),
                socket_mode,
            ):
                log.info("kbot is running; health at http://%s:%s/healthz", *port.getsockname()[:2])
                gc.collect()
                gc.freeze()  # what is here by now stays: a full collection need not look at it again (80 ms, measured)
                loading = asyncio.create_task(_load(house))
                await running.stopping.wait()
                loading.cancel()
        finally:
            await units.close()
            log.info("kbot has stopped")


def _return_large_blocks() -> None:
    """Let glibc give every block of 256 KB back when it is freed; the search's arrays left holes of 60 MB."""
    with suppress(OSError, AttributeError):  # another libc has no such choice
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, 1 << 18)


async def _load(house: House) -> None:
    await library.load(house)
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)  # small blocks, of rows that were read: 12 MB after 100,000 items


def _listening(settings: Settings) -> socket.socket:
    try:
        return socket.create_server((settings.http_host, settings.http_port), backlog=2048)
    except OSError as error:
        raise BadInput(
            f"Port {settings.http_port} on {settings.http_host} cannot be used: {error.strerror}. "
            "Stop what uses it, or set KBOT_HTTP_PORT to another one."
        ) from None


@asynccontextmanager
async def _workers(house: House, sender: Sender, running: Running) -> AsyncIterator[None]:
    """Reading, following, sending and ticking; on the way out they finish what they hold."""
    reading = Reading(house, loop.EVENTS, running.intake)
    sending = Sending(house, sender, loop.LETTERS)
    looking: dict[Callable[[], Awaitable[int]], Sequence[type[Table]]] = {
        reading.step: [InboxRow],
        **{partial(worker, house): tables for worker, tables in loop.WORKERS.items()},
        sending.step: [OutboxRow],
    }
    wakers = [Waker() for _ in looking]
    for waker, tables in zip(wakers, looking.values(), strict=True):
        house.unit.when_committed(waker.wake, *tables)
    house.unit.when_appended(wakers[0].wake)  # of the inbox's rows
    running.workers = [
        asyncio.create_task(keep_going(step, waker, running.stopping))
        for step, waker in zip(looking, wakers, strict=True)
    ]
    scheduler = AsyncIOScheduler(timezone="UTC")
    ticking: set[asyncio.Task[None]] = set()
    jobs = [
        scheduler.add_job(
            _tick,
            "interval",
            args=[tick, house, ticking],
            seconds=house.settings.tick_seconds,
            next_run_time=house.clock.real(),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        for tick in (*loop.TICKS, partial(_refresh, intake=running.intake))
    ]
    scheduler.add_job(_tick, "interval", args=[_purge, house, ticking], hours=1, max_instances=1, coalesce=True)
    scheduler.start()
    *_, refreshing = jobs
    house.unit.when_committed(lambda: refreshing.modify(next_run_time=house.clock.real()), ChannelRow)

    def look_at_once() -> None:
        for job in jobs:
            job.modify(next_run_time=house.clock.real())
        for waker in wakers:
            waker.wake()

    minding = asyncio.create_task(_mind_the_clock(house.clock, ticking, look_at_once))
    try:
        yield
    finally:
        running.stopping.set()
        minding.cancel()
        scheduler.pause()
        for waker in wakers:
            waker.wake()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.gather(*running.workers, return_exceptions=True)
                await reading.finish()
                await sending.finish()
                await asyncio.sleep(0)  # a tick that has just begun tells so
                if ticking:
                    await asyncio.wait(ticking)
        except TimeoutError:
            log.warning("some work did not end in time; it is taken up again at the next start")
        scheduler.shutdown(wait=False)  # what still ticks is cancelled


async def _mind_the_clock(clock: Clock, ticking: "set[asyncio.Task[None]]", look_at_once: Callable[[], None]) -> None:
    """Where people's time can be moved (playground, tests), what has come is looked at as soon as it was moved."""
    ahead = clock.ahead()
    while clock.can_be_moved:
        await asyncio.sleep(REREAD_SECONDS)
        if (now := clock.ahead()) != ahead and not ticking:  # what ticks now may have begun before the move
            ahead = now
            look_at_once()


async def _tick(tick: Callable[[House], Awaitable[None]], house: House, ticking: "set[asyncio.Task[None]]") -> None:
    """Look once at what time has brought; whoever stops kbot waits for it."""
    task = asyncio.current_task()
    assert task is not None
    ticking.add(task)
    try:
        await tick(house)
    finally:
        ticking.discard(task)


async def _refresh(house: House, intake: Intake) -> None:
    """What the set-up of channels says about the events to keep."""
    intake.suggesting = await house.unit.read(directory.suggesting)


async def _purge(house: House) -> None:
    await house.unit(inbox.purge, house.clock.real() - KEYS_KEPT)


@asynccontextmanager
async def _socket(bolt: AsyncApp, app_token: str, running: Running) -> AsyncIterator[None]:
    """The connection to Slack. Who asks kbot to stop need not wait for it."""
    door = SocketDoor(bolt, app_token, running)
    running.is_connected = door.client.is_connected
    connecting = asyncio.create_task(_connect(door))
    stopping = asyncio.create_task(running.stopping.wait())
    try:
        await asyncio.wait((connecting, stopping), return_when=asyncio.FIRST_COMPLETED)
        if connecting.done():
            connecting.result()
        yield
    finally:
        connecting.cancel()
        stopping.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await door.close_async()  # type: ignore[no-untyped-call]
        await door.client.aiohttp_client_session.close()


async def _connect(door: SocketDoor) -> None:
    """Connect, however long Slack is away; a refused token is final."""
    try:
        # Asked for once before connecting: the SDK would try a token that is refused again and again, for ever.
        await door.client.web_client.apps_connections_open(app_token=door.client.app_token)
    except SlackApiError as error:
        code = error.response.get("error") if isinstance(error.response.data, dict) else error.response.status_code
        if error.response.status_code < 429:
            raise BadInput(
                f"Slack refuses SLACK_APP_TOKEN ({code}). It begins with xapp- and needs connections:write."
            ) from None
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        log.warning("Slack does not answer (%s); trying again", type(error).__name__)
    await door.connect_async()  # type: ignore[no-untyped-call]
    log.info("connected to Slack by Socket Mode")


class _Server(uvicorn.Server):
    """uvicorn without signal handlers of its own: one place decides how kbot stops."""

    def capture_signals(self) -> AbstractContextManager[Any]:  # type: ignore[override]
        return nullcontext()


@asynccontextmanager
async def _served(door: HttpDoor, port: socket.socket, running: Running) -> AsyncIterator[None]:
    """The HTTP server; it answers, also that kbot is stopping, until all else has ended."""
    config = uvicorn.Config(
        door,
        http=Lane,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config)
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, running.stopping.set)
    serving = asyncio.create_task(server.serve(sockets=[port]))
    serving.add_done_callback(lambda _: running.stopping.set())
    try:
        yield
    finally:
        server.should_exit = True
        await serving
