"""What there is to save at a place in Slack: the message, its thread, its author. Reads Slack, decides nothing else."""

from collections.abc import Mapping

from kbot.act import Act, BadInput
from kbot.capture import views
from kbot.capture.flags import Finding
from kbot.capture.views import title_from
from kbot.house import House
from kbot.library.facts import BODY_LIMIT, Item, Lines, Source
from kbot.people import directory
from kbot.people.facts import Mode, Policy
from kbot.people.viewers import channel_for, member_of, names, person_of
from kbot.slack.mrkdwn import cut, mentioned, plain
from kbot.slack.words import SlackMessage

CANNOT_READ = "I cannot read that message. If it is still there, invite me to its channel first: /invite @kbot"


async def find_message(house: House, team: str, channel: str, ts: str, thread_ts: str | None = None) -> SlackMessage:
    """The message at this place. Raises BadInput when it is not there or cannot be read."""
    message = await house.slack.message(channel, ts)
    if message is None and thread_ts:
        message = await house.slack.reply(channel, thread_ts, ts)
    if message is None:
        raise BadInput(CANNOT_READ)
    if not message.has_content:
        raise BadInput("That is a notice of Slack itself, so there is nothing in it to save.")
    if message.user == house.me:
        raise BadInput("I wrote that myself; please flag the message of the person who knows it.")
    return message


async def finding_of(house: House, team: str, message: SlackMessage) -> Finding:
    """What an item made from this message would say, and whose it is. Raises BadInput where it must not be saved."""
    contributor = await _contributor(house, team, message)
    root = None
    if message.is_reply and message.thread_ts:
        root = await house.slack.message(message.channel, message.thread_ts)
    said = await names(house, team, mentioned(message.text) + mentioned(root.text if root else ""))
    body = _words(message, said)
    question = _words(root, said) if root else ""
    if not body:
        raise BadInput("There are no words in that message, so there is nothing to save yet.")
    source = Source(
        channel=message.channel,
        ts=message.ts,
        author=message.user,
        thread_ts=message.thread_ts,
        permalink=await house.slack.permalink(message.channel, message.ts),
        edited_ts=message.edited_ts,
        files=message.files,
    )
    lines = Lines(title=title_from(question or body), body=body, question=cut(question, BODY_LIMIT))
    return Finding(message.channel, contributor, lines, source)


async def words_of_source(house: House, item: Item) -> str | None:
    """What the message behind an item says now, in plain words; None when it is gone."""
    source = item.source
    message = await house.slack.message(source.channel, source.ts) if source is not None else None
    if message is None and source is not None and source.thread_ts:
        message = await house.slack.reply(source.channel, source.thread_ts, source.ts)
    if message is None:
        return None
    said = await names(house, item.team, mentioned(message.text))
    return plain(message.text, lambda person: said.get(person, person))


def _words(message: SlackMessage, said: Mapping[str, str]) -> str:
    text = plain(message.text, lambda person: said.get(person, person)).strip()
    return cut(text or ", ".join(message.files), BODY_LIMIT)


async def _contributor(house: House, team: str, message: SlackMessage) -> str | None:
    if message.user is None or message.is_bot:
        return None
    author = await person_of(house, team, message.user)
    if author is None or author.is_bot:
        return None
    if author.never_capture:
        raise BadInput(
            f"{author.name} prefers not to have anything saved, so I leave this alone. Thank you all the same."
        )
    if author.is_guest or author.is_stranger:
        raise BadInput("I do not save what guests or people of other organizations write, for now.")
    return author.id


async def may_add(house: House, act: Act, channel: str) -> Policy:
    """The policy of the channel that somebody adds own words in. Raises BadInput where they may not."""
    person = await member_of(house, act.team, act.person)
    try:
        found = await channel_for(house, channel)
    except BadInput as bad:
        raise BadInput(bad.sentence, views.CHANNEL) from None
    if person.never_capture:
        raise BadInput("You asked me never to save what you write. `/kb capture me` changes that.", views.BODY)
    if found.is_private and person.id not in await house.slack.members(channel):
        raise BadInput("You are not in that channel.", views.CHANNEL)
    policy = await house.unit.read(directory.policy_of, act.team, channel, is_private=found.is_private)
    if policy.mode is Mode.OFF:
        raise BadInput("kbot is switched off in that channel. `/kb setup` there switches it on.", views.CHANNEL)
    return policy
