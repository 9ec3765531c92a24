"""Knows how a Hindi or Hinglish question becomes rough English, word for word. Pure; no grammar, no claim to translate.

The gloss is searched beside the original, never instead of it: a wrong word in it can only add a candidate.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

from knowledge.ranking_words import common_words
from knowledge.reading.matching import in_hinglish
from knowledge.yaml_files import read_yaml

GLOSSES = Path(__file__).parent / "data" / "embedding" / "glosses.yaml"
LEAST = 2  # words that must be known before a gloss says more than the original

WORD = re.compile(r"[a-z0-9]+|[\u0900-\u097f]+")
# Spellings of phones that stand for one sound; order matters.
SAME_SOUND = (
    (re.compile(r"aa+"), "a"),
    (re.compile(r"ee+|ii+"), "i"),
    (re.compile(r"oo+|uu+"), "u"),
    (re.compile(r"w"), "v"),
    (re.compile(r"z"), "j"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"(?<=[aeiou])n$|(?<=[aeiou])h$"), ""),
    (re.compile(r"([b-df-hj-np-tv-xz])\1+"), r"\1"),
)
NUKTA = "\u093c"
NASALS = str.maketrans("\u0901", "\u0902")  # chandrabindu is often typed as anusvara


def gloss(text: str, names: tuple[str, ...] = ()) -> str | None:
    """Say a Hindi or Hinglish text in rough English; None if too few of its words are known.

    A text in another language of India is read through its lexicon. Latin words that are not known stay as they are,
    since many are English; `names` are English names of the countries
    that the text mentions, put first.
    """
    glosses, common = _glosses(), common_words()
    hinglish = in_hinglish(text)
    is_read = hinglish != text  # then a Latin word is what the lexicon says, and as good as a known one
    english: list[str] = []
    known = 0
    for word in WORD.findall(unicodedata.normalize("NFC", hinglish).casefold()):
        meaning = glosses.get(_key(word))
        if meaning is not None:
            known += 1
            english.append(meaning)
        elif word.isascii() and word not in common:
            known += is_read
            english.append(word)
    return " ".join(dict.fromkeys([*names, *english])) if known >= LEAST else None


@cache
def _glosses() -> dict[str, str]:
    entries: dict[str, str] = read_yaml(GLOSSES)
    return {
        _key(word): english
        for english, hindi in entries.items()
        for word in WORD.findall(unicodedata.normalize("NFC", hindi).casefold())
    }


def _key(word: str) -> str:
    if not word.isascii():
        return unicodedata.normalize("NFD", word).replace(NUKTA, "").translate(NASALS)
    for pattern, sound in SAME_SOUND:
        word = pattern.sub(sound, word)
    return word
