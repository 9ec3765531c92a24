"""Knows the curated words that ranking needs, and reads them once from `data/embedding/words.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from knowledge.yaml_files import read_yaml

WORDS = Path(__file__).parent / "data" / "embedding" / "words.yaml"


@cache
def common_words() -> frozenset[str]:
    """Return the words that say nothing about the subject."""
    return frozenset(_read()["common"].casefold().split())


@cache
def telling_beginnings() -> tuple[str, ...]:
    """Return the beginnings of words that make a sentence worth searching for."""
    return tuple(dict.fromkeys(_read()["telling"].casefold().split()))


def _read() -> dict[str, str]:
    content: dict[str, str] = read_yaml(WORDS)
    return content
