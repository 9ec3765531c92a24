"""Whether a sentence is plain writing in its language: its letters only, no markup, no address, nothing hidden. Pure.

Closed: what is not listed may not stand in it. So a phone number in circled digits, a link with a Cyrillic letter, a
turned writing direction or a tag need no rule of their own.
"""

from __future__ import annotations

import re
import unicodedata

from knowledge.vocabulary import Language

MOST_CHARACTERS = 400
FEWEST_LETTERS = 12
_MOST_FOREIGN = 0.4  # share of Latin letters in a sentence of another script: GST, eMigrate, names of firms

_SCRIPTS: dict[Language, str] = {
    Language.HINDI: "\u0900-\u097f",
    Language.MARATHI: "\u0900-\u097f",
    Language.PUNJABI: "\u0a00-\u0a7f\u0964",
    Language.MALAYALAM: "\u0d00-\u0d7f",
    Language.TAMIL: "\u0b80-\u0bff",
    Language.TELUGU: "\u0c00-\u0c7f",
    Language.BENGALI: "\u0980-\u09ff\u0964",
    Language.GUJARATI: "\u0a80-\u0aff\u0964",
    Language.KANNADA: "\u0c80-\u0cff",
    Language.ODIA: "\u0b00-\u0b7f\u0964",
    Language.URDU: "\u0600-\u06ff",
}
_PLAIN = r"A-Za-z0-9 .,;:!?'()%\-–—‘’“”₹$€\""
_JOINERS = "\u200c\u200d"
# A full stop between letters is an address, and so is one before a letter after a blank; "dot" spelled out is too.
_ADDRESS = re.compile(
    r"[^\W\d_]\.[^\W\d_]|\s\.\s?\w|\w\s?\(\s?(?:dot|at)\s?\)|\b(?:dot|http|https|www|com|org|net|gov|telegram|bit\s?ly)\b"
    r"|डॉट|डाट|ਡਾਟ|ਡੌਟ|ഡോട്ട്|டாட்|డాట్|ডট|ડોટ|ಡಾಟ್|ଡଟ୍|ڈاٹ",
    re.IGNORECASE,
)
_SPACED = re.compile(r"(?<!\w)\w(?:[\s.,;:'\-–—]+\w(?!\w)){3,}")


def is_plain_writing(words: str, language: Language) -> bool:
    """Whether every character belongs into a sentence of this language, and nothing looks like an address."""
    if not FEWEST_LETTERS <= len(words) <= MOST_CHARACTERS or unicodedata.normalize("NFC", words) != words:
        return False
    script = _SCRIPTS.get(language, "")
    if re.search(rf"[^{_PLAIN}{script}{_JOINERS if script else ''}]", words):
        return False
    if _ADDRESS.search(words) or _SPACED.search(words):
        return False
    return not script or _share_of_latin(words) <= _MOST_FOREIGN


def _share_of_latin(words: str) -> float:
    letters = [letter for letter in words if letter.isalpha()]
    return sum(letter.isascii() for letter in letters) / max(1, len(letters))
