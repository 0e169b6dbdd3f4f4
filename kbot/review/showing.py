"""A digest as its broker may be shown it now: membership is asked of Slack, the facts are read again."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.orm import Session

from kbot.answers import groups, offers
from kbot.answers.facts import OpenQuestion
from kbot.delivery import needs
from kbot.delivery.facts import NeedState
from kbot.helping import showing as helping
from kbot.house import House
from kbot.library import items
from kbot.library.facts import Item
from kbot.people import directory
from kbot.people.facts import Viewer
from kbot.people.viewers import viewer_of
from kbot.review import digest, measures, rows
from kbot.review.facts import Became, Desk, Done, Entry, Look, Row, RowKind
from kbot.trail import hindrances, log
from kbot.trail.evidence import evidence
from kbot.trail.facts import Barrier, Reviewed
from kbot.trail.proof import Evidence

OF_ITEMS = (RowKind.CHECK, RowKind.APPROVE, RowKind.CAME_IN, RowKind.SAID, RowKind.UNCLEAR)
NEVER_MIND = (NeedState.HELPED, NeedState.PARTLY, NeedState.DROPPED)


async def broker_viewer(house: House, team: str, person: str) -> Viewer:
    """The channels that this person is a broker of and may see, now."""
    return await viewer_of(house, team, person, await house.unit.read(directory.channels_of_broker, team, person))


async def shown(house: House, viewer: Viewer, look: Look) -> Desk:
    """The rows of `look` as `desk` reads them, and which open questions those that wait for approval may answer."""
    read = await house.unit.read(desk, viewer, look)
    return replace(read, entries=[await _with_question(house, viewer, entry) for entry in read.entries])


async def _with_question(house: House, viewer: Viewer, entry: Entry) -> Entry:
    if entry.row.kind is not RowKind.APPROVE or entry.done is not None or entry.item is None:
        return entry
    near = await offers.may_answer(house, viewer.team, viewer.person, entry.item)
    return replace(entry, answers=near[0] if near else None)


def desk(session: Session, viewer: Viewer, look: Look) -> Desk:
    """The rows of `look` as they are now; those that the viewer may not see are left out.

    `viewer` is one of `broker_viewer`: what waits for a broker is shown to brokers only.
    """
    ids = [row.id for row in look.rows if row.kind in OF_ITEMS]
    shown = items.show(session, viewer, ids)
    asked = {q.id: q for q in _questions(session, viewer, look.rows)}
    said = evidence(session, viewer.team, shown)
    unclear = hindrances.hindered_by(session, viewer.team, Barrier.UNCLEAR, shown)
    decided = {fact.item: fact for fact in log.about_item(session, Reviewed, viewer.team, shown)}
    entries = []
    for row in look.rows:
        if row.kind is RowKind.QUESTION:
            group = asked.get(row.id)
            if group is not None:
                done = None if group.question.is_open else Done(Became.ANSWERED)
                entries.append(Entry(row, question=group.question, people=len(group.askers), done=done))
        elif row.kind in (RowKind.HELP, RowKind.BARRIER):
            entries += _hindered(session, viewer, row, look)
        elif row.kind is RowKind.NEED:
            need = needs.get(session, viewer.team, row.id)
            if need.channel in viewer.channels:
                met = need.state in NEVER_MIND or (bool(need.matches) and need.state is not NeedState.UNMET)
                entries.append(Entry(row, need=need, done=Done(Became.MET) if met else None))
        elif (item := shown.get(row.id)) is not None:
            people = len(unclear.get(row.id, ()))
            done = digest.became(row.kind, item, decided.get(row.id), look.until, unclear_to=people)
            entries.append(Entry(row, item=item, evidence=said.get(row.id, Evidence()), people=people, done=done))
    return Desk(
        reader=viewer.person,
        channels=sorted(viewer.channels),
        entries=entries,
        numbers=measures.numbers(session, viewer.team, viewer.channels, look.since, look.until),
        since=look.since,
        more=look.more,
        names=_names(session, viewer.team, shown.values(), entries),
    )


def _hindered(session: Session, viewer: Viewer, row: Row, look: Look) -> list[Entry]:
    """Somebody wants help with an item, or something stands in the way of many; never of fewer than five."""
    if row.kind is RowKind.HELP:
        wanted = helping.shown(session, viewer, row.id)
        return [Entry(row, help=wanted, done=digest.help_became(wanted.request))] if wanted.may_read else []
    now = dict(rows.barriers(session, viewer.team, viewer.channels, look.until))
    return [Entry(row, barrier=barrier, people=people) for barrier, people in now.items() if barrier == row.id]


def _questions(session: Session, viewer: Viewer, about: Iterable[Row]) -> Iterable[OpenQuestion]:
    for row in about:
        if row.kind is RowKind.QUESTION:
            group = groups.get(session, viewer.team, row.id)
            if group.question.channel in viewer.channels:
                yield group


def _names(session: Session, team: str, shown: Iterable[Item], entries: Iterable[Entry]) -> dict[str, str]:
    people = {person for item in shown for person in (item.contributor, item.verified_by) if person}
    people |= {entry.done.by for entry in entries if entry.done and entry.done.by}
    return {person.id: person.name for person in directory.people(session, team, people).values()}
