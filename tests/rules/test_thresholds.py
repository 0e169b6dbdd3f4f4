"""Thresholds that thumbs have moved: only by enough of them, never far, and always the way they point."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbot.library.search.thresholds import (
    CITED,
    FEWEST_OF_A_KIND,
    FEWEST_PEOPLE,
    FEWEST_THUMBS,
    HIGHEST,
    LOWEST,
    MOST_OF_A_PERSON,
    Threshold,
    Thumb,
    Tuning,
    fitted,
)

PEOPLE = [f"U{n}" for n in range(12)]
thumb = st.builds(Thumb, st.sampled_from(PEOPLE), st.floats(0.2, 1), st.floats(0, 1), st.booleans())
many = st.lists(thumb, min_size=40, max_size=80)


def said(helpful: int, unhelpful: int, *, score: float = 0.5, chance: float = 0.4, people: int = 12) -> list[Thumb]:
    """So many thumbs under answers of this score, from this many people in turns."""
    total = helpful + unhelpful
    return [Thumb(PEOPLE[n % people], score, chance, is_helpful=n < helpful) for n in range(total)]


def test_a_few_thumbs_say_nothing() -> None:
    assert fitted([]) is None
    assert fitted(said(15, 14)) is None
    assert fitted(said(15, 15)) is not None


@pytest.mark.parametrize(("helpful", "unhelpful"), [(60, FEWEST_OF_A_KIND - 1), (FEWEST_OF_A_KIND - 1, 60)])
def test_thumbs_of_one_kind_say_nothing(helpful: int, unhelpful: int) -> None:
    assert fitted(said(helpful, unhelpful)) is None
    assert fitted(said(max(helpful, 5), max(unhelpful, 5))) is not None


def test_a_few_people_say_nothing_however_often() -> None:
    assert fitted(said(20, 20, people=FEWEST_PEOPLE - 1)) is None
    assert fitted(said(100, 100, people=FEWEST_PEOPLE - 1)) is None
    assert fitted(said(20, 20, people=FEWEST_PEOPLE)) is not None


def test_nobody_decides_alone() -> None:
    """Of one person's hundred only the newest ten count."""
    calm = said(30, 15)
    angry = [Thumb("UANGRY", 0.6, 0.6, is_helpful=False)] * 100
    assert fitted([*angry, *calm]) == fitted([*angry[:MOST_OF_A_PERSON], *calm])
    mended = [Thumb("UANGRY", 0.6, 0.6, is_helpful=True)] * MOST_OF_A_PERSON
    assert fitted([*angry, *mended, *calm]) == fitted([*mended, *calm]), "what they say now counts"


def test_where_answers_help_as_often_as_elsewhere_it_stays_as_it_was() -> None:
    at_the_edge = said(20, 40, score=CITED.answer, chance=CITED.sure)
    found = fitted(at_the_edge)
    assert found is not None
    assert found.answer == pytest.approx(CITED.answer, abs=0.01)


def test_where_they_help_more_often_more_is_answered_and_where_less_less() -> None:
    good, bad = fitted(said(50, 10)), fitted(said(10, 50))
    assert good is not None
    assert bad is not None
    assert good.answer < CITED.answer < bad.answer
    assert good.sure < CITED.sure < bad.sure


@given(many)
def test_it_never_goes_far(thumbs: list[Thumb]) -> None:
    found = fitted(thumbs)
    if found is not None:
        assert LOWEST.answer <= found.answer <= HIGHEST.answer
        assert LOWEST.sure <= found.sure <= HIGHEST.sure


@given(many, st.data())
def test_a_thumb_that_turns_down_never_lowers_a_threshold(thumbs: list[Thumb], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(thumbs) - 1))
    better, worse = list(thumbs), list(thumbs)
    better[at], worse[at] = replace(thumbs[at], is_helpful=True), replace(thumbs[at], is_helpful=False)
    up, down = fitted(better), fitted(worse)
    if up is not None and down is not None:
        assert up.answer <= down.answer
        assert up.sure <= down.sure


@given(st.lists(thumb, max_size=FEWEST_THUMBS - 1))
def test_below_the_fewest_nothing_is_ever_fitted(thumbs: list[Thumb]) -> None:
    assert fitted(thumbs) is None


@pytest.mark.parametrize(
    ("tuning", "threshold"),
    [
        (Tuning(), CITED),
        (Tuning(fitted=Threshold(0.35, 0.4), thumbs=40), Threshold(0.35, 0.4)),
        (Tuning(chosen_answer=0.5), Threshold(0.5, CITED.sure)),
        (Tuning(chosen_sure=0.6, fitted=Threshold(0.35, 0.4)), Threshold(0.35, 0.6)),
        (Tuning(0.2, 0.9, Threshold(0.35, 0.4)), Threshold(0.2, 0.9)),
    ],
)
def test_an_admin_comes_before_thumbs_and_thumbs_before_the_prior(tuning: Tuning, threshold: Threshold) -> None:
    assert tuning.threshold == threshold
