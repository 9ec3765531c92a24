"""Reads the meaning of a message: which red flags, kind and stage its sentences speak of, with the words they rest on.

It only adds to what the rules found. What it may raise, and how far, is decided in `knowledge/advisor/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge.embedding.centring import Centring, build_centring
from knowledge.embedding.embedder import Embedder
from knowledge.meaning.classifiers import Classifiers, load_classifiers
from knowledge.meaning.sentences import split_sentences
from knowledge.vocabulary import RedFlag


@dataclass(frozen=True)
class Meaning:
    """What the classifiers say of one message: flag, kind or stage → the sentence that shows it best."""

    flags: Mapping[RedFlag, str]
    kinds: Mapping[str, str]
    stages: Mapping[str, str]


NOTHING = Meaning({}, {}, {})


class MeaningReader:
    """Embeds the sentences of a message and asks the classifiers. Thread-safe: it keeps no state between messages."""

    def __init__(self, embedder: Embedder, centring: Centring, classifiers: Classifiers) -> None:
        self._embedder = embedder
        self._centring = centring
        self._classifiers = classifiers

    def read(self, text: str) -> Meaning:
        """The labels that speak up for a message. Raises what the embedder raises."""
        sentences = [sentence.text for sentence in split_sentences(text)]
        if not sentences:
            return NOTHING
        vectors = self._centring.centre_queries(self._embedder.embed_queries(sentences), sentences)
        found = {label: sentences[place] for label, place in self._classifiers.spoken_up(vectors).items()}
        return Meaning(
            flags={RedFlag(name): words for name, words in _of(found, "flag")},
            kinds=dict(_of(found, "kind")),
            stages=dict(_of(found, "stage")),
        )


def build_meaning_reader(embedder: Embedder | None, data_dir: Path) -> MeaningReader | None:
    """The reader for this embedding model, or None without a model or without classifiers trained on it."""
    classifiers = load_classifiers(embedder.fingerprint) if embedder else None
    if embedder is None or classifiers is None:
        return None
    return MeaningReader(embedder, build_centring(embedder, data_dir), classifiers)


def _of(found: Mapping[str, str], prefix: str) -> list[tuple[str, str]]:
    return [(label.partition(":")[2], words) for label, words in found.items() if label.startswith(prefix + ":")]
