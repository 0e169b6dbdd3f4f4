"""What becomes of an item when its message is edited, unfurled or deleted."""

from kbot.playground.driver import Driver
from kbot.post.looking_inside import What
from tests.journeys.bot import Bot
from tests.journeys.days import Days
from tests.journeys.steps import (
    ASKED,
    NOTHING,
    TIP,
    Tip,
    after,
    asks,
    asks_in_dm,
    asks_privately,
    becomes,
    flags,
    is_marked,
    is_told,
    tip_saved,
)
from tests.journeys.ways import on_both_databases, on_postgresql

NEW = "Drain the zebra queue first, then restart the importer."


def edited(slack: Driver, tip: Tip, text: str = NEW) -> object:
    return after(slack, lambda: slack.ana.edits(tip.reply, text), lambda: slack.ana.inbox, "the question")


@on_postgresql
def test_an_edit_is_a_proposal_to_its_author(slack: Driver) -> None:
    tip = tip_saved(slack)
    question = after(slack, lambda: slack.ana.edits(tip.reply, NEW), lambda: slack.ana.inbox, "the question")
    assert "Shall others find the new words?" in question.text
    assert f"> {NEW}" in question.text
    assert TIP in asks(slack, slack.ben).text, "nothing changes before the author says so"
    question.press("Take the new words")
    slack.wait(lambda: NEW in asks(slack, slack.ben).text, what="the new words")


def test_the_new_words_name_people_and_notify_nobody(slack: Driver) -> None:
    tip = tip_saved(slack)
    question = after(
        slack,
        lambda: slack.ana.edits(tip.reply, "Ask <@U0CLEO> first, then <@U0NOBODY>", raw=True),
        lambda: slack.ana.inbox,
        "the question",
    )
    assert "> Ask @Cleo first, then @U0NOBODY" in question.text
    assert "<@" not in str(question.blocks)


def test_the_author_may_keep_it_as_it_was(slack: Driver) -> None:
    tip = tip_saved(slack)
    question = after(slack, lambda: slack.ana.edits(tip.reply, NEW), lambda: slack.ana.inbox, "the question")
    question.press("Keep it as it was")
    becomes(slack, question, "Settled: this is what is saved of it")
    assert TIP in asks(slack, slack.ben).text


def test_somebody_else_cannot_take_the_new_words_over(slack: Driver, bot: Bot) -> None:
    tip = tip_saved(slack)
    after(slack, lambda: slack.ana.edits(tip.reply, NEW), lambda: slack.ana.inbox, "the question")
    assert bot.count("version") == 1
    assert slack.ben.inbox == []


def test_several_edits_each_ask_with_the_words_of_then(slack: Driver, bot: Bot) -> None:
    tip = tip_saved(slack)
    after(slack, lambda: slack.ana.edits(tip.reply, "Once"), lambda: slack.ana.inbox, "the question")
    second = after(slack, lambda: slack.ana.edits(tip.reply, "Twice"), lambda: slack.ana.inbox, "the second one")
    assert "> Twice" in second.text
    assert bot.count("version") == 1


def test_a_links_preview_is_no_edit(slack: Driver, bot: Bot) -> None:
    tip = tip_saved(slack)
    slack.unfurl(tip.reply)
    slack.settle()
    assert len(slack.ana.inbox) == 1
    assert bot.count("inbox", "kind = 'message'") == 0, "it is not even stored"


def test_an_edit_of_what_was_never_saved_is_not_stored(slack: Driver, bot: Bot) -> None:
    post = slack.ana.says("Lunch?", "platform")
    slack.ana.edits(post, "Lunch at one?")
    slack.settle()
    assert bot.rows(What.INBOX) == []


@on_both_databases
def test_a_deleted_message_hides_its_item_at_once(slack: Driver) -> None:
    tip = tip_saved(slack)
    question = after(slack, lambda: slack.ana.deletes(tip.reply), lambda: slack.ana.inbox, "the question")
    assert "so I hid it at once. Shall it stay away?" in question.text
    assert question.buttons == ["Keep as my own words", "Delete it"]
    assert NOTHING in asks(slack, slack.ben).text


def test_what_was_deleted_can_be_kept_as_ones_own_words(slack: Driver) -> None:
    tip = tip_saved(slack)
    question = after(slack, lambda: slack.ana.deletes(tip.reply), lambda: slack.ana.inbox, "the question")
    question.press("Keep as my own words")
    becomes(slack, question, "Kept as your own words")
    answer = asks(slack, slack.ben)
    assert TIP in answer.text
    assert "your message" not in slack.ana.inbox[0].text, "no link to what is not there"
    question.press("Take it back")
    becomes(slack, question, "Deleted")
    assert NOTHING in asks(slack, slack.ben).text


def test_what_was_deleted_stays_deleted(slack: Driver) -> None:
    tip = tip_saved(slack)
    question = after(slack, lambda: slack.ana.deletes(tip.reply), lambda: slack.ana.inbox, "the question")
    question.press("Delete it")
    becomes(slack, question, "Nobody can find it.")
    assert NOTHING in asks(slack, slack.ben).text


def test_a_deleted_root_with_replies_hides_what_was_saved_from_it(slack: Driver) -> None:
    root = slack.ana.says(TIP, "platform")
    slack.ben.replies(root, "Thank you")
    flags(slack, slack.ben, root)
    question = after(slack, lambda: slack.ana.deletes(root), lambda: slack.ana.inbox[1:], "the question")
    assert "Shall it stay away?" in question.text
    assert NOTHING in asks(slack, slack.ben).text


def test_an_admin_who_deletes_it_hides_it_too_and_its_author_decides(slack: Driver) -> None:
    tip = tip_saved(slack)
    question = after(slack, lambda: slack.cleo.deletes(tip.reply), lambda: slack.ana.inbox, "the question to Ana")
    assert "Keep as my own words" in question.buttons
    assert slack.cleo.inbox == []
    assert NOTHING in asks(slack, slack.ben).text


def test_nobody_is_asked_about_what_was_taken_back_and_then_deleted(slack: Driver) -> None:
    tip = tip_saved(slack)
    tip.notice.press("Take it back")
    becomes(slack, tip.notice, "Taken back")
    slack.ana.deletes(tip.reply)
    slack.settle()
    assert len(slack.ana.inbox) == 1


def test_a_candidate_whose_message_is_deleted_is_gone_too(slack: Driver, days: Days) -> None:
    tip = tip_saved(slack, "oncall")
    slack.ana.deletes(tip.reply)
    slack.settle()
    tip.notice.press("Yes, share it", as_first_seen=True)
    slack.wait(lambda: slack.ana.ephemerals("dm"), what="a sentence")
    assert NOTHING in asks(slack, slack.ben, channel="oncall").text


def test_nobody_is_asked_about_an_answer_that_is_gone(slack: Driver, days: Days) -> None:
    tip = tip_saved(slack)
    asks(slack, slack.ben)
    tip.notice.press("Take it back")
    becomes(slack, tip.notice, "Taken back")
    days.go_to(slack.ben, "thu", 11)
    (recall,) = slack.wait(lambda: slack.ben.inbox, what="the word that it is gone")
    assert "not current any more" in recall.text
    days.nothing_comes(slack.ben)


def test_an_answer_that_was_given_is_not_shared_after_it_is_gone(slack: Driver) -> None:
    tip = tip_saved(slack)
    answer = asks_privately(slack, slack.ben)
    tip.notice.press("Take it back")
    becomes(slack, tip.notice, "Taken back")
    before = len(slack.cleo.sees("platform"))
    answer.press("Share with everyone")
    is_told(slack, slack.ben, "I do not share it here")
    assert len(slack.cleo.sees("platform")) == before


def test_ill_use_this_on_what_is_gone_says_so(slack: Driver, bot: Bot) -> None:
    tip = tip_saved(slack)
    answer = asks_in_dm(slack, slack.ben, ASKED)
    tip.notice.press("Take it back")
    becomes(slack, tip.notice, "Taken back")
    answer.press("I'll use this")
    slack.wait(lambda: slack.ben.ephemerals("dm"), what="a sentence")
    assert slack.ben.ephemerals("dm")[-1].text == "That is not there any more, or not for you to see."
    assert is_marked(slack.ben, tip.reply) is False
