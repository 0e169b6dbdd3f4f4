"""`kbot eval` on a small invented set (harbour/): the real model, the real index, the real ranking."""

import gzip
import shutil
from pathlib import Path

import pytest

from kbot.act import BadInput
from kbot.cli import main
from kbot.library.evaluation import Questions, _auroc, evaluate
from kbot.library.search.thresholds import CITED
from kbot.meaning.hashed import HashEmbedder
from kbot.meaning.minilm import MiniLM

HARBOUR = Path(__file__).parent / "harbour"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the set that may be spoilt."""
    return shutil.copytree(HARBOUR, tmp_path / "set")


def test_questions_in_other_words_find_their_item_and_others_nothing(model_folder: Path) -> None:
    said: list[str] = []
    result, rankings = evaluate(Questions.load(HARBOUR), MiniLM.open(model_folder, said.append), said.append, threads=2)
    assert (result.queries, result.answerable) == (12, 10)
    assert result.ndcg > 0.9
    assert result.mrr > 0.9
    assert result.recall > 0.95
    assert result.auroc == 1
    assert result.refused == 1
    assert all(len(ranking.hits) >= 10 for ranking in rankings.values())
    assert all(rankings[query].score < CITED.answer for query in ("q11", "q12"))


@pytest.mark.parametrize("first", [0, 3, 6])
def test_half_a_dozen_items_answer_what_they_can_and_nothing_else(model_folder: Path, first: int) -> None:
    """Among few items good scores are lower; with the threshold of many 6 of 16 questions were answered."""
    whole = Questions.load(HARBOUR)
    corpus = {name: whole.corpus[name] for name in [*whole.corpus][first : first + 6]}
    grades = {query: items for query, items in whole.grades.items() if items.keys() & corpus.keys()}
    result, _ = evaluate(Questions(corpus, whole.queries, grades), MiniLM.open(model_folder, print), print, threads=2)
    assert result.refused == 1
    assert result.answered >= 0.6


def test_the_command_writes_what_it_found(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KBOT_EMBEDDER", "hashed")
    for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv"):
        (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
        (folder / name).unlink()
    run, confidence = tmp_path / "run.txt", tmp_path / "confidence.txt"
    assert main(["eval", str(folder), "--run", str(run), "--confidence", str(confidence)]) == 0
    printed = capsys.readouterr().out
    assert "12 questions, 10 of them answerable" in printed
    assert "nDCG@10" in printed
    assert "AUROC" in printed
    lines = [line.split(" ") for line in run.read_text().splitlines()]
    for query in ("q1", "q11"):
        scores = [float(score) for name, _, score in lines if name == query]
        assert len(scores) >= 10
        assert scores == sorted(scores, reverse=True)
    sure = dict(line.split(" ") for line in confidence.read_text().splitlines())
    assert len(sure) == 12
    assert float(sure["q5"]) > float(sure["q12"])


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("corpus.jsonl", None, "corpus.jsonl cannot be read: No such file"),
        ("corpus.jsonl", "", "nothing to ask"),
        ("corpus.jsonl", "{nonsense", "corpus.jsonl, line 1: not JSON"),
        ("corpus.jsonl", '{"id": "a"}', "corpus.jsonl, line 1: not an object with id and text"),
        ("queries.jsonl", "[1]", "queries.jsonl, line 1: not an object"),
        ("qrels.tsv", "query\titem\tgrade\nq1 importer 1\n", "qrels.tsv, line 2"),
        ("qrels.tsv", "query\titem\tgrade\nq1\timporter\tbest\n", "qrels.tsv, line 2"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_line(
    folder: Path, file: str, content: str | None, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(content)
    assert main(["eval", str(folder)]) == 2
    assert sentence in capsys.readouterr().err


def test_a_damaged_archive_is_said(folder: Path) -> None:
    (folder / "qrels.tsv").unlink()
    (folder / "qrels.tsv.gz").write_bytes(b"\x1f\x8bnonsense")
    with pytest.raises(BadInput, match="cannot be read"):
        Questions.load(folder)


def test_where_the_result_cannot_be_written_nothing_is_asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", str(folder), "--run", str(folder / "nowhere" / "run.txt")]) == 2
    assert "there is no folder" in capsys.readouterr().err


def test_without_unanswerable_questions_there_is_nothing_to_abstain_from(folder: Path) -> None:
    rows = (folder / "queries.jsonl").read_text().splitlines()[:10]
    (folder / "queries.jsonl").write_text("\n".join(rows))
    result, _ = evaluate(Questions.load(folder), HashEmbedder(), lambda _: None, threads=1)
    assert result.auroc is None
    assert not any("AUROC" in line for line in result.lines())


def test_auroc_counts_pairs_and_half_of_the_ties() -> None:
    assert _auroc([0.9, 0.8], [0.1, 0.2]) == 1
    assert _auroc([0.1], [0.9]) == 0
    assert _auroc([0.5, 0.5], [0.5]) == 0.5
    assert _auroc([0.3, 0.6], [0.3]) == 0.75
