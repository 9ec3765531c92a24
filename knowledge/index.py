"""Knows how passages are found by their vectors: an index generation where one serves, and exact search beside it.

Whatever a generation (`generations`, `index_processes`) does not hold as the library has it now is searched exactly;
what is no longer in the library is never returned. Every hit of a generation is scored anew from the library's own
vectors, and one that does not fit ends its service: a damaged index costs a millisecond, never a wrong answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
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

    def asking(self, vectors: Vectors, k: int) -> AbstractContextManager[Callable[[], list[Found] | None]]:
        """Ask for the k nearest to each vector. What is handed out waits for them, best first; None for no answer."""
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
    known: Mapping[str, str] = field(default_factory=dict, repr=False)  # digests of the first so many, from before

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """Name each vector by a short hash, so that a changed one is noticed."""
        digests = dict(self.known)
        for row in range(len(self.known), len(self.ids)):
            vector = np.ascontiguousarray(self.vectors[row], dtype="<f4")
            digests[self.ids[row]] = hashlib.sha256(vector.tobytes()).hexdigest()[:16]
        return digests

    @cached_property
    def state(self) -> str:
        """Name the whole: two with one state hold the same vectors of the same model for the same ids."""
        whole = hashlib.sha256(self.fingerprint.encode())
        for passage, digest in sorted(self.digests.items()):
            whole.update(f"\n{passage} {digest}".encode())
        return whole.hexdigest()[:16]


class VectorIndex:
    """Finds the passages nearest to a vector. Answers for one state of the library; safe to use from many threads.

    A passage is a row here: its place among the ids and vectors.
    """

    def __init__(self, passages: IndexedPassages, generation: Serves | None, held: VectorIndex | None = None) -> None:
        """Build the index. `held` is that of the passages from which the known digests of these come."""
        self._passages = passages
        self._generation = generation
        self._rows = dict(zip(passages.ids, range(len(passages.ids)), strict=True)) if generation else {}
        late = self._find_late(held)
        self._late_ids = frozenset(passages.ids[row] for row in late)
        for passage in self._late_ids:
            self._rows.pop(passage, None)
        missed = [self._rows[passage] for passage in generation.missed if passage in self._rows] if generation else []
        self._beside = np.array(sorted([*late, *missed]), dtype=np.int64)
        self._beside_vectors = passages.vectors[self._beside] if self._rows else passages.vectors

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
        return len(self._late_ids)

    @property
    def gone(self) -> int:
        """How many passages the generation holds that may no longer be returned."""
        return 0 if self._generation is None else len(self._generation.digests) - len(self._rows)

    def search(self, vector: Vectors, k: int) -> Found:
        """Return up to k passage ids with their cosine, best first."""
        return self.search_each(vector[None, :], k)[0]

    def search_each(self, vectors: Vectors, k: int) -> list[Found]:
        """Search for several vectors at once (rows)."""
        ids = self._passages.ids
        return [[(ids[row], score) for row, score in found] for found in self._search_rows(vectors, k)]

    @contextmanager
    def looking(self, vectors: Vectors, k: int) -> Iterator[Callable[[], set[int]]]:
        """Begin to look for the k passages nearest to each vector. What is handed out waits for their rows."""
        with self._looking(vectors, k) as find:
            yield lambda: {row for found in find() for row, _ in found}

    def _search_rows(self, vectors: Vectors, k: int) -> list[_Rows]:
        with self._looking(vectors, k) as find:
            return find()

    @contextmanager
    def _looking(self, vectors: Vectors, k: int) -> Iterator[Callable[[], list[_Rows]]]:
        if len(vectors) == 0 or k <= 0:
            yield lambda: [[] for _ in vectors]
        elif self._generation is None or not self._worth_asking:
            yield lambda: self._exactly(vectors, k)
        else:
            with self._generation.asking(vectors, k + self.gone) as answer:
                yield lambda: self._found(answer(), vectors, k)

    def _found(self, answer: list[Found] | None, vectors: Vectors, k: int) -> list[_Rows]:
        """Return what the generation has found, with what is searched beside it; exactly where that cannot be used."""
        indexed = self._trusted(answer, vectors, k)
        if indexed is None:
            return self._exactly(vectors, k)
        beside = [self._search_beside(vector, k) for vector in vectors]
        return [self._merged(ours, theirs, k) for ours, theirs in zip(beside, indexed, strict=True)]

    def _exactly(self, vectors: Vectors, k: int) -> list[_Rows]:
        return [_exact_rows(vector, self._passages.vectors, k) for vector in vectors]

    @property
    def _worth_asking(self) -> bool:
        return bool(self._rows) and self.gone <= MOST_GONE

    def _trusted(self, answer: list[Found] | None, vectors: Vectors, k: int) -> list[_Rows] | None:
        """Check an answer of the generation. None where there is none, or one that cannot be trusted."""
        if answer is None or self._generation is None:
            return None
        checked = [self._checked(hits, vector) for hits, vector in zip(answer, vectors, strict=True)]
        expected = min(k, len(self._rows))
        if all(hits is not None and len(hits) >= expected for hits in checked):
            return [hits for hits in checked if hits is not None]
        self._generation.distrust("it gave a wrong answer")
        return None

    def _checked(self, hits: Found, vector: Vectors) -> _Rows | None:
        """Score hits from the library's own vectors; None where the generation states other scores."""
        here = [(row, stated) for passage, stated in hits if (row := self._rows.get(passage)) is not None]
        rows, stated_scores = (list(part) for part in zip(*here, strict=True)) if here else ([], [])
        scores = self._passages.vectors[rows] @ vector
        if not (np.abs(scores - stated_scores) <= TOLERANCE * 10).all():  # also where one of them is no number
            return None
        return list(zip(rows, scores.tolist(), strict=True))

    def _find_late(self, held: VectorIndex | None) -> list[int]:
        """Return the rows of the passages that the generation does not hold as they are now."""
        ids = self._passages.ids
        if self._generation is None:
            return list(range(len(ids)))
        rows: Iterable[int] = range(len(ids))
        if held is not None and held.generation is self._generation:  # the others are as they were
            late_before = (self._rows[passage] for passage in held._late_ids if passage in self._rows)
            rows = sorted({*late_before, *range(len(self._passages.known), len(ids))})
        as_held, now = self._generation.digests, self._passages.digests
        return [row for row in rows if as_held.get(ids[row]) != now[ids[row]]]

    def _search_beside(self, vector: Vectors, k: int) -> _Rows:
        found = _exact_rows(vector, self._beside_vectors, k)
        return [(int(self._beside[place]), score) for place, score in found]

    def _merged(self, first: _Rows, second: _Rows, k: int) -> _Rows:
        both = dict(first) | dict(second)  # what the index may miss is searched both ways
        return sorted(both.items(), key=lambda hit: (-hit[1], self._passages.ids[hit[0]]))[:k]


_Rows = list[tuple[int, float]]


def exact_search(vector: Vectors, ids: Sequence[str], vectors: Vectors, k: int) -> Found:
    """Compare a vector with all; return up to k ids with their cosine, best first."""
    return [(ids[row], score) for row, score in _exact_rows(vector, vectors, k)] if ids else []


def _exact_rows(vector: Vectors, vectors: Vectors, k: int) -> _Rows:
    if not len(vectors):
        return []
    scores = vectors @ vector
    best = np.argpartition(-scores, k)[:k] if k < len(scores) else np.arange(len(scores))
    best = best[np.argsort(-scores[best], kind="stable")]
    return list(zip(best.tolist(), scores[best].tolist(), strict=True))
