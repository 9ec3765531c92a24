"""What the lists of agents change about a verdict: they raise it, and never lower it. Every firm is invented."""

from __future__ import annotations

import pytest
from agent_builders import NUMBER, look_up, make_firm, make_register, make_warned

from knowledge.advisor.checking_agents import raise_by_register
from knowledge.verdicts import Judgement, Reason
from knowledge.vocabulary import Verdict

REGISTERED = look_up(make_register(make_firm()), number=NUMBER)
SUSPENDED = look_up(make_register(make_firm(status="suspended")), number=NUMBER)
WARNED = look_up(make_register(make_warned()), "Sunrise Overseas")
OF_ANOTHER = look_up(make_register(make_firm()), "Blue Kite Travels", NUMBER)


def judged(verdict):
    return Judgement(verdict, Reason.NOTHING_MATCHES, ())


@pytest.mark.parametrize("finding", [SUSPENDED, WARNED, OF_ANOTHER])
def test_an_agent_who_may_not_recruit_makes_caution_of_verify(finding):
    assert raise_by_register(judged(Verdict.VERIFY), finding).verdict is Verdict.CAUTION


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_registered_agent_never_lowers_a_verdict(verdict):
    assert raise_by_register(judged(verdict), REGISTERED).verdict is verdict


@pytest.mark.parametrize("finding", [REGISTERED, SUSPENDED, WARNED, None])
def test_danger_stays_danger(finding):
    assert raise_by_register(judged(Verdict.DANGER), finding).verdict is Verdict.DANGER
