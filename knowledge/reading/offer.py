"""What a message shows of an offer: where to, what work, which sums, which licence, which contacts. Judges nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

import ada_url

from knowledge.reading.countries import CountryMention, find_countries
from knowledge.reading.matching import Letters, MatchingCopy, make_matching_copy, undisguise
from knowledge.reading.money import Purpose, Sum, find_sums
from knowledge.reading.phrases import Phrasebook, Span
from knowledge.reading.routes import destinations, stops
from knowledge.vocabulary import WorkScope

# The shape of rules.md, "Licence number format": B-1234/MUM/PER/1000+/5/12345/2022 and its shorter, looser variants.
_LICENCE = re.compile(
    r"(?:\b(?:rc|ra|regd?|regn|lic(?:en[cs]e)?|registration|लाइसेंस)\W{0,3}(?:no|number|नं|नंबर)?\W{0,3})?"
    r"\b[a-z]?-?\s?\d{3,4}\s?/\s?[a-z]{2,12}\s?/\s?(?:per|part|com|ind|ltd)\w*\s?/[\w+\-/ ]{2,40}|\bb-\d{3,4}\b",
)
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"')]+|\b[a-z0-9][a-z0-9\-]*(?:\.[a-z0-9\-]+)*\.[a-z]{2,12}(?:/[^\s<>]*)?\b"
)
_NO_DOMAIN = re.compile(
    r"(?:\d+(?:\.\d+)+[a-z]*|[bm]\.(?:sc|com|tech|ed|pharm)|\w\.\w\.?|.*\.(?:no|nos|pls|plz|the|and|sir|pdf|jpg|jpeg|png|doc|docx|ok|hr|only))$"
)
_MAIL = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)*")
_PHONE = re.compile(r"(?<!\w)\(?\+?\d[\d\s\-().]{8,17}\d(?!\w)|(?<!\w)\d{5}/\d{5}(?!\w)")

_SCOPES = {
    WorkScope.MILITARY: "army_strong",
    WorkScope.DIGITAL: "scam_role",
    WorkScope.DOMESTIC: "domestic_role",
    WorkScope.CARE: "care_role",
    WorkScope.NURSING: "nursing_role",
    WorkScope.CONSTRUCTION: "construction_role",
    WorkScope.MINING_AND_PLANT: "plant_role",
    WorkScope.SEAFARER: "seafarer_role",
    WorkScope.FARM: "farm_role",
    WorkScope.DRIVING: "driving_role",
    WorkScope.SECURITY: "security_role",
    WorkScope.STUDY: "study_words",
    WorkScope.UNSKILLED: "low_skill_role",
}


@dataclass(frozen=True)
class Offer:
    """The facts of one message. Countries are ISO 3166 alpha-2; positions are those of `copy.folded`."""

    copy: MatchingCopy
    book: Phrasebook
    mentions: tuple[CountryMention, ...]
    destinations: tuple[str, ...]
    stops: tuple[str, ...]
    sums: tuple[Sum, ...]
    licence: str | None
    links: tuple[str, ...]
    work: frozenset[WorkScope]

    def has(self, concept: str) -> bool:
        """Whether a concept of the phrase lists stands in the message."""
        return bool(self.find(concept))

    def find(self, concept: str) -> tuple[Span, ...]:
        """Every place where the concept stands, in order; searched once, since many flags ask for the same ones."""
        if concept not in self._found:
            self._found[concept] = tuple(self.book.find(concept, self.copy))
        return self._found[concept]

    @cached_property
    def _found(self) -> dict[str, tuple[Span, ...]]:
        return {}

    @cached_property
    def fees(self) -> tuple[Sum, ...]:
        """Sums that are asked of the person."""
        return tuple(sum_ for sum_ in self.sums if sum_.purpose is Purpose.FEE)

    @cached_property
    def pay(self) -> tuple[Sum, ...]:
        """Sums that are promised as pay; a foreign sum with no other cue counts as pay."""
        named = tuple(sum_ for sum_ in self.sums if sum_.purpose is Purpose.PAY)
        return named or tuple(s for s in self.sums if s.purpose is Purpose.OTHER and s.currency not in ("INR",))

    @property
    def visas(self) -> tuple[str, ...]:
        """Which kinds of visa are spoken of: visit, visa_free, work, student."""
        cues = {"visit": "visit_visa", "visa_free": "visa_free", "work": "work_visa", "student": "student_visa"}
        return tuple(kind for kind, cue in cues.items() if self.has(cue))

    @property
    def contacts(self) -> tuple[str, ...]:
        """Through what the recruiter is reached: phone, social, mail, link. Never the number or address itself."""
        text = self.copy.folded
        found = {
            "phone": _PHONE.search(text) is not None,
            "social": self.has("social_contact"),
            "mail": _MAIL.search(text) is not None,
            "link": bool(self.links),
        }
        return tuple(kind for kind, there in found.items() if there)

    @property
    def deadline(self) -> str | None:
        """The person's own words for the latest moment they are given, if any."""
        hit = self.book.first("urgency", self.copy)
        return self.copy.quote(hit.start, hit.end) if hit else None

    @cached_property
    def promises_pay(self) -> bool:
        """Whether pay stands in the message, also as a bare sum beside a job ("data entry, 80k")."""
        bare = any(s.purpose is Purpose.OTHER and s.inr >= 8_000 for s in self.sums)  # rupees a month
        return bool(self.pay) or (bare and self.about_work)

    @cached_property
    def about_work(self) -> bool:
        """Whether the message speaks of work at all."""
        return self.has("job_words") or bool(self.work - {WorkScope.STUDY})

    @cached_property
    def shows_licence(self) -> bool:
        """Whether a licence number or a licensed agency is named (which proves nothing, but is no missing licence)."""
        return self.licence is not None or self.has("named_as_licensed")


def read_offer(text: str, book: Phrasebook) -> Offer:
    """Read one message. Takes any text, also an empty one."""
    copy = make_matching_copy(text)
    plain = undisguise(text)
    mentions = find_countries(plain.text)
    licence = _LICENCE.search(copy.folded)
    return Offer(
        copy=copy,
        book=book,
        mentions=tuple(_as_sent(mention, plain) for mention in mentions),
        destinations=destinations(plain.text, mentions),
        stops=stops(plain.text, mentions),
        sums=find_sums(copy, book),
        licence=copy.quote(licence.start(), licence.end()) if licence else None,
        links=find_links(text),
        work=frozenset(scope for scope, concept in _SCOPES.items() if book.has(concept, copy)),
    )


def _as_sent(mention: CountryMention, plain: Letters) -> CountryMention:
    """A mention at its place in the message as it was sent, where hidden words had to be written out first."""
    return replace(mention, start=plain.firsts[mention.start], end=plain.lasts[mention.end - 1] + 1)


def find_links(text: str) -> tuple[str, ...]:
    """Web addresses as written, mail addresses left out."""
    without_mail = _MAIL.sub(" ", text.lower())
    return tuple(link for link in _LINK.findall(without_mail) if not _NO_DOMAIN.fullmatch(link))


def host_of(link: str) -> str:
    """The host a browser would really open for a link (WHATWG rules), or "" where it is no address."""
    address = link if "://" in link else f"http://{link}"
    try:
        return str(ada_url.URL(address).hostname).lower()
    except ValueError:
        return ""


def mask_contacts(words: str) -> str:
    """A quote that may be shown: phone numbers and mail addresses hidden, links made unclickable."""
    masked = _MAIL.sub("[…@…]", words)
    masked = _PHONE.sub("[number hidden]", masked)
    return _LINK.sub(lambda found: found.group().replace("://", "[:]//").replace(".", "[.]"), masked)
