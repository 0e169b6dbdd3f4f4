"""Who gets a digest now, and about what: one per broker and local ISO week, exactly one whoever ticks."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from kbot.answers import groups
from kbot.library import items
from kbot.people import directory
from kbot.people.facts import DigestTime
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.review import digest, rows
from kbot.review.facts import Look
from kbot.trail.facts import Fact, HelpAnswered, Resolved, Revised

DIGEST = "review.digest"


@dataclass(frozen=True)
class Due:
    """A broker whose digest's moment has come. It tells what had happened until then, however late it is planned."""

    team: str
    broker: str
    zone: ZoneInfo
    channels: tuple[str, ...]
    until: datetime

    @property
    def key(self) -> str:
        return digest.key(self.broker, self.zone, self.until)

    @property
    def quiet_key(self) -> str:
        """Of the letter that records that there was nothing to say at this moment, so that nobody looks again."""
        return f"{self.key}:quiet:{self.until.isoformat()}"


def due(session: Session, now: datetime) -> list[Due]:
    """The brokers whose digest is to be planned (people's time). Cheap when there are none.

    Who has paused or stopped kbot gets the next one when that is over, for the time since the last one.
    """
    by_team: defaultdict[str, defaultdict[str, list[DigestTime]]] = defaultdict(lambda: defaultdict(list))
    for time in directory.digest_times(session):
        by_team[time.team][time.broker].append(time)
    found = []
    for team, brokers in by_team.items():
        people = directory.people(session, team, brokers)
        come = []
        for broker, times in brokers.items():
            person = people.get(broker)
            if person is not None and person.is_member and not person.is_quiet(now):
                until = digest.moment(times, person.zone, now)
                if until is not None and until <= now:
                    come.append(Due(team, broker, person.zone, tuple(t.channel for t in times), until))
        known = outbox.letters(session, team, [key for one in come for key in (one.key, one.quiet_key)])
        found += [one for one in come if one.key not in known and one.quiet_key not in known]
    return found


def plan(session: Session, one: Due, real: datetime) -> None:
    """Put the digest in the outbox, if there is anything to say. `real` is the machine's time."""
    since = digest.since(one.until, _previous(session, one.team, one.broker, one.zone, one.until))
    about = rows.look(session, one.team, one.channels, since, one.until)
    if about.rows:
        outbox.plan(session, Letter(one.team, one.key, DIGEST, one.broker, about.to_about()), real)
    else:
        outbox.plan(session, Letter(one.team, one.quiet_key, DIGEST, one.broker), real)
        outbox.cancel(session, one.team, one.quiet_key, "nothing to say this week")


def _previous(session: Session, team: str, broker: str, zone: ZoneInfo, until: datetime) -> datetime | None:
    keys = digest.earlier_keys(broker, zone, until)
    known = outbox.letters(session, team, keys)
    return next((Look.of_about(known[key].about).until for key in keys if key in known), None)


def look_now(session: Session, team: str, channels: Collection[str], now: datetime) -> Look:
    """The same view at any time, of the last seven days."""
    return rows.look(session, team, channels, now - digest.WEEK, now)


def show_anew(session: Session, team: str, channel: str, row_id: str, now: datetime) -> None:
    """Something in this channel was decided: every digest that shows it turns the row into a receipt."""
    brokers = directory.brokers_of(session, team, channel)
    people = directory.people(session, team, brokers)
    keys = [
        key
        for person in people.values()
        for key in (digest.key(person.id, person.zone, now), *digest.earlier_keys(person.id, person.zone, now))
    ]
    for letter in outbox.letters(session, team, keys).values():
        if any(row.id == row_id for row in Look.of_about(letter.about).rows):
            outbox.refresh(session, team, letter.key)


def show_answered(session: Session, fact: Fact, real: datetime) -> None:
    """An open question has its answer, whoever gave it."""
    assert isinstance(fact, Resolved)
    channel = groups.get(session, fact.team, fact.question).question.channel
    show_anew(session, fact.team, channel, fact.question, fact.at)


def show_help(session: Session, fact: Fact, real: datetime) -> None:
    """A request for help is answered, whoever did it."""
    if isinstance(fact, HelpAnswered) and fact.item is not None:
        show_anew(session, fact.team, items.get(session, fact.team, fact.item).channel, fact.request, fact.at)


def show_clearer(session: Session, fact: Fact, real: datetime) -> None:
    """An item says it in other words."""
    if isinstance(fact, Revised) and fact.item is not None:
        show_anew(session, fact.team, items.get(session, fact.team, fact.item).channel, fact.item, fact.at)
