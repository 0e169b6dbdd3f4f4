"""A small app that stands where kbot stands, to give the page something of every kind to show."""

import asyncio
import threading
from concurrent.futures import Future
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from kbot.playground.server import Playground

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(action_id: str, label: str) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(label), "value": action_id}


def says(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def options(**labels: str) -> list[Json]:
    return [{"value": value, "text": plain(label)} for value, label in labels.items()]


ASK = [
    says("*Restart the importer*\nHas there been a chance to use it?"),
    {"type": "actions", "elements": [button("used", "Used it"), button("not_yet", "Not yet")]},
]
FORM: Json = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Add knowledge"),
    "submit": plain("Save"),
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": plain("Title"),
            "element": {"type": "plain_text_input", "action_id": "it"},
        },
        {
            "type": "input",
            "block_id": "kind",
            "label": plain("Kind"),
            "element": {
                "type": "static_select",
                "action_id": "it",
                "options": options(tip="A tip", warning="A warning"),
            },
        },
        {
            "type": "input",
            "block_id": "who",
            "label": plain("Who helped"),
            "optional": True,
            "element": {"type": "multi_users_select", "action_id": "it"},
        },
    ],
}


class StandIn:
    """Runs in a thread of its own, as Bolt apps do; `client` is its Web API."""

    def __init__(self, playground: Playground) -> None:
        self._playground = playground
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.saved: list[Json] = []

    def __enter__(self) -> "StandIn":
        self._thread.start()
        self._do(self._connect())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._handler.close_async())  # type: ignore[no-untyped-call]
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def call(self, method: str, **args: Any) -> Json:
        """A Web API call; answers what the playground answered."""
        response = self._do(self.client.api_call(method, json=args))
        assert isinstance(response.data, dict)
        return response.data

    def _do(self, work: Any) -> Any:
        future: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(20)

    async def _connect(self) -> None:
        self.client = AsyncWebClient(token=self._playground.bot_token, base_url=self._playground.api_url)
        app = AsyncApp(client=self.client)
        app.command("/kb")(self._command)
        app.action("used")(self._used)
        app.view("form")(self._submitted)
        app.event({"type": "message"})(self._nothing)
        app.event({"type": "app_mention"})(self._nothing)
        app.event({"type": "app_home_opened"})(self._home)
        app.event({"type": "reaction_added"})(self._flagged)
        app.event({"type": "reaction_removed"})(self._nothing)
        self._handler = AsyncSocketModeHandler(app, self._playground.app_token)
        await self._handler.connect_async()  # type: ignore[no-untyped-call]

    async def _nothing(self, event: Json) -> None:
        pass

    async def _command(self, ack: Any, body: Json) -> None:
        await ack()
        await self.client.views_open(trigger_id=body["trigger_id"], view=FORM)

    async def _used(self, ack: Any, respond: Any) -> None:
        await ack()
        thanks = [says("You said: *Used it*."), {"type": "actions", "elements": [button("undo", "Undo")]}]
        await respond(text="You said: Used it.", blocks=thanks, replace_original=True)

    async def _submitted(self, ack: Any, view: Json) -> None:
        values = view["state"]["values"]
        if len(values["title"]["it"]["value"]) < 10:
            await ack(response_action="errors", errors={"title": "Say it as a question, please."})
            return
        self.saved.append(values)
        await ack()

    async def _home(self, event: Json) -> None:
        blocks = [{"type": "header", "text": plain("Your log")}, says("Nothing yet.")]
        await self.client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    async def _flagged(self, event: Json) -> None:
        where = {"channel": event["item"]["channel"], "user": event["user"]}
        await self.client.chat_postEphemeral(**where, text="Saved. Ana has been told.")
        await self.client.chat_postMessage(channel=event["item_user"], text="Cleo saved this.", blocks=ASK)
