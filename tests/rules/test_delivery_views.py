"""What delivery says of whatever people wrote: accepted by Slack, quiet, with ids only in its buttons."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbot.cards import acts
from kbot.delivery import intentions, mobilize_views, need_views, views
from kbot.delivery.facts import NEED_NEXT, NEXT, Delivery, Need, NeedState, Rule, Said, State, Why
from kbot.library import naming
from kbot.library.facts import Cadence, Item, Listed, Topic
from kbot.trail.facts import Plan
from kbot.trail.proof import Evidence
from tests.rules.test_views_fit import NOW, evidence, is_a_fine_form, is_fine, items, names, often, words

topics = st.builds(Topic, id=st.uuids().map(lambda made: made.hex), name=words(naming.NAME_LIMIT))
whys = st.builds(
    Why,
    rule=st.sampled_from(Rule),
    topic=st.none() | topics,
    need=words(300),
    by=st.just("U0CLEO"),
    note=st.just("") | words(300),
)
deliveries = st.builds(
    Delivery,
    team=st.just("T1"),
    item=st.just("a" * 32),
    recipient=st.just("U0BEN"),
    is_channel=st.booleans(),
    why=whys,
    state=st.sampled_from(State),
    letter=st.just("delivery:U0BEN:2026-11-23"),
    chosen_at=st.just(NOW),
    sent_at=st.none(),
    said=st.none() | st.sampled_from(Said),
    intention=st.none() | st.sampled_from(Plan),
)
needs = st.builds(
    Need,
    team=st.just("T1"),
    id=st.just("n" * 32),
    person=st.just("U0BEN"),
    words=words(300),
    channel=st.none() | st.just("C0PLATFORM"),
    said_at=st.just(NOW),
    until=st.just(NOW + timedelta(days=9)),
    state=st.sampled_from(NeedState),
    matches=st.just(()),
)


@often
@given(st.lists(st.tuples(deliveries, items, evidence), min_size=1, max_size=3), names, names)
def test_what_is_delivered(given: list[tuple[Delivery, Item, Evidence]], ana: str, cleo: str) -> None:
    people = {"U0ANA": ana, "U0CLEO": cleo}
    shown = [views.Shown(delivery, item, people, said, cleo) for delivery, item, said in given]
    for text, blocks in (views.delivered(shown, NOW), views.to_channel(shown, NOW)):
        is_fine(blocks, text)


@often
@given(items, names, whys, topics)
def test_what_is_answered_to_a_press(item: Item, name: str, why: Why, topic: Topic) -> None:
    people = {"U0ANA": name}
    for is_new in (True, False):
        text, blocks = views.will_use(item, is_new=is_new)
        is_fine(blocks, text)
        is_fine([], views.followed(topic, is_new=is_new))
        is_fine([], views.unfollowed(topic, was=is_new, channel="C0PLATFORM"))
        is_a_fine_form(dict(views.merge_modal(topic)))
        for cadence in Cadence:
            is_a_fine_form(dict(views.change_modal(topic, cadence)))
    for text in (views.ask_contributor(item, people), views.not_for_me(why), views.less(why), views.my_topics([topic])):
        is_fine([], text)
    is_a_fine_form(dict(views.plan_modal(item.id)))
    is_fine([acts(item), acts(item, delivered=True)])


@often
@given(st.lists(topics, max_size=30), st.booleans())
def test_a_list_of_topics(found: list[Topic], may_curate: bool) -> None:
    listed = [Listed(topic, n, n % 2 == 0) for n, topic in enumerate(found)]
    text, blocks = views.topics(listed, may_curate=may_curate)
    is_fine(blocks, text)


@often
@given(needs, st.lists(items, max_size=3), names, evidence)
def test_needs(need: Need, found: list[Item], name: str, said: Evidence) -> None:
    known = {item.id: said for item in found}
    day = date(2026, 12, 2)
    text, blocks = need_views.noted(need, day, NOW.date(), found, {"U0ANA": name}, known, NOW)
    is_fine(blocks, text)
    for text, blocks in (need_views.mine([(need, day)] * 10, NOW.date()), need_views.over(need, found)):
        is_fine(blocks, text)
    is_fine([], need_views.ended(need))


@often
@given(items, names, st.just("") | words(300), st.sampled_from(["asked", "open", "refused", "ended"]), st.booleans())
def test_sending_on(item: Item, name: str, note: str, state: str, flag: bool) -> None:
    text, blocks = mobilize_views.widen(item, "C0SUPPORT", name, note, state, is_private=flag, is_mine=flag)
    is_fine(blocks, text)
    text, blocks = mobilize_views.which([item])
    is_fine(blocks, text)
    is_a_fine_form(dict(mobilize_views.modal(item)))
    assert mobilize_views.sent_on(2, 1, flag, waits=flag)


@often
@given(items, whys)
def test_an_unnamed_contributor_is_named_nowhere(item: Item, why: Why) -> None:
    unnamed = Item(**{**vars(item), "is_named": False, "contributor": "U0ANA"})
    people = {"U0ANA": "QQ-Ana-QQ"}
    assert "QQ" not in views.ask_contributor(unnamed, people)


@pytest.mark.parametrize("rule", Rule)
def test_every_delivery_says_why(rule: Rule) -> None:
    reason = Why(rule, Topic("t", "deploys"), "a cat", "U0CLEO")
    delivery = Delivery("T1", "i", "U0BEN", False, reason, State.SENT, None, NOW, None, None, None)
    said = views.why(delivery, "Cleo", "Ana")
    assert said.startswith("You get this because ")
    assert rule.points > 0


def test_every_state_has_its_transitions() -> None:
    assert set(NEXT) == set(State)
    assert set(NEED_NEXT) == set(NeedState)


@pytest.mark.parametrize(
    ("plan", "said", "day"),
    [
        (Plan.THIS_WEEK, "", date(2026, 11, 27)),
        (Plan.THIS_MONTH, "", date(2026, 11, 30)),
        (Plan.WHEN_IT_COMES_UP, "", date(2026, 12, 21)),
        (Plan.OWN_WORDS, "after the release, by 30 Nov", date(2026, 11, 30)),
        (Plan.OWN_WORDS, "on friday", date(2026, 11, 27)),
        (Plan.OWN_WORDS, "some day", date(2026, 12, 21)),
    ],
)
def test_when_it_will_have_been_tried(plan: Plan, said: str, day: date) -> None:
    assert intentions.until(plan, said, NOW, ZoneInfo("Europe/Berlin")) == day
