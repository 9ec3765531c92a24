"""Knows the folder of index generations: their names, what each says of itself, the pointer, the lock, the clean-up.

    DATA_DIR/index/current                        names the generation that serves
    DATA_DIR/index/20261122T063000-<state>/       one generation: generation.json, manifest.json, chroma/
    DATA_DIR/index/.open-…/                       the private copy of one process that reads
    DATA_DIR/index/.writing                       locked by the one process that builds

A generation never changes once it is in place. Chroma writes into its folder even when it only reads, and two processes
on one folder can corrupt it: so nobody opens a generation in place, each process opens a private copy. Knows no Chroma.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from knowledge.index import IndexUnusable
from knowledge.whole_folder import is_intact

CONTENTS = "generation.json"
POINTER = "current"
CHROMA = "chroma"
WRITING = ".writing"
NAME = re.compile(r"\d{8}T\d{6}-[0-9a-f]{16}")
UNFINISHED = re.compile(rf"\.{NAME.pattern}-.+")  # as `whole_folder` names what it is building
LAYOUT = 3  # raise when what is stored in a generation changes
GENERATIONS_KEPT = 2  # the serving one and the one before it
LOCKLESS_COPY = 60  # seconds after which a private copy without a lock is taken for one left by a kill

Signature = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Description:
    """What a generation says of itself. `digests` name the vectors that it holds, by passage."""

    fingerprint: str
    state: str  # of the passages it was built from
    held: int  # passages in it
    digests: Mapping[str, str]
    missed: Sequence[str] = ()  # passages that their own vectors do not find; they are searched exactly
    golden: Mapping[str, bool] = field(default_factory=dict)  # which golden questions it finds
    golden_lost: int = 0  # how many fewer than the generation before, of those that both could find

    def to_json(self) -> str:
        """Write it as it is stored."""
        return json.dumps({"layout": LAYOUT} | {name: getattr(self, name) for name in self.__dataclass_fields__})


def index_folder(data_dir: Path) -> Path:
    """Where the generations of a DATA_DIR lie, for whatever process asks."""
    return data_dir.absolute() / "index"


def read_pointer(folder: Path) -> str:
    """Return the name of the generation that is pointed at. Raises IndexUnusable where there is none."""
    try:
        name = (folder / POINTER).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise IndexUnusable("none has been built yet") from None
    except (OSError, ValueError):
        raise IndexUnusable("the pointer to it cannot be read", damaged=True) from None
    if not NAME.fullmatch(name) or not (folder / name).is_dir():
        raise IndexUnusable("the one pointed at is not there", damaged=True)
    return name


def read_description(folder: Path, name: str) -> Description:
    """Read what a generation says of itself. Raises IndexUnusable where that is not to be had or of another version."""
    try:
        stored = json.loads((folder / name / CONTENTS).read_text(encoding="utf-8"))
        if stored.pop("layout") != LAYOUT:
            raise IndexUnusable("it was built by another version of Satark")
        return Description(**stored)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise IndexUnusable("its description is damaged", damaged=True) from None


def check_fit(description: Description, fingerprint: str) -> None:
    """Raise IndexUnusable where a generation's vectors are not those of the model and settings in use."""
    if description.fingerprint != fingerprint:
        raise IndexUnusable("it was built with another model or other settings")


def check_files(generation: Path) -> None:
    """Raise IndexUnusable unless every file has the bytes that it was built with."""
    if not is_intact(generation):
        raise IndexUnusable("its files are damaged", damaged=True)


def point_at(folder: Path, name: str) -> None:
    """Swap the pointer in one step, so that a reader sees the old name or the new one."""
    handle, beside = tempfile.mkstemp(prefix=".current-", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(name)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(folder / POINTER)
    finally:
        Path(beside).unlink(missing_ok=True)


def remove_old(folder: Path, keep: str) -> None:
    """Remove all generations but the one to keep and the newest of the others."""
    others = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name) and path.name != keep)
    for path in others[: -(GENERATIONS_KEPT - 1)]:
        shutil.rmtree(path, ignore_errors=True)


def remove_unfinished(folder: Path) -> None:
    """Remove what killed builds have left. Only for the holder of the write lock, who is the only one to build."""
    for path in folder.iterdir():
        if UNFINISHED.fullmatch(path.name):
            shutil.rmtree(path, ignore_errors=True)
        elif path.name.startswith(".current-"):
            path.unlink(missing_ok=True)


def sign(folder: Path) -> Signature:
    """Tell a folder's files by name, size and time of change: cheap to compare every other second."""
    found = []
    with suppress(OSError):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                facts = path.stat()
                found.append((path.name, facts.st_size, facts.st_mtime_ns))
    return tuple(found)


@contextmanager
def write_lock(folder: Path) -> Iterator[None]:
    """Be the only process that builds. Raises IndexUnusable at once where another one is; falls with the process."""
    with (folder / WRITING).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise IndexUnusable("another program is building it") from None
        yield


class PrivateCopy:
    """A copy of a folder for this process alone. Its lock falls with the process, so that leftovers are known."""

    def __init__(self, parent: Path, source: Path) -> None:
        self.home = Path(tempfile.mkdtemp(prefix=".open-", dir=parent))
        try:
            self._lock = _locked_file(self.home)
            self.folder = self.home / "copy"
            shutil.copytree(source, self.folder)
        except BaseException:
            shutil.rmtree(self.home, ignore_errors=True)
            raise

    def remove(self) -> None:
        """Remove the copy from the disk."""
        self._lock.close()
        shutil.rmtree(self.home, ignore_errors=True)


def remove_dead_copies(folder: Path) -> None:
    """Remove private copies whose process is gone; a live one holds its lock."""
    for path in folder.glob(".open-*"):
        try:
            with (path / "lock").open("r") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
        except FileNotFoundError:
            _remove_if_abandoned(path)
        except OSError:
            continue


def _locked_file(home: Path) -> TextIO:
    """Lock a file before it gets its name, so that nobody takes a copy that is being made for a dead one."""
    nameless = home / "lock.new"
    lock = nameless.open("w")
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    nameless.replace(home / "lock")
    return lock


def _remove_if_abandoned(path: Path) -> None:
    with suppress(OSError):
        if time.time() - path.stat().st_mtime > LOCKLESS_COPY:
            shutil.rmtree(path, ignore_errors=True)
