"""Honest numbers: counts of what happened in some channels. No person, no rate, no comparison."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from kbot.answers.tables import QuestionRow
from kbot.follow_up.tables import CaseRow
from kbot.library.tables import ItemRow
from kbot.review.facts import Numbers

FEWEST = 5
"""Nothing is counted of what fewer people were asked about: a number would point at somebody (product.md 6)."""


def numbers(session: Session, team: str, channels: Collection[str], since: datetime, until: datetime) -> Numbers:
    """What happened in these channels from `since` to `until` (people's time)."""

    def within(
        moment: "InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]",
    ) -> ColumnElement[bool]:
        return and_(moment >= since, moment <= until)

    def count(query: Select[int]) -> int:
        return session.scalars(query).one()

    came_in = select(func.count(ItemRow.id)).where(
        ItemRow.team_id == team, ItemRow.channel_id.in_(channels), within(ItemRow.published_at)
    )
    asked = select(func.count(QuestionRow.id)).where(
        QuestionRow.team_id == team,
        QuestionRow.channel_id.in_(channels),
        QuestionRow.text != "",
        within(QuestionRow.asked_at),
    )
    followed_up = (
        select(func.count(CaseRow.person.distinct()))
        .join(ItemRow, (ItemRow.team_id == CaseRow.team_id) & (ItemRow.id == CaseRow.item_id))
        .where(CaseRow.team_id == team, ItemRow.channel_id.in_(channels), within(CaseRow.asked_at))
    )
    people = count(followed_up)
    is_crowd = people >= FEWEST
    return Numbers(
        came_in=count(came_in),
        asked=count(asked),
        answered=count(asked.where(QuestionRow.state == "answered")),
        followed_up=people if is_crowd else 0,
        told=count(followed_up.where(CaseRow.responded_at.is_not(None))) if is_crowd else 0,
    )
