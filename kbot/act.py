"""Who does what, where, when; and the one way to say that an input was bad."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Act:
    """One act of one person, made at the door, where the clock is read once.

    `at` is people's time in UTC (see clock.py), `place` the Slack channel or DM it happened in, `key` the
    idempotency key: Slack's event id or, for what a person pressed, a key made of what was pressed.
    """

    team: str
    person: str
    place: str
    at: datetime
    key: str


class BadInput(Exception):
    """What a person gave cannot be used; the message is one sentence that says what to do instead.

    The door shows it where it was given: in the modal's `field`, as an ephemeral, or with exit code 2.
    """

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
