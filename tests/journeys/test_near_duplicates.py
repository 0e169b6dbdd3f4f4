"""What is saved already is shown to whoever saves it again; nothing is blocked, and a person decides."""

from kbot.playground.driver import Driver
from kbot.playground.hands import Person, Post
from kbot.playground.seen import Seen
from tests.journeys.bot import Bot
from tests.journeys.steps import TIP, commands, flags, is_marked, opens
from tests.journeys.ways import on_postgresql

LIKE = "This looks like: *Drain the queue first"
AGAIN = "First drain the queue, then restart it with --resume."


def saved_twice(slack: Driver, by: Person) -> tuple[Post, Seen]:
    """Ana's tip is saved; Cleo says nearly the same, and somebody flags that too."""
    flags(slack, slack.ben, slack.ana.says(TIP))
    post = slack.cleo.says(AGAIN)
    return post, flags(slack, by, post)


@on_postgresql
def test_as_evidence_the_flag_counts_for_the_earlier_one(slack: Driver, bot: Bot) -> None:
    post, receipt = saved_twice(slack, slack.ben)
    assert LIKE in receipt.text
    slack.wait(lambda: is_marked(slack.ben, post), what="kbot's mark")
    slack.at_once(lambda: receipt.press("Add as evidence"), lambda: receipt.press("Add as evidence"))
    slack.wait(lambda: "Your flag counts for" in receipt.text, what="a receipt")
    slack.wait(lambda: not is_marked(slack.ben, post), what="the mark to go")
    assert bot.count("item", "state = 'published'") == 1


def test_kept_apart_both_stay(slack: Driver, bot: Bot) -> None:
    _, receipt = saved_twice(slack, slack.ben)
    receipt.press("Keep apart")
    slack.wait(lambda: LIKE not in receipt.text, what="the receipt without it")
    assert "Undo" in receipt.buttons
    assert bot.count("item", "state = 'published'") == 2


def test_what_builds_on_the_earlier_one_stays_and_is_linked_to_it(slack: Driver, bot: Bot) -> None:
    _, receipt = saved_twice(slack, slack.ben)
    slack.at_once(lambda: receipt.press("It builds on that one"), lambda: receipt.press("It builds on that one"))
    slack.wait(lambda: "It builds on Drain the queue first" in receipt.text.replace("*", ""), what="a receipt")
    assert "looks like" not in receipt.text
    assert "Undo" in receipt.buttons
    assert bot.count("item", "state = 'published'") == 2
    assert bot.count("lineage", "kind = 'builds_on'") == 1
    lineage = commands(slack, slack.cleo, "/kb lineage drain the queue").text
    assert "_Built on by:_" in lineage or "_Builds on:_" in lineage, "it shows either"


def test_something_else_looks_like_nothing_and_nothing_like_itself(slack: Driver) -> None:
    first = flags(slack, slack.ben, slack.ana.says(TIP))
    other = flags(slack, slack.ben, slack.cleo.says("Lunch is at noon."))
    assert "looks like" not in first.text + other.text


def test_what_the_flagger_may_not_see_is_not_shown(slack: Driver) -> None:
    flags(slack, slack.ana, slack.ana.says(TIP, "oncall"))
    assert LIKE in flags(slack, slack.ana, slack.ana.says(AGAIN, "oncall")).text
    assert "looks like" not in flags(slack, slack.cleo, slack.cleo.says(AGAIN, "general")).text


def test_the_form_says_so_too(slack: Driver, bot: Bot) -> None:
    flags(slack, slack.ben, slack.ana.says(TIP))
    modal = opens(slack, slack.ben, lambda: slack.ben.command(f"/kb add {AGAIN}", "platform"))
    assert LIKE in modal.text
    assert modal.submit() == {}, "nothing is blocked"
    slack.wait(lambda: bot.count("item", "state = 'published'") == 2, what="both")
    modal = opens(slack, slack.cleo, lambda: slack.cleo.command(f"/kb add {AGAIN}", "platform"))
    modal.press("More: reasons and limits")
    slack.wait(lambda: "Because ..." in modal.text, what="the optional lines")
    modal.select("It builds on that one", ["Both stay, and are linked"])
    assert modal.submit() == {}
    slack.wait(lambda: bot.count("lineage", "kind = 'builds_on'") == 1, what="the link")
