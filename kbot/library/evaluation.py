"""`kbot eval`: how good the search is on a set of questions whose answers are known.

The set has the common form, each file also as `.gz`: `corpus.jsonl` (id, title, text), `queries.jsonl` (id, text) and
`qrels.tsv` (a header, then query, item, grade). A query without a grade above 0 is one that nothing answers. The
corpus is published as items in a database of its own, and each query is asked as a member would ask it.
"""

import gzip
import json
import math
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.clock import Clock
from kbot.library import items
from kbot.library.facts import Consent, ItemKind, Lines, WaitsFor
from kbot.library.search import index, rank
from kbot.library.search.passages import read
from kbot.library.search.rank import Hit, Ranking, Wanted
from kbot.library.search.thresholds import CITED
from kbot.meaning.embedder import Embedder
from kbot.people.facts import Viewer
from kbot.storage import schema
from kbot.storage.address import Address

TEAM, CHANNEL, MEMBER = "T0EVAL", "C0EVAL", "U0EVAL"
AT_A_TIME = 200
DEPTH = 10
TOLD_EVERY = 2000
RANKED = 100
"""So many items of a query are written into the run."""

Grades = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Questions:
    """A set: what there is to find, what is asked (both id -> text), and which item answers how well (above 0)."""

    corpus: Mapping[str, Lines]
    queries: Mapping[str, str]
    grades: Grades

    @classmethod
    def load(cls, folder: Path) -> "Questions":
        """Read a folder. Raises BadInput that names the file and the line that cannot be used."""
        corpus = {str(row["id"]): _lines(row) for row in _rows(folder, "corpus.jsonl", ("id", "text"))}
        queries = {str(row["id"]): str(row["text"]) for row in _rows(folder, "queries.jsonl", ("id", "text"))}
        if not corpus or not queries:
            raise BadInput(f"There is nothing to ask in {folder}: corpus.jsonl or queries.jsonl is empty.")
        grades: defaultdict[str, dict[str, int]] = defaultdict(dict)
        with _opened(folder, "qrels.tsv") as file:
            for n, line in enumerate(islice(file, 1, None), 2):
                if not line.strip():
                    continue
                parts = line.rstrip("\r\n").split("\t")
                try:
                    query, item, grade = parts[0], parts[-2], int(float(parts[-1]))
                except (ValueError, IndexError):
                    raise BadInput(f"qrels.tsv, line {n}: not a query, an item, a grade with tabs between.") from None
                if grade > 0:
                    grades[query][item] = grade
        return cls(corpus, queries, grades)


@dataclass(frozen=True)
class Result:
    """What came of it. Means over the queries that something answers; `auroc` is None where all are of one kind."""

    queries: int
    answerable: int
    ndcg: float
    mrr: float
    recall: float
    auroc: float | None
    answered: float
    """The share of the answerable for which something was cited."""
    refused: float | None
    """The share of the unanswerable for which nothing was cited."""

    def lines(self) -> Iterator[str]:
        """The result in words."""
        yield f"{self.queries} questions, {self.answerable} of them answerable"
        yield f"nDCG@10 {self.ndcg:.4f}   MRR@10 {self.mrr:.4f}   Recall@10 {self.recall:.4f}"
        if self.auroc is not None and self.refused is not None:
            yield f"abstaining: AUROC {self.auroc:.4f}"
            yield f"answers {self.answered:.0%} of the answerable, refuses {self.refused:.0%} of the others"
        else:
            yield f"answers {self.answered:.0%} of the answerable"


def evaluate(
    questions: Questions,
    embedder: Embedder,
    say: Callable[[str], None],
    threads: int,
) -> tuple[Result, dict[str, Ranking]]:
    """Publish the corpus, ask everything, compare. Returns the result and the ranking of each query."""
    with tempfile.TemporaryDirectory(prefix="kbot-eval-") as folder:
        address = Address.parse(f"sqlite:///{Path(folder) / 'kbot.db'}")
        schema.upgrade(address)
        with schema.session_of(address, to_write=True) as session:
            named = _publish(session, questions.corpus, embedder, say, threads)
            rankings = _ask(session, questions.queries, named, embedder)
    return _compared(questions, rankings), rankings


def write_run(file: Path, rankings: Mapping[str, Ranking]) -> None:
    """Lines of query, item and score, best first."""
    with file.open("w", encoding="utf-8") as run:
        for query, ranking in rankings.items():
            for hit in ranking.hits:
                run.write(f"{query} {hit.item} {hit.score:.6f}\n")


def write_confidence(file: Path, rankings: Mapping[str, Ranking]) -> None:
    """Lines of query and how confident kbot is that anything answers it."""
    with file.open("w", encoding="utf-8") as confidence:
        for query, ranking in rankings.items():
            confidence.write(f"{query} {ranking.score:.6f}\n")


def _publish(
    session: Session, corpus: Mapping[str, Lines], embedder: Embedder, say: Callable[[str], None], threads: int
) -> dict[str, str]:
    """Save and publish every text; returns the name in the corpus of each item's id."""
    named: dict[str, str] = {}
    now = Clock().now()
    for n, (name, lines) in enumerate(corpus.items(), 1):
        act = Act(TEAM, MEMBER, CHANNEL, now, name)
        item, _ = items.create(
            session,
            act,
            kind=ItemKind.INSIGHT,
            channel=CHANNEL,
            contributor=MEMBER,
            lines=lines,
            waits_for=WaitsFor.NOTHING,
            until=None,
            consent=Consent.GIVEN,
            source=None,
        )
        items.publish(session, act, item.id)
        named[item.id] = name
        if n % AT_A_TIME == 0:
            session.commit()
            session.expunge_all()
        if n % TOLD_EVERY == 0:
            say(f"{n} of {len(corpus)} items published")
    session.commit()
    _read_all(session, len(corpus), embedder, say, threads)
    return named


def _read_all(session: Session, total: int, embedder: Embedder, say: Callable[[str], None], threads: int) -> None:
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        while waiting := index.unread(session, AT_A_TIME):
            shares = [waiting[n::threads] for n in range(threads)]
            for vectors in pool.map(lambda share: read(embedder, share), shares):
                index.set_vectors(session, vectors)
            session.commit()
            session.expunge_all()
            done += len(waiting)
            if done % TOLD_EVERY < len(waiting):
                say(f"{done} of {total} items read")


def _ask(
    session: Session, queries: Mapping[str, str], named: Mapping[str, str], embedder: Embedder
) -> dict[str, Ranking]:
    viewer = Viewer(TEAM, MEMBER, frozenset({CHANNEL}))
    rankings = {}
    for query, text in queries.items():
        found = rank.find(session, viewer, Wanted.of(text, embedder.embed(text)), RANKED)
        hits = tuple(Hit(named[hit.item], hit.score) for hit in found.hits)
        rankings[query] = Ranking(hits, found.is_right)
    return rankings


def _compared(questions: Questions, rankings: Mapping[str, Ranking]) -> Result:
    threshold = CITED.answer
    answerable = [query for query in questions.queries if query in questions.grades]
    others = [query for query in questions.queries if query not in questions.grades]
    ranked = {query: [hit.item for hit in rankings[query].hits[:DEPTH]] for query in answerable}
    scores = {query: ranking.score for query, ranking in rankings.items()}
    return Result(
        queries=len(questions.queries),
        answerable=len(answerable),
        ndcg=_mean([_ndcg(ranked[query], questions.grades[query]) for query in answerable]),
        mrr=_mean([_reciprocal_rank(ranked[query], questions.grades[query]) for query in answerable]),
        recall=_mean([_recall(ranked[query], questions.grades[query]) for query in answerable]),
        auroc=_auroc([scores[q] for q in answerable], [scores[q] for q in others]) if answerable and others else None,
        answered=_mean([float(scores[query] >= threshold) for query in answerable]),
        refused=_mean([float(scores[query] < threshold) for query in others]) if others else None,
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _ndcg(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Normalized discounted cumulative gain with the grades as gains (as trec_eval counts it)."""
    gained = sum(grades.get(item, 0) / math.log2(n + 2) for n, item in enumerate(ranked))
    best = sum(grade / math.log2(n + 2) for n, grade in enumerate(sorted(grades.values(), reverse=True)[:DEPTH]))
    return gained / best


def _reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    return next((1 / n for n, item in enumerate(ranked, 1) if item in grades), 0.0)


def _recall(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    return sum(item in grades for item in ranked) / len(grades)


def _auroc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """The probability that an answerable question scores higher than one that is not; ties count half."""
    order = sorted([(score, True) for score in positives] + [(score, False) for score in negatives])
    wins, below = 0.0, 0
    for _, tied in groupby(order, key=lambda pair: pair[0]):
        kinds = [is_positive for _, is_positive in tied]
        up, down = sum(kinds), len(kinds) - sum(kinds)
        wins += up * (below + down / 2)
        below += down
    return wins / (len(positives) * len(negatives))


@contextmanager
def _opened(folder: Path, name: str) -> Iterator[IO[str]]:
    plain, packed = folder / name, folder / f"{name}.gz"
    try:
        if plain.exists() or not packed.exists():
            with plain.open(encoding="utf-8") as file:
                yield file
        else:
            with gzip.open(packed, "rt", encoding="utf-8") as file:
                yield file
    except (OSError, EOFError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadInput(f"{plain} cannot be read: {reason}. `kbot eval --help` names the files.") from None


def _rows(folder: Path, name: str, fields: Sequence[str]) -> Iterator[Mapping[str, object]]:
    with _opened(folder, name) as file:
        for n, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                raise BadInput(f"{name}, line {n}: not JSON.") from None
            if not isinstance(row, dict) or any(field not in row for field in fields):
                raise BadInput(f"{name}, line {n}: not an object with {' and '.join(fields)}.")
            yield row


def _lines(row: Mapping[str, object]) -> Lines:
    return Lines(title=str(row.get("title") or ""), body=str(row["text"] or ""))
