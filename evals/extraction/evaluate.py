"""Measures what is read and understood of the golden documents: titles, dates, text, countries, topics, severity.

    python -m evals.extraction.evaluate             the figures, for development and held-out documents apart
    python -m evals.extraction.evaluate --misses    and what was missed in development documents, one line each
    python -m evals.extraction.evaluate --floor     exit code 1 where a figure of FLOORS is not reached
    python -m evals.extraction.evaluate --phrases-alone   what the phrase lists propose without the embedding model

Held-out documents (`held_out: true`) were written when the rules stood; only their figures are shown, so that nobody
mends the rules by them. Documents that text recognition has to read are left out, and said, where tesseract is absent.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from evals.extraction.golden import Golden, list_golden, parse
from ingest.parsed import ParsedAdvisory
from ingest.sources.trouble import SourceTrouble
from ingest.understanding import Understanding, understand
from ingest.understanding.meaning import TopicsByMeaning, build_topics_by_meaning
from knowledge.documents.apart import has_picture_reader
from knowledge.documents.document import Unreadable
from knowledge.settings import read_settings

TODAY = dt.date(2027, 6, 1)  # when these documents are "read": a little after the newest of them
FLOORS = {"countries": 0.98, "topics": 0.90, "dates": 0.99, "titles": 0.99, "texts": 0.99}  # of the issue


@dataclass
class Overlap:
    """How two sets agree over many documents: found and wanted, found only, wanted only."""

    both: int = 0
    only_found: int = 0
    only_wanted: int = 0

    def add(self, found: Collection[str], wanted: Collection[str]) -> None:
        """Count one document."""
        self.both += len(set(found) & set(wanted))
        self.only_found += len(set(found) - set(wanted))
        self.only_wanted += len(set(wanted) - set(found))

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; 1 where there was nothing to find and nothing was."""
        total = 2 * self.both + self.only_found + self.only_wanted
        return 2 * self.both / total if total else 1.0


@dataclass
class Share:
    """How many of those judged were right."""

    right: int = 0
    asked: int = 0

    def add(self, right: bool) -> None:
        """Count one document."""
        self.right += right
        self.asked += 1

    @property
    def value(self) -> float:
        """The share; 1 where nothing was asked."""
        return self.right / self.asked if self.asked else 1.0


@dataclass
class Figures:
    """What was measured on one set of documents."""

    documents: int = 0
    unread: list[str] = field(default_factory=list)  # names of those that no parser could read
    countries: Overlap = field(default_factory=Overlap)
    topics: Overlap = field(default_factory=Overlap)
    titles: Share = field(default_factory=Share)
    dates: Share = field(default_factory=Share)
    texts: Share = field(default_factory=Share)
    languages: Share = field(default_factory=Share)
    keys: Share = field(default_factory=Share)
    severities: Share = field(default_factory=Share)
    validities: Share = field(default_factory=Share)
    misses: list[str] = field(default_factory=list)

    def as_numbers(self) -> dict[str, float]:
        """Return the figures by their names, 0 to 1."""
        shares = {
            name: getattr(self, name).value
            for name in ("titles", "dates", "texts", "languages", "keys", "severities", "validities")
        }
        return {"countries": self.countries.f1, "topics": self.topics.f1, **shares}


@dataclass(frozen=True)
class Measured:
    """The figures of both sets, and what could not be measured on this machine."""

    development: Figures
    held_out: Figures
    left_out: tuple[str, ...]

    def below_floor(self) -> list[str]:
        """Name the figures of the development set that are lower than they must be."""
        numbers = self.development.as_numbers()
        return [f"{name} {numbers[name]:.3f} < {floor}" for name, floor in FLOORS.items() if numbers[name] < floor]


def measure(documents: Iterable[Golden] | None = None, topics_by_meaning: TopicsByMeaning | None = None) -> Measured:
    """Read and understand every golden document and compare; without `topics_by_meaning` by phrase lists alone."""
    measured = Measured(Figures(), Figures(), ())
    left_out = []
    for golden in documents if documents is not None else list_golden():
        if golden.from_picture and not has_picture_reader():
            left_out.append(golden.name)
            continue
        _measure_one(golden, measured.held_out if golden.held_out else measured.development, topics_by_meaning)
    return Measured(measured.development, measured.held_out, tuple(left_out))


def reads_as_expected(golden: Golden, parsed: ParsedAdvisory) -> list[str]:
    """Say what of the main text is not as it should be; nothing where all is."""
    text = " ".join(parsed.text.split()) if golden.from_file else parsed.text
    wrong = [f"text holds {words!r}" for words in golden.must_not if words in parsed.text]
    if golden.first and not (golden.first in text if golden.from_file else text.startswith(golden.first)):
        wrong.append(f"text begins {text[:60]!r}")
    if golden.last and not (golden.last in text if golden.from_file else text.endswith(golden.last)):
        wrong.append(f"text ends {text[-60:]!r}")
    if golden.paragraphs and parsed.text.count("\n\n") + 1 != golden.paragraphs:
        wrong.append(f"text has {parsed.text.count(chr(10) * 2) + 1} paragraphs, not {golden.paragraphs}")
    file = parsed.notice_file.address if parsed.notice_file else None
    if file != golden.notice_file:
        wrong.append(f"the notice is said to be the file {file}")
    return wrong


def _measure_one(golden: Golden, figures: Figures, topics_by_meaning: TopicsByMeaning | None) -> None:
    figures.documents += 1
    try:
        parsed = parse(golden)
    except (SourceTrouble, Unreadable) as error:
        figures.unread.append(golden.name)
        figures.misses.append(f"{golden.name}: not read: {error}")
        for share in (figures.titles, figures.dates, figures.texts):
            share.add(False)
        figures.countries.add((), golden.countries)
        figures.topics.add((), golden.topics)
        return
    understood = understand(parsed, today=TODAY, topics_by_meaning=topics_by_meaning)
    _compare(golden, parsed, understood, figures)


def _compare(golden: Golden, parsed: ParsedAdvisory, understood: Understanding, figures: Figures) -> None:
    def judge(share: Share, what: str, found: object, wanted: object) -> None:
        share.add(found == wanted)
        if found != wanted:
            figures.misses.append(f"{golden.name}: {what} {found!r}, not {wanted!r}")

    if golden.title:
        judge(figures.titles, "title", understood.title.value, golden.title)
    date, precision = understood.date.value, understood.date_precision.value
    judge(figures.dates, "date", (date, precision), (golden.date, golden.date_precision))
    wrong = reads_as_expected(golden, parsed)
    judge(figures.texts, "text", wrong, [])
    judge(figures.languages, "language", understood.language.value, golden.language)
    if golden.key:
        judge(figures.keys, "key", (parsed.key, parsed.siblings), (golden.key, golden.siblings))
    if golden.severity:
        judge(figures.severities, "severity", understood.severity.value, golden.severity)
    judge(figures.validities, "valid until", understood.valid_until.value, golden.valid_until)
    for overlap, what, found, wanted in (
        (figures.countries, "countries", set(understood.countries.value), golden.countries),
        (figures.topics, "topics", set(map(str, understood.topics.value)), golden.topics),
    ):
        overlap.add(found, wanted)
        if found != wanted:
            figures.misses.append(f"{golden.name}: {what} +{sorted(found - wanted)} -{sorted(wanted - found)}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 where a floor was asked for and is not reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--floor", action="store_true")
    parser.add_argument("--phrases-alone", action="store_true")
    asked = parser.parse_args(arguments)
    meaning = None if asked.phrases_alone else build_topics_by_meaning(read_settings())
    print(f"topics are proposed by {'phrase lists and meaning' if meaning else 'phrase lists alone'}")
    measured = measure(topics_by_meaning=meaning)
    for name, figures in (("development", measured.development), ("held out", measured.held_out)):
        print(f"{name}: {figures.documents} documents, {len(figures.unread)} not read")
        print("   " + "  ".join(f"{what} {number:.3f}" for what, number in figures.as_numbers().items()))
    if measured.left_out:
        print(f"left out, since there is no tesseract here: {', '.join(measured.left_out)}")
    if asked.misses:
        print("\n".join(measured.development.misses))
    below = measured.below_floor() if asked.floor else []
    for line in below:
        print(f"below the floor: {line}")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
