"""Runs all measurements, prints them, and writes them where it is told.

make bench                                         everything; writes docs/benchmarks.md
python -m benchmarks --sizes 1000,10000            a smaller run
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from pathlib import Path

import typer
from rich.console import Console
from rich.markdown import Markdown

from benchmarks.growth import growth_tables, measure_growth
from benchmarks.ingest import measure_ingest
from benchmarks.measuring import CannotMeasure, Table, Tell, machine, shown
from benchmarks.replies import measure_replies
from bot.logs import set_up_logging
from knowledge.settings import read_settings

EVALS = Path(__file__).resolve().parent.parent / "evals"
SIZES = "1000,10000,50000,100000"
INTRODUCTION = """# Benchmarks

`make bench` measures all of this and writes this page. Made-up libraries of more than the starter knowledge hold real
notices over and over, each a little other, with vectors that are those of the real ones turned a little
(`benchmarks/corpus.py`); the messages that are asked are never made up.
"""


def main(
    sizes: str = typer.Option(SIZES, help="How many passages, with commas between; empty for none."),
    messages: int = typer.Option(80, help="How many questions and how many offers are asked at each size."),
    embedded: int = typer.Option(256, help="How many passages are embedded to time ingest; 0 for none."),
    write: Path | None = typer.Option(None, help="Write the report to this file as well."),
) -> None:
    """Measure and print. Exit code 1 where something does not run."""
    set_up_logging(level="ERROR")
    head = f"{INTRODUCTION}\nMeasured on {dt.datetime.now(dt.UTC):%Y-%m-%d}: {machine()}.\n"
    try:
        with shown() as tell:
            tables = _measure([int(size) for size in sizes.split(",") if size], messages, embedded, tell)
    except (CannotMeasure, OSError, ValueError, KeyError) as problem:
        typer.echo(f"Cannot measure: {problem}", err=True)
        raise typer.Exit(1) from None
    report = "\n".join([head, *(table.as_markdown() for table in tables)])
    Console().print(Markdown(report))
    if write is not None:
        write.parent.mkdir(parents=True, exist_ok=True)
        write.write_text(report, encoding="utf-8")


def _measure(sizes: list[int], messages: int, embedded: int, tell: Tell) -> list[Table]:
    settings = read_settings()
    offers, questions = (
        _read(EVALS / "offers" / "dev.jsonl", "text"),
        _read(EVALS / "retrieval" / "questions.jsonl", "text"),
    )
    tables = measure_replies(offers, tell)
    source = Path(settings.resolved_database_url.removeprefix("sqlite:///"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "models").symlink_to(settings.data_dir.absolute() / "models")  # built once is enough
        if sizes:
            asked = (_some(questions, messages), _some(offers, messages))
            tables += growth_tables(measure_growth(source, folder, sizes, asked, tell))
        if embedded:
            tables.append(measure_ingest(source, folder, embedded, tell))
    return tables


def _read(file: Path, field: str) -> list[str]:
    return [json.loads(line)[field] for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def _some(texts: list[str], number: int) -> list[str]:
    """Take so many, evenly from the whole."""
    return texts[:: max(1, len(texts) // number)][:number]


if __name__ == "__main__":
    typer.run(main)
