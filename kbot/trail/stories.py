"""What people tell of a use: kept, changed, taken back. Who may read which is in the story; evidence.py obeys it."""

from collections.abc import Iterable

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from kbot.storage.upsert import insert_or_update
from kbot.trail.proof import Readers, Story
from kbot.trail.tables import StoryRow

_WORDS = ("place", "happened", "why", "advice", "readers", "with_name", "link")


def keep(session: Session, story: Story) -> None:
    """Keep a story; of one case there is one, and the latest words count. Its witness and what they said stay."""
    row = {
        "team_id": story.team,
        "case_id": story.case,
        "item_id": story.item,
        "person": story.person,
        "place": story.place,
        "happened": story.happened,
        "why": story.why,
        "advice": story.advice,
        "readers": story.readers.value,
        "with_name": story.with_name,
        "is_released": False,
        "link": story.link,
        "witness": None,
        "was_seen": None,
        "told_at": story.told_at,
    }
    insert_or_update(session, StoryRow, row, keys=("team_id", "case_id"), change=_WORDS)


def take_back(session: Session, team: str, case: str) -> bool:
    """Nothing is left of it. False when there was none."""
    gone = session.execute(
        delete(StoryRow).where(StoryRow.team_id == team, StoryRow.case_id == case).returning(StoryRow.case_id)
    )
    session.expire_all()
    return gone.first() is not None


def get(session: Session, team: str, case: str) -> Story | None:
    """The story of a case, for its author and for kbot's own decisions."""
    row = session.get(StoryRow, (team, case), populate_existing=True)
    return _story(row) if row else None


def of_items(session: Session, team: str, items: Iterable[str]) -> list[Story]:
    """The stories about these items, the newest first; who may read them is not asked here."""
    query = select(StoryRow).where(StoryRow.team_id == team, StoryRow.item_id.in_(set(items)))
    return [_story(row) for row in session.scalars(query.order_by(StoryRow.told_at.desc(), StoryRow.case_id))]


def release(session: Session, team: str, cases: Iterable[str]) -> None:
    """Those of these that go unnamed are shown from now on, to whom they may be shown."""
    _change(session, team, cases, is_released=True)


def name_witness(session: Session, team: str, case: str, witness: str) -> bool:
    """Who may have seen it; named once. Returns whether it is new."""
    named = session.execute(
        update(StoryRow)
        .where(StoryRow.team_id == team, StoryRow.case_id == case, StoryRow.witness.is_(None))
        .values(witness=witness)
        .returning(StoryRow.case_id)
    )
    session.expire_all()
    return named.first() is not None


def say_seen(session: Session, team: str, case: str, *, was_seen: bool) -> None:
    """What the witness says; the latest word counts."""
    _change(session, team, [case], was_seen=was_seen)


def _change(session: Session, team: str, cases: Iterable[str], **values: object) -> None:
    mine = update(StoryRow).where(StoryRow.team_id == team, StoryRow.case_id.in_(set(cases)))
    session.execute(mine.values(**values), execution_options={"synchronize_session": False})
    session.expire_all()


def _story(row: StoryRow) -> Story:
    return Story(
        team=row.team_id,
        case=row.case_id,
        item=row.item_id,
        person=row.person,
        place=row.place,
        happened=row.happened,
        why=row.why,
        advice=row.advice,
        readers=Readers(row.readers),
        with_name=row.with_name,
        is_released=row.is_released,
        link=row.link,
        witness=row.witness,
        was_seen=row.was_seen,
        told_at=row.told_at,
    )
