"""Knows what may be said today: a snapshot of the published, valid records, held in memory.

A record that is a draft, withdrawn, superseded or expired is not in it, so that nothing can cite it by mistake.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import structlog
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from knowledge import state
from knowledge.advisories import record_of
from knowledge.database import DatabaseUnavailable, read_session
from knowledge.models import Advisory, Helpline, Passage, Rule
from knowledge.passage_store import unpack_vector
from knowledge.records import AdvisoryRecord, Count, HelplineRecord, RuleRecord
from knowledge.rules import helpline_record_of, rule_record_of
from knowledge.vocabulary import Status

INDIA = dt.timezone(dt.timedelta(hours=5, minutes=30))  # no daylight saving: a fixed offset says it all

log = structlog.get_logger(__name__)


@dataclass(frozen=True, eq=False)
class LibraryPassage:
    """A passage that may be cited. `advisory_id` is the id of its advisory or rule; the vector may still be missing."""

    id: str
    advisory_id: str
    text: str
    language: str
    vector: npt.NDArray[np.float32] | None
    fingerprint: str | None


@dataclass(frozen=True)
class Library:
    """What may be said on one day. Never changes; a new one is loaded when the store does. Newest notices first."""

    version: tuple[int, dt.date]
    advisories: Mapping[str, AdvisoryRecord]
    rules: Mapping[str, RuleRecord]
    helplines: tuple[HelplineRecord, ...]
    passages: tuple[LibraryPassage, ...]
    countries: Mapping[str, tuple[AdvisoryRecord, ...]]

    @property
    def today(self) -> dt.date:
        """The day in India that this snapshot is for."""
        return self.version[1]

    def by_country(self, code: str) -> tuple[AdvisoryRecord, ...]:
        """Return the notices about a country (ISO 3166 alpha-2), newest first."""
        return self.countries.get(code.upper(), ())

    def standing(self, code: str) -> tuple[AdvisoryRecord, ...]:
        """Return the country's standing warnings, newest first."""
        return tuple(record for record in self.by_country(code) if record.standing)

    def newest_counts(self, codes: Iterable[str]) -> tuple[tuple[Count, str], ...]:
        """Return for each series of numbers about these countries the newest one, with the id of its advisory."""
        newest: dict[str, tuple[Count, str]] = {}
        for code in codes:
            for record in self.by_country(code):
                for count in record.counts:
                    if count.series not in newest or count.as_of > newest[count.series][0].as_of:
                        newest[count.series] = (count, record.id)
        return tuple(newest[series] for series in sorted(newest))


class LibraryKeeper:
    """Hands out the current library, and reads it anew only when the store or the day has changed. Thread-safe."""

    def __init__(self, engine: Engine, clock: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._clock = clock
        self._lock = threading.Lock()
        self._library: Library | None = None

    def current(self) -> Library:
        """Return what may be said now. While the database is away, the library read last still serves.

        Raises DatabaseUnavailable if none has been read yet.
        """
        today = day_in_india(self._clock())
        held = self._library
        try:
            if held is not None and held.version == (self._read_version(), today):
                return held
            return self._reload(today)
        except DatabaseUnavailable:
            if held is None:
                raise
            log.warning("library_not_refreshed", version=held.version[0])
            return held

    def _reload(self, today: dt.date) -> Library:
        with self._lock:  # one thread reads, the others wait for what it read
            held = self._library
            if held is None or held.version != (self._read_version(), today):
                held = load_library(self._engine, today)
                self._library = held
            return held

    def _read_version(self) -> int:
        with read_session(self._engine) as session:
            return state.get_version(session)


def load_library(engine: Engine, today: dt.date) -> Library:
    """Read, in one transaction, all that may be said on this day. Raises DatabaseUnavailable."""
    with read_session(engine) as session:
        version = state.get_version(session)
        advisories = _load_advisories(session, today)
        rules = {row.id: rule_record_of(row) for row in session.scalars(select(Rule).order_by(Rule.id))}
        helplines = tuple(map(helpline_record_of, session.scalars(select(Helpline).order_by(Helpline.id))))
        passages = _load_passages(session, {*advisories, *rules})
    return Library(
        version=(version, today),
        advisories=MappingProxyType(advisories),
        rules=MappingProxyType(rules),
        helplines=helplines,
        passages=passages,
        countries=MappingProxyType(_group_by_country(advisories.values())),
    )


def select_valid(records: Iterable[AdvisoryRecord], today: dt.date) -> tuple[AdvisoryRecord, ...]:
    """Choose the records that hold on this day: published, not expired, and not superseded by one that is published.

    A replacement that is still a draft, or was withdrawn, replaces nothing. Newest first.
    """
    all_records = {record.id: record for record in records}
    published = [record for record in all_records.values() if record.status is Status.PUBLISHED]
    replaced = {old for record in published for old in record.supersedes if old != record.id}
    valid = (
        record
        for record in published
        if record.id not in replaced
        and not _replaced_by_name(record, all_records)
        and (record.valid_until is None or today <= record.valid_until)
    )
    return tuple(sorted(valid, key=lambda record: (record.date or dt.date.min, record.id), reverse=True))


def day_in_india(now: dt.datetime) -> dt.date:
    """Return the calendar day in India at an aware time; expiry dates are days in India."""
    return now.astimezone(INDIA).date()


def _replaced_by_name(record: AdvisoryRecord, all_records: Mapping[str, AdvisoryRecord]) -> bool:
    if record.superseded_by is None:
        return False
    successor = all_records.get(record.superseded_by)  # None: a rule of law, or a notice not carried over
    return successor is None or successor.status is Status.PUBLISHED


def _load_advisories(session: Session, today: dt.date) -> dict[str, AdvisoryRecord]:
    valid = select_valid(map(record_of, session.scalars(select(Advisory))), today)
    return {record.id: replace(record, superseded_by=None) for record in valid}


def _load_passages(session: Session, owners: set[str]) -> tuple[LibraryPassage, ...]:
    query = select(
        Passage.id,
        Passage.advisory_id,
        Passage.rule_id,
        Passage.text,
        Passage.language,
        Passage.vector,
        Passage.fingerprint,
    ).order_by(Passage.advisory_id, Passage.rule_id, Passage.position)
    return tuple(
        LibraryPassage(row.id, owner, row.text, row.language, _vector_of(row.vector), row.fingerprint)
        for row in session.execute(query)
        if (owner := row.advisory_id or row.rule_id) in owners
    )


def _vector_of(stored: bytes | None) -> npt.NDArray[np.float32] | None:
    return None if stored is None else unpack_vector(stored)


def _group_by_country(records: Iterable[AdvisoryRecord]) -> dict[str, tuple[AdvisoryRecord, ...]]:
    groups: dict[str, list[AdvisoryRecord]] = {}
    for record in records:
        for code in record.countries:
            groups.setdefault(code, []).append(record)
    return {code: tuple(group) for code, group in groups.items()}
