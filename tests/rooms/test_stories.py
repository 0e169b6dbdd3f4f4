"""What people tell of a use: who reads it, what is counted of it, and that taking it back takes it back everywhere."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from kbot.cards import card
from kbot.library import items
from kbot.library.facts import Item
from kbot.people import directory
from kbot.trail import stories
from kbot.trail.evidence import evidence
from kbot.trail.facts import Confirmed, Outcome, Responded, Status
from kbot.trail.log import remember
from kbot.trail.proof import Evidence, Readers, Story
from tests.rooms.desk import ANA, BEN, CLEO, DOV, FRIDAY, ONCALL, PLATFORM, TEAM, act, days, meet, saved, set_up

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
SUPPORT = "C0SUPPORT"


@pytest.fixture(autouse=True)
def everybody(session: Session) -> None:
    meet(session, ANA, BEN, CLEO, DOV)


def responded(
    session: Session, item: Item, person: str, outcome: Outcome | None = Outcome.HELPED, *, case: str = "", n: int = 0
) -> None:
    status = Status.APPLIED_AS_IS if outcome else Status.TRIED_NOT_WORKED
    case = case or f"case-{person}"
    fact = Responded(TEAM, f"{case}:{n}", FRIDAY + days(n), person, item.id, status, outcome, case)
    remember(session, fact)


def story(item: Item, person: str, place: str = "night shift", **other: object) -> Story:
    told = {
        "happened": "Drained twice.",
        "why": "",
        "advice": "",
        "readers": Readers.EVERYONE,
        "with_name": True,
        "link": "",
        "told_at": FRIDAY,
        **other,
    }
    return Story(TEAM, f"case-{person}", item.id, person, place, **told)  # type: ignore[arg-type]


def said_of(session: Session, item: Item) -> Evidence:
    return evidence(session, TEAM, [item.id])[item.id]


def test_where_it_worked_and_where_not_is_told_if_their_authors_let_everybody_read_it(session: Session) -> None:
    item = saved(session)
    responded(session, item, BEN)
    responded(session, item, CLEO, None)
    responded(session, item, DOV, None)
    stories.keep(session, story(item, BEN))
    stories.keep(session, story(item, CLEO, "EU tenant"))
    stories.keep(session, story(item, DOV, "secret place", readers=Readers.CONTRIBUTOR))
    said = said_of(session, item)
    assert said.in_words == ("used by 1 (reported), worked for 1 of 3 (night shift), did not work for 2 (EU tenant)")
    assert [one.person for one in said.successes + said.failures] == [BEN, CLEO]


def test_without_a_name_it_is_read_from_the_note_on_that_told_of_it(session: Session) -> None:
    item = saved(session)
    responded(session, item, BEN)
    stories.keep(session, story(item, BEN, with_name=False))
    assert said_of(session, item).successes == ()
    stories.release(session, TEAM, [f"case-{BEN}"])
    assert "(night shift)" in said_of(session, item).in_words


def test_taken_back_nothing_of_it_is_left(session: Session) -> None:
    item = saved(session)
    responded(session, item, BEN)
    stories.keep(session, story(item, BEN, link="https://tickets.test/1"))
    assert said_of(session, item).linked == 1
    assert stories.take_back(session, TEAM, f"case-{BEN}")
    assert not stories.take_back(session, TEAM, f"case-{BEN}")
    assert said_of(session, item) == Evidence(used=1, helped=1)


def test_told_twice_it_is_one_and_what_the_colleague_said_stays(session: Session) -> None:
    item = saved(session)
    responded(session, item, BEN)
    stories.keep(session, story(item, BEN))
    assert stories.name_witness(session, TEAM, f"case-{BEN}", CLEO)
    assert not stories.name_witness(session, TEAM, f"case-{BEN}", DOV), "one colleague is asked"
    stories.say_seen(session, TEAM, f"case-{BEN}", was_seen=True)
    stories.keep(session, story(item, BEN, "day shift"))
    said = said_of(session, item)
    assert (said.seen, [one.place for one in said.successes]) == (1, ["day shift"])
    stories.say_seen(session, TEAM, f"case-{BEN}", was_seen=False)
    assert said_of(session, item).seen == 0


def test_a_story_of_a_use_that_has_another_word_by_now_counts_no_more(session: Session) -> None:
    item = saved(session)
    responded(session, item, BEN)
    stories.keep(session, story(item, BEN))
    responded(session, item, BEN, None, case="a later case", n=1)
    assert said_of(session, item).failures == ()


def test_who_did_the_same_before_confirms_it_once(session: Session) -> None:
    item = saved(session)
    for n in range(2):
        remember(session, Confirmed(TEAM, f"c{n}", FRIDAY, BEN, item.id, True))
    assert said_of(session, item) == Evidence(confirmed=1)


# -- learned


def label(session: Session, item: Item) -> str:
    known = items.get(session, TEAM, item.id)
    return str(card(known, {}, said_of(session, item), NOW)[-1])


def home(session: Session, person: str, channel: str | None) -> None:
    directory.choose_home(session, act(person), channel)


def worked_for_three(session: Session) -> Item:
    item = saved(session)
    for person in (BEN, CLEO, DOV):
        responded(session, item, person)
    return item


def test_worked_for_three_and_one_from_outside_is_learned(session: Session) -> None:
    item = worked_for_three(session)
    home(session, BEN, PLATFORM)
    assert "learned" not in label(session, item), "where the others are from nobody knows"
    home(session, CLEO, SUPPORT)
    assert f"*learned*: worked for 3, one from outside <#{PLATFORM}>" in label(session, item)
    home(session, CLEO, None)
    assert "learned" not in label(session, item)


def test_channels_of_one_community_are_no_border(session: Session) -> None:
    item = worked_for_three(session)
    home(session, CLEO, SUPPORT)
    set_up(session, channel=PLATFORM, community="Run & Ops")
    set_up(session, channel=SUPPORT, community="run & ops")
    assert "learned" not in label(session, item)
    home(session, DOV, ONCALL)
    assert "*learned*: worked for 3, one from outside Run &amp; Ops" in label(session, item)


def test_a_community_goes_with_its_channel(session: Session) -> None:
    set_up(session, channel=SUPPORT, community="Ops")
    home(session, CLEO, SUPPORT)
    directory.rename_channel(session, TEAM, SUPPORT, "C0NEW")
    session.expire_all()
    assert directory.policy_of(session, TEAM, "C0NEW").community == "Ops"
    known = directory.person(session, TEAM, CLEO)
    assert known
    assert known.home_channel == "C0NEW"
