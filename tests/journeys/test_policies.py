"""What a channel's set-up changes: when a flagged message is published, and whether kbot answers there."""

from collections.abc import Mapping, Sequence

from kbot.playground.driver import Driver
from tests.journeys.bot import Bot
from tests.journeys.days import Days
from tests.journeys.steps import (
    ASKED,
    NOTHING,
    TIP,
    after,
    asks,
    asks_privately,
    becomes,
    flags,
    is_told,
    opens,
    tip_saved,
)

WHEN, WHAT = "When is a flagged message published?", "What do I do here?"
OPT_OUT = "After 24 hours, unless the author declines"
OPT_IN = "When the author says yes"
REVIEW = "When a broker approves"


def set_up(slack: Driver, choices: Mapping[str, str | Sequence[str]], channel: str = "platform") -> None:
    """Cleo, an admin, sets a channel up."""
    form = opens(slack, slack.cleo, lambda: slack.cleo.command("/kb setup", channel))
    for label, chosen in choices.items():
        form.select(label, chosen)
    assert form.submit() == {}
    if slack.cleo.modal:
        slack.cleo.modal.close()


def test_opt_out_publishes_after_a_day(slack: Driver, days: Days) -> None:
    set_up(slack, {WHEN: OPT_OUT})
    tip = tip_saved(slack)
    assert "others find it in 24 hours, unless they decline" in tip.receipt.text
    assert tip.notice.buttons[:4] == ["Fine", "Edit", "Leave my name out", "Take it back"]
    days.go(hours=23)
    assert NOTHING in asks(slack, slack.ben).text
    days.go(hours=1, minutes=1)
    slack.wait(lambda: TIP in asks_privately(slack, slack.ben).text, what="it to be published")


def test_opt_out_declined_is_never_published(slack: Driver, days: Days) -> None:
    set_up(slack, {WHEN: OPT_OUT})
    tip = tip_saved(slack)
    tip.notice.press("Take it back")
    becomes(slack, tip.notice, "Taken back")
    days.go(hours=25)
    assert NOTHING in asks(slack, slack.ben).text


def test_opt_out_agreed_to_is_published_at_once(slack: Driver) -> None:
    set_up(slack, {WHEN: OPT_OUT})
    tip = tip_saved(slack)
    tip.notice.press("Fine")
    becomes(slack, tip.notice, "others can find it")
    assert TIP in asks(slack, slack.ben).text


def test_opt_in_asks_in_a_public_channel_too(slack: Driver) -> None:
    set_up(slack, {WHEN: OPT_IN})
    tip = tip_saved(slack)
    assert "May others find this?" in tip.notice.text
    assert NOTHING in asks(slack, slack.ben).text
    tip.notice.press("Yes, share it")
    becomes(slack, tip.notice, "others can find it")
    assert TIP in asks(slack, slack.ben).text


def test_under_review_the_authors_yes_is_not_enough(slack: Driver) -> None:
    set_up(slack, {WHEN: REVIEW, "Brokers": ["cleo"]})
    tip = tip_saved(slack)
    assert "A broker looks at it first" in tip.receipt.text
    tip.notice.press("Fine")
    becomes(slack, tip.notice, "a broker looks at it first")
    assert NOTHING in asks(slack, slack.ben).text


def test_a_broker_is_not_passed_by_deleting_and_keeping_the_words(slack: Driver) -> None:
    set_up(slack, {WHEN: REVIEW, "Brokers": ["cleo"]})
    tip = tip_saved(slack)
    question = after(slack, lambda: slack.ana.deletes(tip.reply), lambda: slack.ana.inbox, "the question")
    question.press("Keep as my own words")
    becomes(slack, question, "Kept as your own words")
    assert "A broker looks at it first" in question.text
    assert NOTHING in asks(slack, slack.ben).text


def test_a_private_channel_asks_whatever_was_set_up_when_it_was_public(slack: Driver) -> None:
    set_up(slack, {"Brokers": ["cleo"]})
    slack.make_private("platform")
    tip = tip_saved(slack)
    assert "May others find this?" in tip.notice.text
    assert NOTHING in asks(slack, slack.ben).text


def test_switched_off_kbot_neither_saves_nor_answers(slack: Driver, bot: Bot) -> None:
    set_up(slack, {WHAT: "Off: save and answer nothing"})
    tip = slack.ana.says(TIP, "platform")
    slack.ben.reacts(tip, "bulb")
    slack.settle()
    assert slack.ben.ephemerals("platform") == []
    slack.ben.shortcut("save_as_knowledge", tip)
    slack.wait(lambda: slack.ben.modal and "kbot is switched off in this channel" in slack.ben.modal.text, what="why")
    slack.ben.mentions(ASKED, "platform")
    is_told(slack, slack.ben, "I do not answer in this channel")
    assert (bot.count("item"), bot.count("question")) == (0, 0)


def test_capture_alone_saves_and_answers_in_private_only(slack: Driver) -> None:
    set_up(slack, {WHAT: "Save flagged messages"})
    tip_saved(slack)
    post = slack.cleo.mentions(ASKED, "platform")
    is_told(slack, slack.cleo, "it is set up so. `/kb ask` answers you alone.")
    assert [s for s in slack.ben.thread(post) if s.author == "U0KBOT"] == []
    assert TIP in asks_privately(slack, slack.cleo).text


def test_two_flag_emojis_of_one_person_are_one_flag_until_both_are_off(slack: Driver) -> None:
    form = opens(slack, slack.cleo, lambda: slack.cleo.command("/kb setup", "platform"))
    assert form.fill("Flag emojis", ":bulb: :memo:").submit() == {}
    tip = slack.ana.says(TIP, "platform")
    flags(slack, slack.ben, tip, "memo")
    flags(slack, slack.ben, tip, "bulb")
    slack.ben.unreacts(tip, "memo")
    slack.settle()
    assert TIP in asks(slack, slack.ben, "drain the queue?").text
    slack.ben.unreacts(tip, "bulb")
    slack.wait(lambda: NOTHING in asks_privately(slack, slack.ben, "drain the queue?").text, what="it to be gone")


def test_a_thumb_by_either_of_its_names_is_the_same_flag(slack: Driver) -> None:
    form = opens(slack, slack.cleo, lambda: slack.cleo.command("/kb setup", "platform"))
    assert form.fill("Flag emojis", ":thumbsup:").submit() == {}
    tip = slack.ana.says(TIP, "platform")
    assert "Saved" in flags(slack, slack.ben, tip, "+1").text
