"""Flags, undo and what the contributor decides, by themselves and at the same time, on both databases."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count, permutations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.capture import flags, sources
from kbot.capture.flags import Finding, Flag
from kbot.library import items
from kbot.library.facts import Consent, Item, ItemKind, ItemState, Lines, Source, WaitsFor
from kbot.library.items import Gone
from kbot.library.search import rank
from kbot.library.search.rank import Wanted
from kbot.library.tables import ItemRow, VersionRow
from kbot.meaning.hashed import HashEmbedder
from kbot.people.facts import Policy, Publication, Viewer
from kbot.storage.units import Units
from kbot.trail import log
from kbot.trail.facts import Captured, Published, Withdrawn
from tests.rooms.desk import ANA, BEN, CLEO, FRIDAY, PLATFORM, REAL, TEAM, act, letters, saved

TS = "1763600000.000100"
_event = count(1)


def policy(publication: Publication = Publication.NOTIFY) -> Policy:
    return Policy(PLATFORM, publication=publication)


def finding(body: str = "Drain the queue.", ts: str = TS) -> Finding:
    source = Source(PLATFORM, ts, ANA, None, None, None)
    return Finding(PLATFORM, ANA, Lines("Importer stuck?", body), source)


def flagged(session: Session, person: str = BEN, event_ts: str = "") -> Item | None:
    flag = Flag(PLATFORM, TS, "bulb", event_ts or f"{next(_event):010d}")
    done = flags.flag(session, act(person), flag, policy(), finding(), REAL)
    return done.item if done else None


IMPORTER = Wanted.of("importer stuck", HashEmbedder().embed("importer stuck"))


def unflagged(session: Session, person: str = BEN, event_ts: str = "") -> None:
    flags.unflag(session, act(person), Flag(PLATFORM, TS, "bulb", event_ts or f"{next(_event):010d}"), REAL)


def state(session: Session) -> str | None:
    session.expire_all()
    return session.scalars(select(ItemRow.state)).one_or_none()


def is_found(session: Session) -> bool:
    return bool(rank.find(session, Viewer(TEAM, BEN, frozenset({PLATFORM})), IMPORTER).hits)


def count_of(session: Session, table: type[ItemRow] | type[VersionRow]) -> int:
    return session.scalars(select(func.count()).select_from(table)).one()


# -- Slack's order of events counts, whatever order they arrive in


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_on_off_on_ends_on(session: Session, order: tuple[int, ...]) -> None:
    steps = [(flagged, "1"), (unflagged, "2"), (flagged, "3")]
    for n in order:
        step, event_ts = steps[n]
        step(session, BEN, event_ts)
    assert state(session) == ItemState.PUBLISHED
    assert is_found(session)


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_on_off_ends_off(session: Session, order: tuple[int, ...]) -> None:
    steps = [(flagged, "1"), (unflagged, "2")]
    for n in order:
        step, event_ts = steps[n]
        step(session, BEN, event_ts)
    assert state(session) in (None, ItemState.WITHDRAWN)
    assert not is_found(session)


def test_the_same_event_twice_is_one_flag(session: Session) -> None:
    assert flagged(session, BEN, "5") is not None
    assert flagged(session, BEN, "5") is None


def test_a_flag_on_what_was_deleted_meanwhile_saves_nothing(session: Session) -> None:
    sources.source_deleted(session, act(ANA), PLATFORM, TS, REAL)
    with pytest.raises(Gone):
        flagged(session)
    assert not is_found(session)


async def test_many_flags_at_once_are_one_item_and_one_notice(units: Units) -> None:
    everybody = [f"U0P{n}" for n in range(10)]
    found = await asyncio.gather(*(units(flagged, person) for person in everybody))
    assert len({item.id for item in found if item}) == 1
    assert await units.read(count_of, ItemRow) == 1
    assert await units.read(count_of, VersionRow) == 1
    assert len(await units.read(letters, "notice:")) == 1
    assert len(await units.read(log.about_item, Captured, TEAM, [found[0].id if found[0] else ""])) == 10


async def test_flags_and_their_undoing_at_once_leave_nothing_half_done(units: Units) -> None:
    for _ in range(6):
        stamps = [f"{next(_event):010d}" for _ in range(4)]
        await asyncio.gather(
            units(flagged, BEN, stamps[0]),
            units(unflagged, BEN, stamps[1]),
            units(flagged, BEN, stamps[2]),
            units(unflagged, BEN, stamps[3]),
        )
        assert await units.read(state) in (None, ItemState.WITHDRAWN)
        assert not await units.read(is_found)


# -- the contributor's word


def test_a_refusal_is_for_ever(session: Session) -> None:
    item = flagged(session)
    assert item is not None
    flags.refuse(session, act(ANA), item.id, REAL)
    assert state(session) == ItemState.REJECTED
    again = flagged(session, CLEO)
    assert again is not None
    assert (again.state, again.consent) == (ItemState.REJECTED, Consent.REFUSED)
    assert not is_found(session)
    with pytest.raises(Gone):
        flags.accept(session, act(ANA), item.id, with_name=True)
    items.set_consent(session, act(ANA), item.id, Consent.GIVEN)
    assert items.get(session, TEAM, item.id).consent is Consent.REFUSED


async def test_a_yes_and_a_no_at_once_end_in_a_no_or_are_told_apart(units: Units) -> None:
    waiting = await units(saved, publication=Publication.OPT_IN)

    def yes(session: Session) -> None:
        flags.accept(session, act(ANA), waiting.id, with_name=True)

    def no(session: Session) -> None:
        flags.refuse(session, act(ANA), waiting.id, REAL)

    done = await asyncio.gather(units(yes), units(no), return_exceptions=True)
    assert all(result is None or isinstance(result, BadInput) for result in done)
    item = await units.read(items.get, TEAM, waiting.id)
    assert (item.state, item.consent) == (ItemState.REJECTED, Consent.REFUSED)
    assert not await units.read(is_found)


DECISIONS: dict[str, Callable[[Session, Act, Item], object]] = {
    "fine": lambda session, by, item: flags.accept(session, by, item.id, with_name=True),
    "edit": lambda session, by, item: flags.edit(session, by, item.id, item.lines, item.kind),
    "show my name": lambda session, by, item: flags.show_name(session, by, item.id),
    "take it back": lambda session, by, item: flags.refuse(session, by, item.id, REAL),
    "keep as my own words": lambda session, by, item: sources.keep_own_words(session, by, item.id),
    "never capture me": lambda session, by, item: flags.never(session, by, item.id, REAL),
}


@pytest.mark.parametrize("decision", DECISIONS)
def test_only_the_contributor_decides(session: Session, decision: str) -> None:
    item = saved(session)
    with pytest.raises(BadInput, match="Only the person who wrote it"):
        DECISIONS[decision](session, act(BEN), item)
    assert items.get(session, TEAM, item.id) == item


def test_an_edit_is_a_new_version_and_the_old_one_stays(session: Session) -> None:
    item = saved(session)
    flags.edit(session, act(ANA), item.id, replace(item.lines, body="Zebra."), ItemKind.PRACTICE)
    after = items.get(session, TEAM, item.id)
    assert (after.version, after.lines.body, after.kind) == (2, "Zebra.", ItemKind.PRACTICE)
    assert list(session.scalars(select(VersionRow.body).order_by(VersionRow.n))) == [item.lines.body, "Zebra."]
    flags.edit(session, act(ANA), item.id, after.lines, after.kind)
    assert items.get(session, TEAM, item.id).version == 2, "the same words are no new version"


# -- one notice for each time that somebody saves it


def notices(session: Session, item: Item) -> list[str]:
    return [letter.key for letter in letters(session, f"notice:{item.id}")]


def test_flagged_again_after_an_undo_the_contributor_gets_a_notice_of_its_own(session: Session) -> None:
    item = flagged(session)
    assert item is not None
    unflagged(session)
    before = notices(session, item)
    later = act(CLEO, FRIDAY + timedelta(minutes=5))
    for person in (later, act(BEN, FRIDAY + timedelta(minutes=6))):
        flags.flag(session, person, Flag(PLATFORM, TS, "bulb", f"{next(_event):010d}"), policy(), finding(), REAL)
    after = notices(session, item)
    assert (len(before), len(after)) == (1, 2), "Cleo's flag is new, Ben's only an endorsement"
    new = flags.notice_key(items.get(session, TEAM, item.id))
    assert set(after) - set(before) == {new}


def test_what_is_decided_is_shown_in_the_newest_notice_alone(session: Session) -> None:
    item = flagged(session)
    assert item is not None
    old = flags.notice_key(item)
    unflagged(session)
    again = act(CLEO, FRIDAY + timedelta(minutes=5))
    flags.flag(session, again, Flag(PLATFORM, TS, "bulb", f"{next(_event):010d}"), policy(), finding(), REAL)
    before = {letter.key: letter.revision for letter in letters(session, "notice:")}
    flags.refuse(session, act(ANA), item.id, REAL)
    after = {letter.key: letter.revision for letter in letters(session, "notice:")}
    assert [key for key in after if after[key] > before[key]] == [key for key in after if key != old]


# -- time


def test_ten_minutes_to_undo(session: Session) -> None:
    item = saved(session)
    with pytest.raises(BadInput, match="ten minutes"):
        flags.undo(session, act(BEN, FRIDAY + timedelta(minutes=10, seconds=1)), item.id, REAL)
    with pytest.raises(BadInput, match="Somebody else saved this"):
        flags.undo(session, act(CLEO), item.id, REAL)
    undone = flags.undo(session, act(BEN, FRIDAY + timedelta(minutes=10)), item.id, REAL)
    assert undone.state is ItemState.WITHDRAWN


def test_as_evidence_the_flag_counts_for_another_item_and_the_new_one_goes(session: Session) -> None:
    first, again = saved(session, by=CLEO), saved(session)
    with pytest.raises(BadInput, match="Somebody else saved this"):
        flags.add_as_evidence(session, act(CLEO), again.id, first.id, REAL)
    for _ in range(2):
        assert flags.add_as_evidence(session, act(BEN), again.id, first.id, REAL).id == first.id
    assert items.get(session, TEAM, again.id).state is ItemState.WITHDRAWN
    assert sorted(str(fact.person) for fact in log.about_item(session, Captured, TEAM, [first.id])) == [BEN, CLEO]


def test_what_is_gone_gets_no_more_evidence_and_the_new_one_stays(session: Session) -> None:
    first, again = saved(session, by=CLEO), saved(session)
    flags.refuse(session, act(ANA), first.id, REAL)
    with pytest.raises(items.Gone):
        flags.add_as_evidence(session, act(BEN), again.id, first.id, REAL)
    assert items.get(session, TEAM, again.id).is_findable


@pytest.mark.parametrize(
    ("publication", "waits", "ends"),
    [
        (Publication.OPT_OUT, timedelta(hours=24), ItemState.PUBLISHED),
        (Publication.OPT_IN, timedelta(days=14), ItemState.LAPSED),
    ],
)
def test_candidates_come_of_age(session: Session, publication: Publication, waits: timedelta, ends: ItemState) -> None:
    item = saved(session, publication=publication)
    assert item.state is ItemState.CANDIDATE
    assert items.come_due(session, FRIDAY + waits - timedelta(seconds=1)) == []
    flags.come_of_age(session, act(BEN, FRIDAY + waits - timedelta(seconds=1)), item.id)
    assert items.get(session, TEAM, item.id).state is ItemState.CANDIDATE
    assert [due.id for due in items.come_due(session, FRIDAY + waits)] == [item.id]
    for _ in range(2):
        flags.come_of_age(session, act(BEN, FRIDAY + waits), item.id)
    assert items.get(session, TEAM, item.id).state is ends


def test_under_review_time_changes_nothing(session: Session) -> None:
    item = saved(session, publication=Publication.REVIEW)
    assert item.waits_for is WaitsFor.BROKER
    assert items.come_due(session, FRIDAY + timedelta(days=400)) == []


# -- what is remembered


def test_the_trail_says_what_happened_once_each(session: Session) -> None:
    item = saved(session)
    flags.refuse(session, act(ANA), item.id, REAL)
    kinds = (Captured, Published, Withdrawn)
    assert [len(log.about_item(session, kind, TEAM, [item.id])) for kind in kinds] == [1, 1, 1]


def test_what_was_never_published_is_not_withdrawn(session: Session) -> None:
    item = saved(session, publication=Publication.OPT_IN)
    flags.refuse(session, act(ANA), item.id, REAL)
    assert log.about_item(session, Withdrawn, TEAM, [item.id]) == []


def test_another_workspace_knows_nothing_of_it(session: Session) -> None:
    item = saved(session)
    with pytest.raises(Gone):
        items.get(session, "T2", item.id)
    assert item.source is not None
    assert items.by_source(session, "T2", PLATFORM, item.source.ts) is None
    assert items.show(session, Viewer("T2", BEN, frozenset({PLATFORM})), [item.id]) == {}
