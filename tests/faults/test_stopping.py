"""SIGTERM ends kbot cleanly and in time, and the health pages tell what is going on."""

import contextlib
import http.client
import itertools
import threading
from collections.abc import Iterator

import pytest

from kbot.playground.driver import Driver
from kbot.post.looking_inside import What
from tests.faults.accounts import account, let_it_settle
from tests.faults.mortal import Mortal
from tests.faults.stream import Stream
from tests.journeys.bot import START_SECONDS, free_port
from tests.journeys.steps import QUESTION
from tests.journeys.ways import by_http, in_both_modes

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


@by_http
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
    said = [health.ask("/readyz")]
    while bot.is_running():
        said.append(health.ask("/readyz"))
    assert bot.ended() == 0
    in_turn = [status for status, _ in itertools.groupby(said)]
    # Before the signal has arrived it may still be ready, and at the end nobody answers.
    assert [status for status in in_turn if status is not None][-1:] == [503], in_turn
    assert in_turn in ([200, 503], [200, 503, None], [503], [503, None])
    assert len(slack.ana.inbox) == 1  # what was on its way has arrived
    assert bot.statuses(What.OUTBOX, "capture.notice") == ["sent"]


@pytest.mark.slow
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
def test_it_ends_while_slack_does_not_answer(slack: Driver, bot: Mortal, health: Health) -> None:
    """A letter is on its way, an event waits for what it has asked, and not even the end of the socket is answered."""
    slack.fault("chat.postMessage", "hang", times=-1, seconds=60)
    slack.ben.reacts(slack.ana.says(QUESTION, "platform"), "bulb")
    slack.wait(lambda: slack.calls("chat.postMessage"), what="a letter on its way")
    slack.fault("conversations.*", "hang", times=-1, seconds=60)
    asked = len(slack.calls("conversations.info"))
    slack.ben.reacts(slack.ana.says(QUESTION, "platform"), "bulb")
    slack.wait(lambda: len(slack.calls("conversations.info")) > asked, what="an event at work")
    with frozen(slack):
        bot.ask_to_stop()
        assert bot.ended() == 0
    assert bot.statuses(What.INBOX, "reaction_added") == ["done", "new"]
    assert bot.statuses(What.OUTBOX, "capture.notice") == ["sending"]


def test_it_ends_before_it_has_come_to_slack(slack: Driver, bot: Mortal) -> None:
    slack.fault("apps.connections.open", "hang", times=-1, seconds=60)
    bot.launch()
    slack.wait(lambda: slack.calls("apps.connections.open"), what="kbot to ask for a socket", seconds=START_SECONDS)
    bot.ask_to_stop()
    assert bot.ended() == 0


@contextlib.contextmanager
def frozen(slack: Driver) -> Iterator[None]:
    """Slack takes every connection and answers nothing."""
    thaw = threading.Event()
    freezing = threading.Thread(target=slack.playground.call, args=(thaw.wait,))
    freezing.start()
    try:
        yield
    finally:
        thaw.set()
        freezing.join()
