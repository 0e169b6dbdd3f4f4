"""Who gets what, why and when, without Slack; on both databases."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kbot.delivery import deliveries, mailing, muting, recipients
from kbot.delivery.facts import Rule, Said, State
from kbot.delivery.tables import DeliveryRow
from kbot.library import items, lineage, topics
from kbot.library.facts import Item, ItemKind, ItemState, LinkKind
from kbot.people import directory
from kbot.people.facts import Pace
from kbot.post import outbox
from kbot.slack.words import SlackUser
from kbot.trail import log
from kbot.trail.facts import (
    Complaint,
    Delivered,
    Doubted,
    Outcome,
    Published,
    Rated,
    ReceiptKind,
    Received,
    Status,
)
from kbot.trail.log import remember
from tests.rooms.desk import (
    ANA,
    BEN,
    CLEO,
    DOV,
    FRIDAY,
    MONDAY,
    PLATFORM,
    REAL,
    TEAM,
    act,
    days,
    follow,
    letters,
    meet,
    said,
    saved,
)


@pytest.fixture(autouse=True)
def everybody(session: Session) -> None:
    meet(session, ANA, BEN, CLEO, DOV)


def about(session: Session, *names: str, by: str = CLEO, kind: ItemKind = ItemKind.HOW_TO) -> Item:
    item = saved(session, by=by)
    topics.give(session, act(ANA), item.id, names)
    items.revise(session, act(ANA), item.id, item.lines, kind=kind)
    return items.get(session, TEAM, item.id)


def follows(session: Session, person: str, name: str, channel: str | None = None) -> None:
    about(session, name)
    found = topics.find(session, TEAM, name)
    assert found is not None
    topics.follow(session, act(person), found.id, channel)


def asked_about(session: Session, person: str, item: Item, at: datetime = FRIDAY) -> None:
    fact = Received(TEAM, f"q{person}{item.id}", at, person, item.id, ReceiptKind.ASKED_FOR, None, "how?")
    remember(session, fact)
    topics.asked_about(session, fact, REAL)


def crowd(session: Session, many: int) -> list[str]:
    people = [f"U1{n:04d}" for n in range(many)]
    for user in people:
        known = SlackUser(user, TEAM, user, "Europe/Berlin", False, False, False, False, False)
        directory.remember_person(session, TEAM, known, REAL)
    return people


def chosen(session: Session, item: Item) -> dict[str, tuple[str, str, int]]:
    rows = session.scalars(select(DeliveryRow).where(DeliveryRow.item_id == item.id))
    return {row.recipient: (row.rule, row.state, row.wave) for row in rows}


def choose(session: Session, item: Item, now: datetime = MONDAY) -> dict[str, tuple[str, str, int]]:
    recipients.choose(session, item, now)
    return chosen(session, item)


# -- who


def test_followers_get_it_and_nobody_else(session: Session) -> None:
    follows(session, BEN, "deploys")
    assert choose(session, about(session, "deploys")) == {BEN: ("follows", "waiting", 0)}
    assert choose(session, about(session, "importer")) == {}


def test_not_whose_it_is_nor_who_saved_it_nor_who_has_it(session: Session) -> None:
    for person in (ANA, BEN, CLEO, DOV):
        follows(session, person, "deploys")
    item = about(session, "deploys", by=CLEO)
    asked_about(session, DOV, item)
    assert set(choose(session, item)) == {BEN}


def test_who_had_what_it_supersedes_hears_of_it_by_the_recall(session: Session) -> None:
    for person in (BEN, DOV):
        follows(session, person, "deploys")
    old, new = about(session, "deploys"), about(session, "deploys")
    asked_about(session, DOV, old)
    assert lineage.link(session, act(ANA), new.id, LinkKind.SUPERSEDES, old.id)
    assert set(choose(session, new)) == {BEN}


def test_chosen_again_nobody_gets_it_twice(session: Session) -> None:
    follows(session, BEN, "deploys")
    item = about(session, "deploys")
    assert recipients.choose(session, item, MONDAY) == 1
    assert recipients.choose(session, item, MONDAY) == 0


@pytest.mark.parametrize("wish", ["never", "stop", "left", "guest"])
def test_not_who_wants_none_or_is_gone(session: Session, wish: str) -> None:
    follows(session, BEN, "deploys")
    if wish == "never":
        directory.set_pace(session, act(BEN), Pace.NEVER)
    elif wish == "stop":
        directory.stop(session, act(BEN))
    elif wish == "left":
        meet(session, BEN, deleted=True)
    else:
        session.connection().exec_driver_sql("UPDATE person SET is_guest = (1 = 1)")
    session.expire_all()
    assert choose(session, about(session, "deploys")) == {}


def test_of_a_private_channel_only_who_is_inside(session: Session) -> None:
    for person in (BEN, DOV):
        follows(session, person, "deploys")
    item = about(session, "deploys")
    recipients.choose(session, item, MONDAY, inside=[BEN, ANA])
    assert set(chosen(session, item)) == {BEN}


def test_who_asked_about_the_topic_lately(session: Session) -> None:
    other = about(session, "deploys")
    asked_about(session, BEN, other)
    asked_about(session, DOV, other, FRIDAY - days(40))
    assert choose(session, about(session, "deploys")) == {BEN: ("asked", "waiting", 1)}


def test_who_follows_and_asked_is_told_that_they_follow(session: Session) -> None:
    follows(session, BEN, "deploys")
    asked_about(session, BEN, about(session, "deploys"))
    assert choose(session, about(session, "deploys")) == {BEN: ("follows", "waiting", 0)}


def test_who_used_what_it_builds_on(session: Session) -> None:
    parent, other, child = saved(session, by=CLEO), saved(session, by=CLEO), saved(session, by=CLEO)
    lineage.link(session, act(ANA), child.id, LinkKind.ADAPTS, parent.id)
    lineage.link(session, act(ANA), child.id, LinkKind.CONFIRMS, other.id)
    said(session, parent, BEN, Status.APPLIED_ADAPTED)
    said(session, parent, CLEO, Status.APPLIED_AS_IS)
    said(session, parent, DOV, Status.TRIED_NOT_WORKED)
    said(session, other, DOV, Status.APPLIED_AS_IS)
    assert choose(session, child) == {BEN: ("used_parent", "waiting", 1)}, "not who saved it, nor who did not use it"


def test_each_by_their_strongest_rule_and_once(session: Session) -> None:
    parent, child = about(session, "deploys"), about(session, "deploys")
    lineage.link(session, act(ANA), child.id, LinkKind.BUILDS_ON, parent.id)
    asked_about(session, BEN, parent)
    said(session, parent, BEN, Status.APPLIED_AS_IS)
    found = choose(session, child)
    assert set(found) == {BEN}
    follows(session, BEN, "deploys")
    again = about(session, "deploys")
    lineage.link(session, act(ANA), again.id, LinkKind.BUILDS_ON, parent.id)
    assert choose(session, again) == {BEN: ("follows", "waiting", 0)}


def test_less_of_what_builds_on_what_one_used_holds_for_that_rule_alone(session: Session) -> None:
    parent = about(session, "deploys")
    said(session, parent, BEN, Status.APPLIED_AS_IS)
    for expected in ({BEN}, set()):
        child = saved(session, by=CLEO)
        lineage.link(session, act(ANA), child.id, LinkKind.BUILDS_ON, parent.id)
        assert set(choose(session, child)) == expected
        if expected:
            deliveries.not_for_me(session, act(BEN, MONDAY), child.id)


def does(session: Session, person: str, name: str) -> None:
    found = topics.find(session, TEAM, name)
    assert found is not None
    topics.set_interests(session, act(person), [found.id])


def test_who_said_that_they_do_it_finds_it_in_the_home_tab(session: Session) -> None:
    about(session, "deploys", "hiring")
    does(session, BEN, "deploys")
    does(session, DOV, "hiring")
    assert choose(session, about(session, "deploys")) == {BEN: ("does", "offered", 0)}
    assert mailing.waiting(session, MONDAY) == [], "no message comes"
    follows(session, BEN, "deploys")
    assert choose(session, about(session, "deploys")) == {BEN: ("follows", "waiting", 0)}
    topics.set_interests(session, act(DOV), [])
    assert choose(session, about(session, "hiring")) == {}


def test_once_a_month_something_from_next_door_for_who_asked_for_it(session: Session) -> None:
    about(session, "deploys", "importer")
    for person in (BEN, DOV):
        found = topics.find(session, TEAM, "importer")
        assert found is not None
        topics.follow(session, act(person), found.id)
    assert choose(session, about(session, "deploys")) == {}
    directory.want_next_door(session, act(BEN), wanted=True)
    assert choose(session, about(session, "hiring")) == {}, "no neighbour"
    assert choose(session, about(session, "deploys")) == {BEN: ("next_door", "offered", 0)}
    assert choose(session, about(session, "deploys")) == {}
    assert choose(session, about(session, "deploys"), MONDAY + days(31)) == {BEN: ("next_door", "offered", 0)}
    saved(session, by=BEN)
    assert choose(session, about(session, "deploys"), MONDAY + days(62)) == {}, "that is no longer next door"


def test_less_of_it_holds_for_the_home_tab_too(session: Session) -> None:
    item = about(session, "deploys")
    does(session, BEN, "deploys")
    choose(session, item)
    deliveries.not_for_me(session, act(BEN, MONDAY), item.id)
    assert choose(session, about(session, "deploys")) == {}


def unclear(session: Session, item: Item, person: str, at: datetime, *, helpful: bool = False) -> None:
    complaint = None if helpful else Complaint.HARD_TO_FOLLOW
    remember(session, Rated(TEAM, f"{person}{at}", at, person, item.id, "q1", helpful, complaint))


def test_who_found_it_hard_to_follow_gets_it_in_other_words(session: Session) -> None:
    item = about(session)
    unclear(session, item, BEN, FRIDAY)
    unclear(session, item, DOV, FRIDAY)
    unclear(session, item, DOV, FRIDAY + days(1), helpful=True)
    follow(session)
    items.revise(session, act(ANA, MONDAY), item.id, item.lines)
    follow(session)
    assert chosen(session, item) == {}, "nothing was said otherwise"
    for words in ("First drain, then restart.", "First drain. Then restart."):
        items.revise(session, act(ANA, MONDAY), item.id, replace(item.lines, body=words))
        follow(session)
    assert chosen(session, item) == {BEN: ("clarified", "waiting", 0)}


def test_who_finds_it_unclear_after_that_waits_for_the_next_words(session: Session) -> None:
    item = about(session)
    items.revise(session, act(ANA, FRIDAY), item.id, replace(item.lines, body="Other words."))
    unclear(session, item, BEN, MONDAY)
    follow(session)
    assert chosen(session, item) == {}


def test_a_notice_is_for_followers_only(session: Session) -> None:
    follows(session, DOV, "deploys")
    asked_about(session, BEN, about(session, "deploys"))
    assert set(choose(session, about(session, "deploys", kind=ItemKind.NOTICE))) == {DOV}


def test_what_is_contested_or_gone_is_pushed_to_nobody(session: Session) -> None:
    follows(session, BEN, "deploys")
    failed, doubted, gone = (about(session, "deploys") for _ in range(3))
    for person in (CLEO, DOV):
        said(session, failed, person, Status.TRIED_NOT_WORKED)
        remember(session, Doubted(TEAM, f"d{person}", FRIDAY, person, doubted.id, Complaint.OUTDATED))
    items.take_away(session, act(ANA), gone.id, ItemState.WITHDRAWN)
    for item in (failed, doubted, items.get(session, TEAM, gone.id)):
        assert choose(session, item) == {}


def test_channels_that_follow_get_it_but_not_where_it_was_said(session: Session) -> None:
    follows(session, CLEO, "deploys", PLATFORM)
    follows(session, CLEO, "deploys", "C0SUPPORT")
    assert choose(session, about(session, "deploys")) == {"C0SUPPORT": ("follows", "waiting", 0)}


# -- waves


def test_fifteen_then_fifty_when_it_proved_useful(session: Session) -> None:
    other = about(session, "deploys")
    for person in crowd(session, 80):
        asked_about(session, person, other)
    follows(session, BEN, "deploys")
    item = about(session, "deploys")
    deliveries.begin(session, log.since(session, Published, TEAM, FRIDAY)[-1], REAL)
    follow(session)
    deliveries.chosen(session, TEAM, item.id)
    found = choose(session, item)
    assert found[BEN] == ("follows", "waiting", 0)
    assert sorted(state for _, state, _ in found.values()).count("waiting") == 16
    assert [wave for _, state, wave in found.values() if state == "held"].count(2) == 50
    assert [wave for _, state, wave in found.values() if state == "held"].count(3) == 15
    said(session, item, DOV, Status.NOT_APPLICABLE)
    follow(session)
    assert states(session, item) == {"waiting": 16, "held": 65}
    for later, outcome in enumerate((Outcome.PARTLY, Outcome.HELPED), start=1):
        said(session, item, DOV, Status.APPLIED_AS_IS, outcome, FRIDAY + days(later))
        follow(session)
        assert states(session, item) == {"waiting": 66, "held": 15}, "one person is one proof"
    said(session, item, CLEO, Status.APPLIED_AS_IS, Outcome.HELPED)
    follow(session)
    assert states(session, item) == {"waiting": 66, "offered": 15}, "the rest finds it in the Home tab"


def states(session: Session, item: Item) -> dict[str, int]:
    return dict(Counter(state for _, state, _ in chosen(session, item).values()))


def test_what_lies_in_the_home_tab_comes_as_a_message_when_somebody_sends_it(session: Session) -> None:
    item = about(session)
    for person in (BEN, DOV):
        deliveries.add(session, act(CLEO), item, person, Rule.NEED)
    session.execute(update(DeliveryRow).values(state="offered", rule="asked", by=None))
    session.expire_all()
    assert deliveries.add(session, act(CLEO, MONDAY), item, BEN, Rule.BROKER, note="Look")
    assert not deliveries.add(session, act(CLEO, MONDAY), item, BEN, Rule.BROKER)
    assert chosen(session, item) == {BEN: ("broker", "waiting", 0), DOV: ("asked", "offered", 0)}
    assert [one.item for one in deliveries.unanswered(session, TEAM, DOV, FRIDAY - days(1))] == [item.id]
    items.take_away(session, act(ANA), item.id, ItemState.WITHDRAWN)
    follow(session)
    assert set(states(session, item)) == {"dropped"}


def in_waves(session: Session, askers: int) -> Item:
    """An item about what so many asked about: the first wave gets it, the rest is held."""
    other = about(session, "deploys")
    for person in crowd(session, askers):
        asked_about(session, person, other)
    item = about(session, "deploys")
    follow(session)
    deliveries.chosen(session, TEAM, item.id)
    choose(session, item)
    return item


def test_harm_holds_the_second_wave_back(session: Session) -> None:
    item = in_waves(session, askers=20)
    said(session, item, DOV, Status.APPLIED_AS_IS, Outcome.MADE_WORSE)
    said(session, item, BEN, Status.APPLIED_AS_IS, Outcome.HELPED)
    follow(session)
    assert [state for _, state, _ in chosen(session, item).values()].count("held") == 5


def test_a_broker_who_vouches_for_it_opens_the_second_wave(session: Session) -> None:
    item = in_waves(session, askers=20)
    items.verify(session, act(CLEO), item.id)
    follow(session)
    assert {state for _, state, _ in chosen(session, item).values()} == {"waiting"}


# -- when: the pace


def due(session: Session, now: datetime) -> int:
    """What a tick does, and what was planned arrives at once. Returns how many letters there were."""
    mailing.settle(session, now)
    planned = 0
    for team, recipient in mailing.waiting(session, now):
        planned += mailing.plan(session, team, recipient, now, REAL)
    for row in letters(session, "delivery:"):
        row.state, row.sent_at, row.channel, row.ts = "sent", now, "D1", f"{now.timestamp()}"
    session.flush()
    mailing.settle(session, now)
    return planned


def with_items(session: Session, many: int) -> list[Item]:
    follows(session, BEN, "deploys")
    found = [about(session, "deploys") for _ in range(many)]
    for item in found:
        choose(session, item)
    return found


@pytest.mark.parametrize(
    ("pace", "days_between"), [(Pace.AT_ONCE, 0), (Pace.DAILY, 1), (Pace.WEEKLY, 7)], ids=lambda p: str(p)
)
def test_each_at_their_pace_three_in_a_letter(session: Session, pace: Pace, days_between: int) -> None:
    directory.set_pace(session, act(BEN), pace)
    with_items(session, 5)
    assert due(session, MONDAY) == 1
    assert due(session, MONDAY + timedelta(hours=1)) == (1 if pace is Pace.AT_ONCE else 0)
    if days_between:
        assert due(session, MONDAY + days(0.5)) == 0
        assert due(session, MONDAY + days(days_between)) == 1
    assert [
        len(mailing.of_letter(session, outbox.letters(session, TEAM, [row.key])[row.key]))
        for row in letters(session, "delivery:", state="sent")
    ] in ([3, 2], [2, 3])
    assert len(log.of_person(session, Delivered, TEAM, BEN)) == 5


def test_what_nobody_wished_for_comes_once_a_week_or_along_with_what_they_did(session: Session) -> None:
    directory.set_pace(session, act(BEN), Pace.AT_ONCE)
    asked_about(session, BEN, about(session, "importer"))
    choose(session, about(session, "importer"))
    assert due(session, MONDAY) == 1
    choose(session, about(session, "importer"), MONDAY + days(1))
    assert [due(session, MONDAY + days(day)) for day in (1, 3, 6.9)] == [0, 0, 0]
    assert due(session, MONDAY + days(7)) == 1
    choose(session, about(session, "importer"), MONDAY + days(8))
    assert due(session, MONDAY + days(8)) == 0
    with_items(session, 1)
    assert due(session, MONDAY + days(9)) == 1
    last = max(letters(session, "delivery:", state="sent"), key=lambda row: row.sent_at or MONDAY)
    rules = {one.why.rule for one in mailing.of_letter(session, outbox.letters(session, TEAM, [last.key])[last.key])}
    assert rules == {Rule.FOLLOWS, Rule.ASKED}


def test_never_means_never(session: Session) -> None:
    with_items(session, 2)
    directory.set_pace(session, act(BEN), Pace.NEVER)
    assert due(session, MONDAY) == 0
    assert {row.state for row in session.scalars(select(DeliveryRow))} == {State.DROPPED}


def test_while_one_is_on_its_way_the_next_waits(session: Session) -> None:
    with_items(session, 5)
    assert mailing.plan(session, TEAM, BEN, MONDAY, REAL)
    assert not mailing.plan(session, TEAM, BEN, MONDAY + days(3), REAL)
    assert mailing.waiting(session, MONDAY + days(3)) == []


def test_what_waits_too_long_lapses(session: Session) -> None:
    with_items(session, 1)
    assert due(session, MONDAY + days(31)) == 0
    assert mailing.waiting(session, MONDAY + days(31)) == []


def test_a_letter_that_never_left_delivered_nothing(session: Session) -> None:
    with_items(session, 1)
    mailing.plan(session, TEAM, BEN, MONDAY, REAL)
    (letter,) = letters(session, "delivery:")
    outbox.cancel(session, TEAM, letter.key, "left")
    mailing.settle(session, MONDAY)
    assert log.of_person(session, Delivered, TEAM, BEN) == []
    assert {row.state for row in session.scalars(select(DeliveryRow))} == {State.DROPPED}


def test_an_item_that_is_gone_is_not_planned(session: Session) -> None:
    (item,) = with_items(session, 1)
    items.take_away(session, act(ANA), item.id, ItemState.WITHDRAWN)
    follow(session)
    assert due(session, MONDAY) == 0


# -- what people say


def test_not_for_me_mutes_what_was_guessed_but_not_what_is_followed(session: Session) -> None:
    other = about(session, "deploys")
    asked_about(session, BEN, other)
    follows(session, DOV, "deploys")
    item = about(session, "deploys")
    assert set(choose(session, item)) == {BEN, DOV}
    for person in (BEN, DOV):
        deliveries.not_for_me(session, act(person, MONDAY), item.id)
    assert set(choose(session, about(session, "deploys"))) == {DOV}
    assert set(choose(session, about(session, "deploys"), MONDAY + days(10))) == {DOV}


def test_less_like_this_holds_ninety_days_or_until_followed_anew(session: Session) -> None:
    follows(session, BEN, "deploys")
    item = about(session, "deploys")
    choose(session, item)
    mine = deliveries.get(session, TEAM, item.id, BEN)
    assert mine is not None
    muting.less_like_this(session, act(BEN, MONDAY), mine)
    assert choose(session, about(session, "deploys"), MONDAY + days(80)) == {}
    assert set(choose(session, about(session, "deploys"), MONDAY + days(91))) == {BEN}
    assert mine.why.topic is not None
    muting.more_again(session, act(BEN), mine.why.topic.id)
    assert set(choose(session, about(session, "deploys"))) == {BEN}


def test_good_to_know_opens_nothing_and_ill_use_this_opens_one_case(session: Session) -> None:
    (good, use) = with_items(session, 2)
    deliveries.good_to_know(session, act(BEN), good.id)
    assert deliveries.will_use(session, act(BEN), use.id)
    assert not deliveries.will_use(session, act(BEN), use.id)
    received = log.of_person(session, Received, TEAM, BEN)
    assert [(fact.item, fact.receipt) for fact in received] == [(use.id, ReceiptKind.WILL_USE)]
    kept = deliveries.get(session, TEAM, good.id, BEN)
    assert kept is not None
    assert kept.said is Said.GOOD


def test_nothing_is_pushed_to_who_never_used_kbot(session: Session) -> None:
    assert not deliveries.has_used_kbot(session, TEAM, DOV)
    follows(session, DOV, "deploys")
    assert deliveries.has_used_kbot(session, TEAM, DOV)
    asked_about(session, CLEO, about(session, "importer"))
    assert deliveries.has_used_kbot(session, TEAM, CLEO)
    assert Rule.ASKED.points > Rule.NAMED.points
