"""A person and a tiny app through the real wire, by Socket Mode and by signed HTTP."""

import pytest
from slack_sdk import WebClient

from kbot.playground.driver import Driver
from kbot.playground.forgery import Forgery
from kbot.playground.people import NotPossible
from kbot.playground.seen import NotThere
from tests.playground.tiny_app import TinyApp, actions, button, section


def test_a_mention_is_answered_in_the_thread(team: Driver) -> None:
    asked = team.ben.mentions("how do I restart the importer?", "platform")
    answer = team.wait(lambda: team.ben.thread(asked), what="an answer")[0]
    assert answer.text == "Hello @ben\n[Open form]"
    assert answer.notification == "Hello"
    assert answer.buttons == ["Open form", "Less like this"]
    assert team.violations == []


def test_one_mention_is_two_events_and_the_bots_answer_a_third(app: TinyApp, team: Driver) -> None:
    asked = team.ben.mentions("hi", "platform")
    team.settle()
    assert [e["ts"] for e in app.events("app_mention")] == [asked.ts]
    sent = [d.body["event"] for d in team.deliveries("message")]
    assert [e.get("bot_id") for e in sent] == [None, "B0KBOT"]
    assert [e["ts"] for e in app.events("message")] == [asked.ts], "Bolt itself drops the bot's own"


def test_a_flag_gets_a_reaction_and_an_ephemeral_that_only_the_flagger_sees(team: Driver) -> None:
    tip = team.ana.says("Restart it with --resume", "platform")
    team.ben.reacts(tip, "bulb")
    receipt = team.wait(lambda: team.ben.ephemerals("platform"), what="the receipt")[0]
    now = team.ben.look(tip)
    assert now is not None
    assert now.reactions == {"bulb": ["U0BEN"], "eyes": ["U0KBOT"]}
    assert team.ana.ephemerals("platform") == []
    assert receipt.press("Undo")
    team.wait(lambda: receipt.text == "Undone", what="the receipt to change")
    assert receipt.buttons == []
    assert team.violations == []


def test_an_ephemeral_press_carries_no_message(app: TinyApp, team: Driver) -> None:
    tip = team.ana.says("A tip", "platform")
    team.ben.reacts(tip, "bulb")
    team.wait(lambda: team.ben.ephemerals("platform"))[0].press("Undo")
    body = app.bodies("block_actions")[0]
    assert "message" not in body
    assert body["container"]["is_ephemeral"] is True
    assert body["user"]["id"] == "U0BEN"


def test_a_form_is_filled_in_refused_and_kept(app: TinyApp, team: Driver) -> None:
    tip = team.ana.says("A tip", "platform")
    assert team.ben.shortcut("save_as_knowledge", tip)
    form = team.wait(lambda: team.ben.modal, what="the form")
    assert form.title == "A form"
    assert form.fields == {"Title": None, "Kind": None}
    assert form.choices("Kind") == ["Practice", "Pointer"]
    assert form.submit() == {"Title": "Please complete this required field."}
    assert form.fill("Title", "x" * 51).submit() == {"Title": "Please enter no more than 50 characters."}
    assert app.bodies("view_submission") == [], "what Slack refuses itself, the app never sees"
    assert form.fill("Title", "wrong").select("Kind", "Pointer").submit() == {"Title": "Not this one."}
    assert form.errors == {"Title": "Not this one."}
    assert form.live
    assert form.fill("Title", "Restart it").submit() == {}
    assert not form.live
    team.wait(lambda: [m.text for m in team.ben.inbox] == ["Kept: Restart it"], what="the message")
    values = app.bodies("view_submission")[-1]["view"]["state"]["values"]
    assert values["title"]["typed"] == {"type": "plain_text_input", "value": "Restart it"}
    assert values["kind"]["typed"]["selected_option"]["value"] == "pointer"
    assert team.violations == []


def test_a_pushed_form_lies_on_top_and_the_first_is_there_below(team: Driver) -> None:
    team.ben.global_shortcut("add_knowledge")
    first = team.wait(lambda: team.ben.modal)
    assert first.submit({"Title": "next"}) == {}
    second = team.ben.modal
    assert second is not None
    assert (second.title, first.live) == ("Another", True)
    second.close()
    assert team.ben.modal is not None
    assert team.ben.modal.id == first.id


def test_closing_a_form_tells_the_app_when_it_asked_for_it(app: TinyApp, team: Driver) -> None:
    team.ben.global_shortcut("add_knowledge")
    team.wait(lambda: team.ben.modal).close()
    assert [b["view"]["callback_id"] for b in app.bodies("view_closed")] == ["form"]
    assert team.ben.modal is None


def test_errors_for_a_field_that_is_not_there_are_noted(team: Driver) -> None:
    team.ben.global_shortcut("add_knowledge")
    form = team.wait(lambda: team.ben.modal)
    form.submit({"Title": "bad key"})
    assert [v.code for v in team.violations] == ["bad_errors_key"]
    assert team.ben.notices == ["We had some trouble connecting. Try again?"]


def test_a_command_arrives_with_names_as_ids(app: TinyApp, team: Driver) -> None:
    assert team.ben.command("/kb ask @ana about #platform & <b>", "platform")
    answer = team.wait(lambda: team.ben.ephemerals("platform"))[0]
    assert answer.text == "You said: ask @ana about #platform & <b>"
    sent = next(body for body, _ in app.received if body.get("command"))
    assert sent["text"] == "ask <@U0ANA|ana> about <#C0PLATFORM|platform> &amp; &lt;b&gt;"
    assert (sent["channel_name"], sent["user_id"]) == ("platform", "U0BEN")


def test_a_command_nobody_knows_is_not_sent(team: Driver) -> None:
    with pytest.raises(NotPossible, match="/other is not a valid command"):
        team.ben.command("/other hello", "platform")


def test_an_overflow_entry_is_pressed_like_a_button(app: TinyApp, team: Driver) -> None:
    asked = team.ben.mentions("hi", "platform")
    answer = team.wait(lambda: team.ben.thread(asked))[0]
    answer.press("Less like this")
    team.wait(lambda: team.ben.ephemerals("platform"), what="the answer to the press")
    body = app.bodies("block_actions")[0]
    assert body["actions"][0]["selected_option"]["value"] == "less"
    assert body["message"]["ts"] == answer.ts
    assert body["container"] == {
        "type": "message",
        "message_ts": answer.ts,
        "channel_id": "C0PLATFORM",
        "is_ephemeral": False,
        "thread_ts": asked.ts,
    }


def test_the_home_tab_is_published_and_its_button_opens_a_form(team: Driver) -> None:
    assert team.ben.home.text == ""
    team.ben.opens_home()
    team.wait(lambda: "Your log" in team.ben.home.text, what="the Home tab")
    team.ben.home.press("Open form")
    assert team.wait(lambda: team.ben.modal).title == "A form"
    assert team.ana.home.text == ""


def test_pressing_what_is_not_there_says_what_is(team: Driver) -> None:
    asked = team.ben.mentions("hi", "platform")
    answer = team.wait(lambda: team.ben.thread(asked))[0]
    with pytest.raises(NotThere, match="Open form"):
        answer.press("Nowhere")


def test_buttons_with_one_label_are_told_apart_by_their_row(app: TinyApp, team: Driver) -> None:
    rows = [
        block
        for name in ("first", "second")
        for block in (section(f"The {name} item"), actions(button("more", "Verify", name)))
    ]
    web = WebClient(token=app.playground.bot_token, base_url=app.playground.api_url)
    web.chat_postMessage(channel="U0CLEO", text="Your week", blocks=rows)
    assert team.cleo.inbox[0].press("Verify", near="second item")
    assert app.bodies("block_actions")[0]["actions"][0]["value"] == "second"
    with pytest.raises(NotThere):
        team.cleo.inbox[0].press("Verify", near="third item")


def test_two_presses_at_once_are_two_deliveries(app: TinyApp, team: Driver) -> None:
    asked = team.ben.mentions("hi", "platform")
    answer = team.wait(lambda: team.ben.thread(asked))[0]
    pressed = team.at_once(lambda: answer.press("Less like this"), lambda: answer.press("Less like this"))
    assert pressed == [True, True]
    assert len({b["trigger_id"] for b in app.bodies("block_actions")}) == 2


def test_waiting_in_vain_names_what_was_missing_and_shows_the_log(team: Driver) -> None:
    team.ana.says("hello", "platform")
    team.settle()
    with pytest.raises(AssertionError, match=r"(?s)in vain for a miracle.*message") as failure:
        team.wait(lambda: False, seconds=0.1, what="a miracle")
    assert "to_app" in str(failure.value)


@pytest.mark.parametrize("app", ["http"], indirect=True)
@pytest.mark.parametrize("kind", Forgery)
def test_a_forged_request_is_refused_by_bolt(app: TinyApp, team: Driver, kind: Forgery) -> None:
    assert team.forge(kind) == 401
    assert app.events("reaction_added") == []


@pytest.mark.parametrize("app", ["socket"], indirect=True)
def test_there_is_nothing_to_forge_in_socket_mode(team: Driver) -> None:
    with pytest.raises(ValueError, match="HTTP mode"):
        team.forge("stale")
