"""Which question is put back to a person whose reply would gain by the answer: at most one, and never twice in a row.

Pure; returns a key, the words are the presenters'. It changes nothing else of a reply.
"""

from __future__ import annotations

from knowledge.advisor.replies import Inquiry
from knowledge.advisor.routing import Route
from knowledge.reading.offer import Offer
from knowledge.reading.red_flags import ShownFlag
from knowledge.verdicts import Judgement
from knowledge.vocabulary import Kind, Verdict, WorkScope

COUNTRY = "country"  # most warnings hold for one country, so without it most of them stay unsaid


def choose_question(
    inquiry: Inquiry, offer: Offer, flags: tuple[ShownFlag, ...], chosen: Route, judgement: Judgement | None
) -> str:
    """The key of the question to put back; empty where none is, or where nobody could answer it."""
    was_asked_before = inquiry.earlier is not None and bool(inquiry.earlier.question)
    if not inquiry.can_be_asked or inquiry.about_agent or was_asked_before:
        return ""
    if offer.destinations or offer.stops or _is_urgent_or_settled(chosen, judgement):
        return ""
    return COUNTRY if _is_about_a_job(offer, flags, chosen) else ""


def _is_urgent_or_settled(chosen: Route, judgement: Judgement | None) -> bool:
    """Whether a question would hold somebody up, or could not make the warning stronger."""
    if judgement is not None and judgement.verdict is Verdict.DANGER:
        return True
    return chosen.despair or chosen.warns_others or chosen.kind in (Kind.EMERGENCY, Kind.AGENT)


def _is_about_a_job(offer: Offer, flags: tuple[ShownFlag, ...], chosen: Route) -> bool:
    """Whether a certain job is spoken of, not jobs in general, a rule, or something else altogether."""
    if chosen.kind is Kind.ASSESSMENT:
        return True
    if not offer.about_work:
        return False
    is_certain = bool(offer.work - {WorkScope.STUDY}) or offer.promises_pay
    if chosen.kind is Kind.ANSWER:
        return is_certain or not chosen.subjects
    names_home = any(mention.code == "IN" for mention in offer.mentions)
    return (is_certain or bool(flags)) and not names_home and not offer.has("off_topic_words")
