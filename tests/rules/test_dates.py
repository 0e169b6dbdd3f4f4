"""Until when: what people say of a day, and what they cannot mean."""

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbot.act import BadInput
from kbot.delivery import dates

TODAY = date(2026, 11, 20)
"""A Friday."""


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2 Dec", date(2026, 12, 2)),
        ("Dec 2", date(2026, 12, 2)),
        ("December 2nd", date(2026, 12, 2)),
        ("2 December 2026", date(2026, 12, 2)),
        ("2026-12-02", date(2026, 12, 2)),
        ("2.12.2026", date(2026, 12, 2)),
        ("today", TODAY),
        ("tomorrow", date(2026, 11, 21)),
        ("the day after tomorrow", date(2026, 11, 22)),
        ("Monday", date(2026, 11, 23)),
        ("next friday", date(2026, 11, 27)),
        ("this week", TODAY),
        ("next week", date(2026, 11, 27)),
        ("in 2 weeks", date(2026, 12, 4)),
        ("two weeks", date(2026, 12, 4)),
        ("a week from now", date(2026, 11, 27)),
        ("in 3 days", date(2026, 11, 23)),
        ("in a month", date(2026, 12, 20)),
        ("end of month", date(2026, 11, 30)),
        ("the end of the month", date(2026, 11, 30)),
        ("end of the year", date(2026, 12, 31)),
        ("15 Jan", date(2027, 1, 15)),
        ("Jan 15", date(2027, 1, 15)),
    ],
)
def test_a_day_as_people_say_it(words: str, day: date) -> None:
    assert dates.day(words, TODAY) == day


@pytest.mark.parametrize("words", ["yesterday", "2 Dec 2025", "2026-11-19", "last week"])
def test_a_day_that_is_over_is_refused(words: str) -> None:
    with pytest.raises(BadInput, match=r"That day is over already\. Say a day to come"):
        dates.day(words, TODAY)


@pytest.mark.parametrize("words", ["", "soon", "31 Feb", "next summer", "99999999", "2 dez", "x" * 500, "\x00", "-"])
def test_what_is_no_day_is_refused(words: str) -> None:
    with pytest.raises(BadInput, match="I do not understand until when"):
        dates.day(words, TODAY)


def test_a_day_too_far_away_is_refused() -> None:
    with pytest.raises(BadInput, match="a year at most"):
        dates.day("2 Dec 2028", TODAY)


numbers = st.from_regex(
    r"(in |\+|-|)[0-9]{1,9} ?(day|week|month|year|second|hour|)s?( ago| [0-9]{1,9}|)", fullmatch=True
)
pieces = st.sampled_from(
    [
        "dec",
        "december",
        "mon",
        "monday",
        "next",
        "last",
        "prev",
        "end",
        "start",
        "of",
        "month",
        "year",
        "week",
        "31",
        "0",
        "9999",
        "2",
        "+",
        "-",
        ".",
        "/",
        "@",
        "12",
    ]
)


@settings(max_examples=1000, deadline=None)
@given(st.text(max_size=80) | numbers | st.lists(pieces, max_size=6).map(" ".join))
def test_whatever_is_typed_is_a_day_to_come_or_one_sentence(words: str) -> None:
    with contextlib.suppress(BadInput):
        assert TODAY <= dates.day(words, TODAY) <= TODAY + timedelta(days=366)


@pytest.mark.parametrize(
    ("typed", "what", "until"),
    [
        ('"moving billing to X" by 2 Dec', "moving billing to X", "2 Dec"),
        ("“moving billing to X” by 2 Dec.", "moving billing to X", "2 Dec"),
        ("moving billing to X by friday", "moving billing to X", "friday"),
        ("sign off by legal by next week", "sign off by legal", "next week"),
        ("moving billing until tomorrow", "moving billing", "tomorrow"),
    ],
)
def test_what_and_until_when(typed: str, what: str, until: str) -> None:
    assert dates.split(typed) == (what, until)


@pytest.mark.parametrize("typed", ["", "moving billing", '"" by friday', "by friday"])
def test_one_of_the_two_is_missing(typed: str) -> None:
    with pytest.raises(BadInput, match="Say what you need"):
        dates.split(typed)
