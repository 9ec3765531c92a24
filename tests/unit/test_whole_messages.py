"""Whether somebody is in need, told from the whole message: what it learns from, looks at, and when it is silent."""

import numpy as np
import pytest

from knowledge.advisor.signs import SIGNS, read_signs
from knowledge.meaning.classifiers import Classifiers, load_classifiers, save_classifiers
from knowledge.meaning.examples import JOINED, Example, join_examples, message_labels, read_examples
from knowledge.meaning.reader import NOTHING, MeaningReader
from knowledge.meaning.training import train
from knowledge.reading.offer import read_offer
from knowledge.reading.phrases import load_phrasebook

EXAMPLES = read_examples()
JOINED_ONES = join_examples(EXAMPLES)
NO_SIGNS = np.zeros(1, dtype=np.float32)


class TwoWays:
    """An embedding model of two dimensions: messages with "help" lie one way, all others the other way."""

    fingerprint = "0123456789abcdef"
    dimension = 2

    def __init__(self):
        self.asked = []

    def embed_queries(self, texts):
        self.asked += texts
        return np.array([[1.0, 0.0] if "help" in text else [0.0, 1.0] for text in texts], dtype=np.float32)


class Uncentred:
    def centre_queries(self, vectors, texts):
        return vectors


def of_messages(threshold=0.9):
    return Classifiers(
        message_labels(),
        np.array([[9.0, -9.0, 5.0], [0.0, 0.0, -9.0]], dtype=np.float32),
        np.array([0.0, 0.0]),
        np.array([threshold, threshold]),
        TwoWays.fingerprint,
        ("sign",),
    )


def of_sentences():
    return Classifiers(("flag:urgency",), np.zeros((1, 2)), np.zeros(1), np.array([2.0]), TwoWays.fingerprint)


def make_reader(classifiers):
    embedder = TwoWays()
    return MeaningReader(embedder, Uncentred(), of_sentences(), classifiers), embedder


# What it looks at


def test_the_whole_message_tells_need():
    reader, embedder = make_reader(of_messages())

    found = reader.read("My brother went there in May.\nPlease do help us now.", NO_SIGNS)

    assert found.emergency
    assert embedder.asked[-1] == "My brother went there in May. Please do help us now."


def test_only_the_need_is_asked_for_with_one_vector():
    reader, embedder = make_reader(of_messages())

    assert reader.read_need("One. Two. help", NO_SIGNS).emergency
    assert len(embedder.asked) == 1


def test_signs_count_beside_the_meaning():
    reader, _ = make_reader(of_messages())

    assert not reader.read_need("we wait here", NO_SIGNS).emergency
    assert reader.read_need("we wait here", NO_SIGNS + 4).emergency


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_nothing_is_said_of_no_words(text):
    reader, _ = make_reader(of_messages())

    assert reader.read_need(text, NO_SIGNS) == NOTHING


def test_without_classifiers_of_messages_nobody_is_in_need():
    reader, _ = make_reader(None)

    assert not reader.read("please help us out of here", NO_SIGNS).emergency
    assert reader.read_need("please help us out of here", NO_SIGNS) == NOTHING


def test_classifiers_of_other_signs_are_not_used(tmp_path):
    save_classifiers(of_messages(), tmp_path / "kept.npz")

    assert load_classifiers(TwoWays.fingerprint, tmp_path / "kept.npz", ("sign",)) is not None
    assert load_classifiers(TwoWays.fingerprint, tmp_path / "kept.npz", ("another",)) is None
    assert load_classifiers("another model", tmp_path / "kept.npz", ("sign",)) is None


def test_every_message_has_the_same_signs():
    book = load_phrasebook()
    plain, told = (read_offer(text, book) for text in ("", "I am locked in, agent took 2 lakh, Dubai, no salary"))

    assert read_signs(plain).shape == read_signs(told).shape == (len(SIGNS),)
    assert not read_signs(plain).any()
    assert read_signs(told).any()


# What it learns from


def test_the_same_examples_are_joined_to_the_same_messages():
    assert join_examples(EXAMPLES) == JOINED_ONES


def test_nothing_that_tells_of_need_is_joined():
    need = {example.text for example in EXAMPLES if example.label in ("kind:emergency", *message_labels())}

    assert not [joined for joined in JOINED_ONES if any(text in joined.text for text in need)]


def test_what_is_held_out_is_joined_to_what_is_held_out():
    def pool(held_out):
        return {example.text for example in EXAMPLES if example.held_out == held_out}

    held, taught = pool(True), pool(False)
    for joined in JOINED_ONES[::40]:
        own, other = (held, taught) if joined.held_out else (taught, held)
        assert any(joined.text.startswith(text) for text in own)
        assert not any(joined.text.startswith(text) and text not in own for text in other)


def test_every_language_tells_of_need_and_of_what_looks_alike():
    for which in (False, True):
        told = {e.language for e in EXAMPLES if e.label == "message:emergency" and e.near is which}
        assert told == {example.language for example in EXAMPLES}


def synthetic(count=48):
    """Examples and vectors in which need lies along one direction and despair along another besides."""
    chance = np.random.default_rng(1)
    kinds = ("message:emergency", "message:despair", "kind:offer", JOINED)
    examples, rows = [], []
    for position in range(count):
        for kind in kinds:
            examples.append(Example(f"{kind} {position}", "en", kind, False, position, position % 4 == 3))
            in_need, despairs = kind.startswith("message:"), kind == "message:despair"
            rows.append([2.0 * in_need - 1, 2.0 * despairs - 1, *chance.normal(0, 0.2, 6)])
    return examples, np.array(rows, dtype=np.float32)


def test_who_despairs_is_in_need():
    examples, vectors = synthetic()

    made, report = train(message_labels(), examples, vectors, [frozenset()] * len(examples), "model")

    assert [row.label for row in report if row.is_used] == list(message_labels())
    despairing = vectors[1][None, :]
    assert set(made.spoken_up(despairing)) == set(message_labels())
    assert set(made.spoken_up(vectors[0][None, :])) == {"message:emergency"}
    assert not made.spoken_up(vectors[2][None, :])
