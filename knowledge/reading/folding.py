"""Folds letters for comparing: case, compatibility forms, digits, look-alikes and disguises. Knows letters, no words.

Every character of the folded text knows where it came from, so that the person's own words can be cut out again.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Cyrillic and Greek letters that look like a Latin one (Unicode confusables, the subset used to disguise words).
_LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕԁһӏқмтвнкьгαοεικνρτυχϲпзԛԝ",
    "aeopcyxijsdhlkmtbhkbraoeiknptuxcnzqw",
)
_WORD = re.compile(r"\w+")
# Signs that people put at the end or the beginning of a line of an offer; they end a clause.
CLAUSE_SIGNS = "•●▪►✅✔❌🚫👉"
_TELLING_SIGNS = frozenset("📲📞☎" + CLAUSE_SIGNS)  # the phrase lists ask for telephones too
# The dots below letters, which people leave out as often as not.
_NUKTAS = frozenset("\u093c\u09bc\u0a3c\u0abc\u0b3c\u0cbc")
# One form of what is typed in two: chandrabindu as anusvara, Malayalam's chillu letters as letter and virama, the
# letters of Arabic keyboards as those of Urdu ones; vowel signs of Arabic and its drawn-out stroke are dropped.
# Gurmukhi: tippi as bindi, addak (doubling) dropped. Gujarati: the open e and o of English words as plain ones, long
# i and u as short ones, which even careful writers mix.
_ONE_FORM = {
    "\u0901": "\u0902", "ൻ": "ന്", "ർ": "ര്", "ൽ": "ല്", "ൾ": "ള്", "ൺ": "ണ്", "ൿ": "ക്", "ৎ": "ত্",
    "ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ", "ة": "ہ", "ۃ": "ہ", "أ": "ا", "إ": "ا", "ٱ": "ا", "ؤ": "و", "ـ": "",
    "\u0a70": "\u0a02", "\u0a01": "\u0a02", "\u0a71": "", "\u0a81": "\u0a82", "\u0ac5": "\u0ac7", "\u0ac9": "\u0acb",
    "\u0a8d": "\u0a8f", "\u0a91": "\u0a93", "\u0ac0": "\u0abf", "\u0ac2": "\u0ac1", "\u0a88": "\u0a87",
    "\u0a8a": "\u0a89", "۔": ".", "،": ",", "؛": ";", "؟": "?",
}  # fmt: skip
_VIRAMA = "\u0d4d"  # of Malayalam
_ACCENTS = frozenset(map(chr, range(0x0300, 0x0370)))
_ARABIC_MARKS = range(0x064B, 0x0653)
_INDIC = range(0x0900, 0x0E00)


def fold(text: str) -> str:
    """The folded form alone, spellings kept, for names and terms of a list."""
    return fold_with_origins(text)[0]


def fold_with_origins(text: str) -> tuple[str, list[int]]:
    """The folded form and, for each of its characters, the index in `text` that it came from."""
    letters: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(text):
        for folded in _fold(character):
            if folded == _VIRAMA and letters[-1:] == [_VIRAMA]:
                continue  # a chillu letter has one already, and some keyboards add another: "അർജൻ്റ്"
            if letters and _is_case_ending(letters[-1], folded):
                letters.append(" ")
                origins.append(index)
            letters.append(folded)
            origins.append(index)
    return _fold_look_alikes("".join(letters)), origins


def _is_case_ending(before: str, letter: str) -> bool:
    """An Indian ending written onto a Latin word begins here: "WhatsAppൽ", "visaவில்"."""
    return ord(letter) in _INDIC and before.isascii() and before.isalnum()


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    if character in "\n\r":
        return "\n"
    category = unicodedata.category(character)
    if category in ("Cf", "Cc") and character != "\t":
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if character in "*_~`" or (category == "So" and character not in _TELLING_SIGNS and _is_emoji(character)):
        return " "  # chat formatting marks, and pictures between words
    if character in "’‘ʼ′":
        return "'"
    if 0xFE00 <= ord(character) <= 0xFE0F or character == "\u20e3":  # variation selectors, keycap
        return ""
    if ord(character) in _ARABIC_MARKS:
        return ""
    if ord(character) in _INDIC:  # two-part vowel signs are typed as one letter or as two
        plain = unicodedata.normalize("NFKD", character)
    else:
        plain = _without_accents(unicodedata.normalize("NFKC", character).casefold())
    plain = "".join(_ONE_FORM.get(letter, letter) for letter in plain if letter not in _NUKTAS)
    if len(plain) > 1 and all(unicodedata.category(letter) == "Nd" for letter in plain):
        return "".join(str(unicodedata.decimal(letter)) for letter in plain)
    return plain


def _is_emoji(character: str) -> bool:
    return 0x1F300 <= ord(character) <= 0x1FAFF or 0x2600 <= ord(character) <= 0x27BF


def _without_accents(letters: str) -> str:
    """Latin letters without what stands above or below them; people also pile such marks up to hide words."""
    if letters.isascii():
        return letters
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", letters) if letter not in _ACCENTS)
    return plain if plain.isascii() else letters


def _fold_look_alikes(text: str) -> str:
    """Turn look-alikes into Latin, in words that mix scripts or consist of look-alikes beside Latin text."""
    if text.isascii() or not re.search(r"[\u0370-\u03ff\u0400-\u052f]", text):
        return text
    has_latin = re.search(r"[a-z]", text) is not None
    return _WORD.sub(lambda word: _latin(word.group(), has_latin), text)


def _latin(word: str, beside_latin: bool) -> str:
    changed = word.translate(_LOOK_ALIKES)
    mixes = re.search(r"[a-z]", word) is not None
    return changed if changed.isascii() and (mixes or beside_latin) else word
