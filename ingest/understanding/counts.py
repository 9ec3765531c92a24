"""Finds the numbers of people that a notice gives, with the day they held. Pure; a number without a day is no count."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.understanding.notice import Notice, Sentence, make_notice
from ingest.understanding.phrase_lists import Hit, find_hits, names_of
from ingest.understanding.proposals import GUESSED, LIKELY, Proposal, nothing
from ingest.understanding.times import FoundDate, find_dates
from knowledge.masking import fold_digits
from knowledge.records import Count

LISTS = "counts"
_NUMBER_WORDS = {
    name: number
    for number, name in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ],
        start=1,
    )
}
_NUMBER = re.compile(
    rf"(?<![\w.,/+:-])(?:\d{{1,3}}(?:,\d{{2,3}})+|\d{{1,6}}|{'|'.join(_NUMBER_WORDS)})(?![\w%:/]|[.,]\d|-\d)",
    re.IGNORECASE,
)
# What makes a number something else than people.
_BEFORE = re.compile(
    r"(?:rs\.?|inr|₹|usd|\$|no\.?|nos\.?|number|section|article|rule|para|age[ds]?|question|act,?|of)\s?$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s?(?:lakhs?|crores?|rupees|%|per ?cent"
    r"|years?|months?|weeks?|days?|hours?|hrs|am|pm|km|st|nd|rd|th|districts?|states?|countries|flights?|firs?)\b",
    re.IGNORECASE,
)
_REACH_AFTER = 70  # characters from a number to what it counts: "26 Indian nationals serving there have died"
_REACH_BEFORE = 30  # "killing at least 26"
_CLAUSE = re.compile(r"[;:]|,? (?:while|whereas|but|and) (?=\d)|, (?=\d)")


@dataclass(frozen=True)
class Number:
    """A number of people: how many, what it counts, since when it held, and the words that say so."""

    what: str
    value: int
    as_of: dt.date | None
    words: str


def find_numbers(text: str, date: dt.date | None) -> tuple[Number, ...]:
    """Return what a text counts, in order. `date` is that of the notice; a sentence may name a day of its own."""
    notice = make_notice(None, text)
    if not _NUMBER.search(notice.plain.folded):
        return ()
    hits = [(name, hit) for name in names_of(LISTS) for hit in find_hits(notice, LISTS, name)]
    dates = find_dates(notice.plain)
    return tuple(_find(notice, hits, dates, date))


def propose_counts(text: str, date: dt.date | None, country: str | None) -> Proposal[tuple[Count, ...]]:
    """Return the counts of a notice; without any day, of the notice or the sentence, a number is left out."""
    counts: list[Count] = []
    for one in find_numbers(text, date):
        if one.as_of is not None:
            series = f"indians_{one.what}" + (f"_{country.lower()}" if country else "")
            counts.append(Count(series, one.value, one.as_of, one.words))
    if not counts:
        return nothing(())
    return Proposal(tuple(counts), LIKELY if len(counts) == 1 else GUESSED, tuple(one.words for one in counts))


def _find(
    notice: Notice, hits: Sequence[tuple[str, Hit]], dates: Sequence[FoundDate], date: dt.date | None
) -> Iterator[Number]:
    dated = [(notice.plain.origins[one.start], one) for one in dates]
    for sentence in notice.sentences:
        near = [(name, hit) for name, hit in hits if sentence.start <= hit.start < sentence.end]
        named = [one.date for start, one in dated if sentence.start <= start < sentence.end and one.precision == "day"]
        for start, end, value in _numbers_of(notice, sentence) if near else ():
            what = _what(notice.text, start, end, near)
            if what is not None:
                as_of = max(named) if named else date
                yield Number(what[0], value, as_of, notice.text[min(start, what[1].start) : max(end, what[1].end)])


def _numbers_of(notice: Notice, sentence: Sentence) -> Iterator[tuple[int, int, int]]:
    text = fold_digits(notice.text[sentence.start : sentence.end])
    for found in _NUMBER.finditer(text):
        if _BEFORE.search(text[: found.start()]) or _AFTER.match(text[found.end() :]):
            continue
        value = _NUMBER_WORDS.get(found.group().lower()) or int(found.group().replace(",", ""))
        if not (1900 <= value <= 2100 and "," not in found.group()):  # a year
            yield sentence.start + found.start(), sentence.start + found.end(), value


def _what(text: str, start: int, end: int, near: Sequence[tuple[str, Hit]]) -> tuple[str, Hit] | None:
    """What a number counts: the first telling word after it in its clause, else the last one close before it."""
    after = [
        (hit.start - end, name, hit)
        for name, hit in near
        if 0 <= hit.start - end <= _REACH_AFTER and not _CLAUSE.search(text[end : hit.start])
    ]
    before = [
        (start - hit.end, name, hit)
        for name, hit in near
        if 0 <= start - hit.end <= _REACH_BEFORE and not _CLAUSE.search(text[hit.end : start])
    ]
    best = min(after or before, key=lambda one: one[0], default=None)
    return (best[1], best[2]) if best else None
