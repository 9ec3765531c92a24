"""Watches the sources by themselves: what a listing holds, what of it is new, changed or gone. Publishes nothing aloud.

One poll of a source: its listings, then the notices it lists that were never read, then a few that were read long ago.
The first load of a source counts as no news. A notice that is gone, a listing without entries, an error page and a site
that keeps us out are different things, and none of them is "nothing new".
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ingest.deciding import Change, FetchOutcome, judge_outcome
from ingest.fetching.errors import Blocked, ErrorPage, FetchFailed, Gone, Refused, TooSlow, Unreachable
from ingest.fetching.fetched import Fetched
from ingest.fetching.fetcher import Fetcher
from ingest.known import KnownKeeper
from ingest.parsed import ListedItem
from ingest.pipeline import CannotDraft, Origin, Outcome, Prepared, Stored, find_doubt, prepare_fetched, store
from ingest.sources import reading
from ingest.sources.identity import canonical_address
from ingest.sources.source import Source
from ingest.sources.trouble import EmptyListing, SourceTrouble
from ingest.sources.trouble import ErrorPage as ErrorListing
from ingest.understanding.meaning import TopicsByMeaning
from knowledge import desk
from knowledge.database import write_session
from knowledge.desk import sources as states
from knowledge.desk.sources import SeenView, SourceFacts
from knowledge.desk_models import SourceStanding
from knowledge.documents.document import Unreadable
from knowledge.library import day_in_india

LEASE = dt.timedelta(minutes=30)  # longer than any poll; a worker that died gives its source free after it
MOST_NEW_A_POLL = 40  # notices of one source read in a row; the rest of a first load comes with the next polls
MOST_AGAIN_A_POLL = 5  # read notices looked at again for changes
AGAIN_AFTER = dt.timedelta(days=1)
SOON = dt.timedelta(minutes=5)  # until the next poll of a source that still has notices to be read
FIRST_BACK_OFF = dt.timedelta(minutes=15)
LONGEST_BACK_OFF = dt.timedelta(hours=12)
MOST_FAILURES = 5  # in a row, after which a notice that cannot be read is tried only once a day
LONGEST_KEY = 400  # characters; a longer one is kept by its hash

_log = structlog.get_logger(__name__)

Clock = Callable[[], dt.datetime]


@dataclass
class PollReport:
    """What one poll of a source did; the numbers of notices, and how the source stands after it."""

    source_id: str
    standing: SourceStanding = SourceStanding.OK
    message: str | None = None
    first_load: bool = False
    listed: int = 0
    drafted: list[int] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    unchanged: int = 0
    gone: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    left: int = 0  # listed notices still to be read


class SourceFails(Exception):
    """The source as a whole cannot be read now. `standing` says how, `retry_at` from when on it may be asked again."""

    def __init__(self, standing: SourceStanding, message: str, retry_at: dt.datetime | None = None) -> None:
        super().__init__(message)
        self.standing, self.message, self.retry_at = standing, message, retry_at


class Watcher:
    """Polls sources with one fetcher. Not for several threads; several processes may share the database."""

    def __init__(
        self,
        engine: Engine,
        fetcher: Fetcher,
        clock: Clock,
        *,
        worker: str,
        topics_by_meaning: TopicsByMeaning | None = None,
    ) -> None:
        """Take the store, the fetcher, a clock (aware, UTC) and a name that no other worker has."""
        self._meaning = topics_by_meaning
        self._engine, self._fetcher, self._clock, self._worker = engine, fetcher, clock, worker
        self._known = KnownKeeper()

    def poll(
        self, source: Source, *, force: bool = False, stop: Callable[[], bool] = lambda: False
    ) -> PollReport | None:
        """Poll a source if it is due (or `force`) and no other worker has it; None where it is not polled.

        `stop` is asked between two notices. Raises DatabaseUnavailable; whatever else goes wrong is in the report.
        """
        if not source.listings or not self._take(source, force=force):
            return None
        report = PollReport(source.id)
        try:
            self._read(source, report, stop)
        except SourceFails as trouble:
            self._note_failure(source, report, trouble)
        except Exception as error:
            self._note_failure(source, report, SourceFails(SourceStanding.ERROR, "Reading it failed on our side."))
            _log.error("polling failed", source=source.id, error=type(error).__name__)
        return report

    def _take(self, source: Source, *, force: bool) -> bool:
        now = self._clock()
        with write_session(self._engine) as session:
            until = now + LEASE
            taken = states.take_source(session, facts_of(source), self._worker, at=now, until=until, force=force)
        return taken is not None

    def _read(self, source: Source, report: PollReport, stop: Callable[[], bool]) -> None:
        items = self._read_listings(source)
        report.listed = len(items)
        with write_session(self._engine) as session:
            states.note_listed(session, source.id, {key_of(item): item.address for item in items}, at=self._clock())
            seen = states.load_seen(session, source.id)
            state = states.find_source_state(session, source.id, self._clock())
        report.first_load = state is None or state.loaded_at is None
        plan = make_plan([key_of(item) for item in items], seen, self._clock())
        for count, key in enumerate(plan.to_read):
            if stop():
                report.left += len(plan.to_read) - count
                break
            self._read_item(source, seen[key], report)
        report.left += plan.left
        self._note_read(source, report)

    def _read_listings(self, source: Source) -> list[ListedItem]:
        """Read all listings; a source of which even one cannot be read is not well."""
        items: dict[str, ListedItem] = {}
        for address in source.listings:
            for item in self._read_listing(source, address):
                if source.may_follow(item.address):
                    items.setdefault(key_of(item), item)
        if not items:
            raise SourceFails(SourceStanding.EMPTY, str(EmptyListing(source.listings[0])))
        return list(items.values())

    def _read_listing(self, source: Source, address: str) -> Sequence[ListedItem]:
        with _explained():
            fetched = self._fetcher.fetch(address)
            return reading.read_listing(source, fetched.data, fetched.final_address)

    def _read_item(self, source: Source, seen: SeenView, report: PollReport) -> None:
        """Read one notice. What is wrong with this one ends neither the poll nor the program."""
        try:
            fetched = self._fetcher.fetch(seen.address, etag=seen.etag, last_modified=seen.last_modified)
            self._take_in(source, seen, fetched, report)
        except (Gone, ErrorPage) as error:
            self._note_missing(source, seen, report, error)
        except Blocked as error:
            raise SourceFails(SourceStanding.BLOCKED, str(error), error.retry_at) from None
        except (FetchFailed, CannotDraft) as error:
            self._note_trouble(source, seen, report, str(error))
        except Exception as error:
            self._note_trouble(source, seen, report, "Reading it failed on our side.")
            _log.error("reading a notice failed", source=source.id, error=type(error).__name__)

    def _take_in(self, source: Source, seen: SeenView, fetched: Fetched, report: PollReport) -> None:
        hashed = desk.hash_bytes(fetched.data)
        if fetched.not_modified or hashed == seen.content_hash:
            report.unchanged += 1
            with write_session(self._engine) as session:
                states.note_item_read(session, source.id, seen.key, at=self._clock(), etag=fetched.etag)
            return
        prepared = prepare_fetched(
            fetched,
            {},
            today=day_in_india(self._clock()),
            fetch=self._fetcher.fetch,
            topics_by_meaning=self._meaning,
        )
        with write_session(self._engine) as session:
            stored = self._store(session, source, prepared, report)
            states.note_item_read(
                session,
                source.id,
                seen.key,
                at=self._clock(),
                content_hash=hashed,
                etag=fetched.etag,
                last_modified=fetched.last_modified,
                advisory_id=stored.advisory_id,
                draft_id=stored.draft_id,
            )

    def _store(self, session: Session, source: Source, prepared: Prepared, report: PollReport) -> Stored:
        origin = Origin(by_source(source), source_id=source.id, from_first_load=report.first_load)
        try:
            stored = store(session, prepared, origin, self._known, at=self._clock())
        except desk.ReadBefore as before:
            stored = Stored(Outcome.UNCHANGED, str(before), before.draft_id)
        if stored.outcome is not Outcome.DRAFTED or stored.draft_id is None:
            report.unchanged += 1
            return stored
        report.drafted.append(stored.draft_id)
        if self._may_publish(source, session, stored):
            self._publish(session, source, stored.draft_id, report)
        elif not report.first_load:
            self._tell(session, source, stored)
        return stored

    def _may_publish(self, source: Source, session: Session, stored: Stored) -> bool:
        """Only where the source's policy says so, and nothing about the notice asks for a person."""
        if not source.may_index_without_person or stored.draft_id is None:
            return False
        return find_doubt(stored, desk.get_draft(session, stored.draft_id)) is None

    def _publish(self, session: Session, source: Source, draft_id: int, report: PollReport) -> None:
        """Publish silently. This never asks for an alert: nothing is pushed without a person."""
        reason = "the source's policy: indexed without a person, no alert"
        published = desk.publish_draft(session, draft_id, 1, by=by_source(source), at=self._clock(), reason=reason)
        report.published.append(published.advisory_id)

    def _tell(self, session: Session, source: Source, stored: Stored) -> None:
        changed = stored.decision is not None and stored.decision.change is Change.CHANGED
        words = f"{source.title}: {'a changed' if changed else 'a new'} notice. {stored.words}"
        desk.tell_staff(
            session,
            at=self._clock(),
            kind="draft",
            object=desk.name_draft(stored.draft_id or 0),
            words=words,
            draft_id=stored.draft_id,
        )

    def _note_missing(self, source: Source, seen: SeenView, report: PollReport, error: Gone | ErrorPage) -> None:
        """A notice that its site has no more: once that lasts, staff are told. Nothing is withdrawn by itself."""
        now = self._clock()
        since = seen.missing_since_at or now
        with write_session(self._engine) as session:
            states.note_item_trouble(session, source.id, seen.key, str(error), at=now)
            states.note_missing(session, source.id, [seen.key], at=now)
            if _is_gone(error, since, now) and states.note_gone(session, source.id, seen.key, at=now):
                report.gone.append(seen.key)
                if seen.advisory_id or seen.draft_id:
                    self._tell_gone(session, source, seen, since)

    def _tell_gone(self, session: Session, source: Source, seen: SeenView, since: dt.datetime) -> None:
        what = seen.advisory_id or f"draft {seen.draft_id}"
        words = (
            f"{source.title}: the page of {what} is gone since {since:%Y-%m-%d}. If the notice was withdrawn, withdraw "
            "it here too; it is still said until then."
        )
        name = desk.name_advisory(seen.advisory_id) if seen.advisory_id else desk.name_draft(seen.draft_id or 0)
        desk.tell_staff(session, at=self._clock(), kind="gone", object=name, words=words, draft_id=seen.draft_id)

    def _note_trouble(self, source: Source, seen: SeenView, report: PollReport, words: str) -> None:
        report.troubles.append(f"{seen.address}: {words}")
        with write_session(self._engine) as session:
            states.note_item_trouble(session, source.id, seen.key, words, at=self._clock())

    def _note_read(self, source: Source, report: PollReport) -> None:
        now = self._clock()
        next_at = now + (SOON if report.left else source.poll_every)
        with write_session(self._engine) as session:
            states.note_read(session, source.id, at=now, next_at=next_at, complete=report.left == 0)

    def _note_failure(self, source: Source, report: PollReport, trouble: SourceFails) -> None:
        report.standing, report.message = trouble.standing, trouble.message
        now = self._clock()
        with write_session(self._engine) as session:
            state = states.find_source_state(session, source.id, now)
            next_at = max(trouble.retry_at or now, now + back_off(state.failures if state else 0))
            states.note_failure(session, source.id, trouble.standing, trouble.message, at=now, next_at=next_at)


@dataclass(frozen=True)
class Plan:
    """Which notices are read in this poll, by key, and how many more wait for the next."""

    to_read: tuple[str, ...]
    left: int


def make_plan(listed: Iterable[str], known: Mapping[str, SeenView], now: dt.datetime) -> Plan:
    """Choose what to read: all that is new, a bounded number a poll, then what was not looked at for longest. Pure."""
    new = [key for key in listed if known[key].read_at is None and _may_try(known[key])]
    old = sorted(
        (one for one in known.values() if one.gone_at is None and one.read_at and now - one.read_at >= AGAIN_AFTER),
        key=lambda one: (one.read_at or now, one.key),
    )
    again = [one.key for one in old[:MOST_AGAIN_A_POLL]]
    return Plan((*new[:MOST_NEW_A_POLL], *again), max(len(new) - MOST_NEW_A_POLL, 0))


def _may_try(seen: SeenView) -> bool:
    return seen.failures < MOST_FAILURES


def back_off(failures: int) -> dt.timedelta:
    """Return how long to leave a source alone after so many earlier failures in a row: twice as long each time."""
    return min(FIRST_BACK_OFF * (1 << min(failures, 10)), LONGEST_BACK_OFF)


def _is_gone(error: Gone | ErrorPage, since: dt.datetime, now: dt.datetime) -> bool:
    """A site's own 410 or a lasting 404; an error page in its place only after two days, for sites move and break."""
    if isinstance(error, ErrorPage):
        return now - since >= states.GONE_AFTER
    return judge_outcome(FetchOutcome(error.status, gone_since_at=since, at=now)) is Change.WITHDRAWN


def key_of(item: ListedItem) -> str:
    """Return the key by which a listed notice is known again."""
    key = item.key or f"address-{canonical_address(item.address)}"
    return key if len(key) <= LONGEST_KEY else f"hash-{hashlib.sha256(key.encode()).hexdigest()}"


def facts_of(source: Source) -> SourceFacts:
    """Return what the bot needs to know of a source."""
    return SourceFacts(source.id, source.title, source.issuer or source.title, source.hosts, source.fresh_within)


def by_source(source: Source) -> str:
    """Name the watcher of a source in histories."""
    return f"watch:{source.id}"


@contextmanager
def _explained() -> Iterator[None]:
    """Say what a failure of a listing means for its source."""
    try:
        yield
    except Blocked as error:
        raise SourceFails(SourceStanding.BLOCKED, str(error), error.retry_at) from None
    except (ErrorPage, ErrorListing, Gone, Refused) as error:
        raise SourceFails(SourceStanding.MOVED, str(error)) from None
    except EmptyListing as error:
        raise SourceFails(SourceStanding.EMPTY, str(error)) from None
    except Unreachable as error:
        raise SourceFails(SourceStanding.ERROR, str(error), error.retry_at) from None
    except (TooSlow, FetchFailed, SourceTrouble, Unreadable) as error:
        raise SourceFails(SourceStanding.ERROR, str(error)) from None
