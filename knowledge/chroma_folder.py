"""Knows how vectors are kept in a Chroma folder and found there. The only file that imports Chroma.

Chroma can end the whole process on damaged files, so only `index_worker` uses this, in processes of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.config import Settings as ChromaSettings

from knowledge.embedding.embedder import Vectors
from knowledge.index import TOLERANCE, Answer, IndexedPassages, IndexUnusable

COLLECTION = "passages"
# Measured on 50,000 passages in groups of fifty that are nearly alike, as a library that grows has them: with 16
# neighbours 2 % of the passages did not find themselves, with 48 all did, and 99.5 % of the 60 nearest were found.
HNSW = {"space": "cosine", "ef_construction": 300, "max_neighbors": 48}
LOOKED_AT, LOOKED_AT_IN_MANY, MANY = 200, 400, 20_000  # ef_search, and from how many passages on it is the larger one
BATCH = 1000  # Chroma takes at most 5461 at once; this many take about a second, so that progress is seen
# Share of passages that the graph may miss: they are searched exactly beside it, which costs up to a millisecond. Of
# 100,000 passages in groups of a hundred that are nearly alike it misses 1.0 %, and 0.7 % when four times as many are
# looked at.
MOST_UNFOUND = 0.05

Tell = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


def write(folder: Path, passages: IndexedPassages, tell: Tell) -> None:
    """Write all passages into a new folder."""
    client = _open(folder)
    with closing(client):
        # Never a default embedding function: it would download a model.
        collection = client.create_collection(
            COLLECTION,
            embedding_function=None,
            configuration={"hnsw": HNSW | {"ef_search": LOOKED_AT_IN_MANY if len(passages.ids) > MANY else LOOKED_AT}},
            metadata={"fingerprint": passages.fingerprint},
        )
        for start in range(0, len(passages.ids), BATCH):
            end = start + BATCH
            collection.add(ids=list(passages.ids[start:end]), embeddings=list(passages.vectors[start:end]))
            tell("Writing the index", min(end, len(passages.ids)), len(passages.ids))


class OpenFolder:
    """An opened folder."""

    def __init__(self, folder: Path, fingerprint: str, held: int) -> None:
        """Open it. Raises IndexUnusable where it does not hold so many vectors of this fingerprint."""
        self._held = held
        self._client = _open(folder)
        self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
        stated = (self._collection.metadata or {}).get("fingerprint")
        if self._collection.count() != held or stated != fingerprint:
            self.close()
            raise IndexUnusable("its contents do not match its description", damaged=True)

    def query(self, vectors: Vectors, k: int) -> list[Answer]:
        """Return the k nearest for each vector, best first."""
        result = self._collection.query(
            query_embeddings=list(vectors), n_results=min(k, self._held), include=["distances"]
        )
        return [
            Answer(ids, 1.0 - np.array(distances, dtype=np.float32))
            for ids, distances in zip(result["ids"], result["distances"] or [], strict=True)
        ]

    def verify(self, passages: IndexedPassages, tell: Tell) -> frozenset[str]:
        """Check every passage: its id gives back its vector, and its vector finds it first. Return those not found.

        Raises IndexUnusable where a vector is missing or another one, or where too many do not find themselves.
        """
        unfound: set[str] = set()
        for start in range(0, len(passages.ids), BATCH):
            part = slice(start, start + BATCH)
            self._check_vectors(passages.ids[part], passages.vectors[part])
            unfound |= self._not_first(passages, part)
            tell("Checking the index", min(start + BATCH, len(passages.ids)), len(passages.ids))
        if len(unfound) > MOST_UNFOUND * len(passages.ids):
            raise IndexUnusable("some passages are not found by their own vectors", damaged=True)
        return frozenset(unfound)

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()

    def _check_vectors(self, ids: tuple[str, ...], vectors: Vectors) -> None:
        stored = self._collection.get(ids=list(ids), include=["embeddings"])
        by_id = dict(zip(stored["ids"], stored["embeddings"], strict=True))
        if len(by_id) != len(ids):
            raise IndexUnusable("some passages are missing", damaged=True)
        if not np.allclose(np.stack([by_id[passage] for passage in ids]), vectors, rtol=0.0, atol=TOLERANCE):
            raise IndexUnusable("a passage came back with another vector", damaged=True)

    def _not_first(self, passages: IndexedPassages, part: slice) -> set[str]:
        """Return the passages that their own vector does not find first; a twin with the same vector may come first."""
        found = self.query(passages.vectors[part], 1)
        return {
            passage
            for passage, answer in zip(passages.ids[part], found, strict=True)
            if not (answer.cosines[:1] >= 1.0 - TOLERANCE).any()
        }


def _open(folder: Path) -> Any:
    return chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))
