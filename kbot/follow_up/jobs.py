"""The doors of follow-up from the queue: due cases become a bundle, permissions become a note."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from kbot.follow_up import brakes, cases, lots, note_views, notes, opening, topic_paces, unclear, views, wording
from kbot.follow_up.facts import BUNDLE, LAST_NOTE, NOTE, Answer, Became, Case, Step, Told
from kbot.follow_up.pace import Next
from kbot.follow_up.showing import asked
from kbot.house import House
from kbot.library import items, lineage
from kbot.library.facts import LinkKind
from kbot.library.looking import show
from kbot.people import directory
from kbot.people.hours import in_window, iso_week
from kbot.post import outbox
from kbot.post.gate import Go, Proactive
from kbot.post.outbox import Letter
from kbot.post.passing import ask_gate
from kbot.post.workers import Drop, Hold
from kbot.slack.outgoing import Outgoing, Post
from kbot.trail import log
from kbot.trail.facts import Answered


async def plan_bundles(house: House) -> None:
    """At each tick: whoever has due cases, and may be approached now, gets one message about three of them at most."""
    now = house.now()
    if await house.unit.read(
        _anything_to_take_back, now
    ):  # a unit that writes wakes every worker, also when it changes nothing
        await house.unit(_take_back, now)
    due = await house.unit.read(cases.due_people, now)
    for team in sorted({team for team, _ in due}):
        if await house.unit.read(brakes.is_due, team, now):
            await house.unit(brakes.look, house.act(team, house.me, "", "brakes"))
    for team, person in due:
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


def _rest(session: Session, team: str, person: str) -> Letter:
    """The one last note, after the last message that stayed silent."""
    last = outbox.arrivals(session, team, person, BUNDLE)[-1]
    return Letter(team, f"rest:{last.key}", LAST_NOTE, person, proactive=Proactive.BUNDLE)


def _may_be_asked(session: Session, team: str, person: str, now: datetime) -> bool:
    """Whether there is something to write: it is asked at each tick, so what is cheap to know comes first."""
    who = directory.person(session, team, person)
    if who is None or not in_window(now, who.zone, who.limits.asks_in):
        return False
    match cases.pace(session, team, person, now):
        case Next.LATER:
            return False
        case Next.REST:
            rest = _rest(session, team, person)
            return not outbox.letters(session, team, [rest.key])
        case Next.ASK:
            pass
    letter = _letter(session, team, person, now)
    return letter is not None and isinstance(ask_gate(session, letter, now), Go)


def _plan_bundle(session: Session, team: str, person: str, now: datetime, real: datetime) -> None:
    directory.lock_person(session, team, person)
    match cases.pace(session, team, person, now):
        case Next.LATER:
            return
        case Next.REST:
            outbox.plan(session, _rest(session, team, person), real)
            return
        case Next.ASK:
            letter = _letter(session, team, person, now)
    if letter is None:
        return
    drawn = lots.draw(cases.due(session, team, person, now), f"{team}|{letter.key}")
    if drawn.taken and outbox.plan(session, letter, real):
        variants = {case.id: wording.variant(case) for case in drawn.taken}
        cases.ask(session, drawn, letter.key, variants, now)


async def adapt_paces(house: House) -> None:
    """At each tick: topics whose month is over are counted, which says when their items are asked about first."""
    for team, topic in await house.unit.read(topic_paces.due, house.now()):
        await house.unit(topic_paces.count, team, topic, house.now())


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
        if await house.unit.read(notes.is_due, team, contributor, now):
            await house.unit(notes.plan_note, team, contributor, now, house.clock.real())


async def note(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """The contributor's note, with what the people say now."""
    found = await house.unit.read(_became, letter)
    if not found:
        return Drop("nothing is to be told any more")
    made = await house.unit.read(_variants, letter.team, found)
    seen = await show(house, letter.team, letter.to, sorted(set(made.values())))
    shown = {item.id: item for item in seen.items}
    became = [replace(one, variants={case: shown[v] for case, v in made.items() if v in shown}) for one in found]
    names = await house.unit.read(_names, letter.team, found)
    return Post(letter.to, *note_views.note(became, names, house.now()))


def _became(session: Session, letter: Letter) -> list[Became]:
    """What became of each item of this note, of what may be told now."""
    team = letter.team
    of_item: dict[str, list[Told]] = {}
    for one in notes.of_letter(session, team, letter.key):
        if one.case.status is not None and (one.case.status.is_worth_telling or _is_confirmed(one.case)):
            of_item.setdefault(one.case.item, []).append(one)
    firsts = notes.first_used(session, team, letter.key)
    puzzled = unclear.of_letter(session, team, letter.key)
    found = []
    for item, told in {**dict.fromkeys(puzzled, ()), **of_item}.items():
        asks = [fact for fact in log.about_item(session, Answered, team, [item]) if fact.person is not None]
        answered, asked = notes.answered_of_asked(session, team, item)
        found.append(
            Became(
                items.get(session, team, item),
                told,
                is_first=item in firsts,
                questions=len(asks),
                channels=len({fact.channel for fact in asks if fact.channel}),
                answered=answered,
                asked=asked,
                puzzled=puzzled.get(item),
            )
        )
    return found


def _is_confirmed(case: Case) -> bool:
    return case.taps.get(Step.CONFIRM) in (Answer.CONFIRM_NAMED, Answer.CONFIRM_UNNAMED)


def _variants(session: Session, team: str, became: Sequence[Became]) -> dict[str, str]:
    """What those who are named made of an item: the variants by their cases. Of unnamed ones it would name them."""
    links = lineage.of_items(session, team, [one.item.id for one in became])
    return {
        told.case.id: link.item
        for one in became
        for told in one.told
        for link in links[one.item.id]
        if told.with_name
        and link.kind is LinkKind.ADAPTS
        and link.other == one.item.id
        and link.person == told.case.person
    }


def _names(session: Session, team: str, became: Sequence[Became]) -> dict[str, str]:
    named = {told.case.person for one in became for told in one.told if told.with_name}
    return {person.id: person.name for person in directory.people(session, team, named).values()}


LETTERS = {BUNDLE: bundle, LAST_NOTE: last_note, NOTE: note}
