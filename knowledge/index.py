"""Knows how passages are found by their vectors: a Chroma index that can be thrown away, and exact search beside it.

A *generation* is one immutable index folder under `DATA_DIR/index`. It is built beside the serving one, verified
vector by vector, written whole, and pointed at by the file `current`. It carries a fingerprint of everything that
shaped its vectors; one with another fingerprint, a damaged one or none at all is answered for by exact search over the
vectors of the library, with the same results. So is every passage that came after the generation was built, and what
is no longer in the library is never returned.

Chroma writes into its folder even when it only reads, and two processes on one folder can corrupt it. So a generation
is never opened in place: each process opens a private copy.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from knowledge.embedding.embedder import Vectors
from knowledge.whole_folder import ensure_folder, is_intact

COLLECTION = "passages"
CONTENTS = "generation.json"
POINTER = "current"
CHROMA = "chroma"
NAME = re.compile(r"\d{8}T\d{6}-[0-9a-f]{16}")
LAYOUT = 1  # raise when what is stored in a generation changes
HNSW = {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 16}
BATCH = 5000  # Chroma takes at most 5461 at once
TOLERANCE = 1e-4  # between a vector and what Chroma gives back, and for a distance of zero
GENERATIONS_KEPT = 2  # the serving one and the one before it

logger = structlog.get_logger(__name__)

Found = list[tuple[str, float]]


class IndexUnusable(Exception):
    """A generation cannot be built or used; the message says why."""


@dataclass(frozen=True)
class IndexedPassages:
    """What is searched: ids and centred, normalised vectors in the same order, and the fingerprint of the vectors."""

    ids: tuple[str, ...]
    vectors: Vectors
    fingerprint: str

    def digests(self) -> dict[str, str]:
        """Name each vector by a short hash, so that a changed one is noticed."""
        rows = np.ascontiguousarray(self.vectors, dtype="<f4")
        return {
            passage: hashlib.sha256(row.tobytes()).hexdigest()[:16] for passage, row in zip(self.ids, rows, strict=True)
        }


class VectorIndex:
    """Finds the passages nearest to a vector. Answers for one state of the library; safe to use from many threads."""

    def __init__(self, passages: IndexedPassages, generation: Generation | None) -> None:
        self._passages = passages
        self._generation = generation
        served = _served(passages, generation)
        late = [position for position, passage in enumerate(passages.ids) if passage not in served]
        self._served = served
        self._late_ids = [passages.ids[position] for position in late]
        self._late_vectors = passages.vectors[late]

    @property
    def exact(self) -> bool:
        """Whether everything is searched exactly, without Chroma."""
        return self._generation is None

    @property
    def late(self) -> int:
        """How many passages the generation does not hold as they are now."""
        return len(self._late_ids)

    @property
    def gone(self) -> int:
        """How many passages the generation holds that may no longer be returned."""
        return 0 if self._generation is None else len(self._generation.digests) - len(self._served)

    def search(self, vector: Vectors, k: int) -> Found:
        """Return up to k passage ids with their cosine, best first."""
        return self.search_each(vector[None, :], k)[0]

    def search_each(self, vectors: Vectors, k: int) -> list[Found]:
        """Search for several vectors at once (rows)."""
        if len(vectors) == 0 or k <= 0:
            return [[] for _ in vectors]
        found = [_exact(vector, self._late_ids, self._late_vectors, k) for vector in vectors]
        if self._generation is None or not self._served:
            return found
        try:
            indexed = self._generation.query(vectors, k + self.gone)
        except Exception as error:  # Chroma raises many kinds; whichever it is, people still get their answer
            logger.warning("index generation failed, searching exactly", reason=type(error).__name__)
            return [_exact(vector, self._passages.ids, self._passages.vectors, k) for vector in vectors]
        return [_merged(late, self._still_here(hits), k) for late, hits in zip(found, indexed, strict=True)]

    def _still_here(self, hits: Found) -> Found:
        return [(passage, score) for passage, score in hits if passage in self._served]


class Generation:
    """An opened generation: a private copy that is removed when it is closed, or by the next process after a kill."""

    def __init__(self, name: str, fingerprint: str, digests: Mapping[str, str], copy: _PrivateCopy) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.digests = digests
        self._copy = copy
        self._client = _open_chroma(copy.folder / CHROMA)
        self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
        stated = (self._collection.metadata or {}).get("fingerprint")
        if self._collection.count() != len(digests) or stated != fingerprint:
            self.close()
            raise IndexUnusable("its contents do not match its description")

    def query(self, vectors: Vectors, k: int) -> list[Found]:
        """Return the k nearest of the generation for each vector, best first."""
        result = self._collection.query(
            query_embeddings=list(vectors), n_results=min(k, len(self.digests)), include=["distances"]
        )
        distances = result["distances"] or []
        return [
            [(passage, 1.0 - distance) for passage, distance in zip(ids, row, strict=True)]
            for ids, row in zip(result["ids"], distances, strict=True)
        ]

    def close(self) -> None:
        """Let go of the private copy."""
        self._client.close()
        self._copy.remove()


def open_generation(data_dir: Path, fingerprint: str) -> Generation | None:
    """Open the generation that `current` points at, or return None and log one line that says why it cannot serve."""
    folder = data_dir / "index"
    try:
        return _open(folder, fingerprint)
    except (IndexUnusable, OSError, ValueError, KeyError) as error:
        reason = str(error) if isinstance(error, IndexUnusable) else type(error).__name__
        logger.info("no index generation to serve from, searching exactly", reason=reason)
    except Exception as error:  # Chroma's own errors have no common kind
        logger.warning("index generation cannot be opened, searching exactly", reason=type(error).__name__)
    return None


def build_generation(passages: IndexedPassages, data_dir: Path, built_at: dt.datetime) -> str:
    """Build, verify and point at a new generation; return its name. The serving one is not touched.

    `built_at` is aware UTC. Raises `IndexUnusable` if the new generation does not give back what was put in.
    """
    folder = data_dir / "index"
    digests = passages.digests()
    state = hashlib.sha256(json.dumps([LAYOUT, passages.fingerprint, digests]).encode()).hexdigest()[:16]
    name = f"{built_at:%Y%m%dT%H%M%S}-{state}"

    def fill(beside: Path) -> None:
        _fill(beside / CHROMA, passages)
        description = {"fingerprint": passages.fingerprint, "layout": LAYOUT, "passages": digests}
        (beside / CONTENTS).write_text(json.dumps(description), encoding="utf-8")

    try:
        folder.mkdir(parents=True, exist_ok=True)
        ensure_folder(folder / name, fill)
        _point_at(folder, name)
    except OSError as error:
        raise IndexUnusable(f"it cannot be written to {folder} ({error.strerror})") from error
    except _chroma_errors() as error:
        raise IndexUnusable(f"Chroma refused it ({type(error).__name__})") from error
    _remove_old(folder, keep=name)
    return name


def _served(passages: IndexedPassages, generation: Generation | None) -> set[str]:
    """Tell which passages the generation holds exactly as they are now."""
    if generation is None:
        return set()
    return {passage for passage, digest in passages.digests().items() if generation.digests.get(passage) == digest}


def _exact(vector: Vectors, ids: Sequence[str], vectors: Vectors, k: int) -> Found:
    if not ids:
        return []
    scores = vectors @ vector
    best = np.argpartition(-scores, k)[:k] if k < len(ids) else np.arange(len(ids))
    best = best[np.argsort(-scores[best], kind="stable")]
    return [(ids[position], float(scores[position])) for position in best]


def _merged(first: Found, second: Found, k: int) -> Found:
    return sorted([*first, *second], key=lambda hit: (-hit[1], hit[0]))[:k]


def _open(folder: Path, fingerprint: str) -> Generation:
    _remove_dead_copies(folder)
    name = _read_pointer(folder)
    contents = json.loads((folder / name / CONTENTS).read_text(encoding="utf-8"))
    if contents["layout"] != LAYOUT or contents["fingerprint"] != fingerprint:
        raise IndexUnusable("it was built with another model or other settings")
    copy = _PrivateCopy(folder, folder / name)
    try:
        if not is_intact(copy.folder):
            raise IndexUnusable("its files are damaged")
        return Generation(name, fingerprint, contents["passages"], copy)
    except BaseException:
        copy.remove()
        raise


def _read_pointer(folder: Path) -> str:
    try:
        name = (folder / POINTER).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise IndexUnusable("none has been built yet") from None
    if not NAME.fullmatch(name) or not (folder / name).is_dir():
        raise IndexUnusable("the one pointed at is not there")
    return name


def _point_at(folder: Path, name: str) -> None:
    """Swap the pointer in one step, so that a reader sees the old name or the new one."""
    handle, beside = tempfile.mkstemp(prefix=".current-", dir=folder)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    Path(beside).replace(folder / POINTER)


def _remove_old(folder: Path, keep: str) -> None:
    generations = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name) and path.name != keep)
    for path in generations[: -(GENERATIONS_KEPT - 1)]:
        shutil.rmtree(path, ignore_errors=True)


def _open_chroma(folder: Path) -> Any:
    import chromadb  # here: it takes the better part of a second, and exact search needs none of it
    from chromadb.config import Settings as ChromaSettings

    return chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))


def _chroma_errors() -> type[Exception]:
    from chromadb.errors import ChromaError

    return ChromaError


def _fill(folder: Path, passages: IndexedPassages) -> None:
    client = _open_chroma(folder)
    try:
        # Never a default embedding function: it would download a model.
        collection = client.create_collection(
            COLLECTION,
            embedding_function=None,
            configuration={"hnsw": HNSW},
            metadata={"fingerprint": passages.fingerprint},
        )
        for start in range(0, len(passages.ids), BATCH):
            end = start + BATCH
            collection.add(ids=list(passages.ids[start:end]), embeddings=list(passages.vectors[start:end]))
        _verify(collection, passages)
    finally:
        client.close()


def _verify(collection: Any, passages: IndexedPassages) -> None:
    """Every id must give back its vector, and every vector must find itself."""
    if collection.count() != len(passages.ids):
        raise IndexUnusable("some passages are missing after the build")
    for start in range(0, len(passages.ids), BATCH):
        ids, vectors = passages.ids[start : start + BATCH], passages.vectors[start : start + BATCH]
        stored = collection.get(ids=list(ids), include=["embeddings"])
        by_id = dict(zip(stored["ids"], stored["embeddings"], strict=True))
        pairs = ((by_id[passage], vector) for passage, vector in zip(ids, vectors, strict=True))
        if not all(np.allclose(given_back, vector, atol=TOLERANCE) for given_back, vector in pairs):
            raise IndexUnusable("a passage came back with another vector")
        nearest = collection.query(query_embeddings=list(vectors), n_results=1, include=["distances"])["distances"]
        if not all(row and row[0] <= TOLERANCE for row in nearest):
            raise IndexUnusable("a passage is not found by its own vector")


class _PrivateCopy:
    """A copy of a generation for this process alone. Its lock falls with the process, so that leftovers are known."""

    def __init__(self, parent: Path, source: Path) -> None:
        self._home = Path(tempfile.mkdtemp(prefix=".open-", dir=parent))
        self._lock = (self._home / "lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self.folder = self._home / "copy"
        shutil.copytree(source, self.folder)

    def remove(self) -> None:
        self._lock.close()
        shutil.rmtree(self._home, ignore_errors=True)


def _remove_dead_copies(folder: Path) -> None:
    """Remove private copies whose process is gone; a live one holds its lock."""
    for path in folder.glob(".open-*"):
        with suppress(OSError), (path / "lock").open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
