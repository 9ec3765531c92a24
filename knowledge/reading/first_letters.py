"""Which characters the match of a pattern can begin with, so that a search can skip the pattern everywhere else.

Reads the subset of regular expression syntax that the phrase lists use. What it cannot be sure of it does not guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_QUANTIFIER = re.compile(r"(?:[*+?]|\{\d*(?:,\d*)?\})[?+]?")
_ZERO_WIDTH = ("(?!", "(?=", "(?<")
_DIGITS = frozenset("0123456789")


class _Atom(NamedTuple):
    """One piece of a pattern, whether it may be missing, and where the next piece begins."""

    text: str
    may_be_missing: bool
    end: int


def first_letters(pattern: str) -> frozenset[str] | None:
    """All characters that a match can begin with, or None where that is unknown or a match can be empty.

    Raises ValueError where a bracket is not closed.
    """
    letters: frozenset[str] = frozenset()
    for alternative in _alternatives(pattern):
        found = _first_of_sequence(alternative)
        if found is None:
            return None
        letters |= found
    return letters


def _first_of_sequence(sequence: str) -> frozenset[str] | None:
    letters: frozenset[str] = frozenset()
    for atom in _atoms(sequence):
        if atom.text.startswith(_ZERO_WIDTH):
            continue
        found = _first_of_atom(atom.text)
        if found is None:
            return None
        letters |= found
        if not atom.may_be_missing:
            return letters
    return None


def _first_of_atom(atom: str) -> frozenset[str] | None:
    if atom.startswith("("):
        return first_letters(atom[1:-1].removeprefix("?:"))
    if atom == r"\d":
        return _DIGITS
    if atom.startswith("[") and atom[1:-1].isalnum():
        return frozenset(atom[1:-1])
    if atom.startswith(("[", "\\", ".")):
        return None
    return frozenset(atom)


def _alternatives(pattern: str) -> Iterator[str]:
    """The parts between the bars of the outermost level."""
    start = 0
    for atom in _atoms(pattern):
        if atom.text == "|":
            yield pattern[start : atom.end - 1]
            start = atom.end
    yield pattern[start:]


def _atoms(pattern: str) -> Iterator[_Atom]:
    position = 0
    while position < len(pattern):
        end = _end_of_atom(pattern, position)
        quantifier = _QUANTIFIER.match(pattern, end)
        may_be_missing = quantifier is not None and quantifier.group().startswith(("*", "?", "{0", "{,"))
        after = quantifier.end() if quantifier else end
        yield _Atom(pattern[position:end], may_be_missing, after)
        position = after


def _end_of_atom(pattern: str, start: int) -> int:
    if pattern[start] == "\\":
        return start + 2
    if pattern[start] == "[":
        return pattern.index("]", start + 2) + 1
    if pattern[start] != "(":
        return start + 1
    position = start + 1
    while position < len(pattern):
        if pattern[position] == ")":
            return position + 1
        position = _end_of_atom(pattern, position)
    raise ValueError(f"a bracket is not closed: {pattern[start : start + 30]}")
