"""Ratings: what a person says of an answer, by a thumb and, if they like, by a reason. Only totals are shown of it."""

from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.answers.facts import Question
from kbot.trail.facts import Complaint, Rated
from kbot.trail.log import remember


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
