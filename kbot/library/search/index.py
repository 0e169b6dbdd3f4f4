"""The index: an item's words are found in the same transaction as it is published, and gone with it."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from kbot.library.facts import Item
from kbot.library.tables import WordsRow
from kbot.meaning.stems import stems


def put(session: Session, item: Item) -> None:
    """Make an item's words findable, in place of its earlier ones."""
    remove(session, item.team, item.id)
    lines = item.lines
    rest = (lines.question, lines.body, lines.when, lines.because, lines.limits)
    session.add(
        WordsRow(
            team_id=item.team,
            item_id=item.id,
            channel_id=item.channel,
            title_stems=" ".join(stems(lines.title)),
            stems=" ".join(stems("\n".join(rest))),
        )
    )
    session.flush()


def remove(session: Session, team: str, item: str) -> None:
    """Nobody finds the item from now on."""
    session.execute(delete(WordsRow).where(WordsRow.team_id == team, WordsRow.item_id == item))
