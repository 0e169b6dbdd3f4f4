"""The Home tab: what a message asks is answered here, and whichever is answered settles the other."""

from kbot.playground.driver import Driver
from tests.journeys.bot import Bot
from tests.journeys.days import Days
from tests.journeys.steps import QUESTION, after, asks, becomes, opens, tip_saved, told
from tests.journeys.ways import in_both_modes


@in_both_modes
def test_a_question_is_answered_in_the_tab_or_in_its_message(slack: Driver, days: Days, bot: Bot) -> None:
    tip_saved(slack)
    asks(slack, slack.ben)
    ask = days.until_asked(slack.ben)
    slack.ben.opens_home()
    home = slack.ben.home
    becomes(slack, home, "Waiting for you")
    home.press("Solved it")
    becomes(slack, ask, "Good to hear. May I tell Ana?")
    becomes(slack, home, "Good to hear. May I tell Ana?")
    ask.press("Yes, with my name")
    becomes(slack, home, "My log")
    slack.wait(lambda: "Waiting for you" not in home.text, what="the tab to follow the message")
    becomes(slack, ask, "Ana hears it in the weekly note")
    slack.wait(lambda: bot.count("telling") == 1, what="the permission")
    assert bot.count("fact", "kind = 'Responded'") == 1


def test_when_one_means_to_try_it_is_said_in_the_tab(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    answer = asks(slack, slack.cleo)
    seen = next(s for s in slack.ben.sees("platform") if s.ts == answer.ts)
    after(slack, lambda: seen.press("I'll use this"), lambda: slack.ben.ephemerals("platform"), "a word")
    slack.ben.opens_home()
    home = slack.ben.home
    becomes(slack, home, "To try")
    assert home.menus["When might that be?"] == ["This week", "This month", "When it comes up", "In my own words"]
    home.choose("When might that be?", "This month")
    becomes(slack, home, "You mean to use it this month.")
    assert slack.ben.modal is None, "the tab itself says it"


def test_a_need_that_is_over_is_answered_in_the_tab(slack: Driver, days: Days, bot: Bot) -> None:
    told(slack, slack.cleo, "/kb need zebra food by tomorrow", "I have nothing on it yet.")
    slack.cleo.opens_home()
    becomes(slack, slack.cleo.home, "What I look out for")
    days.go_to(slack.cleo, "wed", 11)
    asked = slack.wait(lambda: slack.cleo.inbox, what="the question")[0]
    slack.cleo.opens_home()
    becomes(slack, slack.cleo.home, "Did you find it elsewhere?")
    slack.cleo.home.press("I found it elsewhere")
    becomes(slack, asked, "Good to hear. It is closed.")
    slack.wait(lambda: "You needed" not in slack.cleo.home.text, what="the tab to be shown anew")
    assert bot.count("need", "state = 'helped'") == 1


def test_what_waits_for_my_yes_is_answered_in_the_tab(slack: Driver, bot: Bot) -> None:
    before = len(slack.ana.inbox)
    slack.ben.reacts(slack.ana.says(QUESTION, "oncall"), "bulb")
    notice = slack.wait(lambda: slack.ana.inbox[before:], what="Ana's notice")[0]
    slack.ana.opens_home()
    becomes(slack, slack.ana.home, "May others find this?")
    slack.ana.home.press("Yes, share it")
    becomes(slack, notice, "with your name")
    slack.wait(lambda: "May others find this?" not in slack.ana.home.text, what="the tab to be shown anew")
    notice.press("Take it back")
    becomes(slack, notice, "Taken back")
    assert bot.count("item", "state = 'rejected'") == 1


def test_what_is_answered_in_the_tab_needs_no_message_any_more(slack: Driver, days: Days, bot: Bot) -> None:
    told(slack, slack.cleo, "/kb need zebra food by tomorrow", "I have nothing on it yet.")
    told(slack, slack.cleo, "/kb pause 1 week", "You hear nothing unasked from me")
    days.go_to(slack.cleo, "wed", 11)
    slack.wait(lambda: bot.count("need", "state = 'asked'") == 1, what="the question to be due")
    slack.cleo.opens_home()
    becomes(slack, slack.cleo.home, "Did you find it elsewhere?")
    slack.cleo.home.press("Still missing")
    slack.wait(lambda: bot.count("need", "state = 'unmet'") == 1, what="the answer")
    days.go_to(slack.cleo, "wed", 12)
    days.nothing_comes(slack.cleo)


def test_what_i_do_brings_what_is_new_of_it_into_the_tab_without_a_message(slack: Driver, days: Days, bot: Bot) -> None:
    adds(slack, "Deploys are on Tuesdays")
    slack.ben.opens_home()
    becomes(slack, slack.ben.home, "What you do: you have not said.")
    form = opens(slack, slack.ben, lambda: slack.ben.home.press("Change"))
    assert "no topic" in form.submit({"What do you do?": "deplois"})["What do you do?"]
    assert form.submit({"What do you do?": "Deploys", "And from elsewhere": [NEXT_DOOR]}) == {}
    becomes(slack, slack.ben.home, "What you do: *deploys*. Once a month something from next door.")
    slack.ben.home.choose("Ask me on any of my days", "Ask me on Tuesdays")
    becomes(slack, slack.ben.home, "How things went I ask on Tuesdays.")
    adds(slack, "Deploys need two people")
    slack.wait(lambda: bot.count("delivery", "state = 'offered'") == 1, what="it to be chosen")
    slack.ben.opens_home()
    becomes(slack, slack.ben.home, "You get this because you said that you do *deploys*.")
    days.go_to(slack.ben, "tue", 11)
    days.nothing_comes(slack.ben)
    slack.ben.home.press("Good to know")
    slack.wait(lambda: "New for you" not in slack.ben.home.text, what="the tab to be shown anew")


NEXT_DOOR = "Something from next door, once a month"


def adds(slack: Driver, words: str) -> None:
    """Ana adds something about deploys."""
    modal = opens(slack, slack.ana, lambda: slack.ana.command(f"/kb add {words}", "platform"))
    assert modal.submit({"Topics": "deploys"}) == {}
    if slack.ana.modal:
        slack.ana.modal.close()
    slack.settle()
