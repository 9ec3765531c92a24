"""Proposes until when a notice holds and which earlier notices it replaces or goes on from. Pure; absent stays None."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from ingest.understanding.notice import Notice
from ingest.understanding.phrase_lists import Hit, find_hits
from ingest.understanding.proposals import GUESSED, LIKELY, SURE, Earlier, Proposal, nothing
from ingest.understanding.times import FoundDate, find_dates

LISTS = "validity"
# "Comments may be sent till 7 May" is a last day to do something; the notice holds longer.
_DEADLINE = re.compile(
    r"\b(?:comments?|suggestions?|applications?|apply|applied|submit\w*|sent?|register\w*|bids?|tenders?|fees?|before)\b",
    re.IGNORECASE,
)
_REACH = 40  # characters between "until" and its day
_REACH_FAR = 160  # between "supersedes" and the day of what is superseded, in one sentence


def propose_valid_until(notice: Notice, date: dt.date | None) -> Proposal[dt.date | None]:
    """Return the last day on which the notice holds, where it names one; "till further notice" names none.

    A day without a year is read as the next one after the notice's own date.
    """
    open_ended = find_hits(notice, LISTS, "further_notice")
    ends = [
        (found, hit)
        for hit in find_hits(notice, LISTS, "until")
        for found in _dates(notice, date)
        if _touches(notice, hit, found)
        and not _DEADLINE.search(notice.sentence_at(hit.start).words)
        and (date is None or found.date >= date)
    ]
    if ends:
        found, hit = max(ends, key=lambda pair: pair[0].date)
        sure = found.year_given and found.precision == "day" and len({one.date for one, _ in ends}) == 1
        return Proposal(found.date, LIKELY if sure else GUESSED, (_span(notice, hit, found),))
    if open_ended:
        return Proposal(None, SURE, (open_ended[0].words,))
    return nothing(None)


def propose_earlier(notice: Notice, date: dt.date | None) -> Proposal[tuple[Earlier, ...]]:
    """Return the earlier notices that this one names: replaced by it, or gone on from."""
    found: dict[str, Earlier] = {}
    for name, replaces in (("replaces", True), ("goes_on_from", False)):
        for hit in find_hits(notice, LISTS, name):
            sentence = notice.sentence_at(hit.start)
            if replaces and not _speaks_of_a_notice(sentence.words):
                continue
            days = [one for one in _dates(notice, None, before=date) if _inside(notice, one, hit, sentence.end)]
            named: list[dt.date | None] = [one.date for one in days]
            for day in named or [None]:
                found.setdefault(f"{sentence.start} {day}", Earlier(day, sentence.words, replaces))
    if not found:
        return nothing(())
    earlier = tuple(found.values())
    words = tuple(dict.fromkeys(one.words for one in earlier))
    return Proposal(earlier, LIKELY if all(one.date for one in earlier) else GUESSED, words)


def says_withdrawn(title: str | None, text: str) -> bool:
    """Whether a page itself says that its notice was taken back: in its heading, or in a text of a line or two."""
    from ingest.understanding.notice import make_notice

    heading = make_notice(None, (title or "") if len(text) > _LONGEST_REMARK else f"{title or ''}\n\n{text}")
    return bool(find_hits(heading, LISTS, "withdrawn"))


def says_eased(notice: Notice) -> tuple[Hit, ...]:
    """Return the words by which a notice eases what was forbidden before."""
    return find_hits(notice, LISTS, "eased")


_LONGEST_REMARK = 240  # characters; a longer text is the notice, and may say "withdrawn" of something else
_NOTICE_WORDS = (
    "advisor", "notice", "press release", "circular", "communicat", "instruction", "guideline", "परामर्श", "एडवाइज",
    "सलाह", "सूचना", "ایڈوائزری", "ہدایت", "نوٹس",
)  # fmt: skip


def _speaks_of_a_notice(words: str) -> bool:
    return any(word in words.casefold() for word in _NOTICE_WORDS)


def _dates(notice: Notice, near: dt.date | None, *, before: dt.date | None = None) -> Sequence[FoundDate]:
    """The dates of a notice; those without a year after `near`, or last before `before`."""
    if before is None:
        return find_dates(notice.plain, near=near)
    year_before = before.replace(year=before.year - 1, day=min(before.day, 28))
    return [found for found in find_dates(notice.plain, near=year_before) if found.date <= before]


def _touches(notice: Notice, hit: Hit, found: FoundDate) -> bool:
    start, end = notice.plain.origins[found.start], notice.plain.ends[found.end - 1] + 1
    if hit.words.strip() in ("तक", "تک"):  # these follow their day
        return 0 <= hit.start - end <= 2
    return 0 <= start - hit.end <= _REACH and "." not in notice.text[hit.end : start].replace("a.m.", "")


def _inside(notice: Notice, found: FoundDate, hit: Hit, sentence_end: int) -> bool:
    start = notice.plain.origins[found.start]
    return hit.start - _REACH_FAR <= start < min(sentence_end, hit.end + _REACH_FAR)


def _span(notice: Notice, hit: Hit, found: FoundDate) -> str:
    start, end = notice.plain.origins[found.start], notice.plain.ends[found.end - 1] + 1
    return notice.text[min(hit.start, start) : max(hit.end, end)]
