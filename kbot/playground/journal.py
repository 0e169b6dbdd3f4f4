"""What happened, for the page's log and for tests: the app's calls, deliveries to it, violations."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from kbot.playground.world import Json

KEPT = 5_000
"""Entries that the page's log holds; calls and deliveries are kept in full for tests."""


class Direction(StrEnum):
    TO_APP = "to_app"
    FROM_APP = "from_app"
    VIOLATION = "violation"
    NOTE = "note"


@dataclass(frozen=True)
class Entry:
    n: int
    at: datetime
    direction: Direction
    what: str
    summary: str
    detail: Json
    ok: bool

    def line(self) -> str:
        mark = "ok" if self.ok else "NOT OK"
        return f"{self.at:%H:%M:%S.%f} {self.direction:9} {self.what} {mark}: {self.summary}"


@dataclass(frozen=True)
class Violation:
    """Something that the app did and that Slack would not accept, or that a good app does not do."""

    code: str
    where: str
    detail: str


@dataclass(frozen=True)
class Note:
    """Something worth knowing that may not be the app's fault; every violation is also a note."""

    code: str
    where: str
    detail: str


@dataclass
class Call:
    """A Web API call (or a use of a response_url) by the app. `response` is None when no answer was given."""

    method: str
    args: Json
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    response: Json | None = None

    @property
    def ok(self) -> bool:
        return self.response is not None and self.response.get("ok") is True


@dataclass
class Attempt:
    number: int
    at: datetime
    seconds: float = 0.0
    """How long the app took to acknowledge."""
    result: str = "pending"
    """`acked`, or the reason as Slack names it: http_timeout, http_error, connection_failed."""


@dataclass
class Delivery:
    """One event, interaction or command on its way to the app, with all its attempts."""

    kind: str
    body: Json
    attempts: list[Attempt] = field(default_factory=list)
    done: bool = False

    @property
    def acked(self) -> bool:
        return any(attempt.result == "acked" for attempt in self.attempts)

    @property
    def event_id(self) -> str | None:
        event_id = self.body.get("event_id")
        return str(event_id) if event_id is not None else None


class Journal:
    """Collects; `on_entry` is called after each new entry."""

    def __init__(self, on_entry: Callable[[], None]) -> None:
        self._on_entry = on_entry
        self._numbers = itertools.count(1)
        self.entries: list[Entry] = []
        self.calls: list[Call] = []
        self.deliveries: list[Delivery] = []
        self.violations: list[Violation] = []
        self.notes: list[Note] = []

    def add(self, direction: Direction, what: str, summary: str, detail: Json | None = None, ok: bool = True) -> None:
        self.entries.append(Entry(next(self._numbers), datetime.now(UTC), direction, what, summary, detail or {}, ok))
        del self.entries[:-KEPT]
        self._on_entry()

    def violation(self, code: str, where: str, detail: str) -> None:
        self.violations.append(Violation(code, where, detail))
        self.notes.append(Note(code, where, detail))
        about: Json = {"where": where, "detail": detail}
        self.add(Direction.VIOLATION, code, f"{where}: {detail}", about, ok=False)

    def note(self, code: str, where: str, detail: str, ok: bool = True) -> None:
        self.notes.append(Note(code, where, detail))
        self.add(Direction.NOTE, code, f"{where}: {detail}", {"where": where, "detail": detail}, ok)
