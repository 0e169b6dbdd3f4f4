"""The message behind an item is edited or deleted: the contributor says what becomes of it, in a message or at home."""

from datetime import datetime

from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.capture import flags
from kbot.capture.flags import orphaned_key, own, refresh_notice
from kbot.library import items
from kbot.library.facts import Consent, Item, ItemKind, ItemState, Lines, WaitsFor
from kbot.post import outbox
from kbot.post.outbox import Letter

EDITED = "capture.edited"
ORPHANED = "capture.orphaned"


def edited_key(item: str, edited_ts: str | None) -> str:
    """The key of the question after one edit of an item's source."""
    return f"edited:{item}:{edited_ts}"


def source_edited(session: Session, act: Act, channel: str, ts: str, edited_ts: str, real: datetime) -> None:
    """The source message was edited: the contributor is asked whether the item shall say the new words."""
    before = items.by_source(session, act.team, channel, ts)
    if not items.source_edited(session, act.team, channel, ts, edited_ts):
        return
    item = items.by_source(session, act.team, channel, ts)
    if item is None or item.contributor is None or item.state not in (ItemState.CANDIDATE, ItemState.PUBLISHED):
        return
    if before is not None and before.source is not None:  # an earlier edit is no question any more
        outbox.refresh(session, act.team, edited_key(item.id, before.source.edited_ts))
    about = {"item": item.id, "edited_ts": edited_ts}
    outbox.plan(session, Letter(act.team, edited_key(item.id, edited_ts), EDITED, item.contributor, about), real)


def take_over(session: Session, act: Act, item_id: str, lines: Lines, kind: ItemKind) -> None:
    """The item says the new words."""
    flags.edit(session, act, item_id, lines, kind)
    settle_edit(session, act, item_id)


def settle_edit(session: Session, act: Act, item_id: str) -> None:
    """The contributor has decided about the newest edit, one way or the other: nobody asks any more."""
    item = own(session, act, item_id)
    if item.source is not None:
        key = edited_key(item.id, item.source.edited_ts)
        outbox.answered(session, act.team, key, act.at)
        outbox.refresh(session, act.team, key)


def is_open(session: Session, item: Item, edited_ts: str) -> bool:
    """Whether the contributor is still to say what becomes of this edit: it is the newest, and nothing was said."""
    is_newest = item.source is not None and item.source.edited_ts == edited_ts
    can_be_said = item.state in (ItemState.CANDIDATE, ItemState.PUBLISHED)
    return is_newest and can_be_said and not outbox.is_answered(session, item.team, edited_key(item.id, edited_ts))


def source_deleted(session: Session, act: Act, channel: str, ts: str, real: datetime) -> None:
    """The source message is gone: its item is hidden at once, and the contributor may keep it as their own words."""
    item = items.bury(session, act.team, channel, ts)
    if item is None or item.state not in (ItemState.CANDIDATE, ItemState.PUBLISHED):
        return
    items.take_away(session, act, item.id, ItemState.WITHDRAWN)
    refresh_notice(session, act.team, item.id)
    if item.source is not None:
        outbox.refresh(session, act.team, edited_key(item.id, item.source.edited_ts))
    if item.contributor is not None and item.consent is not Consent.REFUSED:
        letter = Letter(act.team, orphaned_key(item.id), ORPHANED, item.contributor, {"item": item.id})
        outbox.plan(session, letter, real)


def keep_own_words(session: Session, act: Act, item_id: str) -> None:
    """The contributor keeps what a deleted message said; it is found again, without the message.

    Where a broker had still to approve it, that is so as before.
    """
    item = own(session, act, item_id)
    if item.consent is Consent.REFUSED:
        raise items.Gone
    items.detach(session, act, item_id)
    items.set_consent(session, act, item_id, Consent.GIVEN)
    if item.waits_for is WaitsFor.BROKER:
        items.move(session, act, item_id, ItemState.CANDIDATE)
    else:
        items.publish(session, act, item_id)
    outbox.refresh(session, act.team, orphaned_key(item_id))


def let_go(session: Session, act: Act, item_id: str, real: datetime) -> None:
    """The contributor lets a deleted message's item go as well."""
    flags.refuse(session, act, item_id, real)


def waiting_for(session: Session, team: str, person: str) -> tuple[list[Item], list[Item]]:
    """What this person is asked about messages of theirs: of which were edited, and of which are deleted."""
    edited, orphaned = [], []
    for letter in outbox.arrived(session, team, person, (EDITED, ORPHANED)):
        item = items.get(session, team, letter.about["item"])
        if item.contributor != person or item.consent is Consent.REFUSED:
            continue
        if letter.kind == ORPHANED and item.state is ItemState.WITHDRAWN:
            orphaned.append(item)
        elif letter.kind == EDITED and is_open(session, item, letter.about["edited_ts"]):
            edited.append(item)
    return edited, orphaned
