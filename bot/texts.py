"""Looks up fixed texts in the gettext catalogues of `bot/catalog/`. English is the source."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path

from babel.messages.pofile import read_po

from knowledge.vocabulary import Language

CATALOG_FOLDER = Path(__file__).parent / "catalog"
CATALOG_FILE = "LC_MESSAGES/satark.po"


def text(language: Language, message: str, **values: object) -> str:
    """Return the text in a language, with HTML-escaped values put in; English where the catalogue lacks it."""
    wording = _load_catalogue(language).get(message) or message
    return wording.format(**{name: escape(str(value), quote=False) for name, value in values.items()})


def catalogue_languages() -> frozenset[Language]:
    """Return the languages that have a catalogue, and English."""
    return frozenset(language for language in Language if language is Language.ENGLISH or _path(language).exists())


def every_text() -> Iterator[str]:
    """Return the texts of all catalogues, English ones included."""
    for language in sorted(catalogue_languages()):
        for english, wording in _load_catalogue(language).items():
            yield from (english, wording)


def locale_of(language: Language) -> str:
    """Return the CLDR locale for dates, numbers and country names."""
    return {Language.ENGLISH: "en_IN", Language.HINGLISH: "hi_Latn"}.get(language, language.value)


@cache
def _load_catalogue(language: Language) -> dict[str, str]:
    path = _path(language)
    if language is Language.ENGLISH or not path.exists():
        return {}
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parts[-3])
    return {str(message.id): str(message.string) for message in catalogue if message.id and message.string}


def _path(language: Language) -> Path:
    return CATALOG_FOLDER / language.value.replace("-", "_") / CATALOG_FILE
