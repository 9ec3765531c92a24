"""Knows a notice as a text to be read: its sentences with their places, and which of them are letterhead. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from knowledge.reading.folding import fold_with_origins
from knowledge.reading.matching import MatchingCopy, make_matching_copy

LONGEST_READ = 60_000  # characters; a notice has some thousand, and what a hostile page adds must not stop the worker
LONGEST_SENTENCE = 600  # characters; a longer one is cut where a clause ends

# A full stop ends a sentence unless it belongs to a short form: "No. 12", "Mr. Rao", "Rs. 500", "U.A.E. on".
_SHORT_FORMS = "".join(
    rf"(?<!\b{short})"
    for short in ("No", "Nos", "Mr", "Ms", "Mrs", "Dr", "Rs", "St", "vs", "Tel", "Ph", "Fax", "Mob", "[A-Z]")
)
_END = re.compile(
    rf"{_SHORT_FORMS}(?<=[.!?])[\"'”’)]*\s+(?=\S)|(?<=[।॥۔؟])\s*|\n\s*\n|\n(?=\s*(?:[-•●▪*]|\(?[0-9ivx]{{1,4}}[.)])\s)"
)


@dataclass(frozen=True)
class Sentence:
    """A sentence of a notice: `text[start:end]` of the notice's text."""

    start: int
    end: int
    words: str


@dataclass(frozen=True)
class Notice:
    """Title and main text as one text, with the matching copies that phrases are looked for in."""

    title: str
    text: str  # title, blank line, main text

    @property
    def body_start(self) -> int:
        """Where the main text begins."""
        return len(self.title) + 2 if self.title else 0

    def in_title(self, position: int) -> bool:
        """Whether a position lies in the title."""
        return position < len(self.title)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences in order; the title is one of them."""
        return tuple(_split(self.text))

    @cached_property
    def plain(self) -> MatchingCopy:
        """The text folded, in the words and letters of the notice."""
        folded, origins = fold_with_origins(self.text)
        return MatchingCopy(self.text, folded, tuple(origins), tuple(origins))

    @cached_property
    def pivot(self) -> MatchingCopy:
        """The text folded, with the words that the language lists know in Hinglish."""
        return make_matching_copy(self.text)

    def sentence_at(self, position: int) -> Sentence:
        """The sentence that holds a position of the text."""
        for sentence in self.sentences:
            if position < sentence.end:
                return sentence
        return Sentence(0, len(self.text), self.text)


def make_notice(title: str | None, text: str) -> Notice:
    """Return a notice to read; a title that the main text repeats in its first lines counts once."""
    title, text = (title or "").strip(), text[:LONGEST_READ].strip()
    if title and text.casefold().startswith(title.casefold()):
        text = text[len(title) :].lstrip(" .:\n")
    return Notice(title, f"{title}\n\n{text}" if title else text)


def _split(text: str) -> Iterable[Sentence]:
    start = 0
    for found in [*_END.finditer(text), None]:
        end = found.start() if found else len(text)
        yield from _cut(text, start, end)
        start = found.end() if found else end


def _cut(text: str, start: int, end: int) -> Iterable[Sentence]:
    while end - start > LONGEST_SENTENCE:
        here = max(text.rfind(sign, start, start + LONGEST_SENTENCE) for sign in (";", ",", "\n", " "))
        here = here if here > start else start + LONGEST_SENTENCE - 1
        yield from _trimmed(text, start, here + 1)
        start = here + 1
    yield from _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Iterable[Sentence]:
    words = text[start:end]
    stripped = words.strip()
    if stripped:
        first = start + words.index(stripped[0])
        yield Sentence(first, first + len(stripped), stripped)
