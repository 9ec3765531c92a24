"""Which recruiting agent a message asks about: the registration number and the name in it. Looks nothing up.

A name cut too short could be that of another firm, so in doubt a word stays with the name: a look-up that then finds
only a similar name is harmless, one that finds the wrong firm is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from knowledge.agent_names import WORDS_FILE, known_words, plain_letters
from knowledge.agents import AgentQuery
from knowledge.reading.spelling import fold_indic
from knowledge.yaml_files import read_yaml_strings

LONGEST_READ = 1200  # characters of a message that are searched for a name
MOST_WORDS = 9  # of a name

_BETWEEN = r"(?:\s*[/\\|_.,:\-–—−‐‑]\s*|\s+)"
_KIND = r"(?:PERS?|PART|PARTNER|PARTNERSHIP|COM|COMP|COMPANY|IND|INDIVIDUAL|PROP|LTD|PVT|LLP|TRUST)"
# As `rules.md` has it: B-1234/MUM/PER/1000+/5/12345/2022, and looser ways of writing it.
_NUMBER = re.compile(
    rf"(?<![\w/])(?:[A-Z]{{1,2}}\s*[-–—−‐‑._]?\s*)?\d{{2,5}}{_BETWEEN}[A-Z]{{2,14}}{_BETWEEN}{_KIND}"
    rf"(?:{_BETWEEN}\d{{1,6}}\s?\+?){{0,4}}(?!\w)"
    rf"|(?<![\w/])[BВ]\s?[-–—−‐‑]\s?\d{{3,5}}(?!\w)(?:\s*/\s*[\w+]+)*"
    rf"|(?<![\w/])[A-Z0-9]{{1,2}}\s?[-–—−‐‑]?\s?[0-9OIL]{{3,5}}(?:\s*/\s*[\w+]+){{3,7}}",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“”«»„‟](?P<a>[^\"“”«»„‟]{3,80})[\"“”«»„‟]|(?<!\w)['‘](?P<b>[^'‘’]{3,80})['’](?!\w)")
_END_OF_PART = re.compile(r"[?!;:\n।|،؟]|(?<![A-Za-z]\b)(?<!\b[A-Za-z])\.(?=\s|$)|,\s(?!\s*(?i:llp|ltd|pvt))|\s[-–—]\s")
_WORD = re.compile(r"[^\s,()\[\]{}?!;:\"“”«»।]+")


@dataclass(frozen=True)
class _Word:
    """One word of a message and what it can be."""

    text: str
    key: str
    asks: bool
    judges: bool
    trade: bool

    @property
    def is_capital(self) -> bool:
        """Whether it begins like a name."""
        return self.text[:1].isupper() or self.text[:1].isdigit() or self.text == "&"


def read_agent_query(text: str) -> AgentQuery:
    """Read a message that may ask about a firm. Takes any text; both parts are None where it names none."""
    plain = plain_letters(text[:LONGEST_READ])
    number = _NUMBER.search(plain)
    rest = f"{plain[: number.start()]} ; {plain[number.end() :]}" if number else plain
    return AgentQuery(_find_name(rest), number.group().strip() if number else None)


def read_agent_argument(text: str) -> AgentQuery:
    """Read what stands after /agent: all of it is the name, but for words of a question around it."""
    query = read_agent_query(text)
    if query.name is not None:
        return query
    plain = plain_letters(text[:LONGEST_READ])
    number = _NUMBER.search(plain)
    rest = f"{plain[: number.start()]} {plain[number.end() :]}" if number else plain
    words = _without_asking(_read_words(rest))
    if not number and len(words) == 1 and re.search(r"\d{3}", words[0].text):
        return AgentQuery(None, words[0].text)
    return AgentQuery(_join(words) or None, query.number)


def _find_name(text: str) -> str | None:
    quoted = [found.group("a") or found.group("b") for found in _QUOTED.finditer(text)]
    for part in [*quoted, *_END_OF_PART.split(text)]:
        words = _read_words(part)
        if part in quoted and len(words) <= MOST_WORDS and any(not word.asks for word in words):
            return _join(words)
        name = _name_in_part(words)
        if name:
            return _join(name)
    return None


def _name_in_part(words: list[_Word]) -> list[_Word]:
    """The run of words around a word of the trade, without the words of the question."""
    for run in _runs(words):
        trimmed = _trim_judging(_cut_by_capitals(run, words))
        if any(word.trade for word in trimmed) and any(not word.trade for word in trimmed):
            return trimmed if len(trimmed) <= MOST_WORDS else []
    return []


def _runs(words: list[_Word]) -> Iterator[list[_Word]]:
    """Split words at those that only ask."""
    run: list[_Word] = []
    for word in words:
        if word.asks and not (word.is_capital and word.trade):
            if run:
                yield run
            run = []
        else:
            run.append(word)
    if run:
        yield run


def _cut_by_capitals(run: list[_Word], all_words: list[_Word]) -> list[_Word]:
    """In writing with capitals a name is the run of them that holds a word of the trade."""
    latin = [word for word in all_words if word.text[:1].isascii() and word.text[:1].isalpha()]
    if not latin or all(word.is_capital for word in latin) or not any(word.is_capital for word in latin):
        return run
    if any(word.trade and not word.is_capital for word in run):
        return run
    at = next((place for place, word in enumerate(run) if word.trade and word.is_capital), None)
    if at is None:
        return run
    first, last = at, at
    while first > 0 and _belongs(run[first - 1]):
        first -= 1
    while last + 1 < len(run) and _belongs(run[last + 1]):
        last += 1
    return run[first : last + 1]


def _belongs(word: _Word) -> bool:
    """A capital, what joins words of a name, and small words of which names are made ("new")."""
    return word.is_capital or word.key in ("and", "of", "the", "for", "al", "el") or word.key in known_words().signs


def _trim_judging(run: list[_Word]) -> list[_Word]:
    """Take away "genuine" and the like behind the last word of the trade."""
    last_trade = max((place for place, word in enumerate(run) if word.trade), default=len(run) - 1)
    last = len(run)
    while last - 1 > last_trade and run[last - 1].judges:
        last -= 1
    return run[:last]


def _without_asking(words: list[_Word]) -> list[_Word]:
    first, last = 0, len(words)
    while first < last and words[first].asks:
        first += 1
    while last > first and (words[last - 1].asks or words[last - 1].judges):
        last -= 1
    return words[first:last]


def _join(words: list[_Word]) -> str:
    return " ".join(word.text for word in words)


def _read_words(text: str) -> list[_Word]:
    words = (found.group().strip(".'‘’`*_") for found in _WORD.finditer(text))
    return [_read_word(word) for word in words if word]


def _read_word(word: str) -> _Word:
    key = word.casefold() if word.isascii() else fold_indic(word)
    stem = _trade_stem(word, key)
    asking, judging = _question_words()
    trade = stem is not None or bool(_latin_of(key) & known_words().trade)
    asks = key in asking and not (trade and key not in ("registered", "agent"))
    return _Word(stem or word, key, asks, key in judging, trade)


def _latin_of(key: str) -> set[str]:
    return {key} if key.isascii() else set(known_words().by_spelling.get(key, ()))


def _trade_stem(word: str, key: str) -> str | None:
    """A word of the trade with an ending of Malayalam, Tamil or Telugu on it, without the ending."""
    if word.isascii() or _latin_of(key) or len(key) < 5:
        return None
    stems = [known for known in _trade_spellings() if key.startswith(known)]
    if not stems:
        return None
    stem = max(stems, key=len)
    return next((word[:end] for end in range(len(word), 0, -1) if fold_indic(word[:end]) == stem), None)


@cache
def _trade_spellings() -> tuple[str, ...]:
    known = known_words()
    return tuple(s for s, latin in known.by_spelling.items() if set(latin) & known.trade and len(s) >= 4)


@cache
def _question_words() -> tuple[frozenset[str], frozenset[str]]:
    lists = read_yaml_strings(WORDS_FILE)
    asking, judging = (
        frozenset(word.casefold() if word.isascii() else fold_indic(word) for word in lists[name].split())
        for name in ("asking", "judging")
    )
    return asking, judging
