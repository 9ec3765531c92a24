"""Knows the dates that a text names, in any of our languages, and where they stand. Pure; guesses no year.

Month names are those of CLDR (through Babel), and the spellings of `knowledge/data/understanding/months.yaml`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale

import knowledge
from knowledge.reading.folding import fold
from knowledge.reading.matching import MatchingCopy
from knowledge.yaml_files import read_yaml_strings

DATA = Path(knowledge.__file__).parent / "data" / "understanding"
_LANGUAGES = ("en", "hi", "pa", "ml", "ta", "te", "bn", "gu", "mr", "kn", "or", "ur")
_FIRST_YEAR, _LAST_YEAR = 1990, 2099
_SHORTEST_MONTH = 3  # letters; shorter short forms are other words too


@dataclass(frozen=True)
class FoundDate:
    """A date named in a text. `date` is the first of the month where no day is given; `year_given` else a guess."""

    date: dt.date
    precision: str  # day | month
    start: int  # of the folded text
    end: int
    words: str
    year_given: bool = True


def find_dates(copy: MatchingCopy, *, near: dt.date | None = None) -> tuple[FoundDate, ...]:
    """Return the dates of a text in order. A day without a year gets the year that brings it closest after `near`.

    Without `near` such a day is left out: a year is never guessed from the clock.
    """
    found: list[FoundDate] = []
    taken = 0
    for match in _pattern().finditer(copy.folded):
        date = _read(match, near)
        if date is not None and match.start() >= taken:
            precision = "month" if match.lastgroup == "month_only" else "day"
            words = copy.quote(match.start(), match.end())
            found.append(FoundDate(date, precision, match.start(), match.end(), words, _year_of(match) is not None))
            taken = match.end()
    return tuple(found)


@cache
def _pattern() -> re.Pattern[str]:
    month = "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))
    day, ordinal, gap = r"[0-3]?\d", r"(?:\s?(?:st|nd|rd|th))?", r"[\s,.\-]{0,3}"
    return re.compile(
        rf"(?<![\d/.\-])(?P<iso>(?P<iy>(?:19|20)\d\d)-(?P<im>[01]\d)-(?P<id>[0-3]\d))(?![\d])"
        rf"|(?<![\d/.\-])(?P<numeric>(?P<nd>{day})(?P<sign>[./\-])(?P<nm>[01]?\d)(?P=sign)(?P<ny>(?:19|20)\d\d))(?![\d])"
        rf"|(?<![\d.])(?P<day_first>(?P<dd>{day}){ordinal}(?:\s(?:of|day of))?{gap}(?P<dm>{month})\.?"
        rf"(?:[\s,.\-']{{1,3}}(?P<dy>(?:19|20)\d\d))?)(?![\w])"
        rf"|(?<!\w)(?P<month_first>(?P<mm>{month})\.?\s?(?P<md>{day}){ordinal}(?!\d)(?:{gap}(?P<my>(?:19|20)\d\d))?)(?![\w])"
        rf"|(?<!\w)(?P<month_only>(?P<om>{month})[\s,.]{{1,2}}(?P<oy>(?:19|20)\d\d))(?!\d)"
    )


def _read(match: re.Match[str], near: dt.date | None) -> dt.date | None:
    day, month = _day_of(match), _month_of(match)
    year = _year_of(match)
    if year is not None:
        return _make(year, month, day)
    if near is None:
        return None
    this = _make(near.year, month, day)
    return this if this is None or this >= near else _make(near.year + 1, month, day)


def _year_of(match: re.Match[str]) -> int | None:
    words = match["iy"] or match["ny"] or match["dy"] or match["my"] or match["oy"]
    return int(words) if words else None


def _month_of(match: re.Match[str]) -> int:
    if match["im"] or match["nm"]:
        return int(match["im"] or match["nm"])
    return _months()[match["dm"] or match["mm"] or match["om"]]


def _day_of(match: re.Match[str]) -> int:
    return int(match["id"] or match["nd"] or match["dd"] or match["md"] or 1)


def _make(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day) if _FIRST_YEAR <= year <= _LAST_YEAR else None
    except ValueError:  # 31 February, or the 13th month: month and day the American way, which no Indian page writes
        return None


@cache
def _months() -> Mapping[str, int]:
    names: dict[str, int] = {}
    for name, number in _all_names():
        folded = fold(name).strip(" .")
        if len(folded) >= _SHORTEST_MONTH:
            names.setdefault(folded, number)
    return names


def _all_names() -> Iterator[tuple[str, int]]:
    for language in _LANGUAGES:
        months = Locale.parse(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    yield name, number
    for number, names in read_yaml_strings(DATA / "months.yaml").items():
        for name in names.split(","):
            yield name, int(number)
