"""The matrix of roles: of one person's answer nobody sees more than that person allowed, on any surface there is.

Zoe, whose name and words occur nowhere else, asks, answers and writes. Then every surface is read as each role would:
the contributor (Ana), a broker (Cleo), an admin (Ben) and somebody like a manager, who merely shares the channel (Dov).
"""

import json
import logging
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from kbot import cards
from kbot.act import Act
from kbot.follow_up import jobs, note_views, notes, opening, responses
from kbot.follow_up.facts import NOTE, Answer
from kbot.follow_up.tables import CaseRow, TellingRow
from kbot.home import log, log_export, log_views, tab
from kbot.home import views as home
from kbot.learning import checks
from kbot.learning.facts import Recall
from kbot.learning.tables import CheckRow
from kbot.library import items
from kbot.library.facts import Item
from kbot.people import directory
from kbot.people.facts import Viewer
from kbot.post.outbox import Letter
from kbot.post.tables import OutboxRow
from kbot.review import measures, planning, report_views, reports, showing
from kbot.review import views as review
from kbot.slack.words import SlackUser
from kbot.trail import log as trail
from kbot.trail.evidence import evidence
from kbot.trail.facts import MemoryWanted, ReceiptKind, Received
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
    days,
    follow,
    meet,
    saved,
    set_up,
)

TUESDAY = MONDAY + days(1)
ZOE = "U0ZEBRA"
NAME, WORDS = "Zoe Zebra", "zebra-crossing"
ROLES = {"contributor": ANA, "broker": CLEO, "admin": BEN, "manager-like": DOV}
OTHERS = [f"U0P{n}" for n in range(4)]
CROWD = [f"U0Q{n}" for n in range(12)]
SECOND_ANSWERS = {
    Answer.SOLVED: (),
    Answer.PARTLY: (),
    Answer.NOT_WORKED: (Answer.UNCLEAR,),
    Answer.USED: (Answer.MADE_WORSE,),
    Answer.THINKING: (),
    Answer.AGAINST: (Answer.NOT_CONVINCED,),
    Answer.ALREADY: (Answer.CONFIRM_UNNAMED,),
}


@pytest.fixture(autouse=True)
def everybody(session: Session) -> None:
    meet(session, ANA, BEN, CLEO, DOV)
    for user, name in [(ZOE, NAME), *((other, f"Person {other}") for other in (*OTHERS, *CROWD))]:
        known = SlackUser(user, TEAM, name, "Europe/Berlin", False, False, False, False, False)
        directory.remember_person(session, TEAM, known, REAL)
    set_up(session, CLEO)


def act(person: str, key: str, at: datetime = FRIDAY) -> Act:
    return Act(TEAM, person, PLATFORM, at, key)


def had_it(session: Session, item: Item, person: str, words: str = "how?") -> str:
    """Somebody asked, and was answered with it; their case."""
    kind = ReceiptKind.ASKED_FOR
    remember(session, Received(TEAM, f"{item.id}{person}", FRIDAY, person, item.id, kind, None, words))
    follow(session)
    return opening.report(session, act(person, f"r{person}"), item.id).id


def answers(session: Session, item: Item, person: str, *said: Answer, words: str = "how?") -> None:
    case = had_it(session, item, person, words)
    for n, answer in enumerate(said):
        responses.respond(session, act(person, f"{person}{n}", FRIDAY + days(n / 100)), case, answer)
    follow(session)


def lives(session: Session, item: Item, *said: Answer) -> None:
    """All that Zoe can say in words or by taps, of one item."""
    answers(session, item, ZOE, *said, words=WORDS)
    case = session.query(CaseRow).filter(CaseRow.person == ZOE, CaseRow.form != "sustain").order_by(CaseRow.id).first()
    assert case is not None
    responses.say_missing(session, act(ZOE, "missing"), case.id, WORDS)
    remember(session, MemoryWanted(TEAM, "m", FRIDAY, ZOE, item.id))
    follow(session)
    due = datetime(2026, 11, 25, 10, tzinfo=FRIDAY.tzinfo)
    if checks.plan(session, TEAM, ZOE, due, REAL):
        checks.answer(session, act(ZOE, "check", due), item.id, 0, Recall.FORGOTTEN)
    follow(session)


def surfaces(session: Session, item: Item, reader: str, now: datetime = MONDAY) -> dict[str, str]:
    """Everything that one reader can be shown, by what it is, as JSON."""
    viewer = Viewer(TEAM, reader, frozenset({PLATFORM}))
    person = directory.person(session, TEAM, reader)
    assert person is not None
    names = {one.id: one.name for one in directory.people(session, TEAM, [ANA, CLEO]).values()}
    found = items.show(session, viewer, [item.id])
    said = evidence(session, TEAM, found)
    shown: dict[str, object] = {
        "card": [cards.card(one, names, said[one.id], now) for one in found.values()],
        "home": home.home(tab.desk(session, viewer, person, now), now),
        "log": log_views.page(log.read(session, viewer, person), log_views.Page(), now),
        "export": [file.content for file in log_export.files(log.read(session, viewer, person), now)],
    }
    if directory.channels_of_broker(session, TEAM, reader):
        look = planning.look_now(session, TEAM, viewer.channels, now)
        desk = showing.desk(session, viewer, look)
        shown |= {"digest": review.digest(desk, now), "review": review.review(desk, now)}
    if reader in (ROLES["broker"], ROLES["admin"]):
        shown |= {f"/kb stats {n}": said for n, said in enumerate(stats(session))}
    return {name: json.dumps(what, default=str, ensure_ascii=False) for name, what in shown.items()}


def stats(session: Session) -> list[object]:
    """What `/kb stats` and `kbot report` say now, in words and as a table."""
    report = reports.latest(session, TEAM)
    if report is None:
        return [report_views.NOT_YET]
    return [
        report_views.blocks(report),
        report_views.code(report),
        report_views.table(report),
        report_views.lines(report),
    ]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("answer", SECOND_ANSWERS)
def test_nobody_reads_who_said_it_or_what_they_wrote(
    session: Session, role: str, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    item = saved(session)
    lives(session, item, answer, *SECOND_ANSWERS[answer])
    _all_were_asked(session)
    assert reports.publish(session, TEAM, MONDAY)
    for name, text in surfaces(session, item, ROLES[role]).items():
        for trace in (ZOE, NAME, "Zoe", WORDS):
            assert trace not in text, f"the {role} reads {trace!r} in: {name}"
    for trace in (NAME, WORDS):
        assert trace not in caplog.text, "nothing of it is logged"


def test_its_own_person_reads_all_of_it(session: Session) -> None:
    """Else the test above would see nothing where there is nothing."""
    item = saved(session)
    lives(session, item, Answer.PARTLY)
    own = surfaces(session, item, ZOE)
    assert WORDS in own["log"]
    assert own["export"].count(WORDS) >= 4
    assert "helped partly" in own["home"]


def note(session: Session, item: Item, at: datetime = MONDAY) -> str:
    """What Ana's weekly note says now, "" when there is none."""
    notes.plan_note(session, TEAM, ANA, at, REAL)
    keys = sorted({row.letter for row in session.query(TellingRow) if row.letter})
    became = [one for key in keys for one in jobs._became(session, Letter(TEAM, key, NOTE, ANA))]
    if not became:
        return ""
    return json.dumps(note_views.note(became, jobs._names(session, TEAM, became), at), default=str, ensure_ascii=False)


def test_the_contributor_hears_a_name_only_with_leave_and_never_more(session: Session) -> None:
    item = saved(session)
    lives(session, item, Answer.PARTLY, Answer.TELL_NAMED)
    text = note(session, item)
    assert NAME in text
    assert WORDS not in text
    for role in ("broker", "admin", "manager-like"):
        for shown in surfaces(session, item, ROLES[role]).values():
            assert NAME not in shown
            assert WORDS not in shown


def test_the_contributor_hears_nothing_without_leave(session: Session) -> None:
    item = saved(session)
    lives(session, item, Answer.SOLVED, Answer.TELL_NOT)
    assert note(session, item) == ""


def test_unnamed_it_waits_for_a_crowd_and_names_nobody(session: Session) -> None:
    item = saved(session)
    lives(session, item, Answer.SOLVED, Answer.TELL_UNNAMED)
    assert note(session, item) == "", "Zoe alone had it"
    for other in OTHERS[:2]:
        had_it(session, item, other)
    text = note(session, item, MONDAY + days(8))
    assert not [trace for trace in (ZOE, NAME, WORDS) if trace in text]


def test_two_notes_side_by_side_tell_no_more_than_each(session: Session) -> None:
    """Zoe answers between two notes: what she did not allow changes nothing of the second."""
    item = saved(session)
    for other in OTHERS[:3]:
        answers(session, item, other, Answer.SOLVED, Answer.TELL_UNNAMED)
    before = note(session, item)
    lives(session, item, Answer.NOT_WORKED, Answer.UNCLEAR)
    later = note(session, item, MONDAY + days(7.1))
    assert later == before.replace("2 days ago", "10 days ago")


@pytest.mark.parametrize("known", range(5))
def test_two_reports_side_by_side_do_not_show_one_person(session: Session, known: int) -> None:
    """Of fewer than five people nothing is counted, so one more answer moves no number; at five a total appears."""
    item = saved(session)
    people = [*OTHERS, DOV][:known]
    for person in people:
        answers(session, item, person, Answer.SOLVED)
    _all_were_asked(session)
    since, until = FRIDAY - days(7), MONDAY

    def counted() -> tuple[int, int]:
        found = measures.numbers(session, TEAM, {PLATFORM}, since, until)
        return found.followed_up, found.told

    before = counted()
    assert before == (0, 0)
    lives(session, item, Answer.SOLVED)
    _all_were_asked(session)
    assert counted() == ((0, 0) if known < 4 else (5, 5))


def a_report_of_a_crowd(session: Session, item: Item) -> None:
    """Twelve answered, and say where they belong, and so did Zoe; what they say of it is published on Monday."""
    for n, person in enumerate(CROWD):
        directory.choose_home(session, act(person, f"home{person}"), PLATFORM)
        answers(session, item, person, Answer.SOLVED if n % 2 else Answer.NOT_WORKED)
    directory.choose_home(session, act(ZOE, "home"), "C0SALES")
    answers(session, item, ZOE, Answer.SOLVED)
    _all_were_asked(session)
    assert reports.publish(session, TEAM, MONDAY)


def zoe_changes_her_mind(session: Session, item: Item) -> None:
    for n, answer in enumerate((Answer.CHANGE, Answer.NOT_WORKED)):
        responses.respond(session, act(ZOE, f"anew{n}", TUESDAY), _case(session, ZOE), answer)


def zoe_takes_it_back(session: Session, item: Item) -> None:
    responses.respond(session, act(ZOE, "back", TUESDAY), _case(session, ZOE), Answer.CHANGE)


def zoe_erases_it(session: Session, item: Item) -> None:
    log.delete_all(session, act(ZOE, "erase", TUESDAY))


def zoe_stops_kbot(session: Session, item: Item) -> None:
    directory.stop(session, act(ZOE, "stop", TUESDAY))


def zoe_moves_house(session: Session, item: Item) -> None:
    directory.choose_home(session, act(ZOE, "moves", TUESDAY), PLATFORM)


def zoe_tells_unasked(session: Session, item: Item) -> None:
    case = opening.report(session, act(ZOE, "tells", TUESDAY), saved(session, "Another?").id)
    responses.respond(session, act(ZOE, "used", TUESDAY), case.id, Answer.USED)


def zoe_asks_and_answers_more(session: Session, item: Item) -> None:
    other = saved(session, "Another?", at=FRIDAY)
    answers(session, other, ZOE, Answer.SOLVED)
    _all_were_asked(session)


ZOE_DOES = [
    zoe_changes_her_mind,
    zoe_takes_it_back,
    zoe_erases_it,
    zoe_stops_kbot,
    zoe_moves_house,
    zoe_tells_unasked,
    zoe_asks_and_answers_more,
]


@pytest.mark.parametrize("others", [0, 3])
@pytest.mark.parametrize("does", ZOE_DOES, ids=lambda does: does.__name__)
def test_two_published_reports_side_by_side_tell_nothing_of_one_person(
    session: Session, does: Callable[[Session, Item], None], others: int
) -> None:
    """Zoe does something between two reports, alone or with three others: the second one says what the first said."""
    item = saved(session)
    session.add_all(_bundle(person) for person in (ZOE, *CROWD))
    a_report_of_a_crowd(session, item)
    before = {role: stats(session) for role in ("broker", "admin")}
    assert "across borders: 1 of 7 uses" in str(before)
    does(session, item)
    for person in CROWD[:others]:
        responses.respond(session, act(person, f"anew{person}", TUESDAY), _case(session, person), Answer.CHANGE)
    session.flush()
    assert reports.publish(session, TEAM, MONDAY + days(7))
    assert {role: stats(session) for role in ("broker", "admin")} == before


def test_with_a_crowd_around_her_the_second_report_is_new(session: Session) -> None:
    """Else the test above would see nothing where nothing ever changes."""
    item = saved(session)
    a_report_of_a_crowd(session, item)
    before = stats(session)
    zoe_changes_her_mind(session, item)
    for person in CROWD[:4]:
        responses.respond(session, act(person, f"re{person}", TUESDAY), _case(session, person), Answer.CHANGE)
        responses.respond(session, act(person, f"anew{person}", TUESDAY), _case(session, person), Answer.PARTLY)
    assert reports.publish(session, TEAM, MONDAY + days(7))
    assert stats(session) != before


def _case(session: Session, person: str) -> str:
    return session.query(CaseRow).filter(CaseRow.person == person, CaseRow.form == "question").one().id


def _bundle(person: str) -> OutboxRow:
    """A letter with questions that this person got."""
    about = {"key": f"ask:{person}", "kind": "follow_up.bundle", "to": person, "about": {}, "priority": 4}
    times = {"created_at": REAL, "next_try": REAL, "sent_at": FRIDAY, "passed_at": FRIDAY}
    return OutboxRow(team_id=TEAM, state="sent", **about, **times)


def _all_were_asked(session: Session) -> None:
    for row in session.query(CaseRow):
        row.asked_at = row.asked_at or FRIDAY
    session.flush()


def test_an_item_tells_how_often_and_never_who(session: Session) -> None:
    """Its own evidence counts from the first report on (product.md 6); place and words only with leave."""
    item = saved(session)
    before = {role: surfaces(session, item, user)["card"] for role, user in ROLES.items()}
    lives(session, item, Answer.SOLVED)
    after = {role: surfaces(session, item, user)["card"] for role, user in ROLES.items()}
    assert len(set(after.values())) == 1, "every role reads the same"
    for role in ROLES:
        assert re.sub(r' · used by 1[^"]*', "", after[role]) == before[role]


def test_a_learning_check_is_between_kbot_and_its_person(session: Session) -> None:
    item = saved(session)
    before = {role: surfaces(session, item, user) for role, user in ROLES.items()}
    remember(session, MemoryWanted(TEAM, "m", FRIDAY, ZOE, item.id))
    follow(session)
    due = datetime(2026, 11, 25, 10, tzinfo=FRIDAY.tzinfo)
    for n in range(3):
        assert checks.plan(session, TEAM, ZOE, due, REAL)
        for row in session.query(CheckRow):
            session.get_one(OutboxRow, (TEAM, row.letter)).state = "sent"
        checks.answer(session, act(ZOE, f"c{n}", due), item.id, n, Recall.FORGOTTEN)
        due += days(7)
    follow(session)
    assert {role: surfaces(session, item, user) for role, user in ROLES.items()} == before


def test_erased_it_leaves_no_trace_on_any_surface(session: Session) -> None:
    item = saved(session)
    before = {role: surfaces(session, item, user) for role, user in ROLES.items()}
    lives(session, item, Answer.NOT_WORKED, Answer.UNCLEAR)
    log.delete_all(session, act(ZOE, "erase"))
    assert {role: surfaces(session, item, user) for role, user in ROLES.items()} == before
    assert surfaces(session, item, ZOE)["log"].count("empty") > 0
    assert not trail.of_person(session, Received, TEAM, ZOE)
