"""What is said of an item in words, and when it is contested. Rule: product.md 4."""

from datetime import UTC, datetime, timedelta

import pytest

from kbot.trail.proof import Evidence, Readers, Story

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def ago(*days: float) -> tuple[datetime, ...]:
    return tuple(NOW - timedelta(days=n) for n in days)


def at(*places: str) -> tuple[Story, ...]:
    """Stories told of these places."""
    return tuple(
        Story("T1", "c", "i", "U0BEN", place, "x", "", "", Readers.EVERYONE, True, "", NOW) for place in places
    )


@pytest.mark.parametrize(
    ("troubles", "contested"),
    [((), False), (ago(1), False), (ago(1, 59), True), (ago(1, 61), False), (ago(70, 80, 90), False)],
)
def test_two_people_within_sixty_days_contest_an_item(troubles: tuple[datetime, ...], contested: bool) -> None:
    assert Evidence(failed=3, troubles=troubles).is_contested(NOW) is contested


def test_a_contested_item_says_so_first_and_by_how_many_not_by_whom() -> None:
    evidence = Evidence(used=3, failed=1, doubted=2, troubles=ago(1, 2, 3))
    assert evidence.told(NOW) == (
        "*contested* by 3 people lately: used by 3 (reported), did not work for 1, 2 say that it is outdated or wrong"
    )
    assert Evidence(doubted=1, troubles=ago(1)).told(NOW) == "1 says that it is outdated or wrong"
    assert Evidence().told(NOW) == ""


def test_it_says_for_how_many_of_those_who_said_it_worked_and_where() -> None:
    evidence = Evidence(used=8, helped=6, failed=1, successes=at("night shift"), failures=at("EU tenant"))
    assert evidence.in_words == (
        "used by 8 (reported), worked for 6 of 7 (night shift), did not work for 1 (EU tenant)"
    )
    assert Evidence(used=2).in_words == "used by 2 (reported)", "nobody said how it went"
    assert Evidence(used=2, partly=1, no_difference=1).in_words == (
        "used by 2 (reported), worked for 0 of 2, partly for 1"
    )


def test_reports_with_a_proof_are_counted_apart() -> None:
    evidence = Evidence(used=3, helped=3, confirmed=1, linked=2, seen=1)
    assert evidence.in_words == (
        "used by 3 (reported), worked for 3 of 3, confirmed by 1 who did the same before, 2 with a link, "
        "1 seen by a colleague"
    )


def test_a_place_is_shown_harmlessly_and_short() -> None:
    shown = Evidence(failed=1, failures=at("<!channel>\n" + "x" * 200, "a", "a", "b", "c")).in_words
    assert shown.startswith("did not work for 1 (&lt;!channel&gt; x")
    assert shown.endswith("…, a, b ...)")
    assert "\n" not in shown


@pytest.mark.parametrize(
    ("worked", "homes", "learned"),
    [
        (3, ("#b",), True),
        (3, ("#a", "#b"), True),
        (3, ("#a", "#A", "#a"), False),
        (3, (), False),
        (2, ("#b", "#b"), False),
        (7, ("#a", "Sales"), True),
    ],
)
def test_learned_is_what_worked_for_three_one_of_them_from_outside(
    worked: int, homes: tuple[str, ...], learned: bool
) -> None:
    assert Evidence(used=worked, helped=worked, homes=homes).is_learned("#a") is learned


def test_who_did_not_choose_a_community_is_outside_of_none() -> None:
    assert Evidence(used=9, helped=9).abroad("#a") == 0
