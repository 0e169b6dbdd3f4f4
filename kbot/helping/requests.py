"""Help requests: who is asked next, what they say, what the asker says of it. One helper at a time, nobody twice.

Whoever changes a request holds its row until the unit ends, so that two workers ask one helper, and one answer counts.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.helping import states
from kbot.helping.facts import (
    ANSWER,
    IN_CHANNEL,
    RECEIPT,
    WANTED,
    Candidate,
    Request,
    RequestState,
    Role,
    Turn,
    TurnState,
)
from kbot.helping.routing import candidates, next_helper, users_who_offered
from kbot.helping.tables import HelperRow, RequestRow
from kbot.library import items
from kbot.people import asking, directory
from kbot.post import outbox
from kbot.post.gate import Proactive
from kbot.post.outbox import Letter
from kbot.storage.upsert import insert_new
from kbot.trail import log
from kbot.trail.facts import Fact, HelpAnswered, Helped, HelpOffered, HelpWanted, Responded, Superseded, Withdrawn
from kbot.trail.log import remember

NOT_THEIRS = "This is for somebody else, so nothing was changed."
NOT_NEEDED = "That is not needed any more, so nothing was sent. Thank you all the same."
ANSWERED_ALREADY = "You have answered this already. Please write to them directly."


# What follows the asker's tap, and the end of an item


def open_request(session: Session, fact: Fact, real: datetime) -> None:
    """Somebody wants help with an item. Wanted again while an answer is there, that one did not do it."""
    if not isinstance(fact, HelpWanted) or fact.person is None or fact.item is None:
        return
    if not items.get(session, fact.team, fact.item).is_findable:
        return
    row = {
        "team_id": fact.team,
        "id": uuid4().hex,
        "asker": fact.person,
        "item_id": fact.item,
        "case_id": fact.case,
        "first": fact.helper.value,
        "barrier": fact.barrier.value if fact.barrier else None,
        "state": RequestState.OPEN.value,
        "opened_at": fact.at,
        "in_channel": False,
        "with_broker": False,
    }
    if insert_new(session, RequestRow, row):
        return
    for request in states.open_about(session, fact.team, fact.item):
        if request.asker == fact.person and request.state is RequestState.ANSWERED:
            for turn in request.answers:
                states.turn_to(session, request, turn.helper, TurnState.NOT_HELPED)
            states.seek(session, request)


def close_for_item(session: Session, fact: Fact, real: datetime) -> None:
    """An item is gone: nobody is asked about it any more."""
    if isinstance(fact, Withdrawn | Superseded) and fact.item is not None:
        for request in states.open_about(session, fact.team, fact.item):
            states.end(session, states.lock(session, fact.team, request.id), RequestState.GONE)


def give_up(session: Session, team: str, request_id: str) -> None:
    """Who wanted help has left, or may not see the item any more: nobody is asked about it."""
    states.end(session, states.lock(session, team, request_id), RequestState.GONE)


# Who is asked


def to_route(session: Session) -> list[Request]:
    """Requests whose next helper is looked for, the oldest first."""
    return states.found(session, select(RequestRow).where(RequestRow.state == RequestState.OPEN))


def candidates_of(session: Session, request: Request) -> tuple[Candidate, ...]:
    """Who may know, in the order in which they are asked. Who has said "not me" about the item is not among them."""
    item = items.get(session, request.team, request.item)
    said = log.all_about(session, (HelpOffered, Responded), request.team, [request.item])
    refused = select(HelperRow.helper).join(
        RequestRow, (RequestRow.team_id == HelperRow.team_id) & (RequestRow.id == HelperRow.request_id)
    )
    refused = refused.where(
        RequestRow.team_id == request.team,
        RequestRow.item_id == request.item,
        HelperRow.state == TurnState.NOT_ME,
    )
    not_them = set(session.scalars(refused))
    found = candidates(request.first, item.contributor, users_who_offered(said))
    return tuple(one for one in found if one.person not in not_them)


def ask_next(
    session: Session, team: str, request_id: str, able: Collection[str], now: datetime, real: datetime
) -> None:
    """Ask the next helper, or leave it to the broker. `able`: who may see the item and wants to be asked, now.

    `now` is people's time, `real` the machine's. Done by somebody else meanwhile, it changes nothing.
    """
    request = states.lock(session, team, request_id)
    if request.state is not RequestState.OPEN:
        return
    found, left = candidates_of(session, request), set(able)
    asked = {turn.helper for turn in request.turns}
    while (helper := next_helper(found, request.asker, asked, left)) is not None:
        if _ask(session, request, helper, now, real):
            break
        left.discard(helper.person)  # they were asked enough this week
    if helper is None:
        states.move(session, request, RequestState.BROKER, with_broker=True)
    _tell_asker(session, request, real)


def route(session: Session, act: Act, request_id: str, helper: str, real: datetime) -> None:
    """A broker chooses who is asked. Raises BadInput for somebody who was asked before, or often enough."""
    request = states.lock(session, act.team, request_id)
    if request.state.is_over or request.answers_wait:
        raise BadInput("It is answered or not needed any more, so nobody was asked.")
    if helper == request.asker:
        raise BadInput("They are the one who wants help. Choose somebody else.")
    if request.turn_of(helper) is not None:
        raise BadInput("They were asked already. Choose somebody else.")
    if request.running is not None:
        states.turn_to(session, request, request.running.helper, TurnState.LAPSED)
    states.move(session, request, RequestState.BROKER, with_broker=True)
    if not _ask(session, request, Candidate(helper, Role.ROUTED), act.at, real):
        raise BadInput("They have been asked enough for this week. Choose somebody else.")
    _tell_asker(session, request, real)


def _ask(session: Session, request: Request, helper: Candidate, now: datetime, real: datetime) -> bool:
    key = states.wanted_key(request.id, helper.person)
    if not asking.take_place(session, request.team, helper.person, key, now):
        return False
    states.add_turn(session, request, helper, TurnState.ASKED, now)
    about = {"request": request.id}
    outbox.plan(session, Letter(request.team, key, WANTED, helper.person, about, proactive=Proactive.HELP), real)
    states.move(session, request, RequestState.ASKED)
    return True


# What a helper says


def say(session: Session, act: Act, request_id: str, state: TurnState) -> Request:
    """A helper says that they mean to help, or that they cannot. Returns the request as it is then.

    Who says yes has three working days more. Too late, it changes nothing: what they write is passed on all the same.
    """
    request = states.lock(session, act.team, request_id)
    turn = request.turn_of(act.person)
    if turn is None:
        raise BadInput(NOT_THEIRS)
    if turn.is_running and turn.state is not state:
        due = states.due(session, act.team, act.person, act.at) if state is TurnState.ACCEPTED else turn.due_at
        states.turn_to(session, request, act.person, state, due_at=due)
        if state is not TurnState.ACCEPTED:
            states.seek(session, request)
        outbox.refresh(session, act.team, states.receipt_key(request.id))
    return states.get(session, act.team, request_id)


def answer(
    session: Session,
    act: Act,
    request_id: str,
    words: str,
    real: datetime,
    *,
    role: Role | None = None,
    made_clearer: bool = False,
) -> Request:
    """A helper's answer, which the asker gets. `role`: why somebody who was not asked may answer. Raises BadInput when
    it is not needed any more, and then nothing is kept."""
    request = states.lock(session, act.team, request_id)
    turn = request.turn_of(act.person)
    if turn is not None and turn.was_answered:
        if turn.words == words:
            return request  # sent off twice
        raise BadInput(ANSWERED_ALREADY)
    if act.person == request.asker or (turn is None and role is None):
        raise BadInput(NOT_THEIRS)
    if request.state.is_over:
        raise BadInput(NOT_NEEDED)
    if request.running is not None and request.running.helper != act.person:
        states.turn_to(session, request, request.running.helper, TurnState.CLOSED)
    if turn is None and role is not None:
        states.add_turn(session, request, Candidate(act.person, role), TurnState.ANSWERED, act.at, words)
    else:
        states.turn_to(session, request, act.person, TurnState.ANSWERED, words=words, made_clearer=made_clearer)
    states.move(session, request, RequestState.ANSWERED)
    key = f"{request.id}:{act.person}"
    remember(session, HelpAnswered(act.team, key, act.at, act.person, request.item, request.id))
    about = {"request": request.id, "helper": act.person}
    outbox.plan(
        session, Letter(act.team, states.answer_key(request.id, act.person), ANSWER, request.asker, about), real
    )
    states.show_anew(session, request)
    return states.get(session, act.team, request_id)


# What the asker says


def judge(session: Session, act: Act, request_id: str, helper: str, *, did_it: bool) -> Request:
    """The asker says whether an answer did it. If not, the next helper is asked; it may still turn out that it did."""
    request = _own(session, act, request_id)
    turn = request.turn_of(helper)
    if turn is None or not turn.was_answered:
        raise states.Gone
    state = TurnState.HELPED if did_it else TurnState.NOT_HELPED
    if request.state.is_over or not states.turn_to(session, request, helper, state):
        return request
    if did_it:
        states.end(session, states.get(session, act.team, request_id), RequestState.RESOLVED)
        remember(session, Helped(act.team, request.id, act.at, request.asker, request.item, request.case, helper))
    elif not states.get(session, act.team, request_id).answers_wait:
        states.seek(session, request)
    states.show_anew(session, request)
    return states.get(session, act.team, request_id)


def withdraw(session: Session, act: Act, request_id: str) -> None:
    """The asker does not need it any more."""
    states.end(session, _own(session, act, request_id), RequestState.WITHDRAWN)


def forget(session: Session, act: Act, item: str | None) -> None:
    """The asker erases what they said, of one item or of all: nobody is to help any more, and every message about it
    is written without them as soon as that is done."""
    for request in states.of_asker(session, act.team, act.person):
        if item in (None, request.item):
            states.end(session, states.lock(session, act.team, request.id), RequestState.WITHDRAWN)
            states.show_anew(session, request)


def ask_channel(session: Session, act: Act, request_id: str, real: datetime) -> None:
    """The asker wants the item's channel to know, with their name: once."""
    request = _own(session, act, request_id)
    if request.state is not RequestState.BROKER:
        raise BadInput("Somebody is asked or has answered, so I leave the channel alone for now.")
    session.execute(states.this(request).values(in_channel=True))
    channel = items.get(session, act.team, request.item).channel
    letter = Letter(act.team, states.channel_key(request.id), IN_CHANNEL, channel, {"request": request.id})
    outbox.plan(session, letter, real)
    states.show_anew(session, request)


def _own(session: Session, act: Act, request_id: str) -> Request:
    request = states.lock(session, act.team, request_id)
    if request.asker != act.person:
        raise BadInput(NOT_THEIRS)
    return request


# What time brings


def late(session: Session, now: datetime) -> list[tuple[Request, str]]:
    """Helpers whose time is over (`now`: people's time), who want quiet before they said yes, or whom no letter
    reached."""
    running = select(RequestRow).where(RequestRow.state == RequestState.ASKED)
    turns = [(request, turn) for request in states.found(session, running) for turn in request.turns if turn.is_running]
    unsent = outbox.never_left(session, ((one.team, states.wanted_key(one.id, turn.helper)) for one, turn in turns))
    return [
        (one, turn.helper)
        for one, turn in turns
        if turn.due_at <= now
        or (one.team, states.wanted_key(one.id, turn.helper)) in unsent
        or _is_away(session, one.team, turn, now)
    ]


def _is_away(session: Session, team: str, turn: Turn, now: datetime) -> bool:
    person = directory.person(session, team, turn.helper)
    if person is None or not person.is_member:
        return True
    return turn.state is TurnState.ASKED and person.is_quiet(now)


def lapse(session: Session, team: str, request_id: str, helper: str) -> None:
    """A helper's time is over: the next one is looked for."""
    request = states.lock(session, team, request_id)
    turn = request.turn_of(helper)
    if turn is not None and turn.is_running:
        states.turn_to(session, request, helper, TurnState.LAPSED)
        states.seek(session, request)


def _tell_asker(session: Session, request: Request, real: datetime) -> None:
    key = states.receipt_key(request.id)
    if not outbox.plan(session, Letter(request.team, key, RECEIPT, request.asker, {"request": request.id}), real):
        outbox.refresh(session, request.team, key)
