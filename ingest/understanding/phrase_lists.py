"""Knows the phrase lists of `knowledge/data/understanding/`, compiled. Finds where a list's words stand in a notice.

Phrases are written as in `knowledge/data/phrases/README.md`. English, Hindi and Urdu are written out; other languages
are met through their lexicons, which bring their words into the Hinglish that may stand in the lists as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ingest.understanding.notice import Notice
from ingest.understanding.times import DATA
from knowledge.reading.folding import fold
from knowledge.reading.matching import MatchingCopy
from knowledge.reading.phrases import Phrasebook, compile_phrases
from knowledge.yaml_files import read_yaml_strings

_INDIAN_LETTERS = re.compile(r"[\u0600-\u06ff\u0900-\u0dff]")


@dataclass(frozen=True)
class Hit:
    """Words of a notice that a list holds: `text[start:end]` of the notice."""

    start: int
    end: int
    words: str


def find_hits(notice: Notice, file: str, name: str) -> tuple[Hit, ...]:
    """Return where the phrases of one list stand in a notice, in order, each place once."""
    lists = load_lists(file)
    hits = {hit.start: hit for copy in _copies(notice) for hit in _search(lists, name, copy)}
    return tuple(hits[start] for start in sorted(hits))


def names_of(file: str) -> tuple[str, ...]:
    """Return the names of the lists of a file."""
    return load_lists(file).concepts()


@cache
def load_lists(file: str) -> Phrasebook:
    """Read and compile the lists of one file, once. Raises BadPhrase."""
    content = dict(read_yaml_strings(DATA / f"{file}.yaml"))
    blocks = content.pop("blocks", {})
    blocks = {name: fold_pattern(ways) for name, ways in blocks.items()}
    return Phrasebook(
        {
            name: compile_phrases(f"{file}: {name}", [*map(fold_pattern, phrases)], blocks)
            for name, phrases in content.items()
        }
    )


def fold_pattern(pattern: str) -> str:
    """Return a pattern with its letters as folding leaves them in a text."""
    return "".join(letter if letter.isascii() else fold(letter) for letter in pattern)


def _copies(notice: Notice) -> tuple[MatchingCopy, ...]:
    """The lexicons are asked only where there is something to bring into Hinglish; that takes its time."""
    return (notice.plain, notice.pivot) if _INDIAN_LETTERS.search(notice.text) else (notice.plain,)


def _search(lists: Phrasebook, name: str, copy: MatchingCopy) -> Iterator[Hit]:
    for found in lists.find(name, copy):
        words = copy.quote(found.start, found.end)
        if words:
            start = copy.origins[found.start]
            yield Hit(start, copy.ends[found.end - 1] + 1, words)
