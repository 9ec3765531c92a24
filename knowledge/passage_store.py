"""Keeps the passages of advisories and rules in step with their records, and gives them their vectors.

Does not decide how a record is split (`passages`) or how a text becomes a vector (`embedding`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine, func, select, update

from knowledge import passages, state
from knowledge.database import read_session, write_session
from knowledge.embedding.embedder import Embedder
from knowledge.models import Advisory, Passage, Rule

BATCH = 32  # passages embedded between two short transactions; a kill loses at most this much work
STORED_TYPE = np.dtype("<f4")


@dataclass(frozen=True)
class VectorCount:
    """How many passages there are, and how many of them carry a vector, by the fingerprint of what made it."""

    passages: int
    by_fingerprint: dict[str, int]

    @property
    def missing(self) -> int:
        """Passages without any vector."""
        return self.passages - sum(self.by_fingerprint.values())


def sync_passages(owner: Advisory | Rule, wanted: Iterable[passages.Passage]) -> bool:
    """Make the owner's stored passages those wanted; same words keep their vector. Says whether any changed."""
    gone = {row.id: row for row in owner.passages}
    kept, changed = [], False
    for passage in wanted:
        row = gone.pop(passage.id, None) or Passage(id=passage.id)
        changed |= _write(row, passage)
        kept.append(row)
    if changed or gone:
        owner.passages[:] = kept
    return changed or bool(gone)


def embed_missing(
    engine: Engine,
    embedder: Embedder,
    *,
    only: Collection[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Embed every passage that lacks a vector of this embedder, batch by batch; return how many were embedded.

    `only` limits the work to these advisories or rules. Each batch is one short transaction, so that work cut off by
    a kill is taken up where it stopped. `progress` is told how many are done, of how many.
    """
    waiting = _find_waiting(engine, embedder.fingerprint, only)
    done = 0
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH]
        vectors = embedder.embed_passages([embedded for _, embedded in batch])
        done += _store_vectors(engine, embedder.fingerprint, batch, vectors)
        if progress:
            progress(start + len(batch), len(waiting))
    return done


def count_vectors(engine: Engine) -> VectorCount:
    """Count passages and their vectors."""
    with read_session(engine) as session:
        rows = session.execute(select(Passage.fingerprint, func.count()).group_by(Passage.fingerprint)).all()
    return VectorCount(sum(n for _, n in rows), {fingerprint: n for fingerprint, n in rows if fingerprint})


def count_waiting(engine: Engine, fingerprint: str, only: Collection[str] | None = None) -> int:
    """Count the passages that `embed_missing` would embed."""
    return len(_find_waiting(engine, fingerprint, only))


def pack_vector(vector: npt.NDArray[np.float32]) -> bytes:
    """Turn a vector into the bytes that are stored: float32, little endian."""
    return np.ascontiguousarray(vector, dtype=STORED_TYPE).tobytes()


def unpack_vector(stored: bytes) -> npt.NDArray[np.float32]:
    """Turn stored bytes back into a vector, which cannot be written to."""
    return np.frombuffer(stored, dtype=STORED_TYPE)


def _write(row: Passage, passage: passages.Passage) -> bool:
    wanted = (passage.position, passage.text, passage.language, passage.embedded)
    if (row.position, row.text, row.language, row.embedded) == wanted:
        return False
    row.position, row.text, row.language, row.embedded = wanted
    row.vector = row.fingerprint = None
    return True


def _find_waiting(engine: Engine, fingerprint: str, only: Collection[str] | None) -> list[tuple[str, str]]:
    query = select(Passage.id, Passage.embedded).order_by(Passage.id)
    query = query.where(Passage.fingerprint.is_distinct_from(fingerprint))
    if only is not None:
        query = query.where(Passage.advisory_id.in_(only) | Passage.rule_id.in_(only))
    with read_session(engine) as session:
        return [(passage_id, embedded) for passage_id, embedded in session.execute(query)]


def _store_vectors(
    engine: Engine, fingerprint: str, batch: list[tuple[str, str]], vectors: npt.NDArray[np.float32]
) -> int:
    stored = 0
    with write_session(engine) as session:
        for (passage_id, embedded), vector in zip(batch, vectors, strict=True):
            result = session.execute(
                update(Passage)
                .where(Passage.id == passage_id, Passage.embedded == embedded)  # its words may have changed meanwhile
                .values(vector=pack_vector(vector), fingerprint=fingerprint)
                .execution_options(synchronize_session=False)
                .returning(Passage.id)
            )
            stored += len(result.all())
        state.mark_changed(session)
    return stored
