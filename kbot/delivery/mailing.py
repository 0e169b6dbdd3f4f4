"""Letters of deliveries: what waits for somebody is put into one at their pace, and what became of it is kept."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from kbot.delivery.deliveries import fact_of, move
from kbot.delivery.facts import CARD, TO_CHANNEL, Delivery, Rule, State
from kbot.delivery.tables import DeliveryRow
from kbot.people import directory
from kbot.people.facts import Pace, Person
from kbot.people.hours import iso_week, local_moment
from kbot.post import outbox
from kbot.post.gate import Proactive
from kbot.post.outbox import Letter
from kbot.trail.facts import Delivered, Posted
from kbot.trail.log import remember

MOST_IN_A_LETTER = 3
WORTH_FOR = timedelta(days=30)
"""What has found no letter by then is not new any more."""

UNWISHED_EVERY = timedelta(days=7)
"""A letter of nothing but what kbot chose by itself comes at most so often after any other."""


def waiting(session: Session, now: datetime, most: int = 500) -> list[tuple[str, str]]:
    """For whom a letter may be planned now (people's time): team, and the person or channel. None for whom one is on
    its way, or who has had theirs of today."""
    planned = aliased(DeliveryRow)
    on_its_way = exists().where(
        planned.state == State.PLANNED.value,
        planned.team_id == DeliveryRow.team_id,
        planned.recipient == DeliveryRow.recipient,
    )
    query = select(DeliveryRow.team_id, DeliveryRow.recipient).where(
        DeliveryRow.state == State.WAITING.value,
        or_(DeliveryRow.not_before.is_(None), DeliveryRow.not_before <= now),
        ~on_its_way,
    )
    return [(team, recipient) for team, recipient in session.execute(query.distinct().limit(most))]


def plan(session: Session, team: str, recipient: str, now: datetime, real: datetime) -> bool:
    """Put what waits for somebody into one letter, the best three, unless one is on its way or it is not yet time.

    A person's pace says when; a channel gets one a day. What nobody wished for comes along with what they did, or once
    a week. `now` is people's time, `real` the machine's.
    """
    directory.lock_person(session, team, recipient)
    mine = DeliveryRow.recipient == recipient
    move(session, team, State.WAITING, State.DROPPED, mine, DeliveryRow.chosen_at <= now - WORTH_FOR)
    rows = session.scalars(
        select(DeliveryRow)
        .where(DeliveryRow.team_id == team, mine, DeliveryRow.state.in_((State.WAITING, State.PLANNED)))
        .order_by(DeliveryRow.points.desc(), DeliveryRow.chosen_at, DeliveryRow.item_id)
    ).all()
    if not rows or any(row.state == State.PLANNED for row in rows):
        return False
    person = None if rows[0].is_channel else directory.person(session, team, recipient)
    if not rows[0].is_channel and (person is None or person.pace is Pace.NEVER):
        move(session, team, State.WAITING, State.DROPPED, mine)
        return False
    if person is not None and not any(Rule(row.rule).is_asked_for for row in rows):
        came = outbox.arrivals(session, team, recipient, CARD)
        if came and came[-1].sent_at > now - UNWISHED_EVERY:
            move(session, team, State.WAITING, State.WAITING, mine, not_before=came[-1].sent_at + UNWISHED_EVERY)
            return False
    taken = rows[:MOST_IN_A_LETTER]
    letter = Letter(
        team,
        _key(recipient, person, taken[0].item_id, now),
        TO_CHANNEL if person is None else CARD,
        recipient,
        proactive=Proactive.DELIVERY if person is not None else None,
    )
    if not outbox.plan(session, letter, real):  # today's, or this week's, has gone out already
        move(session, team, State.WAITING, State.WAITING, mine, not_before=_next_turn(person, now))
        return False
    inside = DeliveryRow.item_id.in_([row.item_id for row in taken])
    move(session, team, State.WAITING, State.PLANNED, mine, inside, letter=letter.key)
    return True


def _key(recipient: str, person: Person | None, item: str, now: datetime) -> str:
    """One letter for each key: that is the pace."""
    if person is None:
        return f"delivery:{recipient}:{now:%Y-%m-%d}"
    if person.pace is Pace.AT_ONCE:
        return f"delivery:{recipient}:{item}"
    if person.pace is Pace.WEEKLY:
        return f"delivery:{recipient}:{iso_week(now, person.zone)}"
    return f"delivery:{recipient}:{now.astimezone(person.zone):%Y-%m-%d}"


def _next_turn(person: Person | None, now: datetime) -> datetime:
    """When the next key begins."""
    zone = person.zone if person is not None else ZoneInfo("UTC")
    today = now.astimezone(zone).date()
    days = 7 - today.weekday() if person is not None and person.pace is Pace.WEEKLY else 1
    return local_moment(today + timedelta(days=days), 0, zone)


def settle(session: Session, now: datetime) -> int:
    """What became of the letters on their way: their items were delivered, or never left. Returns how many ended."""
    planned = session.execute(
        select(DeliveryRow.team_id, DeliveryRow.letter).where(DeliveryRow.state == State.PLANNED.value).distinct()
    ).all()
    letters = [(team, letter) for team, letter in planned if letter is not None]
    lost = outbox.never_left(session, letters)
    ended = 0
    for team, letter in letters:
        mine = DeliveryRow.letter == letter
        arrived = outbox.where(session, team, letter)
        if (team, letter) in lost:
            ended += len(move(session, team, State.PLANNED, State.DROPPED, mine))
        elif arrived is not None:
            at = arrived.at or now
            for row in move(session, team, State.PLANNED, State.SENT, mine, sent_at=at):
                ended += 1
                key = f"{row.item_id}:{row.recipient}"
                if row.is_channel:
                    remember(session, Posted(team, key, at, None, row.item_id, row.recipient))
                else:
                    remember(session, Delivered(team, key, at, row.recipient, row.item_id, row.rule))
    return ended


def anything_planned(session: Session) -> bool:
    """Whether a letter is on its way."""
    return (
        session.execute(select(DeliveryRow.letter).where(DeliveryRow.state == State.PLANNED.value).limit(1)).first()
        is not None
    )


def leave_out(session: Session, letter: Letter, items: Iterable[str]) -> None:
    """These items are not in the letter after all: gone by now, or not for its reader to see."""
    unseen = (DeliveryRow.letter == letter.key, DeliveryRow.item_id.in_(set(items)))
    move(session, letter.team, State.PLANNED, State.DROPPED, *unseen)


def of_letter(session: Session, letter: Letter) -> list[Delivery]:
    """What is in a letter, the best first."""
    rows = session.scalars(
        select(DeliveryRow)
        .where(
            DeliveryRow.team_id == letter.team,
            DeliveryRow.letter == letter.key,
            DeliveryRow.state != State.DROPPED.value,
        )
        .order_by(DeliveryRow.points.desc(), DeliveryRow.chosen_at, DeliveryRow.item_id)
        .execution_options(populate_existing=True)
    )
    return [fact_of(session, row) for row in rows]
