"""What the meaning of sentences may add to what the rules found, and what it may not."""

import pytest

from knowledge.advisor.raising import flags_by_meaning, raise_by_meaning, route_by_meaning
from knowledge.advisor.routing import Route
from knowledge.meaning.reader import NOTHING, Meaning
from knowledge.reading.red_flags import ShownFlag
from knowledge.verdicts import Judgement, Reason
from knowledge.vocabulary import Kind, RedFlag, Stage, Verdict

FELT = Meaning({RedFlag.URGENCY: "call +91 99999 00001 before six"}, {"offer": "a job"}, {})
SHOWN = (ShownFlag(RedFlag.URGENCY, "before six"),)


def judged(verdict):
    return Judgement(verdict, Reason.NOTHING_MATCHES, ())


def test_a_felt_flag_carries_its_sentence_with_contacts_masked():
    [flag] = flags_by_meaning(FELT, ())

    assert flag.code is RedFlag.URGENCY
    assert "before six" in flag.quote
    assert "99999" not in flag.quote


def test_what_a_rule_shows_is_not_felt_again():
    assert flags_by_meaning(FELT, SHOWN) == ()


def test_a_felt_flag_makes_caution_of_verify():
    assert raise_by_meaning(judged(Verdict.VERIFY), SHOWN).verdict is Verdict.CAUTION


@pytest.mark.parametrize("verdict", [Verdict.CAUTION, Verdict.DANGER])
def test_meaning_neither_lowers_nor_makes_danger(verdict):
    assert raise_by_meaning(judged(verdict), SHOWN * 3).verdict is verdict


def test_without_a_felt_flag_the_verdict_stays():
    assert raise_by_meaning(judged(Verdict.VERIFY), ()).verdict is Verdict.VERIFY


def test_no_verdict_stays_no_verdict():
    assert raise_by_meaning(None, SHOWN) is None


@pytest.mark.parametrize(
    ("kind", "meaning", "expected"),
    [
        (Kind.OFF_TOPIC, FELT, Kind.ASSESSMENT),
        (Kind.OFF_TOPIC, NOTHING, Kind.OFF_TOPIC),
        (Kind.EMERGENCY, FELT, Kind.EMERGENCY),
        (Kind.ANSWER, FELT, Kind.ANSWER),
    ],
)
def test_only_what_seems_off_topic_is_judged_after_all(kind, meaning, expected):
    assert route_by_meaning(Route(kind, (), Stage.BEFORE_PAYING), meaning).kind is expected


def test_a_later_stage_is_seen_only_where_the_rules_see_none():
    felt = Meaning({}, {}, {"paid": "the money is gone"})

    assert route_by_meaning(Route(Kind.ANSWER, (), Stage.BEFORE_PAYING), felt).stage is Stage.PAID
    assert route_by_meaning(Route(Kind.ANSWER, (), Stage.AT_AIRPORT), felt).stage is Stage.AT_AIRPORT


def test_a_procedure_that_seemed_off_topic_is_answered():
    felt = Meaning({}, {"procedure": "how do I complain"}, {})

    assert route_by_meaning(Route(Kind.OFF_TOPIC, (), Stage.BEFORE_PAYING), felt).kind is Kind.ANSWER


IN_NEED = Meaning({}, {}, {}, emergency=True)
DESPAIRS = Meaning({}, {}, {}, emergency=True, despair=True)


@pytest.mark.parametrize("kind", list(Kind))
def test_who_is_in_need_gets_help_first_whatever_else_the_message_is(kind):
    assert route_by_meaning(Route(kind, (), Stage.BEFORE_PAYING), IN_NEED).kind is Kind.EMERGENCY


def test_who_is_in_need_and_names_a_place_is_there():
    route = Route(Kind.ANSWER, (), Stage.BEFORE_PAYING)

    assert route_by_meaning(route, IN_NEED, names_place=True).stage is Stage.ABROAD
    assert route_by_meaning(route, IN_NEED).stage is Stage.BEFORE_PAYING


def test_despair_that_only_the_meaning_shows_brings_its_own_help():
    route = Route(Kind.OFF_TOPIC, (), Stage.BEFORE_PAYING)

    assert route_by_meaning(route, DESPAIRS).despair
    assert not route_by_meaning(route, IN_NEED).despair


def test_despair_that_the_rules_show_is_kept():
    assert route_by_meaning(Route(Kind.EMERGENCY, (), Stage.ABROAD, despair=True), IN_NEED).despair
