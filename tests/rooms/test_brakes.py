"""What asking cost a workspace, looked at once a week; on both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.follow_up import brakes, cases
from kbot.follow_up.facts import BUNDLE
from kbot.follow_up.pace import Next
from kbot.people import directory
from kbot.people.tables import AuditRow
from kbot.post import outbox
from kbot.post.gate import Proactive
from kbot.post.outbox import Letter
from kbot.post.tables import OutboxRow
from tests.rooms.desk import ANA, BEN, REAL, TEAM, act, days, meet

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
FORTNIGHT_AGO = NOW - days(14)


@pytest.fixture(autouse=True)
def everybody(session: Session) -> None:
    meet(session, ANA, BEN)


def bundles(session: Session, answered: int, silent: int, at: datetime = FORTNIGHT_AGO) -> None:
    """So many messages came, to somebody else each but the first, which is Ben's."""
    for n in range(answered + silent):
        key, person = f"ask:{n}:{at}", BEN if n == 0 else f"U{n}"
        outbox.plan(session, Letter(TEAM, key, BUNDLE, person, proactive=Proactive.BUNDLE), REAL)
        said = at + days(1) if n < answered else None
        sent = {"state": "sent", "sent_at": at, "passed_at": at, "answered_at": said}
        session.execute(update(OutboxRow).where(OutboxRow.key == key).values(**sent))
    session.expire_all()


def look(session: Session, at: datetime = NOW) -> bool:
    return brakes.look(session, Act(TEAM, "U0KBOT", "", at, "brakes"))


def audit(session: Session) -> list[str]:
    return list(session.scalars(select(AuditRow.change).order_by(AuditRow.at)))


def test_too_much_silence_halves_it_and_the_audit_says_why(session: Session) -> None:
    bundles(session, answered=14, silent=46)
    assert look(session)
    assert brakes.is_halved(session, TEAM)
    assert audit(session) == ["people are asked half as often: 0 opt-outs and 46 unanswered of 60 in four weeks"]
    assert cases.pace(session, TEAM, BEN, NOW - days(1)) is Next.LATER, "fourteen days are not over"
    assert cases.pace(session, TEAM, BEN, NOW) is Next.ASK


def test_opt_outs_halve_it(session: Session) -> None:
    bundles(session, answered=60, silent=0)
    assert not look(session)
    for person in (ANA, BEN):
        directory.stop(session, act(person))
    bundles(session, answered=1, silent=0, at=NOW - days(10))
    session.execute(update(OutboxRow).where(OutboxRow.key.startswith("ask:1:")).values(to=ANA))
    assert look(session), "2 of 61"
    assert audit(session) == ["people are asked half as often: 2 opt-outs and 0 unanswered of 61 in four weeks"]


def test_when_it_is_over_it_is_as_before(session: Session) -> None:
    bundles(session, answered=0, silent=60)
    assert look(session)
    bundles(session, answered=40, silent=0, at=NOW + days(30))
    assert not look(session, NOW + days(40))
    assert [change.partition(":")[0] for change in audit(session)] == [
        "people are asked half as often",
        "people are asked as often as usual",
    ]


def test_the_newest_messages_have_a_week_to_be_answered(session: Session) -> None:
    bundles(session, answered=0, silent=60, at=NOW - days(6))
    assert brakes.burden(session, TEAM, NOW).messages == 0


def test_it_is_looked_at_once_a_week(session: Session) -> None:
    assert brakes.is_due(session, TEAM, NOW)
    look(session)
    assert not brakes.is_due(session, TEAM, NOW + days(6))
    assert brakes.is_due(session, TEAM, NOW + days(7))
