"""Questions: record what was asked and cited, close what was open."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.answers.facts import ANSWER, TOLD, Asked, Question
from kbot.answers.tables import QuestionRow
from kbot.library.looking import Found
from kbot.people.moved import move_rows
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.storage.upsert import insert_new
from kbot.trail.facts import Answered, ReceiptKind, Received
from kbot.trail.log import remember

TEXT_LIMIT = 3000
WORDS_KEPT = 300


def record(session: Session, act: Act, asked: Asked, found: Found, *, late_after: float, real: datetime) -> Question:
    """Keep the question with what it is answered by; the same question asked twice is answered once.

    Citing an item is a receipt of the asker for the best one, which opens their follow-up; nothing cited leaves the
    question open. A question in a channel or a DM is answered by letter, a private one by the door itself.
    """
    cited = found.items
    row = {
        "team_id": act.team,
        "id": uuid4().hex,
        "asked_as": asked.asked_as,
        "asker": act.person,
        "channel_id": asked.channel,
        "thread_ts": asked.thread_ts,
        "text": asked.text[:TEXT_LIMIT],
        "is_private": asked.is_private,
        "cited": list(cited),
        "is_sure": found.is_sure,
        "state": "answered" if cited or not asked.text else "open",
        "late": int(asked.waited) if asked.waited > late_after else 0,
        "asked_at": act.at,
    }
    if insert_new(session, QuestionRow, row):
        question = str(row["id"])
        first = cited[0] if cited else None
        remember(session, Answered(act.team, question, act.at, act.person, first, question, cited))
        if first is not None:
            _received(session, act, question, act.person, first, asked.text)
        if not asked.is_private:
            letter = Letter(act.team, f"answer:{asked.asked_as}", ANSWER, asked.channel, {"question": question})
            outbox.plan(session, letter, real)
    kept = session.scalars(
        select(QuestionRow).where(QuestionRow.team_id == act.team, QuestionRow.asked_as == asked.asked_as)
    ).one()
    return _question(kept)


def get(session: Session, team: str, question: str) -> Question:
    """A question by its id. Raises BadInput when there is none."""
    row = session.get(QuestionRow, (team, question))
    if row is None:
        raise BadInput("That question is not there any more.")
    return _question(row)


def is_known(session: Session, team: str, asked_as: str) -> bool:
    """Whether this message or command has been taken as a question already."""
    query = select(QuestionRow.id).where(QuestionRow.team_id == team, QuestionRow.asked_as == asked_as)
    return session.execute(query).first() is not None


def open_in(session: Session, team: str, channels: Iterable[str]) -> list[Question]:
    """Open questions that were asked in these channels, oldest first."""
    rows = session.scalars(
        select(QuestionRow)
        .where(
            QuestionRow.team_id == team,
            QuestionRow.channel_id.in_(set(channels)),
            QuestionRow.state == "open",
        )
        .order_by(QuestionRow.asked_at)
    )
    return [_question(row) for row in rows]


def rename_channel(session: Session, team: str, old: str, new: str) -> None:
    """Slack gave a channel another id: what was asked in it goes with it."""
    move_rows(session, QuestionRow, team, old, new)


def close(session: Session, act: Act, question: str, item: str, real: datetime) -> bool:
    """An item answers an open question now: its asker is told. False when it was closed already."""
    closed = session.execute(
        update(QuestionRow)
        .where(QuestionRow.team_id == act.team, QuestionRow.id == question, QuestionRow.state == "open")
        .values(state="answered", cited=[item], is_sure=True, closed_at=act.at)
        .returning(QuestionRow.asker, QuestionRow.text)
    ).first()
    session.expire_all()
    if closed is None:
        return False
    if closed[0] != act.person:
        letter = Letter(act.team, f"told:{question}", TOLD, closed[0], {"question": question})
        outbox.plan(session, letter, real)
        _received(session, act, question, closed[0], item, closed[1])
    return True


def _received(session: Session, act: Act, question: str, asker: str, item: str, words: str) -> None:
    key = f"question:{question}"
    receipt = Received(act.team, key, act.at, asker, item, ReceiptKind.ASKED_FOR, question, words[:WORDS_KEPT])
    remember(session, receipt)


def will_use(session: Session, act: Act, item: str) -> bool:
    """Somebody means to use an item. False when they said so already."""
    receipt = Received(act.team, f"will_use:{item}:{act.person}", act.at, act.person, item, ReceiptKind.WILL_USE)
    return remember(session, receipt)


def _question(row: QuestionRow) -> Question:
    return Question(
        team=row.team_id,
        id=row.id,
        asker=row.asker,
        channel=row.channel_id,
        thread_ts=row.thread_ts,
        text=row.text,
        asked_at=row.asked_at,
        is_private=row.is_private,
        is_open=row.state == "open",
        cited=tuple(row.cited),
        is_sure=row.is_sure,
        late=row.late,
    )
