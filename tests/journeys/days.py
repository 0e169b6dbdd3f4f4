"""People's time in a journey: days pass, mornings come, and kbot gets the moment it needs to notice."""

import time
from datetime import UTC, datetime

from kbot.clock import REREAD_SECONDS
from kbot.playground.driver import Driver
from kbot.playground.hands import Person
from kbot.playground.seen import Seen

MONDAY = datetime(2040, 1, 9, 14, tzinfo=UTC)
"""When every journey begins: far enough ahead that people's time only ever moves forward."""

NOTICED_SECONDS = 1.2
"""Within this kbot has noticed a new time, planned what is due and sent it: it looks at once, and every second."""


class Days:
    """Moves people's time forward."""

    def __init__(self, slack: Driver) -> None:
        self._slack = slack

    def now(self) -> datetime:
        """People's time, UTC."""
        return self._slack.playground.slack.clock.now()

    def go(self, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        """So much later."""
        self._slack.clock.move(days=days, hours=hours, minutes=minutes)
        time.sleep(1.5 * REREAD_SECONDS)

    def go_to(self, person: Person, weekday: str | None = None, hour: int = 11, minute: int = 0) -> None:
        """To the next such moment on this person's clock."""
        self._slack.clock.move_to(person, weekday=weekday, hour=hour, minute=minute)
        time.sleep(1.5 * REREAD_SECONDS)

    def go_to_moment(self, moment: datetime) -> None:
        """To this moment of people's time, which is still to come."""
        self.go(minutes=(moment - self.now()).total_seconds() / 60)

    def until_asked(self, person: Person) -> Seen:
        """Two working days pass; at eleven o'clock of a Thursday the follow-up comes."""
        before = len(person.inbox)
        self._slack.clock.move_to(person, weekday="mon", hour=0)
        self._slack.clock.move_to(person, weekday="thu", hour=11)
        return self._slack.wait(lambda: person.inbox[before:], what=f"a follow-up for {person.name}")[0]

    def until_told(self, person: Person) -> Seen:
        """At eleven o'clock of the next Tuesday the weekly note comes."""
        before = len(person.inbox)
        self._slack.clock.move_to(person, weekday="tue", hour=11)
        return self._slack.wait(lambda: person.inbox[before:], what=f"a note for {person.name}")[0]

    def nothing_comes(self, person: Person) -> None:
        """Whatever is due now would have come by the end of this."""
        before = [seen.text for seen in person.inbox]
        time.sleep(NOTICED_SECONDS)
        assert [seen.text for seen in person.inbox] == before
