"""Published numbers: made once a week, hidden where they are of few, never changed afterwards.

Who reads them reads the rows of `snapshot` alone, so no question can be put that was not foreseen. A number changes
only when a crowd has moved since it was shown last: what two reports differ by is then about a crowd too.
"""

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.library.search import index
from kbot.review import counting, moving
from kbot.review.counting import MINDS, PARTS, TOTAL
from kbot.review.facts import Report
from kbot.review.moving import Span
from kbot.review.tables import SnapshotRow
from kbot.storage.upsert import insert_new
from kbot.trail.measures import Again, Burden, Closed, Counts, Sample, mini_sample_rate
from kbot.trail.small_numbers import (
    FEWEST_PEOPLE,
    Cell,
    Table,
    may_be_shown,
    may_cross,
    may_not_follow,
    shown,
)
from kbot.trail.travel import Borders, FirstUse, HalfLife

WEEKS = 12
"""So many weeks of receipts a report looks back on."""

IN_THE_TABLE = frozenset((TOTAL, *PARTS))
"""What is held or told together; the others may be left out one by one."""

Few = TypeVar("Few", FirstUse, HalfLife)


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
    made = _made(session, team, monday, now)
    hidden = _hidden(session, team, made)
    last = _last(session, team)
    # What is left out of a new report tells that something has moved; with nothing new in the table, none is needed.
    if last is not None and hidden and (hidden & IN_THE_TABLE or _read(last).table == made.table):
        as_of, report = last.as_of, last.report
    else:
        beside: dict[str, Any] = dict.fromkeys(hidden)
        as_of, report = now, _written(replace(made, **beside))
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
    total = counting.counts(session, team, since, until, now)
    parts = [Cell(name, counting.counts(session, team, since, until, now, forms)) for name, forms in PARTS.items()]
    minds = counting.counts(session, team, since, until, now, MINDS)
    table = shown(total, parts)
    made = Report(
        since=since,
        until=until,
        as_of=now,
        table=table,
        burden=None,
        minds=minds if may_be_shown(minds) else None,
        unasked=counting.unasked(session, team, since, until),
        half_life=_of_a_crowd(counting.holding(session, team, until)),
    )
    if table.total is None:
        return made
    again = counting.again(session, team, since, until)
    borders, first_use = counting.travels(session, team, since, until, now)
    return replace(
        made,
        burden=counting.burden(session, team, since, until, now, total),
        again=again if mini_sample_rate(total, again) is not None else None,
        borders=borders if may_cross(borders) else None,
        first_use=_of_a_crowd(first_use),
    )


def _of_a_crowd(number: Few) -> Few | None:
    return number if number.people >= FEWEST_PEOPLE else None


def _hidden(session: Session, team: str, made: Report) -> set[str]:
    """Which numbers of a report are about a few, beside what was shown last."""
    before: dict[str, object] = {}
    moved: dict[str, int] = {}
    numbers = _numbers(made)
    for row in _lately(session, team, made.since):
        old = _read(row)
        was = _numbers(old)
        found = {name for name in numbers if name not in before and was.get(name) is not None}
        if found:
            moves = moving.moved(session, team, _span(old), _span(made))
            before |= {name: was[name] for name in found}
            moved |= {name: moves[name] for name in found}
    return may_not_follow(before, numbers, moved)


def _span(report: Report) -> Span:
    return Span(report.since, report.until, report.as_of)


def _lately(session: Session, team: str, since: datetime) -> Sequence[SnapshotRow]:
    """What was published since then, the newest first: of what is older no receipt is in a report of now."""
    recent = (SnapshotRow.team_id == team, SnapshotRow.monday > since.date().isoformat())
    return session.scalars(select(SnapshotRow).where(*recent).order_by(SnapshotRow.monday.desc())).all()


def _numbers(report: Report) -> dict[str, object]:
    """What is held against an earlier report, by name: the table by that of its parts, the others by that of their
    field. How long items hold is nobody's word."""
    beside = {name: getattr(report, name) for name in ("burden", "minds", "again", "unasked", "borders", "first_use")}
    return {TOTAL: report.table.total, **report.table.parts, **beside}


# -- as it is kept


def _written(report: Report) -> dict[str, Any]:
    kept = asdict(report)
    return kept | {name: kept[name].isoformat() for name in ("since", "until", "as_of")}


def _read(row: SnapshotRow) -> Report:
    kept = row.report
    since, until, as_of = (datetime.fromisoformat(kept[name]) for name in ("since", "until", "as_of"))
    parts = {name: _counts(counts) for name, counts in kept["table"]["parts"].items()}
    return Report(
        since,
        until,
        as_of,
        Table(_counts(kept["table"]["total"]), parts),
        burden=_number(Burden, kept["burden"]),
        minds=_counts(kept["minds"]),
        again=_number(Again, kept.get("again")),
        unasked=kept.get("unasked"),
        borders=_number(Borders, kept.get("borders")),
        first_use=_number(FirstUse, kept.get("first_use")),
        half_life=_number(HalfLife, kept.get("half_life")),
    )


Number = TypeVar("Number", Counts, Burden, Again, Borders, FirstUse, HalfLife)


def _number(kind: type[Number], kept: dict[str, Any] | None) -> Number | None:
    """What an older kbot kept besides is not known here any more."""
    if kept is None:
        return None
    return kind(**{field.name: kept[field.name] for field in fields(kind) if field.name in kept})


def _counts(kept: dict[str, Any] | None) -> Counts | None:
    if kept is None:
        return None
    return _number(Counts, kept | {"closed": Closed(**kept["closed"]), "sample": Sample(**kept["sample"])})
