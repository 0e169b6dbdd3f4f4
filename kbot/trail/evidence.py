"""What people said of items, counted without names. Only their own words count, never what they wrote elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from kbot.people import communities
from kbot.trail import log, stories
from kbot.trail.facts import Confirmed, Doubted, Outcome, Rated, Responded, Status, Unclear, Verified
from kbot.trail.proof import Evidence, Ratings, Story


@dataclass
class _Said:
    """What was said of one item, each person's latest word."""

    responses: dict[str, Responded] = field(default_factory=dict)
    doubts: dict[str, datetime] = field(default_factory=dict)
    confirmed: dict[str, bool] = field(default_factory=dict)
    """Who did the same before, and whether that may be said with their name."""
    verified: datetime | None = None
    unclear: datetime | None = None


def evidence(session: Session, team: str, items: Iterable[str]) -> dict[str, Evidence]:
    """Evidence of each of these items."""
    said = {item: _Said() for item in items}
    for fact in log.all_about(session, (Responded, Rated, Doubted, Verified, Confirmed, Unclear), team, said):
        if isinstance(fact, Unclear) and fact.item is not None:
            said[fact.item].unclear = fact.at
        if fact.item is None or fact.person is None:
            continue
        about = said[fact.item]
        match fact:
            case Verified():
                about.verified = fact.at
            case Doubted(complaint=complaint) | Rated(complaint=complaint) if complaint and complaint.is_doubt:
                about.doubts[fact.person] = fact.at
            case Rated(is_helpful=True):
                about.doubts.pop(fact.person, None)
            case Confirmed():
                about.confirmed[fact.person] = fact.with_name
            case Responded() if fact.status is not Status.OFF_THE_POINT:
                about.responses[fact.person] = fact
                if fact.outcome is Outcome.HELPED:
                    about.doubts.pop(fact.person, None)
    told: dict[str, list[Story]] = {item: [] for item in said}
    for story in stories.of_items(session, team, said):
        latest = said[story.item].responses.get(story.person)
        if latest is not None and latest.case == story.case:  # else it tells of a word that counts no more
            told[story.item].append(story)
    homes = communities.homes(session, team, {who for about in said.values() for who in _worked_for(about)})
    return {item: _counted(about, told[item], homes) for item, about in said.items()}


def _worked_for(about: _Said) -> list[str]:
    return [who for who, fact in about.responses.items() if fact.status.is_use and fact.outcome is Outcome.HELPED]


def _counted(about: _Said, told: Sequence[Story], homes: Mapping[str, str]) -> Evidence:
    said = list(about.responses.values())
    worked_for = _worked_for(about)
    doubts = {who: at for who, at in about.doubts.items() if about.verified is None or at > about.verified}
    troubles = dict(doubts)
    for fact in said:
        if fact.is_bad and fact.person is not None and (about.verified is None or fact.at > about.verified):
            troubles[fact.person] = max(fact.at, troubles.get(fact.person, fact.at))

    def went(outcome: Outcome) -> int:
        return sum(fact.status.is_use and fact.outcome is outcome for fact in said)

    def told_by(people: Sequence[str]) -> tuple[Story, ...]:
        return tuple(one for one in told if one.is_open and one.person in people)

    failed = [who for who, fact in about.responses.items() if fact.status is Status.TRIED_NOT_WORKED]
    return Evidence(
        used=sum(fact.status.is_use for fact in said),
        helped=went(Outcome.HELPED),
        failed=len(failed),
        made_worse=sum(fact.outcome is Outcome.MADE_WORSE for fact in said),
        doubted=len(doubts),
        troubles=tuple(sorted(troubles.values())),
        partly=went(Outcome.PARTLY),
        no_difference=went(Outcome.NO_DIFFERENCE),
        confirmed=len(about.confirmed),
        confirmed_by=tuple(sorted(who for who, with_name in about.confirmed.items() if with_name)),
        linked=sum(bool(one.link) for one in told),
        seen=sum(one.was_seen is True for one in told),
        homes=tuple(sorted(homes[who] for who in worked_for if who in homes)),
        successes=told_by(worked_for),
        failures=told_by(failed),
        is_unclear=about.unclear is not None and (about.verified is None or about.unclear > about.verified),
    )


def ratings(session: Session, team: str, item: str) -> Ratings:
    """How answers that cited this item first were found."""
    latest = {fact.person: fact.is_helpful for fact in log.about_item(session, Rated, team, [item])}
    helpful = sum(latest.values())
    return Ratings(helpful, len(latest) - helpful)
