"""A workspace's thresholds: read, chosen by an admin, fitted anew every week."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.library.search.thresholds import Threshold, Thumb, Tuning, fitted
from kbot.library.tables import ThresholdRow
from kbot.storage.upsert import insert_new, insert_or_update

WEEK = timedelta(days=7)


def tuning(session: Session, team: str) -> Tuning:
    """How this workspace's thresholds came about."""
    row = session.get(ThresholdRow, (team,))
    if row is None:
        return Tuning()
    fit = None
    if row.fitted_answer is not None and row.fitted_sure is not None:
        fit = Threshold(row.fitted_answer, row.fitted_sure)
    return Tuning(row.chosen_answer, row.chosen_sure, fit, row.thumbs)


def threshold(session: Session, team: str, lower_by: float = 0.0) -> Threshold:
    """What holds in this workspace now; `lower_by` for what need not answer."""
    now = tuning(session, team).threshold
    return Threshold(now.answer - lower_by, now.sure)


def choose(session: Session, act: Act, answer: float | None, sure: float | None) -> None:
    """An admin chooses; None: what is fitted, or else the prior."""
    _write(session, act.team, act.at, chosen_answer=answer, chosen_sure=sure)


def begin(session: Session, team: str, at: datetime) -> None:
    """There is something to look at from now on."""
    insert_new(session, ThresholdRow, _row(team, at))


def due(session: Session, now: datetime) -> list[str]:
    """The workspaces whose thumbs were last looked at a week ago (people's time)."""
    return list(session.scalars(select(ThresholdRow.team_id).where(ThresholdRow.looked_at <= now - WEEK)))


def fit(session: Session, team: str, thumbs: Sequence[Thumb], now: datetime) -> None:
    """Fit a workspace's thresholds to its thumbs, oldest first; where they are too few, what was fitted before goes."""
    found = fitted(thumbs)
    fit = {"fitted_answer": found.answer if found else None, "fitted_sure": found.sure if found else None}
    _write(session, team, now, **fit, thumbs=len(thumbs), looked_at=now)


def _write(session: Session, team: str, at: datetime, **values: object) -> None:
    row = {**_row(team, at), **values}
    insert_or_update(session, ThresholdRow, row, keys=("team_id",), change=tuple(values))


def _row(team: str, at: datetime) -> dict[str, object]:
    return {"team_id": team, "thumbs": 0, "looked_at": at}
