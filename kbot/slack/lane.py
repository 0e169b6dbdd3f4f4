"""A lane for events, beside ASGI: acknowledging one is what kbot does most, and most of that was ASGI's work.

Slack sends an event as one plain request: `POST /slack/events` with JSON whose length is given, in one piece. Such a
request is read and answered here. Whatever is less plain (in parts, chunked, a form, another path, a header twice)
goes uvicorn's common way to the same door and is answered just the same.
"""

from collections.abc import Mapping
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kbot.slack.http import CONTENT, DONE, LENGTH, READ, Answered, HttpDoor

REQUEST = b"POST /slack/events HTTP/1.1\r\n"
JSON = b"application/json"
UNUSUAL = frozenset((b"transfer-encoding", b"connection", b"expect", b"upgrade", b"trailer"))
"""Headers that change how the rest is read."""


class Lane(HttpToolsProtocol):
    """One connection of uvicorn's. In the lane there is one request at a time: what comes meanwhile waits."""

    _is_between = True
    _is_answering = False
    _is_last = False
    _rest = b""

    def data_received(self, data: bytes) -> None:
        if self._is_answering:
            self._rest += data
            self.flow.pause_reading()
            return
        door = self.config.app
        if isinstance(door, HttpDoor) and door.takes_events and self._is_free() and (request := plain(data)):
            self._unset_keepalive_if_required()
            self._is_answering = True
            task = self.loop.create_task(self._take(door, *request))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        else:
            super().data_received(data)

    def _is_free(self) -> bool:
        """Whether a request begins here, and nothing before it waits for its answer."""
        return self._is_between and (self.cycle is None or self.cycle.response_complete)

    async def _take(self, door: HttpDoor, headers: Mapping[bytes, bytes], body: bytes) -> None:
        answered = await door.event(headers, body)
        self._is_answering = False
        if self.transport.is_closing():
            return
        self.transport.write(PLAIN_DONE if answered is DONE else _written(answered))
        if self._is_last:
            self.transport.close()
            return
        self.on_response_complete()
        if self._rest:
            rest, self._rest = self._rest, b""
            self.data_received(rest)

    def on_message_begin(self) -> None:
        self._is_between = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._is_between = True
        super().on_message_complete()

    def shutdown(self) -> None:
        if self._is_answering:
            self._is_last = True
        else:
            super().shutdown()


def plain(data: bytes) -> tuple[Mapping[bytes, bytes], bytes] | None:
    """The headers that count and the body, if this is exactly one plain request; else None."""
    head, _, body = data.partition(b"\r\n\r\n")
    if not head.startswith(REQUEST):
        return None
    read: dict[bytes, bytes] = {}
    for line in head[len(REQUEST) :].split(b"\r\n"):
        name, colon, value = line.partition(b":")
        name = name.lower()
        if name in READ:
            if name in read:
                return None
            read[name] = value.strip(b" \t")
        elif name in UNUSUAL or not colon or not name.isascii() or name[:1].isspace() or name[-1:].isspace():
            return None
    if read.get(CONTENT, b"")[: len(JSON)] != JSON or read.get(LENGTH) != b"%d" % len(body):
        return None
    return read, body


def _written(answered: Answered) -> bytes:
    status, text = answered
    return b"HTTP/1.1 %d %b\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n\r\n%b" % (
        status,
        HTTPStatus(status).phrase.encode(),
        len(text),
        text,
    )


PLAIN_DONE = _written(DONE)
