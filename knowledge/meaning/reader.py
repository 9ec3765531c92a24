"""Reads the meaning of a message: what its sentences speak of, and whether the whole of it comes from need.

Of red flags, kinds and stages it names the sentence that they rest on. It only adds to what the rules found; what it
may raise, and how far, is decided in `knowledge/advisor/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from knowledge.embedding.centring import Centring, build_centring
from knowledge.embedding.embedder import Embedder, Vectors
from knowledge.meaning.classifiers import MESSAGES_FILE, Classifiers, load_classifiers
from knowledge.meaning.sentences import as_one, split_sentences
from knowledge.vocabulary import RedFlag


@dataclass(frozen=True)
class Meaning:
    """What the classifiers say of one message: flag, kind or stage → the sentence that shows it best.

    `emergency` and `despair` are said of the message as a whole: who needs help tells it in many sentences, of which
    hardly one says it alone.
    """

    flags: Mapping[RedFlag, str]
    kinds: Mapping[str, str]
    stages: Mapping[str, str]
    emergency: bool = False
    despair: bool = False


NOTHING = Meaning({}, {}, {})


class MeaningReader:
    """Embeds the sentences of a message and asks the classifiers. Thread-safe: it keeps no state between messages."""

    def __init__(
        self, embedder: Embedder, centring: Centring, classifiers: Classifiers, of_messages: Classifiers | None = None
    ) -> None:
        self._embedder = embedder
        self._centring = centring
        self._classifiers = classifiers
        self._of_messages = of_messages

    def read(self, text: str, signs: Vectors) -> Meaning:
        """The labels that speak up for a message; `signs` is what the rules have read of it, as it was in the training.

        Raises what the embedder raises.
        """
        sentences = [sentence.text for sentence in split_sentences(text)]
        if not sentences:
            return NOTHING
        vectors = self._embed([*sentences, as_one(text)])
        spoken = self._classifiers.spoken_up(vectors[:-1])
        found = {label: sentences[place] for label, place in spoken.items()}
        return replace(
            self._of_the_whole(vectors[-1], signs),
            flags={RedFlag(name): words for name, words in _of(found, "flag")},
            kinds=dict(_of(found, "kind")),
            stages=dict(_of(found, "stage")),
        )

    def read_need(self, text: str, signs: Vectors) -> Meaning:
        """Only whether the whole message comes from somebody in need. Raises what the embedder raises."""
        if self._of_messages is None or not text.strip():
            return NOTHING
        return self._of_the_whole(self._embed([as_one(text)])[0], signs)

    def _of_the_whole(self, vector: Vectors, signs: Vectors) -> Meaning:
        if self._of_messages is None:
            return NOTHING
        spoken = self._of_messages.spoken_up(np.concatenate([vector, signs])[None, :])
        return replace(NOTHING, emergency="message:emergency" in spoken, despair="message:despair" in spoken)

    def _embed(self, texts: list[str]) -> Vectors:
        return self._centring.centre_queries(self._embedder.embed_queries(texts), texts)


def build_meaning_reader(
    embedder: Embedder | None, data_dir: Path, signs: tuple[str, ...] = ()
) -> MeaningReader | None:
    """The reader for this embedding model, or None without a model or without classifiers trained on it.

    `signs` names what the caller will pass beside each message; with other names than in the training, nothing is said
    of whole messages.
    """
    classifiers = load_classifiers(embedder.fingerprint) if embedder else None
    if embedder is None or classifiers is None:
        return None
    of_messages = load_classifiers(embedder.fingerprint, MESSAGES_FILE, signs)
    return MeaningReader(embedder, build_centring(embedder, data_dir), classifiers, of_messages)


def _of(found: Mapping[str, str], prefix: str) -> list[tuple[str, str]]:
    return [(label.partition(":")[2], words) for label, words in found.items() if label.startswith(prefix + ":")]
