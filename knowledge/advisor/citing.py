"""Turns the records that a reply rests on into citations. Chooses the words shown; invents none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from knowledge.advisor.replies import Citation, FlagFound
from knowledge.library import Library
from knowledge.reading.offer import mask_contacts
from knowledge.reading.red_flags import ShownFlag
from knowledge.records import AdvisoryRecord, RuleRecord
from knowledge.vocabulary import RedFlag, SourceTier, Topic

MOST_WARNINGS = 4
MOST_RULES = 6
_JOINERS = "\u200c\u200d"
_NUMBER_BEFORE_MAIL = re.compile(r"(?<![\d,.])\+?\d[\d\s\-()]{4,}(?=\[…@…\])")  # a UPI id typed with blanks
_SUBJECTS = {
    RedFlag.VISIT_VISA_WORK: Topic.VISA_MISUSE,
    RedFlag.MILITARY_SUPPORT_ROLE: Topic.ARMY_RECRUITMENT,
    RedFlag.SCAM_COMPOUND_ROLE: Topic.CYBER_SCAM_COMPOUND,
    RedFlag.TRANSIT_ROUTE: Topic.ILLEGAL_MIGRATION_ROUTE,
}
_CONFIDENCE = ("seen-official", "seen-law", "seen-state", "seen")


def cite_advisory(record: AdvisoryRecord, quote: str | None = None) -> Citation:
    """A citation of a notice; `quote` is the passage that was found, else its first fact stands."""
    newest = max(record.counts, key=lambda count: count.as_of, default=None)
    return Citation(
        id=record.id,
        type="advisory",
        issuer=record.issuer,
        title=record.title,
        date=record.date,
        date_precision=record.date_precision,
        as_of=newest.as_of if newest else None,
        url=record.source_url,
        reported_by=record.reported_by,
        countries=record.countries,
        topics=record.topics,
        quote=quote or record.facts[0],
        quote_kind=record.text_kind,
        gist=record.gist,
    )


def cite_rule(rule: RuleRecord) -> Citation:
    """A citation of a rule of law."""
    return Citation(
        id=rule.id,
        type="rule",
        issuer=rule.issuer,
        title=rule.title,
        date=rule.date,
        date_precision="day" if rule.date else "unknown",
        as_of=rule.as_of,
        url=rule.source_url,
        reported_by=rule.reported_by,
        countries=rule.countries,
        topics=rule.topics,
        quote=rule.text.strip(),
        quote_kind=rule.text_kind,
        gist=rule.gist,
    )


def find_rule_for(flag: RedFlag, library: Library, countries: Sequence[str]) -> RuleRecord | None:
    """The rule that a red flag rests on: one of the country first, then the most specific and best seen."""
    fitting = [
        rule
        for rule in library.rules.values()
        if flag in rule.flags and (not rule.countries or set(rule.countries) & set(countries))
    ]
    return min(fitting, key=_rule_order, default=None)


def _rule_order(rule: RuleRecord) -> tuple[bool, int, int, str]:
    known = _CONFIDENCE.index(rule.confidence) if rule.confidence in _CONFIDENCE else len(_CONFIDENCE)
    return (not rule.countries, len(rule.flags), known, rule.id)


def rest_flags(
    flags: Iterable[ShownFlag], matching: Sequence[AdvisoryRecord], library: Library, countries: Sequence[str]
) -> tuple[FlagFound, ...]:
    """Each flag with what it rests on: a warning whose pattern it is, else the rule of law."""
    return tuple(
        FlagFound(flag.code, showable(flag.quote), _rests_on(flag.code, matching, library, countries)) for flag in flags
    )


def showable(words: str) -> str:
    """A person's words without what could steer a screen: control characters and turned writing directions.

    The joiners of Indic scripts stay. Contacts are masked once more, as a hidden character may have parted a number.
    """
    kept = (letter for letter in words if letter in _JOINERS or unicodedata.category(letter) not in ("Cc", "Cf", "Cs"))
    return mask_contacts(_NUMBER_BEFORE_MAIL.sub("", "".join(kept)))


def _rests_on(
    flag: RedFlag, matching: Sequence[AdvisoryRecord], library: Library, countries: Sequence[str]
) -> str | None:
    """A rule of that very country, else a warning that is about the flag's subject, else the general rule."""
    rule = find_rule_for(flag, library, countries)
    if rule is not None and rule.countries:
        return rule.id
    subject = _SUBJECTS.get(flag)
    fitting = [record for record in rank_warnings(matching, {}) if flag in record.pattern]
    warning = next((record for record in fitting if subject in record.topics), None)
    if warning is not None:
        return warning.id
    return rule.id if rule else next((record.id for record in fitting), None)


def rank_warnings(records: Iterable[AdvisoryRecord], scores: Mapping[str, float]) -> list[AdvisoryRecord]:
    """Warnings in the order of showing: near to the message, standing, official, newer."""

    def order(record: AdvisoryRecord) -> tuple[float, ...]:
        official = record.source_tier is not SourceTier.PRESS_OR_SECONDARY
        age = record.date.toordinal() if record.date else 0
        near = scores.get(record.id, 0.0)
        return (-round(near, 1), -record.standing, -age / 365, -official)

    return sorted({record.id: record for record in records}.values(), key=order)
