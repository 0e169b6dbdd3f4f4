"""Silence is an answer: two silent bundles slow to monthly, four end it with one note, any answer begins anew."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from kbot.follow_up.pace import MONTH, SILENT_AFTER, Next, halved, next_step, silent_in_a_row, waits_until
from kbot.post.facts import Arrival
from kbot.trail.measures import Burden

BEGAN = datetime(2026, 11, 24, 15, tzinfo=UTC)
WEEK, SECOND = timedelta(days=7), timedelta(seconds=1)


def bundles(*answered: bool) -> list[Arrival]:
    """One a week; those that were answered were so the next day."""
    sent = [BEGAN + n * WEEK for n in range(len(answered))]
    return [Arrival(f"b{n}", at, at + WEEK / 7 if said else None) for n, (at, said) in enumerate(zip(sent, answered))]  # noqa: B905


def after(asked: Sequence[Arrival], later: timedelta) -> datetime:
    return asked[-1].sent_at + later


def test_the_first_is_asked_at_once() -> None:
    assert next_step([], [], BEGAN) is Next.ASK


@pytest.mark.parametrize(
    ("answered", "silent"), [((), 0), ((False,), 1), ((False, False), 2), ((True, False), 1), ((False, True), 0)]
)
def test_silent_bundles_are_counted_since_the_last_answer(answered: tuple[bool, ...], silent: int) -> None:
    asked = bundles(*answered)
    assert silent_in_a_row(asked, [], BEGAN + 10 * WEEK) == silent


def test_a_bundle_is_silent_after_a_week_not_before() -> None:
    asked = bundles(False)
    assert silent_in_a_row(asked, [], after(asked, SILENT_AFTER - SECOND)) == 0
    assert silent_in_a_row(asked, [], after(asked, SILENT_AFTER)) == 1


def test_after_two_it_is_monthly() -> None:
    asked = bundles(False, False)
    assert next_step(asked, [], after(asked, WEEK)) is Next.LATER
    assert next_step(asked, [], after(asked, MONTH - SECOND)) is Next.LATER
    assert next_step(asked, [], after(asked, MONTH)) is Next.ASK


def test_after_four_it_rests() -> None:
    asked = bundles(False, False, False, False)
    assert next_step(asked, [], after(asked, WEEK)) is Next.REST
    assert next_step(asked, [], after(asked, 100 * WEEK)) is Next.REST


def test_a_late_answer_to_any_of_them_begins_anew() -> None:
    asked = bundles(False, False, False, False)
    late = [Arrival("b0", asked[0].sent_at, after(asked, WEEK)), *asked[1:]]
    assert next_step(late, [], after(asked, 2 * WEEK)) is Next.ASK


def test_who_starts_again_is_asked_monthly() -> None:
    asked = bundles(False, False, False, False)
    rest = [Arrival("rest", after(asked, WEEK), after(asked, 2 * WEEK))]
    assert next_step(asked, rest, after(asked, MONTH - SECOND)) is Next.LATER
    assert next_step(asked, rest, after(asked, MONTH)) is Next.ASK
    once_more = [*asked, Arrival("b9", after(asked, MONTH))]
    assert next_step(once_more, rest, after(once_more, WEEK)) is Next.LATER
    answered = [*asked, Arrival("b9", after(asked, MONTH), after(asked, MONTH + WEEK))]
    assert next_step(answered, rest, after(answered, WEEK)) is Next.ASK


@pytest.mark.parametrize(
    ("messages", "silent", "opt_outs", "was", "is_now"),
    [
        (100, 70, 3, False, False),
        (100, 71, 0, False, True),
        (100, 0, 4, False, True),
        (50, 0, 1, False, False),  # one person alone is no reason
        (49, 49, 49, False, False),
        (100, 71, 0, True, True),
        (100, 70, 3, True, False),
        (25, 25, 0, True, True),
        (24, 24, 24, True, False),
        (0, 0, 0, True, False),
    ],
)
def test_what_costs_people_too_much_is_halved(
    messages: int, silent: int, opt_outs: int, was: bool, is_now: bool
) -> None:
    assert halved(was, Burden(messages=messages, silent=silent, opt_outs=opt_outs)) is is_now


def test_halved_it_is_every_other_week_and_every_other_month() -> None:
    asked = bundles(True)
    assert next_step(asked, [], after(asked, 2 * WEEK - SECOND), is_halved=True) is Next.LATER
    assert waits_until(asked, [], after(asked, WEEK), is_halved=True) == after(asked, 2 * WEEK)
    assert next_step(asked, [], after(asked, 2 * WEEK), is_halved=True) is Next.ASK
    silent = bundles(False, False)
    assert next_step(silent, [], after(silent, 2 * MONTH - SECOND), is_halved=True) is Next.LATER
    assert next_step(silent, [], after(silent, 2 * MONTH), is_halved=True) is Next.ASK
    assert next_step([], [], BEGAN, is_halved=True) is Next.ASK
