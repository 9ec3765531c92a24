"""Everything that may happen to the index on a disk: exact search must answer at once, and another index follow."""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.embedding import build_embedder
from knowledge.embedding.bundled import ONNX_FOLDER, ONNX_MODEL, bundled_fingerprint
from knowledge.generations import CHROMA, CONTENTS, LAYOUT, POINTER
from knowledge.index import IndexUnusable
from knowledge.retriever import RetrieverKeeper
from knowledge.settings import Settings
from knowledge.whole_folder import MANIFEST, write_manifest
from tests.drills.world import (
    ANSWER_WITHIN_S,
    MadeUpModel,
    Record,
    World,
    ask_once,
    make_library,
    someone_asking,
    wait_until,
)

EXACT_WITHIN_S = 5.0
REBUILT_WITHIN_S = 300.0
SERVES_WITHIN_S = 60.0

Damage = Callable[[World], None]


def folder_deleted(world: World) -> None:
    shutil.rmtree(world.index_folder, ignore_errors=True)


def vectors_truncated(world: World) -> None:
    file = _largest_vector_file(world.generation)
    os.truncate(file, file.stat().st_size // 3)


def vectors_zeroed(world: World) -> None:
    file = _largest_vector_file(world.generation)
    file.write_bytes(bytes(file.stat().st_size))


def database_truncated(world: World) -> None:
    os.truncate(world.generation / CHROMA / "chroma.sqlite3", 5000)


def something_foreign(world: World) -> None:
    shutil.rmtree(world.generation / CHROMA)
    (world.generation / CHROMA).write_text("This is not an index.")


def half_written(world: World) -> None:
    (world.generation / CONTENTS).unlink()
    (world.generation / MANIFEST).unlink()
    for file in list((world.generation / CHROMA).rglob("*.bin"))[::2]:
        file.unlink()


def older_version(world: World) -> None:
    description = json.loads((world.generation / CONTENTS).read_text())
    (world.generation / CONTENTS).write_text(json.dumps(description | {"layout": LAYOUT - 1}))
    _write_manifest_anew(world.generation)


def other_model_of_the_same_dimension(world: World) -> None:
    other = MadeUpModel(len(world.model.vectors), fingerprint="another-model", seed=99)
    library = make_library(other, world.numbers, 10_000)
    keeper = RetrieverKeeper(lambda: library, other, world.folder)
    assert keeper.refresh_index(dt.datetime.now(dt.UTC))
    keeper.close()


def pointer_garbled(world: World) -> None:
    (world.index_folder / POINTER).write_bytes(b"\xff\x00../../etc")


def private_copy_truncated(world: World) -> None:
    for file in world.index_folder.glob(".open-*/copy/**/*.bin"):
        os.truncate(file, file.stat().st_size // 2)
    for file in world.index_folder.glob(".open-*/copy/**/chroma.sqlite3"):
        os.truncate(file, 5000)


def process_crashes(world: World) -> None:
    generation = world.keeper.current().index.generation
    os.kill(generation.pid, signal.SIGSEGV)
    assert wait_until(lambda: not generation.alive, 10)  # a signal takes a moment


def process_hangs(world: World) -> None:
    os.kill(_serving_pid(world), signal.SIGSTOP)


def altered_while_serving(world: World) -> None:
    vectors_truncated(world)


@contextmanager
def disk_fills_up_while_building(world: World) -> Iterator[None]:
    """Files may only grow to some kilobytes in the processes started meanwhile, as if the disk were full then."""
    shutil.rmtree(world.index_folder, ignore_errors=True)
    held = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, held[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, held)
        signal.signal(signal.SIGXFSZ, ignored)


@contextmanager
def read_only(world: World) -> Iterator[None]:
    """A place that may not be written to: even root cannot make a folder under a file."""
    kept = world.folder / "kept-aside"
    world.index_folder.rename(kept)
    world.index_folder.write_text("not a folder")
    try:
        yield
    finally:
        world.index_folder.unlink()
        shutil.rmtree(kept)


@dataclass(frozen=True)
class Drill:
    """One kind of damage. `restarts`: the program is started anew on it; else it is met while serving."""

    name: str
    damage: Damage | None = None
    meanwhile: Callable[[World], AbstractContextManager[None]] | None = None
    restarts: bool = True


DRILLS = (
    Drill("folder deleted", folder_deleted),
    Drill("vectors truncated", vectors_truncated),
    Drill("vectors zeroed", vectors_zeroed),
    Drill("database truncated", database_truncated),
    Drill("something foreign in its place", something_foreign),
    Drill("half written", half_written),
    Drill("of an older version", older_version),
    Drill("of another model of the same dimension", other_model_of_the_same_dimension),
    Drill("pointer garbled", pointer_garbled),
    Drill("place cannot be written to", meanwhile=read_only),
    Drill("disk fills up while building", meanwhile=disk_fills_up_while_building),
    Drill("truncated while it serves", altered_while_serving, restarts=False),
    Drill("deleted while it serves", folder_deleted, restarts=False),
    Drill("private copy truncated while it serves", private_copy_truncated, restarts=False),
    Drill("its process crashes (SIGSEGV)", process_crashes, restarts=False),
    Drill("its process hangs (SIGSTOP)", process_hangs, restarts=False),
)


@dataclass
class DamageReport:
    """What one drill has shown."""

    name: str
    exact_after_s: float = 0.0  # until the first right answer
    whole_after_s: float = 0.0  # until an index serves again
    asked: Record = field(default_factory=Record)

    @property
    def passed(self) -> bool:
        """Whether nobody got a wrong answer or none, and the index came back in time."""
        in_time = self.exact_after_s <= EXACT_WITHIN_S and self.whole_after_s <= REBUILT_WITHIN_S
        return in_time and not self.asked.wrong and not self.asked.errors and self.asked.slowest_s <= ANSWER_WITHIN_S


def drill_damage(world: World, drill: Drill, seed: int) -> DamageReport:
    """Damage the index of a world that serves from one, and watch. Leaves it serving from a sound one."""
    report = DamageReport(drill.name)
    world.restart()  # so that the setbacks of an earlier drill make nobody wait
    world.keeper.look_after_index(now)
    assert wait_until(lambda: serves_whole(world), REBUILT_WITHIN_S), "no sound index to begin with"
    if drill.restarts:
        world.keeper.close()
    with drill.meanwhile(world) if drill.meanwhile else nullcontext():
        if drill.damage:
            drill.damage(world)
        begun = time.monotonic()
        if drill.restarts:
            world.keeper = world.open()
            world.keeper.look_after_index(now)
        first = Record()
        ask_once(world, world.numbers[0], first)
        report.exact_after_s = time.monotonic() - begun
        if drill.meanwhile:
            with someone_asking(world, seed) as report.asked:
                time.sleep(6.0)  # long enough to try to build, and to fail
    begun_again = time.monotonic() if drill.meanwhile else begun
    with someone_asking(world, seed) as asked:
        wait_until(lambda: serves_whole(world), REBUILT_WITHIN_S + 1)
        report.whole_after_s = time.monotonic() - begun_again
    report.asked.add(asked)
    report.asked.add(first)
    return report


def drill_model_file(folder: Path) -> tuple[float, bool]:
    """Alter a byte of the bundled model; return how long a start then takes, and whether its vectors are the same."""
    settings = Settings(_env_file=None, data_dir=folder)
    before = build_embedder(settings).embed_queries(["a job abroad"])
    file = folder / "models" / bundled_fingerprint() / ONNX_FOLDER / ONNX_MODEL
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
    begun = time.monotonic()
    after = build_embedder(settings).embed_queries(["a job abroad"])
    return time.monotonic() - begun, bool((before == after).all())


def serves_whole(world: World) -> bool:
    """Whether an index answers, of exactly what the library holds, that could be opened again."""
    retriever = world.keeper.current()
    index = retriever.index
    if index is None or index.exact or index.late or index.gone or index.generation.examine():
        return False
    try:
        if world.generation.name != index.generation.name:
            return False
        index.generation.check_origin()
    except (OSError, IndexUnusable):
        return False
    return True


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _largest_vector_file(folder: Path) -> Path:
    return max((folder / CHROMA).rglob("*.bin"), key=lambda path: path.stat().st_size)


def _write_manifest_anew(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    write_manifest(folder)


def _serving_pid(world: World) -> int:
    return world.keeper.current().index.generation.pid
