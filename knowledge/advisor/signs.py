"""What the rules have read of a message, as numbers that a classifier can weigh beside its meaning. Pure."""

from __future__ import annotations

import numpy as np

from knowledge.advisor.evidence import describes_offer
from knowledge.embedding.embedder import Vectors
from knowledge.reading.offer import Offer

# Cues of the phrase lists: of need, of the terms of an offer, of questions, and of who speaks of what time.
_CUES = (
    *("despair", "stranded", "employer_there", "distress", "passport_taken", "departed", "prison", "hurt", "in_army"),
    *("trapped_by_papers", "unpaid", "captive", "missing", "violence", "ransom", "no_way_home", "cry_for_help"),
    *("self_or_kin", "own_need", "cheated", "madad_ask", "threat_after_condition", "abroad_cue", "rescued_before"),
    *("term_interview", "term_contract", "term_visa", "term_selected", "term_free", "term_pay", "has_contract"),
    *("work_visa", "still_to_come", "agency_words", "offer_words", "sub_agent", "secrecy", "route", "army_strong"),
    *("asks_to_go", "asks_of_offer", "going_words", "conditional_after", "condition", "hypothetical", "tourism_only"),
    *("registered_ask", "procedure_words", "clearance_ask", "licence_ask", "visa_ask", "nurse_ask", "ecr_ask"),
    *("women_ask", "fee_ask", "study_ask", "pbby_ask", "complain_where", "abroad_words", "greeting", "warns_others"),
)
SIGNS = (*_CUES, "describes_offer", "pay", "fees", "destinations")
_WEIGHT = 0.3  # of one sign beside a vector of length 1; chosen on examples that were left out of the fit


def read_signs(offer: Offer) -> Vectors:
    """The signs of a message: an array of shape (len(SIGNS),), 0 where a sign is missing."""
    facts = (describes_offer(offer), bool(offer.pay), bool(offer.fees), bool(offer.destinations))
    return np.array([*(offer.has(cue) for cue in _CUES), *facts], dtype=np.float32) * np.float32(_WEIGHT)
