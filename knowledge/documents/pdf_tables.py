"""Knows how the tables of a PDF become rows of cells: where lines are drawn, each box is a cell.

Runs in the child process, by `read_pdf_tables`. A table without lines is not read: where one cell ends and the next
begins would be a guess, and a list of recruiting agents is no place for guesses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from knowledge.documents.apart import Limits, run_apart
from knowledge.documents.document import Table, Unreadable, UnreadableReason

MOST_PAGES = 600  # the longest official list has about a hundred
MOST_LINES = 20_000  # of one page
THIN = 2.5  # points; what is thinner is a line, what is thicker has edges
SAME_LINE = 3.0  # points between two lines that are one
LIMITS = Limits(cpu_s=60, wall_s=90.0)  # ten thousand agents are three hundred pages

_Box = tuple[float, float, float, float]


def read_pdf_tables(data: bytes) -> tuple[Table, ...]:
    """Read the tables with drawn lines, one a page; rows are numbered through the file. Blocks. Raises Unreadable."""
    pages = run_apart("knowledge.documents.pdf_tables:extract", data, {}, limits=LIMITS)
    tables: list[Table] = []
    first_row = 1
    for number, rows in enumerate(pages, start=1):
        if rows:
            tables.append(Table(f"page {number}", tuple(tuple(map(str, row)) for row in rows), first_row))
            first_row += len(rows)
    if not tables:
        raise Unreadable(
            UnreadableReason.BAD_TABLE,
            "Row 1: this PDF has no table with drawn lines. Please save the list as XLSX or CSV and send that.",
        )
    return tuple(tables)


def extract(data: bytes, arguments: Mapping[str, Any]) -> list[list[list[str]]]:  # noqa: ARG001 - the child's call
    """Return page → rows → cells. Runs in the child."""
    document = _open(data)
    return [_read_page(page) for page in document]


def find_edges(boxes: Iterable[_Box]) -> tuple[list[float], list[float]]:
    """Return where lines stand, from left to right and from top to bottom. Pure; boxes are left, bottom, right, top."""
    across: list[float] = []
    down: list[float] = []
    for left, bottom, right, top in boxes:
        if right - left > THIN:
            down += [(bottom + top) / 2] if top - bottom <= THIN else [bottom, top]
        if top - bottom > THIN:
            across += [(left + right) / 2] if right - left <= THIN else [left, right]
    return _merge(across), _merge(down)[::-1]


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        raise Unreadable(
            UnreadableReason.DAMAGED, "This PDF cannot be opened: it is damaged or has a password. Please save it anew."
        ) from None
    if len(document) > MOST_PAGES:
        raise Unreadable(
            UnreadableReason.TOO_MANY_PAGES,
            f"This PDF has more than {MOST_PAGES} pages. Please send the list as XLSX or CSV.",
        )
    return document


def _read_page(page: pypdfium2.PdfPage) -> list[list[str]]:
    across, down = find_edges(_boxes(page))
    if len(across) < 3 or len(down) < 2:
        return []
    words = page.get_textpage()
    return [
        [_cell(words, left, bottom, right, top) for left, right in pairwise(across)] for top, bottom in pairwise(down)
    ]


def _boxes(page: pypdfium2.PdfPage) -> Iterator[_Box]:
    for count, drawn in enumerate(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH])):
        if count > MOST_LINES:
            raise Unreadable(
                UnreadableReason.TOO_SLOW, "A page of this PDF is too complex. Please send it as XLSX or CSV."
            )
        left, bottom, right, top = drawn.get_bounds()
        yield left, bottom, right, top


def _cell(words: Any, left: float, bottom: float, right: float, top: float) -> str:
    return " ".join(words.get_text_bounded(left + 0.5, bottom + 0.5, right - 0.5, top - 0.5).split())


def _merge(places: list[float]) -> list[float]:
    merged: list[float] = []
    for place in sorted(places):
        if not merged or place - merged[-1] > SAME_LINE:
            merged.append(place)
    return merged
