"""`/kb limits`: what people type, and what they get."""

import pytest

from kbot.act import BadInput
from kbot.home.limits import asks_in_words, in_words, parse
from kbot.people.facts import Limits
from kbot.people.hours import Window

USUAL = Limits()


@pytest.mark.parametrize(
    ("typed", "limits"),
    [
        ("2", Limits(2)),
        ("2 times a week", Limits(2)),
        ("11-15", Limits(3, Window(11, 15))),
        ("from 11:00 to 15:00", Limits(3, Window(11, 15))),
        ("mon-thu", Limits(3, Window(days=frozenset({0, 1, 2, 3})))),
        ("Monday to Thursday", Limits(3, Window(days=frozenset({0, 1, 2, 3})))),
        ("sun - thu", Limits(3, Window(days=frozenset({6, 0, 1, 2, 3})))),
        ("tue", Limits(3, Window(days=frozenset({1})))),
        ("1, 13-14, fri", Limits(1, Window(13, 14, frozenset({4})))),
        ("ask tue", Limits(ask_day=1)),
        ("ask me on Tuesdays", Limits(ask_day=1)),
        ("2 mon-thu ask wednesday", Limits(2, Window(days=frozenset({0, 1, 2, 3})), 2)),
        ("ask any", USUAL),
        ("usual", USUAL),
    ],
)
def test_what_is_understood(typed: str, limits: Limits) -> None:
    assert parse(typed, USUAL) == limits


def test_what_is_not_named_stays() -> None:
    assert parse("11-15", Limits(1)) == Limits(1, Window(11, 15))


@pytest.mark.parametrize(
    "typed", ["4", "999999", "-1", "9-12", "10-17", "15-11", "11-11", "mo", "mon-", "someday", "²", "a week", "x" * 900]
)
def test_what_is_not_is_said_with_examples(typed: str) -> None:
    with pytest.raises(BadInput, match="/kb limits"):
        parse(typed, USUAL)


@pytest.mark.parametrize("typed", ["ask", "ask mon-thu", "ask someday", "ask sat", "mon-thu ask fri"])
def test_the_day_for_questions_is_one_of_ones_own(typed: str) -> None:
    with pytest.raises(BadInput, match="/kb limits ask tue"):
        parse(typed, USUAL)


def test_the_day_for_questions_is_said() -> None:
    assert asks_in_words(Limits(ask_day=1)) == " How things went I ask on Tuesdays."
    assert asks_in_words(USUAL) == ""


def test_never_is_another_command() -> None:
    with pytest.raises(BadInput, match="/kb pause"):
        parse("0", USUAL)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (USUAL, "3 times a week at most, on working days from 10:00 to 16:00"),
        (
            Limits(1, Window(11, 15, frozenset({6, 0, 1}))),
            "once a week at most, on Sunday to Tuesday from 11:00 to 15:00",
        ),
        (Limits(2, Window(days=frozenset({0, 3}))), "twice a week at most, on Monday, Thursday from 10:00 to 16:00"),
        (Limits(2, Window(days=frozenset({5}))), "twice a week at most, on Saturday from 10:00 to 16:00"),
    ],
)
def test_in_words(limits: Limits, words: str) -> None:
    assert in_words(limits) == words
