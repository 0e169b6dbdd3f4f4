"""What the fault tests share: a Slack that tries again as long as a restart takes, and a kbot that can be killed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kbot.playground.driver import Driver
from kbot.playground.server import Playground
from kbot.slack.manifest import manifest
from kbot.storage.address import Address
from tests.faults.mortal import Mortal
from tests.journeys.bot import by_command, free_port
from tests.journeys.conftest import database_url, how, nursery
from tests.journeys.days import MONDAY
from tests.journeys.nursery import Nursery
from tests.journeys.ways import How

__all__ = ["database_url", "how", "nursery"]  # fixtures

RETRY_DELAYS = (0.0, 1.0, 3.0)
"""Seconds before Slack's three retries: long enough that a restart catches one of them."""

SHORT_LEASES = {
    "KBOT_LEASE_SECONDS": "3",
    "KBOT_RECONCILE_SECONDS": "2",
    "KBOT_TICK_SECONDS": "0.3",
    "KBOT_HTTP_PORT": "0",
}
"""Work of a dead process is taken over after seconds instead of minutes."""


@pytest.fixture
def playground(how: How, tmp_path: Path) -> Iterator[Playground]:
    url = f"http://127.0.0.1:{free_port()}" if how.http else None
    made = Playground(
        clock_file=tmp_path / "clock",
        app_url=f"{url}/slack/events" if url else None,
        manifest=manifest(url),
        retry_delays=RETRY_DELAYS,
    )
    made.slack.clock.move((MONDAY - made.slack.clock.now()).total_seconds() + 3600)
    with made:
        yield made


@pytest.fixture
def bot(how: How, playground: Playground, database_url: str, tmp_path: Path, nursery: Nursery) -> Iterator[Mortal]:
    """kbot, not started yet. Its log is shown when the test fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KBOT_", "SLACK_"))}
    environment |= SHORT_LEASES | playground.environment()
    environment |= {"KBOT_DATABASE_URL": database_url, "KBOT_EMBEDDER": "hashed"}
    if playground.app_url is not None:
        environment["KBOT_HTTP_PORT"] = playground.app_url.split(":")[2].split("/")[0]
    made = Mortal(
        tmp_path,
        environment,
        Driver(playground),
        Address.parse(database_url),
        by_command if how.by_command else nursery.start,
    )
    try:
        yield made
    finally:
        made.kill()
        print(f"--- the last of what Slack saw\n{Driver(playground).last(40)}\n--- kbot's log\n{made.log[-20_000:]}")


@pytest.fixture
def slack(playground: Playground) -> Driver:
    return Driver(playground)
