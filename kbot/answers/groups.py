"""Open questions: those that mean the same are one, with all who asked; whoever asked is told when it is answered.

What is open in a channel changes one unit at a time (`_take_turn`), so that two who ask at once find each other, and
who asks while it is answered either is told or begins anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.answers import helping
from kbot.answers.facts import TOLD, TOLD_THERE, Asked, OpenQuestion, Question
from kbot.answers.likeness import alike
from kbot.answers.tables import QuestionRow, TurnRow
from kbot.library import items
from kbot.library.search.vectors import packed, unpacked
from kbot.meaning.embedder import Vector
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.storage.upsert import insert_or_update
from kbot.trail.facts import Fact, ReceiptKind, Received, Resolved
from kbot.trail.log import remember

WORDS_KEPT = 300


def join(session: Session, act: Act, question: str, asked: Asked, vector: Vector | None) -> dict[str, object]:
    """What a new question that nothing answers is kept with: the group that it joins, or else begins."""
    _take_turn(session, act, asked.channel)
    best, group, answer = 0.0, question, None
    for row in _open(session, act.team, QuestionRow.channel_id == asked.channel):
        cosine = float(unpacked(row.vector)[0] @ vector) if row.vector and vector is not None else 0.0
        likeness = alike(asked.text, row.text, cosine)
        if likeness > best:
            best, group, answer = likeness, row.group_id, row.answer_id
    return {
        "group_id": group,
        "answer_id": answer,
        "vector": packed([vector]) if vector is not None else None,
    }


def _take_turn(session: Session, act: Act, channel: str) -> None:
    """Be the only one who changes what is open in this channel, until this unit has ended."""
    row = {"team_id": act.team, "channel_id": channel, "taken_at": act.at}
    insert_or_update(session, TurnRow, row, keys=("team_id", "channel_id"), change=("taken_at",))


def _open(session: Session, team: str, *where: ColumnElement[bool]) -> list[QuestionRow]:
    query = select(QuestionRow).where(QuestionRow.team_id == team, QuestionRow.state == "open", *where)
    return list(session.scalars(query.order_by(QuestionRow.asked_at, QuestionRow.id)))


def open_in(session: Session, team: str, channels: Iterable[str]) -> list[OpenQuestion]:
    """Open questions that were asked in these channels, oldest first."""
    return _grouped(_open(session, team, QuestionRow.channel_id.in_(set(channels))))


def get(session: Session, team: str, group: str) -> OpenQuestion:
    """A question with all who asked it, also when it is answered. Raises BadInput when there is none."""
    query = select(QuestionRow).where(QuestionRow.team_id == team, QuestionRow.group_id == group)
    found = _grouped(session.scalars(query.order_by(QuestionRow.asked_at, QuestionRow.id)))
    if not found:
        raise BadInput("That question is not there any more.")
    return found[0]


def _grouped(rows: Iterable[QuestionRow]) -> list[OpenQuestion]:
    """One for each group, in the words of the first who asked it in public; in a private asker's only if all were."""
    together: defaultdict[str, list[QuestionRow]] = defaultdict(list)
    for row in rows:
        together[row.group_id].append(row)
    return [
        OpenQuestion(
            group,
            next((row for row in asked if not row.is_private), asked[0]).fact,
            frozenset(row.asker for row in asked),
            asked[0].asked_at,
            frozenset((row.channel_id, row.thread_ts) for row in asked if row.thread_ts),
        )
        for group, asked in together.items()
    ]


def likeness(session: Session, team: str, channels: Iterable[str], vectors: Iterable[Vector]) -> dict[str, float]:
    """How near each open question of these channels, by its id, is to the nearest of some texts: their best cosine."""
    near: dict[str, float] = {}
    texts = list(vectors)
    for row in _open(session, team, QuestionRow.channel_id.in_(set(channels)), QuestionRow.is_private.is_(False)):
        if row.vector is not None:
            asked = unpacked(row.vector)[0]
            best = max((float(asked @ text) for text in texts), default=0.0)
            near[row.group_id] = max(best, near.get(row.group_id, 0.0))
    return near


def channels_with_open(session: Session, team: str) -> set[str]:
    """The channels in which a question is open."""
    query = select(QuestionRow.channel_id).where(QuestionRow.team_id == team, QuestionRow.state == "open").distinct()
    return set(session.scalars(query))


def save_answer(session: Session, act: Act, group: str, item: str, real: datetime) -> bool:
    """This item is the answer. True: whoever asked is told; False: as soon as it is published, for it still waits.

    Raises BadInput when the question was answered meanwhile by something else.
    """
    question = get(session, act.team, group).question
    if items.get(session, act.team, item).is_findable:
        if not close(session, act, group, item, real) and question.cited != (item,):
            raise BadInput("That question has been answered meanwhile.")
        return True
    _take_turn(session, act, question.channel)
    waits = (QuestionRow.team_id == act.team, QuestionRow.group_id == group, QuestionRow.state == "open")
    session.execute(update(QuestionRow).where(*waits).values(answer_id=item))
    session.expire_all()
    return False


def close(session: Session, act: Act, group: str, item: str, real: datetime) -> bool:
    """An item answers an open question now: all who asked are told, once each. False when it was closed already."""
    _take_turn(session, act, get(session, act.team, group).question.channel)
    closed = (
        update(QuestionRow)
        .where(QuestionRow.team_id == act.team, QuestionRow.group_id == group, QuestionRow.state == "open")
        .values(state="answered", cited=[item], is_sure=True, closed_at=act.at)
        .returning(QuestionRow)
        .execution_options(populate_existing=True)
    )
    asked = sorted((row.fact for row in session.scalars(closed)), key=lambda question: (question.asked_at, question.id))
    if not asked:
        return False
    _tell(session, act, asked, item, real)
    helping.close(session, act.team, group)
    remember(session, Resolved(act.team, group, act.at, act.person, item, group))
    return True


def _tell(session: Session, act: Act, asked: Sequence[Question], item: str, real: datetime) -> None:
    """Who asked where others read along is told there, all of a thread at once; the others are told alone."""
    first: dict[str, Question] = {}
    for question in sorted(asked, key=lambda question: not question.was_asked_openly):
        first.setdefault(question.asker, question)
    first.pop(act.person, None)
    together: defaultdict[tuple[str, str | None], list[str]] = defaultdict(list)
    alone = []
    for question in first.values():
        received(session, act, question.id, question.asker, item, question.text)
        if question.was_asked_openly:
            together[question.channel, question.thread_ts].append(question.id)
        else:
            alone.append(question)
    tell_alone(session, act.team, alone, real)
    for (channel, _), questions in together.items():
        letter = Letter(act.team, f"told_there:{questions[0]}", TOLD_THERE, channel, {"questions": questions})
        outbox.plan(session, letter, real)


def tell_alone(session: Session, team: str, asked: Iterable[Question], real: datetime) -> None:
    """Each of these askers is told that there is an answer, once."""
    for question in asked:
        letter = Letter(team, told_alone(question.id), TOLD, question.asker, {"question": question.id})
        outbox.plan(session, letter, real)


def told_alone(question: str) -> str:
    """The key of the letter that tells an asker alone."""
    return f"told:{question}"


def answered_by(session: Session, fact: Fact, real: datetime) -> None:
    """An item is published: the questions that it was saved as the answer to are closed."""
    assert fact.item is not None
    act = Act(fact.team, fact.person or "", "", fact.at, f"published:{fact.key}")
    groups = {row.group_id for row in _open(session, fact.team, QuestionRow.answer_id == fact.item)}
    if items.get(session, fact.team, fact.item).is_findable:
        for group in sorted(groups):
            close(session, act, group, fact.item, real)


def received(session: Session, act: Act, question: str, asker: str, item: str, words: str) -> None:
    """Who asked has contact with the item now, which opens their follow-up."""
    key = f"question:{question}"
    receipt = Received(act.team, key, act.at, asker, item, ReceiptKind.ASKED_FOR, question, words[:WORDS_KEPT])
    remember(session, receipt)
