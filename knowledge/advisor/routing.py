"""Decides what kind of message it is and how far the person has gone. Pure; words nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from knowledge.reading.offer import Offer
from knowledge.reading.phrases import Span
from knowledge.reading.red_flags import ShownFlag
from knowledge.vocabulary import Kind, Stage

_OFFER_THRESHOLD = 3
_AD_LINES = 4
_NEXT_WORDS = 12  # characters in which a verb can still turn into a condition ("pakde gaye to kya hoga")
# What is an emergency by itself, and what is one only together with another.
_GRAVE = ("captive", "violence", "in_army", "ransom", "prison")
_MEANS = ("unpaid", "passport_taken", "stranded", "trapped_by_papers", "no_way_home", "hurt")
_THREATS = ("ransom",)  # said as a condition ("or else"), and yet happening
_BULLETS = re.compile(r"[✅✔❌🚫👉🔹🔸💰📞📲☎️📍✈️🔥•●▪►*]")
_PHONE = re.compile(r"\+?91[\s\-]?\d{5}[\s\-]?\d{5}|\b[6-9]\d{9}\b|\b\d{5}[\s\-]\d{5}\b")
_NAMED_AGENCY = re.compile(r"(?:[A-Z][\w&.]+\s+){1,4}[A-Z][\w&.]+")


class Subject(StrEnum):
    """What a question is about; each has fixed, sourced points."""

    FEE = "fee"
    CHECK_AGENT = "check_agent"
    SUB_AGENT = "sub_agent"
    ECR = "ecr"
    CLEARANCE = "clearance"
    PBBY = "pbby"
    WOMEN = "women"
    MADAD = "madad"
    CYBER_FRAUD = "cyber_fraud"
    COMPLAINT = "complaint"
    PAPERS = "papers"
    PASSPORT = "passport"
    VISA = "visa"
    SEAFARER = "seafarer"
    NURSE = "nurse"
    STUDY = "study"
    HELPLINE = "helpline"


@dataclass(frozen=True)
class Route:
    """The kind of reply a message needs, its subjects, the person's stage and whether they speak of ending their life."""

    kind: Kind
    subjects: tuple[Subject, ...]
    stage: Stage
    despair: bool = False
    money_paid: bool = False
    warns_others: bool = False


_SUBJECT_CUES: tuple[tuple[Subject, str], ...] = (
    (Subject.CYBER_FRAUD, "cheated"),
    (Subject.COMPLAINT, "complain_ask"),
    (Subject.MADAD, "madad_ask"),
    (Subject.FEE, "fee_ask"),
    (Subject.CHECK_AGENT, "how_to_check"),
    (Subject.SUB_AGENT, "sub_agent"),
    (Subject.WOMEN, "women_ask"),
    (Subject.PBBY, "pbby_ask"),
    (Subject.ECR, "ecr_ask"),
    (Subject.CLEARANCE, "clearance_ask"),
    (Subject.PAPERS, "papers_ask"),
    (Subject.PASSPORT, "passport_ask"),
    (Subject.VISA, "visa_ask"),
    (Subject.SEAFARER, "seafarer_ask"),
    (Subject.NURSE, "nurse_ask"),
    (Subject.STUDY, "study_ask"),
    (Subject.HELPLINE, "helpline_ask"),
)


def route(offer: Offer, flags: tuple[ShownFlag, ...]) -> Route:
    """Decide in the order of need: emergency, a cheated person, an agent, an offer, a question, the rest."""
    subjects = tuple(subject for subject, cue in _SUBJECT_CUES if offer.has(cue))
    stage = find_stage(offer)
    money_paid = stage is Stage.PAID or offer.has("paid_cue") or offer.has("cheated")
    despair = offer.has("despair")
    kind = _kind(offer, flags, subjects, despair)
    if kind is Kind.EMERGENCY and offer.destinations:
        stage = Stage.ABROAD
    return Route(kind, subjects, stage, despair, money_paid, offer.has("warns_others"))


def _kind(offer: Offer, flags: tuple[ShownFlag, ...], subjects: tuple[Subject, ...], despair: bool) -> Kind:
    if not re.search(r"\w", offer.copy.folded):
        return Kind.HELP
    if despair or is_emergency(offer):
        return Kind.EMERGENCY
    evidence = offer_evidence(offer, flags, subjects)
    if not flags and is_agent_question(offer, evidence):
        return Kind.AGENT
    if not is_about_abroad(offer):
        return Kind.HELP if offer.has("about_bot") or _is_greeting(offer) else Kind.OFF_TOPIC
    if _is_cheated(offer, subjects):
        return Kind.ANSWER
    return Kind.ASSESSMENT if evidence >= _OFFER_THRESHOLD else Kind.ANSWER


def is_emergency(offer: Offer) -> bool:
    """Someone is captive, abused, in an army or prison, missing, or stranded abroad: now, and not as a mere fear."""
    means = [cue for cue in _MEANS if _happens(offer, cue)]
    if not offer.has("self_or_kin") and len(means) < 2:
        return False
    grave = [cue for cue in _GRAVE if _happens(offer, cue)]
    if _is_missing(offer):
        grave.append("missing")
    if not _is_abroad(offer):
        return "ransom" in grave or ("missing" in grave and offer.has("route"))
    if offer.has("cry_for_help") and (grave or means):
        return True
    return bool(grave) or len(means) >= 2 or ("unpaid" in means and not offer.has("complain_ask"))


def _is_abroad(offer: Offer) -> bool:
    """The person, or the one they speak of, is already in a foreign country, not merely invited there."""
    if not _names_foreign_place(offer) and not offer.has("abroad_place"):
        return False
    return not (offer.pay and offer.has("ad_words") and len(offer.sums) > 1 and not offer.has("cry_for_help"))


def _names_foreign_place(offer: Offer) -> bool:
    return any(mention.code != "IN" for mention in offer.mentions)


def _is_missing(offer: Offer) -> bool:
    """Somebody who set out is not heard of; an agent who no longer answers is not missing."""
    hits = [hit for hit in offer.book.find("missing", offer.copy) if not _hypothetical(offer, hit)]
    return offer.has("departed") and any(not _is_of_an_agent(offer, hit) for hit in hits)


def _is_of_an_agent(offer: Offer, hit: Span) -> bool:
    return offer.book.has("agents_silence", offer.copy, (max(0, hit.start - 25), hit.end))


def _happens(offer: Offer, cue: str) -> bool:
    """Whether a cue stands anywhere outside a clause of fear, hearsay or condition."""
    return any(not _hypothetical(offer, hit, cue) for hit in offer.book.find(cue, offer.copy))


def _hypothetical(offer: Offer, hit: Span, cue: str = "") -> bool:
    start, end = offer.copy.clause_at(hit.start)
    before = (max(start, hit.start - 60), hit.end)
    around = (before[0], min(end, hit.end + 30))
    after = (hit.end, min(end, hit.end + _NEXT_WORDS))
    conditional = cue not in _THREATS and offer.book.has("condition", offer.copy, before)
    return (
        conditional
        or offer.book.has("hypothetical", offer.copy, around)
        or offer.book.has("rescued_before", offer.copy, around)
        or offer.book.has("conditional_after", offer.copy, after)
    )


def is_agent_question(offer: Offer, evidence: int) -> bool:
    """The question is only whether a named recruiter or licence is registered."""
    if evidence >= _OFFER_THRESHOLD or (offer.has("how_to_check") and not _names_agency(offer)):
        return False
    if not offer.has("registered_ask") or offer.sums:
        return False
    names_licence = offer.licence is not None
    return names_licence or (_names_agency(offer) and offer.has("agency_words") and len(offer.copy.folded) < 320)


def _names_agency(offer: Offer) -> bool:
    """A proper name beside a word such as Overseas, Manpower or Travels; in Devanagari, a short question with one."""
    original = offer.copy.original
    quoted = re.search(r"['\"‘“«][^'\"’”»]{4,60}['\"’”»]", original)
    for name in _NAMED_AGENCY.finditer(original):
        if offer.book.has("agency_words", offer.copy) and not re.fullmatch(r"(?:[A-Z]{1,4}\s?)+", name.group()):
            return True
    for hit in offer.book.find("agency_words", offer.copy):
        before = offer.copy.folded[max(0, hit.start - 30) : hit.start].split()
        if before and re.search(r"[\u0900-\u097f]", before[-1]) and len(offer.copy.folded) < 140:
            return True
    return quoted is not None and offer.has("agency_words")


def offer_evidence(offer: Offer, flags: tuple[ShownFlag, ...], subjects: tuple[Subject, ...]) -> int:
    """How much speaks for a concrete offer (positive) or a general question (negative)."""
    text = offer.copy.original
    lines = [line for line in text.splitlines() if line.strip()]
    points = 2 * offer.promises_pay + 2 * bool(offer.fees) + offer.has("has_contract") + offer.has("work_visa")
    points += 2 * (len(lines) >= _AD_LINES or len(_BULLETS.findall(text)) >= 3)
    points += 2 * offer.has("offer_words") + bool(_PHONE.search(text)) + min(len(flags), 3)
    points += bool(offer.work) + (offer.licence is not None) + (len(text) > 250)
    points += 1 * (len(offer.book.find("ad_words", offer.copy)) >= 3)
    concrete = offer.promises_pay or offer.fees or flags
    if offer.has("question_words") and not offer.has("offer_words") and len(flags) < 2:
        points -= 2
    if not concrete and (subjects or not offer.about_work or offer.has("tourism_only")):
        points -= 2 if offer.about_work else 4
    return points - max(0, len(subjects) - 2)


def is_about_abroad(offer: Offer) -> bool:
    """Whether the message is about going abroad, for work or otherwise."""
    foreign = any(mention.code != "IN" for mention in offer.mentions)
    if offer.has("off_topic_words") and not (offer.about_work and (foreign or offer.has("abroad_words"))):
        return foreign and offer.has("abroad_words") and not _is_short(offer)
    cues = ("abroad_words", "recruiter_words", "army_strong", "scam_region", "madad_ask", "route")
    return foreign or offer.licence is not None or any(offer.has(cue) for cue in cues)


def _is_short(offer: Offer) -> bool:
    return len(offer.copy.folded) < 60


def _is_greeting(offer: Offer) -> bool:
    return offer.has("greeting") and len(offer.copy.folded.split()) <= 6


def _is_cheated(offer: Offer, subjects: tuple[Subject, ...]) -> bool:
    """Money is gone and the person asks where to turn: help comes before judging the offer."""
    return Subject.CYBER_FRAUD in subjects and (Subject.COMPLAINT in subjects or offer.has("paid_cue"))


def find_stage(offer: Offer) -> Stage:
    """How far the person has gone, the furthest first."""
    if offer.has("at_airport_cue") and not offer.has("secrecy"):
        return Stage.AT_AIRPORT
    if offer.has("visa_issued_cue"):
        return Stage.VISA_ISSUED
    return Stage.PAID if offer.has("paid_cue") or offer.has("cheated") else Stage.BEFORE_PAYING
