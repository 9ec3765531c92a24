"""How strongly a message must be warned of. Pure: red flags and valid warnings in, a judgement out.

The rules are those of `evals/README.md`, *Verdicts*. Nothing here can lower what another rule raised.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from knowledge.records import AdvisoryRecord
from knowledge.vocabulary import RedFlag, Severity, Verdict, WorkScope, higher

DANGEROUS_ALONE = frozenset({RedFlag.VISIT_VISA_WORK, RedFlag.MILITARY_SUPPORT_ROLE, RedFlag.SECRECY})
FLAGS_THAT_MAKE_DANGER = 3  # so many of the other red flags together
_WARNING_SEVERITIES = frozenset(set(Severity) - {Severity.NOTICE})
_STAY_AWAY = frozenset({Severity.DO_NOT_GO, Severity.LEAVE})


class Reason(StrEnum):
    """Why a verdict is what it is; presenters word it."""

    PATTERN_MATCHES = "pattern_matches"
    DANGEROUS_FLAG = "dangerous_flag"
    MANY_FLAGS = "many_flags"
    STAY_AWAY = "stay_away"
    SOME_FLAG = "some_flag"
    DESTINATION_WARNED = "destination_warned"
    NOTHING_MATCHES = "nothing_matches"
    LANGUAGE_NOT_READ = "language_not_read"
    SAID_BEFORE = "said_before"


@dataclass(frozen=True)
class Judgement:
    """A verdict, its reason, and the warnings it rests on (strongest first)."""

    verdict: Verdict
    reason: Reason
    warnings: tuple[AdvisoryRecord, ...]


@dataclass(frozen=True)
class WarningsFound:
    """Valid warnings of the destinations, sorted by what they say of this message."""

    matching: tuple[AdvisoryRecord, ...]  # the pattern they warn of is shown
    covering: tuple[AdvisoryRecord, ...]  # they cover this kind of work, or all work there
    stay_away: tuple[AdvisoryRecord, ...]  # they say do not go, or leave


def sort_warnings(
    records: Iterable[AdvisoryRecord], flags: Collection[RedFlag], work: Collection[WorkScope]
) -> WarningsFound:
    """Sort a country's valid records; plain notices and statistics raise nothing."""
    warnings = [record for record in records if record.severity in _WARNING_SEVERITIES]
    return WarningsFound(
        matching=tuple(record for record in warnings if set(record.pattern) & set(flags)),
        covering=tuple(record for record in warnings if _covers(record, work)),
        stay_away=tuple(record for record in warnings if record.severity in _STAY_AWAY),
    )


def judge_offer(flags: Collection[RedFlag], found: WarningsFound) -> Judgement:
    """The verdict on an offer."""
    if found.matching:
        return Judgement(Verdict.DANGER, Reason.PATTERN_MATCHES, found.matching)
    if set(flags) & DANGEROUS_ALONE:
        return Judgement(Verdict.DANGER, Reason.DANGEROUS_FLAG, found.covering)
    if len(set(flags)) >= FLAGS_THAT_MAKE_DANGER:
        return Judgement(Verdict.DANGER, Reason.MANY_FLAGS, found.covering)
    if flags:
        return Judgement(Verdict.CAUTION, Reason.SOME_FLAG, found.covering)
    if found.covering:
        return Judgement(Verdict.CAUTION, Reason.DESTINATION_WARNED, found.covering)
    return Judgement(Verdict.VERIFY, Reason.NOTHING_MATCHES, ())


def judge_country(flags: Collection[RedFlag], found: WarningsFound) -> Judgement:
    """The verdict on going to a country: as an offer, and danger where a valid notice says do not go, or leave."""
    offer = judge_offer(flags, found)
    if found.stay_away and higher(offer.verdict, Verdict.DANGER) is not offer.verdict:
        return Judgement(Verdict.DANGER, Reason.STAY_AWAY, found.stay_away)
    return offer


def without_reading(judgement: Judgement | None) -> Judgement:
    """The verdict where we cannot read the person's language: finding nothing there proves nothing."""
    if judgement is None or judgement.verdict is Verdict.VERIFY:
        return Judgement(Verdict.CAUTION, Reason.LANGUAGE_NOT_READ, ())
    return judgement


def _covers(record: AdvisoryRecord, work: Collection[WorkScope]) -> bool:
    if record.severity in _STAY_AWAY and not record.scope:
        return True  # who may not go there at all may not work there either
    return WorkScope.ALL in record.scope or bool(set(record.scope) & set(work))
