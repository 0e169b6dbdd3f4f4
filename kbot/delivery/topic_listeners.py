"""The doors of topics from Slack: `/kb follow`, `/kb unfollow`, `/kb topics`, and what a broker makes of them."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.delivery import deliveries, muting, views
from kbot.house import House
from kbot.library import naming, topics
from kbot.library.facts import Cadence, Topic
from kbot.people import directory
from kbot.people.facts import Person, Viewer
from kbot.people.viewers import channel_for, member_of, viewer_of
from kbot.slack.incoming import Answer, Command, Event, Press, Reply, Submission
from kbot.slack.mrkdwn import plain

HERE = " here"
"""What a broker adds so that the channel follows, not they themselves."""

NOT_A_BROKER = "Only brokers merge and rename topics. A channel's creator or an admin makes you one with /kb setup."


async def _viewer(house: House, team: str, person: str) -> Viewer:
    return await viewer_of(house, team, person, await house.unit.read(topics.channels, team))


async def _meant(house: House, team: str, person: str, name: str) -> Topic:
    return await house.unit.read(topics.meant, await _viewer(house, team, person), naming.named(name))


async def follow(house: House, command: Command) -> Answer:
    """`/kb follow TOPIC`; a broker of the channel adds "here", and then the channel follows."""
    return await _change(house, command, topics.follow)


async def unfollow(house: House, command: Command) -> Answer:
    """`/kb unfollow TOPIC`, and the same for the channel."""
    return await _change(house, command, topics.unfollow)


async def _change(house: House, command: Command, verb: Callable[[Session, Act, str, str | None], bool]) -> Answer:
    person = await member_of(house, command.team, command.person)
    words = plain(command.rest)
    if not words:
        mine = await house.unit.read(topics.followed, command.team, person.id)
        return Reply(views.my_topics(mine))
    channel = None
    if f" {words.lower()}".endswith(HERE) and words.lower() != HERE.strip():
        words, channel = words[: -len(HERE)], await _curated(house, command, person)
    topic = await _meant(house, command.team, person.id, words)
    act = house.act(command.team, person.id, command.channel, f"command:{command.trigger_id}")
    changed = await house.unit(verb, act, topic.id, channel)
    if verb is topics.unfollow:
        return Reply(views.unfollowed(topic, was=changed, channel=channel))
    if channel is None:
        await house.unit(muting.more_again, act, topic.id)
    return Reply(views.followed(topic, is_new=changed, channel=channel))


async def _curated(house: House, command: Command, person: Person) -> str:
    """The channel in which this was typed, if this person may decide for it."""
    found = await channel_for(house, command.channel)
    if found.is_im:
        raise BadInput("Only a channel can follow a topic for all its members; type this in the one that you mean.")
    brokers = await house.unit.read(directory.brokers_of, command.team, found.id)
    if not (person.is_admin or person.id == found.creator or person.id in brokers):
        raise BadInput("Only Slack's admins, this channel's creator and its brokers can let it follow a topic.")
    return found.id


async def list_topics(house: House, command: Command) -> Answer:
    """`/kb topics`."""
    await member_of(house, command.team, command.person)
    return await _list(house, command.team, command.person)


async def _list(house: House, team: str, person: str, *, replace: bool = False) -> Reply:
    listed = await house.unit.read(topics.listed, await _viewer(house, team, person))
    may_curate = bool(await house.unit.read(directory.channels_of_broker, team, person))
    text, blocks = views.topics(listed, may_curate=may_curate)
    return Reply(text, blocks, replace=replace)


async def on_follow(house: House, press: Press) -> Answer:
    """Follow or unfollow, in the list, which is shown anew."""
    await member_of(house, press.team, press.person)
    listed = await house.unit.read(topics.listed, await _viewer(house, press.team, press.person))
    if press.value not in [one.topic.id for one in listed]:
        raise BadInput("That topic is not there any more; `/kb topics` lists what there is.")
    act = house.act(press.team, press.person, press.place.channel or "", f"press:{press.trigger_id}")
    await house.unit(topics.follow if press.action == views.FOLLOW else topics.unfollow, act, press.value)
    return await _list(house, press.team, press.person, replace=True)


async def on_topic_menu(house: House, press: Press) -> Answer:
    """A broker's menu at a topic: a form for its name and cadence, or for the other topic."""
    chosen, _, topic_id = press.value.partition(":")
    await _must_be_broker(house, press.team, press.person)
    topic = await house.unit.read(topics.get, press.team, topic_id)
    if topic is None:
        raise BadInput("That topic is not there any more; `/kb topics` lists what there is.")
    cadence = await house.unit.read(topics.cadence, press.team, topic_id)
    view = views.merge_modal(topic) if chosen == "merge" else views.change_modal(topic, cadence)
    await house.slack.open_view(press.trigger_id, view)
    return None


async def _must_be_broker(house: House, team: str, person: str) -> None:
    await member_of(house, team, person)
    if not await house.unit.read(directory.channels_of_broker, team, person):
        raise BadInput(NOT_A_BROKER)


async def on_change_modal(house: House, submission: Submission) -> Answer:
    await _must_be_broker(house, submission.team, submission.person)
    name = naming.named(submission.text(naming.FIELD), naming.FIELD)
    try:
        cadence = Cadence(submission.text(views.CADENCE))
    except ValueError:
        raise BadInput("Please choose one.", views.CADENCE) from None
    act = house.act(submission.team, submission.person, "", f"modal:{submission.view_id}")
    topic = await house.unit(topics.change, act, str(submission.metadata["topic"]), name, cadence)
    return Reply(f"Kept. It is called {topic.name}; a name that it had before goes on meaning it.")


async def on_merge_modal(house: House, submission: Submission) -> Answer:
    await _must_be_broker(house, submission.team, submission.person)
    try:
        into = await _meant(house, submission.team, submission.person, submission.text(naming.FIELD))
    except BadInput as bad:
        raise BadInput(bad.sentence, naming.FIELD) from None
    act = house.act(submission.team, submission.person, "", f"modal:{submission.view_id}")
    await house.unit(topics.merge, act, str(submission.metadata["topic"]), into.id)
    return Reply(f"Merged: it is part of {into.name} now, and whoever followed it follows that.")


async def on_channel_id_changed(house: House, event: Event) -> None:
    """Slack gave a channel another id: it follows what it followed, and gets what was to come."""
    old, new = str(event.body["old_channel_id"]), str(event.body["new_channel_id"])
    await house.unit(_rename_channel, event.team, old, new)


def _rename_channel(session: Session, team: str, old: str, new: str) -> None:
    topics.rename_channel(session, team, old, new)
    deliveries.rename_channel(session, team, old, new)


EVENTS = {"channel_id_changed": on_channel_id_changed}
PRESSES = {views.FOLLOW: on_follow, views.UNFOLLOW: on_follow, views.TOPIC_MENU: on_topic_menu}
SUBMISSIONS = {views.CHANGE_MODAL: on_change_modal, views.MERGE_MODAL: on_merge_modal}
WORDS = {"follow": follow, "unfollow": unfollow, "topics": list_topics}
