"""A local Slack in one process: start it, point an app at it, look at it in a browser."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web

from kbot.playground.calls import Args, Refused
from kbot.playground.clock import PeopleClock
from kbot.playground.control import Control, safe_headers
from kbot.playground.delivery import Courier
from kbot.playground.faults import Faults
from kbot.playground.interactions import Interactions
from kbot.playground.journal import Call, Direction, Journal, Violation
from kbot.playground.local import LocalSlack
from kbot.playground.manifest import DEFAULT, Manifest
from kbot.playground.methods.chat import respond
from kbot.playground.people import People
from kbot.playground.screen import Screen
from kbot.playground.seed import harbor
from kbot.playground.transports import HttpMode, SocketMode
from kbot.playground.web_api import WebApi
from kbot.playground.world import World

T = TypeVar("T")

BOT_TOKEN = "xoxb-playground-bot"  # noqa: S105 - opens nothing but this server
APP_TOKEN = "xapp-playground-app"  # noqa: S105
SIGNING_SECRET = "playground-signing-secret"  # noqa: S105
MAX_BODY = 4 * 1024 * 1024
CALL_SECONDS = 30.0


class Playground:
    """A local Slack with one workspace and one app.

    `clock_file`: where the seconds stand by which people's time is ahead. `app_url`: HTTP mode, requests go
    there; None: Socket Mode. `manifest`: the app's own. `retry_delays`: seconds before each retry of an
    event. `port`: 0 takes a free one. `world`: None is the invented team. Listens on this machine only.
    """

    bot_token = BOT_TOKEN
    app_token = APP_TOKEN
    signing_secret = SIGNING_SECRET

    def __init__(
        self,
        clock_file: Path | None = None,
        app_url: str | None = None,
        manifest: Mapping[str, Any] | None = None,
        retry_delays: tuple[float, ...] = (0, 0.2, 0.5),
        port: int = 0,
        world: World | None = None,
    ) -> None:
        self.clock_file = clock_file
        self.app_url = app_url
        self._port = port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self.faults = Faults()
        self.journal = Journal(lambda: self.slack.changed())
        self.socket = SocketMode(self.journal)
        self.http = HttpMode(app_url, SIGNING_SECRET, self.journal) if app_url else None
        self.transport = self.http or self.socket
        self.courier = Courier(self.transport, self.faults, self.journal, retry_delays)
        self.slack = LocalSlack(
            world or harbor(),
            Manifest.parse(manifest or DEFAULT),
            PeopleClock(clock_file),
            self.faults,
            self.journal,
            self.courier,
            self.socket.new_ticket,
        )
        self.people = People(self.slack)
        self.interactions = Interactions(self.slack, self.people)
        self.screen = Screen(self.slack, self.people)
        self._control: Control | None = None

    @property
    def url(self) -> str:
        return self.slack.url

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def violations(self) -> list[Violation]:
        return list(self.journal.violations)

    def environment(self) -> dict[str, str]:
        """What `kbot run` needs in its environment to take this server for Slack."""
        environment = {
            "SLACK_BOT_TOKEN": self.bot_token,
            "SLACK_SIGNING_SECRET": self.signing_secret,
            "KBOT_SLACK_API_URL": self.api_url,
        }
        if self.app_url is None:
            environment["SLACK_APP_TOKEN"] = self.app_token
        if self.clock_file is not None:
            environment["KBOT_CLOCK_FILE"] = str(self.clock_file)
        return environment

    # -- from other threads --

    def start(self) -> "Playground":
        """Serves in a thread of its own. Raises OSError when the port is taken."""
        started: threading.Event = threading.Event()
        failed: list[OSError] = []

        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            ended = self._ended = asyncio.Event()
            try:
                await self.open()
            except OSError as error:
                failed.append(error)
                return
            finally:
                started.set()
            await ended.wait()
            await self.shut()

        self._thread = threading.Thread(target=lambda: asyncio.run(serve()), name="playground", daemon=True)
        self._thread.start()
        started.wait()
        if failed:
            raise failed[0]
        return self

    def stop(self) -> None:
        """Ends the server; a second call does nothing."""
        if self._loop is not None and self._thread is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join()

    def __enter__(self) -> "Playground":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def call(self, work: Callable[[], T]) -> T:
        """Runs `work` on the server's loop and returns its result."""
        if threading.current_thread() is self._thread:
            return work()

        async def run() -> T:
            return work()

        return self.wait_for(run())

    def wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        """As `call`, for work that waits. Raises TimeoutError after 30 s."""
        if self._loop is None:
            work.close()
            raise RuntimeError("the playground has not been started")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(CALL_SECONDS)

    # -- on the loop --

    async def open(self) -> None:
        """Starts to listen on the running loop."""
        api = WebApi(self.slack, self.bot_token, self.app_token)
        self._control = Control(self.slack, self.people, self.interactions, self.transport.connected)
        app = web.Application(middlewares=[safe_headers], client_max_size=MAX_BODY)
        app.add_routes(self._control.routes())
        app.router.add_route("*", "/api/{method}", api.handle)
        app.router.add_get("/socket", self.socket.serve)
        app.router.add_post("/respond/{key}", self._respond)
        app.router.add_post("/upload/{file}", self._upload)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        self.slack.url = f"http://127.0.0.1:{port}"
        if self.http is not None:
            self.http.start()

    async def shut(self) -> None:
        if self._control is not None:
            self._control.close()
        await self.courier.close()
        await self.socket.close()
        if self.http is not None:
            await self.http.close()
        await self._runner.cleanup()

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        """A use of a response_url."""
        self.slack.last_call = time.monotonic()
        try:
            given = json.loads(await request.text())
        except ValueError:
            given = {}
        call = Call("response_url", given)
        self.journal.calls.append(call)
        try:
            respond(self.slack, request.match_info["key"], Args(given), time.monotonic())
            call.response = {"ok": True}
            status = 200
        except Refused as refusal:
            call.response = refusal.answer()
            status = 404 if refusal.error.endswith("_url") else 400
            self.journal.violation(refusal.noted_as, "response_url", refusal.detail or refusal.error)
        detail = {"args": given, "response": call.response}
        said = str(given.get("text", ""))[:100] if isinstance(given, dict) else ""
        self.journal.add(Direction.FROM_APP, "response_url", said or "ok", detail, call.ok)
        return web.Response(status=status, text="ok" if call.ok else str(call.response["error"]))

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        upload = self.slack.world.uploads.get(request.match_info["file"])
        if upload is None:
            return web.Response(status=404, text="no such upload")
        if request.content_type.startswith("multipart/"):
            form = await request.post()
            part = next((v for v in form.values() if isinstance(v, web.FileField)), None)
            upload.content = part.file.read() if part is not None else b""
        else:
            upload.content = await request.read()
        return web.Response(text=f"OK - {len(upload.content)}")
