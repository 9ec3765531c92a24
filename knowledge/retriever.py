"""Knows which passages to choose for a message: nearness in meaning, country, shared words, and how official and new.

The parts of a score were weighed on one half of `evals/retrieval/questions.jsonl` and checked on the other. Works
without an embedding model too: then countries and shared words decide alone. Never returns what is not in the library.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import structlog
from babel import Locale
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict
from threadpoolctl import ThreadpoolController

from knowledge.collecting import collecting_later
from knowledge.embedding.bundled import bundled_fingerprint
from knowledge.embedding.centring import Centring, build_centring, normalised
from knowledge.embedding.embedder import Embedder, Vectors
from knowledge.glossing import gloss
from knowledge.golden import GoldenSet, prepare
from knowledge.index import Serves, VectorIndex
from knowledge.index_keeper import IndexKeeper
from knowledge.index_processes import Progress
from knowledge.library import Library, LibraryPassage
from knowledge.reading.countries import find_countries
from knowledge.shelf import HOME, NOWHERE, Positions, Shelf, SourceWeights, VectorSpace, build_shelf
from knowledge.telling_sentences import telling_sentences
from knowledge.words import words_of

DENSE_CANDIDATES = 60  # per sentence; more changes no ranking at 1,000 passages
WORD_CANDIDATES = 30
MOST_ABOUT = 2000  # passages about one country that are all compared, in about a millisecond
MOST_ADDED = 0.02  # share of passages taken in beside the others, from which all is computed together again
MOST_GLOSSED = 2  # sentences; a long offer says enough in English words and would take twice the time
LIMIT = 8
TEND_EVERY_S = 2.0  # how often somebody looks whether the index is whole; costs well under a millisecond
LOOKS_FOR_THE_END = 10  # in each such pause, so that the program ends at once
ENDS_WITHIN_S = 5.0  # what the upkeep of the index may take to end; a build is broken off sooner

# From which plain cosine to its nearest passage on a message is about our subject, by the fingerprint of the model: the
# band is narrow and differs between models. Measured on 440 messages about work abroad and 35 about other things: 0.5 %
# of the former fall below, 91 % of the latter. A model that is not listed is judged by the floor of the score alone.
NEAR_ENOUGH = {bundled_fingerprint(): 0.826}
ENGLISH = Locale("en")
NO_VECTORS: Vectors = np.zeros((0, 0), dtype=np.float32)
# What is computed beside a thread that answers somebody: as many as may answer at once, so that nobody queues here.
_BESIDE = ThreadPoolExecutor(64, thread_name_prefix="beside")

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Weights:
    """How much each part counts, next to a cosine whose weight is 1, and from which score on a hit is relevant."""

    country: float = 0.1
    words: float = 0.2
    source: SourceWeights = field(default_factory=SourceWeights)
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
        return ScoreParts(*(round(float(array[position]), 4) for array in self._arrays))

    def taken(self, positions: Positions) -> Parts:
        """Return the parts of these passages only."""
        return Parts(*(array[positions] for array in self._arrays))

    @property
    def _arrays(self) -> tuple[Vectors, Vectors, Vectors, Vectors]:
        return self.meaning, self.country, self.words, self.source


def rank(
    parts: Parts, owner_of: Callable[[int], str], candidates: Iterable[int], *, floor: float, limit: int
) -> list[int]:
    """Order candidate places by score: the best passage of each owner, none under the floor, at most `limit`."""
    total = parts.total()
    places = np.fromiter(candidates, dtype=np.int64)
    places = places[total[places] >= floor]
    best: dict[str, int] = {}
    for place in places[np.lexsort((places, -total[places]))].tolist():
        best.setdefault(owner_of(place), place)
        if len(best) == limit:
            break
    return list(best.values())


@dataclass(frozen=True)
class Question:
    """What a message is searched by: its telling sentences, the English glosses of some, and the countries."""

    sentences: list[str]
    glosses: list[str | None]
    asked: frozenset[str]

    @property
    def gloss_texts(self) -> list[str]:
        """The glosses that there are."""
        return [text for text in self.glosses if text]

    @property
    def texts(self) -> list[str]:
        """All that is embedded: the sentences, then the glosses."""
        return [*self.sentences, *self.gloss_texts]


@dataclass(frozen=True)
class Read:
    """What is known of a message before its vectors are there; `embedding` brings those of its glosses."""

    question: Question
    embedding: Future[Vectors] | None
    rest: Parts  # of the scores of all passages, without their meaning
    alike: Positions  # of the passages that share most words, or are about its countries
    known: Positions  # these and the standing warnings, in ascending order


@dataclass(frozen=True)
class Scored:
    """The passages that were looked at, by position in ascending order, their scores, and which may be chosen."""

    positions: Positions
    parts: Parts
    choosable: list[int]  # places in the above


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
        names = tuple(name for code in sorted(asked) if (name := ENGLISH.territories.get(code)))
        # The model leaves the interpreter to others while it computes: what needs no vector is done beside it.
        beside = _BESIDE.submit(self._read_words, sentences, names, asked)
        raw = self._embed(sentences)
        scored = self._score(raw, beside.result())
        floor = self.weights.floor_without_model if self.index is None else self.weights.floor
        chosen = rank(
            scored.parts,
            lambda place: self.shelf.passages[scored.positions[place]].advisory_id,
            scored.choosable,
            floor=floor,
            limit=limit,
        )
        return self._hits(scored, chosen, asked)

    def _read_words(self, sentences: list[str], names: tuple[str, ...], asked: frozenset[str]) -> Read:
        """Find all that needs no vector of the sentences; the model begins with the glosses meanwhile."""
        glosses = [gloss(sentence, names) if len(sentences) <= MOST_GLOSSED else None for sentence in sentences]
        question = Question(sentences, glosses, asked)
        embedding = _BESIDE.submit(self._embed, question.gloss_texts) if question.gloss_texts else None
        words = self._shared_words(question)
        alike = np.concatenate([_wordiest(words, WORD_CANDIDATES), self._about(asked, words)])
        rest = Parts(
            meaning=np.zeros(len(words), dtype=np.float32),
            country=self.weights.country * self.shelf.score_countries(asked),
            words=self.weights.words * words,
            source=self.shelf.source,
        )
        return Read(question, embedding, rest, alike, np.unique(np.concatenate([alike, self._standing(asked)])))

    def _score(self, raw: Vectors, read: Read) -> Scored:
        """Score the passages that come into question: near in meaning, sharing words, or about a country asked for."""
        question = read.question
        if read.embedding is not None and len(glossed := read.embedding.result()):
            raw = np.concatenate([raw, glossed])
        vectors = self._one_a_sentence(question, raw)
        with self._looking(vectors) as find_nearest:
            meaning = self._meaning(vectors, read.known)  # while the index looks
            near = find_nearest()
        new = near[~_are_among(near, read.known, len(self.shelf.passages))]
        positions = np.concatenate([read.known, new])
        order = np.argsort(positions)
        positions = positions[order]
        meaning = np.concatenate([meaning, self._meaning(vectors, new)])[order]
        parts = replace(read.rest.taken(positions), meaning=meaning)
        if self._is_elsewhere(raw, near, question.asked):
            return Scored(positions, parts, [])
        choosable = _are_among(positions, np.concatenate([near, read.alike]), len(self.shelf.passages))
        return Scored(positions, parts, np.flatnonzero(choosable).tolist())

    def _shared_words(self, question: Question) -> Vectors:
        """Score shared words, with those of the English glosses where that finds more."""
        countries = sorted(question.asked)
        original = self.shelf.words.scores(words_of("\n".join(question.sentences), countries))
        if not question.gloss_texts:
            return original
        return np.maximum(original, self.shelf.words.scores(words_of("\n".join(question.texts), countries)))

    def _embed(self, texts: list[str]) -> Vectors:
        """Return the vectors as the model makes them; none where there is no model."""
        return self.embedder.embed_queries(texts) if self.index is not None and texts else NO_VECTORS

    @contextmanager
    def _looking(self, vectors: Vectors) -> Iterator[Callable[[], Positions]]:
        """Begin to look for the nearest passages. What is handed out waits for them."""
        if self.index is None:
            yield lambda: NOWHERE
            return
        with self.index.looking(normalised(vectors), DENSE_CANDIDATES) as find_rows:
            yield lambda: self.shelf.indexed_positions[find_rows()]

    def _about(self, asked: frozenset[str], words: Vectors) -> Positions:
        """Return the passages about the countries; of very many those that share words, are official and new."""
        found = [self.shelf.about[code] for code in sorted(asked) if code in self.shelf.about]
        positions = np.unique(np.concatenate(found)) if found else NOWHERE
        if len(positions) > MOST_ABOUT:
            promise = self.weights.words * words[positions] + self.shelf.source[positions]
            positions = positions[np.argpartition(-promise, MOST_ABOUT)[:MOST_ABOUT]]
        return positions

    def _standing(self, asked: frozenset[str]) -> Positions:
        """Return where the passages of the countries' standing warnings are, which are shown in any case."""
        records = [record.id for code in asked for record in self.shelf.library.standing(code)]
        places = [position for owner in records for position in self.shelf.places_of.get(owner, ())]
        return np.array(places, dtype=np.int64)

    def _one_a_sentence(self, question: Question, raw: Vectors) -> Vectors:
        """Centre the vectors; a sentence with a gloss has the middle of both, which gives the mean of both cosines."""
        if self.centring is None or len(raw) == 0:
            return raw
        vectors = self.centring.centre_queries(raw, question.texts)
        plain, glosses = np.split(vectors, [len(question.sentences)])
        glossed = [place for place, text in enumerate(question.glosses) if text]
        plain[glossed] = (plain[glossed] + glosses) / 2
        return plain

    def _meaning(self, vectors: Vectors, positions: Positions) -> Vectors:
        """Compare the sentences with passages; the nearest one counts."""
        meaning = np.zeros(len(positions), dtype=np.float32)
        rows = self.shelf.rows[positions]
        if len(vectors) and (rows >= 0).any():
            meaning[rows >= 0] = (vectors @ self.shelf.indexed.vectors[rows[rows >= 0]].T).max(axis=0)
        return meaning

    def _is_elsewhere(self, raw: Vectors, near: Positions, asked: frozenset[str]) -> bool:
        """Tell whether the message is about something that the library does not know."""
        enough = self.weights.near_enough.get(self.embedder.fingerprint) if self.index is not None else None
        if enough is None:
            return False
        plain = (raw @ self.shelf.raw_vectors_at(near).T).max(initial=0.0) if len(raw) else 0.0
        return bool(plain + self.weights.named_country * bool(asked) < enough)

    def _hits(self, scored: Scored, chosen: list[int], asked: frozenset[str]) -> list[Hit]:
        standing = {record.id for code in sorted(asked) for record in self.shelf.library.standing(code)}
        total = scored.parts.total()
        found = {place: self.shelf.passages[scored.positions[place]] for place in chosen}
        for owner in standing.difference(passage.advisory_id for passage in found.values()):
            found |= self._best_of(owner, scored.positions, total)
        added = sorted(found.keys() - set(chosen), key=lambda place: (-total[place], found[place].advisory_id))
        return [
            Hit(
                advisory=found[place].advisory_id,
                passage=found[place].id,
                text=found[place].text,
                score=round(float(total[place]), 4),
                standing=found[place].advisory_id in standing,
                parts=scored.parts.at(place),
            )
            for place in [*chosen, *added]
        ]

    def _best_of(self, owner: str, positions: Positions, total: Vectors) -> dict[int, LibraryPassage]:
        """Return the place of the best passage of a record, with the passage; nothing where none was looked at."""
        own = self.shelf.places_of.get(owner, range(0))
        first, end = np.searchsorted(positions, (own.start, own.stop))
        if first == end:
            return {}
        best = int(first + np.argmax(total[first:end]))
        return {best: self.shelf.passages[positions[best]]}

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
    generation: Serves | None = None,
    weights: Weights | None = None,
    held: SatarkRetriever | None = None,
) -> SatarkRetriever:
    """Build a retriever for one state of the library. Without an embedder, countries and words decide alone.

    `held` is that of an earlier state, from which is taken what has not changed.
    """
    chosen = weights or Weights()
    before = held.shelf if held is not None else None
    if embedder is None or centring is None:
        return SatarkRetriever(shelf=build_shelf(library, None, chosen.source, before), weights=chosen)
    shelf = build_shelf(library, VectorSpace(embedder.fingerprint, centring), chosen.source, before)
    if not shelf.indexed.ids:  # nothing has been embedded with this model yet
        return SatarkRetriever(shelf=shelf, weights=chosen)
    index = VectorIndex(shelf.indexed, generation, held.index if held is not None else None)
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
        """Build the keeper. Without the index every search is exact: the same answers, quicker for a single one.

        From now on NumPy multiplies in one thread in this program.
        """
        _multiply_in_one_thread()
        self._current_library = current_library
        self._embedder = embedder
        self._centring = build_centring(embedder, data_dir) if embedder else None
        self._index = IndexKeeper(data_dir, self._centring.fingerprint) if self._centring and use_index else None
        self._lock = threading.Lock()
        self._retriever: SatarkRetriever | None = None
        self._upkeep: threading.Thread | None = None
        self._renewal_due = threading.Event()
        self._closing = threading.Event()

    def current(self) -> SatarkRetriever:
        """Return the retriever for what may be said now. Raises what reading the library raises."""
        library = self._current_library()
        held = self._retriever
        if held is not None and self._is_current(held, library):
            return held
        with self._lock:
            held = self._retriever
            if held is None or not self._is_current(held, library):
                with collecting_later():
                    held = self._renewed(held, library)
                self._retriever = held
            return held

    def refresh_index(self, now: dt.datetime, progress: Progress | None = None) -> bool:
        """Build a new index generation and serve from it, if the one in use is missing or out of step.

        Takes seconds and is meant for a background thread; searches go on meanwhile. Returns whether one was built.
        What stands in the way is logged, and exact search goes on.
        """
        if self._index is None or self.current().index is None:
            return False
        return self._index.refresh(self.current().shelf.indexed, self._golden, now, progress)

    def tend_index(self, now: dt.datetime) -> None:
        """Put right what has gone wrong with the index since the last time. Meant for every other second."""
        held = self._retriever
        if held is not None and not self._is_current(held, held.shelf.library):  # it asks the generation before
            with self._lock:
                held = self._retriever = self._renewed(held, held.shelf.library)
        if held is not None and held.shelf.added > MOST_ADDED * len(held.shelf.passages):
            self._compute_together(held.shelf.library)
        if self._index is None or held is None or held.index is None:
            return
        self._index.tend(held.shelf.indexed, held.index.late + held.index.gone, self._golden, now)

    def look_after_index(self, clock: Callable[[], dt.datetime]) -> None:
        """Renew the index soon, and from now on keep it whole, in a thread that ends with the program."""
        self._renewal_due.set()
        if self._index is not None and not (self._upkeep and self._upkeep.is_alive()):
            # Not a daemon: a thread that is cut off while the model computes would abort the program at its very end.
            self._upkeep = threading.Thread(target=self._keep_index, args=(clock, self._index), name="index upkeep")
            self._upkeep.start()

    def close(self) -> None:
        """Let go of the index and end its process; searching goes on exactly."""
        self._closing.set()
        if self._index is not None:
            self._index.close()
        if self._upkeep is not None:
            self._upkeep.join(timeout=ENDS_WITHIN_S)

    def _is_current(self, held: SatarkRetriever, library: Library) -> bool:
        return held.shelf.library is library and (held.index is None or held.index.generation is self._generation())

    def _generation(self) -> Serves | None:
        return self._index.generation if self._index is not None else None

    def _renewed(self, held: SatarkRetriever | None, library: Library) -> SatarkRetriever:
        """Return a retriever for the library; where only the generation is new, what was computed is kept."""
        generation = self._generation()
        if held is None or held.shelf.library is not library:
            return build_retriever(library, self._embedder, self._centring, generation, held=held)
        return held.model_copy(update={"index": VectorIndex(held.shelf.indexed, generation)})

    def _compute_together(self, library: Library) -> None:
        """Replace the shelf by one that was computed as a whole; people are answered from the other meanwhile."""
        renewed = build_retriever(library, self._embedder, self._centring, self._generation())
        with self._lock:
            if self._retriever is not None and self._retriever.shelf.library is library:
                self._retriever = renewed

    def _golden(self) -> GoldenSet | None:
        held = self._retriever
        if held is None or self._embedder is None or self._centring is None:
            return None
        return prepare(held.shelf.library, self._embedder, self._centring)

    def _keep_index(self, clock: Callable[[], dt.datetime], index: IndexKeeper) -> None:
        while self._pause(index):
            try:
                if self._renewal_due.is_set():
                    self._renewal_due.clear()
                    self.refresh_index(clock())
                self.tend_index(clock())
            except Exception as error:  # the one thread that repairs the index must outlive what it meets
                logger.error("looking after the index failed, searching goes on", reason=type(error).__name__)

    def _pause(self, index: IndexKeeper) -> bool:
        """Wait until the next look; False where there will be none."""
        for _ in range(LOOKS_FOR_THE_END):
            if self._closing.wait(TEND_EVERY_S / LOOKS_FOR_THE_END) or index.is_ending():
                return False
        return True


def _multiply_in_one_thread() -> None:
    """Keep BLAS to the thread that asks: its others spin after each product, where the model and the index compute."""
    ThreadpoolController().select(internal_api="openblas").limit(limits=1)


def _are_among(asked: Positions, positions: Positions, length: int) -> npt.NDArray[np.bool_]:
    """Tell of each position asked for whether it is among others; all are below `length`."""
    among = np.zeros(length, dtype=bool)
    among[positions] = True
    return among[asked]


def _wordiest(words: Vectors, most: int) -> Positions:
    """Return the positions with the highest scores above nothing, the earlier of equal ones."""
    matching = np.flatnonzero(words)
    if len(matching) > most:
        least = np.partition(words[matching], -most)[-most]
        above, level = matching[words[matching] > least], matching[words[matching] == least]
        matching = np.concatenate([above, level[: most - len(above)]])
    return matching
