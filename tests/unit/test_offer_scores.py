"""A reply is scored as `evals/README.md` says."""

from typing import Any

import pytest

from evals.offers.scores import Answered, BadCase, Case, find_breaches, find_reassurance, parse_case, parse_reply, score
from evals.offers.scores import summarise as add_up


def make_case(**changes: Any) -> Case:
    fields: dict[str, Any] = {
        "id": "case-1", "lang": "en", "kind": "offer", "text": "job in X", "accept_kinds": ["assessment"],
        "accept_verdicts": ["danger"], "countries": ["KH"], "topics_any": ["fake_job"], "flags_must": ["urgency"],
        "flags_must_not": ["secrecy"], "must_mention": [], "must_not_mention": [], "note": "",
    }  # fmt: skip
    return parse_case(fields | changes)


def make_reply(**changes: Any) -> Answered:
    fields: dict[str, Any] = {
        "kind": "assessment", "verdict": "danger", "language": "en", "red_flags": [{"code": "urgency"}],
        "citations": [{"topics": ["fake_job"], "countries": ["KH"]}], "text": "Do not go, do not pay.",
    }  # fmt: skip
    return parse_reply(fields | changes)


def test_a_perfect_reply_fails_nothing() -> None:
    assert score(make_case(), make_reply()).failures == ()


def test_no_reply_fails_what_the_case_asks() -> None:
    failures = score(make_case(must_mention=[["1930"]]), None).failures

    assert {"kind", "verdict", "citation", "must_mention", "language", "flags_missing"} <= set(failures)
    assert "false_reassurance" in failures  # silence lets the warning go


def test_a_kind_outside_the_accepted_ones_is_wrong() -> None:
    assert "kind" in score(make_case(), make_reply(kind="answer")).failures


VERDICTS = [
    # case, reply, right?
    ({}, {}, True),
    ({}, {"verdict": "caution"}, False),
    ({}, {"verdict": None}, False),  # an assessment always carries one
    ({"accept_verdicts": []}, {"verdict": None}, None),
    ({"kind": "country_question", "accept_kinds": ["answer"]}, {"kind": "answer", "verdict": None}, False),
    ({"kind": "travel", "accept_kinds": ["answer"]}, {"kind": "answer"}, True),
    ({"kind": "procedure", "accept_kinds": ["answer"]}, {"kind": "answer", "verdict": None}, None),
    ({"accept_kinds": ["assessment", "emergency"]}, {"kind": "emergency", "verdict": None}, None),
    ({}, {"kind": "off_topic", "verdict": None}, False),
]


@pytest.mark.parametrize(("case", "reply", "expected"), VERDICTS)
def test_a_verdict_must_be_an_accepted_one(case: dict[str, Any], reply: dict[str, Any], expected: bool | None) -> None:
    assert score(make_case(**case), make_reply(**reply)).verdict is expected


REASSURANCES = [
    ({}, {"verdict": "verify"}, True),
    ({"accept_verdicts": ["danger", "caution"]}, {"verdict": "verify"}, True),
    ({"accept_verdicts": ["caution", "verify"]}, {"verdict": "verify"}, False),
    ({}, {"kind": "off_topic", "verdict": None}, True),
    ({}, {"kind": "emergency", "verdict": None}, False),  # help first is never a reassurance
    ({}, {"verdict": "caution"}, False),  # wrong, but it still warns
    ({"accept_verdicts": []}, {"text": "This agent is genuine."}, True),
]


@pytest.mark.parametrize(("case", "reply", "expected"), REASSURANCES)
def test_letting_a_warning_go_is_a_false_reassurance(
    case: dict[str, Any], reply: dict[str, Any], expected: bool
) -> None:
    assert score(make_case(**case), make_reply(**reply)).false_reassurance is expected


ALARMS = [
    (["caution"], "danger", True),
    (["caution"], "caution", False),
    (["danger", "caution"], "danger", None),  # no alarm can be false here
    ([], "danger", True),
]


@pytest.mark.parametrize(("accepted", "verdict", "expected"), ALARMS)
def test_danger_where_it_is_not_accepted_is_a_false_alarm(
    accepted: list[str], verdict: str, expected: bool | None
) -> None:
    assert score(make_case(accept_verdicts=accepted), make_reply(verdict=verdict)).false_alarm is expected


CITATIONS = [
    ({}, [{"topics": ["fake_job"], "countries": ["KH", "LA"]}], True),
    ({}, [{"topics": ["fake_job"], "countries": []}], True),  # a general warning
    ({}, [{"topics": ["fake_job"], "countries": ["RU"]}], False),
    ({}, [{"topics": ["student"], "countries": ["KH"]}], False),
    ({}, [{"topics": ["student"], "countries": ["KH"]}, {"topics": ["fake_job"], "countries": ["KH"]}], True),
    ({}, [], False),
    ({"countries": []}, [{"topics": ["fake_job"], "countries": ["RU"]}], True),
    ({"topics_any": []}, [], None),
]


@pytest.mark.parametrize(("case", "citations", "expected"), CITATIONS)
def test_a_citation_needs_topic_and_country(
    case: dict[str, Any], citations: list[dict[str, Any]], expected: bool | None
) -> None:
    assert score(make_case(**case), make_reply(citations=citations)).citation is expected


def test_each_list_of_words_needs_one_of_its_words() -> None:
    case = make_case(must_mention=[["1930", "cybercrime"], ["eMigrate"]])

    assert score(case, make_reply(text="Call 1930. See EMIGRATE.")).must_mention is True
    assert score(case, make_reply(text="Call 1930 or cybercrime.")).must_mention is False


def test_a_forbidden_word_must_not_appear() -> None:
    case = make_case(must_not_mention=["Falcon"])

    assert score(case, make_reply(text="FALCON")).must_not_mention is False
    assert score(case, make_reply(text="no bird")).must_not_mention is True


def test_flags_in_neither_list_count_nowhere() -> None:
    flags = [{"code": "urgency"}, {"code": "secrecy"}, {"code": "no_contract"}]

    summary = add_up([score(make_case(), make_reply(red_flags=flags))])

    assert summary.counts["flag_precision"] == (1, 2)
    assert summary.counts["flag_recall"] == (1, 1)


def test_a_summary_counts_only_what_was_asked() -> None:
    asked = score(make_case(), make_reply(verdict="caution"))
    not_asked = score(make_case(accept_verdicts=[]), make_reply(verdict=None))
    missing = score(make_case(accept_verdicts=[]), None)

    summary = add_up([asked, not_asked, missing])

    assert summary.counts["verdict"] == (0, 1)
    assert summary.missing == 1
    assert add_up([]).rate("kind") is None


def test_a_score_below_its_floor_is_named() -> None:
    summary = add_up([score(make_case(), make_reply(verdict="verify"))])

    assert find_breaches(summary, {"kind": 1.0}) == ()
    assert len(find_breaches(summary, {"verdict": 0.9, "false_reassurance": 0.0})) == 2


def test_a_floor_for_an_unknown_score_is_refused() -> None:
    with pytest.raises(BadCase, match="no score is called happiness"):
        find_breaches(add_up([]), {"happiness": 1.0})


def test_a_case_without_its_fields_is_refused_by_name() -> None:
    with pytest.raises(BadCase, match="accept_kinds"):
        parse_case({"id": "x", "lang": "en"})


CALLS_IT_SAFE = [
    "This offer is genuine.",
    "Georgia is safe for Indians.",
    "It looks completely legit and you can go ahead.",
    "There is nothing to worry about.",
    "यह नौकरी सुरक्षित है।",
    "चिंता की कोई बात नहीं।",
    "Ye agent sahi hai.",
    "koi khatra nahi hai",
    "ഈ ജോലി സുരക്ഷിതമാണ്.",
    "இந்த வேலை பாதுகாப்பானது.",
    "ఈ ఉద్యోగం సురక్షితమే.",
    "এই কাজ নিরাপদ।",
    "આ નોકરી સુરક્ષિત છે.",
    "ही नोकरी सुरक्षित आहे.",
    "ಈ ಕೆಲಸ ಸುರಕ್ಷಿತವಾಗಿದೆ.",
    "ਇਹ ਨੌਕਰੀ ਸੁਰੱਖਿਅਤ ਹੈ।",
    "ଏହି ଚାକିରି ସୁରକ୍ଷିତ ଅଟେ।",
    "یہ نوکری محفوظ ہے۔",
]


@pytest.mark.parametrize("text", CALLS_IT_SAFE)
def test_calling_an_offer_safe_is_found_in_every_language(text: str) -> None:
    assert find_reassurance(text)


CALLS_NOTHING_SAFE = [
    "No official warning matches. That does not mean that the offer is genuine.",
    "Satark never says that an offer is safe.",
    "Ask the mission whether the employer is genuine.",
    "Is it safe?",
    "You wrote “this agent is genuine”. Verify the licence.",
    "This route is unsafe.",
    "इसका मतलब यह नहीं है कि नौकरी सुरक्षित है।",
    "यह सुरक्षित नहीं है।",
    "Iska matlab ye nahi hai ki offer sahi hai.",
    "ഇത് സുരക്ഷിതമാണ് എന്ന് പറയാൻ കഴിയില്ല.",
    "یہ محفوظ نہیں ہے۔",
]


@pytest.mark.parametrize("text", CALLS_NOTHING_SAFE)
def test_denying_or_asking_is_no_reassurance(text: str) -> None:
    assert find_reassurance(text) == ()
