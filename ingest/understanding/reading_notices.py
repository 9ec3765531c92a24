"""Reads a notice as a staff member would, field by field, and proposes a value for each. Pure; stores nothing.

Whatever the page says is only read: no sentence of it is an instruction here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from ingest.parsed import ParsedAdvisory
from ingest.suggesting import suggest
from ingest.understanding.contacts import propose_contacts
from ingest.understanding.counts import propose_counts
from ingest.understanding.issuers import propose_issuer, propose_kind
from ingest.understanding.meaning import TopicsByMeaning
from ingest.understanding.must_mention import find_instructions, propose_facts
from ingest.understanding.notice import Notice, make_notice
from ingest.understanding.people import propose_who
from ingest.understanding.places_warned import propose_countries
from ingest.understanding.proposals import GUESSED, LIKELY, SURE, Basis, Proposal, Understanding, nothing
from ingest.understanding.strength import propose_severity
from ingest.understanding.times import find_dates
from ingest.understanding.topics import propose_topics
from ingest.understanding.validity import propose_earlier, propose_valid_until
from knowledge.records import AdvisoryRecord
from knowledge.vocabulary import AdvisoryKind, Severity, SourceTier, Status, TextKind, Topic

OLD_AFTER = dt.timedelta(days=180)  # what is dated before and appears now is an old notice, or one that was moved
POORLY_READ = 0.75  # text recognition below this: every proposal is a guess
_DATE_LINES = 4  # lines at the top and the bottom in which a notice says its day
_LONGEST_DATE_LINE = 120  # characters


def understand(
    parsed: ParsedAdvisory,
    *,
    today: dt.date,
    usual_topics: Sequence[Topic] = (),
    topics_by_meaning: TopicsByMeaning | None = None,
) -> Understanding:
    """Return what is proposed for every field of a notice.

    `today` only serves to notice a date that is old or lies ahead; it never becomes a date. `usual_topics` are those of
    the source, proposed only where the words say nothing. `topics_by_meaning` is the second voice on topics; without it
    the phrase lists serve alone. Raises what `topics_by_meaning` raises.
    """
    notice = make_notice(parsed.title, parsed.text)
    issuer = propose_issuer(notice, parsed.issuer)
    kind = propose_kind(notice, issuer.value, parsed.address)
    date, precision = _propose_date(parsed, notice)
    countries = propose_countries(notice, issuer.value, parsed.address)
    topics = propose_topics(notice, usual_topics, topics_by_meaning(notice) if topics_by_meaning else ())
    severity = propose_severity(notice, kind.value, topics.value)
    contacts = propose_contacts(notice, countries.value)
    derived = _derive(parsed, kind.value, countries.value, topics.value, severity.value)
    understanding = Understanding(
        issuer=issuer,
        kind=kind,
        date=date,
        date_precision=precision,
        title=Proposal(parsed.title, SURE, (parsed.title,), Basis.PAGE) if parsed.title else nothing(None),
        language=Proposal(parsed.language, LIKELY, (), Basis.DERIVED),
        countries=countries,
        topics=topics,
        severity=severity,
        scope=Proposal(derived.scope, GUESSED, severity.words, Basis.DERIVED),
        pattern=Proposal(derived.pattern, GUESSED, topics.words, Basis.DERIVED),
        standing=Proposal(derived.standing, GUESSED, severity.words, Basis.DERIVED),
        valid_until=propose_valid_until(notice, date.value),
        who_is_warned=propose_who(notice),
        facts=propose_facts(notice, contacts.words),
        contacts=contacts,
        counts=propose_counts(notice.text, date.value, next(iter(countries.value), None)),
        earlier=propose_earlier(notice, date.value),
        cautions=tuple(_find_cautions(parsed, notice, date.value, today)),
    )
    return _doubt(understanding) if (parsed.confidence or 1.0) < POORLY_READ else understanding


def find_date_cautions(date: dt.date | None, today: dt.date) -> Iterator[str]:
    """Say what is odd about the date of a notice that appears as new: years old, or still to come."""
    if date is None:
        yield "has no date; it may be old"
    elif date > today:
        yield f"dated {date.isoformat()}, which lies in the future"
    elif today - date > OLD_AFTER:
        yield f"dated {date.isoformat()}, appears as new"


def _propose_date(parsed: ParsedAdvisory, notice: Notice) -> tuple[Proposal[dt.date | None], Proposal[str]]:
    """The day that the page gives, else one that stands alone in the first or last lines; otherwise none."""
    if parsed.date is not None:
        words = (parsed.date_words,) if parsed.date_words else ()
        page = Proposal(parsed.date, SURE if words else LIKELY, words, Basis.PAGE)
        return page, Proposal(parsed.date_precision, SURE, words, Basis.PAGE)
    lines = [line.strip() for line in notice.text.splitlines() if line.strip()]
    for line in dict.fromkeys([*lines[:_DATE_LINES], *lines[-_DATE_LINES:]]):
        found = find_dates(make_notice(None, line).plain) if len(line) <= _LONGEST_DATE_LINE else ()
        if len(found) == 1 and len(line) - len(found[0].words) <= _LONGEST_DATE_LINE // 3:
            words = (found[0].words,)
            return Proposal(found[0].date, GUESSED, words), Proposal(found[0].precision, GUESSED, words)
    return nothing(None), Proposal("unknown", SURE, (), Basis.NOTHING)


def _derive(
    parsed: ParsedAdvisory,
    kind: AdvisoryKind,
    countries: tuple[str, ...],
    topics: tuple[Topic, ...],
    severity: Severity,
) -> AdvisoryRecord:
    """What `suggest` makes of the other fields, in a record that is thrown away."""
    record = AdvisoryRecord(
        id="draft", issuer="", kind=kind, date=None, date_precision="unknown", title=parsed.title, countries=countries,
        topics=topics, facts=(parsed.text,), language=parsed.language, source_url=None, seen_in=None, also_seen=(),
        source_tier=SourceTier.OFFICIAL_PAGE, confidence="seen", reported_by=None, text_kind=TextKind.OFFICIAL_WORDS,
        status=Status.DRAFT, severity=severity, scope=(), pattern=(), standing=False, supersedes=(),
        superseded_by=None, valid_until=None, counts=(),
    )  # fmt: skip
    return suggest(record, {"severity"}).apply_to(record)


def _find_cautions(parsed: ParsedAdvisory, notice: Notice, date: dt.date | None, today: dt.date) -> Iterator[str]:
    yield from find_date_cautions(date, today)
    if find_instructions(notice):
        yield "speaks to a program instead of people; read it yourself before you publish it"
    if (parsed.confidence or 1.0) < POORLY_READ:
        yield "was read from a picture with doubt; compare names, numbers and dates with it"
    if not parsed.text.strip():
        yield "has no text of its own; its words may stand in a picture or file"


def _doubt(understanding: Understanding) -> Understanding:
    """The same with every proposal that rests on the text brought down to a guess."""
    changes: dict[str, Any] = {}
    for each in fields(understanding):
        value = getattr(understanding, each.name)
        if isinstance(value, Proposal) and value.basis in (Basis.WORDS, Basis.MEANING, Basis.PAGE, Basis.DERIVED):
            changes[each.name] = replace(value, confidence=min(value.confidence, GUESSED))
    return replace(understanding, **changes)
