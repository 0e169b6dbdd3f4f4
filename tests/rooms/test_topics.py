"""Topics: names, followers, two that become one; on both databases."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.library import items, topics
from kbot.library.facts import Cadence, Item, Lines, Topic
from kbot.library.naming import named
from kbot.library.tables import FollowRow
from kbot.people.facts import Viewer
from tests.examples import examples
from tests.rooms.desk import ANA, BEN, CLEO, DOV, ONCALL, PLATFORM, TEAM, act, meet, saved

EVERYBODY = Viewer(TEAM, BEN, frozenset({PLATFORM}))
OUTSIDE = Viewer(TEAM, DOV, frozenset())


@pytest.fixture(autouse=True)
def everybody(session: Session) -> None:
    meet(session, ANA, BEN, CLEO, DOV)


def about(session: Session, *names: str, channel: str = PLATFORM, title: str = "Importer stuck?") -> Item:
    item = saved(session, title, channel=channel)
    topics.give(session, act(ANA), item.id, names)
    return items.get(session, TEAM, item.id)


def topic(session: Session, name: str) -> Topic:
    found = topics.find(session, TEAM, name)
    assert found is not None
    return found


def followers(session: Session, name: str) -> set[str]:
    query = select(FollowRow.follower).where(FollowRow.topic_id == topic(session, name).id)
    return set(session.scalars(query))


def test_one_topic_however_its_name_is_written(session: Session) -> None:
    about(session, "Deploys")
    other = about(session, "#deploys!", "On call")
    assert [one.name for one in other.topics] == ["Deploys", "On call"]
    assert topic(session, "on-call") == topic(session, "ON CALL")


def test_what_an_item_is_about_can_change(session: Session) -> None:
    item = about(session, "deploys", "importer")
    topics.give(session, act(ANA), item.id, ["importer", "queues"])
    assert [one.name for one in items.get(session, TEAM, item.id).topics] == ["importer", "queues"]


def test_a_flagged_message_is_about_what_its_title_names(session: Session) -> None:
    about(session, "importers", "deploys", "team calendar")
    item = saved(session, "Importer stuck after deploying?")
    assert [one.name for one in item.topics] == ["deploys", "importers"]


def test_following_twice_is_following_once(session: Session) -> None:
    about(session, "deploys")
    assert topics.follow(session, act(BEN), topic(session, "deploys").id)
    assert not topics.follow(session, act(BEN), topic(session, "deploys").id)
    assert [one.name for one in topics.followed(session, TEAM, BEN)] == ["deploys"]
    assert topics.unfollow(session, act(BEN), topic(session, "deploys").id)
    assert not topics.unfollow(session, act(BEN), topic(session, "deploys").id)


def test_an_unknown_topic_is_told_with_the_nearest(session: Session) -> None:
    about(session, "deploys", "on call")
    with pytest.raises(BadInput, match=r'There is no topic "deploy"\. Did you mean "deploys"\?'):
        topics.meant(session, EVERYBODY, "deploy")
    with pytest.raises(BadInput, match='There is no topic "zebras" that you can see'):
        topics.meant(session, EVERYBODY, "zebras")


def test_whoever_cannot_see_an_item_does_not_learn_its_topics_name(session: Session) -> None:
    about(session, "layoffs", channel=ONCALL)
    assert topics.listed(session, EVERYBODY) == []
    for viewer in (EVERYBODY, OUTSIDE):
        for name in ("layoffs", "layoff"):
            with pytest.raises(BadInput, match="that you can see"):
                topics.meant(session, viewer, name)
    inside = Viewer(TEAM, BEN, frozenset({ONCALL}))
    assert topics.meant(session, inside, "Layoffs").name == "layoffs"


def test_a_list_shows_what_one_follows_first(session: Session) -> None:
    about(session, "deploys")
    about(session, "deploys", "importer")
    topics.follow(session, act(BEN), topic(session, "importer").id)
    shown = [(one.topic.name, one.items, one.follows) for one in topics.listed(session, EVERYBODY)]
    assert shown == [("importer", 1, True), ("deploys", 2, False)]


def test_a_renamed_topic_is_still_found_by_its_old_name(session: Session) -> None:
    about(session, "deploys")
    topics.follow(session, act(BEN), topic(session, "deploys").id)
    topics.rename(session, act(CLEO), topic(session, "deploys").id, "Releases")
    assert topic(session, "deploys") == topic(session, "releases")
    assert topic(session, "deploys").name == "Releases"
    assert followers(session, "releases") == {BEN}


def test_a_name_that_is_taken_is_refused(session: Session) -> None:
    about(session, "deploys", "releases")
    with pytest.raises(BadInput, match="merge the two instead"):
        topics.rename(session, act(CLEO), topic(session, "deploys").id, "Releases")


def test_merging_loses_no_follower_and_doubles_none(session: Session) -> None:
    both = about(session, "deploys", "releases")
    one = about(session, "deploys")
    for name, person in (("deploys", BEN), ("deploys", DOV), ("releases", BEN), ("releases", CLEO)):
        topics.follow(session, act(person), topic(session, name).id)
    topics.follow(session, act(CLEO), topic(session, "deploys").id, PLATFORM)
    topics.merge(session, act(CLEO), topic(session, "deploys").id, topic(session, "releases").id)
    assert followers(session, "deploys") == followers(session, "releases") == {BEN, CLEO, DOV, PLATFORM}
    for item in (both, one):
        assert [each.name for each in items.get(session, TEAM, item.id).topics] == ["releases"]
    with pytest.raises(BadInput, match="the same topic already"):
        topics.merge(session, act(CLEO), topic(session, "deploys").id, topic(session, "releases").id)


def test_an_item_has_the_fastest_cadence_of_its_topics(session: Session) -> None:
    item = about(session, "support", "hiring", "deploys")
    assert topics.cadence_of(session, TEAM, item.id) is Cadence.NORMAL
    topics.set_cadence(session, act(CLEO), topic(session, "hiring").id, Cadence.SLOW)
    assert topics.cadence_of(session, TEAM, item.id) is Cadence.NORMAL
    topics.set_cadence(session, act(CLEO), topic(session, "support").id, Cadence.FAST)
    assert topics.cadence_of(session, TEAM, item.id) is Cadence.FAST
    only_slow, of_none = about(session, "hiring"), about(session)
    assert topics.cadence_of(session, TEAM, only_slow.id) is Cadence.SLOW
    assert topics.cadence_of(session, TEAM, of_none.id) is Cadence.NORMAL


def test_topics_that_are_merged_have_the_cadence_of_the_one_that_stays(session: Session) -> None:
    item = about(session, "hiring")
    about(session, "people")
    topics.set_cadence(session, act(CLEO), topic(session, "people").id, Cadence.SLOW)
    topics.merge(session, act(CLEO), topic(session, "hiring").id, topic(session, "people").id)
    assert topics.cadence_of(session, TEAM, item.id) is Cadence.SLOW


NAMES = st.sampled_from(["a1", "b2", "c3", "d4", "e5"])
PEOPLE = st.sampled_from([ANA, BEN, CLEO, DOV])


@settings(max_examples=examples(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(NAMES, PEOPLE), max_size=12),
    st.lists(st.tuples(st.sampled_from(["merge", "rename"]), NAMES, NAMES), max_size=8),
)
def test_however_brokers_merge_and_rename_everybody_follows_what_they_followed(
    session: Session, follows: list[tuple[str, str]], changes: list[tuple[str, str, str]]
) -> None:
    with session.begin_nested() as tried:
        about(session, "a1", "b2", "c3", "d4", "e5")
        for name, person in follows:
            topics.follow(session, act(person), topic(session, name).id)
        for what, one, other in changes:
            if what == "rename":
                topics.rename(session, act(CLEO), topic(session, one).id, f"{other}x{len(changes)}{one}")
            elif topic(session, one) != topic(session, other):
                topics.merge(session, act(CLEO), topic(session, one).id, topic(session, other).id)
        for name, person in follows:
            assert person in followers(session, name)
        tried.rollback()


def test_what_people_do_goes_over_when_topics_are_merged(session: Session) -> None:
    about(session, "hiring", "people")
    topics.set_interests(session, act(BEN), [topic(session, "hiring").id, topic(session, "people").id])
    topics.set_interests(session, act(DOV), [topic(session, "hiring").id])
    topics.merge(session, act(CLEO), topic(session, "hiring").id, topic(session, "people").id)
    for person in (BEN, DOV):
        assert [one.name for one in topics.interests(session, TEAM, person)] == ["people"]


def test_a_broker_changes_name_and_cadence_at_once(session: Session) -> None:
    about(session, "hiring", "people")
    found = topic(session, "hiring").id
    assert topics.change(session, act(CLEO), found, "Hiring", Cadence.SLOW) == Topic(found, "Hiring")
    assert topics.cadence(session, TEAM, found) is Cadence.SLOW
    with pytest.raises(BadInput, match="merge the two"), session.begin_nested():
        topics.change(session, act(CLEO), found, "people", Cadence.FAST)
    assert topics.cadence(session, TEAM, found) is Cadence.SLOW, "nothing half done"
    assert topics.change(session, act(CLEO), found, "Hiring", Cadence.NORMAL).name == "Hiring"


@pytest.mark.parametrize("name", ["", "#", "!!!", "x" * 61, "a, b"])
def test_what_can_be_no_name_is_refused(session: Session, name: str) -> None:
    with pytest.raises(BadInput, match=r"A topic has|One topic"):
        topics.meant(session, EVERYBODY, named(name))


def test_topics_are_named_by_the_words_of_an_item(session: Session) -> None:
    about(session, "deploys")
    assert topics.named_in(session, TEAM, Lines("How do we deploy?", "x")) == ["deploys"]
    assert topics.named_in(session, TEAM, Lines("How do we sing?", "deploys")) == []
