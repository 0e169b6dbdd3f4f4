"""How an item proved: what people said of it, counted without names, and the stories that they tell. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from kbot.slack.mrkdwn import escaped, one_line

LEARNED_BY = 3
"""People for whom it worked, one of them from outside: then it is called learned (product.md 4)."""

MOST_PLACES = 3
PLACE_SHOWN = 60

CONTESTED_BY = 2
CONTESTED_WITHIN = timedelta(days=60)
"""Failures that are older raise no alarm any more (product.md 4)."""


class Readers(StrEnum):
    """Who may read a story."""

    CONTRIBUTOR = "contributor"
    EVERYONE = "everyone"
    """Everybody who may see the item."""


@dataclass(frozen=True)
class Story:
    """What somebody tells of one use, a success or not: where (`place`, one line), what they did and what happened, why
    they think so, what they would tell the next person, and a `link`. `witness` was asked whether they saw it."""

    team: str
    case: str
    item: str
    person: str
    place: str
    happened: str
    why: str
    advice: str
    readers: Readers
    with_name: bool
    link: str
    told_at: datetime
    is_released: bool = False
    witness: str | None = None
    was_seen: bool | None = None

    @property
    def is_open(self) -> bool:
        """Whether all who may see the item may read it now: unnamed ones from the note on that told of them."""
        return self.readers is Readers.EVERYONE and (self.with_name or self.is_released)


@dataclass(frozen=True)
class Ratings:
    """How many people found answers with an item helpful, and how many did not; each person's latest word counts."""

    helpful: int = 0
    not_helpful: int = 0


@dataclass(frozen=True)
class Evidence:
    """How many people reported what of one item; each person's latest word counts.

    `doubted`: how many find it outdated or wrong since it was last verified. `troubles`: when, since then, each of
    those whom it failed or harmed, or who doubt it, said so last. `confirmed`: how many did the same before;
    those in `confirmed_by` may be named.
    `linked` and `seen`: of how many reports there is a link, and how many a colleague saw. `homes`: the communities of
    those for whom it worked, as far as they are known. `successes` and `failures`: the stories of those for whom it
    worked and did not that everybody who may see the item may read, the newest first. `is_unclear`: since it was
    last verified, five people or more found it hard to remember.
    """

    used: int = 0
    helped: int = 0
    failed: int = 0
    made_worse: int = 0
    doubted: int = 0
    troubles: tuple[datetime, ...] = field(default=(), compare=False)
    partly: int = 0
    no_difference: int = 0
    confirmed: int = 0
    confirmed_by: tuple[str, ...] = ()
    linked: int = 0
    seen: int = 0
    homes: tuple[str, ...] = ()
    successes: tuple[Story, ...] = ()
    failures: tuple[Story, ...] = ()
    is_unclear: bool = False

    @property
    def worked(self) -> int:
        """For how many it worked."""
        return self.helped

    @property
    def said_how(self) -> int:
        """How many said whether it worked."""
        return self.helped + self.partly + self.no_difference + self.made_worse + self.failed

    def abroad(self, home: str) -> int:
        """For how many from outside the community `home` it worked, as far as their own is known."""
        return sum(one.casefold() != home.casefold() for one in self.homes)

    def is_learned(self, home: str) -> bool:
        """Whether what comes from the community `home` is learned: three applied it and it worked, one from outside.

        Whoever has not chosen a community counts as worked, and for no border: unknown is not outside.
        """
        return self.worked >= LEARNED_BY and self.abroad(home) > 0

    def is_contested(self, now: datetime) -> bool:
        """Two people met a failure, harm or a doubt of late (product.md 4)."""
        return self._lately(now) >= CONTESTED_BY

    def is_alarming(self, now: datetime) -> bool:
        """It made things worse for somebody, or is contested: then it is pushed to nobody."""
        return self.made_worse > 0 or self.is_contested(now)

    def _lately(self, now: datetime) -> int:
        return sum(now - CONTESTED_WITHIN <= at <= now for at in self.troubles)

    @property
    def standing(self) -> float:
        """How well it proved, from -1 to 1; 0 when nobody said anything. The share that helped, shrunk towards even."""
        failed = self.failed + self.made_worse
        helped = self.used - self.made_worse
        return (helped - failed) / (helped + failed + 2)

    @property
    def in_words(self) -> str:
        """Such as "used by 7 (reported), worked for 6 of 7 (night shift), did not work for 1 (EU tenant)", in mrkdwn;
        "" when nobody said anything yet. Places are shown as their authors allowed."""
        parts = []
        if self.used:
            parts.append(f"used by {self.used} (reported)")
        if self.worked or self.partly:
            parts.append(f"worked for {self.worked} of {self.said_how}{_places(self.successes)}")
        if self.partly:
            parts.append(f"partly for {self.partly}")
        if self.failed:
            parts.append(f"did not work for {self.failed}{_places(self.failures)}")
        if self.made_worse:
            parts.append(f"made things worse for {self.made_worse}")
        if self.doubted:
            parts.append(f"{self.doubted} {'says' if self.doubted == 1 else 'say'} that it is outdated or wrong")
        if self.is_unclear:
            parts.append("5 or more find it hard to remember")
        if self.confirmed:
            parts.append(f"confirmed by {self.confirmed} who did the same before")
        if self.linked:
            parts.append(f"{self.linked} with a link")
        if self.seen:
            parts.append(f"{self.seen} seen by a colleague")
        return ", ".join(parts)

    def told(self, now: datetime) -> str:
        """The same, with a warning, in mrkdwn, where it is contested."""
        warning = f"*contested* by {self._lately(now)} people lately" if self.is_contested(now) else ""
        return ": ".join(part for part in (warning, self.in_words) if part)


def _places(stories: tuple[Story, ...]) -> str:
    places = list(dict.fromkeys(escaped(one_line(one.place), PLACE_SHOWN) for one in stories if one.place))
    if not places:
        return ""
    return f" ({', '.join(places[:MOST_PLACES])}{' ...' if len(places) > MOST_PLACES else ''})"
