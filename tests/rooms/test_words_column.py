"""People's words come back as they were, whatever characters they hold, from both databases."""

import asyncio
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from kbot.people.tables import AuditRow
from kbot.post.inbox import RECEIVED, arrived
from kbot.post.tables import InboxRow
from kbot.storage.units import Units
from kbot.trail import log
from kbot.trail.facts import ReceiptKind, Received
from kbot.trail.log import remember
from tests.examples import examples

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
STRANGE = st.sampled_from(
    ["\x00", "\x1a", "\ud800", "\udfff", "\x1a0000", "\x1ad83d", "0000", "é", "👩‍🚀", "שלום", "\n", "'", "\\"]
)
anything = (
    st.lists(STRANGE | st.text(st.characters(), max_size=5), max_size=20)
    .map("".join)
    .map(lambda words: str(json.loads(json.dumps(words))))  # as Slack brings them: JSON joins two surrogates that fit
)
moments = st.builds(
    lambda later, zone: (NOW + later).astimezone(zone),
    st.timedeltas(timedelta(days=-9000), timedelta(days=9000)),
    st.timezones(),
)
often = settings(
    max_examples=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@often
@given(words=anything)
@example(words="\x1a0000")
@example(words="\x00\ud800\U00010000\udfff\x1a")
def test_words_come_back(session: Session, words: str) -> None:
    row = AuditRow(team_id="T1", id="a1", at=NOW, person="U0ANA", about="C1", change=words)
    session.merge(row)
    session.flush()
    session.expire_all()
    assert session.scalars(select(AuditRow.change)).one() == words


@often
@given(words=anything)
def test_words_in_facts_come_back(session: Session, words: str) -> None:
    fact = Received("T1", f"k{abs(hash(words))}", NOW, "U0BEN", None, ReceiptKind.ASKED_FOR, None, words)
    remember(session, fact)
    session.expire_all()
    assert fact in log.of_person(session, Received, "T1", "U0BEN")


async def test_an_events_body_comes_back_as_it_was_sent(units: Units) -> None:
    strange = ['{"text": "\x00"}', json.dumps({"text": "\ud800 \x00 \x1a0000"}), "\ud83d", "plain", "\x1a"]
    rows = [arrived("T1", f"Ev{n}", "message", body, NOW) for n, body in enumerate(strange)]
    await asyncio.gather(*(units.append(RECEIVED, row) for row in rows))
    assert await units.read(_bodies) == strange


def _bodies(session: Session) -> list[str]:
    return list(session.scalars(select(InboxRow.body).order_by(InboxRow.event_id)))


@often
@given(moment=moments)
def test_a_moment_comes_back_in_utc(session: Session, moment: datetime) -> None:
    session.merge(AuditRow(team_id="T1", id="a1", at=moment, person="U", about="C", change=""))
    session.flush()
    session.expire_all()
    back = session.scalars(select(AuditRow.at)).one()
    assert back == moment.astimezone(UTC)
    assert back.tzinfo is UTC


@pytest.mark.parametrize("hours", [-11, 0, 14])
def test_moments_are_ordered_as_moments_whatever_their_zone(session: Session, hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    made: dict[str, Any] = {"team_id": "T1", "person": "U", "about": "C", "change": ""}
    session.add(AuditRow(id="later", at=(NOW + timedelta(minutes=1)).astimezone(zone), **made))
    session.add(AuditRow(id="earlier", at=NOW, **made))
    session.flush()
    assert list(session.scalars(select(AuditRow.id).order_by(AuditRow.at))) == ["earlier", "later"]


def test_a_moment_without_a_zone_is_refused(session: Session) -> None:
    session.add(AuditRow(team_id="T1", id="a1", at=datetime(2026, 1, 1), person="U", about="C", change=""))  # noqa: DTZ001
    with pytest.raises(StatementError, match="without a zone"):
        session.flush()
