"""Which red flags a message shows, each with the person's own words. Pure rules; says nothing about verdicts.

Every flag is one function that takes the offer and returns the span of the words that show it, or None. A phrase that
excuses (a refusal, a negation, an innocent meaning) takes away the hits that it overlaps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.reading.money import Purpose, Sum
from knowledge.reading.offer import Offer, host_of, mask_contacts
from knowledge.reading.phrases import Span
from knowledge.vocabulary import RedFlag, WorkScope
from knowledge.yaml_files import read_yaml

LAWFUL_SERVICE_CHARGE = 30_000  # rupees a worker, Emigration Rules, rule 25 (rule-B1)
LAWFUL_TOTAL_WITH_GST = 35_400  # with 18 % GST (rule-B2)
SCAM_COMPOUND_COUNTRIES = frozenset({"KH", "LA", "MM", "TH", "VN", "PH", "MY", "ID"})
# Where armies fight or recruit foreigners at present, so that a lone army word beside such work is enough.
_FRONTS = frozenset({"RU", "UA", "BY", "IL", "PS", "LB", "SY", "YE", "IQ", "LY", "SD", "MM", "ML", "CD"})
_SUPPORT_WORK = {WorkScope.DRIVING, WorkScope.CONSTRUCTION, WorkScope.UNSKILLED, WorkScope.SECURITY}
_PAY_FILE = Path(__file__).parent.parent / "data" / "pay.yaml"
_LONGEST_QUOTE = 90  # characters
_WEAK_URGENCY = re.compile(r"urgent(?:ly)?|immediate(?:ly)?|jaldi|asap|hurry|अर्जेंट|तुरंत|जल्दी")
_OFFICIAL_SUFFIXES = (".gov.in", ".nic.in")
_OFFICIAL_WORDS = re.compile(
    r"emigrate|(?<![a-z])mea(?![a-z])|gov(?:t|ernment)?(?![a-z])|embassy|ministry|indian?gov|madad"
)


@dataclass(frozen=True)
class ShownFlag:
    """A red flag and the words that show it, contacts masked."""

    code: RedFlag
    quote: str


def find_red_flags(offer: Offer) -> tuple[ShownFlag, ...]:
    """All red flags of the message, in the order of the contract."""
    found = ((code, find(offer)) for code, find in _FINDERS.items())
    return tuple(ShownFlag(code, _quote(offer, span)) for code, span in found if span is not None)


def shown_words(words: str) -> str:
    """The person's own words as they may be shown again: on one line, contacts masked, not too long."""
    words = mask_contacts(re.sub(r"\s+", " ", words).strip())
    return words if len(words) <= _LONGEST_QUOTE else words[: _LONGEST_QUOTE - 1].rsplit(" ", 1)[0] + "…"


def _quote(offer: Offer, span: Span) -> str:
    return shown_words(offer.copy.quote(span.start, span.end))


def _hits(offer: Offer, concept: str, excuses: Iterable[str] = ()) -> list[Span]:
    """Where the concept stands without an excuse over it."""
    excused = [span for excuse in excuses for span in offer.find(excuse)]
    return [hit for hit in offer.find(concept) if not any(_covers(span, hit) for span in excused)]


def _first(offer: Offer, concepts: Iterable[str], excuses: Iterable[str] = ()) -> Span | None:
    hits = [hit for concept in concepts for hit in _hits(offer, concept, excuses)]
    return min(hits, key=lambda hit: hit.start, default=None)


def _covers(excuse: Span, hit: Span) -> bool:
    """Whether an excuse stands over at least half of a hit; mere neighbours excuse nothing."""
    shared = min(excuse.end, hit.end) - max(excuse.start, hit.start)
    return shared * 2 >= min(hit.end - hit.start, 40)


def _find_visit_visa_work(offer: Offer) -> Span | None:
    if not offer.about_work:
        return None
    excuses = ("employment_negates_visit", "visa_given_free", "visit_of_others")
    kinds = ("visit_visa", "visa_free", "business_visa") if offer.has("low_skill_role") else ("visit_visa", "visa_free")
    hit = _first(offer, kinds, excuses)
    if hit is None and not offer.has("work_visa"):
        hit = _first(offer, ("electronic_visa",))
    later = ("convert_there",) if offer.has("work_visa") else ("convert_there", "convert_later")
    return hit or _first(offer, later, excuses)


def _find_upfront_fee(offer: Offer) -> Span | None:
    if _is_holiday(offer):
        return None
    excuses = ("no_upfront", "pay_later_cue", "refused_to_pay", "upfront_innocent")
    fees = [fee for fee in offer.fees if not _paid_after_visa(offer, fee)]
    money_words = _hits(offer, "money_asked", excuses)
    for cue in _hits(offer, "upfront_cue", excuses) if fees or money_words else ():
        if _money_near(offer, cue, fees, money_words) and not _now_that_visa_is_there(offer, cue):
            return cue
    if offer.has("receipt_cue") or offer.has("visa_issued_cue"):
        return None
    return next(iter(_hits(offer, "paid_cue", excuses)), None)


_NOW = re.compile(
    r"(?:\W|\d|fees?|charges?|फीस|शुल्क|ab(?:hi)?(?!\w)|now|today|aaj|अब|अभी|आज|rs|inr|rupees|rupaye|रुपये|रुपए"
    r"|hazaa?r|हजार)+"
)


def _now_that_visa_is_there(offer: Offer, cue: Span) -> bool:
    """Whether "now" means after the visa: it has come, and at most the lawful charge is taken against a receipt."""
    if (
        not offer.has("receipt_cue")
        or offer.has("visit_visa")
        or any(f.inr > LAWFUL_TOTAL_WITH_GST for f in offer.fees)
    ):
        return False
    issued = any(span.end <= cue.start for span in offer.find("visa_issued_cue"))
    return issued and _NOW.fullmatch(offer.copy.folded, cue.start, cue.end) is not None


def _is_holiday(offer: Offer) -> bool:
    """A journey without work, where prices are those of hotels and tours."""
    return offer.has("tourism_only") and not offer.about_work


_BEFORE = re.compile(r"before|prior|pehle|pahle|se pehle|पहले|से पहले")
_DIRECTLY_BEFORE = re.compile(r"\s*(?:rs|rupees|rupaye|रुपये|रुपए)?\s*(?:before|pehle|pahle|पहले|advance|एडवांस)(?!\w)")


def _money_near(offer: Offer, cue: Span, fees: list[Sum], money_words: list[Span]) -> bool:
    """A cue counts beside a sum that is asked, or where it names money itself; not beside pay or a later payment."""
    start, end = offer.copy.clause_at(cue.start) if _BEFORE.match(offer.copy.folded, cue.start) else (0, 10**6)
    if any(start - 1 <= fee.start < end + 25 and _apart(cue, fee) < 60 for fee in fees):
        return True
    if any(sum_.purpose is not Purpose.OTHER and _apart(cue, sum_) < 20 for sum_ in offer.sums):
        return False
    start, end = offer.copy.clause_at(cue.start)
    start, end = max(start, cue.start - 30), min(end, cue.end + 30)
    return any(start <= word.start and word.end <= end for word in money_words)


def _apart(cue: Span, sum_: Sum) -> int:
    """Characters between a cue and a sum, less than 1 where they touch or overlap."""
    return max(cue.start - sum_.end, sum_.start - cue.end)


def _paid_after_visa(offer: Offer, fee: Sum) -> bool:
    """Whether the words beside a fee put it after the visa; "rest after visa" speaks of another part."""
    start, end = offer.copy.clause_at(fee.start)
    later = offer.book.find("pay_later_cue", offer.copy, (start, min(end, fee.end + 60)))
    return any(_belongs_to(offer, fee, span) for span in later)


def _belongs_to(offer: Offer, fee: Sum, later: Span) -> bool:
    """Whether a time of payment is this fee's: no other sum and no word for another part in between."""
    if later.start < fee.end - 2:
        if _DIRECTLY_BEFORE.match(offer.copy.folded, fee.end):
            return False  # "go on a visit visa, 4 lakh before": the visa is only how one travels
        return fee.start - later.end < 25 and not offer.book.has("now_cue", offer.copy, (later.end, fee.start))
    other_sum = any(fee.end <= sum_.start < later.start for sum_ in offer.sums)
    return not other_sum and not offer.book.has("balance_cue", offer.copy, (fee.end, later.start))


def _find_fee_above_cap(offer: Offer) -> Span | None:
    fees = [] if _is_holiday(offer) else [fee for fee in offer.fees if not _is_refusal(offer, fee)]
    largest = max(fees, key=lambda fee: fee.inr, default=None)
    if largest is None:
        return None
    if round(largest.inr) > LAWFUL_TOTAL_WITH_GST:
        return Span(largest.start, largest.end)
    parts = {(fee.start, fee.inr) for fee in fees}
    if len(parts) > 1 and not offer.has("gst_words") and sum(inr for _, inr in parts) > LAWFUL_TOTAL_WITH_GST:
        return Span(fees[0].start, fees[-1].end) if offer.has("instalment_cue") else None
    return None


def _is_refusal(offer: Offer, fee: Sum) -> bool:
    return offer.book.has("refused_to_pay", offer.copy, (fee.start - 40, fee.end + 40))


def _find_unlicensed_agent(offer: Offer) -> Span | None:
    stated = _first(offer, ("no_licence", "sub_agent"), ("licence_unknown_to_person", "no_middleman"))
    if stated is not None:
        return stated
    if offer.shows_licence or offer.has("state_agency"):
        return None
    return _first(offer, ("consultancy", "travel_shop"), ("own_employer_words", "no_middleman"))


def _find_social_media_recruiter(offer: Offer) -> Span | None:
    hit = _first(offer, ("social_only",), ("social_innocent",))
    if hit is None and not offer.has("in_person"):
        hit = _first(offer, ("social_found",), ("social_innocent",))
    if hit is not None:
        return hit
    if offer.shows_licence or offer.has("state_agency") or offer.has("direct_employer") or offer.has("mail_or_office"):
        return None
    return _first(offer, ("social_contact",), ("social_innocent",)) if offer.has("contact_word") else None


def _find_unrealistic_pay(offer: Offer) -> Span | None:
    limits = _pay_limits(offer.destinations[0] if offer.destinations else None)
    skilled = offer.has("skilled_role") and not offer.has("army_strong")
    limit = limits["skilled" if skilled else "low"]
    best = max(offer.pay, key=lambda pay: pay.monthly_inr, default=None)
    about_work = offer.about_work or offer.has("wage_words")
    if best is None or not about_work or best.monthly_inr <= limit:
        return None
    return Span(best.start, best.end)


def _find_no_skills_needed(offer: Offer) -> Span | None:
    hit = _first(offer, ("no_skills",), ("skills_innocent",))
    return None if hit is None or offer.has("skills_asked") else hit


def _find_scam_compound_role(offer: Offer) -> Span | None:
    places = {mention.code for mention in offer.mentions}
    if not (places & SCAM_COMPOUND_COUNTRIES or offer.has("scam_region")):
        return None
    if offer.has("own_posting") or (offer.has("tourism_only") and not (offer.pay or offer.has("offer_words"))):
        return None
    return _first(offer, ("scam_role",), ("scam_role_innocent",))


def _find_military_support_role(offer: Offer) -> Span | None:
    hits = _army_hits(offer, "army_strong", ("army_innocent",))
    if _FRONTS & {mention.code for mention in offer.mentions}:
        for cue in ("army_lure", "army_word") if offer.work & _SUPPORT_WORK else ("army_lure",):
            hits += _army_hits(offer, cue, ("army_innocent", "army_figure_of_speech"))
    return min(hits, key=lambda hit: hit.start, default=None)


def _army_hits(offer: Offer, cue: str, excuses: Iterable[str]) -> list[Span]:
    return [hit for hit in _hits(offer, cue, excuses) if not _speaks_of_no_army(offer, hit, excuses)]


def _speaks_of_no_army(offer: Offer, hit: Span, excuses: Iterable[str]) -> bool:
    """Whether every army word inside a hit belongs to an excuse ("helper, nothing to do with the army")."""
    words = [word for word in offer.find("army_word") if hit.start <= word.start and word.end <= hit.end]
    excused = [span for excuse in excuses for span in offer.find(excuse)]
    return bool(words) and all(any(_covers(span, word) for span in excused) for word in words)


def _find_transit_route(offer: Offer) -> Span | None:
    hit = _first(offer, ("route",), ("innocent_route",))
    if hit is not None:
        return hit
    if _is_holiday(offer):
        return None
    only_flies = offer.has("one_flight") and not offer.has("onward_words")
    if not offer.stops or only_flies or offer.has("innocent_route") or WorkScope.SEAFARER in offer.work:
        return None
    mention = next((m for m in offer.mentions if m.code in offer.stops), None)
    return _span_of_original(offer, mention.start, mention.end) if mention else None


def _span_of_original(offer: Offer, start: int, end: int) -> Span | None:
    """The span of the matching copy for a span of the original text, with a little of what stands around it."""
    inside = [i for i, origin in enumerate(offer.copy.origins) if start <= origin < end]
    if not inside:
        return None
    clause_start, clause_end = offer.copy.clause_at(inside[0])
    return Span(max(clause_start, inside[0] - 25), min(clause_end, inside[-1] + 30))


def _find_passport_surrender(offer: Offer) -> Span | None:
    return _first(offer, ("passport_surrender",), ("passport_fine",))


def _find_urgency(offer: Offer) -> Span | None:
    hits = _hits(offer, "urgency", ("no_urgency", "urgency_innocent"))
    strong = [hit for hit in hits if not _WEAK_URGENCY.fullmatch(offer.copy.folded[hit.start : hit.end].strip())]
    if strong:
        return strong[0]
    return hits[0] if hits and not offer.shows_licence and not offer.has("skills_asked") else None


def _find_no_contract(offer: Offer) -> Span | None:
    return _first(offer, ("no_contract",), ("contract_innocent",))


def _find_secrecy(offer: Offer) -> Span | None:
    return _first(offer, ("secrecy",), ("secrecy_innocent",))


def _find_emigration_bypass(offer: Offer) -> Span | None:
    return _first(offer, ("emigration_bypass",), ("clearance_given", "clearance_question"))


def _find_government_impersonation(offer: Offer) -> Span | None:
    for link in offer.links:
        host = host_of(link)
        if _OFFICIAL_WORDS.search(host) and not host.endswith(_OFFICIAL_SUFFIXES):
            start = offer.copy.folded.find(link.split("/")[0])
            if start >= 0:
                end = start + len(link)  # hidden signs are counted here, but not in the copy
                return Span(start, min(end, len(offer.copy.folded)))
    excuses = ["negated_approval", "impersonation_innocent"]
    if offer.shows_licence:
        excuses.append("approved_agent")
    return _first(offer, ("government_impersonation",), excuses)


_FINDERS: dict[RedFlag, Callable[[Offer], Span | None]] = {
    RedFlag.VISIT_VISA_WORK: _find_visit_visa_work,
    RedFlag.UPFRONT_FEE: _find_upfront_fee,
    RedFlag.FEE_ABOVE_CAP: _find_fee_above_cap,
    RedFlag.UNLICENSED_AGENT: _find_unlicensed_agent,
    RedFlag.SOCIAL_MEDIA_RECRUITER: _find_social_media_recruiter,
    RedFlag.UNREALISTIC_PAY: _find_unrealistic_pay,
    RedFlag.NO_SKILLS_NEEDED: _find_no_skills_needed,
    RedFlag.SCAM_COMPOUND_ROLE: _find_scam_compound_role,
    RedFlag.MILITARY_SUPPORT_ROLE: _find_military_support_role,
    RedFlag.TRANSIT_ROUTE: _find_transit_route,
    RedFlag.PASSPORT_SURRENDER: _find_passport_surrender,
    RedFlag.URGENCY: _find_urgency,
    RedFlag.NO_CONTRACT: _find_no_contract,
    RedFlag.SECRECY: _find_secrecy,
    RedFlag.EMIGRATION_BYPASS: _find_emigration_bypass,
    RedFlag.GOVERNMENT_IMPERSONATION: _find_government_impersonation,
}


@cache
def _pay_table() -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    content = read_yaml(_PAY_FILE)
    by_country = {code: group for group in content["groups"] for code in group["countries"]}
    return by_country, content["other"]


def _pay_limits(country: str | None) -> dict[str, float]:
    by_country, other = _pay_table()
    return by_country.get(country or "", other)
