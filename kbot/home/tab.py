"""The Home tab: its letter, and what is in it."""

from sqlalchemy.orm import Session

from kbot.delivery import needs
from kbot.follow_up import cases
from kbot.follow_up.facts import CaseState
from kbot.home.views import MOST, Desk
from kbot.library import items, topics
from kbot.people import directory
from kbot.people.facts import Person, Viewer
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.trail.evidence import evidence

VIEW = "home.view"


def home_letter(team: str, person: str, key: str) -> Letter:
    """The Home tab as a letter. `key` names the event or the press after which it is shown anew."""
    return Letter(team, f"home:{person}:{key}", VIEW, person)


def channels(session: Session, person: Person) -> set[str]:
    """Where the audiences of the items in a person's log are, to make a Viewer from."""
    mine = cases.of_person(session, person.team, person.id)
    return items.channels_of(session, person.team, [case.item for case in mine])


def desk(session: Session, viewer: Viewer, person: Person) -> Desk:
    """What is in a person's tab: their cases with the items they may be shown now, and what they shared themselves."""
    mine = cases.of_person(session, person.team, person.id)
    shared = items.of_contributor(session, person.team, person.id)
    asked = {case.letter for case in mine if case.state is CaseState.ASKED and case.letter}
    return Desk(
        person=person,
        cases=mine,
        shown=items.show(session, viewer, [case.item for case in mine]),
        shared=shared,
        evidence=evidence(session, person.team, [item.id for item in shared[:MOST]]),
        arrived=frozenset(key for key in asked if outbox.where(session, person.team, key)),
        is_broker=bool(directory.channels_of_broker(session, person.team, person.id)),
        follows=topics.followed(session, person.team, person.id),
        needs=needs.of_person(session, person.team, person.id),
    )
