"""The doors of capture from Slack: flags, shortcuts, `/kb add`, the buttons of the notice, edits and deletions."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.capture import flags, sources, views
from kbot.capture.finding import find_message, finding_of, may_add
from kbot.capture.flags import Finding, Flag, Saved
from kbot.capture.written import kind_of, topics_of, written
from kbot.house import House
from kbot.library import items, looking
from kbot.library.facts import BODY_LIMIT, Item, ItemKind, Lines
from kbot.people import directory
from kbot.people.facts import Mode, Policy
from kbot.people.viewers import channel_for, member_of, person_of
from kbot.post import inbox, outbox
from kbot.post.outbox import Letter
from kbot.slack.incoming import Answer, Command, Event, Press, Reply, Shortcut, Submission
from kbot.slack.modals import show_modal
from kbot.slack.mrkdwn import cut, plain
from kbot.slack.outgoing import View
from kbot.slack.words import emoji_name


async def on_reaction_added(house: House, event: Event) -> None:
    """Somebody flags a message."""
    body = event.body
    if body["item"].get("type") != "message" or body["user"] == house.me:
        return
    flag = Flag(body["item"]["channel"], body["item"]["ts"], emoji_name(body["reaction"]), str(body["event_ts"]))
    act = house.act(event.team, body["user"], flag.channel, event.id)
    policy = await house.unit.read(directory.policy_of, event.team, flag.channel)
    if flag.emoji not in policy.emojis or policy.mode is Mode.OFF:
        return
    try:
        policy, finding = await _may_capture(house, act, flag.channel, flag.ts)
    except BadInput as bad:
        letter = Letter(
            act.team,
            f"refused:{event.id}",
            flags.REFUSED,
            act.person,
            {"channel": flag.channel, "sentence": bad.sentence},
        )
        await house.unit(inbox.finishing(event, outbox.plan), letter, house.clock.real())
        return
    await house.unit(inbox.finishing(event, flags.flag), act, flag, policy, finding, house.clock.real())


async def _may_capture(
    house: House, act: Act, channel: str, ts: str, thread_ts: str | None = None
) -> tuple[Policy, Finding]:
    """The channel's policy and what there is to save; BadInput for whoever or whatever may not."""
    await member_of(house, act.team, act.person)
    found = await channel_for(house, channel)
    if found.is_im:
        raise BadInput("A direct message has no readers to share with. Say it by `/kb add`, and choose a channel.")
    if found.is_archived:
        raise BadInput("That channel is archived, so I cannot save from it.")
    message = await find_message(house, act.team, channel, ts, thread_ts)
    finding = await finding_of(house, act.team, message)
    policy = await house.unit.read(directory.policy_of, act.team, channel, is_private=found.is_private)
    if policy.mode is Mode.OFF:
        raise BadInput("kbot is switched off in this channel. `/kb setup` switches it on.")
    inside = await house.slack.members(channel) if found.is_private else None
    if inside is not None and finding.contributor is not None and finding.contributor not in inside:
        # Their notice would show them what was said or written about it in a channel that is closed to them now.
        raise BadInput("The one who wrote this is not in this channel any more, so I cannot ask them.")
    return policy, finding


async def on_reaction_removed(house: House, event: Event) -> None:
    """Somebody takes a flag off."""
    body = event.body
    if body["item"].get("type") != "message" or body["user"] == house.me:
        return
    flag = Flag(body["item"]["channel"], body["item"]["ts"], emoji_name(body["reaction"]), str(body["event_ts"]))
    policy = await house.unit.read(directory.policy_of, event.team, flag.channel)
    if flag.emoji in policy.emojis:
        act = house.act(event.team, body["user"], flag.channel, event.id)
        await house.unit(inbox.finishing(event, flags.unflag), act, flag, house.clock.real())


async def on_message(house: House, event: Event) -> None:
    """A message was edited or deleted."""
    body, real = event.body, house.clock.real()
    changed = body.get("message") or {}
    act = house.act(event.team, str(changed.get("user") or ""), str(body.get("channel") or ""), event.id)
    if event.subtype == "message_deleted":
        await house.unit(inbox.finishing(event, sources.source_deleted), act, act.place, str(body["deleted_ts"]), real)
    elif changed.get("subtype") == "tombstone":
        await house.unit(inbox.finishing(event, sources.source_deleted), act, act.place, str(changed["ts"]), real)
    elif event.subtype == "message_changed":
        edit = (act.place, str(changed["ts"]), str(changed["edited"]["ts"]))
        await house.unit(inbox.finishing(event, sources.source_edited), act, *edit, real)


async def on_joined(house: House, event: Event) -> None:
    """kbot was invited to a channel: three lines, once."""
    if event.body["user"] == house.me:
        letter = Letter(event.team, f"joined:{event.id}", flags.JOINED, event.body["channel"])
        await house.unit(inbox.finishing(event, outbox.plan), letter, house.clock.real())


async def on_channel_id_changed(house: House, event: Event) -> None:
    """Slack gave a channel another id: its items and flags go with it. Every room does so for its own rows, which is
    harmless when it is done again; so the event is done when all of them are."""
    old, new = str(event.body["old_channel_id"]), str(event.body["new_channel_id"])
    await house.unit(flags.rename_channel, event.team, old, new)


async def save_as_knowledge(house: House, shortcut: Shortcut) -> Answer:
    """The message shortcut: a modal with what there is to save."""
    await show_modal(house.slack, shortcut.trigger_id, partial(_filled_from_message, house, shortcut))
    return None


async def _filled_from_message(house: House, shortcut: Shortcut) -> View:
    message = shortcut.message
    channel, ts, thread_ts = str(shortcut.channel), str(message["ts"]), str(message.get("thread_ts") or "")
    if channel.startswith("D"):
        # People save only their own direct messages, and choose who shall find them.
        if message.get("user") != shortcut.person:
            raise BadInput("In direct messages I only save what you wrote yourself.")
        return await _filled_from_words(house, shortcut.team, shortcut.person, None, str(message.get("text") or ""))
    act = house.act(shortcut.team, shortcut.person, channel, f"shortcut:{shortcut.trigger_id}")
    _, finding = await _may_capture(house, act, channel, ts, thread_ts or None)
    metadata = {"channel": channel, "ts": ts, "thread_ts": thread_ts}
    known = await house.unit.read(items.by_source, shortcut.team, channel, ts)
    twin = await looking.twin(house, shortcut.team, shortcut.person, finding.lines, known.id if known else None)
    likely = await looking.likely_topics(house, shortcut.team, shortcut.person, finding.lines)
    return views.save_modal(metadata, finding.lines, ItemKind.HOW_TO, twin=twin, topics=likely)


async def add(house: House, command: Command) -> Answer:
    """`/kb add words`: a modal with the words in it."""
    content = partial(_filled_from_words, house, command.team, command.person, command.channel, command.rest)
    await show_modal(house.slack, command.trigger_id, content)
    return None


async def add_knowledge(house: House, shortcut: Shortcut) -> Answer:
    """The global shortcut: a modal; the channel is chosen in it."""
    content = partial(_filled_from_words, house, shortcut.team, shortcut.person, None, "")
    await show_modal(house.slack, shortcut.trigger_id, content)
    return None


async def _filled_from_words(house: House, team: str, person: str, channel: str | None, words: str) -> View:
    """A modal for own words. Where the channel has no readers of its own, one is chosen in it."""
    await member_of(house, team, person)
    found = await house.slack.channel(channel) if channel else None
    fixed = found is not None and found.is_member and not found.is_im and not found.is_shared
    body = cut(plain(words), BODY_LIMIT)
    metadata = {"channel": channel if channel and fixed else ""}
    lines = Lines(title=views.title_from(body), body=body)
    twin = await looking.twin(house, team, person, lines) if body else None
    likely = await looking.likely_topics(house, team, person, lines) if body else []
    return views.save_modal(metadata, lines, ItemKind.HOW_TO, choose_channel=not fixed, twin=twin, topics=likely)


async def on_save_modal(house: House, submission: Submission) -> Answer:
    """The modal is sent off: save the message, or what was written down."""
    lines, kind = written(submission)
    topics = topics_of(submission)
    channel = submission.metadata.get("channel") or submission.text(views.CHANNEL)
    ts = submission.metadata.get("ts")
    if not channel:
        raise BadInput("Please choose the channel whose members shall find it.", views.CHANNEL)
    act = house.act(submission.team, submission.person, channel, f"modal:{submission.view_id}")
    if ts:
        policy, found = await _may_capture(house, act, channel, ts, submission.metadata.get("thread_ts") or None)
        finding = replace(found, lines=replace(lines, question=found.lines.question), kind=kind, topics=topics)
    else:
        policy = await may_add(house, act, channel)
        finding = Finding(channel, act.person, lines, None, kind, topics)
    on = next(iter(submission.several(views.BUILDS_ON)), None)
    if on is not None and await _twin(house, submission.team, submission.person, on) is None:
        raise BadInput("The other one is not there any more, or not for you to see.", views.BUILDS_ON)
    saved = await house.unit(_save, act, policy, finding, on, house.clock.real())
    return Reply(views.seen(saved.item, act.person)[0].replace("*", "")) if not ts else None


def _save(session: Session, act: Act, policy: Policy, finding: Finding, on: str | None, real: datetime) -> Saved:
    saved = flags.save(session, act, policy, finding, real)
    if on is not None:
        try:
            flags.build_on(session, act, saved.item.id, on)
        except BadInput as bad:
            raise BadInput(bad.sentence, views.BUILDS_ON) from None
    return saved


async def _twin(house: House, team: str, person: str, twin: object) -> Item | None:
    """What says much the same, as this person may be shown it now."""
    shown = await looking.show(house, team, person, [str(twin)]) if twin else None
    return shown.items[0] if shown and shown.items else None


async def on_more_lines(house: House, press: Press) -> Answer:
    """More, in the modal: the optional lines appear; what was typed so far stays."""
    modal = press.modal
    if modal is None:
        return None
    typed = Lines(title=modal.text(views.TITLE), body=modal.text(views.BODY), when=modal.text(views.WHEN))
    view = views.save_modal(
        {name: str(value) for name, value in modal.metadata.items()},
        typed,
        kind_of(modal),
        choose_channel=views.CHANNEL in modal.values,
        is_edit=modal.callback == views.EDIT_MODAL,
        more=True,
        twin=await _twin(house, press.team, press.person, modal.metadata.get(views.TWIN)),
        topics=[modal.text(views.TOPICS)],
    )
    await house.slack.update_view(modal.view_id, view)
    return None


async def on_undo(house: House, press: Press) -> Answer:
    act = _act(house, press)
    item = await house.unit(flags.undo, act, press.value, house.clock.real())
    return Reply(views.undone(item), replace=True)


async def on_add_evidence(house: House, press: Press) -> Answer:
    """What was just saved is said by another item already: the flag counts for that one."""
    item_id, _, twin = press.value.partition(":")
    if await _twin(house, press.team, press.person, twin) is None:
        raise items.Gone
    other = await house.unit(flags.add_as_evidence, _act(house, press), item_id, twin, house.clock.real())
    return Reply(views.added(other), replace=True)


async def on_builds_on(house: House, press: Press) -> Answer:
    """What was just saved builds on what it looks like."""
    item_id, _, twin = press.value.partition(":")
    item = await house.unit.read(items.get, press.team, item_id)
    if item.flagger != press.person or await _twin(house, press.team, press.person, twin) is None:
        raise items.Gone
    other = await house.unit(flags.build_on, _act(house, press), item_id, twin)
    text, blocks = views.built_on(item, press.person, other)
    return Reply(text, blocks, replace=True)


async def on_keep_apart(house: House, press: Press) -> Answer:
    """Both stay; the receipt is as if there were no other."""
    item = await house.unit.read(items.get, press.team, press.value)
    if item.flagger != press.person:
        raise items.Gone
    text, blocks = views.seen(item, press.person)
    return Reply(text, blocks, replace=True)


def _act(house: House, press: Press) -> Act:
    key = f"press:{press.action}:{press.value}:{press.trigger_id}"
    return house.act(press.team, press.person, press.place.channel or "", key)


async def on_fine(house: House, press: Press) -> Answer:
    await house.unit(flags.accept, _act(house, press), press.value, with_name=True)
    return None


async def on_unnamed(house: House, press: Press) -> Answer:
    await house.unit(flags.accept, _act(house, press), press.value, with_name=False)
    return None


async def on_named(house: House, press: Press) -> Answer:
    await house.unit(flags.show_name, _act(house, press), press.value)
    return None


async def on_refuse(house: House, press: Press) -> Answer:
    await house.unit(flags.refuse, _act(house, press), press.value, house.clock.real())
    return None


async def on_menu(house: House, press: Press) -> Answer:
    choice, _, item_id = press.value.partition(":")
    if choice != views.NEVER:
        raise BadInput("I do not know that choice any more.")
    act = _act(house, press)
    await person_of(house, act.team, act.person)
    await house.unit(flags.never, act, item_id, house.clock.real())
    return Reply(views.never_again(await house.unit.read(items.get, act.team, item_id)))


async def on_edit(house: House, press: Press) -> Answer:
    """Edit: the item's words in a modal."""
    item = await house.unit.read(items.get, press.team, press.value)
    if item.contributor != press.person:
        raise BadInput("Only the person who wrote it can edit it.")
    await house.slack.open_view(press.trigger_id, views.edit_modal(item))
    return None


async def on_edit_modal(house: House, submission: Submission) -> Answer:
    item_id = str(submission.metadata["item"])
    before = await house.unit.read(items.get, submission.team, item_id)
    act = house.act(submission.team, submission.person, before.channel, f"modal:{submission.view_id}")
    lines, kind = written(submission, question=before.lines.question)
    await house.unit(flags.edit, act, item_id, lines, kind, topics_of(submission))
    return None


async def on_take_over(house: House, press: Press) -> Answer:
    """The new words of an edited source become the item's next version."""
    item = await house.unit.read(items.get, press.team, press.value)
    if item.source is None:
        raise items.Gone
    message = await find_message(house, press.team, item.source.channel, item.source.ts, item.source.thread_ts)
    finding = await finding_of(house, press.team, message)
    lines = replace(item.lines, body=finding.lines.body, question=finding.lines.question)
    await house.unit(sources.take_over, _act(house, press), item.id, lines, item.kind)
    return None


async def on_keep_old(house: House, press: Press) -> Answer:
    await house.unit(sources.settle_edit, _act(house, press), press.value)
    return None


async def on_keep_words(house: House, press: Press) -> Answer:
    await house.unit(sources.keep_own_words, _act(house, press), press.value)
    return None


async def on_let_go(house: House, press: Press) -> Answer:
    await house.unit(sources.let_go, _act(house, press), press.value, house.clock.real())
    return None


async def capture_me(house: House, command: Command) -> Answer:
    """`/kb capture me`: takes "Never capture me" back."""
    person = await member_of(house, command.team, command.person)
    act = house.act(command.team, person.id, command.channel, f"command:{command.trigger_id}")
    await house.unit(directory.capture_again, act)
    return Reply("From now on others may save what you write again; you are told each time.")


EVENTS = {
    "reaction_added": on_reaction_added,
    "reaction_removed": on_reaction_removed,
    "message": on_message,
    "member_joined_channel": on_joined,
    "channel_id_changed": on_channel_id_changed,
}
PRESSES = {
    views.UNDO: on_undo,
    views.ADD_EVIDENCE: on_add_evidence,
    views.BUILDS_ON: on_builds_on,
    views.KEEP_APART: on_keep_apart,
    views.FINE: on_fine,
    views.YES: on_fine,
    views.UNNAMED: on_unnamed,
    views.NAMED: on_named,
    views.REFUSE: on_refuse,
    views.MENU: on_menu,
    views.EDIT: on_edit,
    views.TAKE_OVER: on_take_over,
    views.KEEP_OLD: on_keep_old,
    views.KEEP_WORDS: on_keep_words,
    views.LET_GO: on_let_go,
    views.MORE_LINES: on_more_lines,
}
SUBMISSIONS = {views.SAVE_MODAL: on_save_modal, views.EDIT_MODAL: on_edit_modal}
SHORTCUTS = {"save_as_knowledge": save_as_knowledge, "add_knowledge": add_knowledge}
WORDS = {"add": add, "capture": capture_me}
