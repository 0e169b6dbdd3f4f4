"""What a colleague passed on lies in the Home tab of who got it: without a message, without the colleague's name.

They may see it there if they may see it at all; the Home tab asks that anew whenever it is shown.
"""

from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from kbot.delivery.facts import Rule, State
from kbot.delivery.tables import DeliveryRow, MutedRow
from kbot.library import items
from kbot.people import directory
from kbot.people.facts import Pace
from kbot.storage.upsert import insert_new
from kbot.trail import log
from kbot.trail.facts import Fact, PassedOn, TakenBack


def offer(session: Session, fact: Fact, real: datetime) -> None:
    """Somebody says to whom they passed an item on: there it may be found, once, unless they shared it or have it."""
    assert isinstance(fact, PassedOn)
    item, person = items.get(session, fact.team, fact.item or ""), directory.person(session, fact.team, fact.to)
    if person is None or not person.is_member or person.pace is Pace.NEVER or person.stopped:
        return
    if item.contributor == fact.to or not item.is_findable or _wants_less(session, fact):
        return
    row = {
        "team_id": fact.team,
        "item_id": item.id,
        "recipient": fact.to,
        "is_channel": False,
        "rule": Rule.RELAY.value,
        "note": "",
        "points": Rule.RELAY.points,
        "wave": 0,
        "state": State.OFFERED.value,
        "chosen_at": fact.at,
    }
    insert_new(session, DeliveryRow, row)


def _wants_less(session: Session, fact: PassedOn) -> bool:
    less = (MutedRow.rule == Rule.RELAY.value, MutedRow.until > fact.at)
    query = exists().where(MutedRow.team_id == fact.team, MutedRow.person == fact.to, *less)
    return bool(session.execute(select(query)).scalar())


def take_back(session: Session, fact: Fact, real: datetime) -> None:
    """They take it back: what nobody else passed on, and its person has said nothing of, lies there no more."""
    assert isinstance(fact, TakenBack)
    relay = log.of_key(session, PassedOn, fact.team, fact.key)
    if relay is None or relay.item is None:
        return
    others = log.about_item(session, PassedOn, fact.team, [relay.item])
    if any(one.to == relay.to for one in others):
        return
    session.execute(
        delete(DeliveryRow).where(
            DeliveryRow.team_id == fact.team,
            DeliveryRow.item_id == relay.item,
            DeliveryRow.recipient == relay.to,
            DeliveryRow.rule == Rule.RELAY.value,
            DeliveryRow.state == State.OFFERED.value,
            DeliveryRow.said.is_(None),
        )
    )
    session.expire_all()
