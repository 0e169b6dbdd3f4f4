"""A person's own log: what came to them, what they meant to do with it and what they said of it. Theirs to delete."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.answers import questions
from kbot.delivery import deliveries, needs, recall
from kbot.delivery.facts import Delivery
from kbot.follow_up import cases, opening
from kbot.follow_up.facts import Case
from kbot.helping import requests
from kbot.home.log_views import Came, Entry, Log
from kbot.learning import checks
from kbot.learning.facts import Check
from kbot.library import items, topics
from kbot.people import directory
from kbot.people.facts import Person, Viewer
from kbot.post import outbox
from kbot.storage.erasing import erase
from kbot.trail import log
from kbot.trail.facts import Delivered, Intended, PassedOn, ReceiptKind, Received


def channels(session: Session, team: str, person: str) -> set[str]:
    """Where the audiences of the items in a person's log are, to make a Viewer from."""
    return items.channels_of(session, team, _items(session, team, person))


def _items(session: Session, team: str, person: str) -> set[str]:
    met = (log.of_person(session, kind, team, person) for kind in (Received, Delivered, Intended))
    found = {fact.item for facts in met for fact in facts if fact.item is not None}
    found |= {case.item for case in cases.all_of_person(session, team, person)}
    found |= {check.item for check in checks.of_person(session, team, person)}
    return found | recall.heard_of(session, team, person).keys()


def read(session: Session, viewer: Viewer, person: Person) -> Log:
    """The whole log, the newest first. Items that their person may not see now are without a word of theirs."""
    team, who = person.team, person.id
    came: dict[str, list[tuple[datetime, Came, str]]] = defaultdict(list)
    for got in log.of_person(session, Received, team, who):
        if got.item is not None:
            came[got.item].append((got.at, _how(got.receipt), got.words))
    for sent in log.of_person(session, Delivered, team, who):
        if sent.item is not None:
            came[sent.item].append((sent.at, Came.SENT, ""))
    plans = {fact.item: fact for fact in log.of_person(session, Intended, team, who)}
    said: dict[str, list[Case]] = defaultdict(list)
    for case in cases.all_of_person(session, team, who):
        said[case.item].append(case)
    passed: dict[str, list[str]] = defaultdict(list)
    for relay in log.of_person(session, PassedOn, team, who):
        if relay.item is not None:
            passed[relay.item].append(relay.to)
    named = {to for people in passed.values() for to in people}
    names = {one.id: one.name for one in directory.people(session, team, named).values()}
    heard = recall.heard_of(session, team, who)
    checked = {check.item: check for check in checks.of_person(session, team, who)}
    ids = came.keys() | said.keys() | heard.keys() | checked.keys() | {i for i in plans if i}
    shown = items.show(session, viewer, ids)
    entries = [
        Entry(
            item_id=one,
            item=shown.get(one),
            came=tuple(sorted(came[one])),
            cases=tuple(said[one]),
            plan=plans.get(one),
            recalled_at=heard.get(one),
            check=checked.get(one),
            passed_to=tuple(dict.fromkeys(names[to] for to in passed[one] if to in names)),
        )
        for one in ids
    ]
    return Log(
        person=person,
        entries=sorted(entries, key=lambda entry: (entry.at, entry.item_id), reverse=True),
        questions=questions.of_person(session, team, who),
        needs=needs.of_person(session, team, who),
        follows=topics.followed(session, team, who),
    )


def _how(receipt: ReceiptKind) -> Came:
    return {ReceiptKind.ASKED_FOR: Came.ASKED, ReceiptKind.OPENED: Came.OPENED}.get(receipt, Came.MEANT)


def case_of(session: Session, act: Act, item: str) -> Case:
    """What may be said of an item: the newest case about it, else one that nobody asked for."""
    mine = [c for c in cases.of_person(session, act.team, act.person) if c.item == item]
    return mine[0] if mine else opening.report(session, act, item)


def delete_entry(session: Session, act: Act, item: str) -> None:
    """All that this person met and said of one item goes; the messages about it show so."""
    _erase(session, act, item)


def delete_all(session: Session, act: Act) -> None:
    """Everything that this person met and said goes, by what each table declares."""
    _erase(session, act, None)


def _erase(session: Session, act: Act, item: str | None) -> None:
    letters = _letters(session, act, item)
    requests.forget(session, act, item)
    erase(session, act.team, act.person, item)
    for letter in letters:
        outbox.refresh(session, act.team, letter)


def _letters(session: Session, act: Act, item: str | None) -> Iterable[str]:
    mine: list[Case | Check | Delivery] = [
        *cases.all_of_person(session, act.team, act.person),
        *checks.of_person(session, act.team, act.person),
        *deliveries.of_person(session, act.team, act.person),
    ]
    return {one.letter for one in mine if one.letter is not None and item in (None, one.item)}
