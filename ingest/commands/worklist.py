"""`satark-ingest worklist`: what people asked that Satark could not answer, or that did not help. Changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ingest.commands.parts import AsJson, now, open_existing, present
from ingest.desk_tables import minute
from ingest.tables import plain
from knowledge import worklist as store
from knowledge.database import read_session
from knowledge.library import day_in_india
from knowledge.worklist import CountView, QuestionView


def worklist(
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How far back the counts go.")] = 30,
    most: Annotated[int, typer.Option("--most", min=1, max=500, help="How many questions and counts.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show the questions that were not answered or did not help: how often, of which kind, language and country."""
    since = day_in_india(now()) - dt.timedelta(days=days)
    with read_session(open_existing()) as session:
        counts = store.list_counts(session, since, most=most)
        questions = store.list_questions(session, most=most)
        waiting = store.count_open(session)
    fields = {
        "since": since.isoformat(),
        "open_questions": waiting,
        "counts": [_describe_count(one) for one in counts],
        "questions": [_describe_question(one) for one in questions],
    }
    present(as_json, fields, lambda out: _print(out, since, counts, questions, waiting))


def _print(
    out: Console, since: dt.date, counts: Sequence[CountView], questions: Sequence[QuestionView], waiting: int
) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", title=f"Since {since}", title_justify="left")
    for heading in ("How often", "Why", "Kind", "Language", "Countries"):
        table.add_column(heading, no_wrap=True)
    for one in counts:
        sort = one.sort
        cells = (str(one.count), sort.why, sort.kind, sort.language, " ".join(sort.countries) or "–")
        table.add_row(*map(plain, cells))
    out.print(table)
    for question in questions:
        where = " ".join(question.sort.countries) or "–"
        out.print(plain(f"{question.id}  {minute(question.asked_at)}  {question.sort.why}  {where}", "bold"))
        out.print(plain(f"    {question.words}"))
    out.print(f"{waiting} questions that people let staff see are open; they are dealt with in Telegram.")


def _describe_count(one: CountView) -> dict[str, Any]:
    return _describe_sort(one.sort) | {"count": one.count}


def _describe_question(one: QuestionView) -> dict[str, Any]:
    return _describe_sort(one.sort) | {"id": one.id, "words": one.words, "asked_at": one.asked_at.isoformat()}


def _describe_sort(sort: store.Sort) -> dict[str, Any]:
    return {
        "why": str(sort.why),
        "kind": sort.kind,
        "language": sort.language,
        "countries": list(sort.countries),
    }
