"""Saves rules of law and helplines as the curated files have them, and turns stored rows back into records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import state
from knowledge.advisories import as_fields, hash_content
from knowledge.models import Helpline, Rule
from knowledge.passage_store import sync_passages
from knowledge.passages import split_rule
from knowledge.records import HelplineRecord, RuleRecord
from knowledge.vocabulary import HelplineStatus, RedFlag, TextKind, Topic


def save_rules(session: Session, records: Iterable[RuleRecord], *, at: dt.datetime) -> int:
    """Make the stored rules, and their passages, those given: add, change, remove. Return how many changed."""
    stored = {row.id: row for row in session.scalars(select(Rule))}
    changed = 0
    for record in records:
        row = stored.pop(record.id, None) or Rule(id=record.id, passages=[])
        changed += _write_rule(session, row, record, at)
    return _finish(session, changed, stored.values())


def save_helplines(session: Session, records: Iterable[HelplineRecord], *, at: dt.datetime) -> int:
    """Make the stored helplines those given, but for those that staff wrote. Return how many changed."""
    rows = session.scalars(select(Helpline)).all()
    by_staff = {row.id for row in rows if row.origin == "staff"}
    stored = {row.id: row for row in rows if row.id not in by_staff}
    changed = 0
    for record in (record for record in records if record.id not in by_staff):
        row = stored.pop(record.id, None) or Helpline(id=record.id)
        changed += _write_if_changed(session, row, record, {"as_of_month": record.as_of_month}, at)
    return _finish(session, changed, stored.values())


def rule_record_of(row: Rule) -> RuleRecord:
    """Turn a stored rule back into its record."""
    return RuleRecord(
        id=row.id,
        title=row.title,
        text=row.text,
        source_url=row.source_url,
        confidence=row.confidence,
        issuer=row.issuer,
        date=row.date,
        as_of=row.as_of,
        countries=tuple(row.countries),
        topics=tuple(map(Topic, row.topics)),
        flags=tuple(map(RedFlag, row.flags)),
        reported_by=row.reported_by,
        text_kind=TextKind(row.text_kind),
        gist=dict(row.gist),
    )


def helpline_record_of(row: Helpline) -> HelplineRecord:
    """Turn a stored helpline back into its record."""
    return HelplineRecord(
        id=row.id,
        name=row.name,
        who_for=row.who_for,
        country=row.country,
        phones=tuple(row.phones),
        whatsapp=tuple(row.whatsapp),
        email=row.email,
        url=row.url,
        hours=row.hours,
        seen_in=tuple(row.seen_in),
        as_of=row.as_of,
        as_of_month=row.as_of_month,
        official_reprint=row.official_reprint,
        status=HelplineStatus(row.status),
        note=row.note,
    )


def _write_rule(session: Session, row: Rule, record: RuleRecord, at: dt.datetime) -> bool:
    changed = _write_if_changed(session, row, record, {"date": record.date, "as_of": record.as_of}, at)
    return sync_passages(row, split_rule(record)) or changed  # a new way of splitting also changes what is found


def _write_if_changed(
    session: Session, row: Rule | Helpline, record: Any, dates: dict[str, dt.date | None], at: dt.datetime
) -> bool:
    content_hash = hash_content(record)
    if row.content_hash == content_hash:
        return False
    for name, value in as_fields(record).items():
        setattr(row, name, dates.get(name, value))
    row.content_hash = content_hash
    row.changed_at = at
    session.add(row)
    return True


def _finish(session: Session, changed: int, gone: Iterable[Rule | Helpline]) -> int:
    for row in gone:
        session.delete(row)
        changed += 1
    if changed:
        state.mark_changed(session)
        session.flush()
    return changed
