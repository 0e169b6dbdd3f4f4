"""A person's own log as they use it: read, changed, taken away, deleted; and what they want to remember."""

from kbot.playground.driver import Driver
from tests.journeys.bot import Bot
from tests.journeys.days import Days
from tests.journeys.steps import ASKED, QUESTION, after, asks, asks_privately, becomes, commands, tip_saved
from tests.journeys.ways import on_both_databases


@on_both_databases
def test_a_log_is_read_changed_taken_away_and_deleted(slack: Driver, days: Days, bot: Bot) -> None:
    tip_saved(slack)
    asks(slack, slack.ben)
    ask = days.until_asked(slack.ben)
    ask.press("Wasn't the point")
    becomes(slack, ask, "You said: The answer wasn't the point.")

    mine = commands(slack, slack.ben, "/kb learned")
    assert f"*{QUESTION}*" in mine.text
    assert f"You asked: {ASKED}" in mine.text
    question = after(
        slack, lambda: mine.press("Change my answer"), lambda: slack.ben.ephemerals("platform"), "the question again"
    )
    assert "Solved it" in question.buttons
    question.press("Solved it")
    becomes(slack, question, "May I tell Ana?")
    becomes(slack, ask, "May I tell Ana?")

    before = len(slack.ben.inbox)
    mine.press("Export")
    slack.wait(lambda: slack.ben.inbox[before:], what="the files")
    uploads = {u.name: u.content for u in slack.playground.slack.world.uploads.values() if u.content}
    assert b"Used it, it helped" in uploads["my-log.md"]
    assert ASKED.encode() in uploads["my-log.json"]

    mine.press("Delete all I said")
    becomes(slack, mine, "All that you said is deleted.")
    becomes(slack, ask, "You deleted what was here.")
    assert bot.count("follow_up_case") == 0
    assert "used by" not in asks_privately(slack, slack.cleo).text
    assert "Your log is empty" in commands(slack, slack.ben, "/kb learned").text


def test_the_home_tab_opens_the_log_in_a_dialog(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    asks(slack, slack.ben)
    slack.settle()
    slack.ben.opens_home()
    slack.wait(lambda: "Open my log" in slack.ben.home.buttons, what="the button")
    slack.ben.home.press("Open my log")
    form = slack.wait(lambda: slack.ben.modal, what="the log")
    assert QUESTION in form.text
    form.press("Say how it went")
    slack.wait(lambda: slack.ben.modal and "Solved it" in slack.ben.modal.text, what="the question")


def test_what_somebody_wants_to_remember_is_asked_until_it_is_known(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    answer = asks_privately(slack, slack.ben)
    said = after(
        slack,
        lambda: answer.press("Help me remember this"),
        lambda: slack.ben.ephemerals("platform"),
        "a word",
    )
    assert "three a week at most" in said.text
    first = len(slack.ben.inbox)
    days.go_to(slack.ben, "wed", 9, 50)
    days.nothing_comes(slack.ben)
    days.go_to(slack.ben, "thu", 11)
    found = slack.wait(lambda: [s for s in slack.ben.inbox[first:] if "remember" in s.text], what="the check")
    check = found[0]
    assert "Drain the queue" not in check.text, "think first"
    assert QUESTION not in check.notification
    check.press("Show answer")
    becomes(slack, check, "Drain the queue")
    check.press("Recalled")
    becomes(slack, check, "You said: Recalled. I ask again in")
