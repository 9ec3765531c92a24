"""Knows how the carried weights become an ONNX model that keeps every four-bit number as it is.

The graph takes `input_ids` and `attention_mask` and gives normalised mean-pooled vectors, so that nothing about pooling
is left to the caller. Needs the package onnx, and only while the model is being built.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from knowledge.embedding.carrier import BLOCK_SIZE, Blocks, Carried, four_bit_numbers, scales

CONTRIB = "com.microsoft"  # operators of ONNX Runtime beyond the standard
STANDARD_OPSET = 21  # the first with four-bit tensors
FILE_FORMAT = 10  # ONNX IR version, read by ONNX Runtime 1.18 and later
INT8_ACTIVATIONS = 4  # accuracy level of MatMulNBits: 2.5 times as fast, cosine 0.9999 to float32
TWO_ZEROS = 0x88  # two four-bit numbers that both stand for zero


def build_onnx_model(carried: Carried) -> bytes:
    """Build the serialised model; the same weights always give the same bytes."""
    graph = _Graph(carried)
    hidden = graph.embeddings()
    for layer in range(carried.shape.layers):
        hidden = graph.layer(f"l{layer}.", hidden)
    graph.pooled(hidden)
    content: bytes = graph.model().SerializeToString(deterministic=True)
    return content


class _Graph:
    """Nodes and constants in the order in which they are added."""

    def __init__(self, carried: Carried) -> None:
        self.shape = carried.shape
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
        size, wide = self.shape.hidden, self.shape.feed_forward
        parts = [self._product(hidden, f"{name}{part}.w", size, size) for part in ("q", "k", "v")]
        biases = np.concatenate([self.floats[f"{name}{part}.b"] for part in ("q", "k", "v")])
        inputs = [*parts, self._constant(f"{name}qkv.b", biases), "mask_int"]
        self._node("MultiHeadAttention", inputs, f"{name}context", CONTRIB, num_heads=self.shape.heads)
        attended = self._product(f"{name}context", f"{name}ao.w", size, size)
        first = self._added(attended, hidden, f"{name}aln", f"{name}ao.b", f"{name}attended")
        inner = self._product(first, f"{name}fi.w", size, wide)
        self._node("BiasGelu", [inner, self._float(f"{name}fi.b")], f"{name}gelu", CONTRIB)
        outer = self._product(f"{name}gelu", f"{name}fo.w", wide, size)
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

    def _product(self, left: str, key: str, size_in: int, size_out: int) -> str:
        """`left` times a four-bit matrix, without its bias."""
        table: Blocks = self.blocks[key]
        rows = (size_out, size_in // BLOCK_SIZE)
        packed = self._constant(f"{key}.packed", _packed(four_bit_numbers(table)).reshape(*rows, BLOCK_SIZE // 2))
        scale = self._constant(f"{key}.scale", scales(table).reshape(rows))
        return self._node(
            "MatMulNBits",
            [left, packed, scale],
            f"{key}.out",
            CONTRIB,
            K=size_in,
            N=size_out,
            bits=4,
            block_size=BLOCK_SIZE,
            accuracy_level=INT8_ACTIVATIONS,
        )

    def _added(self, left: str, right: str, norm: str, bias: str, output: str) -> str:
        constants = [self._float(f"{norm}.w"), self._float(f"{norm}.b"), self._float(bias)]
        inputs = [left, right, *constants]
        return self._node("SkipLayerNormalization", inputs, output, CONTRIB, epsilon=self.shape.epsilon)

    def _node(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

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
