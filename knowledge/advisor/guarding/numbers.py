"""Whether every number, sum, share, day and month of a sentence stands in what it rests on. Exact; no model. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from babel.dates import get_month_names

from knowledge.advisor.guarding.word_lists import LETTER, compile_words, load
from knowledge.masking import mask
from knowledge.reading.folding import fold
from knowledge.reading.money import MONEY_FILE
from knowledge.yaml_files import read_yaml_strings

_LOCALES = ("en", "hi", "pa", "ml", "ta", "te", "bn", "gu", "mr", "kn", "or", "ur")
_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")
_RUN = re.compile(r"\d(?:[\s\-–—().]{0,3}\d)*")
_LONGEST_GIVEN = 6  # digits in a row, over gaps, that may be several numbers of a record; more is a telephone
_SHORTEST_TELEPHONE = 9  # digits; two years side by side have eight
_NUMBERED = re.compile(r"(?<![A-Za-z])(?:(?!RS|US)[A-Z]{1,2}[\-–]?|[a-z][\-–])\d{3,}")  # licences: B-0001
_MOST_SPELLED = 2  # digits in words side by side
_NEAR = 3
_SCALES = {"1000": 1e3, "100000": 1e5, "10000000": 1e7, "1000000": 1e6, "1000000000": 1e9, "100": 1e2}
_DIGIT_WORDS = ("zero", "oh", "nil", "one", "शून्य", "एक", "ek", "shunya", "ਸਿਫ਼ਰ", "ਇੱਕ", "ഒന്ന്", "പൂജ്യം", "ஒன்று",
                "பூஜ்யம்", "ఒకటి", "సున్నా", "এক", "শূন্য", "એક", "શૂન્ય", "ಒಂದು", "ಸೊನ್ನೆ", "ଏକ", "ଶୂନ", "ایک", "صفر")  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """One number: its value, the money or sign it is of ("INR", "%", or "" for a plain number)."""

    value: float
    unit: str


def figures_stand_in(words: str, record: str, date: dt.date | None) -> bool:
    """Whether each figure and each day of the words is one of the record, or of the record's own day.

    Telephone, account and licence numbers never do: a record may have been tampered with.
    """
    folded, known = fold(words), fold(record)
    if _gives_contact(words) or _has_long_run(folded, known) or _spells_digits(folded):
        return False
    given = set(find_figures(known))
    values = {figure.value for figure in given}
    own_day = {float(date.day), float(date.year)} if date else set()
    for figure in find_figures(folded):
        if figure.unit and figure not in given:
            return False
        if figure.value not in values | own_day:
            return False
    days = set(_days(known)) | ({(date.day, date.month), (date.year, date.month)} if date else set())
    return set(_days(folded)) <= days


def find_figures(folded: str) -> Iterator[Figure]:
    """The figures of a folded text: digits and words, each with the scale behind it and the money beside it."""
    taken: list[tuple[int, int]] = []
    for found in _DIGITS.finditer(folded):
        value, end = _scaled(float(found.group().replace(",", "")), folded, found.end())
        taken.append((found.start(), end))
        yield Figure(value, _unit(folded, found.start(), end))
    for found in _number_word().finditer(folded):
        if any(start <= found.start() < end for start, end in taken):
            continue
        value, end = _scaled(_value(found), folded, found.end())
        taken.append((found.start(), end))
        yield Figure(value, _unit(folded, found.start(), end))


def _scaled(value: float, folded: str, end: int) -> tuple[float, int]:
    """The number times the lakhs or thousands behind it, and where that ends."""
    while True:
        scale = _scale_word().match(folded, end)
        if scale is None or not scale.lastgroup:
            return value, end
        value, end = value * _SCALES[scale.lastgroup.removeprefix("n")], scale.end()


def _unit(folded: str, start: int, end: int) -> str:
    before = list(_money_word().finditer(folded, max(0, start - 12), start))
    if before and not folded[before[-1].end() : start].strip(" .:"):
        return _money()[before[-1].group()]
    after = _money_word().match(folded, end + (folded[end : end + 1] == " "))
    if after:
        return _money()[after.group()]
    return (
        "%"
        if re.match(
            r"\s?(?:%|per ?cent|प्रतिशत|फीसदी|टक्के|শতাংশ|ശതമാനം|சதவீத|శాతం|ટકા|ಶೇಕಡ|ಪ್ರತಿಶತ|ਫੀਸਦੀ|ପ୍ରତିଶତ|فیصد)", folded[end:]
        )
        else ""
    )


def _has_long_run(folded: str, known: str) -> bool:
    given = {re.sub(r"\D", "", run.group()) for run in _RUN.finditer(known)}
    runs = (re.sub(r"\D", "", run.group()) for run in _RUN.finditer(folded))
    return any(len(run) > _LONGEST_GIVEN and run not in given for run in runs)


def _gives_contact(words: str) -> bool:
    """A telephone, account or licence number: contacts and lists give these, whatever a record says."""
    runs = (re.sub(r"\D", "", run.group()) for run in _RUN.finditer(fold(words)))
    return mask(words) != words or any(len(run) >= _SHORTEST_TELEPHONE for run in runs) or bool(_NUMBERED.search(words))


def _spells_digits(folded: str) -> bool:
    """Digits spelled out side by side: a telephone number read aloud."""
    row = 0
    for word in re.findall(rf"{LETTER}+", folded):
        row = row + 1 if _single_digit().fullmatch(word) else 0
        if row > _MOST_SPELLED:
            return True
    return False


def _days(folded: str) -> Iterator[tuple[int, int]]:
    """Each month that stands beside a number, with that number: (6, 3), (2024, 3) for 6 March 2024."""
    for found in _month_word().finditer(folded):
        month = _months()[found.group()]
        before = re.search(r"(\d{1,4})(?:st|nd|rd|th)?[\s,\-]{0,3}\Z", folded[: found.start()])
        after = re.match(r"[\s,\-]{0,3}(\d{1,4})(?!\d)", folded[found.end() :])
        for number in (before, after):
            if number:
                yield int(number[1]), month


@cache
def _months() -> dict[str, int]:
    """Every name of a month, folded. English short ones too; short ones of other scripts are part of other words."""
    names: dict[str, int] = {}
    for locale in _LOCALES:
        for width in ("wide", "abbreviated") if locale == "en" else ("wide",):
            for month, name in get_month_names(width, locale=locale).items():
                names[fold(name)] = month
    return names


@cache
def _month_word() -> re.Pattern[str]:
    names = sorted(_months(), key=len, reverse=True)
    return re.compile(rf"(?<!{LETTER})(?:{'|'.join(map(re.escape, names))})")


@cache
def _values() -> dict[str, list[str]]:
    """Words by value: ours, and those of the reading of offers for sums."""
    words = {value: list(entries) for value, entries in load("number_words").items()}
    for value, entries in read_yaml_strings(MONEY_FILE)["number_words"].items():
        if value not in ("1",):
            words.setdefault(value, []).extend(word for word in entries if word not in _ALSO_OTHER_WORDS)
    return words


# Numbers that are other words far more often: "no", "do", "so", "tis" (English), "tin" (a box), "das" (a name).
_ALSO_OTHER_WORDS = frozenset({"no", "do", "so", "tis", "tin", "das", "che", "sat", "char", "pach", "ded", "l"})


@cache
def _number_word() -> re.Pattern[str]:
    """Every number word, as a named group that holds its value: n2, n0_5 and so on."""
    parts = []
    for value, entries in sorted(_values().items(), key=lambda item: -max(map(len, item[1]))):
        body = compile_words([e for e in entries if e not in _ALSO_OTHER_WORDS], whole=True).pattern
        parts.append(f"(?P<n{value.replace('.', '_')}>{body})")
    return re.compile("|".join(parts))


@cache
def _scale_word() -> re.Pattern[str]:
    units = {value: [*_values()[value], *(["k"] if value == "1000" else [])] for value in _SCALES}
    parts = [f"(?P<n{value}>{compile_words(words, whole=True).pattern})" for value, words in units.items()]
    return re.compile(rf"[\s\-]?(?:{'|'.join(parts).replace(f'(?<!{LETTER})', '')})")


@cache
def _single_digit() -> re.Pattern[str]:
    entries = [word for value in "23456789" for word in _values()[value]] + list(_DIGIT_WORDS) + ["do", "tin", "char"]
    return re.compile("|".join(re.escape(fold(entry)) for entry in entries))


def _value(found: re.Match[str]) -> float:
    return float((found.lastgroup or "n0").removeprefix("n").replace("_", "."))


@cache
def _money() -> dict[str, str]:
    currencies = read_yaml_strings(MONEY_FILE)["currencies"]
    more = {
        "INR": [
            "രൂപ",
            "ரூபாய்",
            "ரூ",
            "రూపాయలు",
            "రూ",
            "টাকা",
            "রুপি",
            "રૂપિયા",
            "રૂ",
            "ರೂಪಾಯಿ",
            "ರೂ",
            "ଟଙ୍କା",
            "روپے",
            "روپیہ",
            "ਰੁਪਏ",
            "रुपयांचा",
            "रुपयांपर्यंत",
        ]
    }
    words = {fold(word): entry["code"] for entry in currencies for word in entry["words"]}
    return words | {fold(word): code for code, entries in more.items() for word in entries}


@cache
def _money_word() -> re.Pattern[str]:
    def pattern(word: str) -> str:
        latin = rf"(?<!{LETTER}){re.escape(word)}(?!{LETTER})"
        return latin if word.isascii() and word.isalpha() else re.escape(word)

    return re.compile("|".join(pattern(word) for word in sorted(_money(), key=len, reverse=True)))
