"""Deliveries: chosen, widened in waves, answered. Of one item each person gets one; the letters are in mailing.py."""

from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.delivery import muting
from kbot.delivery.facts import NEXT, Delivery, Rule, Said, State, Why
from kbot.delivery.tables import DeliveryRow, NeedRow, SpreadRow
from kbot.library import items, topics
from kbot.library.facts import Item
from kbot.library.tables import FollowRow, WordsRow
from kbot.people.moved import move_rows
from kbot.post import outbox
from kbot.storage.upsert import insert_new
from kbot.trail.evidence import evidence
from kbot.trail.facts import (
    Fact,
    Intended,
    NotSuited,
    Plan,
    Published,
    ReceiptKind,
    Received,
    Responded,
    Status,
    Unsuited,
    Verified,
)
from kbot.trail.log import remember
from kbot.trail.tables import FactRow

UNREAD_AT_MOST = timedelta(seconds=30)
"""So long (machine's time) an item waits for its vector before its recipients are chosen without."""

OWN_ACTS = ("Captured", "Answered", "Received", "Responded", "Rated", "Followed", "Verified", "Reviewed")


def begin(session: Session, fact: Fact, real: datetime) -> None:
    """An item can be found: its recipients are to be chosen, once in its life."""
    assert isinstance(fact, Published)
    insert_new(session, SpreadRow, {"team_id": fact.team, "item_id": fact.item, "since": real, "wave": 0})


def to_choose(session: Session, real: datetime, most: int = 20) -> list[tuple[str, str]]:
    """Items whose recipients are to be chosen, those whose words have been read; by team and id, the oldest first."""
    read = exists().where(
        WordsRow.team_id == SpreadRow.team_id, WordsRow.item_id == SpreadRow.item_id, WordsRow.vector.is_not(None)
    )
    query = select(SpreadRow.team_id, SpreadRow.item_id).where(
        SpreadRow.wave == 0, or_(read, SpreadRow.since <= real - UNREAD_AT_MOST)
    )
    return [(team, item) for team, item in session.execute(query.order_by(SpreadRow.since).limit(most))]


def chosen(session: Session, team: str, item: str) -> bool:
    """The recipients have been chosen. False when another process was faster."""
    return _widen(session, team, item, 0)


def _widen(session: Session, team: str, item: str, wave: int) -> bool:
    gone_on = session.execute(
        update(SpreadRow)
        .where(SpreadRow.team_id == team, SpreadRow.item_id == item, SpreadRow.wave == wave)
        .values(wave=wave + 1)
        .returning(SpreadRow.item_id)
    )
    return gone_on.first() is not None


def open_next_wave(session: Session, fact: Fact, real: datetime) -> None:
    """Somebody used it, it changed how they think, or a broker vouches for it: then the next ones get it. When it
    proved useful once more, the rest finds it in the Home tab."""
    useful = isinstance(fact, Verified) or (
        isinstance(fact, Responded) and (fact.status.is_use or fact.status is Status.CHANGED_THINKING)
    )
    if fact.item is None or not useful:
        return
    said = evidence(session, fact.team, [fact.item])[fact.item]
    if said.is_alarming(fact.at):
        return
    mine = DeliveryRow.item_id == fact.item
    if _widen(session, fact.team, fact.item, 1):
        move(session, fact.team, State.HELD, State.WAITING, mine, DeliveryRow.wave == 2)
        return
    proofs = said.used + (items.get(session, fact.team, fact.item).verified_at is not None)
    if proofs >= 2 and _widen(session, fact.team, fact.item, 2):
        move(session, fact.team, State.HELD, State.OFFERED, mine, chosen_at=fact.at)


def drop_item(session: Session, fact: Fact, real: datetime) -> None:
    """An item is gone: what has not left stays here."""
    for state in (State.HELD, State.OFFERED, State.WAITING):
        move(session, fact.team, state, State.DROPPED, DeliveryRow.item_id == fact.item)


def move(session: Session, team: str, state: State, to: State, *which: object, **values: object) -> list[DeliveryRow]:
    """Deliveries go from one state to another, as the table of transitions allows."""
    assert to in NEXT[state] or to is state
    moving = (
        update(DeliveryRow)
        .where(DeliveryRow.team_id == team, DeliveryRow.state == state.value, *which)  # type: ignore[arg-type]
        .values(state=to.value, **values)
        .returning(DeliveryRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return list(session.scalars(moving))


def add(
    session: Session,
    act: Act,
    item: Item,
    recipient: str,
    rule: Rule,
    *,
    is_channel: bool = False,
    need: str | None = None,
    note: str = "",
) -> bool:
    """One person or channel shall get the item; what lies in their Home tab comes as a message then. False when they
    have it, or will get it, already."""
    row = {
        "team_id": act.team,
        "item_id": item.id,
        "recipient": recipient,
        "is_channel": is_channel,
        "rule": rule.value,
        "need_id": need,
        "by": act.person if rule in (Rule.NAMED, Rule.BROKER) else None,
        "note": note,
        "points": rule.points,
        "wave": 0,
        "state": State.WAITING.value,
        "chosen_at": act.at,
    }
    if insert_new(session, DeliveryRow, row):
        return True
    changed = {name: row[name] for name in ("rule", "need_id", "by", "note", "points", "wave", "chosen_at")}
    mine = (DeliveryRow.item_id == item.id, DeliveryRow.recipient == recipient, DeliveryRow.said.is_(None))
    return bool(move(session, act.team, State.OFFERED, State.WAITING, *mine, **changed))


def has_used_kbot(session: Session, team: str, person: str) -> bool:
    """Whether this person ever used kbot or follows something: before that nothing is pushed to them."""
    acted = exists().where(FactRow.team_id == team, FactRow.person == person, FactRow.kind.in_(OWN_ACTS))
    follows = exists().where(FollowRow.team_id == team, FollowRow.follower == person)
    return bool(session.execute(select(or_(acted, follows))).scalar_one())


def of_person(session: Session, team: str, person: str) -> list[Delivery]:
    """What was sent to this person."""
    query = select(DeliveryRow).where(
        DeliveryRow.team_id == team, DeliveryRow.recipient == person, DeliveryRow.state == State.SENT.value
    )
    return [fact_of(session, row) for row in session.scalars(query.order_by(DeliveryRow.sent_at))]


def get(session: Session, team: str, item: str, recipient: str) -> Delivery | None:
    """The delivery of an item to somebody, whatever became of it."""
    row = session.get(DeliveryRow, (team, item, recipient), populate_existing=True)
    return fact_of(session, row) if row else None


def unanswered(session: Session, team: str, person: str, since: datetime, most: int = 30) -> list[Delivery]:
    """What somebody got, or what lies in their Home tab, since then (people's time), and they have said nothing of; the
    newest first."""
    mine = (DeliveryRow.team_id == team, DeliveryRow.recipient == person, DeliveryRow.said.is_(None))
    offered = and_(DeliveryRow.state == State.OFFERED.value, DeliveryRow.chosen_at > since)
    query = select(DeliveryRow).where(*mine, or_(DeliveryRow.sent_at > since, offered))
    newest = func.coalesce(DeliveryRow.sent_at, DeliveryRow.chosen_at).desc()
    rows = session.scalars(query.order_by(newest, DeliveryRow.item_id).limit(most))
    return [fact_of(session, row) for row in rows]


def fact_of(session: Session, row: DeliveryRow) -> Delivery:
    """A delivery as its row says it."""
    need = session.get(NeedRow, (row.team_id, row.need_id)) if row.need_id else None
    topic = topics.get(session, row.team_id, row.topic_id) if row.topic_id else None
    return Delivery(
        team=row.team_id,
        item=row.item_id,
        recipient=row.recipient,
        is_channel=row.is_channel,
        why=Why(Rule(row.rule), topic, need.words if need else "", row.by, row.note),
        state=State(row.state),
        letter=row.letter,
        chosen_at=row.chosen_at,
        sent_at=row.sent_at,
        said=Said(row.said) if row.said else None,
        intention=Plan(row.intention) if row.intention else None,
    )


# -- what people say of it


def will_use(session: Session, act: Act, item: str) -> bool:
    """Somebody means to use an item: a receipt, which opens their follow-up. False when they said so already."""
    _said(session, act, item, Said.USE)
    receipt = Received(act.team, f"will_use:{item}:{act.person}", act.at, act.person, item, ReceiptKind.WILL_USE)
    return remember(session, receipt)


def intend(session: Session, act: Act, item: str, plan: Plan, by: str, words: str = "") -> None:
    """When they mean to use it: until the day `by` (ISO). It says when they are asked how it went."""
    will_use(session, act, item)
    key = f"{item}:{act.person}:{act.key}"
    remember(session, Intended(act.team, key, act.at, act.person, item, plan.value, by, words))
    _write(session, act, item, intention=plan.value)


def good_to_know(session: Session, act: Act, item: str) -> None:
    """It opens nothing."""
    _said(session, act, item, Said.GOOD)


def not_for_me(session: Session, act: Act, item: str) -> None:
    """It was not for them; what brought it by inference brings no more of that for a while."""
    _said(session, act, item, Said.NOT_FOR_ME)
    key = f"delivery:{item}:{act.person}:{act.key}"
    remember(session, Responded(act.team, key, act.at, act.person, item, Status.NOT_APPLICABLE))
    delivery = get(session, act.team, item, act.person)
    if delivery is not None and not delivery.why.rule.is_asked_for:
        muting.less_like_this(session, act, delivery)


def not_suited(session: Session, fact: Fact, real: datetime) -> None:
    """Somebody says, when asked about it later, that the topic or the role was wrong: the rule loses that person."""
    if not isinstance(fact, NotSuited) or fact.person is None or fact.item is None or fact.reason is Unsuited.KNOWN:
        return
    delivery = get(session, fact.team, fact.item, fact.person)
    if delivery is not None and not delivery.why.rule.is_asked_for:
        muting.less_like_this(session, Act(fact.team, fact.person, "", fact.at, fact.key), delivery)


def _said(session: Session, act: Act, item: str, said: Said) -> None:
    _write(session, act, item, said=said.value)


def _write(session: Session, act: Act, item: str, **values: object) -> None:
    """What the person said, on their own delivery if there is one, which is shown anew."""
    letter = session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.team_id == act.team, DeliveryRow.item_id == item, DeliveryRow.recipient == act.person)
        .values(**values)
        .returning(DeliveryRow.letter)
    ).scalar_one_or_none()
    session.expire_all()
    if letter is not None:
        outbox.refresh(session, act.team, letter)


def rename_channel(session: Session, team: str, old: str, new: str) -> None:
    """Slack gave a channel another id: what it got, and what somebody there needs, goes with it."""
    move_rows(session, DeliveryRow, team, old, new, column="recipient")
    move_rows(session, NeedRow, team, old, new)
