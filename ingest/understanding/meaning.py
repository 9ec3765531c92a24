"""What a notice is about by its meaning, where no phrase list knows its words: the second voice beside `topics.py`.

One row of weights a topic, on the mean of the notice's sentence vectors. Trained by `topic_training.py` (`make train`);
only topics that made the phrase lists better on notices left out of the training speak up at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import structlog

from ingest.understanding.notice import Notice
from ingest.understanding.times import DATA
from knowledge.embedding import Embedder, ModelUnavailable, build_embedder
from knowledge.embedding.centring import Centring, build_centring
from knowledge.embedding.embedder import Vectors
from knowledge.meaning.classifiers import Classifiers, load_classifiers
from knowledge.settings import Settings
from knowledge.vocabulary import Topic

TOPICS_FILE = DATA / "topics.npz"
MOST_SENTENCES = 40  # a second of work on one core; what a notice is about stands at its beginning
_FEWEST_WORDS = 3  # of a sentence; "New Delhi" says nothing of the topic
_AT_ONCE = 16  # sentences; keeps memory small
PHRASES_ALONE = (
    "Topics were proposed by lists of phrases alone, since the embedding model could not be used; look at them twice."
)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Meant:
    """A topic that a notice is about by its meaning: how likely, 0 to 1, and the sentence that shows it best."""

    topic: Topic
    likely: float
    words: str


class TopicsByMeaning(Protocol):
    """Tells what a notice is about by its meaning."""

    def __call__(self, notice: Notice) -> tuple[Meant, ...]:
        """Return the topics that speak up; raises what the embedder raises."""
        ...


class TopicReader:
    """Embeds the sentences of a notice and asks the classifiers. Thread-safe: it keeps nothing between notices."""

    def __init__(self, embedder: Embedder, centring: Centring, classifiers: Classifiers) -> None:
        self._embedder, self._centring, self._classifiers = embedder, centring, classifiers

    def __call__(self, notice: Notice) -> tuple[Meant, ...]:
        """Return the topics whose likelihood reaches their threshold, in the order of `Topic`."""
        sentences = sentences_to_read(notice)
        if not sentences:
            return ()
        vectors = embed_sentences(sentences, self._embedder, self._centring)
        likely = self._classifiers.probabilities(whole(vectors)[None, :])[0]
        best = (vectors @ self._classifiers.weights.T).argmax(axis=0)
        return tuple(
            Meant(Topic(label), float(likely[place]), sentences[int(best[place])])
            for place, label in enumerate(self._classifiers.labels)
            if likely[place] >= self._classifiers.thresholds[place]
        )


def build_topics_by_meaning(settings: Settings, file: Path = TOPICS_FILE) -> TopicReader | None:
    """Build the reader for the embedding model of the settings, once for a process.

    None, and a line in the log, where the model cannot be loaded or the classifiers were trained on another one.
    """
    try:
        embedder = build_embedder(settings, role="serve")
        classifiers = load_classifiers(embedder.fingerprint, file)
        if classifiers is None:
            _log.warning("no topic classifiers for this embedding model", embedding_model=settings.embedding_model)
            return None
        return TopicReader(embedder, build_centring(embedder, settings.data_dir), classifiers)
    except ModelUnavailable as error:
        _log.warning("topics are proposed by phrase lists alone", error=str(error))
        return None


def sentences_to_read(notice: Notice) -> tuple[str, ...]:
    """Return the sentences of a notice that say something, from the title on."""
    sentences = tuple(sentence.words for sentence in notice.sentences[: 2 * MOST_SENTENCES])
    return (tuple(words for words in sentences if len(words.split()) >= _FEWEST_WORDS) or sentences)[:MOST_SENTENCES]


def embed_sentences(sentences: Sequence[str], embedder: Embedder, centring: Centring) -> Vectors:
    """Return a centred vector for each sentence."""
    starts = range(0, len(sentences), _AT_ONCE)
    raw = np.concatenate([embedder.embed_queries(sentences[start : start + _AT_ONCE]) for start in starts])
    return centring.centre_queries(raw, sentences)


def whole(vectors: Vectors) -> Vectors:
    """Return the vector of a notice: the direction of the mean of its sentences."""
    mean = vectors.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)
