"""Knows how to spare the model what it has just done: the vectors of the questions embedded last are remembered.

Two parts of Satark embed the same sentences of one message, and the same offer is forwarded by many. A vector is kept
under a hash with a key of this process, never with the words.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from knowledge.embedding.embedder import Embedder, Vectors

REMEMBERED = 512  # vectors, less than a megabyte


class RememberingEmbedder:
    """An embedder that asks another one only for what it does not remember. Safe to use from many threads."""

    def __init__(self, embedder: Embedder, remembered: int = REMEMBERED) -> None:
        self.fingerprint = embedder.fingerprint
        self.dimension = embedder.dimension
        self._embedder = embedder
        self._most = remembered
        self._key = os.urandom(32)
        self._held: OrderedDict[bytes, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is searched: one normalised row per text."""
        return self._embedder.embed_passages(texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what a person asks or sends: one normalised row per text."""
        if not texts:
            return self._embedder.embed_queries(texts)
        names = [self._name(text) for text in texts]
        known = self._recall(names)
        missing = {name: text for name, text in zip(names, texts, strict=True) if name not in known}
        if missing:
            rows = self._embedder.embed_queries(list(missing.values()))
            new = dict(zip(missing, rows, strict=True))
            self._remember(new)
            known |= new
        return np.stack([known[name] for name in names])

    def _name(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()

    def _recall(self, names: Sequence[bytes]) -> dict[bytes, Vectors]:
        with self._lock:
            found = {name: self._held[name] for name in names if name in self._held}
            for name in found:
                self._held.move_to_end(name)
            return found

    def _remember(self, new: dict[bytes, Vectors]) -> None:
        with self._lock:
            self._held.update({name: row.copy() for name, row in new.items()})
            while len(self._held) > self._most:
                self._held.popitem(last=False)
