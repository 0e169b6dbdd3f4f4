"""The whole loop: flag, item, answer, follow-up, and the contributor hears of it."""

from kbot.playground.driver import Driver
from tests.journeys.days import Days
from tests.journeys.steps import ASKED, QUESTION, TIP, asks, becomes, commands, is_marked, tip_saved
from tests.journeys.ways import in_every_way


@in_every_way
def test_ana_hears_that_her_tip_worked(slack: Driver, days: Days) -> None:
    tip = tip_saved(slack)
    assert f"Saved, so that others can find it: *{QUESTION}*" in tip.receipt.text
    assert f"Ben saved this so that others can find it:\n> {TIP}" in tip.notice.text
    slack.wait(lambda: is_marked(slack.ben, tip.reply), what="kbot's mark")
    tip.notice.press("Fine")
    becomes(slack, tip.notice, "with your name: others can find it")

    days.go(days=1)
    answer = asks(slack, slack.ben)
    assert f"*{QUESTION}*\n{TIP}\nFrom Ana in #platform · saved yesterday" in answer.text

    ask = days.until_asked(slack.ben)
    assert f"You asked: _{ASKED}_. Did the answer help?" in ask.text
    assert ask.buttons[:5] == ["Solved it", "Partly", "Didn't work", "Haven't tried yet", "Wasn't the point"]
    ask.press("Solved it")
    becomes(slack, ask, "May I tell Ana?")
    ask.press("Yes, with my name")
    becomes(slack, ask, "Ana hears it in the weekly note, with your name.")

    note = days.until_told(slack.ana)
    assert "*What became of what you shared*" in note.text
    assert "- Ben used it: it helped." in note.text

    assert "used by 1 (reported)" in asks(slack, slack.cleo).text
    log = commands(slack, slack.ben, "/kb learned")
    assert f"*{QUESTION}*\nUsed it, it helped" in log.text
