"""Knows what is left of a file once it has been read: text, tables, links, dates; or why it could not be read.

Reads nothing itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class MediaType(StrEnum):
    """What a file is, judged by its content."""

    HTML = "html"
    FEED = "feed"
    PDF = "pdf"
    DOCX = "docx"
    IMAGE = "image"
    MARKDOWN = "markdown"
    JSON_LINES = "json_lines"
    CSV = "csv"
    XLSX = "xlsx"
    TEXT = "text"


class UnreadableReason(StrEnum):
    """Why a file was refused."""

    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MUCH_TEXT = "too_much_text"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    NOT_SUPPORTED = "not_supported"
    TOO_SLOW = "too_slow"
    TOO_MUCH_MEMORY = "too_much_memory"
    NO_TEXT = "no_text"
    LEGACY_FONT = "legacy_font"
    NO_PICTURE_READER = "no_picture_reader"
    PICTURE_TOO_LARGE = "picture_too_large"
    ANIMATED = "animated"
    TYPE_MISMATCH = "type_mismatch"
    FORMULA = "formula"
    BAD_TABLE = "bad_table"
    MACROS = "macros"
    BUSY = "busy"
    NO_ISOLATION = "no_isolation"


class Unreadable(Exception):
    """A file that cannot be read, or must not be. The message says what is wrong and what to do; it may be shown."""

    def __init__(self, reason: UnreadableReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True)
class Link:
    """A link of a document: where it leads and the words it stands on."""

    address: str
    words: str


@dataclass(frozen=True)
class Table:
    """Rows of cells as text. `first_row` is the number, as people count, that the first row had in its file."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    first_row: int = 1


@dataclass(frozen=True)
class Document:
    """What a file says.

    `text` has its paragraphs separated by blank lines. `date` is the day the document gives itself and `date_words` the
    words it was read from; both are None where it gives none that is certain. `language` is one of
    `knowledge.vocabulary.Language`, as text. `confidence` is from 0 to 1 and only there where OCR read the text.
    `attachments` are those links that lead to files. `notes` say in English what staff should know of the reading.
    """

    media_type: MediaType
    text: str
    title: str | None = None
    date: dt.date | None = None
    date_words: str | None = None
    language: str | None = None
    links: tuple[Link, ...] = ()
    attachments: tuple[Link, ...] = ()
    tables: tuple[Table, ...] = ()
    pages: int = 1
    confidence: float | None = None
    notes: tuple[str, ...] = ()


def to_json(document: Document) -> dict[str, Any]:
    """Return the document as plain JSON values; `from_json` makes the same document of them."""
    return asdict(document) | {"date": document.date.isoformat() if document.date else None}


def from_json(values: Mapping[str, Any]) -> Document:
    """Make a document of what `to_json` returned. Raises KeyError, TypeError or ValueError where it is none."""
    confidence = values["confidence"]
    return Document(
        media_type=MediaType(values["media_type"]),
        text=str(values["text"]),
        title=_text(values["title"]),
        date=dt.date.fromisoformat(values["date"]) if values["date"] else None,
        date_words=_text(values["date_words"]),
        language=_text(values["language"]),
        links=_links(values["links"]),
        attachments=_links(values["attachments"]),
        tables=tuple(_table(table) for table in values["tables"]),
        pages=int(values["pages"]),
        confidence=None if confidence is None else float(confidence),
        notes=tuple(map(str, values["notes"])),
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _links(values: Any) -> tuple[Link, ...]:
    return tuple(Link(str(value["address"]), str(value["words"])) for value in values)


def _table(value: Any) -> Table:
    rows = tuple(tuple(str(cell) for cell in row) for row in value["rows"])
    return Table(str(value["name"]), rows, int(value["first_row"]))
