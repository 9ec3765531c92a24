"""Makes the draft record of a notice from what is proposed, and its id. Pure; it is a draft until staff say so."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from ingest.parsed import ParsedAdvisory
from ingest.understanding.proposals import Understanding
from knowledge.records import AdvisoryRecord
from knowledge.vocabulary import SourceTier, Status, TextKind

UNKNOWN_ISSUER = "Issuer not known"
_LONGEST_ID = 80  # characters
_MOST_TITLE_WORDS = 6
_DULL = frozenset(
    {"of", "the", "and", "for", "to", "in", "on", "a", "an", "by", "from", "with", "india", "indian", "advisory",
     "notice", "press", "release", "regarding"}
)  # fmt: skip


def make_record(understanding: Understanding, advisory_id: str, parsed: ParsedAdvisory) -> AdvisoryRecord:
    """Return the draft with the proposed values. Its text is the notice itself, whole and in its own words.

    The must-mention sentences are part of that text already; they stay with the proposals, for the draft's card.
    """
    return AdvisoryRecord(
        id=advisory_id,
        issuer=understanding.issuer.value or UNKNOWN_ISSUER,
        kind=understanding.kind.value,
        date=understanding.date.value,
        date_precision=understanding.date_precision.value,
        title=understanding.title.value,
        countries=understanding.countries.value,
        topics=understanding.topics.value,
        facts=(parsed.text.strip() or parsed.title or "",),
        language=understanding.language.value,
        source_url=parsed.address,
        seen_in=parsed.address,
        also_seen=(),
        source_tier=SourceTier.OFFICIAL_PAGE if parsed.address else SourceTier.PRESS_OR_SECONDARY,
        confidence="seen",
        reported_by=None,
        text_kind=TextKind.OFFICIAL_WORDS,
        status=Status.DRAFT,
        severity=understanding.severity.value,
        scope=understanding.scope.value,
        pattern=understanding.pattern.value,
        standing=understanding.standing.value,
        supersedes=(),
        superseded_by=None,
        valid_until=understanding.valid_until.value,
        counts=understanding.counts.value,
    )


def make_advisory_id(understanding: Understanding, parsed: ParsedAdvisory, taken: Collection[str] = ()) -> str:
    """Return a short lasting id: who, when, what about. Never one of those that are `taken`.

    >>> # "embassy-riyadh-2026-02-19-domestic-workers"
    """
    parts = [_office(understanding.issuer.value), _day(understanding), _subject(understanding, parsed)]
    plain = "-".join(part for part in parts if part)[:_LONGEST_ID].strip("-") or "notice"
    number, advisory_id = 1, plain
    while advisory_id in taken:
        number += 1
        advisory_id = f"{plain}-{number}"
    return advisory_id


def _office(issuer: str | None) -> str:
    words = _slug(issuer or "").split("-")
    if "affairs" in words:
        return "mea"
    offices = {"embassy": "embassy", "commission": "hci", "consulate": "cgi", "information": "pib"}
    office = next((short for word, short in offices.items() if word in words), "")
    if not office:
        return "-".join(words[:3]) if issuer else "notice"
    place = [word for word in words if word not in (*offices, *_DULL, "high", "general", "bureau", "assistant")]
    return "-".join([office, *place[:2]])


def _day(understanding: Understanding) -> str:
    date = understanding.date.value
    if date is None:
        return ""
    return date.isoformat()[: {"month": 7, "year": 4}.get(understanding.date_precision.value, 10)]


def _subject(understanding: Understanding, parsed: ParsedAdvisory) -> str:
    words = [word for word in _slug(parsed.title or "").split("-") if word and word not in _DULL]
    if len(words) >= 2:
        return "-".join(words[:_MOST_TITLE_WORDS])
    about = [code.lower() for code in understanding.countries.value[:3]]
    topics = [topic.replace("_", "-") for topic in understanding.topics.value[:1]]
    return "-".join([*about, *topics]) or "-".join(words)


def _slug(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
