"""Of everything that is said in a channel, what is stored: an edit costs one look, a deletion is never dropped."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbot.slack.firehose import Judged, Worth, judge
from kbot.slack.incoming import Malformed

ME = "U0KBOT"
STORE, DROP = Judged(Worth.STORE), Judged(Worth.DROP)
EDITED = {"ts": "1.2", "text": "new", "edited": {"user": "U1", "ts": "1.5"}}


def message(**parts: Any) -> dict[str, Any]:
    return {"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "ts": "1.2", **parts}


def dm(**parts: Any) -> dict[str, Any]:
    return message(channel="D1", channel_type="im", **parts)


def changed(new: dict[str, Any], old: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C1",
        "message": new,
        "previous_message": old or {"ts": "1.2", "text": "old"},
    }


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        # What people say among themselves
        (message(text="hello"), DROP),
        (message(text="a reply", thread_ts="1.1"), DROP),
        (message(subtype="channel_join"), DROP),
        (message(subtype="bot_message", bot_id="B1"), DROP),
        # What they say to kbot alone
        (dm(text="how do we?"), STORE),
        (dm(text="how do we?", thread_ts="1.1"), STORE),
        (dm(text="", subtype="file_share"), STORE),
        (message(channel="D1", channel_type=None), STORE),
        (dm(subtype="channel_join"), DROP),
        (dm(bot_id="B1"), DROP),
        (dm() | {"user": ME}, DROP),
        (dm() | {"user": None}, DROP),
        # What they look at
        ({"type": "app_context_changed", "user": "U1", "channel": "D1", "context": {}}, DROP),
        # Deletions
        ({"type": "message", "subtype": "message_deleted", "channel": "C1", "deleted_ts": "1.2"}, STORE),
        (changed({"ts": "1.2", "subtype": "tombstone"}), STORE),
        # Edits
        (changed(EDITED), Judged(Worth.IF_SOURCE, "C1", "1.2")),
        (changed(EDITED, {"ts": "1.2", "edited": {"ts": "1.4"}}), Judged(Worth.IF_SOURCE, "C1", "1.2")),
        (changed(EDITED, EDITED | {"attachments": []}), DROP),  # a link was unfurled
        (changed({"ts": "1.2", "reply_count": 3}), DROP),  # somebody replied
        # All other events
        ({"type": "app_mention", "user": "U1"}, STORE),
        ({"type": "reaction_added", "user": "U1"}, STORE),
        ({"type": "reaction_added", "user": ME}, DROP),
        ({"type": "reaction_removed", "user": ME}, DROP),
        ({"type": "member_joined_channel", "user": ME}, STORE),
        ({"type": "something_new"}, STORE),
    ],
)
def test_what_is_worth_storing(event: dict[str, Any], expected: Judged) -> None:
    assert judge(event, ME) == expected


@pytest.mark.parametrize(
    "event",
    [
        changed("gone"),  # type: ignore[arg-type]
        changed(EDITED | {"edited": "yes"}),
        changed(EDITED | {"ts": None}),
        changed(EDITED | {"ts": 1.2}),
        changed(EDITED) | {"channel": "x" * 300},
        changed(EDITED) | {"channel": None},
    ],
)
def test_an_edit_that_slack_never_sends(event: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        judge(event, ME)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["channel", "channel_type", "subtype", "message", "previous_message", "user", "bot_id", "ts", "edited"]
)
SUBTYPES = st.sampled_from(["message_changed", "message_deleted", "bot_message", "file_share"])


@given(st.dictionaries(NAMES, JSON | SUBTYPES, max_size=9), JSON | st.dictionaries(NAMES, JSON))
def test_anything_is_judged_or_called_malformed(parts: dict[str, Any], inner: Any) -> None:
    try:
        judged = judge({**parts, "type": "message", "message": inner}, ME)
    except Malformed:
        return
    assert judged.worth is not Worth.IF_SOURCE or (judged.channel and judged.ts)


@given(st.dictionaries(NAMES, JSON))
def test_a_deletion_is_never_dropped(parts: dict[str, Any]) -> None:
    event = {**parts, "type": "message", "subtype": "message_deleted"}
    with contextlib.suppress(Malformed):  # then it is kept as a dead row
        assert judge(event, ME) == STORE


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("How do we restart the importer", True),
        ("the importer hangs, any ideas?", True),
        ("(any ideas?)", True),
        ("*Who knows?*", True),
        ("Is it down", True),
        ("howdy all", False),
        ("The importer hangs.", False),
        ("really?", False),
        ("?", False),
        ("", False),
        ("<@U0KBOT> how do we restart?", False),
        ("why " + "x" * 1000, False),
        (None, False),
        (["why", "not"], False),
    ],
)
def test_only_questions_among_people_and_only_where_kbot_suggests(text: object, asks: bool) -> None:
    event = message(text=text)
    assert judge(event, ME) == DROP
    assert judge(event, ME, {"C2"}) == DROP
    assert judge(event, ME, {"C1"}) == (STORE if asks else DROP)
    for other in ({"thread_ts": "1.1"}, {"bot_id": "B1"}, {"user": ME}, {"subtype": "channel_topic"}):
        assert judge(event | other, ME, {"C1"}) == DROP


@pytest.mark.parametrize("piece", ["?", " ?", ") ", "how "])
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    judge(message(text=piece * 200_000), ME, {"C1"})
