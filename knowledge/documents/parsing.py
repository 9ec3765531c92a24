"""Knows which parser reads which kind of file. Runs inside the child process, for `reading.read_document`."""

from __future__ import annotations

import datetime as dt
import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from knowledge.documents.document import Document, MediaType, Unreadable, UnreadableReason, to_json
from knowledge.documents.sniffing import sniff

LARGEST_TEXT = 200_000  # letters; the longest notice on record has a tenth of that

# Imported only when needed: a start is paid for by every file.
_MODULES: Mapping[MediaType, str] = {
    MediaType.HTML: "html",
    MediaType.FEED: "plain",
    MediaType.PDF: "pdf",
    MediaType.DOCX: "word",
    MediaType.IMAGE: "pictures",
    MediaType.MARKDOWN: "plain",
    MediaType.JSON_LINES: "plain",
    MediaType.CSV: "tables",
    MediaType.XLSX: "tables",
    MediaType.TEXT: "plain",
}


@dataclass(frozen=True)
class Given:
    """What a parser is handed: the bytes and what is claimed of them."""

    data: bytes
    media_type: MediaType
    name: str | None
    declared_type: str | None
    address: str | None
    today: dt.date
    read_pictures: bool  # whether there is time for OCR


def parse(data: bytes, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Read any file: `{"document": …}`, or `{"needs_pictures_read": True}` where only OCR helps."""
    given = _given(data, arguments)
    module = importlib.import_module(f"knowledge.documents.{_MODULES[given.media_type]}")
    read: Callable[[Given], Document | None] = module.read
    document = read(given)
    if document is None:
        return {"needs_pictures_read": True}
    return {"document": to_json(_finish(document))}


def _given(data: bytes, arguments: Mapping[str, Any]) -> Given:
    name, declared = arguments.get("name"), arguments.get("declared_type")
    return Given(
        data,
        sniff(data, name, declared),
        name,
        declared,
        arguments.get("address"),
        dt.date.fromisoformat(arguments["today"]),
        bool(arguments["read_pictures"]),
    )


def _finish(document: Document) -> Document:
    text = tidy(document.text)
    check_length(text)
    if not (text or document.tables or document.attachments):
        raise Unreadable(
            UnreadableReason.NO_TEXT, "There is no text in this file. Please send a photo of it, or paste its text."
        )
    return replace(document, text=text, title=tidy(document.title) or None if document.title else None)


def check_length(text: str) -> str:
    """Return the text, or raise Unreadable where it is too long. Parsers ask before they look closer at a text."""
    if len(text) > LARGEST_TEXT:
        raise Unreadable(
            UnreadableReason.TOO_MUCH_TEXT,
            f"This file holds more than {LARGEST_TEXT:,} letters of text. Please send only the notice itself.",
        )
    return text


def tidy(text: str) -> str:
    """Leave out what is not for reading: control characters, marks that turn text round, blanks at ends of lines."""
    text = re.sub(
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]",
        "",
        text,
    )
    text = re.sub(r"[^\S\n]+", " ", text)
    text = re.sub(r" ?\n ?", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def language_of(text: str) -> str | None:
    """Return the language that most of a text is written in, as in `knowledge.vocabulary.Language`, or None.

    Letterheads are bilingual, so the letters are counted: an English notice below a Hindi heading is English.
    """
    from knowledge.reading.languages import detect_language

    sample = text[:20_000]
    latin = len(re.findall(r"[A-Za-z]", sample))
    indian = len(re.findall(r"[\u0900-\u0dff\u0600-\u06ff]", sample))
    if not latin + indian:
        return None
    # A letter of an Indian script is written with two or three signs where Latin takes about four letters a syllable.
    pattern = r"[\u0900-\u0dff\u0600-\u06ff]+" if latin > indian * 1.5 else r"[A-Za-z]+"
    found = detect_language(re.sub(pattern, " ", sample)[:6000]).language
    return found.value if found else None
