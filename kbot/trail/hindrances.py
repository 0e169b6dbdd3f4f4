"""What stands in the way of using items, by persons who are counted and never shown.

Each person's latest word about an item counts; who says later that it helped is hindered by nothing any more, and new
words of an item are a new beginning.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from kbot.trail import log
from kbot.trail.facts import Barrier, Fact, Hindered, Outcome, Responded, Revised


def hindered_by(session: Session, team: str, barrier: Barrier, items: Iterable[str]) -> dict[str, dict[str, datetime]]:
    """Whom this barrier keeps from each of these items, and since when; items without any are left out."""
    return _hindered_by(barrier, log.all_about(session, (Hindered, Responded, Revised), team, items))


def _hindered_by(barrier: Barrier, said: Iterable[Fact]) -> dict[str, dict[str, datetime]]:
    found: dict[str, dict[str, datetime]] = {}
    for fact in said:
        if fact.item is None or fact.person is None:
            continue
        people = found.setdefault(fact.item, {})
        if isinstance(fact, Revised):
            people.clear()
        elif isinstance(fact, Hindered) and fact.barrier is barrier:
            people[fact.person] = fact.at
        elif isinstance(fact, Hindered) or (isinstance(fact, Responded) and fact.outcome is Outcome.HELPED):
            people.pop(fact.person, None)
    return {item: people for item, people in found.items() if people}
