"""What the official lists of agents add to a reply: whom a message asks about, what that changes. Pure; no words.

A list never makes an offer safe. It can show that a message asks about a recruiter, and it can raise `verify` to
`caution` where the agent that is named may not recruit.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from knowledge.advisor.citing import showable
from knowledge.advisor.routing import Route
from knowledge.agent_queries import read_agent_argument, read_agent_query
from knowledge.agents import AgentClass, AgentFinding, AgentQuery, Because, Register
from knowledge.reading.offer import Offer
from knowledge.verdicts import Judgement, Reason
from knowledge.vocabulary import Kind, Verdict

_MAY_NOT_RECRUIT = frozenset({AgentClass.SUSPENDED, AgentClass.EXPIRED, AgentClass.LISTED_UNREGISTERED})
_SHARE_OF_MESSAGE = 0.6  # of its letters that a name or number has where it is all the person asks about
_LONGEST_QUESTION = 320  # characters
_SILENT_IN = frozenset({Kind.EMERGENCY})


def check_agent(
    register: Register, offer: Offer, chosen: Route, text: str, *, today: dt.date, about_agent: bool = False
) -> AgentFinding | None:
    """Look up the firm that a message is about; None where it names none, or help comes first.

    In an offer, a name that is merely like another is left out: there it is more often misread than false.
    """
    if chosen.kind in _SILENT_IN:
        return None
    query = read_agent_argument(text) if about_agent else read_agent_query(text)
    if query == AgentQuery():
        return None
    finding = register.look_up(query, today)
    if register.registered is None and finding.agent_class is AgentClass.NOT_FOUND:
        return None  # without the list of registered agents nothing follows from not being found
    asked = chosen.kind is Kind.AGENT or about_agent or _asks_only(offer, query, text)
    if not asked and not query.number and not _is_warning(finding):
        return None
    if asked and chosen.kind is not Kind.AGENT and not about_agent and _is_nothing(finding, query):
        return None
    return replace(finding, asked_name=showable(finding.asked_name) if finding.asked_name else None)


def route_by_register(chosen: Route, finding: AgentFinding | None, offer: Offer, text: str) -> Route:
    """A question about a firm of the lists is one about an agent, in whatever script or words it is put."""
    if finding is None or chosen.kind in (Kind.AGENT, Kind.EMERGENCY, Kind.ASSESSMENT):
        return chosen
    query = AgentQuery(finding.asked_name, finding.asked_number)
    return replace(chosen, kind=Kind.AGENT) if _asks_only(offer, query, text) else chosen


def raise_by_register(judgement: Judgement | None, finding: AgentFinding | None) -> Judgement | None:
    """At least caution where the agent may not recruit, or uses the number of another firm."""
    if judgement is None or finding is None or judgement.verdict is not Verdict.VERIFY:
        return judgement
    if finding.agent_class in _MAY_NOT_RECRUIT or finding.because is Because.OTHER_NAME:
        return Judgement(Verdict.CAUTION, Reason.SOME_FLAG, judgement.warnings)
    return judgement


def _asks_only(offer: Offer, query: AgentQuery, text: str) -> bool:
    """Whether a message asks about the firm and tells no offer: it asks for registration, or is hardly more."""
    if offer.sums or offer.promises_pay or len(offer.copy.folded) > _LONGEST_QUESTION:
        return False
    letters = len("".join(text.split()))
    named = len("".join(f"{query.name or ''}{query.number or ''}".split()))
    return offer.has("registered_ask") or offer.has("licence_ask") or named >= _SHARE_OF_MESSAGE * letters


def _is_warning(finding: AgentFinding) -> bool:
    return finding.agent_class in _MAY_NOT_RECRUIT and finding.because in (Because.SAME_NAME, Because.SAME_SOUND)


def _is_nothing(finding: AgentFinding, query: AgentQuery) -> bool:
    """A name that the rules did not take for one, and that no list has, is probably none."""
    return finding.agent_class is AgentClass.NOT_FOUND and not query.number
