"""The doors of answers from Slack: a mention, kbot's Messages tab, `/kb ask`, "Do we know this?", the buttons."""

import re
from dataclasses import replace

from kbot.act import BadInput
from kbot.answers import questions, ratings, suggestions, views
from kbot.answers.composing import composed
from kbot.answers.facts import REFUSED, REFUSED_HERE, SHARED, Asked, Question, Why
from kbot.answers.quoting import quote_for
from kbot.answers.support import shared_words
from kbot.house import House
from kbot.library.looking import Found, look_up, show, show_newest, weigh
from kbot.library.search import tuning
from kbot.people import directory
from kbot.people.facts import Mode
from kbot.people.viewers import channel_for, member_of, names
from kbot.post import inbox, outbox
from kbot.post.outbox import Letter
from kbot.slack.firehose import asks_others
from kbot.slack.incoming import Answer, Command, Event, Press, Reply, Shortcut, Submission
from kbot.slack.manifest import PROMPTS
from kbot.slack.mrkdwn import mentioned, plain
from kbot.slack.reader import SlackAway
from kbot.trail import evidence
from kbot.trail.facts import Complaint

WORKING = "is looking through what colleagues saved ..."
MOST_NEWEST = 20
"""So many of the newest items are looked at for questions to offer."""


async def on_mention(house: House, event: Event) -> None:
    """`@kbot question` in a channel. Slack tells it twice, as a mention and as a message: this one counts."""
    body = event.body
    channel, ts = str(body["channel"]), str(body["ts"])
    person = body.get("user")
    if not person or body.get("bot_id") or person == house.me or channel.startswith("D"):
        return  # another bot is not answered: two bots could talk for ever
    text = await _question_text(house, event.team, str(body.get("text") or ""))
    asked = Asked(f"{channel}:{ts}", channel, text, str(body.get("thread_ts") or ts), waited=event.waited)
    try:
        await member_of(house, event.team, person)
        await channel_for(house, channel)
        policy = await house.unit.read(directory.policy_of, event.team, channel)
        if not policy.mode.answers:
            raise BadInput("I do not answer in this channel; it is set up so. `/kb ask` answers you alone.")
    except BadInput as bad:
        about = {"channel": channel, "sentence": bad.sentence, "thread_ts": body.get("thread_ts")}
        letter = Letter(event.team, f"refused:{event.id}", REFUSED, person, about)
        await house.unit(inbox.finishing(event, outbox.plan), letter, house.clock.real())
        return
    await _answer(house, event, person, asked, read_in=channel)


async def on_message(house: House, event: Event) -> None:
    """A question in kbot's Messages tab, answered in a thread under it, or one among people in a channel."""
    body = event.body
    channel = str(body.get("channel") or "")
    is_question = event.subtype in (None, "file_share", "thread_broadcast", "me_message")
    if not is_question or body.get("bot_id") or body.get("user") in (None, house.me):
        return
    if not channel.startswith("D"):
        await _suggest(house, event, channel, str(body["user"]))
        return
    person, thread_ts = str(body["user"]), str(body.get("thread_ts") or body["ts"])
    text = await _question_text(house, event.team, str(body.get("text") or ""))
    asked = Asked(f"{channel}:{body['ts']}", channel, text, thread_ts, waited=event.waited)
    try:
        await member_of(house, event.team, person)
    except BadInput as bad:
        about = {"channel": channel, "sentence": bad.sentence, "thread_ts": thread_ts}
        letter = Letter(event.team, f"refused:{event.id}", REFUSED_HERE, channel, about)
        await house.unit(inbox.finishing(event, outbox.plan), letter, house.clock.real())
        return
    await house.slack.set_status(channel, thread_ts, WORKING)
    try:
        is_coming = await _answer(house, event, person, asked, read_in=None)
    except Exception:
        await house.slack.set_status(channel, thread_ts, "")  # the sign ends whatever happens
        raise
    if not is_coming:
        # An answer ends the sign by itself. Handled twice, after a lost lease, it may have come before this sign.
        await house.slack.set_status(channel, thread_ts, "")


async def _suggest(house: House, event: Event, channel: str, person: str) -> None:
    """What a member asks others: where an item surely answers it, and the channel is set up so, they are told alone."""
    policy = await house.unit.read(directory.policy_of, event.team, channel)
    if policy.mode is not Mode.SUGGEST or not asks_others(event.body, house.me):
        return
    try:
        asker = await member_of(house, event.team, person)
        await channel_for(house, channel)
    except BadInput:
        return  # nobody has asked kbot for anything
    if asker.is_quiet(house.now()):
        return
    text = await _question_text(house, event.team, str(event.body["text"]))
    found = await look_up(house, event.team, person, text)
    if found.is_sure:
        act = house.act(event.team, person, channel, event.id)
        suggest = inbox.finishing(event, suggestions.suggest)
        await house.unit(suggest, act, str(event.body["ts"]), found.items[0], house.clock.real())


async def on_suggestion(house: House, press: Press) -> Answer:
    """ "Show": the message is taken as a question now, and answered for its writer alone."""
    channel, _, ts = press.value.partition(":")
    message = await house.slack.message(channel, ts)
    text = await _question_text(house, press.team, message.text) if message else ""
    if message is None or message.user != press.person or not text:
        raise BadInput("Your message is not there any more.")
    asked = Asked(f"suggestion:{channel}:{ts}", channel, text[: questions.TEXT_LIMIT], is_private=True)
    return replace(await _answer_privately(house, press.team, press.person, asked), replace=True)


async def on_no_suggestion(house: House, press: Press) -> Answer:
    """ "Not now"."""
    return Reply("All right.", replace=True)


async def on_conversation_opened(house: House, event: Event) -> None:
    """Somebody opens kbot's Messages tab: questions are offered that the newest of what they may see now answers."""
    if event.body.get("tab") != "messages":
        return
    person = str(event.body["user"])
    try:
        await member_of(house, event.team, person)
    except BadInput:
        return  # whoever asks is told why there is no answer
    shown = await show_newest(house, event.team, person, MOST_NEWEST)
    await house.slack.set_prompts(str(event.body["channel"]), views.prompts(shown.items) or PROMPTS)


async def on_channel_id_changed(house: House, event: Event) -> None:
    """Slack gave a channel another id: what was asked in it goes with it."""
    old, new = str(event.body["old_channel_id"]), str(event.body["new_channel_id"])
    await house.unit(questions.rename_channel, event.team, old, new)


async def _question_text(house: House, team: str, text: str) -> str:
    """What was asked, without kbot's own name in it."""
    text = re.sub(rf"<@{house.me}(\|[^>]*)?>", " ", text)[: questions.TEXT_LIMIT * 2]
    said = await names(house, team, mentioned(text)[:10])
    return plain(text, lambda person: said.get(person, person)).strip()


async def _answer(house: House, event: Event, person: str, asked: Asked, *, read_in: str | None) -> bool:
    """Whether an answer comes of it; false when one came of an earlier time."""
    found = await look_up(house, event.team, person, asked.text, read_in=read_in) if asked.text else Found()
    act = house.act(event.team, person, asked.channel, event.id)
    late_after = house.settings.late_seconds
    real = house.clock.real()
    keep = inbox.finishing(event, questions.keep)
    return await house.unit(keep, act, asked, found, late_after=late_after, real=real)


async def ask(house: House, command: Command) -> Answer:
    """`/kb ask question`: only the asker sees the answer."""
    text = plain(command.rest)[: questions.TEXT_LIMIT]
    if not text:
        raise BadInput("Ask something after it, for example: /kb ask how do we restart the importer?")
    asked = Asked(f"command:{command.person}:{command.trigger_id}", command.channel, text, is_private=True)
    return await _answer_privately(house, command.team, command.person, asked)


async def do_we_know_this(house: House, shortcut: Shortcut) -> Answer:
    """The message shortcut: the message's words are the question, the answer is for the presser alone."""
    text = await _question_text(house, shortcut.team, str(shortcut.message.get("text") or ""))
    if not text:
        raise BadInput("There are no words in that message that I could search for.")
    asked = Asked(
        f"shortcut:{shortcut.person}:{shortcut.trigger_id}",
        str(shortcut.channel),
        text[: questions.TEXT_LIMIT],
        is_private=True,
    )
    return await _answer_privately(house, shortcut.team, shortcut.person, asked)


async def _answer_privately(house: House, team: str, person: str, asked: Asked) -> Reply:
    await member_of(house, team, person)
    found = await look_up(house, team, person, asked.text)
    act = house.act(team, person, asked.channel, asked.asked_as)
    question = await house.unit(
        questions.record, act, asked, found, late_after=house.settings.late_seconds, real=house.clock.real()
    )
    return await private_reply(house, question)


async def private_reply(house: House, question: Question) -> Reply:
    """The answer for the asker's eyes, as it may be shown now."""
    found = await show(house, question.team, question.asker, question.cited)
    quote = await quote_for(house, question, found)
    words = await composed(house.composer, question.text, found.items)
    said = views.answer(question, found.items, found.names, found.evidence, house.now(), quote=quote, composed=words)
    can_share = False
    if question.cited:
        try:
            can_share = not (await channel_for(house, question.channel)).is_im
        except (BadInput, SlackAway):
            can_share = False
    text, blocks = views.private(said, question, can_share=can_share)
    return Reply(text, blocks)


async def on_share(house: House, press: Press) -> Answer:
    """ "Share with everyone": what everybody there may see is asked again now."""
    question = await house.unit.read(questions.get, press.team, press.value)
    if question.asker != press.person:
        raise BadInput("Only the person who asked can share the answer.")
    await channel_for(house, question.channel)
    found = await show(house, press.team, press.person, question.cited, read_in=question.channel)
    if not found.items or len(found.items) < len(question.cited):
        raise BadInput("Not everybody in this channel may see all of that, so I do not share it here.")
    letter = Letter(press.team, f"share:{question.id}", SHARED, question.channel, {"question": question.id})
    await house.unit(outbox.plan, letter, house.clock.real())
    return Reply("Shared with everyone here.", replace=True)


async def on_why(house: House, press: Press) -> Answer:
    """ "Why this answer?": to the presser alone, who must be allowed to see the item now."""
    await member_of(house, press.team, press.person)
    question_id, _, item_id = press.value.partition(":")
    question = await house.unit.read(questions.get, press.team, question_id)
    shown = await show(house, press.team, press.person, [item_id])
    if item_id not in question.cited or not shown.items:
        raise BadInput("That is not there any more, or not for you to see.")
    item = shown.items[0]
    hit = await weigh(house, press.team, press.person, question.text, item)
    why = Why(
        tuple(shared_words(question.text, item.lines)),
        hit.meaning if hit else None,
        hit.score if hit else None,
        await house.unit.read(evidence.ratings, press.team, item_id),
        await house.unit.read(tuning.threshold, press.team),
    )
    text, blocks = views.why(question, item, why, shown.names, shown.evidence[item_id], house.now())
    return Reply(text, blocks)


async def on_rate(house: House, press: Press) -> Answer:
    """A thumb under an answer: kept at once; the one that points down also asks why, which needs no answer."""
    await member_of(house, press.team, press.person)
    said, _, question_id = press.value.partition(":")
    question = await house.unit.read(questions.get, press.team, question_id)
    act = house.act(press.team, press.person, press.place.channel or "", f"press:{press.trigger_id}")
    await house.unit(ratings.rate, act, question, is_helpful=said == views.HELPFUL)
    if said != views.HELPFUL:
        try:
            await house.slack.open_view(press.trigger_id, views.complaint_modal(question.id))
        except SlackAway:
            return Reply(views.RATED)
        return None
    return Reply(views.RATED)


async def on_complaint(house: House, submission: Submission) -> Answer:
    """Why an answer did not help."""
    question = await house.unit.read(questions.get, submission.team, str(submission.metadata["question"]))
    chosen, words = submission.text("complaint"), submission.text("words")
    if chosen or words:
        act = house.act(submission.team, submission.person, "", f"modal:{submission.view_id}")
        complaint = Complaint(chosen) if chosen else None
        await house.unit(ratings.rate, act, question, is_helpful=False, complaint=complaint, words=words)
    return None


EVENTS = {
    "app_mention": on_mention,
    "message": on_message,
    "app_home_opened": on_conversation_opened,
    "channel_id_changed": on_channel_id_changed,
}
PRESSES = {
    views.SHARE: on_share,
    views.WHY: on_why,
    views.RATE: on_rate,
    views.SHOW: on_suggestion,
    views.NOT_NOW: on_no_suggestion,
}
SUBMISSIONS = {views.COMPLAINT_MODAL: on_complaint}
SHORTCUTS = {"do_we_know_this": do_we_know_this}
WORDS = {"ask": ask}
