"""The conversation in kbot's Messages tab: what it offers, and that every question ends visibly."""

from kbot.playground.driver import Driver
from kbot.post.looking_inside import What
from kbot.slack.manifest import PROMPTS
from tests.journeys.bot import Bot
from tests.journeys.steps import QUESTION, TIP, asks_in_dm, flags, tip_saved
from tests.journeys.ways import with_settings

SECRET = "The failover password is in the vault."


def test_who_opens_it_is_offered_what_they_may_see(slack: Driver) -> None:
    tip_saved(slack)
    flags(slack, slack.ana, slack.ana.says(SECRET, "oncall"))
    slack.dov.opens_messages()
    slack.wait(lambda: slack.dov.prompts == [QUESTION], what="the prompts of what is public")
    slack.ben.opens_messages()
    slack.wait(lambda: set(slack.ben.prompts) == {QUESTION, SECRET}, what="the prompts of a member of #oncall")


def test_what_is_offered_is_answered(slack: Driver) -> None:
    tip_saved(slack)
    slack.dov.opens_messages()
    (prompt,) = slack.wait(lambda: [p for p in slack.dov.prompts if p == QUESTION], what="the prompt")
    answer = asks_in_dm(slack, slack.dov, prompt)
    assert TIP in answer.text
    assert "markdown" in [block["type"] for block in answer.blocks]


def test_in_it_words_stay_words_and_code_stays_code(slack: Driver) -> None:
    tip = "Look *here* <!channel> [docs](https://evil.example):\n```select <!here>```\n1. then `--resume`"
    post = slack.ana.says(tip, "platform", raw=True)
    flags(slack, slack.ben, post)
    answer = asks_in_dm(slack, slack.dov, "Look here for the docs, select")
    assert "Look *here* @channel [docs](https://evil.example):" in answer.text
    assert "1. then `--resume`" in answer.text
    code = [block for block in answer.blocks if block["type"] == "rich_text"]
    assert [block["elements"][0]["elements"][0]["text"] for block in code] == ["select @here"]


def test_what_somebody_may_not_see_any_more_is_not_offered_any_more(slack: Driver) -> None:
    flags(slack, slack.ana, slack.ana.says(SECRET, "oncall"))
    slack.ben.opens_messages()
    slack.wait(lambda: slack.ben.prompts == [SECRET], what="the prompt")
    slack.leave(slack.ben, "oncall")
    slack.ben.opens_messages()
    slack.wait(lambda: slack.ben.prompts == list(PROMPTS), what="the prompts of the manifest")


def test_nothing_is_offered_to_guests(slack: Driver, bot: Bot) -> None:
    tip_saved(slack)
    slack.guest.opens_messages()
    slack.wait(lambda: bot.statuses(What.INBOX, "app_home_opened") == ["done"], what="the event to be done")
    assert slack.calls("assistant.threads.setSuggestedPrompts") == []


def test_a_slack_that_takes_no_prompts_hurts_nobody(slack: Driver, bot: Bot) -> None:
    tip_saved(slack)
    slack.fault("assistant.threads.setSuggestedPrompts", "500", times=-1)
    slack.dov.opens_messages()
    slack.wait(lambda: bot.statuses(What.INBOX, "app_home_opened") == ["done"], what="the event to be done")


def test_the_sign_of_work_ends_when_nothing_can_be_looked_up(slack: Driver, bot: Bot) -> None:
    tip_saved(slack)
    slack.fault("conversations.info", "500", times=-1)
    post = slack.dov.dms(QUESTION)
    slack.wait(lambda: len(slack.calls("assistant.threads.setStatus")) >= 2, seconds=20, what="the sign and its end")
    slack.wait(lambda: slack.statuses == [], what="no sign of work")
    slack.no_more_faults()
    answer = slack.wait(lambda: slack.dov.thread(post), seconds=30, what="the answer")[0]
    assert TIP in answer.text
    assert slack.statuses == []


@with_settings(KBOT_LEASE_SECONDS="1")
def test_the_sign_of_work_ends_though_a_question_is_worked_on_twice(slack: Driver) -> None:
    tip_saved(slack)
    slack.fault("users.info", "delay", seconds=4)
    post = slack.dov.dms(QUESTION)
    slack.wait(lambda: slack.dov.thread(post), what="the answer of the second time")
    assert slack.statuses == []
    slack.wait(lambda: len(slack.calls("assistant.threads.setStatus")) >= 2, what="the sign of the first time, late")
    slack.wait(lambda: slack.statuses == [], what="no sign of work")
    slack.settle()
    assert slack.statuses == []
    assert len(slack.dov.thread(post)) == 1
