"""The index in memory follows its rows: after any history it answers as one that is built anew."""

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from kbot.library import items
from kbot.library.facts import Item, ItemState, Lines
from kbot.library.search import index
from kbot.library.search.passages import read
from kbot.library.search.postings import Segment, keys_of
from kbot.library.search.rank import Ranking, Wanted, channels_with_hits
from kbot.library.search.shelf import Shelf, StillLoading, shelf_of
from kbot.library.search.vectors import SIZE, Vectors, packed, unpacked
from kbot.library.tables import ItemRow, WordsRow
from kbot.meaning.hashed import HashEmbedder
from tests.examples import examples
from tests.rooms.asking import asked, assert_same_hits
from tests.rooms.desk import ANA, ONCALL, PLATFORM, TEAM, act, saved
from tests.rooms.test_search import crowd

PIECES = [f"{kind}{n}" for kind in ("importer", "zebra", "queue") for n in range(4)]
sentence = st.lists(st.sampled_from(PIECES), min_size=1, max_size=90).map(" ".join)
step = st.one_of(
    st.tuples(st.just("add"), sentence, st.sampled_from([PLATFORM, ONCALL])),
    st.tuples(st.just("edit"), sentence, st.integers(0, 50)),
    st.tuples(st.just("withdraw"), st.just(""), st.integers(0, 50)),
    st.tuples(st.just("again"), st.just(""), st.integers(0, 50)),
    st.tuples(st.just("move"), st.just(""), st.just(0)),
    st.tuples(st.just("read"), st.just(""), st.integers(1, 5)),
    st.tuples(st.just("ask"), sentence, st.just(0)),
)


class History:
    """What happens to a small library, and a shelf that follows it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.shelf = Shelf(TEAM)
        self.all: list[Item] = []

    def take(self, what: str, words: str, number: int | str) -> None:
        if what == "add":
            self.all.append(saved(self.session, words, by=ANA, channel=str(number)))
        elif what == "read":
            index.set_vectors(self.session, read(HashEmbedder(), index.unread(self.session, int(number))))
        elif what == "move":
            items.rename_channel(self.session, TEAM, PLATFORM, "C0MOVED")
            items.rename_channel(self.session, TEAM, "C0MOVED", PLATFORM)
        elif what == "ask":
            self.shelf.catch_up(self.session)
        elif self.all:
            item = self.all[int(number) % len(self.all)].id
            if what == "edit":
                items.revise(self.session, act(ANA), item, Lines(words[:60], words))
            elif what == "withdraw":
                items.take_away(self.session, act(ANA), item, ItemState.WITHDRAWN)
            else:
                items.publish(self.session, act(ANA), item)


def assert_same(one: Ranking, other: Ranking) -> None:
    assert_same_hits(one, other)
    assert abs(one.is_right - other.is_right) < 1e-4


@settings(max_examples=examples(5), deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(step, max_size=25), questions=st.lists(sentence, min_size=1, max_size=3))
def test_after_any_history_it_answers_as_one_built_anew(
    session: Session, steps: Sequence[tuple[str, str, int | str]], questions: Sequence[str]
) -> None:
    session.execute(delete(ItemRow))
    history = History(session)
    for one in steps:
        history.take(*one)
    for question in questions:
        for channels in ((PLATFORM,), (PLATFORM, ONCALL)):
            followed = asked(session, history.shelf, question, *channels)
            assert_same(followed, asked(session, Shelf(TEAM), question, *channels))


def test_withdrawn_and_published_again_between_two_looks_it_has_no_vector_yet(session: Session) -> None:
    history = History(session)
    for what, words, number in (("add", "importer0", PLATFORM), ("read", "", 1), ("ask", "", 0)):
        history.take(what, words, number)
    for what in ("withdraw", "again"):
        history.take(what, "", 0)
    followed = asked(session, history.shelf, "queue1", PLATFORM)
    assert_same(followed, asked(session, Shelf(TEAM), "queue1", PLATFORM))
    assert followed.hits == ()


def test_loaded_in_pieces_while_things_change_it_answers_as_one_built_anew(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kbot.library.search.shelf.AT_A_TIME", 3)
    history, chance = History(session), random.Random(4)
    for n in range(24):
        history.take("add", f"importer0 zebra{n % 4} queue{n}", (PLATFORM, ONCALL)[n % 2])
    history.take("move", "", 0)  # twelve rows of one number
    for n in range(12):
        history.shelf.load_some(session)
        number = chance.randrange(24)
        history.take(chance.choice(["edit", "withdraw", "again", "read"]), f"zebra1 walrus{number}", number)
        if n == 4:
            history.take("move", "", 0)
    for question in ("importer0 zebra1", "walrus3 queue5"):
        followed = asked(session, history.shelf, question, PLATFORM, ONCALL)
        assert_same(followed, asked(session, Shelf(TEAM), question, PLATFORM, ONCALL))


def test_while_it_is_loading_nobody_holds_a_reader_up(session: Session) -> None:
    saved(session, "Importer stuck?")
    shelf = shelf_of(session, TEAM)
    shelf.is_loading = True
    with pytest.raises(StillLoading):
        channels_with_hits(session, TEAM, Wanted.of("importer", HashEmbedder().embed("importer")), 0.4)
    shelf.is_loading = False
    assert channels_with_hits(session, TEAM, Wanted.of("importer", HashEmbedder().embed("importer")), 0.4)


def test_slots_that_were_given_up_are_let_go(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kbot.library.search.shelf.AT_A_TIME", 3)
    history = History(session)
    history.take("add", "importer0 zebra0", PLATFORM)
    for n in range(20):
        history.take("edit", f"importer0 walrus {n}", 0)
        history.shelf.catch_up(session)
    assert len(history.shelf) < 10
    assert_same(asked(session, history.shelf, "walrus", PLATFORM), asked(session, Shelf(TEAM), "walrus", PLATFORM))


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=8), min_size=1, max_size=30), st.integers(1, 29))
def test_two_segments_merged_are_as_one(texts: list[list[str]], at: int) -> None:
    at = min(at, len(texts))
    joined = [" ".join(text) for text in texts]
    before, after, both = (keys_of(*some)[0] for some in ((joined[:at], 0), (joined[at:], at), (joined, 0)))
    merged, whole = Segment.merged(Segment.of(before), Segment.of(after)), Segment.of(both)
    for name in ("stems", "starts", "slots", "counts"):
        np.testing.assert_array_equal(getattr(merged, name), getattr(whole, name))


def test_a_vector_comes_back_nearly_as_it_was() -> None:
    chance = np.random.default_rng(1)
    vectors = chance.normal(size=(20, SIZE)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    kept = unpacked(packed(list(vectors)))
    assert (kept * vectors).sum(axis=1).min() > 0.9999


def test_the_nearest_are_found_through_their_signs() -> None:
    chance = np.random.default_rng(2)
    centres = chance.normal(size=(200, SIZE))
    rows = (centres[chance.integers(0, 200, 20_000)] + 0.8 * chance.normal(size=(20_000, SIZE))).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    vectors = Vectors()
    vectors.make_room(len(rows))
    vectors.put(range(len(rows)), packed(list(rows)))
    seen = np.ones(len(rows), np.bool_)
    seen[::3] = False
    hits = 0
    for n in random.Random(3).sample(range(len(rows)), 50):
        exact = np.where(seen, rows @ rows[n], -1)
        found = vectors.near(vectors.distances(rows[n], len(rows)), seen)
        assert seen[found].all()
        best = found[np.argsort(-vectors.cosines(rows[n], found))[:10]]
        hits += len(set(best.tolist()) & set(np.argsort(-exact)[:10].tolist()))
    assert hits >= 480


CHANGES, ROWS, AT_ONCE = 100_000, 1_500, 500


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_after_a_hundred_thousand_changes_it_answers_as_one_built_anew(session: Session) -> None:
    chance, shelf = random.Random(5), Shelf(TEAM)
    vectors = [packed([HashEmbedder().embed(f"{one} {other}")]) for one in PIECES for other in PIECES]
    crowd(session, [" ".join(chance.choices(PIECES, k=5)) for _ in range(ROWS)], PLATFORM)
    versions = [1] * ROWS
    for _ in range(CHANGES // AT_ONCE):
        for n in (chance.randrange(ROWS) for _ in range(AT_ONCE)):
            values: dict[str, object] = chance.choice(
                [
                    {
                        "stems": " ".join(chance.choices(PIECES, k=chance.randint(1, 9))),
                        "vector": None,
                        "is_gone": False,
                    },
                    {"vector": chance.choice(vectors)},
                    {"channel_id": chance.choice([PLATFORM, ONCALL])},
                    {"stems": "", "title_stems": "", "vector": None, "is_gone": True},
                ]
            )
            versions[n] += "stems" in values
            values |= {"version": versions[n], "change": index.next_change(session, TEAM)}
            session.execute(update(WordsRow).where(WordsRow.item_id == f"crowd{n}").values(**values))
        anew, question = Shelf(TEAM), " ".join(chance.choices(PIECES, k=3))
        for channels in ((PLATFORM,), (PLATFORM, ONCALL)):
            assert_same(asked(session, shelf, question, *channels), asked(session, anew, question, *channels))
