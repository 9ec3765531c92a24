"""The second voice on topics: what it learns, when it is used, and which sentence it shows. Vectors are made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from ingest.understanding.meaning import MOST_SENTENCES, TopicReader, sentences_to_read
from ingest.understanding.notice import make_notice
from ingest.understanding.topic_training import Lesson, Taught, Trained, teach, train
from knowledge.embedding.centring import Centring
from knowledge.embedding.embedder import Vectors
from knowledge.meaning.classifiers import Classifiers
from knowledge.meaning.training import NEVER, Measured
from knowledge.vocabulary import Topic

WORDS = ("cannon", "lecture", "office")
CENTRING = Centring({"en": np.full(len(WORDS), 0.001, dtype=np.float32)}, {}, "none")


class CountingEmbedder:
    """A vector counts how often each of WORDS stands in a text."""

    fingerprint = "0123456789abcdef"
    dimension = len(WORDS)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Count; a little of everything is in every text."""
        return np.array([[text.count(word) + 0.01 for word in WORDS] for text in texts], dtype=np.float32)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """The same as for questions."""
        return self.embed_queries(texts)


def make_lessons(amount: int = 10) -> list[Lesson]:
    """Notices of cannons are about war, though no phrase list knows cannons; the others are about nothing."""
    war = [
        Lesson(make_notice(None, "A cannon was heard. The office is open."), frozenset({Topic.WAR_RISK}), f"war {n}")
        for n in range(amount)
    ]
    calm = [
        Lesson(make_notice(None, "The lecture was long. The office is open."), frozenset(), f"calm {n}")
        for n in range(amount)
    ]
    return [*war, *calm]


def teach_all(lessons: Sequence[Lesson]) -> Taught:
    """The lessons as numbers."""
    return teach(lessons, CountingEmbedder(), CENTRING)


def trained_on(lessons: Sequence[Lesson]) -> tuple[Classifiers, dict[Topic, Trained]]:
    """The classifiers, and the report by topic."""
    classifiers, report = train(teach_all(lessons), CountingEmbedder.fingerprint)
    return classifiers, {one.topic: one for one in report}


def test_a_topic_is_used_where_the_phrase_lists_miss_what_meaning_shows() -> None:
    _, report = trained_on(make_lessons())

    assert report[Topic.WAR_RISK].is_used
    assert report[Topic.WAR_RISK].phrases.hits == 0
    assert report[Topic.WAR_RISK].together == Measured(hits=10, wrong=0, missed=0)


def test_a_topic_that_no_record_teaches_never_speaks_up() -> None:
    classifiers, report = trained_on(make_lessons())

    assert not report[Topic.STUDENT].is_used
    assert classifiers.thresholds[classifiers.labels.index(Topic.STUDENT)] == NEVER


def test_a_topic_whose_notices_look_like_all_others_is_not_used() -> None:
    alike = [replace(one, topics=frozenset({Topic.WAR_RISK} if place % 2 else ())) for place, one in
             enumerate(make_lessons())]  # fmt: skip

    _, report = trained_on(alike)

    assert not report[Topic.WAR_RISK].is_used


def test_rules_teach_and_are_not_measured() -> None:
    lessons = [replace(one, is_measured=place % 2 == 0) for place, one in enumerate(make_lessons())]

    _, report = trained_on(lessons)

    assert report[Topic.WAR_RISK].notices == 5


def test_training_twice_gives_identical_numbers() -> None:
    lessons = [replace(one, gists=("A cannon, said shortly",)) for one in make_lessons()[:12]] + make_lessons()[12:]

    (first, report), (second, again) = trained_on(lessons), trained_on(lessons)

    assert first.weights.tobytes() == second.weights.tobytes()
    assert first.biases.tobytes() == second.biases.tobytes()
    assert first.thresholds.tobytes() == second.thresholds.tobytes()
    assert report == again


@pytest.mark.parametrize(
    ("phrases", "together", "used", "remark"),
    [
        (Measured(5, 0, 5), Measured(8, 1, 2), True, "three of four additions are right"),
        (Measured(5, 0, 5), Measured(8, 2, 2), False, "two of five are wrong"),
        (Measured(5, 0, 5), Measured(7, 0, 3), False, "two more may be chance"),
        (Measured(5, 0, 5), Measured(5, 0, 5), False, "nothing is added"),
    ],
)
def test_a_topic_is_used_only_where_enough_additions_are_right(
    phrases: Measured, together: Measured, used: bool, remark: str
) -> None:
    trained = Trained(Topic.WAR_RISK, 10, 0.8, phrases, together, together)

    assert trained.is_used is used, remark


def test_the_reader_shows_the_sentence_that_speaks_of_the_topic() -> None:
    classifiers, _ = trained_on(make_lessons())
    reader = TopicReader(CountingEmbedder(), CENTRING, classifiers)

    (meant,) = reader(make_notice(None, "The office is open. Again a cannon was heard."))

    assert meant.topic is Topic.WAR_RISK
    assert meant.words == "Again a cannon was heard."
    assert 0.5 <= meant.likely <= 1


def test_a_calm_or_empty_notice_is_about_nothing() -> None:
    classifiers, _ = trained_on(make_lessons())
    reader = TopicReader(CountingEmbedder(), CENTRING, classifiers)

    assert reader(make_notice(None, "The lecture was long.")) == ()
    assert reader(make_notice(None, "")) == ()


def test_of_an_endless_page_only_the_beginning_is_embedded() -> None:
    assert len(sentences_to_read(make_notice(None, "The office is open. " * 2000))) == MOST_SENTENCES
