"""Ask a shelf itself, to hold one that has followed every change against one that is built anew."""

import numpy as np
from sqlalchemy.orm import Session

from kbot.library.search.rank import Ranking, Wanted, find_on
from kbot.library.search.shelf import Shelf
from kbot.meaning.hashed import HashEmbedder
from kbot.people.facts import Viewer


def asked(session: Session, shelf: Shelf, question: str, *channels: str) -> Ranking:
    """What somebody who sees these channels finds on this shelf."""
    viewer = Viewer(shelf.team, "U0ASKER", frozenset(channels))
    return find_on(shelf, session, viewer, Wanted.of(question, HashEmbedder().embed(question)), 50)


def assert_same_hits(one: Ranking, other: Ranking) -> None:
    """The same items in the same order, with the same scores."""
    assert [hit.item for hit in one.hits] == [hit.item for hit in other.hits]
    np.testing.assert_allclose([hit.score for hit in one.hits], [hit.score for hit in other.hits], atol=1e-5)
