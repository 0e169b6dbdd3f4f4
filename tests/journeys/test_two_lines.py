"""Two lines for the next person: who reads them, who is thanked, and that their author can take them back."""

import pytest

from kbot.playground.driver import Driver
from kbot.playground.hands import Person
from kbot.playground.seen import Modal, Seen
from tests.journeys.days import Days
from tests.journeys.steps import asks, becomes, opens, tip_saved
from tests.journeys.test_telling import used_it
from tests.journeys.ways import on_both_databases

SITUATION, HAPPENED = "What was the situation?", "What did you do, and what happened?"
READERS, NAME = "Who may read it?", "Your name"
LINK, WITNESS = "A link that shows it", "Did a colleague see it?"
EVERYONE, WITH = "Everyone who may see it", "With my name"


def solved(slack: Driver, days: Days, person: Person) -> Seen:
    """Two days after the answer they say that it solved it, and that Ana may hear so."""
    asks(slack, person)
    ask = days.until_asked(person)
    ask.press("Solved it")
    becomes(slack, ask, "May I tell Ana?")
    ask.press("Yes, with my name")
    becomes(slack, ask, "Two lines for the next person?")
    return ask


def two_lines(slack: Driver, person: Person, ask: Seen, *, label: str = "Write two lines", **other: str) -> Modal:
    """The form, filled in: a place, what happened, everybody may read it."""
    modal = opens(slack, person, lambda: ask.press(label))
    modal.fill(SITUATION, "night shift").fill(HAPPENED, "Drained twice, <!channel> then it ran.")
    modal.select(READERS, EVERYONE).select(NAME, WITH)
    for field, value in other.items():
        modal.fill(field, value)
    return modal


def is_kept(slack: Driver, person: Person, modal: Modal) -> None:
    assert modal.submit() == {}
    slack.wait(lambda: person.modal and "Kept." in person.modal.text, what="that it is kept")
    modal.close()


@on_both_databases
def test_two_lines_reach_ana_and_the_next_one_and_can_be_taken_back(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    ask = solved(slack, days, slack.ben)
    is_kept(slack, slack.ben, two_lines(slack, slack.ben, ask))
    slack.wait(lambda: "My two lines" in ask.buttons, what="the button that changes them")

    note = days.until_told(slack.ana)
    assert '- Ben used it: it helped. "Drained twice, <!channel> then it ran." (night shift)' in note.text
    assert "It was put to use for the first time" in note.text
    assert "- It answered a question in one channel." in note.text
    assert "Say thanks to Ben" in note.buttons

    answer = asks(slack, slack.cleo)
    assert "used by 1 (reported), worked for 1 of 1 (night shift)" in answer.text

    modal = opens(slack, slack.ben, lambda: ask.press("My two lines"))
    assert modal.fields[SITUATION] == "night shift"
    modal.press("Take it back")
    slack.wait(lambda: "Taken back" in modal.text, what="that it is taken back")
    modal.close()
    slack.wait(lambda: "Drained" not in note.text, what="the note without them")
    assert "- Ben used it: it helped." in note.text
    again = asks(slack, slack.cleo)
    assert "worked for 1 of 1" in again.text
    assert "night shift" not in again.text


def test_a_failure_is_told_like_a_success_and_warns_the_next_one(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    asks(slack, slack.ben)
    ask = days.until_asked(slack.ben)
    ask.press("Didn't work")
    becomes(slack, ask, "that is worth as much as a success")
    ask.press("Not clear how")
    becomes(slack, ask, "Want help?")
    ask.press("No, thanks")
    becomes(slack, ask, "May I tell Ana?")
    ask.press("Yes, without my name")
    becomes(slack, ask, "Two lines for the next person?")
    assert "Others may ask me" not in ask.buttons
    is_kept(slack, slack.ben, two_lines(slack, slack.ben, ask))
    assert "did not work for 1 (night shift)" in asks(slack, slack.cleo).text
    note = days.until_told(slack.ana)
    assert "- Ben tried it and it did not work: it was not clear how." in note.text
    assert "Clarify it" in note.buttons


def test_ten_thousand_characters_are_refused_in_their_field_and_stay_there(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    which = used_it(slack, slack.ben)
    modal = two_lines(slack, slack.ben, which, label="Write two lines")
    long = "<!channel> <@U0ANA> https://x.test " * 300
    errors = modal.submit({HAPPENED: long})
    assert "2,000" in errors[HAPPENED] or "2000" in errors[HAPPENED]
    modal.fill(HAPPENED, "Short.")
    is_kept(slack, slack.ben, modal)


@pytest.mark.parametrize("answer", ["I saw this", "I didn't"])
def test_a_colleague_is_asked_once_and_counted_apart(slack: Driver, days: Days, answer: str) -> None:
    tip_saved(slack)
    which = used_it(slack, slack.ben)
    modal = two_lines(slack, slack.ben, which)
    modal.select(WITNESS, "ben")
    assert modal.submit()[WITNESS].startswith("Please name a colleague, not yourself")
    modal.select(WITNESS, "cleo").fill(LINK, "https://tickets.test/1")
    is_kept(slack, slack.ben, modal)
    asked = slack.wait(lambda: [s for s in slack.cleo.inbox if "Did you see that?" in s.text], what="a question")[0]
    assert asked.text.startswith("Ben says that they used this:")
    asked.press(answer)
    becomes(slack, asked, "You said:")
    told = asks(slack, slack.cleo).text
    assert "1 with a link" in told
    assert ("1 seen by a colleague" in told) is (answer == "I saw this")
