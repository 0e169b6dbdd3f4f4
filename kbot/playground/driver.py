"""A synchronous hand on the playground, for tests and the tour. Real wire only between Slack and the app."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeVar

from kbot.playground.faults import Fault, Trouble
from kbot.playground.forgery import Forgery, forge
from kbot.playground.hands import Clock, Person, Post
from kbot.playground.journal import Call, Delivery, Note, Violation
from kbot.playground.server import Playground
from kbot.playground.world import Channel

T = TypeVar("T")

POLL_SECONDS = 0.03
QUIET_SECONDS = 0.3


class Driver:
    """People of the invented team by name, the people's clock, faults, and what the app did."""

    def __init__(self, playground: Playground) -> None:
        self.playground = playground
        self.clock = Clock(playground)
        self.ana = Person(playground, "ana")
        self.ben = Person(playground, "ben")
        self.cleo = Person(playground, "cleo")
        self.dov = Person(playground, "dov")
        self.guest = Person(playground, "gus")
        self.stranger = Person(playground, "sam")
        self.other_bot = Person(playground, "deploybot")

    def person(self, name: str) -> Person:
        return Person(self.playground, name)

    # -- waiting --

    def wait(self, condition: Callable[[], T | Literal[False] | None], seconds: float = 20, what: str = "") -> T:
        """Polls until the condition is true and returns its value.

        Raises AssertionError that names `what` and the last 10 entries of the log.
        """
        until = time.monotonic() + seconds
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > until:
                raise AssertionError(f"waited {seconds} s in vain for {what or condition}\n{self.last(10)}")
            time.sleep(POLL_SECONDS)

    def settle(self, seconds: float = 15) -> None:
        """Waits until nothing is on its way to the app and it has called nothing for 0.3 s."""
        began = time.monotonic()
        self.wait(lambda: self._quiet(began), seconds, "the app to become quiet")

    def connected(self, seconds: float = 15) -> None:
        """Waits for the app's connection; also after a restart of the app."""
        transport = self.playground.transport
        self.wait(lambda: self.playground.wait_for(transport.check()), seconds, "the app to connect")

    def at_once(self, *actions: Callable[[], object]) -> list[object]:
        """Does all of it at the same time, for instance two presses of one button."""
        with ThreadPoolExecutor(len(actions)) as pool:
            return [future.result() for future in [pool.submit(action) for action in actions]]

    def last(self, entries: int = 10) -> str:
        return "\n".join(entry.line() for entry in self.playground.journal.entries[-entries:])

    # -- what the app did --

    def calls(self, method: str | None = None) -> list[Call]:
        return [c for c in list(self.playground.journal.calls) if method in (None, c.method)]

    def deliveries(self, kind: str | None = None) -> list[Delivery]:
        """What was sent to the app: events by type, `interaction:<type>`, `command:<name>`."""
        return [d for d in list(self.playground.journal.deliveries) if kind in (None, d.kind)]

    def notes(self, code: str | None = None) -> list[Note]:
        """Violations and what else is worth knowing: event_lost, retry_after_ignored, disconnected ..."""
        return [n for n in list(self.playground.journal.notes) if code in (None, n.code)]

    @property
    def violations(self) -> list[Violation]:
        return self.playground.violations

    # -- trouble --

    def fault(
        self,
        target: str,
        trouble: str,
        times: int = 1,
        seconds: float | None = None,
        retry_after: int = 1,
        error: str = "internal_error",
    ) -> None:
        """`target`: a method or `event:<type>`, `interaction:<type>`, `command:<name>`; `*` ends any of them.

        `times` -1: stays. `seconds`: of a delay, a hang or a reordering. See `faults.Trouble` for the kinds.
        """
        fault = Fault(target, Trouble(trouble), times, seconds, retry_after, error)
        self.playground.call(lambda: self.playground.faults.add(fault))

    def no_more_faults(self) -> None:
        self.playground.call(self.playground.faults.clear)

    @property
    def page_cap(self) -> int | None:
        return self.playground.faults.page_cap

    @page_cap.setter
    def page_cap(self, most: int | None) -> None:
        self.playground.faults.page_cap = most

    def redeliver(self, kind: str, times: int = 1) -> None:
        """The last event of this type again, with the same event_id."""
        delivery = self.deliveries(kind)[-1]
        self.playground.call(lambda: self.playground.courier.redeliver(delivery, times))

    def socket_cut(self) -> None:
        self.playground.call(self.playground.transport.cut)

    def socket_refresh(self) -> None:
        """Asks the app to reconnect, as Slack does every few hours."""
        self.playground.wait_for(self.playground.socket.refresh())

    def forge(self, kind: str) -> int:
        """HTTP mode: a request that Slack did not send; returns the status. See `forgery.Forgery`."""
        return self.playground.wait_for(forge(self.playground, Forgery(kind)))

    # -- the workspace --

    def invite(self, who: str, channel: str, by: Person | None = None) -> None:
        inviter = (by or self._a_member(channel)).id
        person, place = self.person(who).record, self._channel(channel)
        self.playground.call(lambda: self.playground.people.join(person, place.id, inviter))

    def remove(self, who: str, channel: str, by: Person | None = None) -> None:
        actor = (by or self._a_member(channel)).id
        person, place = self.person(who).record, self._channel(channel)
        self.playground.call(lambda: self.playground.slack.leave(place, person.id, actor))

    def leave(self, person: Person, channel: str) -> None:
        place = self._channel(channel)
        self.playground.call(lambda: self.playground.slack.leave(place, person.id))

    def make_private(self, channel: str) -> None:
        """Without any event, as in Slack."""
        place = self._channel(channel)
        self.playground.call(lambda: self.playground.people.make_private(place))

    def share(self, channel: str) -> None:
        """With another organization; its people (sam) come in."""
        place = self._channel(channel)
        self.playground.call(lambda: self.playground.people.share(place))

    def unshare(self, channel: str) -> None:
        place = self._channel(channel)
        self.playground.call(lambda: self.playground.people.unshare(place))

    def archive(self, channel: str, archived: bool = True) -> None:
        place, cleo = self._channel(channel), self.cleo.record
        self.playground.call(lambda: self.playground.people.archive(place, cleo, archived))

    def rename(self, channel: str, name: str) -> None:
        place, cleo = self._channel(channel), self.cleo.record
        self.playground.call(lambda: self.playground.people.rename(place, name, cleo))

    def delete_channel(self, channel: str) -> None:
        place = self._channel(channel)
        self.playground.call(lambda: self.playground.people.delete_channel(place))

    def deactivate(self, person: Person) -> None:
        self.playground.call(lambda: self.playground.people.deactivate(person.record))

    def unfurl(self, post: Post) -> None:
        self.playground.call(lambda: self.playground.people.unfurl(post.channel, post.ts))

    def webhook_post(self, channel: str, text: str) -> Post:
        place = self._channel(channel)
        message = self.playground.call(lambda: self.playground.people.webhook_post(place.id, text))
        return Post(message.channel, message.ts)

    def add_emoji(self, name: str) -> None:
        """An emoji of the workspace's own."""
        self.playground.call(lambda: self.playground.slack.world.emoji.update({name: f"https://e/{name}"}))

    @property
    def statuses(self) -> list[str]:
        """What the app says it is doing right now ("is searching ..."); empty once it has answered."""
        return list(self.playground.slack.world.statuses.values())

    def uninstall(self) -> None:
        """The events, and from now on every call is answered `account_inactive`."""

        def uninstall() -> None:
            self.playground.slack.events.uninstalled()
            self.playground.slack.installed = False

        self.playground.call(uninstall)

    def _channel(self, name: str) -> Channel:
        return self.playground.call(lambda: self.playground.slack.world.channel_named(name))

    def _a_member(self, channel: str) -> Person:
        members: Sequence[str] = self._channel(channel).members
        people = self.playground.slack.world.people
        return self.person(next(m for m in members if not people[m].is_bot))

    def _quiet(self, began: float) -> bool:
        slack, courier = self.playground.slack, self.playground.courier
        busy = courier.outstanding or slack.calls_running
        return not busy and time.monotonic() - max(slack.last_call, began) > QUIET_SECONDS
