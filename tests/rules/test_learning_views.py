"""What a learning check says: the question alone, then the answer, then what was said of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbot.learning import views
from kbot.learning.facts import Check, CheckState, Recall
from kbot.library.facts import Item
from kbot.trail.proof import Evidence
from tests.rules.test_views_fit import NOW, is_fine, items, often

ASKED = Check("T1", "U0BEN", "i1", CheckState.ASKED, 0, 0, NOW, NOW, "check:U0BEN:2026-W48")


def read(check: Check, item: Item | None) -> str:
    _, blocks = views.checks([views.Asked(check, item, Evidence())], {"U0ANA": "Ana"}, NOW)
    return str(blocks)


@often
@given(items)
def test_the_answer_is_not_seen_before_it_is_asked_for(item: Item) -> None:
    item = replace(item, lines=replace(item.lines, title="Stuck?", question="", body="zebra-crossing", when=""))
    item = replace(item, lines=replace(item.lines, because="", limits=""), source=None)
    assert "zebra-crossing" not in read(ASKED, item)
    assert "Show answer" in read(ASKED, item)
    shown = read(replace(ASKED, is_shown=True), item)
    assert "zebra-crossing" in shown
    assert all(label.replace("'", "\\'") in shown or label in shown for label in views.LABELS.values())


@often
@given(
    st.lists(items, min_size=1, max_size=3),
    st.sampled_from(CheckState),
    st.none() | st.sampled_from(Recall),
    st.booleans(),
    st.integers(0, 9),
)
def test_whatever_people_wrote_slack_takes_it(
    found: list[Item], state: CheckState, recall: Recall | None, is_shown: bool, forgotten: int
) -> None:
    check = replace(ASKED, state=state, recall=recall, is_shown=is_shown, forgotten=forgotten)
    _, blocks = views.checks([views.Asked(replace(check, item=i.id), i, Evidence()) for i in found], {}, NOW)
    is_fine(blocks)


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "a day"), (1, "a day"), (4, "4 days"), (31, "4 weeks"), (61, "2 months"), (173, "6 months")],
)
def test_when_it_comes_again_is_said_in_words(days: int, words: str) -> None:
    check = replace(ASKED, state=CheckState.WAITING, recall=Recall.RECALLED, due_at=NOW + timedelta(days=days))
    assert views.small_print(check, NOW) == f"I ask in {words} at the earliest"


@often
@given(items)
def test_what_is_hard_is_said_to_be_the_wordings_fault_and_once_it_is_hard_only(item: Item) -> None:
    easy = replace(ASKED, state=CheckState.WAITING, recall=Recall.FORGOTTEN, forgotten=2)
    assert views.HARD not in read(easy, item)
    assert views.HARD in read(replace(easy, forgotten=3), item)
    assert views.HARD not in read(replace(easy, forgotten=3, recall=Recall.EASILY), item)


def test_what_is_not_to_be_seen_any_more_is_not_named() -> None:
    assert "gone, or not for you to see any more" in read(ASKED, None)
