"""Knows the golden questions: by them a new index generation is compared with the one before it.

The questions are data (`data/embedding/golden.yaml`). One counts as found when the passages nearest to it hold one that
answers it: a passage of a named record, or of a notice about the country.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from knowledge.embedding.embedder import Embedder, Vectors
from knowledge.index import IndexUnusable
from knowledge.yaml_files import read_yaml

if TYPE_CHECKING:  # the index process judges, and needs neither the database nor a model for it
    from knowledge.embedding.centring import Centring
    from knowledge.library import Library

QUESTIONS = Path(__file__).parent / "data" / "embedding" / "golden.yaml"
DEPTH = 5  # nearest passages that count
POINT = 0.01  # share of the questions that a new generation may find fewer


@dataclass(frozen=True)
class GoldenQuestion:
    """A question with what answers it: records by id, or any notice about a country."""

    text: str
    records: frozenset[str]
    country: str | None


@dataclass(frozen=True)
class GoldenSet:
    """The questions that this library can answer: by their text the passages that do, and the centred vectors."""

    wanted: Mapping[str, frozenset[str]]
    vectors: Vectors


def read_golden(file: Path = QUESTIONS) -> tuple[GoldenQuestion, ...]:
    """Read the questions."""
    return tuple(
        GoldenQuestion(row["text"], frozenset(row.get("records", ())), row.get("country")) for row in read_yaml(file)
    )


def prepare(library: Library, embedder: Embedder, centring: Centring) -> GoldenSet:
    """Embed the questions that the library has answers to."""
    wanted = {question.text: _answers(question, library) for question in read_golden()}
    answerable = {text: passages for text, passages in wanted.items() if passages}
    if not answerable:
        return GoldenSet({}, np.zeros((0, embedder.dimension), dtype=np.float32))
    texts = list(answerable)
    return GoldenSet(answerable, centring.centre_queries(embedder.embed_queries(texts), texts))


def judge(before: Mapping[str, bool], now: Mapping[str, bool], exactly: Mapping[str, bool]) -> int:
    """Return how many golden questions were found before and are not now, less those gained.

    Only questions that both generations could answer count. Raises IndexUnusable where that is more than a point and
    exact search over the same passages finds more: then the index is at fault. Where exact search finds as few, the
    passages or the model have changed; keeping the index back would change nothing for people, so that is only told.
    """
    common = before.keys() & now.keys()
    lost = sum(before[question] for question in common) - sum(now[question] for question in common)
    behind = sum(exactly[question] for question in common) - sum(now[question] for question in common)
    if lost > POINT * len(common) and behind > 0:
        raise IndexUnusable(f"it finds {lost} golden questions fewer than the one before", damaged=True)
    return max(0, lost)


def _answers(question: GoldenQuestion, library: Library) -> frozenset[str]:
    owners = set(question.records)
    if question.country:
        owners |= {record.id for record in library.by_country(question.country)}
    return frozenset(passage.id for passage in library.passages if passage.advisory_id in owners)
