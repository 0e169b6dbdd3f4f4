"""A channel is asked, once for each item that was posted there, whether anyone used it. Only counts come of it.

The counts are apart from what people say for themselves, which is evidence; and they change only when five people have
said something since, so that nobody is recognized by when (domain.md 2.9-8).
"""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.follow_up.channel_facts import (
    AFTER,
    CHANNEL_ASK,
    MOST,
    NEXT,
    WORTH_FOR,
    AskState,
    ChannelAnswer,
    ChannelAsk,
)
from kbot.follow_up.channel_tables import ChannelAskRow, ChannelTapRow
from kbot.people import directory
from kbot.people.hours import iso_week
from kbot.people.moved import move_rows
from kbot.post import outbox
from kbot.post.gate import Go, Refuse, Word, may_ask_channel
from kbot.post.outbox import Letter
from kbot.storage.upsert import insert_new, insert_or_update
from kbot.trail.facts import Fact, Posted
from kbot.trail.small_numbers import FEWEST_PEOPLE

NOT_ASKED = "That is not asked here any more; nothing was changed."


def begin(session: Session, fact: Fact, real: datetime) -> None:
    """Something was posted in a channel: two weeks later it may be asked about, once for ever."""
    assert isinstance(fact, Posted)
    row: dict[str, object] = {
        "team_id": fact.team,
        "item_id": fact.item,
        "channel_id": fact.channel,
        "state": AskState.WAITING.value,
        "due_at": fact.at + AFTER,
        "shown": {},
    }
    insert_new(session, ChannelAskRow, row)


def drop_item(session: Session, fact: Fact, real: datetime) -> None:
    """An item is gone: nobody is asked about it, and where it was asked, the message says so."""
    _move(session, fact.team, AskState.DROPPED, ChannelAskRow.item_id == fact.item)
    asked = select(ChannelAskRow.letter).where(
        ChannelAskRow.team_id == fact.team, ChannelAskRow.item_id == fact.item, ChannelAskRow.letter.is_not(None)
    )
    for letter in session.scalars(asked).all():
        outbox.refresh(session, fact.team, str(letter))


def due(session: Session, now: datetime) -> list[tuple[str, str]]:
    """The channels in which something is to be asked (people's time)."""
    query = select(ChannelAskRow.team_id, ChannelAskRow.channel_id).where(*_is_due(now))
    return [(team, channel) for team, channel in session.execute(query.distinct())]


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return ChannelAskRow.state == AskState.WAITING, ChannelAskRow.due_at <= now


def word(session: Session, team: str, channel: str, now: datetime) -> Word:
    """What the gate says of asking this channel now."""
    came = outbox.arrivals(session, team, channel, CHANNEL_ASK)
    policy, zone = directory.policy_of(session, team, channel), directory.zone_of_channel(session, team, channel)
    return may_ask_channel(policy, zone, came[-1].sent_at if came else None, now)


def waits(session: Session, team: str, channel: str, now: datetime) -> bool:
    """Whether there is nothing to do for this channel now; it is asked at each tick, so it is a read."""
    over = select(ChannelAskRow.item_id).where(*_here(team, channel), *_is_over(now))
    is_over = session.execute(over.limit(1)).first() is not None
    return not is_over and not isinstance(word(session, team, channel, now), Go | Refuse)


def plan(session: Session, team: str, channel: str, now: datetime, real: datetime) -> bool:
    """One message about three at most, the oldest first. Where the channel does not wish it, nothing waits any more."""
    here = _here(team, channel)
    _move(session, team, AskState.DROPPED, *here, *_is_over(now))
    match word(session, team, channel, now):
        case Refuse():
            _move(session, team, AskState.DROPPED, *here, *_is_due(now))
            return False
        case Go():
            pass
        case _:
            return False
    week = iso_week(now, directory.zone_of_channel(session, team, channel))
    query = select(ChannelAskRow.item_id).where(*here, *_is_due(now))
    found = session.scalars(query.order_by(ChannelAskRow.due_at, ChannelAskRow.item_id).limit(MOST)).all()
    letter = Letter(team, f"channel_ask:{channel}:{week}", CHANNEL_ASK, channel)
    if not found or not outbox.plan(session, letter, real):
        return False
    _move(session, team, AskState.ASKED, *here, ChannelAskRow.item_id.in_(found), letter=letter.key)
    return True


def _here(team: str, channel: str) -> tuple[ColumnElement[bool], ...]:
    return ChannelAskRow.team_id == team, ChannelAskRow.channel_id == channel


def _is_over(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return ChannelAskRow.state == AskState.WAITING, ChannelAskRow.due_at <= now - WORTH_FOR


def _move(session: Session, team: str, to: AskState, *which: ColumnElement[bool], **values: object) -> None:
    """What waits goes on, as the table of transitions allows."""
    assert to in NEXT[AskState.WAITING]
    waiting = update(ChannelAskRow).where(
        ChannelAskRow.team_id == team,
        ChannelAskRow.state == AskState.WAITING,
        *which,
    )
    session.execute(waiting.values(state=to.value, **values), execution_options={"synchronize_session": False})
    session.expire_all()


def of_letter(session: Session, team: str, letter: str) -> list[ChannelAsk]:
    """What is asked in a message, in its order."""
    query = select(ChannelAskRow).where(ChannelAskRow.team_id == team, ChannelAskRow.letter == letter)
    rows = session.scalars(query.order_by(ChannelAskRow.due_at, ChannelAskRow.item_id))
    return [_ask(row) for row in rows.all()]


def _ask(row: ChannelAskRow) -> ChannelAsk:
    shown = {ChannelAnswer(answer): int(many) for answer, many in row.shown.items()}
    return ChannelAsk(row.team_id, row.item_id, row.channel_id, AskState(row.state), row.letter, shown)


def say(session: Session, act: Act, item: str, answer: ChannelAnswer | None) -> None:
    """One tap, in the channel of the act; the latest counts, and None takes it back. Raises BadInput where it is not
    asked."""
    row = session.scalars(
        select(ChannelAskRow).where(*_here(act.team, act.place), ChannelAskRow.item_id == item).with_for_update()
    ).first()
    if row is None or row.state != AskState.ASKED:
        raise BadInput(NOT_ASKED)
    key = {"team_id": act.team, "item_id": item, "channel_id": act.place, "person": act.person}
    if answer is None:
        mine = (getattr(ChannelTapRow, name) == value for name, value in key.items())
        session.execute(delete(ChannelTapRow).where(*mine))
        return
    said = {**key, "answer": answer.value, "at": act.at}
    insert_or_update(session, ChannelTapRow, said, keys=tuple(key), change=("answer", "at"))
    _count(session, row, act.at)


def _count(session: Session, row: ChannelAskRow, now: datetime) -> None:
    """What everybody reads is counted anew when a crowd has said something since."""
    taps = (ChannelTapRow.team_id == row.team_id, ChannelTapRow.item_id == row.item_id)
    here = (*taps, ChannelTapRow.channel_id == row.channel_id)
    since = [ChannelTapRow.at > row.counted_at] if row.counted_at is not None else []
    if session.scalars(select(func.count()).select_from(ChannelTapRow).where(*here, *since)).one() < FEWEST_PEOPLE:
        return
    counted = select(ChannelTapRow.answer, func.count()).where(*here).group_by(ChannelTapRow.answer)
    row.shown, row.counted_at = dict(session.execute(counted).all()), now
    if row.letter is not None:
        outbox.refresh(session, row.team_id, row.letter)
    session.flush()


def rename_channel(session: Session, team: str, old: str, new: str) -> None:
    """Slack gave a channel another id: what is asked there goes with it."""
    move_rows(session, ChannelAskRow, team, old, new)
    move_rows(session, ChannelTapRow, team, old, new)
