"""The two full-text engines behind one interface: which rows hold any of these stems. They differ here only."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import ColumnElement, text
from sqlalchemy.orm import Session


class Engine(Protocol):
    """Tells how to find and order the rows of `words` that hold at least one of the stems."""

    def holds(self, stems: Sequence[str]) -> ColumnElement[bool]:
        """A condition on `words`."""
        ...

    def relevance(self, stems: Sequence[str]) -> ColumnElement[float]:
        """An order on `words`, best first when ascending; only for choosing candidates."""
        ...


class Fts5:
    """SQLite's FTS5 over `words_fts`, an external-content index of `words` that triggers keep."""

    def holds(self, stems: Sequence[str]) -> ColumnElement[bool]:
        found = text("words.n IN (SELECT rowid FROM words_fts WHERE words_fts MATCH :stems ORDER BY rank LIMIT 400)")
        return found.bindparams(stems=" OR ".join(f'"{stem}"' for stem in stems))  # type: ignore[return-value]

    def relevance(self, stems: Sequence[str]) -> ColumnElement[float]:
        return text("words.n")  # type: ignore[return-value]


class PostgresqlFts:
    """PostgreSQL's own full text over the generated column `words.document`."""

    def holds(self, stems: Sequence[str]) -> ColumnElement[bool]:
        found = text("words.document @@ to_tsquery('simple', :stems)")
        return found.bindparams(stems=" | ".join(f"'{stem}'" for stem in stems))  # type: ignore[return-value]

    def relevance(self, stems: Sequence[str]) -> ColumnElement[float]:
        found = text("-ts_rank(words.document, to_tsquery('simple', :ranked))")
        return found.bindparams(ranked=" | ".join(f"'{stem}'" for stem in stems))  # type: ignore[return-value]


def engine_of(session: Session) -> Engine:
    """The engine of this session's database."""
    return PostgresqlFts() if session.get_bind().dialect.name == "postgresql" else Fts5()
