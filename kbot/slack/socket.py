"""Socket Mode: events are stored before their envelope is acknowledged; everything else goes through Bolt."""

import json
import logging

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from kbot.slack.bolt import dispatch
from kbot.slack.http import Ingress

log = logging.getLogger(__name__)

PING_SECONDS = 3
"""A cut that nobody announced is noticed after one ping; the SDK's own default of 10 s is long for a person."""


class SocketDoor(AsyncSocketModeHandler):
    """The app's end of the socket."""

    def __init__(self, bolt: AsyncApp, app_token: str, ingress: Ingress) -> None:
        super().__init__(bolt, app_token, ping_interval=PING_SECONDS)
        self._ingress = ingress

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        if req.type != "events_api":
            # The socket's own requests carry no time of their own: Bolt wants one only for its log.
            await send_async_response(client, req, await dispatch(self.app, req.payload), 0.0)
            return
        raw = json.dumps(req.payload)
        try:
            if isinstance(req.payload, dict):
                await self._ingress.take(req.payload, raw)
            else:
                await self._ingress.take_malformed(raw.encode(), "not an object")
        except Exception as error:
            log.error("an event is not acknowledged, because it could not be stored: %s", type(error).__name__)
            return
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))
