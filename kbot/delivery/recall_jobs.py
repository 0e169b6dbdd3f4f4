"""The door of recall from the queue: the notice, written at the moment of sending."""

from sqlalchemy.orm import Session

from kbot.delivery import recall_views
from kbot.delivery.recall import contacts
from kbot.delivery.recall_facts import RECALL, Contact, Recall, still_holds
from kbot.house import House
from kbot.library import items
from kbot.library.facts import Item
from kbot.library.looking import show
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.post.workers import Drop, Hold
from kbot.slack.outgoing import Outgoing, Post


async def recall(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """That something is not current any more, with as much of it as this person may see now."""
    one = Recall.of(letter.about)
    item, contact, is_read = await house.unit.read(_facts, letter, one)
    if contact is None:
        return Drop("nobody knows of a contact any more")
    is_over = not still_holds(one, item)
    if is_over and await house.unit.read(outbox.where, letter.team, letter.key) is None:
        return Drop("it is current again")
    wanted = [one.item] + ([one.other] if one.other else [])
    found = await show(house, letter.team, letter.to, wanted, findable=False)
    seen = {item.id: item for item in found.items if item.is_public_word}
    if is_over and one.item in seen:
        text, blocks = recall_views.current_again(seen[one.item])
        return Post(letter.to, text, blocks)
    other = seen.get(one.other or "")
    text, blocks = recall_views.recall(
        one.reason,
        seen.get(one.item),
        other if other is not None and other.is_findable else None,
        contact,
        found.names,
        letter.key,
        house.now(),
        is_read=is_read,
    )
    return Post(letter.to, text, blocks)


def _facts(session: Session, letter: Letter, one: Recall) -> tuple[Item, Contact | None, bool]:
    item = items.get(session, letter.team, one.item)
    contact = contacts(session, letter.team, one.item).get(letter.to)
    return item, contact, outbox.is_answered(session, letter.team, letter.key)


LETTERS = {RECALL: recall}
