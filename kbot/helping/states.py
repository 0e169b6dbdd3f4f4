"""What is kept of help requests, and the one place where their states change: along the tables of transitions."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, Update, select, update
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.helping.facts import (
    NEXT,
    TURNS,
    WORKING_DAYS,
    Candidate,
    Request,
    RequestState,
    Role,
    Turn,
    TurnState,
)
from kbot.helping.tables import HelperRow, RequestRow
from kbot.library.tables import ItemRow
from kbot.people import asking, directory
from kbot.people.hours import add_working_days
from kbot.post import outbox
from kbot.storage.upsert import insert_new
from kbot.trail.facts import Barrier, Helper


class Gone(BadInput):
    """There is no such request."""

    def __init__(self) -> None:
        super().__init__("That is not there any more, so nothing was changed.")


def receipt_key(request: str) -> str:
    """The key of the letter that tells the asker where it stands."""
    return f"help_receipt:{request}"


def wanted_key(request: str, helper: str) -> str:
    """The key of the letter that asks this helper: once."""
    return f"help_wanted:{request}:{helper}"


def answer_key(request: str, helper: str) -> str:
    """The key of the letter with this helper's answer."""
    return f"help_answer:{request}:{helper}"


def channel_key(request: str) -> str:
    """The key of the message in the item's channel."""
    return f"help_channel:{request}"


def move(session: Session, request: Request, to: RequestState, **values: object) -> bool:
    """Along the table of transitions; False where it cannot go there."""
    allowed = [state for state, following in NEXT.items() if to in following]
    moved = session.execute(
        this(request).where(RequestRow.state.in_(allowed)).values(state=to.value, **values).returning(RequestRow.id)
    ).first()
    session.expire_all()
    return moved is not None


def turn_to(session: Session, request: Request, helper: str, to: TurnState, **values: object) -> bool:
    """The same for one helper's turn; what they were asked weighs on them no more once it is over."""
    allowed = [state for state, following in TURNS.items() if to in following]
    moved = session.execute(
        update(HelperRow)
        .where(
            HelperRow.team_id == request.team,
            HelperRow.request_id == request.id,
            HelperRow.helper == helper,
            HelperRow.state.in_(allowed),
        )
        .values(state=to.value, **values)
        .returning(HelperRow.helper)
    ).first()
    session.expire_all()
    key = wanted_key(request.id, helper)
    if to is not TurnState.ACCEPTED:
        asking.done(session, request.team, [key])
    if to in (TurnState.LAPSED, TurnState.CLOSED):
        outbox.cancel(session, request.team, key, "somebody else is asked, or it is not needed any more")
    outbox.refresh(session, request.team, key)
    return moved is not None


def add_turn(
    session: Session, request: Request, helper: Candidate, state: TurnState, now: datetime, words: str = ""
) -> None:
    """A helper's turn begins, or is an answer at once."""
    row = {
        "team_id": request.team,
        "request_id": request.id,
        "helper": helper.person,
        "n": len(request.turns),
        "role": helper.role.value,
        "state": state.value,
        "asked_at": now,
        "due_at": due(session, request.team, helper.person, now),
        "words": words,
        "made_clearer": False,
    }
    insert_new(session, HelperRow, row)
    session.expire_all()


def due(session: Session, team: str, helper: str, now: datetime) -> datetime:
    """Until when it is this helper's turn."""
    person = directory.person(session, team, helper)
    return add_working_days(now, WORKING_DAYS, person.zone) if person is not None else now


def seek(session: Session, request: Request) -> None:
    """The next helper is looked for; once the broker has it, it comes back to the broker."""
    move(session, request, RequestState.BROKER if request.with_broker else RequestState.OPEN)
    show_anew(session, request)


def end(session: Session, request: Request, to: RequestState) -> None:
    """It is over: nobody is to help any more."""
    if move(session, request, to):
        for turn in request.turns:
            if turn.is_running:
                turn_to(session, request, turn.helper, TurnState.CLOSED)
        show_anew(session, request)


def show_anew(session: Session, request: Request) -> None:
    """Every message about the request says what is so now."""
    keys = [receipt_key(request.id), channel_key(request.id)]
    for turn in request.turns:
        keys += [wanted_key(request.id, turn.helper), answer_key(request.id, turn.helper)]
    for key in keys:
        outbox.refresh(session, request.team, key)


def get(session: Session, team: str, request_id: str) -> Request:
    """A request for kbot's own decisions. Raises Gone when there is none of that id."""
    row = session.get(RequestRow, (team, request_id))
    if row is None:
        raise Gone
    return _with_turns(session, [row])[0]


def lock(session: Session, team: str, request_id: str) -> Request:
    """A request as `get`, held until this unit ends."""
    query = select(RequestRow.id).where(RequestRow.team_id == team, RequestRow.id == request_id)
    session.execute(query.with_for_update())
    session.expire_all()
    return get(session, team, request_id)


def waiting_in(session: Session, team: str, channels: Collection[str]) -> list[Request]:
    """Requests about items of these channels that nobody has answered yet, the oldest first."""
    channel_of = select(ItemRow.channel_id).where(
        ItemRow.team_id == RequestRow.team_id, ItemRow.id == RequestRow.item_id
    )
    waits = (RequestState.OPEN, RequestState.ASKED, RequestState.BROKER)
    query = select(RequestRow).where(
        RequestRow.team_id == team,
        RequestRow.state.in_(waits),
        channel_of.scalar_subquery().in_(list(channels)),
    )
    return found(session, query)


def open_about(session: Session, team: str, item: str) -> list[Request]:
    """The requests about an item that are not over."""
    is_open = [state for state in RequestState if not state.is_over]
    query = select(RequestRow).where(
        RequestRow.team_id == team, RequestRow.item_id == item, RequestRow.state.in_(is_open)
    )
    return found(session, query)


def waiting_for(session: Session, team: str, person: str) -> list[tuple[Request, Turn]]:
    """What has arrived with this person and waits for their word: whether they help, or whether an answer did it."""
    helped = select(HelperRow.request_id).where(HelperRow.team_id == team, HelperRow.helper == person)
    theirs = (RequestRow.asker == person) | RequestRow.id.in_(helped)
    is_open = [state for state in RequestState if not state.is_over]
    query = select(RequestRow).where(RequestRow.team_id == team, RequestRow.state.in_(is_open), theirs)
    waits = [(request, turn) for request in found(session, query) for turn in request.turns]
    return [(request, turn) for request, turn in waits if _waits(session, request, turn, person)]


def _waits(session: Session, request: Request, turn: Turn, person: str) -> bool:
    if turn.helper == person and turn.is_running:
        return outbox.where(session, request.team, wanted_key(request.id, person)) is not None
    is_answer = request.asker == person and turn.state is TurnState.ANSWERED
    return is_answer and outbox.where(session, request.team, answer_key(request.id, turn.helper)) is not None


def of_asker(session: Session, team: str, person: str) -> list[Request]:
    """All that somebody wanted help with."""
    return found(session, select(RequestRow).where(RequestRow.team_id == team, RequestRow.asker == person))


def found(session: Session, query: Select[RequestRow]) -> list[Request]:
    """The requests that this query selects, the oldest first."""
    rows = session.scalars(query.order_by(RequestRow.opened_at, RequestRow.id)).all()
    return _with_turns(session, rows)


def _with_turns(session: Session, rows: Sequence[RequestRow]) -> list[Request]:
    query = select(HelperRow).where(HelperRow.request_id.in_([row.id for row in rows])).order_by(HelperRow.n)
    turns: dict[tuple[str, str], list[Turn]] = {(row.team_id, row.id): [] for row in rows}
    for row in session.scalars(query):
        turns[row.team_id, row.request_id].append(_fact_of(row))
    return [_request(row, tuple(turns[row.team_id, row.id])) for row in rows]


def _fact_of(row: HelperRow) -> Turn:
    return Turn(row.helper, Role(row.role), TurnState(row.state), row.asked_at, row.due_at, row.words, row.made_clearer)


def _request(row: RequestRow, turns: tuple[Turn, ...]) -> Request:
    return Request(
        team=row.team_id,
        id=row.id,
        asker=row.asker,
        item=row.item_id,
        case=row.case_id,
        first=Helper(row.first),
        barrier=Barrier(row.barrier) if row.barrier else None,
        state=RequestState(row.state),
        opened_at=row.opened_at,
        in_channel=row.in_channel,
        with_broker=row.with_broker,
        turns=turns,
    )


def this(request: Request) -> Update:
    """A change of this request's row."""
    return update(RequestRow).where(RequestRow.team_id == request.team, RequestRow.id == request.id)
