"""Knows which lines around a notice are not the notice: date lines, place lines, comment forms, print buttons. Pure.

The date of a notice is taken only from a line that says nothing else. A date inside a sentence is one that the notice
speaks of ("in continuation of the advisory dated ..."), and an undated notice has none.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.documents.dates import FoundDate, find_dates

# From one of these on, a page is no notice any more.
_END = re.compile(
    r"^(?:write a comment|post a comment|leave a (?:comment|reply)|verification code|comments?\b.{0,20}$"
    r"|related (?:links|news|releases|articles|posts)|share this|you may also like|read this release in|also read"
    r"|previous post|next post|टिप्पणी (?:लिखें|करें|पोस्ट करें)|सत्यापन कोड|सम्बंधित|संबंधित (?:समाचार|लिंक)"
    r"|(?:©|copyright\b|all rights reserved|content (?:owned|managed|provided) by|page last updated).{0,120}$"
    r"|visitors?\s*:.{0,60}$"
    r"|यह भी पढ़ें|تبصرہ|متعلقہ خبریں)",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"^(?:media cent(?:er|re)|press releases?|media briefings?|speeches?(?: ?(?:&|and) ?statements?)?"
    r"|travel advisor(?:y|ies)|advisor(?:y|ies)|home|back|print|back\s*\|\s*print|consular services"
    r"|e-citizen ?/ ?tenders|what'?s new|latest news|news|font size.{0,12}|a\+?\s*a\s*a-?|skip to main content|listen"
    r"|share|मीडिया सेंटर|मीडिया केंद्र|प्रेस विज्ञप्ति(?:यां|याँ)?|यात्रा परामर्श|परामर्श|ई-नागरिक ?/ ?निविदाएं|कोंसुलर सेवाएं|होम"
    r"|मुख्य पृष्ठ|पीछे|प्रिंट(?: करें)?)$",
    re.IGNORECASE,
)
_LABELS = re.compile(
    r"posted|published|updated|uploaded|release[d]?|dated?|last|on|back|print|by|pib|delhi|new|ist|hrs?|[ap]\.?m\b\.?|time|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|mumbai|hyderabad|chennai|kolkata|"
    r"प्रविष्टि|तिथि|दिनांक|तारीख|प्रकाशित|पोस्ट|द्वारा|नई|दिल्ली|पीआईबी|सोमवार|मंगलवार|बुधवार|गुरुवार|शुक्रवार|शनिवार|रविवार|पूर्वाह्न|अपराह्न|बजे|"
    r"تاریخ|نئی|دہلی|پیر|منگل|بدھ|جمعرات|جمعہ|ہفتہ|اتوار|کی|को|का|की|at",
    re.IGNORECASE,
)
_PLACES = frozenset({"new delhi", "delhi", "नई दिल्ली", "نئی دہلی", "दिल्ली"})
_LETTERHEAD = re.compile(
    r"^(?:government of|govt\.? of|ministry of|department of|directorate|office of|embassy of|high commission of"
    r"|consulate (?:general )?of|permanent mission|(?:rajya|lok) sabha|parliament of|(?:un)?starred question"
    r"|to be answered|press information|भारत सरकार|विदेश मंत्रालय|गृह मंत्रालय|भारत का? (?:राज)?दूतावास|राज्य सभा|लोक सभा"
    r"|अतारांकित|तारांकित)"
    r"|^(?:f\.?|file|ref(?:erence)?|letter|advisory|circular|notice|d\.?o\.?|सं(?:ख्या)?|क्रमांक)?\s*\.?\s*"
    r"(?:no|nos|number)?\s*[.:]\s*\S*\d"
    r"|^(?:no|सं)\s*[.:]",
    re.IGNORECASE,
)
LETTERHEAD_LINES, LONGEST_TITLE = 12, 200
_LETTER_RUN = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class NoticeLines:
    """What is left of a page's paragraphs: the notice's own, and the date that stood on a line of its own."""

    body: tuple[str, ...]
    date: dt.date | None
    date_words: str | None


def split_notice(paragraphs: Sequence[str], title: str | None = None) -> NoticeLines:
    """Return the notice's own paragraphs without title, date and place lines and what follows its end."""
    kept = _before_end([part for part in paragraphs if part.strip()])
    kept, first = _cut_start(kept, title)
    kept, last = _cut_end(kept)
    found = first or last
    return NoticeLines(tuple(kept), found.date if found else None, found.words if found else None)


def date_line(line: str) -> FoundDate | None:
    """Return the date of a line that says only when (and where) something was published, else None."""
    found = next(iter(find_dates(line)), None)
    if found is None:
        return None
    rest = _LABELS.sub(" ", line.replace(found.words, " "))
    rest = re.sub(r"\d{1,2}[:.]\d{2}", " ", rest)
    return found if len("".join(_LETTER_RUN.findall(rest))) <= 1 or _is_place(rest) else None


def find_title(text: str) -> str | None:
    """Return the line that a loose document has as its title, the first below the letterhead, or None.

    A letterhead names bodies, places, file numbers and dates; the title of a notice stands below it.
    """
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    for place, line in enumerate(lines[:LETTERHEAD_LINES]):
        if not (is_letterhead(line) or date_line(line) or line.isalpha() or is_furniture(line)):
            whole = " ".join([line, *_continued(lines[place + 1 :])])
            return None if len(whole) > LONGEST_TITLE or whole.endswith((".", "।", "۔", ":")) else whole.lstrip("# ")
    return None


def is_letterhead(line: str) -> bool:
    """Tell whether a line names a body, a file number or the like, as letters print above their title."""
    return bool(_LETTERHEAD.search(line.strip()))


def is_end(line: str) -> bool:
    """Tell whether the notice ends before this line: comment forms, related news."""
    return bool(_END.match(line.strip()))


def is_furniture(line: str) -> bool:
    """Tell whether a line is a section's name or a button that pages print above the notice."""
    return bool(_FURNITURE.match(line.strip(" |»>:\n")))


def same_words(first: str, second: str | None) -> bool:
    """Tell whether two lines have the same letters and digits."""
    return second is not None and _bare(first) == _bare(second)


def _continued(lines: Sequence[str]) -> Iterator[str]:
    """The lines that go on in the middle of a sentence: scans and PDFs break lines where the paper ends."""
    return itertools.takewhile(lambda line: line[0].islower(), lines)


def _bare(line: str) -> str:
    return "".join(letter for letter in line.casefold() if letter.isalnum())


def _before_end(paragraphs: list[str]) -> list[str]:
    end = next((place for place, part in enumerate(paragraphs) if place and is_end(part)), len(paragraphs))
    return paragraphs[:end]


def _cut_start(paragraphs: list[str], title: str | None) -> tuple[list[str], FoundDate | None]:
    found: FoundDate | None = None
    place = 0
    for place, part in enumerate(paragraphs):  # noqa: B007 - the place where the notice begins is wanted
        dated = date_line(part)
        if dated and found is None:
            found = dated
        elif not (dated or is_furniture(part) or same_words(part, title)):
            break
    else:
        place = len(paragraphs)
    return paragraphs[place:], found


def _cut_end(paragraphs: list[str]) -> tuple[list[str], FoundDate | None]:
    found: FoundDate | None = None
    kept = list(paragraphs)
    while kept:
        last = kept[-1].strip()
        dated = date_line(last)
        if dated and found is None:
            found = dated
        elif not (dated or last.casefold() in _PLACES or is_furniture(last) or (found and _is_place(last))):
            break
        kept.pop()
    return kept, found


def _is_place(words: str) -> bool:
    """One or two capitalised words and nothing else: "Phnom Penh,"."""
    parts = words.replace(",", " ").replace("|", " ").split()
    return 0 < len(parts) <= 2 and all(part.isalpha() and part[0].isupper() and part[1:].islower() for part in parts)
