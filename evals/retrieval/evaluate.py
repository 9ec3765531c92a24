"""Measures how well `satark search` finds what answers a question, by language and split.

    python -m evals.retrieval.evaluate            runs `satark search --batch` and prints a table
    python -m evals.retrieval.evaluate --floor    also exits with 1 where a score is below its floor
    python -m evals.retrieval.evaluate --results FILE    scores the output of an earlier run

Weights are chosen on the split "dev" only; "test" says what they are worth. Questions without relevant records are
about other things: for them the right result is none.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evals.retrieval.measures import Scores, mean, score

HERE = Path(__file__).parent
KEPT = HERE / "results" / "results.jsonl"
DEPTH = 10
# (hit@5, gain@10) that both splits must reach, below what was measured by the width of chance.
BOTH = "both"
OTHER_LANGUAGES = ("pa", "ml", "ta", "te", "bn", "gu", "mr", "kn", "or", "ur")  # two dozen questions each
FLOORS = {"en": (0.95, 0.84), "hi": (0.90, 0.80), "hi-Latn": (0.90, 0.78)}  # of both splits together
FLOORS |= dict.fromkeys(OTHER_LANGUAGES, (0.85, 0.65))
MOST_STRAY = 0.35  # share of questions about other things that may still find something


@dataclass(frozen=True)
class Question:
    """One question with the ids that answer it and their grades; none for a question about other things."""

    id: str
    lang: str
    split: str
    text: str
    relevant: dict[str, int]


def main() -> int:
    """Run, print, and return the exit code."""
    options = _parse_options()
    questions = read_questions()
    results = read_results(options.results) if options.results else run_search(questions)
    if options.misses:
        print_misses(questions, results)
    groups = score_groups(questions, results)
    stray = share_of_stray(questions, results)
    print_table(groups, stray)
    problems = below_floor(groups, stray) if options.floor else []
    for problem in problems:
        print(problem, file=sys.stderr)
    return int(bool(problems))


def read_questions(folder: Path = HERE) -> list[Question]:
    """Read the questions of all languages: `questions.jsonl` and `questions_<language>.jsonl`."""
    files = sorted(folder.glob("questions*.jsonl"))
    lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return [Question(**json.loads(line)) for line in lines if line.strip()]


def read_results(path: Path) -> dict[str, list[str]]:
    """Read the ranked record ids of each question, each record once."""
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {line["id"]: list(dict.fromkeys(hit["advisory"] for hit in line["results"])) for line in lines}


def run_search(questions: list[Question]) -> dict[str, list[str]]:
    """Search for all questions through the command that people use."""
    KEPT.parent.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as batch, KEPT.open("w") as output:
        batch.writelines(json.dumps({"id": question.id, "text": question.text}) + "\n" for question in questions)
        batch.flush()
        command = [sys.executable, "-m", "bot", "search", "--batch", batch.name, "--limit", str(DEPTH)]
        subprocess.run(command, stdout=output, check=True)  # noqa: S603 - our own command, no outside input
    return read_results(KEPT)


def score_groups(questions: list[Question], results: dict[str, list[str]]) -> dict[tuple[str, str], tuple[int, Scores]]:
    """Average the scores of each split and language, with the number of questions."""
    answerable = [question for question in questions if question.relevant]
    keys = sorted({(split, question.lang) for question in answerable for split in (question.split, BOTH)})
    groups = {}
    for split, lang in keys:
        mine = [q for q in answerable if q.lang == lang and split in (q.split, BOTH)]
        groups[split, lang] = (len(mine), mean(score(results.get(q.id, []), q.relevant) for q in mine))
    return groups


def share_of_stray(questions: list[Question], results: dict[str, list[str]]) -> float:
    """Return the share of questions about other things for which something was found."""
    others = [question for question in questions if not question.relevant]
    return sum(bool(results.get(question.id)) for question in others) / max(1, len(others))


def below_floor(groups: dict[tuple[str, str], tuple[int, Scores]], stray: float) -> list[str]:
    """Say in words which scores are below their floors."""
    problems = []
    for lang, floors in FLOORS.items():
        _, scores = groups[BOTH, lang]
        for name, value, floor in zip(("recall@5 (any)", "nDCG@10"), (scores.hit, scores.gain), floors, strict=True):
            if value < floor:
                problems.append(f"{lang}: {name} is {value:.3f}, its floor is {floor:.2f}")
    if stray > MOST_STRAY:
        problems.append(
            f"{stray:.0%} of the questions about other things found something; at most {MOST_STRAY:.0%} may"
        )
    return problems


def print_table(groups: dict[tuple[str, str], tuple[int, Scores]], stray: float) -> None:
    table = Table("Split", "Language", "Questions", "recall@5 (any)", "recall@5 (share)", "MRR@10", "nDCG@10")
    for (split, lang), (count, scores) in groups.items():
        values = (scores.hit, scores.recall, scores.rank, scores.gain)
        table.add_row(split, lang, str(count), *(f"{value:.3f}" for value in values))
    Console().print(table)
    print(f"Questions about other things that found something: {stray:.0%}")


def print_misses(questions: list[Question], results: dict[str, list[str]]) -> None:
    """Show the questions of the split "dev" that no answer among the first five was found for."""
    for question in questions:
        if question.relevant and question.split == "dev":
            found = results.get(question.id, [])
            if not score(found, question.relevant).hit:
                print(question.id, "found", ", ".join(found[:5]) or "nothing")


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure satark search.")
    parser.add_argument("--floor", action="store_true", help="exit with 1 where a score is below its floor")
    parser.add_argument("--misses", action="store_true", help="list the questions of dev that were not answered")
    parser.add_argument("--results", type=Path, help="score this output of an earlier run")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
