"""Links between items: what adapts, builds on, supersedes, contradicts ... what, who said so, and what it does.

The links of a workspace change one unit at a time (`_take_turn`), so that two who link at once close no loop.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.library import items
from kbot.library.facts import WITHOUT_LOOPS, Item, ItemState, Link, LinkKind
from kbot.library.tables import ItemRow, LineageRow, LineageTurnRow
from kbot.people import directory
from kbot.storage.upsert import insert_new, insert_or_update
from kbot.trail.facts import Contradicted, Fact, Linked, Published, Superseded, Unlinked
from kbot.trail.log import remember

KIND, OTHER = "link_kind", "link_other"
"""The fields of the forms in which items are linked, where bad input is said."""

TAKEN_BACK = "The other one is not there any more, so they are not linked."


class Loop(BadInput):
    """The link would lead back to where it begins."""

    def __init__(self, kind: LinkKind) -> None:
        what = "supersedes" if kind is LinkKind.SUPERSEDES else "comes from"
        super().__init__(f"That would be a loop: the other one already {what} this one. Choose another kind.", KIND)


class NotTheirs(BadInput):
    """Only who answers for an item may say what takes its place."""

    def __init__(self) -> None:
        super().__init__(
            "Only the one who contributed the other item, or a broker of its channel, can say that. "
            "Alternative to, or Builds on, is for everybody.",
            KIND,
        )


def may_decide(session: Session, team: str, person: str, other: Item) -> bool:
    """Whether this person may say that an item is superseded, contradicted or a duplicate."""
    return person == other.contributor or person in directory.brokers_of(session, team, other.channel)


def link(session: Session, act: Act, item_id: str, kind: LinkKind, other_id: str) -> bool:
    """Say what an item is to another one. Returns whether that is new; saying it again changes nothing.

    Raises BadInput in the form's field for a loop, for an item itself, and for who may not decide it. What it does to
    the other item, it does when both can be found.
    """
    if item_id == other_id:
        raise BadInput("These are one and the same item. Choose another one.", OTHER)
    _take_turn(session, act)
    item, other = items.get(session, act.team, item_id), items.get(session, act.team, other_id)
    if not other.is_public_word:
        raise BadInput(TAKEN_BACK, OTHER)
    if kind.is_decided and not may_decide(session, act.team, act.person, other):
        raise NotTheirs
    if _leads_to(session, act.team, other_id, item_id, kind):
        raise Loop(kind)
    first, second = sorted((item_id, other_id)) if kind.is_mutual else (item_id, other_id)
    row = {
        "team_id": act.team,
        "item_id": first,
        "kind": kind.value,
        "other_id": second,
        "person": act.person,
        "at": act.at,
    }
    if not insert_new(session, LineageRow, row):
        return False
    key = f"{first}:{kind}:{second}:{act.key}"  # taken back and said anew, it is said twice
    remember(session, Linked(act.team, key, act.at, act.person, first, kind.value, second))
    if item.is_findable:
        _take_effect(session, act, item_id)
    session.expire_all()
    return True


def may_undo(session: Session, team: str, person: str, link: Link) -> bool:
    """Whether this person may take a link back: who made it, and the brokers of either item's channel."""
    if person == link.person:
        return True
    ends = (items.get(session, team, end) for end in (link.item, link.other))
    return any(person in directory.brokers_of(session, team, end.channel) for end in ends)


def may_be_undone(session: Session, team: str, person: str, links: Iterable[Link]) -> list[Link]:
    """Those of these links that this person may take back."""
    return [one for one in links if may_undo(session, team, person, one)]


def unlink(session: Session, act: Act, item_id: str, kind: LinkKind, other_id: str) -> bool:
    """Take a link back. False when there is none: somebody was faster.

    What it had replaced can be found again, unless something else takes its place too; that it happened stays in the
    trail, beside this.
    """
    _take_turn(session, act)
    row = session.get(LineageRow, (act.team, item_id, kind.value, other_id), populate_existing=True)
    if row is None:
        return False
    if not may_undo(session, act.team, act.person, _link(row)):
        raise BadInput("Only who said that, or a broker of its channel, can take it back.")
    session.delete(row)
    session.flush()
    key = f"{item_id}:{kind}:{other_id}:{act.key}"
    remember(session, Unlinked(act.team, key, act.at, act.person, item_id, kind.value, other_id))
    if kind is LinkKind.SUPERSEDES:
        _bring_back(session, act, other_id)
    session.expire_all()
    return True


def _bring_back(session: Session, act: Act, item_id: str) -> None:
    is_out = items.lock(session, act.team, item_id).state is ItemState.SUPERSEDED
    if is_out and not _is_replaced(session, act.team, item_id):
        items.restore(session, act, item_id)
        _take_effect(session, act, item_id)


def _is_replaced(session: Session, team: str, item_id: str) -> bool:
    """Whether a link still says that something else has taken the place of this item."""
    query = (
        select(ItemRow.id)
        .join(LineageRow, (LineageRow.team_id == ItemRow.team_id) & (LineageRow.item_id == ItemRow.id))
        .where(
            LineageRow.team_id == team,
            LineageRow.other_id == item_id,
            LineageRow.kind == LinkKind.SUPERSEDES,
            ItemRow.state.in_((ItemState.PUBLISHED, ItemState.SUPERSEDED)),
        )
    )
    return session.execute(query.limit(1)).first() is not None


def effect(session: Session, fact: Fact, real: datetime) -> None:
    """An item can be found from now on: what was said of it and others happens now."""
    if isinstance(fact, Published) and fact.item is not None:
        _take_effect(session, Act(fact.team, fact.person or "", "", fact.at, fact.key), fact.item)


def _take_effect(session: Session, act: Act, item_id: str) -> None:
    for one in of_items(session, act.team, [item_id])[item_id]:
        other_id = one.other if one.item == item_id else one.item
        by = Act(act.team, one.person, act.place, act.at, act.key)
        if one.kind is LinkKind.SUPERSEDES and one.item == item_id:
            other = items.lock(session, act.team, other_id)
            if other.is_findable and items.take_away(session, by, other_id, ItemState.SUPERSEDED):
                key = f"{other_id}:{item_id}:{act.key}"
                remember(session, Superseded(act.team, key, act.at, one.person, other_id, item_id))
        if one.kind is LinkKind.CONTRADICTS and items.get(session, act.team, other_id).is_findable:
            for mine, theirs in ((item_id, other_id), (other_id, item_id)):
                remember(session, Contradicted(act.team, f"{mine}:{theirs}", act.at, one.person, mine, theirs))


def _take_turn(session: Session, act: Act) -> None:
    """Be the only one who changes the links of this workspace, until this unit has ended."""
    row = {"team_id": act.team, "taken_at": act.at}
    insert_or_update(session, LineageTurnRow, row, keys=("team_id",), change=("taken_at",))


def _leads_to(session: Session, team: str, begin: str, end: str, kind: LinkKind) -> bool:
    """Whether links of this kind, or of those that count with it, already lead from one item to another."""
    kinds = next((group for group in WITHOUT_LOOPS if kind in group), None)
    return kinds is not None and end in _sources(session, team, begin, kinds)


def _sources(session: Session, team: str, item: str, kinds: Iterable[LinkKind]) -> list[str]:
    """All that an item comes from by links of these kinds; the nearest first."""
    found, edge = [item], [item]
    while edge:
        query = select(LineageRow.other_id).where(
            LineageRow.team_id == team, LineageRow.item_id.in_(edge), LineageRow.kind.in_(list(kinds))
        )
        edge = sorted(set(session.scalars(query)) - set(found))
        found += edge
    return found[1:]


def of_items(session: Session, team: str, about: Iterable[str]) -> dict[str, list[Link]]:
    """The links of each of these items, from it and to it, oldest first; the audience is not asked here."""
    wanted = set(about)
    found: defaultdict[str, list[Link]] = defaultdict(list)
    query = select(LineageRow).where(
        LineageRow.team_id == team, or_(LineageRow.item_id.in_(wanted), LineageRow.other_id.in_(wanted))
    )
    for row in session.scalars(query.order_by(LineageRow.at, LineageRow.item_id, LineageRow.other_id)):
        one = _link(row)
        for end in {one.item, one.other} & wanted:
            found[end].append(one)
    return {item: found[item] for item in wanted}


def _link(row: LineageRow) -> Link:
    return Link(row.item_id, LinkKind(row.kind), row.other_id, row.person, row.at)


def origins(session: Session, team: str, item: str) -> list[str]:
    """All that an item comes from, the nearest first: those whose credit it carries on."""
    return _sources(session, team, item, WITHOUT_LOOPS[0])


def root(session: Session, team: str, item: str) -> str:
    """What an item was adapted from or took the place of, back to the first one: its lineage for follow-up."""
    return (_sources(session, team, item, (LinkKind.ADAPTS, LinkKind.SUPERSEDES)) or [item])[-1]
