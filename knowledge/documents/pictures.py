"""Knows how a photo or scan becomes text: OCR by tesseract, in English and the Indian language that stands there.

Runs in the child process. tesseract gets the picture through a pipe and inherits all limits; pytesseract would write it
to a file first. Nothing of a photo but its letters is kept: no place, no camera, no time.
"""

from __future__ import annotations

import csv
import io
import re
import subprocess
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import PIL.Image
import PIL.ImageOps

from knowledge.documents.dates import describe_doubts, find_own_date
from knowledge.documents.document import Document, MediaType, Unreadable, UnreadableReason
from knowledge.documents.parsing import Given, language_of, tidy

MOST_PIXELS = 25_000_000
_LONGEST_SIDE = 3500  # more pixels make tesseract slower and no better
_SHORTEST_SIDE = 1400  # fewer make letters too small for it
_SUREST_OSD = 1.0  # how clearly the script must show
_SURE_ENOUGH = 0.75  # below this another script is tried; the right one gives 0.9, a wrong one 0.2 to 0.6 (measured)
_STRIP_PIXELS = 260  # height of the part of a picture on which scripts are tried
_FEWEST_LETTERS = 10
_LEAST_SURE = 0.5  # below this what it reads is noise: Urdu in Nastaliq, read as English, gives 0.39
_FORMATS = ("JPEG", "PNG", "WEBP", "MPO")  # MPO: how some phones store a JPEG
# English first: digits are read better then (2019 became 209 the other way round).
_LANGUAGES: Mapping[str, str] = {
    "Latin": "eng",
    "Devanagari": "eng+hin",
    "Bengali": "eng+ben",
    "Gurmukhi": "eng+pan",
    "Gujarati": "eng+guj",
    "Oriya": "eng+ori",
    "Tamil": "eng+tam",
    "Telugu": "eng+tel",
    "Kannada": "eng+kan",
    "Malayalam": "eng+mal",
    "Arabic": "eng+urd",
}
_UNSURE = "eng+hin"


@dataclass(frozen=True)
class Seen:
    """What OCR read, and how sure it is: 0 to 1."""

    text: str
    confidence: float


def read(given: Given) -> Document:
    """Read a photo. Raises Unreadable."""
    seen = read_picture(open_picture(given.data))
    found = find_own_date(seen.text)
    return Document(
        MediaType.IMAGE,
        seen.text,
        date=found.date if found else None,
        date_words=found.words if found else None,
        language=language_of(seen.text),
        confidence=seen.confidence,
        notes=("read by OCR", *note_on(seen.confidence), *(describe_doubts(found, given.today) if found else ())),
    )


def note_on(confidence: float) -> tuple[str, ...]:
    """Tell staff when they must compare every word."""
    return ("OCR is unsure: compare every word",) if confidence < _SURE_ENOUGH else ()


def open_picture(data: bytes) -> PIL.Image.Image:
    """Decode a picture of a known kind and bearable size, turned upright, in shades of grey. Raises Unreadable."""
    PIL.Image.MAX_IMAGE_PIXELS = None  # `_refuse` is stricter and says what to do
    try:
        with warnings.catch_warnings(action="ignore"):
            picture = PIL.Image.open(io.BytesIO(data), formats=_FORMATS)
            _refuse(picture)
            picture.draft("L", (_LONGEST_SIDE, _LONGEST_SIDE))
            picture.load()
            return _grey(PIL.ImageOps.exif_transpose(picture))
    except (OSError, ValueError, SyntaxError, EOFError, PIL.Image.DecompressionBombError):
        raise Unreadable(
            UnreadableReason.DAMAGED, "This picture is damaged. Please take or save it anew and send it again."
        ) from None


def read_picture(picture: PIL.Image.Image) -> Seen:
    """Read a picture in shades of grey. Raises Unreadable where nothing can be read."""
    picture = _sized(picture)
    script, turned = _look(picture)
    seen = _ocr(_turn(picture, turned), _installed(_LANGUAGES.get(script, _UNSURE)))
    if seen.text and seen.confidence < _SURE_ENOUGH:
        seen = max((seen, *_try_otherwise(picture, turned)), key=lambda one: one.confidence)
    if len(re.findall(r"\w", seen.text)) < _FEWEST_LETTERS or seen.confidence < _LEAST_SURE:
        raise Unreadable(
            UnreadableReason.NO_TEXT,
            "No text can be read in this picture. Please take it again in good light, or paste the text.",
        )
    return seen


def _refuse(picture: PIL.Image.Image) -> None:
    """Judge by the header, before a single pixel is decoded."""
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise Unreadable(
            UnreadableReason.PICTURE_TOO_LARGE,
            f"This picture has {width * height // 1_000_000} megapixels; up to {MOST_PIXELS // 1_000_000} are read. "
            "Please send it as an ordinary photo or a screenshot.",
        )
    if picture.format != "MPO" and getattr(picture, "n_frames", 1) > 1:
        raise Unreadable(UnreadableReason.ANIMATED, "This is a moving picture. Please send a screenshot of it.")


def _grey(picture: PIL.Image.Image) -> PIL.Image.Image:
    """See-through parts count as white paper."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        paper = PIL.Image.new("RGBA", picture.size, "white")
        picture = PIL.Image.alpha_composite(paper, picture.convert("RGBA"))
    return picture.convert("L")


def _sized(picture: PIL.Image.Image) -> PIL.Image.Image:
    longest = max(picture.size)
    if longest > _LONGEST_SIDE:
        picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    elif longest < _SHORTEST_SIDE:
        factor = min(3.0, _SHORTEST_SIDE / max(1, longest))
        picture = picture.resize((max(1, round(picture.width * factor)), max(1, round(picture.height * factor))))
    # A higher cutoff would cut away the letters themselves where a page holds only a few lines.
    return PIL.ImageOps.autocontrast(picture, cutoff=0.1)


def _look(picture: PIL.Image.Image) -> tuple[str, int]:
    """Return the script, "" where it does not show clearly, and by how many degrees the picture lies turned."""
    told = _run(picture, "--psm", "0", "-l", "osd")
    values = dict(re.findall(r"^([\w ]+): (.+)$", told, re.MULTILINE))
    sure = float(values.get("Script confidence", 0)) >= _SUREST_OSD
    upright = float(values.get("Orientation confidence", 0)) < 2.0
    return (values.get("Script", "") if sure else "", 0 if upright else int(values.get("Rotate", 0)))


def _try_otherwise(picture: PIL.Image.Image, turned: int) -> Iterator[Seen]:
    """Short texts and some scripts (Bengali, Nastaliq) fool the first look: then all are tried, both ways up."""
    for degrees in {turned, 0}:
        upright = _turn(picture, degrees)
        yield _ocr(upright, _find_languages(upright))


def _turn(picture: PIL.Image.Image, degrees: int) -> PIL.Image.Image:
    return picture.rotate(-degrees, expand=True, fillcolor=255) if degrees else picture


def _find_languages(picture: PIL.Image.Image) -> str:
    """Return the languages that OCR is surest of, on the strip with the most ink."""
    strip = _inkiest_strip(picture)
    tried = [_installed(languages) for languages in dict.fromkeys(_LANGUAGES.values())]
    return max(tried, key=lambda languages: _ocr(strip, languages.removeprefix("eng+")).confidence)


def _inkiest_strip(picture: PIL.Image.Image) -> PIL.Image.Image:
    rows = list(picture.resize((1, picture.height)).tobytes())
    tops = range(0, max(1, picture.height - _STRIP_PIXELS), _STRIP_PIXELS // 4)
    top = min(tops, key=lambda start: sum(rows[start : start + _STRIP_PIXELS]))
    return picture.crop((0, top, picture.width, min(picture.height, top + _STRIP_PIXELS)))


def _installed(languages: str) -> str:
    """Leave out what this computer has no data for; English comes with tesseract."""
    have = _run(None, "--list-langs").split()
    return "+".join(language for language in languages.split("+") if language in have) or "eng"


def _ocr(picture: PIL.Image.Image, languages: str) -> Seen:
    told = _run(picture, "--psm", "3", "-l", languages, "tsv")
    rows = list(csv.DictReader(io.StringIO(told), delimiter="\t", quoting=csv.QUOTE_NONE))
    words = [row for row in rows if row["level"] == "5" and (row["text"] or "").strip()]
    return Seen(_text(words), _confidence(words))


def _text(words: Sequence[Mapping[str, str]]) -> str:
    """Words in lines, lines in paragraphs, as tesseract numbers them."""
    text, before = "", None
    for word in words:
        place = (word["block_num"], word["par_num"], word["line_num"])
        if before is not None:
            text += " " if place == before else "\n" if place[:2] == before[:2] else "\n\n"
        text += word["text"]
        before = place
    return tidy(text)


def _confidence(words: Sequence[Mapping[str, str]]) -> float:
    letters = sum(len(word["text"]) for word in words)
    return round(sum(float(word["conf"]) * len(word["text"]) for word in words) / letters / 100, 3) if letters else 0.0


def _run(picture: PIL.Image.Image | None, *options: str) -> str:
    """Run tesseract on a picture through pipes; "" where it finds nothing to say."""
    arguments: list[Any] = ["tesseract", *(("stdin", "stdout", "--dpi", "200") if picture else ()), *options]
    data = _as_bytes(picture) if picture else b""
    done = subprocess.run(arguments, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)  # noqa: S603
    if done.returncode < 0:
        raise Unreadable(
            UnreadableReason.TOO_SLOW, "This picture takes too long to read. Please send a smaller or clearer one."
        )
    return done.stdout.decode("utf-8", "replace")


def _as_bytes(picture: PIL.Image.Image) -> bytes:
    """As PGM: pixels only, quick to write, and nothing of what the file said beside them."""
    out = io.BytesIO()
    picture.save(out, "PPM")
    return out.getvalue()
