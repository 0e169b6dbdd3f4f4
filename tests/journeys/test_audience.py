"""Who may see what, at every moment: Dov is outside the private channel and must see nothing of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from kbot.people.viewers import MOST_UNKNOWN
from kbot.playground.driver import Driver
from kbot.playground.hands import Person
from kbot.post.looking_inside import What
from tests.journeys.bot import Bot
from tests.journeys.days import Days
from tests.journeys.steps import (
    ASKED,
    NOTHING,
    TIP,
    after,
    asks,
    asks_in_dm,
    asks_privately,
    becomes,
    commands,
    elsewhere,
    flags,
    is_told,
    tip_saved,
)
from tests.journeys.ways import everywhere, on_both_databases

SECRET = "The failover password is in the vault, not in the wiki."
WHERE = "where is the failover password?"


def secret_saved(slack: Driver) -> None:
    """Something only #oncall (Ana, Ben) may know."""
    flags(slack, slack.ana, slack.ana.says(SECRET, "oncall"))


def ways_to_ask(slack: Driver, person: Person) -> list[Callable[[], str]]:
    public = elsewhere(slack)
    return [
        lambda: asks_in_dm(slack, person, WHERE).text,
        lambda: asks_privately(slack, person, WHERE, public).text,
        lambda: asks(slack, person, WHERE, public).text,
    ]


@everywhere
def test_dov_sees_nothing_of_a_private_channel_however_he_asks(slack: Driver) -> None:
    secret_saved(slack)
    for ask in ways_to_ask(slack, slack.dov):
        answer = ask()
        assert NOTHING in answer
        assert "vault" not in answer
    post = slack.ben.says("Where is the failover password?", "support")
    slack.dov.shortcut("do_we_know_this", post)
    slack.wait(lambda: slack.dov.ephemerals("support")[1:], what="an answer")
    assert "I find nothing like that" in commands(slack, slack.dov, "/kb used failover password", "support").text
    assert not any(
        "vault" in seen.text for channel in ("support", "dm") for seen in [*slack.dov.sees(channel), slack.dov.home]
    )


def test_a_member_finds_it_in_private_and_there(slack: Driver) -> None:
    secret_saved(slack)
    assert SECRET in asks_in_dm(slack, slack.ben, WHERE).text
    assert SECRET in asks_privately(slack, slack.ben, WHERE).text
    assert SECRET in asks(slack, slack.ben, WHERE, "oncall").text


def test_a_public_answer_has_nothing_private_though_a_member_asks(slack: Driver) -> None:
    secret_saved(slack)
    flags(slack, slack.ben, slack.ana.says("The failover password policy is on the intranet", "platform"))
    answer = asks(slack, slack.ben, WHERE, "platform").text
    assert "intranet" in answer
    assert "vault" not in answer


def test_a_private_answer_cannot_be_shared_with_those_who_may_not_see_it(slack: Driver) -> None:
    secret_saved(slack)
    answer = asks_privately(slack, slack.ben, WHERE, "platform")
    before = len(slack.cleo.sees("platform"))
    answer.press("Share with everyone")
    is_told(slack, slack.ben, "I do not share it here")
    assert len(slack.cleo.sees("platform")) == before


def test_in_its_own_channel_a_private_answer_can_be_shared(slack: Driver) -> None:
    secret_saved(slack)
    answer = asks_privately(slack, slack.ben, WHERE, "oncall")
    shared = after(
        slack, lambda: answer.press("Share with everyone"), lambda: slack.ana.sees("oncall"), "the shared answer"
    )
    assert SECRET in shared.text


@on_both_databases
def test_who_leaves_gets_no_more_answers_at_once(slack: Driver) -> None:
    secret_saved(slack)
    assert SECRET in asks_in_dm(slack, slack.ben, WHERE).text
    slack.fault("event:member_left_channel", "lost", times=-1)
    slack.fault("event:message", "delay", seconds=5, times=1)
    slack.leave(slack.ben, "oncall")
    assert NOTHING in asks_in_dm(slack, slack.ben, WHERE).text


def test_who_comes_in_gets_answers_at_once(slack: Driver) -> None:
    secret_saved(slack)
    assert NOTHING in asks_in_dm(slack, slack.dov, WHERE).text
    slack.invite("dov", "oncall")
    assert SECRET in asks_in_dm(slack, slack.dov, WHERE).text


def test_a_channel_that_turns_private_without_a_word_is_closed_at_once(slack: Driver) -> None:
    tip_saved(slack)
    assert TIP in asks_in_dm(slack, slack.dov).text
    slack.make_private("platform")
    assert NOTHING in asks_in_dm(slack, slack.dov).text
    assert TIP in asks_in_dm(slack, slack.cleo).text


@pytest.mark.parametrize("cap", [1, 2, 3])
def test_every_page_of_the_members_is_read(slack: Driver, cap: int) -> None:
    for number, name in enumerate(("cleo", "dov")):
        slack.invite(name, "oncall", by=slack.ana if number else slack.ben)
    slack.page_cap = cap
    secret_saved(slack)
    for person in (slack.ana, slack.ben, slack.cleo, slack.dov):
        assert SECRET in asks_in_dm(slack, person, WHERE).text
    slack.remove("dov", "oncall")
    assert NOTHING in asks_in_dm(slack, slack.dov, WHERE).text


def test_a_guest_who_is_in_the_channel_is_still_refused(slack: Driver) -> None:
    tip = slack.ana.says(TIP, "general")
    flags(slack, slack.ana, tip)
    assert "guests" in asks_in_dm(slack, slack.guest, "drain the queue?").text


def test_what_was_asked_is_shown_to_nobody_else(slack: Driver) -> None:
    asks_privately(slack, slack.ben, "who may know about my zebra plans?")
    slack.settle()
    for person in (slack.ana, slack.cleo, slack.dov):
        for channel in ("general", "dm"):
            assert not any("zebra plans" in seen.text for seen in person.sees(channel))


def test_who_has_left_is_not_followed_up_about_what_was_said_there(slack: Driver, days: Days) -> None:
    secret_saved(slack)
    assert SECRET in asks_in_dm(slack, slack.ben, WHERE).text
    before = len(slack.ben.inbox)
    slack.leave(slack.ben, "oncall")
    days.go_to(slack.ben, "thu")
    days.nothing_comes(slack.ben)
    assert len(slack.ben.inbox) == before
    assert "an item you can no longer see" in commands(slack, slack.ben, "/kb learned").text


def test_a_follow_up_is_not_shown_again_to_who_has_left_meanwhile(slack: Driver, days: Days) -> None:
    secret_saved(slack)
    asks_in_dm(slack, slack.ben, WHERE)
    ask = days.until_asked(slack.ben)
    assert "failover password" in ask.text
    slack.leave(slack.ben, "oncall")
    ask.press("Solved it")
    becomes(slack, ask, "an item that you can no longer see")
    assert "vault" not in ask.text


def test_ill_use_this_is_refused_to_who_may_not_see_it(slack: Driver) -> None:
    tip_saved(slack)
    answer = asks(slack, slack.ben)
    slack.make_private("platform")
    slack.leave(slack.ben, "platform")
    dm = asks_in_dm(slack, slack.ben, ASKED)
    assert NOTHING in dm.text
    assert "I'll use this" in answer.buttons


def test_kbot_put_out_of_a_private_channel_forgets_its_way_in(slack: Driver) -> None:
    secret_saved(slack)
    slack.remove("kbot", "oncall", by=slack.ana)
    assert NOTHING in asks_in_dm(slack, slack.ben, WHERE).text


def test_where_a_channel_is_shared_later_what_stands_there_is_judged_anew(slack: Driver) -> None:
    tip_saved(slack)
    support = elsewhere(slack)
    there = asks(slack, slack.ben, channel=support)
    alone = asks_privately(slack, slack.dov, channel=support)
    shared = after(
        slack, lambda: alone.press("Share with everyone"), lambda: slack.ben.sees(support), "the shared answer"
    )
    assert TIP in there.text
    assert TIP in shared.text

    slack.share(support)
    slack.wait(lambda: not any(TIP in seen.text for seen in slack.stranger.sees(support)), what="nothing for Sam")
    for seen in (there, shared):
        becomes(slack, seen, "Not everybody who reads along here may see it")
    post = slack.stranger.mentions(ASKED, support)
    slack.settle()
    assert not any(TIP in seen.text for seen in slack.stranger.thread(post))
    assert TIP in asks_in_dm(slack, slack.dov).text, "it comes from another channel"

    slack.unshare(support)
    for seen in (there, shared):
        becomes(slack, seen, TIP)


def test_what_was_saved_in_a_channel_that_is_shared_later_is_closed(slack: Driver) -> None:
    tip_saved(slack)
    slack.share("platform")
    assert NOTHING in asks_in_dm(slack, slack.dov).text
    slack.unshare("platform")
    assert TIP in asks_in_dm(slack, slack.dov).text


def test_who_joins_later_reads_nothing_that_was_not_for_them(slack: Driver) -> None:
    tip_saved(slack)
    support = elsewhere(slack)
    there = asks(slack, slack.ben, channel=support)
    slack.invite("gus", support)
    becomes(slack, there, "Not everybody who reads along here may see it")


def test_what_people_look_at_is_never_kept(slack: Driver, bot: Bot) -> None:
    secret_saved(slack)
    slack.dov.opens_messages()
    slack.dov.looks_at("platform")
    slack.ben.opens_messages()
    slack.ben.looks_at("oncall")
    assert SECRET in asks_in_dm(slack, slack.ben, WHERE).text
    assert NOTHING in asks_in_dm(slack, slack.dov, WHERE).text
    slack.settle()
    assert len(slack.deliveries("app_context_changed")) == 2
    assert bot.statuses(What.INBOX, "app_context_changed") == []


def test_a_receipt_leaves_nothing_of_a_private_channel_in_a_notification(slack: Driver) -> None:
    secret_saved(slack)
    answer = asks_in_dm(slack, slack.ben, WHERE)
    assert "vault" not in answer.notification


# -- who reads along in a channel


@pytest.mark.parametrize("outsider", ["gus", "sam"])
def test_where_an_outsider_reads_along_only_that_channels_own_items_count(slack: Driver, outsider: str) -> None:
    tip_saved(slack)
    elsewhere(slack)
    assert TIP in asks(slack, slack.dov, channel="support").text
    slack.invite(outsider, "support")
    flags(slack, slack.dov, slack.ben.says("The importer hangs: call the front desk", "support"))
    answer = asks(slack, slack.dov, channel="support").text
    assert "front desk" in answer
    assert TIP not in answer
    assert TIP in asks_privately(slack, slack.dov, channel="support").text
    slack.remove(outsider, "support")
    assert TIP in asks(slack, slack.dov, channel="support").text


def test_where_a_guest_reads_along_the_asker_is_told_how_to_ask_alone(slack: Driver) -> None:
    tip_saved(slack)
    answer = asks(slack, slack.dov, channel="general").text
    assert answer.startswith(NOTHING)
    assert "Guests may read along here" in answer
    assert "Guests" not in asks(slack, slack.ben, "what about zebras?").text


def test_what_one_was_told_alone_is_not_shared_where_a_guest_reads_along(slack: Driver) -> None:
    tip_saved(slack)
    answer = asks_privately(slack, slack.dov, channel="general")
    assert TIP in answer.text
    answer.press("Share with everyone")
    is_told(slack, slack.dov, "I do not share it here", "general")
    assert not any(TIP in seen.text for seen in slack.guest.sees("general"))


def test_a_guest_in_a_private_channel_closes_it_for_what_was_saved_elsewhere(slack: Driver) -> None:
    tip_saved(slack)
    assert TIP in asks(slack, slack.ben, channel="oncall").text
    slack.invite("gus", "oncall")
    secret_saved(slack)
    assert NOTHING in asks(slack, slack.ben, channel="oncall").text
    assert SECRET in asks(slack, slack.ben, WHERE, "oncall").text


def test_a_member_who_becomes_a_guest_closes_the_channel_at_once(slack: Driver) -> None:
    tip_saved(slack)
    elsewhere(slack)
    assert TIP in asks(slack, slack.dov, channel="support").text

    def becomes_a_guest() -> None:
        slack.ben.record.is_restricted = True
        slack.playground.slack.events.person_changed(slack.ben.record)

    slack.playground.call(becomes_a_guest)
    slack.settle()
    assert NOTHING in asks(slack, slack.dov, channel="support").text


def test_an_app_in_the_channel_is_no_reader(slack: Driver) -> None:
    tip_saved(slack)
    elsewhere(slack)
    slack.invite("deploybot", "support")
    assert TIP in asks(slack, slack.dov, channel="support").text


def test_who_cannot_be_known_counts_as_an_outsider(slack: Driver) -> None:
    tip_saved(slack)
    elsewhere(slack)
    slack.playground.call(lambda: slack.playground.slack.world.channels["C0SUPPORT"].members.append("U0NOBODY"))
    assert NOTHING in asks(slack, slack.dov, channel="support").text


@pytest.mark.parametrize(("more", "is_found"), [(MOST_UNKNOWN, True), (MOST_UNKNOWN + 3, False)])
def test_where_too_many_are_unknown_nothing_of_other_channels_is_shown(
    slack: Driver, more: int, is_found: bool
) -> None:
    tip_saved(slack)
    elsewhere(slack)
    asks(slack, slack.ben, channel="support")  # by now everybody who was there is known
    world = slack.playground.slack.world

    def come() -> None:
        for n in range(more):
            copy = replace(world.people["U0DOV"], id=f"U0EXTRA{n}", name=f"extra{n}")
            world.people[copy.id] = copy
            world.channels["C0SUPPORT"].members.append(copy.id)

    slack.playground.call(come)
    assert (TIP in asks(slack, slack.dov, channel="support").text) is is_found
