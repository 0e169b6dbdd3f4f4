"""Of how many people anything has come, changed or gone between two reports. People leave here as a number only.

Who is missed here is missed on the safe side: a number that differs while too few have moved is not shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from kbot.follow_up.facts import Form
from kbot.follow_up.tables import AskRow, CaseRow
from kbot.people.tables import PersonRow
from kbot.review.counting import FOLLOWED_UP, MINDS, PARTS, TOTAL
from kbot.trail.facts import Status

KNOWN_HOME = exists().where(
    PersonRow.team_id == CaseRow.team_id, PersonRow.user_id == CaseRow.person, PersonRow.home_channel.is_not(None)
)
IS_USE = CaseRow.status.in_([status for status in Status if status.is_use])

ABOUT: Mapping[str, Sequence[ColumnElement[bool]]] = {
    TOTAL: [CaseRow.form.in_(FOLLOWED_UP)],
    **{name: [CaseRow.form.in_(forms)] for name, forms in PARTS.items()},
    "minds": [CaseRow.form.in_(MINDS)],
    "again": [CaseRow.form == Form.SILENT],
    "unasked": [CaseRow.form == Form.SELF],
    "burden": [],
    "borders": [CaseRow.form.in_(FOLLOWED_UP), KNOWN_HOME],
    "first_use": [CaseRow.form.in_(FOLLOWED_UP), IS_USE],
}
"""Which cases each number is about."""


@dataclass(frozen=True)
class Span:
    """What a report was about: receipts from `since` until before `until`, as they were at `as_of` (people's time)."""

    since: datetime
    until: datetime
    as_of: datetime


def moved(session: Session, team: str, last: Span, now: Span) -> dict[str, int]:
    """Of how many people anything has moved from the one report to the other, by the name of each number."""
    asked = exists().where(
        AskRow.team_id == CaseRow.team_id,
        AskRow.case_id == CaseRow.id,
        AskRow.asked_at.between(last.as_of, now.as_of),
    )
    turn = (CaseRow.asked_at, CaseRow.responded_at, CaseRow.closed_at)
    came_due = and_(CaseRow.due_at.between(last.as_of, now.as_of), *(moment.is_(None) for moment in turn))
    moments = (CaseRow.opened_at, CaseRow.responded_at, CaseRow.closed_at)
    left = CaseRow.opened_at.between(last.since, now.since)
    entered = CaseRow.opened_at.between(last.until, now.until)
    has_moved = or_(*(moment.between(last.as_of, now.as_of) for moment in moments), left, entered, asked, came_due)
    in_either = (CaseRow.team_id == team, CaseRow.opened_at >= last.since, CaseRow.opened_at < now.until)
    return {
        name: session.scalars(select(func.count(CaseRow.person.distinct())).where(*in_either, has_moved, *about)).one()
        for name, about in ABOUT.items()
    }
