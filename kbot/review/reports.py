"""Published numbers: made once a week, hidden where they are of few, never changed afterwards.

Who reads them reads the rows of `snapshot` alone, so no question can be put that was not foreseen. A new one takes the
place of the last only when nobody, or a crowd, has moved in between.
"""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kbot.follow_up.facts import Form
from kbot.follow_up.tables import AskRow, CaseRow
from kbot.library.search import index
from kbot.review import counting
from kbot.review.facts import Report
from kbot.review.tables import SnapshotRow
from kbot.storage.upsert import insert_new
from kbot.trail.measures import Burden, Closed, Counts, Sample, mini_sample_rate
from kbot.trail.small_numbers import Cell, Table, may_be_shown, may_follow, shown

WEEKS = 12
"""So many weeks of receipts a report looks back on."""

PARTS = {"after an answer": (Form.QUESTION,), "after a delivery": (Form.USE,)}
ALL = (*counting.FOLLOWED_UP, Form.SELF)
MINDS = (Form.THOUGHT,)


def monday_of(now: datetime) -> datetime:
    """When the ISO week of `now` began, UTC: reports of a workspace have no zone."""
    day = now.astimezone(UTC).date()
    monday = day - timedelta(days=day.weekday())
    return datetime(monday.year, monday.month, monday.day, tzinfo=UTC)


def due(session: Session, now: datetime) -> list[str]:
    """The workspaces whose numbers of this week are to be published (people's time)."""
    teams = index.teams(session)
    if not teams:
        return []
    monday = monday_of(now).date().isoformat()
    there = set(session.scalars(select(SnapshotRow.team_id).where(SnapshotRow.monday == monday)))
    return [team for team in teams if team not in there]


def publish(session: Session, team: str, now: datetime) -> bool:
    """Publish this week's numbers, or the last ones again where too few have moved. False: this week has them."""
    monday = monday_of(now)
    last = _last(session, team)
    if last is not None and not may_follow(_moved(session, team, last.as_of, monday, now)):
        as_of, report = last.as_of, last.report
    else:
        as_of, report = now, _written(_made(session, team, monday, now))
    row = {"team_id": team, "monday": monday.date().isoformat(), "as_of": as_of, "report": report}
    return insert_new(session, SnapshotRow, row)


def latest(session: Session, team: str) -> Report | None:
    """The newest numbers of a workspace; None where there are none yet."""
    row = _last(session, team)
    return _read(row) if row is not None else None


def teams(session: Session) -> list[str]:
    """The workspaces that have numbers."""
    return list(session.scalars(select(SnapshotRow.team_id).distinct().order_by(SnapshotRow.team_id)))


def _last(session: Session, team: str) -> SnapshotRow | None:
    query = select(SnapshotRow).where(SnapshotRow.team_id == team)
    return session.scalars(query.order_by(SnapshotRow.monday.desc()).limit(1)).first()


def _window(until: datetime) -> datetime:
    return until - timedelta(weeks=WEEKS)


def _made(session: Session, team: str, until: datetime, now: datetime) -> Report:
    since = _window(until)
    total = counting.counts(session, team, since, until, now, ALL)
    parts = [Cell(name, counting.counts(session, team, since, until, now, forms)) for name, forms in PARTS.items()]
    minds = counting.counts(session, team, since, until, now, MINDS)
    table = shown(total, parts)
    cost = counting.burden(session, team, since, until, now, total) if table.total is not None else None
    again = mini_sample_rate(total, *counting.mini_sample(session, team, since, until))
    return Report(
        since=since,
        until=until,
        as_of=now,
        table=table,
        burden=cost,
        minds=minds if may_be_shown(minds) else None,
        mini=again if table.total is not None else None,
    )


def _moved(session: Session, team: str, last: datetime, until: datetime, now: datetime) -> list[int]:
    """Of how many people, in all and in each part, something has come, changed or gone since the last report."""
    asked_since = select(AskRow.case_id).where(AskRow.team_id == team, AskRow.asked_at >= last, AskRow.asked_at <= now)
    changed = [column.between(last, now) for column in (CaseRow.opened_at, CaseRow.responded_at, CaseRow.closed_at)]
    left = CaseRow.opened_at.between(_window(monday_of(last)), _window(until))
    entered = CaseRow.opened_at.between(monday_of(last), until)
    came_due = CaseRow.due_at.between(last, now)
    movers = select(CaseRow.person).where(
        CaseRow.team_id == team,
        CaseRow.opened_at >= _window(monday_of(last)),
        or_(*changed, left, entered, came_due, CaseRow.id.in_(asked_since)),
    )
    found = []
    for forms in (ALL, *PARTS.values(), MINDS):
        mine = select(func.count(CaseRow.person.distinct())).where(
            CaseRow.team_id == team,
            CaseRow.form.in_(forms),
            CaseRow.opened_at >= _window(monday_of(last)),
            CaseRow.person.in_(movers),
        )
        found.append(session.scalars(mine).one())
    return found


# -- as it is kept


def _written(report: Report) -> dict[str, Any]:
    kept = asdict(report)
    return kept | {name: kept[name].isoformat() for name in ("since", "until", "as_of")}


def _read(row: SnapshotRow) -> Report:
    kept = row.report
    since, until, as_of = (datetime.fromisoformat(kept[name]) for name in ("since", "until", "as_of"))
    parts = {name: _counts(counts) for name, counts in kept["table"]["parts"].items()}
    cost = Burden(**kept["burden"]) if kept["burden"] is not None else None
    table = Table(_counts(kept["table"]["total"]), parts)
    return Report(since, until, as_of, table, cost, _counts(kept["minds"]), kept["mini"])


def _counts(kept: dict[str, Any] | None) -> Counts | None:
    if kept is None:
        return None
    return Counts(**(kept | {"closed": Closed(**kept["closed"]), "sample": Sample(**kept["sample"])}))
