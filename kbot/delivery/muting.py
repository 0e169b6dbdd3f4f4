"""Less of what one rule brings of one topic, for a while, and all of it again."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.delivery.facts import Delivery
from kbot.delivery.tables import MutedRow
from kbot.storage.upsert import insert_or_update

LESS_FOR = timedelta(days=90)


def less_like_this(session: Session, act: Act, delivery: Delivery) -> None:
    """Ninety days without what this rule brings of this topic."""
    row = {
        "team_id": act.team,
        "person": act.person,
        "rule": delivery.why.rule.value,
        "topic_id": delivery.why.topic.id if delivery.why.topic else "",
        "until": act.at + LESS_FOR,
    }
    keys = ("team_id", "person", "rule", "topic_id")
    insert_or_update(session, MutedRow, row, keys=keys, change=("until",))


def more_again(session: Session, act: Act, topic: str) -> None:
    """Who follows a topic, anew, wants all of it."""
    session.execute(
        delete(MutedRow).where(MutedRow.team_id == act.team, MutedRow.person == act.person, MutedRow.topic_id == topic)
    )
    session.expire_all()
