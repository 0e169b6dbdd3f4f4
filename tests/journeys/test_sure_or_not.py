"""With the real language model: sure, though asked in other words; unsure where it is near; silent where it is not."""

from kbot.playground.driver import Driver
from tests.journeys.days import Days
from tests.journeys.steps import NOTHING, asks, asks_in_dm, opens, set_up, things_are_known
from tests.journeys.ways import with_model

OTHER_WORDS = "our import job is stuck since the release, how do we fix it?"
NEAR = "how do I add a birthday to the team calendar?"
UNKNOWN = "how do I get a new badge printed?"


@with_model
def test_a_question_in_other_words_is_answered_without_a_doubt(slack: Driver) -> None:
    things_are_known(slack)
    answer = asks(slack, slack.ben, OTHER_WORDS)
    assert answer.text.startswith("A colleague saved this:\n*The importer hangs after a deploy")
    assert "\n> First drain the queue, then restart the importer with --resume.\n" in answer.text


@with_model
def test_what_is_only_near_is_said_to_be_unsure(slack: Driver) -> None:
    things_are_known(slack)
    answer = asks_in_dm(slack, slack.dov, NEAR)
    assert answer.text.startswith("I am not sure that one of these answers it.")
    assert "put your holidays into the team calendar" in answer.text


@with_model
def test_who_got_no_answer_is_told_when_there_is_one_a_week_later(slack: Driver, days: Days) -> None:
    things_are_known(slack)
    set_up(slack, slack.cleo, Brokers=["cleo"])
    assert asks(slack, slack.ben, UNKNOWN).text.startswith(NOTHING)
    days.go_to(slack.cleo, "mon")
    digests = lambda: [seen for seen in slack.cleo.inbox if "Write the answer" in seen.buttons]  # noqa: E731
    digest = slack.wait(digests, what="Cleo's digest")[0]
    modal = opens(slack, slack.cleo, lambda: digest.press("Write the answer"))
    assert modal.fill("What to do or know", "Ask at the front desk on floor 2.").submit() == {}
    told = slack.wait(lambda: [s for s in slack.ben.sees() if "There is an answer now" in s.text], what="Ben is told")
    assert UNKNOWN in told[0].text
    assert "front desk" in told[0].text
    assert "front desk" in asks_in_dm(slack, slack.dov, "who prints a badge for me?").text
