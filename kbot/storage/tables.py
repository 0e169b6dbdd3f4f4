"""What every table shares: the declarative base and the column types that behave the same on both databases."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, Text, TypeDecorator
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


class Table(DeclarativeBase):
    """The base of every table. `team_id` is the first column of every key: it is the tenant."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Utc, str: Text, dict[str, Any]: JSON, list[str]: JSON}


TeamKey = Annotated[str, mapped_column(Text, primary_key=True)]
Key = Annotated[str, mapped_column(Text, primary_key=True)]
PeoplesWords = Annotated[str, mapped_column(Words)]
