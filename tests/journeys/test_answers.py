"""Questions: wherever they are asked they are answered once, honestly, and where they were asked."""

import time

import pytest

from kbot.playground.driver import Driver
from kbot.post.looking_inside import What
from tests.journeys.bot import Bot
from tests.journeys.steps import (
    ASKED,
    NOTHING,
    QUESTION,
    TIP,
    after,
    asks,
    asks_in_dm,
    asks_privately,
    commands,
    flags,
    is_told,
    tip_saved,
)
from tests.journeys.ways import by_http, with_settings

OPEN = f"{NOTHING} I noted it as an open question"


@by_http
def test_a_mention_is_answered_once_in_its_thread(slack: Driver) -> None:
    tip_saved(slack)
    post = slack.ben.mentions(ASKED, "platform")
    slack.wait(lambda: slack.ben.thread(post), what="the answer")
    slack.settle()
    assert len(slack.deliveries("app_mention")) == 1
    assert len([d for d in slack.deliveries("message") if d.body["event"]["ts"] == post.ts]) == 1, "two events"
    assert [TIP in seen.text for seen in slack.cleo.thread(post)] == [True], "one answer, for everybody"


def test_the_answer_names_its_source(slack: Driver) -> None:
    tip = tip_saved(slack)
    answer = asks(slack, slack.ben)
    assert answer.text.startswith("A colleague saved this:")
    assert "From Ana in #platform · saved today" in answer.text
    link = f"https://harbor.slack.com/archives/C0PLATFORM/p{tip.reply.ts.replace('.', '')}"
    assert link in str(answer.blocks)
    assert answer.buttons == [
        "I'll use this",
        "Why this answer?",
        "Build on this",
        "Help me remember this",
        "Helpful",
        "Not helpful",
    ]


def test_a_mention_within_a_thread_is_answered_there(slack: Driver) -> None:
    tip_saved(slack)
    root = slack.cleo.says("We have trouble again", "platform")
    slack.ben.mentions(ASKED, "platform", thread=root)
    answer = slack.wait(lambda: [s for s in slack.ben.thread(root) if s.author == "U0KBOT"], what="the answer")
    assert TIP in answer[0].text


def test_a_question_in_the_messages_tab_is_answered_under_it(slack: Driver) -> None:
    tip_saved(slack)
    post = slack.dov.dms(ASKED)
    answer = slack.wait(lambda: slack.dov.thread(post), what="the answer")
    slack.settle()
    assert len(slack.dov.thread(post)) == 1
    assert TIP in answer[0].text
    assert slack.statuses == [], "the sign that kbot is at work has ended"


def test_a_follow_on_question_in_the_messages_tab_stays_in_its_thread(slack: Driver) -> None:
    tip_saved(slack)
    first = slack.dov.dms("Anything about elephants?")
    slack.wait(lambda: slack.dov.thread(first), what="the first answer")
    slack.dov.dms(ASKED, thread=first)
    slack.wait(lambda: any(TIP in seen.text for seen in slack.dov.thread(first)), what="the second answer")


def test_an_answer_for_me_alone_can_be_shared(slack: Driver) -> None:
    tip_saved(slack)
    answer = asks_privately(slack, slack.ben)
    assert f"You asked: _{ASKED}_ · only you see this" in answer.text
    assert not any("A colleague saved this" in seen.text for seen in slack.cleo.sees("platform"))
    shared = after(
        slack, lambda: answer.press("Share with everyone"), lambda: slack.cleo.sees("platform"), "the shared answer"
    )
    assert f"Ben asked: _{ASKED}_" in shared.text
    assert TIP in shared.text
    slack.wait(lambda: answer.text == "Shared with everyone here.", what="the receipt")


def test_shared_twice_is_shared_once(slack: Driver) -> None:
    tip_saved(slack)
    answer = asks_privately(slack, slack.ben)
    press = lambda: answer.press("Share with everyone", as_first_seen=True)  # noqa: E731
    slack.at_once(press, press)
    slack.settle()
    assert len([seen for seen in slack.cleo.sees("platform") if "Ben asked" in seen.text]) == 1


def test_there_is_nobody_to_share_with_in_the_messages_tab(slack: Driver) -> None:
    tip_saved(slack)
    answer = commands(slack, slack.ben, f"/kb ask {ASKED}", "dm")
    assert TIP in answer.text
    assert "Share with everyone" not in answer.buttons


def test_do_we_know_this_answers_for_a_message(slack: Driver) -> None:
    tip_saved(slack)
    post = slack.cleo.says("Help, the importer hangs after my deploy", "platform")
    answer = after(
        slack,
        lambda: slack.ben.shortcut("do_we_know_this", post),
        lambda: slack.ben.ephemerals("platform"),
        "the answer",
    )
    assert TIP in answer.text
    assert not any("A colleague saved this" in seen.text for seen in slack.cleo.sees("platform"))


def test_it_abstains_and_keeps_the_question_open(slack: Driver, bot: Bot) -> None:
    tip_saved(slack)
    assert asks(slack, slack.ben, "How do we invoice in Norway?").text.startswith(OPEN)
    assert OPEN in asks_privately(slack, slack.ben, "who knows about elephants?").text
    assert asks_in_dm(slack, slack.dov, "what is the zebra protocol?").text.startswith(OPEN)
    assert bot.count("question", "state = 'open'") == 3
    assert "Share with everyone" not in asks_privately(slack, slack.ben, "elephants in Norway?").buttons


def test_several_that_fit_are_all_cited_best_first(slack: Driver) -> None:
    tip_saved(slack)
    other = slack.cleo.says("After a deploy the importer may hang on a lock: look into pg_locks", "platform")
    flags(slack, slack.ben, other)
    answer = asks(slack, slack.ben, "importer hangs after a deploy")
    assert answer.text.startswith(("This is what colleagues saved about it:", "I am not sure that one of these"))
    assert answer.buttons == ["I'll use this", "Why this answer?", "Build on this", "Help me remember this"] * 2 + [
        "Helpful",
        "Not helpful",
    ]


@pytest.mark.parametrize("text", ["", "   ", "?"])
def test_a_mention_without_a_question_is_asked_for_one(slack: Driver, bot: Bot, text: str) -> None:
    answer = asks(slack, slack.ben, text)
    assert answer.text.startswith((OPEN, "Ask me something, for example: *@kbot how do we restart the importer?*"))
    assert bot.statuses(What.INBOX, "app_mention") == ["done"]


def test_an_empty_kb_ask_says_how(slack: Driver) -> None:
    assert "Ask something after it, for example" in commands(slack, slack.ben, "/kb ask").text


def test_a_question_of_forty_thousand_characters_is_answered(slack: Driver) -> None:
    tip_saved(slack)
    long = "importer hangs after deploy " + "blah & <blah> *x* " * 2200
    assert len(long) > 39_000
    for answer in (asks(slack, slack.ben, long), asks_in_dm(slack, slack.ben, long)):
        assert answer.text
    assert asks_privately(slack, slack.ben, long[:7000]).text


def test_a_message_of_forty_thousand_characters_is_saved_and_answered(slack: Driver) -> None:
    tip = slack.ana.says("importer " + "<!channel> & <@U0BEN> *bold* `code` " * 1100, "platform", raw=True)
    flags(slack, slack.ben, tip)
    slack.wait(lambda: slack.ana.inbox, what="Ana's notice")
    assert "importer" in asks(slack, slack.ben, "importer?").text
    assert "importer" in asks_privately(slack, slack.ben, "importer?").text


def test_another_bot_is_not_answered(slack: Driver, bot: Bot) -> None:
    tip_saved(slack)
    post = slack.other_bot.mentions(ASKED, "platform")
    slack.settle()
    assert slack.ben.thread(post) == []
    assert bot.count("question") == 0


def test_guests_and_strangers_are_told_politely_and_alone(slack: Driver, bot: Bot) -> None:
    tip_saved(slack)
    post = slack.guest.mentions(ASKED, "general")
    slack.wait(lambda: slack.guest.ephemerals("general"), what="a sentence")
    assert slack.guest.ephemerals("general")[-1].text.startswith("I do not work for guests yet.")
    slack.stranger.mentions(ASKED, "partner-harbor")
    is_told(slack, slack.stranger, "only work for members of this workspace", "partner-harbor")
    assert [s for s in slack.ana.thread(post) if s.author == "U0KBOT"] == []
    assert bot.count("question") == 0
    answer = asks_in_dm(slack, slack.guest)
    assert answer.text.startswith("I do not work for guests yet.")
    assert "guests" in commands(slack, slack.guest, f"/kb ask {ASKED}", "general").text


def test_a_member_who_asks_where_outsiders_read_along_is_told_so(slack: Driver) -> None:
    tip_saved(slack)
    slack.ana.mentions(ASKED, "partner-harbor")
    is_told(slack, slack.ana, "shared with another organization", "partner-harbor")
    slack.settle()
    assert not any("Drain the queue" in seen.text for seen in slack.stranger.sees("partner-harbor"))


@with_settings(KBOT_LATE_SECONDS="1")
def test_a_late_answer_is_given_and_says_that_it_is_late(slack: Driver, bot: Bot) -> None:
    tip_saved(slack)
    slack.fault("users.info", "500", times=-1)
    slack.fault("conversations.info", "500", times=-1)
    post = slack.cleo.mentions(ASKED, "platform")
    slack.wait(lambda: bot.count("inbox", "kind = 'app_mention' AND state = 'new' AND attempts > 0"), what="a try")
    bot.kill()
    slack.no_more_faults()
    slack.wait(lambda: time.time() - float(post.ts) > 1.5, what="a second to pass")
    bot.start()
    answer = slack.wait(lambda: slack.cleo.thread(post), seconds=20, what="the answer")[0]
    assert "This answer is late" in answer.text
    assert TIP in answer.text


def test_where_slack_does_not_say_who_may_see_what_nothing_is_claimed(slack: Driver, bot: Bot) -> None:
    tip_saved(slack)
    slack.fault("conversations.info", "503", times=-1)
    slack.ben.command(f"/kb ask {ASKED}", "platform")
    is_told(slack, slack.ben, "Slack does not answer me right now", seconds=20)
    slack.no_more_faults()
    assert bot.count("question") == 0, "not knowing is no open question"
    assert TIP in asks_privately(slack, slack.ben).text


def test_who_asks_again_in_other_words_gets_the_same_title(slack: Driver) -> None:
    tip_saved(slack)
    assert f"*{QUESTION}*" in asks(slack, slack.cleo, "hanging importers, deploys").text
