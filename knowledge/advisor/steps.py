"""What to do next, by the person's stage and what was found. Pure; returns keys, most urgent first."""

from __future__ import annotations

from knowledge.advisor.routing import Route
from knowledge.reading.offer import Offer
from knowledge.verdicts import Judgement
from knowledge.vocabulary import Kind, Stage, Verdict, WorkScope

_BY_STAGE: dict[Stage, tuple[str, ...]] = {
    Stage.BEFORE_PAYING: ("pay_nothing", "keep_passport"),
    Stage.PAID: ("stop_paying", "call_1930", "keep_proof"),
    Stage.VISA_ISSUED: ("check_visa", "dont_board"),
    Stage.AT_AIRPORT: ("dont_board", "tell_truth", "call_family"),
    Stage.ABROAD: ("contact_mission", "madad"),
}
_EMERGENCY = ("contact_mission", "local_emergency", "madad", "share_location", "keep_copies", "no_more_money")


def choose_steps(offer: Offer, chosen: Route, judgement: Judgement | None) -> tuple[str, ...]:
    """The keys of the next steps."""
    if chosen.kind is Kind.EMERGENCY:
        if chosen.despair and not offer.destinations:
            return ("stay_with_us", "no_more_money") if chosen.money_paid else ("stay_with_us",)
        return (("stay_with_us",) if chosen.despair else ()) + _EMERGENCY
    if chosen.kind is Kind.AGENT:
        return ("search_register", "match_details", "licence_not_enough")
    if chosen.kind in (Kind.OFF_TOPIC, Kind.HELP):
        return ("send_offer",)
    steps = list(_BY_STAGE[chosen.stage]) if chosen.stage is not Stage.BEFORE_PAYING else []
    if judgement is None:
        return tuple(steps)
    if judgement.verdict is Verdict.DANGER:
        steps = ["dont_go", *(steps or ["pay_nothing"])]
    elif judgement.verdict is Verdict.CAUTION:
        steps = [*(steps or ["pay_nothing"])]
    steps += ["check_agent", "check_mission", "written_contract", "work_visa", "fee_cap"]
    if WorkScope.DOMESTIC in offer.work:
        steps.append("women_rule")
    return tuple(dict.fromkeys(steps))
