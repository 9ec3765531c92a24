"""`satark-ingest worklist`: what people asked in vain, and what a language model said. Changes nothing."""

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
from knowledge.chat.quality_store import ListedAnswer, count_answers, list_answers
from knowledge.database import read_session
from knowledge.library import day_in_india
from knowledge.worklist import CountView, QuestionView


def worklist(
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How far back the counts go.")] = 30,
    most: Annotated[int, typer.Option("--most", min=1, max=500, help="How many questions and counts.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show the questions that were not answered or did not help, and answers of a language model to look at."""
    since = day_in_india(now()) - dt.timedelta(days=days)
    with read_session(open_existing()) as session:
        counts = store.list_counts(session, since, most=most)
        questions = store.list_questions(session, most=most)
        waiting = store.count_open(session)
        answers, answers_waiting = list_answers(session, most=most), count_answers(session)
    fields = {
        "since": since.isoformat(),
        "open_questions": waiting,
        "counts": [_describe_count(one) for one in counts],
        "questions": [_describe_question(one) for one in questions],
        "open_model_answers": answers_waiting,
        "model_answers": [_describe_answer(one) for one in answers],
    }

    def show(out: Console) -> None:
        _print(out, since, counts, questions, waiting)
        _print_answers(out, answers, answers_waiting)

    present(as_json, fields, show)


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


def _print_answers(out: Console, answers: Sequence[ListedAnswer], waiting: int) -> None:
    for one in answers:
        done = one.quality
        records = " ".join(done.records)
        head = f"Model answer {one.id}  {one.day}  {done.kind}  {done.language}  {records}"
        out.print(plain(head, "bold"))
        for words in done.shown:
            out.print(plain(f"    {words}"))
    if waiting:
        out.print(
            f"{waiting} answers of the language model are to be looked at; they are marked in Telegram, /worklist."
        )


def _describe_count(one: CountView) -> dict[str, Any]:
    return _describe_sort(one.sort) | {"count": one.count}


def _describe_question(one: QuestionView) -> dict[str, Any]:
    return _describe_sort(one.sort) | {"id": one.id, "words": one.words, "asked_at": one.asked_at.isoformat()}


def _describe_answer(one: ListedAnswer) -> dict[str, Any]:
    done = one.quality
    return {
        "id": one.id,
        "day": one.day.isoformat(),
        "why": str(one.why),
        "score": done.score,
        "kind": str(done.kind),
        "verdict": str(done.verdict) if done.verdict else None,
        "language": str(done.language),
        "records": list(done.records),
        "shown": list(done.shown),
    }


def _describe_sort(sort: store.Sort) -> dict[str, Any]:
    return {
        "why": str(sort.why),
        "kind": sort.kind,
        "language": sort.language,
        "countries": list(sort.countries),
    }
