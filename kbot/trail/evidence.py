"""What people said of items, counted without names. Only their own words count, never what they wrote elsewhere."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from kbot.trail import log
from kbot.trail.facts import Evidence, Outcome, Rated, Ratings, Responded, Status


def evidence(session: Session, team: str, items: Iterable[str]) -> dict[str, Evidence]:
    """Evidence of each of these items."""
    wanted = set(items)
    latest: dict[tuple[str, str], Responded] = {}
    for fact in log.about_item(session, Responded, team, wanted):
        if fact.item and fact.person and fact.status is not Status.OFF_THE_POINT:
            latest[fact.item, fact.person] = fact
    found = {item: Evidence() for item in wanted}
    for (item, _), fact in latest.items():
        e = found[item]
        found[item] = Evidence(
            used=e.used + fact.status.is_use,
            helped=e.helped + (fact.status.is_use and fact.outcome is Outcome.HELPED),
            failed=e.failed + (fact.status is Status.TRIED_NOT_WORKED),
            made_worse=e.made_worse + (fact.outcome is Outcome.MADE_WORSE),
        )
    return found


def ratings(session: Session, team: str, item: str) -> Ratings:
    """How answers that cited this item first were found."""
    latest = {fact.person: fact.is_helpful for fact in log.about_item(session, Rated, team, [item])}
    helpful = sum(latest.values())
    return Ratings(helpful, len(latest) - helpful)
