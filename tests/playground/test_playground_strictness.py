"""What Slack refuses, the playground refuses; what a good app does not do, it notes."""

import time
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from kbot.playground.driver import Driver
from kbot.playground.local import ResponseUrl
from kbot.playground.manifest import DEFAULT
from kbot.playground.server import Playground
from tests.playground.tiny_app import Body, actions, button, modal, plain, section, text_field

pytestmark = pytest.mark.filterwarnings("ignore:The top-level `text` argument")  # it is left out on purpose


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(SlackApiError) as error:
        call()
    return str(error.value.response["error"])


def codes(slack: Driver) -> list[str]:
    return [violation.code for violation in slack.violations]


def options(count: int) -> list[Body]:
    return [{"text": plain(f"o{n}"), "value": str(n)} for n in range(count)]


def menu(**more: Any) -> Body:
    return {"type": "static_select", "action_id": "m", "options": options(2), **more}


WITHIN: dict[str, list[Body]] = {
    "50 blocks": [section("x")] * 50,
    "a section of 3000": [section("x" * 3000)],
    "10 fields of 2000 would be too much in all, 6 are not": [
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2000}] * 6}
    ],
    "a header of 150": [{"type": "header", "text": plain("x" * 150)}],
    "a button of 75 and a value of 2000": [actions(button("a", "x" * 75, "v" * 2000))],
    "25 buttons": [actions(*(button(f"a{n}", "x") for n in range(25)))],
    "10 in context": [{"type": "context", "elements": [plain("x")] * 10}],
    "an overflow of 5": [actions({"type": "overflow", "action_id": "o", "options": options(5)})],
    "100 options": [actions(menu(options=options(100)))],
    "an initial option": [actions(menu(initial_option=options(2)[1]))],
    "markdown of 12000": [{"type": "markdown", "text": "x" * 12_000}],
    "13,200 characters": [section("x" * 2640)] * 5,
    "feedback": [
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "f",
                    "positive_button": {"text": plain("Good"), "value": "1"},
                    "negative_button": {"text": plain("Bad"), "value": "0"},
                }
            ],
        }
    ],
    "rich text": [
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_quote", "elements": [{"type": "text", "text": "<!channel> *x*"}]},
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
                },
            ],
        }
    ],
    "a table": [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 20] * 2}],
    "no blocks": [],
}

BEYOND: dict[str, list[Body]] = {
    "51 blocks": [section("x")] * 51,
    "an unknown block": [{"type": "bogus"}],
    "a block without type": [{"text": plain("x")}],
    "an unknown field": [section("x") | {"colour": "red"}],
    "a section of 3001": [section("x" * 3001)],
    "an empty section": [section("")],
    "a section of nothing": [{"type": "section"}],
    "11 fields": [{"type": "section", "fields": [plain("x")] * 11}],
    "a field of 2001": [{"type": "section", "fields": [plain("x" * 2001)]}],
    "a header of 151": [{"type": "header", "text": plain("x" * 151)}],
    "a header in mrkdwn": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "11 in context": [{"type": "context", "elements": [plain("x")] * 11}],
    "a button in context": [{"type": "context", "elements": [button("a", "x")]}],
    "26 buttons": [actions(*(button(f"a{n}", "x") for n in range(26)))],
    "no buttons": [actions()],
    "a button of 76": [actions(button("a", "x" * 76))],
    "a button in mrkdwn": [actions(button("a", "x") | {"text": {"type": "mrkdwn", "text": "x"}})],
    "a value of 2001": [actions(button("a", "x", "v" * 2001))],
    "an empty value": [actions(button("a", "x", ""))],
    "an action_id of 256": [actions(button("a" * 256, "x"))],
    "the same action_id twice": [actions(button("a", "x"), button("a", "y"))],
    "a style that is none": [actions(button("a", "x") | {"style": "default"})],
    "a url with a space": [actions(button("a", "x") | {"url": "https://a b"})],
    "the same block_id twice": [section("x") | {"block_id": "b"}, section("y") | {"block_id": "b"}],
    "a block_id of 256": [section("x") | {"block_id": "b" * 256}],
    "an overflow of 6": [actions({"type": "overflow", "action_id": "o", "options": options(6)})],
    "101 options": [actions(menu(options=options(101)))],
    "no options": [actions({"type": "static_select", "action_id": "m"})],
    "an option of 76": [actions(menu(options=[{"text": plain("x" * 76), "value": "1"}]))],
    "an option without value": [actions(menu(options=[{"text": plain("x")}]))],
    "the same option value twice": [actions(menu(options=options(1) * 2))],
    "an initial option that is none": [actions(menu(initial_option={"text": plain("other"), "value": "0"}))],
    "a placeholder of 151": [actions(menu(placeholder=plain("x" * 151)))],
    "11 checkboxes": [actions({"type": "checkboxes", "action_id": "c", "options": options(11)})],
    "a multi-select among actions": [actions(menu(type="multi_static_select"))],
    "an image without alt text": [{"type": "image", "image_url": "https://a.example/x.png"}],
    "markdown of 12001 in two": [
        {"type": "markdown", "text": "x" * 6000},
        {"type": "markdown", "text": "x" * 6001},
    ],
    "two tables": [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}] * 2,
    "rich text of nothing known": [{"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}],
    "an alert, which belongs into modals": [{"type": "alert", "text": plain("x")}],
    "a confirmation without a way back": [
        actions(button("a", "x") | {"confirm": {"title": plain("x"), "text": plain("x"), "confirm": plain("x")}})
    ],
}


@pytest.mark.parametrize("blocks", WITHIN.values(), ids=WITHIN)
def test_blocks_within_the_limits_are_taken(slack: Driver, web: WebClient, blocks: list[Body]) -> None:
    said = web.chat_postMessage(channel="C0PLATFORM", text="x", blocks=blocks)
    assert len(said["message"].get("blocks", [])) == len(blocks)
    assert codes(slack) == []


@pytest.mark.parametrize("blocks", BEYOND.values(), ids=BEYOND)
def test_blocks_beyond_the_limits_are_refused(slack: Driver, web: WebClient, blocks: list[Body]) -> None:
    before = len(slack.ana.sees("platform"))
    assert refused(lambda: web.chat_postMessage(channel="C0PLATFORM", text="x", blocks=blocks)) == ("invalid_blocks")
    assert codes(slack) == ["invalid_blocks"]
    assert "json-pointer:/blocks" in slack.violations[0].detail
    assert len(slack.ana.sees("platform")) == before


def test_too_much_in_all_blocks_is_refused(slack: Driver, web: WebClient) -> None:
    blocks = [section("x" * 2641)] * 5
    error = refused(lambda: web.chat_postMessage(channel="C0PLATFORM", text="x", blocks=blocks))
    assert error == "msg_blocks_too_long"


VIEWS: dict[str, Body] = {
    "a title of 25": modal("x" * 25, section("x")),
    "an input without submit": modal("x", text_field("a", "A"), submit=None),
    "101 blocks": modal("x", *[section("x")] * 101),
    "private metadata of 3001": modal("x", section("x"), private_metadata="x" * 3001),
    "a callback_id of 256": modal("x", section("x"), callback_id="x" * 256),
    "markdown, which belongs into messages": modal("x", {"type": "markdown", "text": "x"}),
    "an initial value longer than allowed": modal("x", text_field("a", "A", max_length=3, initial_value="abcd")),
    "a max_length of 3001": modal("x", text_field("a", "A", max_length=3001)),
    "a label of 2001": modal("x", text_field("a", "x" * 2001)),
    "two fields with the focus": modal(
        "x", text_field("a", "A", focus_on_load=True), text_field("b", "B", focus_on_load=True)
    ),
    "an unknown field": modal("x", section("x"), colour="red"),
    "no title": {"type": "modal", "blocks": [section("x")]},
    "no blocks": modal("x"),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_views_beyond_the_limits_are_refused(slack: Driver, web: WebClient, playground: Playground, view: Body) -> None:
    trigger = playground.slack.new_trigger("U0BEN")
    given = {key: value for key, value in view.items() if value is not None}
    assert refused(lambda: web.views_open(trigger_id=trigger, view=given)) == "invalid_arguments"
    assert codes(slack) == ["invalid_blocks"]
    assert slack.ben.modal is None


def test_a_home_tab_has_no_title(slack: Driver, web: WebClient) -> None:
    view = {"type": "home", "title": plain("x"), "blocks": [section("x")]}
    assert refused(lambda: web.views_publish(user_id="U0BEN", view=view)) == "invalid_arguments"
    assert slack.ben.home.text == ""


def test_validating_answers_what_is_wrong_and_notes_nothing(slack: Driver, web: WebClient) -> None:
    assert web.api_call("blocks.validate", json={"blocks": [section("x")]})["ok"]
    assert web.api_call("blocks.validate", json={"view": modal("x", section("x"))})["ok"]
    with pytest.raises(SlackApiError) as error:
        web.api_call("blocks.validate", json={"message": {"blocks": [section("")]}})
    assert error.value.response["error"] == "invalid_message"
    assert error.value.response["errors"] == [
        {
            "code": "failed_constraint",
            "message": "must be at least 1 characters",
            "pointer": "/blocks/0/text/text",
            "field": "text",
        }
    ]
    assert codes(slack) == []


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("no_fallback_text", {"blocks": [section("x")]}),
        ("broadcast_mention", {"text": "listen <!channel>"}),
        ("broadcast_mention", {"text": "listen <!here|here>"}),
        ("broadcast_mention", {"text": "x", "blocks": [section("<!everyone> listen")]}),
        ("broadcast_mention", {"text": "x", "blocks": [{"type": "markdown", "text": "<!subteam^S1>"}]}),
        ("link_names", {"text": "@channel", "link_names": True}),
        ("link_names", {"text": "@channel", "parse": "full"}),
        ("message_truncated", {"text": "x" * 40_001}),
        ("reply_to_a_reply", {"text": "x", "thread_ts": "reply"}),
    ],
)
def test_what_slack_takes_but_a_good_app_does_not_do_is_noted(
    slack: Driver, web: WebClient, code: str, message: Body
) -> None:
    if message.get("thread_ts"):
        reply = slack.ben.replies(slack.ana.says("root", "platform"), "reply")
        message = message | {"thread_ts": reply.ts}
    assert web.chat_postMessage(channel="C0PLATFORM", **message)["ok"]
    assert codes(slack) == [code]


def test_words_that_only_look_like_a_broadcast_are_fine(slack: Driver, web: WebClient) -> None:
    quote = {"type": "rich_text_quote", "elements": [{"type": "text", "text": "<!channel>"}]}
    blocks: list[Body] = [{"type": "rich_text", "elements": [quote]}, {"type": "header", "text": plain("<!channel>")}]
    web.chat_postMessage(channel="C0PLATFORM", text="&lt;!channel&gt;", blocks=blocks)
    assert codes(slack) == []


def test_a_message_of_nothing_is_refused(web: WebClient) -> None:
    assert refused(lambda: web.chat_postMessage(channel="C0PLATFORM", text="")) == "no_text"


@pytest.mark.parametrize(
    ("error", "call"),
    [
        ("unknown_method", lambda web: web.api_call("chat.postMessages")),
        ("invalid_arguments", lambda web: web.api_call("chat.postMessage", json={"text": "x"})),
        ("invalid_arguments", lambda web: web.api_call("users.info", json={"user": "U0BEN"})),
        ("missing_scope", lambda web: web.conversations_join(channel="C0SUPPORT")),
        ("invalid_cursor", lambda web: web.users_list(cursor="nonsense")),
        ("invalid_limit", lambda web: web.users_list(limit=1001)),
        ("invalid_types", lambda web: web.conversations_list(types="public")),
        ("invalid_trigger_id", lambda web: web.views_open(trigger_id="1", view=modal("x", section("x")))),
        ("not_allowed_token_type", lambda web: web.apps_connections_open(app_token=web.token)),
    ],
)
def test_mistakes_of_the_app_are_answered_and_noted(
    slack: Driver, web: WebClient, error: str, call: Callable[[WebClient], object]
) -> None:
    assert refused(lambda: call(web)) == error
    assert codes(slack) == [error]


def test_an_emoji_that_nobody_has_is_refused(slack: Driver, web: WebClient) -> None:
    post = slack.ana.says("x", "platform")

    def react() -> object:
        return web.reactions_add(channel="C0PLATFORM", timestamp=post.ts, name="harbor")

    assert refused(react) == "invalid_name"
    slack.add_emoji("harbor")
    react()
    assert refused(react) == "already_reacted"
    assert codes(slack) == ["invalid_name"]


@pytest.mark.parametrize(
    ("error", "call"),
    [
        ("channel_not_found", lambda web: web.chat_postMessage(channel="C0NOWHERE", text="x")),
        ("not_in_channel", lambda web: web.chat_postMessage(channel="C0SUPPORT", text="x")),
        ("not_in_channel", lambda web: web.conversations_history(channel="C0SUPPORT")),
        ("message_not_found", lambda web: web.chat_update(channel="C0PLATFORM", ts="1.000001", text="x")),
        ("thread_not_found", lambda web: web.chat_postMessage(channel="C0PLATFORM", text="x", thread_ts="1.1")),
        ("thread_not_found", lambda web: web.conversations_replies(channel="C0PLATFORM", ts="1.1")),
        ("user_not_in_channel", lambda web: web.chat_postEphemeral(channel="C0PLATFORM", user="U0DOV", text="x")),
        ("user_not_found", lambda web: web.users_info(user="U0NOBODY")),
        ("cannot_dm_bot", lambda web: web.conversations_open(users=["U0OTHERBOT"])),
        ("not_found", lambda web: web.views_update(view_id="V0", view=modal("x", section("x")))),
    ],
)
def test_refusals_that_the_world_causes_are_no_violations(
    slack: Driver, web: WebClient, error: str, call: Callable[[WebClient], object]
) -> None:
    assert refused(lambda: call(web)) == error
    assert codes(slack) == []


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-other", "invalid_auth")])
def test_wrong_tokens_are_refused(playground: Playground, token: str, error: str) -> None:
    web = WebClient(token=token, base_url=playground.api_url)
    assert refused(web.auth_test) == error


def test_a_call_without_its_scope_is_refused() -> None:
    manifest = deepcopy(dict(DEFAULT))
    manifest["oauth_config"]["scopes"]["bot"].remove("groups:read")
    with Playground(manifest=manifest, retry_delays=()) as playground:
        web = WebClient(token=playground.bot_token, base_url=playground.api_url)
        assert web.conversations_info(channel="C0PLATFORM")["ok"]
        assert refused(lambda: web.conversations_info(channel="G0ONCALL")) == "missing_scope"
        assert [v.code for v in playground.violations] == ["missing_scope"]


def test_a_private_channel_without_the_bot_does_not_exist_for_it(slack: Driver, web: WebClient) -> None:
    slack.remove("kbot", "oncall")
    for method in ("info", "members", "history"):
        call = partial(web.api_call, f"conversations.{method}", params={"channel": "G0ONCALL"})
        assert refused(call) == "channel_not_found"
    listed = web.conversations_list(types="public_channel,private_channel")["channels"]
    assert "G0ONCALL" not in {channel["id"] for channel in listed}


def test_an_archived_channel_takes_nothing(slack: Driver, web: WebClient) -> None:
    slack.archive("platform")
    assert refused(lambda: web.chat_postMessage(channel="C0PLATFORM", text="x")) == "is_archived"


def test_a_deactivated_person_gets_nothing(slack: Driver, web: WebClient) -> None:
    opened = web.conversations_open(users=["U0DOV"])["channel"]["id"]
    slack.deactivate(slack.dov)
    assert refused(lambda: web.conversations_open(users=["U0DOV"])) == "user_disabled"
    assert refused(lambda: web.chat_postMessage(channel=opened, text="x")) == "user_disabled"


def test_messages_of_others_are_not_the_bots_to_change(slack: Driver, web: WebClient) -> None:
    post = slack.ana.says("mine", "platform")
    assert refused(lambda: web.chat_update(channel="C0PLATFORM", ts=post.ts, text="x")) == "cant_update_message"
    assert refused(lambda: web.chat_delete(channel="C0PLATFORM", ts=post.ts)) == "cant_delete_message"


def test_a_trigger_opens_one_view_within_three_seconds(slack: Driver, web: WebClient, playground: Playground) -> None:
    view = modal("A form", text_field("a", "A"))
    trigger = playground.slack.new_trigger("U0BEN")
    web.views_open(trigger_id=trigger, view=view)
    assert refused(lambda: web.views_open(trigger_id=trigger, view=view)) == "exchanged_trigger_id"
    late = playground.slack.new_trigger("U0BEN")
    playground.slack.triggers[late].made -= 3.1
    assert refused(lambda: web.views_open(trigger_id=late, view=view)) == "expired_trigger_id"
    assert codes(slack) == ["exchanged_trigger_id", "expired_trigger_id"]


def test_a_view_is_updated_only_with_the_hash_that_was_seen_last(
    slack: Driver, web: WebClient, playground: Playground
) -> None:
    trigger = playground.slack.new_trigger("U0BEN")
    view = web.views_open(trigger_id=trigger, view=modal("One", text_field("a", "A")))["view"]
    form = slack.ben.modal
    assert form is not None
    web.views_update(view_id=view["id"], hash=view["hash"], view=modal("Two", text_field("a", "A")))
    assert form.title == "Two"
    again = modal("Three", text_field("a", "A"))
    assert refused(lambda: web.views_update(view_id=view["id"], hash=view["hash"], view=again)) == ("hash_conflict")
    assert form.title == "Two"


def test_three_views_lie_on_each_other_and_no_more(slack: Driver, web: WebClient, playground: Playground) -> None:
    ticket = playground.slack.new_trigger
    first = web.views_open(trigger_id=ticket("U0BEN"), view=modal("1", section("x")))["view"]["id"]
    for title in "23":
        web.views_push(trigger_id=ticket("U0BEN", first), view=modal(title, section("x")))
    fourth = ticket("U0BEN", first)
    assert refused(lambda: web.views_push(trigger_id=fourth, view=modal("4", section("x")))) == ("push_limit_reached")
    assert slack.ben.modal is not None
    assert slack.ben.modal.title == "3"


def test_a_response_url_is_used_five_times(slack: Driver, playground: Playground) -> None:
    url = playground.slack.new_response_url(ResponseUrl("U0BEN", "C0PLATFORM", time.monotonic()))
    hook = WebhookClient(url)
    assert [hook.send(text=f"{n}").status_code for n in range(6)] == [200, 200, 200, 200, 200, 404]
    assert len(slack.ben.ephemerals("platform")) == 5
    assert codes(slack) == ["used_url"]


def test_a_response_url_is_used_for_half_an_hour(slack: Driver, playground: Playground) -> None:
    url = playground.slack.new_response_url(ResponseUrl("U0BEN", "C0PLATFORM", time.monotonic() - 1801))
    assert WebhookClient(url).send(text="x").body == "expired_url"
    assert codes(slack) == ["expired_url"]
