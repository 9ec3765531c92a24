"""Looks over the texts of an alert before anybody may approve it, and names them by a hash. Pure.

A drill that reads like the real thing, and a real warning marked as a test, have both gone out elsewhere (Hawaii 2018,
AccuWeather 2018): the mark must stand where it belongs and nowhere else, in every language.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bot.alerts.states import AlertStatus
from bot.presenters.reply import as_plain
from bot.presenters.splitting import MESSAGE_LIMIT, split_html

# The words that mark a test and hardly mean anything else; they are refused in earnest.
CLEAR_MARKS = (
    r"\btests?\b",
    r"\bdrills?\b",
    r"\bexercise only\b",
    r"\bmock\b",
    r"\brehearsal\b",
    r"\bparikshan\b",
    r"परीक्षण|टेस्ट|ड्रिल",
    r"ਟੈਸਟ|ਡਰਿੱਲ",
    r"ടെസ്റ്റ്|ഡ്രിൽ",
    r"டெஸ்ட்",
    r"టెస్ట్|డ్రిల్",
    r"পরীক্ষামূলক|পরীক্ষণ|টেস্ট|ড্রিল",
    r"પરીક્ષણ|ટેસ્ટ|ડ્રિલ",
    r"ಟೆಸ್ಟ್|ಡ್ರಿಲ್",
    r"ପରୀକ୍ଷଣ|ଟେଷ୍ଟ|ଡ୍ରିଲ",
    r"ٹیسٹ|ڈرل",
)
# The words that mark a test as well, and elsewhere mean an exam, a raid, an ordeal: a warning may need them.
OTHER_MARKS = (
    r"अभ्यास|चाचणी",
    r"ਪਰਖ",
    r"പരീക്ഷണ",
    r"சோதனை",
    r"పరీక్ష",
    r"ಪರೀಕ್ಷೆ",
    r"آزمائش",
)
# Tests that notices really speak of, and that mark nothing: "a trade test", "medical tests".
ORDINARY_TESTS = re.compile(
    r"\b(?:trade|skills?|medical|health|blood|drug|dna|hiv|tb|covid(?:-19)?|pcr|rt-pcr|language|english|driving|"
    r"aptitude|typing|entrance|admission|pregnancy|polygraph|fitness)[ -]tests?\b"
    r"|(?:चिकित्सा|स्वास्थ्य|कौशल|मेडिकल|हेल्थ|ट्रेड|ब्लड|स्किल)[ -](?:परीक्षण|टेस्ट)"
    r"|(?:ਮੈਡੀਕਲ|ਟਰੇਡ) ਟੈਸਟ|(?:മെഡിക്കൽ|ട്രേഡ്) ടെസ്റ്റ്|(?:மெடிக்கல்|டிரேட்) டெஸ்ட்|(?:మెడికల్|ట్రేడ్) టెస్ట్"
    r"|(?:মেডিকেল|মেডিক্যাল|ট্রেড) টেস্ট|(?:મેડિકલ|ટ્રેડ) ટેસ્ટ|(?:ಮೆಡಿಕಲ್|ಟ್ರೇಡ್) ಟೆಸ್ಟ್|(?:ମେଡିକାଲ|ଟ୍ରେଡ) ଟେଷ୍ଟ"
    r"|(?:میڈیکل|ٹریڈ) ٹیسٹ",
    re.IGNORECASE,
)
CLEAR_MARK = re.compile("|".join(CLEAR_MARKS), re.IGNORECASE)
ANY_MARK = re.compile("|".join((*CLEAR_MARKS, *OTHER_MARKS)), re.IGNORECASE)
LEFT_OPEN = re.compile(r"\{[a-z_]*\}")  # a value that was never put in
FEWEST_LETTERS = 40  # beside links; less than that warns of nothing


class BadWording(Exception):
    """The texts of an alert may not go out as they are; the message names each fault and its language."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("The alert cannot go out like this: " + "; ".join(self.faults))


@dataclass(frozen=True)
class Text:
    """One text of an alert: the language, for whom it is, the message, its digest entry, what the old one becomes."""

    language: str
    reader: str
    html: str
    headline: str
    edit: str | None


def require_good_wording(texts: Iterable[Text], status: AlertStatus) -> None:
    """Raise BadWording unless every text may go out with this status."""
    faults = [fault for text in texts for fault in find_faults(text, status)]
    if faults:
        raise BadWording(dict.fromkeys(faults))


def find_faults(text: Text, status: AlertStatus) -> list[str]:
    """Name what is wrong with one text."""
    faults = []
    for part in (text.html, text.headline, text.edit):
        if part is not None and (fault := _fault_of_mark(as_plain(part), status)):
            faults.append(f"{text.language}: {fault}")
            break
    if len(re.sub(r"https?://\S+", "", as_plain(text.html)).strip()) < FEWEST_LETTERS:
        faults.append(f"{text.language}: there is hardly any text")
    if left_open := LEFT_OPEN.search(text.html):
        faults.append(f"{text.language}: a value was not put in: {left_open.group()}")
    if not _fits(text.html):
        faults.append(f"{text.language}: it is longer than one message ({MESSAGE_LIMIT} characters)")
    return faults


def hash_content(texts: Iterable[Text], decided: Mapping[str, Any]) -> str:
    """Name exactly what is approved by a SHA-256: every text, and what was decided (audience, status, …)."""
    ordered = sorted((asdict(text) for text in texts), key=lambda fields: (fields["language"], fields["reader"]))
    whole = {"texts": ordered, "decided": dict(decided)}
    return hashlib.sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _fits(html: str) -> bool:
    """Whether it is one message. What fits with its markup fits without; only a long one has to be read."""
    return len(html.encode("utf-16-le")) // 2 <= MESSAGE_LIMIT or len(split_html(html)) == 1


def _fault_of_mark(plain: str, status: AlertStatus) -> str | None:
    if status is AlertStatus.TEST:
        return None if ANY_MARK.search(plain) else "it is a test and does not say so"
    mark = CLEAR_MARK.search(ORDINARY_TESTS.sub(" ", plain))
    return f"it is meant in earnest and says {mark.group()!r}" if mark else None
