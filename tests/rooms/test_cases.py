"""Follow-up without Slack: what opens a case, when it is asked, what an answer does; on both databases."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.follow_up import cases, jobs, notes, opening, responses
from kbot.follow_up.facts import LAST_NOTE, Answer, Case, CaseState, Form, Step, Telling
from kbot.follow_up.steps import next_step
from kbot.follow_up.tables import CaseRow
from kbot.library.facts import Item, ItemKind
from kbot.library.tables import ItemRow
from kbot.people import directory
from kbot.people.facts import Limits
from kbot.people.hours import Window, in_window
from kbot.post import passing
from kbot.post.tables import OutboxRow
from kbot.slack.words import SlackUser
from kbot.trail.evidence import evidence
from kbot.trail.facts import Intended, ReceiptKind, Received, TellingAllowed, Withdrawn
from kbot.trail.measures import Disposition
from kbot.trail.proof import Evidence
from tests.rooms.desk import ANA, BEN, CLEO, DOV, REAL, TEAM, ZONES, act, follow, letters, meet, saved

MONDAY = datetime(2026, 11, 23, 14, tzinfo=UTC)
"""9:00 in New York, 14:00 in Lisbon, 15:00 in Berlin, 23:00 in Tokyo."""

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def everybody(session: Session) -> None:
    meet(session, ANA, BEN, CLEO, DOV)


def received(
    session: Session,
    item: Item,
    person: str = BEN,
    at: datetime = MONDAY,
    kind: ReceiptKind = ReceiptKind.ASKED_FOR,
    key: str = "q1",
) -> None:
    fact = Received(TEAM, f"{key}:{person}", at, person, item.id, kind, None, "importer hangs")
    opening.open_case(session, fact, REAL)


def mine(session: Session, person: str = BEN) -> list[Case]:
    return cases.of_person(session, TEAM, person)


def tick(session: Session, now: datetime) -> list[OutboxRow]:
    """What plan_bundles does, and the letter is delivered at once."""
    jobs._take_back(session, now)
    for team, person in cases.due_people(session, now):
        if jobs._may_be_asked(session, team, person, now):
            jobs._plan_bundle(session, team, person, now, REAL)
    planned = list(letters(session, "ask:"))
    for letter in planned:
        session.execute(
            update(OutboxRow).where(OutboxRow.key == letter.key).values(state="sent", sent_at=now, passed_at=now)
        )
    return planned


def run(session: Session, begins: datetime, days: int, step: timedelta = HOUR) -> list[datetime]:
    """Ticks for so many days; returns when somebody was asked."""
    asked, now = [], begins
    while now < begins + timedelta(days=days):
        asked += [now for _ in tick(session, now)]
        now += step
    return asked


def respond(session: Session, case: Case, answer: Answer, at: datetime = MONDAY) -> Case:
    return responses.respond(session, act(case.person, at), case.id, answer)


# -- what opens a case


def test_an_answer_is_asked_about_after_two_working_days(session: Session) -> None:
    received(session, saved(session))
    case = mine(session)[0]
    assert (case.form, case.state, case.words) == (Form.QUESTION, CaseState.WAITING, "importer hangs")
    assert case.due_at == datetime(2026, 11, 25, 15, tzinfo=UTC)


def test_what_one_means_to_use_is_asked_about_after_ten(session: Session) -> None:
    received(session, saved(session), kind=ReceiptKind.WILL_USE)
    assert (mine(session)[0].form, mine(session)[0].due_at) == (Form.USE, datetime(2026, 12, 7, 15, tzinfo=UTC))


def test_a_named_day_moves_the_question_to_two_working_days_after_it(session: Session) -> None:
    item = saved(session)
    received(session, item, kind=ReceiptKind.WILL_USE)
    opening.open_case(session, Intended(TEAM, "i1", MONDAY, BEN, item.id, "this_week", "2026-11-27"), REAL)
    assert [case.due_at for case in mine(session)] == [datetime(2026, 12, 1, 15, tzinfo=UTC)]


def test_an_intention_alone_opens_a_case_too(session: Session) -> None:
    opening.open_case(session, Intended(TEAM, "i1", MONDAY, BEN, saved(session).id, "own_words", "2026-12-24"), REAL)
    assert [(case.form, case.due_at.day) for case in mine(session)] == [(Form.USE, 28)]


def test_one_case_for_one_item_however_often_it_is_asked_for(session: Session) -> None:
    item = saved(session)
    for n in range(3):
        received(session, item, key=f"q{n}")
    assert len(mine(session)) == 1


@pytest.mark.parametrize("kind", [ItemKind.POINTER, ItemKind.NOTICE])
def test_some_kinds_are_not_followed_up(session: Session, kind: ItemKind) -> None:
    item = saved(session)
    session.execute(update(ItemRow).values(kind=kind))
    session.expire_all()
    received(session, item)
    assert mine(session) == []


def test_ones_own_and_what_is_gone_open_nothing(session: Session) -> None:
    item = saved(session)
    received(session, item, ANA)
    session.execute(update(ItemRow).values(state="retired"))
    session.expire_all()
    received(session, item, BEN)
    assert mine(session, ANA) + mine(session, BEN) == []


def test_a_case_ends_with_its_item(session: Session) -> None:
    item = saved(session)
    received(session, item)
    cases.close_for_item(session, Withdrawn(TEAM, "w", MONDAY, ANA, item.id), REAL)
    assert run(session, MONDAY, 10) == []


# -- when it is asked


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"])
def test_everybody_is_asked_in_their_own_hours(session: Session, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ZONES, BEN, zone)
    meet(session, BEN)
    received(session, saved(session))
    asked = run(session, MONDAY, 6)
    assert len(asked) == 1
    assert in_window(asked[0], ZoneInfo(zone))
    assert asked[0] - MONDAY >= timedelta(days=1, hours=10)


@pytest.mark.parametrize(
    ("person", "begins"),
    [
        (BEN, datetime(2026, 3, 5, 15, tzinfo=UTC)),  # New York: summer time begins on Sunday, 8 March
        (BEN, datetime(2026, 10, 29, 14, tzinfo=UTC)),  # and ends on Sunday, 1 November
        (CLEO, datetime(2026, 3, 26, 9, tzinfo=UTC)),  # Berlin: 29 March
        (DOV, datetime(2026, 3, 5, 1, tzinfo=UTC)),  # Tokyo: never
    ],
)
def test_over_a_clock_change_ten_o_clock_is_ten_o_clock(session: Session, person: str, begins: datetime) -> None:
    received(session, saved(session, by=ANA), person, begins)  # on a Thursday, 10:00 local time
    asked = run(session, begins, 6)
    local = [at.astimezone(ZoneInfo(ZONES[person])) for at in asked]
    assert [(at.strftime("%a"), at.hour, at.minute) for at in local] == [("Mon", 10, 0)]


def test_who_chose_a_day_is_asked_on_that_day(session: Session) -> None:
    directory.choose_ask_day(session, act(BEN), 1)
    for n in range(4):
        received(session, saved(session, f"Item {n}"), at=MONDAY + n * 5 * DAY, key=f"q{n}")
    asked = run(session, MONDAY, 30, timedelta(hours=2))
    assert len(asked) == 2, "after two silent ones monthly"
    assert {at.astimezone(ZoneInfo(ZONES[BEN])).strftime("%A") for at in asked} == {"Tuesday"}


def test_a_day_that_is_none_of_theirs_any_more_holds_nothing_back(session: Session) -> None:
    directory.limit(session, act(BEN), Limits(window=Window(days=frozenset({3}))))
    directory.choose_ask_day(session, act(BEN), 1)
    received(session, saved(session))
    asked = run(session, MONDAY, 14, timedelta(hours=2))
    assert [at.astimezone(ZoneInfo(ZONES[BEN])).strftime("%A") for at in asked][:1] == ["Thursday"]


def test_three_at_once_and_never_two_messages_in_seven_days(session: Session) -> None:
    for n in range(8):
        received(session, saved(session, f"Item {n}"), key=f"q{n}")
    asked = run(session, MONDAY, 50, timedelta(hours=4))
    assert len(asked) == 2
    assert all(later - earlier >= timedelta(days=7) for earlier, later in pairwise(asked))
    ended = Counter(case.disposition for case in mine(session) if case.form is Form.QUESTION)
    assert ended == {Disposition.UNANSWERED: 6, Disposition.NOT_SAMPLED: 2}, "silent is not the same as never asked"


def asks_every_five_days(session: Session, times: int) -> None:
    for n in range(times):
        received(session, saved(session, f"Item {n}"), at=MONDAY + n * 5 * DAY, key=f"q{n}")


def test_four_silent_bundles_end_it_with_one_note(session: Session) -> None:
    asks_every_five_days(session, 46)
    assert len(run(session, MONDAY + 2 * HOUR, 200, DAY)) == 4
    note = letters(session, "rest:")
    assert [(row.kind, row.to) for row in note] == [(LAST_NOTE, BEN)]
    session.execute(update(OutboxRow).where(OutboxRow.key == note[0].key).values(state="sent", sent_at=MONDAY))
    cases.ask_again(session, act(BEN, MONDAY + 201 * DAY))
    assert len(run(session, MONDAY + 203 * DAY + 2 * HOUR, 27, DAY)) == 1, "from then on monthly"


def test_who_is_left_in_peace_is_looked_at_no_more(session: Session) -> None:
    asks_every_five_days(session, 60)
    run(session, MONDAY + 2 * HOUR, 200, DAY)
    (note,) = letters(session, "rest:")
    session.execute(
        update(OutboxRow).where(OutboxRow.key == note.key).values(state="sent", sent_at=MONDAY, passed_at=MONDAY)
    )
    at = MONDAY + 203 * DAY + 2 * HOUR
    assert (TEAM, BEN) in cases.due_people(session, at), "something is due"
    assert not jobs._may_be_asked(session, TEAM, BEN, at), "so no unit that writes is opened for it"


def test_one_answer_and_it_is_weekly_again(session: Session) -> None:
    asks_every_five_days(session, 30)
    assert len(run(session, MONDAY + 2 * HOUR, 20, DAY)) == 2
    first = next(case for case in mine(session) if case.letter)
    respond(session, first, Answer.SOLVED, MONDAY + 20 * DAY)
    assert len(run(session, MONDAY + 20 * DAY + 2 * HOUR, 8, DAY)) == 1


def test_silence_is_an_answer_after_two_asks(session: Session) -> None:
    received(session, saved(session))
    assert len(run(session, MONDAY + 2 * HOUR, 120, DAY)) == 2
    assert mine(session)[0].state is CaseState.CLOSED


@pytest.mark.parametrize("wish", ["pause", "stop", "deleted", "guest"])
def test_whoever_wants_quiet_or_is_gone_is_not_asked(session: Session, wish: str) -> None:
    received(session, saved(session))
    if wish == "pause":
        directory.pause(session, act(BEN), MONDAY + timedelta(days=20))
    elif wish == "stop":
        directory.stop(session, act(BEN))
    elif wish == "deleted":
        meet(session, BEN, deleted=True)
    else:
        session.connection().exec_driver_sql("UPDATE person SET is_guest = (1 = 1)")
        session.expire_all()
    asked = run(session, MONDAY + 2 * HOUR, 28, DAY)
    assert len(asked) == (1 if wish == "pause" else 0)
    assert all(at >= MONDAY + timedelta(days=20) for at in asked)


def test_who_never_answered_is_asked_once_in_half_a_year(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "SILENT_SHARE", 1.0)
    silent = []
    for n, later in enumerate((0, 180, 184)):
        received(session, saved(session, f"Item {n}"), key=f"q{n}")
        (case,) = [one for one in mine(session) if one.item not in silent]
        silent.append(case.item)
        opening.open_silent(session, case, MONDAY + later * DAY)
    asked = select(CaseRow.opened_at).where(CaseRow.form == Form.SILENT)
    assert sorted(session.scalars(asked)) == [MONDAY, MONDAY + 184 * DAY]


def test_two_that_tick_at_once_ask_once(session: Session) -> None:
    received(session, saved(session))
    due = datetime(2026, 11, 25, 15, tzinfo=UTC)
    for _ in range(3):
        jobs._plan_bundle(session, TEAM, BEN, due, REAL)
    assert len(letters(session, "ask:")) == 1
    assert mine(session)[0].asks_made == 1


# -- what an answer does

ENDS = {
    Answer.SOLVED: (Disposition.ANSWERED, Step.TELLING),
    Answer.PARTLY: (Disposition.ANSWERED, Step.TELLING),
    Answer.NOT_WORKED: (Disposition.ANSWERED, Step.BARRIER),
    Answer.NOT_TRIED: (None, Step.BARRIER),
    Answer.OFF_THE_POINT: (Disposition.ANSWERED, Step.DONE),
    Answer.NOT_YET: (None, Step.BARRIER),
    Answer.USED: (Disposition.PARTIAL, Step.OUTCOME),
    Answer.ADAPTED: (Disposition.PARTIAL, Step.CHANGED),
    Answer.TRIED: (Disposition.ANSWERED, Step.BARRIER),
    Answer.NOT_FOR_ME: (Disposition.ANSWERED, Step.REASON),
    Answer.THINKING: (Disposition.ANSWERED, Step.TELLING),
    Answer.ALREADY: (Disposition.ANSWERED, Step.CONFIRM),
    Answer.AGAINST: (Disposition.ANSWERED, Step.BARRIER),
    Answer.PASSED_ON: (Disposition.ANSWERED, Step.TO_WHOM),
    Answer.DONT_ASK: (Disposition.REFUSED, Step.DONE),
    Answer.NO_CHANGE: (Disposition.ANSWERED, Step.DONE),
    Answer.USED_TO_DECIDE: (Disposition.PARTIAL, Step.OUTCOME),
}
"""How each answer ends the case (None: it waits to be asked again), and what is asked next."""


def asked_case(session: Session) -> Case:
    received(session, saved(session))
    tick(session, datetime(2026, 11, 25, 15, tzinfo=UTC))
    return mine(session)[0]


@pytest.mark.parametrize(("answer", "ends", "step"), [(answer, *ends) for answer, ends in ENDS.items()])
def test_where_each_answer_leads(session: Session, answer: Answer, ends: Disposition | None, step: Step) -> None:
    case = respond(session, asked_case(session), answer)
    assert (case.state, case.disposition) == (CaseState.CLOSED if ends else CaseState.WAITING, ends)
    assert next_step(case, ANA) is step
    assert next_step(case, None) is not Step.TELLING, "nobody is asked about telling an app"


def test_an_app_is_never_told(session: Session) -> None:
    case = respond(session, asked_case(session), Answer.PARTLY)
    assert next_step(case, None) is Step.DONE
    assert next_step(case, BEN) is Step.DONE, "nor oneself"


def test_the_latest_word_counts_and_each_person_once(session: Session) -> None:
    case = asked_case(session)
    for n, answer in enumerate((Answer.SOLVED, Answer.SOLVED, Answer.NOT_WORKED, Answer.SOLVED)):
        respond(session, case, answer, MONDAY + n * SECOND)
    assert evidence(session, TEAM, [case.item])[case.item] == Evidence(used=1, helped=1)
    respond(session, case, Answer.NOT_WORKED, MONDAY + HOUR)
    assert evidence(session, TEAM, [case.item])[case.item] == Evidence(failed=1)


def test_what_was_taken_back_counts_nowhere(session: Session) -> None:
    case = asked_case(session)
    for n, answer in enumerate((Answer.SOLVED, Answer.NOT_WORKED, Answer.OUTDATED)):
        respond(session, case, answer, MONDAY + n * SECOND)
    assert evidence(session, TEAM, [case.item])[case.item].doubted == 1
    respond(session, case, Answer.CHANGE, MONDAY + HOUR)
    assert evidence(session, TEAM, [case.item])[case.item] == Evidence()
    respond(session, case, Answer.SOLVED, MONDAY + 2 * HOUR)
    assert evidence(session, TEAM, [case.item])[case.item] == Evidence(used=1, helped=1)


def test_somebody_else_cannot_answer(session: Session) -> None:
    case = asked_case(session)
    with pytest.raises(BadInput, match="for somebody else"):
        responses.respond(session, act(DOV), case.id, Answer.SOLVED)
    with pytest.raises(BadInput, match="for somebody else"):
        responses.say_missing(session, act(DOV), case.id, "words")
    assert cases.get(session, TEAM, case.id) == case


def test_how_it_went_before_whether_is_refused(session: Session) -> None:
    case = asked_case(session)
    with pytest.raises(BadInput, match="another answer by now"):
        respond(session, case, Answer.HELPED)


def test_asked_once_more_it_is_asked_anew(session: Session) -> None:
    case = respond(session, asked_case(session), Answer.NOT_TRIED, datetime(2026, 11, 25, 16, tzinfo=UTC))
    assert case.due_at == datetime(2026, 12, 9, 16, tzinfo=UTC)
    assert len(tick(session, datetime(2026, 12, 9, 16, tzinfo=UTC))) == 1
    again = mine(session)[0]
    assert (again.asks_made, again.state) == (2, CaseState.ASKED)
    assert next_step(again, ANA) is Step.STATUS


def test_each_answer_shows_the_message_anew(session: Session) -> None:
    case = asked_case(session)
    assert case.letter is not None
    respond(session, case, Answer.SOLVED)
    assert session.get_one(OutboxRow, (TEAM, case.letter), populate_existing=True).revision == 1


# -- telling


def telling(session: Session, person: str, item: Item, *, with_name: bool, allowed: bool = True) -> None:
    case = opening.report(session, act(person), item.id)
    responses.respond(session, act(person), case.id, Answer.SOLVED)
    fact = TellingAllowed(TEAM, f"{case.id}:{allowed}", MONDAY, person, item.id, case.id, with_name, allowed)
    notes.keep_for_the_note(session, fact, REAL)


def planned(session: Session, now: datetime = MONDAY) -> list[str]:
    """Who is told in this week's note to Ana, by name or as somebody."""
    if not notes.plan_note(session, TEAM, ANA, now, REAL):
        return []
    key = letters(session, "note:")[-1].key
    session.execute(update(OutboxRow).where(OutboxRow.key == key).values(state="sent", sent_at=now, passed_at=now))
    return [told.case.person if told.with_name else "somebody" for told in notes.of_letter(session, TEAM, key)]


def test_only_what_was_allowed_is_told(session: Session) -> None:
    item = saved(session)
    telling(session, BEN, item, with_name=True)
    telling(session, CLEO, item, with_name=True, allowed=False)
    assert planned(session) == [BEN]
    assert planned(session, MONDAY + timedelta(days=14)) == []


def asked_about(session: Session, item: Item, *people: str) -> None:
    """They are all asked about it in the week of MONDAY."""
    for person in people:
        received(session, item, person, key=person)
    run(session, MONDAY, 4)


def unnamed(session: Session, item: Item, person: str, at: datetime) -> Case:
    """They say that it helped, and that the contributor may hear it without their name."""
    case = next(case for case in mine(session, person) if case.item == item.id)
    for answer in (Answer.SOLVED, Answer.TELL_UNNAMED):
        case = respond(session, case, answer, at)
    follow(session)
    return case


def test_somebody_unnamed_waits_until_three_have_been_asked_for_a_week(session: Session) -> None:
    item = saved(session)
    asked_about(session, item, BEN, CLEO, DOV)
    unnamed(session, item, BEN, MONDAY + 4 * DAY)
    assert planned(session, MONDAY + 4 * DAY) == []
    assert planned(session, MONDAY + 13 * DAY - 2 * HOUR) == [], "the week has to be over for a week"
    assert planned(session, MONDAY + 14 * DAY) == ["somebody"]


def test_two_who_were_asked_hide_nobody_however_many_have_it(session: Session) -> None:
    item = saved(session)
    asked_about(session, item, BEN, CLEO)
    telling(session, DOV, item, with_name=False)
    unnamed(session, item, BEN, MONDAY + 4 * DAY)
    assert [planned(session, MONDAY + n * DAY) for n in (14, 28, 77)] == [[], [], []]


def test_of_three_one_is_told_of_and_whom_they_need_is_not_named_later(session: Session) -> None:
    item = saved(session)
    asked_about(session, item, BEN, CLEO, DOV)
    for person in (BEN, CLEO):
        unnamed(session, item, person, MONDAY + 4 * DAY)
    assert planned(session, MONDAY + 14 * DAY) == ["somebody"]
    assert planned(session, MONDAY + 28 * DAY) == []
    case = next(case for case in mine(session, DOV) if case.item == item.id)
    for answer in (Answer.SOLVED, Answer.TELL_NAMED):
        respond(session, case, answer, MONDAY + 29 * DAY)
    follow(session)
    assert planned(session, MONDAY + 35 * DAY) == []


def test_what_lapsed_is_told_again_and_was_behind_nobody(session: Session) -> None:
    item = saved(session)
    asked_about(session, item, BEN, CLEO, DOV)
    unnamed(session, item, BEN, MONDAY + 4 * DAY)
    assert notes.plan_note(session, TEAM, ANA, MONDAY + 14 * DAY, REAL)
    session.execute(update(OutboxRow).where(OutboxRow.key.startswith("note:")).values(state="lapsed"))
    for team, lapsed in notes.lapsed(session):
        notes.tell_later(session, team, lapsed)
    assert planned(session, MONDAY + 28 * DAY) == ["somebody"]


def test_how_many_answered_is_counted_of_whole_crowds(session: Session) -> None:
    item = saved(session)
    asked_about(session, item, BEN, CLEO, DOV)
    assert notes.answered_of_asked(session, TEAM, item.id) == (0, 0)
    unnamed(session, item, BEN, MONDAY + 4 * DAY)
    assert planned(session, MONDAY + 14 * DAY) == ["somebody"]
    assert notes.answered_of_asked(session, TEAM, item.id) == (1, 3)


def test_who_confirms_it_is_told_too(session: Session) -> None:
    item = saved(session)
    received(session, item)
    case = respond(session, mine(session)[0], Answer.ALREADY)
    respond(session, case, Answer.CONFIRM_NAMED)
    follow(session)
    assert planned(session) == [BEN]


def test_the_first_use_that_is_told_is_said_to_be_the_first(session: Session) -> None:
    item = saved(session)
    telling(session, BEN, item, with_name=True)
    assert planned(session) == [BEN]
    telling(session, CLEO, item, with_name=True)
    assert planned(session, MONDAY + 7 * DAY) == [CLEO]
    first, second = (row.key for row in letters(session, "note:", state="sent"))
    assert notes.first_used(session, TEAM, first) == {item.id}
    assert notes.first_used(session, TEAM, second) == set()


def test_a_note_is_never_longer_than_a_message(session: Session) -> None:
    item = saved(session)
    for n in range(notes.MOST_TOLD + 5):
        somebody = SlackUser(f"U{n}", TEAM, f"N{n}", "UTC", False, False, False, False, False)
        directory.remember_person(session, TEAM, somebody, REAL)
        telling(session, somebody.id, item, with_name=True)
    assert len(planned(session)) == notes.MOST_TOLD
    assert len(planned(session, MONDAY + timedelta(days=7))) == 5


def test_one_note_in_seven_days(session: Session) -> None:
    telling(session, BEN, saved(session, "One"), with_name=True)
    assert planned(session) == [BEN]
    telling(session, CLEO, saved(session, "Two"), with_name=True)
    assert planned(session, MONDAY + timedelta(days=7) - HOUR) == []
    assert planned(session, MONDAY + timedelta(days=7)) == [CLEO]


def test_what_stood_in_a_note_that_lapsed_stands_in_the_next_one(session: Session) -> None:
    telling(session, BEN, saved(session), with_name=True)
    assert notes.plan_note(session, TEAM, ANA, MONDAY, REAL)
    assert notes.lapsed(session) == [], "it is on its way"
    (letter,) = letters(session, "note:")
    session.execute(update(OutboxRow).where(OutboxRow.key == letter.key).values(state="lapsed"))
    for team, lost in notes.lapsed(session):
        notes.tell_later(session, team, lost)
    assert notes.lapsed(session) == [], "taken up once"
    assert notes.of_letter(session, TEAM, letter.key) == []
    assert planned(session, MONDAY + timedelta(days=14)) == [BEN]
    assert planned(session, MONDAY + timedelta(days=21)) == []


def test_changing_the_answer_takes_the_permission_back_until_it_is_told(session: Session) -> None:
    case = respond(session, asked_case(session), Answer.SOLVED)
    case = respond(session, case, Answer.TELL_NAMED)
    assert case.telling is Telling.WITH_NAME
    assert respond(session, case, Answer.CHANGE).telling is Telling.UNASKED


def test_the_budget_holds_over_bundle_and_note(session: Session) -> None:
    received(session, saved(session, contributor=BEN, by=ANA), ANA)
    telling(session, BEN, saved(session), with_name=True)
    assert planned(session) == [BEN]
    assert len(run(session, MONDAY, 7)) == 1, "another kind, inside the budget of three"
    assert len(passing.got_since(session, TEAM, ANA, MONDAY - HOUR)) == 2
