"""The contributor hears what became of it: only what was allowed, once a week, and nobody is unmasked."""

from kbot.playground.driver import Driver
from kbot.playground.hands import Person
from kbot.playground.seen import Seen
from tests.journeys.days import Days
from tests.journeys.steps import asks, asks_privately, becomes, commands, flags, tip_saved

WITH, WITHOUT = "Yes, with my name", "Yes, without my name"


def used_it(slack: Driver, person: Person, words: str = "drain the queue", telling: str = WITH) -> Seen:
    """Reports a use unasked and says whether the contributor may hear of it."""
    which = commands(slack, person, f"/kb used {words}")
    which.press("I used this")
    becomes(slack, which, "How did it go?")
    which.press("It helped")
    becomes(slack, which, "May I tell")
    which.press(telling)
    becomes(slack, which, "Two lines for the next person?")
    return which


def is_asked(slack: Driver, person: Person) -> Seen:
    """Wait until the follow-up is there."""
    return slack.wait(lambda: [seen for seen in person.inbox if "You asked:" in seen.text], what="a follow-up")[0]


def test_several_uses_are_one_note_a_week(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    used_it(slack, slack.ben)
    note = slack.wait(lambda: slack.ana.inbox[1:], what="the note")[0]  # it is Monday, 14:00 in Lisbon
    assert "- Ben used it: it helped." in note.text
    used_it(slack, slack.cleo)
    days.go_to(slack.ana, "thu")
    days.nothing_comes(slack.ana)
    days.go_to(slack.ana, "mon", 14, 30)
    second = slack.wait(lambda: slack.ana.inbox[2:], what="the next note")[0]
    assert "- Cleo used it: it helped." in second.text
    assert "Ben" not in second.text


def test_a_no_is_a_no(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    used_it(slack, slack.ben, telling="No")
    days.go_to(slack.ana, "thu")
    days.nothing_comes(slack.ana)


def test_the_note_comes_in_the_contributors_hours(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    days.go_to(slack.ana, "mon", 20)
    used_it(slack, slack.ben)
    days.nothing_comes(slack.ana)
    assert "Ben used it" in days.until_told(slack.ana).text


def test_somebody_unnamed_is_told_of_when_three_were_asked_and_two_weeks_are_over(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    for person in (slack.ben, slack.cleo):
        asks(slack, person)
    asks_privately(slack, slack.dov, "drain the queue?", "general")
    ask = days.until_asked(slack.ben)
    ask.press("Solved it")
    becomes(slack, ask, "May I tell Ana?")
    ask.press(WITHOUT)
    for person in (slack.dov, slack.cleo):
        days.go_to(person, "fri")
        is_asked(slack, person)
    days.go_to(slack.ana, "tue")
    days.nothing_comes(slack.ana)
    note = days.until_told(slack.ana)
    assert "- Somebody used it: it helped." in note.text
    assert "Ben" not in note.text
    assert slack.ben.id not in str(note.blocks)


def test_an_unnamed_contributor_is_not_unmasked_by_the_question(slack: Driver, days: Days) -> None:
    tip = tip_saved(slack)
    tip.notice.press("Leave my name out")
    becomes(slack, tip.notice, "without your name")
    asks(slack, slack.ben)
    ask = days.until_asked(slack.ben)
    ask.press("Solved it")
    becomes(slack, ask, "May I tell the person who shared it?")
    ask.press(WITH)
    becomes(slack, ask, "The person who shared it hears it in the weekly note, with your name.")
    ask.press("Who sees this?")
    slack.wait(lambda: slack.ben.ephemerals("dm"), what="a word")
    everything = [ask, *slack.ben.ephemerals("dm"), *slack.ben.sees("platform")]
    theirs = [seen for seen in everything if seen.author in (None, "U0KBOT")]
    assert not any("Ana" in seen.text for seen in theirs)
    assert "Ben used it" in days.until_told(slack.ana).text


def test_a_permission_taken_back_before_the_note_is_kept(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    days.go_to(slack.ana, "mon", 20)
    which = used_it(slack, slack.ben)
    which.press("Change my answer")
    slack.wait(lambda: "Used it" in which.buttons, what="the buttons again")
    which.press("Used it")
    becomes(slack, which, "How did it go?")
    which.press("Made it worse")
    becomes(slack, which, "Want help?")
    which.press("No, thanks")
    becomes(slack, which, "May I tell Ana?")
    which.press("No")
    becomes(slack, which, "it made things worse")
    days.go_to(slack.ana, "tue")
    days.nothing_comes(slack.ana)


def test_what_was_changed_meanwhile_is_told_as_it_is_now(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    days.go_to(slack.ana, "mon", 20)
    which = used_it(slack, slack.ben)
    which.press("Change my answer")
    slack.wait(lambda: "Tried, didn't work" in which.buttons, what="the buttons again")
    which.press("Tried, didn't work")
    becomes(slack, which, "What happened?")
    which.press("Not clear how")
    becomes(slack, which, "Want help?")
    which.press("No, thanks")
    becomes(slack, which, "May I tell Ana?")
    which.press(WITH)
    becomes(slack, which, "You said: Tried, didn't work")
    note = days.until_told(slack.ana)
    assert "- Ben tried it and it did not work: it was not clear how." in note.text
    assert "helped" not in note.text


def test_the_note_has_pause_and_stop(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    used_it(slack, slack.ben)
    note = slack.wait(lambda: slack.ana.inbox[1:], what="the note")[0]
    note.press("Stop")
    slack.wait(lambda: slack.ana.ephemerals("dm"), what="a word")
    used_it(slack, slack.cleo)
    days.go_to(slack.ana, "thu")
    days.go_to(slack.ana, "thu")
    days.nothing_comes(slack.ana)


def test_two_things_shared_are_two_headings_in_one_note(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    flags(slack, slack.cleo, slack.ana.says("How the zebra is fed", "platform"))
    days.go_to(slack.ana, "mon", 20)
    used_it(slack, slack.ben)
    used_it(slack, slack.ben, "zebra fed")
    note = days.until_told(slack.ana)
    assert note.text.count("Ben used it") == 2
    assert "How the zebra is fed" in note.text
