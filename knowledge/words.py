"""Knows which passages share words with a question: BM25 over Latin words, numbers and the countries that are named.

Only a weak helper of the vectors: it brings in exact names, places and numbers. Words in Indian scripts are left out on
purpose, since nearly all passages are in English and the few others would win every such question (measured: nDCG in
Hindi falls from 0.86 to 0.45 when they count).
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterable, Sequence

import bm25s
import numpy as np

from knowledge.embedding.embedder import Vectors
from knowledge.ranking_words import common_words

WORD = re.compile(r"[a-z0-9]+")
FULL_SCORE = 8.0  # a BM25 score that counts as a whole match; less than that is not blown up to one


def words_of(text: str, countries: Iterable[str] = ()) -> list[str]:
    """List the words of a text that count: Latin ones, not common, without plural s; and a sign per country."""
    common = common_words()
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = [_stem(word) for word in WORD.findall(plain) if word not in common and len(word) > 1]
    return words + [f"@{code}" for code in countries]


class WordIndex:
    """Scores for every document at once. Immutable; safe to use from many threads."""

    def __init__(self, documents: Sequence[list[str]]) -> None:
        self._size = len(documents)
        # An index without a single word cannot be built by bm25s.
        self._index = _build(documents) if any(documents) else None

    def scores(self, question: Iterable[str]) -> Vectors:
        """Say how well each document matches, from 0 to 1, in the order of the documents."""
        known = self._known(question)
        if self._index is None or not known:
            return np.zeros(self._size, dtype=np.float32)
        scores = np.asarray(self._index.get_scores(known), dtype=np.float32)
        return scores / max(float(scores.max()), FULL_SCORE)

    def _known(self, question: Iterable[str]) -> list[str]:
        vocabulary = self._index.vocab_dict if self._index is not None else {}
        return [word for word in dict.fromkeys(question) if word in vocabulary]


def _build(documents: Sequence[list[str]]) -> bm25s.BM25:
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to say every step
    index = bm25s.BM25()
    index.index(list(documents), show_progress=False)
    return index


def _stem(word: str) -> str:
    """Drop the s of a plural, so that "agents" finds "agent"."""
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word
