"""Questions: record what was asked and cited."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.answers import groups
from kbot.answers.facts import ANSWER, Asked, Question
from kbot.answers.tables import QuestionRow, TurnRow
from kbot.library.looking import Found
from kbot.people.moved import move_rows
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.storage.upsert import insert_new
from kbot.trail.facts import Answered
from kbot.trail.log import remember

TEXT_LIMIT = 3000


def record(session: Session, act: Act, asked: Asked, found: Found, *, late_after: float, real: datetime) -> Question:
    """The question as it is kept; see `keep`."""
    keep(session, act, asked, found, late_after=late_after, real=real)
    kept = session.scalars(
        select(QuestionRow).where(QuestionRow.team_id == act.team, QuestionRow.asked_as == asked.asked_as)
    ).one()
    return kept.fact


def keep(session: Session, act: Act, asked: Asked, found: Found, *, late_after: float, real: datetime) -> bool:
    """Keep the question with what it is answered by. False when it is kept already: asked twice it is answered once.

    Citing an item is a receipt of the asker for the best one, which opens their follow-up; nothing cited leaves the
    question open, together with those that mean the same. A question in a channel or a DM is answered by letter, a
    private one by the door itself.
    """
    cited, question = found.items, uuid4().hex
    is_open = bool(asked.text) and not cited
    row: dict[str, object] = {
        "team_id": act.team,
        "id": question,
        "asked_as": asked.asked_as,
        "asker": act.person,
        "channel_id": asked.channel,
        "thread_ts": asked.thread_ts,
        "text": asked.text[:TEXT_LIMIT],
        "is_private": asked.is_private,
        "cited": list(cited),
        "is_sure": found.is_sure,
        "state": "open" if is_open else "answered",
        "late": int(asked.waited) if asked.waited > late_after else 0,
        "asked_at": act.at,
        "group_id": question,
        "score": found.score,
        "chance": found.chance,
    }
    if is_open:
        row |= groups.join(session, act, question, asked, found.vector)
    if not insert_new(session, QuestionRow, row):
        return False
    first = cited[0] if cited else None
    openly = "" if asked.is_private or asked.channel.startswith("D") else asked.channel
    remember(session, Answered(act.team, question, act.at, act.person, first, question, cited, openly))
    if first is not None:
        groups.received(session, act, question, act.person, first, asked.text)
    if not asked.is_private:
        letter = Letter(act.team, f"answer:{asked.asked_as}", ANSWER, asked.channel, {"question": question})
        outbox.plan(session, letter, real)
    return True


def get(session: Session, team: str, question: str) -> Question:
    """A question by its id. Raises BadInput when there is none."""
    row = session.get(QuestionRow, (team, question))
    if row is None:
        raise BadInput("That question is not there any more.")
    return row.fact


def of_person(session: Session, team: str, person: str) -> list[Question]:
    """What this person asked, the newest first: their own log."""
    query = select(QuestionRow).where(QuestionRow.team_id == team, QuestionRow.asker == person)
    return [row.fact for row in session.scalars(query.order_by(QuestionRow.asked_at.desc(), QuestionRow.id))]


def rename_channel(session: Session, team: str, old: str, new: str) -> None:
    """Slack gave a channel another id: what was asked in it goes with it."""
    move_rows(session, QuestionRow, team, old, new)
    move_rows(session, TurnRow, team, old, new)
