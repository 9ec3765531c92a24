"""The usual spelling of words that people shorten or spell by ear ("nhi", "krwa", "pasport", "हिन्दी").

Knows single words, no sentences. The words stand in `knowledge/data/shorthand.yaml`; messages and phrase lists are both
brought to the usual spelling, so a phrase is written once.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.yaml_files import read_yaml_strings

SHORTHAND_FILE = Path(__file__).parent.parent / "data" / "shorthand.yaml"
_LATIN_WORD = r"(?<![\w'])[a-z]{2,}(?![\w'])"
_LETTER_FOR_A_WORD = r"(?<=[a-z]{2}\s)[hkmp](?=\s|$)"
# A Hindi nasal written as a half letter, where others write a dot above.
_HALF_NASAL = "\u0928\u094d(?=[\u091f-\u0922\u0924-\u0927\u0938])|\u092e\u094d(?=[\u092a-\u092d])"
REWRITABLE = re.compile(f"{_LATIN_WORD}|{_LETTER_FOR_A_WORD}|{_HALF_NASAL}")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_DOT_ABOVE = "\u0902"


def usual_spelling(word: str) -> str:
    """The usual spelling of what `REWRITABLE` found; anything unknown comes back as it is."""
    if not word.isascii():
        return _DOT_ABOVE
    usual = _usual_spellings()
    if word in usual:
        return usual[word]
    shorter = _DRAWN_OUT.sub(r"\1", word)
    return usual.get(shorter, shorter) if word != "www" else word


@cache
def _usual_spellings() -> dict[str, str]:
    content: dict[str, Any] = read_yaml_strings(SHORTHAND_FILE)
    squeezed = {
        short + ending: full + ending
        for short, full in content["squeezed"].items()
        for ending in content["endings"].split()
    }
    whole = {other: usual for usual, others in content["words"].items() for other in others.split()}
    letters: dict[str, str] = content["letters"]
    return squeezed | whole | letters
