"""Whose yes an item needs, and how its state may change."""

from datetime import UTC, datetime, timedelta

import pytest

from kbot.capture.consent import terms
from kbot.library import facts as library
from kbot.library.facts import Consent, ItemState, WaitsFor
from kbot.people.facts import Policy, Publication

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ANA, BEN, APP = "U0ANA", "U0BEN", None
DAY = timedelta(days=1)

TABLE = [
    # policy, who wrote it, who flags it: what it waits for, what the contributor has said, until when
    (Publication.NOTIFY, ANA, BEN, WaitsFor.NOTHING, Consent.ASKED, None),
    (Publication.NOTIFY, ANA, ANA, WaitsFor.NOTHING, Consent.GIVEN, None),
    (Publication.NOTIFY, APP, BEN, WaitsFor.BROKER, Consent.GIVEN, None),
    (Publication.OPT_OUT, ANA, BEN, WaitsFor.TIME, Consent.ASKED, NOW + DAY),
    (Publication.OPT_OUT, ANA, ANA, WaitsFor.NOTHING, Consent.GIVEN, None),
    (Publication.OPT_OUT, APP, BEN, WaitsFor.BROKER, Consent.GIVEN, None),
    (Publication.OPT_IN, ANA, BEN, WaitsFor.CONTRIBUTOR, Consent.ASKED, NOW + 14 * DAY),
    (Publication.OPT_IN, ANA, ANA, WaitsFor.NOTHING, Consent.GIVEN, None),
    (Publication.OPT_IN, APP, BEN, WaitsFor.BROKER, Consent.GIVEN, None),
    (Publication.REVIEW, ANA, BEN, WaitsFor.BROKER, Consent.ASKED, None),
    (Publication.REVIEW, ANA, ANA, WaitsFor.BROKER, Consent.GIVEN, None),
    (Publication.REVIEW, APP, BEN, WaitsFor.BROKER, Consent.GIVEN, None),
]


@pytest.mark.parametrize(("publication", "contributor", "flagger", "waits_for", "consent", "until"), TABLE)
def test_the_terms(
    publication: Publication,
    contributor: str | None,
    flagger: str,
    waits_for: WaitsFor,
    consent: Consent,
    until: datetime | None,
) -> None:
    agreed = terms(Policy("C1", publication=publication), contributor, flagger, NOW)
    assert (agreed.waits_for, agreed.consent, agreed.until) == (waits_for, consent, until)


def test_every_case_is_in_the_table() -> None:
    said = {(publication, contributor, flagger == contributor) for publication, contributor, flagger, *_ in TABLE}
    assert said == {
        (publication, contributor, own)
        for publication in Publication
        for contributor, own in ((ANA, False), (ANA, True), (APP, False))
    }


def test_every_state_says_what_may_follow() -> None:
    assert set(library.NEXT) == set(ItemState)
    assert all(following <= set(ItemState) for following in library.NEXT.values())


def test_a_refused_item_never_comes_back() -> None:
    assert library.NEXT[ItemState.REJECTED] == set()


def test_nothing_is_published_without_having_been_a_candidate_or_public_before() -> None:
    before = {state for state, following in library.NEXT.items() if ItemState.PUBLISHED in following}
    once_public = {ItemState.WITHDRAWN, ItemState.RETIRED, ItemState.SUPERSEDED}
    assert before == {ItemState.CANDIDATE, ItemState.LAPSED} | once_public
