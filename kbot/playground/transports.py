"""The two ways to an app: Socket Mode's websocket, and signed HTTP requests."""

import asyncio
import itertools
import json
import secrets
import time
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from kbot.playground.delivery import ACK_SECONDS, Answer, form_of
from kbot.playground.journal import Delivery, Journal
from kbot.playground.world import APP_ID, Json

TICKET_SECONDS = 30.0
MAX_SOCKETS = 10


@dataclass
class Socket:
    ws: web.WebSocketResponse
    waiting: dict[str, asyncio.Future[Answer]] = field(default_factory=dict)


class SocketMode:
    """At most ten sockets; each envelope goes to one of them, and only there can it be acknowledged."""

    ack_seconds = ACK_SECONDS

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._tickets: dict[str, float] = {}
        self.sockets: list[Socket] = []
        self._turn = itertools.count()

    def new_ticket(self) -> str:
        ticket = secrets.token_hex(8)
        self._tickets[ticket] = time.monotonic() + TICKET_SECONDS
        return ticket

    def connected(self) -> bool:
        return bool(self.sockets)

    async def check(self) -> bool:
        return self.connected()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        until = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        if until < time.monotonic() or len(self.sockets) >= MAX_SOCKETS:
            return web.Response(status=403, text="invalid or used ticket, or too many sockets")
        ws = web.WebSocketResponse(heartbeat=30, timeout=1)
        await ws.prepare(request)
        socket = Socket(ws)
        await ws.send_json(
            {
                "type": "hello",
                "connection_info": {"app_id": APP_ID},
                "num_connections": len(self.sockets) + 1,
                "debug_info": {"host": "playground", "approximate_connection_time": 18060},
            }
        )
        self.sockets.append(socket)
        self._journal.note("connected", "socket", f"{len(self.sockets)} connection(s)")
        try:
            async for message in ws:
                if message.type == aiohttp.WSMsgType.TEXT:
                    self._received(socket, message.data)
        finally:
            self._gone(socket)
        return ws

    def _received(self, socket: Socket, text: str) -> None:
        try:
            data = json.loads(text)
            envelope = data["envelope_id"]
        except (ValueError, KeyError, TypeError):
            self._journal.violation("bad_acknowledgement", "socket", text[:200])
            return
        future = socket.waiting.pop(envelope, None)
        if future is None or future.done():
            self._journal.note("late_acknowledgement", "socket", f"envelope {envelope} was not waited for")
            return
        future.set_result(Answer("acked", data.get("payload")))

    def _gone(self, socket: Socket) -> None:
        if socket in self.sockets:
            self.sockets.remove(socket)
            self._journal.note("disconnected", "socket", f"{len(self.sockets)} connection(s) left")
        for future in socket.waiting.values():
            if not future.done():
                future.set_result(Answer("connection_failed", detail="the connection ended"))
        socket.waiting.clear()

    async def send(self, delivery: Delivery, retry: int, reason: str | None) -> Answer:
        if not self.sockets:
            return Answer("connection_failed", detail="the app is not connected")
        socket = self.sockets[next(self._turn) % len(self.sockets)]
        envelope_id = secrets.token_hex(8)
        envelope: Json = {"envelope_id": envelope_id, "payload": delivery.body}
        if delivery.kind.startswith("command:"):
            envelope |= {"type": "slash_commands", "accepts_response_payload": True}
        elif delivery.kind.startswith("interaction:"):
            accepts = delivery.body["type"] in ("view_submission", "block_suggestion")
            envelope |= {"type": "interactive", "accepts_response_payload": accepts}
        else:
            envelope |= {
                "type": "events_api",
                "accepts_response_payload": False,
                "retry_attempt": retry,
                "retry_reason": "timeout" if reason == "http_timeout" else reason or "",
            }
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        socket.waiting[envelope_id] = future
        try:
            await socket.ws.send_json(envelope)
            return await asyncio.wait_for(future, self.ack_seconds)
        except TimeoutError:
            socket.waiting.pop(envelope_id, None)
            return Answer("http_timeout", detail=f"not acknowledged within {self.ack_seconds:g} s", fault_of_app=True)
        except (ConnectionError, RuntimeError):
            self._gone(socket)
            return Answer("connection_failed", detail="the connection ended")

    async def refresh(self) -> None:
        """Asks the app to reconnect, as Slack does every few hours."""
        for socket in list(self.sockets):
            await socket.ws.send_json(
                {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "playground"}}
            )

    def cut(self) -> None:
        for socket in list(self.sockets):
            transport = socket.ws._req.transport if socket.ws._req is not None else None
            self._gone(socket)
            if transport is not None:
                transport.abort()

    async def close(self) -> None:
        for socket in list(self.sockets):
            await socket.ws.close()


class HttpMode:
    """Signed POSTs to one address. The app counts as connected once it has answered the challenge."""

    ack_seconds = ACK_SECONDS
    probe_seconds = 0.3

    def __init__(self, url: str, signing_secret: str, journal: Journal) -> None:
        self._url = url
        self._signer = SignatureVerifier(signing_secret)
        self._journal = journal
        self._verified = False
        self._session: aiohttp.ClientSession | None = None
        self._probe: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._probe = asyncio.ensure_future(self._keep_probing())

    def connected(self) -> bool:
        return self._verified

    async def check(self) -> bool:
        await self._verify()
        return self._verified

    async def _keep_probing(self) -> None:
        while True:
            if not self._verified:
                await self._verify()
            await asyncio.sleep(self.probe_seconds)

    async def _verify(self) -> None:
        challenge = secrets.token_hex(8)
        body = {"type": "url_verification", "token": "playground", "challenge": challenge}
        answer = await self._post(json.dumps(body).encode(), "application/json", {})
        if answer.result == "connection_failed":
            self._verified = False
            return
        given = answer.body.get("challenge") if isinstance(answer.body, dict) else answer.body
        before, self._verified = self._verified, given == challenge
        if self._verified and not before:
            self._journal.note("connected", self._url, "answered url_verification")
        elif not self._verified and answer.result == "acked":
            self._journal.violation("challenge_failed", "url_verification", f"answered {answer.body!r}")

    async def send(self, delivery: Delivery, retry: int, reason: str | None) -> Answer:
        headers = {}
        if retry:
            headers = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason or "http_error"}
        if delivery.event_id is not None:
            raw, content_type = json.dumps(delivery.body).encode(), "application/json"
        else:
            raw, content_type = form_of(delivery.body, delivery.kind), "application/x-www-form-urlencoded"
        answer = await self._post(raw, content_type, headers)
        if answer.result == "connection_failed":
            self._verified = False
        return answer

    async def _post(self, raw: bytes, content_type: str, headers: dict[str, str]) -> Answer:
        signed = self.signed_headers(raw) | {"Content-Type": content_type} | headers
        status, answer = await self.post(raw, signed)
        if 200 <= status < 300 or answer.result != "http_error":
            return answer
        detail = "no listener for it (404)" if status == 404 else f"answered {status}"
        return Answer("http_error", answer.body, True, detail, answer.stop_retries)

    def signed_headers(self, raw: bytes, at: float | None = None) -> dict[str, str]:
        timestamp = str(int(at if at is not None else time.time()))
        signature = self._signer.generate_signature(timestamp=timestamp, body=raw)
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature or ""}

    async def post(self, raw: bytes, headers: dict[str, str]) -> tuple[int, Answer]:
        """Returns the HTTP status (0: none) and what it means."""
        if self._session is None:
            # A fresh connection each time: an app that was restarted must not lose a click to a stale one.
            connector = aiohttp.TCPConnector(force_close=True, limit=0)
            self._session = aiohttp.ClientSession(connector=connector)
        headers = {"User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"} | headers
        timeout = aiohttp.ClientTimeout(total=self.ack_seconds)
        try:
            async with self._session.post(self._url, data=raw, headers=headers, timeout=timeout) as response:
                text = await response.text()
                stop = response.headers.get("X-Slack-No-Retry") == "1"
                body = _parsed(text, response.content_type)
                result = "acked" if 200 <= response.status < 300 else "http_error"
                return response.status, Answer(result, body, stop_retries=stop)
        except TimeoutError:
            return 0, Answer(
                "http_timeout", detail=f"not acknowledged within {self.ack_seconds:g} s", fault_of_app=True
            )
        except aiohttp.ClientError as error:
            return 0, Answer("connection_failed", detail=f"{type(error).__name__}")

    def cut(self) -> None:
        self._verified = False

    async def close(self) -> None:
        if self._probe is not None:
            self._probe.cancel()
        if self._session is not None:
            await self._session.close()


def _parsed(text: str, content_type: str) -> Json | str | None:
    if not text:
        return None
    if content_type == "application/json":
        try:
            parsed = json.loads(text)
        except ValueError:
            return text
        return parsed if isinstance(parsed, dict) else text
    return text
