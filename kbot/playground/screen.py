"""The world as one person sees it: the page's state, and what the driver reads."""

from collections import Counter
from datetime import UTC
from zoneinfo import ZoneInfo

from kbot.playground import clock, shapes
from kbot.playground.emoji import EMOJI, OFTEN
from kbot.playground.local import LocalSlack
from kbot.playground.manifest import Shortcut
from kbot.playground.people import People
from kbot.playground.world import BOT_USER, Channel, Ephemeral, Json, Kind, Message, Person


class Screen:
    def __init__(self, slack: LocalSlack, people: People) -> None:
        self._slack = slack
        self._world = slack.world
        self._people = people

    def state(self, person: Person, connected: bool) -> Json:
        """Everything the page draws for one person; only what that person may see."""
        world, manifest = self._world, self._slack.manifest
        channels = self.channels(person)
        home = world.homes.get(person.id)
        return {
            "revision": self._slack.revision,
            "team": {"id": person.team_id, "name": world.team_name},
            "clock": {
                "ahead": self._slack.clock.ahead,
                "now": self._slack.clock.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
            "connected": connected,
            "people": [self._person(each) for each in world.people.values()],
            "channels": [self._channel(person, channel) for channel in channels],
            "messages": {channel.id: self.messages(person, channel) for channel in channels},
            "app_open": person.id in world.with_app_open,
            "home": shapes.view(home) if home is not None else None,
            "views": [shapes.view(view) | {"errors": dict(view.errors)} for view in world.modals.get(person.id, [])],
            "suggested_prompts": world.prompts.get(person.id, [dict(prompt) for prompt in manifest.suggested_prompts]),
            "statuses": {
                thread_ts: status
                for (channel, thread_ts), status in world.statuses.items()
                if channel == self._dm(person).id
            },
            "notices": [{"id": n.id, "text": n.text} for n in world.notices.get(person.id, [])],
            "shortcuts": {
                "message": _shortcuts(manifest.shortcuts, True),
                "global": _shortcuts(manifest.shortcuts, False),
            },
            "commands": [
                {"command": c.command, "description": c.description, "usage_hint": c.usage_hint}
                for c in manifest.commands
            ],
            "flag_emoji": OFTEN,
            "emoji": EMOJI | world.emoji,
        }

    def channels(self, person: Person) -> list[Channel]:
        """Those the person sees; for everybody of the own organization, the conversation with the bot."""
        found = [
            channel
            for channel in self._world.channels.values()
            if channel.kind is not Kind.IM and self._people.sees_channel(person, channel)
        ]
        return found if person.is_stranger or person.is_bot else [*found, self._dm(person)]

    def messages(self, person: Person, channel: Channel) -> list[Json]:
        """Messages and this person's ephemerals, oldest first."""
        if not self._people.sees_channel(person, channel):
            return []
        mine = [it for it in self._world.ephemerals.values() if it.person == person.id and it.channel == channel.id]
        everything: list[Message | Ephemeral] = [*self._world.in_channel(channel.id), *mine]
        everything.sort(key=lambda each: clock.seconds_of(each.ts))
        replies = Counter(m.thread_ts for m in self._world.in_channel(channel.id) if m.is_reply)
        return [
            self._ephemeral(person, each)
            if isinstance(each, Ephemeral)
            else self._message(person, each, replies[each.ts])
            for each in everything
        ]

    def _dm(self, person: Person) -> Channel:
        """Listed before the first message; it exists only once somebody writes."""
        channel_id = "D" + person.id[1:]
        there = self._world.channels.get(channel_id)
        return there or Channel(channel_id, "", Kind.IM, person.id, [person.id, BOT_USER], person=person.id)

    def _person(self, person: Person) -> Json:
        now = self._slack.clock.now().astimezone(ZoneInfo(person.tz))
        return {
            "id": person.id,
            "name": person.name,
            "real_name": person.real_name,
            "title": person.title,
            "tz": person.tz,
            "tz_label": person.tz.split("/")[-1].replace("_", " "),
            "local_time": clock.local(now, person.tz),
            "is_bot": person.is_bot,
            "is_guest": person.is_guest,
            "is_stranger": person.is_stranger,
            "is_admin": person.is_admin,
            "deleted": person.deleted,
        }

    def _channel(self, person: Person, channel: Channel) -> Json:
        kinds = {Kind.PUBLIC: "public", Kind.PRIVATE: "private", Kind.IM: "im"}
        shape: Json = {
            "id": channel.id,
            "name": channel.name,
            "kind": "shared" if channel.is_shared else kinds[channel.kind],
            "is_member": channel.has(person.id),
            "members": list(channel.members),
            "bot_is_member": channel.has(BOT_USER),
            "archived": channel.archived,
        }
        if channel.kind is Kind.IM:
            shape |= {"name": self._world.people[BOT_USER].name, "with": BOT_USER}
        return shape

    def _message(self, person: Person, it: Message, replies: int) -> Json:
        is_bot = it.bot_id is not None
        return {
            "key": it.key,
            "ts": it.ts,
            "user": it.user,
            "username": it.username,
            "bot": is_bot,
            "text": it.text,
            "blocks": it.blocks,
            "thread_ts": it.thread_ts,
            "reply_count": replies,
            "broadcast": it.subtype == "thread_broadcast",
            "system": it.subtype in ("channel_join", "channel_leave", "channel_name"),
            "edited": it.edited is not None,
            "deleted": it.is_tombstone,
            "streaming": it.streaming,
            "reactions": [{"name": name, "users": list(users)} for name, users in it.reactions.items()],
            "ephemeral": False,
            "files": [{"name": f["name"]} for f in it.files],
            "attachments": it.attachments,
            "sent_at": clock.shown(it.ts, it.ahead, person.tz),
        }

    def _ephemeral(self, person: Person, it: Ephemeral) -> Json:
        return {
            "key": it.key,
            "ts": it.ts,
            "user": BOT_USER,
            "username": None,
            "bot": True,
            "text": it.text,
            "blocks": it.blocks,
            "thread_ts": it.thread_ts,
            "reply_count": 0,
            "broadcast": False,
            "system": False,
            "edited": False,
            "deleted": False,
            "streaming": False,
            "reactions": [],
            "ephemeral": True,
            "files": [],
            "attachments": [],
            "sent_at": clock.shown(it.ts, it.ahead, person.tz),
        }


def _shortcuts(shortcuts: tuple[Shortcut, ...], is_message: bool) -> list[Json]:
    return [{"callback_id": s.callback_id, "name": s.name} for s in shortcuts if s.is_message is is_message]
