"""Honest measures: rates with their denominators, intervals, bounds for the silent. Pure: counts in, numbers out.

There is no person here, by design: a case comes in as what became of it, and the people behind a set of cases only as
their number. Definitions: domain.md 2.5 and 3.10; what may be shown of so few is decided in small_numbers.py.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from kbot.trail.facts import Status

Z95 = 1.959963984540054
"""The 0.975 quantile of the normal distribution."""

MOST_TESTED_ASKED, MOST_TESTED_MINI = 40, 10
"""The mini-sample says something from so many asked, and so many of the silent who answered it, on."""


class Disposition(StrEnum):
    """What became of a case, once it is closed (after AAPOR's; domain.md 2.5)."""

    INELIGIBLE = "ineligible"
    """The person left, the item is gone, or its kind has no follow-up."""
    NOT_SAMPLED = "not_sampled"
    """More was due than may be asked, and it was not drawn; never to be mixed up with silence."""
    UNDELIVERED = "undelivered"
    """It was to be asked, but no letter of it ever left."""
    UNANSWERED = "unanswered"
    REFUSED = "refused"
    PARTIAL = "partial"
    """A use, but not how it went."""
    ANSWERED = "answered"


NO_USE_TOLD = (Status.DECLINED,)
"""What is said to the question, but does not answer it."""

NOT_FOR_THEM = (Status.NOT_APPLICABLE, Status.OFF_THE_POINT)


@dataclass(frozen=True)
class CaseFacts:
    """What the statistics know of one case. `disposition` None: it is open.

    `status` is what was answered to the last ask, None where that has been met with silence so far. `inclusion`: with
    which probability it is among those asked; 1 where chance does not decide, None where its turn has not come.
    """

    disposition: Disposition | None
    status: Status | None
    was_asked: bool
    inclusion: float | None

    @property
    def has_replied(self) -> bool:
        """Whether the person's word about the use is known: a case that was left unanswered in the end is not."""
        is_told = self.status is not None and self.status not in NO_USE_TOLD
        return is_told and self.disposition not in (Disposition.UNANSWERED, Disposition.REFUSED)

    @property
    def is_used(self) -> bool:
        return self.has_replied and self.status is not None and self.status.is_use


@dataclass(frozen=True)
class Sample:
    """The eligible receipts as a sample of themselves, in sums: those asked for sure, and those drawn at random.

    `frame` are those of which some were drawn, `drawn` how many were, `weight` the sum of their 1/probability and
    `weight_squared` of its square; `used` and `unknown` are the same sums over those used, and those silent.
    """

    certain: int = 0
    certain_used: int = 0
    certain_unknown: int = 0
    frame: int = 0
    drawn: int = 0
    weight: float = 0.0
    weight_squared: float = 0.0
    weight_used: float = 0.0
    weight_unknown: float = 0.0

    @property
    def eligible(self) -> int:
        return self.certain + self.frame

    @property
    def is_census(self) -> bool:
        """Whether everything eligible was asked: then there is no sampling margin."""
        return self.drawn == self.frame


@dataclass(frozen=True)
class Closed:
    """How many cases are closed as what."""

    ineligible: int = 0
    not_sampled: int = 0
    undelivered: int = 0
    unanswered: int = 0
    refused: int = 0
    partial: int = 0
    answered: int = 0


@dataclass(frozen=True)
class Counts:
    """A set of cases in numbers. `people`: how many people are behind them, `people_replied`: how many behind the
    answers; nothing else of them.

    `asked` (A) are those that were asked, `replied` (R) those whose answer is known; `as_is` + `adapted` is X,
    `not_for_them` N. `closed` counts the closed ones by disposition; `open_` are the others.
    """

    people: int = 0
    people_replied: int = 0
    closed: Closed = Closed()
    open_: int = 0
    asked: int = 0
    replied: int = 0
    as_is: int = 0
    adapted: int = 0
    tried: int = 0
    thinking: int = 0
    not_for_them: int = 0
    not_yet: int = 0
    already_did: int = 0
    decided_against: int = 0
    passed_on: int = 0
    no_change: int = 0
    sample: Sample = Sample()

    @property
    def used(self) -> int:
        return self.as_is + self.adapted

    @property
    def silent(self) -> int:
        """Asked, and it is not known whether they used it (U): those who do not say, and those who refuse to."""
        return self.asked - self.replied


@dataclass(frozen=True)
class Interval:
    low: float
    high: float

    def contains(self, value: float) -> bool:
        return self.low <= value <= self.high


def counted(cases: Iterable[CaseFacts], people: int, people_replied: int) -> Counts:
    """These cases as counts; so many people are behind them, and behind the answers among them."""
    kept = list(cases)
    closed = Counter(case.disposition for case in kept)
    eligible = [case for case in kept if case.disposition is not Disposition.INELIGIBLE]
    asked = [case for case in eligible if case.was_asked]
    said = Counter(case.status for case in asked if case.has_replied)
    return Counts(
        people=people,
        people_replied=people_replied,
        closed=Closed(**{each.value: closed[each] for each in Disposition}),
        open_=closed[None],
        asked=len(asked),
        replied=said.total(),
        as_is=said[Status.APPLIED_AS_IS],
        adapted=said[Status.APPLIED_ADAPTED],
        tried=said[Status.TRIED_NOT_WORKED],
        thinking=said[Status.CHANGED_THINKING],
        not_for_them=sum(said[status] for status in NOT_FOR_THEM),
        not_yet=said[Status.NOT_YET],
        already_did=said[Status.ALREADY_DID],
        decided_against=said[Status.DECIDED_AGAINST],
        passed_on=said[Status.PASSED_ON],
        no_change=said[Status.NO_CHANGE],
        sample=sampled(eligible),
    )


def sampled(cases: Iterable[CaseFacts]) -> Sample:
    """Eligible cases as a sample. One that was drawn but never arrived is unknown like a silent one. What somebody told
    unasked of one that was not drawn stays aside: those who tell are not like those who are drawn."""
    certain, frame = [], []
    for case in cases:
        if case.inclusion is not None and 0 < case.inclusion < 1:
            frame.append(case)
        elif case.inclusion is not None or case.was_asked or case.disposition is not None or case.has_replied:
            certain.append(case)  # the rest has not come to its turn yet
    drawn = [(case, 1 / case.inclusion) for case in frame if case.inclusion and _is_drawn(case)]
    return Sample(
        certain=len(certain),
        certain_used=sum(case.is_used for case in certain),
        certain_unknown=sum(not case.has_replied for case in certain),
        frame=len(frame),
        drawn=len(drawn),
        weight=sum(weight for _, weight in drawn),
        weight_squared=sum(weight * weight for _, weight in drawn),
        weight_used=sum(weight for case, weight in drawn if case.is_used),
        weight_unknown=sum(weight for case, weight in drawn if not case.has_replied),
    )


def _is_drawn(case: CaseFacts) -> bool:
    return case.was_asked or case.disposition is Disposition.UNDELIVERED


# -- rates: None where there is nothing to divide by


def share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def response_rate(counts: Counts) -> float | None:
    """R / A."""
    return share(counts.replied, counts.asked)


def application_rate(counts: Counts) -> float | None:
    """X / R: among those who answered; always to be shown with its interval and the bounds."""
    return share(counts.used, counts.replied)


def application_interval(counts: Counts) -> Interval:
    """Where the rate among those who answer lies, by Wilson. It says nothing about the silent."""
    return wilson(counts.used, counts.replied)


def relevant_rate(counts: Counts) -> float | None:
    """X / (R - N): among those for whom it was; to be shown with N."""
    return share(counts.used, counts.replied - counts.not_for_them)


def conceptual_rate(counts: Counts) -> float | None:
    """C / R: it changed how they think. A line of its own, never added to the uses."""
    return share(counts.thinking, counts.replied)


def adaptation_share(counts: Counts) -> float | None:
    """Of the uses, how many changed it. High is not bad."""
    return share(counts.adapted, counts.used)


def failure_share(counts: Counts) -> float | None:
    """T / (X + T): of those who tried, for how many it did not work."""
    return share(counts.tried, counts.used + counts.tried)


def asked_share(counts: Counts) -> float | None:
    """Of the eligible receipts whose turn has come, how many were asked."""
    return share(counts.asked, counts.sample.eligible)


def wilson(part: float, whole: float, z: float = Z95) -> Interval:
    """The score interval of a proportion (E. B. Wilson, Probable inference, the law of succession, and statistical
    inference, Journal of the American Statistical Association 22, 1927, 209-212): sound also for few.

    `whole` may be an effective size. Of nothing, everything from 0 to 1 is possible.
    """
    if whole <= 0:
        return Interval(0.0, 1.0)
    rate = part / whole
    middle = (rate + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * sqrt(max(0.0, rate * (1 - rate)) / whole + z * z / (4 * whole * whole))
    # At 0 and at 1 the interval ends there; floats would miss it by a hair.
    return Interval(max(0.0, min(middle - half, rate)), min(1.0, max(middle + half, rate)))


def bounds(counts: Counts) -> Interval:
    """[X / A, (X + U) / A]: the share of those asked who used it, if none and if all of the silent did."""
    if not counts.asked:
        return Interval(0.0, 1.0)
    return Interval(counts.used / counts.asked, (counts.used + counts.silent) / counts.asked)


def bounds_over_eligible(counts: Counts) -> Interval:
    """The same for all eligible receipts, asked or not, with the sampling margin where not all were asked.

    What was asked for sure counts as it is. Of what was drawn the share is estimated with inverse probabilities
    (Hajek), each bound with its Wilson limit at the effective size of the sample (Kish: the squared sum of the weights
    by the sum of their squares), made larger by the finite population: when all were drawn, no margin is left.
    """
    sample = counts.sample
    if not sample.eligible:
        return Interval(0.0, 1.0)
    low, high = _share_of_frame(sample)
    return Interval(
        (sample.certain_used + sample.frame * low) / sample.eligible,
        (sample.certain_used + sample.certain_unknown + sample.frame * high) / sample.eligible,
    )


def _share_of_frame(sample: Sample) -> tuple[float, float]:
    if not sample.drawn:
        return 0.0, 1.0
    used = sample.weight_used / sample.weight
    perhaps = min(1.0, (sample.weight_used + sample.weight_unknown) / sample.weight)
    if sample.is_census:
        return used, perhaps
    effective = sample.weight**2 / sample.weight_squared / (1 - sample.drawn / sample.frame)
    return wilson(used * effective, effective).low, wilson(perhaps * effective, effective).high


def weighted_rate(counts: Counts) -> float | None:
    """The application rate among those who answer, each counted for as many as they were drawn from: sum(x/p) by
    sum(1/p) (J. Hajek 1971; M. H. Hansen and W. N. Hurwitz 1943)."""
    sample = counts.sample
    replied = sample.certain - sample.certain_unknown
    if not sample.drawn:
        return share(sample.certain_used, replied)
    scale = sample.frame / sample.weight
    known = replied + scale * (sample.weight - sample.weight_unknown)
    return share(sample.certain_used + scale * sample.weight_used, known)


@dataclass(frozen=True)
class Again:
    """Of those who never answered and were asked once more: how many said whether they had used it (`told`, n_m), and
    how many of them had (`used`, x_m)."""

    told: int = 0
    used: int = 0


def mini_sample_rate(counts: Counts, again: Again) -> float | None:
    """(X + U x_m / n_m) / A: the rate among all asked, where some of the silent answered one question once more
    (Hansen and Hurwitz 1946). None before it says anything."""
    if counts.asked < MOST_TESTED_ASKED or again.told < MOST_TESTED_MINI:
        return None
    return (counts.used + counts.silent * again.used / again.told) / counts.asked


@dataclass(frozen=True)
class Burden:
    """What asking costs those who are asked (domain.md 3.7), before anything that it brings.

    `messages` asked something, of which `silent` stayed so for a week; `person_weeks` are those of the people asked.
    `opt_outs`: told not to ask, or stopped kbot. `not_for_me` of `replied` answers said so.
    """

    messages: int = 0
    silent: int = 0
    person_weeks: int = 0
    opt_outs: int = 0
    not_for_me: int = 0
    replied: int = 0

    @property
    def a_week(self) -> float | None:
        """Messages that ask, a person and week."""
        return share(self.messages, self.person_weeks)

    @property
    def silent_share(self) -> float | None:
        return share(self.silent, self.messages)

    @property
    def opt_outs_per_hundred(self) -> float | None:
        return share(100 * self.opt_outs, self.messages)
