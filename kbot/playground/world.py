"""What the local Slack holds: people, channels, messages, reactions, views. No network, no clock but `ts`."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = dict[str, Any]

TEAM_ID = "T0HARBOR"
OTHER_TEAM = "T0OTHER"
BOT_USER = "U0KBOT"
BOT_ID = "B0KBOT"
APP_ID = "A0KBOT"


class Kind(StrEnum):
    """What a conversation is; the values are those of the events' `channel_type`."""

    PUBLIC = "channel"
    PRIVATE = "group"
    IM = "im"


@dataclass
class Person:
    id: str
    name: str
    real_name: str
    title: str
    tz: str
    team_id: str = TEAM_ID
    is_admin: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False
    bot_id: str | None = None
    app_id: str | None = None
    quiet: tuple[float, float] | None = None
    """Do-not-disturb, from and until when, in seconds of people's clock."""
    status: tuple[str, str, int] = ("", "", 0)
    """Text, emoji such as `:palm_tree:`, and when it ends (seconds of people's clock; 0: never)."""

    @property
    def is_guest(self) -> bool:
        return self.is_restricted or self.is_ultra_restricted


@dataclass
class Channel:
    id: str
    name: str
    kind: Kind
    creator: str
    members: list[str]
    created: int = 1_760_000_000
    is_shared: bool = False
    archived: bool = False
    topic: str = ""
    person: str | None = None
    """The human of a direct message with the bot."""

    def has(self, user: str) -> bool:
        return user in self.members


@dataclass
class Message:
    channel: str
    ts: str
    user: str | None
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    subtype: str | None = None
    edited: tuple[str, str] | None = None
    """Who edited it and the `ts` of the edit."""
    bot_id: str | None = None
    username: str | None = None
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    more: Json = field(default_factory=dict)
    """Fields of one subtype only (`inviter`, `root`, `old_name` ...)."""
    client_msg_id: str | None = None
    streaming: bool = False
    ahead: float = 0.0
    """By how many seconds people's clock was ahead when it was written; only shown to people."""

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def is_tombstone(self) -> bool:
        return self.subtype == "tombstone"

    @property
    def key(self) -> str:
        return f"{self.channel}:{self.ts}"


@dataclass
class Ephemeral:
    """A message that one person sees and that Slack keeps nowhere."""

    key: str
    channel: str
    ts: str
    person: str
    text: str
    blocks: list[Json]
    thread_ts: str | None = None
    ahead: float = 0.0


@dataclass
class View:
    id: str
    person: str
    content: Json
    """The view as the app sent it, with every block_id and action_id filled in."""
    hash: str
    root: str
    previous: str | None = None
    typed: dict[str, dict[str, Json]] = field(default_factory=dict)
    """What the person has entered: block_id -> action_id -> the state as Slack sends it."""
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Looking:
    """What a person has open beside the app: a channel, and in it a thread (the ts of its root)."""

    channel: str
    thread_ts: str | None = None


@dataclass
class Notice:
    """A sentence that Slack itself says to one person."""

    id: str
    text: str


@dataclass
class Upload:
    id: str
    name: str
    size: int
    title: str = ""
    content: bytes | None = None
    shared: bool = False


@dataclass
class World:
    team_name: str
    people: dict[str, Person]
    channels: dict[str, Channel]
    messages: dict[str, dict[str, Message]] = field(default_factory=dict)
    ephemerals: dict[str, Ephemeral] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    modals: dict[str, list[View]] = field(default_factory=dict)
    prompts: dict[str, list[Json]] = field(default_factory=dict)
    statuses: dict[tuple[str, str], str] = field(default_factory=dict)
    notices: dict[str, list[Notice]] = field(default_factory=dict)
    looking: dict[str, Looking] = field(default_factory=dict)
    with_app_open: set[str] = field(default_factory=set)
    """People who have the app's tab open, beside what they look at."""
    uploads: dict[str, Upload] = field(default_factory=dict)
    emoji: dict[str, str] = field(default_factory=dict)
    """The workspace's own emoji: name -> address or `alias:name`."""
    _last: int = 0
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def new_ts(self) -> str:
        """A Slack timestamp of the real clock, unique and growing within the workspace."""
        self._last = max(self._last + 1, time.time_ns() // 1000)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def number(self) -> int:
        return next(self._numbers)

    def add(self, message: Message) -> Message:
        self.messages.setdefault(message.channel, {})[message.ts] = message
        return message

    def in_channel(self, channel: str) -> list[Message]:
        """All messages of a channel, replies included, oldest first."""
        return list(self.messages.get(channel, {}).values())

    def find(self, channel: str, ts: str) -> Message | None:
        return self.messages.get(channel, {}).get(ts)

    def replies(self, channel: str, root_ts: str) -> list[Message]:
        return [m for m in self.in_channel(channel) if m.thread_ts == root_ts and m.is_reply]

    def top_level(self, channel: str) -> list[Message]:
        """What `conversations.history` knows: no replies, except those also sent to the channel."""
        return [m for m in self.in_channel(channel) if not m.is_reply or m.subtype == "thread_broadcast"]

    def person_named(self, name: str) -> Person:
        """By id or name. Raises KeyError with the name."""
        for person in self.people.values():
            if name in (person.id, person.name):
                return person
        raise KeyError(f"nobody is called {name!r}")

    def channel_named(self, name: str) -> Channel:
        """By id or name, with or without `#`. Raises KeyError with the name."""
        for channel in self.channels.values():
            if name.lstrip("#") in (channel.id, channel.name):
                return channel
        raise KeyError(f"no channel is called {name!r}")

    def is_unknown(self, person: Person) -> bool:
        """Whether somebody of another organization is in no channel that the app is in."""
        together = (channel.has(person.id) and channel.has(BOT_USER) for channel in self.channels.values())
        return person.is_stranger and not any(together)

    def direct_message(self, person: str) -> Channel:
        """The conversation of a person and the bot; opened if it does not exist yet."""
        channel_id = "D" + person[1:]
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(
                channel_id, "", Kind.IM, person, [person, BOT_USER], created=int(time.time()), person=person
            )
        return self.channels[channel_id]

    def view(self, view_id: str) -> View | None:
        for stack in self.modals.values():
            for view in stack:
                if view.id == view_id:
                    return view
        return next((home for home in self.homes.values() if home.id == view_id), None)
