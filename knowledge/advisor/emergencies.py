"""Decides whether somebody is in need abroad right now. Pure; knows no helplines and words nothing.

A need is grave by itself (captive, beaten, in an army, in prison, missing, held for money), or it is one of several
means that are gone (pay, passport, food, papers, a way home), or small signs that say little alone. Fear, hearsay,
conditions and the terms of an offer are no need.
"""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.advisor.evidence import describes_offer, names_foreign_place
from knowledge.reading.offer import Offer
from knowledge.reading.phrases import Span

_GRAVE = ("captive", "violence", "in_army", "ransom", "prison")
_MEANS = ("unpaid", "passport_taken", "stranded", "trapped_by_papers", "no_way_home", "hurt")
_ALONE = ("unpaid",)  # one missing means that is enough
_ALONE_THERE = ("unpaid", "passport_taken", "stranded")  # the same, of somebody who is known to be abroad
_ENOUGH_MEANS = 2
_ENOUGH_SIGNS = 2  # means and small signs together: crying, a phone taken away, lost in a forest
_THREATS = ("ransom",)  # said as a condition ("or else"), and yet happening
_ORDINARY = {"captive": "held_by_nobody", "unpaid": "pay_not_due"}  # by cue: the reason that makes it no need
# How far around a cue, in characters of one sentence, a word can turn it into a fear or a condition.
_BEFORE = 60
_AFTER = 30
_DIRECTLY_AFTER = 12  # "pakde gaye to kya hoga"
_DIRECTLY_BEFORE = 12  # "will keep my passport"
_OWNER_BEFORE = 25  # "agent ka | phone band hai"


@dataclass(frozen=True)
class _Need:
    grave: tuple[str, ...]
    means: tuple[str, ...]
    there: bool  # somebody is said to be abroad already


def is_emergency(offer: Offer) -> bool:
    """Someone is captive, abused, in an army or prison, missing, or stranded abroad: now, and not as a mere fear."""
    if _weighs_offer(offer):
        return False
    need = _read_need(offer)
    if not _concerns_somebody(offer, need):
        return False
    if _only_warns(offer):
        return False
    if not _is_abroad(offer):
        return _is_grave_without_place(offer, need)
    if offer.has("cry_for_help") and (need.grave or need.means):
        return True
    if offer.has("asks_to_go") and not need.there:
        return "ransom" in need.grave
    return bool(need.grave) or _has_lost_means(offer, need)


def _weighs_offer(offer: Offer) -> bool:
    """The person weighs an offer: what they write of beatings or kept passports is a fear, or a term of it."""
    asks = offer.has("asks_to_go") or offer.has("asks_of_offer")
    return asks and describes_offer(offer) and not offer.has("cry_for_help")


def _only_warns(offer: Offer) -> bool:
    """A message that is passed on to warn others: it tells of people in need, none of them the writer's own."""
    return offer.has("warns_others") and not offer.has("own_need") and not offer.has("cry_for_help")


def _is_grave_without_place(offer: Offer, need: _Need) -> bool:
    """No country is named, and yet what is told happens to those who work abroad."""
    if "ransom" in need.grave or ("missing" in need.grave and offer.has("route")):
        return True
    if offer.mentions or describes_offer(offer) or offer.has("offer_words"):
        return False
    if "passport_taken" in need.means and len(need.means) >= _ENOUGH_MEANS:
        return True
    return bool({"violence", "captive"} & set(need.grave)) and offer.has("employer_there") and offer.about_work


def _read_need(offer: Offer) -> _Need:
    grave = tuple(cue for cue in _GRAVE if _happens(offer, cue)) + (("missing",) if _is_missing(offer) else ())
    means = tuple(cue for cue in _MEANS if _happens(offer, cue))
    return _Need(grave, means, there=offer.has("abroad_cue"))


def _concerns_somebody(offer: Offer, need: _Need) -> bool:
    """The writer or kin are named, or it is told without a subject, as people in need do: "riyadh me fase hai"."""
    if offer.has("self_or_kin") or len(need.means) >= _ENOUGH_MEANS:
        return True
    return need.there and not offer.has("question_words")


def _has_lost_means(offer: Offer, need: _Need) -> bool:
    there = need.there and not describes_offer(offer)  # "my brother is there already" may recommend an offer
    if len(need.means) >= _ENOUGH_MEANS:
        return True
    if there and len(need.means) + _count_signs(offer) >= _ENOUGH_SIGNS:
        return True
    alone = _ALONE_THERE if there else _ALONE
    return not offer.has("complain_ask") and any(cue in need.means for cue in alone)


def _count_signs(offer: Offer) -> int:
    """How many different small signs of distress are told, fears left out."""
    hits = (hit for hit in offer.book.find("distress", offer.copy) if not _is_unreal(offer, hit))
    return len({offer.copy.folded[hit.start : hit.end] for hit in hits})


def _is_abroad(offer: Offer) -> bool:
    """The person, or the one they speak of, is already in a foreign country, not merely invited there."""
    if not names_foreign_place(offer) and not offer.has("abroad_place"):
        return False
    return not (offer.pay and offer.has("ad_words") and len(offer.sums) > 1 and not offer.has("cry_for_help"))


def _is_missing(offer: Offer) -> bool:
    """Somebody who set out is not heard of; an agent who no longer answers is not missing."""
    if not offer.has("departed"):
        return False
    hits = (hit for hit in offer.book.find("missing", offer.copy) if not _is_unreal(offer, hit))
    return any(not _is_of_an_agent(offer, hit) for hit in hits)


def _is_of_an_agent(offer: Offer, hit: Span) -> bool:
    return offer.book.has("agents_silence", offer.copy, (max(0, hit.start - _OWNER_BEFORE), hit.end))


def _happens(offer: Offer, cue: str) -> bool:
    """Whether a cue stands anywhere outside fear, hearsay, condition and what is still to come."""
    return any(
        not _is_unreal(offer, hit, threat=cue in _THREATS)
        and not (cue in _MEANS and _is_still_to_come(offer, hit))
        and not (cue in _ORDINARY and _has_ordinary_reason(offer, hit, _ORDINARY[cue]))
        for hit in offer.book.find(cue, offer.copy)
    )


def _is_unreal(offer: Offer, hit: Span, *, threat: bool = False) -> bool:
    """Whether the words around a cue make it a fear, hearsay, a condition or something long over."""
    start, end = offer.copy.clause_at(hit.start)
    before = (max(start, hit.start - _BEFORE), hit.end)
    around = (before[0], min(end, hit.end + _AFTER))
    after = (hit.end, min(end, hit.end + _DIRECTLY_AFTER))
    if any(offer.book.has(cue, offer.copy, around) for cue in ("hypothetical", "rescued_before")):
        return True
    if offer.book.has("conditional_after", offer.copy, after):
        return True
    if threat or not offer.book.has("condition", offer.copy, before):
        return False
    return not offer.book.has("threat_after_condition", offer.copy, before)  # "if he misses the target they beat him"


def _has_ordinary_reason(offer: Offer, hit: Span, reason: str) -> bool:
    """Whether weather, house rules or leave stand beside a cue in its sentence."""
    start, end = offer.copy.clause_at(hit.start)
    return offer.book.has(reason, offer.copy, (max(start, hit.start - _BEFORE), min(end, hit.end + _AFTER)))


def _is_still_to_come(offer: Offer, hit: Span) -> bool:
    """Whether it is a term of a contract: "they will keep the passport"."""
    start, end = offer.copy.clause_at(hit.start)
    around = (max(start, hit.start - _DIRECTLY_BEFORE), min(end, hit.end + _AFTER))
    return offer.book.has("still_to_come", offer.copy, around)
