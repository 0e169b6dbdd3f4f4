"""What every table shares: the declarative base and the column types that behave the same on both databases."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, ColumnElement, DateTime, Dialect, Text, TypeDecorator, true
from sqlalchemy.orm import DeclarativeBase, mapped_column

_STRANGE = re.compile("[\x00\x1a\ud800-\udfff]")
_KEPT = re.compile("\x1a([0-9a-f]{4})")


class Words(TypeDecorator[str]):
    """People's words, whatever characters they hold.

    PostgreSQL refuses U+0000 and neither database stores a lone surrogate; both occur in what people paste.
    They are kept as U+001A and four hex digits (and U+001A itself likewise), so that every string comes back.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or (value.isascii() and "\x00" not in value and "\x1a" not in value):
            return value
        return _STRANGE.sub(lambda found: f"\x1a{ord(found[0]):04x}", value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or "\x1a" not in value:
            return value
        return _KEPT.sub(lambda found: chr(int(found[1], 16)), value)


class Utc(TypeDecorator[datetime]):
    """A moment, always timezone-aware in UTC, on both sides. A naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass(frozen=True)
class Fate:
    """What becomes of the rows that hold a person in one column when that person erases what they said (erasing.py).

    `goes`: which of them are deleted. `emptied`: what is put into those that stay. `why` they stay, if they do.
    """

    why: str = ""
    goes: Callable[[Any], ColumnElement[bool]] | None = None
    emptied: Mapping[str, object] = field(default_factory=dict)


REMOVED = Fate(goes=lambda row: true())


def kept(why: str, **emptied: object) -> Fate:
    """The row stays, for this reason, with these columns emptied."""
    return Fate(why, emptied=emptied)


def whose(**columns: Fate) -> Mapping[str, Fate]:
    """The columns of a table that hold a person, or a key with a person in it; none for a table without people."""
    return columns


class Table(DeclarativeBase):
    """The base of every table. `team_id` is the first column of every key: it is the tenant.

    `people` says of every column that holds a person what becomes of it when they erase what they said. A test fails
    for a table that does not.
    """

    people: ClassVar[Mapping[str, Fate]]
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Utc, str: Text, dict[str, Any]: JSON, list[str]: JSON}


TeamKey = Annotated[str, mapped_column(Text, primary_key=True)]
Key = Annotated[str, mapped_column(Text, primary_key=True)]
PeoplesWords = Annotated[str, mapped_column(Words)]
