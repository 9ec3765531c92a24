"""Knows what an embedder is: something that turns texts into vectors, and says by its fingerprint what made them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Progress = Callable[[str, float], None]
"""Told while something slow goes on: words for the step, and the share done from 0 to 1."""

LONGEST_TEXT = 4000  # characters; more than the 512 tokens that the models read, so nothing they would see is lost


class ModelUnavailable(Exception):
    """The embedding model cannot be used; the message says why and what to do."""


class Embedder(Protocol):
    """Turns texts into normalised float32 vectors, one row per text, in order.

    `fingerprint` names all that shapes a vector (weights, prompts, pooling, normalisation): vectors of different
    fingerprints must never be compared. Questions and passages are embedded differently.
    """

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits."""
        ...

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what a person asks or sends."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is searched."""
        ...


def tidy(text: str) -> str:
    """Bring a text into the one form that models see: NFC, no lone surrogates, of limited length."""
    cut = text[:LONGEST_TEXT].encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", cut).strip()
