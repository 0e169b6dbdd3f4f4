"""What may be shown of few, and that it cannot be found by subtracting. Rule: domain.md 2.9-7, 3.10; product.md 6."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kbot.trail.measures import Counts, Sample
from kbot.trail.small_numbers import (
    FEWEST_PEOPLE,
    Cell,
    bounds_in_words,
    eligible_in_words,
    may_be_shown,
    may_not_follow,
    rate_in_words,
    shown,
    used_in_words,
)

PEOPLE = st.sets(st.integers(0, 40), max_size=30)
"""Who is in a part; people may be in several."""


def of(people: int, replied: int | None = None) -> Counts:
    return Counts(people=people, people_replied=people if replied is None else replied)


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, tuple[set[int], set[int]]], Counts, list[Cell]]:
    parts = {}
    for name in draw(st.sets(st.sampled_from("abcdef"), min_size=1)):
        people = draw(PEOPLE)
        replied = draw(st.sets(st.sampled_from(sorted(people)))) if people else set()
        parts[name] = (people, replied)
    everybody = set().union(*(people for people, _ in parts.values()))
    repliers = set().union(*(replied for _, replied in parts.values()))
    cells = [Cell(name, of(len(people), len(replied))) for name, (people, replied) in parts.items()]
    return parts, of(len(everybody), len(repliers)), cells


@given(tables())
def test_nothing_is_shown_of_fewer_than_five_people(
    made: tuple[dict[str, tuple[set[int], set[int]]], Counts, list[Cell]],
) -> None:
    _, total, cells = made
    table = shown(total, cells)
    for counts in (table.total, *table.parts.values()):
        assert counts is None or counts.people == 0 or counts.people >= FEWEST_PEOPLE
        assert counts is None or counts.people_replied == 0 or counts.people_replied >= FEWEST_PEOPLE


@given(tables())
def test_what_is_hidden_cannot_be_found_by_subtracting(
    made: tuple[dict[str, tuple[set[int], set[int]]], Counts, list[Cell]],
) -> None:
    """What is left of the total after all that is shown is about nobody, or about a crowd: of people and of answers."""
    parts, total, cells = made
    table = shown(total, cells)
    hidden = [name for name, counts in table.parts.items() if counts is None]
    if table.total is None or not hidden:
        return
    assert len(hidden) > 1, "the one that is hidden is the total less the others"
    assert len(set().union(*(parts[name][0] for name in hidden))) >= FEWEST_PEOPLE
    assert len(set().union(*(parts[name][1] for name in hidden))) >= FEWEST_PEOPLE


@given(tables())
def test_no_more_is_hidden_than_must_be(
    made: tuple[dict[str, tuple[set[int], set[int]]], Counts, list[Cell]],
) -> None:
    _, total, cells = made
    table = shown(total, cells)
    small = [cell for cell in cells if not may_be_shown(cell.counts)]
    hidden = [name for name, counts in table.parts.items() if counts is None]
    assert len(hidden) <= len(small) + 1
    if not small and may_be_shown(total):
        assert not hidden
        assert table.total == total


def test_several_small_parts_are_no_crowd_because_they_may_be_the_same_people() -> None:
    table = shown(of(8), [Cell("a", of(4)), Cell("b", of(4))])
    assert table.total is None


def test_a_number_changes_only_when_a_crowd_has_moved() -> None:
    before = {"all": 20, "part": 12, "beside": None}
    assert may_not_follow(before, {"all": 20, "part": 12}, {"all": 3}) == set(), "nothing differs"
    assert may_not_follow(before, {"all": 21, "part": 13}, {"all": 5, "part": 4}) == {"part"}
    assert may_not_follow(before, {"all": 19, "part": 12}, {}) == {"all"}, "somebody erased what they said"
    assert may_not_follow(before, {"all": None, "beside": 7, "new": 7}, {}) == set(), "nothing to subtract from"


@given(st.lists(st.sets(st.integers(0, 30), max_size=12), min_size=1, max_size=8))
def test_two_reports_in_a_row_never_differ_by_a_few(weeks: list[set[int]]) -> None:
    """What moves while a number may not follow is in the next one's difference too."""
    shown_last, moved, true = 0, set[int](), 0
    for week in weeks:
        moved, true = moved | week, true + len(week)
        if not may_not_follow({"all": shown_last}, {"all": true}, {"all": len(moved)}):
            assert true == shown_last or len(moved) >= FEWEST_PEOPLE
            shown_last, moved = true, set()


# Words


def test_under_ten_answers_there_is_no_percentage() -> None:
    assert rate_in_words(3, 4, "who answered") == "3 of 4 who answered"
    assert rate_in_words(0, 0, "who answered") == "none who answered yet"
    counts = Counts(asked=12, replied=9, as_is=3)
    assert used_in_words(counts) == "used (reported): 3 of 9 who answered"
    assert bounds_in_words(counts) == "12 asked: between 3 and 6 used it"


def test_from_ten_on_a_rate_comes_with_its_interval_and_what_the_silent_leave_open() -> None:
    counts = Counts(asked=31, replied=18, as_is=5, adapted=4)
    assert used_in_words(counts) == "used (reported): 9 of 18 who answered (29-71 %)"
    assert bounds_in_words(counts) == "31 asked: between 29 % and 71 % used it"
    assert eligible_in_words(replace(counts, sample=Sample(certain=31, certain_used=9, certain_unknown=13))) == ""


def test_who_was_not_asked_makes_it_wider() -> None:
    sample = Sample(frame=60, drawn=30, weight=60.0, weight_squared=120.0, weight_used=18.0, weight_unknown=24.0)
    counts = Counts(asked=30, replied=18, as_is=9, sample=sample)
    assert eligible_in_words(counts) == "of 60 who showed contact 50 % were asked: between 20-80 % used it"


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_nothing_is_called_reached(asked: int, replied: int, used: int) -> None:
    replied = min(replied, asked)
    counts = Counts(asked=asked, replied=replied, as_is=min(used, replied))
    said = " ".join((used_in_words(counts), bounds_in_words(counts), eligible_in_words(counts)))
    assert "reached" not in said
    assert "%" not in said or replied >= 10
