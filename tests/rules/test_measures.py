"""Rates that cannot flatter: intervals, bounds for the silent, weights. Rule: domain.md 2.5, 2.9-12, 3.8, 3.10."""

import random
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from math import comb, isclose
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbot.trail import measures, small_numbers, travel
from kbot.trail.facts import Status
from kbot.trail.measures import (
    Again,
    Burden,
    CaseFacts,
    Counts,
    Disposition,
    Interval,
    Sample,
    adaptation_share,
    application_interval,
    application_rate,
    asked_share,
    bounds,
    bounds_over_eligible,
    conceptual_rate,
    counted,
    failure_share,
    mini_sample_rate,
    relevant_rate,
    response_rate,
    weighted_rate,
    wilson,
)

ANSWERS = [status for status in Status if status is not Status.DECLINED]


def answered(status: Status, inclusion: float = 1.0) -> CaseFacts:
    return CaseFacts(Disposition.ANSWERED, status, was_asked=True, inclusion=inclusion)


def silent(inclusion: float = 1.0) -> CaseFacts:
    return CaseFacts(Disposition.UNANSWERED, None, was_asked=True, inclusion=inclusion)


def not_drawn(inclusion: float = 0.5) -> CaseFacts:
    return CaseFacts(Disposition.NOT_SAMPLED, None, was_asked=False, inclusion=inclusion)


def count(*cases: CaseFacts) -> Counts:
    return counted(cases, people=len(cases), people_replied=sum(case.has_replied for case in cases))


CASES = st.builds(
    CaseFacts,
    disposition=st.one_of(st.none(), st.sampled_from(Disposition)),
    status=st.one_of(st.none(), st.sampled_from(Status)),
    was_asked=st.booleans(),
    inclusion=st.one_of(st.none(), st.just(1.0), st.floats(0.05, 0.99)),
)


# The card of domain.md 3.10


def card() -> Counts:
    said = [Status.APPLIED_AS_IS] * 5 + [Status.APPLIED_ADAPTED] * 4 + [Status.TRIED_NOT_WORKED] * 3
    said += [Status.CHANGED_THINKING] * 2 + [Status.NOT_YET] * 5 + [Status.NOT_APPLICABLE] * 3
    return count(*(answered(status) for status in said), *(silent() for _ in range(18)))


def test_a_set_of_cases_in_numbers() -> None:
    counts = card()
    assert (counts.asked, counts.replied, counts.silent) == (40, 22, 18)
    assert (counts.used, counts.as_is, counts.adapted, counts.tried) == (9, 5, 4, 3)
    assert (counts.thinking, counts.not_yet, counts.not_for_them) == (2, 5, 3)
    assert response_rate(counts) == 22 / 40
    assert application_rate(counts) == 9 / 22
    assert relevant_rate(counts) == 9 / 19
    assert conceptual_rate(counts) == 2 / 22
    assert adaptation_share(counts) == 4 / 9
    assert failure_share(counts) == 3 / 12
    assert asked_share(counts) == 1
    around = application_interval(counts)
    assert (round(100 * around.low), round(100 * around.high)) == (23, 61)
    assert bounds(counts) == Interval(9 / 40, 27 / 40)
    assert bounds_over_eligible(counts) == bounds(counts)
    assert weighted_rate(counts) == 9 / 22


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(2, 5, 12, 77), (5, 10, 24, 76), (10, 20, 30, 70), (20, 40, 35, 65), (50, 100, 40, 60)],
)
def test_the_interval_of_few_is_wide(part: int, whole: int, low: int, high: int) -> None:
    found = wilson(part, whole)
    assert (round(100 * found.low), round(100 * found.high)) == (low, high)


def test_nothing_is_divided_by_nothing() -> None:
    nothing = Counts()
    for rate in (response_rate, application_rate, relevant_rate, conceptual_rate, adaptation_share, failure_share):
        assert rate(nothing) is None
    assert asked_share(nothing) is None
    assert weighted_rate(nothing) is None
    assert bounds(nothing) == bounds_over_eligible(nothing) == application_interval(nothing) == Interval(0, 1)
    assert Burden().a_week is Burden().silent_share is Burden().opt_outs_per_hundred is None


# Intervals


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_lies_within_0_and_1_and_holds_its_rate(found: tuple[int, int]) -> None:
    part, whole = found
    around = wilson(part, whole)
    assert 0 <= around.low <= part / whole <= around.high <= 1
    assert around.low < around.high


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_is_the_same_from_the_other_side(found: tuple[int, int]) -> None:
    part, whole = found
    one, other = wilson(part, whole), wilson(whole - part, whole)
    assert isclose(one.low, 1 - other.high, abs_tol=1e-12)


@given(st.integers(1, 60), st.integers(0, 60), st.integers(2, 20))
def test_more_of_the_same_is_surer(whole: int, part: int, times: int) -> None:
    part = min(part, whole)
    few, many = wilson(part, whole), wilson(times * part, times * whole)
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.5])
def test_the_interval_holds_the_truth_as_often_as_it_says(rate: float) -> None:
    whole = 40
    held = sum(
        comb(whole, part) * rate**part * (1 - rate) ** (whole - part)
        for part in range(whole + 1)
        if wilson(part, whole).contains(rate)
    )
    assert held > 0.93


# The silent


@given(st.lists(CASES, max_size=40), st.randoms(use_true_random=False))
def test_the_bounds_hold_whatever_the_silent_would_have_said(cases: list[CaseFacts], chance: random.Random) -> None:
    counts = count(*cases)
    eligible = [case for case in cases if case.was_asked and case.disposition is not Disposition.INELIGIBLE]
    told = [case.is_used if case.has_replied else chance.random() < 0.5 for case in eligible]
    if told:
        share = sum(told) / len(told)
        found = bounds(counts)
        assert found.low - 1e-12 <= share <= found.high + 1e-12


@given(st.lists(CASES, max_size=40), st.randoms(use_true_random=False))
def test_where_everybody_was_asked_the_wide_bounds_hold_without_a_margin(
    cases: list[CaseFacts], chance: random.Random
) -> None:
    certain = [case for case in cases if case.inclusion == 1.0 and case.disposition is not Disposition.INELIGIBLE]
    told = [case.is_used if case.has_replied else chance.random() < 0.5 for case in certain]
    if told:
        found = bounds_over_eligible(count(*certain))
        assert found.low - 1e-12 <= sum(told) / len(told) <= found.high + 1e-12


@given(st.lists(CASES, max_size=40))
def test_all_numbers_fit_together(cases: list[CaseFacts]) -> None:
    counts = count(*cases)
    closed = counts.closed
    assert sum(getattr(closed, field.name) for field in fields(closed)) + counts.open_ == len(cases)
    kinds = (counts.as_is, counts.adapted, counts.tried, counts.thinking, counts.not_for_them, counts.not_yet)
    assert (
        sum(kinds) + counts.already_did + counts.decided_against + counts.passed_on + counts.no_change == counts.replied
    )
    assert 0 <= counts.used <= counts.replied <= counts.asked
    for around in (application_interval(counts), bounds(counts), bounds_over_eligible(counts)):
        assert 0 <= around.low <= around.high <= 1


def test_who_was_not_drawn_is_never_taken_for_silent() -> None:
    counts = count(answered(Status.NOT_YET, 0.5), silent(0.5), not_drawn())
    assert (counts.asked, counts.silent, counts.closed.not_sampled) == (2, 1, 1)
    assert counts.sample.eligible == 3
    assert asked_share(counts) == 2 / 3


def test_a_refusal_is_asked_and_not_an_answer() -> None:
    refused = CaseFacts(Disposition.REFUSED, Status.DECLINED, was_asked=True, inclusion=1.0)
    counts = count(refused, answered(Status.APPLIED_AS_IS))
    assert (counts.asked, counts.replied, counts.silent) == (2, 1, 1)


def test_not_yet_and_then_silence_is_silence() -> None:
    case = CaseFacts(Disposition.UNANSWERED, Status.NOT_YET, was_asked=True, inclusion=1.0)
    assert count(case).silent == 1


def test_what_is_gone_is_nowhere() -> None:
    gone = CaseFacts(Disposition.INELIGIBLE, Status.APPLIED_AS_IS, was_asked=True, inclusion=1.0)
    counts = count(gone)
    assert (counts.asked, counts.used, counts.sample.eligible, counts.closed.ineligible) == (0, 0, 0, 1)


def test_what_was_told_before_it_was_asked_is_known_of_all_but_not_of_those_asked() -> None:
    told = CaseFacts(Disposition.ANSWERED, Status.APPLIED_AS_IS, was_asked=False, inclusion=None)
    counts = count(told, silent())
    assert (counts.asked, counts.used) == (1, 0)
    assert bounds_over_eligible(counts) == Interval(0.5, 1.0)


# Weights and the sampling margin


def test_each_drawn_one_stands_for_as_many_as_it_was_drawn_from() -> None:
    busy = [answered(Status.APPLIED_AS_IS, 0.25), *(not_drawn(0.25) for _ in range(3))]
    calm = [answered(Status.NOT_YET), answered(Status.NOT_YET), answered(Status.NOT_YET), answered(Status.NOT_YET)]
    counts = count(*busy, *calm)
    assert application_rate(counts) == 1 / 5
    assert weighted_rate(counts) == 1 / 2


def test_what_no_lot_could_draw_may_have_been_used() -> None:
    found = bounds_over_eligible(count(not_drawn(0.0), answered(Status.NOT_YET)))
    assert (found.low, found.high) == (0.0, 0.5)


def test_what_was_drawn_and_never_arrived_may_have_been_used() -> None:
    lost = CaseFacts(Disposition.UNDELIVERED, None, was_asked=False, inclusion=0.5)
    found = bounds_over_eligible(count(lost, not_drawn()))
    assert (found.low, found.high) == (0.0, 1.0)


@settings(max_examples=50)
@given(st.integers(1, 200), st.integers(0, 200))
def test_the_margin_vanishes_when_all_were_drawn(frame: int, used: int) -> None:
    used = min(used, frame)
    cases = [answered(Status.APPLIED_AS_IS if n < used else Status.NOT_YET, 0.5) for n in range(frame)]
    found = bounds_over_eligible(count(*cases))
    assert isclose(found.low, used / frame, abs_tol=1e-12)
    assert isclose(found.high, used / frame, abs_tol=1e-12)


@pytest.mark.parametrize(("people", "due", "slots"), [(40, 6, 3), (15, 9, 3), (60, 4, 3)])
def test_the_wide_bounds_hold_the_truth_in_nearly_every_sample(people: int, due: int, slots: int) -> None:
    """Domain.md 3.8: truth 30 %, those who used it answer in 60 % of cases, others in 35 %. Of what is due three are
    drawn; every fourth person has no more than three."""
    chance, held = random.Random(7), 0
    times = 300
    for _ in range(times):
        cases, truth = [], []
        for person in range(people):
            mine = [chance.random() < 0.30 for _ in range(due if person % 4 else slots)]
            truth += mine
            inclusion = slots / len(mine)
            drawn = set(chance.sample(range(len(mine)), slots))
            for n, used in enumerate(mine):
                if n not in drawn:
                    cases.append(not_drawn(inclusion))
                elif chance.random() < (0.60 if used else 0.35):
                    cases.append(answered(Status.APPLIED_AS_IS if used else Status.NOT_YET, inclusion))
                else:
                    cases.append(silent(inclusion))
        held += bounds_over_eligible(count(*cases)).contains(sum(truth) / len(truth))
    assert held >= 0.95 * times


def test_the_mini_sample_needs_enough_to_say_something() -> None:
    counts = card()
    assert mini_sample_rate(counts, Again(9, 3)) is None
    assert mini_sample_rate(counts, Again(12, 2)) == (9 + 18 * 2 / 12) / 40
    assert mini_sample_rate(count(answered(Status.NOT_YET)), Again(12, 2)) is None


def test_the_mini_sample_takes_the_bias_out() -> None:
    chance, found = random.Random(3), []
    for _ in range(200):
        asked = [chance.random() < 0.30 for _ in range(100)]
        spoke = [chance.random() < (0.60 if used else 0.35) for used in asked]
        quiet = [used for used, said in zip(asked, spoke, strict=True) if not said]
        mini = chance.sample(quiet, 30)
        cases = [
            (answered(Status.APPLIED_AS_IS if used else Status.NOT_YET) if said else silent())
            for used, said in zip(asked, spoke, strict=True)
        ]
        found.append(mini_sample_rate(count(*cases), Again(len(mini), sum(mini))) or 0.0)
    assert abs(sum(found) / len(found) - 0.30) < 0.02


# Nobody is in it


def output_types() -> Iterator[type[Any]]:
    for module in (measures, small_numbers, travel):
        for kind in vars(module).values():
            if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__:
                yield kind


NUMBERS = (int, float, bool, type(None))


def parts(hint: Any) -> Iterator[Any]:
    if get_origin(hint) is UnionType or get_args(hint):
        for inner in get_args(hint):
            yield from parts(inner)
    else:
        yield hint


def test_statistics_have_no_person_dimension() -> None:
    """Domain.md 2.9-12: by every field and annotation, there is nothing that a person could be named or keyed by."""
    kinds = set(output_types())
    assert {Counts, Sample, Burden, CaseFacts, travel.Borders, travel.FirstUse, travel.HalfLife} <= kinds
    for kind in kinds:
        for name, hint in get_type_hints(kind).items():
            if kind in (small_numbers.Cell, small_numbers.Table) and str in parts(hint):
                continue  # the names of parts, which test_report holds to the kinds of receipts
            for part in parts(hint):
                assert part in NUMBERS or part in kinds or part in (Status, Disposition), f"{kind.__name__}.{name}"
            is_number = all(part in NUMBERS for part in parts(hint))
            assert not any(word in name for word in ("person", "user", "who", "name")) or is_number
