"""Sentence vectors in memory: a sign bit for each dimension to look through all of them, 8 bits for the best ones.

A vector of length 1 is kept as a float32 scale and 384 int8 (388 bytes); a scan of the 48 bytes of signs finds the
candidates that the 8 bits then put in order. Nothing is approximated by a graph, so removal and filters are exact.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SIZE = 384
RESCORED = 1000
"""Of so many best by their signs, and those equal to the last, the cosine is computed: recall@10 is .98 at 100,000."""

FAR = SIZE + 1
BLOCK = 8_192
"""Slots that are looked at together."""


Floats = NDArray[np.float32]
_KIND = np.dtype([("scale", "<f4"), ("values", "i1", SIZE)])


def packed(vectors: Sequence[Floats]) -> bytes:
    """Vectors of length 1, (384,) float32 each, as they are stored, one after the other."""
    rows = np.zeros(len(vectors), _KIND)
    for row, vector in zip(rows, vectors, strict=True):
        row["values"] = np.rint(vector * (127 / np.abs(vector).max()))
        row["scale"] = 1 / (row["values"].astype(np.float32) @ vector)  # so that its cosine with itself is 1
    return rows.tobytes()


def unpacked(stored: bytes) -> Floats:
    """What `packed` has stored, (n, 384) float32."""
    rows = np.frombuffer(stored, _KIND)
    unpacked: Floats = rows["values"].astype(np.float32) * rows["scale"][:, None]
    return unpacked


class Vectors:
    """A vector for each slot, or none."""

    def __init__(self) -> None:
        self._scales = np.zeros(0, np.float32)  # 0: no vector
        self._values = np.zeros((0, SIZE), np.int8)
        self._signs = [np.zeros(0, np.uint64) for _ in range(SIZE // 64)]

    def make_room(self, slots: int) -> None:
        """Have a place for so many slots."""
        room = len(self._scales)
        if slots <= room:
            return
        # Grown where they are, which for large ones moves pages instead of copying them, so a little at a time will do.
        room = max(slots, room + room // 16)
        self._scales.resize(room, refcheck=False)
        for signs in self._signs:
            signs.resize(room, refcheck=False)
        self._values.resize((room, SIZE), refcheck=False)

    def put(self, slots: Sequence[int], stored: bytes) -> None:
        """Keep the vectors that `packed` has made for these slots."""
        rows = np.frombuffer(stored, _KIND)
        self._scales[slots], self._values[slots] = rows["scale"], rows["values"]
        for signs, column in zip(self._signs, _signs(rows["values"]).T, strict=True):
            signs[slots] = column

    def forget(self, slot: int) -> None:
        """The slot has no vector any more."""
        self._scales[slot] = 0

    def have(self, slots: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which of these slots have a vector."""
        return self._scales[slots] > 0

    def cosines(self, asked: Floats, slots: NDArray[np.intp]) -> Floats:
        """The cosine of a vector of length 1 with that of each of these slots; 0 where there is none."""
        cosines = np.empty(len(slots), np.float32)
        for first in range(0, len(slots), BLOCK):  # a thousand items can be one text, and as near as the last
            here = slice(first, first + BLOCK)
            cosines[here] = self._values[slots[here]].astype(np.float32) @ asked
        cosines *= self._scales[slots]
        return cosines

    def distances(self, asked: Floats, slots: int) -> NDArray[np.uint16]:
        """In how many signs each of so many slots differs from a vector; FAR for those without one."""
        total = np.empty(slots, np.uint16)
        words, counts = np.empty(BLOCK, np.uint64), np.empty((2, BLOCK), np.uint8)
        mine = _signs(asked[None])[0]
        for first in range(0, slots, BLOCK):  # what is computed on the way stays in the processor's cache
            last = min(first + BLOCK, slots)
            word, (half, count) = words[: last - first], counts[:, : last - first]
            total[first:last] = 0
            for n, (signs, own) in enumerate(zip(self._signs, mine, strict=True)):
                np.bitwise_xor(signs[first:last], own, out=word)
                np.bitwise_count(word, out=count if n % 3 else half)
                if n % 3:
                    half += count
                if n % 3 == 2:  # up to 192 is a byte, which is quicker to add
                    total[first:last] += half
        total[np.flatnonzero(self._scales[:slots] == 0)] = FAR
        return total

    def near(self, distances: NDArray[np.uint16], seen: NDArray[np.bool_]) -> NDArray[np.intp]:
        """The seen slots with the RESCORED shortest distances, and those as near as the last."""
        # A look at every 16th tells about how far they reach; the few within that are then counted.
        for guess in (_reach(distances[::16][seen[::16]], RESCORED // 8), FAR - 1):
            slots = np.flatnonzero(distances <= guess)
            slots = slots[seen[slots]]
            if len(slots) >= RESCORED:
                break
        reach = _reach(distances[slots], RESCORED)
        return slots[distances[slots] <= reach]


def _reach(distances: NDArray[np.uint16], most: int) -> int:
    """The distance of the slot that is `most`-th by it, or of the last one that has a vector."""
    return min(int(np.searchsorted(np.cumsum(np.bincount(distances, minlength=FAR)), most)), FAR - 1)


def _signs(values: NDArray[np.int8] | Floats) -> NDArray[np.uint64]:
    """The signs of (n, 384) values as (n, 6) words of 64 bits."""
    bits = np.packbits(values > 0, axis=1)
    return np.ascontiguousarray(bits).view(np.uint64)
