"""The page's JSON API: state, a stream of changes, what a person does, and the log. Same origin only."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from kbot.playground.clock import BackInTime, Jump
from kbot.playground.interactions import Interactions, Outcome, Place
from kbot.playground.local import LocalSlack
from kbot.playground.people import NotPossible, People
from kbot.playground.screen import Screen
from kbot.playground.world import Json, Person

PAGE = Path(__file__).parent / "page"
PING_SECONDS = 15.0
OWN_NAMES = ("127.0.0.1", "localhost")
HEADERS = {
    "Content-Security-Policy": "default-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}

Deed = Callable[[Person, Json], Awaitable[Outcome | None]]


@web.middleware
async def safe_headers(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Every answer forbids inline script; refusals too. Only this machine's own names are served."""
    try:
        if request.url.host not in OWN_NAMES:
            # Else a page elsewhere could give itself this address and read and act as its own origin.
            raise web.HTTPForbidden(text="another host")
        response = await handler(request)
    except web.HTTPException as refusal:
        refusal.headers.update(HEADERS)
        raise
    if not response.prepared:
        response.headers.update(HEADERS)
    return response


class Control:
    def __init__(
        self, slack: LocalSlack, people: People, interactions: Interactions, connected: Callable[[], bool]
    ) -> None:
        self._slack = slack
        self._people = people
        self._interactions = interactions
        self._connected = connected
        self._screen = Screen(slack, people)
        self._closing = asyncio.Event()
        self._deeds: dict[str, Deed] = {
            "say": self._say,
            "edit": self._edit,
            "delete": self._delete,
            "react": self._react,
            "unreact": self._unreact,
            "command": self._command,
            "shortcut": self._shortcut,
            "click": self._click,
            "submit": self._submit,
            "close": self._close,
            "open_home": self._open_home,
            "open_messages": self._open_messages,
            "join": self._join,
            "leave": self._leave,
            "invite": self._invite,
            "remove": self._remove,
            "look": self._look,
            "close_app": self._close_app,
            "share": self._share,
            "unshare": self._unshare,
            "dismiss": self._dismiss,
            "dismiss_notice": self._dismiss_notice,
            "move_time": self._move_time,
        }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.index),
            web.get("/page/{file}", self.page),
            web.get("/play/state", self.state),
            web.get("/play/stream", self.stream),
            web.post("/play/do", self.do),
            web.get("/play/log", self.log),
        ]

    def close(self) -> None:
        """Ends the open streams."""
        self._closing.set()
        self._slack.changed()

    async def index(self, request: web.Request) -> web.StreamResponse:
        return _file("index.html")

    async def page(self, request: web.Request) -> web.StreamResponse:
        return _file(request.match_info["file"])

    async def state(self, request: web.Request) -> web.StreamResponse:
        person = self._who(request.query.get("as", ""))
        return web.json_response(self._screen.state(person, self._connected()))

    async def stream(self, request: web.Request) -> web.StreamResponse:
        self._who(request.query.get("as", ""))
        response = web.StreamResponse(headers=HEADERS | {"Content-Type": "text/event-stream"})
        await response.prepare(request)
        watcher = self._slack.watch()
        try:
            while not self._closing.is_set():
                watcher.clear()
                data = json.dumps({"revision": self._slack.revision})
                await response.write(f"event: changed\ndata: {data}\n\n".encode())
                try:
                    await asyncio.wait_for(watcher.wait(), PING_SECONDS)
                except TimeoutError:
                    await response.write(b": ping\n\n")
        except ConnectionError:
            pass  # the page was closed
        finally:
            self._slack.unwatch(watcher)
        return response

    async def log(self, request: web.Request) -> web.StreamResponse:
        after = int(request.query.get("after", "0"))
        entries = [
            {
                "n": e.n,
                "at": f"{e.at.astimezone():%H:%M:%S}.{e.at.microsecond // 1000:03d}",
                "direction": e.direction.value,
                "what": e.what,
                "summary": e.summary,
                "detail": e.detail,
                "ok": e.ok,
            }
            for e in self._slack.journal.entries
            if e.n > after
        ]
        return web.json_response({"entries": entries})

    async def do(self, request: web.Request) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"{request.scheme}://{request.host}":
            raise web.HTTPForbidden(text="another origin")
        if request.content_type != "application/json":
            raise web.HTTPForbidden(text="application/json only")
        try:
            given = json.loads(await request.text())
            person = self._who(given["as"])
            deed = self._deeds[given["do"]]
            outcome = await deed(person, given)
        except NotPossible as sentence:
            return web.json_response({"ok": False, "error": str(sentence)})
        except (KeyError, TypeError, ValueError) as error:
            return web.json_response({"ok": False, "error": f"This request is not complete: {error}."})
        if outcome is None or outcome.ok:
            return web.json_response({"ok": True})
        if outcome.errors:
            return web.json_response({"ok": False, "errors": outcome.errors})
        return web.json_response({"ok": False, "error": "kbot did not answer. See the log."})

    # -- deeds --

    async def _say(self, person: Person, given: Json) -> None:
        self._people.say(person, given["channel"], given["text"], thread_ts=given.get("thread_ts"))

    async def _edit(self, person: Person, given: Json) -> None:
        self._people.edit(person, given["channel"], given["ts"], given["text"])

    async def _delete(self, person: Person, given: Json) -> None:
        self._people.delete(person, given["channel"], given["ts"])

    async def _react(self, person: Person, given: Json) -> None:
        self._people.react(person, given["channel"], given["ts"], given["name"])

    async def _unreact(self, person: Person, given: Json) -> None:
        self._people.unreact(person, given["channel"], given["ts"], given["name"])

    async def _command(self, person: Person, given: Json) -> Outcome:
        return await self._interactions.command(person, given["channel"], given["text"])

    async def _shortcut(self, person: Person, given: Json) -> Outcome:
        if given.get("ts"):
            return await self._interactions.message_shortcut(
                person, given["callback_id"], given["channel"], given["ts"]
            )
        return await self._interactions.global_shortcut(person, given["callback_id"])

    async def _click(self, person: Person, given: Json) -> Outcome:
        place = Place(
            given.get("channel"),
            given.get("ts"),
            given.get("key"),
            bool(given.get("home")),
            given.get("view_id"),
        )
        return await self._interactions.click(
            person, place, given["block_id"], given["action_id"], given.get("value"), given.get("values")
        )

    async def _submit(self, person: Person, given: Json) -> Outcome:
        return await self._interactions.submit(person, given["view_id"], given.get("values") or {})

    async def _close(self, person: Person, given: Json) -> Outcome:
        return await self._interactions.close(person, given["view_id"])

    async def _open_home(self, person: Person, given: Json) -> None:
        self._people.open_home(person)

    async def _open_messages(self, person: Person, given: Json) -> None:
        self._people.open_messages(person)

    async def _join(self, person: Person, given: Json) -> None:
        self._people.join(person, given["channel"])

    async def _leave(self, person: Person, given: Json) -> None:
        self._people.leave(person, given["channel"])

    async def _invite(self, person: Person, given: Json) -> None:
        self._people.invite(person, given["channel"], given["user"])

    async def _remove(self, person: Person, given: Json) -> None:
        self._people.remove(person, given["channel"], given["user"])

    async def _look(self, person: Person, given: Json) -> None:
        self._people.look_at(person, given["channel"], given.get("thread_ts"))

    async def _close_app(self, person: Person, given: Json) -> None:
        self._people.close_app(person)

    async def _share(self, person: Person, given: Json) -> None:
        self._people.share(self._people.own_channel(person, given["channel"]))

    async def _unshare(self, person: Person, given: Json) -> None:
        self._people.unshare(self._people.own_channel(person, given["channel"]))

    async def _dismiss(self, person: Person, given: Json) -> None:
        shown = self._slack.world.ephemerals.get(given["key"])
        if shown is not None and shown.person == person.id:
            del self._slack.world.ephemerals[shown.key]
            self._slack.changed()

    async def _dismiss_notice(self, person: Person, given: Json) -> None:
        notices = self._slack.world.notices.get(person.id, [])
        self._slack.world.notices[person.id] = [n for n in notices if n.id != given["id"]]
        self._slack.changed()

    async def _move_time(self, person: Person, given: Json) -> None:
        clock = self._slack.clock
        seconds = clock.seconds_to(Jump(given["to"]), person.tz) if "to" in given else float(given["seconds"])
        try:
            clock.move(seconds)
        except BackInTime as sentence:
            raise NotPossible(str(sentence)) from None
        self._slack.changed()

    def _who(self, user: str) -> Person:
        person = self._slack.world.people.get(user)
        if person is None or person.is_bot:
            raise web.HTTPNotFound(text="no such person")
        return person


def _file(name: str) -> web.Response:
    """A file of the page by its bare name."""
    path = PAGE / Path(name).name
    if path.suffix not in TYPES or not path.is_file():
        raise web.HTTPNotFound(text="no such page")
    return web.Response(body=path.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8")
