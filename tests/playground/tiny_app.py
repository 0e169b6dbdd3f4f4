"""A small Bolt app that stands where kbot will stand: it answers, opens forms, and remembers what it was sent."""

import asyncio
import socket
import threading
from typing import Any

import uvicorn
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from kbot.playground.server import Playground

Body = dict[str, Any]


def plain(text: str) -> Body:
    return {"type": "plain_text", "text": text}


def button(action_id: str, label: str, value: str = "1") -> Body:
    return {"type": "button", "action_id": action_id, "text": plain(label), "value": value}


def actions(*elements: Body) -> Body:
    return {"type": "actions", "elements": list(elements)}


def section(text: str) -> Body:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def text_field(block_id: str, label: str, **more: Any) -> Body:
    element = {"type": "plain_text_input", "action_id": "typed", **more}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element}


def modal(title: str, *blocks: Body, **more: Any) -> Body:
    return {"type": "modal", "title": plain(title), "submit": plain("Save"), "blocks": list(blocks), **more}


FORM = modal(
    "A form",
    text_field("title", "Title", max_length=50),
    {
        "type": "input",
        "block_id": "kind",
        "label": plain("Kind"),
        "optional": True,
        "element": {
            "type": "static_select",
            "action_id": "typed",
            "options": [{"text": plain(k), "value": k.lower()} for k in ("Practice", "Pointer")],
        },
    },
    callback_id="form",
    notify_on_close=True,
)


class TinyApp:
    """`received`: all bodies in order of arrival, with their retry headers. `slow`: seconds before an ack."""

    def __init__(self, playground: Playground, listening: socket.socket | None = None) -> None:
        self.playground = playground
        self._listening = listening
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self._end = asyncio.Event()
        self.received: list[tuple[Body, dict[str, Any]]] = []
        self.slow = 0.0
        self.refuse = False
        self.bolt = AsyncApp(
            client=AsyncWebClient(token=playground.bot_token, base_url=playground.api_url, retry_handlers=[]),
            signing_secret=playground.signing_secret,
        )
        self._listen()

    def __enter__(self) -> "TinyApp":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def events(self, kind: str) -> list[Body]:
        return [body["event"] for body, _ in self.received if body.get("event", {}).get("type") == kind]

    def bodies(self, kind: str) -> list[Body]:
        return [body for body, _ in self.received if body.get("type") == kind]

    async def _serve(self) -> None:
        if self._listening is not None:
            asgi = AsyncSlackRequestHandler(self.bolt, path="/slack/events")
            server = uvicorn.Server(uvicorn.Config(asgi, log_level="warning"))
            serving = asyncio.ensure_future(server.serve(sockets=[self._listening]))
            await self._end.wait()
            server.should_exit = True
            await serving
            return
        web = AsyncWebClient(base_url=self.playground.api_url)
        handler = AsyncSocketModeHandler(self.bolt, self.playground.app_token, web_client=web, ping_interval=1)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await self._end.wait()
        await handler.close_async()  # type: ignore[no-untyped-call]

    def _listen(self) -> None:
        bolt = self.bolt

        @bolt.middleware
        async def remember(req: Any, body: Body, next: Any) -> Any:  # noqa: A002 - Bolt's name
            retry = {name: value for name, value in req.headers.items() if "retry" in name}
            self.received.append((body, retry))
            if self.refuse:
                raise RuntimeError("refused")
            if self.slow:
                await asyncio.sleep(self.slow)
            await next()

        @bolt.event("app_mention")
        async def mentioned(event: Body, say: Any) -> None:
            blocks = [section(f"Hello <@{event['user']}>"), {"type": "actions", "elements": ACTIONS}]
            await say(text="Hello", blocks=blocks, thread_ts=event["ts"])

        @bolt.event("reaction_added")
        async def flagged(event: Body, client: AsyncWebClient) -> None:
            if event["user"].startswith("U0") and event["reaction"] == "bulb":
                item = event["item"]
                await client.reactions_add(channel=item["channel"], timestamp=item["ts"], name="eyes")
                await client.chat_postEphemeral(
                    channel=item["channel"],
                    user=event["user"],
                    text="Saved",
                    blocks=[section("Saved"), {"type": "actions", "elements": [button("undo", "Undo")]}],
                )

        @bolt.event("app_home_opened")
        async def home(event: Body, client: AsyncWebClient) -> None:
            blocks = [section("Your log"), {"type": "actions", "elements": [button("form", "Open form")]}]
            if event["tab"] == "home":
                await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

        for event in ("message", "reaction_removed", "member_joined_channel", "member_left_channel"):
            bolt.event(event)(nothing)
        for event in ("channel_left", "channel_archive", "channel_rename", "team_join", "user_change"):
            bolt.event(event)(nothing)

        @bolt.action("form")
        async def form(ack: Any, body: Body, client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)

        @bolt.action("undo")
        async def undo(ack: Any, respond: Any) -> None:
            await ack()
            await respond(text="Undone", replace_original=True)

        @bolt.action("more")
        @bolt.action("feedback")
        async def pressed(ack: Any, respond: Any, action: Body) -> None:
            await ack()
            value = action.get("value") or action["selected_option"]["value"]
            await respond(text=f"You chose {value}")

        @bolt.view("form")
        async def submitted(ack: Any, body: Body, view: Body, client: AsyncWebClient) -> None:
            title = view["state"]["values"]["title"]["typed"]["value"]
            if title == "wrong":
                await ack(response_action="errors", errors={"title": "Not this one."})
            elif title == "next":
                await ack(response_action="push", view=modal("Another", text_field("more", "More")))
            elif title == "bad key":
                await ack(response_action="errors", errors={"nowhere": "There is no such field."})
            else:
                await ack()
                await client.chat_postMessage(channel=body["user"]["id"], text=f"Kept: {title}")

        @bolt.view_closed("form")
        async def closed(ack: Any) -> None:
            await ack()

        @bolt.command("/kb")
        async def command(ack: Any, command: Body) -> None:
            await ack(f"You said: {command['text']}")

        @bolt.shortcut("save_as_knowledge")
        async def save(ack: Any, body: Body, client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)

        @bolt.shortcut("add_knowledge")
        async def add(ack: Any, body: Body, client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)


ACTIONS = [
    button("form", "Open form"),
    {
        "type": "overflow",
        "action_id": "more",
        "options": [{"text": plain("Less like this"), "value": "less"}],
    },
]


async def nothing(ack: Any) -> None:
    await ack()
