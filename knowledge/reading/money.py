"""Sums of money in a message: how much, in which currency, per what, and what for. Reads text; judges nothing.

Understands 3.5 lakh, 3,50,000, ₹३५००००, "teen lakh", "साढ़े तीन लाख", 80k, AED 1500, 180 KD, 14,000 pounds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

from knowledge.reading.matching import MatchingCopy, fold
from knowledge.reading.phrases import BEGIN, END, INDIC, Phrasebook

_EXTRAS_AFTER_PAY = re.compile(
    r"\s?(?:\+|and|plus|aur|और)\s?(?:ot\b|o\.t|over ?time|commission|tips?\b|service|incentives?|insentive|food|khana|room|"
    r"rehna|stay|bonus|trip|site|free|accommodation|ओवरटाइम|खाना|कमीशन|रहना)"
)
_PERIOD_BEFORE = re.compile(r"(?P<week>weekly|per week)|(?P<hour>hourly|per hour)|(?P<year>annual|yearly|per annum|ctc)|(?P<day>daily)")
_FEE_CURRENCIES = ("INR", "USD", "EUR", "GBP")  # agents in India ask in these; other currencies are wages by default
_NEAR = 14  # characters between a cue and its sum
_LARGEST_PAY = 250_000  # rupees; a larger sum without any cue is asked, not paid
_SMALLEST_SUM = 100  # rupees; less is a way of speaking ("not one rupee")
MONEY_FILE = Path(__file__).parent.parent / "data" / "money.yaml"


class Purpose(StrEnum):
    """What a sum is for, as the words around it say."""

    PAY = "pay"
    FEE = "fee"
    OTHER = "other"


@dataclass(frozen=True)
class Sum:
    """One sum of money. `inr` is its approximate worth in rupees; `monthly_inr` only where it is pay for a period."""

    start: int
    end: int
    amount: float
    currency: str  # ISO 4217, INR where nothing else is said
    inr: float
    purpose: Purpose
    period: str | None  # hour | day | week | month | year
    named_currency: bool

    @property
    def monthly_inr(self) -> float:
        """The pay a month in rupees, taking 208 working hours, 26 days or 4.33 weeks a month."""
        return self.inr * {"hour": 208.0, "day": 26.0, "week": 4.33, "year": 1 / 12}.get(self.period or "", 1.0)


@dataclass(frozen=True)
class _Tables:
    multipliers: dict[str, float]
    words: dict[str, float]
    currencies: dict[str, str]
    rates: dict[str, float]
    pattern: re.Pattern[str]
    period: re.Pattern[str]


def find_sums(copy: MatchingCopy, book: Phrasebook) -> tuple[Sum, ...]:
    """Every sum of the message in order, with its purpose read from the words around it."""
    tables = _load_tables()
    found = [sum_ for match in tables.pattern.finditer(copy.folded) if (sum_ := _read_sum(match, copy, book, tables))]
    return tuple(_join_parts(found))


def _join_parts(sums: list[Sum]) -> list[Sum]:
    """`ek lakh saath hazar` is one sum of 1,60,000."""
    joined: list[Sum] = []
    for sum_ in sums:
        last = joined[-1] if joined else None
        follows = last is not None and 0 <= sum_.start - last.end <= 2 and last.currency == sum_.currency
        if last is not None and follows and last.amount >= 100_000 > sum_.amount >= 1_000 and last.amount % 100_000 == 0:
            whole = last.amount + sum_.amount
            joined[-1] = replace(sum_, start=last.start, amount=whole, inr=last.inr + sum_.inr)
        else:
            joined.append(sum_)
    return joined


def _read_sum(match: re.Match[str], copy: MatchingCopy, book: Phrasebook, tables: _Tables) -> Sum | None:
    amount = _amount(match, tables)
    currency = _currency(match, tables)
    multiplied = match.group("unit") is not None
    if amount is None or _is_no_money(match, copy, amount, currency is not None, multiplied):
        return None
    code = currency or "INR"
    period = _period_after(copy.folded, match.end(), tables) or _period_before(copy, match.start())
    purpose = _purpose(copy, book, match.start(), match.end(), period, foreign=code not in _FEE_CURRENCIES)
    rupees = amount * tables.rates[code]
    if period is None and rupees < _SMALLEST_SUM:
        return None
    if purpose is Purpose.OTHER and code == "INR" and rupees > _LARGEST_PAY and not _is_other(copy, book, match):
        purpose = Purpose.FEE
    if currency is None and not multiplied and purpose is Purpose.OTHER:
        return None
    return Sum(
        start=match.start(),
        end=match.end(),
        amount=amount,
        currency=code,
        inr=rupees,
        purpose=purpose,
        period=period,
        named_currency=currency is not None,
    )


def _amount(match: re.Match[str], tables: _Tables) -> float | None:
    unit = tables.multipliers.get(match.group("unit") or "", 1.0)
    if match.group("words"):
        value = _words_value(match.group("words"), tables)
        return value * unit if value is not None else None
    digits = match.group("high") or match.group("digits")
    try:
        return float(digits.replace(",", "").replace(" ", "")) * unit
    except ValueError:
        return None


def _words_value(words: str, tables: _Tables) -> float | None:
    """`saadhe teen` is 3.5, `sava do` 2.25, `paune do` 1.75; otherwise the word's own number."""
    parts = re.split(r"[\s\-]+", words.strip())
    head, rest = parts[0], parts[1:]
    shift = {"saadhe": 0.5, "sadhe": 0.5, "साढे": 0.5, "sava": 0.25, "sawa": 0.25, "सवा": 0.25}
    shift |= {"paune": -0.25, "pone": -0.25, "पौने": -0.25}
    if head in shift:
        return (tables.words.get(rest[0], 0) if rest else 1.0) + shift[head]
    if rest and rest[0] in tables.words and tables.words[head] >= 20:
        return tables.words[head] + tables.words[rest[0]]
    return tables.words.get(head)


def _currency(match: re.Match[str], tables: _Tables) -> str | None:
    name = match.group("before") or match.group("after")
    return tables.currencies.get(re.sub(r"[\s.\-/]+", "", name)) if name else None


def _is_no_money(match: re.Match[str], copy: MatchingCopy, amount: float, named: bool, multiplied: bool) -> bool:
    """Phone numbers, years, ages, licence numbers, dates, seats: digits that are no money."""
    text, start, end = copy.folded, match.start(), match.end()
    if match.group("words") and not (multiplied or named):
        return True
    if re.search(r"(?:pin ?code|pincode|pin|otp|room|flat|id|ref|no|number|case|token|cr|tower)\W{0,3}$", text[max(0, start - 12) : start]):
        return not (named or multiplied)
    if amount <= 0 or amount > 5e8:  # rupees; nobody is offered or asked 50 crore
        return True
    before, after = text[max(0, start - 3) : start], text[end : end + 12]
    if not (named or multiplied) and (re.match(r"[\s\-]?\d{3,}", after) or re.search(r"\d[\s\-]?$", before)):
        return True  # part of a phone number
    if named or multiplied:
        return bool(re.match(r"\s*(followers?|subscribers?|views|log |people|indians|workers|views|members)", after))
    if re.search(r"[\w/\-+#:@.]$", before.strip(" ") and before) or re.match(r"[\-/@]\s?\w|\s?(%|km|kg|th\b)", after):
        return not re.match(r"/-|/=|\s?-\s?\d{4,}", after)
    digits = match.group("digits") or ""
    grouped = "," in digits
    if match.group("words") or (not grouped and len(digits.replace(".", "")) not in (4, 5, 6, 7)):
        return True
    return (not grouped) and 1900 <= amount <= 2100


def _purpose(
    copy: MatchingCopy, book: Phrasebook, start: int, end: int, period: str | None, *, foreign: bool
) -> Purpose:
    """The nearest cue inside the clause decides; words directly after the sum ("mahina", "advance") weigh most."""
    clause = copy.clause_at(start)
    clause = (min(clause[0], start), max(clause[1], end))
    window = (max(clause[0], start - 70), min(clause[1], end + 45))
    nearest = {
        purpose: min(
            (_distance(span.start, span.end, start, end) for span in book.find(cue, copy, window)), default=999
        )
        for purpose, cue in ((Purpose.PAY, "pay_cue"), (Purpose.FEE, "fee_cue"), (Purpose.OTHER, "not_agent_fee"))
    }
    if period is not None or _EXTRAS_AFTER_PAY.match(copy.folded, end):
        return Purpose.PAY
    if nearest[Purpose.OTHER] <= 14 and nearest[Purpose.OTHER] <= min(nearest[Purpose.PAY], nearest[Purpose.FEE]):
        return Purpose.OTHER
    if foreign and nearest[Purpose.FEE] > _NEAR:
        return Purpose.PAY
    if nearest[Purpose.PAY] == nearest[Purpose.FEE] == 999:
        return _purpose_of_line_before(copy, book, window[0])
    return Purpose.PAY if nearest[Purpose.PAY] < nearest[Purpose.FEE] else Purpose.FEE


def _purpose_of_line_before(copy: MatchingCopy, book: Phrasebook, start: int) -> Purpose:
    before = (max(0, start - 40), start)
    if book.has("fee_cue", copy, before) and not book.has("pay_cue", copy, before):
        return Purpose.FEE
    return Purpose.PAY if book.has("pay_cue", copy, before) else Purpose.OTHER


def _distance(cue_start: int, cue_end: int, start: int, end: int) -> int:
    """Characters between a cue and a sum that do not overlap."""
    return start - cue_end if cue_end <= start else cue_start - end


def _period_after(text: str, end: int, tables: _Tables) -> str | None:
    found = tables.period.match(text, end)
    if not found:
        return None
    return next(name for name, value in found.groupdict().items() if value)


def _period_before(copy: MatchingCopy, start: int) -> str | None:
    found = _PERIOD_BEFORE.search(copy.folded, max(copy.clause_at(start)[0], start - 22), start)
    return next(name for name, value in found.groupdict().items() if value) if found else None


def _is_other(copy: MatchingCopy, book: Phrasebook, match: re.Match[str]) -> bool:
    return book.has("not_agent_fee", copy, (match.start() - 25, match.end() + 25))


@cache
def _load_tables() -> _Tables:
    content = yaml.load(MONEY_FILE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - strings only
    multipliers = {fold(word): float(row["times"]) for row in content["units"] for word in row["words"]}
    words = {fold(word): float(value) for value, row in content["number_words"].items() for word in row}
    currencies = {_joined(fold(word)): row["code"] for row in content["currencies"] for word in row["words"]}
    rates = {row["code"]: float(row["inr"]) for row in content["currencies"]}
    return _Tables(
        multipliers, words, currencies, rates, _compile(content, multipliers, words), _compile_period(content)
    )


def _joined(word: str) -> str:
    return re.sub(r"[\s.\-/]+", "", word)


def _alternatives(words: list[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s?") for word in sorted(words, key=len, reverse=True))


def _compile(
    content: dict[str, list[dict[str, list[str]]]], units: dict[str, float], words: dict[str, float]
) -> re.Pattern[str]:
    names = [fold(word) for row in content["currencies"] for word in row["words"]]
    money = rf"(?:{_alternatives(names)})"
    number = r"\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d+(?:\.\d+)?"
    spoken = rf"(?:(?:saadhe|sadhe|साढे|sava|sawa|सवा|paune|pone|पौने)\s)?(?:{_alternatives(list(words))})(?:\s(?:{_alternatives(list(words))}))?"
    unit = _alternatives(list(units))
    end = rf"(?![^\W\d_]|[{INDIC}])"
    return re.compile(
        rf"(?:(?<![^\W\d_])(?P<before>{money})\s?[:.\-]?\s?)?"
        rf"(?:(?<![\w.,/\-])(?P<digits>{number})|{BEGIN}(?P<words>{spoken}){END})"
        rf"(?:\s?(?:-|–|to|se)\s?(?P<high>{number}))?"
        rf"(?:\s?(?P<unit>{unit}){end})?"
        rf"(?:\s?/?\s?(?P<after>{money}){end})?"
    )


def _compile_period(content: dict[str, dict[str, list[str]]]) -> re.Pattern[str]:
    groups = "|".join(
        rf"(?P<{name}>{'|'.join(fold(word).replace(' ', chr(92) + 's?') for word in words)})"
        for name, words in content["periods"].items()
    )
    lead = r"(?:\s?(?:inr|rs|rupees|rupaye|रुपये|रुपए|/-|\+|only|net|gross|salary|सैलरी|after tax)){0,2}"
    return re.compile(rf"{lead}\s?\(?(?:/|per|a|an|every|each|हर|प्रति|har|ek|p\.?)?\s?(?:{groups})(?![^\W\d_])")
