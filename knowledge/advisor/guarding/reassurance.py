"""Whether a sentence calls an offer safe, true or approved, or says how somebody stands before the law. Pure.

Denied or not: "we cannot say that it is safe" is the catalogue's to say, and a sentence torn apart says the rest alone.
"""

from __future__ import annotations

import re
from functools import cache

from knowledge.advisor.guarding.word_lists import compile_words, load
from knowledge.reading.folding import fold


def reassures(words: str) -> bool:
    """Whether a word of reassurance of any language stands in it, also torn by hyphens or with letters doubled."""
    folded = fold(words)
    joined = re.sub(r"(?<=[^\W\d_])[\-'’‐-―]+(?=[^\W\d_])", "", folded)
    return bool(
        _reassuring().search(folded) or _reassuring().search(joined) or _without_doubles().search(_single(joined))
    )


def gives_standing(words: str, record: str) -> bool:
    """Whether it calls somebody registered or allowed where the record does not, or says so of the person's offer."""
    said = set(_standing_concepts(fold(words)))
    if not said:
        return False
    return bool(_of_the_offer().search(fold(words))) or not set(_standing_concepts(fold(record)))


def _standing_concepts(folded: str) -> list[str]:
    return [found.group() for found in _standing().finditer(folded)]


@cache
def _reassuring() -> re.Pattern[str]:
    return compile_words(_all("reassurance"))


@cache
def _without_doubles() -> re.Pattern[str]:
    """The long Latin entries with doubled letters written once, for "saaafe" and "genuinne"."""
    entries = [entry for entry in _all("reassurance") if entry.isascii() and len(entry) > 3]
    return compile_words([_single(entry) for entry in entries])


@cache
def _standing() -> re.Pattern[str]:
    return compile_words(entry for entries in load("standing")["standing"].values() for entry in entries)


@cache
def _of_the_offer() -> re.Pattern[str]:
    return compile_words(entry for entries in load("standing")["of_the_offer"].values() for entry in entries)


def _all(name: str) -> list[str]:
    return [entry for entries in load(name).values() for entry in entries]


def _single(text: str) -> str:
    return re.sub(r"([a-z])\1+", r"\1", text)
