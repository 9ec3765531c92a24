"""Which countries a message names. Knows how names stand in a text; what the journey is, `routes.py` decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.reading.places import Caution, Place, PlaceIndex, country_codes, load_places
from knowledge.reading.spelling import Word, fold_word, split_words

MentionKind = Literal["country", "city", "nationality", "currency", "flag", "domain"]


@dataclass(frozen=True)
class CountryMention:
    """A country named in a message. `words` is `text[start:end]`; `code` is ISO 3166 alpha-2 (`IN` for India too)."""

    code: str
    start: int
    end: int
    words: str
    kind: MentionKind


def find_countries(text: str) -> tuple[CountryMention, ...]:
    """All countries that a message names, in order, each as often as it is named.

    India is among them (code `IN`). A border town of two countries yields a mention for each, at the same place.
    """
    signs = [*_find_flags(text), *_find_domains(text)]
    taken = {sign.start for sign in signs}
    found = signs + [name for name in _find_names(text) if name.start not in taken]
    return tuple(sorted(found, key=lambda mention: (mention.start, mention.end)))


# What may stand between the words of one name: "Abu-Dhabi", "U.S.A.", "Phnom  Penh".
_GAP = re.compile(r"[ \t\u00a0.\-‐–'’_*]{0,3}")
_REGIONAL_A = 0x1F1E6
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_BRITISH_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a]+\U000e007f")
_DOMAIN = re.compile(r"(?<=[\w-]\.)([a-z]{2})(?=$|[\s/:,;)\]>\"'?!]|\.(?:\s|$))", re.IGNORECASE)
# Sold to anyone in the world, so no sign of a country.
_GENERIC_DOMAINS = frozenset(
    {"io", "co", "me", "tv", "ai", "cc", "ly", "to", "gl", "gg", "am", "fm", "is", "so", "sh", "ws", "nu", "tk", "ml",
     "ga", "cf", "gq", "pw", "su", "st", "la", "ms", "vc", "im"}
)  # fmt: skip


def _find_names(text: str) -> Iterator[CountryMention]:
    index, words, position = load_places(), list(split_words(text)), 0
    while position < len(words):
        place = _place_at(index, text, words, position)
        if place is None:
            position += 1
            continue
        last = position + len(place.words) - 1
        start, end = words[position].start, words[last].end
        for code in place.codes:
            yield CountryMention(code, start, end, text[start:end], place.kind)
        position = last + 1


def _place_at(index: PlaceIndex, text: str, words: Sequence[Word], position: int) -> Place | None:
    for place in index.starting_with(words[position].text):
        last = position + len(place.words) - 1
        if _rest_matches(index, text, words, position, place) and _counts(place.caution, text, words, position, last):
            return place
    return None


def _rest_matches(index: PlaceIndex, text: str, words: Sequence[Word], position: int, place: Place) -> bool:
    following = words[position + 1 : position + len(place.words)]
    if len(following) != len(place.words) - 1:
        return False
    before = words[position]
    for word, name in zip(following, place.words[1:], strict=True):
        if not _GAP.fullmatch(text, before.end, word.start):
            return False
        if not index.same_word(word.text, name):
            return False
        before = word
    return True


def _counts(caution: Caution | None, text: str, words: Sequence[Word], first: int, last: int) -> bool:
    """Whether a name that is also another word is the place here."""
    if caution is None:
        return True
    before = fold_word(words[first - 1].text) if first else ""
    after = fold_word(words[last + 1].text) if last + 1 < len(words) else ""
    if after in caution.counts_before:
        return True
    if caution.near and any(fold_word(word.text) in caution.near for word in words):
        return True
    if before in caution.not_after or after in caution.not_before:
        return False
    if not caution.capital:
        return not caution.near
    written = text[words[first].start : words[last].end]
    return _has_capital(caution.capital, written)


def _has_capital(capital: str, written: str) -> bool:
    if capital == "never":
        return False
    return written.isupper() if capital == "all" else written[:1].isupper()


def _find_flags(text: str) -> Iterator[CountryMention]:
    for found in _FLAG.finditer(text):
        code = "".join(chr(ord(letter) - _REGIONAL_A + ord("A")) for letter in found.group())
        if code in country_codes():
            yield CountryMention(code, found.start(), found.end(), found.group(), "flag")
    for found in _BRITISH_FLAG.finditer(text):
        yield CountryMention("GB", found.start(), found.end(), found.group(), "flag")


def _find_domains(text: str) -> Iterator[CountryMention]:
    for found in _DOMAIN.finditer(text):
        ending = found.group().lower()
        code = "GB" if ending == "uk" else ending.upper()
        if ending not in _GENERIC_DOMAINS and code in country_codes():
            yield CountryMention(code, found.start(), found.end(), found.group(), "domain")
