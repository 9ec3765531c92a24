"""A reader of files that says what a test wants, and pictures of words. Runs no child process."""

from __future__ import annotations

import io
import threading
import time
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from knowledge.documents.document import Document, MediaType, Unreadable, UnreadableReason

FONTS = Path("/usr/share/fonts/truetype")
LATIN = (FONTS / "noto/NotoSans-Regular.ttf", FONTS / "dejavu/DejaVuSans.ttf")
DEVANAGARI = (FONTS / "noto/NotoSansDevanagari-Regular.ttf", FONTS / "lohit-devanagari/Lohit-Devanagari.ttf")


class FakeFiles:
    """Reads files as scripted, by their bytes; remembers what it was asked, and how many it read at once."""

    def __init__(self) -> None:
        self.read: list[bytes] = []
        self.most_at_once = 0
        self._says: dict[bytes, Document | Exception] = {}
        self._slow: dict[bytes, float] = {}
        self._now = 0
        self._lock = threading.Lock()

    def says(self, data: bytes, text: str, *, confidence: float | None = 0.95, slow_s: float = 0.0) -> bytes:
        """From now on these bytes read so; returns the bytes."""
        media_type = MediaType.PDF if confidence is None else MediaType.IMAGE
        self._says[data] = Document(media_type, text, confidence=confidence)
        self._slow[data] = slow_s
        return data

    def cannot_read(self, data: bytes, reason: UnreadableReason = UnreadableReason.DAMAGED) -> bytes:
        self._says[data] = Unreadable(reason, "It cannot be read.")
        return data

    def breaks_on(self, data: bytes) -> bytes:
        self._says[data] = RuntimeError("a fault of the reader")
        return data

    def __call__(self, data: bytes, *, name: str | None = None, declared_type: str | None = None) -> Document:
        with self._lock:
            self.read.append(data)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            time.sleep(self._slow.get(data, 0.0))
            said = self._says.get(data) or Unreadable(UnreadableReason.NOT_SUPPORTED, "Not known.")
            if isinstance(said, Exception):
                raise said
            return said
        finally:
            with self._lock:
                self._now -= 1


def find_font(*, devanagari: bool = False) -> Path | None:
    """A font that draws these letters, or None where this machine has none."""
    return next((font for font in (DEVANAGARI if devanagari else LATIN) if font.exists()), None)


def draw_words(words: str, font: Path, *, size: int = 40, exif: bytes = b"") -> bytes:
    """A JPEG that shows these words, one line each, as in a screenshot of an offer."""
    lines = words.splitlines()
    drawn = ImageFont.truetype(str(font), size)
    width = max(int(drawn.getlength(line)) for line in lines) + 80
    picture = Image.new("RGB", (width, int(size * 1.9) * len(lines) + 80), "white")
    canvas = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        canvas.text((40, 40 + number * int(size * 1.9)), line, fill="black", font=drawn)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92, exif=exif)
    return out.getvalue()
