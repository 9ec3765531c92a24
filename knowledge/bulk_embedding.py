"""Decides which engine embeds what waits for a vector, and lets it. Builds no model where nothing waits."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import Engine

from knowledge.embedding import Embedder, build_embedder
from knowledge.embedding.bundled import bundled_fingerprint
from knowledge.embedding.factory import Role
from knowledge.passage_store import count_waiting, embed_missing
from knowledge.settings import BUNDLED_MODEL, Settings

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""

FEW = 16  # passages that the serving engine, which starts in a second or two, embeds before the other has started


def embed_waiting(
    engine: Engine,
    settings: Settings,
    *,
    only: Collection[str] | None = None,
    progress: Progress | None = None,
) -> int:
    """Embed the passages (of `only` these records, if given) without a vector of the model in use; return how many.

    Raises ModelUnavailable and DatabaseUnavailable. What was embedded before the error stays.
    """
    if settings.embedding_model != BUNDLED_MODEL:  # only the model itself knows its fingerprint
        return embed_missing(engine, _build(settings, "ingest", progress), only=only, progress=_step(progress))
    waiting = count_waiting(engine, bundled_fingerprint(), only)
    if waiting == 0:
        return 0
    role: Role = "serve" if waiting <= FEW else "ingest"
    return embed_missing(engine, _build(settings, role, progress), only=only, progress=_step(progress))


def _build(settings: Settings, role: Role, progress: Progress | None) -> Embedder:
    if progress is None:
        return build_embedder(settings, role=role)
    return build_embedder(settings, role=role, progress=lambda step, share: progress(step, round(share * 100), 100))


def _step(progress: Progress | None) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, total: progress("Embedding passages", done, total)
