"""Knows all that is computed once for the passages of a library, so that searching them is quick. Chooses nothing.

When the library changes, what was computed for the passages that stayed is taken over: a notice is searched within a
second of its publication, however many there are. What depends on all passages at once (how rare a word is) follows
when somebody calls for a whole new shelf.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain, groupby
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from knowledge.embedding.centring import Centring
from knowledge.embedding.embedder import Vectors
from knowledge.index import IndexedPassages
from knowledge.library import Library, LibraryPassage
from knowledge.records import AdvisoryRecord, RuleRecord
from knowledge.vocabulary import SourceTier
from knowledge.words import WordIndex, words_of

HOME = "IN"  # the country that people leave; naming it says nothing about where they go
SMALL = 3000  # passages; so many are computed anew in half a second
MOST_NEW = 2000  # passages taken in beside those that stayed; more are quicker computed with all others

Positions = npt.NDArray[np.int64]
NOWHERE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class SourceWeights:
    """How much it counts that a notice is official and new."""

    official: Mapping[SourceTier, float] = field(
        default_factory=lambda: {SourceTier.OFFICIAL_PAGE: 0.02, SourceTier.OFFICIAL_LINK: 0.01}
    )
    outdated_counts: float = 0.05  # taken from a notice whose numbers a later one replaces
    newest: float = 0.02  # for a notice of today, falling evenly to nothing
    old_after_years: float = 6.0


@dataclass(frozen=True)
class VectorSpace:
    """Which vectors may be compared: those of this model, centred so."""

    fingerprint: str
    centring: Centring


class VectorRoom:
    """Memory for vectors with room behind them: of very many, copying takes longer than all else that is new.

    What lies there never changes. The room behind goes to who comes first. Thread-safe.
    """

    def __init__(self, parts: Sequence[Vectors]) -> None:
        """Put parts one behind the other, with room for a fortieth more."""
        self._used = sum(map(len, parts))
        width = max((part.shape[1] for part in parts), default=0)
        self._rows = np.empty((self._used + self._used // 40, width), dtype=np.float32)
        self._lock = threading.Lock()
        if self._used:
            np.concatenate([part for part in parts if len(part)], out=self._rows[: self._used])
        self.vectors: Vectors = self._rows[: self._used]

    def longer(self, vectors: Vectors, new: Vectors) -> Vectors | None:
        """Return vectors that lie here with new ones behind them. None where there is no room, or it is taken."""
        with self._lock:
            end = len(vectors) + len(new)
            if self._used != len(vectors) or end > len(self._rows) or new.shape[1] != self._rows.shape[1]:
                return None
            self._rows[self._used : end] = new
            self._used = end
            return self._rows[:end]


@dataclass(frozen=True)
class Shelf:
    """The passages of a library in one order, with what is computed for each of them. Never changes."""

    library: Library
    passages: tuple[LibraryPassage, ...]
    words: WordIndex
    source: Vectors  # how official and new each is
    indexed: IndexedPassages  # those with a vector, in the same order
    rows: Positions  # of each passage among the indexed ones, -1 where it has no vector
    places_of: Mapping[str, range]  # where the passages of each record are; they lie side by side
    room: VectorRoom  # where the vectors lie
    added: int = 0  # passages that were taken in beside those that stayed, since all was computed together

    @cached_property
    def indexed_positions(self) -> Positions:
        """Where each passage that has a vector is, in the order of the vectors."""
        return np.flatnonzero(self.rows >= 0)

    @cached_property
    def about(self) -> Mapping[str, Positions]:
        """Where the passages about each country are."""
        places: dict[str, list[int]] = {}
        for owner, positions in self.places_of.items():
            for country in set(_record_of(self.library, owner).countries):
                places.setdefault(country, []).extend(positions)
        return {country: np.array(found, dtype=np.int64) for country, found in places.items() if country != HOME}

    @cached_property
    def _speaks_of_others(self) -> Vectors:
        """Minus one for each passage that is about any country abroad, nothing for general advice."""
        scores = np.zeros(len(self.passages), dtype=np.float32)
        for positions in self.about.values():
            scores[positions] = -1.0
        return scores

    def score_countries(self, asked: Iterable[str]) -> Vectors:
        """Return for each passage 1 if it is about a country asked for, -1 if only about others, 0 if about none.

        Where none is asked for, all are 0.
        """
        abroad = [country for country in asked if country != HOME]
        scores = self._speaks_of_others.copy() if abroad else np.zeros(len(self.passages), dtype=np.float32)
        for country in abroad:
            scores[self.about.get(country, NOWHERE)] = 1.0
        return scores

    def raw_vectors_at(self, positions: Positions) -> Vectors:
        """Return the vectors of these passages as the model made them, of those that have one that may be compared."""
        comparable = positions[self.rows[positions] >= 0].tolist()
        found = [vector for place in comparable if (vector := self.passages[place].vector) is not None]
        width = self.indexed.vectors.shape[1]
        # End to end and then in rows: stacking takes five times as long.
        return np.concatenate(found).reshape(-1, width) if found else np.zeros((0, width), dtype=np.float32)


def build_shelf(
    library: Library, space: VectorSpace | None, weights: SourceWeights, held: Shelf | None = None
) -> Shelf:
    """Compute the shelf of a library; where little has changed since `held`, only what is new."""
    if held is None or len(library.passages) <= SMALL:
        return _computed(library, space, weights)
    before = set(held.passages)
    renewed = {passage.advisory_id for passage in library.passages if passage not in before}
    new = [passage for passage in library.passages if passage.advisory_id in renewed] if renewed else []
    if len(new) > MOST_NEW:
        return _computed(library, space, weights)
    return _taken_over(library, space, weights, held, new)


def countries_of(library: Library, owner: str) -> frozenset[str]:
    """Return the countries abroad that a record is about."""
    return _abroad(_record_of(library, owner).countries)


@lru_cache(maxsize=10_000)  # asked for hundreds of passages in every search; notices name few combinations
def _abroad(countries: tuple[str, ...]) -> frozenset[str]:
    return frozenset(countries) - {HOME}


def _record_of(library: Library, owner: str) -> AdvisoryRecord | RuleRecord:
    return library.advisories.get(owner) or library.rules[owner]


def _computed(library: Library, space: VectorSpace | None, weights: SourceWeights) -> Shelf:
    passages = library.passages
    ids, vectors = _centred(passages, space)
    room = VectorRoom([vectors])
    places_of = _find_places(passages)
    return Shelf(
        library=library,
        passages=passages,
        words=WordIndex(_searched_words(library, passages)),
        source=_source_bonuses(library, passages, weights),
        indexed=IndexedPassages(ids, room.vectors, space.centring.fingerprint if space else ""),
        rows=_rows(np.array([_is_comparable(passage, space) for passage in passages], dtype=bool)),
        places_of=places_of,
        room=room,
    )


def _taken_over(
    library: Library, space: VectorSpace | None, weights: SourceWeights, held: Shelf, new: Sequence[LibraryPassage]
) -> Shelf:
    """Put the new passages behind those that stayed, which keep their order. A renewed record is new as a whole."""
    stayed = _find_stayed(library, held, new)
    passages = (*_pick(held.passages, stayed), *new)
    new_have = np.array([_is_comparable(passage, space) for passage in new], dtype=bool)
    places_of = _shifted(held.places_of, stayed, len(held.passages)) | _find_places(new, len(stayed))
    indexed, room = _renewed_vectors(held, stayed, _centred(new, space))
    return Shelf(
        library=library,
        passages=passages,
        words=held.words.changed(stayed, _searched_words(library, new)),
        source=_renewed_bonuses(held, stayed, library, new, places_of, weights),
        indexed=indexed,
        rows=_rows(np.concatenate([held.rows[stayed] >= 0, new_have])),
        places_of=places_of,
        room=room,
        added=held.added + len(new),
    )


def _find_stayed(library: Library, held: Shelf, new: Sequence[LibraryPassage]) -> Positions:
    """Return where the passages were that are as they were, and whose record has nothing new."""
    wanted = set(library.passages).difference(new)
    stays = np.fromiter(map(wanted.__contains__, held.passages), dtype=bool, count=len(held.passages))
    return np.flatnonzero(stays)


def _pick(passages: tuple[LibraryPassage, ...], positions: Positions) -> Iterable[LibraryPassage]:
    return passages if len(positions) == len(passages) else map(passages.__getitem__, positions.tolist())


def _owners_of(passages: Iterable[LibraryPassage]) -> list[str]:
    return list(map(attrgetter("advisory_id"), passages))


def _find_places(passages: Iterable[LibraryPassage], start: int = 0) -> dict[str, range]:
    """Return where the passages of each record lie, the first of all at `start`."""
    places: dict[str, range] = {}
    for owner, together in groupby(_owners_of(passages)):
        end = start + sum(1 for _ in together)
        places[owner] = range(start, end)
        start = end
    return places


def _shifted(places: Mapping[str, range], stayed: Positions, length: int) -> dict[str, range]:
    """Return the places of records after all but some of so many passages have gone."""
    if len(stayed) == length:
        return dict(places)
    stays = np.zeros(length + 1, dtype=np.int64)
    stays[stayed + 1] = 1
    now = np.cumsum(stays).tolist()  # how many of those before each position stay
    moved = ((owner, range(now[place.start], now[place.stop])) for owner, place in places.items())
    return {owner: place for owner, place in moved if place}


def _renewed_vectors(
    held: Shelf, stayed: Positions, new: tuple[tuple[str, ...], Vectors]
) -> tuple[IndexedPassages, VectorRoom]:
    """Return the vectors of what stayed and of what is new, with the digests that are known, and where they lie."""
    indexed, (new_ids, new_vectors) = held.indexed, new
    kept = held.rows[stayed]
    kept = kept[kept >= 0]
    ids, known = indexed.ids, dict(indexed.digests)
    gone = np.setdiff1d(np.arange(len(ids)), kept, assume_unique=True).tolist()
    for row in gone:
        del known[ids[row]]
    # Copied in few long pieces: row by row takes several times as long.
    parts = [slice(start, end) for start, end in zip([0, *(row + 1 for row in gone)], [*gone, len(ids)], strict=True)]
    ids = (*chain.from_iterable(ids[part] for part in parts), *new_ids)
    if not gone:
        vectors = held.room.longer(indexed.vectors, new_vectors) if new_ids else indexed.vectors
        if vectors is not None:
            return IndexedPassages(ids, vectors, indexed.fingerprint, known), held.room
    pieces = [indexed.vectors[part] for part in parts if len(indexed.vectors)]
    room = VectorRoom([*pieces, *([new_vectors] if new_ids else [])])
    return IndexedPassages(ids, room.vectors, indexed.fingerprint, known), room


def _renewed_bonuses(
    held: Shelf,
    stayed: Positions,
    library: Library,
    new: Sequence[LibraryPassage],
    places_of: Mapping[str, range],
    weights: SourceWeights,
) -> Vectors:
    """Take the bonuses over, but for notices with numbers, which another notice may have replaced."""
    bonuses = np.concatenate([held.source[stayed], _source_bonuses(library, new, weights)])
    is_another_day = held.library.today != library.today
    for owner, places in places_of.items():
        advisory = library.advisories.get(owner)
        if is_another_day or (advisory is not None and advisory.counts):
            bonuses[places.start : places.stop] = _source_bonus(library, owner, weights)
    return bonuses


def _rows(have_vector: npt.NDArray[np.bool_]) -> Positions:
    return np.where(have_vector, np.cumsum(have_vector) - 1, -1)


def _is_comparable(passage: LibraryPassage, space: VectorSpace | None) -> bool:
    return passage.vector is not None and space is not None and passage.fingerprint == space.fingerprint


def _centred(passages: Sequence[LibraryPassage], space: VectorSpace | None) -> tuple[tuple[str, ...], Vectors]:
    """Return the ids and centred vectors of the passages that carry a vector of this model."""
    chosen = [passage for passage in passages if _is_comparable(passage, space)]
    if not chosen or space is None:
        return (), np.zeros((0, 0), dtype=np.float32)
    raw = np.stack([passage.vector for passage in chosen if passage.vector is not None])
    centred = space.centring.centre_passages(raw, [passage.language for passage in chosen])
    return tuple(passage.id for passage in chosen), centred


def _searched_words(library: Library, passages: Iterable[LibraryPassage]) -> list[list[str]]:
    return [
        words_of(
            f"{_heading(library, passage.advisory_id)}. {passage.text}", countries_of(library, passage.advisory_id)
        )
        for passage in passages
    ]


def _heading(library: Library, owner: str) -> str:
    advisory = library.advisories.get(owner)
    return (advisory.title or advisory.issuer) if advisory else library.rules[owner].title


def _source_bonuses(library: Library, passages: Sequence[LibraryPassage], weights: SourceWeights) -> Vectors:
    owners = [passage.advisory_id for passage in passages]
    bonuses = {owner: _source_bonus(library, owner, weights) for owner in dict.fromkeys(owners)}
    return np.array([bonuses[owner] for owner in owners], dtype=np.float32)


def _source_bonus(library: Library, owner: str, weights: SourceWeights) -> float:
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
    if not advisory.counts:
        return False
    newest = {count.series: owner for count, owner in library.newest_counts(advisory.countries)}
    return all(newest.get(count.series) != advisory.id for count in advisory.counts)
