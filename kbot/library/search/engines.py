"""The two full-text engines behind one interface: which rows hold any of these stems. They differ here only."""

from collections.abc import Sequence
from typing import Protocol, TypeVarTuple

from sqlalchemy import Select, column, table, text
from sqlalchemy.orm import Session

from kbot.library.tables import WordsRow

Ts = TypeVarTuple("Ts")

_FTS = table("words_fts", column("rowid"), column("rank"))


class Engine(Protocol):
    """Narrows a query on `words`. Whatever else the query asks for, nothing that it wants is left out for the sake of
    rows that it does not want: what others know must not show in an answer."""

    def holding(self, query: Select[*Ts], stems: Sequence[str]) -> Select[*Ts]:
        """Only rows that hold at least one of the stems."""
        ...

    def best(self, query: Select[*Ts], stems: Sequence[str]) -> Select[*Ts]:
        """The same, and the most relevant first; only for choosing candidates."""
        ...


class Fts5:
    """SQLite's FTS5 over `words_fts`, an external-content index of `words` that triggers keep."""

    def holding(self, query: Select[*Ts], stems: Sequence[str]) -> Select[*Ts]:
        found = text("words.n IN (SELECT rowid FROM words_fts WHERE words_fts MATCH :stems)")
        return query.where(found.bindparams(stems=_any_of(stems)))

    def best(self, query: Select[*Ts], stems: Sequence[str]) -> Select[*Ts]:
        # A join: asked for each row by itself, the rank of 20,000 rows took eleven seconds instead of a tenth of one.
        match = text("words_fts MATCH :stems").bindparams(stems=_any_of(stems))
        return query.join(_FTS, _FTS.c.rowid == WordsRow.n).where(match).order_by(_FTS.c.rank)


def _any_of(stems: Sequence[str]) -> str:
    return " OR ".join(f'"{stem}"' for stem in stems)


class PostgresqlFts:
    """PostgreSQL's own full text over the generated column `words.document`."""

    def holding(self, query: Select[*Ts], stems: Sequence[str]) -> Select[*Ts]:
        found = text("words.document @@ to_tsquery('simple', :stems)")
        return query.where(found.bindparams(stems=_either(stems)))

    def best(self, query: Select[*Ts], stems: Sequence[str]) -> Select[*Ts]:
        order = text("-ts_rank(words.document, to_tsquery('simple', :ranked))")
        return self.holding(query, stems).order_by(order.bindparams(ranked=_either(stems)))


def _either(stems: Sequence[str]) -> str:
    return " | ".join(f"'{stem}'" for stem in stems)


def engine_of(session: Session) -> Engine:
    """The engine of this session's database."""
    return PostgresqlFts() if session.get_bind().dialect.name == "postgresql" else Fts5()
