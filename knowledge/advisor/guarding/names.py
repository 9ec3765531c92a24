"""Whether a sentence names somebody or something that its record does not. Pure.

Names have no mark of their own in Indian scripts, and a made-up one is in no list. So it is turned round: every word of
a sentence must be a word that official notices and our own texts use, or stand in the record. What is left is a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from knowledge.advisor.guarding.word_lists import LETTER, find_native
from knowledge.meaning.examples import read_examples
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

    def __init__(self, records: Iterable[str], plain_texts: Iterable[str]) -> None:
        """`records` are what each record says; `plain_texts` are written by us and name nobody."""
        words: Counter[str] = Counter()
        for text in records:
            words.update(set(_words_of(text)))
        # What a single record uses may be the name of a place or a firm that only this record is about.
        shared = {word for word, records_with_it in words.items() if records_with_it > 1}
        self._known = frozenset(shared.union(*map(_words_of, plain_texts)))

    def knows(self, folded_word: str) -> bool:
        """Whether two records or one of our texts use a folded word, or words with the same beginning."""
        return folded_word in self._known or _stem(folded_word) in self._known


def _words_of(text: str) -> Iterator[str]:
    """The folded words of a text and their stems, without its names in Latin letters."""
    for word in re.findall(rf"{LETTER}+", text):
        if word[0].isupper() and not _begins_sentence(text, word):
            continue
        folded = fold(word)
        yield folded
        if stem := _stem(folded):
            yield stem


def names_others(words: str, record: str, countries: Iterable[str], vocabulary: Vocabulary) -> bool:
    """Whether the words name a country or anything else that the record does not."""
    known = {mention.code for mention in find_countries(record)} | set(countries) | {"IN"}
    named = find_countries(words)
    if any(mention.code not in known for mention in named):
        return True
    for mention in reversed(named):  # a country that the record is about is no strange name
        words = words[: mention.start] + " " * (mention.end - mention.start) + words[mention.end :]
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


def build_vocabulary(
    advisories: Iterable[AdvisoryRecord], rules: Iterable[RuleRecord], catalogues: Iterable[str]
) -> Vocabulary:
    """The words that may be said: of notices and rules, of the bot's catalogues, and of the examples of offers."""
    records = ["\n".join([*record.facts, *record.gist.values()]) for record in advisories]
    records += ["\n".join([rule.text, *rule.gist.values()]) for rule in rules]
    return Vocabulary(records, [*catalogues, *_function_words(), *(example.text for example in read_examples())])


@cache
def _function_words() -> tuple[str, ...]:
    lists = read_yaml_strings(_FUNCTION_WORDS)
    return tuple(word for script in ("latin", "devanagari") for words in lists[script].values() for word in words)
