"""Rows become items: each with the words of its newest version, its source, its topics, and who contradicts it."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.library.facts import Consent, Item, ItemKind, ItemState, LinkKind, Source, Topic, WaitsFor
from kbot.library.tables import ItemRow, ItemTopicRow, LineageRow, SourceRow, TopicRow, VersionRow
from kbot.people import communities


def items_of(session: Session, rows: Sequence[ItemRow]) -> list[Item]:
    """The items of these rows, in their order."""
    if not rows:
        return []
    teams, ids = {row.team_id for row in rows}, [row.id for row in rows]
    versions = {
        (v.team_id, v.item_id): v
        for v in session.scalars(
            select(VersionRow)
            .join(
                ItemRow,
                (ItemRow.team_id == VersionRow.team_id)
                & (ItemRow.id == VersionRow.item_id)
                & (ItemRow.version == VersionRow.n),
            )
            .where(VersionRow.team_id.in_(teams), VersionRow.item_id.in_(ids))
        )
    }
    sources = {
        (s.team_id, s.item_id): s
        for s in session.scalars(select(SourceRow).where(SourceRow.team_id.in_(teams), SourceRow.item_id.in_(ids)))
    }
    topics: defaultdict[tuple[str, str], list[Topic]] = defaultdict(list)
    about = select(ItemTopicRow.item_id, TopicRow.team_id, TopicRow.id, TopicRow.name).join(
        TopicRow, (TopicRow.team_id == ItemTopicRow.team_id) & (TopicRow.id == ItemTopicRow.topic_id)
    )
    about = about.where(ItemTopicRow.team_id.in_(teams), ItemTopicRow.item_id.in_(ids))
    for item, team, topic, name in session.execute(about.order_by(TopicRow.name, TopicRow.id)):
        topics[team, item].append(Topic(topic, name))
    contested = _contested(session, teams, ids)
    named = communities.named(session, teams, [row.channel_id for row in rows])
    keys = [(row.team_id, row.id) for row in rows]
    return [
        _item(
            row,
            versions[key],
            sources.get(key),
            tuple(topics[key]),
            is_contested=key in contested,
            community=named.get((row.team_id, row.channel_id), ""),
        )
        for row, key in zip(rows, keys, strict=True)
    ]


def _contested(session: Session, teams: Collection[str], ids: Collection[str]) -> set[tuple[str, str]]:
    """Those of these items that another one contradicts, which can be found."""
    contradictions = session.execute(
        select(LineageRow.team_id, LineageRow.item_id, LineageRow.other_id).where(
            LineageRow.team_id.in_(teams),
            LineageRow.item_id.in_(ids) | LineageRow.other_id.in_(ids),
            LineageRow.kind == LinkKind.CONTRADICTS,
        )
    ).all()
    if not contradictions:  # nearly always
        return set()
    either = {item for _, one, other in contradictions for item in (one, other)}
    public = select(ItemRow.team_id, ItemRow.id).where(ItemRow.team_id.in_(teams), ItemRow.id.in_(either))
    found = {(team, item) for team, item in session.execute(public.where(ItemRow.state == ItemState.PUBLISHED))}
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
