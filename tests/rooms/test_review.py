"""The broker's desk on both databases: one digest a week, rows that become receipts, decisions that race."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.answers import groups, questions
from kbot.capture.flags import Finding
from kbot.follow_up import cases, lots, opening
from kbot.library import items
from kbot.library.facts import Consent, Item, ItemState, Lines, WaitsFor
from kbot.library.tables import ItemRow
from kbot.people import directory
from kbot.people.facts import Policy, Publication, Viewer
from kbot.post import outbox
from kbot.review import measures, planning, queue, rows, showing
from kbot.review.facts import Became, Desk, Done, Look, Numbers, Row, RowKind
from kbot.review.queue import NotABroker
from kbot.storage.units import Units
from kbot.trail import log
from kbot.trail.facts import Outcome, ReceiptKind, Received, Reviewed, Status, Verified
from tests.rooms.desk import (
    ANA,
    BEN,
    CLEO,
    DOV,
    FRIDAY,
    MONDAY,
    ONCALL,
    PLATFORM,
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
    set_up,
)

DIGEST = "digest:U0CLEO:2026-W48"
SINCE = MONDAY - days(7)
LINES = Lines("Where are badges made?", "At the front desk.")


def finding(person: str) -> Finding:
    """What a broker writes as the answer."""
    return Finding(PLATFORM, person, LINES, None)


@pytest.fixture(autouse=True)
def everybody(request: pytest.FixtureRequest) -> None:
    """Cleo is the broker of #platform; kbot has met everybody. (Tests with units of their own do it themselves.)"""
    if "session" in request.fixturenames:
        _begin(request.getfixturevalue("session"))


def _begin(session: Session) -> None:
    meet(session, ANA, BEN, CLEO, DOV)
    set_up(session, CLEO)


def plan(session: Session, now: datetime) -> int:
    """A tick. Returns how many digests it had to think about."""
    due = planning.due(session, now)
    for one in due:
        planning.plan(session, one, REAL)
    return len(due)


def look(session: Session, until: datetime = MONDAY) -> dict[RowKind, list[str]]:
    found: dict[RowKind, list[str]] = {}
    for row in rows.look(session, TEAM, [PLATFORM], until - days(7), until).rows:
        found.setdefault(row.kind, []).append(row.id)
    return found


def seen(session: Session, *channels: str, person: str = CLEO, key: str = DIGEST) -> Desk:
    """What this broker, who may see these channels, reads in a digest."""
    letter = outbox.letters(session, TEAM, [key])[key]
    viewer = Viewer(TEAM, person, frozenset(channels or (PLATFORM,)))
    return showing.desk(session, viewer, Look.of_about(letter.about))


def test_a_digest_comes_once_a_week_whoever_ticks(session: Session) -> None:
    item = saved(session)
    assert plan(session, MONDAY - days(0.01)) == 0
    assert plan(session, MONDAY) == 1
    assert plan(session, MONDAY) == 0
    assert plan(session, MONDAY + days(6)) == 0
    (letter,) = letters(session, "digest:")
    assert (letter.key, letter.to, letter.priority) == (DIGEST, CLEO, None)
    assert letter.about["rows"] == [["came_in", item.id]]


def test_two_that_tick_at_once_plan_one(session: Session) -> None:
    saved(session)
    twice = [*planning.due(session, MONDAY), *planning.due(session, MONDAY)]
    assert len(twice) == 2
    for one in twice:
        planning.plan(session, one, REAL)
    assert len(letters(session, "digest:")) == 1


def test_a_late_digest_tells_what_had_happened_at_its_moment(session: Session) -> None:
    item = saved(session)
    saved(session, "Too late for this one", at=MONDAY + days(1))
    plan(session, MONDAY + days(3))
    (letter,) = letters(session, DIGEST)
    assert letter.about["rows"] == [["came_in", item.id]]


def test_the_next_digest_begins_where_the_last_one_ended(session: Session) -> None:
    saved(session)
    plan(session, MONDAY)
    saved(session, "In the week in which nobody ticked", at=MONDAY + days(1))
    plan(session, MONDAY + days(21))
    about = Look.of_about(outbox.letters(session, TEAM, ["digest:U0CLEO:2026-W51"])["digest:U0CLEO:2026-W51"].about)
    assert (about.since, len(about.rows)) == (MONDAY, 1)


def test_a_quiet_week_sends_nothing_and_is_looked_at_once(session: Session) -> None:
    assert plan(session, MONDAY) == 1
    saved(session, at=MONDAY + days(1))
    assert plan(session, MONDAY + days(2)) == 0
    assert letters(session, "digest:") == []
    (held_back,) = letters(session, "digest:", state="cancelled")
    assert held_back.error == "nothing to say this week"


def test_after_a_quiet_moment_a_later_one_can_be_set_for_the_same_week(session: Session) -> None:
    plan(session, MONDAY)
    saved(session, at=MONDAY + days(1))
    set_up(session, CLEO, at=MONDAY + days(1), digest_day=3)
    assert plan(session, MONDAY + days(3)) == 1
    assert len(letters(session, DIGEST)) == 1


def test_a_channel_set_up_after_its_moment_begins_next_week(session: Session) -> None:
    saved(session)
    set_up(session, CLEO, at=MONDAY + days(1))
    assert plan(session, MONDAY + days(2)) == 0
    assert plan(session, MONDAY + days(7)) == 1


def test_one_digest_for_all_channels_of_a_broker(session: Session) -> None:
    here, there = saved(session), saved(session, channel=ONCALL)
    set_up(session, CLEO, channel=ONCALL, digest_day=4)
    plan(session, MONDAY)
    (letter,) = letters(session, "digest:")
    assert {row[1] for row in letter.about["rows"]} == {here.id, there.id}


def test_each_broker_gets_their_own_at_their_own_hour(session: Session) -> None:
    set_up(session, CLEO, BEN)
    saved(session)
    plan(session, MONDAY)
    assert [letter.to for letter in letters(session, "digest:")] == [CLEO]
    plan(session, MONDAY + days(0.25))  # 11:00 in New York
    assert [letter.to for letter in letters(session, "digest:")] == [BEN, CLEO]


def test_a_broker_who_has_left_gets_none(session: Session) -> None:
    saved(session)
    meet(session, CLEO, deleted=True)
    assert plan(session, MONDAY) == 0


def test_who_has_stopped_or_paused_kbot_gets_none_and_later_one_for_all_of_that_time(session: Session) -> None:
    item = saved(session)
    directory.stop(session, act(CLEO))
    assert plan(session, MONDAY) == 0
    directory.pause(session, act(CLEO), MONDAY + days(9))
    assert plan(session, MONDAY + days(7)) == 0
    directory.pause(session, act(CLEO), None)
    assert plan(session, MONDAY + days(14)) == 1
    (letter,) = letters(session, "digest:")
    assert letter.about["rows"] == [["came_in", item.id]]


def test_what_is_in_it(session: Session) -> None:
    waits = saved(session, "Waits", publication=Publication.REVIEW)
    open_question = asked(session)
    came_in = saved(session, "Came in")
    helped, failed, worse = saved(session, "Helped"), saved(session, "Failed"), saved(session, "Worse")
    said(session, helped, BEN, Status.APPLIED_AS_IS, Outcome.HELPED)
    said(session, failed, BEN, Status.TRIED_NOT_WORKED)
    said(session, failed, DOV, Status.TRIED_NOT_WORKED)
    said(session, worse, BEN, Status.APPLIED_AS_IS, Outcome.MADE_WORSE)
    saved(session, "Waits for its author", publication=Publication.OPT_IN)
    saved(session, "Elsewhere", channel=ONCALL)
    asked(session, channel=ONCALL)
    asked(session, at=MONDAY + days(1))
    said(session, came_in, BEN, Status.TRIED_NOT_WORKED, at=MONDAY + days(1))
    assert look(session) == {
        RowKind.CHECK: [worse.id, failed.id],
        RowKind.QUESTION: [open_question.id],
        RowKind.APPROVE: [waits.id],
        RowKind.CAME_IN: [came_in.id],
        RowKind.SAID: [helped.id],
    }


def test_only_the_latest_word_of_a_person_counts(session: Session) -> None:
    item = saved(session)
    said(session, item, BEN, Status.TRIED_NOT_WORKED)
    said(session, item, DOV, Status.TRIED_NOT_WORKED, at=FRIDAY)
    said(session, item, DOV, Status.APPLIED_AS_IS, Outcome.HELPED, at=FRIDAY + days(1))
    assert look(session) == {RowKind.SAID: [item.id]}


def test_what_was_verified_is_not_shown_again_before_something_new_is_said(session: Session) -> None:
    item = saved(session)
    said(session, item, BEN, Status.APPLIED_AS_IS, Outcome.MADE_WORSE)
    queue.verify(session, act(CLEO, FRIDAY + days(1)), item.id, REAL)
    assert look(session) == {}
    said(session, item, DOV, Status.APPLIED_AS_IS, Outcome.MADE_WORSE, at=FRIDAY + days(2))
    assert look(session) == {RowKind.CHECK: [item.id]}


def test_harm_stays_until_somebody_decides_however_long_ago_it_was_sent(session: Session) -> None:
    item = saved(session)
    said(session, item, BEN, Status.APPLIED_AS_IS, Outcome.MADE_WORSE)
    assert look(session, MONDAY + days(28)) == {RowKind.CHECK: [item.id]}
    queue.retire(session, act(CLEO), item.id, REAL)
    assert look(session, MONDAY + days(28)) == {}


def test_approving_publishes_and_every_broker_reads_the_receipt(session: Session) -> None:
    set_up(session, CLEO, BEN)
    item = saved(session, publication=Publication.REVIEW)
    assert items.get(session, TEAM, item.id).waits_for is WaitsFor.BROKER
    plan(session, MONDAY + days(0.5))
    queue.approve(session, act(CLEO, MONDAY), item.id, REAL)
    queue.approve(session, act(BEN, MONDAY), item.id, REAL)
    queue.reject(session, act(BEN, MONDAY), item.id, REAL)
    assert items.get(session, TEAM, item.id).is_findable
    assert [fact.person for fact in log.about_item(session, Reviewed, TEAM, [item.id])] == [CLEO]
    assert all(letter.revision > 0 for letter in letters(session, "digest:"))
    assert letters(session, f"notice:{item.id}")[0].revision > 0
    for reader, key in ((CLEO, DIGEST), (BEN, "digest:U0BEN:2026-W48")):
        (entry,) = seen(session, person=reader, key=key).entries
        assert entry.done == Done(Became.APPROVED, CLEO)


def test_what_waits_is_approved_as_the_answer_and_who_asked_is_told(session: Session) -> None:
    item, question = saved(session, publication=Publication.REVIEW), asked(session)
    queue.approve_answer(session, act(CLEO, MONDAY), item.id, question.id, REAL)
    assert items.get(session, TEAM, item.id).is_findable
    assert questions.get(session, TEAM, question.id).cited == (item.id,)
    assert len(letters(session, f"told_there:{question.id}")) == 1
    again = saved(session, publication=Publication.REVIEW)
    with pytest.raises(BadInput, match="answered meanwhile"):
        queue.approve_answer(session, act(CLEO, MONDAY), again.id, question.id, REAL)


@pytest.mark.parametrize("person", [ANA, DOV])
def test_only_a_broker_approves_an_answer(session: Session, person: str) -> None:
    item, question = saved(session, publication=Publication.REVIEW), asked(session)
    with pytest.raises(NotABroker):
        queue.approve_answer(session, act(person), item.id, question.id, REAL)
    assert questions.get(session, TEAM, question.id).is_open


def test_what_is_left_out_is_never_found_and_loses_its_mark(session: Session) -> None:
    item = saved(session, publication=Publication.REVIEW)
    plan(session, MONDAY)
    queue.reject(session, act(CLEO, MONDAY), item.id, REAL)
    queue.approve(session, act(CLEO, MONDAY), item.id, REAL)
    assert items.get(session, TEAM, item.id).state is ItemState.REJECTED
    assert len(letters(session, f"unmark:{item.id}")) == 1
    assert seen(session).entries[0].done == Done(Became.REJECTED, CLEO)


def test_what_is_retired_is_not_shown_and_cannot_be_verified(session: Session) -> None:
    item = saved(session)
    plan(session, MONDAY)
    queue.retire(session, act(CLEO, MONDAY), item.id, REAL)
    queue.verify(session, act(CLEO, MONDAY), item.id, REAL)
    after = items.get(session, TEAM, item.id)
    assert (after.state, after.verified_by) == (ItemState.RETIRED, None)
    assert seen(session).entries[0].done == Done(Became.RETIRED, CLEO)
    assert letters(session, f"notice:{item.id}")[0].revision > 0
    assert len(letters(session, f"unmark:{item.id}")) == 1


def test_verifying_is_an_event_of_its_own(session: Session) -> None:
    item = saved(session)
    plan(session, MONDAY)
    queue.verify(session, act(CLEO, MONDAY), item.id, REAL)
    after = items.get(session, TEAM, item.id)
    assert (after.verified_by, after.version) == (CLEO, item.version)
    assert [fact.person for fact in log.about_item(session, Verified, TEAM, [item.id])] == [CLEO]
    assert seen(session).entries[0].done == Done(Became.VERIFIED, CLEO)


@pytest.mark.parametrize("verb", [queue.approve, queue.reject, queue.verify, queue.retire])
@pytest.mark.parametrize("person", [ANA, DOV])
def test_only_a_broker_of_that_channel_decides(
    session: Session, verb: Callable[[Session, Act, str, datetime], None], person: str
) -> None:
    set_up(session, DOV, channel=ONCALL)
    published, waits = saved(session), saved(session, publication=Publication.REVIEW)
    for item in (published, waits):
        before = items.get(session, TEAM, item.id)
        with pytest.raises(NotABroker):
            verb(session, act(person), item.id, REAL)
        assert items.get(session, TEAM, item.id) == before


def test_what_a_contributor_took_back_is_not_repeated(session: Session) -> None:
    item = saved(session)
    plan(session, MONDAY)
    items.set_consent(session, act(ANA), item.id, Consent.REFUSED)
    items.take_away(session, act(ANA), item.id, ItemState.REJECTED)
    assert seen(session).entries[0].done == Done(Became.TAKEN_BACK)


def test_a_broker_who_left_a_private_channel_sees_nothing_of_it(session: Session) -> None:
    set_up(session, CLEO, channel=ONCALL)
    here = saved(session)
    saved(session, channel=ONCALL)
    asked(session, channel=ONCALL)
    plan(session, MONDAY)
    assert len(seen(session, PLATFORM, ONCALL).entries) == 3
    after = seen(session, PLATFORM)
    assert [entry.row.id for entry in after.entries] == [here.id]
    assert after.numbers == Numbers(came_in=1)
    assert after.channels == [PLATFORM]


def test_a_written_answer_is_saved_and_the_asker_is_told(session: Session) -> None:
    question = asked(session)
    plan(session, MONDAY)
    policy = Policy(PLATFORM, publication=Publication.REVIEW)
    item = queue.answer(session, act(CLEO, MONDAY), question.id, policy, finding(CLEO), REAL)
    assert (item.is_findable, item.contributor, item.channel) == (True, CLEO, PLATFORM)
    after = questions.get(session, TEAM, question.id)
    assert (after.is_open, after.cited) == (False, (item.id,))
    assert [letter.to for letter in letters(session, f"told_there:{question.id}")] == [PLATFORM]
    follow(session)
    assert seen(session).entries[0].done == Done(Became.ANSWERED)
    assert letters(session, DIGEST)[0].revision > 0


def test_only_a_broker_writes_the_answer(session: Session) -> None:
    question = asked(session)
    with pytest.raises(NotABroker):
        queue.answer(session, act(DOV), question.id, Policy(PLATFORM), finding(DOV), REAL)


def test_review_shows_the_same_at_any_time(session: Session) -> None:
    item, question = saved(session), asked(session)
    now = FRIDAY + days(0.1)
    shown = planning.look_now(session, TEAM, [PLATFORM], now)
    assert shown.rows == (Row(RowKind.QUESTION, question.id), Row(RowKind.CAME_IN, item.id))
    queue.verify(session, act(CLEO, now), item.id, REAL)
    assert planning.look_now(session, TEAM, [PLATFORM], now).rows == (Row(RowKind.QUESTION, question.id),)


def test_numbers_count_what_happened_and_nobody(session: Session) -> None:
    item = saved(session)
    saved(session, at=FRIDAY - days(30))
    saved(session, channel=ONCALL)
    question = asked(session)
    asked(session, "Who approves travel?")
    asked(session, text="")
    for person in (BEN, DOV):
        opening.open_case(session, Received(TEAM, person, FRIDAY, person, item.id, ReceiptKind.WILL_USE), REAL)
    for person in (BEN, DOV):
        drawn = lots.draw(cases.of_person(session, TEAM, person), person)
        variants = {case.id: "D1" for case in drawn.taken}
        cases.ask(session, drawn, f"ask:{person}", variants, FRIDAY)
    groups.close(session, act(CLEO), question.id, item.id, REAL)
    counted = measures.numbers(session, TEAM, [PLATFORM], SINCE, MONDAY)
    assert counted == Numbers(
        came_in=1, asked=2, answered=1, followed_up=0, told=0
    )  # two people are too few to be counted


async def test_of_two_brokers_who_decide_at_once_one_decides(units: Units) -> None:
    await units(_begin)
    await units(set_up, CLEO, BEN)
    for _ in range(5):
        item = await units(saved, publication=Publication.REVIEW)
        await asyncio.gather(
            units(queue.approve, act(CLEO), item.id, REAL), units(queue.reject, act(BEN), item.id, REAL)
        )
        decisions = await units.read(log.about_item, Reviewed, TEAM, [item.id])
        after = await units.read(items.get, TEAM, item.id)
        assert len(decisions) == 1
        assert after.state is (ItemState.PUBLISHED if decisions[0].person == CLEO else ItemState.REJECTED)


async def test_of_two_answers_written_at_once_one_is_saved(units: Units) -> None:
    await units(_begin)
    await units(set_up, CLEO, BEN)
    question = await units(asked)
    policy = Policy(PLATFORM)
    outcomes = await asyncio.gather(
        *(units(queue.answer, act(who), question.id, policy, finding(who), REAL) for who in (CLEO, BEN)),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["BadInput", "Item"]
    assert [str(o) for o in outcomes if isinstance(o, BadInput)] == [queue.ANSWERED_MEANWHILE]
    kept = next(o for o in outcomes if isinstance(o, Item))
    assert (await units.read(questions.get, TEAM, question.id)).cited == (kept.id,)
    assert await units.read(_how_many_items) == 1


def _how_many_items(session: Session) -> int:
    return session.execute(select(func.count()).select_from(ItemRow)).scalar_one()


def test_a_row_that_no_digest_shows_refreshes_none(session: Session) -> None:
    saved(session)
    plan(session, MONDAY)
    later = saved(session, at=MONDAY + days(1))
    queue.verify(session, act(CLEO, MONDAY + days(1)), later.id, REAL)
    assert letters(session, DIGEST)[0].revision == 0
