"""Knows how CSV and XLSX files become rows of plain text. All rows or none; what is wrong is named by its row.

Runs in the child process. What the columns mean is not its business. A formula is refused: what Excel would show and
what stands in the file are two things, and some formulas attack whoever opens the next export.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from knowledge.documents.document import Document, MediaType, Table, Unreadable, UnreadableReason
from knowledge.documents.legacy_fonts import looks_legacy, refuse_legacy
from knowledge.documents.office import check_package
from knowledge.documents.parsing import LARGEST_TEXT, Given, language_of, tidy
from knowledge.documents.sniffing import damaged, decode

MOST_ROWS = 50_000  # fifteen times the longest list of agents on record
MOST_COLUMNS = 100
MOST_LETTERS_OF_CELL = 5_000
MOST_CELLS = 500_000
MOST_LETTERS = 5_000_000
_FORMULA = re.compile(r"\s*[\"']?(?:[=＝]|@\s*\w+\s*\(|[+＋-].*(?:[A-Za-z]\(|\|\s*['\"]|!\s*[A-Z]))")
_DELIMITERS = ",;\t|"


def read(given: Given) -> Document:
    """Read a CSV or XLSX file. Raises Unreadable, with the row where there is one."""
    notes: list[str] = []
    tables = tuple(_read_xlsx(given.data, notes) if given.media_type is MediaType.XLSX else [_read_csv(given)])
    tables = tuple(table for table in tables if table.rows)
    text = "\n\n".join("\n".join(" | ".join(row).strip(" |") for row in table.rows) for table in tables)
    if len(text) > LARGEST_TEXT:
        text = text[:LARGEST_TEXT].rsplit("\n", 1)[0]
        notes.append("the text is cut; the tables are whole")
    if looks_legacy(text[:20_000]):
        raise refuse_legacy()
    return Document(given.media_type, text, language=language_of(text), tables=tables, notes=tuple(notes))


# --- CSV --------------------------------------------------------------------------------------------------------------


def _read_csv(given: Given) -> Table:
    text = decode(given.data, given.declared_type)
    if "\x00" in text:
        row = text[: text.index("\x00")].count("\n") + 1
        raise _bad(row, "holds a NUL character; save the file anew as CSV (UTF-8)")
    csv.field_size_limit(min(sys.maxsize, 2 * len(text) + 1))  # a long cell is named by its row, below
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    return Table("csv", *_checked(_numbered(reader)))


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Rows with their number as people count them; a cell with line ends is still one row."""
    number = 0
    while True:
        number += 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise _bad(number, 'has a quotation mark that does not close; look for a stray "') from None


def _delimiter(text: str) -> str:
    """The sign that parts the first lines most evenly; quoted parts do not count."""
    lines = re.sub(r'"[^"]*"', "", text[:20_000]).split("\n")[:20]
    lines = [line for line in lines if line.strip(" \r")]
    return max(
        _DELIMITERS,
        key=lambda sign: (
            min((line.count(sign) for line in lines), default=0),
            sum(line.count(sign) for line in lines),
        ),
    )


# --- XLSX -------------------------------------------------------------------------------------------------------------


def _read_xlsx(data: bytes, notes: list[str]) -> Iterator[Table]:
    import openpyxl  # a third of a second

    check_package(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    except Exception:  # openpyxl raises whatever its XML happens to miss
        raise damaged() from None
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            notes.append(f"hidden sheet '{tidy(sheet.title)[:60]}' left out")
            continue
        yield Table(tidy(sheet.title), *_checked(_sheet_rows(sheet)))


def _sheet_rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # what a file says of its size may be a lie
    rows = sheet.iter_rows()
    number = 0
    while True:
        number += 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except Exception:
            raise _bad(number, "is damaged; open the file, save it anew and send it again", sheet.title) from None
        if len(cells) > MOST_COLUMNS and any(cell.value is not None for cell in cells[MOST_COLUMNS:]):
            raise _bad(number, f"has more than {MOST_COLUMNS} columns", sheet.title)
        if any(cell.data_type == "f" for cell in cells):
            raise _formula(number)
        yield number, [_words(cell.value) for cell in cells[:MOST_COLUMNS]]


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


# --- both -------------------------------------------------------------------------------------------------------------


def _checked(numbered: Iterable[tuple[int, list[str]]]) -> tuple[tuple[tuple[str, ...], ...], int]:
    """Check all rows and return them with the number of the first. Empty rows inside stay, so that numbers are true."""
    rows: list[tuple[str, ...]] = []
    first, letters, cell_count, last_filled = 1, 0, 0, 0
    for number, cells in numbered:
        filled = any(cell.strip() for cell in cells)
        if not rows and not filled:
            first = number + 1
            continue
        if (number - first >= MOST_ROWS and filled) or number - first > 4 * MOST_ROWS:
            raise _bad(number, f"is beyond the {MOST_ROWS:,} rows that are read; split the file")
        if number - first < MOST_ROWS:
            rows.append(tuple(_check_cells(number, cells)))
            last_filled = len(rows) if filled else last_filled
        letters += sum(map(len, cells))
        cell_count += len(cells)
        if letters > MOST_LETTERS or cell_count > MOST_CELLS:
            raise _bad(number, "makes the table too large; split the file")
    return tuple(rows[:last_filled]), first


def _check_cells(number: int, cells: list[str]) -> Iterator[str]:
    if len(cells) > MOST_COLUMNS:
        raise _bad(number, f"has {len(cells)} columns; up to {MOST_COLUMNS} are read")
    for cell in cells:
        if len(cell) > MOST_LETTERS_OF_CELL:
            raise _bad(number, f"has a cell of {len(cell):,} letters; up to {MOST_LETTERS_OF_CELL:,} are read")
        if _FORMULA.match(cell[:500]):
            raise _formula(number)
        yield tidy(cell)


def _bad(row: int, what: str, sheet: str | None = None) -> Unreadable:
    place = f"Sheet '{tidy(sheet)[:60]}', row {row}" if sheet else f"Row {row}"
    return Unreadable(UnreadableReason.BAD_TABLE, f"{place} {what}. Nothing was read.")


def _formula(row: int) -> Unreadable:
    return Unreadable(
        UnreadableReason.FORMULA,
        f"Row {row} holds a formula. Please copy the table and paste it as values only, then send it again.",
    )
