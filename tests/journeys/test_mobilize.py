"""Sending something on: to people and channels, with a note; and a wider audience, by two consents."""

from kbot.playground.driver import Driver
from kbot.playground.hands import Person
from kbot.playground.seen import Modal
from tests.journeys.bot import Bot
from tests.journeys.days import Days
from tests.journeys.steps import (
    QUESTION,
    TIP,
    asks_privately,
    becomes,
    elsewhere,
    flags,
    opens,
    set_up,
    tip_saved,
    told,
)


def form(slack: Driver, person: Person, words: str = "drain the queue") -> Modal:
    which = told(slack, person, f"/kb mobilize {words}", "Which one?")
    return opens(slack, person, lambda: which.press("Send it on"))


def has_used(slack: Driver, person: Person) -> None:
    asks_privately(slack, person, "something about zebras")


def test_the_contributor_sends_it_to_people_with_a_note(slack: Driver, days: Days, bot: Bot) -> None:
    tip_saved(slack)
    has_used(slack, slack.cleo)
    modal = form(slack, slack.ana)
    assert modal.submit({"To people": ["cleo"], "A note to them": "For your <!channel> night shift"}) == {}
    days.go_to(slack.cleo, "tue", 11)
    seen = slack.wait(lambda: slack.cleo.inbox, what="the delivery")[-1]
    assert "You get this because Ana, who shared it, thought of you." in seen.text
    assert "For your <!channel> night shift" in seen.text
    assert QUESTION in seen.text


def test_a_broker_sends_it_to_a_channel_once(slack: Driver, bot: Bot) -> None:
    set_up(slack, slack.ana, Brokers=["cleo"])
    place = elsewhere(slack)
    tip_saved(slack)
    assert form(slack, slack.cleo).submit({"To a channel": place}) == {}
    seen = slack.wait(lambda: [s for s in slack.cleo.sees(place) if QUESTION in s.text], what="the post")[0]
    assert "Cleo sends this to all of you." in seen.text
    assert slack.cleo.modal is not None
    slack.cleo.modal.close()
    modal = form(slack, slack.cleo)
    modal.submit({"To a channel": place})
    assert slack.cleo.modal is not None
    assert "The channel has it already." in slack.cleo.modal.text
    assert bot.count("delivery") == 1


def test_who_may_not_is_told(slack: Driver) -> None:
    tip_saved(slack)
    told(slack, slack.ben, "/kb mobilize drain queue", "I find nothing like that which you shared")
    told(slack, slack.ana, "/kb mobilize", "Say a few of its words")


def test_bad_input_is_told_at_its_field_and_nothing_is_half_done(slack: Driver, bot: Bot) -> None:
    tip_saved(slack)
    has_used(slack, slack.cleo)
    modal = form(slack, slack.ana)
    assert modal.submit({}) == {"To a channel": "Please choose a channel, or people."}
    both = {"To people": ["cleo", "dov"], "To a channel": "general"}
    assert "Dov has not used me yet" in modal.submit(both)["To people"]
    slack.deactivate(slack.dov)
    slack.settle()
    assert "has left this workspace" in modal.submit(both)["To people"]
    assert (
        "I am not in that channel" in modal.submit({"To people": ["cleo"], "To a channel": "support"})["To a channel"]
    )
    assert bot.count("delivery") == 0


def test_a_wider_audience_needs_both_and_can_be_taken_back(slack: Driver, bot: Bot) -> None:
    place = elsewhere(slack)
    set_up_oncall(slack)
    flags(slack, slack.ana, slack.ana.says(f"{QUESTION} {TIP}", "oncall"))
    slack.settle()
    modal = form(slack, slack.ana)
    assert modal.submit({"To a channel": place}) == {}
    assert slack.ana.modal is not None
    assert "I asked the other one who decides that" in slack.ana.modal.text
    assert not [s for s in slack.cleo.sees(place) if QUESTION in s.text]
    asked = slack.wait(lambda: [s for s in slack.ben.inbox if "would like to show" in s.text], what="the question")[0]
    asked.press("Yes, show it there")
    becomes(slack, asked, "may be shown to")
    slack.wait(lambda: [s for s in slack.cleo.sees(place) if QUESTION in s.text], what="the post")
    assert bot.count("audit", "change LIKE 'shown in%'") == 1
    asked.press("Take it back")
    becomes(slack, asked, "is not shown to")
    assert bot.count("audit", "change LIKE 'no longer shown%'") == 1
    assert bot.count("widening", "state = 'ended'") == 1


def set_up_oncall(slack: Driver) -> None:
    modal = opens(slack, slack.ana, lambda: slack.ana.command("/kb setup", "oncall"))
    modal.select("Brokers", ["ben"])
    assert modal.submit() == {}
    if slack.ana.modal:
        slack.ana.modal.close()
