"""Wider audiences: an item may be shown where another channel reads, once its contributor and a broker said yes.

Each of the two can take it back at any time; whatever was decided stands in the audit.
"""

from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.library import items
from kbot.library.audience import visible_to
from kbot.library.facts import Item, ItemState
from kbot.library.tables import ItemRow, WideningRow
from kbot.people import directory
from kbot.people.facts import Viewer
from kbot.storage.upsert import insert_new

GONE = "That is decided already, so nothing was changed."


@dataclass(frozen=True)
class Widening:
    """What was asked for, who said yes so far as the `contributor` and as a `broker`, and whether it is open."""

    item: Item
    channel: str
    asked_by: str
    note: str
    contributor: str | None
    broker: str | None
    state: str

    @property
    def is_open(self) -> bool:
        return self.state == "open"


def ask(session: Session, act: Act, item_id: str, channel: str, note: str) -> Widening:
    """The contributor or a broker wants another channel to see it, which is their own yes. Raises BadInput where it
    can never be: nobody is there to consent."""
    item = items.lock(session, act.team, item_id)
    if item.contributor is None or not directory.brokers_of(session, act.team, item.channel):
        raise BadInput(
            "Not everybody there may see it. Its contributor and a broker could allow that, but one of them is missing."
        )
    row = {
        "team_id": act.team,
        "item_id": item_id,
        "channel_id": channel,
        "asked_by": act.person,
        "asked_at": act.at,
        "note": note,
        "contributor": None,
        "broker": None,
        "state": "asked",
    }
    if not insert_new(session, WideningRow, row):
        known = _row(session, act, item_id, channel)
        if known.state in ("refused", "ended"):
            for name, value in row.items():
                setattr(known, name, value)
            session.flush()
    return agree(session, act, item_id, channel)


def agree(session: Session, act: Act, item_id: str, channel: str) -> Widening:
    """One of the two says yes; with both it is open."""
    item = items.lock(session, act.team, item_id)
    row = _row(session, act, item_id, channel)
    if row.state in ("refused", "ended"):
        raise BadInput(GONE)
    _must_have_a_say(session, act, item)
    if act.person == item.contributor:
        row.contributor = act.person
    if act.person in directory.brokers_of(session, act.team, item.channel):
        row.broker = act.person
    if row.state == "asked" and row.contributor and row.broker:
        row.state = "open"
        directory.write_down(session, act, item_id, f"shown in {channel}: yes of {row.contributor} and {row.broker}")
    session.flush()
    return get(session, act.team, item_id, channel)


def end(session: Session, act: Act, item_id: str, channel: str) -> Widening:
    """One of the two says no, or takes a yes back: it is not shown there any more."""
    item = items.lock(session, act.team, item_id)
    row = _row(session, act, item_id, channel)
    _must_have_a_say(session, act, item)
    if row.state not in ("refused", "ended"):
        was_open = row.state == "open"
        row.state = "ended" if was_open else "refused"
        change = f"no longer shown in {channel}" if was_open else f"not shown in {channel}"
        directory.write_down(session, act, item_id, change)
    session.flush()
    return get(session, act.team, item_id, channel)


def _must_have_a_say(session: Session, act: Act, item: Item) -> None:
    if act.person != item.contributor and act.person not in directory.brokers_of(session, act.team, item.channel):
        raise BadInput("Only the one who shared it and the brokers of its channel can decide that.")


def _row(session: Session, act: Act, item: str, channel: str) -> WideningRow:
    row = session.get(WideningRow, (act.team, item, channel), populate_existing=True)
    if row is None:
        raise BadInput(GONE)
    return row


def get(session: Session, team: str, item: str, channel: str) -> Widening:
    """What was asked for, as it is now. Raises BadInput when nothing was."""
    row = session.get(WideningRow, (team, item, channel), populate_existing=True)
    if row is None:
        raise BadInput(GONE)
    kept = items.get(session, team, item)
    return Widening(kept, channel, row.asked_by, row.note, row.contributor, row.broker, row.state)


def waiting_for(session: Session, viewer: Viewer) -> list[Widening]:
    """What this person is asked to decide: as the contributor, or as a broker who may see the item; oldest first."""
    curated = directory.channels_of_broker(session, viewer.team, viewer.person)
    mine = and_(ItemRow.contributor == viewer.person, WideningRow.contributor.is_(None))
    as_broker = and_(ItemRow.channel_id.in_(curated), visible_to(viewer), WideningRow.broker.is_(None))
    query = (
        select(WideningRow)
        .join(ItemRow, and_(ItemRow.team_id == WideningRow.team_id, ItemRow.id == WideningRow.item_id))
        .where(
            WideningRow.team_id == viewer.team,
            WideningRow.state == "asked",
            ItemRow.state == ItemState.PUBLISHED,
            or_(mine, as_broker),
        )
        .order_by(WideningRow.asked_at, WideningRow.item_id, WideningRow.channel_id)
    )
    rows = session.scalars(query).all()
    return [get(session, viewer.team, row.item_id, row.channel_id) for row in rows]
