"""How far a sentence is supported by a record: words shared, and nearness of meaning. Measures; the thresholds decide.

The thresholds were chosen on `evals/claims/` (`python -m evals.claims.evaluate` prints what they are worth).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from knowledge.advisor.guarding.sources import Source
from knowledge.embedding.centring import Centring
from knowledge.embedding.embedder import Embedder
from knowledge.reading.folding import fold
from knowledge.vocabulary import Language

LEAST_SHARED = 0.5  # of the words of an English sentence, beside LEAST_NEAR
LEAST_SHARED_ALONE = 0.75  # where no embedding model is there
LEAST_NEAR = 0.45
LEAST_NEAR_ACROSS = 0.3  # a sentence in another language than its record
MOST_SUPPORTING = 2  # sentences of a record that are looked at for denial
_STEM = 5
_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "and",
        "or",
        "but",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "by",
        "with",
        "as",
        "from",
        "that",
        "this",
        "these",
        "those",
        "it",
        "its",
        "their",
        "they",
        "them",
        "he",
        "she",
        "his",
        "her",
        "you",
        "your",
        "we",
        "our",
        "not",
        "no",
        "does",
        "do",
        "did",
        "any",
        "who",
        "which",
        "what",
        "when",
        "where",
        "if",
        "than",
        "then",
        "there",
        "has",
        "have",
        "had",
        "will",
        "would",
        "should",
        "must",
        "may",
        "can",
        "could",
        "into",
        "out",
        "about",
        "also",
        "more",
        "most",
        "such",
        "only",
        "so",
        "own",
    ]
)


@dataclass(frozen=True)
class Support:
    """What one claim finds in its record: the share of its words, its nearness (None without a model), and in what."""

    shared: float
    near: float | None
    sentences: tuple[str, ...]


class MeasuresNearness(Protocol):
    """How near sentences are in meaning, whatever their languages."""

    def nearness(self, sentence: str, others: Sequence[str]) -> list[float]:
        """The cosine of one sentence with each of the others."""


class NearnessByEmbedding:
    """Nearness by the embedding model that the search uses."""

    def __init__(self, embedder: Embedder, centring: Centring) -> None:
        self._embedder = embedder
        self._centring = centring

    def nearness(self, sentence: str, others: Sequence[str]) -> list[float]:
        """The cosine of one sentence with each of the others, the share of the language taken away."""
        texts = [sentence, *others]
        vectors = self._centring.centre_queries(self._embedder.embed_queries(texts), texts)
        return [float(value) for value in vectors[1:] @ vectors[0]]


def measure_support(words: str, sources: Sequence[Source], model: MeasuresNearness | None) -> Support:
    """Measure a claim against the records that it cites, taken together."""
    sentences = [sentence for source in sources for sentence in source.supports]
    near = model.nearness(words, sentences) if model else None
    shared = [_share(words, sentence) for sentence in sentences]
    weights = [a + b for a, b in zip(shared, near or [0.0] * len(shared), strict=True)]
    best = sorted(range(len(sentences)), key=lambda place: -weights[place])[:MOST_SUPPORTING]
    whole = _share(words, "\n".join(source.words_of_record for source in sources))
    return Support(whole, max(near) if near else None, tuple(sentences[place] for place in best))


def is_supported(support: Support, language: Language) -> bool:
    """Whether that is enough. Without a model only an English sentence can be, by its words."""
    if language is Language.ENGLISH:
        least = LEAST_SHARED if support.near is not None else LEAST_SHARED_ALONE
        return support.shared >= least and (support.near is None or support.near >= LEAST_NEAR)
    return support.near is not None and support.near >= LEAST_NEAR_ACROSS


def _share(words: str, record: str) -> float:
    wanted, given = _stems(words), _stems(record)
    return len(wanted & given) / max(1, len(wanted))


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in re.findall(r"[^\W\d_]{3,}", fold(text)) if word not in _STOP}
