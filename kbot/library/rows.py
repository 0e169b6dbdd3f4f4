"""Rows become items: each with the words of its newest version, its source, its topics, and who contradicts it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from kbot.library.facts import Consent, Item, ItemKind, ItemState, LinkKind, Source, Topic, WaitsFor
from kbot.library.tables import ItemRow, ItemTopicRow, LineageRow, SourceRow, TopicRow, VersionRow
from kbot.people import communities

_TEAMS: BindParameter[list[str]] = bindparam("teams", expanding=True)
_IDS: BindParameter[list[str]] = bindparam("ids", expanding=True)

_NEWEST = (
    select(ItemRow.team_id, ItemRow.id, VersionRow, SourceRow)
    .join(
        VersionRow,
        (VersionRow.team_id == ItemRow.team_id)
        & (VersionRow.item_id == ItemRow.id)
        & (VersionRow.n == ItemRow.version),
    )
    .outerjoin(SourceRow, (SourceRow.team_id == ItemRow.team_id) & (SourceRow.item_id == ItemRow.id))
    .where(ItemRow.team_id.in_(_TEAMS), ItemRow.id.in_(_IDS))
)
_TOPICS = (
    select(ItemTopicRow.team_id, ItemTopicRow.item_id, TopicRow.id, TopicRow.name)
    .join(TopicRow, (TopicRow.team_id == ItemTopicRow.team_id) & (TopicRow.id == ItemTopicRow.topic_id))
    .where(ItemTopicRow.team_id.in_(_TEAMS), ItemTopicRow.item_id.in_(_IDS))
    .order_by(TopicRow.name, TopicRow.id)
)
_CONTRADICTIONS = select(LineageRow.team_id, LineageRow.item_id, LineageRow.other_id).where(
    LineageRow.team_id.in_(_TEAMS),
    LineageRow.item_id.in_(_IDS) | LineageRow.other_id.in_(_IDS),
    LineageRow.kind == LinkKind.CONTRADICTS,
)
_PUBLISHED = select(ItemRow.team_id, ItemRow.id).where(
    ItemRow.team_id.in_(_TEAMS), ItemRow.id.in_(_IDS), ItemRow.state == ItemState.PUBLISHED
)
# Put together once, not at every call: no statements are run more often.


def items_of(session: Session, rows: Sequence[ItemRow]) -> list[Item]:
    """The items of these rows, in their order."""
    if not rows:
        return []
    wanted = {"teams": list({row.team_id for row in rows}), "ids": [row.id for row in rows]}
    newest = {(team, item): (version, source) for team, item, version, source in session.execute(_NEWEST, wanted)}
    topics: defaultdict[tuple[str, str], list[Topic]] = defaultdict(list)
    for team, item, topic, name in session.execute(_TOPICS, wanted):
        topics[team, item].append(Topic(topic, name))
    contested = _contested(session, wanted)
    named = communities.named(session, wanted["teams"], [row.channel_id for row in rows])
    keys = [(row.team_id, row.id) for row in rows]
    return [
        _item(
            row,
            *newest[key],
            tuple(topics[key]),
            is_contested=key in contested,
            community=named.get((row.team_id, row.channel_id), ""),
        )
        for row, key in zip(rows, keys, strict=True)
    ]


def _contested(session: Session, wanted: Mapping[str, list[str]]) -> set[tuple[str, str]]:
    """Which items of a contradiction with these are contradicted by one that can be found."""
    contradictions = session.execute(_CONTRADICTIONS, wanted).all()
    if not contradictions:  # nearly always
        return set()
    either = list({item for _, one, other in contradictions for item in (one, other)})
    published = session.execute(_PUBLISHED, {"teams": wanted["teams"], "ids": either})
    found = {(team, item) for team, item in published}
    pairs = {((team, one), (team, other)) for team, one, other in contradictions}
    return {one for one, other in pairs if other in found} | {other for one, other in pairs if one in found}


def _item(
    row: ItemRow,
    version: VersionRow,
    source: SourceRow | None,
    topics: tuple[Topic, ...],
    *,
    is_contested: bool,
    community: str,
) -> Item:
    return Item(
        team=row.team_id,
        id=row.id,
        kind=ItemKind(row.kind),
        state=ItemState(row.state),
        waits_for=WaitsFor(row.waits_for),
        consent=Consent(row.consent),
        channel=row.channel_id,
        contributor=row.contributor,
        is_named=row.is_named,
        flagger=row.flagger,
        version=row.version,
        lines=version.lines,
        source=Source(
            source.channel_id,
            source.ts,
            source.author,
            source.thread_ts,
            source.permalink,
            source.edited_ts,
            tuple(source.files),
        )
        if source
        else None,
        created_at=row.created_at,
        published_at=row.published_at,
        until=row.until,
        verified_by=row.verified_by,
        verified_at=row.verified_at,
        is_contested=is_contested,
        topics=topics,
        community=community,
    )
