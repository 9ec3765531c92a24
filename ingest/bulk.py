"""Drafts many files, links and texts: read beside each other, each stored at once when it is read.

Each is one transaction, so a stop or a kill loses nothing that was said to be done. What was drafted before is known by
its content and not read again, so the same command goes on where an earlier one stopped.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ingest.known import KnownKeeper
from ingest.pipeline import (
    Arrived,
    CannotDraft,
    Fetch,
    Origin,
    Outcome,
    Prepared,
    Stored,
    find_doubt,
    prepare_file,
    prepare_link,
    store,
)
from ingest.understanding.meaning import TopicsByMeaning
from ingest.working import FAILED
from knowledge import desk
from knowledge.database import DatabaseUnavailable, explained, read_session
from knowledge.library import day_in_india

AT_ONCE = 2  # children that read; more would only wait for each other (`documents/apart.MOST_AT_ONCE`)
AHEAD = 2 * AT_ONCE  # files read but not stored yet: what a kill may make necessary to read again

TOO_LARGE = f"It is larger than {desk.LARGEST_CONTENT // 1024**2} MB. Give a smaller file, or only the notice itself."

Reading = Callable[[], Prepared]
"""Waits for what was read and returns it, or raises why it cannot be."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Handed:
    """One thing that staff hand in: a file, a link, or words. `place` is what it is called in messages."""

    place: str
    path: Path | None = None
    link: str | None = None
    content: bytes | None = None
    hints: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Added:
    """What became of one thing that was handed in. `published`: it is said in public now; `left`: why it is not."""

    place: str
    outcome: Outcome
    words: str
    draft_id: int | None = None
    advisory_id: str | None = None
    published: bool = False
    left: str | None = None

    def as_fields(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "place": self.place,
            "outcome": str(self.outcome),
            "words": self.words,
            "draft": self.draft_id,
            "id": self.advisory_id,
            "published": self.published,
            "left_as_draft_because": self.left,
        }


@dataclass(frozen=True)
class Bulk:
    """How the whole of it is to be done: where to store, by whom, whether to publish, whether to store at all."""

    engine: Engine
    by: str
    clock: Callable[[], dt.datetime]
    fetch: Fetch
    publish: bool = False
    dry_run: bool = False
    topics_by_meaning: TopicsByMeaning | None = None


def add_documents(handed: Sequence[Handed], bulk: Bulk) -> Generator[Added, None, None]:
    """Read each and store its draft; yields what became of each, in order, once that is stored.

    Links are fetched one after the other. Raises DatabaseUnavailable. Closing the iterator stops after what is being
    read; nothing half-done remains.
    """
    known = KnownKeeper()
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="reading")
    try:
        for one, reading in _ahead(handed, lambda one: _begin(one, bulk, pool)):
            yield _finish(one, reading, bulk, known)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _ahead(handed: Sequence[Handed], begin: Callable[[Handed], Reading]) -> Iterator[tuple[Handed, Reading]]:
    """Keep a few readings under way beside the one that is being stored. A link is begun when its turn has come."""
    rest = iter(handed)
    under_way: deque[tuple[Handed, Reading | None]] = deque()
    while True:
        room = AHEAD - len(under_way)
        under_way.extend((one, begin(one) if one.link is None else None) for one in islice(rest, room))
        if not under_way:
            return
        one, reading = under_way.popleft()
        yield one, reading or begin(one)


def _begin(one: Handed, bulk: Bulk, pool: ThreadPoolExecutor) -> Reading:
    """Begin to read; return what waits for it. What was read before is not read again: that takes a child process."""
    today = day_in_india(bulk.clock())
    if one.link is not None:
        link = one.link
        return pool.submit(
            lambda: prepare_link(link, one.hints, bulk.fetch, today=today, topics_by_meaning=bulk.topics_by_meaning)
        ).result
    try:
        arrived = _arrive(one)
        with read_session(bulk.engine) as session:
            before = desk.find_read_before(session, desk.hash_bytes(arrived.data))
    except CannotDraft as error:
        return partial(_raise, error)
    if before is not None:
        return partial(_raise, desk.ReadBefore(before.draft_id))
    return pool.submit(
        lambda: prepare_file(arrived, today=today, fetch=bulk.fetch, topics_by_meaning=bulk.topics_by_meaning)
    ).result


def _raise(error: Exception) -> Prepared:
    raise error


def _arrive(one: Handed) -> Arrived:
    if one.path is None:
        content = one.content or b""
        if len(content) > desk.LARGEST_CONTENT:
            raise CannotDraft(TOO_LARGE)
        return Arrived(content, hints=one.hints)
    try:
        if one.path.stat().st_size > desk.LARGEST_CONTENT:
            raise CannotDraft(TOO_LARGE)
        return Arrived(one.path.read_bytes(), one.path.name, hints=one.hints)
    except OSError as error:
        raise CannotDraft(f"cannot be read ({error.strerror or error}); check the path and rights") from None


def _finish(one: Handed, reading: Reading, bulk: Bulk, known: KnownKeeper) -> Added:
    """Store what was read. Whatever is wrong with one thing is its own outcome and ends nothing else."""
    try:
        prepared = reading()
        return _store(one, prepared, bulk, known)
    except desk.ReadBefore as before:
        return Added(one.place, Outcome.UNCHANGED, str(before), before.draft_id)
    except CannotDraft as error:
        return Added(one.place, Outcome.REFUSED, str(error))
    except DatabaseUnavailable:
        raise
    except Exception as error:
        _log.error("reading a document failed", error=type(error).__name__)
        return Added(one.place, Outcome.REFUSED, FAILED)


def _store(one: Handed, prepared: Prepared, bulk: Bulk, known: KnownKeeper) -> Added:
    at = bulk.clock()
    with explained(bulk.engine), Session(bulk.engine, expire_on_commit=False) as session:
        stored = store(session, prepared, Origin(bulk.by), known, at=at)
        added = Added(one.place, stored.outcome, stored.words, stored.draft_id, stored.advisory_id)
        if stored.outcome is Outcome.DRAFTED and stored.draft_id is not None:
            file_name = one.path.name if one.path else None
            desk.save_read(
                session,
                by=bulk.by,
                at=at,
                draft_id=stored.draft_id,
                read_hash=prepared.read_hash,
                file_name=file_name,
                link=one.link,
            )
            added = _publish(session, stored, added, bulk, at) if bulk.publish else added
        if not bulk.dry_run:
            session.commit()
    return added


def _publish(session: Session, stored: Stored, added: Added, bulk: Bulk, at: dt.datetime) -> Added:
    """Publish what was asked for, unless something about it is for a person to look at first."""
    draft = desk.get_draft(session, stored.draft_id or 0)
    doubt = find_doubt(stored, draft)
    if doubt is not None:
        return Added(added.place, added.outcome, added.words, added.draft_id, added.advisory_id, left=doubt)
    done = desk.publish_draft(session, draft.id, draft.version, by=bulk.by, at=at)
    return Added(added.place, added.outcome, added.words, added.draft_id, done.advisory_id, published=True)
