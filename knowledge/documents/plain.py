"""Knows how text files, Markdown, JSON lines and feeds are read as documents. Runs in the child process.

Structured records (Markdown with front matter, JSON lines) are read by `ingest.reading`; here only their text counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from knowledge.documents.dates import describe_doubts, find_own_date
from knowledge.documents.document import Document, Link, MediaType, Unreadable, UnreadableReason
from knowledge.documents.legacy_fonts import looks_legacy, refuse_legacy
from knowledge.documents.parsing import Given, check_length, language_of, tidy
from knowledge.documents.sniffing import decode

MOST_ITEMS = 1000  # of a feed
_LONGEST_SOURCE = 2_000_000  # letters before what is not text has been left out


def read(given: Given) -> Document:
    """Read the text of a plain file. Raises Unreadable."""
    if given.media_type is MediaType.FEED:
        return _read_feed(given)
    text = decode(given.data, given.declared_type)
    if len(text) > _LONGEST_SOURCE:
        check_length(text)
    if given.media_type is MediaType.JSON_LINES:
        text = "\n\n".join(_texts_of_lines(text))
    elif given.media_type is MediaType.MARKDOWN:
        text = re.sub(r"\A\s*---\n(.*?\n)---\n", _front_matter_text, text, flags=re.DOTALL)
    text = check_length(tidy(text))
    if looks_legacy(text):
        raise refuse_legacy()
    found = find_own_date(text)
    return Document(
        given.media_type,
        text,
        title=_first_heading(text) if given.media_type is MediaType.MARKDOWN else None,
        date=found.date if found else None,
        date_words=found.words if found else None,
        language=language_of(text),
        notes=describe_doubts(found, given.today) if found else (),
    )


def _front_matter_text(match: re.Match[str]) -> str:
    """Of the front matter only what people read: the title."""
    title = re.search(r"^title:\s*(.+)$", match[1], re.MULTILINE)
    return f"# {title[1].strip(chr(34) + chr(39))}\n\n" if title else ""


def _first_heading(text: str) -> str | None:
    heading = re.search(r"^#+\s+(.+)$", text, re.MULTILINE)
    return heading[1] if heading else None


def _texts_of_lines(text: str) -> Iterator[str]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values: Any = json.loads(line)
        except (ValueError, RecursionError):
            raise Unreadable(
                UnreadableReason.DAMAGED,
                f"Line {number} is not JSON. Please correct that line and send the file again.",
            ) from None
        if isinstance(values, dict):
            yield "\n".join(
                str(values[name]) for name in ("title", "text", "facts") if isinstance(values.get(name), str)
            )


def _read_feed(given: Given) -> Document:
    import feedparser  # a tenth of a second that only feeds cost

    _refuse_entities(given.data)
    feed = feedparser.parse(given.data, sanitize_html=True, resolve_relative_uris=False)
    items = feed.entries[:MOST_ITEMS]
    if not items and feed.bozo:
        raise Unreadable(UnreadableReason.DAMAGED, "This feed is damaged and holds no item that can be read.")
    paragraphs = [_plain_words(f"{item.get('title', '')}\n{item.get('summary', '')}") for item in items]
    text = check_length(tidy("\n\n".join(paragraphs)))
    links = tuple(Link(item.link, _plain_words(item.get("title", ""))) for item in items if item.get("link"))
    return Document(
        MediaType.FEED,
        text,
        title=feed.feed.get("title"),
        language=language_of(text),
        links=links,
        notes=() if items else ("the feed is empty",),
    )


def _refuse_entities(data: bytes) -> None:
    if re.search(rb"<!ENTITY", data[:1_000_000], re.IGNORECASE):
        raise Unreadable(
            UnreadableReason.DAMAGED, "This feed defines entities of its own, as no honest feed does. It was not read."
        )


def _plain_words(markup: str) -> str:
    import lxml.html

    if "<" not in markup:
        return markup.strip()
    return str(lxml.html.fromstring(f"<div>{markup}</div>").text_content()).strip()
