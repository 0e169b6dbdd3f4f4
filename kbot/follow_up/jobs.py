"""The doors of follow-up from the queue: due cases become a bundle, permissions become a note."""

from datetime import datetime

from sqlalchemy.orm import Session

from kbot.follow_up import cases, lots, notes, opening, views, wording
from kbot.follow_up.facts import BUNDLE, LAST_NOTE, NOTE, Told
from kbot.follow_up.pace import Next
from kbot.follow_up.showing import asked
from kbot.house import House
from kbot.library import items
from kbot.library.facts import Item
from kbot.people import directory
from kbot.people.hours import in_window, iso_week
from kbot.post import outbox
from kbot.post.gate import Go, Proactive
from kbot.post.outbox import Letter
from kbot.post.passing import ask_gate
from kbot.post.workers import Drop, Hold
from kbot.slack.outgoing import Outgoing, Post


async def plan_bundles(house: House) -> None:
    """At each tick: whoever has due cases, and may be approached now, gets one message about three of them at most."""
    now = house.now()
    if await house.unit.read(
        _anything_to_take_back, now
    ):  # a unit that writes wakes every worker, also when it changes nothing
        await house.unit(_take_back, now)
    for team, person in await house.unit.read(cases.due_people, now):
        if await house.unit.read(_may_be_asked, team, person, now):
            await house.unit(_plan_bundle, team, person, now, house.clock.real())


def _anything_to_take_back(session: Session, now: datetime) -> bool:
    return cases.any_asked(session) or cases.any_overdue(session, now)


def _take_back(session: Session, now: datetime) -> None:
    cases.ask_later(session, now)
    for case in (*cases.leave_in_peace(session, now), *cases.close_overdue(session, now)):
        opening.open_silent(session, case, now)


def _letter(session: Session, team: str, person: str, now: datetime) -> Letter | None:
    who = directory.person(session, team, person)
    if who is None:
        return None
    return Letter(team, f"ask:{person}:{iso_week(now, who.zone)}", BUNDLE, person, proactive=Proactive.BUNDLE)


def _may_be_asked(session: Session, team: str, person: str, now: datetime) -> bool:
    """Whether there is something to write: it is asked at each tick, so what is cheap to know comes first."""
    who = directory.person(session, team, person)
    if who is None or not in_window(now, who.zone, who.limits.window):
        return False
    if cases.pace(session, team, person, now) is Next.LATER:
        return False
    letter = _letter(session, team, person, now)
    return letter is not None and isinstance(ask_gate(session, letter, now), Go)


def _plan_bundle(session: Session, team: str, person: str, now: datetime, real: datetime) -> None:
    directory.lock_person(session, team, person)
    match cases.pace(session, team, person, now):
        case Next.LATER:
            return
        case Next.REST:
            last = outbox.arrivals(session, team, person, BUNDLE)[-1]
            rest = Letter(team, f"rest:{last.key}", LAST_NOTE, person, proactive=Proactive.BUNDLE)
            outbox.plan(session, rest, real)
            return
        case Next.ASK:
            letter = _letter(session, team, person, now)
    if letter is None:
        return
    drawn = lots.draw(cases.due(session, team, person, now), f"{team}|{letter.key}")
    if drawn.taken and outbox.plan(session, letter, real):
        variants = {case.id: wording.variant(case) for case in drawn.taken}
        cases.ask(session, drawn, letter.key, variants, now)


async def bundle(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """The follow-up message, as its cases are now."""
    about = await house.unit.read(cases.of_letter, letter.team, letter.key)
    if not about and await house.unit.read(outbox.where, letter.team, letter.key) is not None:
        return Post(letter.to, *views.erased())
    shown = await asked(house, letter.team, letter.to, about)
    if not any(one.case.was_answered for one in shown):
        shown = [one for one in shown if one.item is not None and one.item.is_findable]
    if not shown:
        return Drop("all of it is gone, or not for the person to see any more")
    text, blocks = views.bundle(shown, house.now())
    return Post(letter.to, text, blocks)


async def last_note(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """After four silent bundles: nothing more is asked, and how to begin again."""
    arrived = await house.unit.read(outbox.arrivals, letter.team, letter.to, LAST_NOTE)
    starts_again = any(one.key == letter.key and one.answered_at is not None for one in arrived)
    text, blocks = views.last_note(letter.key, starts_again=starts_again)
    return Post(letter.to, text, blocks)


async def plan_notes(house: House) -> None:
    """At each tick: contributors hear what they may hear, once a week at most."""
    now = house.now()
    for team, lapsed in await house.unit.read(notes.lapsed):
        await house.unit(notes.tell_later, team, lapsed)
    for team, contributor in await house.unit.read(notes.contributors_to_tell):
        await house.unit(notes.plan_note, team, contributor, now, house.clock.real())


async def note(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """The contributor's note, with what the people say now."""
    told, about, names = await house.unit.read(_told, letter)
    kept = [(one, about[one.case.item]) for one in told if one.case.status and one.case.status.is_worth_telling]
    if not kept:
        return Drop("nothing is to be told any more")
    text, blocks = views.note(kept, names, house.now())
    return Post(letter.to, text, blocks)


def _told(session: Session, letter: Letter) -> tuple[list[Told], dict[str, Item], dict[str, str]]:
    told = notes.of_letter(session, letter.team, letter.key)
    about = {one.case.item: items.get(session, letter.team, one.case.item) for one in told}
    people = directory.people(session, letter.team, (one.case.person for one in told if one.with_name))
    return told, about, {person.id: person.name for person in people.values()}


LETTERS = {BUNDLE: bundle, LAST_NOTE: last_note, NOTE: note}
