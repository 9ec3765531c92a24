"""Makes files that try to break whoever reads them. Nothing lies on the disk: each is built when it is asked for."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

import docx
import openpyxl
import PIL.Image
import pypdf
import reportlab.pdfgen.canvas

MEGABYTE = 1024**2

Make = Callable[[], bytes]


class Hostile(NamedTuple):
    """A file, how it is named, and how reading it may end: a reason of Unreadable, or "read"."""

    make: Make
    name: str
    ends: tuple[str, ...]


# --- PDF --------------------------------------------------------------------------------------------------------------


def pdf_of(objects: Iterable[bytes], trailer: bytes = b"<< /Root 1 0 R /Size 99 >>") -> bytes:
    """Make a PDF of objects 1, 2, 3 …; the first is the catalogue."""
    out = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + table + b"trailer\n" + trailer + b"\nstartxref\n%d\n%%%%EOF" % len(out)


def stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


def raw_zeros(megabytes: int) -> bytes:
    """Packed zeros without a header: one packed megabyte, again and again."""
    packer = zlib.compressobj(9, wbits=-15)
    return (packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)) * megabytes + b"\x03\x00"


def zeros(megabytes: int) -> bytes:
    """Packed zeros as PDF and PNG have them, with the right sum at the end."""
    return b"\x78\x9c" + raw_zeros(megabytes) + struct.pack(">HH", megabytes * MEGABYTE % 65521, 1)


def pdf_page(content: bytes, resources: bytes = b"<< >>") -> bytes:
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>" % resources,
            content,
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
    )


def pdf_flate_bomb() -> bytes:
    return pdf_page(stream(zeros(1500), b"/Filter /FlateDecode"))


def pdf_nested_flate_bomb() -> bytes:
    packed = zlib.compress(zeros(1000), 9)
    return pdf_page(stream(packed, b"/Filter [/FlateDecode /FlateDecode]"))


def pdf_with_pages(count: int) -> bytes:
    kids = b" ".join(b"3 0 R" for _ in range(count))
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count),
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        ]
    )


def pdf_lying_count() -> bytes:
    return pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 2000000000 >>"])


def pdf_cyclic_pages() -> bytes:
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 2 >>",
            b"<< /Type /Pages /Kids [2 0 R] /Parent 2 0 R /Count 2 >>",
        ]
    )


def pdf_cyclic_form() -> bytes:
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 4 0 R >> >>"
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R "
            b"/Resources << /XObject << /F 4 0 R >> >> >>",
            stream(b"/F Do /F Do", form),
            stream(b"/F Do"),
        ]
    )


def pdf_own_xref() -> bytes:
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Prev 31 /Root 1 0 R >>\nstartxref\n31\n%%EOF"
    return b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n" + table


def pdf_own_length() -> bytes:
    return pdf_page(b"<< /Length 4 0 R >>\nstream\nBT ET\nendstream")


def pdf_deep_arrays() -> bytes:
    return pdf_of([b"<< /Type /Catalog /Pages " + b"[" * 200_000 + b"]" * 200_000 + b" >>"])


def pdf_many_operators() -> bytes:
    return pdf_page(stream(zlib.compress(b"0 0 1 1 re f\n" * 1_000_000, 9), b"/Filter /FlateDecode"))


def pdf_huge_page() -> bytes:
    return pdf_page(stream(b"")).replace(b"[0 0 595 842]", b"[0 0 99999999 99999999]")


def pdf_picture_bomb() -> bytes:
    picture = stream(
        zeros(300),
        b"/Type /XObject /Subtype /Image /Width 30000 /Height 30000 /BitsPerComponent 8 /ColorSpace /DeviceGray "
        b"/Filter /FlateDecode",
    )
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /XObject << /I 5 0 R >> >> >>",
            stream(b"595 0 0 842 0 0 cm /I Do"),
            picture,
        ]
    )


def honest_pdf(*lines: str) -> bytes:
    out = io.BytesIO()
    canvas = reportlab.pdfgen.canvas.Canvas(out, pagesize=(595, 842))
    for number, line in enumerate(lines or ("Advisory on fake job offers", "11 April 2026", "Check every agent.")):
        canvas.drawString(72, 780 - 16 * number, line)
    canvas.save()
    return out.getvalue()


def pdf_encrypted() -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(honest_pdf()))
    writer.encrypt("a word", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_with_script_and_program() -> bytes:
    names = b"/JavaScript << /Names [(a) 6 0 R] >> /EmbeddedFiles << /Names [(letter.exe) 7 0 R] >>"
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R /OpenAction 6 0 R /Names << %s >> >>" % names,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F 5 0 R >> >> >>",
            stream(b"BT /F 12 Tf 72 700 Td (Check every agent before you pay for a job.) Tj ET"),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /S /JavaScript /JS (app.launchURL('http://127.0.0.1:9/');) >>",
            b"<< /Type /Filespec /F (letter.exe) /EF << /F 8 0 R >> >>",
            stream(b"MZ" + bytes(100), b"/Type /EmbeddedFile"),
        ]
    )


def pdf_far_too_much_text() -> bytes:
    line = b"(" + b"word " * 60 + b") Tj T*\n"
    return pdf_page(
        stream(zlib.compress(b"BT /F 1 Tf 2 TL " + line * 5000 + b"ET"), b"/Filter /FlateDecode"),
        b"<< /Font << /F 5 0 R >> >>",
    )


def pdf_cut() -> bytes:
    return honest_pdf()[:400]


def pdf_noise() -> bytes:
    return b"%PDF-1.7\n" + bytes((number * 7919 + number // 251) % 256 for number in range(200_000))


# --- pictures ---------------------------------------------------------------------------------------------------------


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes, grey_bits: int = 1, pixels: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, grey_bits, 0, 0, 0, 0)
    end = chunk(b"IDAT", pixels or zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + end


def png_text_bomb() -> bytes:
    return png(100, 100, *(chunk(b"zTXt", b"Comment\0\0" + zeros(16)) for _ in range(5)), pixels=zeros(1))


def png_more_pixels_than_told() -> bytes:
    return png(1000, 1000, pixels=zeros(300))


def picture(kind: str, width: int = 400, height: int = 300, **options: object) -> bytes:
    out = io.BytesIO()
    PIL.Image.new("RGB", (width, height), "white").save(out, kind, **options)
    return out.getvalue()


def frames(kind: str, count: int) -> bytes:
    pictures = [PIL.Image.new("RGB", (2, 2), (number % 256, number // 256, 0)) for number in range(count)]
    out = io.BytesIO()
    pictures[0].save(out, kind, save_all=True, append_images=pictures[1:], duration=10)
    return out.getvalue()


def png_frames(count: int) -> bytes:
    control = chunk(b"acTL", struct.pack(">II", count, 0))
    return png(2, 2, control, pixels=zlib.compress(bytes(4)))


def jpeg_cut() -> bytes:
    whole = picture("JPEG")
    return whole[: len(whole) // 2]


def jpeg_of_another_size() -> bytes:
    whole = bytearray(picture("JPEG"))
    place = whole.index(b"\xff\xc0")
    whole[place + 5 : place + 9] = struct.pack(">HH", 65_000, 65_000)
    return bytes(whole)


def noise(width: int, height: int) -> bytes:
    out = io.BytesIO()
    PIL.Image.effect_noise((width, height), 90).save(out, "JPEG", quality=60)
    return out.getvalue()


# --- packed -----------------------------------------------------------------------------------------------------------


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return out.getvalue()


def zip_of_zeros(part: str, megabytes: int = 2048) -> bytes:
    """A ZIP file with a part that grows to so many megabytes."""
    name, packed = part.encode(), raw_zeros(megabytes)
    sizes = (len(packed), megabytes * MEGABYTE, len(name), 0)
    local = b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, 0, *sizes) + name + packed
    central = b"PK\x01\x02" + struct.pack("<HHHHHHIIIHHHHHII", 20, 20, 0, 8, 0, 33, 0, *sizes, 0, 0, 0, 0, 0) + name
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def bomb_in_few_bytes(part: str) -> bytes:
    """Bzip2 packs zeros nearly without end, and ZIP allows it: 256 MB as a quarter of a kilobyte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive, archive.open(part, "w", force_zip64=True) as opened:
        for _ in range(256):
            opened.write(bytes(MEGABYTE))
    return out.getvalue()


def workbook(*rows: Iterable[object], **sheets: str) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(package: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Change one part of a DOCX or XLSX file, or add it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        for one in names:
            new.writestr(one, change(old.read(one)) if one == name else old.read(one))
        if name not in names:
            new.writestr(name, change(b""))
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = (
    b"<!DOCTYPE x ["
    + b"".join(
        b'<!ENTITY a%d "%s">' % (number, b"&a%d;" % (number - 1) * 10 if number else b"lol") for number in range(12)
    )
    + b"]>"
)


def xlsx_entity_bomb() -> bytes:
    return with_part(
        workbook(["name"]), "xl/sharedStrings.xml", lambda _: b'<?xml version="1.0"?>' + ENTITIES + b"<sst>&a11;</sst>"
    )


def xlsx_far_cell() -> bytes:
    cell = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row></sheetData>'
    return with_part(workbook(["name"]), SHEET, lambda old: old.replace(b"</sheetData>", cell))


def xlsx_of_blanks() -> bytes:
    return with_part(
        workbook(["name"]), SHEET, lambda old: old.replace(b"</sheetData>", b" " * (30 * MEGABYTE) + b"</sheetData>")
    )


def xlsx_broken_sheet() -> bytes:
    return with_part(workbook(["name"], ["A"]), SHEET, lambda old: old[: len(old) // 2])


def xlsx_of_parts() -> bytes:
    local = b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 33, 0, 0, 0, 1, 0) + b"a"
    central = b"PK\x01\x02" + struct.pack("<HHHHHHIIIHHHHHII", 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, len(central) * 100_000, len(local), 0)
    return local + central * 100_000 + end


def xlsx_with_macros() -> bytes:
    return with_part(workbook(["name"]), "xl/vbaProject.bin", lambda _: b"\xd0\xcf\x11\xe0")


def word_file(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs or ("Advisory on fake job offers.", "Check every agent before you pay."):
        document.add_paragraph(paragraph)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def word_entity_bomb() -> bytes:
    return with_part(word_file(), "word/document.xml", lambda _: b'<?xml version="1.0"?>' + ENTITIES + b"<w>&a11;</w>")


def word_deep() -> bytes:
    deep = b"<w:sdt><w:sdtContent>" * 50_000 + b"</w:sdtContent></w:sdt>" * 50_000
    return with_part(word_file(), "word/document.xml", lambda old: old.replace(b"<w:sectPr", deep + b"<w:sectPr"))


def encrypted_office() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500)


# --- text -------------------------------------------------------------------------------------------------------------


def page(inside: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>Notice</title></head><body>{inside}</body></html>".encode()


NOTICE = "<p>Indian nationals are advised to check every agent before they pay for a job abroad.</p>"

ALL: dict[str, Hostile] = {
    "a PDF whose page grows to 1.5 GB": Hostile(
        pdf_flate_bomb, "a.pdf", ("too_much_memory", "too_slow", "damaged", "no_text")
    ),
    "a PDF packed twice": Hostile(
        pdf_nested_flate_bomb, "a.pdf", ("too_much_memory", "too_slow", "damaged", "no_text")
    ),
    "a PDF of 5,000 pages": Hostile(lambda: pdf_with_pages(5_000), "a.pdf", ("too_many_pages",)),
    "a PDF of 100,000 pages": Hostile(lambda: pdf_with_pages(100_000), "a.pdf", ("too_many_pages",)),
    "a PDF that claims two billion pages": Hostile(pdf_lying_count, "a.pdf", ("too_many_pages", "damaged")),
    "a PDF whose pages hold each other": Hostile(pdf_cyclic_pages, "a.pdf", ("damaged", "no_text")),
    "a PDF form that paints itself": Hostile(pdf_cyclic_form, "a.pdf", ("damaged", "no_text")),
    "a PDF whose table points at itself": Hostile(pdf_own_xref, "a.pdf", ("damaged", "no_text")),
    "a PDF stream whose length is itself": Hostile(pdf_own_length, "a.pdf", ("damaged", "no_text")),
    "a PDF of 200,000 nested arrays": Hostile(pdf_deep_arrays, "a.pdf", ("damaged", "no_text")),
    "a PDF page of a million areas": Hostile(pdf_many_operators, "a.pdf", ("too_slow", "too_much_memory", "no_text")),
    "a PDF page of 1,400 km": Hostile(pdf_huge_page, "a.pdf", ("damaged", "no_text")),
    "a PDF with a picture of 900 Mpx": Hostile(
        pdf_picture_bomb, "a.pdf", ("damaged", "no_text", "too_slow", "too_much_memory", "no_picture_reader")
    ),
    "a PDF behind a password": Hostile(pdf_encrypted, "a.pdf", ("encrypted",)),
    "a PDF with a script and a program inside": Hostile(pdf_with_script_and_program, "a.pdf", ("read",)),
    "a PDF page of a million letters": Hostile(pdf_far_too_much_text, "a.pdf", ("too_much_text", "no_text")),
    "a PDF cut off": Hostile(pdf_cut, "a.pdf", ("damaged", "no_text")),
    "noise behind a PDF's first line": Hostile(pdf_noise, "a.pdf", ("damaged",)),
    "a web page named PDF": Hostile(lambda: page(NOTICE), "a.pdf", ("type_mismatch",)),
    "a ZIP named PDF": Hostile(lambda: zipped(a=b"a"), "a.pdf", ("not_supported",)),
    "a JPEG named PDF": Hostile(lambda: picture("JPEG"), "a.pdf", ("no_text", "no_picture_reader")),
    "a file that is a PDF and a ZIP": Hostile(lambda: honest_pdf() + zipped(a=b"a"), "a.pdf", ("read",)),
    "a file that is a JPEG and a PDF": Hostile(
        lambda: picture("JPEG") + honest_pdf(), "a.jpg", ("no_text", "no_picture_reader")
    ),
    "a PNG of 900 Mpx": Hostile(lambda: png(30_000, 30_000), "a.png", ("picture_too_large",)),
    "a PNG of 170 Mpx": Hostile(lambda: png(17_000, 10_000), "a.png", ("picture_too_large",)),
    "a PNG of four billion columns": Hostile(lambda: png(2**32 - 1, 1), "a.png", ("picture_too_large", "damaged")),
    "a PNG without size": Hostile(lambda: png(0, 0), "a.png", ("damaged", "no_text")),
    "a PNG with 80 MB of comments": Hostile(png_text_bomb, "a.png", ("damaged", "no_text", "no_picture_reader")),
    "a PNG with more pixels than told": Hostile(
        png_more_pixels_than_told, "a.png", ("damaged", "no_text", "no_picture_reader")
    ),
    "a PNG that claims 5,000 frames": Hostile(lambda: png_frames(5_000), "a.png", ("animated",)),
    "a WEBP of 500 frames": Hostile(lambda: frames("WEBP", 500), "a.webp", ("animated",)),
    "a GIF of 5,000 frames": Hostile(lambda: frames("GIF", 5_000), "a.gif", ("not_supported",)),
    "a JPEG cut off": Hostile(jpeg_cut, "a.jpg", ("damaged",)),
    "a JPEG that claims 65,000 x 65,000": Hostile(jpeg_of_another_size, "a.jpg", ("picture_too_large",)),
    "a JPEG of noise": Hostile(lambda: noise(400, 300), "a.jpg", ("no_text", "too_slow", "no_picture_reader", "read")),
    "a TIFF": Hostile(lambda: picture("TIFF"), "a.tif", ("not_supported",)),
    "an SVG that names a file": Hostile(
        lambda: (
            b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="x">&x;</svg>'
        ),
        "a.svg",
        ("not_supported",),
    ),
    "a PostScript file named JPEG": Hostile(lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n(x) run\n", "a.jpg", ("not_supported",)),
    "a HEIC picture": Hostile(lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100), "a.heic", ("not_supported",)),
    "2 GB of zeros as GZIP": Hostile(
        lambda: gzip.compress(b"")[:10] + raw_zeros(2048) + bytes(8), "a.csv.gz", ("not_supported",)
    ),
    "2 GB of zeros as ZIP": Hostile(lambda: zip_of_zeros("a.csv"), "a.zip", ("not_supported",)),
    "a ZIP named XLSX": Hostile(lambda: zipped(a=b"a"), "a.xlsx", ("not_supported",)),
    "an XLSX that grows to 30 MB": Hostile(xlsx_of_blanks, "a.xlsx", ("too_large",)),
    "an XLSX packed with bzip2": Hostile(lambda: bomb_in_few_bytes("xl/workbook.xml"), "a.xlsx", ("too_large",)),
    "an XLSX of entities": Hostile(xlsx_entity_bomb, "a.xlsx", ("damaged",)),
    "an XLSX with its cell at the far end": Hostile(xlsx_far_cell, "a.xlsx", ("bad_table",)),
    "an XLSX whose sheet is cut off": Hostile(xlsx_broken_sheet, "a.xlsx", ("bad_table", "damaged")),
    "an XLSX of 100,000 parts": Hostile(xlsx_of_parts, "a.xlsx", ("too_large",)),
    "an XLSX with macros": Hostile(xlsx_with_macros, "a.xlsx", ("macros",)),
    "an XLSX with a formula": Hostile(lambda: workbook(["name"], ['=HYPERLINK("http://x")']), "a.xlsx", ("formula",)),
    "an XLSX of 300 columns": Hostile(lambda: workbook(range(300)), "a.xlsx", ("bad_table",)),
    "a locked Office file": Hostile(encrypted_office, "a.xlsx", ("encrypted",)),
    "a DOCX of entities": Hostile(word_entity_bomb, "a.docx", ("damaged",)),
    "a DOCX of 50,000 nested parts": Hostile(word_deep, "a.docx", ("damaged",)),
    "a DOCX of 2 GB": Hostile(lambda: zip_of_zeros("word/document.xml"), "a.docx", ("too_large",)),
    "a CSV with a formula": Hostile(lambda: b"name,phone\nA,=1+1\n", "a.csv", ("formula",)),
    "a CSV with NULs": Hostile(lambda: b"name,phone\nA\0,1\n", "a.csv", ("bad_table",)),
    "a CSV of 300 columns": Hostile(lambda: b",".join([b"a"] * 300), "a.csv", ("bad_table",)),
    "a CSV with a cell of 1 MB": Hostile(lambda: b"name\n" + b"a" * MEGABYTE, "a.csv", ("bad_table",)),
    "a CSV with a quotation mark that never closes": Hostile(
        lambda: b'name\n"' + b"a,b\n" * 50_000, "a.csv", ("bad_table",)
    ),
    "a CSV of four million cells": Hostile(lambda: (b"ab," * 99 + b"ab\n") * 40_000, "a.csv", ("bad_table",)),
    "a CSV of a million rows": Hostile(lambda: b"a,b\n" * 1_000_000, "a.csv", ("bad_table",)),
    "nothing at all": Hostile(lambda: b"", "a.txt", ("no_text",)),
    "20 MB of NULs": Hostile(lambda: bytes(20 * MEGABYTE), "a.txt", ("no_text",)),
    "a file of 21 MB": Hostile(lambda: b"a" * (21 * MEGABYTE), "a.txt", ("too_large",)),
    "19 MB in one word": Hostile(lambda: b"a" * (19 * MEGABYTE), "a.txt", ("too_much_text", "too_slow")),
    "a program": Hostile(lambda: b"MZ" + bytes(500), "letter.pdf", ("not_supported",)),
    "a page of a million nested blocks": Hostile(lambda: page("<div>" * 1_000_000), "a.html", ("damaged",)),
    "a page of 19 MB of blocks": Hostile(
        lambda: page("<div><b>a" * 2_000_000), "a.html", ("damaged", "too_slow", "too_much_memory", "too_much_text")
    ),
    "a page of a million attributes": Hostile(
        lambda: page("<p " + " ".join(f"a{number}=1" for number in range(500_000)) + f">{NOTICE}"),
        "a.html",
        ("read", "damaged", "too_slow"),
    ),
    "a page of 100,000 links": Hostile(
        lambda: page(NOTICE + "".join(f'<a href="/{number}">link {number}</a> ' for number in range(100_000))),
        "a.html",
        ("read", "too_much_text", "too_slow", "damaged"),
    ),
    "a page of entities": Hostile(
        lambda: b'<?xml version="1.0"?>' + ENTITIES + b"<html><body><p>&a11;</p></body></html>",
        "a.html",
        ("read", "damaged", "no_text"),
    ),
    "a feed of entities": Hostile(
        lambda: b'<?xml version="1.0"?>' + ENTITIES + b"<rss><channel><title>&a11;</title></channel></rss>",
        "a.rss",
        ("damaged",),
    ),
    "a feed that names a file": Hostile(
        lambda: (
            b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title>'
            b"</channel></rss>"
        ),
        "a.rss",
        ("damaged",),
    ),
    "JSON of 100,000 brackets": Hostile(lambda: b'{"text": "a"}\n{"a":' + b"[" * 100_000, "a.jsonl", ("damaged",)),
}
