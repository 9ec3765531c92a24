"""SIGKILL at random moments of a build: who asks must not notice, and what is pointed at must stay whole."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.generations import check_files
from knowledge.index import IndexUnusable
from knowledge.index_processes import WORKER
from tests.drills.world import Record, World, someone_asking, wait_until

NOON = dt.datetime(2026, 11, 22, 6, 30, tzinfo=dt.UTC)


@dataclass
class KillReport:
    """What a drill of kills has shown."""

    kills: int = 0
    too_late: int = 0  # the build was done first
    left_damaged: int = 0  # pointed at a generation that is not whole
    build_s: float = 0.0
    asked: Record = field(default_factory=Record)


def drill_kills(world: World, kills: int, seed: int, tell: Callable[[str], None]) -> KillReport:
    """Build once, then begin builds and kill each at a random moment. The library changes before each."""
    chance, report = random.Random(seed), KillReport()
    begun = time.monotonic()
    assert world.keeper.refresh_index(NOON)
    report.build_s = time.monotonic() - begun
    with someone_asking(world, seed) as report.asked:
        for number in range(kills):
            world.hold([n for n in world.numbers if n != world.numbers[0]] + [max(world.numbers) + 1])
            world.keeper.current()
            killed = _build_and_kill(world, chance.uniform(0, report.build_s), NOON + dt.timedelta(minutes=number + 1))
            report.kills += killed
            report.too_late += not killed
            report.left_damaged += not _is_whole(world.generation)
            tell(f"kill {number + 1} of {kills}")
    return report


def _build_and_kill(world: World, after_s: float, now: dt.datetime) -> bool:
    """Begin a build and kill its process after a while; False if it was done first."""
    serving = _serving_pid(world)
    builder = threading.Thread(target=world.keeper.refresh_index, args=(now,))
    builder.start()
    time.sleep(after_s)
    wait_until(lambda: not builder.is_alive() or index_processes() - {serving, _serving_pid(world)}, 5)
    found = index_processes() - {serving, _serving_pid(world)}
    for pid in found:
        os.kill(pid, signal.SIGKILL)
    builder.join()
    return bool(found)


def _serving_pid(world: World) -> int:
    generation = world.keeper.current().index.generation
    return generation.pid if generation else 0


def index_processes() -> set[int]:
    """The index processes that this program has started."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and WORKER.encode() in (path / "cmdline").read_bytes():
                found.add(int(path.name))
        except (OSError, IndexError):
            continue
    return found


def _is_whole(generation: Path) -> bool:
    try:
        check_files(generation)
    except IndexUnusable:
        return False
    return True
