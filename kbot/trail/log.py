"""Remember what happened and tell it again."""

from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import datetime
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import bindparam, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from kbot.storage.upsert import insert_new
from kbot.trail import facts
from kbot.trail.facts import Fact
from kbot.trail.tables import FactRow

F = TypeVar("F", bound=Fact)

_BASE = {field.name for field in fields(Fact)}
KINDS: dict[str, type[Fact]] = {
    kind.__name__: kind for kind in vars(facts).values() if isinstance(kind, type) and issubclass(kind, Fact)
}
_ENUMS = {
    "status": facts.Status,
    "outcome": facts.Outcome,
    "receipt": facts.ReceiptKind,
    "decision": facts.Decision,
    "complaint": facts.Complaint,
    "barrier": facts.Barrier,
    "helper": facts.Helper,
    "reason": facts.Unsuited,
    "sustain": facts.Sustain,
}


def remember(session: Session, fact: Fact) -> bool:
    """Write a fact down. Returns whether it is new: one that is remembered already changes nothing."""
    about = {
        field.name: list(value) if isinstance(value, tuple) else value
        for field in fields(fact)
        if field.name not in _BASE and (value := getattr(fact, field.name)) is not None
    }
    row = {
        "team_id": fact.team,
        "id": uuid4().hex,
        "kind": type(fact).__name__,
        "key": fact.key,
        "at": fact.at,
        "person": fact.person,
        "item_id": fact.item,
        "about": about,
        "followed": False,
    }
    return insert_new(session, FactRow, row)


def _fact(row: FactRow) -> Fact:
    about = {
        name: _ENUMS[name](value) if name in _ENUMS else tuple(value) if isinstance(value, list) else value
        for name, value in row.about.items()
    }
    return KINDS[row.kind](team=row.team_id, key=row.key, at=row.at, person=row.person, item=row.item_id, **about)


_BACK = aliased(FactRow)
_STANDS = or_(
    FactRow.kind.not_in([kind.__name__ for kind in facts.CAN_BE_TAKEN_BACK]),
    ~exists().where(_BACK.team_id == FactRow.team_id, _BACK.kind == facts.TakenBack.__name__, _BACK.key == FactRow.key),
)
"""Nobody has taken it back."""

_TO_FOLLOW = select(FactRow).where(FactRow.followed.is_(False)).order_by(FactRow.at, FactRow.id)
_FOLLOWED = (
    update(FactRow)
    .where(
        FactRow.team_id == bindparam("team"),
        FactRow.kind == bindparam("of_kind"),
        FactRow.key == bindparam("of_key"),
        FactRow.followed.is_(False),
    )
    .values(followed=True)
    .returning(FactRow.id)
)
# Put together once, not at every call: few statements are run more often.


def about_item(session: Session, kind: type[F], team: str, items: Iterable[str]) -> list[F]:
    """The facts of one kind about these items, oldest first."""
    return _facts(session, kind, FactRow.team_id == team, FactRow.item_id.in_(set(items)))


def all_about(session: Session, kinds: Collection[type[Fact]], team: str, items: Iterable[str]) -> list[Fact]:
    """The facts of these kinds about these items, oldest first."""
    query = select(FactRow).where(
        FactRow.team_id == team,
        FactRow.item_id.in_(set(items)),
        FactRow.kind.in_([kind.__name__ for kind in kinds]),
        _STANDS,
    )
    return [_fact(row) for row in session.scalars(query.order_by(FactRow.at, FactRow.id))]


def of_person(session: Session, kind: type[F], team: str, person: str) -> list[F]:
    """The facts of one kind of a person, oldest first."""
    return _facts(session, kind, FactRow.team_id == team, FactRow.person == person)


def keyed(session: Session, kind: type[F], team: str, keys: Iterable[str]) -> list[F]:
    """The facts of one kind under these keys, oldest first."""
    return _facts(session, kind, FactRow.team_id == team, FactRow.key.in_(set(keys)))


def of_key(session: Session, kind: type[F], team: str, key: str) -> F | None:
    """The fact of this kind under this key, taken back or not."""
    row = session.scalars(
        select(FactRow).where(FactRow.team_id == team, FactRow.kind == kind.__name__, FactRow.key == key)
    ).first()
    fact = _fact(row) if row is not None else None
    return fact if isinstance(fact, kind) else None


def since(session: Session, kind: type[F], team: str, at: datetime) -> list[F]:
    """The facts of one kind from then on, oldest first."""
    return _facts(session, kind, FactRow.team_id == team, FactRow.at >= at)


def _facts(session: Session, kind: type[F], *conditions: object) -> list[F]:
    query = select(FactRow).where(FactRow.kind == kind.__name__, _STANDS, *conditions)  # type: ignore[arg-type]
    rows = session.scalars(query.order_by(FactRow.at, FactRow.id))
    return [fact for row in rows if isinstance(fact := _fact(row), kind)]


def to_follow(session: Session, most: int = 50) -> list[Fact]:
    """Facts whose consequences are still to come, oldest first."""
    return [_fact(row) for row in session.scalars(_TO_FOLLOW.limit(most))]


def follow(session: Session, fact: Fact) -> bool:
    """Take a fact's consequences on. False when another process has them; the database decides."""
    which = {"team": fact.team, "of_kind": type(fact).__name__, "of_key": fact.key}
    taken = session.execute(_FOLLOWED, which, execution_options={"synchronize_session": False})
    return taken.first() is not None
