"""Knows what a file is by its first bytes, and how text is decoded. What a name or a header claims counts little.

Pure: takes bytes, returns a type or text, or raises Unreadable for what Satark does not read.
"""

from __future__ import annotations

import codecs
import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import PurePath

from knowledge.documents.document import MediaType, Unreadable, UnreadableReason

LARGEST_BYTES = 20 * 1024**2  # what Telegram lets a bot download
LARGEST_DECODED_BYTES = 25 * 1024**2
MOST_PARTS = 2000  # of a DOCX or XLSX file; Office makes dozens
# What the zipfile module raises for archives that are damaged or of a kind it does not know.
BROKEN_ARCHIVE = (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError, EOFError)
_LOOKED_AT = 4096
_ENTRY_OF_ZIP = b"PK\x01\x02"

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_OTHER_PICTURES: Mapping[bytes, str] = {
    b"GIF8": "a GIF picture",
    b"BM": "a BMP picture",
    b"II*\x00": "a TIFF picture",
    b"MM\x00*": "a TIFF picture",
    b"%!PS": "a PostScript file",
    b"\xc5\xd0\xd3\xc6": "a PostScript file",
    b"8BPS": "a Photoshop file",
    b"\x00\x00\x01\x00": "an icon",
    b"\xff\x0a": "a JPEG XL picture",
    b"\x00\x00\x00\x0cJXL": "a JPEG XL picture",
    b"\x00\x00\x00\x0cjP": "a JPEG 2000 picture",
    b"\xff\x4f\xff\x51": "a JPEG 2000 picture",
}
_BRANDS: Mapping[bytes, str] = {  # of files in boxes, bytes 8 to 12
    b"heic": "a HEIC picture",
    b"heix": "a HEIC picture",
    b"hevc": "a HEIC picture",
    b"mif1": "a HEIC picture",
    b"msf1": "a HEIC picture",
    b"avif": "an AVIF picture",
    b"avis": "an AVIF picture",
}
_OTHER_FILES: Mapping[bytes, str] = {
    b"\x1f\x8b": "a compressed file",
    b"BZh": "a compressed file",
    b"\xfd7zXZ": "a compressed file",
    b"(\xb5/\xfd": "a compressed file",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"MZ": "a program",
    b"\x7fELF": "a program",
    b"{\\rtf": "an RTF file",
    b"SQLite format 3": "a database",
    b"OggS": "a sound or film",
    b"ID3": "a sound",
    b"\x1aE\xdf\xa3": "a film",
    b"RIFF": "a sound or film",
}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SENDABLE = "Please send it as PDF, DOCX, XLSX, CSV, JPEG or PNG, or paste its text."
_TEXT_TYPES = {MediaType.HTML, MediaType.FEED, MediaType.MARKDOWN, MediaType.JSON_LINES, MediaType.CSV, MediaType.TEXT}
_BY_SUFFIX: Mapping[str, MediaType] = {
    ".htm": MediaType.HTML,
    ".html": MediaType.HTML,
    ".aspx": MediaType.HTML,
    ".rss": MediaType.FEED,
    ".atom": MediaType.FEED,
    ".pdf": MediaType.PDF,
    ".docx": MediaType.DOCX,
    ".jpg": MediaType.IMAGE,
    ".jpeg": MediaType.IMAGE,
    ".png": MediaType.IMAGE,
    ".webp": MediaType.IMAGE,
    ".md": MediaType.MARKDOWN,
    ".jsonl": MediaType.JSON_LINES,
    ".csv": MediaType.CSV,
    ".tsv": MediaType.CSV,
    ".xlsx": MediaType.XLSX,
    ".txt": MediaType.TEXT,
}
_BY_DECLARED: Mapping[str, MediaType] = {
    "text/html": MediaType.HTML,
    "application/xhtml+xml": MediaType.HTML,
    "application/rss+xml": MediaType.FEED,
    "application/atom+xml": MediaType.FEED,
    "application/pdf": MediaType.PDF,
    "text/markdown": MediaType.MARKDOWN,
    "application/x-ndjson": MediaType.JSON_LINES,
    "application/jsonl": MediaType.JSON_LINES,
    "text/csv": MediaType.CSV,
    "text/plain": MediaType.TEXT,
    "image/jpeg": MediaType.IMAGE,
    "image/png": MediaType.IMAGE,
    "image/webp": MediaType.IMAGE,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": MediaType.DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": MediaType.XLSX,
}
_HTML = re.compile(
    r"<!doctype html|<html|<head|<body|<(div|p|table|h[1-6]|form|article|section|span|ul|meta)[\s>]", re.IGNORECASE
)
_FEED = re.compile(r"<(rss|feed|rdf:RDF)[\s>]")
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE)


def is_picture(data: bytes) -> bool:
    """Whether these are the first bytes of a picture that Satark reads: JPEG, PNG or WEBP."""
    return data.startswith(_PICTURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def sniff(data: bytes, name: str | None = None, declared_type: str | None = None) -> MediaType:
    """Tell what a file is. Raises Unreadable where Satark does not read it, or where it poses as something else."""
    claimed = claimed_type(name, declared_type)
    found = _sniff_bytes(data)
    if found is None:
        found = _sniff_text(data, claimed)
    if found is MediaType.HTML and claimed not in (None, *_TEXT_TYPES):
        raise Unreadable(
            UnreadableReason.TYPE_MISMATCH,
            "This calls itself a file but is a web page, perhaps an error message of the site. Please open the link, "
            "save the file itself and send that.",
        )
    return found


def too_large() -> Unreadable:
    """Make the refusal of a file that grows beyond measure once unpacked."""
    return Unreadable(
        UnreadableReason.TOO_LARGE,
        "This file is much larger inside than it looks. Please send only the notice or table.",
    )


def damaged() -> Unreadable:
    """Make the refusal of a file that its own program would call corrupt."""
    return Unreadable(
        UnreadableReason.DAMAGED,
        "This file is damaged. Please open it, save it anew and send it again, or paste its text.",
    )


def claimed_type(name: str | None, declared_type: str | None) -> MediaType | None:
    """Return what a name or a header says that a file is, or None."""
    by_name = _BY_SUFFIX.get(PurePath(name).suffix.lower()) if name else None
    return by_name or _BY_DECLARED.get((declared_type or "").split(";")[0].strip().lower())


def decode(data: bytes, declared_type: str | None = None) -> str:
    """Turn bytes into text: by a mark, by the pattern of UTF-16, as UTF-8, by what is declared, else as cp1252.

    Raises Unreadable where they are no text. A wrong declaration does no harm: text that is valid UTF-8 is UTF-8.
    """
    text = _decode(data, declared_type)
    if text.count("\x00") > 10 + len(text) // 100:
        raise _not_supported("of a kind that holds no text")
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def _decode(data: bytes, declared_type: str | None) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    wide = _wide_encoding(data)
    if wide:
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and _is_mostly_utf8(data[: error.start]):
            return data.decode("utf-8", "ignore")  # cut inside the last letter
    declared = _declared_encoding(data, declared_type)
    if declared:
        return data.decode(declared, "replace")
    return _decode_cp1252(data)


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether letters beyond ASCII stand here, which are valid then: what is cut off after them is UTF-8 as well."""
    return not data.isascii()


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a mark: in notices every other byte of blanks, digits, tags and line ends is zero."""
    sample = data[: 2 * _LOOKED_AT]
    half = len(sample) // 2
    if half < 8:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if even + odd < 4:
        return None
    if odd > half * 0.1 and even < odd * 0.05:
        return "utf-16-le"
    if even > half * 0.1 and odd < even * 0.05:
        return "utf-16-be"
    return None


def _declared_encoding(data: bytes, declared_type: str | None) -> str | None:
    for place in ((declared_type or "").encode(), data[:_LOOKED_AT]):
        found = _CHARSET.search(place)
        if not found:
            continue
        try:
            name = codecs.lookup(found[1].decode()).name
        except LookupError:
            continue
        if name not in ("utf-8", "iso8859-1", "ascii", "utf-16", "utf-32", "utf-7") and not name.endswith("codec"):
            return name if _is_text_codec(name) else None
    return None


def _is_text_codec(name: str) -> bool:
    return bool(getattr(codecs.lookup(name), "_is_text_encoding", False))


def _decode_cp1252(data: bytes) -> str:
    """As browsers read it: the five bytes without a letter are control characters."""
    return (
        data.decode("cp1252", "replace") if not set(data) & {0x81, 0x8D, 0x8F, 0x90, 0x9D} else data.decode("latin-1")
    )


def _sniff_bytes(data: bytes) -> MediaType | None:
    if not data.strip(b"\x00 \r\n\t"):
        raise Unreadable(UnreadableReason.NO_TEXT, "This file is empty. Please send the file again, or paste its text.")
    if is_picture(data):
        return MediaType.IMAGE
    if data.lstrip(b"\xef\xbb\xbf \r\n\t\x00")[:5] == b"%PDF-":
        return MediaType.PDF
    if data.startswith(b"PK"):
        return _sniff_zip(data)
    if data.startswith(_OLD_OFFICE):
        raise _old_office(data)
    _refuse_known(data)
    if b"%PDF-" in data[:1024] and b"<" not in data[:16]:
        return MediaType.PDF
    return None


def _refuse_known(data: bytes) -> None:
    if data[4:8] == b"ftyp":
        raise _refuse_picture(_BRANDS.get(data[8:12], "a film"))
    for start, what in _OTHER_PICTURES.items():
        if data.startswith(start) and (start != b"BM" or b"\x00" in data[:20]):
            raise _refuse_picture(what)
    for start, what in _OTHER_FILES.items():
        if data.startswith(start) and (len(start) > 2 or b"\x00" in data[:64] or start == b"\x1f\x8b"):
            raise _not_supported(what)


def _sniff_zip(data: bytes) -> MediaType:
    if data.count(_ENTRY_OF_ZIP) > MOST_PARTS:
        raise too_large()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    except BROKEN_ARCHIVE:
        raise damaged() from None
    if any(name.lower().endswith("vbaproject.bin") for name in sizes):
        raise Unreadable(
            UnreadableReason.MACROS,
            "This file holds macros (small programs). Please save it without them, as DOCX or XLSX.",
        )
    for part, media_type in (("word/document.xml", MediaType.DOCX), ("xl/workbook.xml", MediaType.XLSX)):
        if part in sizes:
            _refuse_bomb(sizes)
            return media_type
    raise _not_supported("a ZIP archive or a kind of file that is packed like one")


def _refuse_bomb(sizes: Mapping[str, int]) -> None:
    if sum(sizes.values()) > 4 * LARGEST_DECODED_BYTES:
        raise too_large()


def _sniff_text(data: bytes, claimed: MediaType | None) -> MediaType:
    start = decode(data[: 4 * _LOOKED_AT]).lstrip()
    shown = re.sub(r"<!--.*?-->|<\?.*?\?>", "", start, flags=re.DOTALL).lstrip()
    if shown[:5].lower() == "<svg " or (shown.startswith("<!DOCTYPE svg")):
        raise _refuse_picture("an SVG picture")
    if shown.startswith("<") and _FEED.search(shown[:_LOOKED_AT]):
        return MediaType.FEED
    if _HTML.match(shown) or (shown.startswith("<") and _HTML.search(shown)) or "<html" in shown[:_LOOKED_AT].lower():
        return MediaType.HTML
    if shown.startswith(("<?xml", "<!DOCTYPE", "<!ENTITY")):
        raise _not_supported("an XML file of a kind that Satark does not know")
    if claimed in (MediaType.MARKDOWN, MediaType.CSV):
        return claimed
    if re.match(r"---\n(.*\n)*?---\n", start):
        return MediaType.MARKDOWN
    if start.startswith("{") and _is_json(start.split("\n", 1)[0]):
        return MediaType.JSON_LINES
    return MediaType.HTML if claimed is MediaType.HTML and "<" in start else MediaType.TEXT


def _is_json(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _old_office(data: bytes) -> Unreadable:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return Unreadable(
            UnreadableReason.ENCRYPTED,
            "This file is protected by a password. Please save it without one and send it again.",
        )
    return _not_supported("an old Word or Excel file")


def _refuse_picture(what: str) -> Unreadable:
    return Unreadable(
        UnreadableReason.NOT_SUPPORTED,
        f"This is {what}, which Satark cannot read. Please send a JPEG or PNG, or a screenshot.",
    )


def _not_supported(what: str) -> Unreadable:
    return Unreadable(UnreadableReason.NOT_SUPPORTED, f"This is {what}, which Satark cannot read. {_SENDABLE}")
