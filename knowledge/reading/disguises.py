"""Undoes how words are hidden from filters: s p a c e d out, l33t letters, letters that a scanner mistook.

Works on folded text (`folding.py` has dealt with single letters already). A word is changed only into one that the
phrase lists know, so that ordinary words and codes such as H1B, B2B or 24x7 stay what they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

PHRASES_FOLDER = Path(__file__).parent.parent / "data" / "phrases"

_MARKS = "".join(chr(code) for code in range(0x0900, 0x0E00) if unicodedata.category(chr(code)) in ("Mn", "Mc"))
_LETTER = rf"[^\W\d_][{_MARKS}]*"
# Four letters or more, each alone; two blanks end the word. Indian scripts have many words of one letter ("में ले जा"),
# so there blanks alone hide nothing.
_SPACED_OUT = re.compile(
    r"(?<![^\W_])(?:[a-z](?P<gap>[ .\-·•|/,]))(?:[a-z](?P=gap)){2,}[a-z](?![^\W_])"
    rf"|(?<![^\W_{_MARKS}])(?:{_LETTER}(?P<sign>[.\-·•|/]))(?:{_LETTER}(?P=sign)){{2,}}{_LETTER}(?![^\W_{_MARKS}])"
)
_LEET = re.compile(r"(?<![\w@$!])(?=[\w@$!]*[a-z])(?=[\w@$!]*[\d@$!])[a-z\d@$!]{3,24}(?![\w@$])")
_READINGS = {
    "0": "o",
    "1": "il",
    "3": "e",
    "4": "a",
    "5": "s",
    "6": "g",
    "7": "t",
    "8": "b",
    "9": "g",
    "@": "a",
    "$": "s",
    "!": "i",
}
_MOST_READINGS = 32
_LATIN_WORD = re.compile(r"(?<![\w@])[a-z]{4,24}(?![\w@])")
_WORD_OF_A_LIST = re.compile(r"(?<![a-z\\])[a-z]{4,}(?![a-z*])")
_SHORT_WORDS = frozenset({"fee", "upi", "job", "pay", "otp"})
# What a scanner takes for each other.
_MISTAKEN = (("rn", "m"), ("m", "rn"), ("vv", "w"), ("l", "i"), ("i", "l"), ("cl", "d"), ("ii", "u"), ("u", "ii"))


def find_disguised(folded: str) -> Iterator[tuple[int, int, str]]:
    """Spans of a folded text that hide a word, and the word, in order and without overlaps."""
    end = 0
    for start, stop, word in sorted([*_spaced_out(folded), *_leet(folded), *_mistaken(folded)]):
        if start >= end:
            yield start, stop, word
            end = stop


def _spaced_out(folded: str) -> Iterator[tuple[int, int, str]]:
    for found in _SPACED_OUT.finditer(folded):
        joined = found.group().replace(found["gap"] or found["sign"], "")
        yield found.start(), found.end(), " ".join(_split_known(joined) or (joined,))


def _split_known(joined: str) -> tuple[str, ...]:
    """The fewest known words that make up these letters, or none: blanks between letters and words look alike."""
    known = known_words()
    best: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(joined) + 1):
        found = [
            (*before, joined[start:end])
            for start, before in enumerate(best)
            if before is not None and joined[start:end] in known
        ]
        best.append(min(found, key=len, default=None))
    return best[-1] or ()


def _leet(folded: str) -> Iterator[tuple[int, int, str]]:
    for found in _LEET.finditer(folded):
        hidden = found.group().rstrip("!")
        word = _first_known(hidden, _readings(hidden))
        if word is not None:
            yield found.start(), found.start() + len(hidden), word


def _readings(hidden: str) -> Iterator[str]:
    choices = [_READINGS.get(letter, letter) for letter in hidden]
    for count, letters in enumerate(product(*choices)):
        if count >= _MOST_READINGS:
            return
        yield "".join(letters)


def _mistaken(folded: str) -> Iterator[tuple[int, int, str]]:
    known = known_words()
    for found in _LATIN_WORD.finditer(folded):
        word = found.group()
        if word in known:
            continue
        repaired = _first_known(word, (word.replace(*pair, 1) for pair in _MISTAKEN if pair[0] in word))
        if repaired is not None:
            yield found.start(), found.end(), repaired


def _first_known(hidden: str, readings: Iterator[str]) -> str | None:
    known = known_words()
    return next((word for word in readings if word != hidden and word in known), None)


@cache
def known_words() -> frozenset[str]:
    """The Latin words of the phrase lists, of four letters or more, and a few short ones that matter most."""
    lists = " ".join(file.read_text(encoding="utf-8") for file in sorted(PHRASES_FOLDER.glob("*.yaml")))
    return frozenset(_WORD_OF_A_LIST.findall(lists)) | _SHORT_WORDS
