"""Runs the drills of the index at full size and prints what they have shown. Exit code 1 if anything went wrong.

make drills                                   50 kills, and all kinds of damage at 10,000 passages
python -m tests.drills --passages 1000 --kills 10
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

import knowledge.retriever
from tests.drills.damage import DRILLS, DamageReport, drill_damage, drill_model_file
from tests.drills.kills import KillReport, drill_kills
from tests.drills.world import Record, World, no_centring


def main() -> int:
    """Run, print, and return the exit code."""
    options = _parse_options()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))  # the drills tell what happened
    knowledge.retriever.build_centring = lambda embedder, _: no_centring(embedder)
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(
        f"{options.passages} passages ({options.kill_passages} for the kills), seed {options.seed}, {_machine()}, "
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}"
    )
    with _bars() as bars:
        killed, damaged = _kill(options, bars), _damage(options, bars)
    model_s, same = _drill_model()
    _print(console, killed, damaged)
    console.print(
        f"Altered model file: noticed and rebuilt in {model_s:.1f} s, vectors {'the same' if same else 'DIFFER'}"
    )
    good = same and _all_well(killed.asked) and not killed.left_damaged and all(report.passed for report in damaged)
    console.print("All drills passed." if good else "SOMETHING WENT WRONG.")
    return 0 if good else 1


def _bars() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


def _kill(options: argparse.Namespace, bars: Progress) -> KillReport:
    bar = bars.add_task("Kills", total=options.kills)
    with _world(options.kill_passages) as world:
        return drill_kills(world, options.kills, options.seed, lambda _: bars.advance(bar))


def _damage(options: argparse.Namespace, bars: Progress) -> list[DamageReport]:
    bar, damaged = bars.add_task("Damage", total=len(DRILLS)), []
    with _world(options.passages) as world:
        for drill in DRILLS:
            bars.update(bar, description=f"Damage: {drill.name}")
            damaged.append(drill_damage(world, drill, options.seed))
            bars.advance(bar)
    return damaged


@contextmanager
def _world(passages: int) -> Iterator[World]:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), passages)
        try:
            yield world
        finally:
            world.keeper.close()


def _drill_model() -> tuple[float, bool]:
    with tempfile.TemporaryDirectory() as folder:
        return drill_model_file(Path(folder))


def _print(console: Console, killed: KillReport, damaged: list[DamageReport]) -> None:
    console.print(
        f"SIGKILL during a build: {killed.kills} kills ({killed.too_late} came after the end), a build takes "
        f"{killed.build_s:.1f} s; pointed at something damaged: {killed.left_damaged}. {_words(killed.asked)}"
    )
    table = Table("Damage", "Right answer after", "Index whole after", "Answers", "Wrong", "None", "Slowest", "Recall")
    for report in damaged:
        asked = report.asked
        table.add_row(
            report.name if report.passed else f"{report.name} FAILED",
            f"{report.exact_after_s:.2f} s",
            f"{report.whole_after_s:.1f} s",
            *(str(count) for count in (asked.answers, asked.wrong, asked.errors)),
            f"{asked.slowest_s:.2f} s",
            f"{asked.recall:.4f}",
        )
    console.print(table)


def _words(asked: Record) -> str:
    return (
        f"{asked.answers} answers meanwhile, {asked.by_index} by the index, {asked.wrong} wrong, {asked.errors} not "
        f"given, slowest {asked.slowest_s:.2f} s, recall {asked.recall:.4f}."
    )


def _all_well(asked: Record) -> bool:
    return asked.answers > 0 and not asked.wrong and not asked.errors


def _machine() -> str:
    return f"{os.cpu_count()} processors ({platform.machine()}), Python {platform.python_version()}"


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--kill-passages", type=int, default=3_000, help="a build of these takes some seconds")
    parser.add_argument("--seed", type=int, default=6)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
