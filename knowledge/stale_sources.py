"""Knows which watched sources have not been read for too long, and which notices come from one. Reads tables only.

A source that was never read yet says nothing about what is stored, so only one that was read before can be stale.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import Engine

from knowledge.database import DatabaseUnavailable, read_session
from knowledge.desk.sources import SourceView, list_sources
from knowledge.desk_models import SourceStanding

KEPT = dt.timedelta(seconds=30)  # how long the answer is kept: no source becomes stale from one moment to the next


@dataclass(frozen=True)
class StaleSource:
    """A source that is blocked or was not read for longer than it should be, with the time it last was."""

    id: str
    issuer: str
    hosts: tuple[str, ...]
    read_at: dt.datetime


class StaleSourcesKeeper:
    """Hands out the stale sources, looked up every half minute at most. Thread-safe."""

    def __init__(self, engine: Engine, clock: Callable[[], dt.datetime]) -> None:
        self._engine, self._clock = engine, clock
        self._lock = threading.Lock()
        self._held: tuple[dt.datetime, tuple[StaleSource, ...]] | None = None

    def current(self) -> tuple[StaleSource, ...]:
        """Return the sources that are stale now; the last known ones where the database does not answer."""
        now = self._clock()
        with self._lock:
            if self._held is None or now - self._held[0] >= KEPT:
                self._held = (now, self._look(now))
            return self._held[1]

    def _look(self, now: dt.datetime) -> tuple[StaleSource, ...]:
        try:
            with read_session(self._engine) as session:
                return find_stale(list_sources(session, now))
        except DatabaseUnavailable:
            return self._held[1] if self._held else ()


def find_stale(views: Iterable[SourceView]) -> tuple[StaleSource, ...]:
    """Return those that keep us out, or were not read in time; what was never read at all is not among them. Pure."""
    return tuple(
        StaleSource(view.id, view.issuer, view.hosts, view.read_at)
        for view in views
        if view.read_at is not None and (view.is_overdue or view.standing is SourceStanding.BLOCKED)
    )


def stale_of(issuer: str, address: str | None, stale: Iterable[StaleSource]) -> StaleSource | None:
    """Return the stale source that a notice comes from: by the site of its address, else by its issuer. Pure."""
    host = _host_of(address)
    for source in stale:
        if host in source.hosts or (not host and issuer.casefold() == source.issuer.casefold()):
            return source
    return None


def _host_of(address: str | None) -> str:
    try:
        return (urlsplit(address or "").hostname or "").lower()
    except ValueError:
        return ""
