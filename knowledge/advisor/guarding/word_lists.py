"""The guards' word lists of `knowledge/data/guard/`, made into patterns over folded text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.reading.folding import fold
from knowledge.yaml_files import read_yaml_strings

FOLDER = Path(__file__).parent.parent.parent / "data" / "guard"

# A letter, vowel sign or digit. The signs of Indian scripts are no \w; the danda (U+0964) is no letter.
LETTER = r"[\w\u0900-\u0963\u0966-\u0dff]"
_SHORTEST_STEM = 3  # letters; a shorter entry of a native script stands for itself alone
_LOOSE_SCRIPTS = re.compile("[\u0b80-\u0d7f]")  # Tamil, Telugu, Kannada, Malayalam: words grow at their end
_GAP = r"[\s\-‐-―']+"


@cache
def load(name: str) -> Any:
    """The content of one list file."""
    return read_yaml_strings(FOLDER / f"{name}.yaml")


def compile_words(entries: Iterable[str], *, whole: bool = False) -> re.Pattern[str]:
    """A pattern for entries: Latin ones are whole words, or beginnings with *; native ones are beginnings.

    With `whole` native entries too are whole words, but for scripts whose words grow at their end.
    """
    patterns = sorted({_pattern(entry, whole) for entry in entries}, key=len, reverse=True)
    return re.compile(rf"(?<!{LETTER})(?:{'|'.join(patterns)})")


def find_native(text: str) -> list[str]:
    """The words of a folded text."""
    return re.findall(rf"{LETTER}+", text)


def _pattern(entry: str, whole: bool) -> str:
    folded = fold(entry.rstrip("*")).strip()
    body = _GAP.join(re.escape(part) for part in re.split(r"\s+", folded))
    if re.search(r"[a-z0-9%]\Z", folded):
        return body if entry.endswith("*") else rf"{body}(?!{LETTER})"
    ends = whole and not _LOOSE_SCRIPTS.search(folded)
    return rf"{body}(?!{LETTER})" if ends or len(folded.replace(" ", "")) < _SHORTEST_STEM else body
