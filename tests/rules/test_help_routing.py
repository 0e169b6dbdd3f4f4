"""Who is asked for help: in which order, never twice, never who cannot, and it always ends with a human."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbot.helping.facts import NEXT, TURNS, Candidate, RequestState, Role, TurnState
from kbot.helping.routing import MOST_HELPERS, candidates, next_helper, users_who_offered
from kbot.trail.facts import Fact, Helper, HelpOffered, Outcome, Responded, Status

ANA, BEN, CLEO, DOV, EVA = "ANA", "BEN", "CLEO", "DOV", "EVA"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHARED = Candidate(ANA, Role.CONTRIBUTOR)


def used(person: str) -> Candidate:
    return Candidate(person, Role.USER)


def offered(person: str, day: float = 0, *, may_ask: bool = True) -> Fact:
    return HelpOffered("T1", f"o{person}{day}", NOW + timedelta(days=day), person, "i1", may_ask)


def told(person: str, status: Status, outcome: Outcome | None = None) -> Fact:
    return Responded("T1", f"r{person}{status}{outcome}", NOW, person, "i1", status, outcome)


@pytest.mark.parametrize(
    ("first", "contributor", "expected"),
    [
        (Helper.CONTRIBUTOR, ANA, [SHARED, used(CLEO), used(DOV)]),
        (Helper.USER, ANA, [used(CLEO), used(DOV), SHARED]),
        (Helper.CONTRIBUTOR, None, [used(CLEO), used(DOV)]),
        (Helper.CONTRIBUTOR, CLEO, [Candidate(CLEO, Role.CONTRIBUTOR), used(DOV)]),
    ],
)
def test_the_asker_says_who_comes_first(first: Helper, contributor: str | None, expected: list[Candidate]) -> None:
    assert list(candidates(first, contributor, [CLEO, DOV])) == expected


def test_a_user_is_asked_only_if_it_worked_and_they_offered_and_the_latest_word_counts() -> None:
    helped = [told(person, Status.APPLIED_AS_IS, Outcome.HELPED) for person in (ANA, BEN, CLEO, DOV)]
    said = [
        *helped,
        offered(ANA, 1),
        offered(BEN, 2),
        offered(BEN, 3, may_ask=False),
        offered(CLEO, 4),
        offered(EVA, 5),
        told(CLEO, Status.TRIED_NOT_WORKED),
        offered(DOV, 6),
    ]
    assert users_who_offered(said) == [DOV, ANA], "not Ben, who took it back, Cleo, for whom it failed, or Eva"


@pytest.mark.parametrize(
    ("asked", "able", "expected"),
    [
        ([], [ANA, CLEO, DOV], SHARED),
        ([], [CLEO, DOV], used(CLEO)),
        ([ANA], [ANA, CLEO, DOV], used(CLEO)),
        ([ANA, CLEO], [ANA, CLEO], None),
        ([ANA, CLEO, "X"], [ANA, CLEO, DOV], None),
        ([], [], None),
    ],
)
def test_the_next_one_is_able_was_not_asked_and_is_the_third_at_most(
    asked: list[str], able: list[str], expected: Candidate | None
) -> None:
    assert next_helper([SHARED, used(CLEO), used(DOV)], BEN, asked, able) == expected


PEOPLE = st.sampled_from([ANA, BEN, CLEO, DOV, EVA])


@given(
    first=st.sampled_from(Helper),
    contributor=st.none() | PEOPLE,
    users=st.lists(PEOPLE, unique=True),
    asker=PEOPLE,
    able=st.lists(st.sets(PEOPLE), min_size=9, max_size=9),
)
def test_it_ends_and_nobody_is_asked_twice_or_about_their_own_question(
    first: Helper, contributor: str | None, users: list[str], asker: str, able: list[set[str]]
) -> None:
    found = candidates(first, contributor, users)
    asked: list[str] = []
    for now_able in able:
        helper = next_helper(found, asker, asked, now_able)
        if helper is None:
            break
        assert helper.person in now_able
        asked.append(helper.person)
    assert len(asked) == len(set(asked)) <= MOST_HELPERS
    assert asker not in asked


def test_every_open_request_can_be_taken_back_and_can_end_well() -> None:
    for state in RequestState:
        ends = {RequestState.RESOLVED, RequestState.WITHDRAWN, RequestState.GONE}
        assert (state in ends) == state.is_over == (not NEXT[state])
        assert state.is_over or ends <= NEXT[state]


def test_an_answer_is_taken_from_every_turn_that_has_none() -> None:
    has_one = {TurnState.ANSWERED, TurnState.HELPED, TurnState.NOT_HELPED}
    assert {state for state in TurnState if TurnState.ANSWERED in TURNS[state]} == set(TurnState) - has_one
