"""When a case is asked, and who is drawn: the tables of domain.md 3.4 and 3.5, and what must hold for every draw."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbot.follow_up import lots, rhythm
from kbot.follow_up.facts import BARRIER, STATUS, Answer, Case, CaseState, Form, Step, Telling
from kbot.follow_up.rhythm import Rhythm
from kbot.follow_up.steps import MOST_ASKS, OF_STEP, barriers, next_step, path, step_of
from kbot.follow_up.wording import LABELS, variant
from kbot.people.hours import is_working_day
from kbot.trail.facts import Outcome, Status

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
LISBON = ZoneInfo("Europe/Lisbon")


def case(n: int = 0, why: Rhythm = Rhythm.NORMAL, **other: object) -> Case:
    given_ = {
        "team": "T1",
        "id": f"{n:032d}",
        "person": "U0BEN",
        "item": f"i{n}",
        "version": 1,
        "question": None,
        "words": "",
        "form": Form.USE,
        "state": CaseState.WAITING,
        "due_at": MONDAY + timedelta(hours=n),
        "asks_made": 0,
        "letter": None,
        "opened_at": MONDAY,
        "asked_at": None,
        "status": None,
        "outcome": None,
        "telling": Telling.UNASKED,
        "missing": "",
        "responded_at": None,
        "lineage": f"i{n}",
        "rhythm": why,
        "window_end": MONDAY + timedelta(days=75),
    }
    return Case(**{**given_, **other})  # type: ignore[arg-type]


DUE = st.lists(
    st.tuples(st.sampled_from([Rhythm.PULL, Rhythm.PLANNED, Rhythm.NORMAL, Rhythm.SLOW]), st.integers(0, 2)),
    max_size=12,
).map(lambda drawn: [case(n, why, asks_made=asks) for n, (why, asks) in enumerate(drawn)])


@given(DUE, st.text(max_size=5))
def test_a_draw_is_small_fair_and_says_its_odds(due: list[Case], seed: str) -> None:
    drawn = lots.draw(due, seed)
    certain = [one for one in due if one.rhythm.is_certain]
    assert len(drawn.taken) == min(lots.MOST, len(due))
    assert [one for one in drawn.taken if one.rhythm.is_certain] != [] or not certain
    places = max(0, lots.MOST - len(certain))
    assert drawn.odds == (min(1.0, places / len(drawn.lots)) if drawn.lots else 0.0)
    assert sum(not one.rhythm.is_certain for one in drawn.taken) == min(places, len(drawn.lots))
    assert lots.draw(list(reversed(due)), seed) == drawn, "the same draw, whoever makes it"


def test_the_odds_are_what_they_say() -> None:
    due = [case(n) for n in range(8)]
    drawn = Counter(one.id for week in range(2000) for one in lots.draw(due, f"week {week}").taken)
    assert all(abs(drawn[one.id] / 2000 - 3 / 8) < 0.05 for one in due)
    assert 0.30 < sum(lots.chosen(f"lot {n}", 1 / 3) for n in range(3000)) / 3000 < 0.37


@pytest.mark.parametrize(
    ("why", "first", "again", "window"),
    [
        (Rhythm.PULL, "2026-11-25", ["2026-12-07"], 30),
        (Rhythm.PLANNED, "2026-11-25", ["2026-12-07", "2026-12-23"], 60),
        (Rhythm.COMES_UP, "2026-12-23", ["2026-12-23"], 120),
        (Rhythm.NORMAL, "2026-12-07", ["2026-12-07", "2026-12-23"], 75),
        (Rhythm.FAST, "2026-11-30", ["2026-12-03"], 45),
        (Rhythm.SLOW, "2026-12-23", ["2027-01-07", "2027-02-22"], 200),
        (Rhythm.HELPED, "2026-11-30", [], 20),
        (Rhythm.SUSTAIN, "2027-02-22", [], 110),
    ],
)
def test_the_table_of_times(why: Rhythm, first: str, again: list[str], window: int) -> None:
    """Measured from Monday, 23 November 2026: first ask; again after n asks of which the last was then; the end."""
    assert rhythm.first(why, MONDAY, LISBON).date().isoformat() == first
    said = [rhythm.again(why, n, MONDAY, LISBON) for n in range(1, 5)]
    assert [at.date().isoformat() for at in said if at] == again
    assert rhythm.window_end(why, MONDAY) - MONDAY == timedelta(days=window)


@given(
    st.sampled_from([why for why in Rhythm if why is not Rhythm.CHOSEN]),  # its day is the person's own
    st.datetimes(datetime(2024, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants these naive
    st.sampled_from(sorted(available_timezones())),
    st.integers(1, 3),
)
def test_no_question_is_due_on_a_weekend_or_before_its_time(why: Rhythm, at: datetime, zone: str, asks: int) -> None:
    here = ZoneInfo(zone)
    for due in (rhythm.first(why, at, here), rhythm.again(why, asks, at, here)):
        if due is not None:
            assert is_working_day(due.astimezone(here).date())
            assert due >= at


STATUSES = st.sampled_from(list(STATUS))


@given(STATUSES, st.data())
def test_whatever_is_tapped_the_questions_come_to_an_end(first: Answer, data: st.DataObject) -> None:
    status, outcome = STATUS[first]
    mine = case(status=status, outcome=outcome, state=CaseState.CLOSED, asks_made=1)
    for _ in range(len(Step)):
        step = next_step(mine, "U0ANA")
        if step is Step.DONE:
            break
        answers = barriers(mine.status) if step is Step.BARRIER else OF_STEP[step]
        tapped = data.draw(st.sampled_from(list(answers)))
        assert tapped in LABELS
        if step is Step.OUTCOME:
            mine = Case(**{**vars(mine), "outcome": Outcome.HELPED})
        elif step is Step.TELLING:
            mine = Case(**{**vars(mine), "telling": Telling.NO})
        else:
            assert step_of(mine, tapped) is step
            mine = Case(**{**vars(mine), "taps": {**mine.taps, step: tapped}})
    assert next_step(mine, "U0ANA") is Step.DONE


def test_telling_comes_after_how_it_went() -> None:
    for status in (Status.APPLIED_AS_IS, Status.APPLIED_ADAPTED):
        for outcome in (None, *Outcome):
            steps = list(path(case(status=status, outcome=outcome)))
            assert steps.index(Step.OUTCOME) < steps.index(Step.TELLING)


def test_no_occasion_comes_first_and_five_are_shown_at_once() -> None:
    assert barriers(Status.NOT_YET)[0] is Answer.NO_OCCASION, "face-saving, and the most common truth (domain.md 2.4)"
    assert all(set(barriers(status)) <= set(BARRIER) for status in Status)


def test_each_asking_has_a_name_of_its_own_for_its_words() -> None:
    named = {
        variant(case(form=form, asks_made=asks)) for form in (Form.QUESTION, Form.USE) for asks in range(MOST_ASKS)
    }
    assert named == {"C1", "C1-G1", "C1-G2", "D1", "D1-G1", "D1-G2"}
