"""Counts for the measures (trail/measures.py), from the cases and the outbox. People leave here as a number only.

A case belongs to the time in which its receipt opened it. Rule: domain.md 2.5, 3.7, 3.10.
"""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kbot.follow_up.facts import BUNDLE, SILENCE, Answer, Form, Step
from kbot.follow_up.pace import SILENT_AFTER
from kbot.follow_up.tables import CaseRow, TapRow
from kbot.people.tables import PersonRow
from kbot.post.outbox import LetterState
from kbot.post.tables import OutboxRow
from kbot.trail.facts import Status
from kbot.trail.measures import Burden, CaseFacts, Counts, Disposition, counted
from kbot.trail.small_numbers import FEWEST_PEOPLE

WEEK = timedelta(days=7)
FOLLOWED_UP = (Form.QUESTION, Form.USE)
"""What is asked about a use. What changes minds is counted apart, and so is what people tell unasked."""


def counts(
    session: Session,
    team: str,
    since: datetime,
    until: datetime,
    now: datetime,
    forms: Collection[Form] = FOLLOWED_UP,
) -> Counts:
    """The cases of these forms opened from `since` until before `until`, as they are `now` (people's time).

    What people told unasked (Form.SELF) is counted apart, as `unasked`, where those who did are a crowd.
    """
    rows = session.scalars(
        select(CaseRow).where(
            CaseRow.team_id == team,
            CaseRow.form.in_(forms),
            CaseRow.opened_at >= since,
            CaseRow.opened_at < until,
        )
    ).all()
    mine = [(row.person, _facts(row, now)) for row in rows if row.form != Form.SELF]
    told = [row.person for row in rows if row.form == Form.SELF and _is_use(row)]
    return counted(
        [case for _, case in mine],
        people=len({person for person, _ in mine}),
        people_replied=len({person for person, case in mine if case.has_replied}),
        unasked=len(told) if len(set(told)) >= FEWEST_PEOPLE else 0,
    )


def _facts(row: CaseRow, now: datetime) -> CaseFacts:
    """A case for the statistics: the one place that knows how the table says it."""
    is_silent = row.asked_at is not None and (row.responded_at is None or row.responded_at < row.asked_at)
    # What is due and has been in no draw so far waits for its turn among what is asked for sure: chance is not in it.
    without_chance = 1.0 if row.asked_at is not None or row.due_at <= now else None
    return CaseFacts(
        disposition=Disposition(row.disposition) if row.disposition else None,
        status=Status(row.status) if row.status and not is_silent else None,
        was_asked=row.asked_at is not None,
        inclusion=row.inclusion if row.inclusion is not None else without_chance,
    )


def _is_use(row: CaseRow) -> bool:
    return row.status is not None and Status(row.status).is_use


def mini_sample(session: Session, team: str, since: datetime, until: datetime) -> tuple[int, int]:
    """Of those who never answered and were asked once more: how many said whether they had used it, how many had."""
    said = Counter(
        session.scalars(
            select(TapRow.answer)
            .join(CaseRow, (CaseRow.team_id == TapRow.team_id) & (CaseRow.id == TapRow.case_id))
            .where(
                CaseRow.team_id == team,
                CaseRow.form == Form.SILENT,
                CaseRow.opened_at >= since,
                CaseRow.opened_at < until,
                TapRow.step == Step.SILENCE,
                TapRow.answer.in_(SILENCE),
            )
        )
    )
    used = said[Answer.USED_SILENTLY]
    return used + said[Answer.NOT_USED], used


def burden(session: Session, team: str, since: datetime, until: datetime, now: datetime, of: Counts) -> Burden:
    """What asking cost people from `since` until before `until`, as it is `now` (people's time); `of` was said."""
    asked = (
        OutboxRow.team_id == team,
        OutboxRow.kind == BUNDLE,
        OutboxRow.state == LetterState.SENT,
        OutboxRow.sent_at >= since,
        OutboxRow.sent_at < until,
    )
    is_silent = OutboxRow.answered_at.is_(None) & (OutboxRow.sent_at <= now - SILENT_AFTER)
    messages, people, silent = session.execute(
        select(func.count(), func.count(OutboxRow.to.distinct()), func.count().filter(is_silent)).where(*asked)
    ).one()
    stopped = session.scalars(
        select(func.count(PersonRow.user_id)).where(
            PersonRow.team_id == team, PersonRow.stopped, PersonRow.user_id.in_(select(OutboxRow.to).where(*asked))
        )
    ).one()
    return Burden(
        messages=messages,
        silent=silent,
        person_weeks=people * max(1, round((until - since) / WEEK)),
        opt_outs=of.closed.refused + stopped,
        not_for_me=of.not_for_them,
        replied=of.replied,
    )
