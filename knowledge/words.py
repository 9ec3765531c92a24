"""Knows which passages share words with a question: BM25 over Latin words, numbers and the countries that are named.

Only a weak helper of the vectors: it brings in exact names, places and numbers. Words in Indian scripts are left out on
purpose, since nearly all passages are in English and the few others would win every such question (measured: nDCG in
Hindi falls from 0.86 to 0.45 when they count).
"""

from __future__ import annotations

import logging
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

import bm25s
import numpy as np
import numpy.typing as npt

from knowledge.embedding.embedder import Vectors
from knowledge.ranking_words import common_words

WORD = re.compile(r"[a-z0-9]+")
FREQUENCY_FADES, LENGTH_COUNTS = 1.5, 0.75  # k1 and b of BM25, as bm25s has them
FULL_SCORE = 8.0  # a BM25 score that counts as a whole match; less than that is not blown up to one

Rows = npt.NDArray[np.int64]


def words_of(text: str, countries: Iterable[str] = ()) -> list[str]:
    """List the words of a text that count: Latin ones, not common, without plural s; and a sign per country."""
    common = common_words()
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = [_stem(word) for word in WORD.findall(plain) if word not in common and len(word) > 1]
    return words + [f"@{code}" for code in countries]


class WordIndex:
    """Scores for every document at once. Immutable; safe to use from many threads."""

    def __init__(self, documents: Sequence[list[str]]) -> None:
        # An index without a single word cannot be built by bm25s.
        self._index = _build(documents) if any(documents) else None
        self._average = sum(map(len, documents)) / max(1, len(documents))
        self._together = len(documents)
        self._rows: Rows | None = None  # of the documents that stayed, in the index; None: all of them
        self._added: list[list[str]] = []
        self._postings: dict[str, tuple[Rows, Vectors]] = {}

    def changed(self, stayed: Rows, documents: Sequence[list[str]]) -> WordIndex:
        """Return an index of the documents at the positions that stayed, in their order, with others behind them.

        How rare a word is counts as it did before, so that this takes milliseconds.
        """
        other = WordIndex([])
        other._index, other._average, other._together = self._index, self._average, self._together
        rows = np.arange(self._together) if self._rows is None else self._rows
        other._rows = rows[stayed[stayed < len(rows)]]
        other._added = [self._added[position - len(rows)] for position in stayed[stayed >= len(rows)]]
        other._added += documents
        other._postings = self._post(other._added)
        return other

    def scores(self, question: Iterable[str]) -> Vectors:
        """Say how well each document matches, from 0 to 1, in the order of the documents."""
        words = list(dict.fromkeys(question))
        scores = self._scores_together(words)
        if self._rows is not None:
            scores = np.concatenate([scores[self._rows], self._scores_added(words)])
        return scores / max(float(scores.max(initial=0.0)), FULL_SCORE)

    def _scores_together(self, words: Sequence[str]) -> Vectors:
        vocabulary = self._index.vocab_dict if self._index is not None else {}
        known = [word for word in words if word in vocabulary]
        if self._index is None or not known:
            return np.zeros(self._together, dtype=np.float32)
        return np.asarray(self._index.get_scores(known), dtype=np.float32)

    def _scores_added(self, words: Sequence[str]) -> Vectors:
        scores = np.zeros(len(self._added), dtype=np.float32)
        for word in words:
            if word in self._postings:
                rows, parts = self._postings[word]
                scores[rows] += parts
        return scores

    def _post(self, documents: Sequence[list[str]]) -> dict[str, tuple[Rows, Vectors]]:
        """Compute what each word is worth in each document that has it, as bm25s does (the BM25 of Lucene)."""
        found: dict[str, list[tuple[int, float]]] = {}
        for row, document in enumerate(documents):
            room = FREQUENCY_FADES * (1 - LENGTH_COUNTS + LENGTH_COUNTS * len(document) / max(self._average, 1.0))
            for word, times in Counter(document).items():
                found.setdefault(word, []).append((row, times / (room + times)))
        return {
            word: (
                np.array([row for row, _ in places]),
                np.array([part * self._rareness(word) for _, part in places], dtype=np.float32),
            )
            for word, places in found.items()
        }

    def _rareness(self, word: str) -> float:
        token = self._index.vocab_dict.get(word) if self._index is not None else None
        ends = self._index.scores["indptr"] if self._index is not None else []
        having = int(ends[token + 1] - ends[token]) if token is not None else 0
        return math.log(1 + (self._together - having + 0.5) / (having + 0.5))


def _build(documents: Sequence[list[str]]) -> bm25s.BM25:
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to say every step
    index = bm25s.BM25(k1=FREQUENCY_FADES, b=LENGTH_COUNTS, method="lucene")
    index.index(list(documents), show_progress=False)
    return index


def _stem(word: str) -> str:
    """Drop the s of a plural, so that "agents" finds "agent"."""
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word
