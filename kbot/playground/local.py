"""The parts of one local Slack, put together. Everything runs on one event loop; nothing here waits."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from kbot.playground import shapes
from kbot.playground.clock import PeopleClock
from kbot.playground.delivery import Courier
from kbot.playground.events import Events
from kbot.playground.faults import Faults
from kbot.playground.journal import Journal
from kbot.playground.manifest import Manifest
from kbot.playground.world import Channel, Ephemeral, Json, Message, Notice, World

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5


@dataclass
class Trigger:
    """The right to open one modal for one person. `view`: the modal in which it arose."""

    person: str
    made: float
    view: str | None = None
    used: bool = False


@dataclass
class ResponseUrl:
    """Where an interaction may be answered. `source`: the message (ts) or ephemeral (key) it came from."""

    person: str
    channel: str
    made: float
    source_ts: str | None = None
    ephemeral: str | None = None
    uses: int = 0


class LocalSlack:
    def __init__(
        self,
        world: World,
        manifest: Manifest,
        clock: PeopleClock,
        faults: Faults,
        journal: Journal,
        courier: Courier,
        new_ticket: Callable[[], str],
    ) -> None:
        self.world = world
        self.manifest = manifest
        self.clock = clock
        self.faults = faults
        self.journal = journal
        self.courier = courier
        self.events = Events(world, manifest, courier)
        self._new_ticket = new_ticket
        self.url = ""
        """Where the server listens, without a slash at the end; set when it does."""
        self.installed = True
        self.revision = 1
        self.last_call = time.monotonic()
        self.calls_running = 0
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self._watchers: set[asyncio.Event] = set()

    # -- who looks on --

    def changed(self) -> None:
        self.revision += 1
        for watcher in self._watchers:
            watcher.set()

    def watch(self) -> asyncio.Event:
        watcher = asyncio.Event()
        self._watchers.add(watcher)
        return watcher

    def unwatch(self, watcher: asyncio.Event) -> None:
        self._watchers.discard(watcher)

    # -- triggers and response urls --

    def new_trigger(self, person: str, view: str | None = None) -> str:
        trigger_id = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self.triggers[trigger_id] = Trigger(person, time.monotonic(), view)
        return trigger_id

    def new_response_url(self, url: ResponseUrl) -> str:
        key = secrets.token_hex(12)
        self.response_urls[key] = url
        return f"{self.url}/respond/{key}"

    def socket_url(self) -> str:
        """A single-use address for Socket Mode."""
        return f"{self.url.replace('http', 'ws', 1)}/socket?ticket={self._new_ticket()}"

    # -- changes that several doors need --

    def post(self, message: Message) -> Message:
        """Adds a message, gives a thread its root's `thread_ts`, and tells the app."""
        message.ahead = self.clock.ahead
        if message.is_reply and message.thread_ts:
            root = self.world.find(message.channel, message.thread_ts)
            if root is not None:
                root.thread_ts = root.ts
        self.world.add(message)
        self.events.posted(message)
        self.changed()
        return message

    def show_only_to(
        self, person: str, channel: str, text: str, blocks: list[Json], thread_ts: str | None = None
    ) -> Ephemeral:
        key = f"e{self.world.number()}"
        ephemeral = Ephemeral(key, channel, self.world.new_ts(), person, text, blocks, thread_ts, self.clock.ahead)
        self.world.ephemerals[key] = ephemeral
        self.changed()
        return ephemeral

    def delete(self, message: Message) -> None:
        """A parent with replies becomes a tombstone, everything else goes."""
        channel = self.world.channels[message.channel]
        before = shapes.message(self.world, message)
        if not message.is_reply and self.world.replies(message.channel, message.ts):
            message.subtype, message.text = "tombstone", "This message was deleted."
            message.blocks, message.attachments, message.files = [], [], []
            message.reactions, message.edited, message.metadata = {}, None, None
            self.events.changed(message, before)
        else:
            del self.world.messages[message.channel][message.ts]
            self._forget_empty_thread(message)
            self.events.deleted(channel, message.ts, before)
        self.changed()

    def _forget_empty_thread(self, reply: Message) -> None:
        root = self.world.find(reply.channel, reply.thread_ts or "")
        if root is None or self.world.replies(root.channel, root.ts):
            return
        root.thread_ts = None
        if root.is_tombstone:
            del self.world.messages[root.channel][root.ts]

    def react(self, message: Message, user: str, name: str) -> bool:
        """False if that person had already reacted so."""
        users = message.reactions.setdefault(name, [])
        if user in users:
            return False
        users.append(user)
        self.events.reacted(message, user, name, added=True)
        self.changed()
        return True

    def unreact(self, message: Message, user: str, name: str) -> bool:
        """False if there was no such reaction."""
        users = message.reactions.get(name, [])
        if user not in users:
            return False
        users.remove(user)
        if not users:
            del message.reactions[name]
        self.events.reacted(message, user, name, added=False)
        self.changed()
        return True

    def join(self, channel: Channel, user: str, inviter: str | None = None) -> None:
        if channel.has(user):
            return
        channel.members.append(user)
        self.events.joined(channel, user, inviter)
        text = f"<@{user}> has joined the channel"
        more = {"inviter": inviter} if inviter else {}
        self.post(Message(channel.id, self.world.new_ts(), user, text, subtype="channel_join", more=more))

    def leave(self, channel: Channel, user: str, actor: str | None = None) -> None:
        if not channel.has(user):
            return
        channel.members.remove(user)
        self.events.left(channel, user, actor or user)
        text = f"<@{user}> has left the channel"
        self.post(Message(channel.id, self.world.new_ts(), user, text, subtype="channel_leave"))

    def tell(self, person: str, text: str) -> None:
        """A sentence of Slack itself, for instance that the app did not answer."""
        self.world.notices.setdefault(person, []).append(Notice(f"n{self.world.number()}", text))
        self.changed()
