"""The page's own interface: what a browser is shown, may do, and may not."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from slack_sdk import WebClient

from kbot.playground.driver import Driver
from kbot.playground.server import Playground
from tests.playground.tiny_app import TinyApp

Json = dict[str, Any]


def get(playground: Playground, path: str) -> Json:
    with urllib.request.urlopen(playground.url + path, timeout=10) as response:
        return dict(json.load(response))


def state(playground: Playground, who: str) -> Json:
    return get(playground, f"/play/state?as={who}")


def do(playground: Playground, who: str, deed: str, **given: object) -> Json:
    return post(playground, {"as": who, "do": deed, **given})


def post(playground: Playground, body: object, **headers: str) -> Json:
    headers = {"Content-Type": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
    request = urllib.request.Request(
        playground.url + "/play/do", data=json.dumps(body).encode(), headers=headers, method="POST"
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return dict(json.load(response))


@pytest.mark.parametrize(
    "path",
    ["/", "/page/nothing.js", "/play/state?as=U0BEN", "/play/state?as=nobody", "/play/log", "/nowhere"],
)
def test_every_answer_forbids_inline_script(playground: Playground, path: str) -> None:
    try:
        headers = urllib.request.urlopen(playground.url + path, timeout=10).headers
    except urllib.error.HTTPError as error:
        headers = error.headers
    assert headers["Content-Security-Policy"] == "default-src 'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("name", ["../server.py", "%2e%2e%2fserver.py", "..%5cserver.py", ".hidden"])
def test_only_files_of_the_page_are_served(playground: Playground, name: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"{playground.url}/page/{name}", timeout=10)
    assert error.value.code == 404


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Content_Type": "text/plain"}]
)
def test_another_site_cannot_act(playground: Playground, slack: Driver, headers: dict[str, str]) -> None:
    body = {"as": "U0ANA", "do": "say", "channel": "C0PLATFORM", "text": "forged"}
    with pytest.raises(urllib.error.HTTPError) as error:
        post(playground, body, **headers)
    assert error.value.code == 403
    assert "forged" not in {seen.text for seen in slack.ana.sees("platform")}


def test_another_name_for_this_machine_is_refused(playground: Playground) -> None:
    port = playground.url.rsplit(":", 1)[1]
    with pytest.raises(urllib.error.HTTPError) as error:
        post(playground, {}, Host=f"elsewhere.example:{port}", Origin=f"http://elsewhere.example:{port}")
    assert error.value.code == 403


def test_the_page_itself_can_act(playground: Playground, slack: Driver) -> None:
    body = {"as": "U0ANA", "do": "say", "channel": "C0PLATFORM", "text": "hello"}
    assert post(playground, body, Origin=playground.url) == {"ok": True}
    assert slack.ana.sees("platform")[-1].text == "hello"


def test_everybody_sees_their_own_world(playground: Playground, slack: Driver) -> None:
    slack.ana.says("a secret", "oncall")
    slack.ben.dms("only kbot reads this")

    def names(who: str) -> list[str]:
        return [c["name"] for c in state(playground, who)["channels"]]

    assert names("U0BEN") == ["general", "platform", "support", "oncall", "partner-harbor", "kbot"]
    assert names("U0GUEST") == ["general", "kbot"]
    assert names("U0STRANGE") == ["partner-harbor"]
    dov = json.dumps(state(playground, "U0DOV"))
    assert "a secret" not in dov
    assert "only kbot reads this" not in dov
    assert "only kbot reads this" in json.dumps(state(playground, "U0BEN"))


def test_times_are_shown_in_the_persons_zone_and_on_peoples_clock(playground: Playground, slack: Driver) -> None:
    slack.clock.move_to(slack.ana, weekday="tue", hour=11)
    slack.ana.says("good morning", "platform")
    last = [state(playground, who)["messages"]["C0PLATFORM"][-1]["sent_at"] for who in ("U0ANA", "U0BEN")]
    assert last[0].startswith("Tue ")
    assert last[0].endswith(" 11:00")
    assert last[1].startswith("Tue ")
    assert last[1].endswith((" 06:00", " 07:00"))
    ana = next(p for p in state(playground, "U0ANA")["people"] if p["id"] == "U0ANA")
    assert ana["local_time"].endswith(" 11:00")


def test_a_direct_message_is_listed_before_the_first_word(playground: Playground) -> None:
    dm = state(playground, "U0DOV")["channels"][-1]
    assert (dm["id"], dm["kind"], dm["with"], dm["name"]) == ("D0DOV", "im", "U0KBOT", "kbot")
    assert do(playground, "U0DOV", "say", channel="D0DOV", text="hello")["ok"]
    assert [m["text"] for m in state(playground, "U0DOV")["messages"]["D0DOV"]] == ["hello"]


def test_what_is_not_possible_is_said_in_a_sentence(playground: Playground) -> None:
    refusals: list[tuple[Json, str]] = [
        ({"do": "say", "channel": "G0ONCALL", "text": "x"}, "There is no such conversation, or you cannot see it."),
        ({"do": "say", "channel": "C0PLATFORM", "text": "x"}, "You are not in #platform. Join it first."),
        ({"do": "say", "channel": "C0GENERAL", "text": " "}, "There is nothing to send."),
        ({"do": "command", "channel": "C0GENERAL", "text": "/nope"}, "/nope is not a valid command."),
        ({"do": "close", "view_id": "V1"}, "This dialog is closed."),
        ({"do": "move_time", "seconds": -5}, "Time only moves forward."),
        ({"do": "dance"}, "This request is not complete: 'dance'."),
    ]
    for given, sentence in refusals:
        assert post(playground, {"as": "U0DOV", **given}) == {"ok": False, "error": sentence}


def test_people_edit_react_join_and_leave(playground: Playground, slack: Driver) -> None:
    assert do(playground, "U0DOV", "join", channel="C0PLATFORM")["ok"]
    assert do(playground, "U0DOV", "say", channel="C0PLATFORM", text="first")["ok"]
    ts = slack.dov.sees("platform")[-1].ts
    place = {"channel": "C0PLATFORM", "ts": ts}
    assert do(playground, "U0DOV", "edit", text="second", **place)["ok"]
    assert do(playground, "U0ANA", "react", name="bulb", **place)["ok"]
    assert do(playground, "U0ANA", "react", name="eyes", **place)["ok"]
    assert do(playground, "U0ANA", "unreact", name="eyes", **place)["ok"]
    shown = state(playground, "U0DOV")["messages"]["C0PLATFORM"][-1]
    assert (shown["text"], shown["edited"]) == ("second", True)
    assert shown["reactions"] == [{"name": "bulb", "users": ["U0ANA"]}]
    assert do(playground, "U0DOV", "delete", **place)["ok"]
    assert do(playground, "U0CLEO", "invite", channel="C0SUPPORT", user="U0KBOT")["ok"]
    assert do(playground, "U0CLEO", "remove", channel="C0SUPPORT", user="U0KBOT")["ok"]
    assert do(playground, "U0DOV", "leave", channel="C0PLATFORM")["ok"]
    assert not slack.playground.slack.world.channels["C0PLATFORM"].has("U0DOV")


def test_an_ephemeral_and_a_notice_are_dismissed_by_their_person(playground: Playground, web: WebClient) -> None:
    web.chat_postEphemeral(channel="C0PLATFORM", user="U0BEN", text="psst")
    shown = state(playground, "U0BEN")["messages"]["C0PLATFORM"][-1]
    assert shown["ephemeral"] is True
    do(playground, "U0ANA", "dismiss", key=shown["key"])
    assert state(playground, "U0BEN")["messages"]["C0PLATFORM"][-1]["key"] == shown["key"]
    do(playground, "U0BEN", "dismiss", key=shown["key"])
    assert state(playground, "U0BEN")["messages"]["C0PLATFORM"][-1]["key"] != shown["key"]
    do(playground, "U0BEN", "command", channel="C0PLATFORM", text="/kb help")
    (notice,) = state(playground, "U0BEN")["notices"]
    assert notice["text"] == "/kb failed with the error “dispatch_failed”.", "no app is connected"
    do(playground, "U0BEN", "dismiss_notice", id=notice["id"])
    assert state(playground, "U0BEN")["notices"] == []


def test_the_stream_tells_of_every_change(playground: Playground) -> None:
    stream = urllib.request.urlopen(f"{playground.url}/play/stream?as=U0BEN", timeout=10)
    assert stream.headers["Content-Type"] == "text/event-stream"

    def revision() -> int:
        assert stream.readline() == b"event: changed\n"
        data = json.loads(stream.readline().removeprefix(b"data: "))
        assert stream.readline() == b"\n"
        return int(data["revision"])

    first = revision()
    do(playground, "U0ANA", "say", channel="C0PLATFORM", text="hello")
    assert revision() > first
    stream.close()


def test_the_log_tells_both_directions(playground: Playground, web: WebClient) -> None:
    web.chat_postMessage(channel="C0PLATFORM", text="<!here>")
    entries = get(playground, "/play/log?after=0")["entries"]
    assert [(e["direction"], e["what"]) for e in entries][:2] == [
        ("violation", "broadcast_mention"),
        ("from_app", "chat.postMessage"),
    ]
    assert entries[1]["summary"] == "C0PLATFORM <!here>"
    assert get(playground, f"/play/log?after={entries[-1]['n']}")["entries"] == []


@pytest.mark.parametrize("app", ["socket"], indirect=True)
def test_a_page_goes_through_a_form(app: TinyApp, team: Driver) -> None:
    playground = app.playground
    assert state(playground, "U0BEN")["connected"] is True
    do(playground, "U0BEN", "open_home")
    team.wait(lambda: state(playground, "U0BEN")["home"], what="the Home tab")
    home = state(playground, "U0BEN")["home"]["blocks"][1]
    press = {"home": True, "block_id": home["block_id"], "action_id": "form"}
    assert do(playground, "U0BEN", "click", **press)["ok"]
    (view,) = team.wait(lambda: state(playground, "U0BEN")["views"], what="the form")
    assert view["title"]["text"] == "A form"
    assert state(playground, "U0ANA")["views"] == []
    refused = do(playground, "U0BEN", "submit", view_id=view["id"], values={"title": {"typed": "wrong"}})
    assert refused == {"ok": False, "errors": {"title": "Not this one."}}
    (view,) = state(playground, "U0BEN")["views"]
    assert view["errors"] == {"title": "Not this one."}
    assert view["state"]["values"]["title"]["typed"]["value"] == "wrong"
    values = {"title": {"typed": "right"}, "kind": {"typed": "pointer"}}
    assert do(playground, "U0BEN", "submit", view_id=view["id"], values=values) == {"ok": True}
    assert state(playground, "U0BEN")["views"] == []
    assert team.violations == []
