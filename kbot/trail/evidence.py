"""What people said of items, counted without names. Only their own words count, never what they wrote elsewhere."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from kbot.trail import log
from kbot.trail.facts import Doubted, Evidence, Outcome, Rated, Ratings, Responded, Status, Unclear, Verified

Whose = tuple[str, str]
"""An item and a person."""


def evidence(session: Session, team: str, items: Iterable[str]) -> dict[str, Evidence]:
    """Evidence of each of these items."""
    wanted = set(items)
    responses: dict[Whose, Responded] = {}
    doubts: dict[Whose, datetime] = {}
    verified: dict[str, datetime] = {}
    unclear: dict[str, datetime] = {}
    for fact in log.all_about(session, (Responded, Rated, Doubted, Verified, Unclear), team, wanted):
        if isinstance(fact, Unclear) and fact.item is not None:
            unclear[fact.item] = fact.at
        if fact.item is None or fact.person is None:
            continue
        whose = fact.item, fact.person
        match fact:
            case Verified():
                verified[fact.item] = fact.at
            case Doubted(complaint=said) | Rated(complaint=said) if said is not None and said.is_doubt:
                doubts[whose] = fact.at
            case Rated(is_helpful=True):
                doubts.pop(whose, None)
            case Responded() if fact.status is not Status.OFF_THE_POINT:
                responses[whose] = fact
                if fact.outcome is Outcome.HELPED:
                    doubts.pop(whose, None)
    doubts = {whose: at for whose, at in doubts.items() if whose[0] not in verified or at > verified[whose[0]]}
    hard = {item for item, at in unclear.items() if item not in verified or at > verified[item]}
    return {
        item: replace(_counted(item, responses, doubts, verified.get(item)), is_unclear=item in hard) for item in wanted
    }


def _counted(
    item: str, responses: dict[Whose, Responded], doubts: dict[Whose, datetime], verified: datetime | None
) -> Evidence:
    said = [fact for (about, _), fact in responses.items() if about == item]
    troubles = {person: at for (about, person), at in doubts.items() if about == item}
    doubted = len(troubles)
    for fact in said:
        if fact.is_bad and fact.person is not None and (verified is None or fact.at > verified):
            troubles[fact.person] = max(fact.at, troubles.get(fact.person, fact.at))
    return Evidence(
        used=sum(fact.status.is_use for fact in said),
        helped=sum(fact.status.is_use and fact.outcome is Outcome.HELPED for fact in said),
        failed=sum(fact.status is Status.TRIED_NOT_WORKED for fact in said),
        made_worse=sum(fact.outcome is Outcome.MADE_WORSE for fact in said),
        doubted=doubted,
        troubles=tuple(sorted(troubles.values())),
    )


def ratings(session: Session, team: str, item: str) -> Ratings:
    """How answers that cited this item first were found."""
    latest = {fact.person: fact.is_helpful for fact in log.about_item(session, Rated, team, [item])}
    helpful = sum(latest.values())
    return Ratings(helpful, len(latest) - helpful)
