"""What the match of a pattern can begin with, so that a search can leave out most patterns at most places.

A phrase begins at the border of a word. So the words of a message are put down once under their first letters, and a
pattern is only tried where one of its own beginnings stands.

Reads the subset of regular expression syntax that the phrase lists use. What it cannot be sure of it does not guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

LETTERS = 3  # of a beginning: two let many patterns in for nothing, four make the sets larger for little
# Indic vowel signs are no word characters for Python, so word borders are spelt out for all Indic blocks.
INDIC = "\u0900-\u0963\u0966-\u0dff"  # without the danda, which ends a sentence
BEGIN = rf"(?<![\w{INDIC}])"

_QUANTIFIER = re.compile(r"(?:[*+?]|\{\d*(?:,\d*)?\})[?+]?")
_LOOKS = ("(?!", "(?=", "(?<")
_ANCHORS = frozenset({"^", "$", r"\b", r"\B", r"\A", r"\Z"})
_NO_LETTER = re.compile(rf"[^\w{INDIC}]")
_DIGIT = re.compile(r"\d")
_PLACE = re.compile(rf"{BEGIN}(?=.)", re.DOTALL)


class _Atom(NamedTuple):
    """One piece of a pattern, whether it may be missing or stand more than once, and where the next piece begins."""

    text: str
    may_be_missing: bool
    may_repeat: bool
    end: int


class _Beginning(NamedTuple):
    """Letters that a match begins with, and whether they may be all of the match."""

    letters: str
    may_end: bool


_ANYTHING = frozenset({_Beginning("", may_end=False)})


class Places(NamedTuple):
    """Where a phrase could begin in a text: the places, in order, under their first none, one, two and three letters.

    Digits are one kind of letter and so are all signs and blanks. `beginnings` are the keys.
    """

    by_beginning: Mapping[str, Sequence[int]]
    beginnings: frozenset[str]


def find_places(text: str) -> Places:
    """Return every border of a text at which a word or a sign begins."""
    kinds = _kinds(text)
    places: dict[str, list[int]] = {}
    for found in _PLACE.finditer(text):
        start = found.start()
        for letters in {kinds[start : start + length] for length in range(LETTERS + 1)}:
            places.setdefault(letters, []).append(start)
    return Places(places, frozenset(places))


def beginnings(pattern: str) -> frozenset[str]:
    """The first letters of all that a pattern can match: three, fewer where no more are known, none where none is.

    Written as in `Places`. Raises ValueError where a bracket is not closed.
    """
    return frozenset(beginning.letters for beginning in _beginnings(pattern))


def _kinds(text: str) -> str:
    """All digits are one kind, and so are all signs and blanks; letters stand for themselves."""
    return _DIGIT.sub("0", _NO_LETTER.sub(" ", text))


@lru_cache(maxsize=4096)  # the building blocks of the phrases come again and again
def _beginnings(pattern: str) -> frozenset[_Beginning]:
    return frozenset().union(*map(_beginnings_of_sequence, _alternatives(pattern)))


def _beginnings_of_sequence(sequence: str) -> frozenset[_Beginning]:
    known: set[_Beginning] = {_Beginning("", may_end=True)}
    for atom in _atoms(sequence):
        going_on = {beginning for beginning in known if beginning.may_end}
        if not going_on:
            break
        if atom.text.startswith(_LOOKS) or atom.text in _ANCHORS:
            continue
        known -= going_on
        after = _beginnings_of_atom(atom)
        known |= {_joined(beginning, more) for beginning in going_on for more in after}
    return frozenset(known)


def _joined(beginning: _Beginning, more: _Beginning) -> _Beginning:
    letters = beginning.letters + more.letters
    return _Beginning(letters[:LETTERS], more.may_end and len(letters) < LETTERS)


def _beginnings_of_atom(atom: _Atom) -> frozenset[_Beginning]:
    found = _beginnings_of_text(atom.text)
    if atom.may_repeat:  # what comes after the first time is not followed up
        found = frozenset(_Beginning(beginning.letters, may_end=False) for beginning in found)
    return found | {_Beginning("", may_end=True)} if atom.may_be_missing else found


def _beginnings_of_text(atom: str) -> frozenset[_Beginning]:
    if atom.startswith("("):
        inside = atom[1:-1].removeprefix("?:")
        return _ANYTHING if inside.startswith("?") else _beginnings(inside)
    characters = _characters_of_set(atom[1:-1]) if atom.startswith("[") else _character(atom)
    if characters is None:
        return _ANYTHING
    return frozenset(_Beginning(_kinds(character), may_end=True) for character in characters)


def _character(atom: str) -> str | None:
    """One character that the atom stands for, of each kind; None where it may be any."""
    if atom == r"\d":
        return "0"
    if atom.startswith("\\"):
        return None if atom[1].isalnum() else atom[1]
    return None if atom == "." else atom


def _characters_of_set(inside: str) -> str | None:
    rest = re.sub(r"\\[-.]", " ", inside.replace(r"\d", "0").replace(r"\s", " "))
    return None if rest.startswith("^") or "\\" in rest or "-" in rest else rest


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
        signs = quantifier.group() if quantifier else ""
        after = end + len(signs)
        may_be_missing = signs.startswith(("*", "?", "{0", "{,"))
        yield _Atom(pattern[position:end], may_be_missing, bool(signs) and not signs.startswith("?"), after)
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
