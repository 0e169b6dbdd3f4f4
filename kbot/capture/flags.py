"""Flag, endorse, undo, and what the contributor decides. Each verb is one transaction's worth of steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.capture.consent import UNDO_WITHIN, Terms, terms
from kbot.capture.tables import FlagRow
from kbot.library import items, lineage, topics
from kbot.library.facts import Consent, Item, ItemKind, ItemState, Lines, LinkKind, Source, WaitsFor
from kbot.people import directory
from kbot.people.facts import Policy
from kbot.people.moved import move_rows
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.storage.upsert import insert_new
from kbot.trail.facts import Captured
from kbot.trail.log import remember

MARK = "capture.mark"
SEEN = "capture.seen"
NOTICE = "capture.notice"
REFUSED = "capture.refused"
JOINED = "capture.joined"


@dataclass(frozen=True)
class Flag:
    """A flag emoji set or taken off a message. `event_ts` is Slack's time of the event."""

    channel: str
    ts: str
    emoji: str
    event_ts: str


@dataclass(frozen=True)
class Finding:
    """What was found at the flagged place: who wrote it and what an item would say."""

    channel: str
    contributor: str | None
    lines: Lines
    source: Source | None
    kind: ItemKind = ItemKind.HOW_TO
    topics: tuple[str, ...] | None = None
    """Names; None: those that it names itself."""


@dataclass(frozen=True)
class Saved:
    """An item that a flag, a modal or a command led to. `is_new` is False for an endorsement."""

    item: Item
    is_new: bool


def notice_key(item: Item) -> str:
    """The key of the contributor's notice: one for each time that the item begins, and it begins anew after an undo."""
    return f"notice:{item.id}:{item.created_at:%Y%m%dT%H%M%S%f}"


def orphaned_key(item: str) -> str:
    """The key of the question after the deletion of an item's source."""
    return f"orphaned:{item}"


def refresh_notice(session: Session, team: str, item_id: str) -> None:
    """The contributor's newest notice shows the item as it is now."""
    outbox.refresh(session, team, notice_key(items.get(session, team, item_id)))


def flag(session: Session, act: Act, flag: Flag, policy: Policy, finding: Finding, real: datetime) -> Saved | None:
    """Save the flagged message; a second person's flag is an endorsement.

    None when the flag was taken off meanwhile (Slack's order of events counts, not ours). `real` is the machine's time.
    """
    if not _newest(session, act, flag, is_set=True):
        return None
    return save(session, act, policy, finding, real)


def save(session: Session, act: Act, policy: Policy, finding: Finding, real: datetime) -> Saved:
    """Write the item down and tell the contributor, the flagger and, by a reaction, everybody."""
    agreed = terms(policy, finding.contributor, act.person, act.at)
    item, is_new = items.create(
        session,
        act,
        kind=finding.kind,
        channel=finding.channel,
        contributor=finding.contributor,
        lines=finding.lines,
        waits_for=agreed.waits_for,
        until=agreed.until,
        consent=agreed.consent,
        source=finding.source,
    )
    if not is_new:
        item = _again(session, act, item, agreed, finding)
    else:
        _about(session, act, item.id, finding)
        if agreed.waits_for is WaitsFor.NOTHING:
            items.publish(session, act, item.id)
    remember(session, Captured(act.team, f"{item.id}:{act.person}", act.at, act.person, item.id))
    _tell(session, act, item, real)
    return Saved(items.get(session, act.team, item.id), is_new)


def _about(session: Session, act: Act, item: str, finding: Finding) -> None:
    names = topics.named_in(session, act.team, finding.lines) if finding.topics is None else finding.topics
    topics.give(session, act, item, names)


def _again(session: Session, act: Act, item: Item, agreed: Terms, finding: Finding) -> Item:
    """A flag on a message that is an item already: an endorsement, or after an undo a new beginning."""
    if item.state is ItemState.WITHDRAWN and item.consent is not Consent.REFUSED:
        said_yes = item.consent is Consent.GIVEN and agreed.waits_for in (WaitsFor.CONTRIBUTOR, WaitsFor.TIME)
        waits_for, until = (WaitsFor.NOTHING, None) if said_yes else (agreed.waits_for, agreed.until)
        items.begin_again(session, act, item.id, waits_for, until)
        items.revise(session, act, item.id, finding.lines, kind=finding.kind)
        _about(session, act, item.id, finding)
        if waits_for is WaitsFor.NOTHING:
            items.publish(session, act, item.id)
    elif item.contributor == act.person and item.waits_for in (WaitsFor.CONTRIBUTOR, WaitsFor.TIME):
        items.set_consent(session, act, item.id, Consent.GIVEN)  # an author's own flag is consent
        items.publish(session, act, item.id)
    return items.get(session, act.team, item.id)


def _tell(session: Session, act: Act, item: Item, real: datetime) -> None:
    if item.source is not None:
        outbox.plan(
            session,
            Letter(act.team, f"mark:{item.id}:{act.key}", MARK, item.channel, {"item": item.id}),
            real,
        )
        about = {"item": item.id, "channel": item.channel}
        outbox.plan(session, Letter(act.team, f"seen:{item.id}:{act.key}", SEEN, act.person, about), real)
    if item.contributor not in (None, act.person):
        assert item.contributor is not None
        outbox.plan(session, Letter(act.team, notice_key(item), NOTICE, item.contributor, {"item": item.id}), real)
    refresh_notice(session, act.team, item.id)


def _newest(session: Session, act: Act, flag: Flag, *, is_set: bool) -> bool:
    """Keep the flag as this event leaves it. False when a newer event, or this one, is known already."""
    key = {
        "team_id": act.team,
        "channel_id": flag.channel,
        "ts": flag.ts,
        "user_id": act.person,
        "emoji": flag.emoji,
    }
    if insert_new(session, FlagRow, {**key, "is_set": is_set, "event_ts": flag.event_ts}):
        return True
    changed = session.execute(
        update(FlagRow)
        .filter_by(**key)
        .where(FlagRow.event_ts < flag.event_ts)
        .values(is_set=is_set, event_ts=flag.event_ts)
        .returning(FlagRow.ts)
    )
    return changed.first() is not None


def unflag(session: Session, act: Act, flag: Flag, real: datetime) -> None:
    """The flag is taken off: within ten minutes that undoes the save, later it only takes the endorsement back."""
    if not _newest(session, act, flag, is_set=False):
        return
    item = items.by_source(session, act.team, flag.channel, flag.ts)
    if item is None or item.flagger != act.person or _flagged_by(session, item, FlagRow.user_id == act.person):
        return  # nobody's, somebody else's, or flagged with another emoji still
    if act.at - item.created_at <= UNDO_WITHIN:
        _take_back(session, act, item, real)


def undo(session: Session, act: Act, item_id: str, real: datetime) -> Item:
    """The flagger presses Undo; what others flagged too stays. Returns the item as it is then.

    Raises BadInput after ten minutes, or for somebody else's save.
    """
    item = items.get(session, act.team, item_id)
    if item.flagger != act.person:
        raise BadInput("Somebody else saved this, so only they, the one who wrote it, or a broker can take it back.")
    if act.at - item.created_at > UNDO_WITHIN:
        raise BadInput("The ten minutes for Undo are over. The one who wrote it, or a broker, can still take it back.")
    _lower(session, act, item)
    _take_back(session, act, item, real)
    return items.get(session, act.team, item_id)


def add_as_evidence(session: Session, act: Act, item_id: str, twin: str, real: datetime) -> Item:
    """What the flagger has just saved is said by another item already: that one is endorsed, theirs is taken back.

    Returns the other one. Raises BadInput where that one is gone, or their own cannot be taken back any more.
    """
    other = items.get(session, act.team, twin)
    if not other.is_findable:
        raise items.Gone
    undo(session, act, item_id, real)
    remember(session, Captured(act.team, f"{twin}:{act.person}", act.at, act.person, twin))
    return other


def build_on(session: Session, act: Act, item_id: str, other: str) -> Item:
    """What was just saved builds on another item: both stay, linked. Returns the other one. Raises BadInput where that
    cannot be."""
    lineage.link(session, act, item_id, LinkKind.BUILDS_ON, other)
    refresh_notice(session, act.team, other)
    return items.get(session, act.team, other)


def _lower(session: Session, act: Act, item: Item) -> None:
    """The flagger's reactions may stay on the message after Undo; they count no more."""
    if item.source is not None:
        session.execute(
            update(FlagRow)
            .filter_by(team_id=item.team, channel_id=item.source.channel, ts=item.source.ts, user_id=act.person)
            .values(is_set=False)
        )


def _take_back(session: Session, act: Act, item: Item, real: datetime) -> None:
    heir = _flagged_by(session, item, FlagRow.user_id != item.flagger)
    if heir is not None:
        items.hand_over(session, act, item.id, heir)  # who flagged it too can take it back as well
        refresh_notice(session, act.team, item.id)
        return
    if item.state in (ItemState.CANDIDATE, ItemState.PUBLISHED):
        if item.contributor == act.person:
            items.set_consent(session, act, item.id, Consent.ASKED)  # who takes back their own flag is asked anew
        items.take_away(session, act, item.id, ItemState.WITHDRAWN)
        _gone(session, act, item, real)


def _flagged_by(session: Session, item: Item, by: ColumnElement[bool]) -> str | None:
    """Who has a flag on the item's message, the earliest first."""
    if item.source is None:
        return None
    flags = select(FlagRow.user_id).where(
        FlagRow.team_id == item.team,
        FlagRow.channel_id == item.source.channel,
        FlagRow.ts == item.source.ts,
        FlagRow.is_set,
        by,
    )
    return session.scalars(flags.order_by(FlagRow.event_ts, FlagRow.user_id).limit(1)).first()


def _gone(session: Session, act: Act, item: Item, real: datetime) -> None:
    if item.source is not None:
        outbox.plan(
            session,
            Letter(act.team, f"unmark:{item.id}:{act.key}", MARK, item.channel, {"item": item.id}),
            real,
        )
    refresh_notice(session, act.team, item.id)
    outbox.refresh(session, act.team, orphaned_key(item.id))


def own(session: Session, act: Act, item_id: str) -> Item:
    """An item of who acts. Raises BadInput for anybody else."""
    item = items.get(session, act.team, item_id)
    if item.contributor != act.person:
        raise BadInput("Only the person who wrote it can decide that.")
    return item


def accept(session: Session, act: Act, item_id: str, *, with_name: bool) -> None:
    """The contributor says that it is fine, with their name or without; what waited for that is published."""
    item = own(session, act, item_id)
    if item.state in (ItemState.REJECTED, ItemState.WITHDRAWN):
        raise items.Gone
    if not with_name:
        items.leave_name_out(session, act, item_id)
    items.set_consent(session, act, item_id, Consent.GIVEN)
    if item.state is ItemState.LAPSED or item.waits_for in (WaitsFor.CONTRIBUTOR, WaitsFor.TIME):
        items.publish(session, act, item_id)
    refresh_notice(session, act.team, item_id)


def show_name(session: Session, act: Act, item_id: str) -> None:
    """The contributor wants to be named after all."""
    own(session, act, item_id)
    items.leave_name_out(session, act, item_id, out=False)
    refresh_notice(session, act.team, item_id)


def refuse(session: Session, act: Act, item_id: str, real: datetime) -> None:
    """The contributor takes it back, for ever: nobody finds it, and a new flag does not save it again."""
    item = own(session, act, item_id)
    items.set_consent(session, act, item_id, Consent.REFUSED)
    if item.state is not ItemState.REJECTED:
        items.take_away(session, act, item_id, ItemState.REJECTED)
    _gone(session, act, item, real)


def never(session: Session, act: Act, item_id: str, real: datetime) -> None:
    """The contributor wants nothing of theirs saved, this included."""
    directory.never_capture(session, act)
    refuse(session, act, item_id, real)


def edit(
    session: Session, act: Act, item_id: str, lines: Lines, kind: ItemKind, about: Sequence[str] | None = None
) -> None:
    """The contributor says it in other words; editing what waits for their yes is a yes. `about`: its topics now."""
    item = own(session, act, item_id)
    if item.state in (ItemState.REJECTED, ItemState.WITHDRAWN):
        raise items.Gone
    items.revise(session, act, item_id, lines, kind=kind)
    if about is not None:
        topics.give(session, act, item_id, about)
    items.set_consent(session, act, item_id, Consent.GIVEN)
    if item.state is ItemState.LAPSED or item.waits_for in (WaitsFor.CONTRIBUTOR, WaitsFor.TIME):
        items.publish(session, act, item_id)
    refresh_notice(session, act.team, item_id)


def come_of_age(session: Session, act: Act, item_id: str) -> None:
    """A candidate's time has come: after 24 hours an opt-out is published, after 14 days an opt-in lapses."""
    item = items.get(session, act.team, item_id)
    if item.state is not ItemState.CANDIDATE or item.until is None or item.until > act.at:
        return
    if item.waits_for is WaitsFor.TIME:
        items.publish(session, act, item_id)
    else:
        items.move(session, act, item_id, ItemState.LAPSED)
    refresh_notice(session, act.team, item_id)


def rename_channel(session: Session, team: str, old: str, new: str) -> None:
    """Slack gave a channel another id: its items and flags go with it."""
    items.rename_channel(session, team, old, new)
    move_rows(session, FlagRow, team, old, new)
