"""Measures retrieval beside the bare run, and the life of the index, at several sizes of the library.

The bare run is what no design can avoid: the model embeds the very texts that are searched for, and they are compared
with every vector by one matrix product. Both are measured in turn, message by message, in the same process.
"""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.corpus import grow
from benchmarks.measuring import CannotMeasure, Table, Tell, Times, in_words, memory_mb, timed
from knowledge import advisories
from knowledge.collecting import leave_out_what_is_there
from knowledge.database import build_engine, write_session
from knowledge.embedding import Embedder, build_embedder
from knowledge.generations import index_folder, read_pointer
from knowledge.glossing import gloss
from knowledge.index import exact_search
from knowledge.index_processes import start_newest, verify_generation
from knowledge.library import LibraryKeeper
from knowledge.passage_store import embed_missing
from knowledge.reading.countries import find_countries
from knowledge.records import AdvisoryRecord
from knowledge.retriever import DENSE_CANDIDATES, MOST_GLOSSED, RetrieverKeeper, SatarkRetriever
from knowledge.settings import Settings
from knowledge.telling_sentences import telling_sentences

WITHIN_S = 60.0
TIMES_PUBLISHED = 3
VERIFIED_APART = 20_000  # passages; beyond, the check within the build says enough, and takes minutes
ROUNDS = 2  # the better of so many, each way, since other programs disturb one or the other


@dataclass(frozen=True)
class Compared:
    """The same messages by both ways."""

    ours: Times
    bare: Times

    def as_cells(self) -> tuple[str, ...]:
        """Write both, and what ours costs beyond the bare run."""
        over = (self.ours.p50 - self.bare.p50, self.ours.p95 - self.bare.p95)
        pairs = ((self.bare.p50, self.bare.p95), (self.ours.p50, self.ours.p95), over)
        return tuple(f"{p50 * 1000:.1f} / {p95 * 1000:.1f}" for p50, p95 in pairs)


@dataclass(frozen=True)
class Grown:
    """What was measured at one size."""

    passages: int
    questions: Compared
    offers: Compared
    load_s: float
    build_s: float
    open_s: float
    verify_s: float | None
    answerable_s: float
    gone_s: float
    memory_mb: float


def measure_growth(
    source: Path, folder: Path, sizes: Sequence[int], messages: tuple[list[str], list[str]], tell: Tell
) -> list[Grown]:
    """Measure at each size, the smallest first. `source` is a database with the starter knowledge."""
    shutil.copy(source, folder / "growing.sqlite3")
    engine = build_engine(f"sqlite:///{folder / 'growing.sqlite3'}")
    settings = Settings(_env_file=None, data_dir=folder)
    embedder = build_embedder(settings)
    measured = []
    for size in sizes:
        grow(engine, size, lambda done, total: tell(f"{total} passages: writing the library", done, total))
        measured.append(_measure(engine, embedder, folder, size, messages, tell))
    return measured


def growth_tables(grown: Sequence[Grown]) -> list[Table]:
    """Sum up in tables."""
    return [
        Table(
            "Retrieval beside the bare run",
            "Milliseconds, p50 / p95. Bare: the model embeds the same texts, and they are compared with all vectors by "
            "one matrix product. Ours: a message in, chosen passages out. Of each message the better of two "
            "rounds, each way; “over” is the difference of the percentiles.",
            ("passages", "question: bare", "ours", "over", "whole offer: bare", "ours", "over"),
            tuple((f"{one.passages:,}", *one.questions.as_cells(), *one.offers.as_cells()) for one in grown),
        ),
        Table(
            "The index and the library as they grow",
            "Build includes the exhaustive check of every passage; verify is that check alone, as `satark-ingest "
            "verify` makes it; open is from a start to serving. Answerable and gone: from the commit until a search in "
            "the running program shows it (the slowest of three). Memory: this program, without the index process.",
            ("passages", "load", "build", "verify", "open", "answerable", "gone", "memory"),
            tuple(
                (
                    f"{one.passages:,}",
                    *map(in_words, (one.load_s, one.build_s)),
                    in_words(one.verify_s) if one.verify_s is not None else "",
                    *map(in_words, (one.open_s, one.answerable_s, one.gone_s)),
                    f"{one.memory_mb:.0f} MB",
                )
                for one in grown
            ),
        ),
    ]


def _measure(
    engine: Engine, embedder: Embedder, folder: Path, size: int, messages: tuple[list[str], list[str]], tell: Tell
) -> Grown:
    library = LibraryKeeper(engine, _now)
    keeper = RetrieverKeeper(library.current, embedder, folder)
    try:
        load_s = timed(lambda: keeper.current().search("Helper in Russia"))

        def show(step: str, done: int, total: int) -> None:
            tell(f"{size} passages: {step}", done, total)

        build_s = timed(lambda: _build(keeper, show))
        _wait_for_index(keeper)
        verify_s = timed(partial(_verify, folder, keeper, show)) if size <= VERIFIED_APART else None
        leave_out_what_is_there()  # as the serving program does when it is ready
        questions, offers = (
            _compare(
                keeper.current(), embedder, texts, lambda done, total, kind=kind: show(f"asking, {kind}", done, total)
            )
            for kind, texts in zip(("questions", "offers"), messages, strict=True)
        )
        answerable_s, gone_s = _publish_and_withdraw(engine, embedder, keeper)
        open_s = timed(partial(_open, folder, keeper.current().shelf.indexed.fingerprint))
        memory = memory_mb()
    finally:
        keeper.close()
    return Grown(
        size,
        questions,
        offers,
        load_s,
        build_s,
        open_s,
        verify_s,
        answerable_s,
        gone_s,
        memory,
    )


def _build(keeper: RetrieverKeeper, tell: Tell) -> None:
    if not keeper.refresh_index(_now(), tell):
        raise CannotMeasure("the index could not be built; `satark-ingest reindex` says why")


def _verify(folder: Path, keeper: RetrieverKeeper, tell: Tell) -> None:
    verify_generation(folder, read_pointer(index_folder(folder)), keeper.current().shelf.indexed, tell)


def _compare(
    retriever: SatarkRetriever, embedder: Embedder, texts: Sequence[str], tell: Callable[[int, int], None]
) -> Compared:
    pairs = []
    for number, text in enumerate(texts):
        if searched := _searched_texts(text):
            both = [
                (timed(partial(_bare, retriever, embedder, searched)), timed(partial(retriever.search, text)))
                for _ in range(ROUNDS)
            ]
            pairs.append((min(bare for bare, _ in both), min(ours for _, ours in both)))
        tell(number + 1, len(texts))
    return Compared(ours=Times(tuple(ours for _, ours in pairs)), bare=Times(tuple(bare for bare, _ in pairs)))


def _searched_texts(text: str) -> list[str]:
    """Return the texts that the retriever embeds for a message."""
    mentions = find_countries(text)
    sentences = telling_sentences(text, [(mention.start, mention.end) for mention in mentions])
    glosses = [gloss(sentence, ()) for sentence in sentences] if len(sentences) <= MOST_GLOSSED else []
    return [*sentences, *(text for text in glosses if text)]


def _bare(retriever: SatarkRetriever, embedder: Embedder, texts: list[str]) -> None:
    indexed = retriever.shelf.indexed
    for vector in embedder.embed_queries(texts):
        exact_search(vector, indexed.ids, indexed.vectors, DENSE_CANDIDATES)


def _publish_and_withdraw(engine: Engine, embedder: Embedder, keeper: RetrieverKeeper) -> tuple[float, float]:
    """Return the slowest times until a published notice is found and a withdrawn one is not."""
    answerable, gone = [], []
    pattern = next(record for record in keeper.current().shelf.library.advisories.values() if not record.standing)
    for number in range(TIMES_PUBLISHED):
        word = f"zanzibarine{number}{len(keeper.current().shelf.passages)}"
        record = replace(
            pattern,
            id=f"bench-published-{word}",
            title=f"Notice on {word}",
            facts=(f"Nobody may pay for a {word} permit before {2030 + number}.",),
            supersedes=(),
            counts=(),
        )
        _publish(engine, embedder, record)
        answerable.append(_until(partial(_is_found, keeper, word, record.id)))
        with write_session(engine) as session:
            advisories.withdraw(session, record.id, by="bench", reason="measured", at=_now())
        gone.append(_until(partial(_is_gone, keeper, word, record.id)))
    return max(answerable), max(gone)


def _publish(engine: Engine, embedder: Embedder, record: AdvisoryRecord) -> None:
    with write_session(engine) as session:
        advisories.save_draft(session, record, at=_now())
    embed_missing(engine, embedder, only=[record.id])
    with write_session(engine) as session:
        advisories.publish(session, record.id, by="bench", at=_now())


def _is_found(keeper: RetrieverKeeper, word: str, advisory: str) -> bool:
    hits = keeper.current().search(f"Is the {word} permit real, must I pay for it?")
    return advisory in {hit.advisory for hit in hits}


def _is_gone(keeper: RetrieverKeeper, word: str, advisory: str) -> bool:
    return not _is_found(keeper, word, advisory)


def _until(happened: Callable[[], bool]) -> float:
    begun = time.perf_counter()
    while not happened():
        if time.perf_counter() - begun > WITHIN_S:
            raise CannotMeasure("a published notice was not found, or a withdrawn one still was")
    return time.perf_counter() - begun


def _wait_for_index(keeper: RetrieverKeeper) -> None:
    _until(lambda: (index := keeper.current().index) is not None and not index.exact)


def _open(folder: Path, fingerprint: str) -> None:
    """Start a process on the index, wait until it answers, and end it."""
    generation = start_newest(folder, fingerprint)
    generation.wait_until_ready()
    generation.close()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
