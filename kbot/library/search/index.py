"""The index's rows: an item's words are found in the transaction that publishes it, its vector follows by a job.

Every change gets the next number of its workspace, under a lock that is held until it is committed; so a reader that
has seen number n has seen all before it (shelf.py).
"""

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kbot.library.facts import Item
from kbot.library.search.passages import Read, Unread, passages_of, whole
from kbot.library.search.vectors import packed
from kbot.library.tables import ItemRow, VersionRow, WordsClockRow, WordsRow
from kbot.meaning.stems import stems
from kbot.storage.upsert import insert_new, insert_or_update

CHANGED = ("channel_id", "version", "title_stems", "stems", "vector", "passages", "is_gone", "change")


def put(session: Session, item: Item) -> None:
    """Make an item's words findable, in place of its earlier ones; these words have no vector yet."""
    lines = item.lines
    rest = (lines.question, lines.body, lines.when, lines.because, lines.limits)
    row: dict[str, object] = {
        "team_id": item.team,
        "item_id": item.id,
        "channel_id": item.channel,
        "version": item.version,
        "title_stems": " ".join(stems(lines.title)),
        "stems": " ".join(stems("\n".join(rest))),
        "vector": None,
        "passages": None,
        "is_gone": False,
        "change": next_change(session, item.team),
    }
    insert_or_update(session, WordsRow, row, keys=("team_id", "item_id"), change=CHANGED)


def remove(session: Session, team: str, item: str) -> None:
    """Nobody finds the item from now on: neither by its words nor by their meaning."""
    session.execute(
        update(WordsRow)
        .where(WordsRow.team_id == team, WordsRow.item_id == item)
        .values(title_stems="", stems="", vector=None, passages=None, is_gone=True, change=next_change(session, team))
    )


def move_channel(session: Session, team: str, old: str, new: str) -> None:
    """Slack gave a channel another id."""
    session.execute(
        update(WordsRow)
        .where(WordsRow.team_id == team, WordsRow.channel_id == old)
        .values(channel_id=new, change=next_change(session, team))
    )


def next_change(session: Session, team: str) -> int:
    """The number of this change; other changes of the workspace wait until this unit has ended."""
    step = (
        update(WordsClockRow)
        .where(WordsClockRow.team_id == team)
        .values(change=WordsClockRow.change + 1)
        .returning(WordsClockRow.change)
        .execution_options(synchronize_session=False)
    )
    change = session.execute(step).scalar_one_or_none()
    if change is None:
        insert_new(session, WordsClockRow, {"team_id": team, "change": 0})
        change = session.execute(step).scalar_one()
    return int(change)


def teams(session: Session) -> list[str]:
    """The workspaces that have an index."""
    return list(session.scalars(select(WordsClockRow.team_id).order_by(WordsClockRow.team_id)))


def unread(session: Session, most: int) -> list[Unread]:
    """Up to `most` items whose words have no vector yet, the oldest change first."""
    waiting = (
        select(WordsRow.team_id, WordsRow.item_id, VersionRow)
        .join(ItemRow, (ItemRow.team_id == WordsRow.team_id) & (ItemRow.id == WordsRow.item_id))
        .join(
            VersionRow,
            (VersionRow.team_id == WordsRow.team_id)
            & (VersionRow.item_id == WordsRow.item_id)
            & (VersionRow.n == WordsRow.version),
        )
        .where(WordsRow.vector.is_(None), WordsRow.is_gone.is_(False))
        .order_by(WordsRow.change)
        .limit(most)
    )
    return [
        Unread(team, item, version.n, whole(version.lines), passages_of(version.lines))
        for team, item, version in session.execute(waiting)
    ]


def set_vectors(session: Session, read: Iterable[Read]) -> int:
    """Keep these vectors. Returns for how many items they were still wanted."""
    kept = 0
    for each in read:
        item = each.item
        done = session.execute(
            update(WordsRow)
            .where(
                WordsRow.team_id == item.team,
                WordsRow.item_id == item.item,
                WordsRow.version == item.version,
                WordsRow.is_gone.is_(False),
            )
            .values(
                vector=packed([each.vector]),
                passages=packed(each.passages) if each.passages else None,
                change=next_change(session, item.team),
            )
            .returning(WordsRow.item_id)
        ).first()
        kept += done is not None
    return kept
