"""What comes from what: links are made once, close no loop, do what they say, and tell who had relied on it."""

import asyncio
import random

import pytest
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.delivery.recall_facts import RECALL, Reason
from kbot.follow_up import cases
from kbot.library import items, lineage
from kbot.library.facts import Item, ItemState, LinkKind
from kbot.library.lineage import KIND, OTHER, Loop, NotTheirs
from kbot.library.search import rank
from kbot.library.search.rank import Wanted
from kbot.meaning.hashed import HashEmbedder
from kbot.people import directory
from kbot.people.facts import Publication, Viewer
from kbot.post.gate import Proactive
from kbot.post.tables import OutboxRow
from kbot.storage import schema
from kbot.storage.address import Address
from kbot.trail import log
from kbot.trail.facts import Linked, Outcome, ReceiptKind, Received, Status, Superseded, Unlinked
from kbot.trail.log import remember
from tests.rooms.desk import ANA, BEN, CLEO, DOV, FRIDAY, PLATFORM, TEAM, act, follow, letters, meet, said, saved
from tests.rooms.desk import set_up as set_up_channel

MUTUAL = [kind for kind in LinkKind if kind.is_mutual]
FREE = [kind for kind in LinkKind if not kind.is_decided]


@pytest.fixture(autouse=True)
def everybody(request: pytest.FixtureRequest) -> None:
    if "session" in request.fixturenames:
        session = request.getfixturevalue("session")
        meet(session, ANA, BEN, CLEO, DOV)
        set_up_channel(session, CLEO)


def linked(session: Session, item: Item, kind: LinkKind, other: Item, by: str = CLEO) -> bool:
    return lineage.link(session, act(by), item.id, kind, other.id)


def links(session: Session, item: Item) -> list[tuple[str, LinkKind, str]]:
    return [(one.item, one.kind, one.other) for one in lineage.of_items(session, TEAM, [item.id])[item.id]]


def now(session: Session, item: Item) -> Item:
    return items.get(session, TEAM, item.id)


def finds(session: Session, words: str) -> list[str]:
    viewer = Viewer(TEAM, BEN, frozenset({PLATFORM}))
    return [hit.item for hit in rank.find(session, viewer, Wanted.of(words, HashEmbedder().embed(words))).hits]


def has(session: Session, item: Item, *people: str) -> None:
    for person in people:
        remember(session, Received(TEAM, f"{item.id}:{person}", FRIDAY, person, item.id, ReceiptKind.ASKED_FOR))


def recalled(session: Session, item: Item) -> list[tuple[str, str]]:
    """Who is to be told, and why."""
    return [(row.to, row.about["reason"]) for row in letters(session, f"recall:{item.id}:")]


# -- links


@pytest.mark.parametrize("kind", LinkKind)
def test_a_link_is_made_once(session: Session, kind: LinkKind) -> None:
    one, two = saved(session, "One?"), saved(session, "Two?")
    assert [linked(session, one, kind, two), linked(session, one, kind, two)] == [True, False]
    assert len(links(session, one)) == len(links(session, two)) == 1


@pytest.mark.parametrize("kind", MUTUAL)
def test_what_holds_both_ways_is_one_link(session: Session, kind: LinkKind) -> None:
    one, two = saved(session, "One?"), saved(session, "Two?")
    assert linked(session, one, kind, two)
    assert not linked(session, two, kind, one)


def test_credit_is_carried_on_through_generations(session: Session) -> None:
    first, second, third = (saved(session, f"Number {n}?") for n in range(3))
    linked(session, second, LinkKind.ADAPTS, first, BEN)
    linked(session, third, LinkKind.BUILDS_ON, second, BEN)
    assert lineage.origins(session, TEAM, third.id) == [second.id, first.id]
    assert now(session, first).is_findable, "what is built upon stays"


def test_an_item_is_not_linked_to_itself(session: Session) -> None:
    one = saved(session)
    with pytest.raises(BadInput) as refused:
        linked(session, one, LinkKind.CONFIRMS, one)
    assert refused.value.field == OTHER


@pytest.mark.parametrize("kinds", [(LinkKind.ADAPTS,) * 3, (LinkKind.BUILDS_ON, LinkKind.ADAPTS, LinkKind.BUILDS_ON)])
def test_a_loop_is_refused_at_its_field_and_nothing_is_kept(session: Session, kinds: tuple[LinkKind, ...]) -> None:
    ring = [saved(session, f"Number {n}?") for n in range(3)]
    linked(session, ring[0], kinds[0], ring[1])
    linked(session, ring[1], kinds[1], ring[2])
    with pytest.raises(Loop) as refused:
        linked(session, ring[2], kinds[2], ring[0])
    assert refused.value.field == KIND
    assert len(links(session, ring[2])) == 1


def test_nothing_supersedes_what_supersedes_it(session: Session) -> None:
    old, new = saved(session, "Old?"), saved(session, "New?")
    linked(session, new, LinkKind.SUPERSEDES, old)
    with pytest.raises(Loop):
        linked(session, old, LinkKind.SUPERSEDES, new)


def test_a_variant_may_be_taken_back_into_what_it_adapts(session: Session) -> None:
    root, variant = saved(session, "Root?"), saved(session, "Variant?")
    linked(session, variant, LinkKind.ADAPTS, root)
    assert linked(session, root, LinkKind.SUPERSEDES, variant)


@pytest.mark.parametrize("kind", MUTUAL)
def test_what_holds_both_ways_knows_no_loop(session: Session, kind: LinkKind) -> None:
    ring = [saved(session, f"Number {n}?") for n in range(3)]
    assert all(linked(session, ring[n], kind, ring[(n + 1) % 3]) for n in range(3))


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_two_who_link_at_once_close_no_loop(address: Address) -> None:
    """Each alone would be fine; together they would be a ring."""
    units = schema.open_units(address)

    def prepare(session: Session) -> list[str]:
        meet(session, ANA, BEN, CLEO, DOV)
        set_up_channel(session, CLEO)
        return [saved(session, f"Number {n}?").id for n in range(6)]

    async def link(kind: LinkKind, one: str, two: str) -> bool:
        try:
            return await units(lineage.link, act(CLEO), one, kind, two)
        except Loop:
            return False

    try:
        ids = await units(prepare)
        pairs = [(one, two) for one in ids for two in ids if one != two]
        random.Random(7).shuffle(pairs)
        kinds = (LinkKind.ADAPTS, LinkKind.BUILDS_ON)
        made = await asyncio.gather(*(link(kinds[n % 2], *pair) for n, pair in enumerate(pairs)))
        rings = [one for one in ids if one in await units.read(lineage.origins, TEAM, one)]
    finally:
        await units.close()
    assert rings == []
    assert sum(made) >= len(ids) - 1


# -- who may say it


@pytest.mark.parametrize("kind", FREE)
def test_everybody_may_build_on_something(session: Session, kind: LinkKind) -> None:
    assert linked(session, saved(session, "One?"), kind, saved(session, "Two?"), DOV)


@pytest.mark.parametrize("kind", [kind for kind in LinkKind if kind.is_decided])
def test_only_the_contributor_or_a_broker_decides_over_an_item(session: Session, kind: LinkKind) -> None:
    for by, may in ((BEN, False), (DOV, False), (ANA, True), (CLEO, True)):
        mine, anas = saved(session, f"One of {by}?", contributor=by), saved(session, f"Two for {by}?")
        if may:
            assert linked(session, mine, kind, anas, by)
        else:
            with pytest.raises(NotTheirs) as refused:
                linked(session, mine, kind, anas, by)
            assert refused.value.field == KIND


# -- what it does


def test_what_is_superseded_leaves_the_answers_and_its_cases_end(session: Session) -> None:
    old, new = saved(session, "Zebra feeding old?"), saved(session, "Walrus brushing new?")
    has(session, old, BEN)
    follow(session)
    assert [case.is_open for case in cases.of_person(session, TEAM, BEN)] == [True]
    linked(session, new, LinkKind.SUPERSEDES, old)
    follow(session)
    assert now(session, old).state is ItemState.SUPERSEDED
    assert not now(session, old).is_findable
    assert old.id not in finds(session, "zebra feeding")
    assert new.id in finds(session, "walrus brushing")
    assert [case.is_open for case in cases.of_person(session, TEAM, BEN)] == [False]


def test_what_is_contradicted_is_contested_while_the_other_can_be_found(session: Session) -> None:
    one, two = saved(session, "One?"), saved(session, "Two?")
    linked(session, two, LinkKind.CONTRADICTS, one)
    assert now(session, one).is_contested
    assert now(session, two).is_contested
    assert now(session, one).is_findable
    items.take_away(session, act(CLEO), two.id, ItemState.RETIRED)
    assert not now(session, one).is_contested


def test_what_waits_supersedes_when_it_is_published(session: Session) -> None:
    old = saved(session, "Old?")
    new = saved(session, "New?", publication=Publication.REVIEW)
    has(session, old, BEN)
    linked(session, new, LinkKind.SUPERSEDES, old)
    follow(session)
    assert now(session, old).is_findable
    items.publish(session, act(CLEO), new.id)
    follow(session)
    assert now(session, old).state is ItemState.SUPERSEDED
    assert recalled(session, old) == [(BEN, Reason.SUPERSEDED)]


def test_a_link_with_what_was_taken_back_is_refused(session: Session) -> None:
    one, gone = saved(session, "One?"), saved(session, "Gone?")
    items.take_away(session, act(ANA), gone.id, ItemState.WITHDRAWN)
    with pytest.raises(BadInput, match="not there any more"):
        linked(session, one, LinkKind.ADAPTS, gone)


# -- taken back


def test_who_made_a_link_or_a_broker_takes_it_back(session: Session) -> None:
    for by, may in ((BEN, True), (CLEO, True), (ANA, False), (DOV, False)):
        one, two = saved(session, "One?"), saved(session, "Two?")
        linked(session, one, LinkKind.ADAPTS, two, BEN)
        if may:
            assert lineage.unlink(session, act(by), one.id, LinkKind.ADAPTS, two.id)
            assert links(session, one) == []
        else:
            with pytest.raises(BadInput, match="Only who said that, or a broker"):
                lineage.unlink(session, act(by), one.id, LinkKind.ADAPTS, two.id)
            assert len(links(session, one)) == 1


def test_what_was_replaced_is_found_again_and_the_trail_keeps_both(session: Session) -> None:
    old, new = saved(session, "Zebra feeding?"), saved(session, "Walrus brushing?")
    for _ in range(2):
        assert linked(session, new, LinkKind.SUPERSEDES, old)
        assert not now(session, old).is_findable
        assert lineage.unlink(session, act(CLEO), new.id, LinkKind.SUPERSEDES, old.id)
        assert now(session, old).state is ItemState.PUBLISHED
        assert now(session, old).published_at == old.published_at
        assert old.id in finds(session, "zebra feeding")
    assert not lineage.unlink(session, act(CLEO), new.id, LinkKind.SUPERSEDES, old.id)
    for kind, item in ((Linked, new), (Superseded, old), (Unlinked, new)):
        assert len(log.about_item(session, kind, TEAM, [item.id])) == 2


def test_what_another_one_replaces_too_stays_replaced(session: Session) -> None:
    old, new, newer = saved(session, "Old?"), saved(session, "New?"), saved(session, "Newer?")
    for each in (new, newer):
        linked(session, each, LinkKind.SUPERSEDES, old)
    lineage.unlink(session, act(CLEO), new.id, LinkKind.SUPERSEDES, old.id)
    assert not now(session, old).is_findable
    lineage.unlink(session, act(CLEO), newer.id, LinkKind.SUPERSEDES, old.id)
    assert now(session, old).is_findable


def test_what_was_taken_away_otherwise_does_not_come_back(session: Session) -> None:
    old, new = saved(session, "Old?"), saved(session, "New?")
    linked(session, new, LinkKind.SUPERSEDES, old)
    items.take_away(session, act(ANA), old.id, ItemState.WITHDRAWN)
    lineage.unlink(session, act(CLEO), new.id, LinkKind.SUPERSEDES, old.id)
    assert now(session, old).state is ItemState.WITHDRAWN


def test_what_said_the_opposite_contests_it_no_more(session: Session) -> None:
    one, two = sorted((saved(session, "One?"), saved(session, "Two?")), key=lambda item: item.id)
    linked(session, two, LinkKind.CONTRADICTS, one)
    lineage.unlink(session, act(CLEO), one.id, LinkKind.CONTRADICTS, two.id)
    assert not now(session, one).is_contested


def test_who_was_told_reads_that_it_is_current_again(session: Session) -> None:
    old, new = saved(session, "Old?"), saved(session, "New?")
    has(session, old, BEN)
    linked(session, new, LinkKind.SUPERSEDES, old)
    follow(session)
    lineage.unlink(session, act(CLEO), new.id, LinkKind.SUPERSEDES, old.id)
    follow(session)
    (letter,) = letters(session, f"recall:{old.id}:")
    assert letter.revision == 1


# -- recall


def test_everybody_who_had_it_or_used_it_is_told_once(session: Session) -> None:
    old, new, newer = saved(session, "Old?"), saved(session, "New?"), saved(session, "Newer?")
    has(session, old, BEN, DOV)
    said(session, old, DOV, Status.APPLIED_AS_IS, Outcome.HELPED)
    said(session, old, ANA, Status.TRIED_NOT_WORKED)
    said(session, old, "U0EVE", Status.NOT_APPLICABLE)
    for _ in range(2):
        linked(session, new, LinkKind.SUPERSEDES, old)
        linked(session, newer, LinkKind.SUPERSEDES, old)
        follow(session)
    told = [(person, Reason.SUPERSEDED.value) for person in (ANA, BEN, DOV)]
    assert recalled(session, old) == told
    assert {row.priority for row in letters(session, "recall:")} == {Proactive.RECALL}
    assert {row.kind for row in letters(session, "recall:")} == {RECALL}


def test_who_brought_it_about_knows_already(session: Session) -> None:
    old = saved(session)
    has(session, old, ANA, BEN, CLEO)
    linked(session, saved(session, "New?"), LinkKind.SUPERSEDES, old, CLEO)
    follow(session)
    assert recalled(session, old) == [(ANA, "superseded"), (BEN, "superseded")]


def test_for_each_reason_they_are_told_once(session: Session) -> None:
    item = saved(session)
    has(session, item, BEN)
    linked(session, saved(session, "Opposite?"), LinkKind.CONTRADICTS, item)
    follow(session)
    for _ in range(2):
        items.take_away(session, act(CLEO), item.id, ItemState.RETIRED)
        follow(session)
        items.publish(session, act(CLEO), item.id)
        follow(session)
    assert recalled(session, item) == [(BEN, "contradicted"), (BEN, "withdrawn")]


def test_of_a_contradiction_those_of_both_sides_are_told(session: Session) -> None:
    one, two = saved(session, "One?"), saved(session, "Two?")
    has(session, one, BEN)
    has(session, two, DOV)
    linked(session, two, LinkKind.CONTRADICTS, one)
    follow(session)
    assert recalled(session, one) == [(BEN, "contradicted")]
    assert recalled(session, two) == [(DOV, "contradicted")]


def test_nobody_had_it_nobody_is_told(session: Session) -> None:
    old = saved(session)
    linked(session, saved(session, "New?"), LinkKind.SUPERSEDES, old)
    follow(session)
    assert session.query(OutboxRow).filter(OutboxRow.kind == RECALL).count() == 0


def test_the_brokers_of_another_channel_decide_nothing_here(session: Session) -> None:
    set_up_channel(session, DOV, channel="C0SUPPORT")
    assert directory.brokers_of(session, TEAM, PLATFORM) == (CLEO,)
    with pytest.raises(NotTheirs):
        linked(session, saved(session, "New?"), LinkKind.SUPERSEDES, saved(session), DOV)
