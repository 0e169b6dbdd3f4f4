"""The one gate: never over budget, never at night, never to whoever wants quiet, whatever is sent when."""

from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbot.answers.facts import HELP
from kbot.people.facts import Person
from kbot.people.hours import in_window
from kbot.post.gate import (
    BUDGET,
    BUDGET_OF_A_KIND,
    ON_TIME,
    WEEK,
    Go,
    Refuse,
    Wait,
    may_approach,
    may_come_at_its_hour,
)

MONDAY = datetime(2026, 11, 23, 16, tzinfo=UTC)
KINDS = ("bundle", "note", "digest", "delivery", "feed")


def ben(tz: str = "America/New_York", **standing: object) -> Person:
    return Person("T1", "U0BEN", "Ben", tz, **standing)  # type: ignore[arg-type]


zones = st.sampled_from(sorted(available_timezones()))
steps = st.lists(
    st.tuples(st.sampled_from(KINDS), st.timedeltas(timedelta(minutes=1), timedelta(days=3))), min_size=1, max_size=60
)
pauses = st.none() | st.timedeltas(timedelta(), timedelta(days=40))


@settings(max_examples=150, deadline=None)
@given(zone=zones, tries=steps, pause=pauses, begins=st.timedeltas(timedelta(), timedelta(days=1500)))
def test_whatever_is_tried_when_the_promise_holds(
    zone: str, tries: list[tuple[str, timedelta]], pause: timedelta | None, begins: timedelta
) -> None:
    now = MONDAY + begins
    person = ben(zone, pause_until=now + pause if pause is not None else None)
    sent: list[tuple[str, datetime]] = []
    for kind, later in tries:
        now += later
        match may_approach(person, kind, sent, now):
            case Go():
                sent.append((kind, now))
            case Wait(until, reason):
                assert until > now, "waiting until now would be going round in circles"
                assert in_window(until, person.zone)
                assert reason
            case Refuse():
                raise AssertionError("Ben is a member and has not stopped kbot")
    for n, (kind, at) in enumerate(sent):
        week = [(k, t) for k, t in sent[: n + 1] if t > at - WEEK]
        assert len(week) <= BUDGET
        assert sum(k == kind for k, _ in week) <= BUDGET_OF_A_KIND
        assert in_window(at, person.zone)
        assert person.pause_until is None or at >= person.pause_until


@settings(max_examples=100, deadline=None)
@given(zone=zones, begins=st.timedeltas(timedelta(), timedelta(days=1500)), kind=st.sampled_from(KINDS))
def test_what_waits_goes_when_it_was_told_it_would(zone: str, begins: timedelta, kind: str) -> None:
    now = MONDAY + begins
    sent = [("bundle", now - timedelta(days=6)), ("note", now - timedelta(days=3)), ("digest", now - timedelta(days=1))]
    for _ in range(10):
        word = may_approach(ben(zone), kind, sent, now)
        if isinstance(word, Go):
            return
        assert isinstance(word, Wait)
        now = word.until
    raise AssertionError("it waits for ever")


@pytest.mark.parametrize(
    ("person", "why"),
    [
        (None, "not a member"),
        (ben(is_guest=True), "not a member"),
        (ben(is_stranger=True), "not a member"),
        (ben(is_bot=True), "not a member"),
        (ben(deleted=True), "not a member"),
        (ben(stopped=True), "wants nothing unasked"),
    ],
)
def test_some_get_nothing_at_all(person: Person | None, why: str) -> None:
    word = may_approach(person, "bundle", [], MONDAY)
    assert isinstance(word, Refuse)
    assert why in word.reason


def test_a_paused_person_hears_nothing_until_it_ends() -> None:
    until = MONDAY + timedelta(days=3, hours=12)  # Friday 4:00 UTC, Thursday 23:00 in New York
    word = may_approach(ben(pause_until=until), "bundle", [], MONDAY)
    assert word == Wait(datetime(2026, 11, 27, 15, tzinfo=UTC), "paused")
    assert isinstance(may_approach(ben(pause_until=MONDAY), "bundle", [], MONDAY), Go)


def test_seven_days_roll() -> None:
    sent = [("bundle", MONDAY)]
    assert isinstance(may_approach(ben(), "bundle", sent, MONDAY + WEEK - timedelta(seconds=1)), Wait)
    assert isinstance(may_approach(ben(), "bundle", sent, MONDAY + WEEK), Go)
    assert isinstance(may_approach(ben(), "note", sent, MONDAY), Go)


def test_three_of_different_kinds_are_a_week() -> None:
    sent = [(kind, MONDAY + timedelta(hours=n)) for n, kind in enumerate(KINDS[:3])]
    word = may_approach(ben(), "feed", sent, MONDAY + timedelta(days=1))
    assert word == Wait(MONDAY + WEEK, "the week's budget is used up")


def test_help_may_be_asked_for_several_times_a_week_within_the_budget() -> None:
    sent = [(HELP, MONDAY + timedelta(hours=n)) for n in range(3)]
    assert isinstance(may_approach(ben(), HELP, sent[:2], MONDAY + timedelta(hours=3)), Go)
    word = may_approach(ben(), HELP, sent, MONDAY + timedelta(days=1))
    assert word == Wait(MONDAY + WEEK, "the week's budget is used up")


# -- the broker's digest: not proactive, at its hour


HOUR = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""Sunday 7:00 in New York: an hour that a channel was set up with."""


def test_at_its_hour_it_comes_whatever_the_budget_and_the_window_say() -> None:
    assert isinstance(may_come_at_its_hour(ben(), HOUR, HOUR), Go)
    assert isinstance(may_come_at_its_hour(ben(), HOUR, HOUR + ON_TIME), Go)


@settings(max_examples=100, deadline=None)
@given(zone=zones, late=st.timedeltas(ON_TIME + timedelta(seconds=1), timedelta(days=7)))
def test_late_it_comes_in_the_persons_hours(zone: str, late: timedelta) -> None:
    now = HOUR + late
    person = ben(zone)
    match may_come_at_its_hour(person, HOUR, now):
        case Go():
            assert in_window(now, person.zone)
        case Wait(until, _):
            assert not in_window(now, person.zone)
            assert in_window(until, person.zone)
            assert isinstance(may_come_at_its_hour(person, HOUR, until), Go)
        case Refuse():
            raise AssertionError("Ben is a member and has not stopped kbot")


def test_stop_and_a_pause_hold_for_it_too() -> None:
    assert isinstance(may_come_at_its_hour(ben(stopped=True), HOUR, HOUR), Refuse)
    assert isinstance(may_come_at_its_hour(ben(deleted=True), HOUR, HOUR), Refuse)
    until = datetime(2026, 11, 25, 5, tzinfo=UTC)
    word = may_come_at_its_hour(ben(pause_until=until), HOUR, HOUR)
    assert word == Wait(datetime(2026, 11, 25, 15, tzinfo=UTC), "paused")
