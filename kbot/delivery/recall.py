"""Recall: when an item is superseded, contradicted or taken away, whoever had it or used it is told, exactly once.

Once for each person, item and reason: the letter's key says so. What is told is decided when it is sent.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.delivery.recall_facts import RECALL, Contact, Reason, Recall
from kbot.library import lineage
from kbot.library.facts import Item, LinkKind
from kbot.post import outbox
from kbot.post.gate import Proactive
from kbot.post.outbox import Letter
from kbot.trail import log
from kbot.trail.facts import Contradicted, Fact, Received, Responded, Status, Superseded, Unlinked, Withdrawn


def recall(session: Session, fact: Fact, real: datetime) -> None:
    """Plan a letter to everybody who had the item or used it, except who brought this about. `real`: machine's time."""
    one = _recall_of(fact)
    if one is None:
        return
    for person in sorted(contacts(session, fact.team, one.item).keys() - {fact.person}):
        about = {"item": one.item, "reason": one.reason.value} | ({"other": one.other} if one.other else {})
        key = f"recall:{one.item}:{one.reason}:{person}"
        outbox.plan(session, Letter(fact.team, key, RECALL, person, about, Proactive.RECALL), real)


def undone(session: Session, fact: Fact, real: datetime) -> None:
    """What brought a recall about was taken back: who has read the letter reads there that it is current again."""
    assert isinstance(fact, Unlinked)
    reason = {"supersedes": Reason.SUPERSEDED, "contradicts": Reason.CONTRADICTED}.get(fact.kind)
    for item in (fact.item, fact.other) if reason is not None else ():
        for person in contacts(session, fact.team, item or ""):
            outbox.refresh(session, fact.team, f"recall:{item}:{reason}:{person}")


def _recall_of(fact: Fact) -> Recall | None:
    assert fact.item is not None
    match fact:
        case Superseded():
            return Recall(fact.item, Reason.SUPERSEDED, fact.successor)
        case Contradicted():
            return Recall(fact.item, Reason.CONTRADICTED, fact.other)
        case Withdrawn():
            return Recall(fact.item, Reason.WITHDRAWN)
    return None


def contacts(session: Session, team: str, item: str) -> dict[str, Contact]:
    """Who had this item or used it, by person. An answer about something else (`OFF_THE_POINT`) was no contact."""
    found: dict[str, Contact] = {}
    for had in log.about_item(session, Received, team, [item]):
        if had.person is not None:
            found[had.person] = Contact(had.at, words=had.words)
    for said in log.about_item(session, Responded, team, [item]):
        if said.person is not None and (said.status.is_use or said.status is Status.TRIED_NOT_WORKED):
            before = found.get(said.person)
            found[said.person] = Contact(said.at, used=True, words=before.words if before else "")
    return found


def heard_of(session: Session, team: str, person: str) -> dict[str, datetime]:
    """The items of which this person was told that they are not current any more, and when (people's time)."""
    arrived = {one.key: one.sent_at for one in outbox.arrivals(session, team, person, RECALL)}
    letters = outbox.letters(session, team, arrived)
    return {str(letter.about["item"]): arrived[key] for key, letter in letters.items()}


def told_of(session: Session, item: Item) -> set[str]:
    """The people who hear of this item by the recall of what it supersedes, and so need no delivery of it."""
    links = lineage.of_items(session, item.team, [item.id])[item.id]
    superseded = [one.other for one in links if one.kind is LinkKind.SUPERSEDES and one.item == item.id]
    return {person for old in superseded for person in contacts(session, item.team, old)}


def got_it(session: Session, act: Act, key: str) -> None:
    """The person has read it; the letter says so."""
    outbox.answered(session, act.team, key, act.at)
    outbox.refresh(session, act.team, key)
