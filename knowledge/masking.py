"""Hides personal numbers in a text: telephone, Aadhaar, passport, PAN, bank account and card numbers. Pure.

What is stored or logged of people's words goes through `mask` first. Digits of every script count, and so do those
that people pull apart ("9 8 7 …", "98765-43210"). Left as they are: sums, dates, years, short helplines (112, 1930),
toll-free lines and licence numbers of agents, because a reply is about those. In doubt a number is hidden.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

HIDDEN_DIGIT = "•"
FEWEST_DIGITS = 9  # shortest account number of an Indian bank; sums and dates without commas have fewer
FEWEST_AFTER_PLUS = 7  # shortest telephone number with a country code
FEWEST_AFTER_CUE = 5  # after "account no." or "call"; helplines with five digits are listed below
MOST_OF_A_SUM = 9  # digits; ₹99,99,99,999 is more than any fee or salary
_TOLL_FREE = re.compile(r"(?:\+91)?0?18[06]0\d{6,7}")
_HELPLINES = {"14416", "14567", "15100"}  # five digits: help in despair, the elders' line, legal aid

# Spaces but no line end, dots, brackets, hyphens and dashes, characters of no width, and what makes a digit a key.
_GAP = r"[^\S\n]|[.()_\-\u2010-\u2015\u200b-\u200f\u2060\ufe0f\u20e3]"
_RUN = re.compile(rf"\+?(?:{_GAP}){{0,2}}\d(?:(?:{_GAP}){{0,4}}\d)*")
_FIVE_AND_FIVE = re.compile(r"(?<!\d)\d{5}[/|,\\]\s?\d{5}(?!\d)")
_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:[12]\d|3[01]|0?[1-9])"
    r"|(?:[12]\d|3[01]|0?[1-9])[-./](?:0?[1-9]|1[0-2])[-./](?:19|20)\d\d)(?!\d)"
)
_WITH_LETTERS = re.compile(
    r"(?<![^\W_])(?:"
    r"(?:[A-Za-z]-?|[A-Z]\s)\d{7,8}"  # Indian passport: a letter and seven digits
    r"|(?!(?i:rs|us))[A-Za-z]{2}\d{6,7}"  # passports of many other countries; not a sum such as Rs1500000
    r"|(?!(?i:inr|usd|aed|sar|qar|kwd|omr|bhd|eur|gbp))[A-Za-z]{3}\d{7}"  # voter card (EPIC)
    r"|(?i:[A-Z]{5}\s?\d{4}\s?[A-Z])"  # PAN
    r")(?![^\W_])"
)
_CUE = re.compile(
    r"(?<![^\W_])(?:phone|mob(?:ile)?|mo|tel|call|whats\s?app|wa|contact|number|no|num|account|acct|a/c|ac|khata|passport|aadhaa?r|"
    r"otp|pin|फ़?ोन|फोन|मोबाइल|नंबर|नम्बर|खाता|पासपोर्ट|आधार|ਨੰਬਰ|ਫ਼ੋਨ|നമ്പർ|ഫോൺ|எண்|போன்|నంబర్|ఫోన్|নম্বর|ফোন|નંબર|ફોન|"
    r"ಸಂಖ್ಯೆ|ಫೋನ್|ନମ୍ବର|ଫୋନ|نمبر|فون)\W{0,6}$",
    re.IGNORECASE,
)
_CURRENCY = (
    r"₹|rs|inr|usd|us\$|\$|€|£|aed|sar|qar|kwd|omr|bhd|eur|rupees?|rupaye|rupiya|dollars?|dirhams?|riyals?|euros?|"
    r"रु|रू|रुपये|रुपए|रूपये|ਰੁਪਏ|രൂപ|ரூ|ரூபாய்|రూ|రూపాయలు|টাকা|রুপি|રૂ|રૂપિયા|ರೂ|ರೂಪಾಯಿ|ଟଙ୍କା|روپے"
)
_SUM_BEFORE = re.compile(rf"(?:{_CURRENCY})[\s.:]{{0,3}}$", re.IGNORECASE)
_SUM_AFTER = re.compile(rf"\s?(?:/-|(?:{_CURRENCY})(?![^\W\d_]))", re.IGNORECASE)


def mask(text: str) -> str:
    """Return the text with every digit and letter of a personal number replaced by a dot; its length stays."""
    digits = fold_digits(text)
    hidden = list(text)
    for start, end in _find_personal(digits):
        for place in range(start, end):
            if digits[place].isalnum():
                hidden[place] = HIDDEN_DIGIT
    return "".join(hidden)


def fold_digits(text: str) -> str:
    """Return the text with every digit of any script as 0–9; its length stays."""
    return "".join(_fold(character) for character in text)


def _fold(character: str) -> str:
    if character.isascii():
        return character
    value = unicodedata.digit(character, None)  # also circled and raised digits
    return character if value is None else str(value)


def _find_personal(digits: str) -> Iterator[tuple[int, int]]:
    for found in _WITH_LETTERS.finditer(digits):
        yield found.span()
    for found in _FIVE_AND_FIVE.finditer(digits):
        yield found.span()
    for start, end in _find_runs(digits):
        if _is_personal(digits, start, end):
            yield start, end


def _find_runs(digits: str) -> Iterator[tuple[int, int]]:
    """Yield each stretch of digits with only gaps between them; a date is none, and ends the one before it."""
    without_dates = _DATE.sub(lambda found: "#" * len(found.group()), digits)
    for found in _RUN.finditer(without_dates):
        yield found.span()


def _is_personal(digits: str, start: int, end: int) -> bool:
    run = digits[start:end]
    number = re.sub(r"\D", "", run)
    if number in _HELPLINES or _is_toll_free(run):
        return False
    if run.lstrip().startswith("+"):
        return len(number) >= FEWEST_AFTER_PLUS
    if _is_sum(digits, start, end, number):
        return False
    fewest = FEWEST_AFTER_CUE if _CUE.search(digits[max(0, start - 40) : start]) else FEWEST_DIGITS
    return len(number) >= fewest and not _is_year_range(number)


def _is_toll_free(run: str) -> bool:
    return bool(_TOLL_FREE.fullmatch(re.sub(r"[^\d+]", "", run)))


def _is_sum(digits: str, start: int, end: int, number: str) -> bool:
    if len(number) > MOST_OF_A_SUM:
        return False
    before, after = digits[max(0, start - 12) : start], digits[end : end + 12]
    return bool(_SUM_BEFORE.search(before) or _SUM_AFTER.match(after))


def _is_year_range(number: str) -> bool:
    """Whether it is only years, such as 2024-2025: after "no." that is part of a reference."""
    return len(number) in (4, 8) and all(re.fullmatch(r"(?:19|20)\d\d", part) for part in re.findall(r"\d{4}", number))
