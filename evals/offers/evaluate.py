"""Measures the replies to the offers: asks `satark check --batch`, or reads replies, and says how good they are.

    python -m evals.offers.evaluate                          # all own development cases
    python -m evals.offers.evaluate --lang en,hi,hi-Latn --floor evals/offers/floor.toml
    python -m evals.offers.evaluate --replies replies.jsonl --cases evals/offers/dev.jsonl

Scoring lives in `scores.py`; here is only the running, reading and showing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from evals.offers.scores import (
    BadCase,
    Case,
    Score,
    Summary,
    find_breaches,
    parse_case,
    parse_reply,
    score,
    summarise,
)

HERE = Path(__file__).parent
# Score → its heading: hits of those asked, so that a small number is seen to be small.
COLUMNS = {
    "false_reassurance": "reassured",
    "false_alarm": "alarmed",
    "kind": "kind",
    "verdict": "verdict",
    "flag_precision": "flag prec",
    "flag_recall": "flag rec",
    "citation": "cited",
    "must_mention": "mentions",
    "must_not_mention": "avoids",
    "language": "language",
}
_TABLE_WIDTH = 140  # where the output is no terminal
console = Console(width=None if sys.stdout.isatty() else _TABLE_WIDTH)


class BatchFailed(RuntimeError):
    """`satark check --batch` ended with an error; the message holds its last lines."""


def evaluate(
    cases: Annotated[
        list[Path] | None, typer.Option(help="Files of cases; default: dev.jsonl beside this file.")
    ] = None,
    replies: Annotated[Path | None, typer.Option(help="Score these replies instead of asking satark.")] = None,
    lang: Annotated[str, typer.Option(help="Only these languages, such as en,hi,hi-Latn.")] = "",
    floor: Annotated[Path | None, typer.Option(help="A TOML file of floors; below one the exit code is 1.")] = None,
    results: Annotated[Path, typer.Option(help="Folder for replies.jsonl and failures.jsonl.")] = HERE / "results",
) -> None:
    """Score replies to evaluation cases."""
    try:
        wanted = read_cases(cases or [HERE / "dev.jsonl"], {code.strip() for code in lang.split(",") if code.strip()})
        raw = _read_replies(replies) if replies else ask(wanted, results)
        scores = [score(case, parse_reply(raw[case.id]) if case.id in raw else None) for case in wanted]
        breaches = _check_floors(scores, tomllib.loads(floor.read_text(encoding="utf-8"))) if floor else []
    except (BadCase, BatchFailed, OSError, json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        console.print(f"[red]Cannot evaluate:[/red] {error}")
        raise typer.Exit(2) from error
    _show(scores)
    console.print(f"Failures: {write_failures(scores, results)}")
    for breach in breaches:
        console.print(f"[red]Below the floor:[/red] {breach}")
    if breaches:
        raise typer.Exit(1)


def read_cases(files: Sequence[Path], languages: set[str]) -> list[Case]:
    cases = [parse_case(raw) for file in files for raw in _json_lines(file)]
    chosen = [case for case in cases if not languages or case.lang in languages]
    if not chosen:
        raise BadCase(f"no case in {', '.join(sorted(languages))}; write codes such as en,hi,hi-Latn")
    return chosen


def _read_replies(file: Path) -> dict[str, Any]:
    return {row["id"]: row["reply"] for row in _json_lines(file)}


def _json_lines(file: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise BadCase(f"{file}, line {number}: not JSON ({error})") from error


def ask(cases: Sequence[Case], results: Path, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Ask the product from outside, as any user of the command line would, and keep what it said.

    `environment` holds settings for this run, beside those of this process. Raises `BatchFailed`.
    """
    results.mkdir(parents=True, exist_ok=True)
    replies: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, (results / "replies.jsonl").open("w", encoding="utf-8") as kept:
        questions = Path(folder) / "cases.jsonl"
        lines = [json.dumps({"id": case.id, "text": case.text}, ensure_ascii=False) for case in cases]
        questions.write_text("\n".join(lines) + "\n", encoding="utf-8")
        answers = _run_batch(questions, environment or {})
        for line in track(answers, description="Asking", total=len(cases), console=console):
            row = json.loads(line)
            replies[row["id"]] = row["reply"]
            kept.write(line)
    return replies


def _run_batch(questions: Path, environment: Mapping[str, str]) -> Iterator[str]:
    command = [sys.executable, "-m", "bot", "check", "--batch", str(questions)]
    settings = os.environ | environment
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
        subprocess.Popen(  # noqa: S603
            command, stdout=subprocess.PIPE, stderr=errors, text=True, encoding="utf-8", env=settings
        ) as batch,
    ):
        if batch.stdout is not None:
            yield from (line for line in batch.stdout if line.strip())
        if batch.wait() != 0:
            errors.seek(0)
            last_lines = "".join(errors.readlines()[-5:]).strip()
            raise BatchFailed(f"satark check --batch ended with code {batch.returncode}: {last_lines}")


def _check_floors(scores: Sequence[Score], floors: dict[str, Any]) -> list[str]:
    """`[overall]`, `[kind.offer]` and `[language.hi]` tables of score = floor."""
    breaches = list(find_breaches(summarise(scores), floors.get("overall", {})))
    for table, part in (("kind", _kind), ("language", _language)):
        for name, limits in floors.get(table, {}).items():
            chosen = [one for one in scores if part(one) == name]
            breaches += [f"{table} {name}: {breach}" for breach in find_breaches(summarise(chosen), limits)]
    return breaches


def _kind(one: Score) -> str:
    return one.case.kind


def _language(one: Score) -> str:
    return one.case.lang


def _show(scores: Sequence[Score]) -> None:
    _show_table("All", {"all": summarise(scores)})
    _show_table("By kind", _grouped(scores, _kind))
    _show_table("By language", _grouped(scores, _language))


def _grouped(scores: Sequence[Score], part: Callable[[Score], str]) -> dict[str, Summary]:
    names = sorted({part(one) for one in scores})
    return {name: summarise(one for one in scores if part(one) == name) for name in names}


def _show_table(title: str, rows: dict[str, Summary]) -> None:
    table = Table(title=title, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("", "cases", "missing", *COLUMNS.values()):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, summary in rows.items():
        cells = [_cell(summary.counts[column]) for column in COLUMNS]
        table.add_row(name, str(summary.cases), str(summary.missing), *cells)
    console.print(table)


def _cell(count: tuple[int, int]) -> str:
    hits, asked = count
    return f"{hits}/{asked}" if asked else "–"


def write_failures(scores: Sequence[Score], results: Path) -> Path:
    """One line for each case that failed anything, worst first, with what was wanted and what came."""
    results.mkdir(parents=True, exist_ok=True)
    failed = sorted((one for one in scores if one.failures), key=_badness)
    file = results / "failures.jsonl"
    file.write_text("".join(json.dumps(_failure(one), ensure_ascii=False) + "\n" for one in failed), encoding="utf-8")
    return file


def _badness(one: Score) -> tuple[bool, int]:
    return not one.false_reassurance, -len(one.failures)


def _failure(one: Score) -> dict[str, Any]:
    case, answered = one.case, one.answered
    return {
        "id": case.id,
        "failed": list(one.failures),
        "reassuring_words": list(one.reassuring_words),
        "wanted": {
            "kinds": sorted(case.accept_kinds),
            "verdicts": sorted(case.accept_verdicts),
            "flags": sorted(case.flags_must),
            "not_flags": sorted(case.flags_must_not),
            "topics": sorted(case.topics_any),
            "countries": sorted(case.countries),
            "mention": [list(words) for words in case.must_mention],
            "not_mention": list(case.must_not_mention),
            "language": case.lang,
        },
        "came": {
            "kind": answered.kind,
            "verdict": answered.verdict,
            "flags": sorted(answered.flags),
            "cited": [{"topics": sorted(c.topics), "countries": sorted(c.countries)} for c in answered.citations],
            "language": answered.language,
            "text": answered.text,
        }
        if answered
        else None,
        "text": case.text,
    }


if __name__ == "__main__":
    typer.run(evaluate)
