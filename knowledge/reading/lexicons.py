"""Brings a message in another Indian language, word by word, into the Hinglish that the phrase lists are written in.

Knows words and endings, no grammar and no meaning: the languages of India share most of their word order, so the same
phrases fit. The words stand in `knowledge/data/languages/<code>/lexicon.yaml`; `knowledge/data/languages/README.md`
says how to write them. Only the matching copy is rewritten; what a person is shown is cut from the original.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from knowledge.reading.folding import fold
from knowledge.vocabulary import Language
from knowledge.yaml_files import read_yaml_strings

LANGUAGES_FOLDER = Path(__file__).parent.parent / "data" / "languages"
LEXICON_FILE = "lexicon.yaml"

_MARKS = "\u0900-\u0963\u0966-\u0dff"  # letters and vowel signs of the Indic blocks, without the danda
_WORD = re.compile(rf"(?:[^\W\d_]|[{_MARKS}])+")
_BETWEEN = re.compile(r"[\s\-]+")
_SHORTEST_STEM = 2
# The first letters of a word tell its script; Devanagari and Latin serve several languages.
_SCRIPTS: Mapping[Language, tuple[int, int]] = {
    Language.URDU: (0x0600, 0x0780),
    Language.MARATHI: (0x0900, 0x0980),
    Language.BENGALI: (0x0980, 0x0A00),
    Language.PUNJABI: (0x0A00, 0x0A80),
    Language.GUJARATI: (0x0A80, 0x0B00),
    Language.ODIA: (0x0B00, 0x0B80),
    Language.TAMIL: (0x0B80, 0x0C00),
    Language.TELUGU: (0x0C00, 0x0C80),
    Language.KANNADA: (0x0C80, 0x0D00),
    Language.MALAYALAM: (0x0D00, 0x0D80),
}
_SHARED_SCRIPTS = frozenset({Language.MARATHI})  # used only where the message is recognised as this language


class BadLexicon(ValueError):
    """A lexicon cannot be read; the message names the file and the entry."""


class Rewritten(NamedTuple):
    """A stretch of the folded text and the Hinglish words that stand for it."""

    start: int
    end: int
    words: str


@dataclass(frozen=True)
class _Entry:
    """One way of writing something: its words, whether the last takes any ending, and the Hinglish for it."""

    rest: tuple[str, ...]  # the words after the first
    stems: tuple[bool, ...]  # for every word of the entry: whether any ending may follow
    pivot: str


@dataclass(frozen=True)
class _Words:
    """The entries of one script, by their first word; `endings` longest first."""

    exact: Mapping[str, tuple[_Entry, ...]]
    stems: Mapping[str, tuple[_Entry, ...]]
    endings: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Lexicon:
    """The words of one language, in its own script and in Latin letters."""

    script: _Words
    latin: _Words


def languages_read() -> frozenset[Language]:
    """The languages whose messages the rules can read: those of the phrase lists and those with a lexicon."""
    with_lexicon = {language for language in Language if (LANGUAGES_FOLDER / language / LEXICON_FILE).exists()}
    return frozenset({Language.ENGLISH, Language.HINDI, Language.HINGLISH} | with_lexicon)


def find_rewritings(folded: str, language_of: Callable[[str], Language | None]) -> Iterator[Rewritten]:
    """What of a folded text stands in a lexicon, in order and without overlaps.

    A word in a script of one language is looked up in that language's lexicon; Latin and Devanagari words in the
    lexicon of the language that `language_of` tells for their line. Raises BadLexicon.
    """
    start = 0
    for line in folded.split("\n"):
        yield from _rewrite_line(line, start, language_of)
        start += len(line) + 1


def _rewrite_line(line: str, offset: int, language_of: Callable[[str], Language | None]) -> Iterator[Rewritten]:
    words = [(found.start(), found.end(), found.group()) for found in _WORD.finditer(line)]
    language: Language | None = None
    if any(word.isascii() or _language_of_script(word) in _SHARED_SCRIPTS for _, _, word in words):
        language = language_of(line)
    of_latin = language_of(_latin_part(line)) if _is_mixed(words) else language
    position = 0
    while position < len(words):
        word = words[position][2]
        entries = _entries_for(word, of_latin if word.isascii() else language)
        found = _longest(line, words, position, entries) if entries else None
        if found is None:
            position += 1
            continue
        count, pivot = found
        first = words[position][0]
        if line[first - 1 : first] == "'" and not words[position][2].isascii():
            first -= 1  # Punjabi writes its short words for "on" and "in" behind an apostrophe
        yield Rewritten(offset + first, offset + words[position + count - 1][1], pivot)
        position += count


def _is_mixed(words: Iterable[tuple[int, int, str]]) -> bool:
    """Whether Latin words stand beside others: few words of an Indian script must not turn an English offer round."""
    return len({word.isascii() for _, _, word in words}) > 1


def _latin_part(line: str) -> str:
    return "".join(letter if letter.isascii() else " " for letter in line)


def _entries_for(word: str, language: Language | None) -> _Words | None:
    if word.isascii():
        lexicon = _load_lexicon(language) if language else None
        return lexicon.latin if lexicon else None
    script = _language_of_script(word)
    if script is None or (script in _SHARED_SCRIPTS and language is not script):
        return None
    lexicon = _load_lexicon(script)
    return lexicon.script if lexicon else None


def _language_of_script(word: str) -> Language | None:
    code = ord(word[0])
    return next((language for language, (first, end) in _SCRIPTS.items() if first <= code < end), None)


def _longest(line: str, words: list[tuple[int, int, str]], position: int, entries: _Words) -> tuple[int, str] | None:
    """The entry with most words, then with the longest ones; returned as its number of words and its pivot."""
    first = words[position][2]
    best: tuple[int, int] = (0, 0)
    pivot = ""
    for first_length, entry in _candidates(first, entries):
        count = len(entry.rest) + 1
        length = first_length + sum(map(len, entry.rest))
        if (count, length) <= best or not _fits(line, words, position, entry):
            continue
        last = words[position + count - 1][2]
        stem = (entry.rest or (first[:first_length],))[-1]
        best = (count, length)
        pivot = _with_ending(entry.pivot, last[len(stem) :], entries) if entry.stems[-1] else entry.pivot
    return (best[0], pivot) if best[0] else None


def _candidates(word: str, entries: _Words) -> Iterator[tuple[int, _Entry]]:
    for entry in entries.exact.get(word, ()):
        yield len(word) + 1, entry  # a whole word says more than a stem of the same length
    for length in range(len(word), _SHORTEST_STEM - 1, -1):
        for entry in entries.stems.get(word[:length], ()):
            yield length, entry


def _fits(line: str, words: list[tuple[int, int, str]], position: int, entry: _Entry) -> bool:
    if position + len(entry.rest) >= len(words):
        return False
    for step, wanted in enumerate(entry.rest, start=1):
        before, here = words[position + step - 1], words[position + step]
        same = here[2].startswith(wanted) if entry.stems[step] else here[2] == wanted
        if not same or not _BETWEEN.fullmatch(line[before[1] : here[0]]):
            return False
    return True


def _with_ending(pivot: str, ending: str, entries: _Words) -> str:
    added = next((words for end, words in entries.endings if ending.endswith(end)), "") if ending else ""
    return f"{pivot} {added}".strip()


@cache
def _load_lexicon(language: Language) -> Lexicon | None:
    path = LANGUAGES_FOLDER / language / LEXICON_FILE
    if not path.exists():
        return None
    content: dict[str, Any] = read_yaml_strings(path) or {}
    endings: dict[str, dict[str, str]] = {"script": content.get("endings") or {}}
    endings["latin"] = content.get("latin_endings") or {}
    return Lexicon(
        script=_make_words(path, content.get("script") or {}, endings["script"]),
        latin=_make_words(path, content.get("latin") or {}, endings["latin"]),
    )


def _make_words(path: Path, lists: Mapping[str, str], endings: Mapping[str, str]) -> _Words:
    exact: dict[str, list[_Entry]] = {}
    stems: dict[str, list[_Entry]] = {}
    for pivot, spellings in lists.items():
        for spelling in _split(path, pivot, spellings):
            words = tuple(_WORD.findall(spelling.replace("*", " ")))
            parts = spelling.replace("-", " ").split()
            if not words or len(words) != len(parts):
                raise BadLexicon(f"{path.parent.name}/{path.name}: {pivot!r}: {spelling!r} is no row of words")
            open_ended = tuple(part.endswith("*") for part in parts)
            kept = stems if open_ended[0] else exact
            kept.setdefault(words[0], []).append(_Entry(words[1:], open_ended, pivot.strip()))
    by_length = sorted(
        ((fold(ending), pivot) for pivot, all_of_it in endings.items() for ending in _split(path, pivot, all_of_it)),
        key=lambda pair: -len(pair[0]),
    )
    return _Words(
        {word: tuple(found) for word, found in exact.items()},
        {word: tuple(found) for word, found in stems.items()},
        tuple(by_length),
    )


def _split(path: Path, pivot: str, spellings: str) -> Iterator[str]:
    if not isinstance(spellings, str):
        raise BadLexicon(f"{path.parent.name}/{path.name}: {pivot!r}: write the spellings in one line, with commas")
    for spelling in spellings.split(","):
        # The star is a chat mark to `fold`, so it is put aside meanwhile.
        folded = fold(spelling.replace("*", "\u2217")).replace("\u2217", "*").strip()
        if folded:
            yield folded
