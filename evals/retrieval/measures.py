"""Knows how a ranking is scored against graded relevance. Pure: ids and grades in, numbers out.

Grade 2 answers the question, grade 1 helps with it, anything else is not relevant.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

PRIMARY = 2


@dataclass(frozen=True)
class Scores:
    """The scores of one ranking, or the means of several.

    `hit` is 1 where one of the first five answers the question, `recall` the share of all that answer it which stand
    among the first five (five of them are all that can), `rank` one over the place of the first that is relevant at
    all, `gain` the graded gain of the first ten against the best order of them (nDCG).
    """

    hit: float
    recall: float
    rank: float
    gain: float


def score(ranking: Sequence[str], grades: Mapping[str, int]) -> Scores:
    """Score one ranking of ids. `grades` holds at least one id of grade 2."""
    primary = {name for name, grade in grades.items() if grade == PRIMARY}
    found = len(primary.intersection(ranking[:5]))
    return Scores(
        hit=float(found > 0),
        recall=found / min(5, len(primary)),
        rank=next((1 / place for place, name in enumerate(ranking[:10], start=1) if name in grades), 0.0),
        gain=_gain([grades.get(name, 0) for name in ranking[:10]]) / _gain(sorted(grades.values(), reverse=True)[:10]),
    )


def mean(scores: Iterable[Scores]) -> Scores:
    """Average scores; all zero where there are none."""
    rows = list(scores)
    count = max(1, len(rows))
    return Scores(
        hit=sum(row.hit for row in rows) / count,
        recall=sum(row.recall for row in rows) / count,
        rank=sum(row.rank for row in rows) / count,
        gain=sum(row.gain for row in rows) / count,
    )


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades, start=1))
