"""What comes of a barrier without anybody being asked: new words for who found the old ones unclear, and evidence."""

from datetime import datetime

from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.helping import requests, states
from kbot.helping.facts import CLEARER, FOR_OTHERS
from kbot.library import items
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.trail import log
from kbot.trail.facts import Barrier, Fact, Hindered, Revised

HELPS_BY_WORDS = (Barrier.UNCLEAR, Barrier.MISSING_SKILL, Barrier.WORKED_PARTLY)
"""What the contributor may answer by other words of the item."""


def made_clearer(session: Session, fact: Fact, real: datetime) -> None:
    """An item says it in other words: to whoever waits for its contributor's help that is the answer, and who found it
    unclear hears of it, once for each time that they said so."""
    if not isinstance(fact, Revised) or fact.item is None or fact.person is None:
        return
    item = items.get(session, fact.team, fact.item)
    if not item.is_findable:
        return
    answered = set()
    for request in states.open_about(session, fact.team, item.id):
        turn = request.running
        if turn is not None and turn.helper == fact.person and request.barrier in HELPS_BY_WORDS:
            act = Act(fact.team, fact.person, "", fact.at, f"revised:{fact.key}")
            requests.answer(session, act, request.id, "", real, made_clearer=True)
            answered.add(request.asker)
    said = [one for one in log.about_item(session, Hindered, fact.team, [item.id]) if one.at <= fact.at]
    latest = {one.person: one for one in said if one.person is not None}
    for person, one in sorted(latest.items()):
        if one.barrier is Barrier.UNCLEAR and person != fact.person:
            letter = Letter(fact.team, f"clearer:{one.key}", CLEARER, person, {"item": item.id, "by": fact.person})
            outbox.plan(session, letter, real)
            if person in answered:
                outbox.cancel(session, fact.team, letter.key, "they have it as the answer to what they asked")


def tell_of_others(session: Session, fact: Fact, real: datetime) -> None:
    """Who is not convinced of an item is shown what became of it for others."""
    if isinstance(fact, Hindered) and fact.barrier is Barrier.NOT_CONVINCED and fact.person is not None:
        letter = Letter(fact.team, f"for_others:{fact.key}", FOR_OTHERS, fact.person, {"item": fact.item})
        outbox.plan(session, letter, real)
