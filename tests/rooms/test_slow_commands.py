"""A command that takes longer than Slack waits is acknowledged with a word, which another one always follows."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from kbot.act import BadInput
from kbot.slack import bolt
from kbot.slack.bolt import LOOKING, OPENED, Doors
from kbot.slack.incoming import Answer, Command, Reply


class Slack:
    """The end of `response_url`: what was said there."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.url = ""

    async def respond(self, request: web.Request) -> web.Response:
        self.said.put_nowait((await request.json())["text"])
        return web.Response(text="ok")


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    slack = Slack()
    app = web.Application()
    app.router.add_post("/respond", slack.respond)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}/respond"
    yield slack
    await runner.cleanup()


async def open_a_modal() -> Answer:
    return None


async def answer_late() -> Answer:
    return Reply("Here is what I know.")


async def refuse_late() -> Answer:
    raise BadInput("That is no date.")


async def stumble() -> Answer:
    raise RuntimeError("a fault")


@pytest.mark.parametrize(
    ("answering", "said"),
    [
        (open_a_modal, OPENED),
        (answer_late, "Here is what I know."),
        (refuse_late, "That is no date."),
        (stumble, "That did not work"),
    ],
)
async def test_still_looking_always_ends(
    slack: Slack, monkeypatch: pytest.MonkeyPatch, answering: Callable[[], Awaitable[Answer]], said: str
) -> None:
    monkeypatch.setattr(bolt, "ACK_AFTER_SECONDS", 0)
    acknowledged = asyncio.Event()

    async def slow(_: Command) -> Answer:
        await acknowledged.wait()
        return await answering()

    app = bolt.build(AsyncWebClient("xoxb-1"), Doors(presses={}, submissions={}, shortcuts={}, command=slow))
    body = {"command": "/kb", "team_id": "T1", "user_id": "U1", "channel_id": "C1", "response_url": slack.url}
    response = await bolt.dispatch(app, body)
    assert LOOKING in response.body
    acknowledged.set()
    async with asyncio.timeout(10):
        assert (await slack.said.get()).startswith(said)
