"""Each topic's pace: counted once a month, and heeded when a case opens and when it would be asked a third time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kbot.follow_up import rhythm
from kbot.follow_up.adapting import EVERY, LATELY, Seen, TopicPace, adapted
from kbot.follow_up.facts import Form
from kbot.follow_up.pace import SILENT_AFTER
from kbot.follow_up.rhythm import OF_CADENCE, Rhythm
from kbot.follow_up.tables import CaseRow, TopicPaceRow
from kbot.library import topics
from kbot.library.tables import ItemTopicRow, TopicRow
from kbot.people.hours import working_days_between
from kbot.storage.upsert import insert_or_update
from kbot.trail import log
from kbot.trail.facts import Delivered, Received, Status

MOST = 50
"""Topics counted at one tick."""

BY_CADENCE = frozenset(OF_CADENCE.values())
ASKED_FOR_USE = (Form.QUESTION, Form.USE, Form.THOUGHT)
USES = [status for status in Status if status.is_use]


def due(session: Session, now: datetime) -> list[tuple[str, str]]:
    """Topics that were not counted for a month (people's time), those never counted too; by team and id."""
    joined = (TopicPaceRow.team_id == TopicRow.team_id) & (TopicPaceRow.topic_id == TopicRow.id)
    query = select(TopicRow.team_id, TopicRow.id).outerjoin(TopicPaceRow, joined)
    old = or_(TopicPaceRow.counted_at.is_(None), TopicPaceRow.counted_at <= now - EVERY)
    return [(team, topic) for team, topic in session.execute(query.where(old).limit(MOST))]


def count(session: Session, team: str, topic: str, now: datetime) -> TopicPace:
    """Count a topic, and keep its pace for the next month."""
    row = session.get(TopicPaceRow, (team, topic))
    before = TopicPace(row.first, row.is_quiet) if row is not None else TopicPace()
    pace = adapted(before, _usual(OF_CADENCE[topics.cadence(session, team, topic)]), _seen(session, team, topic, now))
    kept = {"team_id": team, "topic_id": topic, "first": pace.first, "is_quiet": pace.is_quiet, "counted_at": now}
    change = ("first", "is_quiet", "counted_at")
    insert_or_update(session, TopicPaceRow, kept, keys=("team_id", "topic_id"), change=change)
    return pace


def _usual(why: Rhythm) -> int:
    """Working days to the first question."""
    first = rhythm.OF_RHYTHM[why].first
    return first if isinstance(first, int) else first // timedelta(days=7) * 5


def _seen(session: Session, team: str, topic: str, now: datetime) -> Seen:
    about = select(ItemTopicRow.item_id).where(ItemTopicRow.team_id == team, ItemTopicRow.topic_id == topic)
    mine = (CaseRow.team_id == team, CaseRow.item_id.in_(about))
    asked = select(CaseRow.asked_at, CaseRow.responded_at).where(
        *mine,
        CaseRow.form.in_(ASKED_FOR_USE),
        CaseRow.asked_at > now - LATELY,
        CaseRow.asked_at <= now - SILENT_AFTER,
    )
    answers = [said is not None and at is not None and said >= at for at, said in session.execute(asked)]
    unasked = select(CaseRow).where(*mine, CaseRow.status.in_(USES), CaseRow.asks_made == 0)
    told = session.scalars(unasked).all()
    first = _first_contact(session, team, {row.item_id for row in told})
    delays: list[int] = []
    people = set()
    for row in told:
        since = first.get((row.person, row.item_id), row.opened_at)
        if row.responded_at is not None and (row.form != Form.SELF or since < row.opened_at):
            delays.append(working_days_between(since, row.responded_at, ZoneInfo("UTC")))
            people.add(row.person)
    return Seen(delays, len(people), len(answers), sum(answers))


def _first_contact(session: Session, team: str, items: set[str]) -> dict[tuple[str, str], datetime]:
    """When each person first met each item."""
    found: dict[tuple[str, str], datetime] = {}
    for fact in (*log.about_item(session, Received, team, items), *log.about_item(session, Delivered, team, items)):
        if fact.person is not None and fact.item is not None:
            key = (fact.person, fact.item)
            found[key] = min(found.get(key, datetime.max.replace(tzinfo=UTC)), fact.at)
    return found


def first_ask(session: Session, team: str, item: str, why: Rhythm) -> int | None:
    """Working days to the first question about an item, the soonest among its topics; None: as its cadence says."""
    said = [pace.first_ask(_usual(why)) for pace in _of_item(session, team, item)]
    return min((days for days in said if days is not None), default=None)


def again(
    session: Session, team: str, item: str, why: Rhythm, asks_made: int, last: datetime, zone: ZoneInfo
) -> datetime | None:
    """When an item is asked about once more; None: not any more. Where few answer, there is no third time."""
    if why in BY_CADENCE and asks_made > 1 and any(pace.is_quiet for pace in _of_item(session, team, item)):
        return None
    return rhythm.again(why, asks_made, last, zone)


def _of_item(session: Session, team: str, item: str) -> list[TopicPace]:
    joined = (TopicPaceRow.team_id == ItemTopicRow.team_id) & (TopicPaceRow.topic_id == ItemTopicRow.topic_id)
    query = select(TopicPaceRow.first, TopicPaceRow.is_quiet).join(ItemTopicRow, joined)
    mine = query.where(ItemTopicRow.team_id == team, ItemTopicRow.item_id == item)
    return [TopicPace(first, is_quiet) for first, is_quiet in session.execute(mine)]
