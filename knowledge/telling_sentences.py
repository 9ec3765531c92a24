"""Knows which sentences of a long message are worth searching for. Pure.

A long offer embedded as a whole is a blur that is near to everything; its sentences about place, pay, papers and work
are each near to the warning that concerns them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.ranking_words import telling_beginnings

SHORT = 40  # words; a message up to this length is searched as it is
MOST = 3  # sentences searched for one message, which keeps a whole offer within some 30 ms on two free cores
LONGEST = 20  # words in one sentence; a longer one is cut
MOST_LETTERS = 120  # in one sentence, since words of some Indian languages are long; about 40 tokens of the model
NEIGHBOUR = 8  # words; lines shorter than this ("Salary: 900 USD") are read together with their neighbours

END = re.compile(r"(?<=[.!?।۔])\s+|[\n\r•▪●►➤✅✔*|]+")
NUMBER = re.compile(r"\d{2,}|[₹$€£]")


def telling_sentences(text: str, places: Sequence[tuple[int, int]] = ()) -> list[str]:
    """Choose the sentences to search for: the whole text if it is short, else up to `MOST` telling ones in order.

    `places` are the positions (start, end) of the countries and cities named in the text.
    """
    if len(text.split()) <= SHORT:
        return [text.strip()] if text.strip() else []
    names = {text[start:end].casefold() for start, end in places}
    sentences = [part for sentence in _joined(_split(text)) for part in _cut(sentence)]
    best = sorted(range(len(sentences)), key=lambda position: (-_weight(sentences[position], names), position))[:MOST]
    return [sentences[position] for position in sorted(best)]


def _split(text: str) -> list[str]:
    parts = (part.strip() for part in END.split(text))
    return [part for part in parts if part]


def _joined(lines: list[str]) -> list[str]:
    """Put short lines that follow each other into one, up to the length of a sentence."""
    joined: list[str] = []
    for line in lines:
        fits = joined and len(joined[-1].split()) + len(line.split()) <= LONGEST
        if fits and (len(line.split()) < NEIGHBOUR or len(joined[-1].split()) < NEIGHBOUR):
            joined[-1] = f"{joined[-1]}, {line}"
        else:
            joined.append(line)
    return joined


def _cut(sentence: str) -> list[str]:
    words = sentence.split()
    pieces = min(len(words), max(-(-len(words) // LONGEST), -(-len(sentence) // MOST_LETTERS)))
    size = -(-len(words) // pieces)
    return [" ".join(words[start : start + size]) for start in range(0, len(words), size)]


def _weight(sentence: str, names: set[str]) -> int:
    """Two for a place, one for a sum, one for each of up to three telling words."""
    plain = sentence.casefold()
    beginnings = telling_beginnings()
    telling = sum(word.lstrip("#*_~\"'(").startswith(beginnings) for word in plain.split())
    return 2 * any(name in plain for name in names) + bool(NUMBER.search(plain)) + min(telling, 3)
