"""Knows how official documents write their dates, in English and in Indian languages, and which date is their own.

Pure. An ambiguous 03/04/25 is the third of April, as everywhere in India, and is marked so.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.yaml_files import read_yaml

WORDS = Path(__file__).parent.parent / "data" / "documents" / "dates.yaml"
EARLIEST_YEAR, LATEST_YEAR = 1990, 2099
_HEAD_LINES = 12  # where a notice puts its date, when it stands alone in a line
_TAIL_LINES = 6  # … or under the signature
_LINE_AROUND = 40  # letters that a line may have beside its date, such as "New Delhi" or "No. 12/2026"

_NUMBERS = re.compile(r"(?<![\d./-])(\d{1,4})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d/-]|\.\d)")


@dataclass(frozen=True)
class FoundDate:
    """A date in a text: the day, the words for it, and where. `ambiguous`: day and month could be swapped."""

    date: dt.date
    words: str
    start: int
    ambiguous: bool = False


def find_dates(text: str) -> tuple[FoundDate, ...]:
    """List all dates of a text in their order. Impossible ones (31 February) are left out."""
    found = sorted([*_named(text), *_numeric(text)], key=lambda one: (one.start, -len(one.words)))
    kept: list[FoundDate] = []
    for one in found:
        if not kept or one.start >= kept[-1].start + len(kept[-1].words):
            kept.append(one)
    return tuple(kept)


def find_own_date(text: str) -> FoundDate | None:
    """Return the day that a document gives itself, or None: by a label, else in a line of its own at top or bottom.

    Other dates in the text (of events, of earlier notices, "last updated") are never taken.
    """
    return _labelled(text) or _standing_alone(text)


def describe_doubts(found: FoundDate, today: dt.date) -> tuple[str, ...]:
    """Return notes on a date for staff: day and month may be swapped; it lies in the future."""
    notes = []
    if found.ambiguous:
        notes.append(f"date '{found.words}' read as day/month: {found.date.isoformat()}")
    if found.date > today:
        notes.append(f"date '{found.words}' lies in the future")
    return tuple(notes)


def fold(text: str) -> str:
    """Bring spellings of one word together: case, nukta, and the two ways of writing a nasal (सितंबर, सितम्बर)."""
    plain = unicodedata.normalize("NFD", text.casefold())
    plain = re.sub("[\u093c\u09bc\u0a3c\u0abc\u0b3c\u200b-\u200d\u064b-\u0652\u0670]", "", plain)
    plain = plain.replace("म्", "ं").replace("न्", "ं").replace("ँ", "ं")
    return plain.replace("ي", "ی").replace("ك", "ک").rstrip(".")


def _labelled(text: str) -> FoundDate | None:
    for label in _labels().finditer(text):
        if _other_labels().search(text[max(0, label.start() - 20) : label.end()]):
            continue
        rest = text[label.end() : label.end() + 60]
        for one in find_dates(rest):
            if not re.search(r"[.।]\s|\n\s*\n|\w{3,}\s+\w{3,}\s+\w{3,}", rest[: one.start]):
                return FoundDate(one.date, one.words, label.end() + one.start, one.ambiguous)
            break
    return None


def _standing_alone(text: str) -> FoundDate | None:
    lines = [line for line in text.split("\n") if line.strip()]
    for line in (*lines[:_HEAD_LINES], *reversed(lines[-_TAIL_LINES:])):
        found = find_dates(line)
        if (
            len(found) == 1
            and len(line.strip()) - len(found[0].words) <= _LINE_AROUND
            and not _other_labels().search(line)
        ):
            before, after = line[: found[0].start], line[found[0].start + len(found[0].words) :]
            if _is_no_sentence(before, after):
                return FoundDate(found[0].date, found[0].words, text.find(line) + found[0].start, found[0].ambiguous)
    return None


def _is_no_sentence(before: str, after: str) -> bool:
    """A place, a weekday, a number or a bar may stand beside the date; a running sentence may not."""
    return (
        len(before.split()) <= 4
        and len(after.split()) <= 3
        and not before.rstrip().endswith((" of", " on", " by", " till"))
    )


def _named(text: str) -> Iterator[FoundDate]:
    for pattern, order in _named_patterns():
        for match in pattern.finditer(text):
            parts = dict(zip(order, match.groups(), strict=True))
            month = _months().get(fold(parts["month"]))
            if month:
                yield from _make(text, match, _year(parts["year"]), month, int(parts["day"]))


def _numeric(text: str) -> Iterator[FoundDate]:
    for match in _NUMBERS.finditer(text):
        first, middle, last = int(match[1]), int(match[3]), match[4]
        if len(match[1]) == 4:
            yield from _make(text, match, first, middle, int(last)) if len(last) <= 2 else ()
        elif len(match[1]) <= 2 and middle > 12 >= first:
            yield from _make(text, match, _year(last), first, middle)
        elif len(match[1]) <= 2:
            yield from _make(text, match, _year(last), middle, first, ambiguous=first <= 12 and first != middle)


def _make(
    text: str, match: re.Match[str], year: int, month: int, day: int, ambiguous: bool = False
) -> Iterator[FoundDate]:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return
    yield FoundDate(date, text[match.start() : match.end()], match.start(), ambiguous)


def _year(words: str) -> int:
    return int(words) if len(words) == 4 else 2000 + int(words)


@cache
def _named_patterns() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    # A month is any run of letters here, and then looked up: two hundred names as alternatives would be slow.
    day = r"(?<![\d/.-])(\d{1,2})\s?(?:st|nd|rd|th)?"
    name = r"((?:[^\W\d_]|[\u0900-\u0963\u0970-\u0dff\u064b-\u0652\u200c\u200d]){2,24})\.?"
    year = r"(\d{4}|(?<=['’])\d{2}|(?<=-)\d{2})(?!\d)"
    return (
        (re.compile(rf"{day}(?:\s+of)?[\s,./-]{{0,3}}{name}[\s,./'’-]{{0,3}}{year}"), ("day", "month", "year")),
        (
            re.compile(rf"{name}[\s./-]{{0,3}}(\d{{1,2}})(?:st|nd|rd|th)?[\s,./'’-]{{1,3}}{year}"),
            ("month", "day", "year"),
        ),
        (
            re.compile(rf"(?<!\d)(\d{{4}})[\s,./-]{{1,3}}{name}[\s./-]{{1,3}}(\d{{1,2}})(?!\d)"),
            ("year", "month", "day"),
        ),
    )


@cache
def _months() -> Mapping[str, int]:
    return {fold(name): number for number, names in _words()["months"].items() for name in names}


@cache
def _labels() -> re.Pattern[str]:
    return _any_of(_words()["labels"])


@cache
def _other_labels() -> re.Pattern[str]:
    return _any_of(_words()["labels_of_other_dates"])


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    listed = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![^\W\d_])(?:{listed})(?![^\W\d_])\s*[:：।.|–-]*", re.IGNORECASE)


@cache
def _words() -> Any:
    return read_yaml(WORDS)
