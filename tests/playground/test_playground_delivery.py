"""Acknowledgements, retries and the faults on the way to the app, by Socket Mode and by HTTP."""

import asyncio

import pytest
from slack_bolt import BoltResponse

from kbot.playground.delivery import Courier
from kbot.playground.driver import Driver
from kbot.playground.faults import Faults
from kbot.playground.journal import Journal
from tests.playground.tiny_app import TinyApp

SOCKET = pytest.mark.parametrize("app", ["socket"], indirect=True)
HTTP = pytest.mark.parametrize("app", ["http"], indirect=True)


def received(app: TinyApp, kind: str) -> list[tuple[str, str]]:
    """(event_id, number of the retry) of each arrival; Socket Mode numbers the first attempt too."""
    return [
        (body["event_id"], next(iter(retry.get("x-slack-retry-num", [])), "0"))
        for body, retry in app.received
        if body.get("event", {}).get("type") == kind
    ]


def flag(team: Driver) -> str:
    """Ben flags a tip of Ana's; returns the event_id."""
    team.ben.reacts(team.ana.says("a tip", "platform"), "+1")
    return str(team.deliveries("reaction_added")[-1].event_id)


def test_an_event_arrives_once_and_is_acknowledged(app: TinyApp, team: Driver) -> None:
    event_id = flag(team)
    team.settle()
    assert received(app, "reaction_added") == [(event_id, "0")]
    assert [a.result for a in team.deliveries("reaction_added")[0].attempts] == ["acked"]
    assert team.violations == []


def test_an_event_that_was_not_acknowledged_is_sent_again_three_times(app: TinyApp, team: Driver) -> None:
    app.refuse = True
    app.playground.transport.ack_seconds = 0.3  # in Socket Mode a refusal is no acknowledgement at all
    event_id = flag(team)
    team.settle()
    assert received(app, "reaction_added") == [(event_id, number) for number in "0123"]
    assert {note.where for note in team.notes("event_lost")} == {"message", "reaction_added"}
    assert {v.code for v in team.violations} == {"not_acknowledged"}


@HTTP
def test_an_app_may_ask_for_no_more_retries(app: TinyApp, team: Driver) -> None:
    @app.bolt.middleware
    async def no_retry(next: object) -> BoltResponse:  # noqa: A002 - Bolt's name
        return BoltResponse(status=500, headers={"x-slack-no-retry": "1"})

    flag(team)
    team.settle()
    assert [len(d.attempts) for d in team.deliveries("reaction_added")] == [1]


def test_a_missed_event_arrives_by_its_retry_alone(app: TinyApp, team: Driver) -> None:
    team.fault("event:reaction_added", "miss")
    event_id = flag(team)
    team.settle()
    assert received(app, "reaction_added") == [(event_id, "1")]
    assert team.violations == []


def test_a_lost_event_never_arrives(app: TinyApp, team: Driver) -> None:
    team.fault("event:reaction_added", "lost")
    flag(team)
    team.settle()
    assert received(app, "reaction_added") == []
    assert [note.where for note in team.notes("event_lost")] == ["reaction_added"]
    assert team.violations == []


def test_a_duplicated_event_arrives_twice_with_one_id(app: TinyApp, team: Driver) -> None:
    team.fault("event:reaction_added", "duplicate")
    event_id = flag(team)
    team.settle()
    assert received(app, "reaction_added") == [(event_id, "0")] * 2


def test_a_redelivered_event_keeps_its_id(app: TinyApp, team: Driver) -> None:
    event_id = flag(team)
    team.settle()
    team.redeliver("reaction_added", times=3)
    team.settle()
    assert sorted(received(app, "reaction_added")) == [(event_id, number) for number in "0123"]


def test_a_reordered_event_is_overtaken(app: TinyApp, team: Driver) -> None:
    tip = team.ana.says("a tip", "platform")
    team.settle()
    team.fault("event:reaction_added", "reorder", seconds=0.5)
    team.ben.reacts(tip, "+1")
    team.ben.unreacts(tip, "+1")
    team.settle()
    kinds = [b["event"]["type"] for b, _ in app.received if "reaction" in b.get("event", {}).get("type", "")]
    assert kinds == ["reaction_removed", "reaction_added"]


def test_a_fault_strikes_as_often_as_it_was_told(app: TinyApp, team: Driver) -> None:
    team.fault("event:reaction_*", "lost", times=2)
    for _ in range(3):
        flag(team)
    team.settle()
    assert len(received(app, "reaction_added")) == 1
    team.fault("event:*", "lost", times=-1)
    for _ in range(3):
        flag(team)
    team.no_more_faults()
    flag(team)
    team.settle()
    assert len(received(app, "reaction_added")) == 2


def test_a_late_acknowledgement_is_none(app: TinyApp, team: Driver) -> None:
    assert app.playground.transport.ack_seconds == 3
    app.playground.transport.ack_seconds, app.slow = 0.3, 1.0
    assert not team.ben.command("/kb hello", "platform")
    assert team.ben.notices == ["/kb failed with the error “operation_timeout”."]
    assert [v.code for v in team.violations] == ["not_acknowledged"]


def test_a_press_that_nobody_listens_to_is_noted(app: TinyApp, team: Driver) -> None:
    app.refuse = True
    team.fault("interaction:*", "miss")
    assert not team.ben.global_shortcut("add_knowledge")
    assert team.ben.notices == ["kbot did not answer. Try again?"]
    assert team.violations == [], "it was lost on the way: not the app's fault"


@HTTP
def test_an_event_without_listener_is_a_404_and_is_noted(app: TinyApp, team: Driver) -> None:
    team.make_private("platform")
    team.rename("platform", "plumbing")
    team.settle()
    assert [(v.code, v.where) for v in team.violations] == [("not_acknowledged", "group_rename")] * 4
    assert "404" in team.violations[0].detail


@SOCKET
def test_a_cut_socket_is_noticed_and_the_event_arrives_by_its_retry(app: TinyApp, team: Driver) -> None:
    team.socket_cut()
    assert not app.playground.transport.connected()
    team.connected()
    event_id = flag(team)
    team.settle()
    assert event_id in {found for found, _ in received(app, "reaction_added")}
    assert team.notes("disconnected")
    assert team.violations == []


@SOCKET
def test_an_asked_for_reconnect_loses_nothing(app: TinyApp, team: Driver) -> None:
    team.socket_refresh()
    event_id = flag(team)
    team.wait(lambda: received(app, "reaction_added"), what="the event")
    assert {found for found, _ in received(app, "reaction_added")} == {event_id}


@SOCKET
def test_each_event_goes_to_one_of_two_sockets(app: TinyApp, team: Driver) -> None:
    with TinyApp(app.playground) as second:
        team.wait(lambda: len(app.playground.socket.sockets) == 2, what="the second socket")
        for n in range(4):
            team.ana.says(f"{n}", "platform")
        team.settle()
    texts = [sorted(e["text"] for e in each.events("message")) for each in (app, second)]
    assert sorted(texts) == [["0", "2"], ["1", "3"]]


@HTTP
def test_signatures_are_those_that_bolt_checks(app: TinyApp, team: Driver) -> None:
    async def post() -> int:
        http = app.playground.http
        assert http is not None
        raw = b'{"type":"url_verification","challenge":"c"}'
        status, _ = await http.post(raw, http.signed_headers(raw) | {"Content-Type": "application/json"})
        return status

    assert app.playground.wait_for(post()) == 200


async def test_a_delivery_that_fails_inside_is_noted_and_not_swallowed() -> None:
    class Broken:
        async def send(self, *_: object) -> None:
            raise RuntimeError("broken")

    journal = Journal(lambda: None)
    courier = Courier(Broken(), Faults(), journal, ())  # type: ignore[arg-type]
    courier.send_event({"event": {"type": "message"}, "event_id": "Ev1"})
    await asyncio.gather(*courier.tasks, return_exceptions=True)
    await asyncio.sleep(0)  # for the callback of the task
    assert [note.code for note in journal.notes] == ["playground_error"]
