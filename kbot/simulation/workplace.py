"""A Slack in memory, at the two seams where kbot meets the real one: its reader, and the carrier of what it sends.

Nothing of kbot is stood in for. Messages keep their blocks, so that people press only buttons that are there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kbot.slack.outgoing import Blocks, Outcome, Outgoing, Post, Sent, Unknown
from kbot.slack.reader import SlackReader
from kbot.slack.words import SlackChannel, SlackMessage, SlackQuiet, SlackUser


@dataclass(frozen=True)
class Button:
    """A button, or an entry of a menu."""

    action: str
    value: str


@dataclass
class Message:
    """What kbot wrote to a person or a channel, as it is shown now."""

    to: str
    channel: str
    ts: str
    key: str
    blocks: Blocks

    @property
    def buttons(self) -> Iterator[Button]:
        for block in self.blocks:
            for element in block.get("elements", ()):
                if element.get("type") == "button" and element.get("value"):
                    yield Button(element["action_id"], element["value"])
                for option in element.get("options", ()):
                    yield Button(element["action_id"], option["value"])


@dataclass
class Workplace(SlackReader):
    """`people`, and `channels` with who is in them, as Slack knows them. `news`: messages, new or shown anew."""

    people: Mapping[str, SlackUser]
    channels: Mapping[str, frozenset[str]]
    news: list[Message] = field(default_factory=list)
    _there: dict[tuple[str, str], Message] = field(default_factory=dict)

    # -- what kbot asks

    async def user(self, user: str) -> SlackUser | None:
        return self.people.get(user)

    async def quiet(self, user: str) -> SlackQuiet | None:
        return SlackQuiet()

    async def channel(self, channel: str) -> SlackChannel | None:
        if channel not in self.channels:
            return None
        return SlackChannel(channel, channel.lower(), None, False, False, False, False, True)

    async def members(self, channel: str) -> frozenset[str]:
        return self.channels.get(channel, frozenset())

    async def message(self, channel: str, ts: str) -> SlackMessage | None:
        return None

    async def permalink(self, channel: str, ts: str) -> str | None:
        return None

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        return f"V{trigger_id}"

    # -- what kbot sends

    async def send(self, team: str, key: str, outgoing: Outgoing) -> Outcome:
        if not isinstance(outgoing, Post):
            return Sent()
        channel = outgoing.to if outgoing.to in self.channels else f"D{outgoing.to[1:]}"
        message = Message(outgoing.to, channel, f"{len(self._there) + 1}.000000", key, outgoing.blocks)
        self._there[channel, message.ts] = message
        self.news.append(message)
        return Sent(channel, message.ts)

    async def update(self, channel: str, ts: str, key: str, post: Post) -> Outcome:
        message = self._there[channel, ts]
        message.blocks = post.blocks
        self.news.append(message)
        return Sent(channel, ts)

    async def find(self, post: Post, key: str) -> Sent | Unknown | None:
        return None
