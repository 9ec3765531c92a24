"""Knows how the carried weights become an ONNX model that computes with small whole numbers.

The graph takes `input_ids` and `attention_mask` and gives normalised mean-pooled vectors, so that nothing about pooling
is left to the caller. The products are of 8-bit numbers, which takes half the time of four-bit blocks; the few channels
that swing widest are multiplied apart as they are, since rounding all the others by them would cost the vectors their
likeness to the reference (cosine 0.9994 at least with them apart, 0.99 without). Needs the package onnx, and only while
the model is being built.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from knowledge.embedding.carrier import BLOCK_SIZE, Carried, dequantised, four_bit_numbers, scales
from knowledge.embedding.embedder import Vectors
from knowledge.embedding.wide_channels import read_wide_channels

CONTRIB = "com.microsoft"  # operators of ONNX Runtime beyond the standard
STANDARD_OPSET = 21  # the first with four-bit tensors
FILE_FORMAT = 10  # ONNX IR version, read by ONNX Runtime 1.18 and later
LARGEST_WEIGHT = 63  # seven bits: two products with an unsigned 8-bit number fit the 16 bits of older processors
TWO_ZEROS = 0x88  # two four-bit numbers that both stand for zero


def build_onnx_model(carried: Carried) -> bytes:
    """Build the serialised model; the same weights always give the same bytes."""
    content: bytes = build_graph(carried, read_wide_channels()).SerializeToString(deterministic=True)
    return content


def build_graph(carried: Carried, wide: Mapping[str, Sequence[int]]) -> onnx.ModelProto:
    """Build the model; `wide` are the channels to multiply apart, by the name of the value that has them."""
    graph = _Graph(carried, wide)
    hidden = graph.embeddings()
    for layer in range(carried.shape.layers):
        hidden = graph.layer(f"l{layer}.", hidden)
    graph.pooled(hidden)
    return graph.model()


class _Graph:
    """Nodes and constants in the order in which they are added."""

    def __init__(self, carried: Carried, wide: Mapping[str, Sequence[int]]) -> None:
        self.shape = carried.shape
        self.wide = wide
        self.floats = carried.floats
        self.blocks = carried.blocks
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def model(self) -> onnx.ModelProto:
        """Everything added so far as a model."""
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
            for name in ("input_ids", "attention_mask")
        ]
        output = helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["batch", self.shape.hidden])
        graph = helper.make_graph(self.nodes, "multilingual-e5-small", inputs, [output], self.constants)
        opsets = [helper.make_opsetid("", STANDARD_OPSET), helper.make_opsetid(CONTRIB, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=FILE_FORMAT)

    def embeddings(self) -> str:
        """Word and position vectors, summed and normalised."""
        self._word_vectors()
        self._node("Shape", ["input_ids"], "input_shape")
        self._node("Gather", ["input_shape", self._constant("one", np.int64(1))], "length", axis=0)
        self._node("Range", [self._constant("zero", np.int64(0)), "length", "one"], "positions")
        size = self.shape.hidden
        # Every token is of type 0, so its type vector can be added to the position vectors once and for all.
        places = self.floats["emb.pos"].reshape(-1, size) + self.floats["emb.type"][:size][None]
        self._node("Gather", [self._constant("emb.pos", places), "positions"], "position_vectors")
        self._node("Add", ["word_vectors", "position_vectors"], "summed")
        weights = [self._float("emb.ln.w"), self._float("emb.ln.b")]
        self._node("LayerNormalization", ["summed", *weights], "embedded", axis=-1, epsilon=self.shape.epsilon)
        self._node("Cast", ["attention_mask"], "mask_int", to=TensorProto.INT32)
        return "embedded"

    def layer(self, name: str, hidden: str) -> str:
        """One transformer layer: attention, then the feed-forward part, each added to its input and normalised."""
        parts = [f"{name}{part}" for part in ("q", "k", "v")]
        self._node("Split", [self._product(hidden, f"{name}qkv", parts)], parts, axis=2, num_outputs=3)
        biases = np.concatenate([self.floats[f"{part}.b"] for part in parts])
        inputs = [*parts, self._constant(f"{name}qkv.b", biases), "mask_int"]
        self._node("MultiHeadAttention", inputs, f"{name}context", CONTRIB, num_heads=self.shape.heads)
        attended = self._product(f"{name}context", f"{name}ao", [f"{name}ao"])
        first = self._added(attended, hidden, f"{name}aln", f"{name}ao.b", f"{name}attended")
        inner = self._product(first, f"{name}fi", [f"{name}fi"])
        self._node("BiasGelu", [inner, self._float(f"{name}fi.b")], f"{name}gelu", CONTRIB)
        outer = self._product(f"{name}gelu", f"{name}fo", [f"{name}fo"])
        return self._added(outer, first, f"{name}oln", f"{name}fo.b", f"{name}out")

    def pooled(self, hidden: str) -> str:
        """Add the mean over real tokens, brought to length 1."""
        self._node("Cast", ["attention_mask"], "mask_float", to=TensorProto.FLOAT)
        self._node("Unsqueeze", ["mask_float", self._constant("axis_2", np.array([2], np.int64))], "mask_wide")
        self._node("Mul", [hidden, "mask_wide"], "masked")
        axis = self._constant("axis_1", np.array([1], np.int64))
        self._node("ReduceSum", ["masked", axis], "total", keepdims=0)
        self._node("ReduceSum", ["mask_wide", axis], "count", keepdims=0)
        self._node("Div", ["total", "count"], "mean")
        return self._node("LpNormalization", ["mean"], "sentence_embedding", axis=-1, p=2)

    def _word_vectors(self) -> None:
        """Rows of the four-bit table, unpacked only where a token asks for one."""
        table, size, words = self.blocks["emb.word"], self.shape.hidden, self.shape.vocabulary
        self._four_bit("emb.word", [words, size], _packed(four_bit_numbers(table).reshape(words, size)))
        self._constant("emb.scale", scales(table).reshape(words, size // BLOCK_SIZE))
        zeros = np.full(words * (size // BLOCK_SIZE) // 2, TWO_ZEROS, np.uint8)
        self._four_bit("emb.zero", [words, size // BLOCK_SIZE], zeros)
        inputs = ["emb.word", "input_ids", "emb.scale", "emb.zero"]
        axes = {"gather_axis": 0, "quantize_axis": 1, "block_size": BLOCK_SIZE}
        self._node("GatherBlockQuantized", inputs, "word_vectors", CONTRIB, **axes)

    def _product(self, left: str, name: str, keys: Sequence[str]) -> str:
        """`left` times the matrices of these keys side by side, without their biases."""
        matrix = np.concatenate([self._matrix(key) for key in keys], axis=1)
        wide = list(self.wide.get(left, ()))
        if not wide:
            return self._rounded_product(left, name, matrix, f"{name}.product")
        keep = np.ones(len(matrix), np.float32)
        keep[wide] = 0.0
        rest = self._node("Mul", [left, self._constant(f"{name}.keep", keep)], f"{name}.rest")
        rounded = self._rounded_product(rest, name, matrix * keep[:, None], f"{name}.rounded")
        columns = [left, self._constant(f"{name}.wide", np.array(wide, np.int64))]
        taken = self._node("Gather", columns, f"{name}.taken", axis=2)
        exact = self._node("MatMul", [taken, self._constant(f"{name}.apart", matrix[wide])], f"{name}.exact")
        return self._node("Add", [rounded, exact], f"{name}.product")

    def _rounded_product(self, left: str, name: str, matrix: Vectors, output: str) -> str:
        """`left` times a matrix, both as 8-bit numbers: `left` by one scale, the matrix by one for each column."""
        scale = np.maximum(np.abs(matrix).max(axis=0) / LARGEST_WEIGHT, np.finfo(np.float32).tiny).astype(np.float32)
        numbers = self._constant(f"{name}.numbers", np.round(matrix / scale).astype(np.int8))
        return self._node(
            "DynamicQuantizeMatMul", [left, numbers, self._constant(f"{name}.scale", scale)], output, CONTRIB
        )

    def _matrix(self, key: str) -> Vectors:
        """A matrix of the transformer: a row for each number that goes in, a column for each that comes out."""
        rows = len(self.floats[f"{key}.b"])
        return np.ascontiguousarray(dequantised(self.blocks[f"{key}.w"]).reshape(rows, -1).T)

    def _added(self, left: str, right: str, norm: str, bias: str, output: str) -> str:
        constants = [self._float(f"{norm}.w"), self._float(f"{norm}.b"), self._float(bias)]
        inputs = [left, right, *constants]
        return self._node("SkipLayerNormalization", inputs, output, CONTRIB, epsilon=self.shape.epsilon)

    def _node(
        self, operator: str, inputs: list[str], output: str | list[str], domain: str = "", **attributes: Any
    ) -> str:
        """Add a node; return its name, which is that of its first output."""
        outputs = [output] if isinstance(output, str) else output
        self.nodes.append(helper.make_node(operator, inputs, outputs, domain=domain, **attributes))
        return outputs[0]

    def _float(self, key: str) -> str:
        return self._constant(key, self.floats[key])

    def _constant(self, name: str, values: npt.NDArray[Any] | np.generic) -> str:
        self.constants.append(numpy_helper.from_array(np.array(values, order="C"), name))
        return name

    def _four_bit(self, name: str, shape: list[int], packed: npt.NDArray[np.uint8]) -> None:
        self.constants.append(helper.make_tensor(name, TensorProto.UINT4, shape, packed.tobytes(), raw=True))


def _packed(numbers: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Two four-bit numbers a byte, the earlier one in the low half."""
    return (numbers[..., 0::2] | (numbers[..., 1::2] << 4)).astype(np.uint8)
