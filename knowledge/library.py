"""Knows what may be said today: a snapshot of the published, valid records, held in memory.

A record that is a draft, withdrawn, superseded or expired is not in it, so that nothing can cite it by mistake. After a
change only what has changed is read, so that a notice is answered from at once however many there are.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import structlog
from sqlalchemy import Engine, Select, func, or_, select
from sqlalchemy.orm import Session

from knowledge import state
from knowledge.advisories import record_of
from knowledge.collecting import collecting_later
from knowledge.database import DatabaseUnavailable, read_session
from knowledge.models import Advisory, Helpline, Passage, Rule
from knowledge.passage_store import unpack_vector
from knowledge.records import AdvisoryRecord, Count, HelplineRecord, RuleRecord
from knowledge.rules import helpline_record_of, rule_record_of
from knowledge.vocabulary import Status

MOST_NAMED = 2000  # changed records; beyond, everything is read, which is quicker than naming them
NAMED_AT_ONCE = 500

INDIA = dt.timezone(dt.timedelta(hours=5, minutes=30))  # no daylight saving: a fixed offset says it all

log = structlog.get_logger(__name__)

_COUNT_BY_FINGERPRINT = select(Passage.fingerprint, func.count()).group_by(Passage.fingerprint)


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
            for record in self._with_counts.get(code.upper(), ()):
                for count in record.counts:
                    if count.series not in newest or count.as_of > newest[count.series][0].as_of:
                        newest[count.series] = (count, record.id)
        return tuple(newest[series] for series in sorted(newest))

    @cached_property
    def _with_counts(self) -> Mapping[str, tuple[AdvisoryRecord, ...]]:
        """The notices that give numbers, by country: a few of very many."""
        return _group_by_country(record for record in self.advisories.values() if record.counts)


class _Mark(NamedTuple):
    """What tells whether a stored advisory has changed."""

    id: str
    content_hash: str
    status: str
    superseded_by: str | None


_Records = dict[str, tuple[_Mark, AdvisoryRecord]]


@dataclass(frozen=True)
class _OwnersPassages:
    """The passages of one record, the hash of what it said when they were read, and what made their vectors."""

    content_hash: str
    passages: tuple[LibraryPassage, ...]
    fingerprints: frozenset[str | None]


class LibraryKeeper:
    """Hands out the current library, and reads it anew only when the store or the day has changed. Thread-safe."""

    def __init__(self, engine: Engine, clock: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._reader = LibraryReader(engine)
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
            if held is not None and held.version == (state.read_version(self._engine), today):
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
            if held is None or held.version != (state.read_version(self._engine), today):
                with collecting_later():
                    held = self._reader.read(today)
                self._library = held
            return held


def load_library(engine: Engine, today: dt.date) -> Library:
    """Read, in one transaction, all that may be said on this day. Raises DatabaseUnavailable."""
    return LibraryReader(engine).read(today)


class LibraryReader:
    """Reads the library, each time after the first only what has changed since. For one thread at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._records: dict[str, tuple[_Mark, AdvisoryRecord]] = {}
        self._passages: dict[str, _OwnersPassages] = {}

    def read(self, today: dt.date) -> Library:
        """Read, in one transaction, all that may be said on this day. Raises DatabaseUnavailable."""
        with read_session(self._engine) as session:
            version = state.get_version(session)
            self._records = _renew_records(session, self._records)
            stored_rules = session.scalars(select(Rule).order_by(Rule.id)).all()
            helplines = tuple(map(helpline_record_of, session.scalars(select(Helpline).order_by(Helpline.id))))
            hashes = {row.id: row.content_hash for row in stored_rules}
            hashes |= {owner: mark.content_hash for owner, (mark, _) in self._records.items()}
            self._passages = _renew_passages(session, self._passages, hashes)
        rules = {row.id: rule_record_of(row) for row in stored_rules}
        valid = select_valid((record for _, record in self._records.values()), today)
        advisories = {record.id: _without_successor(record) for record in valid}
        return Library(
            version=(version, today),
            advisories=MappingProxyType(advisories),
            rules=MappingProxyType(rules),
            helplines=helplines,
            passages=tuple(
                chain.from_iterable(
                    self._passages[owner].passages for owner in [*rules, *sorted(advisories)] if owner in self._passages
                )
            ),
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


def _without_successor(record: AdvisoryRecord) -> AdvisoryRecord:
    return record if record.superseded_by is None else replace(record, superseded_by=None)


def _renew_records(session: Session, held: Mapping[str, tuple[_Mark, AdvisoryRecord]]) -> _Records:
    """Return all advisories; those whose mark is as it was are taken from what is held."""
    query = select(Advisory.id, Advisory.content_hash, Advisory.status, Advisory.superseded_by)
    marks = {mark.id: mark for mark in map(_Mark._make, session.execute(query))}
    changed = [owner for owner, mark in marks.items() if owner not in held or held[owner][0] != mark]
    records = {owner: kept for owner, kept in held.items() if owner in marks}
    for some in _asked_in_parts(changed):
        rows = select(Advisory).where(Advisory.id.in_(some)) if some else select(Advisory)
        records |= {row.id: (marks[row.id], record_of(row)) for row in session.scalars(rows)}
    return records


def _renew_passages(
    session: Session, held: Mapping[str, _OwnersPassages], hashes: Mapping[str, str]
) -> dict[str, _OwnersPassages]:
    """Return the passages of all records; those of a record that says what it said are taken from what is held.

    A vector may come later than the words. So whatever has not the vector that most have is read anew, and all of it
    where the numbers of vectors do not add up in the end.
    """
    stored = {name: int(count) for name, count in session.execute(_COUNT_BY_FINGERPRINT)}
    settled = max((name for name in stored if name), key=stored.__getitem__, default="")
    waiting: set[str] = set(session.scalars(_find_owners_without(settled)))
    kept = {
        owner: part
        for owner, part in held.items()
        if hashes.get(owner) == part.content_hash and owner not in waiting and part.fingerprints <= {settled}
    }
    renewed = kept | _read_passages(session, [owner for owner in hashes if owner not in kept], hashes)
    found = _count_by_fingerprint(renewed.values())
    return renewed if found == stored or not kept else _read_passages(session, list(hashes), hashes)


def _count_by_fingerprint(parts: Iterable[_OwnersPassages]) -> Counter[str | None]:
    found: Counter[str | None] = Counter()
    for part in parts:
        if len(part.fingerprints) == 1:
            found[next(iter(part.fingerprints))] += len(part.passages)
        else:
            found.update(passage.fingerprint for passage in part.passages)
    return found


def _read_passages(session: Session, owners: Sequence[str], hashes: Mapping[str, str]) -> dict[str, _OwnersPassages]:
    query = select(
        Passage.id,
        Passage.advisory_id,
        Passage.rule_id,
        Passage.text,
        Passage.language,
        Passage.vector,
        Passage.fingerprint,
    ).order_by(Passage.advisory_id, Passage.rule_id, Passage.position)
    found: dict[str, list[LibraryPassage]] = {}
    for some in _asked_in_parts(owners):
        rows = query.where(Passage.advisory_id.in_(some) | Passage.rule_id.in_(some)) if some else query
        for row in session.execute(rows):
            owner = row.advisory_id or row.rule_id
            vector = _vector_of(row.vector)
            passage = LibraryPassage(row.id, owner, row.text, row.language, vector, row.fingerprint)
            found.setdefault(owner, []).append(passage)
    return {
        owner: _OwnersPassages(hashes[owner], tuple(part), frozenset(passage.fingerprint for passage in part))
        for owner, part in found.items()
        if owner in hashes
    }


def _asked_in_parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Give names in numbers that a question to the database takes; nothing at all in the place of very many."""
    if len(names) > MOST_NAMED:
        yield ()
        return
    for start in range(0, len(names), NAMED_AT_ONCE):
        yield names[start : start + NAMED_AT_ONCE]


def _find_owners_without(fingerprint: str) -> Select[str]:
    """Ask whose passages have another vector or none; comparing both ways lets the database use its index."""
    other = or_(Passage.fingerprint < fingerprint, Passage.fingerprint > fingerprint, Passage.fingerprint.is_(None))
    return select(func.coalesce(Passage.advisory_id, Passage.rule_id)).where(other)


def _vector_of(stored: bytes | None) -> npt.NDArray[np.float32] | None:
    return None if stored is None else unpack_vector(stored)


def _group_by_country(records: Iterable[AdvisoryRecord]) -> dict[str, tuple[AdvisoryRecord, ...]]:
    groups: dict[str, list[AdvisoryRecord]] = {}
    for record in records:
        for code in record.countries:
            groups.setdefault(code, []).append(record)
    return {code: tuple(group) for code, group in groups.items()}
