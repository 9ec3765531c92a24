"""Knows how advisories look on a terminal. Takes stored rows, prints; every text is printed as plain text."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from knowledge.advisories import as_fields, record_of
from knowledge.models import Advisory, PublicationEvent
from knowledge.vocabulary import Status

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # they let a text be read in another order
ALSO_LISTED = ("id", "status", "date", "issuer", "title", "countries", "topics", "severity")
COLOURS = {Status.PUBLISHED: "green", Status.DRAFT: "yellow", Status.WITHDRAWN: "red"}


def print_list(console: Console, rows: Sequence[Advisory]) -> None:
    """Print one line for each advisory."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Id", "Status", "Date", "Countries", "Severity", "Title or issuer"):
        table.add_column(heading, overflow="fold" if heading == "Id" else "ellipsis", no_wrap=heading != "Id")
    for row in rows:
        cells = (row.id, row.status, str(row.date or "–"), " ".join(row.countries) or "–", row.severity)
        table.add_row(*map(plain, cells), plain(row.title or row.issuer), style="dim" if row.superseded_by else None)
    console.print(table)
    console.print(f"{len(rows)} advisories")


def print_advisory(console: Console, row: Advisory, events: Sequence[PublicationEvent], standing: str) -> None:
    """Print all fields of one advisory, whether it is said now, and its history."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("now", plain(standing, COLOURS.get(Status(row.status), "")))
    for name, value in describe(row).items():
        if value not in (None, [], "", False):
            table.add_row(plain(name), plain(_cell(value)))
    console.print(table)
    for event in events:
        console.print(plain(f"{_minute(event.at)}  {event.action} by {event.by}{_because(event.reason)}"))


def describe(row: Advisory) -> dict[str, Any]:
    """Return the advisory as plain JSON values: its record, staff's summary, and the state of its vectors."""
    embedded = sum(passage.vector is not None for passage in row.passages)
    return as_fields(record_of(row)) | {
        "summary": row.summary,
        "origin": row.origin,
        "passages": len(row.passages),
        "passages_with_vector": embedded,
    }


def describe_event(event: PublicationEvent) -> dict[str, Any]:
    """Return one line of the history as plain JSON values."""
    return {"action": event.action, "at": event.at.isoformat(), "by": event.by, "reason": event.reason}


def describe_briefly(row: Advisory) -> dict[str, Any]:
    """Return what a list shows of an advisory as plain JSON values."""
    whole = describe(row)
    return {name: whole[name] for name in (*ALSO_LISTED, "valid_until", "superseded_by")}


def plain(value: str, style: str = "") -> Text:
    """Make a text that a terminal shows and never obeys: no markup, no control characters, no turned-round order."""
    return Text("".join(map(_tame, value)), style=style)


def _tame(letter: str) -> str:
    if letter == "\n":
        return letter
    if unicodedata.category(letter) == "Cs":  # half a character: it could not even be printed
        return "\ufffd"
    return " " if unicodedata.category(letter) == "Cc" or letter in TURNING else letter


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(_cell(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {part}" for key, part in value.items())
    return str(value)


def _minute(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


def _because(reason: str | None) -> str:
    return f": {reason}" if reason else ""
