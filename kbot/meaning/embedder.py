"""What every embedder is: a name, and a text made a vector."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 384

Vector = NDArray[np.float32]
"""(384,), of length 1: the product of two is their cosine."""


class Embedder(Protocol):
    """Makes texts vectors. Safe to use from many threads; the same text gives the same vector."""

    @property
    def name(self) -> str:
        """Which vectors these are. Only vectors of one name can be compared."""

    def embed(self, text: str) -> Vector:
        """The meaning of a text, of its first 256 tokens, as a vector."""
