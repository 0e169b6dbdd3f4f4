"""What a broker or the contributor sends on: to people, to a channel, and, with both consents, to a wider audience."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.delivery import deliveries
from kbot.delivery.facts import WIDEN, Rule
from kbot.library import items, widening
from kbot.library.facts import Item
from kbot.library.widening import Widening
from kbot.people import directory
from kbot.post import outbox
from kbot.post.outbox import Letter

NOT_YOURS = "Only the one who shared it and the brokers of its channel can send it on."


@dataclass(frozen=True)
class SentOn:
    """What became of it: for how many people it is new, how many have it already, and whether the channel gets it
    (None: no channel was named; False: it has it already), or waits for a yes."""

    new: int = 0
    known: int = 0
    channel: bool | None = None
    waits: bool = False


def rule_of(session: Session, team: str, person: str, item: Item) -> Rule:
    """As what this person may send it on. Raises BadInput for everybody else."""
    if person == item.contributor:
        return Rule.NAMED
    if person in directory.brokers_of(session, team, item.channel):
        return Rule.BROKER
    raise BadInput(NOT_YOURS)


def send_on(
    session: Session,
    act: Act,
    item_id: str,
    people: Sequence[str],
    channel: str | None,
    note: str,
    real: datetime,
    *,
    wider: bool = False,
) -> SentOn:
    """These people and this channel shall get the item, with a note. `wider`: not everybody in the channel may see it
    yet; then the other one of the two who decide is asked first."""
    item = items.get(session, act.team, item_id)
    rule = rule_of(session, act.team, act.person, item)
    if not item.is_findable:
        raise items.Gone
    new = sum(deliveries.add(session, act, item, person, rule, note=note) for person in people)
    if channel is None:
        return SentOn(new, len(people) - new)
    if wider:
        asked = widening.ask(session, act, item_id, channel, note)
        if not asked.is_open:
            _ask_the_other(session, act, asked, real)
            return SentOn(new, len(people) - new, channel=None, waits=True)
    sent = deliveries.add(session, act, item, channel, rule, is_channel=True, note=note)
    return SentOn(new, len(people) - new, channel=sent)


def _ask_the_other(session: Session, act: Act, asked: Widening, real: datetime) -> None:
    brokers = directory.brokers_of(session, act.team, asked.item.channel)
    whom = [asked.item.contributor] if asked.contributor is None else [each for each in brokers if each != act.person]
    for person in whom:
        if person is not None:
            about = {"item": asked.item.id, "channel": asked.channel}
            outbox.plan(session, Letter(act.team, widen_key(asked, person), WIDEN, person, about), real)


def widen_key(asked: Widening, person: str) -> str:
    """The key of the question to one of those who decide."""
    return f"widen:{asked.item.id}:{asked.channel}:{person}"


def decide(session: Session, act: Act, item_id: str, channel: str, *, yes: bool) -> Widening:
    """One of the two who decide says yes or no; after both yeses the channel gets the item."""
    decided = (widening.agree if yes else widening.end)(session, act, item_id, channel)
    if yes and decided.is_open:
        asker = Act(act.team, decided.asked_by, act.place, act.at, act.key)
        rule = rule_of(session, act.team, decided.asked_by, decided.item)
        deliveries.add(session, asker, decided.item, channel, rule, is_channel=True, note=decided.note)
    brokers = directory.brokers_of(session, act.team, decided.item.channel)
    for person in {decided.item.contributor, *brokers} - {None}:
        outbox.refresh(session, act.team, widen_key(decided, str(person)))
    return decided
