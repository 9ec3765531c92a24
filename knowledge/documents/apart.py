"""Knows how a function runs apart: in a fresh child process that has little memory, little time and no network.

Whatever a hostile file does to a parser, it does to that child. The file goes in as bytes and JSON comes out; nothing
that comes back is ever executed (no pickle). What the child gives up is in `confinement`, what it runs in `child`.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog

from knowledge.documents.document import Unreadable, UnreadableReason

ALLOWED_MODULES = ("knowledge.documents.", "ingest.sources.")
CHILD = "knowledge.documents.child"
HOME = Path(__file__).resolve().parent.parent.parent  # from where the child finds the very code that started it
MOST_AT_ONCE = 2  # children; more would take the processor from people who wait for an answer
KEPT_ENVIRONMENT = ("PATH", "TESSDATA_PREFIX", "LD_LIBRARY_PATH", "SYSTEMROOT")

logger = structlog.get_logger(__name__)
_turns = threading.BoundedSemaphore(MOST_AT_ONCE)


@dataclass(frozen=True)
class Limits:
    """What a child may use. Memory and CPU hold for each of its processes, so for `tesseract` as well."""

    memory_bytes: int = 1024**3
    cpu_s: int = 10
    wall_s: float = 15.0
    answer_bytes: int = 8 * 1024**2  # JSON takes up to twenty times as much once it is read
    turn_s: float = 30.0  # how long to wait while others are being read


PARSING = Limits()
# A page takes `tesseract` two to five seconds on two busy cores; each page is a process with its own 10 s of CPU.
READING_PICTURES = Limits(wall_s=60.0)

_ENDINGS = {
    UnreadableReason.TOO_SLOW: "Reading this file takes too long. Please send only the notice, or paste its text.",
    UnreadableReason.TOO_MUCH_MEMORY: "This file needs too much memory. Please send only the notice, or paste it.",
    UnreadableReason.DAMAGED: "This file cannot be read: it seems to be damaged. Please save it anew, or paste it.",
    UnreadableReason.BUSY: "Several files are being read right now. Please send this one again in a minute.",
    UnreadableReason.NO_ISOLATION: "This computer offers no safe way to read files. Please paste the text.",
}


def run_apart(function: str, data: bytes, arguments: Mapping[str, Any], *, limits: Limits = PARSING) -> Any:
    """Run `function(data, arguments)` in a fresh child and return its result, plain JSON values.

    `function` is "package.module:name" in one of ALLOWED_MODULES (else ValueError: a mistake in our code). Raises
    Unreadable: what the function itself raised, or too_slow, too_much_memory, damaged (it failed or died), busy,
    no_isolation. Blocks for up to `limits.turn_s` + `limits.wall_s`; asyncio callers use a thread.
    """
    module, _, name = function.partition(":")
    if not (module.startswith(ALLOWED_MODULES) and name.isidentifier()):
        raise ValueError(f"{function} is not among the functions that may run apart")
    order = json.dumps({"function": function, "arguments": dict(arguments), "limits": asdict(limits)})
    with _turn(limits.turn_s), _memory_file("order") as given, _memory_file("answer") as answer:
        _write(given, order.encode() + b"\n", data)
        code = _run_child(given, answer, limits.wall_s)
        return _take(_read(answer, limits.answer_bytes), code)


def refuse(reason: UnreadableReason) -> Unreadable:
    """Make the refusal for a reason that has nothing to do with what is in the file."""
    return Unreadable(reason, _ENDINGS[reason])


@contextlib.contextmanager
def _turn(patience_s: float) -> Iterator[None]:
    if not _turns.acquire(timeout=patience_s):
        raise refuse(UnreadableReason.BUSY)
    try:
        yield
    finally:
        _turns.release()


@contextlib.contextmanager
def _memory_file(name: str) -> Iterator[int]:
    """A file without a name on any disk: nothing is left behind, whoever is killed."""
    if sys.platform != "linux":  # only Linux has it, and what confines the child
        raise refuse(UnreadableReason.NO_ISOLATION)
    handle = os.memfd_create(name)
    try:
        yield handle
    finally:
        os.close(handle)


def _write(handle: int, *parts: bytes) -> None:
    for part in parts:
        view = memoryview(part)
        while view:
            view = view[os.write(handle, view) :]
    os.lseek(handle, 0, os.SEEK_SET)


def _read(handle: int, most: int) -> bytes:
    if os.fstat(handle).st_size > most:
        raise Unreadable(UnreadableReason.TOO_MUCH_TEXT, "This file holds too much text. Please send only the notice.")
    return os.pread(handle, most, 0)


def _run_child(given: int, answer: int, wall_s: float) -> int | None:
    """Run the child to its end and return its exit code (negative: the signal), or None where time ran out."""
    child = subprocess.Popen(  # noqa: S603 - our own module, no words from outside
        [sys.executable, "-E", "-s", "-m", CHILD],
        stdin=given,
        stdout=answer,
        stderr=subprocess.DEVNULL,  # libraries print parts of files there; the exit code is enough
        cwd=HOME,
        env=_bare_environment(),
        start_new_session=True,  # a process group of its own, which ends as a whole
    )
    try:
        return child.wait() if _ends_within(child.pid, wall_s) else None
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)  # also what the child may have started
        child.wait()


def _ends_within(pid: int, wall_s: float) -> bool:
    """Wait on the system rather than look every 50 ms, as `Popen.wait` does with a time limit."""
    handle = os.pidfd_open(pid)
    try:
        waiting = select.poll()
        waiting.register(handle, select.POLLIN)
        return bool(waiting.poll(wall_s * 1000))
    finally:
        os.close(handle)


def _bare_environment() -> dict[str, str]:
    """The child gets no token and no address of a database, only what it needs to find its programs."""
    kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    return kept | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}


def _take(answer: bytes, code: int | None) -> Any:
    if code is None or code == -signal.SIGXCPU:
        raise refuse(UnreadableReason.TOO_SLOW)
    if code == -signal.SIGKILL:
        raise refuse(UnreadableReason.TOO_MUCH_MEMORY)  # by the system, since not by us
    try:
        values = json.loads(answer)
        if "result" in values:
            return values["result"]
        reason, message, fault = UnreadableReason(values["reason"]), str(values["message"]), values["fault"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise refuse(UnreadableReason.DAMAGED) from None
    if fault:
        logger.info("a parser failed", fault=str(fault)[:200])
    raise Unreadable(reason, message or _ENDINGS[reason])


def has_picture_reader() -> bool:
    """Whether the program that reads pictures is installed."""
    return shutil.which("tesseract") is not None
