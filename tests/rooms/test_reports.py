"""The published numbers: counted from cases and outbox on both databases, hidden of few, for brokers and admins."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from kbot.follow_up.facts import CaseState, Form, Step
from kbot.follow_up.tables import CaseRow, TapRow
from kbot.library import items
from kbot.library.facts import Item, ItemState
from kbot.people import directory
from kbot.post.tables import OutboxRow
from kbot.review import counting, report_views, reports
from kbot.review.facts import Report
from kbot.slack.words import SlackUser
from kbot.trail.facts import Status
from kbot.trail.measures import Again, Counts, Disposition, Interval, bounds, bounds_over_eligible
from tests.rooms.desk import ANA, CLEO, PLATFORM, REAL, TEAM, act, days, saved, set_up

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
LAST_WEEK = MONDAY - days(7)
NOW = MONDAY + timedelta(minutes=1)
OPENED = MONDAY - days(20)
ASKED = MONDAY - days(15)


@pytest.fixture
def item(session: Session) -> Item:
    return saved(session, contributor=ANA, at=MONDAY - days(60))


def case(
    session: Session,
    item: Item,
    person: str,
    status: Status | None = None,
    disposition: Disposition | None = Disposition.ANSWERED,
    *,
    form: Form = Form.QUESTION,
    opened: datetime = OPENED,
    asked: datetime | None = ASKED,
    inclusion: float | None = 1.0,
) -> CaseRow:
    """A case as it stands in the table."""
    responded = asked + days(1) if asked is not None and status is not None else opened if status is not None else None
    row = CaseRow(
        team_id=TEAM,
        id=f"{person}-{form}-{opened:%m%d}",
        person=person,
        item_id=item.id,
        version=1,
        words="",
        form=form.value,
        state=(CaseState.CLOSED if disposition else CaseState.WAITING).value,
        due_at=opened + days(4),
        asks_made=int(asked is not None),
        opened_at=opened,
        asked_at=asked,
        status=status.value if status else None,
        telling="unasked",
        missing="",
        responded_at=responded,
        lineage=f"{item.id}-{opened:%m%d}-{form}",
        rhythm="pull",
        window_end=opened + days(30),
        closed_at=(responded or opened + days(19)) if disposition else None,
        disposition=disposition.value if disposition else None,
        inclusion=inclusion,
    )
    session.add(row)
    session.flush()
    return row


def bundle(session: Session, person: str, at: datetime, answered: datetime | None = None) -> None:
    session.add(
        OutboxRow(
            team_id=TEAM,
            key=f"ask:{person}:{at:%m%d}",
            kind="follow_up.bundle",
            to=person,
            about={},
            priority=4,
            state="sent",
            created_at=REAL,
            next_try=REAL,
            sent_at=at,
            passed_at=at,
            answered_at=answered,
        )
    )
    session.flush()


def crowd(session: Session, item: Item, opened: datetime = OPENED, number: int = 12) -> None:
    """Twelve people were asked: six used it, three did not, three are silent."""
    asked = opened + days(5)
    for n in range(number):
        who, said = f"U{n}", (Status.APPLIED_AS_IS, Status.APPLIED_AS_IS, Status.NOT_YET, None)[n % 4]
        ended = Disposition.ANSWERED if said else Disposition.UNANSWERED
        case(session, item, who, said, ended, opened=opened, asked=asked)
        bundle(session, who, asked, asked + days(1) if said else None)


# Counting


def test_cases_become_counts_and_people_a_number(session: Session, item: Item) -> None:
    crowd(session, item)
    case(session, item, "U90", Status.DECLINED, Disposition.REFUSED)
    case(session, item, "U91", None, Disposition.UNDELIVERED, asked=None, form=Form.USE)
    case(session, item, "U92", None, Disposition.NOT_SAMPLED, asked=None, inclusion=0.5, form=Form.USE)
    case(session, item, "U93", None, Disposition.INELIGIBLE, asked=None, inclusion=None)
    found = counting.counts(session, TEAM, MONDAY - days(30), MONDAY, NOW)
    assert (found.people, found.people_replied, found.asked, found.replied) == (16, 9, 13, 9)
    assert (found.used, found.not_yet, found.silent) == (6, 3, 4)
    closed = found.closed
    assert (closed.answered, closed.unanswered, closed.refused) == (9, 3, 1)
    assert (closed.undelivered, closed.not_sampled, closed.ineligible) == (1, 1, 1)
    assert found.sample.eligible == 15
    assert bounds(found) == Interval(6 / 13, 10 / 13)


def test_what_is_due_and_was_in_no_draw_is_unknown_and_what_is_not_due_is_not_there(
    session: Session, item: Item
) -> None:
    case(session, item, "U1", None, None, asked=None, inclusion=None)
    case(session, item, "U2", None, None, asked=None, inclusion=None, opened=MONDAY - days(1))
    found = counting.counts(session, TEAM, MONDAY - days(30), MONDAY, NOW)
    assert found.sample.eligible == 1
    assert bounds_over_eligible(found) == Interval(0, 1)


def test_silence_after_another_question_is_silence(session: Session, item: Item) -> None:
    row = case(session, item, "U1", Status.NOT_YET, None)
    row.asked_at = ASKED + days(14)
    session.flush()
    assert counting.counts(session, TEAM, MONDAY - days(30), MONDAY, NOW).silent == 1


def test_what_a_few_told_unasked_is_not_shown(session: Session, item: Item) -> None:
    for n in range(4):
        case(session, item, f"U{n}", Status.APPLIED_AS_IS, form=Form.SELF, asked=None, inclusion=None)
    case(session, item, "U9", Status.NOT_YET, form=Form.SELF, asked=None, inclusion=None)
    assert counting.unasked(session, TEAM, OPENED, MONDAY) is None
    case(session, item, "U4", Status.APPLIED_AS_IS, form=Form.SELF, asked=None, inclusion=None)
    assert counting.unasked(session, TEAM, OPENED, MONDAY) == 5
    assert counting.counts(session, TEAM, OPENED, MONDAY, NOW).asked == 0


def lives_in(session: Session, person: str, channel: str) -> None:
    known = SlackUser(person, TEAM, person, "Europe/Berlin", False, False, False, False, False)
    directory.remember_person(session, TEAM, known, REAL)
    directory.choose_home(session, act(person), channel)


def test_what_crossed_borders_is_counted_where_both_are_known(session: Session, item: Item) -> None:
    set_up(session, CLEO, community="Platform")
    set_up(session, CLEO, channel="C0NEAR", community="platform")
    for n, home in enumerate([PLATFORM, "C0NEAR", *["C0SALES"] * 4]):
        lives_in(session, f"U{n}", home)
    crowd(session, item, number=8)  # every fourth says "not yet", and every fourth nothing
    case(session, item, "U1", None, Disposition.INELIGIBLE, form=Form.USE)
    found, first = counting.travels(session, TEAM, OPENED, MONDAY, NOW)
    assert (found.contacts, found.contacts_across, found.used, found.across) == (6, 4, 4, 2)
    assert (found.people, found.people_used, found.unknown, found.unknown_used) == (6, 4, 2, 0)
    assert (first.people, first.uses, first.weeks) == (4, 4, 1)


def test_how_long_items_hold(session: Session) -> None:
    begin = MONDAY - days(100)
    for n in range(20):
        one = saved(session, f"Title {n}", at=begin, contributor=f"U0C{n % 5}")
        if n < 12:
            items.take_away(session, act("U0C0", begin + days(n + 1)), one.id, ItemState.RETIRED)
    found = counting.holding(session, TEAM, MONDAY)
    assert (found.people, found.items, found.ended, found.days) == (5, 20, 12, 10)


def test_those_who_never_answered_are_counted_by_what_they_say_then(session: Session, item: Item) -> None:
    for n, said in enumerate(("used_silently", "not_used", "not_used", "unseen")):
        row = case(session, item, f"U{n}", None, form=Form.SILENT)
        session.add(TapRow(team_id=TEAM, case_id=row.id, step=Step.SILENCE.value, answer=said, at=NOW))
    session.flush()
    assert counting.again(session, TEAM, OPENED, MONDAY) == Again(3, 1)


def test_what_asking_costs(session: Session, item: Item) -> None:
    crowd(session, item)
    found = counting.counts(session, TEAM, MONDAY - days(28), MONDAY, NOW)
    cost = counting.burden(session, TEAM, MONDAY - days(28), MONDAY, NOW, found)
    assert cost is not None
    assert (cost.messages, cost.silent, cost.person_weeks) == (12, 3, 48)
    assert cost.a_week == 0.25


def test_what_asking_cost_a_few_is_not_shown(session: Session, item: Item) -> None:
    for n in range(4):
        bundle(session, f"U{n}", ASKED)
    assert counting.burden(session, TEAM, OPENED, MONDAY, NOW, Counts()) is None
    bundle(session, "U4", ASKED)
    assert counting.burden(session, TEAM, OPENED, MONDAY, NOW, Counts()) is not None


# Publishing


def published(session: Session, at: datetime) -> Report:
    for team in reports.due(session, at):
        assert reports.publish(session, team, at)
    found = reports.latest(session, TEAM)
    assert found is not None
    return found


def test_numbers_are_published_once_a_week_and_never_change(session: Session, item: Item) -> None:
    assert reports.latest(session, TEAM) is None
    crowd(session, item)
    first = published(session, NOW)
    assert first.table.total is not None
    assert first.table.total.used == 6
    assert reports.due(session, NOW) == []
    assert not reports.publish(session, TEAM, NOW)
    session.execute(update(CaseRow).values(status=Status.NOT_YET.value))
    assert reports.latest(session, TEAM) == first
    assert reports.due(session, NOW + days(7)) == [TEAM]


def test_of_few_people_nothing_is_published(session: Session, item: Item) -> None:
    crowd(session, item, number=4)
    found = published(session, NOW)
    assert found.table.total is None
    assert found.burden is None
    said = "\n".join(report_views.lines(found))
    assert "not shown" in said
    assert "4" not in said.replace("24 November", "")


def test_a_small_part_cannot_be_found_by_subtracting(session: Session, item: Item) -> None:
    crowd(session, item)
    case(session, item, "U50", Status.APPLIED_ADAPTED, form=Form.USE)
    found = published(session, NOW)
    assert found.table.total is not None
    assert found.table.parts == {"after an answer": None, "after a delivery": None}


def test_two_reports_in_a_row_do_not_tell_what_one_person_said(session: Session, item: Item) -> None:
    crowd(session, item, opened=LAST_WEEK - days(15))
    first = published(session, LAST_WEEK + timedelta(minutes=1))
    row = case(session, item, "U60", None, None, opened=LAST_WEEK - days(8), asked=LAST_WEEK - days(2))
    row.responded_at, row.status = LAST_WEEK + days(2), Status.APPLIED_AS_IS.value
    session.flush()
    second = published(session, NOW)
    assert second == first
    assert second.as_of == LAST_WEEK + timedelta(minutes=1)


def test_when_a_crowd_has_moved_there_are_new_numbers(session: Session, item: Item) -> None:
    crowd(session, item, opened=LAST_WEEK - days(15))
    first = published(session, LAST_WEEK + timedelta(minutes=1))
    for n in range(5):
        case(session, item, f"U{70 + n}", Status.NOT_YET, opened=LAST_WEEK - days(8), asked=LAST_WEEK + days(2))
    second = published(session, NOW)
    assert second.table.total is not None
    assert first.table.total is not None
    assert second.table.total.asked == first.table.total.asked + 5


def test_what_moved_for_a_few_beside_the_table_is_left_out(session: Session, item: Item) -> None:
    """Twelve say where they belong; the next week five more ask, of whom one does so."""
    for n in range(12):
        lives_in(session, f"U{n}", PLATFORM)
    crowd(session, item, opened=LAST_WEEK - days(15))
    first = published(session, LAST_WEEK + timedelta(minutes=1))
    assert first.borders is not None
    lives_in(session, "U70", "C0SALES")
    for n in range(9):
        case(session, item, f"U{70 + n}", Status.NOT_YET, opened=LAST_WEEK - days(8), asked=LAST_WEEK + days(2))
    second = published(session, NOW)
    assert second.table.total is not None
    assert second.borders is None
    for n in range(1, 9):
        lives_in(session, f"U{70 + n}", "C0SALES")
    third = published(session, NOW + days(7))
    assert third.borders is not None
    assert third.borders.contacts_across == 9


# In words


def test_the_report_says_what_asking_costs_first_and_what_it_is_not_last(session: Session, item: Item) -> None:
    crowd(session, item, number=24)
    said = report_views.lines(published(session, NOW))
    assert said == [
        "What asking cost: 0.1 messages with questions a person and week, 6 of 24 of them unanswered (25 %), "
        "0.0 opt-outs per 100, 0 of 18 answers: not for me (0 %).",
        "What kbot brought from 31 August to 22 November 2026, as told by 23 November:",
        "all:",
        "  answered: 18 of 24 asked (75 %)",
        "  used (reported): 12 of 18 who answered (44-84 %)",
        "  24 asked: between 50 % and 75 % used it",
        "after an answer:",
        "  answered: 18 of 24 asked (75 %)",
        "  used (reported): 12 of 18 who answered (44-84 %)",
        "  24 asked: between 50 % and 75 % used it",
        "after a delivery:",
        "  answered: none asked yet",
        "  used (reported): none who answered yet",
        "  nobody was asked yet",
        "time to first use: half of 12 uses were told within a week of the contact",
        "These are reports by people who chose to answer; they do not measure performance.",
    ]


def test_the_table_has_a_line_for_each_part_and_no_rate_of_few(session: Session, item: Item) -> None:
    crowd(session, item)
    head, total, *_ = report_views.table(published(session, NOW)).splitlines()
    row = dict(zip(head.split(","), total.split(","), strict=True))
    assert (row["part"], row["asked"], row["answered"], row["used"]) == ("all", "12", "9", "6")
    assert row["used_of_answered"] == ""
    assert row["response_rate"] == "0.7500"
    assert "U1" not in total
