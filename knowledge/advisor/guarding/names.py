"""Whether a sentence names somebody or something that its record does not. Pure.

Names have no mark of their own in Indian scripts, and a made-up one is in no list. So it is turned round: every word of
a sentence must be a word that official notices and our own texts use, or stand in the record. What is left is a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from knowledge.advisor.guarding.word_lists import LETTER, find_native
from knowledge.reading.countries import find_countries
from knowledge.reading.folding import fold
from knowledge.records import AdvisoryRecord, RuleRecord
from knowledge.yaml_files import read_yaml_strings

_FUNCTION_WORDS = Path(__file__).parent.parent.parent / "data" / "function_words.yaml"
_LATIN = re.compile(r"[a-z]+")
_STEM_LATIN = 5  # letters that two Latin words must share to be forms of one word
_STEM_NATIVE = 4  # letters without vowel signs; a name shares them with a common word rarely


class Vocabulary:
    """The words that may be said, by their beginnings; capitals tell a Latin name from a word."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._whole: set[str] = set()
        self._stems: set[str] = set()
        for text in texts:
            self._take_in(text)

    def knows(self, folded_word: str) -> bool:
        """Whether a folded word, or a longer form of a word with the same beginning, was ever used."""
        return folded_word in self._whole or (stem := _stem(folded_word)) is not None and stem in self._stems

    def _take_in(self, text: str) -> None:
        for word in re.findall(rf"{LETTER}+", text):
            if word[0].isupper() and not _begins_sentence(text, word):
                continue  # a name of a notice is a name, not a word
            folded = fold(word)
            self._whole.add(folded)
            if stem := _stem(folded):
                self._stems.add(stem)


def names_others(words: str, record: str, countries: Iterable[str], vocabulary: Vocabulary) -> bool:
    """Whether the words name a country or anything else that the record does not."""
    known = {mention.code for mention in find_countries(record)} | set(countries) | {"IN"}
    if any(mention.code not in known for mention in find_countries(words)):
        return True
    own = set(find_native(fold(record)))
    stems = {stem for word in own if (stem := _stem(word))}
    return any(_is_name(words, word, own, stems, vocabulary) for word in re.findall(rf"{LETTER}+", words))


def _is_name(words: str, word: str, own: set[str], stems: set[str], vocabulary: Vocabulary) -> bool:
    folded = fold(word)
    if folded in own or folded.isdigit() or len(folded) < 2:
        return False
    if word[0].isupper() and not _begins_sentence(words, word):
        return True
    stem = _stem(folded)
    return not (vocabulary.knows(folded) or (stem is not None and stem in stems))


def _begins_sentence(text: str, word: str) -> bool:
    return bool(re.search(rf"(?:\A|[.!?:“\"]\s*){re.escape(word)}(?!{LETTER})", text))


def _stem(folded: str) -> str | None:
    """The beginning that forms of one word share; None for a word too short to be told by it."""
    if _LATIN.fullmatch(folded):
        return folded[:_STEM_LATIN] if len(folded) >= _STEM_LATIN else None
    letters, kept = 0, []
    for letter in folded:
        kept.append(letter)
        letters += unicodedata.category(letter) not in ("Mn", "Mc")
        if letters == _STEM_NATIVE:
            return "".join(letter for letter in kept if unicodedata.category(letter) not in ("Mn", "Mc"))
    return None


def texts_of_records(
    advisories: Iterable[AdvisoryRecord], rules: Iterable[RuleRecord], catalogues: Iterable[str]
) -> Iterator[str]:
    """The texts whose words may be said: notices, rules, our short sentences of them, and the bot's own catalogues."""
    for record in advisories:
        yield from (*record.facts, *record.gist.values())
    for rule in rules:
        yield from (rule.text, *rule.gist.values())
    yield from catalogues
    yield from _function_words()


@cache
def _function_words() -> tuple[str, ...]:
    lists = read_yaml_strings(_FUNCTION_WORDS)
    return tuple(word for script in ("latin", "devanagari") for words in lists[script].values() for word in words)
