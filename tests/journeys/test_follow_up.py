"""Did it get used? What is asked, when it is asked, and what each answer leads to."""

from datetime import UTC, datetime

import pytest

from kbot.playground.driver import Driver
from kbot.playground.hands import Person
from kbot.playground.seen import Seen
from tests.journeys.bot import Bot
from tests.journeys.days import Days
from tests.journeys.steps import (
    ASKED,
    NOTHING,
    QUESTION,
    Tip,
    after,
    asks,
    asks_in_dm,
    asks_privately,
    becomes,
    commands,
    flags,
    is_told,
    opens,
    tip_saved,
)
from tests.journeys.ways import on_postgresql, with_settings

FORM_C = ["Solved it", "Partly", "Didn't work", "Haven't tried yet", "Wasn't the point"]
FORM_D = ["Not yet", "Used it", "Used it, changed it", "Tried, didn't work", "Not for me"]
MORE = [
    "It changed how I think",
    "I already did this",
    "Decided against it",
    "Passed it on",
    "Don't ask about this",
]
ANIMALS = ("zebra", "walrus", "ocelot", "badger")


def asked_after_an_answer(slack: Driver, days: Days) -> tuple[Tip, Seen]:
    tip = tip_saved(slack)
    asks(slack, slack.ben)
    return tip, days.until_asked(slack.ben)


def means_to_use(slack: Driver, person: Person, question: str = ASKED) -> None:
    """Says "I'll use this" under an answer to somebody else: an intention, and no question of one's own."""
    answer = asks(slack, slack.cleo, question)
    seen = next(s for s in person.sees("platform") if s.ts == answer.ts)
    said = after(slack, lambda: seen.press("I'll use this"), lambda: person.ephemerals("platform"), "a word")
    said.press("This week")
    becomes(slack, said, "Noted: you mean to use it this week.")


# -- the forms


def test_after_an_answer_it_asks_whether_that_helped(slack: Driver, days: Days) -> None:
    _, ask = asked_after_an_answer(slack, days)
    assert ask.text.startswith(f"You asked: _{ASKED}_. Did the answer help?\n*{QUESTION}*")
    assert ask.buttons == [*FORM_C, "Pause", "Stop", "Who sees this?"]
    assert QUESTION not in ask.notification, "a lock screen shows nothing of it"


def test_what_i_meant_to_use_it_asks_for_a_chance_to_use_it(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    means_to_use(slack, slack.ben)
    ask = days.until_asked(slack.ben)
    assert "Has there been a chance to use it?" in ask.text
    assert ask.buttons[:10] == [*FORM_D, *MORE]


def test_several_are_one_message_of_three_and_the_rest_waits_a_week(slack: Driver, days: Days) -> None:
    for animal in ANIMALS:
        flags(slack, slack.cleo, slack.ana.says(f"How the {animal} is fed", "platform"))
        asks(slack, slack.ben, f"{animal} fed?")
    ask = days.until_asked(slack.ben)
    assert "*Three quick ones* - a tap each, skip any." in ask.text
    missing = [animal for animal in ANIMALS if animal not in ask.text]
    assert len(missing) == 1
    assert ask.buttons.count("Solved it") == 3
    first = len(slack.ben.inbox)
    days.go_to(slack.ben, "mon", 11)
    days.nothing_comes(slack.ben)
    assert len(slack.ben.inbox) == first, "a new ISO week is not yet seven days"
    days.go_to(slack.ben, "thu", 11, 30)
    rest = slack.wait(lambda: slack.ben.inbox[first:], what="the rest")[0]
    assert missing[0] in rest.text
    assert "quick ones" not in rest.text


def test_a_tap_in_a_bundle_changes_its_own_line_only(slack: Driver, days: Days) -> None:
    for animal in ANIMALS[:2]:
        flags(slack, slack.cleo, slack.ana.says(f"How the {animal} is fed", "platform"))
        asks(slack, slack.ben, f"{animal} fed?")
    ask = days.until_asked(slack.ben)
    assert "*Two quick ones*" in ask.text
    ask.press("Wasn't the point")
    becomes(slack, ask, "You said: The answer wasn't the point.")
    assert ask.buttons.count("Solved it") == 1


@on_postgresql
def test_two_working_days_at_the_earliest(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    asks(slack, slack.ben)  # on Monday, 9:00 in New York
    days.go_to(slack.ben, "wed", 9, 55)
    days.nothing_comes(slack.ben)
    days.go_to(slack.ben, "wed", 10, 5)
    assert slack.wait(lambda: slack.ben.inbox, what="the follow-up")


@with_settings(KBOT_TICK_SECONDS="600")
def test_what_is_due_comes_as_soon_as_time_was_moved(slack: Driver, days: Days) -> None:
    asked_after_an_answer(slack, days)


def test_nobody_is_asked_at_night_wherever_they_live(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    asks_in_dm(slack, slack.dov)  # on Monday, 23:00 in Tokyo
    first = len(slack.dov.inbox)
    days.go_to(slack.dov, "thu", 9, 50)
    days.nothing_comes(slack.dov)
    days.go_to(slack.dov, "thu", 10, 10)
    slack.wait(lambda: slack.dov.inbox[first:], what="the follow-up at ten in Tokyo")


def test_nobody_is_asked_on_a_weekend(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    days.go_to(slack.ben, "thu", 15)
    asks(slack, slack.ben)
    days.go_to(slack.ben, "sat", 11)
    days.nothing_comes(slack.ben)
    days.go_to(slack.ben, "mon", 15, 10)
    slack.wait(lambda: slack.ben.inbox, what="the follow-up")


def test_in_the_week_of_the_clock_change_ten_is_still_ten(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    days.go_to_moment(datetime(2040, 3, 8, 15, 0, tzinfo=UTC))  # Thursday, 10:00 in New York, winter time
    asks(slack, slack.ben)
    days.go_to_moment(datetime(2040, 3, 12, 13, 50, tzinfo=UTC))  # Monday, 9:50, summer time since Sunday
    days.nothing_comes(slack.ben)
    days.go_to_moment(datetime(2040, 3, 12, 14, 10, tzinfo=UTC))  # 10:10
    slack.wait(lambda: slack.ben.inbox, what="the follow-up at ten")


def test_who_has_moved_is_asked_in_the_new_place(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    asks(slack, slack.ben)
    slack.ben.moves_to("Asia/Tokyo")
    slack.settle()
    days.go_to(slack.ben, "wed", 17)
    days.nothing_comes(slack.ben)
    days.go_to(slack.ben, "thu", 10, 10)
    slack.wait(lambda: slack.ben.inbox, what="the follow-up in Tokyo")


# -- what each answer leads to


def test_solved_it_goes_to_telling(slack: Driver, days: Days) -> None:
    _, ask = asked_after_an_answer(slack, days)
    ask.press("Solved it")
    becomes(slack, ask, "May I tell Ana?")
    assert ask.buttons[:3] == ["Yes, with my name", "Yes, without my name", "No"]
    ask.press("No")
    becomes(slack, ask, "You said: Used it, it helped. Two lines for the next person?")
    ask.press("Not now")
    becomes(slack, ask, "You said: Used it, it helped. Thank you.")


def test_partly_asks_what_was_missing(slack: Driver, days: Days, bot: Bot) -> None:
    _, ask = asked_after_an_answer(slack, days)
    ask.press("Partly")
    becomes(slack, ask, "May I tell Ana?")
    ask.press("Say what was missing")
    form = slack.wait(lambda: slack.ben.modal, what="the form")
    assert form.submit() != {}
    label = "In your own words; only you see it"
    assert form.fill(label, "How long <!channel> it takes").submit() == {}
    slack.wait(lambda: "Say what was missing" not in ask.buttons, what="the button to go")
    assert bot.count("follow_up_case", "missing = 'How long <!channel> it takes'") == 1


def test_used_it_goes_first_to_how_it_went(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    means_to_use(slack, slack.ben)
    ask = days.until_asked(slack.ben)
    ask.press("Used it")
    becomes(slack, ask, "Good. How did it go?")
    assert ask.buttons[:4] == ["It helped", "Made no difference", "Made it worse", "Too early to say"]
    ask.press("Made no difference")
    becomes(slack, ask, "May I tell Ana?")


@pytest.mark.parametrize("answer", ["Not for me", "I already did this", "Decided against it", "Passed it on"])
def test_some_answers_are_complete_with_one_tap(slack: Driver, days: Days, answer: str) -> None:
    tip_saved(slack)
    means_to_use(slack, slack.ben)
    ask = days.until_asked(slack.ben)
    ask.press(answer)
    becomes(slack, ask, f"You said: {answer}.")
    assert "May I tell" not in ask.text


def test_who_it_was_passed_on_to_finds_it_in_the_home_tab(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    means_to_use(slack, slack.ben)
    ask = days.until_asked(slack.ben)
    before = len(slack.dov.inbox)
    ask.press("Passed it on")
    becomes(slack, ask, "To whom? Only if you like.")
    form = opens(slack, slack.ben, lambda: ask.press("Say to whom"))
    assert "not yourself" in form.submit({"You passed it on to": [slack.ben.id]})["You passed it on to"]
    assert form.submit({"You passed it on to": [slack.dov.id]}) == {}
    becomes(slack, ask, "It lies in their Home tab, if they may see it; no message goes to them")
    slack.dov.opens_home()
    becomes(slack, slack.dov.home, "You get this because a colleague passed it on to you.")
    assert len(slack.dov.inbox) == before
    ask.press("Change my answer")
    slack.wait(lambda: "Not yet" in ask.buttons, what="the buttons again")
    slack.dov.opens_home()
    slack.wait(lambda: "passed it on" not in slack.dov.home.text, what="it to be gone")


def test_an_answer_can_be_changed(slack: Driver, days: Days) -> None:
    _, ask = asked_after_an_answer(slack, days)
    ask.press("Wasn't the point")
    becomes(slack, ask, "You said: The answer wasn't the point.")
    ask.press("Change my answer")
    slack.wait(lambda: "Solved it" in ask.buttons, what="the buttons again")
    ask.press("Didn't work")
    becomes(slack, ask, "You said: Tried, didn't work.")
    assert "did not work for 1" in asks(slack, slack.cleo).text
    assert "used by" not in asks(slack, slack.cleo).text


def test_not_tried_yet_is_asked_once_more_after_two_weeks(slack: Driver, days: Days) -> None:
    _, ask = asked_after_an_answer(slack, days)
    ask.press("Haven't tried yet")
    becomes(slack, ask, "You said: Not yet. Fine. What's in the way, if anything?")
    first = len(slack.ben.inbox)
    days.go(days=7)
    days.nothing_comes(slack.ben)
    days.go(days=7, hours=1)
    again = slack.wait(lambda: slack.ben.inbox[first:], what="the second ask")[0]
    assert "Still open from before: You asked" in again.text
    assert again.buttons[:5] == FORM_C
    again.press("Haven't tried yet")
    becomes(slack, again, "You said: Not yet.")
    days.go(days=30)
    days.nothing_comes(slack.ben)


def test_two_silent_asks_are_an_answer(slack: Driver, days: Days) -> None:
    asked_after_an_answer(slack, days)
    first = len(slack.ben.inbox)
    days.go(days=15)
    assert slack.wait(lambda: slack.ben.inbox[first:], what="the second ask")
    days.go(days=15)
    days.nothing_comes(slack.ben)
    days.go(days=15)
    days.nothing_comes(slack.ben)


def test_dont_ask_about_this_holds_for_ever(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    means_to_use(slack, slack.ben)
    ask = days.until_asked(slack.ben)
    ask.press("Don't ask about this")
    becomes(slack, ask, "Got it, I won't ask about this again.")
    asks(slack, slack.ben)
    days.go_to(slack.ben, "mon")
    days.go_to(slack.ben, "thu")
    days.nothing_comes(slack.ben)


def test_the_contributor_is_not_asked_about_their_own(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    asks(slack, slack.ana)
    days.go_to(slack.ana, "thu")
    days.nothing_comes(slack.ana)


def test_an_open_question_is_not_followed_up(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    assert NOTHING in asks(slack, slack.ben, "what about elephants?").text
    days.go_to(slack.ben, "thu")
    days.nothing_comes(slack.ben)


# -- pause, stop, who sees this


def test_pause_is_kept_and_ends_by_itself(slack: Driver, days: Days) -> None:
    _, ask = asked_after_an_answer(slack, days)
    ask.press("Pause")
    is_told(slack, slack.ben, "Paused: I ask and send nothing of my own before ", "dm")
    flags(slack, slack.cleo, slack.ana.says("How the zebra is fed", "platform"))
    asks(slack, slack.ben, "zebra fed?")
    before = len(slack.ben.inbox)
    days.go(days=6)
    days.nothing_comes(slack.ben)
    days.go(days=2)
    slack.wait(lambda: slack.ben.inbox[before:], what="what had waited")


def test_stop_holds_until_resume(slack: Driver, days: Days) -> None:
    _, ask = asked_after_an_answer(slack, days)
    ask.press("Stop")
    is_told(slack, slack.ben, "I've stopped asking.", "dm")
    flags(slack, slack.cleo, slack.ana.says("How the zebra is fed", "platform"))
    asks(slack, slack.ben, "zebra fed?")
    before = len(slack.ben.inbox)
    days.go(days=20)
    days.go_to(slack.ben, "thu")
    days.nothing_comes(slack.ben)
    commands(slack, slack.ben, "/kb resume")
    slack.wait(lambda: slack.ben.inbox[before:], what="what had waited")


def test_kb_pause_keeps_kbot_quiet_and_resume_ends_it(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    asks(slack, slack.ben)
    commands(slack, slack.ben, "/kb pause 2 weeks")
    days.go_to(slack.ben, "thu")
    days.nothing_comes(slack.ben)
    commands(slack, slack.ben, "/kb resume")
    slack.wait(lambda: slack.ben.inbox, what="the follow-up")


def test_who_sees_this(slack: Driver, days: Days) -> None:
    _, ask = asked_after_an_answer(slack, days)
    ask.press("Who sees this?")
    slack.wait(lambda: slack.ben.ephemerals("dm"), what="a word")
    assert slack.ben.ephemerals("dm")[-1].text.startswith("You. Ana, if you let me tell them. Nobody else")


# -- reporting a use unasked, and my log


def test_kb_used_reports_a_use_at_any_time(slack: Driver) -> None:
    tip_saved(slack)
    which = commands(slack, slack.cleo, "/kb used drain the queue")
    assert "Which one did you use?" in which.text
    which.press("I used this")
    becomes(slack, which, "Good. How did it go?")
    which.press("It helped")
    becomes(slack, which, "May I tell Ana?")
    which.press("Yes, without my name")
    becomes(slack, which, "without your name")
    assert "used by 1 (reported)" in asks(slack, slack.ben).text


def test_kb_used_without_words_offers_what_came_lately(slack: Driver) -> None:
    tip_saved(slack)
    assert "I find nothing like that" in commands(slack, slack.cleo, "/kb used").text
    asks_privately(slack, slack.cleo)
    slack.wait(lambda: "I used this" in commands(slack, slack.cleo, "/kb used").buttons, what="the item")


def test_what_was_reported_unasked_is_not_asked_any_more(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    asks(slack, slack.ben)
    slack.settle()
    which = commands(slack, slack.ben, "/kb used")
    which.press("I used this")
    becomes(slack, which, "How did it go?")
    days.go_to(slack.ben, "thu")
    days.nothing_comes(slack.ben)


def test_i_used_this_pressed_twice_is_one_line_in_the_log(slack: Driver) -> None:
    tip_saved(slack)
    which = commands(slack, slack.cleo, "/kb used drain the queue")
    press = lambda: which.press("I used this", as_first_seen=True)  # noqa: E731
    slack.at_once(press, press)
    becomes(slack, which, "How did it go?")
    assert commands(slack, slack.cleo, "/kb learned").text.count(QUESTION) == 1


def test_my_log_is_mine(slack: Driver) -> None:
    tip_saved(slack)
    assert "Your log is empty." in commands(slack, slack.ben, "/kb learned").text
    asks(slack, slack.ben)
    slack.wait(lambda: QUESTION in commands(slack, slack.ben, "/kb learned").text, what="the line")
    assert "Your log is empty." in commands(slack, slack.cleo, "/kb learned").text


# -- somebody else, twice


def test_a_double_click_is_one_response(slack: Driver, days: Days, bot: Bot) -> None:
    _, ask = asked_after_an_answer(slack, days)
    press = lambda: ask.press("Solved it", as_first_seen=True)  # noqa: E731
    assert slack.at_once(press, press) == [True, True]
    becomes(slack, ask, "May I tell Ana?")
    assert bot.count("follow_up_case", "form = 'question'") == 1
    assert "used by 1 (reported)" in asks(slack, slack.cleo).text


def test_the_first_form_pressed_again_later_changes_the_answer(slack: Driver, days: Days) -> None:
    _, ask = asked_after_an_answer(slack, days)
    ask.press("Solved it")
    becomes(slack, ask, "May I tell Ana?")
    ask.press("Didn't work", as_first_seen=True)
    becomes(slack, ask, "as much as a success")
    answer = asks(slack, slack.cleo).text
    assert "did not work for 1" in answer
    assert "used by" not in answer
