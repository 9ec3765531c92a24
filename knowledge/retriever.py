"""Knows which passages to choose for a message: nearness in meaning, country, shared words, and how official and new.

The parts of a score were weighed on one half of `evals/retrieval/questions.jsonl` and checked on the other. Works
without an embedding model too: then countries and shared words decide alone. Never returns what is not in the library.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from babel import Locale
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from knowledge.embedding.bundled import bundled_fingerprint
from knowledge.embedding.centring import Centring, build_centring
from knowledge.embedding.embedder import Embedder, Vectors
from knowledge.glossing import gloss
from knowledge.index import (
    Generation,
    IndexedPassages,
    IndexUnusable,
    VectorIndex,
    build_generation,
    open_generation,
)
from knowledge.library import Library, LibraryPassage
from knowledge.reading.countries import find_countries
from knowledge.records import AdvisoryRecord
from knowledge.telling_sentences import telling_sentences
from knowledge.vocabulary import SourceTier
from knowledge.words import WordIndex, words_of

HOME = "IN"  # the country that people leave; naming it says nothing about where they go
DENSE_CANDIDATES = 60  # per sentence; more changes no ranking at 1,000 passages
WORD_CANDIDATES = 30
MOST_GLOSSED = 2  # sentences; a long offer says enough in English words and would take twice the time
LIMIT = 8

# From which plain cosine to its nearest passage on a message is about our subject, by the fingerprint of the model: the
# band is narrow and differs between models. Measured on 440 messages about work abroad and 35 about other things: 0.5 %
# of the former fall below, 91 % of the latter. A model that is not listed is judged by the floor of the score alone.
NEAR_ENOUGH = {bundled_fingerprint(): 0.835}
ENGLISH = Locale("en")

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Weights:
    """How much each part counts, next to a cosine whose weight is 1, and from which score on a hit is relevant."""

    country: float = 0.1
    words: float = 0.2
    official: Mapping[SourceTier, float] = field(
        default_factory=lambda: {SourceTier.OFFICIAL_PAGE: 0.02, SourceTier.OFFICIAL_LINK: 0.01}
    )
    outdated_counts: float = 0.05  # for a notice whose numbers a later one replaces
    newest: float = 0.02  # for a notice of today, falling evenly to nothing
    old_after_years: float = 6.0
    floor: float = 0.15
    floor_without_model: float = 0.08
    named_country: float = 0.05  # added to a message's nearness where it names a country abroad
    near_enough: Mapping[str, float] = field(default_factory=lambda: dict(NEAR_ENOUGH))


@dataclass(frozen=True)
class ScoreParts:
    """What a score is made of; the parts add up to it."""

    meaning: float
    country: float
    words: float
    source: float


@dataclass(frozen=True)
class Hit:
    """A chosen passage. `advisory` is the id of its advisory or rule; `standing` ones are there for their country."""

    advisory: str
    passage: str
    text: str
    score: float
    standing: bool
    parts: ScoreParts


@dataclass(frozen=True)
class Parts:
    """The parts of the scores of many passages, each an array in the order of the passages."""

    meaning: Vectors
    country: Vectors
    words: Vectors
    source: Vectors

    def total(self) -> Vectors:
        """Add the parts up."""
        return self.meaning + self.country + self.words + self.source

    def at(self, position: int) -> ScoreParts:
        """Return the parts of one passage."""
        arrays = (self.meaning, self.country, self.words, self.source)
        return ScoreParts(*(round(float(array[position]), 4) for array in arrays))


def rank(parts: Parts, owners: Sequence[str], candidates: Iterable[int], *, floor: float, limit: int) -> list[int]:
    """Order candidate positions by score: the best passage of each owner, none under the floor, at most `limit`."""
    total = parts.total()
    best: dict[str, int] = {}
    for position in sorted(candidates, key=lambda position: (-float(total[position]), position)):
        if total[position] >= floor:
            best.setdefault(owners[position], position)
        if len(best) == limit:
            break
    return list(best.values())


def score_countries(passages: Sequence[frozenset[str]], asked: frozenset[str]) -> Vectors:
    """Return 1 where a passage is about a country asked for, -1 where only about others, 0 where about none."""
    scores = np.zeros(len(passages), dtype=np.float32)
    if asked:
        for position, countries in enumerate(passages):
            if countries:
                scores[position] = 1.0 if countries & asked else -1.0
    return scores


@dataclass(frozen=True)
class Nearness:
    """How near a message is to each passage, whom the index found, and the best plain (not centred) cosine."""

    meaning: Vectors
    candidates: set[int]
    plain: float


class Shelf:
    """What is searched: the library's passages with all that is computed once for them. Never changes."""

    def __init__(self, library: Library, fingerprint: str | None, centring: Centring | None, weights: Weights) -> None:
        passages = library.passages
        self.library = library
        self.passages = passages
        self.owners = [passage.advisory_id for passage in passages]
        self.positions = {passage.id: position for position, passage in enumerate(passages)}
        self.countries = [_countries_of(library, owner) for owner in self.owners]
        self.words = WordIndex(
            [
                words_of(_searched_words(library, passage), countries)
                for passage, countries in zip(passages, self.countries, strict=True)
            ]
        )
        self.source = np.array([_source_bonus(library, owner, weights) for owner in self.owners], dtype=np.float32)
        self.with_vector, self.raw_vectors = _stacked(passages, fingerprint)
        languages = [passages[position].language for position in self.with_vector]
        self.vectors = centring.centre_passages(self.raw_vectors, languages) if centring else self.raw_vectors

    def indexed(self, fingerprint: str) -> IndexedPassages:
        """Return what the vector index holds."""
        return IndexedPassages(
            tuple(self.passages[position].id for position in self.with_vector), self.vectors, fingerprint
        )

    def best_of(self, owner: str, total: Vectors) -> int | None:
        """Return the position of an owner's best passage."""
        positions = [position for position, name in enumerate(self.owners) if name == owner]
        return max(positions, key=lambda position: float(total[position]), default=None)


class SatarkRetriever(BaseRetriever):
    """Chooses passages for a message from one state of the library. A LangChain retriever; thread-safe."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    shelf: Shelf
    index: VectorIndex | None = None
    embedder: Any = None  # an Embedder; pydantic cannot check a Protocol
    centring: Centring | None = None
    weights: Weights = Weights()

    def search(self, text: str, *, countries: Iterable[str] = (), limit: int = LIMIT) -> list[Hit]:
        """Return up to `limit` hits, best first, then the standing warnings of the countries that are not among them.

        `countries` are the destinations where the caller knows them; without any, those named in the text count.
        A message that nothing in the library is near to gets an empty list.
        """
        mentions = find_countries(text)
        asked = frozenset(countries) or frozenset(mention.code for mention in mentions)
        asked -= {HOME}
        sentences = telling_sentences(text, [(mention.start, mention.end) for mention in mentions])
        parts, candidates = self._score(sentences, asked)
        floor = self.weights.floor_without_model if self.index is None else self.weights.floor
        chosen = rank(parts, self.shelf.owners, candidates, floor=floor, limit=limit)
        return self._hits(chosen, parts, asked)

    def _score(self, sentences: list[str], asked: frozenset[str]) -> tuple[Parts, set[int]]:
        """Return the parts of all scores, and the positions to choose from: none if nothing is near enough."""
        names = tuple(name for code in sorted(asked) if (name := ENGLISH.territories.get(code)))
        glosses = [gloss(sentence, names) if len(sentences) <= MOST_GLOSSED else None for sentence in sentences]
        words = self._shared_words(sentences, glosses, asked)
        near = self._nearness(sentences, glosses)
        parts = Parts(
            meaning=near.meaning,
            country=self.weights.country * score_countries(self.shelf.countries, asked),
            words=self.weights.words * words,
            source=self.shelf.source,
        )
        if self._is_elsewhere(near, asked):
            return parts, set()
        wordy = np.argsort(-words, kind="stable")[:WORD_CANDIDATES]
        about = [position for position, countries in enumerate(self.shelf.countries) if countries & asked]
        return parts, near.candidates | {int(position) for position in wordy if words[position] > 0} | set(about)

    def _is_elsewhere(self, near: Nearness, asked: frozenset[str]) -> bool:
        """Tell whether the message is about something that the library does not know."""
        enough = self.weights.near_enough.get(self.embedder.fingerprint) if self.index is not None else None
        return enough is not None and near.plain + self.weights.named_country * bool(asked) < enough

    def _shared_words(self, sentences: list[str], glosses: list[str | None], asked: frozenset[str]) -> Vectors:
        """Score shared words, with those of the English glosses where that finds more."""
        original = self.shelf.words.scores(words_of("\n".join(sentences), sorted(asked)))
        english = [text for text in glosses if text]
        if not english:
            return original
        return np.maximum(original, self.shelf.words.scores(words_of("\n".join([*sentences, *english]), sorted(asked))))

    def _nearness(self, sentences: list[str], glosses: list[str | None]) -> Nearness:
        """Compare the message with every passage. A sentence with a gloss counts with the mean of both cosines."""
        meaning = np.zeros(len(self.shelf.passages), dtype=np.float32)
        if self.index is None or self.centring is None or not sentences:
            return Nearness(meaning, set(), 0.0)
        texts = [*sentences, *(text for text in glosses if text)]
        raw = self.embedder.embed_queries(texts)
        vectors = self.centring.centre_queries(raw, texts)
        cosines = vectors @ self.shelf.vectors.T
        glossed = [position for position, text in enumerate(glosses) if text]
        cosines[glossed] = (cosines[glossed] + cosines[len(sentences) :]) / 2
        meaning[self.shelf.with_vector] = cosines[: len(sentences)].max(axis=0)
        found = self.index.search_each(vectors, DENSE_CANDIDATES)
        candidates = {self.shelf.positions[passage] for hits in found for passage, _ in hits}
        return Nearness(meaning, candidates, float((raw @ self.shelf.raw_vectors.T).max()))

    def _hits(self, chosen: list[int], parts: Parts, asked: frozenset[str]) -> list[Hit]:
        library, owners = self.shelf.library, self.shelf.owners
        standing = {record.id for code in sorted(asked) for record in library.standing(code)}
        total = parts.total()
        missing = standing - {owners[position] for position in chosen}
        added = [position for owner in missing if (position := self.shelf.best_of(owner, total)) is not None]
        added.sort(key=lambda position: (-float(total[position]), owners[position]))
        return [
            Hit(
                advisory=owners[position],
                passage=self.shelf.passages[position].id,
                text=self.shelf.passages[position].text,
                score=round(float(total[position]), 4),
                standing=owners[position] in standing,
                parts=parts.at(position),
            )
            for position in [*chosen, *added]
        ]

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain passes it by name
    ) -> list[Document]:
        return [
            Document(
                id=hit.passage,
                page_content=hit.text,
                metadata={"advisory": hit.advisory, "score": hit.score, "standing": hit.standing},
            )
            for hit in self.search(query)
        ]


def build_retriever(
    library: Library,
    embedder: Embedder | None = None,
    centring: Centring | None = None,
    generation: Generation | None = None,
    weights: Weights | None = None,
) -> SatarkRetriever:
    """Build a retriever for one state of the library. Without an embedder, countries and words decide alone."""
    chosen = weights or Weights()
    if embedder is None or centring is None:
        return SatarkRetriever(shelf=Shelf(library, None, None, chosen), weights=chosen)
    shelf = Shelf(library, embedder.fingerprint, centring, chosen)
    if not shelf.with_vector:  # nothing has been embedded with this model yet
        return SatarkRetriever(shelf=shelf, weights=chosen)
    index = VectorIndex(shelf.indexed(centring.fingerprint), generation)
    return SatarkRetriever(shelf=shelf, index=index, embedder=embedder, centring=centring, weights=chosen)


class RetrieverKeeper:
    """Hands out a retriever for the current library, built anew only when the library changes. Thread-safe."""

    def __init__(
        self,
        current_library: Callable[[], Library],
        embedder: Embedder | None,
        data_dir: Path,
        *,
        use_index: bool = True,
    ) -> None:
        """Build the keeper. Without the index every search is exact: the same answers, quicker for a single one."""
        self._current_library = current_library
        self._embedder = embedder
        self._data_dir = data_dir
        self._centring = build_centring(embedder, data_dir) if embedder else None
        wanted = self._centring if use_index else None
        self._generation = open_generation(data_dir, wanted.fingerprint) if wanted else None
        self._lock = threading.Lock()
        self._retriever: SatarkRetriever | None = None

    def current(self) -> SatarkRetriever:
        """Return the retriever for what may be said now. Raises what reading the library raises."""
        library = self._current_library()
        held = self._retriever
        if held is not None and held.shelf.library is library:
            return held
        with self._lock:
            held = self._retriever
            if held is None or held.shelf.library is not library:
                held = build_retriever(library, self._embedder, self._centring, self._generation)
                self._retriever = held
            return held

    def refresh_index(self, now: dt.datetime) -> bool:
        """Build a new index generation and serve from it, if the one in use is missing or out of step.

        Takes seconds and is meant for a background thread; searches go on meanwhile. Returns whether one was built.
        A disk that refuses is logged, and exact search goes on.
        """
        index = self.current().index
        if index is None or self._centring is None or not (index.exact or index.late or index.gone):
            return False
        passages = self.current().shelf.indexed(self._centring.fingerprint)
        try:
            name = build_generation(passages, self._data_dir, now)
        except IndexUnusable as error:
            logger.warning("index generation not built, searching exactly", reason=str(error))
            return False
        logger.info("index generation built", generation=name, passages=len(passages.ids))
        return self._serve_from_newest()

    def close(self) -> None:
        """Let go of the index generation's private copy; searching goes on exactly."""
        with self._lock:
            generation, self._generation, self._retriever = self._generation, None, None
        if generation is not None:
            generation.close()

    def _serve_from_newest(self) -> bool:
        generation = open_generation(self._data_dir, self._centring.fingerprint) if self._centring else None
        with self._lock:
            old, self._generation, self._retriever = self._generation, generation, None
        if old is not None:
            old.close()
        return generation is not None


def _countries_of(library: Library, owner: str) -> frozenset[str]:
    record = library.advisories.get(owner) or library.rules[owner]
    return frozenset(record.countries) - {HOME}


def _searched_words(library: Library, passage: LibraryPassage) -> str:
    advisory = library.advisories.get(passage.advisory_id)
    heading = (advisory.title or advisory.issuer) if advisory else library.rules[passage.advisory_id].title
    return f"{heading}. {passage.text}"


def _source_bonus(library: Library, owner: str, weights: Weights) -> float:
    """Return a small bonus for what is official and what is new; a rule of law counts as official and new."""
    advisory = library.advisories.get(owner)
    if advisory is None:
        return weights.official[SourceTier.OFFICIAL_PAGE] + weights.newest
    years = (library.today - advisory.date).days / 365.25 if advisory.date else weights.old_after_years
    freshness = max(0.0, 1.0 - max(0.0, years) / weights.old_after_years)
    bonus = weights.official.get(advisory.source_tier, 0.0) + weights.newest * freshness
    return bonus - weights.outdated_counts if _counts_are_outdated(library, advisory) else bonus


def _counts_are_outdated(library: Library, advisory: AdvisoryRecord) -> bool:
    """Return whether every number that a notice gives has been given anew by a later one."""
    newest = {count.series: owner for count, owner in library.newest_counts(advisory.countries)}
    return bool(advisory.counts) and all(newest.get(count.series) != advisory.id for count in advisory.counts)


def _stacked(passages: Sequence[LibraryPassage], fingerprint: str | None) -> tuple[list[int], Vectors]:
    """Return the positions of the passages that carry a vector of this model, and these vectors as rows."""
    chosen = [
        (position, passage.vector)
        for position, passage in enumerate(passages)
        if passage.vector is not None and fingerprint is not None and passage.fingerprint == fingerprint
    ]
    if not chosen:
        return [], np.zeros((0, 0), dtype=np.float32)
    return [position for position, _ in chosen], np.stack([vector for _, vector in chosen])
