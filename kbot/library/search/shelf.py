"""The index in memory: the words and vectors of one workspace's items as arrays, caught up from their rows.

The rows of `words` are the index; a shelf is how a process reads them quickly, and can be thrown away at any time. It
catches up in the transaction of each search, so what a unit has committed is found by the next question, in whichever
process. Slots are only ever appended: who takes an item away, or words it anew, gives up its slot.
"""

import math
import threading
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, Row, func, select
from sqlalchemy.orm import Session

from kbot.library.search.vectors import Vectors
from kbot.library.tables import WordsClockRow, WordsRow

K1, B = 0.9, 0.5
"""BM25's own numbers, as measured on eight question sets; the optimum is flat."""

SMALL_LIBRARY = 100
"""A library with fewer items is weighed like one of this size: in three items every word is rare, or everywhere."""

AT_A_TIME = 2000
"""Rows read together."""

LONGEST_ID = 32
LARGEST_SEGMENT = 2_000_000
"""Postings. Merging more at once would need too much memory for a moment."""

Words = Row[str, int, str, str, str, bytes | None, bool, int]
"""A row of the index, as `catch_up` reads it."""

Slots = NDArray[np.uint32]
Floats = NDArray[np.float32]


@lru_cache(maxsize=1 << 14)
def _number(stem: str) -> int:
    # 32 bits: of half a million stems some thirty pairs share a number, which no answer will show.
    return zlib.crc32(stem.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True)
class Segment:
    """Postings sorted by stem: those of `stems[i]` are `slots[starts[i]:starts[i + 1]]`, each with its count."""

    stems: NDArray[np.uint32]
    starts: NDArray[np.int64]
    slots: Slots
    counts: NDArray[np.uint8]

    @classmethod
    def of(cls, words: Sequence[Sequence[str]], first: int) -> "Segment":
        """The postings of texts, given as stems, whose slots begin at `first`."""
        flat = np.fromiter((_number(stem) for text in words for stem in text), np.uint64)
        slots = np.repeat(np.arange(first, first + len(words), dtype=np.uint64), [len(text) for text in words])
        keys, counts = np.unique((flat << np.uint64(32)) | slots, return_counts=True)
        return cls._sorted(keys >> np.uint64(32), keys & np.uint64(0xFFFFFFFF), np.minimum(counts, 255))

    @classmethod
    def merged(cls, one: "Segment", other: "Segment") -> "Segment":
        """Both; the slots of `other` come after those of `one`."""
        stems = np.concatenate([np.repeat(s.stems, np.diff(s.starts)) for s in (one, other)])
        order = np.argsort(stems, kind="stable")
        slots, counts = (np.concatenate(both)[order] for both in ((one.slots, other.slots), (one.counts, other.counts)))
        return cls._sorted(stems[order], slots, counts)

    @classmethod
    def _sorted(cls, stems: NDArray[np.generic], slots: NDArray[np.generic], counts: NDArray[np.generic]) -> "Segment":
        found, starts = np.unique(stems, return_index=True)
        return cls(
            found.astype(np.uint32),
            np.append(starts, len(stems)).astype(np.int64),
            slots.astype(np.uint32),
            counts.astype(np.uint8),
        )

    def __len__(self) -> int:
        return len(self.slots)

    def of_stem(self, number: int) -> tuple[Slots, NDArray[np.uint8]]:
        """Which slots hold a stem, and how often."""
        i = int(np.searchsorted(self.stems, number))
        if i == len(self.stems) or self.stems[i] != number:
            return self.slots[:0], self.counts[:0]
        here = slice(int(self.starts[i]), int(self.starts[i + 1]))
        return self.slots[here], self.counts[here]


@dataclass(frozen=True)
class Lexical:
    """BM25 for every slot; `mass` is the sum of the idf of the question's stems; `held` its part that a slot holds."""

    scores: Floats
    held: Floats
    mass: float


class Shelf:
    """The items of one workspace, each in a slot. Who uses it holds its lock."""

    def __init__(self, team: str) -> None:
        self.team = team
        self.lock = threading.Lock()
        self._items = np.zeros(0, f"S{LONGEST_ID}")  # by slot, as what follows
        self._versions = np.zeros(0, np.int32)
        self._channel = np.zeros(0, np.int32)  # its code; -1: the slot is given up
        self._length = np.zeros(0, np.float32)
        self.vectors = Vectors()
        self._channels: list[str] = []
        self._channel_code: dict[str, int] = {}
        self._segments: list[Segment] = []
        self._change = 0

    def __len__(self) -> int:
        """How many slots there are, with those that are given up."""
        return len(self._channel)

    def items(self, slots: NDArray[np.intp]) -> list[str]:
        """The ids of the items in these slots."""
        return [item.decode() for item in self._items[slots].tolist()]

    def catch_up(self, session: Session) -> None:
        """Take in what has been committed since the last time."""
        newest = session.scalar(select(WordsClockRow.change).where(WordsClockRow.team_id == self.team))
        if newest is None or newest <= self._change:
            return
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
            .where(WordsRow.team_id == self.team, WordsRow.change > self._change)
            .order_by(WordsRow.change)
        )
        if not len(self):
            counted = select(func.count()).where(WordsRow.team_id == self.team, WordsRow.is_gone.is_(False))
            self.vectors.make_room(session.scalar(counted) or 0)
        for rows in session.execute(query, execution_options={"yield_per": AT_A_TIME}).partitions():
            self._take(rows)
            self._change = rows[-1].change
        if len(self) > 2 * np.count_nonzero(self._channel >= 0) + AT_A_TIME:
            self._begin_again(session)

    def _begin_again(self, session: Session) -> None:
        """Most slots are given up: what is left is read anew."""
        fresh = Shelf(self.team)
        fresh.catch_up(session)
        fresh.lock = self.lock
        self.__dict__.update(fresh.__dict__)

    def _take(self, rows: Sequence[Words]) -> None:
        known = self._slots_of([row.item_id for row in rows])
        new = []
        for row in rows:
            slot = known.get(row.item_id)
            if slot is not None and (row.is_gone or self._versions[slot] != row.version):
                self._channel[slot] = -1
                self.vectors.forget(slot)
            elif slot is not None:
                self._channel[slot] = self._code(row.channel_id)
                if row.vector is not None:
                    self.vectors.put([slot], row.vector)
                continue
            if not row.is_gone:
                new.append(row)
        if new:
            self._append(new)

    def _slots_of(self, items: Sequence[str]) -> dict[str, int]:
        """Where those of these items stand that are here already."""
        wanted = np.array([item.encode() for item in items], self._items.dtype)
        slots = np.flatnonzero(np.isin(self._items, wanted) & (self._channel >= 0))
        return dict(zip(self.items(slots), slots.tolist(), strict=True))

    def _append(self, new: Sequence[Words]) -> None:
        first = len(self)
        words = [[*(title := row.title_stems.split()), *title, *row.stems.split()] for row in new]
        self._items = np.append(self._items, np.array([row.item_id.encode() for row in new], self._items.dtype))
        self._versions = np.append(self._versions, np.array([row.version for row in new], np.int32))
        self._channel = np.append(self._channel, np.array([self._code(row.channel_id) for row in new], np.int32))
        self._length = np.append(self._length, np.array([len(text) for text in words], np.float32))
        self.vectors.make_room(len(self))
        read = [(slot, row.vector) for slot, row in enumerate(new, first) if row.vector is not None]
        if read:
            self.vectors.put([slot for slot, _ in read], b"".join(vector for _, vector in read))
        self._segments.append(Segment.of(words, first))
        self._merge()

    def _code(self, channel: str) -> int:
        if channel not in self._channel_code:
            self._channel_code[channel] = len(self._channels)
            self._channels.append(channel)
        return self._channel_code[channel]

    def _merge(self) -> None:
        """Keep few segments: two of like size become one, as long as that stays affordable."""
        while len(self._segments) > 1:
            one, other = self._segments[-2:]
            if len(one) > 2 * len(other) or len(one) + len(other) > LARGEST_SEGMENT:
                return
            self._segments[-2:] = [Segment.merged(one, other)]

    def seen_by(self, channels: Iterable[str] | None) -> NDArray[np.bool_]:
        """For each slot whether its item is in one of these channels; None: in any."""
        if channels is None:
            return self._channel >= 0
        allowed = np.zeros(len(self._channels) + 1, np.bool_)  # the last one stands for slot -1, which nobody sees
        allowed[[self._channel_code[c] for c in channels if c in self._channel_code]] = True
        return allowed[self._channel]

    def best_by_channel(self, scores: Floats) -> dict[str, float]:
        """The highest score in each channel."""
        best = np.full(len(self._channels) + 1, -np.inf, np.float32)
        np.maximum.at(best, self._channel, scores)
        return {channel: float(best[code]) for channel, code in self._channel_code.items()}

    def _postings(self, number: int) -> tuple[Slots, NDArray[np.uint8]]:
        found = [segment.of_stem(number) for segment in self._segments]
        if len(found) == 1:
            return found[0]
        none: tuple[Slots, NDArray[np.uint8]] = (np.zeros(0, np.uint32), np.zeros(0, np.uint8))
        slots, counts = zip(none, *found, strict=True)
        return np.concatenate(slots), np.concatenate(counts)

    def lexical(self, stems: Sequence[str], seen: NDArray[np.bool_]) -> Lexical:
        """BM25 of the different `stems` of a question.

        Everything is counted over the `seen` slots, so that nothing about other items shows in a score.
        """
        scores, held = np.zeros(len(seen), np.float32), np.zeros(len(seen), np.float32)
        total = int(np.count_nonzero(seen))
        mean = float(self._length[seen].mean()) if total else 1.0
        size, mass = max(total, SMALL_LIBRARY), 0.0
        for stem in stems:
            slots, counts = self._postings(_number(stem))
            mine = seen[slots]
            slots, times = slots[mine], counts[mine].astype(np.float32)
            idf = math.log(1 + (size - len(slots) + 0.5) / (len(slots) + 0.5))
            mass += idf
            if len(slots):
                norm = K1 * (1 - B) + self._length[slots] * np.float32(K1 * B / mean)
                scores[slots] += np.float32(idf * (K1 + 1)) * times / (times + norm)
                held[slots] += np.float32(idf)
        return Lexical(scores, held, mass)


_SHELVES: WeakKeyDictionary[Engine, dict[str, Shelf]] = WeakKeyDictionary()
_making = threading.Lock()


def shelf_of(session: Session, team: str) -> Shelf:
    """The shelf of a workspace in this session's database; it may have to catch up.

    To be used in reading units only: a shelf does not forget what it took in from a unit that was rolled back.
    """
    with _making:
        return _SHELVES.setdefault(session.get_bind().engine, {}).setdefault(team, Shelf(team))
