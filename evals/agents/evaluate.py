"""Measures whether the right thing is said of a recruiting agent, over spellings and scripts. All firms are invented.

    python -m evals.agents.evaluate            prints the share of right classes and every false "registered"
    python -m evals.agents.evaluate --misses   also prints what went wrong on the split "dev"
    python -m evals.agents.evaluate --floor    exits with 1 where a split is below 0.97 or confirms a wrong firm

`names.jsonl`: `ask` is "name" (as after /agent), "agent" (a number after /agent) or "message" (a plain question). The
split "test" was written after the rules and is never looked at one by one.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from knowledge.agent_queries import read_agent_argument, read_agent_query
from knowledge.agents import AgentClass, AgentList, AgentStatus, ListedAgent, Register, Snapshot

HERE = Path(__file__).parent
TODAY = dt.date(2026, 11, 22)
FLOOR = 0.97
GROUPS = ("all", "dev", "test", "en", "hi-Latn", "hi", "ml", "ta", "te")


@dataclass(frozen=True)
class Outcome:
    """One case and what the look-up said of it."""

    id: str
    split: str
    lang: str
    text: str
    expected: AgentClass
    found: AgentClass
    milliseconds: float

    @property
    def is_right(self) -> bool:
        """Whether the class is the expected one."""
        return self.found is self.expected

    @property
    def is_false_confirmation(self) -> bool:
        """Whether a firm was called registered that is not."""
        return self.found is AgentClass.EXACT and self.expected is not AgentClass.EXACT


@dataclass(frozen=True)
class Measured:
    """Cases, right ones and false confirmations of one group."""

    cases: int
    right: int
    false_confirmations: int

    @property
    def share(self) -> float:
        """Share of right classes."""
        return self.right / self.cases if self.cases else 0.0


def measure() -> dict[str, Measured]:
    """Look every case up; group → figures."""
    return summarise(look_up_all())


def look_up_all() -> list[Outcome]:
    """Look every case up in the invented lists."""
    register = read_register()
    return [_look_up(register, json.loads(line)) for line in _lines("names.jsonl")]


def summarise(outcomes: list[Outcome]) -> dict[str, Measured]:
    """Add up by split and by language."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        for group in ("all", outcome.split, outcome.lang):
            groups[group].append(outcome)
    return {
        group: Measured(len(some), sum(o.is_right for o in some), sum(o.is_false_confirmation for o in some))
        for group, some in groups.items()
    }


def read_register() -> Register:
    """Read the invented lists."""
    rows = [json.loads(line) for line in _lines("firms.jsonl")]
    return Register(*(_snapshot(rows, agent_list) for agent_list in AgentList))


def main() -> int:
    """Run, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--floor", action="store_true")
    options = parser.parse_args()
    outcomes = look_up_all()
    groups = summarise(outcomes)
    for group in GROUPS:
        if group in groups:
            found = groups[group]
            print(f"{group:8} {found.right:4}/{found.cases:<4} {found.share:.3f}   false: {found.false_confirmations}")
    slowest = max(outcome.milliseconds for outcome in outcomes)
    print(f"slowest look-up {slowest:.1f} ms")
    if options.misses:
        for outcome in outcomes:
            if outcome.split == "dev" and not outcome.is_right:
                print(f"{outcome.id} {outcome.text}: {outcome.expected} expected, {outcome.found} found")
    below = [name for name in ("dev", "test") if groups[name].share < FLOOR or groups[name].false_confirmations]
    if options.floor and below:
        print(f"below the floor: {', '.join(below)}", file=sys.stderr)
        return 1
    return 0


def _look_up(register: Register, case: dict[str, str]) -> Outcome:
    began = time.perf_counter()
    read = read_agent_query if case["ask"] == "message" else read_agent_argument
    finding = register.look_up(read(case["text"]), TODAY)
    taken = (time.perf_counter() - began) * 1000
    return Outcome(
        case["id"],
        case["split"],
        case["lang"],
        case["text"],
        AgentClass(case["expected"]),
        finding.agent_class,
        taken,
    )


def _snapshot(rows: list[dict[str, str]], agent_list: AgentList) -> Snapshot:
    return Snapshot(
        agent_list,
        dt.date(2026, 11, 1),
        tuple(
            ListedAgent(
                agent_list,
                row["name"],
                row["number"],
                AgentStatus(row["status"]),
                valid_until=dt.date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
            )
            for row in rows
            if row["list"] == agent_list
        ),
    )


def _lines(name: str) -> list[str]:
    return [line for line in (HERE / name).read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    sys.exit(main())
