"""Knows when two texts are the same text in another dress, and how alike two others are. Pure.

The same: whitespace, line breaks, hyphens at line ends, ligatures, quotation marks, bullets, Markdown signs, letter
case and the kind of dash differ. Not the same: one letter, one digit, one sign of money differs. Letters are compared
as one stream, so that a hyphen or a space inside a word does not matter; numbers stay apart from each other.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Indel

SHINGLE = 3  # words
SKETCH = 96  # shingles kept of a text, those with the smallest hashes: enough to tell 0.2 from 0.5
_KEPT = 8_192  # texts whose fingerprints are remembered

# Numbers, words with the marks that Indian and Arabic letters carry, signs of money and share; no other sign.
_MARKS = r"\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
_TOKEN = re.compile(rf"\d+(?:\.\d+)*|(?:[^\W\d_]|[{_MARKS}])+|[$%°\u00a2-\u00a5\u20a0-\u20cf]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{2,3}(?!\d))")
_LINE_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011\u00ad]\s*\n\s*(?=[^\W\d_])")
_LIST_NUMBER = re.compile(r"^[ \t]*\(?(\d{1,2})[.)][ \t]+(?=\S)", re.MULTILINE)
_SMALL_NUMBER = re.compile(
    "[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2079\u2080-\u2089\u2150-\u215e]"
)  # no digit of the number before
_PAGE_NUMBER = re.compile(r"^[ \t]*page\s*\d{1,3}\s*(?:of|/)\s*\d{1,3}[ \t]*$", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Fingerprint:
    """What is kept of a text for comparing: `exact` is equal for the same text, `sketch` nearly so for a like one."""

    exact: str
    sketch: frozenset[int]
    tokens: tuple[str, ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of the text, in order."""
        return tuple(token for token in self.tokens if token[0].isdigit())


@lru_cache(maxsize=_KEPT)
def make_fingerprint(text: str) -> Fingerprint:
    """Return the fingerprint of a text; remembered, for the same notices are compared again and again.

    `exact` is that of the words run together with the numbers fenced: "re cruit" is "recruit", "1 2" is not "12".
    """
    tokens = tuple(split_tokens(text))
    stream = "".join(f"<{token}>" if token[0].isdigit() else token for token in tokens)
    return Fingerprint(hashlib.sha256(stream.encode()).hexdigest(), _sketch(tokens), tokens)


def split_tokens(text: str) -> list[str]:
    """Return the words, numbers and signs of money of a text in one form, without marks that only set it out."""
    return _TOKEN.findall(_plain(text))


def likeness(one: Fingerprint, other: Fingerprint) -> float:
    """Return how alike two texts are, word by word and in order: 1.0 for the same words, 0.0 for no common word."""
    return float(Indel.normalized_similarity(one.tokens, other.tokens))


def may_be_alike(one: Fingerprint, other: Fingerprint, least: float) -> bool:
    """Whether two texts share so many runs of words that comparing them word by word is worth while; quick."""
    if not one.sketch or not other.sketch:
        return False
    shared = len(one.sketch & other.sketch)
    return shared >= least * min(len(one.sketch), len(other.sketch))


def _plain(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _SMALL_NUMBER.sub(r" \g<0> ", text))
    text = _LINE_HYPHEN.sub("", text)
    if not text.isascii():
        text = text.translate({ord(letter): _one_form(letter) for letter in set(text) if not letter.isascii()})
    text = _without_list_numbers(_PAGE_NUMBER.sub(" ", text))
    return _THOUSANDS.sub("", text.casefold())


def _one_form(letter: str) -> str:
    """Digits of every script as 0-9, marks without width as nothing."""
    category = unicodedata.category(letter)
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    return "" if category == "Cf" else letter


def _without_list_numbers(text: str) -> str:
    """A list loses its numbers where a page sets them by itself; only a row that counts from one is such a list."""
    found = list(_LIST_NUMBER.finditer(text))
    if [int(one[1]) for one in found] != list(range(1, len(found) + 1)) or len(found) < 2:
        return text
    return _LIST_NUMBER.sub(" ", text)


def _sketch(tokens: Sequence[str]) -> frozenset[int]:
    if not tokens:
        return frozenset()
    width = min(SHINGLE, len(tokens))
    runs = {tokens[start : start + width] for start in range(len(tokens) - width + 1)}
    return frozenset(sorted(map(hash, runs))[:SKETCH])  # of this process: sketches are never stored
