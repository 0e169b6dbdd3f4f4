"""The index in memory: the words and vectors of one workspace's items as arrays, caught up from their rows.

The rows of `words` are the index; a shelf is how a process reads them quickly, and can be thrown away at any time. It
catches up in the transaction of each search, so what a unit has committed is found by the next question, in whichever
process. Slots are only ever appended: who takes an item away, or words it anew, gives up its slot.
"""

import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Engine, Row, select
from sqlalchemy.orm import Session

from kbot.library.search.bm25 import Floats, Lexical, Places
from kbot.library.search.postings import Postings
from kbot.library.search.vectors import Vectors
from kbot.library.tables import WordsClockRow, WordsRow

AT_A_TIME = 2000
"""Rows read together."""

LONGEST_ID = 32

Words = Row[str, int, str, str, str, bytes | None, bool, int]
"""A row of the index, as `catch_up` reads it."""


class StillLoading(Exception):
    """Nothing can be looked for yet; in some seconds it can."""


class Shelf:
    """The items of one workspace, each in a slot. Who uses it holds its lock, also while it uses what it returned.

    What grows is grown where it is: an array that was taken out before may point to memory that is gone.
    """

    def __init__(self, team: str) -> None:
        self.team = team
        self.lock = threading.Lock()
        self._items = np.zeros(0, f"S{LONGEST_ID}")  # by slot, as what follows
        self.keys = np.zeros(0, np.uint32)  # of the ids: an order that no history changes
        self._versions = np.zeros(0, np.int32)
        self._channel = np.zeros(0, np.int32)  # its code; -1: the slot is given up
        self._length = np.zeros(0, np.int32)
        self.vectors = Vectors()
        self._channels: list[str] = []
        self._channel_code: dict[str, int] = {}
        self._postings = Postings()
        self.change, self._item = 0, ""
        """The newest that is taken in; while others may have the same number, up to which item."""
        self._newest_at_first = 0
        self.is_loading = False
        """Somebody takes it in piece by piece, and will be some time."""

    def __len__(self) -> int:
        """How many slots there are, with those that are given up."""
        return len(self._channel)

    def items(self, slots: Places) -> list[str]:
        """The ids of the items in these slots."""
        return [item.decode() for item in self._items[slots].tolist()]

    @contextmanager
    def at_hand(self, session: Session) -> Iterator[None]:
        """Hold the shelf, with all that is committed on it. Raises StillLoading."""
        with self.lock:
            if self.is_loading:
                raise StillLoading
            self.catch_up(session)
            yield

    def load_some(self, session: Session) -> bool:
        """Take in the next rows, for one who gives way to others in between. Returns whether there were any."""
        with self.lock:
            return self._read_on(session)

    def catch_up(self, session: Session) -> None:
        """Take in what has been committed since the last time."""
        while self._read_on(session):
            pass
        if len(self) > 2 * np.count_nonzero(self._channel >= 0) + AT_A_TIME:
            self._begin_again(session)

    def _read_on(self, session: Session) -> bool:
        newest = session.scalar(select(WordsClockRow.change).where(WordsClockRow.team_id == self.team)) or 0
        if newest <= self.change and not self._item:
            return False
        if not len(self):
            self._newest_at_first = newest
        query = (
            select(
                WordsRow.item_id,
                WordsRow.version,
                WordsRow.channel_id,
                WordsRow.title_stems,
                WordsRow.stems,
                WordsRow.vector,
                WordsRow.is_gone,
                WordsRow.change,
            )
            .where(WordsRow.team_id == self.team, self._is_next())
            .order_by(WordsRow.change, WordsRow.item_id)
            .limit(AT_A_TIME)
        )
        rows = session.execute(query).all()
        if rows:
            # An item whose row has not changed since the first was read was not among those before: it has one row.
            is_new = rows[-1].change <= self._newest_at_first
            self._take(rows, {} if is_new else self._slots_of([row.item_id for row in rows]))
            self.change, self._item = rows[-1].change, rows[-1].item_id
        if len(rows) < AT_A_TIME:
            self._postings.settle()
            self.change, self._item = max(self.change, newest), ""
        return len(rows) == AT_A_TIME

    def _is_next(self) -> ColumnElement[bool]:
        if not self._item:
            return WordsRow.change > self.change
        return (WordsRow.change >= self.change) & ((WordsRow.change > self.change) | (WordsRow.item_id > self._item))

    def _begin_again(self, session: Session) -> None:
        """Most slots are given up: what is left is read anew."""
        fresh = Shelf(self.team)
        fresh.catch_up(session)
        fresh.lock = self.lock
        self.__dict__.update(fresh.__dict__)

    def _take(self, rows: Sequence[Words], known: Mapping[str, int]) -> None:
        new = []
        for row in rows:
            slot = known.get(row.item_id)
            if slot is not None and (row.is_gone or self._versions[slot] != row.version):
                self._channel[slot] = -1
                self.vectors.forget(slot)
            elif slot is not None:
                self._channel[slot] = self._code(row.channel_id)
                if row.vector is None:  # taken away and published again since the last look
                    self.vectors.forget(slot)
                else:
                    self.vectors.put([slot], row.vector)
                continue
            if not row.is_gone:
                new.append(row)
        if new:
            self._append(new)

    def _slots_of(self, items: Sequence[str]) -> dict[str, int]:
        """Where those of these items stand that are here already."""
        slots = np.flatnonzero(np.isin(self.keys, _keys(items)) & (self._channel >= 0))
        return dict(zip(self.items(slots), slots.tolist(), strict=True))

    def _append(self, new: Sequence[Words]) -> None:
        first, slots = len(self), len(self) + len(new)
        for column in (self._items, self.keys, self._versions, self._channel, self._length):
            column.resize(slots, refcheck=False)
        here = slice(first, slots)
        items = [row.item_id for row in new]
        self._items[here], self.keys[here] = [item.encode() for item in items], _keys(items)
        self._versions[here] = [row.version for row in new]
        self._channel[here] = [self._code(row.channel_id) for row in new]
        texts = [f"{row.title_stems} {row.title_stems} {row.stems}" for row in new]  # the title counts twice
        self._length[here] = self._postings.add(texts, first)
        self.vectors.make_room(slots)
        read = [(slot, row.vector) for slot, row in enumerate(new, first) if row.vector is not None]
        if read:
            self.vectors.put([slot for slot, _ in read], b"".join(vector for _, vector in read))

    def _code(self, channel: str) -> int:
        if channel not in self._channel_code:
            self._channel_code[channel] = len(self._channels)
            self._channels.append(channel)
        return self._channel_code[channel]

    def seen_by(self, channels: Iterable[str] | None) -> NDArray[np.bool_]:
        """For each slot whether its item is in one of these channels; None: in any."""
        if channels is None:
            return self._channel >= 0
        allowed = np.zeros(len(self._channels) + 1, np.bool_)  # the last one stands for slot -1, which nobody sees
        allowed[[self._channel_code[c] for c in channels if c in self._channel_code]] = True
        return allowed.take(self._channel)

    def best_by_channel(self, slots: Places, scores: Floats) -> dict[str, float]:
        """The highest of these slots' scores in each channel that has any."""
        best = np.full(len(self._channels), -np.inf, np.float32)
        np.maximum.at(best, self._channel[slots], scores)
        return {self._channels[code]: float(best[code]) for code in np.flatnonzero(best > -np.inf)}

    def lexical(self, stems: Sequence[str], seen: NDArray[np.bool_]) -> Lexical:
        """BM25 of the different `stems` of a question."""
        return Lexical(self._postings.of(stems), self._length, seen, self.keys)


def _keys(items: Sequence[str]) -> NDArray[np.uint32]:
    return np.fromiter((zlib.crc32(item.encode()) for item in items), np.uint32, len(items))


_SHELVES: WeakKeyDictionary[Engine, dict[str, Shelf]] = WeakKeyDictionary()
_making = threading.Lock()


def shelf_of(session: Session, team: str) -> Shelf:
    """The shelf of a workspace in this session's database; it may have to catch up.

    To be used in reading units only: a shelf does not forget what it took in from a unit that was rolled back.
    """
    with _making:
        return _SHELVES.setdefault(session.get_bind().engine, {}).setdefault(team, Shelf(team))
