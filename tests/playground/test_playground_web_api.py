"""The Web API where its meaning is easily got wrong: history and threads, metadata, ephemerals, streams, files."""

import io

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from kbot.playground.driver import Driver
from kbot.playground.seed import IMPORTER_ANSWER, IMPORTER_QUESTION
from tests.playground.tiny_app import Body, actions, button, section

PLATFORM = "C0PLATFORM"


def history(web: WebClient, **more: object) -> list[Body]:
    return list(web.api_call("conversations.history", params={"channel": PLATFORM, **more})["messages"])


def test_history_is_newest_first_and_without_replies(slack: Driver, web: WebClient) -> None:
    root = slack.ana.says("root", "platform")
    slack.ben.replies(root, "reply")
    slack.ben.replies(root, "to everybody", broadcast=True)
    last = slack.ana.says("last", "platform")
    assert [m["text"] for m in history(web)[:3]] == ["last", "to everybody", "root"]
    assert history(web, oldest=root.ts)[0]["ts"] == last.ts
    assert root.ts not in {m["ts"] for m in history(web, oldest=root.ts)}
    assert root.ts in {m["ts"] for m in history(web, oldest=root.ts, inclusive=True)}


def test_history_finds_one_message_by_its_ts_but_no_reply(slack: Driver, web: WebClient) -> None:
    root = slack.ana.says("root", "platform")
    reply = slack.ben.replies(root, "reply")
    found = history(web, latest=root.ts, inclusive=True, limit=1)
    assert [m["ts"] for m in found] == [root.ts]
    nearest = history(web, latest=reply.ts, inclusive=True, limit=1)
    assert [m["ts"] for m in nearest] == [root.ts], "the nearest parent, not the reply"


def test_replies_bring_the_root_first_and_a_reply_alone_by_its_own_ts(slack: Driver, web: WebClient) -> None:
    root = slack.ana.says("root", "platform")
    reply = slack.ben.replies(root, "reply")
    thread = web.conversations_replies(channel=PLATFORM, ts=root.ts)["messages"]
    assert [m["text"] for m in thread] == ["root", "reply"]
    assert (thread[0]["reply_count"], thread[0]["reply_users"], thread[1]["parent_user_id"]) == (
        1,
        ["U0BEN"],
        "U0ANA",
    )
    alone = web.conversations_replies(channel=PLATFORM, ts=reply.ts)["messages"]
    assert [(m["text"], m["thread_ts"]) for m in alone] == [("reply", root.ts)]


def test_the_invented_team_has_talked_before(slack: Driver, web: WebClient) -> None:
    question = next(m for m in history(web) if m["text"] == IMPORTER_QUESTION)
    thread = web.conversations_replies(channel=PLATFORM, ts=question["ts"])["messages"]
    assert [(m["user"], m["text"]) for m in thread] == [
        ("U0BEN", IMPORTER_QUESTION),
        ("U0ANA", IMPORTER_ANSWER),
    ]
    assert slack.deliveries() == [], "nobody is told of the past"
    for channel in ("general", "platform", "support", "oncall", "partner-harbor"):
        seen = slack.ana.sees(channel)
        assert [s.ts for s in seen] == sorted(s.ts for s in seen)
        assert seen
        assert not [s for s in seen if s.sent_at.startswith(("Sat", "Sun"))]


def test_metadata_is_shown_only_to_who_asks_for_all_of_it(web: WebClient) -> None:
    metadata = {"event_type": "kbot_letter", "event_payload": {"key": "k1"}}
    said = web.chat_postMessage(channel=PLATFORM, text="x", metadata=metadata)
    assert "metadata" not in history(web, limit=1)[0]
    assert history(web, limit=1, include_all_metadata=True)[0]["metadata"] == metadata
    replies = web.conversations_replies(channel=PLATFORM, ts=str(said["ts"]), include_all_metadata=True)
    assert replies["messages"][0]["metadata"] == metadata


def test_block_ids_are_kept_and_missing_ones_are_made_up(web: WebClient) -> None:
    web.chat_postMessage(channel=PLATFORM, text="x", blocks=[section("a") | {"block_id": "key:1"}, section("b")])
    blocks = history(web, limit=1)[0]["blocks"]
    assert blocks[0]["block_id"] == "key:1"
    assert blocks[1]["block_id"]


def test_an_update_keeps_the_blocks_unless_it_brings_others(slack: Driver, web: WebClient) -> None:
    said = web.chat_postMessage(channel=PLATFORM, text="x", blocks=[section("first"), actions(button("a", "Go"))])
    ts = str(said["ts"])
    web.chat_update(channel=PLATFORM, ts=ts, text="y")
    seen = slack.ana.sees("platform")[-1]
    assert (seen.notification, seen.buttons) == ("y", ["Go"])
    web.chat_update(channel=PLATFORM, ts=ts, text="z", blocks=[])
    assert (seen.text, seen.buttons, seen.edited) == ("z", [], True)


def test_an_ephemeral_is_seen_by_one_and_found_by_none(slack: Driver, web: WebClient) -> None:
    sent = web.chat_postEphemeral(channel=PLATFORM, user="U0BEN", text="psst")
    assert [s.text for s in slack.ben.ephemerals("platform")] == ["psst"]
    assert slack.ana.ephemerals("platform") == []
    assert "psst" not in {m["text"] for m in history(web)}
    with pytest.raises(SlackApiError, match="message_not_found"):
        web.chat_update(channel=PLATFORM, ts=str(sent["message_ts"]), text="x")


def test_a_person_is_written_to_by_channel_or_by_id(slack: Driver, web: WebClient) -> None:
    opened = web.conversations_open(users=["U0BEN"])["channel"]["id"]
    web.chat_postMessage(channel=opened, text="one")
    web.chat_postMessage(channel="U0BEN", text="two")
    assert [seen.text for seen in slack.ben.inbox] == ["one", "two"]
    assert slack.ana.inbox == []


def test_a_permalink_names_channel_message_and_thread(slack: Driver, web: WebClient) -> None:
    root = slack.ana.says("root", "platform")
    reply = slack.ben.replies(root, "reply")
    link = web.chat_getPermalink(channel=PLATFORM, message_ts=reply.ts)["permalink"]
    plain = reply.ts.replace(".", "")
    assert link == f"https://harbor.slack.com/archives/{PLATFORM}/p{plain}?thread_ts={root.ts}&cid={PLATFORM}"


def test_reactions_come_with_the_message(slack: Driver, web: WebClient) -> None:
    post = slack.ana.says("x", "platform")
    slack.ben.reacts(post, "bulb")
    web.reactions_add(channel=PLATFORM, timestamp=post.ts, name="eyes")
    found = web.reactions_get(channel=PLATFORM, timestamp=post.ts)["message"]["reactions"]
    assert [(r["name"], r["users"], r["count"]) for r in found] == [
        ("bulb", ["U0BEN"], 1),
        ("eyes", ["U0KBOT"], 1),
    ]
    assert history(web, limit=1)[0]["reactions"] == found
    web.reactions_remove(channel=PLATFORM, timestamp=post.ts, name="eyes")
    with pytest.raises(SlackApiError, match="no_reaction"):
        web.reactions_remove(channel=PLATFORM, timestamp=post.ts, name="eyes")
    assert slack.violations == []


def test_an_answer_grows_and_its_status_goes(slack: Driver, web: WebClient) -> None:
    asked = slack.ben.dms("how?")
    web.assistant_threads_setStatus(channel_id=asked.channel, thread_ts=asked.ts, status="is searching ...")
    assert slack.statuses == ["is searching ..."]
    stream = web.chat_stream(channel=asked.channel, thread_ts=asked.ts, buffer_size=1)
    stream.append(markdown_text="**Drain** ")
    assert slack.statuses == []
    (seen,) = slack.ben.thread(asked)
    assert seen.text == "**Drain** "
    stream.append(markdown_text="the queue")
    with pytest.raises(SlackApiError, match="streaming_state_conflict"):
        web.chat_update(channel=asked.channel, ts=seen.ts, text="x")
    stream.stop(blocks=[actions(button("f", "Good"))])
    assert (seen.text, seen.buttons) == ("**Drain** the queue\n[Good]", ["Good"])
    with pytest.raises(SlackApiError, match="message_not_in_streaming_state"):
        web.chat_appendStream(channel=asked.channel, ts=seen.ts, markdown_text="more")
    assert {v.code for v in slack.violations} == {"streaming_state_conflict"}


def test_a_stream_in_a_channel_needs_its_recipient(slack: Driver, web: WebClient) -> None:
    asked = slack.ben.mentions("how?", "platform")
    with pytest.raises(SlackApiError, match="missing_recipient_user_id"):
        web.chat_startStream(channel=PLATFORM, thread_ts=asked.ts)
    started = web.chat_startStream(
        channel=PLATFORM, thread_ts=asked.ts, recipient_user_id="U0BEN", recipient_team_id="T0HARBOR"
    )
    assert started["ok"]


def test_prompts_stand_in_the_messages_tab(slack: Driver, web: WebClient) -> None:
    channel = web.conversations_open(users=["U0BEN"])["channel"]["id"]
    web.assistant_threads_setSuggestedPrompts(
        channel_id=channel, prompts=[{"title": "My log", "message": "What did I try?"}]
    )
    assert slack.ben.prompts == ["My log"]


@pytest.mark.parametrize(
    "prompts",
    [
        [],
        "What did I try?",
        [{"title": "My log"}],
        [{"title": " ", "message": "What did I try?"}],
        [{"title": "My log", "message": ["What did I try?"]}],
        [{"title": "My log", "message": "What did I try?", "value": "log"}],
        [{"title": str(n), "message": "What?"} for n in range(5)],
    ],
)
def test_prompts_that_slack_would_not_take_are_refused(slack: Driver, web: WebClient, prompts: object) -> None:
    channel = web.conversations_open(users=["U0BEN"])["channel"]["id"]
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        web.api_call("assistant.threads.setSuggestedPrompts", json={"channel_id": channel, "prompts": prompts})
    assert slack.ben.prompts == []


def test_prompts_of_a_thread_need_the_thread(slack: Driver, web: WebClient) -> None:
    channel = web.conversations_open(users=["U0BEN"])["channel"]["id"]
    given = [{"title": "My log", "message": "What did I try?"}]
    with pytest.raises(SlackApiError, match="thread_not_found"):
        web.assistant_threads_setSuggestedPrompts(channel_id=channel, thread_ts="1.1", prompts=given)
    with pytest.raises(SlackApiError, match="channel_not_found"):
        web.assistant_threads_setSuggestedPrompts(channel_id=PLATFORM, prompts=given)


def test_a_file_is_uploaded_in_three_steps(slack: Driver, web: WebClient) -> None:
    web.files_upload_v2(
        channel=PLATFORM, filename="funnel.png", file=io.BytesIO(b"picture"), initial_comment="The loop"
    )
    message = history(web, limit=1)[0]
    assert (message["subtype"], message["text"]) == ("file_share", "The loop")
    assert [f["name"] for f in message["files"]] == ["funnel.png"]
    assert slack.violations == []


def test_people_are_described_as_they_are(slack: Driver, web: WebClient) -> None:
    def user(user_id: str) -> Body:
        return dict(web.users_info(user=user_id)["user"])

    assert user("U0ANA")["tz"] == "Europe/Lisbon"
    assert user("U0CLEO")["is_admin"] is True
    assert user("U0GUEST")["is_ultra_restricted"] is True
    assert (user("U0STRANGE")["is_stranger"], user("U0STRANGE")["team_id"]) == (False, "T0OTHER")
    assert user("U0KBOT")["is_bot"] is True
    slack.deactivate(slack.dov)
    assert user("U0DOV")["deleted"] is True
    assert "tz" not in user("U0DOV")


def test_an_uninstalled_app_may_do_nothing(slack: Driver, web: WebClient) -> None:
    slack.uninstall()
    with pytest.raises(SlackApiError, match="account_inactive"):
        web.auth_test()
    assert {d.kind for d in slack.deliveries()} == {"app_uninstalled", "tokens_revoked"}


def test_do_not_disturb_is_told_by_its_next_hours(slack: Driver, web: WebClient) -> None:
    assert web.api_call("dnd.info", params={"user": "U0BEN"})["dnd_enabled"] is False
    slack.ben.is_quiet(1_900_000_000, 1_900_003_600)
    told = web.api_call("dnd.info", params={"user": "U0BEN"})
    assert (told["next_dnd_start_ts"], told["next_dnd_end_ts"]) == (1_900_000_000, 1_900_003_600)
    with pytest.raises(SlackApiError, match="user_not_found"):
        web.api_call("dnd.info", params={"user": "U0NOBODY"})
