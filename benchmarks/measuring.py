"""Knows how times are taken and summed up, on what machine, and how long steps are shown as they go on."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Tell = Callable[[str, int, int], None]


class CannotMeasure(Exception):
    """Something that is to be measured does not run; the message says what."""


@dataclass(frozen=True)
class Times:
    """Measured times in seconds."""

    all: tuple[float, ...]

    def percentile(self, share: float) -> float:
        """Return the time that this share of the measurements did not exceed."""
        ordered = sorted(self.all)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def p50(self) -> float:
        """The time in the middle."""
        return self.percentile(0.5)

    @property
    def p95(self) -> float:
        """The time that one in twenty exceeds."""
        return self.percentile(0.95)


@dataclass(frozen=True)
class Table:
    """One table of the report."""

    title: str
    note: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_markdown(self) -> str:
        """Write it as it stands in `docs/benchmarks.md`."""
        lines = [f"## {self.title}", "", self.note, "", _line(self.headings), _line(["---"] * len(self.headings))]
        return "\n".join([*lines, *(_line(row) for row in self.rows), ""])


def timed(do: Callable[[], object]) -> float:
    """Return how long it took, in seconds."""
    before = time.perf_counter()
    do()
    return time.perf_counter() - before


def in_words(seconds: float) -> str:
    """Write a time as people read it."""
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def memory_mb(process_id: int | str = "self") -> float:
    """Return the memory that a process holds now, in megabytes (resident set, Linux)."""
    for line in Path(f"/proc/{process_id}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise CannotMeasure("this system does not tell how much memory a program holds")


def machine() -> str:
    """Name the machine, and how busy it is with other things."""
    kind = f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    return f"{kind}, load {os.getloadavg()[0]:.1f} before the run"


@contextmanager
def shown() -> Iterator[Tell]:
    """Show a bar for each step on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks or bars.tasks[tasks[step]].finished:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield tell


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _processor() -> str:
    """The name of the processor where the system tells it (Linux), else its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.machine()
