"""The long-running watcher: one thread reads what staff hand in, one polls the sources. Both survive any one bad thing.

What one thread fails at is logged and tried again after a pause; the other goes on. Both end within a moment of being
asked to, after the document or page that they are reading.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog
from sqlalchemy import Engine

from ingest.fetching.fetcher import Fetcher
from ingest.sources.source import Source
from ingest.understanding.meaning import TopicsByMeaning
from ingest.watching import PollReport, Watcher
from ingest.working import Worker
from knowledge.database import DatabaseUnavailable
from knowledge.embedding import ModelUnavailable

LOOK_EVERY_S = 0.5  # for what staff handed in: they wait for the draft
POLL_EVERY_S = 20.0  # to see which source is due
PAUSE_AFTER_TROUBLE_S = 10.0
LONGEST_STOP_S = 20.0  # a page that is being fetched may take so long; then the process ends anyway

_log = structlog.get_logger(__name__)
Result = TypeVar("Result")


class Loop:
    """Runs a worker and a watcher, each with a fetcher of its own."""

    def __init__(
        self,
        engine: Engine,
        build_fetcher: Callable[[], Fetcher],
        clock: Callable[[], dt.datetime],
        *,
        worker: str,
        topics_by_meaning: TopicsByMeaning | None = None,
    ) -> None:
        """Take the store, how a fetcher is built, a clock (aware, UTC) and a name that no other process has."""
        self._meaning = topics_by_meaning
        self._engine, self._build_fetcher, self._clock, self._name = engine, build_fetcher, clock, worker

    def run_once(self, sources: Sequence[Source], *, force: bool) -> list[PollReport]:
        """Work off what was handed in, and poll the sources that are due (all of them with `force`)."""
        worker = Worker(
            self._engine, self._build_fetcher().fetch, self._clock, worker=self._name, topics_by_meaning=self._meaning
        )
        while worker.work_one() is not None:
            pass
        watcher = Watcher(
            self._engine, self._build_fetcher(), self._clock, worker=self._name, topics_by_meaning=self._meaning
        )
        reports = [watcher.poll(source, force=force) for source in sources]
        return [report for report in reports if report is not None]

    def run(self, sources: Sequence[Source], stop: threading.Event, *, embed: Callable[[], int]) -> None:
        """Go on until `stop` is set. `embed` makes vectors for what was published without one."""
        threads = [
            threading.Thread(target=self._work_on, args=(stop, embed), name="desk", daemon=True),
            threading.Thread(target=self._poll_on, args=(sources, stop), name="sources", daemon=True),
        ]
        for thread in threads:
            thread.start()
        stop.wait()
        for thread in threads:
            thread.join(LONGEST_STOP_S)

    def _work_on(self, stop: threading.Event, embed: Callable[[], int]) -> None:
        worker = Worker(
            self._engine, self._build_fetcher().fetch, self._clock, worker=self._name, topics_by_meaning=self._meaning
        )
        while not stop.is_set():
            found = _carefully(worker.work_one, stop, "reading what was handed in")
            _carefully(embed, stop, "embedding")
            if found is None:
                stop.wait(LOOK_EVERY_S)

    def _poll_on(self, sources: Sequence[Source], stop: threading.Event) -> None:
        watcher = Watcher(
            self._engine, self._build_fetcher(), self._clock, worker=self._name, topics_by_meaning=self._meaning
        )
        while not stop.is_set():
            for source in sources:
                if not stop.is_set():
                    self._poll(watcher, source, stop)
            stop.wait(POLL_EVERY_S)

    def _poll(self, watcher: Watcher, source: Source, stop: threading.Event) -> None:
        _carefully(lambda: watcher.poll(source, stop=stop.is_set), stop, "polling a source")


def _carefully(deed: Callable[[], Result], stop: threading.Event, what: str) -> Result | None:
    """One of the doors that catch everything: log, wait, go on."""
    try:
        return deed()
    except ModelUnavailable:
        return None  # it is found by its words meanwhile; `doctor` says what to do
    except DatabaseUnavailable:
        _log.warning("the database does not answer", doing=what)
    except Exception as error:
        _log.error("the watcher failed at something and goes on", doing=what, error=type(error).__name__)
    stop.wait(PAUSE_AFTER_TROUBLE_S)
    return None
