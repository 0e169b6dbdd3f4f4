"""The one gate: never over budget, never at night, never to whoever wants quiet, whatever is sent when."""

from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbot.people.facts import Limits, Person
from kbot.people.hours import Window, in_window
from kbot.people.presence import HERE, Presence, presence, says_away
from kbot.post.gate import (
    BUDGET,
    LOOK_AGAIN,
    NEW_FOR,
    ON_TIME,
    RULES,
    WEEK,
    Go,
    Held,
    Lapse,
    Proactive,
    Refuse,
    Wait,
    may_approach,
    may_come_at_its_hour,
)
from kbot.slack.words import SlackQuiet, SlackUser
from tests.examples import examples

MONDAY = datetime(2026, 11, 23, 16, tzinfo=UTC)
"""11:00 in New York."""

RECALL, HELP, CHECK_IN, BUNDLE, DELIVERY, CHECK, FEED = Proactive
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def ben(tz: str = "America/New_York", **standing: object) -> Person:
    return Person("T1", "U0BEN", "Ben", tz, **standing)  # type: ignore[arg-type]


zones = st.sampled_from(sorted(available_timezones()))
kinds = st.sampled_from(Proactive)
steps = st.lists(st.tuples(kinds, st.timedeltas(timedelta(minutes=1), timedelta(days=3))), min_size=1, max_size=60)
pauses = st.none() | st.timedeltas(timedelta(), timedelta(days=40))
windows = st.integers(10, 15).flatmap(
    lambda first: st.builds(
        Window, st.just(first), st.integers(first + 1, 16), st.frozensets(st.integers(0, 6), min_size=1)
    )
)
limits = st.builds(Limits, st.integers(1, BUDGET), windows, st.none() | st.integers(0, 6))


@settings(max_examples=examples(60), deadline=None)
@given(zone=zones, tries=steps, pause=pauses, limits=limits, begins=st.timedeltas(timedelta(), timedelta(days=1500)))
def test_whatever_is_tried_when_the_promise_holds(
    zone: str, tries: list[tuple[Proactive, timedelta]], pause: timedelta | None, limits: Limits, begins: timedelta
) -> None:
    now = MONDAY + begins
    person = ben(zone, pause_until=now + pause if pause is not None else None, limits=limits)
    sent: list[tuple[Proactive, datetime]] = []
    for kind, later in tries:
        now += later
        match may_approach(person, kind, sent, now):
            case Go():
                sent.append((kind, now))
            case Wait(until, reason):
                assert until > now, "waiting until now would be going round in circles"
                lapses = RULES[kind].lapses_after
                assert in_window(until, person.zone, limits.window) or until == now + (lapses or WEEK)
                assert reason
            case Lapse() | Refuse():
                raise AssertionError("Ben is a member, has not stopped kbot, and nothing has waited")
    for n, (kind, at) in enumerate(sent):
        week = [(k, t) for k, t in sent[: n + 1] if t > at - WEEK]
        assert len(week) <= limits.budget
        assert sum(k is kind for k, _ in week) <= RULES[kind].most_a_week
        assert in_window(at, person.zone, limits.asks_in if kind is BUNDLE else limits.window)
        assert person.pause_until is None or at >= person.pause_until


@settings(max_examples=examples(40), deadline=None)
@given(zone=zones, begins=st.timedeltas(timedelta(), timedelta(days=1500)), kind=kinds)
def test_what_waits_goes_when_it_was_told_it_would(zone: str, begins: timedelta, kind: Proactive) -> None:
    now = MONDAY + begins
    sent = [(BUNDLE, now - 6 * DAY), (FEED, now - 3 * DAY), (DELIVERY, now - DAY)]
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
    word = may_approach(person, BUNDLE, [], MONDAY)
    assert isinstance(word, Refuse)
    assert why in word.reason


def test_a_paused_person_hears_nothing_until_it_ends() -> None:
    until = MONDAY + timedelta(days=3, hours=12)  # Friday 4:00 UTC, Thursday 23:00 in New York
    word = may_approach(ben(pause_until=until), RECALL, [], MONDAY)
    assert word == Wait(datetime(2026, 11, 27, 15, tzinfo=UTC), Held.PAUSED)
    assert isinstance(may_approach(ben(pause_until=MONDAY), BUNDLE, [], MONDAY), Go)


# -- the budget


def test_seven_days_roll() -> None:
    sent = [(BUNDLE, MONDAY)]
    last = MONDAY + WEEK - timedelta(seconds=1)
    assert may_approach(ben(), BUNDLE, sent, last) == Wait(MONDAY + WEEK, Held.KIND)
    assert isinstance(may_approach(ben(), BUNDLE, sent, MONDAY + WEEK), Go)
    assert isinstance(may_approach(ben(), FEED, sent, MONDAY), Go)


def test_three_of_different_kinds_are_a_week() -> None:
    sent = [(kind, MONDAY + n * HOUR) for n, kind in enumerate((BUNDLE, DELIVERY, FEED))]
    for kind in (RECALL, HELP, CHECK_IN, CHECK):
        assert may_approach(ben(), kind, sent, MONDAY + DAY) == Wait(MONDAY + WEEK, Held.BUDGET)


def test_of_some_kinds_several_may_come_within_the_budget() -> None:
    for kind, most in ((RECALL, 3), (HELP, 3), (DELIVERY, 2), (BUNDLE, 1), (CHECK, 1), (FEED, 1)):
        sent = [(kind, MONDAY + n * HOUR) for n in range(most)]
        assert isinstance(may_approach(ben(), kind, sent[:-1], MONDAY + 3 * HOUR), Go)
        assert isinstance(may_approach(ben(), kind, sent, MONDAY + 3 * HOUR), Wait)


def test_who_wants_less_gets_less() -> None:
    once = ben(limits=Limits(budget=1))
    assert isinstance(may_approach(once, DELIVERY, [], MONDAY), Go)
    assert may_approach(once, RECALL, [(DELIVERY, MONDAY)], MONDAY + DAY) == Wait(MONDAY + WEEK, Held.BUDGET)


def test_in_a_narrower_window_it_waits_for_that_one() -> None:
    late = ben(limits=Limits(window=Window(13, 15, frozenset({1}))))  # on Tuesdays only
    assert may_approach(late, BUNDLE, [], MONDAY) == Wait(datetime(2026, 11, 24, 18, tzinfo=UTC), Held.HOURS)


# -- the most urgent first


def test_the_last_place_of_a_week_is_for_the_most_urgent() -> None:
    sent = [(BUNDLE, MONDAY - DAY), (HELP, MONDAY - DAY)]
    assert may_approach(ben(), DELIVERY, sent, MONDAY, ahead=[RECALL]) == Wait(MONDAY + LOOK_AGAIN, Held.URGENT)
    assert isinstance(may_approach(ben(), RECALL, sent, MONDAY), Go)
    assert isinstance(may_approach(ben(), DELIVERY, sent[:1], MONDAY, ahead=[RECALL]), Go), "there is room for both"


def test_what_may_not_go_anyway_is_in_nobodys_way() -> None:
    sent = [(BUNDLE, MONDAY - DAY), (HELP, MONDAY - DAY)]
    assert isinstance(may_approach(ben(), DELIVERY, sent, MONDAY, ahead=[BUNDLE]), Go), "one bundle a week"
    new = ben(joined_at=MONDAY - DAY)
    assert isinstance(may_approach(new, CHECK_IN, sent, MONDAY, ahead=[HELP]), Go), "help is unasked"


def test_of_one_kind_the_older_goes_first() -> None:
    assert may_approach(ben(), BUNDLE, [], MONDAY, ahead=[BUNDLE]) == Wait(MONDAY + LOOK_AGAIN, Held.URGENT)


# -- people who are new


def test_who_is_new_gets_nothing_unasked_for_two_weeks() -> None:
    joined = MONDAY - 3 * DAY
    for kind in (HELP, DELIVERY, FEED):
        word = may_approach(ben(joined_at=joined), kind, [], MONDAY)
        assert isinstance(word, Wait)
        assert word.reason is Held.NEW
        assert isinstance(may_approach(ben(joined_at=joined), kind, [], joined + NEW_FOR), Go)


def test_what_follows_their_own_question_or_use_is_not_unasked() -> None:
    for kind in (RECALL, CHECK_IN, BUNDLE, CHECK):
        assert isinstance(may_approach(ben(joined_at=MONDAY - DAY), kind, [], MONDAY), Go)


def test_whose_date_is_unknown_is_not_new() -> None:
    assert isinstance(may_approach(ben(joined_at=None), DELIVERY, [], MONDAY), Go)


# -- do not disturb, and away


def test_not_to_be_disturbed_it_waits_until_that_ends() -> None:
    quiet = Presence(quiet_until=MONDAY + 2 * HOUR)
    assert may_approach(ben(), RECALL, [], MONDAY, presence=quiet) == Wait(MONDAY + 2 * HOUR, Held.QUIET)
    over_night = Presence(quiet_until=MONDAY + 10 * HOUR)
    assert may_approach(ben(), RECALL, [], MONDAY, presence=over_night) == Wait(MONDAY + 23 * HOUR, Held.QUIET)


def test_where_slack_does_not_say_it_waits_a_moment() -> None:
    assert may_approach(ben(), RECALL, [], MONDAY, presence=None) == Wait(MONDAY + LOOK_AGAIN, Held.UNKNOWN)


def test_who_is_away_is_written_to_when_they_are_back() -> None:
    friday = MONDAY + 4 * DAY + 10 * HOUR
    back = Presence(is_away=True, away_until=friday)  # in the evening
    monday = datetime(2026, 11, 30, 15, tzinfo=UTC)
    assert may_approach(ben(), RECALL, [], MONDAY, presence=back) == Wait(monday, Held.AWAY)
    no_end = Presence(is_away=True)
    assert may_approach(ben(), RECALL, [], MONDAY, presence=no_end) == Wait(MONDAY + 23 * HOUR, Held.AWAY)


def ana(text: str = "", emoji: str = "", until: float = 0) -> SlackUser:
    return SlackUser("U0ANA", "T1", "Ana", "Europe/Lisbon", *(False,) * 5, text, emoji, until)


def test_what_slack_says_of_somebody() -> None:
    now, seconds = MONDAY, MONDAY.timestamp()
    assert presence(ana(), SlackQuiet(), now) == HERE
    assert presence(ana(), SlackQuiet(seconds, seconds + 3600), now) == Presence(quiet_until=MONDAY + HOUR)
    assert presence(ana(), SlackQuiet(seconds + 1, seconds + 3600), now) == HERE, "they begin later"
    assert presence(ana(), SlackQuiet(seconds - 60, seconds), now) == HERE, "they are over"
    assert presence(ana("Vacationing", "palm_tree"), SlackQuiet(), now) == Presence(is_away=True)
    assert presence(ana("ooo", "", seconds + 3600), SlackQuiet(), now) == Presence(is_away=True, away_until=now + HOUR)
    assert presence(ana("ooo", "", seconds - 1), SlackQuiet(), now) == HERE, "the status is over"
    for_ever = presence(ana("ooo", "", 1e18), SlackQuiet(1, 1e18), now)
    assert for_ever.quiet_until == for_ever.away_until == now + timedelta(days=366)


@pytest.mark.parametrize("text", ["OOO until Monday", "Out of office", "out sick", "On leave", "Urlaub", "en congés"])
def test_a_status_may_say_away_in_words(text: str) -> None:
    assert says_away(text, "")


@pytest.mark.parametrize("text", ["In a meeting", "Commuting", "Working remotely", "zoo", "placate", "Focus"])
def test_another_status_does_not(text: str) -> None:
    assert not says_away(text, "spiral_calendar_pad")


# -- what is not worth waiting for


def test_held_back_too_long_it_lapses_by_its_kind() -> None:
    for kind, rule in RULES.items():
        if rule.lapses_after is None:
            assert isinstance(may_approach(ben(), kind, [], MONDAY, held_since=MONDAY - 52 * WEEK), Go)
        else:
            since = MONDAY - rule.lapses_after
            assert isinstance(may_approach(ben(), kind, [], MONDAY, held_since=since), Lapse)
            assert isinstance(may_approach(ben(), kind, [], MONDAY, held_since=since + HOUR), Go)


def test_it_is_looked_at_when_it_lapses_not_only_when_it_could_go() -> None:
    paused = ben(pause_until=MONDAY + 60 * DAY)
    assert may_approach(paused, BUNDLE, [], MONDAY) == Wait(MONDAY + WEEK, Held.PAUSED)


def test_a_recall_waits_however_long_it_takes() -> None:
    paused = ben(pause_until=MONDAY + 300 * DAY)
    word = may_approach(paused, RECALL, [], MONDAY)
    assert isinstance(word, Wait)
    assert word.until >= MONDAY + 300 * DAY


# -- the broker's digest: not proactive, at its hour


AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""Sunday 7:00 in New York: an hour that a channel was set up with."""


def test_at_its_hour_it_comes_whatever_the_budget_and_the_window_say() -> None:
    assert isinstance(may_come_at_its_hour(ben(), AT, AT), Go)
    assert isinstance(may_come_at_its_hour(ben(), AT, AT + ON_TIME), Go)


@settings(max_examples=examples(40), deadline=None)
@given(zone=zones, late=st.timedeltas(ON_TIME + timedelta(seconds=1), timedelta(days=7)))
def test_late_it_comes_in_the_persons_hours(zone: str, late: timedelta) -> None:
    now = AT + late
    person = ben(zone)
    match may_come_at_its_hour(person, AT, now):
        case Go():
            assert in_window(now, person.zone)
        case Wait(until, _):
            assert not in_window(now, person.zone)
            assert in_window(until, person.zone)
            assert isinstance(may_come_at_its_hour(person, AT, until), Go)
        case Lapse() | Refuse():
            raise AssertionError("Ben is a member and has not stopped kbot")


def test_stop_and_a_pause_hold_for_it_too() -> None:
    assert isinstance(may_come_at_its_hour(ben(stopped=True), AT, AT), Refuse)
    assert isinstance(may_come_at_its_hour(ben(deleted=True), AT, AT), Refuse)
    until = datetime(2026, 11, 25, 5, tzinfo=UTC)
    word = may_come_at_its_hour(ben(pause_until=until), AT, AT)
    assert word == Wait(datetime(2026, 11, 25, 15, tzinfo=UTC), Held.PAUSED)
