"""What the contributor is told and can decide, and what the flagger can undo."""

from kbot.playground.driver import Driver
from kbot.playground.hands import Post
from kbot.playground.seen import Seen
from tests.journeys.bot import Bot
from tests.journeys.days import Days
from tests.journeys.steps import (
    ASKED,
    NOTHING,
    QUESTION,
    TIP,
    asks,
    asks_in_dm,
    asks_privately,
    becomes,
    flags,
    is_marked,
    is_told,
    opens,
    tip_saved,
)
from tests.journeys.ways import by_http

BODY = "What to do or know"
NOT_YOURS = "Only the person who wrote it can decide that."


@by_http
def test_fine_keeps_it_with_the_name(slack: Driver) -> None:
    tip = tip_saved(slack)
    assert tip.notice.buttons == ["Fine", "Edit", "Leave my name out", "Take it back", "Never capture me"]
    tip.notice.press("Fine")
    becomes(slack, tip.notice, f"*{QUESTION}*, with your name: others can find it")
    assert "From Ana in #platform" in asks(slack, slack.ben).text


def test_a_name_left_out_is_nowhere_in_the_answer(slack: Driver) -> None:
    tip = tip_saved(slack)
    tip.notice.press("Leave my name out")
    becomes(slack, tip.notice, "without your name: others can find it")
    answer = asks(slack, slack.ben)
    assert "From a colleague in #platform" in answer.text
    assert "Ana" not in answer.text
    assert slack.ana.id not in str(answer.blocks)
    tip.notice.press("Show my name")
    becomes(slack, tip.notice, "with your name: others can find it")
    assert "From Ana in #platform" in asks(slack, slack.ben).text


def test_edited_words_are_found_at_once(slack: Driver) -> None:
    tip = tip_saved(slack)
    form = opens(slack, slack.ana, lambda: tip.notice.press("Edit"))
    assert form.title == "Edit"
    assert form.fields[BODY] == TIP
    form.fill(BODY, "Drain the zebra queue first.").submit()
    becomes(slack, tip.notice, "others can find it")
    answer = asks(slack, slack.ben)
    assert "Drain the zebra queue first." in answer.text
    assert TIP not in answer.text


def test_what_is_taken_back_is_gone_for_ever(slack: Driver, bot: Bot) -> None:
    tip = tip_saved(slack)
    slack.wait(lambda: is_marked(slack.ben, tip.reply), what="kbot's mark")
    tip.notice.press("Take it back")
    becomes(slack, tip.notice, f"Taken back: *{QUESTION}*. Nobody can find it, and I will not save it again.")
    assert tip.notice.buttons == []
    slack.wait(lambda: not is_marked(slack.ben, tip.reply), what="the mark to go")
    assert NOTHING in asks(slack, slack.ben).text
    assert "does not want it saved" in flags(slack, slack.cleo, tip.reply).text
    assert NOTHING in asks(slack, slack.cleo).text
    assert len(slack.ana.inbox) == 1, "who said no is not asked again"


def test_edit_after_taking_it_back_says_so_in_the_form(slack: Driver) -> None:
    tip = tip_saved(slack)
    form = opens(slack, slack.ana, lambda: tip.notice.press("Edit"))
    tip.notice.press("Take it back")
    becomes(slack, tip.notice, "Taken back")
    assert list(form.fill(BODY, "Other words").submit().values()) == [
        "That is not there any more, so nothing was changed."
    ]
    assert NOTHING in asks(slack, slack.ben).text


def test_an_old_fine_after_taking_it_back_changes_nothing(slack: Driver) -> None:
    tip = tip_saved(slack)
    tip.notice.press("Take it back")
    becomes(slack, tip.notice, "Taken back")
    tip.notice.press("Fine", as_first_seen=True)
    slack.wait(lambda: slack.ana.ephemerals("dm"), what="a sentence")
    assert slack.ana.ephemerals("dm")[-1].text == "That is not there any more, so nothing was changed."
    assert NOTHING in asks(slack, slack.ben).text


# -- opt_in: a private channel


def private_tip(slack: Driver) -> tuple[Post, Seen]:
    tip = tip_saved(slack, "oncall")
    assert "The one who wrote it is asked first" in tip.receipt.text
    assert "Ben would like others to find this. May others find this?" in tip.notice.text
    return tip.reply, tip.notice


def test_in_a_private_channel_nothing_is_found_before_the_yes(slack: Driver) -> None:
    _, question = private_tip(slack)
    assert question.buttons == ["Yes, share it", "Edit first", "Share without my name", "No", "Never capture me"]
    assert NOTHING in asks(slack, slack.ben, channel="oncall").text
    question.press("Yes, share it")
    becomes(slack, question, "with your name: others can find it")
    assert TIP in asks(slack, slack.ben, channel="oncall").text


def test_a_no_in_a_private_channel_is_for_ever(slack: Driver) -> None:
    reply, question = private_tip(slack)
    question.press("No")
    becomes(slack, question, "Taken back")
    slack.wait(lambda: not is_marked(slack.ben, reply), what="the mark to go")
    assert NOTHING in asks(slack, slack.ben, channel="oncall").text


def test_sharing_without_a_name_is_a_yes(slack: Driver) -> None:
    _, question = private_tip(slack)
    question.press("Share without my name")
    becomes(slack, question, "without your name: others can find it")
    assert "From a colleague" in asks(slack, slack.ben, channel="oncall").text


def test_edit_first_is_a_yes_to_the_edited_words(slack: Driver) -> None:
    _, question = private_tip(slack)
    form = opens(slack, slack.ana, lambda: question.press("Edit first"))
    form.fill(BODY, "Drain the zebra queue first.").submit()
    becomes(slack, question, "others can find it")
    assert "zebra" in asks(slack, slack.ben, channel="oncall").text


def test_the_authors_own_flag_is_the_yes(slack: Driver) -> None:
    reply, question = private_tip(slack)
    flags(slack, slack.ana, reply)
    becomes(slack, question, "others can find it")
    assert TIP in asks(slack, slack.ben, channel="oncall").text


def test_a_question_left_unanswered_lapses_after_two_weeks_and_can_be_shared_after_all(
    slack: Driver, days: Days
) -> None:
    _, question = private_tip(slack)
    days.go(days=14, hours=1)
    becomes(slack, question, "heard nothing, so it stays unpublished")
    assert NOTHING in asks(slack, slack.ben, channel="oncall").text
    question.press("Share it after all")
    becomes(slack, question, "others can find it")
    assert TIP in asks(slack, slack.ben, channel="oncall").text


# -- undo


def test_undo_by_the_button(slack: Driver) -> None:
    tip = tip_saved(slack)
    slack.wait(lambda: is_marked(slack.ben, tip.reply), what="kbot's mark")
    tip.receipt.press("Undo")
    becomes(slack, tip.receipt, f"Undone: {QUESTION} is not saved.")
    assert tip.receipt.buttons == []
    becomes(slack, tip.notice, "is not saved any more")
    slack.wait(lambda: not is_marked(slack.ben, tip.reply), what="the mark to go")
    assert NOTHING in asks(slack, slack.ben).text


def test_undo_by_taking_the_reaction_off(slack: Driver) -> None:
    tip = tip_saved(slack)
    slack.ben.unreacts(tip.reply, "bulb")
    becomes(slack, tip.notice, "is not saved any more")
    slack.wait(lambda: not is_marked(slack.ben, tip.reply), what="the mark to go")
    assert NOTHING in asks(slack, slack.ben).text


def test_after_an_undo_a_new_flag_begins_anew(slack: Driver) -> None:
    tip = tip_saved(slack)
    slack.ben.unreacts(tip.reply, "bulb")
    becomes(slack, tip.notice, "is not saved any more")
    receipt = flags(slack, slack.ben, tip.reply)
    assert "Saved" in receipt.text
    notice = slack.wait(lambda: slack.ana.inbox[1:], what="a notice of its own")[0]
    assert "saved this so that others can find it" in notice.text
    assert TIP in asks(slack, slack.ben).text
    receipt.press("Undo")
    becomes(slack, receipt, "Undone")
    becomes(slack, notice, "is not saved any more")
    assert NOTHING in asks(slack, slack.ben).text
    assert "is not saved any more" in tip.notice.text
    assert len(slack.ana.inbox) == 2


def test_ten_minutes_later_the_flag_is_only_an_endorsement(slack: Driver, days: Days) -> None:
    tip = tip_saved(slack)
    days.go(minutes=11)
    slack.ben.unreacts(tip.reply, "bulb")
    slack.settle()
    assert TIP in asks(slack, slack.ben).text
    tip.receipt.press("Undo")
    is_told(slack, slack.ben, "The ten minutes for Undo are over.")
    assert TIP in asks(slack, slack.ben).text


def test_undo_does_not_take_away_what_somebody_else_flagged_too(slack: Driver) -> None:
    tip = tip_saved(slack)
    flags(slack, slack.cleo, tip.reply)
    tip.receipt.press("Undo")
    becomes(slack, tip.receipt, "Your flag is taken back. It stays saved, because others flagged it too.")
    assert TIP in asks(slack, slack.ben).text
    assert is_marked(slack.ben, tip.reply)


def test_a_late_new_flag_can_be_undone_too(slack: Driver, days: Days) -> None:
    tip = tip_saved(slack)
    slack.ben.unreacts(tip.reply, "bulb")
    becomes(slack, tip.notice, "is not saved any more")
    days.go(hours=2)
    receipt = flags(slack, slack.cleo, tip.reply)
    assert receipt.buttons == ["Undo"], "it is Cleo's save now"
    receipt.press("Undo")
    becomes(slack, receipt, "Undone")
    assert NOTHING in asks(slack, slack.ben).text


def test_a_yes_given_once_stands_when_it_is_flagged_again(slack: Driver) -> None:
    reply, question = private_tip(slack)
    question.press("Yes, share it")
    becomes(slack, question, "others can find it")
    slack.ben.unreacts(reply, "bulb")
    becomes(slack, question, "is not saved any more")
    flags(slack, slack.ben, reply)
    notice = slack.wait(lambda: slack.ana.inbox[1:], what="a notice of its own")[0]
    assert "with your name: others can find it" in notice.text
    assert TIP in asks(slack, slack.ben, channel="oncall").text


# -- somebody else presses


def test_somebody_elses_undo_is_refused(slack: Driver) -> None:
    tip = tip_saved(slack)
    other = flags(slack, slack.cleo, tip.reply)
    assert other.buttons == []
    assert TIP in asks_privately(slack, slack.cleo).text


def test_answers_in_the_messages_tab_come_as_a_thread(slack: Driver) -> None:
    tip_saved(slack)
    answer = asks_in_dm(slack, slack.dov, ASKED)
    assert TIP in answer.text
    assert answer.thread is not None


def test_who_takes_their_own_flag_back_is_asked_when_somebody_else_flags_it(slack: Driver) -> None:
    tip = slack.ana.says(TIP, "oncall")
    flags(slack, slack.ana, tip)
    slack.ana.unreacts(tip, "bulb")
    slack.wait(lambda: not is_marked(slack.ana, tip), what="the mark to go")
    flags(slack, slack.ben, tip)
    question = slack.wait(lambda: slack.ana.inbox, what="the question")[0]
    assert "May others find this?" in question.text
    assert NOTHING in asks(slack, slack.ben, channel="oncall").text


def test_flagged_again_it_says_the_words_of_now(slack: Driver) -> None:
    tip = slack.ana.says(TIP, "platform")
    flags(slack, slack.ben, tip)
    slack.ben.unreacts(tip, "bulb")
    slack.wait(lambda: not is_marked(slack.ben, tip), what="the mark to go")
    slack.ana.edits(tip, "Drain the zebra queue of the importer first.")
    flags(slack, slack.ben, tip)
    assert "zebra" in asks(slack, slack.cleo, "importer drain queue").text
