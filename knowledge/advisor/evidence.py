"""How much of a concrete offer a message shows: terms, sums, work and place. Counts; decides nothing."""

from __future__ import annotations

import re

from knowledge.reading.offer import Offer
from knowledge.reading.red_flags import ShownFlag

_AD_LINES = 4
_AD_BULLETS = 3
_AD_WORDS = 3
_LONG_STORY = 250  # characters
_TERMS = ("term_interview", "term_contract", "term_visa", "term_free", "term_hours", "term_selected", "term_pay")
_BULLETS = re.compile(r"[✅✔❌🚫👉🔹🔸💰📞📲☎️📍✈️🔥•●▪►*]")
_PHONE = re.compile(r"\+?91[\s\-]?\d{5}[\s\-]?\d{5}|\b[6-9]\d{9}\b|\b\d{5}[\s\-]\d{5}\b")


def offer_evidence(offer: Offer, flags: tuple[ShownFlag, ...], subjects: int) -> int:
    """Points for a concrete offer (positive) or a general question (negative).

    `subjects` is how many subjects of questions the message touches.
    """
    return _points_for(offer, flags) - _points_against(offer, flags, subjects)


def _points_for(offer: Offer, flags: tuple[ShownFlag, ...]) -> int:
    text = offer.copy.original
    points = 2 * offer.promises_pay + 2 * bool(offer.fees) + offer.has("has_contract") + offer.has("work_visa")
    points += 2 * offer.has("offer_words") + 2 * _looks_like_ad(text) + bool(_PHONE.search(text))
    points += bool(offer.work) + (offer.licence is not None) + (len(text) > _LONG_STORY) + describes_offer(offer)
    points += 2 * _tells_of_work_with_a_sign(offer, flags)
    return points + min(len(flags), 3) + (len(offer.book.find("ad_words", offer.copy)) >= _AD_WORDS)


def _tells_of_work_with_a_sign(offer: Offer, flags: tuple[ShownFlag, ...]) -> bool:
    """Work in a named country that is told, not asked about, and shows a warning sign: "job in Baku, no contract"."""
    return bool(flags and offer.destinations and offer.about_work and not asks_or_supposes(offer))


def asks_or_supposes(offer: Offer) -> bool:
    """Whether it is a question, a supposition ("can police ...", "if they ...") or a mere journey, no told offer."""
    return any(offer.has(cue) for cue in ("question_words", "condition", "hypothetical", "tourism_only"))


def _looks_like_ad(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    return len(lines) >= _AD_LINES or len(_BULLETS.findall(text)) >= _AD_BULLETS


def _points_against(offer: Offer, flags: tuple[ShownFlag, ...], subjects: int) -> int:
    described = describes_offer(offer)
    told = offer.has("offer_words") or described or len(flags) > 1 or (offer.promises_pay and flags)
    concrete = offer.promises_pay or offer.fees or flags or described
    points = 2 if offer.has("question_words") and not told else 0
    if not concrete and (subjects or not offer.about_work or offer.has("tourism_only")):
        points += 2 if offer.about_work else 4
    return points + max(0, subjects - 2)


def describes_offer(offer: Offer) -> bool:
    """A place is named, work or a promise, and a sum or two of the terms an offer has: interview, contract, stay."""
    if not offer.destinations or not (offer.work or offer.has("offer_words")):
        return False
    return count_terms(offer) > 1 or bool(offer.work and offer.sums)


def tells_terms(offer: Offer) -> bool:
    """Work in a named place is told, not asked about, with two or more terms of an offer and a step that is done."""
    if offer.has("question_words") or offer.has("complain_ask") or offer.has("cheated"):
        return False
    return bool(offer.destinations and offer.work) and count_terms(offer) > 1 and offer.has("step_done")


def count_terms(offer: Offer) -> int:
    """How many different terms of an offer stand in the message."""
    return sum(offer.has(term) for term in _TERMS)


def names_foreign_place(offer: Offer) -> bool:
    """Whether a country other than India is named, also by a city, its people or its money."""
    return any(mention.code != "IN" for mention in offer.mentions)
