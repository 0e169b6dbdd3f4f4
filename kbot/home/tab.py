"""The Home tab: its letter, and what is in it."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.capture import sources
from kbot.delivery import deliveries, needs
from kbot.delivery.facts import Delivery
from kbot.delivery.views import Shown
from kbot.follow_up import cases
from kbot.follow_up.facts import Case, CaseState
from kbot.follow_up.pace import Next
from kbot.follow_up.showing import asked_of
from kbot.helping import showing, states
from kbot.home.question_views import MOST_NEW, Questions, Wider, is_question
from kbot.home.views import MOST, Desk
from kbot.library import items, topics, widening
from kbot.library.facts import Item
from kbot.people import directory
from kbot.people.facts import Person, Viewer
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.trail import log
from kbot.trail.evidence import evidence
from kbot.trail.facts import Intended, Plan
from kbot.trail.proof import Evidence

VIEW = "home.view"
NEW_FOR = timedelta(days=14)
"""What came longer ago is not new any more, also where nothing was said of it."""


def home_letter(team: str, person: str, key: str) -> Letter:
    """The Home tab as a letter. `key` names the event or the press after which it is shown anew."""
    return Letter(team, f"home:{person}:{key}", VIEW, person)


def show_anew(session: Session, act: Act, real: datetime) -> None:
    """Something in the tab has changed: who has ever opened it is shown it as it is now. `real`: machine's time."""
    if outbox.any_planned(session, act.team, act.person, VIEW):
        outbox.plan(session, home_letter(act.team, act.person, act.key), real)


def channels(session: Session, person: Person, now: datetime) -> set[str]:
    """Where the audiences of all items that may be in a person's tab are, to make a Viewer from."""
    team = person.team
    about = {item for case in cases.all_of_person(session, team, person.id) for item in (case.item, *case.cited)}
    about |= {item for need in needs.asked(session, team, person.id) for item in need.matches}
    about |= {one.item for one in deliveries.unanswered(session, team, person.id, now - NEW_FOR)}
    about |= {request.item for request, _ in states.waiting_for(session, team, person.id)}
    return items.channels_of(session, team, about) | set(directory.channels_of_broker(session, team, person.id))


def desk(session: Session, viewer: Viewer, person: Person, now: datetime) -> Desk:
    """What is in a person's tab: their cases with the items they may be shown now, and what they shared themselves."""
    team = person.team
    mine = cases.all_of_person(session, team, person.id)
    shared = items.of_contributor(session, team, person.id)
    letters = {case.letter for case in mine if case.state is CaseState.ASKED and case.letter}
    arrived: set[str | None] = {key for key in letters if outbox.where(session, team, key)}
    over, came = needs.asked(session, team, person.id), deliveries.unanswered(session, team, person.id, now - NEW_FOR)
    wanted = (
        {item for case in mine for item in (case.item, *case.cited)}
        | {one.item for one in came}
        | {item for need in over for item in need.matches}
    )
    shown = items.show(session, viewer, wanted)
    findable = {item.id: item for item in shown.values() if item.is_findable}
    notices = items.waiting_for_contributor(session, team, person.id)
    edited, orphaned = sources.waiting_for(session, team, person.id)
    wider = widening.waiting_for(session, viewer)
    senders = [one.why.by for one in came if one.why.by]
    others = {*senders, *(item.flagger for item in notices), *(one.asked_by for one in wider)}
    names = _names(session, team, shown.values(), others)
    shown_to = [asked_of(case, findable, names) for case in mine if case.item in findable]
    asking = [one for one in shown_to if _asks(one.case, findable[one.case.item], arrived, now)]
    pace = cases.pace(session, team, person.id, now)
    told = evidence(session, team, [one.item for one in came])
    new = [one for one in came if one.item in findable and not told[one.item].is_alarming(now)][:MOST_NEW]
    return Desk(
        person=person,
        cases=mine,
        asked=Questions(
            cases=asking,
            needs=over,
            found=findable,
            wider=[_wider(one, person, names) for one in wider],
            notices=notices,
            edited=edited,
            orphaned=orphaned,
            help=[
                (shown_to_me, turn)
                for request, turn in states.waiting_for(session, team, person.id)
                if (shown_to_me := showing.shown(session, viewer, request.id)).item is not None
            ],
            names=names,
        ),
        planned={fact.item: Plan(fact.plan) for fact in log.of_person(session, Intended, team, person.id) if fact.item},
        new=[_new(one, findable[one.item], names) for one in new],
        shown=shown,
        rests=pace is Next.REST,
        # After silence, or where asking costs people too much, a question comes later.
        asks_from=cases.waits_until(session, team, person.id, now) if pace is Next.LATER else None,
        shared=shared,
        evidence=evidence(session, team, [item.id for item in shared[:MOST]]),
        is_broker=bool(directory.channels_of_broker(session, team, person.id)),
        follows=topics.followed(session, team, person.id),
        does=topics.interests(session, team, person.id),
        needs=needs.of_person(session, team, person.id),
    )


def _asks(case: Case, item: Item, arrived: Collection[str | None], now: datetime) -> bool:
    return is_question(case, item.contributor, arrived=case.letter in arrived, now=now)


def _names(session: Session, team: str, shown: Iterable[Item], others: Iterable[str]) -> dict[str, str]:
    people = {item.contributor for item in shown if item.contributor} | set(others)
    return {person.id: person.name for person in directory.people(session, team, people).values()}


def _wider(one: widening.Widening, person: Person, names: dict[str, str]) -> Wider:
    by = names.get(one.asked_by, "A colleague")
    if one.asked_by == one.item.contributor and not one.item.is_named:
        by = "The one who shared it"
    return Wider(one.item, one.channel, by, one.note, is_mine=one.item.contributor == person.id)


def _new(one: Delivery, item: Item, names: dict[str, str]) -> Shown:
    hidden = one.why.by == item.contributor and not item.is_named
    return Shown(one, item, names, Evidence(), "" if hidden else names.get(one.why.by or "", ""))
