"""`satark search`: the passages that a question finds, with the parts of their scores. Finds only; judges nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Column, Table

from bot.commands.batch import BadLine, Question, read_batch
from bot.commands.parts import build_parts, explained_to_operator
from bot.logs import set_up_logging
from bot.troubles import CannotRun
from knowledge.retriever import LIMIT, Hit, SatarkRetriever
from knowledge.settings import read_settings

SINGLE = "q"  # the id of a question given on the command line
MOST = 100


def search_command(
    question: Annotated[str | None, typer.Argument(help="What to look for, in any language.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as one line of JSON.")] = False,
    batch: Annotated[
        Path | None, typer.Option(help="JSON lines with id and text; one line of results each comes out.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many results at most.")] = LIMIT,
) -> None:
    """Search the advisories and rules, and show what is found in order."""
    with explained_to_operator():
        lines = read_batch(batch) if batch is not None else None
        if lines is None and not (question or "").strip():
            raise CannotRun('Nothing to search for. Write the question after the command: satark search "job in Laos"')
        set_up_logging(secrets=[])
        retriever = _build_retriever()
        if lines is not None:
            raise typer.Exit(_search_all(retriever, lines, limit))
        _search_one(retriever, question or "", limit, as_json=as_json)


def result_line(question_id: str | int, hits: list[Hit]) -> str:
    """Write the results of one question as a line of JSON."""
    results = [{"advisory": hit.advisory, "passage": hit.text, "score": hit.score} for hit in hits]
    return json.dumps({"id": question_id, "results": results}, ensure_ascii=False)


def _build_retriever() -> SatarkRetriever:
    parts = build_parts(read_settings())
    if parts.retriever is None:
        raise CannotRun("There is nothing to search with. Run satark doctor to see what is missing.")
    return parts.retriever()


def _search_one(retriever: SatarkRetriever, question: str, limit: int, *, as_json: bool) -> None:
    hits = _wanted(retriever, question, limit)
    if as_json:
        typer.echo(result_line(SINGLE, hits))
    elif hits:
        Console().print(_table(hits))
    else:
        typer.echo("Nothing in the advisories and rules is near to this question.")


def _search_all(retriever: SatarkRetriever, lines: list[Question | BadLine], limit: int) -> int:
    """Answer every good line and name every bad one; 1 if there was a bad one, else 0."""
    progress = Console(stderr=True)
    for line in track(lines, description="Searching", console=progress, disable=not sys.stderr.isatty()):
        if isinstance(line, BadLine):
            typer.echo(f"Line {line.number}: {line.problem}", err=True)
        else:
            typer.echo(result_line(line.id, _wanted(retriever, line.text, limit)))
    return int(any(isinstance(line, BadLine) for line in lines))


def _wanted(retriever: SatarkRetriever, question: str, limit: int) -> list[Hit]:
    """Standing warnings come after the ranked hits, and count towards the limit here."""
    return retriever.search(question, limit=limit)[:limit]


def _table(hits: list[Hit]) -> Table:
    record = Column("Record", overflow="fold", min_width=24)
    table = Table("Score", "Meaning", "Country", "Words", "Source", record, "Passage", show_lines=True)
    for hit in hits:
        parts = (hit.parts.meaning, hit.parts.country, hit.parts.words, hit.parts.source)
        name = f"{hit.advisory}\n(standing warning)" if hit.standing else hit.advisory
        table.add_row(f"{hit.score:.3f}", *(f"{part:.2f}" for part in parts), name, hit.text)
    return table
