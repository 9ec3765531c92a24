"""Decides what kind of message it is and how far the person has gone. Pure; words nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from knowledge.advisor.emergencies import is_emergency
from knowledge.advisor.evidence import (
    asks_or_supposes,
    count_terms,
    names_foreign_place,
    offer_evidence,
    tells_terms,
)
from knowledge.reading.matching import make_matching_copy
from knowledge.reading.offer import Offer
from knowledge.reading.red_flags import ShownFlag
from knowledge.verdicts import DANGEROUS_ALONE, FLAGS_THAT_MAKE_DANGER
from knowledge.vocabulary import Kind, RedFlag, Stage

_OFFER_THRESHOLD = 3
_GREETING_WORDS = 6
_LONGEST_AGENT_QUESTION = 320  # characters
_LONGEST_NAME = 40  # characters
_OF_REGISTRATION = frozenset({RedFlag.UNLICENSED_AGENT, RedFlag.GOVERNMENT_IMPERSONATION})
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
    """The kind of reply a message needs, its subjects, the person's stage, and whether they speak of ending life."""

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
    if is_agent_question(offer, flags, subjects):
        return Kind.AGENT
    if not (is_about_abroad(offer) or _shows_a_pattern(offer, flags)):
        return Kind.OFF_TOPIC if offer.has("off_topic_words") or not _is_to_bot(offer) else Kind.HELP
    if _is_cheated(offer, subjects):
        return Kind.ANSWER
    if offer_evidence(offer, flags, len(subjects)) >= _OFFER_THRESHOLD or tells_terms(offer):
        return Kind.ASSESSMENT
    return Kind.ASSESSMENT if _tells_of_danger(offer, flags) else Kind.ANSWER


def _tells_of_danger(offer: Offer, flags: tuple[ShownFlag, ...]) -> bool:
    """An offer told in a few words, nobody named and nothing asked, that shows a grave sign or two signs."""
    codes = {flag.code for flag in flags}
    if not offer.about_work or offer.has("warns_others"):
        return False
    if asks_or_supposes(offer):
        return bool(codes & DANGEROUS_ALONE) and len(codes) > 1
    return bool(codes & DANGEROUS_ALONE) or len(codes) > 1


def is_agent_question(offer: Offer, flags: tuple[ShownFlag, ...], subjects: tuple[Subject, ...]) -> bool:
    """The question is only whether a named recruiter or licence is registered."""
    if offer.sums or len(offer.copy.folded) > _LONGEST_AGENT_QUESTION:
        return False
    if not offer.has("registered_ask") or {flag.code for flag in flags} - _OF_REGISTRATION:
        return False
    if Subject.FEE in subjects and offer.licence is None and not offer.has("agency_name_word"):
        return False  # "how much may a registered agent take?"
    if count_terms(offer) > 1 or (offer.has("offer_words") and not offer.has("licence_ask")):
        return False
    if offer_evidence(offer, (), len(subjects)) >= _OFFER_THRESHOLD:
        return False
    return offer.licence is not None or offer.has("rpsl_number") or _names_agency(offer)


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


def is_about_abroad(offer: Offer) -> bool:
    """Whether the message is about going abroad, for work or otherwise."""
    foreign = names_foreign_place(offer) and not _only_names_a_people(offer)
    going = (offer.about_work and (foreign or offer.has("abroad_words"))) or offer.has("route")
    if offer.has("off_topic_words") and not going and not (foreign and offer.has("recruiter_words")):
        return foreign and offer.has("abroad_words") and not _is_short(offer)
    if foreign and offer.has("foreign_trivia") and not (going or offer.has("abroad_words") or offer.has("going_words")):
        return False
    cues = ("abroad_words", "recruiter_words", "army_strong", "scam_region", "madad_ask", "route", "procedure_words")
    return foreign or offer.licence is not None or _names_agency(offer) or any(offer.has(cue) for cue in cues)


def _shows_a_pattern(offer: Offer, flags: tuple[ShownFlag, ...]) -> bool:
    """Work with the signs of a dangerous offer is judged even where no foreign place is named or recognised."""
    codes = {flag.code for flag in flags}
    return offer.about_work and bool(codes & DANGEROUS_ALONE or len(codes) >= FLAGS_THAT_MAKE_DANGER)


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
