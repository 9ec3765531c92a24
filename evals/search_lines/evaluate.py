"""Measures whether the records that apply to a message are found and cited without an English line and with one.

    python -m evals.search_lines.evaluate

The questions are in Indian languages in Latin letters. The lines are written by hand from the questions alone, as a
stand-in for a language model: a real one may do better or worse.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.commands.parts import build_parts
from bot.logs import set_up_logging
from knowledge.advisor.advisor import Advisor, Explanation
from knowledge.advisor.replies import Inquiry
from knowledge.advisor.rewording import parse_line, wants_line
from knowledge.library import Library
from knowledge.settings import read_settings

OWN = Path(__file__).parent / "own.jsonl"


@dataclass(frozen=True)
class Case:
    """One question, its line, and the ids of the records that apply."""

    id: str
    lang: str
    text: str
    line: str
    relevant: frozenset[str]


@dataclass(frozen=True)
class Result:
    """What was found and cited, in order; `asked`: whether Satark would ask a model for a line here."""

    case: Case
    asked: bool
    found: tuple[list[str], list[str]]  # without the line, with it
    cited: tuple[list[str], list[str]]


def main() -> int:
    """Print the figures."""
    set_up_logging(level="ERROR")
    parts = build_parts(read_settings(), use_index=False)
    assert isinstance(parts.advisor, Advisor)
    results = [run(parts.advisor, parts.library(), case) for case in read_cases()]
    for result in results:
        print(_row(result))
    print(f"\n{len(results)} questions; a line would be asked for at {sum(result.asked for result in results)}")
    for title, records in (("found", [r.found for r in results]), ("cited", [r.cited for r in results])):
        print(f"{title}: {_summary(results, records)}")
    added = [(r, name) for r in results for name in r.cited[1] if name not in r.cited[0]]
    print(f"added to what is cited: {len(added)}, of which apply: {sum(name in r.case.relevant for r, name in added)}")
    return 0


def read_cases() -> list[Case]:
    rows = map(json.loads, OWN.read_text(encoding="utf-8").splitlines())
    return [Case(**(row | {"relevant": frozenset(row["relevant"])})) for row in rows]


def run(advisor: Advisor, library: Library, case: Case) -> Result:
    line = parse_line(json.dumps({"search": case.line}))
    assert line == case.line, case.id
    assert case.relevant <= library.advisories.keys(), case.id
    without, with_line = (advisor.explain(Inquiry(case.text, search_line=given)) for given in (None, line))
    standing = {record.id for code in without.reply.countries for record in library.standing(code)}
    asked = wants_line(case.text, without.reply, standing)
    given = with_line if asked else without
    return Result(case, asked, (_found(without), _found(given)), (_cited(without), _cited(given)))


def _found(explanation: Explanation) -> list[str]:
    return list(dict.fromkeys(hit.advisory for hit in explanation.hits))


def _cited(explanation: Explanation) -> list[str]:
    return [citation.id for citation in explanation.reply.citations]


def _summary(results: Sequence[Result], records: Sequence[tuple[list[str], list[str]]]) -> str:
    words = []
    for place, title in enumerate(("without", "with the line")):
        hits = sum(bool(r.case.relevant & set(names[place])) for r, names in zip(results, records, strict=True))
        share = sum(
            len(r.case.relevant & set(names[place])) / len(r.case.relevant)
            for r, names in zip(results, records, strict=True)
        )
        words.append(f"{title} {hits} of {len(results)} (share of what applies {share / len(results):.2f})")
    return ", ".join(words)


def _row(result: Result) -> str:
    marks = ["+" if result.case.relevant & set(names) else "-" for names in (*result.found, *result.cited)]
    asked = "line" if result.asked else "    "
    return f"{result.case.id} {result.case.lang:8} {asked}  found {marks[0]}{marks[1]}  cited {marks[2]}{marks[3]}"


if __name__ == "__main__":
    raise SystemExit(main())
