"""What asking cost a workspace lately, looked at once a week: where it is too much, people are asked half as often."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.follow_up.facts import BUNDLE
from kbot.follow_up.pace import SILENT_AFTER, WEEK, halved
from kbot.follow_up.tables import AskingRow, CaseRow
from kbot.people import directory
from kbot.people.tables import PersonRow
from kbot.post.outbox import LetterState
from kbot.post.tables import OutboxRow
from kbot.storage.upsert import insert_or_update
from kbot.trail.measures import Burden, Disposition

OVER = timedelta(days=28)


def is_halved(session: Session, team: str) -> bool:
    """Whether people of this workspace are asked half as often now."""
    row = session.get(AskingRow, team)
    return row is not None and row.is_halved


def is_due(session: Session, team: str, now: datetime) -> bool:
    """Whether nobody has looked for a week (people's time)."""
    row = session.get(AskingRow, team)
    return row is None or row.counted_at <= now - WEEK


def look(session: Session, act: Act) -> bool:
    """Look at what it cost, and keep what follows; a change is written down for the admins. Returns what holds now."""
    was, cost = is_halved(session, act.team), burden(session, act.team, act.at)
    now_halved = halved(was, cost)
    row = {"team_id": act.team, "is_halved": now_halved, "counted_at": act.at}
    insert_or_update(session, AskingRow, row, keys=("team_id",), change=("is_halved", "counted_at"))
    if now_halved is not was:
        often = "half as often" if now_halved else "as often as usual"
        why = f"{cost.opt_outs} opt-outs and {cost.silent} unanswered of {cost.messages} in four weeks"
        directory.write_down(session, act, act.team, f"people are asked {often}: {why}")
    return now_halved


def burden(session: Session, team: str, now: datetime) -> Burden:
    """What asking cost in four weeks, the last of whose messages had a week to be answered."""
    since, until = now - SILENT_AFTER - OVER, now - SILENT_AFTER
    asked = (
        OutboxRow.team_id == team,
        OutboxRow.kind == BUNDLE,
        OutboxRow.state == LetterState.SENT,
        OutboxRow.sent_at > since,
        OutboxRow.sent_at <= until,
    )
    counted = select(func.count(), func.count().filter(OutboxRow.answered_at.is_(None))).where(*asked)
    messages, silent = session.execute(counted).one()
    refused = select(func.count()).where(
        CaseRow.team_id == team, CaseRow.disposition == Disposition.REFUSED, CaseRow.closed_at > since
    )
    stopped = select(func.count()).where(
        PersonRow.team_id == team, PersonRow.stopped, PersonRow.user_id.in_(select(OutboxRow.to).where(*asked))
    )
    opt_outs = session.scalars(refused).one() + session.scalars(stopped).one()
    return Burden(messages=messages, silent=silent, opt_outs=opt_outs)
