"""Finds the telephone numbers, e-mail addresses and official sites that a notice gives, each as it is written. Pure.

A number or address that the notice warns of (a spoofed number, a fake site) is no contact and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

import phonenumbers

from ingest.understanding.notice import Notice
from ingest.understanding.proposals import GUESSED, LIKELY, SURE, Contact, ContactKind, Proposal, nothing

OFFICIAL_ENDINGS = (".gov.in", ".nic.in")
_AT = r"\s?(?:@|\[\s?at\s?\]|\(\s?at\s?\)|\{\s?at\s?\})\s?"
_DOT = r"\s?(?:\.|\[\s?(?:dot|\.)\s?\]|\(\s?(?:dot|\.)\s?\)|\{\s?dot\s?\})\s?"
_PLAIN_EMAIL = r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_HIDDEN_EMAIL = rf"[A-Za-z0-9_+-]+(?:{_DOT}[A-Za-z0-9_+-]+){{0,4}}{_AT}[A-Za-z0-9-]+(?:{_DOT}[A-Za-z0-9-]+){{1,4}}"
_EMAIL = re.compile(rf"(?<![\w.@-])(?:{_PLAIN_EMAIL}|{_HIDDEN_EMAIL})(?![\w@])", re.IGNORECASE)
_SITE = re.compile(
    rf"(?<![\w@.-])(?:https?://)?(?:[a-z0-9-]+{_DOT}){{1,4}}(?:gov|nic){_DOT}in"
    r"(?:/[^\s,;)\]]*)?(?![\w@-])",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"(?:helpline|toll ?free|dial|call|हेल्पलाइन|टोल फ्री|ہیلپ لائن|ഹെൽപ്പ്ലൈൻ|ഹെൽപ്‌ലൈൻ|உதவி எண்)"
    r"(?:\s(?:number|no\.?|नंबर|نمبر))?"
    r"[\s:–-]{1,3}(?:is\s|at\s)?(?P<number>1\d{2,4})(?!\d)",
    re.IGNORECASE,
)
_WHATSAPP = re.compile(r"whats ?app|व्हाट्सएप|व्हाट्सऐप|واٹس ?ایپ|വാട്സ്", re.IGNORECASE)
_FALSE = re.compile(
    r"\b(?:fake|spoof\w*|fraudulent|bogus|impersonat\w*|scammers?|fraudsters?|phish\w*"
    r"|not (?:the )?official|does not belong"
    r"|do not (?:visit|use|call|respond)|beware of)\b|फर्जी|फ़र्जी|नकली|جعلی|വ്യാജ|போலி|నకిలీ|ভুয়া|નકલી|ਜਾਅਲੀ|ನಕಲಿ|ନକଲି",
    re.IGNORECASE,
)
_OWNER = re.compile(
    r"(?:Embassy|High Commission|Consulate(?: General)?|Assistant High Commission) of India,?(?: in| at)? ?"
    r"[A-Z][\w-]+(?: [A-Z][\w-]+)?"
    r"|(?:Indian (?:Embassy|Consulate)(?: in| at)?,? ?[A-Z][\w-]+)|(?:MEA )?(?:Special )?Control Room"
    r"|MADAD|Pravasi Bharatiya Sahayata Kendra"
)
_SENTENCE_END = re.compile(r"(?<=\d)[.](?=\s+\d)")
_MAY_BE_A_PHONE = re.compile(r"\d(?:[\s()./+-]{0,3}\d){6}")
_AROUND = 40  # characters in which "WhatsApp" speaks of a number
_FEWEST_DIGITS = 7


def propose_contacts(notice: Notice, countries: Iterable[str]) -> Proposal[tuple[Contact, ...]]:
    """Return the contacts of a notice in order; numbers without a country code are read as of `countries`, then IN."""
    regions = [*dict.fromkeys([*countries, "IN"])][:3]
    found: dict[tuple[ContactKind, str], Contact] = {}
    for start, contact in sorted(_find_all(notice, regions), key=lambda pair: pair[0]):
        if not _FALSE.search(_surroundings(notice, start)):
            found.setdefault((contact.kind, contact.value), contact)
    if not found:
        return nothing(())
    contacts = tuple(found.values())
    return Proposal(contacts, min(map(_confidence, contacts)), tuple(dict.fromkeys(one.words for one in contacts)))


def _find_all(notice: Notice, regions: list[str]) -> Iterator[tuple[int, Contact]]:
    taken: list[range] = []
    for start, contact in [*_find_emails(notice), *_find_sites(notice)]:
        place = range(start, start + len(contact.words))
        if not any(place.start in other for other in taken):
            taken.append(place)
            yield start, contact
    for start, contact in _find_phones(notice, regions):
        if not any(start in other for other in taken):
            yield start, contact


def _find_emails(notice: Notice) -> Iterator[tuple[int, Contact]]:
    for found in _EMAIL.finditer(notice.text):
        value = re.sub(_DOT, ".", re.sub(_AT, "@", found.group(), flags=re.IGNORECASE), flags=re.IGNORECASE).lower()
        yield found.start(), Contact(ContactKind.EMAIL, value.rstrip("."), found.group(), _owner(notice, found.start()))


def _find_sites(notice: Notice) -> Iterator[tuple[int, Contact]]:
    for found in _SITE.finditer(notice.text):
        words = found.group().rstrip(".")
        plain = re.sub(_DOT, ".", words, flags=re.IGNORECASE)
        address = plain if "//" in plain else f"https://{plain}"
        host = urlsplit(address).hostname or ""
        if host.endswith(OFFICIAL_ENDINGS):
            yield found.start(), Contact(ContactKind.SITE, address, words, _owner(notice, found.start()))


def _find_phones(notice: Notice, regions: list[str]) -> Iterator[tuple[int, Contact]]:
    seen: list[range] = []
    text = _SENTENCE_END.sub("|", notice.text)  # of the same length: a number does not reach into the next sentence
    for region in regions if _MAY_BE_A_PHONE.search(notice.plain.folded) else ():
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.POSSIBLE):
            place = range(match.start, match.end)
            if any(place.start in other for other in seen) or not _is_phone(match, text):
                continue
            seen.append(place)
            value = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
            yield match.start, _phone(notice, match.start, match.end, value, match.raw_string)
    for found in _SHORT.finditer(notice.plain.folded):
        start, end = notice.plain.origins[found.start("number")], notice.plain.ends[found.end("number") - 1] + 1
        yield start, _phone(notice, start, end, found["number"], notice.text[start:end])


def _is_phone(match: phonenumbers.PhoneNumberMatch, text: str) -> bool:
    """With a plus any possible number is one; without it only a valid one, for dates and sums are possible too."""
    if sum(letter.isdigit() for letter in match.raw_string) < _FEWEST_DIGITS:
        return False
    if match.raw_string.startswith("+") or text[max(0, match.start - 3) : match.start].strip().startswith("00"):
        return True
    return phonenumbers.is_valid_number(match.number)


def _phone(notice: Notice, start: int, end: int, value: str, words: str) -> Contact:
    line_start, line_end = notice.text.rfind("\n", 0, start) + 1, notice.text.find("\n", end)
    line_end = len(notice.text) if line_end < 0 else line_end
    around = notice.text[max(line_start, start - _AROUND) : min(line_end, end + _AROUND // 2)]
    kind = ContactKind.WHATSAPP if _WHATSAPP.search(around) else ContactKind.PHONE
    return Contact(kind, value, words, _owner(notice, start))


def _owner(notice: Notice, position: int) -> str | None:
    """Whose contact it is: the mission or room named last before it, in its own paragraph or the one above."""
    above = notice.text.rfind("\n\n", 0, max(0, notice.text.rfind("\n\n", 0, position)))
    named = list(_OWNER.finditer(notice.text, max(0, above), position))
    return " ".join(named[-1].group().split()) if named else None


def _surroundings(notice: Notice, position: int) -> str:
    """The sentence of a contact; in a list also the line that opens the list."""
    sentence = notice.sentence_at(position)
    opening = notice.text[: sentence.start].rstrip()
    if opening.endswith(":") or not sentence.words[:1].isalpha():
        place = max(0, notice.text.rfind("\n", 0, notice.text.rfind(":", 0, sentence.start)))
        return notice.text[place : sentence.end]
    return sentence.words


def _confidence(contact: Contact) -> float:
    if contact.kind is ContactKind.SITE or "@" in contact.value:
        return (
            SURE if contact.value.split("/")[2 if "//" in contact.value else 0].endswith(OFFICIAL_ENDINGS) else GUESSED
        )
    return SURE if contact.words.startswith("+") else LIKELY
