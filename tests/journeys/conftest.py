"""A journey: the local Slack in this process, the real bot in another one, and people's time between them.

Every journey begins on a Monday at 14:00 UTC, so that no test depends on the day on which it runs: Ana in Lisbon has
14:00, Ben in New York 9:00, Cleo in Berlin 15:00, Dov in Tokyo 23:00. At its end Slack must have accepted everything
and kbot must have logged no error.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kbot.playground.driver import Driver
from kbot.playground.server import Playground
from kbot.slack.manifest import manifest
from kbot.storage.address import Address
from tests.conftest import postgresql_database
from tests.journeys.bot import Bot, by_command, free_port
from tests.journeys.days import MONDAY, Days
from tests.journeys.nursery import Nursery
from tests.journeys.ways import How

QUICK = {
    "KBOT_RECONCILE_SECONDS": "0.5",
    "KBOT_LEASE_SECONDS": "10",
    "KBOT_HTTP_PORT": "0",
}
"""A doubt is found out after half a second instead of a minute."""

TICKING = {"KBOT_TICK_SECONDS": "1"}
"""Where people's time passes: what has come of it is looked at when it moves, and what follows from that soon after."""


@pytest.fixture
def how(request: pytest.FixtureRequest) -> How:
    """How kbot is connected and where it keeps things; see ways.py."""
    given = getattr(request, "param", How())
    assert isinstance(given, How)
    return given


@pytest.fixture
def database_url(how: How, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database without a row."""
    if how.postgresql:
        server, template = request.getfixturevalue("postgresql"), request.getfixturevalue("template")
        with postgresql_database(server, template) as url:
            yield url
    else:
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "kbot.db")
        yield f"sqlite:///{tmp_path / 'kbot.db'}"


@pytest.fixture
def playground(how: How, tmp_path: Path) -> Iterator[Playground]:
    port = free_port() if how.http else 0
    url = f"http://127.0.0.1:{port}" if how.http else None
    made = Playground(
        clock_file=tmp_path / "clock",
        app_url=f"{url}/slack/events" if url else None,
        manifest=manifest(url),
    )
    made.slack.clock.move((MONDAY - made.slack.clock.now()).total_seconds())
    with made:
        yield made


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@pytest.fixture
def bot(
    how: How,
    playground: Playground,
    database_url: str,
    tmp_path: Path,
    nursery: Nursery,
    request: pytest.FixtureRequest,
) -> Iterator[Bot]:
    """kbot, running. Its log is shown when the test fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KBOT_", "SLACK_"))}
    environment |= QUICK | playground.environment()
    if "days" in request.fixturenames:
        environment |= TICKING
    environment["KBOT_DATABASE_URL"] = database_url
    if playground.app_url is not None:
        environment["KBOT_HTTP_PORT"] = playground.app_url.split(":")[2].split("/")[0]
    if how.by_command or how.with_model:
        environment |= {"KBOT_EMBEDDER": "minilm", "KBOT_MODEL_FOLDER": str(request.getfixturevalue("model_folder"))}
    else:
        environment["KBOT_EMBEDDER"] = "hashed"
    environment |= how.settings
    slack = Driver(playground)
    address = Address.parse(database_url)
    bot = Bot(tmp_path, environment, slack, address, by_command if how.by_command else nursery.start)
    bot.start()
    try:
        yield bot
    finally:
        bot.kill()
        print(f"--- the last of what Slack saw\n{slack.last(60)}\n--- kbot's log\n{bot.log}")
    assert bot.troubles() == []
    for secret in (playground.bot_token, playground.app_token, playground.signing_secret):
        assert secret not in bot.log


@pytest.fixture
def slack(playground: Playground, bot: Bot) -> Iterator[Driver]:
    """The people of the invented team, with kbot at work among them."""
    driver = Driver(playground)
    yield driver
    assert driver.violations == []


@pytest.fixture
def days(slack: Driver) -> Days:
    """People's time."""
    return Days(slack)
