"""A playground alone, and one with a tiny app in both of Slack's ways to be reached."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_sdk import WebClient

from kbot.playground.driver import Driver
from kbot.playground.server import Playground
from tests.playground.tiny_app import TinyApp


@pytest.fixture
def playground(tmp_path: Path) -> Iterator[Playground]:
    """Without an app: what is sent nobody receives, and no retry is waited for."""
    with Playground(clock_file=tmp_path / "clock", retry_delays=()) as playground:
        yield playground


@pytest.fixture
def slack(playground: Playground) -> Driver:
    return Driver(playground)


@pytest.fixture
def web(playground: Playground) -> WebClient:
    """The bot's own calls."""
    return WebClient(token=playground.bot_token, base_url=playground.api_url, retry_handlers=[])


@pytest.fixture(params=["socket", "http"])
def app(request: pytest.FixtureRequest) -> Iterator[TinyApp]:
    """A tiny app, connected."""
    listening = None
    url = None
    if request.param == "http":
        listening = socket.create_server(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/slack/events"
    with Playground(app_url=url) as playground, TinyApp(playground, listening) as app:
        Driver(playground).connected()
        yield app


@pytest.fixture
def team(app: TinyApp) -> Driver:
    """The people of the playground that the tiny app is connected to."""
    return Driver(app.playground)
