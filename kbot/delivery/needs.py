"""Needs: said until a day, met by what is there and by what arrives, asked about when the day is over."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.delivery import deliveries, recall
from kbot.delivery.facts import NEED_NEXT, NEED_OVER, Need, NeedState, Rule
from kbot.delivery.tables import NeedMatchRow, NeedRow
from kbot.library.facts import Item
from kbot.library.search.vectors import packed, unpacked
from kbot.library.tables import WordsRow
from kbot.meaning.embedder import Vector
from kbot.meaning.stems import distinct
from kbot.post import outbox
from kbot.post.gate import Proactive
from kbot.post.outbox import Letter
from kbot.storage.upsert import insert_new

WORDS_LIMIT = 300
MOST_OPEN = 10
LONGER = timedelta(days=14)
NEAR = 0.2
"""Under this cosine, and without a word in common, an item is not weighed for a need."""

MOST_WEIGHED = 40


def say(
    session: Session,
    act: Act,
    words: str,
    until: datetime,
    channel: str | None,
    vector: Vector,
    found: Iterable[str],
) -> Need:
    """Somebody needs something until then; `found` may help already. Said twice under one key it is one need."""
    mine = select(NeedRow.id).where(
        NeedRow.team_id == act.team, NeedRow.person == act.person, NeedRow.state == NeedState.OPEN.value
    )
    if len(session.execute(mine).all()) >= MOST_OPEN:
        raise BadInput(
            f"I look out for {MOST_OPEN} things at once for you; `/kb need` lists them, and you can end one."
        )
    row = {
        "team_id": act.team,
        "id": uuid4().hex,
        "said_as": act.key,
        "person": act.person,
        "words": words[:WORDS_LIMIT],
        "channel_id": channel,
        "said_at": act.at,
        "until": until,
        "state": NeedState.OPEN.value,
        "vector": packed([vector]),
    }
    insert_new(session, NeedRow, row)
    kept = session.scalars(select(NeedRow).where(NeedRow.team_id == act.team, NeedRow.said_as == act.key)).one()
    for item in found:
        _match(session, kept.team_id, kept.id, item, act.at)
    return get(session, act.team, kept.id)


def _match(session: Session, team: str, need: str, item: str, at: datetime) -> bool:
    return insert_new(session, NeedMatchRow, {"team_id": team, "need_id": need, "item_id": item, "at": at})


def get(session: Session, team: str, need: str) -> Need:
    """A need by its id. Raises BadInput when there is none."""
    row = session.get(NeedRow, (team, need), populate_existing=True)
    if row is None:
        raise BadInput("That is not there any more, so nothing was changed.")
    return _needs(session, [row])[0]


def _needs(session: Session, rows: Collection[NeedRow]) -> list[Need]:
    ids = [row.id for row in rows]
    query = select(NeedMatchRow).where(NeedMatchRow.need_id.in_(ids)).order_by(NeedMatchRow.at, NeedMatchRow.item_id)
    matches = session.scalars(query).all()
    return [
        Need(
            team=row.team_id,
            id=row.id,
            person=row.person,
            words=row.words,
            channel=row.channel_id,
            said_at=row.said_at,
            until=row.until,
            state=NeedState(row.state),
            matches=tuple(one.item_id for one in matches if (one.team_id, one.need_id) == (row.team_id, row.id)),
        )
        for row in rows
    ]


def of_person(session: Session, team: str, person: str) -> list[Need]:
    """What a person needs now, the first day first."""
    return _in_state(session, team, person, NeedState.OPEN)


def asked(session: Session, team: str, person: str) -> list[Need]:
    """What a person is asked about now: did it help?"""
    return _in_state(session, team, person, NeedState.ASKED)


def _in_state(session: Session, team: str, person: str, state: NeedState) -> list[Need]:
    query = select(NeedRow).where(NeedRow.team_id == team, NeedRow.person == person, NeedRow.state == state.value)
    return _needs(session, session.scalars(query.order_by(NeedRow.until, NeedRow.id)).all())


def unmet(session: Session, team: str, channels: Collection[str], since: datetime, until: datetime) -> list[Need]:
    """Needs said in these channels that nothing has met: none found yet, or what was found did not help; those whose
    day comes first."""
    query = select(NeedRow).where(
        NeedRow.team_id == team,
        NeedRow.channel_id.in_(channels),
        NeedRow.said_at <= until,
        NeedRow.until >= since,
        NeedRow.state.in_((NeedState.OPEN.value, NeedState.ASKED.value, NeedState.UNMET.value)),
    )
    found = _needs(session, session.scalars(query.order_by(NeedRow.until, NeedRow.id)).all())
    return [need for need in found if not need.matches or need.state is NeedState.UNMET]


def that_may_fit(session: Session, item: Item, now: datetime) -> list[Need]:
    """Open needs of others that are near this item by words or by meaning, to be weighed by the real search."""
    query = select(NeedRow).where(
        NeedRow.team_id == item.team,
        NeedRow.state == NeedState.OPEN.value,
        NeedRow.until > now,
        NeedRow.person.not_in([person for person in (item.contributor, item.flagger) if person]),
    )
    words = session.get(WordsRow, (item.team, item.id), populate_existing=True)
    if words is None or words.is_gone:
        return []
    vector = unpacked(words.vector)[0] if words.vector else None
    stems = {*words.title_stems.split(), *words.stems.split()}
    near: list[tuple[float, NeedRow]] = []
    for row in session.scalars(query):
        cosine = float(unpacked(row.vector)[0] @ vector) if row.vector and vector is not None else 0.0
        shared = len(stems.intersection(distinct(row.words)))
        if cosine >= NEAR or shared:
            near.append((cosine + shared, row))
    near.sort(key=lambda pair: (-pair[0], pair[1].id))
    return _needs(session, [row for _, row in near[:MOST_WEIGHED]])


def met_by(session: Session, act: Act, need: str, item: Item) -> bool:
    """An item that has arrived may help: it is delivered to who needs it. False when they have it already."""
    kept = get(session, act.team, need)
    if kept.state is not NeedState.OPEN or not item.is_findable:
        return False
    _match(session, act.team, need, item.id, act.at)
    if kept.person in recall.told_of(session, item):
        return False
    return deliveries.add(session, act, item, kept.person, Rule.NEED, need=need)


def over(session: Session, now: datetime) -> list[Need]:
    """Needs whose day is over."""
    query = select(NeedRow).where(NeedRow.state == NeedState.OPEN.value, NeedRow.until <= now)
    return _needs(session, session.scalars(query.order_by(NeedRow.until).limit(100)).all())


def ask(session: Session, need: Need, real: datetime) -> None:
    """The day is over: did what came help?"""
    if move(session, need.team, need.id, NeedState.ASKED):
        about = {"need": need.id}
        outbox.plan(session, Letter(need.team, _key(need), NEED_OVER, need.person, about, Proactive.CHECK_IN), real)


def _key(need: Need) -> str:
    return f"need:{need.id}:{need.until:%Y-%m-%d}"


def answer(session: Session, act: Act, need_id: str, state: NeedState) -> Need:
    """What the person says of it: it helped, partly, not, or they need it longer. Raises BadInput for another one's."""
    need = _own(session, act, need_id)
    if state is NeedState.OPEN:
        session.execute(
            update(NeedRow)
            .where(NeedRow.team_id == act.team, NeedRow.id == need_id, NeedRow.state == NeedState.ASKED.value)
            .values(state=NeedState.OPEN.value, until=act.at + LONGER)
        )
        session.expire_all()
    else:
        move(session, act.team, need_id, state)
    outbox.refresh(session, act.team, _key(need))
    return get(session, act.team, need_id)


def end(session: Session, act: Act, need_id: str) -> Need:
    """The person needs it no more."""
    need = _own(session, act, need_id)
    move(session, act.team, need_id, NeedState.DROPPED)
    return need


def _own(session: Session, act: Act, need_id: str) -> Need:
    need = get(session, act.team, need_id)
    if need.person != act.person:
        raise BadInput("This is somebody else's; nothing was changed.")
    return need


def move(session: Session, team: str, need: str, to: NeedState) -> bool:
    """Change the state along the table of transitions. False when it cannot go there, or is there."""
    allowed = [state.value for state, following in NEED_NEXT.items() if to in following]
    moved = session.execute(
        update(NeedRow)
        .where(NeedRow.team_id == team, NeedRow.id == need, NeedRow.state.in_(allowed))
        .values(state=to.value)
        .returning(NeedRow.id)
    ).first()
    session.expire_all()
    return moved is not None
