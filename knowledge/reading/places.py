"""The names of countries, cities and peoples in thirteen ways of writing. Knows names; reads no message.

Country names come from CLDR (through Babel), all else from `knowledge/data/places.yaml`. Built once, on first use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from babel import Locale
from rapidfuzz.distance import Levenshtein

from knowledge.reading.spelling import (
    INDIC_SCRIPTS,
    WordScript,
    fold_indic,
    fold_word,
    loosen,
    script_of,
    sound_of,
    split_words,
)
from knowledge.yaml_files import read_yaml

_DATA = Path(__file__).parent.parent / "data"

PlaceKind = Literal["country", "city", "nationality", "currency"]
_KIND_OF: dict[str, PlaceKind] = {"names": "country", "cities": "city", "people": "nationality", "money": "currency"}
_CLDR_LANGUAGES = ("en", "hi", "pa", "ml", "ta", "te", "bn", "gu", "mr", "kn", "or", "ur")
# CLDR also names groups of countries and test regions; nobody is sent there.
_NO_COUNTRY = frozenset(
    {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "TA", "DG", "EA", "IC", "CP", "CQ", "AQ", "BV", "HM", "TF", "IO",
     "GS", "UM", "SJ", "AX"}
)  # fmt: skip

# Most words of most messages are the same few thousand; looking one up again costs nothing.
_KNOWN_WORDS = 20_000
# A key this long is a name that few words begin with, so it may be met loosely, across scripts.
_LONG_NAME = 5
_LONG_TAMIL_NAME = 6  # Tamil writes two or three sounds with one letter
# In the languages of the south, endings pile up; after a long name any short rest counts as one.
_PILING_SCRIPTS = frozenset({"tamil", "telugu", "kannada", "malayalam"})
_LONGEST_ENDING = 7
_NASALS = "नमण"
# Misspellings with the same consonants count from this many consonants and letters on, within this many typing errors.
_ENOUGH_CONSONANTS = 4
_ENOUGH_LETTERS = 6


def _few_errors(key: str) -> int:
    return 2 if len(key) >= 8 else 1


class BadPlaces(ValueError):
    """knowledge/data/places.yaml does not have the shape that its opening comment describes."""


@dataclass(frozen=True)
class Caution:
    """When a name that is also another word counts as the place. `capital`: "", "first", "all" or "never"."""

    capital: str = ""
    near: frozenset[str] = frozenset()
    counts_before: frozenset[str] = frozenset()
    not_after: frozenset[str] = frozenset()
    not_before: frozenset[str] = frozenset()

    @property
    def by_neighbours(self) -> bool:
        """Whether only the words beside it tell, so that it is the place with an ending as well."""
        return not (self.capital or self.near)


@dataclass(frozen=True)
class Place:
    """One spelling of one name: its folded words and the countries it stands for (two for a shared border town)."""

    words: tuple[str, ...]
    codes: tuple[str, ...]
    kind: PlaceKind
    caution: Caution | None = None
    inflects: bool = True  # whether endings are written onto it (not onto small countries: too many words begin so)


@dataclass
class PlaceIndex:
    """All names by script, keyed by their first word."""

    latin: dict[str, list[Place]] = field(default_factory=dict)
    sounds: dict[str, list[Place]] = field(default_factory=dict)
    arabic: dict[str, list[Place]] = field(default_factory=dict)
    indic: dict[tuple[WordScript, str], list[Place]] = field(default_factory=dict)  # close keys
    loose: dict[str, list[Place]] = field(default_factory=dict)
    tamil: dict[str, list[Place]] = field(default_factory=dict)
    indic_endings: dict[str, frozenset[str]] = field(default_factory=dict)  # by script, close and loose keys
    latin_endings: tuple[str, ...] = ()
    not_places: frozenset[str] = frozenset()
    _known: dict[str, tuple[Place, ...]] = field(default_factory=dict)  # what was looked up lately

    def starting_with(self, word: str) -> tuple[Place, ...]:
        """The names whose first word is `word` (as written), longest first; exact ones before inflected ones."""
        if word not in self._known:
            if len(self._known) >= _KNOWN_WORDS:
                self._known.clear()
            self._known[word] = tuple(self._names_of(word))
        return self._known[word]

    def _names_of(self, word: str) -> Iterator[Place]:
        script, key = script_of(word), fold_word(word)
        if key in self.not_places:
            return
        if script == "latin":
            yield from self._latin(key)
        elif script == "arabic":
            yield from self.arabic.get(key, ())
        elif script in INDIC_SCRIPTS:
            yield from self._indic(key, script)

    def same_word(self, word: str, name: str) -> bool:
        """Whether `word`, as written, is the later word `name` of a name, with or without an ending."""
        key = fold_word(word)
        ending = key.removeprefix(name)
        return key == name or (ending != key and ending in self.indic_endings.get(script_of(word), ()))

    def sort(self) -> None:
        """Put longer names before shorter ones, once all are in."""
        for names in (self.latin, self.arabic, self.indic, self.loose, self.tamil):
            for places in names.values():
                places.sort(key=lambda place: -len(place.words))

    def _latin(self, key: str) -> Iterator[Place]:
        if key in self.latin:
            yield from self.latin[key]
            return
        yield from self._latin_inflected(key)
        yield from self._latin_misspelled(key)

    def _latin_inflected(self, key: str) -> Iterator[Place]:
        """`kuwaitil`, `dubaila`, `qatarlo`: typed in Latin letters with the ending of an Indian language."""
        for ending in self.latin_endings:
            stem = key.removesuffix(ending)
            if stem != key and len(stem) >= (4 if len(ending) > 1 else 5) and stem in self.latin:
                yield from (
                    place for place in self.latin[stem] if place.kind in ("country", "city") and not place.caution
                )
                return

    def _latin_misspelled(self, key: str) -> Iterator[Place]:
        if len(key) < _ENOUGH_LETTERS:
            return
        for place in self.sounds.get(sound_of(key), ()):
            if Levenshtein.distance(key, place.words[0]) <= _few_errors(key):
                yield place

    def _indic(self, key: str, script: WordScript) -> Iterator[Place]:
        for length in range(len(key), 1, -1):
            for place in self.indic.get((script, key[:length]), ()):
                if self._may_end(key[length:], place, script):
                    yield place
        yield from self._indic_loose(loosen(key, script == "tamil"), script)

    def _indic_loose(self, key: str, script: WordScript) -> Iterator[Place]:
        names = self.tamil if script == "tamil" else self.loose
        for length in range(len(key), _LONG_NAME - 1, -1):
            for place in names.get(key[:length], ()):
                if self._may_end(key[length:], place, script):
                    yield place

    def _may_end(self, rest: str, place: Place, script: WordScript) -> bool:
        """Whether the rest of a word can be the ending of a name."""
        if not rest:
            return True
        if not place.inflects:
            return False
        if rest in self.indic_endings[script]:
            return True
        return script in _PILING_SCRIPTS and len(place.words[0]) > _LONG_NAME and len(rest) <= _LONGEST_ENDING


@cache
def load_places() -> PlaceIndex:
    """Build the index (a few tenths of a second) and keep it."""
    raw = _read_yaml()
    index = PlaceIndex(
        indic_endings={script: _endings(raw["endings"][script]) for script in sorted(INDIC_SCRIPTS)},
        latin_endings=tuple(sorted(raw["endings"]["latin"], key=len, reverse=True)),
        not_places=_keys(raw["not_places"]),
    )
    cautions = _read_cautions(raw["careful"])
    for name, codes, kind in _all_names(raw):
        words = _key(name)
        if words:
            caution = cautions.get(words)
            inflects = (caution is None or caution.by_neighbours) and all(code in raw["countries"] for code in codes)
            _add(index, script_of(name), Place(words, codes, kind, caution, inflects))
    index.sort()
    return index


def _endings(endings: Iterable[str]) -> frozenset[str]:
    close = {fold_indic(ending) for ending in endings}
    return frozenset(close | {loosen(ending) for ending in close} | {loosen(ending, True) for ending in close})


@cache
def country_codes() -> frozenset[str]:
    """The ISO 3166 alpha-2 codes that a message can be about."""
    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY)


def _read_yaml() -> Mapping[str, Any]:
    raw = read_yaml(_DATA / "places.yaml")
    missing = {"countries", "shared", "careful", "not_places", "endings"} - set(raw)
    if missing:
        raise BadPlaces(f"knowledge/data/places.yaml lacks: {', '.join(sorted(missing))}")
    unknown = set(raw["countries"]) - country_codes()
    if unknown:
        raise BadPlaces(f"knowledge/data/places.yaml: no country has the code {', '.join(sorted(map(str, unknown)))}")
    return raw  # type: ignore[no-any-return]


def _all_names(raw: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...], PlaceKind]]:
    """What the file says comes before CLDR."""
    for shared in raw["shared"]:
        for name in shared["names"]:
            yield name, tuple(shared["codes"]), "city"
    for code, groups in raw["countries"].items():
        for group, names in groups.items():
            if group not in _KIND_OF:
                raise BadPlaces(f"knowledge/data/places.yaml: {code} has an unknown group {group}")
            for name in names:
                yield name, (code,), _KIND_OF[group]
    for language in _CLDR_LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if code in country_codes():
                for plain in _plain_names(name):
                    yield plain, (code,), "country"


def _plain_names(name: str) -> list[str]:
    """`Myanmar (Burma)` → both names. What remains in brackets is a name only where it is one word."""
    before, _, inside = name.partition("(")
    inside = inside.rstrip(") ")
    return [before] + ([inside] if inside and " " not in inside else [])


def _read_cautions(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, ...], Caution]:
    return {_key(word): _caution(row) for row in rows for word in row["word"]}


def _caution(row: Mapping[str, Any]) -> Caution:
    return Caution(
        capital=row.get("capital", ""),
        near=_keys(row.get("near", ())),
        counts_before=_keys(row.get("counts_before", ())),
        not_after=_keys(row.get("not_after", ())),
        not_before=_keys(row.get("not_before", ())),
    )


def _keys(words: Iterable[object]) -> frozenset[str]:
    return frozenset(" ".join(_key(word)) for word in words)


def _key(name: object) -> tuple[str, ...]:
    return tuple(fold_word(word.text) for word in split_words(str(name)))


def _add(index: PlaceIndex, script: WordScript, place: Place) -> None:
    if script == "latin":
        _add_latin(index, place)
    elif script == "arabic":
        _put(index.arabic, place.words[0], place)
    else:
        _add_indic(index, script, place)


def _add_latin(index: PlaceIndex, place: Place) -> None:
    _put(index.latin, place.words[0], place)
    joined = "".join(place.words)
    if len(place.words) > 1 and len(joined) >= 8:
        _put(index.latin, joined, replace(place, words=(joined,)))
    if len(place.words) == 1 and place.kind in ("country", "city") and not place.caution:
        sound = sound_of(joined)
        if len(sound) >= _ENOUGH_CONSONANTS and len(joined) >= _ENOUGH_LETTERS:
            _put(index.sounds, sound, place)


def _add_indic(index: PlaceIndex, script: WordScript, place: Place) -> None:
    """A Devanagari spelling serves all scripts, any other only its own; a long one is met loosely in all."""
    first = place.words[0]
    for own in INDIC_SCRIPTS if script == "devanagari" else (script,):
        _put(index.indic, (own, first), place)
        if place.inflects and own in _PILING_SCRIPTS and first[-1] in _NASALS:
            # `ಇರಾನ್` + `ಗೆ`: before the consonant of an ending the nasal is folded to its sign
            nasal = f"{first[:-1]}ं"
            _put(index.indic, (own, nasal), replace(place, words=(nasal, *place.words[1:])))
    if len(place.words) == 1 and place.inflects:
        stem = first[:-1] if first[-1] in "ािुेो" else first
        _add_loose(index.loose, loosen(stem), _LONG_NAME, place)
        _add_loose(index.tamil, loosen(stem, tamil=True), _LONG_TAMIL_NAME, place)


def _add_loose(names: dict[str, list[Place]], key: str, shortest: int, place: Place) -> None:
    if len(key) >= shortest:
        _put(names, key, replace(place, words=(key,)))


_Key = TypeVar("_Key")


def _put(names: dict[_Key, list[Place]], key: _Key, place: Place) -> None:
    """Keep the first of two same names."""
    same = names.setdefault(key, [])
    if all(place.words != other.words for other in same):
        same.append(place)
