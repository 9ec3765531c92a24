"""Which fixed points answer a question, and which rules of law they rest on. Pure; the words are the presenters'."""

from __future__ import annotations

from collections.abc import Collection

from knowledge.advisor.routing import Route, Subject
from knowledge.library import Library
from knowledge.reading.offer import Offer
from knowledge.records import RuleRecord
from knowledge.vocabulary import Kind, RedFlag, Topic, WorkScope

MOST_POINTS = 6

_RULES: dict[Subject, tuple[str, ...]] = {
    Subject.FEE: ("rule-B1", "rule-B2", "rule-B4", "rule-B5"),
    Subject.CHECK_AGENT: ("rule-I1", "rule-A1", "rule-A6"),
    Subject.SUB_AGENT: ("rule-A5", "rule-A1"),
    Subject.ECR: ("rule-D1", "rule-D2"),
    Subject.CLEARANCE: ("rule-D2", "rule-D10"),
    Subject.PBBY: ("rule-H1", "rule-H2"),
    Subject.WOMEN: ("rule-F1", "rule-F2", "rule-F3"),
    Subject.MADAD: ("rule-J3", "rule-J2"),
    Subject.CYBER_FRAUD: ("rule-J6", "rule-J1"),
    Subject.COMPLAINT: ("rule-J1", "rule-J7"),
    Subject.PAPERS: ("rule-G2", "rule-G1", "rule-G3"),
    Subject.PASSPORT: ("rule-G6", "rule-J5"),
    Subject.VISA: ("rule-E1", "rule-E9"),
    Subject.SEAFARER: ("rule-A12",),
    Subject.NURSE: ("rule-A13", "rule-B7"),
    Subject.STUDY: (),
    Subject.HELPLINE: ("rule-J7",),
}


def choose_points(
    offer: Offer, chosen: Route, flags: Collection[RedFlag], *, with_list: bool = False
) -> tuple[str, ...]:
    """The keys of the explanations of a reply, most important first. `with_list`: a list of agents was searched."""
    if chosen.kind is Kind.AGENT:
        return ("check_agent",) if with_list else ("agent_not_confirmed", "check_agent")
    if chosen.kind not in (Kind.ANSWER, Kind.ASSESSMENT):
        return ()
    points = [str(subject) for subject in chosen.subjects if subject is not Subject.HELPLINE]
    if chosen.kind is Kind.ASSESSMENT:
        points = [point for point in points if point in ("women",)]
    if RedFlag.FEE_ABOVE_CAP in flags and "fee" not in points:
        points.insert(0, "fee")
    if WorkScope.DOMESTIC in offer.work and "women" not in points:
        points.append("women")
    if "IR" in offer.destinations or "IQ" in offer.destinations:
        points.append("clearance")
    return tuple(dict.fromkeys(points))[:MOST_POINTS]


def rules_for_subjects(library: Library, offer: Offer, chosen: Route) -> list[RuleRecord | None]:
    """The rules that the points rest on, those of the country first."""
    if chosen.kind in (Kind.ASSESSMENT, Kind.EMERGENCY):
        names: list[str] = [*_RULES[Subject.WOMEN][:2]] if WorkScope.DOMESTIC in offer.work else []
        names += ["rule-J2"] if chosen.kind is Kind.EMERGENCY else ["rule-A1"]
    elif chosen.kind is Kind.AGENT:
        names = list(_RULES[Subject.CHECK_AGENT])
    else:
        names = [name for subject in chosen.subjects for name in _RULES[subject]]
        if chosen.kind is Kind.ANSWER and offer.about_work:
            names += ["rule-A1", "rule-E1"]
    own = [rule for rule in library.rules.values() if _is_of_country(rule, offer, chosen)]
    return [*own[:2], *(library.rules.get(name) for name in names)]


def _is_of_country(rule: RuleRecord, offer: Offer, chosen: Route) -> bool:
    if not set(rule.countries) & set(offer.destinations) or len(rule.countries) > 3:
        return False
    return (
        Topic.DOMESTIC_WORK not in rule.topics or WorkScope.DOMESTIC in offer.work or Subject.WOMEN in chosen.subjects
    )
