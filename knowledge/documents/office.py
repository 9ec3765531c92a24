"""Knows what is dangerous in DOCX and XLSX files before anything parses them: they are ZIP archives full of XML."""

from __future__ import annotations

import io
import zipfile

from knowledge.documents.sniffing import BROKEN_ARCHIVE, LARGEST_DECODED_BYTES, damaged, too_large

_START = 2000  # where a document type would be declared


def check_package(data: bytes) -> None:
    """Raise Unreadable where the parts are too large once unpacked, or declare entities, which Office never does."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [part for part in archive.infolist() if part.filename.lower().endswith((".xml", ".rels", ".vml"))]
            if sum(part.file_size for part in parts) > LARGEST_DECODED_BYTES:
                raise too_large()
            for part in parts:
                _check_start(archive, part)
    except BROKEN_ARCHIVE:
        raise damaged() from None


def _check_start(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with archive.open(part) as opened:
        start = opened.read(_START).replace(b"\x00", b"")
    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
        raise damaged()
