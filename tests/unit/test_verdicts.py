"""How strongly a message is warned of, as a table of the rules; and that no rule lowers what another raised."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.records import AdvisoryRecord, build_advisory
from knowledge.verdicts import Judgement, Reason, judge_country, judge_offer, sort_warnings
from knowledge.vocabulary import RedFlag, Severity, Verdict, WorkScope, higher

DANGER, CAUTION, VERIFY = Verdict.DANGER, Verdict.CAUTION, Verdict.VERIFY
ALONE = (RedFlag.VISIT_VISA_WORK, RedFlag.MILITARY_SUPPORT_ROLE, RedFlag.SECRECY)
OTHERS = tuple(flag for flag in RedFlag if flag not in ALONE)


def make_warning(
    severity: Severity = Severity.WARNING,
    scope: Collection[WorkScope] = (),
    pattern: Collection[RedFlag] = (),
    name: str = "warning",
) -> AdvisoryRecord:
    values = {
        "id": name,
        "issuer": "Embassy of India",
        "kind": "embassy_notice",
        "date": dt.date(2026, 1, 5),
        "countries": ["KH"],
        "topics": ["fake_job"],
        "facts": ["Indian nationals are warned."],
        "source_tier": "official_page",
        "status": "published",
        "severity": str(severity),
        "scope": [str(work) for work in scope],
        "pattern": [str(flag) for flag in pattern],
    }
    return build_advisory(values, name)


def offer(
    flags: Collection[RedFlag] = (), records: Collection[AdvisoryRecord] = (), work: Collection[WorkScope] = ()
) -> Judgement:
    return judge_offer(flags, sort_warnings(records, flags, work))


def country(
    flags: Collection[RedFlag] = (), records: Collection[AdvisoryRecord] = (), work: Collection[WorkScope] = ()
) -> Judgement:
    return judge_country(flags, sort_warnings(records, flags, work))


OF_COMPOUNDS = make_warning(scope=[WorkScope.DIGITAL], pattern=[RedFlag.SCAM_COMPOUND_ROLE])
OF_ALL_WORK = make_warning(scope=[WorkScope.ALL])
STAY_AWAY = make_warning(Severity.DO_NOT_GO, scope=[WorkScope.ALL])
LEAVE = make_warning(Severity.LEAVE, scope=[WorkScope.ALL])
PLAIN_NOTICE = make_warning(Severity.NOTICE, scope=[WorkScope.ALL], pattern=[RedFlag.URGENCY])


@pytest.mark.parametrize(
    ("flags", "records", "work", "verdict"),
    [
        pytest.param([], [], [], VERIFY, id="nothing shown, nothing published"),
        pytest.param([], [OF_COMPOUNDS], [WorkScope.CONSTRUCTION], VERIFY, id="a warning of other work"),
        pytest.param([], [PLAIN_NOTICE], [WorkScope.FARM], VERIFY, id="a plain notice warns of nothing"),
        pytest.param([RedFlag.URGENCY], [], [], CAUTION, id="one flag"),
        pytest.param([RedFlag.UPFRONT_FEE, RedFlag.URGENCY], [], [], CAUTION, id="two flags"),
        pytest.param([], [OF_COMPOUNDS], [WorkScope.DIGITAL], CAUTION, id="warned of this work, pattern not shown"),
        pytest.param([], [OF_ALL_WORK], [], CAUTION, id="warned of all work there"),
        pytest.param([RedFlag.URGENCY], [OF_COMPOUNDS], [WorkScope.FARM], CAUTION, id="a flag of another pattern"),
        pytest.param(OTHERS[:3], [], [], DANGER, id="three flags"),
        pytest.param([RedFlag.SCAM_COMPOUND_ROLE], [OF_COMPOUNDS], [], DANGER, id="destination and pattern warned of"),
        pytest.param([RedFlag.URGENCY], [PLAIN_NOTICE], [], CAUTION, id="the pattern of a mere notice"),
        *(pytest.param([flag], [], [], DANGER, id=f"{flag} alone") for flag in ALONE),
        *(pytest.param([flag], [], [], CAUTION, id=f"{flag} alone") for flag in OTHERS),
    ],
)
def test_the_verdict_on_an_offer_follows_the_rules(
    flags: list[RedFlag], records: list[AdvisoryRecord], work: list[WorkScope], verdict: Verdict
) -> None:
    assert offer(flags, records, work).verdict is verdict


@pytest.mark.parametrize(
    ("flags", "records", "verdict"),
    [
        pytest.param([], [], VERIFY, id="nothing published"),
        pytest.param([], [PLAIN_NOTICE], VERIFY, id="a plain notice"),
        pytest.param([], [OF_ALL_WORK], CAUTION, id="warned of all work there"),
        pytest.param([], [STAY_AWAY], DANGER, id="do not go"),
        pytest.param([], [LEAVE], DANGER, id="leave"),
        pytest.param([], [OF_ALL_WORK, LEAVE], DANGER, id="leave beside a weaker warning"),
        pytest.param([RedFlag.URGENCY], [STAY_AWAY], DANGER, id="do not go, and a flag"),
        pytest.param([RedFlag.SECRECY], [], DANGER, id="a flag that is dangerous alone"),
    ],
)
def test_the_verdict_on_a_country_follows_the_rules(
    flags: list[RedFlag], records: list[AdvisoryRecord], verdict: Verdict
) -> None:
    assert country(flags, records).verdict is verdict


@pytest.mark.parametrize("severity", [Severity.DO_NOT_GO, Severity.LEAVE])
def test_an_offer_to_a_country_that_one_must_not_enter_is_never_merely_to_be_verified(severity: Severity) -> None:
    assert offer(records=[make_warning(severity)]).verdict is not VERIFY


def test_the_same_flag_twice_counts_once() -> None:
    assert offer([RedFlag.URGENCY, RedFlag.URGENCY, RedFlag.URGENCY]).verdict is CAUTION


@pytest.mark.parametrize(
    ("judgement", "reason"),
    [
        (offer([RedFlag.SCAM_COMPOUND_ROLE], [OF_COMPOUNDS]), Reason.PATTERN_MATCHES),
        (offer([RedFlag.SECRECY]), Reason.DANGEROUS_FLAG),
        (offer(OTHERS[:3]), Reason.MANY_FLAGS),
        (offer([RedFlag.URGENCY]), Reason.SOME_FLAG),
        (offer([], [OF_ALL_WORK]), Reason.DESTINATION_WARNED),
        (offer(), Reason.NOTHING_MATCHES),
        (country([], [STAY_AWAY]), Reason.STAY_AWAY),
    ],
)
def test_a_verdict_names_its_reason(judgement: Judgement, reason: Reason) -> None:
    assert judgement.reason is reason


def test_a_verdict_names_the_warnings_it_rests_on() -> None:
    assert offer([RedFlag.SCAM_COMPOUND_ROLE], [OF_COMPOUNDS, PLAIN_NOTICE]).warnings == (OF_COMPOUNDS,)
    assert country([], [STAY_AWAY, PLAIN_NOTICE]).warnings == (STAY_AWAY,)
    assert offer().warnings == ()


def test_verdicts_are_combined_upwards() -> None:
    assert higher(VERIFY, DANGER) is DANGER
    assert higher(DANGER, CAUTION) is DANGER
    assert higher(None, VERIFY) is VERIFY
    assert higher(None, None) is None


any_flags = st.frozensets(st.sampled_from(RedFlag), max_size=5)
any_work = st.frozensets(st.sampled_from(WorkScope), max_size=3)
any_warning = st.builds(make_warning, st.sampled_from(Severity), any_work, any_flags)
any_warnings = st.lists(any_warning, max_size=3)


@pytest.mark.parametrize("judge", [offer, country])
@given(flags=any_flags, more=st.sampled_from(RedFlag), records=any_warnings, work=any_work)
def test_one_more_flag_never_lowers_a_verdict(
    judge: Callable[..., Judgement],
    flags: frozenset[RedFlag],
    more: RedFlag,
    records: list[AdvisoryRecord],
    work: frozenset[WorkScope],
) -> None:
    assert judge(flags | {more}, records, work).verdict.rank >= judge(flags, records, work).verdict.rank


@pytest.mark.parametrize("judge", [offer, country])
@given(flags=any_flags, records=any_warnings, more=any_warning, work=any_work)
def test_one_more_warning_never_lowers_a_verdict(
    judge: Callable[..., Judgement],
    flags: frozenset[RedFlag],
    records: list[AdvisoryRecord],
    more: AdvisoryRecord,
    work: frozenset[WorkScope],
) -> None:
    assert judge(flags, [*records, more], work).verdict.rank >= judge(flags, records, work).verdict.rank


@given(flags=any_flags, records=any_warnings, work=any_work)
def test_a_country_is_never_judged_milder_than_an_offer_to_it(
    flags: frozenset[RedFlag], records: list[AdvisoryRecord], work: frozenset[WorkScope]
) -> None:
    assert country(flags, records, work).verdict.rank >= offer(flags, records, work).verdict.rank


@given(flags=any_flags, records=any_warnings, work=any_work)
def test_only_what_shows_no_flag_is_merely_to_be_verified(
    flags: frozenset[RedFlag], records: list[AdvisoryRecord], work: frozenset[WorkScope]
) -> None:
    if offer(flags, records, work).verdict is VERIFY:
        assert not flags
