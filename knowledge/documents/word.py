"""Knows how a Word file (DOCX) is read: paragraphs and tables in their order, as printed. Runs in the child process.

Words that were struck in a tracked change, hidden, white or tiny are not printed, so they are left out.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn

from knowledge.documents.dates import describe_doubts, find_own_date
from knowledge.documents.document import Document, Link, MediaType, Table
from knowledge.documents.legacy_fonts import is_legacy_font, looks_legacy, refuse_legacy
from knowledge.documents.office import check_package
from knowledge.documents.parsing import Given, check_length, language_of, tidy
from knowledge.documents.sniffing import damaged

Element = Any  # python-docx has no types for its XML

_NOT_PRINTED = (qn("w:del"), qn("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
_BREAKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): " ", qn("w:noBreakHyphen"): "-"}
_SMALLEST_HALF_POINTS = 3
_LEGACY_LETTERS = 20


class _Reader:
    """Reads one file and remembers what was left out on the way."""

    def __init__(self) -> None:
        self.hidden = False
        self.legacy_letters = 0
        self.tables: list[Table] = []

    def read_blocks(self, parent: Element) -> Iterator[str]:
        for block in parent:
            if block.tag == qn("w:p"):
                yield self.read_paragraph(block)
            elif block.tag == qn("w:tbl"):
                yield self._read_table(block)
            elif block.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml")):
                yield from self.read_blocks(block)

    def read_paragraph(self, paragraph: Element) -> str:
        return "".join(self._words(paragraph))

    def _words(self, element: Element) -> Iterator[str]:
        for part in element:
            if part.tag in _NOT_PRINTED:
                continue
            if part.tag == qn("w:r") and not self._is_printed(part):
                self.hidden = self.hidden or bool("".join(text.text or "" for text in part.iter(qn("w:t"))).strip())
                continue
            if part.tag == qn("w:t"):
                yield part.text or ""
            elif part.tag in _BREAKS:
                yield _BREAKS[part.tag]
            elif part.tag == qn("w:p"):  # of a text box
                yield "\n" + self.read_paragraph(part) + "\n"
            else:
                yield from self._words(part)

    def _is_printed(self, run: Element) -> bool:
        properties = run.find(qn("w:rPr"))
        if properties is None:
            return True
        self._count_legacy(run, properties)
        colour, size = properties.find(qn("w:color")), properties.find(qn("w:sz"))
        white = colour is not None and (colour.get(qn("w:val")) or "").upper() in ("FFFFFF", "FEFEFE")
        shaded = any(properties.find(qn(name)) is not None for name in ("w:shd", "w:highlight"))
        tiny = size is not None and _whole(size.get(qn("w:val"))) < _SMALLEST_HALF_POINTS
        return not (_is_on(properties.find(qn("w:vanish"))) or (white and not shaded and not _is_in_table(run)) or tiny)

    def _count_legacy(self, run: Element, properties: Element) -> None:
        fonts = properties.find(qn("w:rFonts"))
        if fonts is not None and any(is_legacy_font(fonts.get(qn(f"w:{which}")) or "") for which in ("ascii", "hAnsi")):
            self.legacy_letters += sum(len(re.findall("[A-Za-z]", text.text or "")) for text in run.iter(qn("w:t")))

    def _read_table(self, table: Element) -> str:
        rows = []
        for row in table.iter(qn("w:tr")):
            cells = [" ".join(tidy(part) for part in self.read_blocks(cell)).strip() for cell in row.iter(qn("w:tc"))]
            if any(cells):
                rows.append(tuple(cell.replace("\n", " ") for cell in cells))
        self.tables.append(Table(f"table {len(self.tables) + 1}", tuple(rows)))
        return "\n".join(" | ".join(row) for row in rows)


def read(given: Given) -> Document:
    """Read a Word file. Raises Unreadable."""
    check_package(given.data)
    try:
        document = docx.Document(io.BytesIO(given.data))
    except Exception:  # python-docx raises whatever its XML happens to miss
        raise damaged() from None
    reader = _Reader()
    parts = (
        [reader.read_paragraph(paragraph._p) for paragraph in document.sections[0].header.paragraphs]
        if document.sections
        else []
    )
    parts += reader.read_blocks(document.element.body)
    text = check_length(tidy("\n\n".join(part for part in parts if part.strip())))
    if reader.legacy_letters >= _LEGACY_LETTERS or looks_legacy(text):
        raise refuse_legacy()
    found = find_own_date(text)
    links = tuple(_links(document))
    return Document(
        MediaType.DOCX,
        text,
        title=_title(document, text),
        date=found.date if found else None,
        date_words=found.words if found else None,
        language=language_of(text),
        links=links,
        tables=tuple(reader.tables),
        notes=(
            *(["hidden text left out"] if reader.hidden else []),
            *(describe_doubts(found, given.today) if found else ()),
        ),
    )


def _title(document: Any, text: str) -> str | None:
    """What is styled as a title or heading, else the first line that is long enough."""
    for paragraph in document.paragraphs[:40]:
        if (
            paragraph.style is not None
            and (paragraph.style.name or "").startswith(("Title", "Heading"))
            and len(paragraph.text) > 8
        ):
            return str(paragraph.text)[:400]
    lines = [line for line in text.split("\n") if 12 <= len(line) <= 200 and not find_own_date(line)]
    return lines[0] if lines else None


def _links(document: Any) -> Iterator[Link]:
    seen = set()
    for relation in document.part.rels.values():
        if relation.is_external and relation.target_ref.startswith(("https://", "http://", "mailto:")):
            if relation.target_ref not in seen:
                yield Link(relation.target_ref, "")
            seen.add(relation.target_ref)


def _is_in_table(run: Element) -> bool:
    """White words in a cell stand on a colour of the table's style, as headings of columns do."""
    return any(ancestor.tag == qn("w:tc") for ancestor in run.iterancestors())


def _is_on(element: Element) -> bool:
    return element is not None and element.get(qn("w:val")) not in ("0", "false", "off")


def _whole(value: str | None) -> float:
    try:
        return float(value or 99)
    except ValueError:
        return 99
