"""Help requests on both databases: one helper at a time, nobody twice or too often, and every answer arrives."""

import asyncio
from collections.abc import Collection, Sequence

import pytest
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.answers import helping as open_questions
from kbot.answers.facts import Expert, HelpState
from kbot.capture import flags
from kbot.helping import requests, showing, states, views
from kbot.helping.facts import Request, RequestState, Role, TurnState
from kbot.home import log as log_of
from kbot.library.facts import Item
from kbot.people import asking, directory
from kbot.people.facts import Viewer
from kbot.post.gate import Proactive
from kbot.storage.units import Units
from kbot.trail import log
from kbot.trail.facts import Barrier, Helped, Helper, HelpOffered, HelpWanted, Outcome, Status
from kbot.trail.log import remember
from tests.rooms.desk import (
    ANA,
    BEN,
    CLEO,
    DOV,
    FRIDAY,
    REAL,
    TEAM,
    act,
    asked,
    days,
    follow,
    letters,
    meet,
    said,
    saved,
)

EVERYBODY = frozenset({ANA, BEN, CLEO, DOV})


def wants(
    session: Session,
    item: Item,
    by: str = BEN,
    *,
    first: Helper = Helper.CONTRIBUTOR,
    barrier: Barrier | None = Barrier.UNCLEAR,
    day: float = 0,
    able: Collection[str] = EVERYBODY,
) -> Request:
    """Somebody wants help with an item, and the first helper is asked."""
    doing = act(by, FRIDAY + days(day))
    remember(session, HelpWanted(TEAM, f"w{doing.key}", doing.at, by, item.id, first, "case", barrier))
    follow(session)
    goes_on(session, day=day, able=able)
    return newest(session, item, by)


def goes_on(session: Session, *, day: float = 0, able: Collection[str] = EVERYBODY) -> None:
    """What the worker does: the next helper is asked."""
    for request in requests.to_route(session):
        requests.ask_next(session, TEAM, request.id, able, FRIDAY + days(day), REAL)


def newest(session: Session, item: Item, by: str = BEN) -> Request:
    return next(one for one in states.open_about(session, TEAM, item.id)[::-1] if one.asker == by)


def now(session: Session, request: Request) -> Request:
    return states.get(session, TEAM, request.id)


def offers(session: Session, person: str, item: Item) -> None:
    """It worked for somebody, who may be asked."""
    said(session, item, person, Status.APPLIED_AS_IS, Outcome.HELPED)
    remember(session, HelpOffered(TEAM, f"o{person}{item.id}", FRIDAY, person, item.id))


def helpers(request: Request) -> Sequence[tuple[str, TurnState]]:
    return [(turn.helper, turn.state) for turn in request.turns]


def test_the_contributor_is_asked_through_the_gate_and_the_asker_is_told(session: Session, item: Item) -> None:
    request = wants(session, item)
    assert request.state is RequestState.ASKED
    assert helpers(request) == [(ANA, TurnState.ASKED)]
    (letter,) = letters(session, "help_wanted:")
    assert (letter.to, letter.priority) == (ANA, Proactive.HELP)
    (receipt,) = letters(session, "help_receipt:")
    assert (receipt.to, receipt.priority) == (BEN, None)


def test_wanted_twice_it_is_one_request(session: Session, item: Item) -> None:
    first = wants(session, item)
    assert wants(session, item, day=1).id == first.id
    assert len(letters(session, "help_wanted:")) == 1


def test_who_answers_helps_and_the_fact_is_remembered_once(session: Session, item: Item) -> None:
    request = wants(session, item)
    requests.say(session, act(ANA), request.id, TurnState.ACCEPTED)
    requests.answer(session, act(ANA), request.id, "Drain it first.", REAL)
    assert now(session, request).state is RequestState.ANSWERED
    (letter,) = letters(session, "help_answer:")
    assert (letter.to, letter.priority, letter.about["helper"]) == (BEN, None, ANA)
    assert asking.free(session, TEAM, [ANA], FRIDAY) == {ANA}
    for _ in range(2):
        requests.judge(session, act(BEN), request.id, ANA, did_it=True)
    assert now(session, request).state is RequestState.RESOLVED
    (fact,) = log.about_item(session, Helped, TEAM, [item.id])
    assert (fact.person, fact.by, fact.case) == (BEN, ANA, "case")


def test_not_quite_asks_the_next_and_it_may_still_turn_out_that_it_did(session: Session, item: Item) -> None:
    offers(session, DOV, item)
    request = wants(session, item)
    requests.answer(session, act(ANA), request.id, "Drain it.", REAL)
    requests.judge(session, act(BEN), request.id, ANA, did_it=False)
    goes_on(session)
    assert helpers(now(session, request)) == [(ANA, TurnState.NOT_HELPED), (DOV, TurnState.ASKED)]
    requests.judge(session, act(BEN), request.id, ANA, did_it=True)
    assert helpers(now(session, request)) == [(ANA, TurnState.HELPED), (DOV, TurnState.CLOSED)]
    assert now(session, request).state is RequestState.RESOLVED
    assert letters(session, f"help_wanted:{request.id}:{DOV}") == [], "the letter to Dov is taken back in time"


@pytest.mark.parametrize("no", [TurnState.NOT_NOW, TurnState.NOT_ME])
def test_after_a_no_the_next_is_asked_and_then_the_broker_has_it(session: Session, item: Item, no: TurnState) -> None:
    offers(session, DOV, item)
    request = wants(session, item)
    for _ in range(2):
        requests.say(session, act(ANA), request.id, no)
    goes_on(session)
    assert helpers(now(session, request)) == [(ANA, no), (DOV, TurnState.ASKED)]
    requests.say(session, act(DOV), request.id, no)
    goes_on(session)
    assert now(session, request).state is RequestState.BROKER
    assert [one.id for one in states.waiting_in(session, TEAM, [item.channel])] == [request.id]


def test_not_me_is_for_ever_and_not_now_is_for_now(session: Session, item: Item) -> None:
    one = wants(session, item)
    requests.say(session, act(ANA), one.id, TurnState.NOT_NOW)
    two = wants(session, item, DOV)
    assert helpers(two) == [(ANA, TurnState.ASKED)]
    requests.say(session, act(ANA), two.id, TurnState.NOT_ME)
    assert helpers(wants(session, item, CLEO)) == []


def test_three_working_days_and_then_the_next(session: Session, item: Item) -> None:
    offers(session, DOV, item)
    request = wants(session, item)  # on a Friday
    assert requests.late(session, FRIDAY + days(4.9)) == []
    assert [helper for _, helper in requests.late(session, FRIDAY + days(5.1))] == [ANA]
    for _ in range(2):
        requests.lapse(session, TEAM, request.id, ANA)
    goes_on(session, day=5.1)
    assert helpers(now(session, request)) == [(ANA, TurnState.LAPSED), (DOV, TurnState.ASKED)]


def test_who_says_yes_has_three_working_days_more(session: Session, item: Item) -> None:
    request = wants(session, item)
    requests.say(session, act(ANA, FRIDAY + days(4)), request.id, TurnState.ACCEPTED)
    assert requests.late(session, FRIDAY + days(5.1)) == []
    assert [helper for _, helper in requests.late(session, FRIDAY + days(8.1))] == [ANA]


def test_what_comes_late_is_passed_on_all_the_same(session: Session, item: Item) -> None:
    offers(session, DOV, item)
    request = wants(session, item)
    requests.lapse(session, TEAM, request.id, ANA)
    goes_on(session)
    requests.answer(session, act(ANA), request.id, "Sorry, I was away.", REAL)
    assert helpers(now(session, request)) == [(ANA, TurnState.ANSWERED), (DOV, TurnState.CLOSED)]
    assert [letter.to for letter in letters(session, "help_answer:")] == [BEN]
    with pytest.raises(BadInput, match="answered this already"):
        requests.answer(session, act(ANA), request.id, "And another thing.", REAL)


@pytest.mark.parametrize("how", ["paused", "stopped", "left"])
def test_who_wants_quiet_or_has_left_gives_way_at_once(session: Session, item: Item, how: str) -> None:
    wants(session, item)
    assert requests.late(session, FRIDAY) == []
    if how == "paused":
        directory.pause(session, act(ANA), FRIDAY + days(7))
    elif how == "stopped":
        directory.stop(session, act(ANA))
    else:
        meet(session, ANA, deleted=True)
    session.expire_all()
    assert [helper for _, helper in requests.late(session, FRIDAY)] == [ANA]


def test_who_may_not_see_it_is_not_asked(session: Session, item: Item) -> None:
    request = wants(session, item, able=EVERYBODY - {ANA})
    assert (request.state, request.turns) == (RequestState.BROKER, ())


def test_both_kinds_of_help_weigh_on_the_same_person(session: Session, item: Item) -> None:
    question, other = asked(session), asked(session, "Who approves travel?")
    open_questions.ask(session, act(BEN), question.id, [Expert(ANA, item)], REAL)
    assert helpers(wants(session, item)) == [(ANA, TurnState.ASKED)]
    assert open_questions.ask(session, act(BEN), other.id, [Expert(ANA, item)], REAL) == [], "she has two to answer"
    assert wants(session, saved(session, "Another one?")).state is RequestState.BROKER
    open_questions.say(session, act(ANA), question.id, HelpState.DECLINED)
    assert helpers(wants(session, saved(session, "A third one?"))) == [(ANA, TurnState.ASKED)]
    assert asking.free(session, TEAM, [ANA], FRIDAY + days(6)) == set(), "three a week"
    assert asking.free(session, TEAM, [ANA], FRIDAY + days(7.1)) == {ANA}


def test_taken_back_by_the_asker_nobody_is_to_help_any_more(session: Session, item: Item) -> None:
    request = wants(session, item)
    with pytest.raises(BadInput, match="somebody else"):
        requests.withdraw(session, act(DOV), request.id)
    for _ in range(2):
        requests.withdraw(session, act(BEN), request.id)
    assert helpers(now(session, request)) == [(ANA, TurnState.CLOSED)]
    assert letters(session, "help_wanted:") == []
    with pytest.raises(BadInput, match="not needed any more"):
        requests.answer(session, act(ANA), request.id, "Drain it.", REAL)
    requests.say(session, act(ANA), request.id, TurnState.ACCEPTED)
    assert now(session, request).state is RequestState.WITHDRAWN
    assert wants(session, item).id != request.id, "and it can be wanted anew"


def test_an_item_that_is_gone_ends_it(session: Session, item: Item) -> None:
    request = wants(session, item)
    flags.refuse(session, act(ANA), item.id, REAL)
    follow(session)
    assert (now(session, request).state, helpers(now(session, request))) == (
        RequestState.GONE,
        [(ANA, TurnState.CLOSED)],
    )


def test_what_somebody_else_presses_changes_nothing(session: Session, item: Item) -> None:
    request = wants(session, item)
    for press in (
        lambda: requests.say(session, act(DOV), request.id, TurnState.NOT_ME),
        lambda: requests.answer(session, act(DOV), request.id, "No idea", REAL),
        lambda: requests.answer(session, act(BEN), request.id, "Myself", REAL, role=Role.VOLUNTEER),
        lambda: requests.ask_channel(session, act(DOV), request.id, REAL),
        lambda: requests.judge(session, act(DOV), request.id, ANA, did_it=True),
    ):
        with pytest.raises(BadInput):
            press()
    assert helpers(now(session, request)) == [(ANA, TurnState.ASKED)]


# Erased


def test_who_erases_what_they_said_of_an_item_is_helped_no_more_and_named_nowhere(session: Session, item: Item) -> None:
    """Ana keeps that she answered; not whom, nor what stood in their way."""
    request, other = wants(session, item), wants(session, saved(session, "Another?"))
    log_of.delete_entry(session, act(BEN), item.id)
    after = now(session, request)
    assert (after.state, after.asker, after.barrier) == (RequestState.WITHDRAWN, "", None)
    assert helpers(after) == [(ANA, TurnState.CLOSED)]
    assert asking.free(session, TEAM, [ANA], FRIDAY) == {ANA}, "only the other one is open"
    assert letters(session, f"help_wanted:{request.id}") == [], "what has not left does not leave"
    assert now(session, other).asker == BEN
    requests.answer(session, act(ANA), other.id, "Drain it.", REAL)
    log_of.delete_all(session, act(BEN))
    (turn,) = now(session, other).turns
    assert (now(session, other).asker, turn.words, turn.state) == ("", "Drain it.", TurnState.ANSWERED)
    shown = showing.shown(session, Viewer(TEAM, ANA, frozenset({item.channel})), other.id)
    said = str(views.wanted(shown, turn))
    assert "A colleague has your answer" in said
    assert "Ben" not in said
    assert BEN not in said
    assert wants(session, item).state is RequestState.ASKED, "wanted again, it is a new one"


def test_erased_after_it_was_settled_its_messages_are_written_anew(session: Session, item: Item) -> None:
    request = wants(session, item)
    requests.answer(session, act(ANA), request.id, "Drain it.", REAL)
    requests.judge(session, act(BEN), request.id, ANA, did_it=True)
    keys = ("help_wanted:", "help_receipt:", "help_answer:")
    before = {row.key: row.revision for key in keys for row in letters(session, key)}
    log_of.delete_all(session, act(BEN))
    assert now(session, request).state is RequestState.RESOLVED
    assert {row.key for key in keys for row in letters(session, key) if row.revision > before[row.key]} == set(before)


# The broker and the channel


def test_a_broker_sends_it_on_and_a_no_comes_back_to_the_broker(session: Session, item: Item) -> None:
    request = wants(session, item)
    with pytest.raises(BadInput, match="asked already"):
        requests.route(session, act(CLEO), request.id, ANA, REAL)
    with pytest.raises(BadInput, match="wants help"):
        requests.route(session, act(CLEO), request.id, BEN, REAL)
    requests.route(session, act(CLEO), request.id, DOV, REAL)
    assert helpers(now(session, request)) == [(ANA, TurnState.LAPSED), (DOV, TurnState.ASKED)]
    requests.say(session, act(DOV), request.id, TurnState.NOT_NOW)
    goes_on(session)
    assert now(session, request).state is RequestState.BROKER
    requests.answer(session, act(CLEO), request.id, "Drain it.", REAL, role=Role.BROKER)
    assert now(session, request).answers[0].role is Role.BROKER
    with pytest.raises(BadInput, match="answered or not needed"):
        requests.route(session, act(CLEO), request.id, DOV, REAL)


def test_the_channel_is_asked_once_when_nobody_is_left(session: Session, item: Item) -> None:
    request = wants(session, item)
    with pytest.raises(BadInput, match="leave the channel alone"):
        requests.ask_channel(session, act(BEN), request.id, REAL)
    requests.say(session, act(ANA), request.id, TurnState.NOT_NOW)
    goes_on(session)
    for _ in range(2):
        requests.ask_channel(session, act(BEN), request.id, REAL)
    (letter,) = letters(session, "help_channel:")
    assert letter.to == item.channel
    requests.answer(session, act(DOV), request.id, "Drain it.", REAL, role=Role.VOLUNTEER)
    assert now(session, request).state is RequestState.ANSWERED


# Two at once


async def test_two_workers_ask_one_helper(units: Units) -> None:
    await units(meet, ANA, BEN, CLEO, DOV)
    item = await units(saved)

    def want(session: Session) -> None:
        offers(session, DOV, item)
        remember(session, HelpWanted(TEAM, "w", FRIDAY, BEN, item.id, Helper.CONTRIBUTOR, "case"))
        follow(session)

    await units(want)
    (request,) = await units.read(requests.to_route)
    await asyncio.gather(*(units(requests.ask_next, TEAM, request.id, EVERYBODY, FRIDAY, REAL) for _ in range(6)))
    assert helpers(await units.read(states.get, TEAM, request.id)) == [(ANA, TurnState.ASKED)]


async def test_of_a_no_and_a_lapse_at_once_one_counts_and_one_next_is_asked(units: Units) -> None:
    await units(meet, ANA, BEN, CLEO, DOV)
    item = await units(saved)
    request = await units(wants, item)
    await asyncio.gather(
        units(requests.say, act(ANA), request.id, TurnState.NOT_NOW),
        units(requests.lapse, TEAM, request.id, ANA),
        units(requests.answer, act(ANA), request.id, "Drain it.", REAL),
    )
    after = await units.read(states.get, TEAM, request.id)
    assert after.state in (RequestState.ANSWERED, RequestState.OPEN)
    assert (after.state is RequestState.ANSWERED) == (helpers(after) == [(ANA, TurnState.ANSWERED)])


async def test_many_who_want_the_same_helper_at_once_reach_her_twice(units: Units) -> None:
    await units(meet, ANA, BEN, CLEO, DOV)
    about = [await units(saved, f"{animal}?") for animal in ("zebra", "walrus", "lynx", "otter")]

    def want(session: Session) -> None:
        for item in about:
            remember(session, HelpWanted(TEAM, item.id, FRIDAY, BEN, item.id, Helper.CONTRIBUTOR, "case"))
        follow(session)

    await units(want)
    open_ones = await units.read(requests.to_route)
    await asyncio.gather(
        *(units(requests.ask_next, TEAM, one.id, EVERYBODY, FRIDAY, REAL) for one in open_ones for _ in range(2))
    )
    ended = [(await units.read(states.get, TEAM, one.id)).state for one in open_ones]
    assert sorted(ended) == sorted([RequestState.ASKED] * 2 + [RequestState.BROKER] * 2)
