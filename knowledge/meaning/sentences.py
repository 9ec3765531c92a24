"""Cuts a message into the sentences that the classifiers look at, each with its place, or takes it whole. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_SENTENCES = 8  # a whole message within some 30 ms on two cores
FEWEST_WORDS = 3
MOST_WORDS = 24  # in one piece; voice messages come without a full stop

_END = re.compile(r"(?<=[.!?।۔])\s+|[\n\r•▪●►➤✅✔|]+")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Sentence:
    """A piece of a message: text[start:end]."""

    start: int
    end: int
    text: str


def split_sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a message in order; of a long one the first and the last, where the demands stand."""
    pieces = [piece for piece in _pieces(text) if len(piece.text.split()) >= FEWEST_WORDS]
    if len(pieces) <= MOST_SENTENCES:
        return tuple(pieces)
    half = MOST_SENTENCES // 2
    return (*pieces[:half], *pieces[-half:])


def as_one(text: str) -> str:
    """The whole message as one line, as the classifiers of whole messages have learnt it."""
    return " ".join(text.split())


def _pieces(text: str) -> list[Sentence]:
    pieces: list[Sentence] = []
    start = 0
    for found in [*_END.finditer(text), None]:
        end = found.start() if found else len(text)
        words = list(_WORD.finditer(text, start, end))
        count = max(1, -(-len(words) // MOST_WORDS))
        size = -(-len(words) // count)
        for first in range(0, len(words), size or 1):
            part = words[first : first + size]
            pieces.append(Sentence(part[0].start(), part[-1].end(), text[part[0].start() : part[-1].end()]))
        start = found.end() if found else len(text)
    return pieces
