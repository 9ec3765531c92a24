"""In which language and script a person writes. Knows scripts and small words; what is said is not its business.

A script of one language decides by itself. Devanagari, Arabic and Latin letters serve several languages; there the
small words of `knowledge/data/function_words.yaml` decide. Where a forward and the person's own question differ, the
question decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.reading.folding import fold
from knowledge.reading.spelling import WordScript, fold_arabic, fold_latin, script_of, split_words
from knowledge.vocabulary import Language
from knowledge.yaml_files import read_yaml

_DATA = Path(__file__).parent.parent / "data"


@dataclass(frozen=True)
class Detected:
    """What a message is written in.

    `language` is None where there is nothing to tell it by (only emoji or digits: `supported` is True) and where Satark
    does not speak it (`supported` is False). `script` names the letters, "none" without any; `confidence` is 0 to 1.
    """

    language: Language | None
    script: str
    confidence: float
    supported: bool = True


_NOTHING = Detected(None, "none", 0.0)
_ONE_LANGUAGE: Mapping[str, Language] = {
    "bengali": Language.BENGALI,
    "gurmukhi": Language.PUNJABI,
    "gujarati": Language.GUJARATI,
    "odia": Language.ODIA,
    "tamil": Language.TAMIL,
    "telugu": Language.TELUGU,
    "kannada": Language.KANNADA,
    "malayalam": Language.MALAYALAM,
}
# Words of these are nobody's language: links, addresses, handles, numbers, encoded blocks.
_NO_WORDS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|@\w+|\S*\d\S*|[A-Za-z+/=]{25,}")
_FOREIGN_LETTERS = re.compile(r"[\u0370-\u052f]")
# People who write in an Indian script use many English words in Latin letters; its share may be small.
_INDIAN_SHARE = 0.15
# A line is the person's own question from so many words on; shorter ones are too often "Hurry up".
_OWN_WORDS = 3
_WORDS_OF_A_QUESTION = 2
_OWN_LINES_FROM = 2
# How clearly an Indian language must show against English (share of the weights): forwards are full of English nouns.
_AGAINST_ENGLISH = 0.42
_ENOUGH_WEIGHT = 0.9
_ENOUGH_ALONE = 0.2  # where no small English word stands at all: one shared word will do
_ENDING_WEIGHT = 0.5
_SURE_OF_A_LINE = 0.5
_SHORTEST_WITH_ENDING = 6


def detect_language(text: str) -> Detected:
    """Tell the language and script of a message; the person's own question counts more than what it forwards."""
    plain = _NO_WORDS.sub(" ", text)
    if _FOREIGN_LETTERS.search(plain):  # look-alikes inside Latin words are no Russian
        plain = fold(plain)
    whole = _detect(plain)
    own = _own_words(plain)
    asked = _detect(own) if own else _NOTHING
    return asked if asked.language and asked.language != whole.language else whole


def language_of_line(text: str) -> Callable[[str], Language | None]:
    """Return what tells the language of a line of this text: by the line itself, else by the whole text.

    Lines of one message may be in different languages; a short one says little about its own. A line that reads as
    English stays so beside lines of an Indian script: else one line of it would turn "helper" into another word.
    """
    whole: list[Detected] = []

    def tell(line: str) -> Language | None:
        found = _detect(_NO_WORDS.sub(" ", line))
        is_sure = found.confidence >= _SURE_OF_A_LINE
        if found.language and is_sure and found.language is not Language.ENGLISH:
            return found.language
        if not whole:
            whole.append(detect_language(text))
        if found.language is Language.ENGLISH and is_sure and whole[0].script != found.script:
            return Language.ENGLISH
        return whole[0].language

    return tell


def _detect(text: str) -> Detected:
    words = [word.text for word in split_words(text)]
    letters = Counter[str]()
    for word in words:
        letters[_script(word)] += len(word)
    if not letters:
        return _NOTHING
    script = _main_script(letters)
    share = letters[script] / letters.total()
    if script == "other":
        return Detected(None, script, share, supported=False)
    if script == "latin":
        return _detect_latin([fold_latin(word) for word in words if script_of(word) == "latin"])
    return _detect_indian(script, [_key(word) for word in words if script_of(word) == script], share)


def _key(word: str) -> str:
    """How small words of an Indian script are compared: one form of each letter, without nukta and joiners."""
    if script_of(word) == "arabic":
        return fold_arabic(word)
    return re.sub("[\u093c\u200b-\u200d\u2060]", "", unicodedata.normalize("NFC", word))


def _script(word: str) -> WordScript:
    return "other" if _FOREIGN_LETTERS.search(word) else script_of(word)


def _main_script(letters: Counter[str]) -> str:
    """The most frequent script, but an Indian one that carries the grammar wins over many Latin loan words."""
    indian = {script: count for script, count in letters.items() if script not in ("latin", "other")}
    if indian:
        script = max(indian, key=lambda name: indian[name])
        if indian[script] >= _INDIAN_SHARE * letters.total():
            return script
    return "latin" if letters["latin"] >= letters["other"] else "other"


def _detect_indian(script: str, words: list[str], share: float) -> Detected:
    if script == "devanagari":
        return _by_words(script, words, default="hi")
    if script == "arabic":
        return _detect_arabic(words)
    if script == "bengali" and _is_assamese("".join(words)):
        return Detected(None, script, share, supported=False)
    return Detected(_ONE_LANGUAGE[script], script, round(share, 2))


def _is_assamese(letters: str) -> bool:
    """Assamese has its own r and w, which Bengali never writes."""
    return letters.count("ৰ") + letters.count("ৱ") > letters.count("র")


_URDU_LETTERS = re.compile("[ٹڈڑںے]")


def _detect_arabic(words: list[str]) -> Detected:
    """Urdu shows by its letters; without them and with small words of another language it is not Urdu."""
    found = _by_words("arabic", words, default="ur")
    if not found.supported and sum(bool(_URDU_LETTERS.search(word)) for word in words) * 4 >= len(words):
        return Detected(Language.URDU, "arabic", 0.5)
    return found


def _by_words(script: str, words: list[str], default: str) -> Detected:
    """The language whose small words weigh most; the default where none of them stands."""
    weights = _weigh(script, words)
    best = max(weights, key=lambda code: (weights[code], code == default), default=default)
    if not weights or weights[best] == weights.get(default, 0.0):
        best = default
    confidence = round(weights[best] / sum(weights.values()), 2) if weights else 0.3
    language = _language(best)
    return Detected(language, script, confidence, supported=language is not None)


def _detect_latin(words: list[str]) -> Detected:
    weights = _weigh("latin", words)
    english = weights.pop("en", 0.0)
    if not weights:
        return Detected(Language.ENGLISH, "latin", 0.9 if english else 0.3)
    best = max(weights, key=lambda code: (weights[code], code == "hi-Latn"))
    share = weights[best] / (weights[best] + english)
    enough = _ENOUGH_WEIGHT if english else _ENOUGH_ALONE
    if weights[best] < enough or share < _AGAINST_ENGLISH:
        return Detected(Language.ENGLISH, "latin", round(1 - share, 2))
    return Detected(_language(best), "latin", round(share, 2))


def _language(code: str) -> Language | None:
    return Language(code) if code in set(Language) else None


def _weigh(script: str, words: Iterable[str]) -> dict[str, float]:
    """How much the words speak for each language. A word counts twice at most: spam repeats itself."""
    known, endings = _weights()[script], _endings().get(script, {})
    total: dict[str, float] = {}
    for word, count in Counter(words).items():
        weights = known.get(word) or {code: _ENDING_WEIGHT for code, ends in endings.items() if _ends_in(word, ends)}
        for code, weight in weights.items():
            total[code] = total.get(code, 0.0) + weight * min(count, 2)
    return total


def _ends_in(word: str, endings: tuple[str, ...]) -> bool:
    return len(word) >= _SHORTEST_WITH_ENDING and word.endswith(endings)


def _own_words(text: str) -> str:
    """The line in which the person speaks for himself under or above a forward: the last one, else the first."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < _OWN_LINES_FROM:
        return ""
    return next((line for line in (lines[-1], lines[0]) if _is_own(line)), "")


def _is_own(line: str) -> bool:
    words = [fold_latin(word.text) for word in split_words(line)]
    if "?" in line or "؟" in line:
        return len(words) >= _WORDS_OF_A_QUESTION
    if len(words) < _OWN_WORDS:
        return False
    found = _detect_latin(words)
    return found.language is not None and sum(word in _asking()[found.language] for word in words) >= 2


@cache
def _content() -> Any:
    return read_yaml(_DATA / "function_words.yaml")


@cache
def _asking() -> Mapping[str, frozenset[str]]:
    return {code: frozenset(words) for code, words in _content()["asking"].items()}


@cache
def _endings() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    return {
        script: {code: tuple(_key(ending) for ending in endings) for code, endings in lists.items()}
        for script, lists in _content()["endings"].items()
    }


@cache
def _weights() -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """Script → word → language → weight. A word that n languages share counts one n-th for each."""
    return {script: _share_out(_content()[script]) for script in ("latin", "devanagari", "arabic")}


def _share_out(lists: Mapping[str, list[str]]) -> Mapping[str, Mapping[str, float]]:
    folded = {code: {_key(word) for word in words} for code, words in lists.items()}
    owners: dict[str, list[str]] = {}
    for code, words in folded.items():
        for word in words:
            owners.setdefault(word, []).append(code)
    return {word: dict.fromkeys(codes, 1 / len(codes)) for word, codes in owners.items()}
