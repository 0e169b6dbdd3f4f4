"""What stands in the way, on both databases: counted by people, told to the broker unnamed, ended by new words."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.capture import flags
from kbot.helping import requests, states
from kbot.helping.facts import RequestState, TurnState
from kbot.library.facts import Item, ItemKind, Lines
from kbot.people.facts import Viewer
from kbot.review import queue, rows, showing
from kbot.review.facts import Became, Done, Entry, Look, Row, RowKind
from kbot.review.queue import NotABroker
from kbot.trail.facts import Barrier, Helper, HelpWanted, Hindered, Outcome, Status
from kbot.trail.hindrances import hindered_by
from kbot.trail.log import remember
from tests.rooms.desk import (
    ANA,
    BEN,
    CLEO,
    DOV,
    FRIDAY,
    MONDAY,
    PLATFORM,
    REAL,
    TEAM,
    act,
    days,
    follow,
    letters,
    said,
    saved,
)

CROWD = [f"U0P{n}" for n in range(5)]


def hinders(session: Session, item: Item, barrier: Barrier, *people: str, day: float = 0) -> None:
    for person in people:
        doing = act(person, FRIDAY + days(day))
        remember(session, Hindered(TEAM, doing.key, doing.at, person, item.id, barrier, "case"))


def unclear_to(session: Session, item: Item) -> set[str]:
    return set(hindered_by(session, TEAM, Barrier.UNCLEAR, [item.id]).get(item.id, {}))


def look(session: Session, until: datetime = MONDAY, *channels: str) -> dict[RowKind, list[str]]:
    found: dict[RowKind, list[str]] = {}
    for row in rows.look(session, TEAM, channels or [PLATFORM], until - days(7), until).rows:
        found.setdefault(row.kind, []).append(row.id)
    return found


def shown(session: Session, kind: RowKind, row_id: str, *channels: str) -> list[Entry]:
    """The row as Cleo reads it, who may see these channels."""
    viewer = Viewer(TEAM, CLEO, frozenset(channels or (PLATFORM,)))
    return list(showing.desk(session, viewer, Look((Row(kind, row_id),), FRIDAY, MONDAY)).entries)


def wants(session: Session, item: Item, able: frozenset[str] = frozenset({ANA, BEN, CLEO, DOV})) -> str:
    remember(session, HelpWanted(TEAM, "w", FRIDAY, BEN, item.id, Helper.CONTRIBUTOR, "case", Barrier.UNCLEAR))
    follow(session)
    (request,) = requests.to_route(session)
    requests.ask_next(session, TEAM, request.id, able, FRIDAY, REAL)
    return request.id


def test_each_persons_latest_word_counts_until_it_helped_or_the_words_are_new(session: Session, item: Item) -> None:
    hinders(session, item, Barrier.UNCLEAR, BEN, CLEO, DOV)
    hinders(session, item, Barrier.NO_TIME, CLEO, day=0.1)
    assert unclear_to(session, item) == {BEN, DOV}
    said(session, item, DOV, Status.APPLIED_AS_IS, Outcome.HELPED, FRIDAY + days(0.2))
    assert unclear_to(session, item) == {BEN}
    flags.edit(session, act(ANA, FRIDAY + days(1)), item.id, Lines("Importer stuck?", "Drain it."), ItemKind.HOW_TO)
    assert unclear_to(session, item) == set()
    hinders(session, item, Barrier.UNCLEAR, BEN, day=2)
    assert unclear_to(session, item) == {BEN}


def test_unclear_to_two_is_the_brokers_until_it_is_made_clearer(session: Session, item: Item) -> None:
    hinders(session, item, Barrier.UNCLEAR, BEN)
    assert RowKind.UNCLEAR not in look(session)
    hinders(session, item, Barrier.UNCLEAR, DOV)
    found = look(session)
    assert found[RowKind.UNCLEAR] == [item.id]
    assert RowKind.CAME_IN not in found, "an item is in a digest once"
    (entry,) = shown(session, RowKind.UNCLEAR, item.id)
    assert (entry.people, entry.done) == (2, None)
    flags.edit(session, act(ANA, MONDAY), item.id, Lines("Importer stuck?", "Drain it."), ItemKind.HOW_TO)
    (entry,) = shown(session, RowKind.UNCLEAR, item.id)
    assert entry.done == Done(Became.CLEARER)
    assert shown(session, RowKind.UNCLEAR, item.id, "C0ELSEWHERE") == []


def test_a_barrier_is_told_from_five_people_on_of_these_channels_and_this_month(session: Session, item: Item) -> None:
    hinders(session, item, Barrier.NEED_OK, *CROWD[:4])
    assert RowKind.BARRIER not in look(session)
    elsewhere = saved(session, "Elsewhere?", channel="C0ELSEWHERE")
    hinders(session, elsewhere, Barrier.NEED_OK, CROWD[4])
    assert RowKind.BARRIER not in look(session), "four of these channels, one of another"
    hinders(session, item, Barrier.NEED_OK, CROWD[4], day=1)
    assert look(session)[RowKind.BARRIER] == [Barrier.NEED_OK]
    (entry,) = shown(session, RowKind.BARRIER, Barrier.NEED_OK)
    assert (entry.item, entry.barrier, entry.people) == (None, Barrier.NEED_OK, 5)
    assert shown(session, RowKind.BARRIER, Barrier.NEED_OK, "C0ELSEWHERE") == []
    assert RowKind.BARRIER not in look(session, MONDAY + days(35))


def test_who_waits_for_help_is_the_brokers_after_three_working_days(session: Session, item: Item) -> None:
    request = wants(session, item)
    assert RowKind.HELP not in look(session, FRIDAY + days(4))
    assert look(session, FRIDAY + days(6))[RowKind.HELP] == [request]
    assert RowKind.HELP not in look(session, FRIDAY + days(6), "C0ELSEWHERE")
    assert shown(session, RowKind.HELP, request, "C0ELSEWHERE") == []


def test_where_nobody_is_left_it_is_the_brokers_at_once_who_sends_it_on(session: Session, item: Item) -> None:
    request = wants(session, item, frozenset())
    assert look(session)[RowKind.HELP] == [request]
    (entry,) = shown(session, RowKind.HELP, request)
    assert entry.done is None
    with pytest.raises(NotABroker):
        queue.route_help(session, act(DOV), request, ANA, REAL)
    queue.route_help(session, act(CLEO), request, DOV, REAL)
    with pytest.raises(BadInput, match="asked already"):
        queue.route_help(session, act(CLEO), request, DOV, REAL)
    assert [letter.to for letter in letters(session, "help_wanted:")] == [DOV]
    (entry,) = shown(session, RowKind.HELP, request)
    assert entry.done == Done(Became.SENT_ON)
    requests.say(session, act(DOV), request, TurnState.NOT_NOW)
    assert states.get(session, TEAM, request).state is RequestState.BROKER
    (entry,) = shown(session, RowKind.HELP, request)
    assert entry.done is None, "it is the broker's again"
