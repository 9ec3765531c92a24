"""Knows how any file that people hand in becomes a Document: read in a child process, limits and refusals included."""

from __future__ import annotations

import datetime as dt
from typing import Any

from knowledge.documents.apart import PARSING, READING_PICTURES, Limits, has_picture_reader, refuse, run_apart
from knowledge.documents.document import Document, Unreadable, UnreadableReason, from_json
from knowledge.documents.sniffing import LARGEST_BYTES, is_picture

_PARSE = "knowledge.documents.parsing:parse"


def read_document(
    data: bytes,
    *,
    name: str | None = None,
    declared_type: str | None = None,
    address: str | None = None,
    today: dt.date | None = None,
    picture_limits: Limits = READING_PICTURES,
) -> Document:
    """Read a file of any kind that Satark knows. Blocks; asyncio callers use a thread.

    `name` and `declared_type` (a content type, perhaps with charset) are hints, the content decides. Links are made
    whole with `address`. Dates after `today` are noted (None: this computer's day). Pictures and scanned PDFs get
    `picture_limits`. Raises Unreadable, whose message may be shown to who sent the file.
    """
    if len(data) > LARGEST_BYTES:
        raise Unreadable(
            UnreadableReason.TOO_LARGE,
            f"This file is larger than {LARGEST_BYTES // 1024**2} MB. Please send only the notice itself.",
        )
    arguments = {
        "name": name,
        "declared_type": declared_type,
        "address": address,
        "today": (today or dt.datetime.now(dt.UTC).date()).isoformat(),
    }
    if not is_picture(data):
        answer = run_apart(_PARSE, data, arguments | {"read_pictures": False}, limits=PARSING)
        if "document" in answer:
            return _document(answer)
    _require_picture_reader()
    return _document(run_apart(_PARSE, data, arguments | {"read_pictures": True}, limits=picture_limits))


def _require_picture_reader() -> None:
    if not has_picture_reader():
        raise Unreadable(
            UnreadableReason.NO_PICTURE_READER,
            "Pictures cannot be read here: the program for it (tesseract) is not installed. Please paste the text.",
        )


def _document(answer: Any) -> Document:
    """What a hijacked child might answer instead is refused like a damaged file."""
    try:
        return from_json(answer["document"])
    except (KeyError, TypeError, ValueError):
        raise refuse(UnreadableReason.DAMAGED) from None
