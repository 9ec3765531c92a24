"""Knows which index generation serves, and decides when to open, replace or build one. Lets `index_processes` do it.

While no generation serves, people are answered by exact search; so nothing here is urgent, and what keeps failing is
tried less and less often and told once.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import structlog

from knowledge.generations import index_folder, read_pointer
from knowledge.golden import GoldenSet
from knowledge.index import IndexedPassages, IndexUnusable
from knowledge.index_processes import Progress, ServedGeneration, build_generation, start_newest

MOST_OUT_OF_STEP = 0.05  # share of passages searched exactly or filtered, from which a new generation is built at once
FEW = 100  # passages; so many cost nothing to search exactly, however small the library
TRUSTED_CRASHES = 1  # a process may end once for reasons of its own; the second time its generation is not used again
PAUSES_S = (0, 5, 30, 120, 600)  # after the first setback, the second, … until something has served for long
LONG_ENOUGH_S = 600

logger = structlog.get_logger(__name__)

MakeGolden = Callable[[], GoldenSet | None]


class Step(Enum):
    """What is to be done about the index."""

    NOTHING = "nothing"
    OPEN = "open the generation that is pointed at"
    BUILD = "build another generation"


@dataclass(frozen=True)
class Situation:
    """What there is to decide on. `usable`: a generation is pointed at that has not failed us yet."""

    serving: bool
    usable: bool
    pointed_at_serving: bool
    whole_on_disk: bool
    passages: int
    out_of_step: int


def choose_step(now: Situation) -> Step:
    """Decide: serve from what is pointed at while it is usable, build where there is nothing sound to serve from."""
    if now.passages == 0:
        return Step.NOTHING
    if now.usable and not (now.serving and now.pointed_at_serving):
        return Step.OPEN
    if not now.serving or not now.whole_on_disk:
        return Step.BUILD
    if now.out_of_step > max(FEW, MOST_OUT_OF_STEP * now.passages):
        return Step.BUILD
    return Step.NOTHING


class IndexKeeper:
    """Keeps a generation in service for one fingerprint. Thread-safe; slow methods are for one background thread."""

    def __init__(self, data_dir: Path, fingerprint: str) -> None:
        """Start serving the newest generation, if there is one; it answers in a second or so."""
        self._data_dir = data_dir
        self._folder = index_folder(data_dir)
        self._fingerprint = fingerprint
        self._working = threading.Lock()
        self._generation: ServedGeneration | None = None
        self._crashes: Counter[str] = Counter()
        self._unfit: set[str] = set()  # names of generations that cannot serve us
        self._told = ""
        self._setbacks = 0
        self._rest_until: dt.datetime | None = None
        self._serving_since: dt.datetime | None = None
        self._closed = False
        self._start_without_waiting()

    @property
    def generation(self) -> ServedGeneration | None:
        """The generation in service, or about to be."""
        return self._generation

    def refresh(
        self, passages: IndexedPassages, golden: MakeGolden, now: dt.datetime, progress: Progress | None = None
    ) -> bool:
        """Serve from a generation of exactly these passages; build it where there is none. True if it was built."""
        with self._working:
            if self.is_ending():
                return False
            self._let_go_of_what_failed(now)
            step = choose_step(self._situation(passages, 0))
            if step is Step.OPEN and not self._open(now):
                step = Step.BUILD
            generation = self._generation
            if not passages.ids or (
                step is not Step.BUILD and generation is not None and generation.state == passages.state
            ):
                return False
            return self._build(passages, golden, now, progress)

    def tend(self, passages: IndexedPassages, out_of_step: int, golden: MakeGolden, now: dt.datetime) -> None:
        """Look whether all is well, and take the next step where it is not."""
        with self._working:
            self._let_go_of_what_failed(now)
            if self.is_ending() or (self._rest_until is not None and now < self._rest_until):
                return
            step = choose_step(self._situation(passages, out_of_step))
            if step is Step.OPEN and not self._open(now):
                step = Step.BUILD
            if step is Step.BUILD:
                self._build(passages, golden, now, None)
            elif self._serving_since and (now - self._serving_since).total_seconds() > LONG_ENOUGH_S:
                self._setbacks = 0

    def is_ending(self) -> bool:
        """Whether nothing new is to be begun: the keeper is closed, or the program has come to its end."""
        return self._closed or not threading.main_thread().is_alive()

    def close(self) -> None:
        """End the service, and a build that is going on; searching goes on exactly."""
        self._closed = True
        generation, self._generation = self._generation, None
        if generation is not None:
            generation.close()

    def _start_without_waiting(self) -> None:
        try:
            self._generation = start_newest(self._data_dir, self._fingerprint)
        except IndexUnusable as problem:
            self._tell("no index generation to serve from, searching exactly", problem)

    def _let_go_of_what_failed(self, now: dt.datetime) -> None:
        generation = self._generation
        problem = generation.examine() if generation is not None else None
        if generation is None or problem is None:
            return
        self._generation = None
        generation.close()
        self._crashes[generation.name] += 1
        if problem.damaged or self._crashes[generation.name] > TRUSTED_CRASHES:
            self._unfit.add(generation.name)
        self._tell("index generation failed, searching exactly until another serves", problem, warn=True)
        self._note_setback(now)

    def _situation(self, passages: IndexedPassages, out_of_step: int) -> Situation:
        serving = self._generation
        pointed_at = self._pointed_at()
        return Situation(
            serving=serving is not None and serving.serving,
            usable=pointed_at is not None and pointed_at not in self._unfit,
            pointed_at_serving=serving is not None and pointed_at == serving.name,
            whole_on_disk=serving is None or self._is_whole(serving),
            passages=len(passages.ids),
            out_of_step=out_of_step,
        )

    def _pointed_at(self) -> str | None:
        try:
            return read_pointer(self._folder)
        except IndexUnusable:
            return None

    def _is_whole(self, serving: ServedGeneration) -> bool:
        """Tell whether the generation in service could be opened again; its private copy serves on meanwhile."""
        try:
            read_pointer(self._folder)
            serving.check_origin()
        except IndexUnusable as problem:
            self._tell(
                "index generation damaged on disk, building another; its copy serves meanwhile", problem, warn=True
            )
            return False
        return True

    def _open(self, now: dt.datetime) -> bool:
        """Serve from the generation that is pointed at, once it answers. The one in service serves until then."""
        name = self._pointed_at() or ""
        held = self._generation
        try:
            generation = held if held and held.name == name else start_newest(self._data_dir, self._fingerprint)
            generation.wait_until_ready(self.is_ending)
        except IndexUnusable as problem:
            if held is not None and held.problem is not None:  # it failed just now, between two looks at it
                self._let_go_of_what_failed(now)
                return True
            self._unfit.add(name)
            self._tell("no index generation to serve from, searching exactly", problem)
            self._close_if_failed()
            return False
        self._put_into_service(generation, now)
        return True

    def _close_if_failed(self) -> None:
        held = self._generation
        if held is not None and held.problem is not None:
            self._generation = None
            held.close()

    def _put_into_service(self, generation: ServedGeneration, now: dt.datetime) -> None:
        old, self._generation = self._generation, None if self._closed else generation
        for unused in {old, generation} - {self._generation}:
            if unused is not None:
                unused.close()
        self._serving_since = now
        self._told = ""
        if not self.is_ending():
            logger.info("index generation serves", generation=generation.name, passages=len(generation.digests))

    def _build(
        self, passages: IndexedPassages, golden: MakeGolden, now: dt.datetime, progress: Progress | None
    ) -> bool:
        try:
            name = build_generation(passages, self._data_dir, now, golden(), progress, self.is_ending)
        except IndexUnusable as problem:
            self._tell("index generation not built, what it lacks is searched exactly", problem, warn=True)
            self._note_setback(now)
            return False
        self._unfit.discard(name)
        logger.info("index generation built", generation=name, passages=len(passages.ids))
        return self._open(now)

    def _note_setback(self, now: dt.datetime) -> None:
        pause = PAUSES_S[min(self._setbacks, len(PAUSES_S) - 1)]
        self._setbacks += 1
        self._rest_until = now + dt.timedelta(seconds=pause)

    def _tell(self, event: str, problem: IndexUnusable, *, warn: bool = False) -> None:
        """Log a problem once, however often it is met. That there is no index yet, or another model's, is news only."""
        words = f"{event}: {problem}"
        if words != self._told and not self.is_ending():
            self._told = words
            (logger.warning if warn or problem.damaged else logger.info)(event, reason=str(problem))
