"""Ratings: what a person says of an answer, by a thumb and, if they like, by a reason. Only totals are shown of it."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.answers.facts import Question
from kbot.answers.tables import QuestionRow
from kbot.library.search import tuning
from kbot.library.search.thresholds import Thumb
from kbot.trail import log
from kbot.trail.facts import Complaint, Rated
from kbot.trail.log import remember

THUMBS_COUNT = timedelta(days=365)
"""So long: the workspace, its items and kbot change."""


def rate(
    session: Session,
    act: Act,
    question: Question,
    *,
    is_helpful: bool,
    complaint: Complaint | None = None,
    words: str = "",
) -> None:
    """Keep what this person says of the answer now; it takes the place of what they said of it before."""
    key = f"{question.id}:{act.key}"
    item = question.cited[0] if question.cited else None
    remember(session, Rated(act.team, key, act.at, act.person, item, question.id, is_helpful, complaint, words))
    tuning.begin(session, act.team, act.at)


def refit(session: Session, team: str, now: datetime) -> None:
    """Fit the workspace's thresholds to what people say of its answers (people's time)."""
    tuning.fit(session, team, thumbs(session, team, now - THUMBS_COUNT), now)


def thumbs(session: Session, team: str, since: datetime) -> list[Thumb]:
    """What each person says of each answer that kbot found by itself, oldest first."""
    latest = {(fact.person, fact.question): fact for fact in log.since(session, Rated, team, since)}
    wanted = {question for _, question in latest}
    query = select(QuestionRow.id, QuestionRow.score, QuestionRow.chance).where(QuestionRow.team_id == team)
    scored = {
        question: (score, chance)
        for question, score, chance in session.execute(query.where(QuestionRow.score.is_not(None)))
        if question in wanted and score is not None and chance is not None
    }
    return [
        Thumb(person, *scored[question], fact.is_helpful)
        for (person, question), fact in sorted(latest.items(), key=lambda pair: pair[1].at)
        if person and question in scored
    ]
