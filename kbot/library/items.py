"""Items: write one down, change its state, give it a new version, find it by its source."""

from collections.abc import Iterable
from datetime import datetime
from uuid import NAMESPACE_OID, uuid4, uuid5

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.library.audience import visible_to
from kbot.library.facts import NEXT, Consent, Item, ItemKind, ItemState, Lines, Source, WaitsFor
from kbot.library.rows import items_of
from kbot.library.search import index
from kbot.library.tables import ItemRow, SourceRow, VersionRow, WideningRow
from kbot.people.facts import Viewer
from kbot.people.moved import move_rows
from kbot.storage.upsert import insert_new
from kbot.trail.facts import Published, Revised, Verified, Withdrawn
from kbot.trail.log import remember


class Gone(BadInput):
    """The item is not there any more, or is not what the button took it for."""

    def __init__(self, sentence: str = "That is not there any more, so nothing was changed.") -> None:
        super().__init__(sentence)


def create(
    session: Session,
    act: Act,
    *,
    kind: ItemKind,
    channel: str,
    contributor: str | None,
    lines: Lines,
    waits_for: WaitsFor,
    until: datetime | None,
    consent: Consent,
    source: Source | None,
) -> tuple[Item, bool]:
    """Write an item down as a candidate. Returns it and whether it is new.

    One message becomes one item, whoever flags it and how often: the source's key decides. Without a source the
    act's key does, so that a modal sent off twice writes one item. Raises Gone when the source was deleted meanwhile.
    """
    item = (uuid4() if source else uuid5(NAMESPACE_OID, f"{act.team}|{act.key}")).hex
    if session.get(ItemRow, (act.team, item)) is not None:
        return get(session, act.team, item), False
    session.add(
        ItemRow(
            team_id=act.team,
            id=item,
            kind=kind,
            state=ItemState.CANDIDATE,
            waits_for=waits_for,
            consent=consent,
            channel_id=channel,
            contributor=contributor,
            is_named=True,
            flagger=act.person,
            version=0,
            created_at=act.at,
            until=until,
        )
    )
    session.flush()
    if source is not None and not insert_new(session, SourceRow, _source_row(act.team, item, source)):
        session.delete(session.get_one(ItemRow, (act.team, item)))
        session.flush()
        known = session.get_one(SourceRow, (act.team, source.channel, source.ts), populate_existing=True)
        if known.deleted or known.item_id is None:
            raise Gone("That message was deleted, so there is nothing to save.")
        return get(session, act.team, known.item_id), False
    _add_version(session, act, item, lines)
    return get(session, act.team, item), True


def _source_row(team: str, item: str, source: Source) -> dict[str, object]:
    return {
        "team_id": team,
        "channel_id": source.channel,
        "ts": source.ts,
        "item_id": item,
        "author": source.author,
        "thread_ts": source.thread_ts,
        "permalink": source.permalink,
        "edited_ts": source.edited_ts,
        "files": list(source.files),
        "deleted": False,
    }


def _add_version(session: Session, act: Act, item: str, lines: Lines) -> int:
    n = session.execute(
        update(ItemRow)
        .where(ItemRow.team_id == act.team, ItemRow.id == item)
        .values(version=ItemRow.version + 1)
        .returning(ItemRow.version)
    ).scalar_one()
    session.add(
        VersionRow(
            team_id=act.team,
            item_id=item,
            n=n,
            title=lines.title,
            body=lines.body,
            when=lines.when,
            because=lines.because,
            limits=lines.limits,
            question=lines.question,
            edited_by=act.person,
            at=act.at,
        )
    )
    session.flush()
    session.expire_all()
    return int(n)


def revise(session: Session, act: Act, item: str, lines: Lines, *, kind: ItemKind | None = None) -> Item:
    """Give an item a new version; where it can be found, it is found by the new words at once."""
    before = get(session, act.team, item)
    if kind is not None and kind is not before.kind:
        session.execute(update(ItemRow).where(ItemRow.team_id == act.team, ItemRow.id == item).values(kind=kind.value))
    if lines != before.lines:
        _add_version(session, act, item, lines)
    session.expire_all()
    after = get(session, act.team, item)
    if after.is_findable:
        index.put(session, after)
        if after.version != before.version:
            remember(session, Revised(act.team, f"{item}:{after.version}", act.at, act.person, item))
    return after


def publish(session: Session, act: Act, item: str) -> bool:
    """From now on the item can be found. Returns False when it was published already."""
    if not move(session, act, item, ItemState.PUBLISHED):
        return False
    session.execute(
        update(ItemRow)
        .where(ItemRow.team_id == act.team, ItemRow.id == item)
        .values(published_at=act.at, waits_for=WaitsFor.NOTHING, until=None)
    )
    session.expire_all()
    published = get(session, act.team, item)
    index.put(session, published)
    remember(session, Published(act.team, f"{item}:{act.key}", act.at, published.contributor, item))
    return True


def restore(session: Session, act: Act, item: str) -> bool:
    """What was replaced by mistake can be found again, as it was published once. False when it can be found."""
    restored = move(session, act, item, ItemState.PUBLISHED)
    if restored:
        index.put(session, get(session, act.team, item))
    return restored


def take_away(session: Session, act: Act, item: str, state: ItemState) -> bool:
    """The item goes into a state in which nobody finds it. Returns False when it was there already.

    That something else has taken its place is for lineage.py to remember.
    """
    was_findable = get(session, act.team, item).is_findable
    if not move(session, act, item, state):
        return False
    index.remove(session, act.team, item)
    if was_findable and state is not ItemState.SUPERSEDED:
        remember(session, Withdrawn(act.team, f"{item}:{act.key}", act.at, act.person, item))
    return True


def move(session: Session, act: Act, item: str, to: ItemState) -> bool:
    """Change the state along the table of transitions. False when it is there already; Gone when it cannot go there."""
    allowed = [state for state, following in NEXT.items() if to in following]
    moved = session.execute(
        update(ItemRow)
        .where(ItemRow.team_id == act.team, ItemRow.id == item, ItemRow.state.in_(allowed))
        .values(state=to.value)
        .returning(ItemRow.id)
    ).first()
    session.expire_all()
    if moved is None:
        if get(session, act.team, item).state is to:
            return False
        raise Gone
    return True


def begin_again(session: Session, act: Act, item: str, waits_for: WaitsFor, until: datetime | None = None) -> None:
    """What was taken back is a candidate anew, as if this person had just saved it."""
    move(session, act, item, ItemState.CANDIDATE)
    values = {"waits_for": waits_for.value, "until": until, "flagger": act.person, "created_at": act.at}
    session.execute(update(ItemRow).where(ItemRow.team_id == act.team, ItemRow.id == item).values(**values))
    session.expire_all()


def hand_over(session: Session, act: Act, item: str, flagger: str) -> None:
    """Who saved the item takes that back, but this person saved it too."""
    session.execute(update(ItemRow).where(ItemRow.team_id == act.team, ItemRow.id == item).values(flagger=flagger))
    session.expire_all()


def leave_name_out(session: Session, act: Act, item: str, *, out: bool = True) -> None:
    """The contributor goes unnamed wherever the item is shown."""
    session.execute(update(ItemRow).where(ItemRow.team_id == act.team, ItemRow.id == item).values(is_named=not out))
    session.expire_all()


def set_consent(session: Session, act: Act, item: str, consent: Consent) -> None:
    """What the contributor said. A refusal stays."""
    session.execute(
        update(ItemRow)
        .where(ItemRow.team_id == act.team, ItemRow.id == item, ItemRow.consent != Consent.REFUSED)
        .values(consent=consent.value)
    )
    session.expire_all()


def detach(session: Session, act: Act, item: str) -> None:
    """The contributor keeps a deleted message as their own words: the item has no source any more."""
    session.execute(
        update(SourceRow).where(SourceRow.team_id == act.team, SourceRow.item_id == item).values(item_id=None)
    )
    session.expire_all()


def verify(session: Session, act: Act, item: str) -> None:
    """Somebody vouches for the item as it is now; an event of its own, not an edit."""
    session.execute(
        update(ItemRow)
        .where(ItemRow.team_id == act.team, ItemRow.id == item)
        .values(verified_by=act.person, verified_at=act.at)
    )
    session.expire_all()
    remember(session, Verified(act.team, f"{item}:{act.key}", act.at, act.person, item))


def get(session: Session, team: str, item: str) -> Item:
    """An item for kbot's own decisions, not to be shown. Raises Gone when there is none of that id."""
    row = session.get(ItemRow, (team, item))
    if row is None:
        raise Gone
    return items_of(session, [row])[0]


def lock(session: Session, team: str, item: str) -> Item:
    """An item as `get`, held for this unit: who decides about it next waits until this unit has ended."""
    query = select(ItemRow.id).where(ItemRow.team_id == team, ItemRow.id == item)
    session.execute(query.with_for_update())
    session.expire_all()
    return get(session, team, item)


def show(session: Session, viewer: Viewer, items: Iterable[str]) -> dict[str, Item]:
    """Those of `items` that the viewer may be shown now, by id, whatever their state."""
    wanted = set(items)
    if not wanted:
        return {}  # asked for none of them, SQLite would look through all that the viewer may see
    query = select(ItemRow).where(visible_to(viewer), ItemRow.id.in_(wanted))
    return {item.id: item for item in items_of(session, list(session.scalars(query)))}


def channels_of(session: Session, team: str, items: Iterable[str]) -> set[str]:
    """Where the audiences of these items are, to make a Viewer from."""
    wanted = set(items)
    home = select(ItemRow.channel_id).where(ItemRow.team_id == team, ItemRow.id.in_(wanted))
    wider = select(WideningRow.channel_id).where(
        WideningRow.team_id == team, WideningRow.item_id.in_(wanted), WideningRow.state == "open"
    )
    return set(session.scalars(home.union(wider)))


def by_source(session: Session, team: str, channel: str, ts: str) -> Item | None:
    """The item that this message became."""
    source = session.get(SourceRow, (team, channel, ts))
    return get(session, team, source.item_id) if source and source.item_id else None


def is_source(session: Session, team: str, channel: str, ts: str) -> bool:
    """Whether kbot knows this message: one indexed look."""
    return session.get(SourceRow, (team, channel, ts)) is not None


def bury(session: Session, team: str, channel: str, ts: str) -> Item | None:
    """The message is deleted in Slack. Returns the item it had become, or keeps a tombstone for a late flag."""
    row: dict[str, object] = {
        "team_id": team,
        "channel_id": channel,
        "ts": ts,
        "item_id": None,
        "files": [],
        "deleted": True,
    }
    if insert_new(session, SourceRow, row):
        return None
    source = session.get_one(SourceRow, (team, channel, ts), populate_existing=True)
    source.deleted = True
    session.flush()
    return get(session, team, source.item_id) if source.item_id else None


def source_edited(session: Session, team: str, channel: str, ts: str, edited_ts: str) -> bool:
    """Remember the newest edit of a source. False for one that is older than what is known (Slack's own order)."""
    changed = session.execute(
        update(SourceRow)
        .where(
            SourceRow.team_id == team,
            SourceRow.channel_id == channel,
            SourceRow.ts == ts,
            SourceRow.item_id.is_not(None),
            (SourceRow.edited_ts.is_(None)) | (SourceRow.edited_ts < edited_ts),
        )
        .values(edited_ts=edited_ts)
        .returning(SourceRow.ts)
    ).first()
    session.expire_all()
    return changed is not None


def rename_channel(session: Session, team: str, old: str, new: str) -> None:
    """Slack gave a channel another id: the items, their sources and their words go with it."""
    for table in (ItemRow, SourceRow, WideningRow):
        move_rows(session, table, team, old, new)
    index.move_channel(session, team, old, new)


def waiting(session: Session, team: str, channels: Iterable[str], waits_for: WaitsFor) -> list[Item]:
    """Candidates of these channels that wait for somebody, oldest first, for their broker."""
    rows = session.scalars(
        select(ItemRow)
        .where(
            ItemRow.team_id == team,
            ItemRow.channel_id.in_(set(channels)),
            ItemRow.state == ItemState.CANDIDATE,
            ItemRow.waits_for == waits_for,
        )
        .order_by(ItemRow.created_at)
    )
    return items_of(session, list(rows))


def waiting_for_contributor(session: Session, team: str, person: str) -> list[Item]:
    """Candidates that wait for this person's own yes, or for a time in which they may decline; oldest first."""
    rows = session.scalars(
        select(ItemRow)
        .where(
            ItemRow.team_id == team,
            ItemRow.contributor == person,
            ItemRow.state == ItemState.CANDIDATE,
            ItemRow.waits_for.in_((WaitsFor.CONTRIBUTOR, WaitsFor.TIME)),
            ItemRow.consent == Consent.ASKED,
        )
        .order_by(ItemRow.created_at, ItemRow.id)
    )
    return items_of(session, list(rows))


def published_since(session: Session, team: str, channels: Iterable[str], at: datetime) -> list[Item]:
    """Items of these channels published from then on (people's time), newest first."""
    rows = session.scalars(
        select(ItemRow)
        .where(
            ItemRow.team_id == team,
            ItemRow.channel_id.in_(set(channels)),
            ItemRow.state == ItemState.PUBLISHED,
            ItemRow.published_at >= at,
        )
        .order_by(ItemRow.published_at.desc())
    )
    return items_of(session, list(rows))


def come_due(session: Session, now: datetime) -> list[Item]:
    """Candidates whose time has come (people's time)."""
    rows = session.scalars(
        select(ItemRow).where(ItemRow.state == ItemState.CANDIDATE, ItemRow.until <= now).order_by(ItemRow.until)
    )
    return items_of(session, list(rows))


def of_contributor(session: Session, team: str, person: str) -> list[Item]:
    """What a person contributed and can still be found, newest first: their own words."""
    rows = session.scalars(
        select(ItemRow)
        .where(ItemRow.team_id == team, ItemRow.contributor == person, ItemRow.state == ItemState.PUBLISHED)
        .order_by(ItemRow.published_at.desc())
    )
    return items_of(session, list(rows))
