"""Suggests what a record handed in as bare facts leaves open: how strongly it warns, of what work and what pattern.

Without them a new warning would be found but raise no verdict. Pure. A field that was given is never touched, and
staff see what was suggested before they publish.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from knowledge.records import AdvisoryRecord
from knowledge.vocabulary import AdvisoryKind, RedFlag, Severity, Topic, WorkScope

NO_WARNINGS = (AdvisoryKind.BACKGROUND, AdvisoryKind.PARLIAMENT_ANSWER, AdvisoryKind.COURT_STATEMENT)

# Most warnings of these topics say: this pattern of offer, and offers of this kind of work, in that country
BY_TOPIC: dict[Topic, tuple[tuple[RedFlag, ...], tuple[WorkScope, ...]]] = {
    Topic.ARMY_RECRUITMENT: ((RedFlag.MILITARY_SUPPORT_ROLE,), (WorkScope.MILITARY,)),
    Topic.CYBER_SCAM_COMPOUND: ((RedFlag.SCAM_COMPOUND_ROLE,), (WorkScope.DIGITAL,)),
    Topic.VISA_MISUSE: ((RedFlag.VISIT_VISA_WORK,), ()),
    Topic.ILLEGAL_MIGRATION_ROUTE: ((RedFlag.TRANSIT_ROUTE,), ()),
    Topic.DOMESTIC_WORK: ((), (WorkScope.DOMESTIC,)),
}

# "Do not travel to X", not "do not travel on a visit visa": the words must speak of the journey itself
_GOING = r"(?:travel(?:l?ing)?|going|go)"
DO_NOT_GO = re.compile(
    rf"\b(?:do not|don't|must not|should not|not to|refrain from|avoid all|against all|suspend all|no) {_GOING} to\b"
    r"|\bavoid all travel\b|\b(?:ban(?:ned)?|prohibit(?:ed)?s?) (?:on )?(?:all )?travel\b"
    r"|\bnot to (?:take up|accept) (?:any )?(?:jobs?|work|employment|offers?)\b"
    r"(?! (?:as|with|from|of|on|by|that|which)\b)",
    re.IGNORECASE,
)
LEAVE = re.compile(
    r"\b(?:should|must|asked to|advised to|urged to|told to|to) (?:immediately )?(?:leave|depart|evacuate|exit)\b"
    r"(?! (?:india|home|only|without)\b)"
    r"|\bleave the country\b",
    re.IGNORECASE,
)
NON_ESSENTIAL = re.compile(r"\bnon-?essential (?:travel|journeys?|visits?)\b|\bunnecessary travel\b", re.IGNORECASE)


@dataclass(frozen=True)
class Suggestion:
    """The fields that were left open, with what is suggested for them. None: was given, stays as it is."""

    severity: Severity | None
    scope: tuple[WorkScope, ...] | None
    pattern: tuple[RedFlag, ...] | None
    standing: bool | None

    def apply_to(self, record: AdvisoryRecord) -> AdvisoryRecord:
        """Return the record with its open fields filled."""
        return replace(
            record,
            severity=record.severity if self.severity is None else self.severity,
            scope=record.scope if self.scope is None else self.scope,
            pattern=record.pattern if self.pattern is None else self.pattern,
            standing=record.standing if self.standing is None else self.standing,
        )

    def as_fields(self) -> dict[str, object]:
        """Return what was suggested as plain JSON values."""
        fields = {"severity": self.severity, "scope": self.scope, "pattern": self.pattern, "standing": self.standing}
        return {name: value for name, value in fields.items() if value is not None}


def suggest(record: AdvisoryRecord, known: Collection[str]) -> Suggestion:
    """Suggest values for the fields of a record that are not among the `known` ones."""
    severity = record.severity if "severity" in known else suggest_severity(record)
    pattern, scope = _by_topics(record, severity)
    strong = severity in (Severity.DO_NOT_GO, Severity.LEAVE, Severity.AVOID_NON_ESSENTIAL) or bool(pattern)
    return Suggestion(
        severity=None if "severity" in known else severity,
        scope=None if "scope" in known else scope,
        pattern=None if "pattern" in known else pattern,
        standing=None if "standing" in known else strong and bool(set(record.countries) - {"IN"}),
    )


def suggest_severity(record: AdvisoryRecord) -> Severity:
    """Read from the words how strongly a notice speaks; what merely informs is a notice."""
    if record.kind in NO_WARNINGS:
        return Severity.NOTICE
    words = " ".join((record.title or "", *record.facts))
    if NON_ESSENTIAL.search(words):
        return Severity.AVOID_NON_ESSENTIAL
    if DO_NOT_GO.search(words):
        return Severity.DO_NOT_GO
    return Severity.LEAVE if LEAVE.search(words) else Severity.WARNING


def _by_topics(record: AdvisoryRecord, severity: Severity) -> tuple[tuple[RedFlag, ...], tuple[WorkScope, ...]]:
    if severity is Severity.NOTICE:
        return (), ()
    rows = [BY_TOPIC[topic] for topic in record.topics if topic in BY_TOPIC]
    pattern = tuple(dict.fromkeys(flag for flags, _ in rows for flag in flags))
    scope = tuple(dict.fromkeys(work for _, works in rows for work in works))
    return pattern, (WorkScope.ALL,) if severity in (Severity.DO_NOT_GO, Severity.LEAVE) else scope
