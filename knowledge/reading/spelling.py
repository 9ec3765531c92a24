"""How one name is spelled in many ways, and the key under which all of them meet. Knows letters, no names.

The scripts of India share one plan (ISCII): the same letter sits at the same place of each Unicode block. So a word of
any of them is first moved to Devanagari, then folded, and the spelling of a city has to be written down only once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from knowledge.reading.folding import fold

WordScript = Literal[
    "latin", "arabic", "devanagari", "bengali", "gurmukhi", "gujarati", "odia", "tamil", "telugu", "kannada",
    "malayalam", "other",
]  # fmt: skip
# In the order of their Unicode blocks, 0x80 letters each, from U+0900.
_INDIC: tuple[WordScript, ...] = (
    "devanagari", "bengali", "gurmukhi", "gujarati", "odia", "tamil", "telugu", "kannada", "malayalam",
)  # fmt: skip
INDIC_SCRIPTS = frozenset(_INDIC)


class Word(NamedTuple):
    """A word of a message: where it stands, and what stands there."""

    start: int
    end: int
    text: str


# Letters, with the marks and joiners that stand inside words of the scripts concerned; digits are not part of a word.
_MARK_RANGES = ((0x0300, 0x0370), (0x0600, 0x0700), (0x0900, 0x0E00), (0x200B, 0x200E), (0x2060, 0x2061))
_MARKS = "".join(
    chr(code)
    for first, end in _MARK_RANGES
    for code in range(first, end)
    if unicodedata.category(chr(code)) in ("Mn", "Mc", "Cf")
)
_WORD = re.compile(rf"(?:[^\W\d_]|[{_MARKS}\u00ad\ufeff])+")
_INDIC_ENDING = re.compile(r"([a-zA-Z]{2,})([\u0900-\u0dff]+)")  # a case ending on a Latin word: "Dubaiയിൽ"
_CAMEL_EDGE = re.compile(r"(?<=[a-z])(?=[A-Z])")


def split_words(text: str) -> Iterator[Word]:
    """The words of a text in order; `DubaiJobs` counts as two, as hashtags are written, and so does `Dubaiയിൽ`."""
    for found in _WORD.finditer(text):
        start, word = found.start(), found.group()
        if word.isascii() and not word.islower() and len(parts := _parts_of_hashtag(word)) > 1:
            for first, last in parts:
                yield Word(start + first, start + last, word[first:last])
        elif ending := _INDIC_ENDING.fullmatch(word):
            yield Word(start, start + ending.start(2), ending.group(1))
            yield Word(start + ending.start(2), found.end(), ending.group(2))
        else:
            yield Word(start, found.end(), word)


def _parts_of_hashtag(word: str) -> list[tuple[int, int]]:
    """Where the words of `DubaiJobs` begin and end; `RuSSia` is one word in odd capitals."""
    edges = [edge.start() for edge in _CAMEL_EDGE.finditer(word)]
    parts = list(zip([0, *edges], [*edges, len(word)], strict=True))
    return parts if all(word[first + 1 : last].islower() or word[first:last].isupper() for first, last in parts) else []


def script_of(word: str) -> WordScript:
    """By its first letter that decides. Cyrillic and Greek count as Latin: they are here only as look-alikes."""
    for letter in word:
        code = ord(letter)
        if code < 0x0530 or 0x1D400 <= code <= 0x1D7FF or 0xFF00 <= code <= 0xFF5A:
            return "latin"
        if 0x0600 <= code <= 0x077F or 0xFB50 <= code <= 0xFEFC:
            return "arabic"
        if 0x0900 <= code <= 0x0D7F:
            return _INDIC[(code - 0x0900) // 0x80]
    return "other"


def fold_latin(word: str) -> str:
    """Lower case without accents, zero-width characters and look-alike letters."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", fold(unicodedata.normalize("NFKC", word)))
    return "".join(letter for letter in plain if letter.isalpha())


# Sounds that Indians write in several ways in Latin letters; order matters.
_SAME_SOUNDS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"sh|c(?=[eiy])"), "s"),
    (re.compile(r"ch"), "j"),
    (re.compile(r"g(?=[eiy])|z"), "j"),
    (re.compile(r"ck|[cq]"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"w"), "v"),
    (re.compile(r"(?<=.)h"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)
_VOWELS = re.compile(r"(?<=.)[aeiouy]+")


def sound_of(latin: str) -> str:
    """The consonants of a folded Latin word as they sound: `combodia` and `kambodiya` are both `kmbd`."""
    for pattern, sound in _SAME_SOUNDS:
        latin = pattern.sub(sound, latin)
    return _VOWELS.sub("", latin)


_NO_PARALLEL = {
    "ੰ": "ं", "ੱ": "", "ৎ": "त", "ৰ": "र", "ৱ": "व", "ୱ": "व", "ൺ": "न्", "ൻ": "न्", "ർ": "र्", "ൽ": "ल्", "ൾ": "ल्",
    "ൿ": "क्", "ௗ": "", "ౕ": "", "ౖ": "", "ೕ": "", "ೖ": "", "ൗ": "ो",
}  # fmt: skip
# One letter for what is written either way within one language: vowel length, nasal signs, nukta.
_CLOSE = {
    "ँ": "ं", "़": "", "ः": "", "ऽ": "", "ष": "श", "ऩ": "न", "ऱ": "र", "ऴ": "ळ", "क़": "क", "ख़": "ख", "ग़": "ग",
    "ज़": "ज", "ड़": "ड", "ढ़": "ढ", "फ़": "फ", "य़": "य", "आ": "ा", "इ": "ि", "ई": "ि", "उ": "ु", "ऊ": "ु", "ऋ": "ृ",
    "ऍ": "े", "ऎ": "े", "ए": "े", "ऐ": "े", "ऑ": "ो", "ऒ": "ो", "ओ": "ो", "औ": "ो", "ी": "ि", "ू": "ु", "ॅ": "े", "ॆ": "े",
    "ै": "े", "ॉ": "ो", "ॊ": "ो", "ौ": "ो", "ॲ": "े", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\u00ad": "",
    "\ufeff": "",
}  # fmt: skip
# What one language writes with one letter and its neighbour with another: aspirates, retroflexes, sibilants, v and b.
_LOOSE = str.maketrans("खघछझटठडढणथधफभवळश", "कगचजततददनतदपबबलस")
# Tamil has one letter where others have a voiced and a voiceless one, but keeps v apart.
_LOOSE_TAMIL = str.maketrans("खगघछजझटठडदढणथधफबभळशसह", "कककचचचतततततनततपपपलचचक")
_REPEATED = re.compile(r"(.)\1")


def _parallel() -> dict[int, str]:
    """Each letter of the Indic scripts → its folded Devanagari neighbour."""
    table = {ord(letter): folded for letter, folded in _CLOSE.items() if len(letter) == 1}
    for block in range(0x0980, 0x0D80, 0x80):
        for offset in range(0x80):
            devanagari = unicodedata.normalize("NFD", chr(0x0900 + offset))[0]
            table[block + offset] = _CLOSE.get(devanagari, devanagari)
    return table | {ord(letter): neighbour for letter, neighbour in _NO_PARALLEL.items()}


_TO_DEVANAGARI = _parallel()
_NASAL_BEFORE_CONSONANT = re.compile("[ङञणनम]्(?=[क-मशस])")
_DOUBLED = re.compile("([क-ह])्\\1")
_GLIDE = re.compile("(?<=[ािुेो])य(?=[ािुेो])")


@lru_cache(maxsize=8192)
def fold_indic(word: str) -> str:
    """The close key of a word in any script of India: रूस, ਰੂਸ and રૂસ meet; थाई and ताई stay apart."""
    moved = unicodedata.normalize("NFC", word).translate(_TO_DEVANAGARI)
    moved = _NASAL_BEFORE_CONSONANT.sub("ं", moved)
    moved = _DOUBLED.sub(r"\1", moved).replace("्", "")
    return _GLIDE.sub("", moved)


@lru_cache(maxsize=8192)
def loosen(key: str, tamil: bool = False) -> str:
    """The loose key of a close key, for long names only: spellings of different languages meet."""
    loose = key.translate(_LOOSE_TAMIL if tamil else _LOOSE)
    loose = loose.replace("या", "े").replace("ाि", "े")  # the vowel of "land" and of "Thai"
    if not tamil:
        loose = loose.replace("ा", "")  # Bengali and Odia write where others leave the inherent vowel
    return _REPEATED.sub(r"\1", loose)


_ARABIC = {ord(letter): "ی" for letter in "يىئ"} | {ord(letter): "ہ" for letter in "ةهھۂ"}
_ARABIC |= {ord(letter): "ا" for letter in "أإآٱ"} | {ord("ك"): "ک", ord("ؤ"): "و", ord("ء"): ""}


@lru_cache(maxsize=8192)
def fold_arabic(word: str) -> str:
    """The key of a word in Arabic letters: no vowel marks, one letter for each of its forms."""
    plain = unicodedata.normalize("NFKC", word)
    return "".join(letter for letter in plain if unicodedata.category(letter) not in ("Mn", "Cf")).translate(_ARABIC)


def fold_word(word: str) -> str:
    """The close key of a word in whatever script it is written."""
    script = script_of(word)
    if script in INDIC_SCRIPTS:
        return fold_indic(word)
    return fold_arabic(word) if script == "arabic" else fold_latin(word)


# A place where a word begins or ends. `\b` will not do: it sees an edge before every vowel sign of an Indian script.
WORD_EDGE = rf"(?:(?<![\w{_MARKS}])(?=\S)|(?<=\S)(?![\w{_MARKS}])|^|$)"
