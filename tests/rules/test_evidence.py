"""What is said of an item in words, and when it is contested. Rule: product.md 4."""

from datetime import UTC, datetime, timedelta

import pytest

from kbot.trail.facts import Evidence

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def ago(*days: float) -> tuple[datetime, ...]:
    return tuple(NOW - timedelta(days=n) for n in days)


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
