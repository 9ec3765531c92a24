"""Knows how a folder of built files is written whole or not at all, and how an altered one is noticed.

A folder carries `manifest.json` with the sha256 of each of its files. It is made beside its place and renamed into it,
so that a kill never leaves half of it behind and two processes may build at the same time.
"""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

MANIFEST = "manifest.json"
ABANDONED = 3600  # seconds after which a folder being built is taken for one left by a kill


def ensure_folder(folder: Path, fill: Callable[[Path], None]) -> bool:
    """Make sure that `folder` holds what `fill` writes, unaltered. True if it had to be built.

    Raises `OSError` where the disk is full or may not be written to.
    """
    if is_intact(folder):
        return False
    _build(folder, fill)
    return True


def is_intact(folder: Path) -> bool:
    """Tell whether every file of the manifest still has the bytes it was built with (0.1 s for 90 MB)."""
    try:
        manifest: dict[str, str] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return bool(manifest) and all(_sha256(folder / name) == digest for name, digest in manifest.items())
    except (OSError, ValueError, AttributeError):
        return False


def write_manifest(folder: Path) -> None:
    """Note the sha256 of each file of a folder, in the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {path.relative_to(folder).as_posix(): _sha256(path) for path in files}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _build(folder: Path, fill: Callable[[Path], None]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(folder)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        fill(beside)
        write_manifest(beside)
        _move_into_place(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _remove_abandoned(folder: Path) -> None:
    """Remove what a killed build left behind; a build that still runs is younger than `ABANDONED`."""
    for path in folder.parent.glob(f".{folder.name}-*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > ABANDONED:
                shutil.rmtree(path, ignore_errors=True)


def _move_into_place(beside: Path, folder: Path) -> None:
    """Rename; a damaged folder in the way is moved aside and removed, an intact one (another process) is kept."""
    if folder.exists():
        if is_intact(folder):
            return
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-damaged-", dir=folder.parent))
        folder.replace(aside)
        shutil.rmtree(aside, ignore_errors=True)
    try:
        beside.replace(folder)
    except OSError as error:
        taken_meanwhile = error.errno in (errno.EEXIST, errno.ENOTEMPTY) and is_intact(folder)
        if not taken_meanwhile:
            raise


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
