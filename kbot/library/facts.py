"""Items as facts, and the transitions of their states."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ItemKind(StrEnum):
    """What sort of knowledge; it decides the follow-up (domain.md 2.2a)."""

    HOW_TO = "how_to"
    PRACTICE = "practice"
    LESSON = "lesson"
    CAUTION = "caution"
    DECISION = "decision"
    INSIGHT = "insight"
    POINTER = "pointer"
    NOTICE = "notice"

    @property
    def in_words(self) -> str:
        return {"how_to": "How to"}.get(self.value, self.value.capitalize())

    @property
    def is_followed_up(self) -> bool:
        return self not in (ItemKind.POINTER, ItemKind.NOTICE)


class ItemState(StrEnum):
    """The life of an item (domain.md 2.3)."""

    CANDIDATE = "candidate"
    """Not to be found yet: it waits for somebody or for a time."""
    PUBLISHED = "published"
    REJECTED = "rejected"
    """The contributor or the broker said no."""
    LAPSED = "lapsed"
    """Nobody said yes in time."""
    WITHDRAWN = "withdrawn"
    """Taken back: by the contributor, by undo, or because the source is gone."""
    RETIRED = "retired"
    """A broker took it out of the answers."""
    SUPERSEDED = "superseded"
    """Another item has taken its place."""


NEXT = {
    ItemState.CANDIDATE: {ItemState.PUBLISHED, ItemState.REJECTED, ItemState.LAPSED, ItemState.WITHDRAWN},
    ItemState.PUBLISHED: {ItemState.REJECTED, ItemState.WITHDRAWN, ItemState.RETIRED, ItemState.SUPERSEDED},
    ItemState.REJECTED: set[ItemState](),
    ItemState.LAPSED: {ItemState.PUBLISHED, ItemState.REJECTED, ItemState.WITHDRAWN},
    ItemState.WITHDRAWN: {ItemState.PUBLISHED, ItemState.CANDIDATE, ItemState.REJECTED},
    ItemState.RETIRED: {ItemState.PUBLISHED, ItemState.REJECTED, ItemState.WITHDRAWN},
    ItemState.SUPERSEDED: {ItemState.PUBLISHED, ItemState.REJECTED, ItemState.WITHDRAWN},
}


class LinkKind(StrEnum):
    """What one item is to another (domain.md 2.7)."""

    ADAPTS = "adapts"
    BUILDS_ON = "builds_on"
    SUPERSEDES = "supersedes"
    CONTRADICTS = "contradicts"
    CONFIRMS = "confirms"
    DUPLICATES = "duplicates"
    ALTERNATIVE_TO = "alternative_to"
    ANSWERS = "answers"

    @property
    def is_mutual(self) -> bool:
        """Whether it holds both ways."""
        return self in (LinkKind.CONTRADICTS, LinkKind.DUPLICATES, LinkKind.ALTERNATIVE_TO)

    @property
    def is_decided(self) -> bool:
        """Whether it does something to the other item, so that only its contributor or a broker may say it."""
        return self in (LinkKind.SUPERSEDES, LinkKind.CONTRADICTS, LinkKind.DUPLICATES)


WITHOUT_LOOPS = (frozenset({LinkKind.ADAPTS, LinkKind.BUILDS_ON}), frozenset({LinkKind.SUPERSEDES}))
"""Of links of these kinds together no way may lead back: what comes from what, and what is newer than what. A variant
that is taken back into what it adapts is superseded by it, so the two are apart."""


@dataclass(frozen=True)
class Link:
    """`item` adapts, builds on, supersedes ... `other`; `person` said so."""

    item: str
    kind: LinkKind
    other: str
    person: str
    at: datetime


class Consent(StrEnum):
    """What the contributor said to it."""

    ASKED = "asked"
    """Has been told or asked, no answer yet."""
    GIVEN = "given"
    REFUSED = "refused"
    """For ever: never ask again."""


class WaitsFor(StrEnum):
    """What a candidate waits for."""

    NOTHING = "nothing"
    CONTRIBUTOR = "contributor"
    TIME = "time"
    BROKER = "broker"


@dataclass(frozen=True)
class Lines:
    """What an item says: `title` is phrased as the question it answers, `body` is what to do or know."""

    title: str
    body: str
    when: str = ""
    because: str = ""
    limits: str = ""
    question: str = ""
    """The root of the thread, where the flagged message was a reply."""


@dataclass(frozen=True)
class Source:
    """The message that an item came from."""

    channel: str
    ts: str
    author: str | None
    thread_ts: str | None
    permalink: str | None
    edited_ts: str | None
    files: tuple[str, ...] = ()


class Cadence(StrEnum):
    """How often there is an occasion to use what items of a topic say (domain.md 3.4); the fastest first."""

    FAST = "fast"
    """Daily work: support, being on call."""
    NORMAL = "normal"
    SLOW = "slow"
    """Once a quarter or a year: closing the books, hiring, audits."""


@dataclass(frozen=True)
class Topic:
    """What items are about."""

    id: str
    name: str


@dataclass(frozen=True)
class Listed:
    """A topic in a list: how many items of it the reader may see, and whether they follow it."""

    topic: Topic
    items: int
    follows: bool


@dataclass(frozen=True)
class Item:
    """An item as it is now. `channel` is where its audience is: everybody in the workspace for a public channel,
    the members for a private one. `until` (people's time) ends the waiting of a candidate."""

    team: str
    id: str
    kind: ItemKind
    state: ItemState
    waits_for: WaitsFor
    consent: Consent
    channel: str
    contributor: str | None
    is_named: bool
    flagger: str
    version: int
    lines: Lines
    source: Source | None
    created_at: datetime
    published_at: datetime | None
    until: datetime | None
    verified_by: str | None
    verified_at: datetime | None
    is_contested: bool = False
    """Another item that can be found says the opposite."""
    topics: tuple[Topic, ...] = ()
    community: str = ""
    """The name of the community that it comes from; "" where that is its channel alone."""

    @property
    def home(self) -> str:
        """The community that it comes from: its name, or the id of a channel by itself."""
        return self.community or self.channel

    @property
    def is_findable(self) -> bool:
        return self.state is ItemState.PUBLISHED

    @property
    def is_public_word(self) -> bool:
        """Whether it was published and nobody took it back: a log may still name it, also when it is retired."""
        return self.state in (ItemState.PUBLISHED, ItemState.RETIRED, ItemState.SUPERSEDED)


TITLE_LIMIT = 150
BODY_LIMIT = 2900
LINE_LIMIT = 300
