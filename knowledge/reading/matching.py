"""A matching copy of a message: folded for comparing, with a way back to the person's own words.

Disguises (zero-width characters, look-alike letters, full-width and mathematical letters, Indic digits) are undone,
other languages brought into Hinglish and shorthand ("nhi", "pasport") spelt out, on the copy only. What is shown again
is always cut from the original, so ZWJ and ZWNJ of Indic scripts stay where they were.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from knowledge.reading.beginnings import Places, find_places
from knowledge.reading.disguises import find_disguised
from knowledge.reading.folding import CLAUSE_SIGNS, fold_with_origins
from knowledge.reading.languages import language_of_line
from knowledge.reading.lexicons import find_rewritings
from knowledge.reading.shorthand import REWRITABLE, usual_spelling

# A clause ends at sentence punctuation, a line break, a list bullet or an emoji.
_CLAUSE_END = re.compile(rf"[.!?।॥\n;|{CLAUSE_SIGNS}]+(?=\s|$)|\n+|[।॥|{CLAUSE_SIGNS}]|\s[-–—/]+\s")
_IN_A_RING = re.compile("[\u24b6-\u24e9]")  # letters that are signs to Unicode
_NUMBER_DOT = re.compile(r"(?<=\d)[.,](?=\d)")


@dataclass(frozen=True)
class MatchingCopy:
    """The folded text and, for each of its characters, the first and the last index in `original` that it came from."""

    original: str
    folded: str
    origins: tuple[int, ...]
    ends: tuple[int, ...]

    def quote(self, start: int, end: int) -> str:
        """The person's own words for a span of `folded`, widened to whole words."""
        if start >= end or not self.origins:
            return ""
        while start > 0 and self.folded[start - 1].isalnum() and self.folded[start].isalnum():
            start -= 1
        while end < len(self.folded) and self.folded[end - 1].isalnum() and _joins_word(self.folded[end]):
            end += 1
        first, last = self.origins[start], self.ends[end - 1]
        return self.original[first : last + 1].strip()

    @cached_property
    def places(self) -> Places:
        """Where in `folded` a phrase could begin."""
        return find_places(self.folded)

    @cached_property
    def clauses(self) -> tuple[tuple[int, int], ...]:
        """Spans (start, end) of the clauses of `folded`, in order."""
        spans, start = [], 0
        for found in _CLAUSE_END.finditer(self.folded):
            if found.start() > start:
                spans.append((start, found.start()))
            start = found.end()
        if start < len(self.folded):
            spans.append((start, len(self.folded)))
        return tuple(spans)

    def clause_at(self, position: int) -> tuple[int, int]:
        """The clause that holds a position of `folded`."""
        for start, end in self.clauses:
            if start <= position < end:
                return start, end
        return max(0, position - 60), min(len(self.folded), position + 60)


def make_matching_copy(text: str) -> MatchingCopy:
    """Fold a message for matching: letters, then words of other languages into Hinglish, then usual spellings."""
    letters = _fold(text)
    letters = _replace(letters, find_rewritings(letters.text, language_of_line(letters.text)))
    letters = _replace(letters, _usual_spellings(letters.text))
    return MatchingCopy(original=text, folded=letters.text, origins=tuple(letters.firsts), ends=tuple(letters.lasts))


def in_hinglish(text: str) -> str:
    """A text with the words that a lexicon knows in Hinglish; unchanged where no lexicon knows any."""
    letters = _fold(text)
    found = list(find_rewritings(letters.text, language_of_line(letters.text)))
    return _replace(letters, found).text if found else text


def undisguise(text: str) -> Letters:
    """The text with hidden words written out, otherwise as it is; for each letter its first and last index before.

    Where nothing is hidden the same text comes back.
    """
    text = _IN_A_RING.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
    folded, origins = fold_with_origins(text)
    hidden = [(origins[start], origins[end - 1] + 1, word) for start, end, word in find_disguised(folded)]
    return _replace(Letters(text, *2 * [list(range(len(text)))]), hidden)


def _fold(text: str) -> Letters:
    folded, origins = fold_with_origins(text)
    return _replace(Letters(folded, origins, origins), find_disguised(folded))


class Letters(NamedTuple):
    """A text and, for each of its letters, the first and the last index of the original that it stands for."""

    text: str
    firsts: list[int]
    lasts: list[int]


def _usual_spellings(text: str) -> Iterator[tuple[int, int, str]]:
    for found in REWRITABLE.finditer(text):
        word = usual_spelling(found.group())
        if word != found.group():
            yield found.start(), found.end(), word


def _replace(old: Letters, changes: Iterable[tuple[int, int, str]]) -> Letters:
    """Put new words in; each of their letters stands for the whole of what they replace."""
    parts: list[str] = []
    firsts: list[int] = []
    lasts: list[int] = []
    done = 0
    for start, end, words in changes:
        parts += old.text[done:start], words
        firsts += old.firsts[done:start] + [old.firsts[start]] * len(words)
        lasts += old.lasts[done:start] + [old.lasts[end - 1]] * len(words)
        done = end
    return Letters("".join([*parts, old.text[done:]]), firsts + old.firsts[done:], lasts + old.lasts[done:])


def _joins_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character) in ("Mn", "Mc")
