"""The HTTP server's one page of ASGI: `/slack/events`, `/healthz`, `/readyz`.

An event is verified, stored and only then answered with 200; Bolt, which acknowledges before it works and costs most
of the time of a request, sees commands and interactions only. Events that come as Slack sends them do not even come
by ASGI (lane.py).
"""

import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import parse_qsl

from slack_bolt.async_app import AsyncApp

from kbot.slack.bolt import UNREADABLE, dispatch
from kbot.slack.incoming import Malformed

log = logging.getLogger(__name__)

MOST_BYTES = 1_000_000
SIGNED_WITHIN_SECONDS = 300
"""Older requests, and those from the future, may be replayed ones."""

FORM = b"application/x-www-form-urlencoded"
STAMP, SIGNATURE = b"x-slack-request-timestamp", b"x-slack-signature"
LENGTH, CONTENT = b"content-length", b"content-type"
READ = frozenset((STAMP, SIGNATURE, LENGTH, CONTENT))
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = Sequence[tuple[bytes, bytes]]
Answered = tuple[int, bytes]
"""Status and text of an answer."""

DONE: Answered = (200, b"")
NOT_SIGNED: Answered = (401, b"not signed by Slack")


class Ingress(Protocol):
    """Takes events (app.py). Returning means stored or rightly dropped; raising means: deliver it again."""

    async def take(self, body: dict[str, Any], raw: str) -> None: ...
    async def take_malformed(self, raw: bytes, reason: str) -> None: ...
    def is_alive(self) -> bool: ...
    async def is_ready(self) -> bool: ...


class HttpDoor:
    """The ASGI application. `signing_secret` is None in Socket Mode: then there are only the health pages."""

    def __init__(self, ingress: Ingress, bolt: AsyncApp, signing_secret: str | None) -> None:
        self._ingress = ingress
        self._bolt = bolt
        self._secret = (signing_secret or "").encode()
        self.takes_events = bool(signing_secret)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path, method = scope["path"], scope["method"]
        if path == "/healthz":
            alive = self._ingress.is_alive()
            await _answer(send, 200 if alive else 503, b"ok" if alive else b"a worker does not answer")
        elif path == "/readyz":
            ready = await self._ingress.is_ready()
            await _answer(send, 200 if ready else 503, b"ok" if ready else b"not ready")
        elif path == "/slack/events" and self.takes_events:
            if method != "POST":
                await _answer(send, 405, b"POST only")
            else:
                await self._slack(scope["headers"], receive, send)
        else:
            await _answer(send, 404, b"not found")

    async def _slack(self, headers: Headers, receive: Receive, send: Send) -> None:
        read = _read(headers)
        body = await _body(read.get(LENGTH, b"0"), receive)
        if body is None:
            await _answer(send, 413, b"too large")
        elif not read.get(CONTENT, b"").startswith(FORM):
            await _answer(send, *await self.event(read, body))
        elif self._is_signed(read, body):
            await self._interaction(body, send)
        else:
            await _answer(send, *NOT_SIGNED)

    async def event(self, read: Mapping[bytes, bytes], raw: bytes) -> Answered:
        """What is answered to an event with these headers: 200 once it is stored, or rightly dropped."""
        if not self._is_signed(read, raw):
            return NOT_SIGNED
        try:
            text = raw.decode()
            body = json.loads(text)
            if not isinstance(body, dict):
                raise ValueError("not an object")
        except (ValueError, RecursionError) as error:
            return await _stored(self._ingress.take_malformed(raw, type(error).__name__))
        kind = body.get("type")
        if kind == "event_callback":
            return await _stored(self._ingress.take(body, text))
        if kind == "url_verification":
            return 200, str(body.get("challenge") or "").encode(errors="replace")
        if kind == "app_rate_limited":
            log.warning("Slack holds events back: the app gets more than 30,000 an hour")
            return DONE
        return await _stored(self._ingress.take_malformed(raw, "not an event"))

    def _is_signed(self, read: Mapping[bytes, bytes], body: bytes) -> bool:
        """Slack's signature, version 0."""
        stamp, signature = read.get(STAMP, b""), read.get(SIGNATURE, b"")
        if not stamp.isdigit() or len(stamp) > 12 or abs(time.time() - int(stamp)) > SIGNED_WITHIN_SECONDS:
            return False
        expected = b"v0=" + hmac.digest(self._secret, b"v0:%b:%b" % (stamp, body), "sha256").hex().encode()
        return hmac.compare_digest(expected, signature)

    async def _interaction(self, raw: bytes, send: Send) -> None:
        try:
            # Not left to Bolt, which finds nothing in a command whose text has the word "payload" in it.
            body = dict(parse_qsl(raw.decode(), keep_blank_values=True))
            if "payload" in body:
                body = json.loads(body["payload"])
            if not isinstance(body, dict):
                raise Malformed("not an object")
        except (ValueError, RecursionError) as error:
            log.warning("a form that cannot be read is refused: %s", type(error).__name__)
            await _answer(send, 400, UNREADABLE.encode())
            return
        response = await dispatch(self._bolt, body)
        content_type = (response.headers.get("content-type") or ["text/plain"])[0]
        await _answer(send, response.status, (response.body or "").encode(), content_type)


def _read(headers: Headers) -> dict[bytes, bytes]:
    """The headers that count; ASGI gives their names in lower case. One that comes twice is nobody's word: empty."""
    read: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in READ:
            read[name] = b"" if name in read else value
    return read


async def _stored(taking: Awaitable[None]) -> Answered:
    try:
        await taking
    except Exception as error:
        log.error("an event is not acknowledged, because it could not be stored: %s", type(error).__name__)
        return 503, b"not stored"
    return DONE


async def _body(length: bytes, receive: Receive) -> bytes | None:
    if not length.isdigit() or len(length) > 9 or int(length) > MOST_BYTES:
        return None
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BYTES:
            return None
        if not message.get("more_body"):
            return b"".join(parts)


async def _answer(send: Send, status: int, body: bytes, content_type: str = "text/plain; charset=utf-8") -> None:
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
