"""The index process: opens, builds or checks one generation at the other end of a pipe, and knows nothing else.

    python -m knowledge.index_worker PIPE        started by `index_processes`, never by hand

Chroma can end its whole process on damaged files. So it never runs in the process that serves people: this one may
die, and people get their answers by exact search. It ends when the other end of the pipe is gone.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from knowledge.chroma_folder import OpenFolder, Tell, write
from knowledge.embedding.embedder import Vectors
from knowledge.generations import (
    CHROMA,
    CONTENTS,
    Description,
    PrivateCopy,
    check_files,
    point_at,
    read_description,
    read_pointer,
    remove_dead_copies,
    remove_old,
    remove_unfinished,
    write_lock,
)
from knowledge.golden import DEPTH, judge
from knowledge.index import IndexedPassages, IndexUnusable, exact_search
from knowledge.index_messages import Message, receive, send
from knowledge.whole_folder import ensure_folder

BUILDERS_NICENESS = 10  # people's answers come first
LEAST_ROOM = 4 * 2**20  # bytes; a write that fails with less left has filled the disk


def main() -> None:
    """Do the one job that is asked for."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash of Chroma leaves no file as large as the memory
    connection = Connection(int(sys.argv[1]))
    try:
        message = receive(connection)
        _JOBS[message.fields["job"]](connection, message)
    except IndexUnusable as error:
        send(connection, {"unusable": str(error), "damaged": error.damaged})
    except OSError as error:
        send(
            connection,
            {"unusable": f"its folder cannot be used ({error.strerror or type(error).__name__})", "damaged": False},
        )
    except EOFError:
        return  # the program that asked has gone
    except Exception as error:  # Chroma's own errors have no common kind
        send(connection, {"unusable": f"Chroma failed ({type(error).__name__})", "damaged": True})


def serve(connection: Connection, request: Message) -> None:
    """Open a private copy of a generation, say so, and answer queries until the other end is gone."""
    generation = Path(request.fields["generation"])
    remove_dead_copies(generation.parent)
    copy = PrivateCopy(generation.parent, generation)
    try:
        opened = _open_copy(copy)
        send(connection, {"ready": True, "copy": str(copy.folder)})
        _answer(connection, opened)
    finally:
        copy.remove()


def build(connection: Connection, request: Message) -> None:
    """Build, check and point at a new generation, as the only process that does so."""
    folder, name = Path(request.fields["folder"]), str(request.fields["name"])
    os.nice(BUILDERS_NICENESS)
    folder.mkdir(parents=True, exist_ok=True)
    with write_lock(folder):
        remove_unfinished(folder)
        remove_dead_copies(folder)
        passages, questions = _split(request)
        wanted = {question: frozenset(ids) for question, ids in request.fields["golden"].items()}
        teller = _teller(connection)

        def fill(beside: Path) -> None:
            with _disk_named(folder):
                write(beside / CHROMA, passages, teller)
            description = _check_what_was_written(beside, passages, questions, wanted, teller)
            (beside / CONTENTS).write_text(description.to_json(), encoding="utf-8")

        ensure_folder(folder / name, fill)
        point_at(folder, name)
        remove_old(folder, keep=name)
        lost = read_description(folder, name).golden_lost
    send(connection, {"built": name, "golden_lost": lost})


def verify(connection: Connection, request: Message) -> None:
    """Check a generation exhaustively against the vectors that the library holds for the same passages."""
    generation = Path(request.fields["generation"])
    copy = PrivateCopy(generation.parent, generation)
    try:
        opened = _open_copy(copy)
        passages, _ = _split(request)
        opened.verify(passages, _teller(connection))
        send(connection, {"sound": True})
    finally:
        copy.remove()


_JOBS = {"serve": serve, "build": build, "verify": verify}


def _open_copy(copy: PrivateCopy) -> OpenFolder:
    check_files(copy.folder)
    description = read_description(copy.folder.parent, copy.folder.name)
    return OpenFolder(copy.folder / CHROMA, description.fingerprint, description.held)


def _answer(connection: Connection, opened: OpenFolder) -> None:
    while True:
        try:
            query = receive(connection)
        except (EOFError, OSError):
            return
        found = opened.query(query.vectors, int(query.fields["k"]))
        cosines = np.concatenate([answer.cosines for answer in found])
        send(connection, {"found": [answer.passages for answer in found]}, cosines[None, :])


def _split(request: Message) -> tuple[IndexedPassages, Vectors]:
    """Return the passages of a request, and the vectors of the golden questions that come behind theirs."""
    ids = tuple(request.fields["ids"])
    passages = IndexedPassages(ids, request.vectors[: len(ids)], str(request.fields["fingerprint"]))
    return passages, request.vectors[len(ids) :]


def _check_what_was_written(
    beside: Path, passages: IndexedPassages, questions: Vectors, wanted: Mapping[str, frozenset[str]], tell: Tell
) -> Description:
    """Open a copy of the written files, as a reader will, check it, and describe what it can do."""
    copy = PrivateCopy(beside.parent, beside)
    try:
        opened = OpenFolder(copy.folder / CHROMA, passages.fingerprint, len(passages.ids))
        unfound = opened.verify(passages, tell)
        answers = opened.query(questions, DEPTH) if wanted else []
        golden = _which_are_found(wanted, [answer.passages for answer in answers])
        opened.close()
    finally:
        copy.remove()
    exactly = [
        [passage for passage, _ in exact_search(question, passages.ids, passages.vectors, DEPTH)]
        for question in questions
    ]
    lost = judge(_golden_before(beside.parent), golden, _which_are_found(wanted, exactly))
    missed = sorted(unfound)
    return Description(passages.fingerprint, passages.state, len(passages.ids), passages.digests, missed, golden, lost)


@contextmanager
def _disk_named(folder: Path) -> Iterator[None]:
    """Name a full disk: Chroma's own error on it speaks of anything but the disk."""
    try:
        yield
    except Exception:
        if shutil.disk_usage(folder).free < LEAST_ROOM:
            raise IndexUnusable("the disk is full") from None
        raise


def _which_are_found(wanted: Mapping[str, frozenset[str]], nearest: Sequence[Sequence[str]]) -> dict[str, bool]:
    return {
        question: any(passage in ids for passage in found)
        for (question, ids), found in zip(wanted.items(), nearest, strict=True)
    }


def _golden_before(folder: Path) -> Mapping[str, bool]:
    """Return what the generation pointed at finds; nothing where there is none that can be read."""
    try:
        return read_description(folder, read_pointer(folder)).golden
    except IndexUnusable:
        return {}


def _teller(connection: Connection) -> Tell:
    def tell(step: str, done: int, total: int) -> None:
        send(connection, {"step": step, "done": done, "total": total})

    return tell


if __name__ == "__main__":
    main()
