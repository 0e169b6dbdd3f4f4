"""One person at Slack, as tests and the tour speak of them; and the people's clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from kbot.playground import world as data
from kbot.playground.seen import Modal, Seen, seen_home
from kbot.playground.server import Playground
from kbot.playground.world import Json

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Post:
    """A message that somebody wrote. `id` is channel and ts."""

    channel: str
    ts: str

    @property
    def id(self) -> str:
        return f"{self.channel}:{self.ts}"


class Person:
    """Does what one person can do. Impossible things raise NotPossible with Slack's sentence."""

    def __init__(self, playground: Playground, name: str) -> None:
        self._playground = playground
        self._slack = playground.slack
        self._people = playground.people
        self.record: data.Person = playground.slack.world.person_named(name)
        self.id = self.record.id
        self.name = self.record.name

    def __repr__(self) -> str:
        return f"<{self.name}>"

    # -- talking --

    def says(
        self,
        text: str,
        channel: str = "platform",
        thread: Post | Seen | None = None,
        *,
        raw: bool = False,
        broadcast: bool = False,
        files: Sequence[str] = (),
    ) -> Post:
        """`raw`: the text is Slack's markup already, as in `<!channel>`; else it is what the person types."""
        place = self._channel_id(channel)
        message = self._playground.call(
            lambda: self._people.say(
                self.record,
                place,
                text,
                thread_ts=thread.ts if thread else None,
                raw=raw,
                broadcast=broadcast,
                files=files,
            )
        )
        return Post(message.channel, message.ts)

    def replies(self, to: Post | Seen, text: str, *, raw: bool = False, broadcast: bool = False) -> Post:
        return self.says(text, to.channel, to, raw=raw, broadcast=broadcast)

    def mentions(self, text: str, channel: str = "platform", thread: Post | Seen | None = None) -> Post:
        """`@kbot` and the text."""
        return self.says(f"@{self._bot.name} {text}", channel, thread)

    def dms(self, text: str, thread: Post | Seen | None = None, *, raw: bool = False) -> Post:
        return self.says(text, self._dm, thread, raw=raw)

    def reacts(self, to: Post | Seen, name: str) -> None:
        self._playground.call(lambda: self._people.react(self.record, to.channel, to.ts, name))

    def unreacts(self, to: Post | Seen, name: str) -> None:
        self._playground.call(lambda: self._people.unreact(self.record, to.channel, to.ts, name))

    def edits(self, post: Post, text: str, *, raw: bool = False) -> None:
        self._playground.call(lambda: self._people.edit(self.record, post.channel, post.ts, text, raw))

    def deletes(self, post: Post | Seen) -> None:
        self._playground.call(lambda: self._people.delete(self.record, post.channel, post.ts))

    def joins(self, channel: str) -> None:
        place = self._channel_id(channel)
        self._playground.call(lambda: self._people.join(self.record, place))

    def moves_to(self, zone: str) -> None:
        """To another time zone (IANA name)."""
        self._playground.call(lambda: self._people.move_to_zone(self.record, zone))

    def says_status(self, text: str, emoji: str = "", until: float = 0) -> None:
        """The status beside the name; `until` in seconds of people's clock, 0 for no end."""
        self._playground.call(lambda: self._people.set_status(self.record, text, emoji, until))

    def is_quiet(self, begins: float, ends: float) -> None:
        """Do-not-disturb, in seconds of people's clock."""
        self._playground.call(lambda: self._people.do_not_disturb(self.record, begins, ends))

    # -- the app --

    def command(self, line: str, channel: str = "platform") -> bool:
        """True when the app acknowledged it within 3 s."""
        work = self._playground.interactions.command(self.record, self._channel_id(channel), line)
        return self._playground.wait_for(work).ok

    def shortcut(self, callback_id: str, on: Post | Seen) -> bool:
        work = self._playground.interactions.message_shortcut(self.record, callback_id, on.channel, on.ts)
        return self._playground.wait_for(work).ok

    def global_shortcut(self, callback_id: str) -> bool:
        work = self._playground.interactions.global_shortcut(self.record, callback_id)
        return self._playground.wait_for(work).ok

    def opens_home(self) -> None:
        self._playground.call(lambda: self._people.open_home(self.record))

    def opens_messages(self) -> None:
        """The app's Messages tab."""
        self._playground.call(lambda: self._people.open_messages(self.record))

    def closes_app(self) -> None:
        """The app's tab."""
        self._playground.call(lambda: self._people.close_app(self.record))

    def looks_at(self, channel: str, thread: Post | Seen | None = None) -> None:
        """Opens a channel, or a thread in it; an app whose tab is open beside it is told."""
        place, ts = self._channel_id(channel), thread.ts if thread else None
        self._playground.call(lambda: self._people.look_at(self.record, place, ts))

    # -- what the person sees --

    @property
    def modal(self) -> Modal | None:
        """The dialog on top."""
        stack = self._slack.world.modals.get(self.id, [])
        return Modal(self._playground, self.record, stack[-1].id) if stack else None

    @property
    def home(self) -> Seen:
        """The Home tab as the app published it; empty before."""
        return seen_home(self._playground, self.record)

    @property
    def inbox(self) -> list[Seen]:
        """What kbot wrote to this person in their direct messages, oldest first; replies included."""
        return [seen for seen in self.sees(self._dm) if seen.author == self._bot.id]

    def sees(self, channel: str = "platform") -> list[Seen]:
        """All messages and ephemerals of a conversation that this person can see, oldest first."""
        place = self._channel_id(channel)

        def look() -> list[Json]:
            found = self._slack.world.channels.get(place)
            return self._playground.screen.messages(self.record, found) if found else []

        return [Seen(self._playground, self.record, place, shown) for shown in self._playground.call(look)]

    def ephemerals(self, channel: str = "platform") -> list[Seen]:
        return [seen for seen in self.sees(channel) if seen.ephemeral]

    def thread(self, root: Post | Seen) -> list[Seen]:
        """Replies (and ephemerals) under a message."""
        return [seen for seen in self.sees(root.channel) if seen.thread == root.ts and seen.ts != root.ts]

    def look(self, at: Post | Seen) -> Seen | None:
        """The message as it now stands; None if it is not there or not visible."""
        return next((s for s in self.sees(at.channel) if s.ts == at.ts and not s.ephemeral), None)

    @property
    def notices(self) -> list[str]:
        """What Slack itself says, for instance that the app did not answer."""
        return [notice.text for notice in self._slack.world.notices.get(self.id, [])]

    @property
    def prompts(self) -> list[str]:
        """Titles of the prompts suggested in the Messages tab."""
        return [str(prompt["title"]) for prompt in self._slack.world.prompts.get(self.id, [])]

    @property
    def _dm(self) -> str:
        return "D" + self.id[1:]

    @property
    def _bot(self) -> data.Person:
        return self._slack.world.people[data.BOT_USER]

    def _channel_id(self, channel: str) -> str:
        """By name or id; `dm` is the conversation with kbot."""
        if channel in ("dm", self._dm):
            return self._dm
        return self._playground.call(lambda: self._slack.world.channel_named(channel)).id


class Clock:
    """People's time; it only moves forward."""

    def __init__(self, playground: Playground) -> None:
        self._playground = playground

    @property
    def ahead(self) -> float:
        """Seconds."""
        return self._playground.slack.clock.ahead

    def move(self, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        seconds = timedelta(days=days, hours=hours, minutes=minutes).total_seconds()
        self._playground.call(lambda: self._moved(seconds))

    def move_to(self, person: Person, weekday: str | None = None, hour: int = 10, minute: int = 0) -> None:
        """To the next such moment on this person's clock; `weekday` is one of mon ... sun."""
        day = WEEKDAYS.index(weekday[:3].lower()) if weekday else None
        clock = self._playground.slack.clock
        self._playground.call(lambda: self._moved(clock.seconds_until(person.record.tz, hour, minute, weekday=day)))

    def _moved(self, seconds: float) -> None:
        self._playground.slack.clock.move(seconds)
        self._playground.slack.changed()
