"""A matching copy of a message: folded for comparing, with a way back to the person's own words.

Disguises (zero-width characters, look-alike letters, full-width and mathematical letters, Indic digits) and shorthand
("nhi", "pasport") are undone on the copy only. What is shown again is always cut from the original, so ZWJ and ZWNJ of
Indic scripts stay where they were.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from knowledge.reading.shorthand import REWRITABLE, usual_spelling

# Cyrillic and Greek letters that look like a Latin one (Unicode confusables, the subset used to disguise words).
_LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕԁһӏқмтвнкьгαοεικνρτυχϲпзԛԝ",
    "aeopcyxijsdhlkmtbhkbraoeiknptuxcnzqw",
)
_NUKTA = "\u093c"
_CHANDRABINDU_TO_ANUSVARA = {"\u0901": "\u0902"}
# A clause ends at sentence punctuation, a line break, a list bullet or an emoji.
_CLAUSE_END = re.compile(r"[.!?।॥\n;|•●▪►✅✔❌🚫👉]+(?=\s|$)|\n+|[।॥•●▪►✅✔❌🚫👉|]|\s[-–—/]+\s")
_NUMBER_DOT = re.compile(r"(?<=\d)[.,](?=\d)")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class MatchingCopy:
    """The folded text and, for each of its characters, the index in `original` that it came from."""

    original: str
    folded: str
    origins: tuple[int, ...]

    def quote(self, start: int, end: int) -> str:
        """The person's own words for a span of `folded`, widened to whole words."""
        if start >= end or not self.origins:
            return ""
        while start > 0 and self.folded[start - 1].isalnum() and self.folded[start].isalnum():
            start -= 1
        while end < len(self.folded) and self.folded[end - 1].isalnum() and _joins_word(self.folded[end]):
            end += 1
        first, last = self.origins[start], self.origins[end - 1]
        return self.original[first : last + 1].strip()

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
    """Fold a message for matching: compatibility forms, case, look-alikes, Indic digits, usual spellings of words."""
    folded, origins = _spell_usually(*_fold_text(text))
    return MatchingCopy(original=text, folded=folded, origins=tuple(origins))


def fold(text: str) -> str:
    """The folded form alone, spellings kept, for names and terms of a list."""
    return _fold_text(text)[0]


def _fold_text(text: str) -> tuple[str, list[int]]:
    letters: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(text):
        for folded in _fold(character):
            letters.append(folded)
            origins.append(index)
    return _fold_look_alikes("".join(letters)), origins


def _spell_usually(folded: str, origins: list[int]) -> tuple[str, list[int]]:
    """Rewrite shorthand; the letters of a new word come from the old one, the last from its last."""
    parts: list[str] = []
    new_origins: list[int] = []
    done = 0
    for found in REWRITABLE.finditer(folded):
        word = usual_spelling(found.group())
        if word == found.group():
            continue
        old = origins[found.start() : found.end()]
        parts += folded[done : found.start()], word
        new_origins += origins[done : found.start()]
        new_origins += [old[min(i, len(old) - 1)] for i in range(len(word) - 1)] + [old[-1]]
        done = found.end()
    return "".join([*parts, folded[done:]]), new_origins + origins[done:]


def _fold(character: str) -> str:
    if character in "\n\r":
        return "\n"
    category = unicodedata.category(character)
    if category in ("Cf", "Cc") and character != "\t":
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if character in "*_~`":  # chat formatting marks
        return " "
    if character in "’‘ʼ′":
        return "'"
    if 0xFE00 <= ord(character) <= 0xFE0F or character == "\u20e3":  # variation selectors, keycap
        return ""
    plain = unicodedata.normalize("NFKC", character).casefold()
    plain = "".join(_CHANDRABINDU_TO_ANUSVARA.get(letter, letter) for letter in plain if letter != _NUKTA)
    if len(plain) > 1 and all(unicodedata.category(letter) == "Nd" for letter in plain):
        return "".join(str(unicodedata.decimal(letter)) for letter in plain)
    return plain


def _fold_look_alikes(text: str) -> str:
    """Turn look-alikes into Latin, in words that mix scripts or consist of look-alikes beside Latin text."""
    if text.isascii() or not re.search(r"[\u0370-\u03ff\u0400-\u052f]", text):
        return text
    has_latin = re.search(r"[a-z]", text) is not None
    return _WORD.sub(lambda word: _latin(word.group(), has_latin), text)


def _latin(word: str, beside_latin: bool) -> str:
    changed = word.translate(_LOOK_ALIKES)
    mixes = re.search(r"[a-z]", word) is not None
    return changed if changed.isascii() and (mixes or beside_latin) else word


def _joins_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character) in ("Mn", "Mc")
