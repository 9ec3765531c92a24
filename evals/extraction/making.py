"""Makes the golden files that are no text (PDF, scan, photo, DOCX) from their short descriptions. No file is stored."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping
from typing import Any

import docx
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

PAGE_PIXELS = (1240, 1754)  # A4 at 150 dots an inch, as a phone's scanning app saves it
LETTER_PIXELS, LINE_PIXELS, LETTERS_A_LINE = 32, 46, 62
MARGIN, LINE, LETTERS_A_PDF_LINE = 60, 15, 88


def make_file(described: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return the bytes and the name of the file that is described by `make`, `title`, `paragraphs` and `head`."""
    head, title = list(described.get("head", [])), str(described["title"])
    parts = [*head, title, *map(str, described["paragraphs"])]
    match described["make"]:
        case "pdf":
            return _pdf(parts), "notice.pdf"
        case "scanned_pdf":
            return _scanned(_picture(parts)), "scan.pdf"
        case "photo":
            return _photo(_picture(parts)), "photo.jpg"
        case "docx":
            return _docx(head, title, described["paragraphs"]), "notice.docx"
    raise ValueError(f"nothing is known about making {described['make']!r}")


def _pdf(parts: list[str]) -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4)
    top = A4[1] - MARGIN
    height = top
    for part in parts:
        for line in textwrap.wrap(part, LETTERS_A_PDF_LINE):
            if height < MARGIN:
                page.showPage()
                height = top
            page.drawString(MARGIN, height, line)
            height -= LINE
        height -= LINE
    page.save()
    return out.getvalue()


def _picture(parts: list[str]) -> Image.Image:
    picture = Image.new("L", PAGE_PIXELS, 250)
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(LETTER_PIXELS)
    height = 120
    for part in parts:
        for line in textwrap.wrap(part, LETTERS_A_LINE):
            pen.text((100, height), line, fill=15, font=font)
            height += LINE_PIXELS
        height += LINE_PIXELS
    return picture


def _photo(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def _scanned(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4)
    page.drawImage(ImageReader(picture), 0, 0, *A4)
    page.save()
    return out.getvalue()


def _docx(head: list[str], title: str, paragraphs: list[str]) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    for line in head:
        document.add_paragraph(line)
    document.add_heading(title, level=1)
    for paragraph in paragraphs:
        document.add_paragraph(str(paragraph))
    document.save(out)
    return out.getvalue()
