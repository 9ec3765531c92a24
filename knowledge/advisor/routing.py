"""Decides what kind of message it is and how far the person has gone. Pure; words nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from knowledge.reading.matching import make_matching_copy
from knowledge.reading.offer import Offer
from knowledge.reading.phrases import Span
from knowledge.reading.red_flags import ShownFlag
from knowledge.vocabulary import Kind, RedFlag, Stage

_OFFER_THRESHOLD = 3
_AD_LINES = 4
_GREETING_WORDS = 6
_LONGEST_AGENT_QUESTION = 320  # characters
_LONGEST_NAME = 40  # characters
_OF_REGISTRATION = frozenset({RedFlag.UNLICENSED_AGENT, RedFlag.GOVERNMENT_IMPERSONATION})
_TERMS = ("term_interview", "term_contract", "term_visa", "term_free", "term_hours", "term_selected", "term_pay")
_NEXT_WORDS = 12  # characters in which a verb can still turn into a condition ("pakde gaye to kya hoga")
# What is an emergency by itself, and what is one only together with another.
_GRAVE = ("captive", "violence", "in_army", "ransom", "prison")
_MEANS = ("unpaid", "passport_taken", "stranded", "trapped_by_papers", "no_way_home", "hurt")
_ALONE_THERE = ("passport_taken", "stranded")  # enough by itself where the person is known to be abroad
_SIGNS_OF_DISTRESS = 2  # small signs that say little alone: crying, a phone taken away, lost in a forest
_THREATS = ("ransom",)  # said as a condition ("or else"), and yet happening
_BULLETS = re.compile(r"[✅✔❌🚫👉🔹🔸💰📞📲☎️📍✈️🔥•●▪►*]")
_PHONE = re.compile(r"\+?91[\s\-]?\d{5}[\s\-]?\d{5}|\b[6-9]\d{9}\b|\b\d{5}[\s\-]\d{5}\b")
_QUOTED = re.compile(r"['\"‘“«][^'\"’”»]{4,60}['\"’”»]")
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
    if is_agent_question(offer, flags, subjects):
        return Kind.AGENT
    if not is_about_abroad(offer):
        return Kind.OFF_TOPIC if offer.has("off_topic_words") or not _is_to_bot(offer) else Kind.HELP
    if _is_cheated(offer, subjects):
        return Kind.ANSWER
    return Kind.ASSESSMENT if evidence >= _OFFER_THRESHOLD else Kind.ANSWER


def is_emergency(offer: Offer) -> bool:
    """Someone is captive, abused, in an army or prison, missing, or stranded abroad: now, and not as a mere fear."""
    there = offer.has("abroad_cue")
    means = [cue for cue in _MEANS if _happens(offer, cue)]
    if not offer.has("self_or_kin") and len(means) < 2 and (not there or offer.has("question_words")):
        return False
    grave = [cue for cue in _GRAVE if _happens(offer, cue)]
    if _is_missing(offer):
        grave.append("missing")
    if _asks_of_offer(offer):
        return False
    if not _is_abroad(offer):
        return "ransom" in grave or ("missing" in grave and offer.has("route"))
    if offer.has("cry_for_help") and (grave or means):
        return True
    if offer.has("asks_to_go") and not there:
        return "ransom" in grave
    there = there and not _describes_offer(offer)  # "bhai wahin hai" inside an offer is a reference
    if there and len(means) + _count_different(offer, "distress") >= _SIGNS_OF_DISTRESS:
        return True
    alone = ("unpaid", *_ALONE_THERE) if there else ("unpaid",)
    return bool(grave) or len(means) >= 2 or (not offer.has("complain_ask") and any(cue in means for cue in alone))


def _asks_of_offer(offer: Offer) -> bool:
    """The person weighs an offer: what they write of beatings or kept passports is a fear, or a term of it."""
    asks = offer.has("asks_to_go") or offer.has("asks_of_offer")
    return asks and _describes_offer(offer) and not offer.has("cry_for_help")


def _count_different(offer: Offer, cue: str) -> int:
    """In how many different words a cue is said, fears left out."""
    hits = (hit for hit in offer.book.find(cue, offer.copy) if not _hypothetical(offer, hit))
    return len({offer.copy.folded[hit.start : hit.end] for hit in hits})


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
    if cue in _MEANS and offer.book.has("still_to_come", offer.copy, (max(start, hit.start - 12), around[1])):
        return True
    threat = cue in _THREATS or offer.book.has("threat_after_condition", offer.copy, before)
    conditional = not threat and offer.book.has("condition", offer.copy, before)
    return (
        conditional
        or offer.book.has("hypothetical", offer.copy, around)
        or offer.book.has("rescued_before", offer.copy, around)
        or offer.book.has("conditional_after", offer.copy, after)
    )


def is_agent_question(offer: Offer, flags: tuple[ShownFlag, ...], subjects: tuple[Subject, ...]) -> bool:
    """The question is only whether a named recruiter or licence is registered."""
    if offer_evidence(offer, (), subjects) >= _OFFER_THRESHOLD or offer.sums or len(offer.copy.folded) > _LONGEST_AGENT_QUESTION:
        return False
    if not offer.has("registered_ask") or {flag.code for flag in flags} - _OF_REGISTRATION:
        return False
    if _count_terms(offer) > 1 or (offer.has("offer_words") and not offer.has("licence_ask")):
        return False
    return offer.licence is not None or _names_agency(offer)


def _names_agency(offer: Offer) -> bool:
    """A proper name beside a word such as Overseas, Manpower or Travels, or the name in quotation marks."""
    if not offer.has("agency_words"):
        return False
    return _has_capital_name(offer) or _has_name_before_word(offer) or bool(_QUOTED.search(offer.copy.original))


def _has_capital_name(offer: Offer) -> bool:
    names = (name.group() for name in _NAMED_AGENCY.finditer(offer.copy.original))
    return any(not re.fullmatch(r"(?:[A-Z]{1,4}\s?)+", name) and _is_name(offer, name) for name in names)


def _is_name(offer: Offer, words: str) -> bool:
    """Whether capital letters stand for an agency: not "Indian Embassy", not "Recruiting Agent" or "Job Offer"."""
    own = [word for word in words.split() if not offer.book.has("no_name", make_matching_copy(word))]
    places = {word for mention in offer.mentions for word in mention.words.split()}
    return any(word not in places for word in own)


def _has_name_before_word(offer: Offer) -> bool:
    """A name in small letters or Devanagari: a word of no other meaning directly before "overseas" or "manpower"."""
    for hit in offer.book.find("agency_name_word", offer.copy):
        before = offer.copy.folded[max(0, hit.start - _LONGEST_NAME) : hit.start].split()
        if before and before[-1].strip("'\"(-,:") and not offer.book.has("no_name", make_matching_copy(before[-1])):
            return True
    return False


def offer_evidence(offer: Offer, flags: tuple[ShownFlag, ...], subjects: tuple[Subject, ...]) -> int:
    """How much speaks for a concrete offer (positive) or a general question (negative)."""
    text = offer.copy.original
    lines = [line for line in text.splitlines() if line.strip()]
    described = _describes_offer(offer)
    points = 2 * offer.promises_pay + 2 * bool(offer.fees) + offer.has("has_contract") + offer.has("work_visa")
    points += 2 * (len(lines) >= _AD_LINES or len(_BULLETS.findall(text)) >= 3)
    points += 2 * offer.has("offer_words") + bool(_PHONE.search(text)) + min(len(flags), 3)
    points += bool(offer.work) + (offer.licence is not None) + (len(text) > 250) + described
    points += 1 * (len(offer.book.find("ad_words", offer.copy)) >= 3)
    concrete = offer.promises_pay or offer.fees or flags or described
    if offer.has("question_words") and not (offer.has("offer_words") or described) and len(flags) < 2:
        points -= 2
    if not concrete and (subjects or not offer.about_work or offer.has("tourism_only")):
        points -= 2 if offer.about_work else 4
    return points - max(0, len(subjects) - 2)


def _describes_offer(offer: Offer) -> bool:
    """A place is named, work or a promise, and a sum or two of the terms an offer has: interview, contract, stay."""
    if not offer.destinations or not (offer.work or offer.has("offer_words")):
        return False
    return _count_terms(offer) > 1 or bool(offer.work and offer.sums)


def _count_terms(offer: Offer) -> int:
    """How many different terms of an offer stand in the message."""
    return sum(offer.has(term) for term in _TERMS)


def is_about_abroad(offer: Offer) -> bool:
    """Whether the message is about going abroad, for work or otherwise."""
    foreign = _names_foreign_place(offer) and not _only_names_a_people(offer)
    going = (offer.about_work and (foreign or offer.has("abroad_words"))) or offer.has("route")
    if offer.has("off_topic_words") and not going and not (foreign and offer.has("recruiter_words")):
        return foreign and offer.has("abroad_words") and not _is_short(offer)
    if foreign and offer.has("foreign_trivia") and not (going or offer.has("abroad_words") or offer.has("going_words")):
        return False
    cues = ("abroad_words", "recruiter_words", "army_strong", "scam_region", "madad_ask", "route", "procedure_words")
    return foreign or offer.licence is not None or _names_agency(offer) or any(offer.has(cue) for cue in cues)


def _only_names_a_people(offer: Offer) -> bool:
    """A nationality or a currency alone is a dish, a film or a rate more often than a journey."""
    if any(offer.has(cue) for cue in ("going_words", "recruiter_words", "abroad_words")) or offer.about_work:
        return False
    return all(mention.kind in ("nationality", "currency") for mention in offer.mentions if mention.code != "IN")


def _is_short(offer: Offer) -> bool:
    return len(offer.copy.folded) < 60


def _is_to_bot(offer: Offer) -> bool:
    return offer.has("about_bot") or _is_greeting(offer)


def _is_greeting(offer: Offer) -> bool:
    """A few words with a greeting, or a bare cry for help, which the help text answers best."""
    return (offer.has("greeting") or offer.has("cry_for_help")) and len(offer.copy.folded.split()) <= _GREETING_WORDS


def _is_cheated(offer: Offer, subjects: tuple[Subject, ...]) -> bool:
    """Money is gone and the person asks where to turn: help comes before judging the offer."""
    gone = Subject.CYBER_FRAUD in subjects and (Subject.COMPLAINT in subjects or offer.has("paid_cue"))
    if offer.has("complain_where"):
        return gone or not (offer.promises_pay or offer.destinations)
    return gone and not offer.promises_pay


def find_stage(offer: Offer) -> Stage:
    """How far the person has gone, the furthest first."""
    if offer.has("at_airport_cue") and not offer.has("secrecy"):
        return Stage.AT_AIRPORT
    if offer.has("visa_issued_cue"):
        return Stage.VISA_ISSUED
    return Stage.PAID if offer.has("paid_cue") or offer.has("cheated") else Stage.BEFORE_PAYING
