"""A library of made-up notices that answers its own questions, and a person who never stops asking."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np

from knowledge.embedding.centring import Centring
from knowledge.index import exact_search
from knowledge.library import Library, LibraryPassage
from knowledge.records import RuleRecord
from knowledge.retriever import RetrieverKeeper
from knowledge.vocabulary import TextKind

TODAY = dt.date(2026, 11, 22)
DIMENSION = 384
SUBJECTS = 150  # notices lie in groups, as real ones do
DEPTH = 10
ANSWER_WITHIN_S = 5.0


class MadeUpModel:
    """A model whose vectors are drawn by number: the text "17" has the seventeenth vector."""

    def __init__(self, count: int, fingerprint: str = "made-up-model", seed: int = 1) -> None:
        self.fingerprint = fingerprint
        self.dimension = DIMENSION
        random = np.random.default_rng(seed)
        subjects = random.normal(size=(SUBJECTS, DIMENSION))
        spread = random.normal(size=(count, DIMENSION))
        vectors = subjects[random.integers(0, SUBJECTS, count)] + 0.7 * spread
        self.vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        return np.stack([self.vectors[int(text) if text.isdigit() else len(text)] for text in texts])

    embed_queries = embed_passages


def make_library(model: MadeUpModel, numbers: Sequence[int], version: int = 1) -> Library:
    """A library that holds the notices of these numbers."""
    rules = {f"notice-{number}": _notice(number) for number in numbers}
    passages = tuple(
        LibraryPassage(f"notice-{n}", f"notice-{n}", str(n), "en", model.vectors[n], model.fingerprint) for n in numbers
    )
    return Library((version, TODAY), MappingProxyType({}), MappingProxyType(rules), (), passages, MappingProxyType({}))


def _notice(number: int) -> RuleRecord:
    return RuleRecord(
        id=f"notice-{number}",
        title=f"Notice {number}",
        text=str(number),
        source_url=None,
        confidence="seen-law",
        issuer="Test Rules",
        date=None,
        as_of=None,
        countries=(),
        topics=(),
        flags=(),
        reported_by=None,
        text_kind=TextKind.SUMMARY,
    )


class World:
    """A DATA_DIR, a library that changes, and the keeper that serves it."""

    def __init__(self, folder: Path, count: int, model: MadeUpModel | None = None) -> None:
        self.folder = folder
        self.model = model or MadeUpModel(count + 200)
        self.numbers = list(range(count))
        self.version = 0
        self.hold(self.numbers)
        self.keeper = self.open()

    def open(self) -> RetrieverKeeper:
        """Start the keeper, as a program does that starts."""
        return RetrieverKeeper(lambda: self.library, self.model, self.folder)

    def hold(self, numbers: Sequence[int]) -> None:
        """Publish and withdraw until the library holds these notices."""
        self.version += 1
        self.numbers = list(numbers)
        self.library = make_library(self.model, self.numbers, self.version)

    def restart(self) -> None:
        """End the keeper and start another one on the same folder."""
        self.keeper.close()
        self.keeper = self.open()

    @property
    def index_folder(self) -> Path:
        return self.folder / "index"

    @property
    def generation(self) -> Path:
        return self.index_folder / (self.index_folder / "current").read_text()


@dataclass
class Record:
    """What the person who asks has met with."""

    answers: int = 0
    wrong: int = 0
    errors: int = 0
    slowest_s: float = 0.0
    found: int = 0
    expected: int = 0
    by_index: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def recall(self) -> float:
        """Share of the nearest passages that were among those found."""
        return self.found / self.expected if self.expected else 1.0

    def add(self, other: Record) -> None:
        for name in ("answers", "wrong", "errors", "found", "expected", "by_index"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.slowest_s = max(self.slowest_s, other.slowest_s)


def ask_once(world: World, number: int, record: Record) -> None:
    """Ask for one notice, and compare with exact search over what the library holds."""
    begun = time.monotonic()
    try:
        retriever = world.keeper.current()
        index = retriever.index
        query = retriever.centring.centre_queries(world.model.embed_queries([str(number)]), ["en"])[0]
        by_index = not index.exact
        found = index.search(query, DEPTH)
    except Exception:  # whatever it is, the person would have gone without an answer
        record.errors += 1
        return
    record.slowest_s = max(record.slowest_s, time.monotonic() - begun)
    held = retriever.shelf.indexed
    exact = exact_search(query, held.ids, held.vectors, DEPTH)
    record.answers += 1
    record.by_index += by_index
    record.expected += len(exact)
    record.found += len(set(dict(exact)) & set(dict(found)))
    record.wrong += not _is_right(found, exact, dict(zip(held.ids, held.vectors @ query, strict=True)))


def _is_right(found: list, exact: list, scores: dict) -> bool:
    """As many as there are, only what the library holds, with its true score, in order, and the nearest first."""
    return (
        len(found) == len(exact)
        and found[0][0] == exact[0][0]
        and all(passage in scores and abs(scores[passage] - score) < 1e-4 for passage, score in found)
        and [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    )


@contextmanager
def someone_asking(world: World, seed: int) -> Iterator[Record]:
    """Ask without a pause, in a thread, until the block ends."""
    record, done = Record(), threading.Event()
    random = np.random.default_rng(seed)

    def ask() -> None:
        while not done.is_set():
            ask_once(world, int(random.choice(world.numbers)), record)
            time.sleep(0.005)  # a busy person, who leaves the machine to the others now and then

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield record
    finally:
        done.set()
        thread.join()


def no_centring(model: MadeUpModel) -> Centring:
    """Centring that takes nothing away."""
    zero = np.full(model.dimension, 1e-9, dtype=np.float32)
    return Centring({"en": zero}, {"en": zero}, f"centred-{model.fingerprint}")


def wait_until(happened, seconds: float) -> bool:
    """Wait for something; say whether it happened in time."""
    give_up_at = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.02)
    return True
