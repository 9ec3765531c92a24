"""Knows how each watched source stands and which of its notices were seen. The bot reads it; only the watcher writes.

The bot knows no sources, so a row carries what it needs to say: title, issuer, hosts, how fresh it must be. Functions
take an open session; nothing is committed here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from knowledge.desk.notices import tell_staff
from knowledge.desk_models import SeenItem, SourceStanding, SourceState

GONE_AFTER = dt.timedelta(days=2)  # a listing may drop an item for a moment; so long is no accident
_STANDING_WORDS = {
    SourceStanding.BLOCKED: "refuses us",
    SourceStanding.EMPTY: "lists nothing, which is a fault and not 'nothing new'",
    SourceStanding.MOVED: "is no longer where it was",
    SourceStanding.ERROR: "cannot be read",
    SourceStanding.STALE: "has not been read for too long",
}


@dataclass(frozen=True)
class SourceFacts:
    """What the bot and `status` need to know of a source."""

    id: str
    title: str
    issuer: str
    hosts: tuple[str, ...]
    fresh_within: dt.timedelta


@dataclass(frozen=True)
class SourceView:
    """How a source stands at a moment. `standing` is STALE where it was last read too long ago."""

    id: str
    title: str
    issuer: str
    hosts: tuple[str, ...]
    standing: SourceStanding
    message: str | None
    tried_at: dt.datetime | None
    read_at: dt.datetime | None
    loaded_at: dt.datetime | None
    next_at: dt.datetime | None
    failures: int
    is_overdue: bool  # last read longer ago than the source allows, whatever stands in the way

    @property
    def is_well(self) -> bool:
        """Whether what we hold of it is fresh."""
        return self.standing is SourceStanding.OK

    def in_words(self) -> str:
        """Say in one sentence how it stands, for staff."""
        read = f"last read {self.read_at:%Y-%m-%d %H:%M} UTC" if self.read_at else "never read"
        if self.is_well:
            return f"{self.title}: {read}."
        because = f": {self.message}" if self.message else ""
        return f"{self.title} {_STANDING_WORDS[self.standing]} ({read}){because}"


@dataclass(frozen=True)
class SeenView:
    """One notice as it was last seen in a source."""

    key: str
    address: str
    content_hash: str | None
    etag: str | None
    last_modified: str | None
    read_at: dt.datetime | None
    missing_since_at: dt.datetime | None
    gone_at: dt.datetime | None
    advisory_id: str | None
    draft_id: int | None
    failures: int


def take_source(
    session: Session, facts: SourceFacts, worker: str, *, at: dt.datetime, until: dt.datetime, force: bool = False
) -> SourceView | None:
    """Take a source that is due, so that no other worker reads it meanwhile. None: not due, or taken.

    `force` takes it although it is not due.
    """
    row = _ensure(session, facts)
    mine = update(SourceState).where(
        SourceState.source_id == facts.id,
        or_(SourceState.lease_until.is_(None), SourceState.lease_until <= at, SourceState.lease_by == worker),
    )
    if not force:
        mine = mine.where(or_(SourceState.next_at.is_(None), SourceState.next_at <= at))
    taken = session.execute(mine.values(lease_by=worker, lease_until=until, tried_at=at))
    if not taken.rowcount:  # type: ignore[attr-defined]  # an UPDATE has one
        return None
    session.refresh(row)
    return view_source(row, at)


def note_read(session: Session, source_id: str, *, at: dt.datetime, next_at: dt.datetime, complete: bool) -> None:
    """Note that a source was read. `complete`: all it lists was read too, which ends the first load."""
    row = session.get_one(SourceState, source_id)
    if row.failures:
        tell_staff(session, at=at, kind="source", object=f"source {source_id}", words=f"{row.title} can be read again.")
    row.state, row.message, row.failures, row.since_at = SourceStanding.OK, None, 0, None
    row.read_at, row.next_at, row.lease_by, row.lease_until = at, next_at, None, None
    if complete and row.loaded_at is None:
        row.loaded_at = at
    session.flush()


def note_failure(
    session: Session, source_id: str, standing: SourceStanding, message: str, *, at: dt.datetime, next_at: dt.datetime
) -> bool:
    """Note that a source could not be read. Staff are told once for each way it fails; True where they are."""
    row = session.get_one(SourceState, source_id)
    news = row.state != standing or row.failures == 0
    row.state, row.message, row.next_at = standing, message, next_at
    row.failures += 1
    row.since_at = row.since_at or at
    row.lease_by, row.lease_until = None, None
    session.flush()
    if news:
        tell_staff(session, at=at, kind="source", object=f"source {source_id}", words=view_source(row, at).in_words())
    return news


def list_sources(session: Session, at: dt.datetime) -> tuple[SourceView, ...]:
    """Return how every source stands that was ever tried, by id."""
    return tuple(view_source(row, at) for row in session.scalars(select(SourceState).order_by(SourceState.source_id)))


def list_unwell(session: Session, at: dt.datetime) -> tuple[SourceView, ...]:
    """Return the sources that are blocked, stale or otherwise unread; one not tried yet counts for neither."""
    return tuple(view for view in list_sources(session, at) if not view.is_well)


def find_source_state(session: Session, source_id: str, at: dt.datetime) -> SourceView | None:
    """Return how one source stands, or None where it was never tried."""
    row = session.get(SourceState, source_id)
    return None if row is None else view_source(row, at)


def view_source(row: SourceState, at: dt.datetime) -> SourceView:
    """Return how a stored source stands at a moment."""
    standing = SourceStanding(row.state)
    too_old = row.read_at is not None and at - row.read_at > dt.timedelta(seconds=row.fresh_within_s)
    if standing is SourceStanding.OK and too_old:
        standing = SourceStanding.STALE
    return SourceView(
        id=row.source_id,
        title=row.title,
        issuer=row.issuer,
        hosts=tuple(row.hosts),
        standing=standing,
        message=row.message,
        tried_at=row.tried_at,
        read_at=row.read_at,
        loaded_at=row.loaded_at,
        next_at=row.next_at,
        failures=row.failures,
        is_overdue=too_old,
    )


def load_seen(session: Session, source_id: str) -> Mapping[str, SeenView]:
    """Return what was seen in a source so far, by key."""
    rows = session.scalars(select(SeenItem).where(SeenItem.source_id == source_id))
    return {row.key: _view_seen(row) for row in rows}


def note_listed(session: Session, source_id: str, addresses: Mapping[str, str], *, at: dt.datetime) -> None:
    """Note what a source lists now: key → address. A key that is back is no longer missing."""
    rows = {row.key: row for row in session.scalars(select(SeenItem).where(SeenItem.source_id == source_id))}
    for key, address in addresses.items():
        row = rows.get(key) or _add_seen(session, source_id, key, address, at)
        row.address, row.last_seen_at, row.missing_since_at, row.gone_at = address, at, None, None
    session.flush()


def note_missing(session: Session, source_id: str, keys: Collection[str], *, at: dt.datetime) -> None:
    """Note that these notices answer no longer. Those missing for `GONE_AFTER` are to be marked by `note_gone`."""
    for key in keys:
        row = session.get_one(SeenItem, (source_id, key))
        row.missing_since_at = row.missing_since_at or at
    session.flush()


def note_gone(session: Session, source_id: str, key: str, *, at: dt.datetime) -> bool:
    """Note that a notice was taken off its site. True the first time."""
    row = session.get_one(SeenItem, (source_id, key))
    newly = row.gone_at is None
    row.gone_at = row.gone_at or at
    session.flush()
    return newly


def note_item_read(
    session: Session,
    source_id: str,
    key: str,
    *,
    at: dt.datetime,
    content_hash: str | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
    advisory_id: str | None = None,
    draft_id: int | None = None,
) -> None:
    """Note that a listed notice was read, and what came of it. What is not named stays as it was."""
    row = session.get_one(SeenItem, (source_id, key))
    row.read_at, row.trouble, row.failures, row.missing_since_at, row.gone_at = at, None, 0, None, None
    given: dict[str, str | int | None] = {"content_hash": content_hash, "etag": etag, "last_modified": last_modified}
    given |= {"advisory_id": advisory_id, "draft_id": draft_id}
    for name, value in given.items():
        if value is not None:
            setattr(row, name, value)
    session.flush()


def note_item_trouble(session: Session, source_id: str, key: str, trouble: str, *, at: dt.datetime) -> int:
    """Note why a listed notice could not be read. Returns how often in a row that happened."""
    row = session.get_one(SeenItem, (source_id, key))
    row.trouble, row.last_seen_at = trouble, at
    row.failures += 1
    session.flush()
    return row.failures


def _ensure(session: Session, facts: SourceFacts) -> SourceState:
    row = session.get(SourceState, facts.id)
    if row is None:
        row = SourceState(source_id=facts.id, state=SourceStanding.OK, failures=0)
        session.add(row)
    row.title, row.issuer, row.hosts = facts.title, facts.issuer, list(facts.hosts)
    row.fresh_within_s = int(facts.fresh_within.total_seconds())
    session.flush()
    return row


def _add_seen(session: Session, source_id: str, key: str, address: str, at: dt.datetime) -> SeenItem:
    row = SeenItem(
        source_id=source_id, key=key, address=address, first_seen_at=at, last_seen_at=at, failures=0, content_hash=None
    )
    session.add(row)
    return row


def _view_seen(row: SeenItem) -> SeenView:
    return SeenView(
        key=row.key,
        address=row.address,
        content_hash=row.content_hash,
        etag=row.etag,
        last_modified=row.last_modified,
        read_at=row.read_at,
        missing_since_at=row.missing_since_at,
        gone_at=row.gone_at,
        advisory_id=row.advisory_id,
        draft_id=row.draft_id,
        failures=row.failures,
    )
