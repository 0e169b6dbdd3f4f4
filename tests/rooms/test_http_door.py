"""The HTTP door on a real socket: only what Slack has signed comes in, and whatever comes, it is never a 5xx."""

import asyncio
import hmac
import itertools
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from urllib.parse import quote_from_bytes, urlencode

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot import app
from kbot.clock import Clock
from kbot.house import House
from kbot.library import items
from kbot.meaning.hashed import HashEmbedder
from kbot.playground.server import Playground
from kbot.playground.world import BOT_USER, TEAM_ID
from kbot.post.receiver import Intake
from kbot.post.tables import InboxRow
from kbot.settings import Settings
from kbot.slack.bolt import UNREADABLE, build
from kbot.slack.http import MOST_BYTES, SIGNED_WITHIN_SECONDS, HttpDoor
from kbot.slack.reader import SlackReader
from kbot.storage.units import Units
from tests.examples import examples

SECRET = "the-signing-secret"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
STAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"
WORDS = "whatAnaWroteToBen"
"""What people wrote: it may be stored, never logged."""

Headers = list[tuple[str, str]]

on_sqlite = pytest.mark.parametrize("address", ["sqlite"], indirect=True)


def signed(body: bytes, age: float = 0, secret: str = SECRET) -> Headers:
    """Slack's headers for this body, `age` seconds ago."""
    stamp = str(int(time.time() - age))
    mine = hmac.digest(secret.encode(), f"v0:{stamp}:".encode() + body, "sha256").hex()
    return [(STAMP, stamp), (SIGNATURE, f"v0={mine}")]


class Door:
    """kbot's HTTP server on a port of its own, and what it has stored."""

    def __init__(self, units: Units, client: aiohttp.ClientSession, port: int) -> None:
        self.units = units
        self.port = port
        self._client = client

    async def post(
        self, body: bytes, content: str = JSON, headers: Headers | None = None, *, chunked: bool = False
    ) -> tuple[int, str]:
        """The status and the text of the answer; signed unless `headers` say otherwise."""
        sent = [("Content-Type", content), *(signed(body) if headers is None else headers)]
        data = _in_parts(body) if chunked else body
        async with self._client.post(self.url("/slack/events"), data=data, headers=sent) as answer:
            return answer.status, await answer.text()

    async def form(self, **fields: str) -> tuple[int, str]:
        return await self.post(urlencode(fields).encode(), FORM)

    async def ask(self, method: str, path: str) -> tuple[int, str]:
        async with self._client.request(method, self.url(path)) as answer:
            return answer.status, await answer.text()

    async def say(self, raw: bytes) -> bytes:
        """The first line of the answer to these bytes on the wire."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(raw)
        line = await reader.readline()
        writer.close()
        return line

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def rows(self) -> list[tuple[str, str, str]]:
        """Team, kind and state of what was stored."""
        return await self.units.read(_rows)


async def _in_parts(body: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(body), 64_000):
        yield body[at : at + 64_000]


def _rows(session: Session) -> list[tuple[str, str, str]]:
    return [(row.team_id, row.kind, row.state) for row in session.scalars(select(InboxRow))]


@pytest.fixture(scope="module")
def slack() -> Iterator[Playground]:
    with Playground() as playground:
        yield playground


@pytest.fixture
def secret() -> str | None:
    return SECRET


@pytest.fixture
async def door(units: Units, slack: Playground, secret: str | None) -> AsyncIterator[Door]:
    clock = Clock()
    house = House(
        units, clock, SlackReader(slack.bot_token, slack.api_url), Settings(http_port=0), BOT_USER, HashEmbedder()
    )
    running = app.Running(Intake(units, clock, BOT_USER, items.is_source), units)
    bolt = build(AsyncWebClient(slack.bot_token, base_url=slack.api_url), app.doors_of(house))
    async with AsyncExitStack() as open_until_the_end:
        port = open_until_the_end.enter_context(app._listening(house.settings))
        await open_until_the_end.enter_async_context(app._served(HttpDoor(running, bolt, secret), port, running))
        client = await open_until_the_end.enter_async_context(aiohttp.ClientSession())
        yield Door(units, client, port.getsockname()[1])


def event(**changes: object) -> dict[str, object]:
    """A message to kbot, as Slack sends it; None takes a field away."""
    said = {"type": "message", "channel": "D1", "channel_type": "im", "user": "U0BEN", "text": WORDS, "ts": "1.1"}
    whole = {"type": "event_callback", "team_id": TEAM_ID, "event_id": "Ev1", "event": said} | changes
    return {name: value for name, value in whole.items() if value is not None}


def as_bytes(body: object) -> bytes:
    return json.dumps(body).encode()


EVENT = as_bytes(event())

# Who may come in


async def test_what_slack_has_signed_is_stored_when_it_is_answered(door: Door) -> None:
    assert await door.post(EVENT) == (200, "")
    assert await door.rows() == [(TEAM_ID, "message", "new")]


def without(name: str) -> Headers:
    return [header for header in signed(EVENT) if header[0] != name]


def changed(name: str, value: str) -> Headers:
    return [*without(name), (name, value)]


def twice(name: str) -> Headers:
    return [*signed(EVENT), *[header for header in signed(EVENT) if header[0] == name]]


FORGED: dict[str, Callable[[], Headers]] = {
    "unsigned": list,
    "without a time": lambda: without(STAMP),
    "without a signature": lambda: without(SIGNATURE),
    "by another secret": lambda: signed(EVENT, secret="another"),
    "of another body": lambda: signed(EVENT + b" "),
    "no signature": lambda: changed(SIGNATURE, "v0=00"),
    "an empty signature": lambda: changed(SIGNATURE, ""),
    "not ASCII": lambda: changed(SIGNATURE, "v0=é"),
    "another version": lambda: changed(SIGNATURE, signed(EVENT)[1][1].replace("v0", "v1")),
    "at another time": lambda: changed(STAMP, str(int(time.time()) - 1)),
    "at no time": lambda: changed(STAMP, "now"),
    "a negative time": lambda: changed(STAMP, "-1"),
    "a huge time": lambda: changed(STAMP, "9" * 5000),
    "too old": lambda: signed(EVENT, age=SIGNED_WITHIN_SECONDS + 5),
    "from the future": lambda: signed(EVENT, age=-SIGNED_WITHIN_SECONDS - 5),
    "two times": lambda: twice(STAMP),
    "two signatures": lambda: twice(SIGNATURE),
}


@on_sqlite
async def test_what_slack_has_not_signed_is_refused_and_not_stored(door: Door) -> None:
    answers = {name: (await door.post(EVENT, headers=headers()))[0] for name, headers in FORGED.items()}
    assert answers == dict.fromkeys(FORGED, 401)
    assert (await door.post(urlencode({"command": "/kb"}).encode(), FORM, headers=[]))[0] == 401
    assert await door.rows() == []


@on_sqlite
async def test_a_few_minutes_on_the_way_are_no_forgery(door: Door) -> None:
    assert (await door.post(EVENT, headers=signed(EVENT, age=SIGNED_WITHIN_SECONDS - 30)))[0] == 200


# How much


def as_large_as(size: int) -> bytes:
    return EVENT + b" " * (size - len(EVENT))


@on_sqlite
async def test_the_largest_body_is_taken_and_a_larger_one_refused_while_it_comes(door: Door) -> None:
    assert await door.post(as_large_as(MOST_BYTES + 1), chunked=True) == (413, "too large")
    assert await door.rows() == []
    assert await door.post(as_large_as(MOST_BYTES), chunked=True) == (200, "")
    assert await door.post(as_large_as(MOST_BYTES)) == (200, "")
    assert len(await door.rows()) == 1


@on_sqlite
async def test_one_that_says_it_is_too_large_is_refused_at_once(door: Door) -> None:
    """Without reading it: nothing but the head is sent here."""
    for length in (str(MOST_BYTES + 1), "9" * 12):
        assert b" 413 " in await door.say(head(length))
    for lengths in (["-1"], ["many"], ["2", "3"], ["9" * 5000]):
        assert b" 400 " in await door.say(head(*lengths))


def head(*lengths: str) -> bytes:
    said = "".join(f"Content-Length: {length}\r\n" for length in lengths)
    return f"POST /slack/events HTTP/1.1\r\nHost: kbot\r\n{said}\r\n".encode()


# What it is


MALFORMED = {
    "not JSON": b"{" + WORDS.encode(),
    "not UTF-8": b'{"text": "' + WORDS.encode() + b'\xff"}',
    "nothing": b"",
    "a list": as_bytes([WORDS]),
    "a text": as_bytes(WORDS),
    "null": b"null",
    "deep": b"[" * 100_000,
    "a number nobody can read": b'{"a": ' + b"1" * 5000 + b"}",
    "of no type": as_bytes(event(type=None)),
    "of another type": as_bytes(event(type="something")),
    "without a team": as_bytes(event(team_id=None)),
    "of a strange team": as_bytes(event(team_id=["T1"])),
    "without an id": as_bytes(event(event_id=None)),
    "with half a letter in its id": as_bytes(event(event_id="Ev\ud800")),
    "with a NUL in its id": as_bytes(event(event_id="Ev\x00")),
    "without an event": as_bytes(event(event=None)),
    "with a text as its event": as_bytes(event(event=WORDS)),
    "without the event's type": as_bytes(event(event={"text": WORDS})),
}


async def test_what_cannot_be_read_is_acknowledged_and_kept_dead(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    answers = {name: (await door.post(body))[0] for name, body in MALFORMED.items()}
    assert answers == dict.fromkeys(MALFORMED, 200)
    rows = await door.rows()
    assert len(rows) == len(MALFORMED)
    assert {(kind, state) for _, kind, state in rows} == {("malformed", "dead")}
    assert caplog.text.count("cannot be read") == len(MALFORMED)
    assert WORDS not in caplog.text


async def test_any_text_can_be_kept(door: Door) -> None:
    for n, text in enumerate(("with a NUL: \x00", "half a letter: \ud800", "🙂")):
        said = {"type": "message", "channel": "D1", "channel_type": "im", "user": "U0BEN", "text": text, "ts": "1.1"}
        assert (await door.post(as_bytes(event(event_id=f"Ev{n}", event=said))))[0] == 200
    assert await door.rows() == [(TEAM_ID, "message", "new")] * 3


@on_sqlite
async def test_slacks_own_questions_are_answered(door: Door) -> None:
    assert await door.post(as_bytes({"type": "url_verification", "challenge": "3eZb"})) == (200, "3eZb")
    assert await door.post(as_bytes({"type": "url_verification"})) == (200, "")
    assert await door.post(as_bytes({"type": "app_rate_limited", "team_id": TEAM_ID})) == (200, "")
    assert await door.form(ssl_check="1", token="x") == (200, "")
    assert await door.rows() == []


@on_sqlite
async def test_other_pages_and_methods_are_refused(door: Door) -> None:
    assert await door.ask("GET", "/slack/events") == (405, "POST only")
    assert await door.ask("PUT", "/slack/events") == (405, "POST only")
    assert await door.ask("POST", "/slack/events/") == (404, "not found")
    assert await door.ask("GET", "/") == (404, "not found")
    assert await door.ask("GET", "/%00") == (404, "not found")


@on_sqlite
@pytest.mark.parametrize("secret", [None])
async def test_in_socket_mode_there_are_only_the_health_pages(door: Door) -> None:
    assert (await door.post(EVENT))[0] == 404
    assert await door.ask("GET", "/healthz") == (200, "ok")
    assert await door.ask("GET", "/readyz") == (200, "ok")


async def test_without_a_database_nothing_is_acknowledged(door: Door) -> None:
    await door.units.close()
    assert await door.post(EVENT) == (503, "not stored")
    assert await door.ask("GET", "/readyz") == (503, "not ready")
    assert await door.ask("GET", "/healthz") == (200, "ok")


# Commands and interactions


def command(**changes: str) -> dict[str, str]:
    return {"command": "/kb", "team_id": TEAM_ID, "user_id": "U0BEN", "channel_id": "C0PLATFORM"} | changes


def press(**changes: object) -> dict[str, object]:
    """A press of a button that no kbot has any more; None takes a field away."""
    whole = {
        "type": "block_actions",
        "team": {"id": TEAM_ID},
        "user": {"id": "U0BEN"},
        "trigger_id": "1.1",
        "actions": [{"action_id": "gone", "value": WORDS}],
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


def submission(**changes: object) -> dict[str, object]:
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": "gone",
        "private_metadata": "{}",
        "state": {"values": {}},
    } | changes
    return {"type": "view_submission", "team": {"id": TEAM_ID}, "user": {"id": "U0BEN"}, "view": view}


@on_sqlite
async def test_a_command_is_answered_whatever_words_are_in_it(door: Door) -> None:
    for text in ("help", "help payload", "payload={}", "", "🙂"):
        status, answer = await door.form(**command(text=text))
        assert status == 200
        assert "/kb" in answer


@on_sqlite
async def test_what_no_kbot_knows_any_more_is_acknowledged(door: Door) -> None:
    assert (await door.form(payload=json.dumps(press())))[0] == 200
    status, answer = await door.form(payload=json.dumps(submission()))
    assert status == 200
    assert "older version of kbot" in answer
    closed = submission() | {"type": "view_closed"}
    assert await door.form(payload=json.dumps(closed)) == (200, "")


NEVER_SENT = {
    "nothing": b"",
    "no fields": WORDS.encode(),
    "not UTF-8": b"command=/kb\xff",
    "no command": urlencode(command(command="")).encode(),
    **{
        f"a command without {name}": urlencode(command(**{name: "", "text": WORDS})).encode()
        for name in ("team_id", "user_id", "channel_id")
    },
    "a NUL in a command": urlencode(command(text="\x00")).encode(),
    "half a letter in an id": b"command=/kb&user_id=U1&channel_id=C1&team_id=%ed%a0%80",
} | {
    name: urlencode({"payload": payload if isinstance(payload, str) else json.dumps(payload)}).encode()
    for name, payload in {
        "not JSON": "{" + WORDS,
        "no payload": "",
        "a list": [press()],
        "a text": json.dumps(WORDS),
        "null": "null",
        "deep": "[" * 50_000,
        "of no type": press(type=None),
        "of another type": press(type="something"),
        "of a strange type": press(type={"a": 1}),
        "without a team": press(team=None),
        "a text as its team": press(team=WORDS),
        "without a user": press(user=None),
        "a text as its user": press(user=WORDS),
        "a user without an id": press(user={}),
        "without actions": press(actions=None),
        "no actions": press(actions=[]),
        "an object as its actions": press(actions={"0": {}}),
        "a text as its action": press(actions=[WORDS]),
        "an action without an id": press(actions=[{"value": WORDS}]),
        "half a letter in its value": press(actions=[{"action_id": "gone", "value": "\ud800"}]),
        "a list as its channel": press(channel=[WORDS]),
        "a number as its message": press(message=5),
        "a number as its enterprise": press(enterprise=5),
        "a modal without an id": submission(id=None),
        "a modal with a list kept in it": submission(private_metadata="[]"),
        "a modal with no JSON kept in it": submission(private_metadata=WORDS),
        "a modal with a list as its state": submission(state=[WORDS]),
        "a modal with a text as a block": submission(state={"values": {"b": WORDS}}),
        "a modal with a NUL": submission(state={"values": {"b": {"a": {"value": "\x00"}}}}),
        "a shortcut of no name": {"type": "shortcut", "team": {"id": TEAM_ID}, "user": {"id": "U0BEN"}},
    }.items()
}


@on_sqlite
async def test_a_form_that_slack_never_sends_is_refused_with_a_sentence(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    answers = {name: await door.post(body, FORM) for name, body in NEVER_SENT.items()}
    assert answers == dict.fromkeys(NEVER_SENT, (400, UNREADABLE))
    assert caplog.text.count("refused") == len(NEVER_SENT)
    assert WORDS not in caplog.text
    assert "Traceback" not in caplog.text


# Whatever comes


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["\x00", "\ud800", "U0BEN", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ids = st.fixed_dictionaries({}, optional={"id": st.just("U0BEN") | anything, "team_id": anything}) | anything
TYPES = ("block_actions", "view_submission", "view_closed", "shortcut", "message_action", "block_suggestion", "x")
payloads = st.fixed_dictionaries(
    {"type": st.sampled_from(TYPES) | anything, "team": st.just({"id": TEAM_ID}) | ids, "user": ids},
    optional={
        "actions": st.lists(
            st.fixed_dictionaries({"action_id": st.text(max_size=3) | anything}) | anything, max_size=2
        ),
        "view": st.fixed_dictionaries(
            {"id": st.just("V1") | anything, "type": st.just("modal") | anything},
            optional=dict.fromkeys(("callback_id", "private_metadata", "state"), anything),
        )
        | anything,
    }
    | dict.fromkeys(("callback_id", "channel", "container", "message", "trigger_id", "is_enterprise_install"), anything)
    | dict.fromkeys(("enterprise", "authorizations", "event", "response_urls", "function_data", "command"), anything),
)
commands = st.dictionaries(
    st.sampled_from(["command", "team_id", "user_id", "channel_id", "text", "payload", "ssl_check", "type"]),
    st.sampled_from([TEAM_ID, "U0GUS", "C0PLATFORM", "help", "{}"]) | st.text(st.characters(codec="utf-8"), max_size=8),
)
forms = payloads.map(lambda payload: urlencode({"payload": json.dumps(payload)}).encode()) | commands.map(
    lambda fields: urlencode(fields).encode()
)
bodies = (
    st.binary(max_size=40) | anything.map(as_bytes) | st.binary(max_size=20).map(lambda b: quote_from_bytes(b).encode())
)


@on_sqlite
@settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
@given(body=forms | bodies, content=st.sampled_from([FORM, FORM, f"{FORM}; charset=utf-8", JSON, "text/plain", ""]))
async def test_whatever_signed_bytes_come_it_is_never_our_fault(
    door: Door, caplog: pytest.LogCaptureFixture, body: bytes, content: str
) -> None:
    caplog.clear()
    caplog.set_level(logging.WARNING)
    status, _ = await door.post(body, content)
    assert status < 500
    assert "Traceback" not in caplog.text


# However it comes


def request(body: bytes, *headers: str, target: str = "/slack/events") -> bytes:
    """A signed event on the wire, as Slack sends it; `headers` are further ones."""
    lines = [f"POST {target} HTTP/1.1", "Host: kbot", f"Content-Type: {JSON}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in signed(body)]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


async def answers(door: Door, *parts: bytes, count: int = 1) -> list[int]:
    """The statuses of `count` answers on one connection, to these parts, sent one after the other."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.001)  # so that it arrives as a part of its own
        found: list[int] = []
        for _ in range(count):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            found.append(int(head.split()[1]))
            length = next(line for line in head.lower().split("\r\n") if line.startswith("content-length:"))
            await reader.readexactly(int(length.split(":")[1]))
        return found
    finally:
        writer.close()


def numbered(number: int) -> bytes:
    return as_bytes(event(event_id=f"Ev{number}"))


LENGTH = len(request(EVENT))


@on_sqlite
@settings(max_examples=examples(15), deadline=None, suppress_health_check=list(HealthCheck))
@given(cuts=st.lists(st.integers(1, LENGTH - 1), max_size=3).map(sorted))
async def test_an_event_is_the_same_in_one_piece_and_in_many(door: Door, cuts: list[int]) -> None:
    whole, edges = request(EVENT), [0, *cuts, LENGTH]
    parts = [whole[a:b] for a, b in itertools.pairwise(edges) if a < b]
    assert await answers(door, *parts) == [200]
    assert len(await door.rows()) == 1


@on_sqlite
async def test_what_follows_on_the_same_connection_waits_for_its_turn(door: Door) -> None:
    """Plain events, one in parts and a page, however they come: each is answered, in their order."""
    page = b"GET /nowhere HTTP/1.1\r\nHost: kbot\r\n\r\n"
    forged = request(EVENT).replace(b"v0=", b"v0=0")
    first, second, third = (request(numbered(n)) for n in range(3))
    assert await answers(door, first + second + page + third, count=4) == [200, 200, 404, 200]
    assert await answers(door, first, forged, second[:70], second[70:] + page, third, count=5) == [
        200,
        401,
        200,
        404,
        200,
    ]
    assert len(await door.rows()) == 3


@on_sqlite
async def test_headers_that_change_how_the_rest_is_read_are_obeyed(door: Door) -> None:
    assert await answers(door, request(EVENT, "Connection: close")) == [200]
    chunked = request(EVENT).replace(b"Content-Length: %d\r\n" % len(EVENT), b"Transfer-Encoding: chunked\r\n")
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(EVENT), EVENT)
    assert await answers(door, chunked.replace(EVENT, body)) == [200]
    assert await answers(door, request(EVENT, "Transfer-Encoding: chunked")) == [400]
    assert await answers(door, request(EVENT, f"Content-Length: {len(EVENT)}")) == [400]
    assert await answers(door, request(EVENT, "X-Folded: a", " b: c")) != [200]
    assert len(await door.rows()) == 1


@on_sqlite
async def test_an_event_that_is_being_stored_is_answered_before_the_server_stops(
    units: Units, slack: Playground
) -> None:
    is_storing, may_go_on = asyncio.Event(), asyncio.Event()

    class Slow(Intake):
        async def take(self, body: dict[str, object], raw: str) -> None:
            is_storing.set()
            await may_go_on.wait()
            await super().take(body, raw)

    running = app.Running(Slow(units, Clock(), BOT_USER, items.is_source), units)
    house = House(
        units, Clock(), SlackReader(slack.bot_token, slack.api_url), Settings(http_port=0), BOT_USER, HashEmbedder()
    )
    bolt = build(AsyncWebClient(slack.bot_token, base_url=slack.api_url), app.doors_of(house))
    with app._listening(house.settings) as port:
        async with app._served(HttpDoor(running, bolt, SECRET), port, running):
            door = Door(units, aiohttp.ClientSession(), port.getsockname()[1])
            asked = asyncio.create_task(answers(door, request(EVENT)))
            await is_storing.wait()
            asyncio.get_running_loop().call_later(0.2, may_go_on.set)
        assert await asked == [200]
        assert len(await door.rows()) == 1
        await door._client.close()
