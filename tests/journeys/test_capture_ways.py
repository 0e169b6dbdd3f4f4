"""Every way in which something is saved: flags of all sorts, shortcuts, `/kb add`."""

import pytest

from kbot.playground.driver import Driver
from kbot.post.looking_inside import What
from tests.journeys.bot import Bot
from tests.journeys.steps import (
    QUESTION,
    TIP,
    after,
    asks,
    becomes,
    flags,
    is_marked,
    opens,
    tip_saved,
)

TITLE, BODY = "The question it answers", "What to do or know"


def test_a_flag_saves_and_kbot_says_nothing_in_the_channel(slack: Driver) -> None:
    tip = slack.ana.says("Restart the importer with --resume after a deploy", "platform")
    before = [seen.ts for seen in slack.cleo.sees("platform")]
    receipt = flags(slack, slack.ben, tip)
    assert receipt.text.startswith("Saved, so that others can find it: *Restart the importer with --resume")
    assert receipt.buttons == ["Undo"]
    slack.wait(lambda: is_marked(slack.cleo, tip), what="kbot's mark")
    slack.settle()
    assert [seen.ts for seen in slack.cleo.sees("platform")] == before
    assert "Restart the importer" in asks(slack, slack.cleo, "how to restart the importer?").text


def test_a_flag_in_any_skin_tone_counts(slack: Driver) -> None:
    tip = slack.ana.says("Restart the importer with --resume", "platform")
    receipt = flags(slack, slack.ben, tip, "bulb::skin-tone-2")
    assert "Saved" in receipt.text


def test_another_emoji_is_no_flag(slack: Driver, bot: Bot) -> None:
    tip = slack.ana.says("Restart the importer with --resume", "platform")
    slack.ben.reacts(tip, "heart")
    slack.settle()
    assert (slack.ben.ephemerals("platform"), slack.ana.inbox, bot.count("item")) == ([], [], 0)


def test_a_flagged_reply_brings_the_question_of_its_thread(slack: Driver) -> None:
    tip_saved(slack)
    answer = asks(slack, slack.cleo).text
    assert f"*{QUESTION}*" in answer, "the title is the root: the question"
    assert TIP in answer, "the body is the reply: the answer"


def test_a_flagged_root_is_saved_alone(slack: Driver) -> None:
    root = slack.ana.says("The importer needs --resume after a deploy", "platform")
    slack.ben.replies(root, "That deletes the cache, too, so beware of mornings")
    flags(slack, slack.ben, root)
    assert "beware of mornings" not in asks(slack, slack.cleo, "importer after a deploy?").text


def test_an_author_flags_their_own_message_and_gets_no_notice(slack: Driver) -> None:
    tip = slack.ana.says("The importer needs --resume after a deploy", "platform")
    receipt = flags(slack, slack.ana, tip)
    assert "is told" not in receipt.text
    slack.settle()
    assert slack.ana.inbox == []


def test_three_flags_are_one_item_and_one_notice(slack: Driver, bot: Bot) -> None:
    tip = tip_saved(slack)
    slack.cleo.reacts(tip.reply, "bulb")
    slack.wait(lambda: slack.cleo.ephemerals("platform"), what="Cleo's receipt")
    slack.ana.reacts(tip.reply, "bulb")
    slack.wait(lambda: slack.ana.ephemerals("platform"), what="Ana's receipt")
    slack.settle()
    assert bot.count("item") == 1
    assert len(slack.ana.inbox) == 1
    assert slack.cleo.ephemerals("platform")[-1].buttons == [], "only the first flagger can undo"


def test_a_flagged_file_is_found_by_its_words_and_names_its_files(slack: Driver) -> None:
    tip = slack.ana.says("How we restart the importer", "platform", files=["runbook.pdf"])
    flags(slack, slack.ben, tip)
    answer = asks(slack, slack.cleo, "restart the importer?")
    assert "files: runbook.pdf" in answer.text


def test_a_file_without_a_word_is_saved_by_its_name(slack: Driver) -> None:
    tip = slack.ana.says("", "platform", files=["importer runbook.pdf"])
    receipt = flags(slack, slack.ben, tip)
    assert "Saved, so that others can find it: *importer runbook.pdf*" in receipt.text


def test_a_reply_also_sent_to_the_channel_is_saved_with_its_question(slack: Driver) -> None:
    root = slack.ben.says(QUESTION, "platform")
    reply = slack.ana.replies(root, TIP, broadcast=True)
    receipt = flags(slack, slack.ben, reply)
    assert f"*{QUESTION}*" in receipt.text


def test_a_webhooks_message_has_no_contributor_and_waits_for_the_broker(slack: Driver, bot: Bot) -> None:
    post = slack.webhook_post("platform", "Deploy 41 needs the importer restarted with --resume")
    receipt = flags(slack, slack.ben, post)
    assert "Noted: *Deploy 41" in receipt.text
    assert "A broker looks at it first" in receipt.text
    slack.settle()
    assert all(not person.inbox for person in (slack.ana, slack.ben, slack.cleo, slack.dov))
    assert "I have nothing on this." in asks(slack, slack.cleo, "deploy 41 importer restarted?").text


def test_another_bots_message_waits_for_the_broker_too(slack: Driver) -> None:
    post = slack.other_bot.says("Deploy 41 needs the importer restarted with --resume", "platform")
    assert "A broker looks at it first" in flags(slack, slack.ben, post).text


def test_kbots_own_answer_is_not_saved_again(slack: Driver, bot: Bot) -> None:
    tip_saved(slack)
    answer = asks(slack, slack.ben)
    receipt = flags(slack, slack.ben, answer)
    assert "I wrote that myself" in receipt.text
    assert bot.count("item") == 1


def test_the_shortcut_opens_a_filled_form_and_saves_what_it_says_then(slack: Driver) -> None:
    root = slack.ben.says(QUESTION, "platform")
    reply = slack.ana.replies(root, TIP)
    form = opens(slack, slack.ben, lambda: slack.ben.shortcut("save_as_knowledge", reply))
    assert form.title == "Save as knowledge"
    assert form.fields[TITLE] == QUESTION
    assert form.fields[BODY] == TIP
    form.fill(TITLE, "Importer stuck?").fill("When does it apply?", "After a deploy").select("Kind", "Practice")
    assert after(slack, form.submit, lambda: slack.ben.ephemerals("platform"), "the receipt").buttons == ["Undo"]
    assert not form.live
    slack.wait(lambda: slack.ana.inbox, what="Ana's notice")
    answer = asks(slack, slack.cleo, "importer stuck")
    assert "*Importer stuck?*" in answer.text
    assert "_When:_ After a deploy" in answer.text


def test_more_brings_reasons_and_limits_and_keeps_what_was_typed(slack: Driver) -> None:
    tip = slack.ana.says(TIP, "platform")
    form = opens(slack, slack.ben, lambda: slack.ben.shortcut("save_as_knowledge", tip))
    form.fill(TITLE, "Importer stuck?")
    form.press("More: reasons and limits")
    slack.wait(lambda: "Because ..." in form.fields, what="more lines")
    assert form.fields[TITLE] == "Importer stuck?"
    form.fill("Because ...", "Jobs in flight are lost").fill("Where does it not apply?", "On the EU tenant")
    after(slack, form.submit, lambda: slack.ben.ephemerals("platform"), "the receipt")
    answer = asks(slack, slack.cleo, "importer stuck")
    assert "_Because:_ Jobs in flight are lost" in answer.text
    assert "_Limits:_ On the EU tenant" in answer.text


def test_a_form_with_an_empty_title_is_refused_at_the_title(slack: Driver, bot: Bot) -> None:
    tip = slack.ana.says(TIP, "platform")
    form = opens(slack, slack.ben, lambda: slack.ben.shortcut("save_as_knowledge", tip))
    assert form.fill(TITLE, "   ").submit() == {TITLE: "Please give it a title: the question it answers."}
    assert form.live
    assert bot.count("item") == 0


def test_kb_add_saves_ones_own_words(slack: Driver) -> None:
    form = opens(slack, slack.ana, lambda: slack.ana.command("/kb add Drain the queue before a deploy", "platform"))
    assert form.fields[BODY] == "Drain the queue before a deploy"
    form.submit()
    slack.wait(lambda: "Saved, so that others can find it" in form.text, what="the receipt in the form")
    assert "From Ana in #platform" in asks(slack, slack.ben, "drain the queue before a deploy?").text
    assert slack.ana.inbox == []


def test_add_knowledge_asks_for_the_channel_whose_knowledge_it_is(slack: Driver) -> None:
    form = opens(slack, slack.ana, lambda: slack.ana.global_shortcut("add_knowledge"))
    where = "Whose knowledge is it? The channel decides who finds it."
    form.fill(TITLE, "Where is the failover password?").fill(BODY, "In the vault, not in the wiki.")
    assert list(form.submit()) == [where]
    form.select(where, "platform").submit()
    slack.wait(lambda: "Saved, so that others can find it" in form.text, what="the receipt in the form")
    assert "In the vault" in asks(slack, slack.ben, "where is the failover password?").text


def test_add_knowledge_for_a_private_channel_one_is_not_in_is_refused_at_the_channel(slack: Driver, bot: Bot) -> None:
    where = "Whose knowledge is it? The channel decides who finds it."
    form = opens(slack, slack.dov, lambda: slack.dov.global_shortcut("add_knowledge"))
    form.fill(TITLE, "Where is it?").fill(BODY, "There.").select(where, "G0ONCALL")
    assert form.submit() == {where: "You are not in that channel."}
    assert bot.count("item") == 0


def test_kb_add_where_kbot_is_not_asks_for_a_channel(slack: Driver) -> None:
    form = opens(slack, slack.ben, lambda: slack.ben.command("/kb add Refresh the metadata", "support"))
    assert "Whose knowledge is it? The channel decides who finds it." in form.fields


def test_a_message_where_kbot_is_not_cannot_be_saved(slack: Driver, bot: Bot) -> None:
    tip = slack.ben.says("Refresh the metadata of the provider", "support")
    slack.dov.shortcut("save_as_knowledge", tip)
    slack.wait(
        lambda: slack.dov.modal and "Invite me first: /invite @kbot" in slack.dov.modal.text, what="the sentence"
    )
    assert bot.count("item") == 0
    slack.invite("kbot", "support")
    assert "Saved" in flags(slack, slack.dov, tip).text


def test_never_capture_me_is_obeyed_and_answered_politely(slack: Driver, bot: Bot) -> None:
    tip = tip_saved(slack)
    tip.notice.press("Never capture me")
    becomes(slack, tip.notice, "Taken back")
    again = slack.ana.says("Another thing I know about the importer", "platform")
    receipt = flags(slack, slack.ben, again)
    assert receipt.text == "Ana prefers not to have anything saved, so I leave this alone. Thank you all the same."
    assert bot.count("item", "state = 'published'") == 0
    slack.ben.shortcut("save_as_knowledge", again)
    slack.wait(lambda: slack.ben.modal and "prefers not to" in slack.ben.modal.text, what="the same in the form")


def test_never_capture_me_can_be_taken_back(slack: Driver) -> None:
    tip = tip_saved(slack)
    tip.notice.press("Never capture me")
    becomes(slack, tip.notice, "Taken back")
    after(slack, lambda: slack.ana.command("/kb capture me"), lambda: slack.ana.ephemerals("platform"), "a word")
    again = slack.ana.says("Another thing I know about the importer", "platform")
    assert "Saved" in flags(slack, slack.ben, again).text


@pytest.mark.parametrize("who", ["guest", "stranger"])
def test_outsiders_flag_in_vain_and_are_told_so_politely(slack: Driver, bot: Bot, who: str) -> None:
    person, channel = (slack.guest, "general") if who == "guest" else (slack.stranger, "partner-harbor")
    tip = slack.ana.says("The importer needs --resume", channel)
    receipt = flags(slack, person, tip)
    assert "Please ask a " in receipt.text
    assert bot.count("item") == 0


def test_what_a_guest_wrote_is_not_saved(slack: Driver, bot: Bot) -> None:
    tip = slack.guest.says("The importer needs --resume", "general")
    assert "I do not save what guests or people of other organizations write" in flags(slack, slack.ben, tip).text
    assert bot.count("item") == 0


def test_nothing_is_saved_from_a_channel_shared_with_others(slack: Driver, bot: Bot) -> None:
    tip = slack.ana.says("The importer needs --resume", "partner-harbor")
    assert "shared with another organization" in flags(slack, slack.ana, tip).text
    assert bot.count("item") == 0


def test_another_bots_flag_is_left_alone(slack: Driver, bot: Bot) -> None:
    tip = slack.ana.says("The importer needs --resume", "platform")
    slack.other_bot.reacts(tip, "bulb")
    slack.settle()
    assert bot.count("item") == 0
    assert [call.method for call in slack.calls("chat.postEphemeral")] == []


def test_a_direct_message_has_no_readers_and_is_not_saved(slack: Driver, bot: Bot) -> None:
    note = slack.ana.dms("My own reminder: the zebra migration needs two approvals")
    slack.wait(lambda: slack.ana.thread(note), what="kbot's answer")
    assert "A direct message has no readers to share with" in flags(slack, slack.ana, note).text
    assert bot.count("item") == 0


def test_an_endorsement_is_a_flag_of_a_second_person(slack: Driver, bot: Bot) -> None:
    tip = tip_saved(slack)
    flags(slack, slack.cleo, tip.reply)
    assert bot.statuses(What.OUTBOX, "capture.notice") == ["sent"]
    assert bot.count("fact", "kind = 'Captured'") == 2
