"""What arrives is stored before it is acknowledged, or rightly dropped; nothing that arrives raises."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.clock import Clock
from kbot.library import items
from kbot.post.receiver import Intake
from kbot.post.tables import InboxRow
from kbot.storage.units import Units
from tests.examples import examples

ME = "U0KBOT"
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["\x00", "\ud800", "U0BEN", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("subtype", "message", "previous_message", "channel", "user", "item", "ts", "deleted_ts", "edited", "bot_id")
events = st.fixed_dictionaries(
    {"type": st.sampled_from(["message", "reaction_added", "app_mention", "x"]) | anything},
    optional=dict.fromkeys(FIELDS, anything)
    | {"subtype": st.sampled_from(["message_changed", "message_deleted", "file_share"])},
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "type": st.just("event_callback"),
        "team_id": st.just("T1") | anything,
        "event_id": st.text(max_size=6) | anything,
        "event": events | anything,
    },
)


def intake(units: Units) -> Intake:
    return Intake(units, Clock(), ME, items.is_source)


def rows(session: Session) -> list[tuple[str, str]]:
    return [(row.kind, row.state) for row in session.scalars(select(InboxRow).order_by(InboxRow.received_at))]


async def taken(units: Units, **event: Any) -> list[tuple[str, str]]:
    body = {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event}
    await intake(units).take(body, json.dumps(body))
    return await units.read(rows)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(body=bodies)
async def test_whatever_arrives_is_kept_or_dropped_and_never_raises(units: Units, body: dict[str, Any]) -> None:
    before = len(await units.read(rows))
    await intake(units).take(body, json.dumps(body))
    assert 0 <= len(await units.read(rows)) - before <= 1


@pytest.mark.parametrize(
    "event",
    [
        {"type": "message", "channel": "C1", "user": "U0BEN", "text": "hello", "ts": "1.1"},
        {"type": "message", "channel": "C1", "user": "U0BEN", "subtype": "channel_join", "ts": "1.1"},
        {"type": "message", "channel": "D1", "channel_type": "im", "user": ME, "text": "hello", "ts": "1.1"},
        {"type": "message", "channel": "D1", "channel_type": "im", "user": "U1", "bot_id": "B1", "ts": "1.1"},
        {"type": "reaction_added", "user": ME, "reaction": "bookmark", "item": {"type": "message"}},
        {
            "type": "message",
            "subtype": "message_changed",
            "channel": "C1",
            "message": {"ts": "1.1", "text": "a"},
            "previous_message": {"ts": "1.1", "text": "a"},
        },
        {
            "type": "message",
            "subtype": "message_changed",
            "channel": "C1",
            "message": {"ts": "1.1", "text": "b", "edited": {"ts": "2.2"}},
            "previous_message": {"ts": "1.1", "text": "a"},
        },
    ],
)
async def test_what_concerns_nobody_is_not_stored(units: Units, event: dict[str, Any]) -> None:
    assert await taken(units, **event) == []


@pytest.mark.parametrize(
    "event",
    [
        {"type": "reaction_added", "user": "U0BEN", "reaction": "bulb", "item": {"type": "message"}},
        {"type": "message", "channel": "D1", "channel_type": "im", "user": "U0BEN", "text": "how?", "ts": "1.1"},
        {"type": "message", "subtype": "file_share", "channel": "D1", "channel_type": "im", "user": "U0BEN"},
        {"type": "message", "subtype": "message_deleted", "channel": "C1", "deleted_ts": "1.1"},
        {
            "type": "message",
            "subtype": "message_changed",
            "channel": "C1",
            "message": {"ts": "1.1", "subtype": "tombstone"},
        },
        {"type": "app_uninstalled"},
    ],
)
async def test_what_may_concern_somebody_is_stored(units: Units, event: dict[str, Any]) -> None:
    assert await taken(units, **event) == [(event["type"], "new")]


async def test_the_same_event_three_times_is_one_row(units: Units) -> None:
    for _ in range(3):
        stored = await taken(units, type="app_mention", user="U0BEN", channel="C1", ts="1.1")
    assert stored == [("app_mention", "new")]


async def test_what_cannot_be_read_is_kept_dead_with_its_reason(units: Units) -> None:
    await intake(units).take({"team_id": "T1"}, '{"team_id": "T1"}')
    await intake(units).take_malformed(b"\xff\x00{", "not JSON")
    await intake(units).take_malformed(b"\xff\x00{", "not JSON")
    assert await units.read(rows) == [("malformed", "dead")] * 2
