"""Sums of money in a message: how much, in which currency, per what, and what for. Reads text; judges nothing.

Understands 3.5 lakh, 3,50,000, ₹३५००००, "teen lakh", "साढ़े तीन लाख", 80k, AED 1500, 180 KD, 14,000 pounds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from knowledge.reading.beginnings import BEGIN, INDIC
from knowledge.reading.folding import fold
from knowledge.reading.matching import MatchingCopy
from knowledge.reading.phrases import END, Phrasebook, Span
from knowledge.yaml_files import read_yaml_strings

_EXTRAS_AFTER_PAY = re.compile(
    r"\s?(?:\+|and|plus|aur|और)\s?(?:ot\b|o\.t|over ?time|commission|tips?\b|service|incentives?|insentive|food|khana|"
    r"room|rehna|stay|bonus|trip|site|free|accommodation|ओवरटाइम|खाना|कमीशन|रहना|टिप)"
    r"|\s?,\s?(?:food|khana|khaana|खाना|ticket|टिकट|room|stay|rehna|रहना|accommodation)\s?(?:\w+\s)?(?:free|फ्री|muft|मुफ्त)"
)
_PERIOD_BEFORE = re.compile(
    r"(?P<week>weekly|per week)|(?P<hour>hourly|per hour)|(?P<year>annual|yearly|per annum|ctc)|(?P<day>daily)"
)
# Hindi says "a day's 6000": this counts only directly before the sum and without a number of its own.
_PERIOD_DIRECTLY_BEFORE = re.compile(
    r"(?<![\w\u0900-\u097f])(?<!\d\s)(?:"
    r"(?P<day>(?:har|हर)\s(?:din|roz|दिन|रोज)|rozana|roz(?:\s(?:ka|ke))?|din\s(?:ka|ke)|दिन\s(?:का|के)|रोज(?:\s(?:का|के))?|रोजाना)|"
    r"(?P<week>(?:har|हर)\s(?:hafte|हफ्ते)|hafte\s(?:ka|ke)|हफ्ते\s(?:का|के))|"
    r"(?P<hour>(?:har|हर)\s(?:ghante|घंटे)|ghante\s(?:ka|ke)|घंटे\s(?:का|के))|"
    r"(?P<year>saal\s(?:ka|ke|bhar\sme)|साल\s(?:का|के|भर\sमें)|salana|सालाना))"
    r"(?:\s(?:sirf|kam\sse\skam|करीब|सिर्फ|approx|upto|up\sto|around|rs\.?))?[\s:=\-]{0,3}$"
)
_FEE_CURRENCIES = ("INR", "USD", "EUR", "GBP")  # agents in India ask in these; other currencies are wages by default
_SHIFTS = {"saadhe": 0.5, "sadhe": 0.5, "saade": 0.5, "साढे": 0.5, "sava": 0.25, "sawa": 0.25, "सवा": 0.25}
_SHIFTS |= {"paune": -0.25, "pone": -0.25, "पौने": -0.25}
_ASKS_NO_MONEY = ("asks_no_money", "no_skills", "visa_free")
_NEAR = 14  # characters between a cue and its sum
_BESIDE = 24  # characters within which a word for something else than pay or fee holds
_ADJOINING = 3  # characters: a blank, or a currency sign
_PART_ENDS = re.compile(r", |\s(?:and|aur|और|but|lekin|लेकिन)\s")
_COMMA_APART = 8  # characters that the end of a part of the sentence counts for
_NOWHERE = 999
_LARGEST_PAY = 250_000  # rupees; a larger sum without any cue is asked, not paid
_THOUSAND = 1_000  # a smaller unit ("do sau") does not tell money from people
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
    """`ek lakh saath hazar` is one sum of 1,60,000, `ek hazar do sau riyal` one of 1,200 riyals."""
    joined: list[Sum] = []
    for sum_ in sums:
        if joined and _continues(joined[-1], sum_):
            joined[-1] = _added(joined[-1], sum_)
        else:
            joined.append(sum_)
    return joined


def _continues(first: Sum, rest: Sum) -> bool:
    """Whether the second number is the smaller part of one sum: lakhs then thousands, or thousands then hundreds."""
    if not 0 <= rest.start - first.end <= 2 or (first.named_currency and first.currency != rest.currency):
        return False
    lakhs = first.amount >= 100_000 > rest.amount >= 1_000 and first.amount % 100_000 == 0
    thousands = 100_000 > first.amount >= 1_000 > rest.amount >= 100 and first.amount % 1_000 == 0
    return lakhs or thousands


def _added(first: Sum, rest: Sum) -> Sum:
    """One sum of both parts; the money named after the last part counts for both, and so do its words."""
    rate = rest.inr / rest.amount
    purpose = first.purpose if rest.purpose is Purpose.OTHER else rest.purpose
    whole = first.amount + rest.amount
    return replace(rest, start=first.start, amount=whole, inr=whole * rate, purpose=purpose)


def _read_sum(match: re.Match[str], copy: MatchingCopy, book: Phrasebook, tables: _Tables) -> Sum | None:
    amount = _amount(match, tables)
    currency = _currency(match, tables)
    multiplied = tables.multipliers.get(match.group("unit") or "", 0) >= _THOUSAND
    if amount is None or _is_no_money(match, copy, amount, currency is not None, multiplied):
        return None
    code = currency or "INR"
    period = _period(match, copy, tables)
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
        return value * unit + tables.words.get(match.group("ones") or "", 0) if value is not None else None
    digits = match.group("high") or match.group("digits")
    try:
        return float(digits.replace(",", "").replace(" ", "")) * unit
    except ValueError:
        return None


def _words_value(words: str, tables: _Tables) -> float | None:
    """`saadhe teen` is 3.5, `sava do` 2.25, `forty five` 45, `das pandrah` its upper end 15; else the word's number."""
    head, *rest = re.split(r"[\s\-]+", words.strip())
    next_value = tables.words.get(rest[0]) if rest else None
    if head in _SHIFTS:
        return (1.0 if next_value is None else next_value) + _SHIFTS[head]
    value = tables.words.get(head)
    if value is None or next_value is None:
        return value
    return value + next_value if value >= 20 and value % 10 == 0 and next_value < 10 else max(value, next_value)


def _currency(match: re.Match[str], tables: _Tables) -> str | None:
    name = match.group("before") or match.group("after")
    return tables.currencies.get(re.sub(r"[\s.\-/]+", "", name)) if name else None


def _is_no_money(match: re.Match[str], copy: MatchingCopy, amount: float, named: bool, multiplied: bool) -> bool:
    """Phone numbers, years, ages, licence numbers, dates, seats: digits that are no money."""
    text, start, end = copy.folded, match.start(), match.end()
    if match.group("words") and not (multiplied or named):
        return True
    if re.search(
        r"(?:pin ?code|pincode|pin|otp|room|flat|id|ref|no|number|case|token|cr|tower)\W{0,3}$",
        text[max(0, start - 12) : start],
    ):
        return not (named or multiplied or "," in (match.group("digits") or ""))
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
    clause = (copy.clause_at(start)[0], copy.clause_at(end - 1)[1])  # the dot of "Rs. 500" ends no sentence
    window = (max(min(clause[0], start), start - 70), min(max(clause[1], end), end + 45))

    denied = book.find("no_upfront", copy, window)
    asked_otherwise = [span for cue in _ASKS_NO_MONEY for span in book.find(cue, copy, window)]

    def nearest(cue: str, *, over: bool = False) -> int:
        spans = [span for span in book.find(cue, copy, window) if over or span.end <= start or span.start >= end]
        distances = {span: _distance(copy.folded, span.start, span.end, start, end) for span in spans}
        if cue == "fee_cue":
            distances = {span: far for span, far in distances.items() if not _is_of_other_things(span, far)}
        return min(distances.values(), default=_NOWHERE)

    def _is_of_other_things(cue: Span, distance: int) -> bool:
        """Whether no money is asked with this cue, or something else is that stands apart from the sum."""
        others = denied if distance <= _ADJOINING else [*denied, *asked_otherwise]
        return any(other.start <= cue.start < other.end for other in others)

    if nearest("unrelated_money", over=True) <= _BESIDE:
        return Purpose.OTHER
    if period is not None or _EXTRAS_AFTER_PAY.match(copy.folded, end):
        return Purpose.PAY
    pay, fee, weak = nearest("pay_cue"), nearest("fee_cue"), nearest("not_agent_fee")
    if pay == fee == _NOWHERE and nearest("price_cue") <= _ADJOINING:
        fee = nearest("price_cue")
    if nearest("sent_for") <= _ADJOINING or nearest("pay_order", over=True) == 0:
        return Purpose.FEE
    if nearest("gives_pay") <= _ADJOINING:
        return Purpose.PAY
    if nearest("paid_by_employer", over=True) <= min(pay, fee, _BESIDE):
        return Purpose.PAY if foreign else Purpose.OTHER
    if weak <= _NEAR and weak < min(pay, fee) and nearest("to_recruiter") > _BESIDE:
        return Purpose.OTHER
    if foreign and fee > _NEAR:
        return Purpose.PAY
    if pay == fee == _NOWHERE:
        return _purpose_of_line_before(copy, book, window[0])
    return Purpose.PAY if pay < fee else Purpose.FEE


def _purpose_of_line_before(copy: MatchingCopy, book: Phrasebook, start: int) -> Purpose:
    before = (max(0, start - 40), start)
    if book.has("fee_cue", copy, before) and not book.has("pay_cue", copy, before):
        return Purpose.FEE
    return Purpose.PAY if book.has("pay_cue", copy, before) else Purpose.OTHER


def _distance(text: str, cue_start: int, cue_end: int, start: int, end: int) -> int:
    """Characters between a cue and a sum, 0 where they overlap; a comma or "and" between them counts for more."""
    first, last = (cue_end, start) if cue_end <= start else (end, cue_start)
    return max(0, last - first) + (_COMMA_APART if _PART_ENDS.search(text, first, last) else 0)


def _period(match: re.Match[str], copy: MatchingCopy, tables: _Tables) -> str | None:
    """Per what a sum is, as the unit ("9 LPA"), the words after it or the words before it say."""
    if match.group("unit") == "lpa":
        return "year"
    start = match.start()
    line = max(copy.clause_at(start)[0], start - 22)
    found = (
        tables.period.match(copy.folded, match.end())
        or _PERIOD_BEFORE.search(copy.folded, line, start)
        or _PERIOD_DIRECTLY_BEFORE.search(copy.folded, line, start)
    )
    return next(name for name, value in found.groupdict().items() if value) if found else None


def _is_other(copy: MatchingCopy, book: Phrasebook, match: re.Match[str]) -> bool:
    around = (match.start() - 25, match.end() + 25)
    return book.has("not_agent_fee", copy, around) or book.has("unrelated_money", copy, around)


@cache
def _load_tables() -> _Tables:
    content = read_yaml_strings(MONEY_FILE)
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
    shift, word = _alternatives(list(_SHIFTS)), _alternatives(list(words))
    spoken = rf"(?:(?:{shift})\s)?(?:{word})(?:[\s\-](?:{word}))?|(?:{shift})(?=\s(?:{_alternatives(list(units))}))"
    unit = _alternatives(list(units))
    end = rf"(?![^\W\d_]|[{INDIC}])"
    return re.compile(
        rf"(?:(?<![^\W\d_])(?P<before>{money})\s?[:.\-]?\s?|(?<![\w.,/\-]))"
        rf"(?:(?P<digits>{number})|{BEGIN}(?P<words>{spoken}){END})"
        rf"(?:\s?(?:-|–|to|se)\s?(?P<high>{number}))?"
        rf"(?:\s?(?P<unit>{unit}){end}(?:(?:(?<=sau)|(?<=सौ))\s(?P<ones>{word}){END})?)?"
        rf"(?:\s?/?\s?(?P<after>{money}){end})?"
    )


def _compile_period(content: dict[str, dict[str, list[str]]]) -> re.Pattern[str]:
    groups = "|".join(
        rf"(?P<{name}>{'|'.join(fold(word).replace(' ', chr(92) + 's?') for word in words)})"
        for name, words in content["periods"].items()
    )
    lead = r"(?:\s?(?:inr|rs|rupees|rupaye|रुपये|रुपए|/-|\+|only|net|gross|salary|सैलरी|after tax)){0,2}"
    return re.compile(rf"{lead}\s?\(?(?:/|per|a|an|every|each|हर|प्रति|har|ek|p\.?)?\s?(?:{groups})(?![^\W\d_])")
