"""The loop as one table. Read this page first.

    flag -> item -> answer / delivery -> intention -> follow-up -> application -> outcome -> (item)

A stage never calls another one. It writes down what happened (`trail`), and what follows is here: `AFTER` says which
verbs each fact wakes, `LETTERS` who writes each kind of letter at the moment of sending, `TICKS` what comes of time
alone, `WORKERS` what is done as soon as something is written, `EVENTS` who listens to what Slack tells.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kbot.answers import groups, offers, open_jobs
from kbot.answers import jobs as answers
from kbot.answers import listeners as answers_listeners
from kbot.capture import jobs as capture
from kbot.capture import listeners as capture_listeners
from kbot.delivery import deliveries, recall, recall_jobs, recipients, relays, topic_listeners
from kbot.delivery import jobs as delivery
from kbot.delivery import listeners as delivery_listeners
from kbot.delivery.tables import SpreadRow
from kbot.follow_up import (
    cases,
    channel_asks,
    channel_jobs,
    channel_listeners,
    notes,
    opening,
    responses,
    story_jobs,
    tick_jobs,
    ticks,
    unclear,
)
from kbot.follow_up import jobs as follow_up
from kbot.helping import clearer, requests
from kbot.helping import jobs as helping
from kbot.helping.tables import RequestRow
from kbot.home import jobs as home
from kbot.home import listeners as home_listeners
from kbot.house import House
from kbot.learning import checks
from kbot.learning import jobs as learning
from kbot.library import jobs as library
from kbot.library import lineage, topics
from kbot.library.tables import WordsRow
from kbot.people import listeners as people_listeners
from kbot.post import jobs as post
from kbot.post import listeners as post_listeners
from kbot.post.workers import Listener, Writer
from kbot.review import jobs as review
from kbot.review import planning
from kbot.storage.tables import Table
from kbot.trail import log
from kbot.trail.facts import (
    Captured,
    Confirmed,
    Contradicted,
    Fact,
    HelpAnswered,
    Helped,
    HelpWanted,
    Hindered,
    Intended,
    Linked,
    MemoryWanted,
    NotSuited,
    PassedOn,
    Posted,
    Published,
    Received,
    Resolved,
    Responded,
    Revised,
    Superseded,
    TakenBack,
    TellingAllowed,
    Ticked,
    Unlinked,
    Unticked,
    Verified,
    Withdrawn,
)
from kbot.trail.tables import FactRow

Follow = Callable[[Session, Fact, datetime], None]
"""A verb that follows a fact: (session, fact, the machine's time). It runs once, in the fact's own transaction."""

AFTER: Mapping[type[Fact], Sequence[Follow]] = {
    Captured: [offers.offer],
    Published: [groups.answered_by, lineage.effect, deliveries.begin],
    Resolved: [planning.show_answered],
    Received: [opening.it_came_up, opening.open_case, topics.asked_about],
    Intended: [opening.open_case],
    HelpAnswered: [planning.show_help],
    Helped: [opening.ask_whether_help_did_it],
    Responded: [deliveries.open_next_wave],
    Verified: [deliveries.open_next_wave],
    Hindered: [clearer.tell_of_others, unclear.keep_for_the_note],
    HelpWanted: [requests.open_request],
    Revised: [recipients.clarified, clearer.made_clearer, unclear.show_clearer, planning.show_clearer],
    Withdrawn: [
        cases.close_for_item,
        channel_asks.drop_item,
        requests.close_for_item,
        checks.stop_for_item,
        deliveries.drop_item,
        recall.recall,
    ],
    Superseded: [
        cases.close_for_item,
        channel_asks.drop_item,
        requests.close_for_item,
        checks.stop_for_item,
        deliveries.drop_item,
        recall.recall,
    ],
    Contradicted: [recall.recall],
    Linked: [responses.linked],
    MemoryWanted: [checks.begin],
    NotSuited: [deliveries.not_suited],
    PassedOn: [relays.offer],
    Posted: [channel_asks.begin],
    TakenBack: [relays.take_back],
    Unlinked: [recall.undone],
    Ticked: [ticks.report],
    Unticked: [ticks.take_back],
    TellingAllowed: [notes.keep_for_the_note],
    Confirmed: [notes.keep_for_the_note],
}

LETTERS: Mapping[str, Writer] = {
    **capture.LETTERS,
    **answers.LETTERS,
    **open_jobs.LETTERS,
    **delivery.LETTERS,
    **follow_up.LETTERS,
    **story_jobs.LETTERS,
    **channel_jobs.LETTERS,
    **tick_jobs.LETTERS,
    **helping.LETTERS,
    **learning.LETTERS,
    **recall_jobs.LETTERS,
    **review.LETTERS,
    **home.LETTERS,
    **post.LETTERS,
}

TICKS: Sequence[Callable[[House], Awaitable[None]]] = (
    capture.candidates_come_of_age,
    delivery.plan_letters,
    delivery.ask_about_needs,
    follow_up.plan_bundles,
    follow_up.plan_notes,
    follow_up.adapt_paces,
    channel_jobs.plan_channel_asks,
    helping.go_on,
    learning.plan_checks,
    review.plan_digests,
    review.publish_numbers,
    answers.refit_thresholds,
)


async def follow(house: House) -> int:
    """Do what follows the newest facts. Returns how many there were."""
    facts = await house.unit.read(log.to_follow)
    for fact in facts:
        await house.unit(_follow_one, fact, house.clock.real())
    return len(facts)


def _follow_one(session: Session, fact: Fact, real: datetime) -> None:
    if log.follow(session, fact):
        for verb in AFTER.get(type(fact), ()):
            verb(session, fact, real)


WORKERS: Mapping[Callable[[House], Awaitable[int]], Sequence[type[Table]]] = {
    follow: [FactRow],
    library.give_vectors: [WordsRow],
    delivery.choose_recipients: [SpreadRow, WordsRow],
    helping.find_helpers: [RequestRow],
}
"""What is to be done as soon as something is written in these tables; each says how much it found."""


def _together(*tables: Mapping[str, Listener]) -> dict[str, list[Listener]]:
    together: dict[str, list[Listener]] = {}
    for table in tables:
        for event, listener in table.items():
            together.setdefault(event, []).append(listener)
    return together


EVENTS = _together(
    capture_listeners.EVENTS,
    answers_listeners.EVENTS,
    delivery_listeners.EVENTS,
    topic_listeners.EVENTS,
    channel_listeners.EVENTS,
    home_listeners.EVENTS,
    people_listeners.EVENTS,
    post_listeners.EVENTS,
)
