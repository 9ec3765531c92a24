"""Decides what kind of content an answer is, by its bytes and by its header together. Parses nothing."""

from __future__ import annotations

import re

from knowledge.documents.document import MediaType

_LOOKED_AT = 4_096  # bytes at the beginning that tell the kind
_MAGIC = ((b"\xff\xd8\xff", MediaType.IMAGE), (b"\x89PNG\r\n\x1a\n", MediaType.IMAGE), (b"%PDF-", MediaType.PDF))
_HTML = re.compile(rb"(?i)<(?:!doctype\s+html|html|head|body)\b")
_FEED = re.compile(rb"(?i)<(?:rss|feed|rdf:rdf)\b")
_MARKUP = re.compile(rb"\s*<[a-zA-Z!?/]")
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

_BINARY = frozenset({MediaType.PDF, MediaType.IMAGE, MediaType.DOCX, MediaType.XLSX})
_MARKED_UP = frozenset({MediaType.HTML, MediaType.FEED})
_OFFICE = "application/vnd.openxmlformats-officedocument."
DECLARED: dict[str, frozenset[MediaType]] = {
    "": _BINARY | _MARKED_UP,  # no header: only what its bytes tell for sure
    "application/octet-stream": _BINARY,
    "application/force-download": _BINARY,
    "text/html": _MARKED_UP,  # PIB's feed is made by the same software as its pages
    "application/xhtml+xml": _MARKED_UP,
    "text/xml": _MARKED_UP,
    "application/xml": _MARKED_UP,
    "application/rss+xml": frozenset({MediaType.FEED}),
    "application/atom+xml": frozenset({MediaType.FEED}),
    "application/rdf+xml": frozenset({MediaType.FEED}),
    "application/pdf": frozenset({MediaType.PDF}),
    "application/x-pdf": frozenset({MediaType.PDF}),
    "image/jpeg": frozenset({MediaType.IMAGE}),
    "image/jpg": frozenset({MediaType.IMAGE}),
    "image/pjpeg": frozenset({MediaType.IMAGE}),
    "image/png": frozenset({MediaType.IMAGE}),
    "text/csv": frozenset({MediaType.CSV}),
    "application/csv": frozenset({MediaType.CSV}),
    "application/vnd.ms-excel": frozenset({MediaType.CSV, MediaType.XLSX}),  # what Windows servers call both
    "text/plain": frozenset({MediaType.TEXT, MediaType.CSV}),
    f"{_OFFICE}spreadsheetml.sheet": frozenset({MediaType.XLSX}),
    f"{_OFFICE}wordprocessingml.document": frozenset({MediaType.DOCX}),
}


def judge_type(data: bytes, content_type: str | None, name: str) -> MediaType | None:
    """Return the kind on which content and header agree, or None. `name` is the file name in the address."""
    allowed = DECLARED.get(bare_type(content_type), frozenset())
    found = sniff(data)
    if found is MediaType.TEXT:
        found = _name_text(allowed, bare_type(content_type), name)
    return found if found in allowed else None


def sniff(data: bytes) -> MediaType | None:
    """Return what the bytes look like, or None; text without marks is TEXT."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data.startswith(b"PK\x03\x04"):
        return _sniff_office(data)
    if b"%PDF-" in data[:1024] and not _is_text(data[:_LOOKED_AT]):  # readers allow some bytes before the mark
        return MediaType.PDF
    beginning = _as_utf8(data[:_LOOKED_AT])
    if not beginning.strip() or not _is_text(beginning):
        return None
    return _sniff_text(beginning)


def bare_type(content_type: str | None) -> str:
    """A Content-Type header without its parameters, in lower case."""
    return (content_type or "").partition(";")[0].strip().lower()


def _sniff_text(beginning: bytes) -> MediaType | None:
    """Whichever mark comes first decides; other markup (a sitemap, a picture in XML) is nothing we read."""
    html, feed = _HTML.search(beginning), _FEED.search(beginning)
    if _MARKUP.match(beginning) is None:
        return MediaType.HTML if html else MediaType.TEXT
    if feed and not (html and html.start() < feed.start()):
        return MediaType.FEED
    if html or not beginning.lstrip().startswith(b"<?xml"):
        return MediaType.HTML
    return None


def _sniff_office(data: bytes) -> MediaType | None:
    """Word and Excel files are ZIP archives; the names of their parts stand in them uncompressed."""
    if b"word/document.xml" in data:
        return MediaType.DOCX
    return MediaType.XLSX if b"xl/workbook.xml" in data else None


def _as_utf8(beginning: bytes) -> bytes:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if beginning.startswith(mark):
            return beginning[len(mark) :].decode(encoding, errors="ignore").encode()
    return beginning


def _is_text(beginning: bytes) -> bool:
    return not any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in beginning)


def _name_text(allowed: frozenset[MediaType], declared: str, name: str) -> MediaType:
    """Text without marks is what the header says, and the file name where that leaves it open."""
    if declared == "text/html":
        return MediaType.HTML
    is_table = MediaType.CSV in allowed and (MediaType.TEXT not in allowed or name.lower().endswith(".csv"))
    return MediaType.CSV if is_table else MediaType.TEXT
