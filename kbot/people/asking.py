"""How much is asked of a person: a help request of any kind weighs on them until it is answered. Rule: domain.md 3.7.

Every stage that asks somebody for help takes a place here first, under the key of its letter. Whoever takes one holds
the person's row, so that no two workers take the last place.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from kbot.people import directory
from kbot.people.tables import FavourRow
from kbot.storage.upsert import insert_new

WEEK = timedelta(days=7)
MOST_A_WEEK = 3
MOST_OPEN = 2
"""Requests that a person may have to answer; what is older than a week weighs on nobody any more."""


def take_place(session: Session, team: str, person: str, key: str, at: datetime) -> bool:
    """Count one more request (`at`: people's time). False when they were asked enough, or for this already."""
    directory.lock_person(session, team, person)
    if not free(session, team, [person], at):
        return False
    row = {"team_id": team, "key": key, "person": person, "asked_at": at, "is_open": True}
    return insert_new(session, FavourRow, row)


def free(session: Session, team: str, people: Collection[str], now: datetime) -> set[str]:
    """Those of `people` who may be asked for help once more (`now`: people's time)."""
    query = (
        select(FavourRow.person, func.count(), func.count().filter(FavourRow.is_open))
        .where(FavourRow.team_id == team, FavourRow.person.in_(people), FavourRow.asked_at > now - WEEK)
        .group_by(FavourRow.person)
    )
    busy = {
        person
        for person, asked, still_open in session.execute(query)
        if asked >= MOST_A_WEEK or still_open >= MOST_OPEN
    }
    return set(people) - busy


def done(session: Session, team: str, keys: Iterable[str]) -> None:
    """These requests are answered, declined or not needed any more."""
    answered = update(FavourRow).where(FavourRow.team_id == team, FavourRow.key.in_(set(keys))).values(is_open=False)
    session.execute(answered, execution_options={"synchronize_session": False})
    session.expire_all()
