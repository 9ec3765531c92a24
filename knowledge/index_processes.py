"""Knows how Satark uses an index process: a generation that serves from one, and one-off jobs that build or check.

The process may hang or die at any moment. A query that waits too long ends it; who asked gets no answer and searches
exactly. Decides nothing about when to start another one; `index_keeper` does.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from knowledge.embedding.embedder import Vectors
from knowledge.generations import (
    Signature,
    check_files,
    check_fit,
    index_folder,
    read_description,
    read_pointer,
    remove_dead_copies,
    sign,
)
from knowledge.golden import GoldenSet
from knowledge.index import Answer, IndexedPassages, IndexUnusable
from knowledge.index_messages import NONE, Message, receive, send

WORKER = "knowledge.index_worker"
HOME = Path(__file__).resolve().parent.parent  # from where the process finds the very code that started it
# Chroma hands each question from thread to thread a dozen times; where one waits for all, fewer have to be woken.
ONE_THREAD = {"TOKIO_WORKER_THREADS": "1"}
QUERY_PATIENCE_S = 2.0  # a query takes some milliseconds
START_PATIENCE_S = 60.0  # a start takes about a second, longer on a busy machine with a large index
JOB_PATIENCE_S = 300.0  # between two signs of life of a build or a check
STOPPED_WITHIN_S = 0.2  # how often a build that is waited for looks whether it should go on
READY_EVERY_S = 0.05
LARGEST_QUESTION = 32  # vectors in one message: what a pipe takes at once, so that sending never waits
ROOM = 3  # times the size of the vectors that a build needs on the disk: the index, its copy to check, the graph

Progress = Callable[[str, int, int], None]
Stopped = Callable[[], bool]
"""Asked now and then whether to break off."""

logger = structlog.get_logger(__name__)


def never() -> bool:
    """Break nothing off."""
    return False


class ProcessLost(Exception):
    """The index process has ended or does not answer; the message says which."""


class IndexProcess:
    """A started index process and the pipe to it. It ends with this object, or with the program."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            wait = struct.pack("ll", int(START_PATIENCE_S), 0)
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, wait)  # a process that hangs does not take a message
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no words from outside
                [sys.executable, "-m", WORKER, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=HOME,
                env=os.environ | ONE_THREAD,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # what Chroma writes when it breaks helps nobody; the exit code is told
                start_new_session=True,  # Ctrl+C ends Satark in order; this process ends with its pipe
            )
        self._connection = Connection(ours.detach())
        self.end = weakref.finalize(self, _end_process, self._process, self._connection)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def has_message(self, patience_s: float = 0.0) -> bool:
        """Whether `receive` would return at once, or comes to do so in this time; also where the process has ended."""
        return self._connection.poll(patience_s)

    def send(self, fields: Mapping[str, Any], vectors: Vectors = NONE) -> None:
        """Send a message. Raises ProcessLost."""
        try:
            send(self._connection, fields, vectors)
        except OSError:
            raise ProcessLost(self.how_it_ended()) from None

    def receive(self, patience_s: float) -> Message:
        """Wait for a message. Raises ProcessLost, and IndexUnusable where the process says that it cannot."""
        try:
            if not self._connection.poll(patience_s):
                raise ProcessLost("its process does not answer")
            message = receive(self._connection)
        except (EOFError, OSError, ValueError):
            raise ProcessLost(self.how_it_ended()) from None
        if "unusable" in message.fields:
            raise IndexUnusable(message.fields["unusable"], damaged=message.fields["damaged"])
        return message

    def how_it_ended(self) -> str:
        """Say in words how it ended, or that it hangs."""
        try:
            code = self._process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            return "its process does not answer"
        return f"its process was ended by {signal.Signals(-code).name}" if code < 0 else f"its process ended ({code})"


class ServedGeneration:
    """A generation that a process of its own serves. Starting takes no time; it answers when it is ready."""

    def __init__(self, folder: Path, name: str, fingerprint: str) -> None:
        """Start serving a generation of the index folder.

        Raises IndexUnusable where it is none of this fingerprint; OSError where no process can be started.
        """
        description = read_description(folder, name)
        check_fit(description, fingerprint)
        self.name = name
        self.digests = description.digests
        self.missed = frozenset(description.missed)
        self.state = description.state
        self.problem: IndexUnusable | None = None
        self._path = folder / name
        self._signature = sign(self._path)
        self._copy: Path | None = None
        self._copy_signature: Signature = ()
        self._lock = threading.RLock()  # who asks may find the answer wrong, and end the service
        weakref.finalize(self, remove_dead_copies, folder)  # after the process has ended: the last set runs first
        self._process = IndexProcess()
        self._process.send({"job": "serve", "generation": str(self._path)})

    @property
    def serving(self) -> bool:
        """Whether it answers now."""
        return self.problem is None and (self._copy is not None or self._has_become_ready())

    @property
    def pid(self) -> int:
        """The number of the process that serves it."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether that process still runs."""
        return self._process.alive

    @contextmanager
    def asking(self, vectors: Vectors, k: int) -> Iterator[Callable[[], list[Answer] | None]]:
        """Ask for the k nearest to each vector. What is handed out waits for them, best first; None for no answer.

        Thread-safe; others wait until this question is over.
        """
        if not self.serving:
            yield lambda: None
            return
        first, *others = [vectors[at : at + LARGEST_QUESTION] for at in range(0, len(vectors), LARGEST_QUESTION)]
        with self._lock:
            self._send(first, k)
            under_way = True

            def take() -> list[Answer] | None:
                nonlocal under_way
                under_way = False
                found = self._receive()
                for part in others:
                    self._send(part, k)
                    found += self._receive()
                return found if self.problem is None else None

            try:
                yield take
            finally:
                if under_way:  # the next question must not get this answer
                    self._receive()

    def distrust(self, reason: str) -> None:
        """Take it out of service."""
        self._end(IndexUnusable(reason, damaged=True))

    def wait_until_ready(self, stopped: Stopped = never) -> None:
        """Wait until it answers. Raises IndexUnusable where it never will, or when waiting is stopped."""
        give_up_at = time.monotonic() + START_PATIENCE_S
        while not self.serving and self.problem is None:
            if stopped() or time.monotonic() > give_up_at:
                self._end(IndexUnusable("the program ends" if stopped() else "its process does not answer"))
            time.sleep(READY_EVERY_S)
        if self.problem is not None:
            raise self.problem

    def examine(self) -> IndexUnusable | None:
        """Return what is wrong with the service, or None. Looks at the process and the private copy."""
        self._has_become_ready()
        if self.problem is None and not self._process.alive:
            self._end(IndexUnusable(self._process.how_it_ended()))
        if self.problem is None and self._copy is not None and _vector_files(self._copy) != self._copy_signature:
            self._end(IndexUnusable("its private copy was altered", damaged=True))
        return self.problem

    def check_origin(self) -> None:
        """Raise IndexUnusable where the generation could not be opened again. Reads its files only when touched."""
        signature = sign(self._path)
        if signature != self._signature:
            check_files(self._path)
            self._signature = signature

    def close(self) -> None:
        """End the process and remove its private copy."""
        self._end(IndexUnusable("it was closed"))
        remove_dead_copies(self._path.parent)

    def _end(self, problem: IndexUnusable) -> None:
        with self._lock:  # no thread may be waiting at a pipe that is closed
            self._fail(problem)

    def _send(self, vectors: Vectors, k: int) -> None:
        if self.problem is not None:  # another thread's question has ended the service meanwhile
            return
        try:
            self._process.send({"k": k}, vectors)
        except ProcessLost as error:
            self._fail(IndexUnusable(str(error)))

    def _receive(self) -> list[Answer]:
        if self.problem is not None:
            return []
        try:
            message = self._process.receive(QUERY_PATIENCE_S)
            return _take_apart(message.fields["found"], message.vectors)
        except (ProcessLost, IndexUnusable, KeyError, TypeError, ValueError) as error:
            self._fail(IndexUnusable(str(error)))
            return []

    def _has_become_ready(self) -> bool:
        """Take the greeting of the process if it has come; never waits."""
        if not self._lock.acquire(blocking=False):
            return self._copy is not None
        try:
            if self._copy is None and self.problem is None and self._process.has_message():
                self._take_greeting()
        finally:
            self._lock.release()
        return self._copy is not None

    def _take_greeting(self) -> None:
        try:
            copy = Path(self._process.receive(0.0).fields["copy"])
        except ProcessLost as error:
            self._fail(IndexUnusable(str(error)))
        except IndexUnusable as error:
            self._fail(error)
        else:
            self._copy_signature = _vector_files(copy)
            self._copy = copy

    def _fail(self, problem: IndexUnusable) -> None:
        if self.problem is None:
            self.problem = problem
        self._process.end()


def _take_apart(found: Sequence[Sequence[str]], cosines: Vectors) -> list[Answer]:
    """Give each vector's passages their cosines, which came in one row. Raises ValueError where they do not fit."""
    ends = np.cumsum([0, *(len(passages) for passages in found)]).tolist()
    if cosines.size != ends[-1]:
        raise ValueError("its process gave a garbled answer")
    row = cosines.reshape(-1)
    return [Answer(passages, row[start:end]) for passages, start, end in zip(found, ends, ends[1:], strict=False)]


def start_newest(data_dir: Path, fingerprint: str) -> ServedGeneration:
    """Start serving the generation that is pointed at. Raises IndexUnusable where there is none that can serve."""
    folder = index_folder(data_dir)
    try:
        return ServedGeneration(folder, read_pointer(folder), fingerprint)
    except (ProcessLost, OSError) as error:
        raise IndexUnusable(f"its process cannot be started ({error})") from None


def build_generation(
    passages: IndexedPassages,
    data_dir: Path,
    built_at: dt.datetime,
    golden: GoldenSet | None = None,
    progress: Progress | None = None,
    stopped: Stopped = never,
) -> str:
    """Build, check and point at a new generation in a process of its own; return its name.

    The serving one is not touched. `built_at` is aware UTC. Raises `IndexUnusable` where that is not possible, or if
    the new generation does not give back what was put in, or finds fewer golden questions than the one before.
    """
    _require_room(data_dir, passages)
    asked = golden or GoldenSet({}, np.zeros((0, passages.vectors.shape[1]), dtype=np.float32))
    name = f"{built_at:%Y%m%dT%H%M%S}-{passages.state}"
    request = {
        "job": "build",
        "folder": str(index_folder(data_dir)),
        "name": name,
        "golden": {question: sorted(wanted) for question, wanted in asked.wanted.items()},
    }
    answer = _do_job(request, passages, asked.vectors, progress, stopped)
    if answer.fields["golden_lost"]:
        logger.warning(
            "golden questions find less than before; see whether model or notices have changed for the worse",
            lost=answer.fields["golden_lost"],
            of=len(asked.wanted),
        )
    return name


def verify_generation(data_dir: Path, name: str, passages: IndexedPassages, progress: Progress | None = None) -> None:
    """Check every passage of a generation against the library's vector of it. Raises IndexUnusable where one differs.

    `passages` are those that the generation is expected to hold.
    """
    request = {"job": "verify", "generation": str(index_folder(data_dir) / name)}
    _do_job(request, passages, NONE, progress)


def _do_job(
    request: Mapping[str, Any],
    passages: IndexedPassages,
    behind: Vectors,
    progress: Progress | None,
    stopped: Stopped = never,
) -> Message:
    """Have a process of its own do a job, and return its last word."""
    rows = np.concatenate([passages.vectors, behind]) if len(behind) else passages.vectors
    fields = dict(request) | {"ids": passages.ids, "fingerprint": passages.fingerprint}
    try:
        process = IndexProcess()
        try:
            process.send(fields, rows)
            return _last_word(process, progress, stopped)
        finally:
            process.end()
    except ProcessLost as error:
        raise IndexUnusable(str(error)) from None
    except OSError as error:
        raise IndexUnusable(f"its process cannot be started ({error.strerror})") from None


def _last_word(process: IndexProcess, progress: Progress | None, stopped: Stopped) -> Message:
    while True:
        message = _next_word(process, stopped)
        if "step" not in message.fields:
            return message
        if progress is not None:
            progress(message.fields["step"], message.fields["done"], message.fields["total"])


def _next_word(process: IndexProcess, stopped: Stopped) -> Message:
    give_up_at = time.monotonic() + JOB_PATIENCE_S
    while not process.has_message(STOPPED_WITHIN_S) and time.monotonic() < give_up_at:
        if stopped():
            raise IndexUnusable("the program ends")
    return process.receive(0.0)


def _require_room(data_dir: Path, passages: IndexedPassages) -> None:
    """Refuse what would fill the disk: the database needs room more than the index does."""
    try:
        free = shutil.disk_usage(data_dir).free
    except OSError as error:
        raise IndexUnusable(f"its folder cannot be used ({error.strerror})") from None
    needed = ROOM * passages.vectors.nbytes
    if free < needed:
        raise IndexUnusable(f"the disk is full: it needs {needed // 2**20 + 1} MB under {data_dir}")


def _vector_files(copy: Path) -> Signature:
    return tuple(entry for entry in sign(copy) if entry[0].endswith(".bin"))


def _end_process(process: subprocess.Popen[bytes], connection: Connection) -> None:
    """End a process at once. It only reads a copy or builds beside the serving index, so nothing is lost."""
    connection.close()
    process.kill()
    process.wait()
