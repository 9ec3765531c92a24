"""Writes `docs/results.md`: every score by language and by kind of message, with counts and 95 % intervals.

    python -m evals.results        asks `satark check --batch` and `satark search --batch`, then writes the page

Scoring lives beside each set of cases (`evals/offers/scores.py` and so on); here is only the adding up and showing.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from evals.agents import evaluate as agents
from evals.extraction import evaluate as extraction
from evals.models import WITHOUT, find_section
from evals.offers.evaluate import ask, read_cases, write_failures
from evals.offers.scores import Score, Summary, parse_reply, score, summarise
from evals.retrieval.evaluate import BOTH, Question, read_questions, run_search, score_groups
from ingest.understanding.meaning import build_topics_by_meaning
from knowledge.settings import read_settings

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "results.md"
CONFIDENCE = 1.96  # standard deviations either side: 95 %
LANGUAGES = ("en", "hi", "hi-Latn", "pa", "ml", "ta", "te", "bn", "gu", "mr", "kn", "or", "ur")
# Sets of cases: what they are → which files.
SETS = {
    "the shared development cases": ("dev.jsonl",),
    "the project's own cases, looked at while building": ("own_dev*.jsonl", "own_??.jsonl"),
    "the project's own held-out cases, of which only the numbers were looked at": ("own_test*.jsonl",),
}
COLUMNS = {
    "false_reassurance": "false reassurance",
    "false_alarm": "false alarm",
    "kind": "kind",
    "verdict": "verdict",
    "flag_precision": "flag precision",
    "flag_recall": "flag recall",
    "citation": "citation",
    "must_mention": "must mention",
    "language": "language",
}


def main() -> int:
    """Ask, score, write the page, and say where it is."""
    parts = [_head()]
    for title, patterns in SETS.items():
        parts.append(_offers(title, [file for pattern in patterns for file in sorted((HERE / "offers").glob(pattern))]))
    questions = read_questions()
    parts.append(_retrieval(questions, run_search(questions)))
    parts.append(_extraction(extraction.measure(topics_by_meaning=build_topics_by_meaning(read_settings()))))
    parts.append(_agents(agents.measure()))
    parts.append(find_section())
    PAGE.write_text("\n".join(parts), encoding="utf-8")
    print(f"Written: {PAGE}")
    return 0


def _head() -> str:
    day = dt.datetime.now(dt.UTC).date()
    return f"""# Results

Written by `make evals` on {day}, {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}.
Do not edit.

A cell shows hits/asked and, below, the 95 % interval of the share (Wilson). *Gap* is the share of right verdicts in
English less that of the language, in points. What each score means: `evals/README.md`. No language model is asked.
"""


def _offers(title: str, files: Sequence[Path]) -> str:
    cases = read_cases(files, set())
    results = HERE.parent / "build" / "results" / files[0].stem
    replies = ask(cases, results, {"CHAT_MODEL": WITHOUT})  # whatever the environment and `.env` say
    scores = [score(case, parse_reply(replies[case.id]) if case.id in replies else None) for case in cases]
    write_failures(scores, results)
    return "\n".join(
        (
            f"## Replies: {title}",
            "",
            f"{len(cases)} cases: {', '.join(f'`evals/offers/{file.name}`' for file in files)}.",
            "",
            _table("language", _rows(scores, lambda one: one.case.lang, LANGUAGES), with_gap=True),
            _table("kind of message", _rows(scores, lambda one: one.case.kind, ()), with_gap=False),
        )
    )


def _rows(scores: Sequence[Score], part: Callable[[Score], str], order: Sequence[str]) -> dict[str, Summary]:
    names = sorted({part(one) for one in scores}, key=lambda name: (order.index(name) if name in order else 99, name))
    rows = {name: summarise(one for one in scores if part(one) == name) for name in names}
    return rows | {"**all**": summarise(scores)}


def _table(heading: str, rows: dict[str, Summary], *, with_gap: bool) -> str:
    columns = [heading, "cases", *COLUMNS.values(), *(["gap"] if with_gap else [])]
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    english = rows["en"].rate("verdict") if "en" in rows else None
    for name, summary in rows.items():
        cells = [name, str(summary.cases), *(_cell(*summary.counts[column]) for column in COLUMNS)]
        lines.append("| " + " | ".join([*cells, *([_gap(english, summary)] if with_gap else [])]) + " |")
    return "\n".join(lines) + "\n"


def _cell(hits: int, asked: int) -> str:
    if not asked:
        return "–"
    low, high = wilson(hits, asked)
    return f"{hits}/{asked}<br>{low:.2f}–{high:.2f}"


def wilson(hits: int, asked: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927); it stays within 0 and 1 and is fit for small numbers."""
    share, square = hits / asked, CONFIDENCE**2
    middle = (share + square / (2 * asked)) / (1 + square / asked)
    half = CONFIDENCE * math.sqrt(share * (1 - share) / asked + square / (4 * asked**2)) / (1 + square / asked)
    return max(0.0, middle - half), min(1.0, middle + half)


def _gap(english: float | None, summary: Summary) -> str:
    share = summary.rate("verdict")
    return "–" if english is None or share is None else f"{100 * (english - share):+.0f}"


def _extraction(measured: extraction.Measured) -> str:
    """Show what is read out of golden documents. Countries and topics are F1; the rest is the share that is right."""
    sets = {"development": measured.development, "held out": measured.held_out}
    names = list(measured.development.as_numbers())
    lines = ["## Reading notices", "", "`python -m evals.extraction.evaluate` measures the same.", ""]
    lines += [f"| documents | number | {' | '.join(names)} |", "|---" * (len(names) + 2) + "|"]
    for name, figures in sets.items():
        cells = [f"{value:.3f}" for value in figures.as_numbers().values()]
        lines.append(f"| {name} | {figures.documents} | {' | '.join(cells)} |")
    if measured.left_out:
        lines += ["", f"Left out, since there is no Tesseract here: {', '.join(measured.left_out)}."]
    return "\n".join([*lines, ""])


def _agents(groups: Mapping[str, agents.Measured]) -> str:
    """Show how names and numbers of agents are found in the lists, by set and by language."""
    lines = ["## Names of agents", "", "`python -m evals.agents.evaluate` measures the same.", ""]
    lines += ["| cases | right class | share | wrongly called registered |", "|---|---|---|---|"]
    for name, found in groups.items():
        right = f"{found.right}/{found.cases}"
        lines.append(f"| {name} | {right} | {found.share:.3f} | {found.false_confirmations} |")
    return "\n".join([*lines, ""])


def _retrieval(questions: list[Question], results: dict[str, list[str]]) -> str:
    groups = score_groups(questions, results)
    rows = {lang: groups[BOTH, lang] for lang in LANGUAGES if (BOTH, lang) in groups}
    english = rows["en"][1].hit
    return "\n".join(
        (
            "## Retrieval",
            "",
            "Questions with what answers them, `evals/retrieval/`. recall@5: at least one record that answers the"
            " question stands among the first five (`docs/adr/`, number 8).",
            "",
            "| language | questions | recall@5 | share of all | MRR@10 | nDCG@10 | gap of recall@5 |",
            "|---|---|---|---|---|---|---|",
            *(
                f"| {lang} | {count} | {_cell(round(found.hit * count), count)} | {found.recall:.3f} "
                f"| {found.rank:.3f} | {found.gain:.3f} | {100 * (english - found.hit):+.0f} |"
                for lang, (count, found) in rows.items()
            ),
            "",
        )
    )


if __name__ == "__main__":
    sys.exit(main())
