"""Every event the playground sends, held against types that Slack itself published (slack-events)."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from pydantic import ValidationError
from slack_events.payloads import EventCallbackEnvelope
from slack_events.validation import get_adapter, payload_type_for
from slack_sdk import WebClient

from kbot.playground.driver import Driver
from kbot.playground.manifest import DEFAULT
from kbot.playground.seed import harbor
from kbot.playground.server import Playground
from kbot.playground.world import Person as Somebody

Event = dict[str, Any]

OMITTED = {
    ("reaction_added", "item_user"),  # absent for posts without a human or bot user
    ("reaction_removed", "item_user"),
    ("channel_join", "inviter"),  # absent when somebody joins on their own
    ("thread_broadcast", "client_msg_id"),  # absent when a bot posts
    *(("user_change", gone) for gone in ("color", "real_name", "tz", "tz_label", "tz_offset", "locale")),
    *(("user_change", f"is_{role}") for role in ("admin", "owner", "primary_owner", "email_confirmed")),
    *(("user_change", f"is_{role}restricted") for role in ("", "ultra_")),
    ("user_change", "who_can_share_contact_card"),  # as the lines above: absent for deactivated people
}
"""Fields that the types call required and that real deliveries leave out."""

INNER = ("message", "previous_message", "root")
"""Messages within events; in reality without the channel and the event_ts that their types require."""


def complaints(event: Event) -> list[str]:
    """What is wrong with an event by its type; unlike slack_events.validate_payload, missing fields count."""
    name = str(event.get("subtype") or event["type"])
    kind = payload_type_for(event["type"], event.get("subtype"))
    assert kind is not None, f"no such event: {name}"
    found = []
    if event["type"] == "message":
        around = {"channel": "C0", "channel_type": "channel", "event_ts": "1.0"}
        inside = {key: event[key] for key in INNER if key in event and name != "tombstone"}
        for key, message in inside.items():
            if message.get("subtype") != "tombstone":
                found += [f"{key}: {c}" for c in complaints(message | around)]
        event = {key: value for key, value in event.items() if key not in inside}
    try:
        get_adapter(kind).validate_python(event)
    except ValidationError as error:
        for e in error.errors():
            field = e["loc"][-1]
            absent = e["type"] == "missing" and ((name, field) in OMITTED or field in INNER)
            if not absent:
                found.append(f"{name}.{'.'.join(map(str, e['loc']))}: {e['msg']}")
    return found


def sent(slack: Driver, kind: str | None = None) -> list[Event]:
    return [deepcopy(d.body["event"]) for d in slack.deliveries(kind) if d.event_id]


def only(slack: Driver, kind: str, subtype: str | None = None) -> Event:
    """The one event of this type and subtype."""
    found = [event for event in sent(slack, kind) if event.get("subtype") == subtype]
    assert len(found) == 1, found
    return found[0]


def everything(slack: Driver, web: WebClient) -> None:
    """Does all that makes events."""
    ana, ben = slack.ana, slack.ben
    post = ana.says("A tip with ```code``` for @ben in #platform https://a.example", "platform")
    ben.replies(post, "thanks")
    ben.replies(post, "everybody should know", broadcast=True)
    ben.reacts(post, "bulb")
    ben.unreacts(post, "bulb")
    ana.edits(post, "A better tip")
    slack.unfurl(post)
    ben.mentions("how?", "platform")
    ben.dms("how?")
    ana.says("here is the plan", "platform", files=("plan.pdf",))
    ana.says("only us", "oncall")
    slack.stranger.says("from outside", "partner-harbor")
    slack.stranger.says("@kbot from outside", "partner-harbor")
    slack.other_bot.says("deployed", "platform")
    hook = slack.webhook_post("platform", "build failed")
    ben.reacts(hook, "bulb")
    gone = ana.says("never mind", "platform")
    ana.deletes(gone)
    ana.deletes(post)
    slack.invite("kbot", "support")
    slack.dov.joins("platform")
    slack.leave(slack.dov, "platform")
    slack.rename("platform", "plumbing")
    slack.archive("plumbing")
    slack.archive("plumbing", archived=False)
    slack.archive("oncall")
    slack.archive("oncall", archived=False)
    slack.rename("oncall", "pager")
    slack.remove("kbot", "support")
    slack.delete_channel("pager")
    slack.remove("kbot", "general")
    slack.make_private("plumbing")
    slack.remove("kbot", "plumbing")
    slack.invite("kbot", "plumbing")
    slack.delete_channel("partner-harbor")
    ben.moves_to("Asia/Tokyo")
    slack.deactivate(slack.guest)
    newcomer = Somebody("U0EVE", "eve", "Eve New", "Support", "Europe/Paris")
    slack.playground.call(lambda: slack.playground.people.hire(newcomer))
    ben.opens_home()
    ben.opens_messages()
    ben.looks_at("support", ben.says("how?", "support"))
    slack.share("plumbing")
    slack.unshare("plumbing")
    said = web.chat_postMessage(channel="C0PLATFORM", text="from the bot")
    web.chat_update(channel="C0PLATFORM", ts=str(said["ts"]), text="changed by the bot")
    web.chat_delete(channel="C0PLATFORM", ts=str(said["ts"]))
    slack.uninstall()


def test_everything_that_is_sent_is_a_valid_slack_event(slack: Driver, web: WebClient) -> None:
    everything(slack, web)
    events = sent(slack)
    found = [complaint for event in events for complaint in complaints(event)]
    assert found == []
    kinds = {event["type"] for event in events}
    subscribed = {str(name).split(".")[0] for name in DEFAULT["settings"]["event_subscriptions"]["bot_events"]}
    assert kinds == subscribed - {"channel_id_changed"}
    assert {e.get("subtype") for e in events if e["type"] == "message"} == {
        None,
        "thread_broadcast",
        "message_changed",
        "message_deleted",
        "file_share",
        "bot_message",
        "channel_join",
        "channel_leave",
        "channel_name",
    }


def test_the_check_itself_finds_what_is_missing_and_what_is_wrong(slack: Driver) -> None:
    slack.ana.says("hello", "platform")
    event = only(slack, "message")
    assert complaints(event) == []
    assert complaints({k: v for k, v in event.items() if k != "channel_type"}) != []
    assert complaints(event | {"ts": 17}) != []


def test_envelopes_are_valid_and_their_ids_are_unique(slack: Driver, web: WebClient) -> None:
    everything(slack, web)
    bodies = [d.body for d in slack.deliveries() if d.event_id]
    for body in bodies:
        get_adapter(EventCallbackEnvelope).validate_python(body | {"event": sent(slack, "message")[0]})
    assert len({body["event_id"] for body in bodies}) == len(bodies)
    stamps = [body["event"]["event_ts"] for body in bodies if "event_ts" in body["event"]]
    assert len(set(stamps)) >= len(stamps) - 2, "only the two events of a mention share one"


def test_a_mention_is_two_events_with_the_same_ts(slack: Driver) -> None:
    asked = slack.ben.mentions("how?", "platform")
    assert only(slack, "message")["ts"] == only(slack, "app_mention")["ts"] == asked.ts
    assert only(slack, "app_mention")["text"] == "<@U0KBOT> how?"


def test_a_mention_in_a_direct_message_is_one_event(slack: Driver) -> None:
    slack.ben.says("@kbot how?", "dm")
    assert [e["type"] for e in sent(slack)] == ["message"]
    assert only(slack, "message")["channel_type"] == "im"


def test_nothing_is_sent_from_where_the_bot_is_not(slack: Driver) -> None:
    post = slack.ben.says("@kbot are you here?", "support")
    slack.cleo.reacts(post, "bulb")
    slack.ben.edits(post, "apparently not")
    slack.ben.deletes(post)
    assert sent(slack) == []


def test_an_app_hears_what_somebody_looks_at_beside_it_and_nothing_else_of_it(slack: Driver) -> None:
    slack.ben.looks_at("support")
    assert sent(slack) == []
    slack.ben.opens_messages()
    support = {"type": "slack#/types/channel_id", "value": "C0SUPPORT", "team_id": "T0HARBOR"}
    assert only(slack, "app_home_opened")["context"] == {"entities": [support]}
    post = slack.ben.says("hello", "platform")
    slack.ben.looks_at("platform", post)
    slack.ben.looks_at("platform", post)
    changed = only(slack, "app_context_changed")
    assert (changed["user"], changed["channel"]) == ("U0BEN", "D0BEN")
    thread, platform = changed["context"]["entities"]
    assert thread["type"] == "slack#/types/message_context"
    assert thread["value"] == {"message_ts": post.ts, "channel_id": "C0PLATFORM"}
    assert platform["value"] == "C0PLATFORM"
    slack.ben.dms("how?")
    assert sent(slack, "message")[-1]["app_context"] == changed["context"]
    slack.dov.dms("how?")
    assert sent(slack, "message")[-1]["app_context"] == {}
    slack.ben.closes_app()
    slack.ben.looks_at("support")
    assert only(slack, "app_context_changed") == changed


@pytest.mark.parametrize("without", ["the event", "agent_view"])
def test_who_does_not_ask_for_it_hears_nothing_of_what_people_look_at(without: str) -> None:
    manifest = deepcopy(dict(DEFAULT))
    if without == "agent_view":
        del manifest["features"]["agent_view"]
    else:
        manifest["settings"]["event_subscriptions"]["bot_events"].remove("app_context_changed")
    with Playground(manifest=manifest, retry_delays=()) as playground:
        slack = Driver(playground)
        slack.ben.opens_messages()
        slack.ben.looks_at("support")
        slack.ben.dms("how?")
        assert [e["type"] for e in sent(slack)] == ["app_home_opened", "message"]
        assert not any("context" in e or "app_context" in e for e in sent(slack))


def test_a_shared_channel_brings_people_of_another_organization_in_and_out(slack: Driver, web: WebClient) -> None:
    def sam() -> Event:
        return dict(web.users_info(user="U0STRANGE")["user"])

    slack.delete_channel("partner-harbor")
    assert (sam()["team_id"], sam()["is_stranger"]) == ("T0OTHER", True)
    slack.share("platform")
    assert (sam()["team_id"], sam()["is_stranger"]) == ("T0OTHER", False), "known by now, but of another organization"
    assert only(slack, "channel_shared")["connected_team_id"] == "T0OTHER"
    info = web.conversations_info(channel="C0PLATFORM")["channel"]
    assert (info["is_ext_shared"], info["shared_team_ids"]) == (True, ["T0HARBOR", "T0OTHER"])
    assert "U0STRANGE" in web.conversations_members(channel="C0PLATFORM")["members"]
    assert only(slack, "member_joined_channel")["team"] == "T0OTHER"
    slack.unshare("platform")
    gone = only(slack, "channel_unshared")
    assert (gone["previously_connected_team_id"], gone["is_ext_shared"]) == ("T0OTHER", False)
    assert "U0STRANGE" not in web.conversations_members(channel="C0PLATFORM")["members"]


@pytest.mark.parametrize("missing", ["subscription", "scope"])
def test_nothing_is_sent_that_is_not_subscribed_to_or_that_no_scope_covers(missing: str) -> None:
    manifest = deepcopy(dict(DEFAULT))
    if missing == "subscription":
        manifest["settings"]["event_subscriptions"]["bot_events"].remove("reaction_added")
    else:
        manifest["oauth_config"]["scopes"]["bot"].remove("reactions:read")
    with Playground(manifest=manifest, retry_delays=()) as playground:
        slack = Driver(playground)
        slack.ben.reacts(slack.ana.says("a tip", "platform"), "bulb")
        assert [e["type"] for e in sent(slack)] == ["message"]


def test_an_edit_says_so_and_an_unfurl_does_not(slack: Driver) -> None:
    post = slack.ana.says("see https://a.example", "platform")
    slack.unfurl(post)
    unfurled = only(slack, "message", "message_changed")
    assert "edited" not in unfurled["message"]
    assert unfurled["message"]["text"] == unfurled["previous_message"]["text"]
    assert "user" not in unfurled
    slack.ana.edits(post, "changed")
    edited = sent(slack, "message")[-1]
    assert edited["message"]["edited"]["user"] == "U0ANA"
    assert (edited["previous_message"]["text"], edited["message"]["text"]) == (
        "see <https://a.example>",
        "changed",
    )


def test_a_deleted_parent_becomes_a_tombstone_and_a_deleted_reply_is_gone(slack: Driver, web: WebClient) -> None:
    root = slack.ana.says("root", "platform")
    reply = slack.ben.replies(root, "reply")
    slack.ana.deletes(root)
    tombstone = only(slack, "message", "message_changed")
    assert tombstone["message"]["subtype"] == "tombstone"
    assert tombstone["previous_message"]["text"] == "root"
    slack.ben.deletes(reply)
    assert only(slack, "message", "message_deleted")["deleted_ts"] == reply.ts
    found = web.conversations_history(channel="C0PLATFORM", latest=root.ts, inclusive=True, limit=1)
    assert found["messages"][0]["ts"] != root.ts


def test_reactions_to_posts_without_a_human_have_no_item_user(slack: Driver) -> None:
    hook = slack.webhook_post("platform", "build failed")
    slack.ben.reacts(hook, "bulb")
    slack.ben.reacts(slack.ana.says("a tip", "platform"), "bulb::skin-tone-3")
    of_hook, of_ana = sent(slack, "reaction_added")
    assert "item_user" not in of_hook
    assert of_ana["item_user"] == "U0ANA"
    assert of_ana["reaction"] == "bulb::skin-tone-3"


def test_the_bot_hears_that_it_came_and_that_it_went(slack: Driver) -> None:
    slack.invite("kbot", "support", by=slack.cleo)
    joined = only(slack, "member_joined_channel")
    assert (joined["user"], joined["channel"], joined["inviter"]) == ("U0KBOT", "C0SUPPORT", "U0CLEO")
    slack.remove("kbot", "support", by=slack.cleo)
    assert only(slack, "channel_left")["actor_id"] == "U0CLEO"
    slack.ben.says("gone?", "support")
    assert not [e for e in sent(slack, "message") if e["text"] == "gone?"]


def test_a_channel_made_private_tells_nobody(slack: Driver, web: WebClient) -> None:
    slack.make_private("platform")
    assert sent(slack) == []
    assert web.conversations_info(channel="C0PLATFORM")["channel"]["is_private"] is True


def test_messages_of_strangers_name_their_organization(slack: Driver) -> None:
    slack.stranger.says("hello", "partner-harbor")
    event = only(slack, "message")
    assert (event["team"], event["user_team"]) == ("T0OTHER", "T0OTHER")
    assert slack.deliveries("message")[0].body["is_ext_shared_channel"] is True


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("@ana and #platform", "<@U0ANA> and <#C0PLATFORM>"),
        ("@here @nobody a@ana.example", "<!here> @nobody a@ana.example"),
        ("see https://a.example/x?y=1&z=2.", "see <https://a.example/x?y=1&amp;z=2>."),
        ("<https://a.example>", "&lt;<https://a.example>&gt;"),
        ("`@ana` and ```@here https://a.example```", "`@ana` and ```@here https://a.example```"),
    ],
)
def test_what_people_type_is_escaped_and_referenced(slack: Driver, typed: str, kept: str) -> None:
    slack.ben.says(typed, "platform")
    assert only(slack, "message")["text"] == kept


def test_raw_text_is_taken_as_it_is(slack: Driver) -> None:
    slack.ben.says("<!channel> & <http://x|y>", "platform", raw=True)
    assert only(slack, "message")["text"] == "<!channel> & <http://x|y>"


def test_every_stranger_and_guest_sees_only_their_own_channels(slack: Driver) -> None:
    look: Callable[[str], set[str]] = lambda who: {  # noqa: E731 - one line is clearer here
        c["name"] for c in slack.playground.screen.state(slack.person(who).record, True)["channels"]
    }
    assert look("gus") == {"general", "kbot"}
    assert look("sam") == {"partner-harbor"}
    assert look("dov") == {"general", "platform", "support", "partner-harbor", "kbot"}
    assert slack.dov.sees("oncall") == []
    assert harbor().channels["G0ONCALL"].members == ["U0ANA", "U0BEN", "U0KBOT"]


def test_a_persons_new_time_zone_is_told_and_a_deactivated_person_has_none(slack: Driver) -> None:
    slack.ben.moves_to("Asia/Tokyo")
    slack.deactivate(slack.dov)
    moved, gone = [event["user"] for event in sent(slack, "user_change")]
    assert (moved["tz"], moved["tz_offset"], moved["deleted"]) == ("Asia/Tokyo", 9 * 3600, False)
    assert gone["deleted"] is True
    assert "tz" not in gone


def test_somebody_new_is_told_and_a_status_is_a_change(slack: Driver) -> None:
    eve = Somebody("U0EVE", "eve", "Eve New", "Support", "Europe/Paris")
    slack.playground.call(lambda: slack.playground.people.hire(eve))
    assert only(slack, "team_join")["user"]["id"] == "U0EVE"
    slack.ben.says_status("Vacationing", ":palm_tree:", 1_900_000_000)
    profile = only(slack, "user_change")["user"]["profile"]
    assert (profile["status_text"], profile["status_emoji"]) == ("Vacationing", ":palm_tree:")
    assert profile["status_expiration"] == 1_900_000_000
