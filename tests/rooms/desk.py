"""A small workspace for the tests of the two desks: people, a channel and brokers, items, what was said of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.answers import questions
from kbot.answers.facts import Asked, Question
from kbot.capture import flags
from kbot.capture.flags import Finding
from kbot.library.facts import Item, Lines, Source
from kbot.library.looking import Found
from kbot.loop import AFTER
from kbot.people import directory
from kbot.people.facts import Policy, Publication
from kbot.post.tables import OutboxRow
from kbot.slack.words import SlackUser
from kbot.trail import log
from kbot.trail.facts import Outcome, Responded, Status
from kbot.trail.log import remember

TEAM = "T1"
PLATFORM, ONCALL = "C0PLATFORM", "G0ONCALL"
ANA, BEN, CLEO, DOV = "U0ANA", "U0BEN", "U0CLEO", "U0DOV"
ZONES = {ANA: "Europe/Lisbon", BEN: "America/New_York", CLEO: "Europe/Berlin", DOV: "Asia/Tokyo"}
REAL = datetime(2026, 11, 1, tzinfo=UTC)
"""The machine's time; it stands still here."""

FRIDAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
"""11:00 in Berlin: when Cleo's digest comes."""

_number = count()


def act(person: str, at: datetime = FRIDAY, place: str = PLATFORM) -> Act:
    return Act(TEAM, person, place, at, f"act{next(_number)}")


def meet(session: Session, *people: str, deleted: bool = False) -> None:
    """Slack has told kbot of these people."""
    for user in people:
        known = SlackUser(user, TEAM, user[2:].capitalize(), ZONES[user], False, False, False, False, deleted)
        directory.remember_person(session, TEAM, known, REAL)


def set_up(
    session: Session, /, *brokers: str, at: datetime = FRIDAY, channel: str = PLATFORM, **other: object
) -> Policy:
    """Ana sets a channel up."""
    policy = Policy(channel, brokers=brokers, is_set_up=True, **other)  # type: ignore[arg-type]
    directory.set_up(session, act(ANA, at, channel), policy)
    return policy


def saved(
    session: Session,
    title: str = "Importer stuck?",
    *,
    by: str = BEN,
    contributor: str | None = ANA,
    at: datetime = FRIDAY,
    channel: str = PLATFORM,
    publication: Publication = Publication.NOTIFY,
) -> Item:
    """A message of `contributor` was flagged by `by`."""
    ts = f"{1763600000 + next(_number)}.000100"
    source = Source(channel, ts, contributor, None, f"https://slack.test/{ts}", None)
    finding = Finding(channel, contributor, Lines(title, f"{title} Drain the queue."), source)
    return flags.save(session, act(by, at, channel), Policy(channel, publication=publication), finding, REAL).item


def asked(
    session: Session, text: str = "Where are badges made?", *, at: datetime = FRIDAY, channel: str = PLATFORM
) -> Question:
    """Ben asks what nobody has saved an answer to."""
    put = Asked(f"{channel}:{next(_number)}", channel, text, "1.1")
    return questions.record(session, act(BEN, at, channel), put, Found(), late_after=60, real=REAL)


def said(
    session: Session, item: Item, person: str, status: Status, outcome: Outcome | None = None, at: datetime = FRIDAY
) -> None:
    """Somebody says what became of an item."""
    remember(session, Responded(TEAM, f"said{next(_number)}", at, person, item.id, status, outcome))


def letters(session: Session, prefix: str, *, state: str = "pending") -> Sequence[OutboxRow]:
    """What is in the outbox under keys that begin so."""
    query = select(OutboxRow).where(OutboxRow.key.startswith(prefix), OutboxRow.state == state).order_by(OutboxRow.key)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def follow(session: Session) -> None:
    """What follows from all that has happened."""
    while facts := log.to_follow(session):
        for fact in facts:
            assert log.follow(session, fact)
            for verb in AFTER.get(type(fact), ()):
                verb(session, fact, REAL)


def days(n: float) -> timedelta:
    return timedelta(days=n)
