"""Brings the index in step with the store for the command line, and checks it against the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from knowledge.embedding import build_embedder
from knowledge.generations import index_folder
from knowledge.index_inspection import verify_index
from knowledge.index_processes import Progress
from knowledge.library import day_in_india, load_library
from knowledge.retriever import RetrieverKeeper
from knowledge.settings import Settings


def renew_index(engine: Engine, settings: Settings, now: dt.datetime, progress: Progress | None = None) -> str:
    """Build a new index generation where the one there is missing, damaged or out of step.

    Returns "built", "in step", or "not built" where something stood in the way, which is logged. A running bot serves
    from the new generation within seconds. Raises ModelUnavailable and DatabaseUnavailable.
    """
    with _opened(engine, settings, now) as keeper:
        if keeper.refresh_index(now, progress):
            return "built"
        index = keeper.current().index
        return "not built" if index is not None and index.exact else "in step"


def find_index_problems(
    engine: Engine, settings: Settings, now: dt.datetime, progress: Progress | None = None
) -> tuple[str, ...]:
    """Return what is wrong with the index, in words; nothing where none has been built.

    Raises ModelUnavailable and DatabaseUnavailable.
    """
    if not index_folder(settings.data_dir).exists():
        return ()
    with _opened(engine, settings, now, use_index=False) as keeper:
        return verify_index(settings.data_dir, keeper.current().shelf.indexed, progress)


@contextmanager
def _opened(
    engine: Engine, settings: Settings, now: dt.datetime, *, use_index: bool = True
) -> Iterator[RetrieverKeeper]:
    library = load_library(engine, day_in_india(now))
    keeper = RetrieverKeeper(lambda: library, build_embedder(settings), settings.data_dir, use_index=use_index)
    try:
        yield keeper
    finally:
        keeper.close()
