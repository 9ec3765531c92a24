"""Knows how a PDF is read: its text layer as people see it, or, where it has none worth trusting, its pages by OCR.

pdfium (the reader inside Chromium) does both; it runs no JavaScript in this build and opens no attachment. Runs in the
child process.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from knowledge.documents.dates import describe_doubts, find_own_date
from knowledge.documents.document import Document, Link, MediaType, Unreadable, UnreadableReason
from knowledge.documents.legacy_fonts import is_legacy_font, looks_legacy, refuse_legacy
from knowledge.documents.parsing import LARGEST_TEXT, Given, check_length, language_of, tidy

MOST_PAGES = 50
MOST_SCANNED_PAGES = 10  # OCR takes seconds a page
MOST_OBJECTS = 50_000  # of a page
MOST_LINKS = 500
DOTS_PER_INCH = 200  # enough for 9-point print; an A4 page has 4 Mpx then
LARGEST_PAGE_PIXELS = 25_000_000
_FEWEST_LETTERS = 25  # a page with fewer and with a picture is taken for a scan
_SMALLEST_POINTS = 1.5  # nobody reads smaller print
_WHITE = 250
_LEGACY_LETTERS = 20
_BROKEN_SHARE = 0.1  # letters without a meaning (fonts without a map to Unicode)
_COVERS = 0.5  # share of the page from which on a picture makes it a scan

_BREAKS_PARAGRAPH = 1.6  # distance of two lines in line heights


@dataclass
class _Page:
    """What one page gives."""

    text: str = ""
    hidden: bool = False
    legacy: bool = False
    scanned: bool = False


@dataclass
class _Seen:
    """Whether the text of one object of a page can be seen, and whether its font is from before Unicode."""

    visible: bool = True
    legacy: bool = False


@dataclass
class _Layout:
    """What of a page decides on its text: its size, the coloured areas in their order, whether a picture covers it."""

    left: float
    bottom: float
    right: float
    top: float
    areas: list[tuple[float, float, float, float]] = field(default_factory=list)
    covered: bool = False


def read(given: Given) -> Document | None:
    """Read a PDF; None where only OCR would help and there is no time for it now. Raises Unreadable."""
    document = _open(given.data)
    pages = [_read_page(page) for page in _pages(document)]
    notes = list(_notes_on(document))
    text = "\n\n".join(page.text for page in pages)
    check_length(text)
    wanted = [number for number, page in enumerate(pages) if _wants_ocr(page)]
    confidence = None
    if wanted:
        if not given.read_pictures:
            return None
        confidence = _read_scans(document, pages, wanted)
        legacy = any(pages[number].legacy for number in wanted)
        notes.append("text in an old font: its pages were read by OCR" if legacy else "scanned: read by OCR")
        notes += _note_on(confidence)
        text = check_length("\n\n".join(page.text for page in pages))
        if looks_legacy(text):  # the font is not in the file, so that its pages look just as wrong
            raise refuse_legacy()
    if any(page.hidden for page in pages):
        notes.append("hidden text left out")
    text = tidy(text)
    found = find_own_date(text)
    return Document(
        MediaType.PDF,
        text,
        title=_title(document, text),
        date=found.date if found else None,
        date_words=found.words if found else None,
        language=language_of(text),
        links=tuple(_links(document)),
        pages=len(pages),
        confidence=confidence,
        notes=(*notes, *(describe_doubts(found, given.today) if found else ())),
    )


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise Unreadable(
                UnreadableReason.ENCRYPTED,
                "This PDF is protected by a password. Please save it without one and send it again.",
            ) from None
        raise _damaged() from None
    if count > MOST_PAGES:
        raise Unreadable(
            UnreadableReason.TOO_MANY_PAGES,
            f"This PDF has {count:,} pages; up to {MOST_PAGES} are read. Please send only the pages with the notice.",
        )
    if count == 0:
        raise _damaged()
    return document


def _pages(document: pypdfium2.PdfDocument) -> Iterator[pypdfium2.PdfPage]:
    for number in range(len(document)):
        try:
            page = document[number]
        except pypdfium2.PdfiumError:
            raise _damaged() from None
        yield page
        page.close()


# --- one page ---------------------------------------------------------------------------------------------------------


def _read_page(page: pypdfium2.PdfPage) -> _Page:
    layout = _Layout(*_box(page))
    seen: dict[int, _Seen] = {}
    for number, (element, kind) in enumerate(_objects(page)):
        if number > MOST_OBJECTS:
            raise Unreadable(
                UnreadableReason.TOO_SLOW, "A page of this PDF is too complex to read. Please send a photo of it."
            )
        _look_at(element, kind, layout, seen)
    textpage = pdfium.FPDFText_LoadPage(page)
    if not textpage:
        raise _damaged()
    try:
        result = _text_of(textpage, seen)
    finally:
        pdfium.FPDFText_ClosePage(textpage)
    letters = len(re.sub(r"\s", "", result.text))
    result.scanned = letters < _FEWEST_LETTERS and (layout.covered or (letters == 0 and bool(seen or layout.areas)))
    result.scanned = result.scanned or _is_broken(result.text)
    result.legacy = result.legacy or looks_legacy(result.text)
    return result


def _box(page: pypdfium2.PdfPage) -> tuple[float, float, float, float]:
    try:
        return page.get_cropbox()  # type: ignore[no-any-return]
    except pypdfium2.PdfiumError:
        return (0.0, 0.0, *page.get_size())


def _objects(page: pypdfium2.PdfPage) -> Iterator[tuple[Any, int]]:
    """List objects in the order in which they are painted, also those inside forms (to a depth of three)."""
    for number in range(pdfium.FPDFPage_CountObjects(page)):
        yield from _with_inner(pdfium.FPDFPage_GetObject(page, number), 3)


def _with_inner(element: Any, depth: int) -> Iterator[tuple[Any, int]]:
    kind = pdfium.FPDFPageObj_GetType(element)
    yield element, kind
    if kind == pdfium.FPDF_PAGEOBJ_FORM and depth:
        for number in range(max(0, pdfium.FPDFFormObj_CountObjects(element))):
            yield from _with_inner(pdfium.FPDFFormObj_GetObject(element, number), depth - 1)


def _look_at(element: Any, kind: int, layout: _Layout, seen: dict[int, _Seen]) -> None:
    if kind == pdfium.FPDF_PAGEOBJ_TEXT:
        seen[_key(element)] = _Seen(_is_visible(element, layout), is_legacy_font(_font_name(element)))
    elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
        area = _bounds(element)
        layout.areas.append(area)
        whole = max(1.0, (layout.right - layout.left) * (layout.top - layout.bottom))
        layout.covered = layout.covered or (area[2] - area[0]) * (area[3] - area[1]) >= _COVERS * whole
    elif kind == pdfium.FPDF_PAGEOBJ_SHADING or (kind == pdfium.FPDF_PAGEOBJ_PATH and not _is_white(element)):
        layout.areas.append(_bounds(element))


def _is_visible(element: Any, layout: _Layout) -> bool:
    mode = pdfium.FPDFTextObj_GetTextRenderMode(element)
    if mode in (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP):
        return layout.covered  # the text layer of a scan lies invisibly on its picture
    left, bottom, right, top = _bounds(element)
    if right < layout.left or left > layout.right or top < layout.bottom or bottom > layout.top:
        return False
    if top - bottom < _SMALLEST_POINTS and right - left < _SMALLEST_POINTS * 20 and _points(element) < _SMALLEST_POINTS:
        return False
    if _points(element) < _SMALLEST_POINTS and top - bottom < _SMALLEST_POINTS:
        return False
    if _is_white(element):
        middle = ((left + right) / 2, (bottom + top) / 2)
        return any(a[0] <= middle[0] <= a[2] and a[1] <= middle[1] <= a[3] for a in layout.areas)
    return True


def _key(element: Any) -> int:
    return ctypes.cast(element, ctypes.c_void_p).value or 0


def _bounds(element: Any) -> tuple[float, float, float, float]:
    sides = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(element, *sides)
    return (sides[0].value, sides[1].value, sides[2].value, sides[3].value)


def _points(element: Any) -> float:
    """The size of the print on the page: that of the font times the scale of its matrix."""
    size, matrix = ctypes.c_float(), pdfium.FS_MATRIX()
    pdfium.FPDFTextObj_GetFontSize(element, size)
    pdfium.FPDFPageObj_GetMatrix(element, matrix)
    return float(abs(size.value) * max(abs(matrix.c), abs(matrix.d)))


def _is_white(element: Any) -> bool:
    """Nearly white, or fully see-through."""
    colours = [ctypes.c_uint() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetFillColor(element, *colours):
        return False
    red, green, blue, alpha = (colour.value for colour in colours)
    return alpha <= 5 or min(red, green, blue) >= _WHITE


def _font_name(element: Any) -> str:
    font = pdfium.FPDFTextObj_GetFont(element)
    if not font:
        return ""
    buffer = ctypes.create_string_buffer(256)
    length = pdfium.FPDFFont_GetBaseFontName(font, buffer, 256)
    return buffer.raw[: max(0, min(length, 256) - 1)].decode("latin-1")


def _text_of(textpage: Any, seen: dict[int, _Seen]) -> _Page:
    """Gather the letters that can be seen. Those without an object (blanks, line ends) go with the one before."""
    count = pdfium.FPDFText_CountChars(textpage)
    if count > LARGEST_TEXT:
        raise Unreadable(
            UnreadableReason.TOO_MUCH_TEXT, "A page of this PDF holds far too much text. Please send only the notice."
        )
    page, runs, legacy = _Page(), [], 0
    current = _Seen()
    start = 0
    for index in range(count):
        element = pdfium.FPDFText_GetTextObject(textpage, index)
        now = seen.get(_key(element), current) if element else current
        if now.visible != current.visible:
            if current.visible and index > start:
                runs.append((start, index))
            start = index
        legacy += now.legacy and now.visible
        page.hidden = page.hidden or not now.visible
        current = now
    if current.visible and count > start:
        runs.append((start, count))
    page.text = "\n".join(_run_text(textpage, *run) for run in runs)
    page.legacy = legacy >= _LEGACY_LETTERS
    return page


def _run_text(textpage: Any, start: int, end: int) -> str:
    """The letters of a run, with blank lines where the lines of the page lie farther apart."""
    lines: list[tuple[float, str]] = []
    at = start
    letters = _letters(textpage, start, end)
    for line in re.findall(r"[^\n]*\n|[^\n]+", letters):
        lines.append((_height(textpage, at, len(line)), line.rstrip("\r\n")))
        at += len(line)
    return _join_lines(lines)


def _letters(textpage: Any, start: int, end: int) -> str:
    """One sign for each index of the page, so that positions stay true."""
    codes = (pdfium.FPDFText_GetUnicode(textpage, index) for index in range(start, end))
    return "".join(
        "-" if code == 2 else chr(code) if code and not 0xD800 <= code < 0xE000 else "\ufffd" for code in codes
    )


def _height(textpage: Any, start: int, length: int) -> float:
    """Where a line stands on the page: the lower edge of its first letter that has a place."""
    for index in range(start, start + min(length, 5)):
        x, y = ctypes.c_double(), ctypes.c_double()
        if pdfium.FPDFText_GetCharOrigin(textpage, index, x, y) and (x.value or y.value):
            return float(y.value)
    return 0.0


def _join_lines(lines: list[tuple[float, str]]) -> str:
    steps = [abs(one[0] - other[0]) for one, other in pairwise(lines) if one[0] and other[0]]
    usual = sorted(step for step in steps if step > 4)[len([step for step in steps if step > 4]) // 4 :][:1]
    text = ""
    for number, (height, line) in enumerate(lines):
        if number and height and lines[number - 1][0]:
            apart = abs(lines[number - 1][0] - height)
            text += "\n\n" if usual and apart > _BREAKS_PARAGRAPH * usual[0] else "\n"
        elif number:
            text += "\n"
        text += line
    return re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", text)


def _is_broken(text: str) -> bool:
    letters = re.sub(r"\s", "", text)
    broken = len(re.findall(r"[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]", letters))
    return broken > _BROKEN_SHARE * max(1, len(letters))


# --- OCR --------------------------------------------------------------------------------------------------------------


def _wants_ocr(page: _Page) -> bool:
    return page.scanned or page.legacy


def _read_scans(document: pypdfium2.PdfDocument, pages: list[_Page], wanted: list[int]) -> float:
    """Put what OCR reads in the place of the text of these pages; return how sure it is, 0 to 1."""
    from knowledge.documents.pictures import read_picture

    if len(wanted) > MOST_SCANNED_PAGES:
        raise Unreadable(
            UnreadableReason.TOO_MANY_PAGES,
            f"{len(wanted)} pages of this PDF are pictures; up to {MOST_SCANNED_PAGES} are read. "
            "Please send only the pages with the notice.",
        )
    weights = sure = 0.0
    for number in wanted:
        found = read_picture(_render(document, number))
        pages[number].text = found.text
        weights += len(found.text)
        sure += found.confidence * len(found.text)
    return round(sure / weights, 3) if weights else 0.0


def _note_on(confidence: float) -> tuple[str, ...]:
    from knowledge.documents.pictures import note_on

    return note_on(confidence)


def _render(document: pypdfium2.PdfDocument, number: int) -> Any:
    page = document[number]
    width, height = page.get_size()
    scale = min(DOTS_PER_INCH / 72, (LARGEST_PAGE_PIXELS / max(1.0, width * height)) ** 0.5)
    try:
        return page.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil()
    except (pypdfium2.PdfiumError, ValueError):
        raise _damaged() from None


# --- around the text --------------------------------------------------------------------------------------------------


def _title(document: pypdfium2.PdfDocument, text: str) -> str | None:
    """The first line or two that look like a heading; what programs write as title is often a file name."""
    own = tidy(document.get_metadata_dict().get("Title") or "")
    if own and own.replace(" ", "")[:60] in text.replace("\n", "").replace(" ", ""):
        return own
    for line in text.split("\n")[:12]:
        if 12 <= len(line) <= 200 and re.search(r"[^\W\d_]{3}", line) and not find_own_date(line):
            return line
    return None


def _links(document: pypdfium2.PdfDocument) -> Iterator[Link]:
    addresses: list[str] = []
    for page in _pages(document):
        for address in _addresses(document, page):
            if address not in addresses and len(addresses) < MOST_LINKS:
                addresses.append(address)
    return (Link(address, "") for address in addresses)


def _addresses(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> Iterator[str]:
    position, link = ctypes.c_int(0), pdfium.FPDF_LINK()
    for _ in range(MOST_LINKS):
        if not pdfium.FPDFLink_Enumerate(page, position, link):
            return
        action = pdfium.FPDFLink_GetAction(link)
        if action and pdfium.FPDFAction_GetType(action) == pdfium.PDFACTION_URI:
            buffer = ctypes.create_string_buffer(2048)
            length = pdfium.FPDFAction_GetURIPath(document, action, buffer, 2048)
            address = buffer.raw[: max(0, min(length, 2048) - 1)].decode("utf-8", "replace")
            if address.startswith(("https://", "http://", "mailto:")):
                yield address


def _notes_on(document: pypdfium2.PdfDocument) -> Iterator[str]:
    if pdfium.FPDFDoc_GetAttachmentCount(document) > 0:
        yield "files inside this PDF were left out"
    if pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        yield "a script inside this PDF was left out"


def _damaged() -> Unreadable:
    return Unreadable(
        UnreadableReason.DAMAGED, "This PDF cannot be read: it is damaged. Please save it anew, or send a photo of it."
    )
