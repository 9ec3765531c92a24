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
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from knowledge.embedding.embedder import Vectors

TOLERANCE = 1e-4  # between a vector and what Chroma gives back, and for a distance of zero
MOST_GONE = 500  # passages to filter out of an index's hits; beyond, exact search is quicker than asking for so many

Found = list[tuple[str, float]]
Rows = npt.NDArray[np.int64]


class Answer(NamedTuple):
    """What a generation finds near one vector, best first, and the cosines that it states."""

    passages: Sequence[str]
    cosines: Vectors


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

    def asking(self, vectors: Vectors, k: int) -> AbstractContextManager[Callable[[], list[Answer] | None]]:
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
        with self._looking(vectors, k) as find:
            return [self._named(found) for found in find()]

    @contextmanager
    def looking(self, vectors: Vectors, k: int) -> Iterator[Callable[[], Rows]]:
        """Begin to look for the k passages nearest to each vector. What is handed out waits for their rows."""
        with self._looking(vectors, k) as find:
            yield lambda: np.unique(np.concatenate([NO_ROWS, *(found.rows for found in find())]))

    @contextmanager
    def _looking(self, vectors: Vectors, k: int) -> Iterator[Callable[[], list[_Near]]]:
        if len(vectors) == 0 or k <= 0:
            yield lambda: [_Near(NO_ROWS, NO_COSINES) for _ in vectors]
        elif self._generation is None or not self._worth_asking:
            yield lambda: self._exactly(vectors, k)
        else:
            with self._generation.asking(vectors, k + self.gone) as answer:
                yield lambda: self._found(answer(), vectors, k)

    def _found(self, answer: list[Answer] | None, vectors: Vectors, k: int) -> list[_Near]:
        """Return what the generation has found, with what is searched beside it; exactly where that cannot be used."""
        indexed = self._trusted(answer, vectors, k)
        if indexed is None:
            return self._exactly(vectors, k)
        return [self._best(near, vector, k) for near, vector in zip(indexed, vectors, strict=True)]

    def _exactly(self, vectors: Vectors, k: int) -> list[_Near]:
        return [_search_exactly(vector, self._passages.vectors, k) for vector in vectors]

    @property
    def _worth_asking(self) -> bool:
        return bool(self._rows) and self.gone <= MOST_GONE

    def _trusted(self, answer: list[Answer] | None, vectors: Vectors, k: int) -> list[_Near] | None:
        """Check an answer of the generation. None where there is none, or one that cannot be trusted."""
        if answer is None or self._generation is None:
            return None
        checked = [self._checked(found, vector) for found, vector in zip(answer, vectors, strict=True)]
        expected = min(k, len(self._rows))
        if all(near is not None and len(near.rows) >= expected for near in checked):
            return [near for near in checked if near is not None]
        self._generation.distrust("it gave a wrong answer")
        return None

    def _checked(self, answer: Answer, vector: Vectors) -> _Near | None:
        """Score passages from the library's own vectors; None where the generation states other scores."""
        rows = np.array([self._rows.get(passage, GONE) for passage in answer.passages], dtype=np.int64)
        here = rows != GONE
        rows = rows[here]
        cosines = self._passages.vectors[rows] @ vector
        if not (np.abs(cosines - answer.cosines[here]) <= TOLERANCE * 10).all():  # also where one is no number
            return None
        return _Near(rows, cosines)

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

    def _best(self, indexed: _Near, vector: Vectors, k: int) -> _Near:
        """Return the k nearest of what the generation has found and what is searched beside it."""
        rows, cosines = indexed
        if len(self._beside):
            beside = self._search_beside(vector, k)
            rows, first = np.unique(np.concatenate([rows, beside.rows]), return_index=True)  # some are searched twice
            cosines = np.concatenate([cosines, beside.cosines])[first]
        names = [self._passages.ids[row] for row in rows.tolist()]
        in_order = sorted(zip((-cosines).tolist(), names, range(len(rows)), strict=True))
        best = [place for *_, place in in_order[:k]]
        return _Near(rows[best], cosines[best])

    def _search_beside(self, vector: Vectors, k: int) -> _Near:
        found = _search_exactly(vector, self._beside_vectors, k)
        return _Near(self._beside[found.rows], found.cosines)

    def _named(self, near: _Near) -> Found:
        pairs = zip(near.rows.tolist(), near.cosines.tolist(), strict=True)
        return [(self._passages.ids[row], cosine) for row, cosine in pairs]


class _Near(NamedTuple):
    """Passages near a vector, by row, and their cosines."""

    rows: Rows
    cosines: Vectors


GONE = -1  # the row of a passage that is no longer in the library
NO_ROWS: Rows = np.zeros(0, dtype=np.int64)
NO_COSINES: Vectors = np.zeros(0, dtype=np.float32)


def exact_search(vector: Vectors, ids: Sequence[str], vectors: Vectors, k: int) -> Found:
    """Compare a vector with all; return up to k ids with their cosine, best first."""
    near = _search_exactly(vector, vectors, k)
    return [(ids[row], cosine) for row, cosine in zip(near.rows.tolist(), near.cosines.tolist(), strict=True)]


def _search_exactly(vector: Vectors, vectors: Vectors, k: int) -> _Near:
    if not len(vectors):
        return _Near(NO_ROWS, NO_COSINES)
    cosines = vectors @ vector
    best = np.argpartition(-cosines, k)[:k] if k < len(cosines) else np.arange(len(cosines))
    best = best[np.argsort(-cosines[best], kind="stable")]
    return _Near(best, cosines[best])
