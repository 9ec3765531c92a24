"""Knows Indian text in fonts from before Unicode: it looks like random Latin letters (`izoklh` for प्रवासी).

Such a file must go to OCR or be refused: its letters mean nothing. Told by the name of the font and by its letters.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

from knowledge.documents.document import Unreadable, UnreadableReason
from knowledge.yaml_files import read_yaml_strings

FONTS = Path(__file__).parent.parent / "data" / "documents" / "legacy_fonts.yaml"
_LETTERS_OF_A_PARAGRAPH = 40
_FEWEST_PAIRS = 30  # fewer tell nothing
_COMMON_SHARE = (
    0.42  # measured: English notices 0.7 and more, lists of Indian names 0.6; KrutiDev, Bamini and others 0.3
)
_NO_WORDS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|\S+\.(?:in|com|org|pdf|htm)\S*|[A-Z0-9./()&'’-]+(?=\s|$)")


def is_legacy_font(name: str) -> bool:
    """Whether a font of this name puts Indian letters in the places of Latin ones."""
    plain = re.sub(r"[^a-z0-9]", "", re.sub(r"^[A-Z]{6}\+", "", name).lower())
    return bool(_font_names().search(plain))


def looks_legacy(text: str) -> bool:
    """Whether a text, or a paragraph of it, consists of Latin letters that mean Indian ones."""
    return any(_paragraph_looks_legacy(paragraph) for paragraph in _paragraphs(text))


def refuse_legacy() -> Unreadable:
    """Make the refusal for such a file where it cannot be rendered."""
    return Unreadable(
        UnreadableReason.LEGACY_FONT,
        "The text of this file is in an old font that only looks right on its author's computer. "
        "Please send it as PDF or as a photo, or paste the text in Unicode.",
    )


def _paragraphs(text: str) -> list[str]:
    """Split at blank lines; what is short joins the next, for headings tell too little alone."""
    joined: list[str] = []
    waiting = ""
    for part in re.split(r"\n\s*\n", text):
        waiting = f"{waiting}\n{part}".strip()
        if len(waiting) >= _LETTERS_OF_A_PARAGRAPH:
            joined.append(waiting)
            waiting = ""
    return [*joined, waiting]


def _paragraph_looks_legacy(text: str) -> bool:
    plain = _NO_WORDS.sub(" ", text)
    if len(re.findall("[A-Za-z]", plain)) < len(re.findall(r"[\u0900-\u0dff\u0600-\u06ff]", plain)):
        return False
    pairs = [one + other for word in re.findall("[a-z]+", plain.lower()) for one, other in pairwise(word)]
    return len(pairs) >= _FEWEST_PAIRS and sum(pair in _common_pairs() for pair in pairs) < _COMMON_SHARE * len(pairs)


@cache
def _common_pairs() -> frozenset[str]:
    return frozenset(read_yaml_strings(FONTS)["common_pairs"].split())


@cache
def _font_names() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, read_yaml_strings(FONTS)["fonts"])))
