"""When a topic's items are asked about first, as far as that follows from when people used them. Pure. domain.md 3.4.

It looks at topics only, never at a person: how long it took those who told of a use before anybody asked them, and how
many of those who were asked answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

FEWEST_USES, FEWEST_PEOPLE = 10, 5
"""Of fewer nothing is learned."""

SOONEST, LATEST = 3, 30
"""Working days to the first question, whatever was counted; also where few answer, so that it is asked at all."""

MOST_CHANGE = 0.25
"""Of what it was, at each count; a day where that is less."""

EVERY = timedelta(days=30)
LATELY = timedelta(days=60)
FEWEST_ASKED, FEW_ANSWER = 20, 0.30


@dataclass(frozen=True)
class Seen:
    """What was counted of a topic. `delays`: working days from the first contact to a use that was told unasked, of
    `people` persons; `answered` of `asked` in the last 60 days."""

    delays: Sequence[int] = ()
    people: int = 0
    asked: int = 0
    answered: int = 0


@dataclass(frozen=True)
class TopicPace:
    """`first`: working days to the first question; None: as the topic's cadence says. `is_quiet`: few answer, so it is
    asked later, and a third time not at all."""

    first: int | None = None
    is_quiet: bool = False

    def first_ask(self, usual: int) -> int | None:
        """Working days to the first question, where that is not as usual."""
        if not self.is_quiet:
            return self.first
        return min(LATEST, 2 * (self.first if self.first is not None else usual))


def adapted(before: TopicPace, usual: int, seen: Seen) -> TopicPace:
    """The pace from now on; `usual` is the working days of the topic's cadence."""
    is_quiet = seen.asked >= FEWEST_ASKED and seen.answered < FEW_ANSWER * seen.asked
    if len(seen.delays) < FEWEST_USES or seen.people < FEWEST_PEOPLE:
        return TopicPace(before.first, is_quiet)
    was = before.first if before.first is not None else usual
    step = max(1, int(was * MOST_CHANGE))
    wanted = max(SOONEST, min(LATEST, round(median(seen.delays))))
    return TopicPace(max(was - step, min(was + step, wanted)), is_quiet)
