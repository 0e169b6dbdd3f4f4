"""Trouble in the Web API, as the app's own HTTP client meets it."""

import time
import urllib.error

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from kbot.playground.driver import Driver
from kbot.playground.faults import ON_ITS_WAY_SECONDS


def post(web: WebClient) -> object:
    return web.chat_postMessage(channel="C0PLATFORM", text="hello")


def posted(slack: Driver) -> int:
    return sum(seen.text == "hello" for seen in slack.ana.sees("platform"))


@pytest.mark.parametrize(("trouble", "done"), [("drop_before", 0), ("drop_after", 1), ("hang", 0)])
def test_a_cut_connection_leaves_a_doubt(slack: Driver, web: WebClient, trouble: str, done: int) -> None:
    slack.fault("chat.postMessage", trouble, seconds=0.1)
    with pytest.raises((urllib.error.URLError, ConnectionError, OSError)):
        post(web)
    assert posted(slack) == done
    call = slack.calls("chat.postMessage")[0]
    assert call.ok is (trouble == "drop_after")
    post(web)
    assert posted(slack) == done + 1, "the fault struck once"
    assert slack.violations == []


def test_a_rate_limit_says_how_long_and_holds_that_long(slack: Driver, web: WebClient) -> None:
    slack.fault("chat.postMessage", "429", retry_after=60)
    for expected in (60, 60):
        with pytest.raises(SlackApiError) as error:
            post(web)
        assert error.value.response.status_code == 429
        assert int(error.value.response.headers["Retry-After"]) <= expected
        assert error.value.response["error"] == "ratelimited"
        time.sleep(2 * ON_ITS_WAY_SECONDS)
    assert posted(slack) == 0
    assert [note.code for note in slack.notes("retry_after_ignored")] == ["retry_after_ignored"]
    assert web.auth_test()["ok"], "other methods are not limited"
    slack.no_more_faults()
    post(web)
    assert posted(slack) == 1


@pytest.mark.parametrize("status", ["500", "503"])
def test_a_server_error_does_nothing(slack: Driver, web: WebClient, status: str) -> None:
    slack.fault("chat.*", status)
    with pytest.raises(SlackApiError) as error:
        post(web)
    assert error.value.response.status_code == int(status)
    assert posted(slack) == 0


def test_a_refusal_on_demand(slack: Driver, web: WebClient) -> None:
    slack.fault("chat.postMessage", "refused", error="fatal_error")
    with pytest.raises(SlackApiError, match="fatal_error"):
        post(web)
    assert posted(slack) == 0
    assert slack.violations == []


def test_a_delayed_call_is_done_late_and_settling_waits_for_it(slack: Driver, web: WebClient) -> None:
    slack.fault("chat.postMessage", "delay", seconds=0.5)
    slack.at_once(lambda: post(web), lambda: slack.wait(lambda: slack.playground.slack.calls_running))
    slack.settle()
    assert posted(slack) == 1


def test_pages_are_small_on_demand_and_all_of_them_are_everything(slack: Driver, web: WebClient) -> None:
    whole = web.conversations_members(channel="C0GENERAL")["members"]
    assert len(whole) == 7
    slack.page_cap = 2
    found: list[str] = []
    pages = 0
    for page in web.conversations_members(channel="C0GENERAL", limit=100):
        found += page["members"]
        pages += 1
    assert (found, pages) == (whole, 4)
    users = [u["id"] for page in web.users_list() for u in page["members"]]
    assert len(users) == 8
    channels = [c["id"] for page in web.conversations_list() for c in page["channels"]]
    assert channels == ["C0GENERAL", "C0PLATFORM", "C0SUPPORT", "C0SHARED"]
    for n in range(3):
        slack.ana.says(f"{n}", "platform")
    texts = [m["text"] for page in web.conversations_history(channel="C0PLATFORM") for m in page["messages"]]
    assert texts[:3] == ["2", "1", "0"]
    assert len(texts) == 5
