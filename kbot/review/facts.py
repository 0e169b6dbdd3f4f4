"""The digest as facts: its rows, frozen when it is planned, and each row as it is now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from kbot.answers.facts import OpenQuestion, Question
from kbot.delivery.facts import Need
from kbot.helping.facts import Shown
from kbot.library.facts import Item
from kbot.trail.facts import Barrier
from kbot.trail.measures import Again, Burden, Counts
from kbot.trail.proof import Evidence
from kbot.trail.small_numbers import Table
from kbot.trail.travel import Borders, FirstUse, HalfLife


class RowKind(StrEnum):
    """Why something is in a digest; in this order."""

    CHECK = "check"
    """An item that made things worse, failed for two people, or is doubted."""
    QUESTION = "question"
    """An open question."""
    HELP = "help"
    """Somebody wants help with an item, and nobody has given it."""
    APPROVE = "approve"
    """An item that waits for a broker."""
    CAME_IN = "came_in"
    SAID = "said"
    """An item of which people said something."""
    UNCLEAR = "unclear"
    """An item that is not clear to two people or more."""
    NEED = "need"
    """Something that somebody needs and that nothing has met."""
    BARRIER = "barrier"
    """What stands in the way of five people or more; of no item and nobody in particular."""


@dataclass(frozen=True)
class Row:
    """One line of a digest: an item or, for QUESTION, the open question of all who asked it; for NEED, a need; for
    HELP, a request; for BARRIER, which one."""

    kind: RowKind
    id: str


@dataclass(frozen=True)
class Look:
    """What a digest is about: what had happened from `since` to `until` (people's time). `more` did not find room."""

    rows: tuple[Row, ...]
    since: datetime
    until: datetime
    more: int = 0

    def to_about(self) -> dict[str, Any]:
        """As a letter keeps it: ids, never words."""
        return {
            "rows": [[row.kind.value, row.id] for row in self.rows],
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "more": self.more,
        }

    @classmethod
    def of_about(cls, about: Mapping[str, Any]) -> "Look":
        return cls(
            rows=tuple(Row(RowKind(kind), row_id) for kind, row_id in about["rows"]),
            since=datetime.fromisoformat(about["since"]),
            until=datetime.fromisoformat(about["until"]),
            more=int(about["more"]),
        )


class Became(StrEnum):
    """What became of a row, in words."""

    APPROVED = "Approved"
    REJECTED = "Left out"
    VERIFIED = "Verified"
    RETIRED = "Retired"
    REPLACED = "Replaced by something newer"
    ANSWERED = "Answered"
    PUBLISHED = "Published meanwhile"
    TAKEN_BACK = "Taken back meanwhile"
    MET = "Met"
    SENT_ON = "Somebody is asked"
    CLEARER = "Made clearer"
    NOT_NEEDED = "Not needed any more"
    MOVED_ON = "Not waiting for a broker any more"


@dataclass(frozen=True)
class Done:
    """What became of a row and, where a broker did it, who."""

    became: Became
    by: str | None = None


@dataclass(frozen=True)
class Entry:
    """A row as its broker may be shown it now; `done` turns it into a receipt. `people`: how many ask a question, find
    an item unclear, or meet a barrier; `answers`: the open question that an item which waits may answer."""

    row: Row
    item: Item | None = None
    question: Question | None = None
    need: Need | None = None
    help: Shown | None = None
    barrier: Barrier | None = None
    people: int = 1
    evidence: Evidence = field(default_factory=Evidence)
    done: Done | None = None
    answers: OpenQuestion | None = None


@dataclass(frozen=True)
class Numbers:
    """Counts of a time, of no person: what came in, what was asked, and how many people were asked how it went and
    told it; those two only of five people or more."""

    came_in: int = 0
    asked: int = 0
    answered: int = 0
    followed_up: int = 0
    told: int = 0


@dataclass(frozen=True)
class Report:
    """What became of the receipts from `since` to `until`, as it was told by `as_of` (people's time).

    Everything here may be shown: what may not is None. `minds`: of what changes minds; `again`: the mini-sample;
    `unasked`: uses that people told without being asked, in no other number.
    """

    since: datetime
    until: datetime
    as_of: datetime
    table: Table
    burden: Burden | None
    minds: Counts | None = None
    again: Again | None = None
    unasked: int | None = None
    borders: Borders | None = None
    first_use: FirstUse | None = None
    half_life: HalfLife | None = None


@dataclass(frozen=True)
class Desk:
    """A digest as its reader may be shown it now."""

    reader: str
    channels: Sequence[str]
    entries: Sequence[Entry]
    numbers: Numbers
    since: datetime
    more: int
    names: Mapping[str, str]
