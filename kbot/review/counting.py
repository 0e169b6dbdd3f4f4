"""Counts for the measures (trail/measures.py), from the cases and the outbox. People leave here as a number only.

A case belongs to the time in which its receipt opened it. Rule: domain.md 2.5, 3.7, 3.10.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kbot.follow_up.facts import BUNDLE, SILENCE, Answer, Form, Step
from kbot.follow_up.pace import SILENT_AFTER
from kbot.follow_up.tables import CaseRow, TapRow
from kbot.library.facts import ItemState
from kbot.library.tables import ItemRow
from kbot.people import communities
from kbot.people.tables import PersonRow
from kbot.post.outbox import LetterState
from kbot.post.tables import OutboxRow
from kbot.trail.facts import Status, Superseded, Withdrawn
from kbot.trail.measures import Again, Burden, CaseFacts, Counts, Disposition, counted
from kbot.trail.small_numbers import FEWEST_PEOPLE
from kbot.trail.tables import FactRow
from kbot.trail.travel import Borders, FirstUse, HalfLife, Life, first_use, half_life

WEEK = timedelta(days=7)
TOTAL = "all"
PARTS = {"after an answer": (Form.QUESTION,), "after a delivery": (Form.USE,)}
FOLLOWED_UP = (Form.QUESTION, Form.USE)
"""What is asked about a use. What changes minds is counted apart, and so is what people tell unasked."""

MINDS = (Form.THOUGHT,)

ENDED = (ItemState.WITHDRAWN, ItemState.RETIRED, ItemState.SUPERSEDED)
"""Holds no more."""


def counts(
    session: Session,
    team: str,
    since: datetime,
    until: datetime,
    now: datetime,
    forms: Collection[Form] = FOLLOWED_UP,
) -> Counts:
    """The cases of these forms opened from `since` until before `until`, as they are `now` (people's time)."""
    rows = session.scalars(select(CaseRow).where(*_opened(team, since, until), CaseRow.form.in_(forms))).all()
    mine = [(row.person, _facts(row, now)) for row in rows]
    return counted(
        [case for _, case in mine],
        people=len({person for person, _ in mine}),
        people_replied=len({person for person, case in mine if case.has_replied}),
    )


def _opened(team: str, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return CaseRow.team_id == team, CaseRow.opened_at >= since, CaseRow.opened_at < until


def unasked(session: Session, team: str, since: datetime, until: datetime) -> int | None:
    """How many uses people told without being asked; None where those who did are few."""
    uses = [status for status in Status if status.is_use]
    told, people = session.execute(
        select(func.count(), func.count(CaseRow.person.distinct())).where(
            *_opened(team, since, until), CaseRow.form == Form.SELF, CaseRow.status.in_(uses)
        )
    ).one()
    return told if people >= FEWEST_PEOPLE else None


def travels(session: Session, team: str, since: datetime, until: datetime, now: datetime) -> tuple[Borders, FirstUse]:
    """How far what was brought went and how soon it was used, of the same cases as `counts`."""
    rows = session.execute(
        select(CaseRow, ItemRow.channel_id, PersonRow.home_channel)
        .join(ItemRow, (ItemRow.team_id == CaseRow.team_id) & (ItemRow.id == CaseRow.item_id))
        .outerjoin(PersonRow, (PersonRow.team_id == CaseRow.team_id) & (PersonRow.user_id == CaseRow.person))
        .where(
            *_opened(team, since, until),
            CaseRow.form.in_(FOLLOWED_UP),
            CaseRow.disposition.is_distinct_from(Disposition.INELIGIBLE),
        )
    ).all()
    names = communities.named(session, [team], {channel for _, *both in rows for channel in both if channel})
    contacts = [
        _Contact(
            person=row.person,
            is_across=None if home is None else not _are_one(names, team, channel, home),
            days=_days_until_told(row) if row.asked_at is not None and _facts(row, now).is_used else None,
        )
        for row, channel, home in rows
    ]
    known = [one for one in contacts if one.is_across is not None]
    unknown = [one for one in contacts if one.is_across is None]
    borders = Borders(
        people=_people(known),
        people_used=_people(one for one in known if one.is_use),
        unknown=_people(unknown),
        unknown_used=_people(one for one in unknown if one.is_use),
        contacts=len(known),
        contacts_across=sum(one.is_across is True for one in known),
        used=sum(one.is_use for one in known),
        across=sum(one.is_use and one.is_across is True for one in known),
    )
    uses = [one for one in contacts if one.is_use]
    return borders, first_use((one.days for one in uses if one.days is not None), _people(uses))


@dataclass(frozen=True)
class _Contact:
    """One case: whether it crossed a border, None where that is not known; after how many days a use was told."""

    person: str
    is_across: bool | None
    days: float | None

    @property
    def is_use(self) -> bool:
        return self.days is not None


def _people(contacts: Iterable[_Contact]) -> int:
    return len({one.person for one in contacts})


def _are_one(names: Mapping[tuple[str, str], str], team: str, channel: str, other: str) -> bool:
    """Whether two channels are of one community."""
    one, another = (names.get((team, each), each).casefold() for each in (channel, other))
    return one == another


def _days_until_told(row: CaseRow) -> float | None:
    return (row.responded_at - row.opened_at) / timedelta(days=1) if row.responded_at is not None else None


def holding(session: Session, team: str, until: datetime) -> HalfLife:
    """How long what was published before `until` has held by then. What came back after its end has not ended."""
    ends = (
        select(FactRow.item_id, func.max(FactRow.at).label("at"))
        .where(FactRow.team_id == team, FactRow.kind.in_([Withdrawn.__name__, Superseded.__name__]), FactRow.at < until)
        .group_by(FactRow.item_id)
        .subquery()
    )
    rows = session.execute(
        select(ItemRow.contributor, ItemRow.state, ItemRow.published_at, ends.c.at)
        .outerjoin(ends, ends.c.item_id == ItemRow.id)
        .where(ItemRow.team_id == team, ItemRow.published_at < until)
    ).all()
    lives = [
        Life(max(0, ((at if has_ended else until) - published).days), has_ended)
        for _, state, published, at in rows
        for has_ended in [state in ENDED and at is not None]
    ]
    return half_life(lives, len({contributor for contributor, *_ in rows if contributor}))


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


def again(session: Session, team: str, since: datetime, until: datetime) -> Again:
    """What those said who never answered and were asked once more."""
    said = Counter(
        session.scalars(
            select(TapRow.answer)
            .join(CaseRow, (CaseRow.team_id == TapRow.team_id) & (CaseRow.id == TapRow.case_id))
            .where(
                *_opened(team, since, until),
                CaseRow.form == Form.SILENT,
                TapRow.step == Step.SILENCE,
                TapRow.answer.in_(SILENCE),
            )
        )
    )
    used = said[Answer.USED_SILENTLY]
    return Again(used + said[Answer.NOT_USED], used)


def burden(session: Session, team: str, since: datetime, until: datetime, now: datetime, of: Counts) -> Burden | None:
    """What asking cost people from `since` until before `until`, as it is `now` (people's time); `of` was said. None
    where those who were asked are few."""
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
    if 0 < people < FEWEST_PEOPLE:
        return None
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
