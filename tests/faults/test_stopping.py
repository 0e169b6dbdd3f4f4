"""SIGTERM ends kbot cleanly and in time, and the health pages tell what is going on."""

import http.client

import pytest

from kbot.playground.driver import Driver
from kbot.post.looking_inside import What
from tests.faults.accounts import account, let_it_settle
from tests.faults.mortal import Mortal, free_port
from tests.faults.stream import Stream
from tests.journeys.steps import QUESTION
from tests.journeys.ways import in_both_modes

AT_WORK = 10
"""Letters that have left when kbot is told to stop in the middle of its work."""


class Health:
    """The health pages of a kbot on this port."""

    def __init__(self, port: int) -> None:
        self._port = port

    def ask(self, page: str) -> int | None:
        """The status; None when nobody listens."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            connection.request("GET", page)
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()


@pytest.fixture
def health(slack: Driver, bot: Mortal) -> Health:
    """kbot, running, and its health pages."""
    url = slack.playground.app_url
    port = int(url.split(":")[2].split("/")[0]) if url else free_port()
    bot.start(KBOT_HTTP_PORT=str(port))
    health = Health(port)
    slack.wait(lambda: health.ask("/healthz") == 200, what="/healthz")
    return health


@in_both_modes
def test_it_is_healthy_and_ready_until_it_is_stopped(slack: Driver, bot: Mortal, health: Health) -> None:
    assert health.ask("/healthz") == 200
    slack.wait(lambda: health.ask("/readyz") == 200, what="/readyz")
    bot.stop()
    assert health.ask("/healthz") is None


@in_both_modes
def test_it_is_not_ready_while_it_drains(slack: Driver, bot: Mortal, health: Health) -> None:
    slow = slack.ana.says(QUESTION, "platform")
    slack.fault("chat.postMessage", "delay", seconds=2)
    slack.ben.reacts(slow, "bulb")
    slack.wait(lambda: slack.calls("chat.postMessage"), what="a letter on its way")
    bot.ask_to_stop()
    said = set()
    while bot.is_running():
        said.add(health.ask("/readyz"))
    assert bot.ended() == 0
    assert said <= {200, 503, None}  # 200: the signal had not arrived yet
    assert said & {503, None}
    assert len(slack.ana.inbox) == 1  # what was on its way has arrived
    assert bot.statuses(What.OUTBOX, "capture.notice") == ["sent"]


@in_both_modes
def test_it_ends_in_the_middle_of_work_and_goes_on_where_it_was(slack: Driver, bot: Mortal, health: Health) -> None:
    stream = Stream(slack, seed=20261121, acts_a_second=40)
    with stream.flowing():
        slack.wait(lambda: len(slack.calls("chat.postMessage")) > AT_WORK, what="kbot to be at work")
        bot.stop()
    slack.no_more_faults()
    bot.start()
    let_it_settle(slack, bot)
    found = account(slack, bot)
    assert found.is_good(), "\n".join([*found.lost, *found.doubled, *found.wrong])
    assert found.flags


@in_both_modes
def test_it_ends_while_slack_is_away(slack: Driver, bot: Mortal, health: Health) -> None:
    slack.fault("chat.*", "hang", times=-1, seconds=60)
    slack.ben.reacts(slack.ana.says(QUESTION, "platform"), "bulb")
    slack.wait(lambda: slack.calls("chat.postMessage"), what="a letter on its way")
    bot.stop()
