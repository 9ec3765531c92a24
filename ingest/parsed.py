"""Knows what a parser makes of one notice or one listing: values only, and how they go to JSON and back.

A parser runs in a child process without network (`knowledge/documents/apart.py`), so everything here must survive
JSON. Nothing is guessed here: what a page does not say is None, and an undated notice has no date, never today's.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babel import Locale

from ingest.notice_lines import find_title, is_letterhead
from ingest.sources.identity import canonical_address, make_key
from knowledge.documents.document import Document, Link, MediaType
from knowledge.reading.languages import detect_language
from knowledge.reading.spelling import script_of, split_words

TABLES = (MediaType.CSV, MediaType.XLSX)  # their first line names columns
DAY, UNKNOWN = "day", "unknown"  # of `AdvisoryRecord.date_precision`
UNKNOWN_LANGUAGE = "und"  # ISO 639: undetermined


@dataclass(frozen=True)
class ParsedAdvisory:
    """One notice as its page or file has it. Dates are calendar days in India."""

    title: str | None
    text: str  # paragraphs separated by blank lines; empty where the notice is only a picture or a file
    date: dt.date | None
    date_precision: str  # as in AdvisoryRecord: day, month, year or unknown
    date_words: str | None  # as the page writes it
    language: str
    issuer: str | None
    address: str | None  # the one to show, the same for every mirror
    key: str | None  # the same for every host and format of the notice in this language: "mea-press-40073-en"
    siblings: tuple[str, ...]  # keys of the same notice in other languages
    attachments: tuple[Link, ...]
    media_type: MediaType
    confidence: float | None = None  # 0 to 1, only where text recognition read it
    notes: tuple[str, ...] = ()
    sibling_links: tuple[Link, ...] = ()  # where the other languages are, with the words the page gives them
    notice_file: Link | None = (
        None  # the picture or file that is the notice, where the page itself says next to nothing
    )

    def as_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return _to_json(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ParsedAdvisory:
        """Build it from what `as_json` gave. Raises KeyError, TypeError and ValueError where that is something else."""
        return cls(
            **{
                **values,
                "date": _date(values["date"]),
                "siblings": tuple(values["siblings"]),
                "sibling_links": tuple(Link(**link) for link in values["sibling_links"]),
                "attachments": tuple(Link(**link) for link in values["attachments"]),
                "media_type": MediaType(values["media_type"]),
                "notes": tuple(values["notes"]),
                "notice_file": Link(**values["notice_file"]) if values["notice_file"] else None,
            }
        )


@dataclass(frozen=True)
class ListedItem:
    """One row of a listing: where a notice stands, and what the row says of it."""

    key: str | None
    address: str
    title: str | None
    date: dt.date | None

    def as_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return _to_json(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ListedItem:
        """Build it from what `as_json` gave. Raises KeyError, TypeError and ValueError where that is something else."""
        return cls(**{**values, "date": _date(values["date"])})


def from_document(document: Document, *, address: str | None = None) -> ParsedAdvisory:
    """Return a loose document (a PDF, a photo, pasted text) as a notice; what it does not say stays open.

    `address` is the official one that staff name with it: a photo of a notice is then known as that notice.
    The date is the one that the document gives itself: no other, and never today's.
    """
    return ParsedAdvisory(
        title=_own_title(document),
        text=document.text,
        date=document.date,
        date_precision=DAY if document.date else UNKNOWN,
        date_words=document.date_words,
        language=document.language or language_of(document.text),
        issuer=None,
        address=canonical_address(address) if address else None,
        key=make_key(address) if address else None,
        siblings=(),
        attachments=document.attachments,
        media_type=document.media_type,
        confidence=document.confidence,
        notes=document.notes,
    )


def with_file(parsed: ParsedAdvisory, document: Document) -> ParsedAdvisory:
    """Return a notice whose words stand in its picture or file, once that has been read: page data, file text."""
    loose = from_document(document, address=parsed.address)
    dated = parsed if parsed.date else loose
    return dataclasses.replace(
        parsed,
        title=parsed.title or loose.title,
        text="\n\n".join(part for part in (parsed.text, loose.text) if part),
        date=dated.date,
        date_precision=dated.date_precision,
        date_words=dated.date_words,
        language=loose.language,
        confidence=loose.confidence,
        notes=(*parsed.notes, *loose.notes),
    )


def language_of(text: str) -> str:
    """Return the code of the language a notice is written in, by its main script and words; "und" where unclear.

    A notice in two languages, as missions print them, counts as the one that fills more of it.
    """
    scripts = Counter(script_of(word.text) for word in split_words(text) for _ in word.text)
    if not scripts:
        return UNKNOWN_LANGUAGE
    main = scripts.most_common(1)[0][0]
    own = " ".join(word.text for word in split_words(text) if script_of(word.text) == main)
    if main == "latin":
        return "en" if detect_language(own).supported else UNKNOWN_LANGUAGE
    return str(detect_language(own).language or UNKNOWN_LANGUAGE)


def find_sibling(parsed: ParsedAdvisory, language: str) -> str | None:
    """Return where the notice stands in another language, as its page says ("Read this release in: English")."""
    names = {(Locale.parse(language).get_language_name(of) or "").casefold() for of in ("en", language)}
    return next((link.address for link in parsed.sibling_links if link.words.strip().casefold() in names), None)


def _own_title(document: Document) -> str | None:
    """PDF readers give the first line as the title; on a letter that is the sender's name."""
    if document.title and not is_letterhead(document.title):
        return document.title
    return None if document.media_type in TABLES else find_title(document.text)


def _to_json(value: ParsedAdvisory | ListedItem) -> dict[str, Any]:
    fields = dataclasses.asdict(value)
    fields["date"] = value.date.isoformat() if value.date else None
    return fields


def _date(words: str | None) -> dt.date | None:
    return dt.date.fromisoformat(words) if words else None
