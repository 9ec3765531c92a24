"""Knows how passages are found by their vectors: an index generation where one serves, and exact search beside it.

Whatever a generation (`generations`, `index_processes`) does not hold as the library has it now is searched exactly;
what is no longer in the library is never returned. Every hit of a generation is scored anew from the library's own
vectors, and one that does not fit ends its service: a damaged index costs a millisecond, never a wrong answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from knowledge.embedding.embedder import Vectors

TOLERANCE = 1e-4  # between a vector and what Chroma gives back, and for a distance of zero
MOST_GONE = 500  # passages to filter out of an index's hits; beyond, exact search is quicker than asking for so many

Found = list[tuple[str, float]]


class IndexUnusable(Exception):
    """A generation cannot be built or used; the message says why. `damaged`: it was built and is no longer whole."""

    def __init__(self, reason: str, *, damaged: bool = False) -> None:
        super().__init__(reason)
        self.damaged = damaged


class Serves(Protocol):
    """A generation in service."""

    @property
    def digests(self) -> Mapping[str, str]:
        """The passages it holds, each with the digest of its vector."""
        ...

    @property
    def missed(self) -> Collection[str]:
        """Those of them that it may not find."""
        ...

    @property
    def serving(self) -> bool:
        """Whether it answers now."""
        ...

    def query(self, vectors: Vectors, k: int) -> list[Found] | None:
        """Return the k nearest for each vector, best first; None where it cannot answer now."""
        ...

    def distrust(self, reason: str) -> None:
        """Take it out of service: it has answered wrongly."""
        ...


@dataclass(frozen=True)
class IndexedPassages:
    """What is searched: ids and centred, normalised vectors in the same order, and the fingerprint of the vectors."""

    ids: tuple[str, ...]
    vectors: Vectors
    fingerprint: str
    known: Mapping[str, str] = field(default_factory=dict, repr=False)  # digests that were computed before

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """Name each vector by a short hash, so that a changed one is noticed."""
        return dict(self.known) | {
            passage: hashlib.sha256(np.ascontiguousarray(self.vectors[row], dtype="<f4").tobytes()).hexdigest()[:16]
            for row, passage in enumerate(self.ids)
            if passage not in self.known
        }

    @cached_property
    def state(self) -> str:
        """Name the whole: two with one state hold the same vectors of the same model for the same ids."""
        whole = hashlib.sha256(self.fingerprint.encode())
        for passage, digest in sorted(self.digests.items()):
            whole.update(f"\n{passage} {digest}".encode())
        return whole.hexdigest()[:16]


class VectorIndex:
    """Finds the passages nearest to a vector. Answers for one state of the library; safe to use from many threads."""

    def __init__(self, passages: IndexedPassages, generation: Serves | None) -> None:
        self._passages = passages
        self._generation = generation
        held = generation.digests if generation else {}
        current = passages.digests if held else {}
        self._rows = {
            passage: row for row, passage in enumerate(passages.ids) if held and held.get(passage) == current[passage]
        }
        missed = generation.missed if generation else ()
        self._late = len(passages.ids) - len(self._rows)
        beside = [row for row, passage in enumerate(passages.ids) if passage not in self._rows or passage in missed]
        self._beside_ids = [passages.ids[row] for row in beside]
        self._beside_vectors = passages.vectors[beside] if self._rows else passages.vectors

    @property
    def generation(self) -> Serves | None:
        """The generation that this index asks."""
        return self._generation

    @property
    def exact(self) -> bool:
        """Whether everything is searched exactly now."""
        return self._generation is None or not self._generation.serving or not self._worth_asking

    @property
    def late(self) -> int:
        """How many passages the generation does not hold as they are now."""
        return self._late

    @property
    def gone(self) -> int:
        """How many passages the generation holds that may no longer be returned."""
        return 0 if self._generation is None else len(self._generation.digests) - len(self._rows)

    def search(self, vector: Vectors, k: int) -> Found:
        """Return up to k passage ids with their cosine, best first."""
        return self.search_each(vector[None, :], k)[0]

    def search_each(self, vectors: Vectors, k: int) -> list[Found]:
        """Search for several vectors at once (rows)."""
        if len(vectors) == 0 or k <= 0:
            return [[] for _ in vectors]
        indexed = self._ask(vectors, k) if self._worth_asking else None
        if indexed is None:
            return [exact_search(vector, self._passages.ids, self._passages.vectors, k) for vector in vectors]
        beside = [exact_search(vector, self._beside_ids, self._beside_vectors, k) for vector in vectors]
        return [_merged(ours, theirs, k) for ours, theirs in zip(beside, indexed, strict=True)]

    @property
    def _worth_asking(self) -> bool:
        return bool(self._rows) and self.gone <= MOST_GONE

    def _ask(self, vectors: Vectors, k: int) -> list[Found] | None:
        """Ask the generation, and check its answer. None where it gave none that can be trusted."""
        if self._generation is None:
            return None
        answer = self._generation.query(vectors, k + self.gone)
        if answer is None:
            return None
        checked = [self._checked(hits, vector) for hits, vector in zip(answer, vectors, strict=True)]
        expected = min(k, len(self._rows))
        if all(hits is not None and len(hits) >= expected for hits in checked):
            return [hits for hits in checked if hits is not None]
        self._generation.distrust("it gave a wrong answer")
        return None

    def _checked(self, hits: Found, vector: Vectors) -> Found | None:
        """Score hits from the library's own vectors; None where the generation states other scores."""
        here = [(self._rows[passage], passage, stated) for passage, stated in hits if passage in self._rows]
        scores = self._passages.vectors[[row for row, _, _ in here]] @ vector
        stated_scores = np.array([stated for _, _, stated in here], dtype=np.float32)
        if not np.allclose(scores, stated_scores, rtol=0.0, atol=TOLERANCE * 10):
            return None
        return [(passage, float(score)) for (_, passage, _), score in zip(here, scores, strict=True)]


def exact_search(vector: Vectors, ids: Sequence[str], vectors: Vectors, k: int) -> Found:
    """Compare a vector with all; return up to k ids with their cosine, best first."""
    if not ids:
        return []
    scores = vectors @ vector
    best = np.argpartition(-scores, k)[:k] if k < len(ids) else np.arange(len(ids))
    best = best[np.argsort(-scores[best], kind="stable")]
    return [(ids[position], float(scores[position])) for position in best]


def _merged(first: Found, second: Found, k: int) -> Found:
    both = dict(first) | dict(second)  # what the index may miss is searched both ways
    return sorted(both.items(), key=lambda hit: (-hit[1], hit[0]))[:k]
