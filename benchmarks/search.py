"""`python -m benchmarks.search`: how fast a question is answered, one thread, as ratios to floors of the same run.

Texts are drawn from a vocabulary with Zipf's frequencies, vectors from clusters with noise, which is harder than real
ones; questions are words of a random item beside words of others. The floors: SQLite's FTS5 with every stem of the
question joined by OR, and numpy's float32 product of all vectors.
"""

import argparse
import ctypes
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from kbot import app
from kbot.library import items
from kbot.library.looking import best_for
from kbot.library.search import rank
from kbot.library.search.bm25 import Floats
from kbot.library.search.rank import Wanted
from kbot.library.search.shelf import Shelf
from kbot.library.search.thresholds import CITED, Threshold
from kbot.library.search.vectors import SIZE, packed
from kbot.library.tables import ItemRow, VersionRow, WordsClockRow, WordsRow
from kbot.meaning.minilm import MiniLM
from kbot.people.facts import Viewer
from kbot.settings import default_model_folder
from kbot.storage import schema
from kbot.storage.address import Address
from kbot.trail.evidence import evidence

assert app  # importing it imports every table

TEAM, CHANNELS = "T1", 40
WORDS_IN_A_TEXT, WORDS_IN_A_QUESTION = 55, 12
VOCABULARY, CLUSTERS = 60_000, 2_000
BATCH = 5_000
QUESTIONS = 200
NOW = datetime(2026, 11, 1, tzinfo=UTC)
THRESHOLD = Threshold(answer=-1)  # so that there is always something to show

HOSTILE = {
    "stop words": "what is the of and to a in",
    "operators": '"a" OR b NOT c NEAR(d e) * ^f col:g --',
    "40,000 characters": "restart the importer when it hangs " * 1143,
    "40,000 letters": "x" * 40_000,
    "emoji": "🙂👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿" * 200,
    "every block": "".join(chr(n) for n in range(0x20, 0x30000, 0x7F) if not 0xD800 <= n < 0xE000),
    "lone surrogates": "\ud800importer\udfff" * 50,
    "controls": "\x00\x1a\x7f\u202e" * 500,
    "nothing": "",
    "the commonest words": " ".join(f"w{n:05d}" for n in range(256)),
}


@dataclass(frozen=True)
class World:
    """A library as it is in the database, and what is asked of it: words, and nearly what an item means, (n, 384)."""

    address: Address
    vectors: Floats
    questions: Sequence[str]
    meant: Floats


def make(folder: Path, count: int) -> World:
    """A database with so many published items."""
    chance = np.random.default_rng(7)
    words = np.array([f"w{n:05d}" for n in range(VOCABULARY)])
    weights = 1 / np.arange(10, VOCABULARY + 10)
    weights /= weights.sum()
    centres = chance.normal(size=(CLUSTERS, SIZE)).astype(np.float32)
    vectors = np.empty((count, SIZE), np.float32)
    address = Address.parse(f"sqlite:///{folder / f'{count}.db'}")
    schema.upgrade(address)
    questions: list[str] = []
    with schema.session_of(address, to_write=True) as session:
        session.execute(insert(WordsClockRow).values(team_id=TEAM, change=count))
        for first in range(0, count, BATCH):
            n = min(BATCH, count - first)
            drawn = chance.choice(VOCABULARY, (n, WORDS_IN_A_TEXT), p=weights)
            noise = chance.normal(size=(n, SIZE)).astype(np.float32)
            rows = centres[chance.integers(0, CLUSTERS, n)] + 0.9 * noise
            vectors[first : first + n] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
            _write(session, first, [" ".join(words[row]) for row in drawn], vectors[first : first + n])
            if first // BATCH % max(1, count // BATCH // QUESTIONS) == 0 or count <= BATCH * QUESTIONS:
                for _ in range(max(1, QUESTIONS * BATCH // count)):
                    own = words[chance.choice(drawn[chance.integers(n)], WORDS_IN_A_QUESTION // 2)]
                    other = words[chance.choice(VOCABULARY, WORDS_IN_A_QUESTION // 2, p=weights)]
                    questions.append(" ".join([*own, *other]))
        session.commit()
    meant = _near(vectors[chance.integers(0, count, QUESTIONS)], chance)
    return World(address, vectors, questions[:QUESTIONS], meant)


def _near(vectors: Floats, chance: np.random.Generator) -> Floats:
    noisy = vectors + 0.03 * chance.normal(size=vectors.shape).astype(np.float32)
    near: Floats = noisy / np.linalg.norm(noisy, axis=1, keepdims=True)
    return near


def _write(session: Session, first: int, texts: Sequence[str], vectors: Floats) -> None:
    names = [f"i{first + n:08d}" for n in range(len(texts))]
    item = {
        "team_id": TEAM,
        "kind": "how_to",
        "state": "published",
        "waits_for": "nothing",
        "consent": "given",
        "contributor": "U1",
        "is_named": True,
        "flagger": "U2",
        "version": 1,
        "created_at": NOW,
        "published_at": NOW,
    }
    channels = [f"C{(first + n) % CHANNELS}" for n in range(len(texts))]
    session.execute(insert(ItemRow), [item | {"id": i, "channel_id": c} for i, c in zip(names, channels, strict=True)])
    version = {"team_id": TEAM, "n": 1, "when": "", "because": "", "limits": "", "question": "", "edited_by": "U1"}
    session.execute(
        insert(VersionRow),
        [version | {"item_id": i, "title": t[:40], "body": t, "at": NOW} for i, t in zip(names, texts, strict=True)],
    )
    session.execute(
        insert(WordsRow),
        [
            {
                "team_id": TEAM,
                "item_id": i,
                "channel_id": c,
                "version": 1,
                "title_stems": "",
                "stems": text,
                "vector": packed([vector]),
                "is_gone": False,
                "change": first + n + 1,
            }
            for n, (i, c, text, vector) in enumerate(zip(names, channels, texts, vectors, strict=True))
        ],
    )


def timed(call: Callable[[str], object], text: str) -> float:
    """Milliseconds for one question."""
    started = time.perf_counter()
    call(text)
    return (time.perf_counter() - started) * 1000


def p(times: Sequence[float], percent: int) -> float:
    return statistics.quantiles(times, n=100)[percent - 1]


def whole_question(session: Session, model: MiniLM, text: str, meant: Floats | None = None) -> None:
    """Embed, find the channels, rank, weigh the evidence, read the rows. `meant` instead of what the model says."""
    vector = model.embed(text)
    wanted = Wanted.of(text, vector if meant is None else meant)
    rank.channels_with_hits(session, TEAM, wanted, CITED.answer)
    viewer = Viewer(TEAM, "U3", frozenset(f"C{n}" for n in range(CHANNELS) if n % 4))
    found = best_for(session, viewer, wanted, THRESHOLD)
    items.show(session, viewer, found.items)
    evidence(session, TEAM, found.items)


def asked(world: World) -> dict[str, Any]:
    """In a process of its own: the times of whole questions, and its memory."""
    app._return_large_blocks()
    model = MiniLM.open(default_model_folder(), lambda sentence: print(sentence, file=sys.stderr))
    with schema.session_of(world.address) as session:
        ask = partial(whole_question, session, model)
        loading = timed(ask, "warm up")
        ctypes.CDLL(None).malloc_trim(0)  # as kbot does after loading
        begun = time.thread_time()
        times = [
            timed(partial(ask, meant=meant), text) for text, meant in zip(world.questions, world.meant, strict=True)
        ]
        cpu = (time.thread_time() - begun) * 1000 / len(times)
        hostile = {name: timed(ask, text) for name, text in HOSTILE.items()}
    megabytes = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    return {
        "p50": p(times, 50),
        "p95": p(times, 95),
        "MB": megabytes,
        "loading": loading / 1000,
        "cpu": cpu,
        "hostile": hostile,
    }


def lexical(world: World, folder: Path, shelf: Shelf) -> tuple[float, float]:
    """p95 of our BM25 and of FTS5's, in milliseconds, of the same questions."""
    with sqlite3.connect(world.address.file or "") as source, sqlite3.connect(folder / "fts.db") as floor:
        floor.execute("CREATE VIRTUAL TABLE fts USING fts5(text)")
        floor.executemany("INSERT INTO fts (text) VALUES (?)", source.execute("SELECT stems FROM words"))
        floor.commit()
        query = "SELECT rowid FROM fts WHERE fts MATCH ? ORDER BY rank LIMIT 50"
        few = world.questions[:: max(1, len(world.questions) // 40)]
        theirs = [
            timed(lambda text: floor.execute(query, (" OR ".join(text.split()),)).fetchall(), text) for text in few
        ]
    seen = shelf.seen_by(None)
    ours = [
        timed(lambda text: shelf.lexical(text.split(), seen).best(rank.CANDIDATES), text) for text in world.questions
    ]
    return p(ours, 95), p(theirs, 95)


def nearest(world: World, shelf: Shelf) -> tuple[float, float, float]:
    """p50 of our scan and of numpy's product, in milliseconds, and recall@10."""
    chance = np.random.default_rng(8)
    seen = shelf.seen_by(None)
    ours, theirs, hits = [], [], 0
    for n in chance.integers(0, len(world.vectors), 100):
        wanted = _near(world.vectors[n : n + 1], chance)[0]
        started = time.perf_counter()
        product = world.vectors @ wanted
        exact = np.argpartition(-product, 10)[:10]
        theirs.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        found = rank.nearest(shelf, Wanted((), wanted), seen)[:10]
        ours.append((time.perf_counter() - started) * 1000)
        hits += len(set(shelf.items(found)) & {f"i{slot:08d}" for slot in exact})
    return statistics.median(ours), statistics.median(theirs), hits / 1000


def measure(folder: Path, count: int, most_ms: float) -> Iterator[str]:
    """Everything for a library of this size."""
    world = make(folder, count)
    np.save(folder / "meant.npy", world.meant)
    child = [sys.executable, "-m", "benchmarks.search", "--ask", str(world.address.file)]
    whole = json.loads(
        subprocess.run(child, check=True, stdout=subprocess.PIPE, input=json.dumps(world.questions), text=True).stdout
    )
    yield f"{count} items: whole question p50 {whole['p50']:.1f} p95 {whole['p95']:.1f} ms (target <= {most_ms:.0f})"
    yield f"{count} items: whole question, the processor's time, mean {whole['cpu']:.1f} ms"
    for name, taken in sorted(whole["hostile"].items(), key=lambda named: -named[1])[:2]:
        yield f"{count} items: of the slowest hostile questions, {name}: {taken:.0f} ms (target <= 200)"
    yield f"{count} items: memory {whole['MB']:.0f} MB (target <= 250 at 100,000), loaded in {whole['loading']:.1f} s"
    shelf = Shelf(TEAM)
    with schema.session_of(world.address) as session:
        shelf.catch_up(session)
    ours, theirs = lexical(world, folder, shelf)
    yield f"{count} items: BM25 p95 {ours:.2f} ms, FTS5 {theirs:.1f} ms: {theirs / ours:.0f} times (target >= 20)"
    ours, theirs, recall = nearest(world, shelf)
    yield (
        f"{count} items: vectors p50 {ours:.2f} ms, float32 product {theirs:.2f} ms: ratio {ours / theirs:.2f} "
        f"(target <= 0.25), recall@10 {recall:.3f} (target >= 0.97)"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--items", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--ask", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ask:
        none, meant = np.zeros((0, SIZE), np.float32), np.load(Path(given.ask).with_name("meant.npy"))
        world = World(Address.parse(f"sqlite:///{given.ask}"), none, json.load(sys.stdin), meant)
        print(json.dumps(asked(world)))
        return 0
    for count in given.items:
        with tempfile.TemporaryDirectory() as folder:
            for line in measure(Path(folder), count, 30 if count <= 100_000 else 80):
                print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
