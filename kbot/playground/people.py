"""What people do in Slack without the app: talk, edit, react, come and go."""

from collections.abc import Sequence

from kbot.playground import shapes
from kbot.playground.local import LocalSlack
from kbot.playground.methods.files import file_shape
from kbot.playground.methods.reactions import known_emoji
from kbot.playground.rich_text import as_sent, rich_text
from kbot.playground.world import Channel, Kind, Looking, Message, Person, Upload


class NotPossible(Exception):
    """Slack's client does not let the person do it; the message is a sentence for them."""


class People:
    def __init__(self, slack: LocalSlack) -> None:
        self._slack = slack
        self._world = slack.world

    # -- what a person can see --

    def sees_channel(self, person: Person, channel: Channel) -> bool:
        if channel.has(person.id):
            return True
        return channel.kind is Kind.PUBLIC and not (person.is_guest or person.is_stranger)

    def channel(self, person: Person, channel_id: str) -> Channel:
        """A conversation that the person sees; the one with the bot opens on demand. Raises NotPossible."""
        if channel_id == "D" + person.id[1:]:
            return self._world.direct_message(person.id)
        channel = self._world.channels.get(channel_id)
        if channel is None or not self.sees_channel(person, channel):
            raise NotPossible("There is no such conversation, or you cannot see it.")
        return channel

    def message(self, person: Person, channel_id: str, ts: str) -> Message:
        message = self._world.find(self.channel(person, channel_id).id, ts)
        if message is None or message.is_tombstone:
            raise NotPossible("This message is not there any more.")
        return message

    def person(self, user: str) -> Person:
        person = self._world.people.get(user)
        if person is None or person.deleted:
            raise NotPossible("There is no such person.")
        return person

    # -- messages --

    def say(
        self,
        person: Person,
        channel_id: str,
        text: str,
        *,
        thread_ts: str | None = None,
        raw: bool = False,
        broadcast: bool = False,
        files: Sequence[str] = (),
    ) -> Message:
        """Posts; `raw`: the text is Slack's markup already; `broadcast`: a reply also sent to the channel."""
        channel = self._writable(person, channel_id)
        if not text.strip() and not files:
            raise NotPossible("There is nothing to send.")
        if thread_ts is not None:
            parent = self._world.find(channel.id, thread_ts)
            if parent is None:
                raise NotPossible("The thread is not there any more.")
            thread_ts = parent.thread_ts or parent.ts
        sent = text if raw else as_sent(text, self._world)
        subtype = "file_share" if files else "thread_broadcast" if broadcast and thread_ts else None
        number = self._world.number()
        return self._slack.post(
            Message(
                channel.id,
                self._world.new_ts(),
                person.id,
                sent,
                rich_text(sent, f"b{number}"),
                thread_ts,
                subtype=subtype,
                bot_id=person.bot_id,
                files=[file_shape(Upload(f"F0{number}{i}", f, 1), person.id) for i, f in enumerate(files)],
                client_msg_id=None if person.is_bot else f"00000000-0000-4000-8000-{number:012d}",
            )
        )

    def edit(self, person: Person, channel_id: str, ts: str, text: str, raw: bool = False) -> Message:
        message = self.message(person, channel_id, ts)
        if message.user != person.id:
            raise NotPossible("Only your own messages can be edited.")
        before = shapes.message(self._world, message)
        message.text = text if raw else as_sent(text, self._world)
        message.blocks = rich_text(message.text, f"b{self._world.number()}")
        message.edited = (person.id, self._world.new_ts())
        self._slack.events.changed(message, before)
        self._slack.changed()
        return message

    def delete(self, person: Person, channel_id: str, ts: str) -> None:
        message = self.message(person, channel_id, ts)
        if message.user != person.id and not person.is_admin:
            raise NotPossible("Only your own messages can be deleted.")
        self._slack.delete(message)

    def react(self, person: Person, channel_id: str, ts: str, name: str) -> None:
        """Reacting twice with the same emoji changes nothing."""
        self._writable(person, channel_id)
        if not known_emoji(self._slack, name):
            raise NotPossible(f"No emoji is called :{name}:.")
        self._slack.react(self.message(person, channel_id, ts), person.id, name)

    def unreact(self, person: Person, channel_id: str, ts: str, name: str) -> None:
        self._slack.unreact(self.message(person, channel_id, ts), person.id, name)

    def unfurl(self, channel_id: str, ts: str) -> None:
        """Slack adds a link's preview: a change of the message that is no edit."""
        message = self._world.messages[channel_id][ts]
        before = shapes.message(self._world, message)
        message.attachments = [{"fallback": "A page", "title": "A page", "text": "Its first words", "id": 1}]
        self._slack.events.changed(message, before)
        self._slack.changed()

    def webhook_post(self, channel_id: str, text: str) -> Message:
        """A post without a human author: no `user` in the message, no `item_user` in reactions to it."""
        return self._slack.post(
            Message(
                channel_id,
                self._world.new_ts(),
                None,
                text,
                subtype="bot_message",
                bot_id="B0WEBHOOK",
                username="build",
            )
        )

    # -- coming and going --

    def join(self, person: Person, channel_id: str, inviter: str | None = None) -> None:
        channel = self._world.channels.get(channel_id)
        if channel is None or (inviter is None and not self.sees_channel(person, channel)):
            raise NotPossible("There is no such channel.")
        if channel.archived:
            raise NotPossible("The channel is archived.")
        self._slack.join(channel, person.id, inviter)

    def invite(self, person: Person, channel_id: str, user: str) -> None:
        channel = self.channel(person, channel_id)
        if channel.kind is Kind.IM or not channel.has(person.id):
            raise NotPossible("Only members can invite to a channel.")
        self.join(self.person(user), channel_id, inviter=person.id)

    def leave(self, person: Person, channel_id: str) -> None:
        channel = self.channel(person, channel_id)
        if channel.kind is Kind.IM:
            raise NotPossible("A direct message cannot be left.")
        self._slack.leave(channel, person.id)

    def remove(self, person: Person, channel_id: str, user: str) -> None:
        channel = self.channel(person, channel_id)
        if channel.kind is Kind.IM or not channel.has(person.id):
            raise NotPossible("Only members can remove somebody from a channel.")
        self._slack.leave(channel, user, actor=person.id)

    def archive(self, channel: Channel, person: Person, archived: bool = True) -> None:
        channel.archived = archived
        self._slack.events.archived(channel, person.id)
        self._slack.changed()

    def rename(self, channel: Channel, name: str, person: Person) -> None:
        old, channel.name = channel.name, name
        self._slack.events.renamed(channel)
        self._slack.post(
            Message(
                channel.id,
                self._world.new_ts(),
                person.id,
                f'has renamed the channel from "{old}" to "{name}"',
                subtype="channel_name",
                more={"old_name": old, "name": name},
            )
        )

    def delete_channel(self, channel: Channel) -> None:
        """With everything in it."""
        self._slack.events.channel_deleted(channel)
        del self._world.channels[channel.id]
        self._world.messages.pop(channel.id, None)
        self._slack.changed()

    def share(self, channel: Channel) -> None:
        """With another organization, whose people come in."""
        channel.is_shared = True
        self._slack.events.shared(channel)
        for person in self._strangers():
            self._slack.join(channel, person.id)
        self._slack.changed()

    def unshare(self, channel: Channel) -> None:
        """The other organization's people go."""
        for person in self._strangers():
            self._slack.leave(channel, person.id)
        channel.is_shared = False
        self._slack.events.unshared(channel)
        self._slack.changed()

    def own_channel(self, person: Person, channel_id: str) -> Channel:
        """One that this person may share. Raises NotPossible."""
        channel = self.channel(person, channel_id)
        if channel.kind is Kind.IM or not channel.has(person.id) or person.is_guest or person.is_stranger:
            raise NotPossible("Only members of the workspace can share a channel that they are in.")
        return channel

    def _strangers(self) -> list[Person]:
        return [person for person in self._world.people.values() if person.is_stranger and not person.deleted]

    def make_private(self, channel: Channel) -> None:
        """Keeps the id, and no event tells the app."""
        channel.kind = Kind.PRIVATE
        self._slack.changed()

    def deactivate(self, person: Person) -> None:
        person.deleted = True
        for channel in self._world.channels.values():
            if channel.kind is not Kind.IM and channel.has(person.id):
                self._slack.leave(channel, person.id)
        self._slack.events.person_changed(person)
        self._slack.changed()

    def move_to_zone(self, person: Person, zone: str) -> None:
        person.tz = zone
        self._slack.events.person_changed(person)
        self._slack.changed()

    def hire(self, person: Person) -> None:
        """Somebody comes to the workspace."""
        self._world.people[person.id] = person
        self._slack.events.person_joined(person)
        self._slack.changed()

    def set_status(self, person: Person, text: str, emoji: str, until: float = 0) -> None:
        person.status = (text, emoji, int(until))
        self._slack.events.person_changed(person)
        self._slack.changed()

    def do_not_disturb(self, person: Person, begins: float, ends: float) -> None:
        """In seconds of people's clock. No event tells the app."""
        person.quiet = (begins, ends)
        self._slack.changed()

    # -- the app's own places --

    def open_home(self, person: Person) -> None:
        self._app_available(person)
        if not self._slack.manifest.home_tab:
            raise NotPossible("The app has no Home tab.")
        self._world.with_app_open.add(person.id)
        self._slack.events.home_opened(person, "home", self._world.homes.get(person.id))

    def open_messages(self, person: Person) -> None:
        self._app_available(person)
        self._world.direct_message(person.id)
        self._world.with_app_open.add(person.id)
        self._slack.events.home_opened(person, "messages", None)
        self._slack.changed()

    def close_app(self, person: Person) -> None:
        """No event tells the app."""
        self._world.with_app_open.discard(person.id)
        self._slack.changed()

    def look_at(self, person: Person, channel_id: str, thread_ts: str | None = None) -> None:
        """A channel, or a thread in it, is open; an app whose tab is open beside it is told."""
        looking = Looking(self.channel(person, channel_id).id, thread_ts)
        if self._world.looking.get(person.id) == looking:
            return
        self._world.looking[person.id] = looking
        if person.id in self._world.with_app_open:
            self._slack.events.context_changed(person)

    def _app_available(self, person: Person) -> None:
        if person.is_stranger:
            raise NotPossible("The app belongs to another organization.")

    def _writable(self, person: Person, channel_id: str) -> Channel:
        channel = self.channel(person, channel_id)
        if channel.archived:
            raise NotPossible("The channel is archived.")
        if channel.kind is Kind.IM:
            self._app_available(person)
            if not self._slack.manifest.messages_tab:
                raise NotPossible("Sending messages to this app has been turned off.")
        if not channel.has(person.id):
            raise NotPossible(f"You are not in #{channel.name}. Join it first.")
        return channel
