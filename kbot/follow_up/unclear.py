"""What was not clear to two people or more its contributor hears in the weekly note: once for these words, of nobody.

In the week after the second of them said so at the earliest, so that its moment names nobody either (domain.md 2.9-8).
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kbot.follow_up.facts import NOTE, Puzzled
from kbot.follow_up.tables import UnclearRow
from kbot.library import items
from kbot.library.facts import Item
from kbot.library.tables import ItemRow
from kbot.people.facts import Person
from kbot.people.hours import moment_in_week
from kbot.post import outbox
from kbot.post.gate import WEEK
from kbot.storage.upsert import insert_new
from kbot.trail.facts import UNCLEAR_TO, Barrier, Fact, Hindered, Revised
from kbot.trail.hindrances import hindered_by


def keep_for_the_note(session: Session, fact: Fact, real: datetime) -> None:
    """Not clear to another one: kept until the next note, where they are two by now."""
    if not isinstance(fact, Hindered) or fact.barrier is not Barrier.UNCLEAR or fact.item is None:
        return
    item = items.get(session, fact.team, fact.item)
    if item.is_findable and _people(session, item) >= UNCLEAR_TO:
        words = {"team_id": item.team, "item_id": item.id, "version": item.version}
        insert_new(session, UnclearRow, {**words, "since": fact.at, "letter": None})


def show_clearer(session: Session, fact: Fact, real: datetime) -> None:
    """It says it in other words: the note that asked for them says so."""
    if isinstance(fact, Revised):
        about = (UnclearRow.team_id == fact.team, UnclearRow.item_id == fact.item, UnclearRow.letter.is_not(None))
        for letter in session.scalars(select(UnclearRow.letter).where(*about)):
            outbox.refresh(session, fact.team, letter or "")


def _people(session: Session, item: Item) -> int:
    """To how many it is not clear, beside who shared it."""
    people = hindered_by(session, item.team, Barrier.UNCLEAR, [item.id]).get(item.id, {})
    return len(people.keys() - {item.contributor})


def contributors_to_tell(session: Session) -> list[tuple[str, str]]:
    """Who may hear of something that was not clear, and has not yet."""
    rows = session.execute(
        select(ItemRow.team_id, ItemRow.contributor)
        .join(UnclearRow, (UnclearRow.team_id == ItemRow.team_id) & (UnclearRow.item_id == ItemRow.id))
        .where(UnclearRow.letter.is_(None), UnclearRow.version == ItemRow.version, ItemRow.contributor.is_not(None))
        .distinct()
    )
    return [(team, person) for team, person in rows if person is not None]


def ready(session: Session, contributor: Person, now: datetime) -> list[Item]:
    """What may be told now (people's time): not clear still, in the same words, to two people of an earlier week."""
    rows = session.execute(
        select(UnclearRow.item_id, UnclearRow.since)
        .join(ItemRow, (ItemRow.team_id == UnclearRow.team_id) & (ItemRow.id == UnclearRow.item_id))
        .where(
            UnclearRow.team_id == contributor.team,
            UnclearRow.letter.is_(None),
            UnclearRow.version == ItemRow.version,
            ItemRow.contributor == contributor.id,
        )
        .order_by(UnclearRow.since, UnclearRow.item_id)
    ).all()
    of_earlier_weeks = [
        items.get(session, contributor.team, item)
        for item, since in rows
        if moment_in_week(since + WEEK, 0, 0, contributor.zone) <= now
    ]
    return [item for item in of_earlier_weeks if item.is_findable and _people(session, item) >= UNCLEAR_TO]


def tell(session: Session, item: Item, letter: str) -> None:
    """It stands in this note."""
    mine = (UnclearRow.team_id == item.team, UnclearRow.item_id == item.id, UnclearRow.version == item.version)
    session.execute(update(UnclearRow).where(*mine, UnclearRow.letter.is_(None)).values(letter=letter))


def of_letter(session: Session, team: str, letter: str) -> dict[str, Puzzled]:
    """What stands in a note as not clear, by item, as it is now; what is gone is left out."""
    rows = session.scalars(select(UnclearRow).where(UnclearRow.team_id == team, UnclearRow.letter == letter))
    found = {}
    for row in rows.all():
        item = items.get(session, team, row.item_id)
        if item.is_findable:
            found[item.id] = Puzzled(_people(session, item), is_clearer=item.version > row.version)
    return found


def lapsed(session: Session) -> list[tuple[str, str]]:
    """The notes, by team and key, that were held back until they lapsed, with something unclear in them."""
    lost = outbox.lapsed(session, NOTE)
    rows = session.execute(
        select(UnclearRow.team_id, UnclearRow.letter).where(UnclearRow.letter.in_([key for _, key in lost])).distinct()
    )
    return sorted({(team, key) for team, key in rows if key is not None} & set(lost))


def tell_later(session: Session, team: str, note: str) -> None:
    """What stood in this note is told in the next one."""
    lost = update(UnclearRow).where(UnclearRow.team_id == team, UnclearRow.letter == note)
    session.execute(lost.values(letter=None))
