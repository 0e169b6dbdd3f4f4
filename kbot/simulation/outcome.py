"""What a simulated organisation shows: how often people were written to, measures beside the truth, a whole trail."""

import asyncio
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.delivery.facts import State
from kbot.delivery.tables import DeliveryRow
from kbot.follow_up.facts import Form
from kbot.follow_up.tables import AskRow, CaseRow, TellingRow
from kbot.library.tables import ItemRow
from kbot.post.outbox import LetterState
from kbot.post.tables import OutboxRow
from kbot.review import counting
from kbot.simulation.running import BEGINS, TEAM, WEEK, Simulation, Size, simulate
from kbot.storage import schema
from kbot.storage.address import Address
from kbot.trail.measures import Burden, Counts, asked_share, bounds_over_eligible, response_rate
from kbot.trail.small_numbers import bounds_in_words, percent, span, used_in_words
from kbot.trail.tables import FactRow

MOST_A_WEEK, USUALLY_A_WEEK = 3, 1
"""What is promised of proactive messages: never more in any seven days, and in the median of all weeks."""

COMES_WITHIN = 5 * WEEK
"""By then every receipt's turn has come; younger ones are not looked at."""


@dataclass(frozen=True)
class Outcome:
    """A simulated organisation in numbers. `truth` is the share of the eligible receipts that were used."""

    people: int
    weeks: int
    counts: Counts
    burden: Burden
    truth: float
    most_in_seven_days: int
    usually_a_week: float
    proactive: int
    at_once: int
    orphans: tuple[str, ...]

    @property
    def holds_the_truth(self) -> bool:
        """Whether the bounds, with the sampling margin, do."""
        return bounds_over_eligible(self.counts).contains(self.truth)

    @property
    def keeps_its_word(self) -> bool:
        """What must hold for every seed."""
        is_quiet = self.most_in_seven_days <= MOST_A_WEEK and self.usually_a_week <= USUALLY_A_WEEK
        return is_quiet and not self.orphans

    @property
    def lines(self) -> list[str]:
        """As it is printed."""
        counts = self.counts
        return [
            f"{self.people} people, {self.weeks} weeks: {self.proactive} messages unasked, {self.at_once} at once "
            "(receipts, digests)",
            f"unasked, a person and week: median {self.usually_a_week:g}, most in any 7 days {self.most_in_seven_days} "
            f"(promised: {USUALLY_A_WEEK} and {MOST_A_WEEK})",
            f"receipts followed up: {counts.sample.eligible} of {counts.people} people, asked "
            f"{percent(asked_share(counts) or 0)}, of those {percent(response_rate(counts) or 0)} answered",
            used_in_words(counts),
            bounds_in_words(counts),
            f"of all receipts: between {span(bounds_over_eligible(counts))}; in truth {percent(self.truth)}, "
            f"{'inside' if self.holds_the_truth else 'OUTSIDE'}",
            f"unanswered messages {percent(self.burden.silent_share or 0)}, "
            f"opt-outs {self.burden.opt_outs_per_hundred or 0:.1f} per 100",
            "trail: whole"
            if not self.orphans
            else f"trail: {len(self.orphans)} ORPHANS, {'; '.join(self.orphans[:5])}",
        ]


def simulated(seed: int, size: Size, database_url: str | None = None) -> Outcome:
    """Let an organisation live for some weeks, in a database that is thrown away or in this empty one, which stays."""
    if size.weeks * WEEK <= COMES_WITHIN:
        raise BadInput(
            f"Simulate more than {COMES_WITHIN // WEEK} weeks: by then the first receipts have their answers."
        )
    with tempfile.TemporaryDirectory() as folder:
        address = Address.parse(database_url or f"sqlite:///{folder}/simulated.db")
        simulation = asyncio.run(simulate(address, seed, size))
        with schema.session_of(address) as session:
            return outcome(session, simulation)


def outcome(session: Session, simulation: Simulation) -> Outcome:
    """What came of it, read from kbot's own tables; the truth is the simulation's alone."""
    until, now = simulation.ends - COMES_WITHIN, simulation.ends
    counts = counting.counts(session, TEAM, BEGINS, until, now)
    met = [contact.was_used for contact in simulation.behaviour.contacts.values() if contact.since < until]
    unasked = _unasked(session)
    people, weeks = len(simulation.humans), (simulation.ends - BEGINS) // WEEK
    by_week = Counter((person, (at - BEGINS) // WEEK) for person, moments in unasked.items() for at in moments)
    each = [by_week[human.id, week] for human in simulation.humans for week in range(weeks)]
    sent = select(OutboxRow.key).where(OutboxRow.state == LetterState.SENT, OutboxRow.priority.is_(None))
    return Outcome(
        people=people,
        weeks=weeks,
        counts=counts,
        burden=counting.burden(session, TEAM, BEGINS, simulation.ends, now, counts) or Burden(),
        truth=sum(met) / len(met) if met else 0.0,
        most_in_seven_days=max((_most_in(moments, WEEK) for moments in unasked.values()), default=0),
        usually_a_week=median(each),
        proactive=sum(len(moments) for moments in unasked.values()),
        at_once=len(session.scalars(sent).all()),
        orphans=tuple(orphans(session)),
    )


def _unasked(session: Session) -> dict[str, list[datetime]]:
    """When each person got something unasked, oldest first."""
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    query = select(OutboxRow.to, OutboxRow.sent_at).where(
        OutboxRow.state == LetterState.SENT, OutboxRow.priority.is_not(None)
    )
    for person, at in session.execute(query.order_by(OutboxRow.sent_at)):
        assert at is not None
        found[person].append(at)
    return found


def _most_in(moments: list[datetime], time: timedelta) -> int:
    """How many of these moments lie in any such time together."""
    most, first = 0, 0
    for n, at in enumerate(moments):
        while moments[first] <= at - time:
            first += 1
        most = max(most, n - first + 1)
    return most


def orphans(session: Session) -> Iterator[str]:
    """Rows without what must have come before them, in the chain item - letter - delivery - receipt - case - answer -
    permission - note; and letters and facts that nobody has finished."""
    letter = exists().where(OutboxRow.team_id == DeliveryRow.team_id, OutboxRow.key == DeliveryRow.letter)
    arrived = letter.where(OutboxRow.to == DeliveryRow.recipient, OutboxRow.state == LetterState.SENT)
    told = exists().where(
        FactRow.team_id == DeliveryRow.team_id,
        FactRow.kind == "Delivered",
        FactRow.key == DeliveryRow.item_id + ":" + DeliveryRow.recipient,
    )
    delivered = select(DeliveryRow.item_id, DeliveryRow.recipient).where(DeliveryRow.state == State.SENT.value)
    for item, person in session.execute(delivered.where(~arrived | ~told)):
        yield f"delivery of {item} to {person} without its letter or fact"
    for item, person in session.execute(
        select(DeliveryRow.item_id, DeliveryRow.recipient).where(DeliveryRow.state == State.PLANNED.value, ~letter)
    ):
        yield f"delivery of {item} to {person} planned in no letter"

    receipt = exists().where(
        FactRow.team_id == CaseRow.team_id,
        FactRow.kind.in_(("Received", "Intended")),
        FactRow.person == CaseRow.person,
        FactRow.item_id == CaseRow.item_id,
    )
    there = exists().where(ItemRow.team_id == CaseRow.team_id, ItemRow.id == CaseRow.item_id)
    asked_in = exists().where(
        OutboxRow.team_id == CaseRow.team_id, OutboxRow.key == CaseRow.letter, OutboxRow.to == CaseRow.person
    )
    without = (CaseRow.form != Form.SELF.value) & ~receipt | ~there | (CaseRow.letter.is_not(None) & ~asked_in)
    for case in session.scalars(select(CaseRow.id).where(without)):
        yield f"case {case} without its receipt, item or letter"

    was_planned = exists().where(OutboxRow.team_id == AskRow.team_id, OutboxRow.key == AskRow.letter)
    for case, n in session.execute(select(AskRow.case_id, AskRow.n).where(~was_planned)):
        yield f"question {n} of case {case} without its letter"

    has_case = exists().where(
        CaseRow.team_id == FactRow.team_id, CaseRow.person == FactRow.person, CaseRow.item_id == FactRow.item_id
    )
    opened = FactRow.kind.in_(("Received", "Responded"))
    for kind, key in session.execute(select(FactRow.kind, FactRow.key).where(opened, ~has_case)):
        if not key.startswith("delivery:"):  # "Not for me" under a card is an answer without a case
            yield f"{kind} {key} without a case"

    permitted = exists().where(
        CaseRow.team_id == TellingRow.team_id,
        CaseRow.id == TellingRow.case_id,
        CaseRow.telling.in_(("with_name", "without_name")),
    )
    note = exists().where(
        OutboxRow.team_id == TellingRow.team_id,
        OutboxRow.key == TellingRow.letter,
        OutboxRow.to == TellingRow.contributor,
    )
    telling = select(TellingRow.case_id).where(~permitted | (TellingRow.letter.is_not(None) & ~note))
    for case in session.scalars(telling):
        yield f"telling of case {case} without its permission or note"

    for key, state in session.execute(
        select(OutboxRow.key, OutboxRow.state).where(
            OutboxRow.state.in_((LetterState.SENDING, LetterState.UNKNOWN, LetterState.DEAD))
        )
    ):
        yield f"letter {key} is {state}"
    for kind, key in session.execute(select(FactRow.kind, FactRow.key).where(FactRow.followed.is_(False))):
        yield f"{kind} {key} was never followed"
