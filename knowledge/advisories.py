"""Finds, saves, publishes and withdraws advisories. Every public change leaves an event in the same transaction.

Functions take an open session (`database.write_session`); nothing is committed here. Drafts are never said in public.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from rapidfuzz import process
from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import state
from knowledge.models import Advisory, PublicationAction, PublicationEvent, Source
from knowledge.passage_store import sync_passages
from knowledge.passages import split_advisory
from knowledge.records import AdvisoryRecord, Count
from knowledge.vocabulary import (
    AdvisoryKind,
    RedFlag,
    Severity,
    SourceTier,
    Status,
    TextKind,
    Topic,
    WorkScope,
)

NEAR_ENOUGH = 60  # of 100: how alike an id must be to be suggested for an unknown one
STATE_FIELDS = ("status", "superseded_by")  # where an advisory stands; not part of what it says


class Origin(StrEnum):
    """Who wrote the stored content last."""

    STARTER = "starter"
    STAFF = "staff"


class SaveOutcome(StrEnum):
    """What saving a record did."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    KEPT = "kept"  # staff had changed this starter record; their words stay


class UnknownAdvisory(Exception):
    """There is no advisory with this id. `near` holds the ids most like it."""

    def __init__(self, advisory_id: str, near: Sequence[str] = ()) -> None:
        hint = f" Did you mean {', '.join(near)}?" if near else " `satark-ingest list` shows all ids."
        super().__init__(f"There is no advisory {advisory_id!r}.{hint}")
        self.advisory_id = advisory_id
        self.near = tuple(near)


class AlreadyPublished(Exception):
    """A draft may not replace words that are already public; publishing the change has to be asked for."""

    def __init__(self, advisory_id: str) -> None:
        super().__init__(
            f"{advisory_id} is published, and the new content differs. Add --publish to change what is said in public."
        )
        self.advisory_id = advisory_id


class CannotSupersede(Exception):
    """One advisory cannot take the place of the other; the message says why."""


def find_advisory(session: Session, advisory_id: str) -> Advisory | None:
    """Return the stored advisory, or None."""
    return session.get(Advisory, advisory_id)


def get_advisory(session: Session, advisory_id: str) -> Advisory:
    """Return the stored advisory; raises UnknownAdvisory, which names the ids most like it."""
    row = find_advisory(session, advisory_id)
    if row is None:
        raise UnknownAdvisory(advisory_id, _near_ids(session, advisory_id))
    return row


def list_advisories(
    session: Session, *, status: Status | None = None, country: str | None = None
) -> tuple[Advisory, ...]:
    """Return stored advisories, newest first, of one status or one country if so asked."""
    query = select(Advisory).order_by(Advisory.date.is_(None), Advisory.date.desc(), Advisory.id)
    if status is not None:
        query = query.where(Advisory.status == status)
    rows = session.scalars(query).all()
    return tuple(row for row in rows if country is None or country in row.countries)


def list_events(session: Session, advisory_id: str) -> tuple[PublicationEvent, ...]:
    """Return the public history of an advisory, oldest first."""
    query = select(PublicationEvent).where(PublicationEvent.advisory_id == advisory_id).order_by(PublicationEvent.id)
    return tuple(session.scalars(query))


def save_draft(
    session: Session,
    record: AdvisoryRecord,
    *,
    at: dt.datetime,
    origin: Origin = Origin.STAFF,
    summary: Sequence[str] = (),
) -> SaveOutcome:
    """Store a record as a draft, or its changes; the same content twice changes nothing.

    Raises AlreadyPublished where it would change public words. A withdrawn advisory stays withdrawn.
    """
    row = find_advisory(session, record.id)
    if row is None:
        row = Advisory(id=record.id, status=Status.DRAFT, added_at=at)
        _write(session, row, record, at=at, origin=origin, summary=summary)
        return SaveOutcome.NEW
    outcome = _outcome(row, record, origin)
    if outcome is SaveOutcome.CHANGED:
        if row.status == Status.PUBLISHED:
            raise AlreadyPublished(record.id)
        _write(session, row, record, at=at, origin=origin, summary=summary)
    return outcome


def update_published(
    session: Session,
    record: AdvisoryRecord,
    *,
    by: str,
    at: dt.datetime,
    origin: Origin = Origin.STAFF,
    summary: Sequence[str] = (),
    reason: str | None = None,
) -> SaveOutcome:
    """Change what a stored advisory says, also in public; a published one gets an `updated` event."""
    row = get_advisory(session, record.id)
    outcome = _outcome(row, record, origin)
    if outcome is SaveOutcome.CHANGED:
        _write(session, row, record, at=at, origin=origin, summary=summary)
        if row.status == Status.PUBLISHED:
            _record_event(session, row, PublicationAction.UPDATED, by=by, at=at, reason=reason)
            _supersede_older(session, row, by=by, at=at)
    return outcome


def publish(session: Session, advisory_id: str, *, by: str, at: dt.datetime, reason: str | None = None) -> bool:
    """Let an advisory be said in public, in place of those it supersedes. False where it already was.

    Raises UnknownAdvisory and CannotSupersede.
    """
    row = get_advisory(session, advisory_id)
    if row.status == Status.PUBLISHED:
        return False
    row.status = Status.PUBLISHED
    row.published_at = at
    _record_event(session, row, PublicationAction.PUBLISHED, by=by, at=at, reason=reason)
    _supersede_older(session, row, by=by, at=at)
    return True


def withdraw(session: Session, advisory_id: str, *, by: str, reason: str, at: dt.datetime) -> tuple[str, ...] | None:
    """Take an advisory back, for a reason. None where it already was.

    Returns the ids of those that it had superseded and that therefore hold again: a notice withdrawn by mistake must
    not leave people without the older warning. Raises UnknownAdvisory.
    """
    row = get_advisory(session, advisory_id)
    if row.status == Status.WITHDRAWN:
        return None
    row.status = Status.WITHDRAWN
    _record_event(session, row, PublicationAction.WITHDRAWN, by=by, at=at, reason=reason)
    return tuple(
        _restore(session, old, f"{advisory_id} was withdrawn", by=by, at=at)
        for old in session.scalars(
            select(Advisory).where(Advisory.superseded_by == advisory_id, Advisory.status == Status.PUBLISHED)
        )
    )


def supersede(
    session: Session, old_id: str, new_id: str, *, by: str, at: dt.datetime, reason: str | None = None
) -> bool:
    """Let a newer advisory take the place of an older one. False where it already had.

    Raises UnknownAdvisory and CannotSupersede (itself, or in a circle: both warnings would fall silent).
    """
    old, new = get_advisory(session, old_id), get_advisory(session, new_id)
    if old.superseded_by == new_id:
        return False
    if old_id in _successors(session, new):
        raise CannotSupersede(f"{new_id} cannot replace {old_id}: it has itself been replaced by it.")
    old.superseded_by = new_id
    if old.status == Status.PUBLISHED:
        _record_event(session, old, PublicationAction.SUPERSEDED, by=by, at=at, reason=reason or f"by {new_id}")
    return True


def end_superseding(
    session: Session, old_id: str, before: str | None, *, by: str, at: dt.datetime, reason: str
) -> None:
    """Take back that a newer advisory took an older one's place: `before` names what had superseded it until then.

    Raises UnknownAdvisory.
    """
    old = get_advisory(session, old_id)
    old.superseded_by = before
    if old.status == Status.PUBLISHED:
        _record_event(session, old, PublicationAction.RESTORED, by=by, at=at, reason=reason)
    session.flush()


def resplit(session: Session) -> int:
    """Split every stored advisory anew, as today's program does it; return how many came out differently."""
    changed = sum(sync_passages(row, split_advisory(record_of(row))) for row in session.scalars(select(Advisory)))
    if changed:
        state.mark_changed(session)
        session.flush()
    return changed


def record_of(row: Advisory) -> AdvisoryRecord:
    """Turn a stored advisory back into its record."""
    return AdvisoryRecord(
        id=row.id,
        issuer=row.issuer,
        kind=AdvisoryKind(row.kind),
        date=row.date,
        date_precision=row.date_precision,
        title=row.title,
        countries=tuple(row.countries),
        topics=tuple(map(Topic, row.topics)),
        facts=tuple(row.facts),
        language=row.language,
        source_url=row.source_url,
        seen_in=row.seen_in,
        also_seen=tuple(row.also_seen),
        source_tier=SourceTier(row.source_tier),
        confidence=row.confidence,
        reported_by=row.reported_by,
        text_kind=TextKind(row.text_kind),
        status=Status(row.status),
        severity=Severity(row.severity),
        scope=tuple(map(WorkScope, row.scope)),
        pattern=tuple(map(RedFlag, row.pattern)),
        standing=row.standing,
        supersedes=tuple(row.supersedes),
        superseded_by=row.superseded_by,
        valid_until=row.valid_until,
        counts=tuple(_count_of(count) for count in row.counts),
        gist=dict(row.gist),
    )


def as_fields(record: Any) -> dict[str, Any]:
    """Turn any curated record into plain JSON values: words, lists, and dates as YYYY-MM-DD."""
    fields: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(record), default=str))
    return fields


def hash_content(record: Any, leaving_out: Collection[str] = ()) -> str:
    """Name what a record says by a SHA-256 that white space, and fields left empty, do not change."""
    said = {key: _tidy(value) for key, value in as_fields(record).items() if key not in leaving_out}
    filled = {key: value for key, value in said.items() if value not in (None, "", [], {}, False)}
    return hashlib.sha256(json.dumps(filled, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _outcome(row: Advisory, record: AdvisoryRecord, origin: Origin) -> SaveOutcome:
    newly_superseded = record.superseded_by is not None and record.superseded_by != row.superseded_by
    if row.content_hash == hash_content(record, STATE_FIELDS) and not newly_superseded:
        return SaveOutcome.UNCHANGED
    if origin is Origin.STARTER and row.origin == Origin.STAFF:
        return SaveOutcome.KEPT
    return SaveOutcome.CHANGED


def _write(
    session: Session, row: Advisory, record: AdvisoryRecord, *, at: dt.datetime, origin: Origin, summary: Sequence[str]
) -> None:
    row.source_id = _ensure_source(session, record.issuer, at)
    for name, value in _columns(record).items():
        setattr(row, name, value)
    row.superseded_by = record.superseded_by or row.superseded_by
    row.summary = list(summary)
    row.origin = origin
    row.content_hash = hash_content(record, STATE_FIELDS)
    row.changed_at = at
    sync_passages(row, split_advisory(record))
    session.add(row)
    session.flush()


def _columns(record: AdvisoryRecord) -> dict[str, Any]:
    plain = as_fields(record)
    dates = {"date": record.date, "valid_until": record.valid_until}
    return {key: dates.get(key, value) for key, value in plain.items() if key not in ("id", *STATE_FIELDS)}


def _ensure_source(session: Session, issuer: str, at: dt.datetime) -> str:
    source_id = re.sub(r"\W+", "-", issuer.lower()).strip("-")[:120] or "unknown"
    if session.get(Source, source_id) is None:
        session.add(Source(id=source_id, name=issuer, added_at=at))
        session.flush()
    return source_id


def _supersede_older(session: Session, row: Advisory, *, by: str, at: dt.datetime) -> None:
    for old_id in row.supersedes:
        if find_advisory(session, old_id) is not None:
            supersede(session, old_id, row.id, by=by, at=at)


def _successors(session: Session, row: Advisory) -> list[str]:
    chain = [row.id]
    following: Advisory | None = row
    while following is not None and following.superseded_by and following.superseded_by not in chain:
        chain.append(following.superseded_by)
        following = find_advisory(session, following.superseded_by)
    return chain


def _restore(session: Session, row: Advisory, reason: str, *, by: str, at: dt.datetime) -> str:
    _record_event(session, row, PublicationAction.RESTORED, by=by, at=at, reason=reason)
    return row.id


def _record_event(
    session: Session, row: Advisory, action: PublicationAction, *, by: str, at: dt.datetime, reason: str | None
) -> None:
    event = PublicationEvent(
        advisory_id=row.id,
        action=action,
        at=at,
        by=by,
        reason=reason,
        content_hash=row.content_hash,
        content=as_fields(record_of(row)),
    )
    session.add(event)
    state.mark_changed(session)
    session.flush()


def _near_ids(session: Session, advisory_id: str) -> list[str]:
    ids = session.scalars(select(Advisory.id)).all()
    return [found for found, _, _ in process.extract(advisory_id, ids, limit=3, score_cutoff=NEAR_ENOUGH)]


def _count_of(stored: Mapping[str, Any]) -> Count:
    return Count(stored["series"], stored["value"], dt.date.fromisoformat(stored["as_of"]), stored["words"])


def _tidy(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return [_tidy(part) for part in value]
    return value
