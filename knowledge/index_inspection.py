"""Says in words how the index on the disk is, and what to do where it is not well. Repairs nothing."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from knowledge.generations import (
    Description,
    check_files,
    check_fit,
    index_folder,
    read_description,
    read_pointer,
)
from knowledge.index import IndexedPassages, IndexUnusable
from knowledge.index_processes import Progress, verify_generation

LEAST_FREE = 300 * 2**20  # bytes; an index of 10,000 passages needs 50 MB three times while it is built
REPAIR = "`satark run` builds another by itself; without it run `satark-ingest reindex`."


@dataclass(frozen=True)
class IndexState:
    """How the index is. `advice` says what to do where it is not well."""

    well: bool
    words: str
    advice: str = ""


def inspect_index(data_dir: Path, fingerprint: str | None) -> IndexState:
    """Look at the generation that is pointed at, and at its place; opens nothing. Takes 0.1 s for 90 MB.

    `fingerprint` is that of the centred vectors in use, or None where it is not known without loading the model.
    """
    folder = index_folder(data_dir)
    hindrance = _find_hindrance(folder, data_dir)
    if hindrance is not None:
        return hindrance
    if not folder.exists():
        return IndexState(True, "not built yet; search is exact, and `satark run` builds it")
    try:
        name = read_pointer(folder)
        description = read_description(folder, name)
        check_files(folder / name)
        if fingerprint is not None:
            check_fit(description, fingerprint)
    except IndexUnusable as problem:
        return IndexState(False, f"{problem}; search is exact meanwhile", REPAIR)
    return _judge(name, description)


def verify_index(data_dir: Path, passages: IndexedPassages, progress: Progress | None = None) -> tuple[str, ...]:
    """Check the index passage by passage against the library's vectors; return every problem, in words.

    An index that is not built yet, or was built for an earlier state of the library, is no problem: what it lacks is
    searched exactly.
    """
    state = inspect_index(data_dir, passages.fingerprint)
    if not state.well:
        return (f"The index: {state.words}. {state.advice}",)
    folder = index_folder(data_dir)
    if not folder.exists():
        return ()
    try:
        name = read_pointer(folder)
        verify_generation(data_dir, name, _both_hold(passages, read_description(folder, name)), progress)
    except IndexUnusable as problem:
        return (f"The index: {problem}. {REPAIR}",)
    return ()


def _find_hindrance(folder: Path, data_dir: Path) -> IndexState | None:
    """Return what would keep an index from being built here."""
    place = next((path for path in (folder, data_dir, *data_dir.absolute().parents) if path.exists()), data_dir)
    if folder.exists() and not folder.is_dir():
        return IndexState(False, f"{folder} is no folder; search is exact", "Move that file away.")
    if not os.access(place, os.W_OK | os.X_OK):
        return IndexState(False, f"{place} cannot be written to; search is exact", "Give Satark's user the right to.")
    if (free := shutil.disk_usage(place).free) < LEAST_FREE:
        return IndexState(False, f"only {free // 2**20} MB are free on its disk", "Make room, or move DATA_DIR.")
    return None


def _judge(name: str, description: Description) -> IndexState:
    words = f"{name}, {description.held} passages, files whole"
    if description.golden_lost:
        return IndexState(
            False,
            f"{words}; {description.golden_lost} golden questions fewer are found than before",
            "See whether a new model or changed notices are to blame: `satark search`.",
        )
    return IndexState(True, words)


def _both_hold(passages: IndexedPassages, description: Description) -> IndexedPassages:
    """Return the passages whose vector should be the same in the library and in the generation."""
    rows = [
        row for row, passage in enumerate(passages.ids) if description.digests.get(passage) == passages.digests[passage]
    ]
    return IndexedPassages(tuple(passages.ids[row] for row in rows), passages.vectors[rows], passages.fingerprint)
