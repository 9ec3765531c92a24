"""How texts are handed to the model, and what is spared it."""

import numpy as np
import pytest
from retrieval_builders import WordEmbedder

from knowledge.embedding.onnx_engine import BATCH, COST_OF_A_RUN, split_into_runs
from knowledge.embedding.remembering import RememberingEmbedder


@pytest.mark.parametrize(
    ("lengths", "runs"),
    [
        ([], 0),
        ([9], 1),
        ([9, 9], 2),  # side by side
        ([9, 10, 9, 10], 2),
        ([5, 40], 2),  # the short one would be padded to eight times its length
        ([5, 6, 40, 41], 2),
        ([7] * (2 * BATCH), 2),
        ([7] * (2 * BATCH + 1), 3),
    ],
)
def test_texts_of_like_length_share_a_run(lengths, runs):
    found = split_into_runs(lengths)

    assert len(found) == runs
    assert sorted(position for run in found for position in run) == list(range(len(lengths)))
    for run in found:
        steps = np.diff(sorted(lengths[position] for position in run))
        assert all(step <= COST_OF_A_RUN for step in steps)


@pytest.fixture
def model():
    return WordEmbedder()


def test_what_was_embedded_before_is_not_embedded_again(model):
    embedder = RememberingEmbedder(model)
    first = embedder.embed_queries(["a job", "a fee"])

    again = embedder.embed_queries(["a fee", "a visa", "a job"])

    assert model.embedded == 3
    assert (again[[2, 0]] == first).all()
    assert (again == WordEmbedder().embed_queries(["a fee", "a visa", "a job"])).all()


def test_a_text_that_comes_twice_is_embedded_once(model):
    rows = RememberingEmbedder(model).embed_queries(["a job", "a job"])

    assert model.embedded == 1
    assert (rows[0] == rows[1]).all()


def test_only_the_last_are_remembered(model):
    embedder = RememberingEmbedder(model, remembered=2)
    for text in ("one", "two", "one", "three", "one", "two"):
        embedder.embed_queries([text])

    assert model.embedded == 4  # "two" was forgotten, "one" was not


def test_a_caller_who_changes_its_rows_changes_nothing_remembered(model):
    embedder = RememberingEmbedder(model)
    embedder.embed_queries(["a job"])[:] = 0

    assert embedder.embed_queries(["a job"]).any()


def test_words_are_not_kept(model):
    embedder = RememberingEmbedder(model)
    embedder.embed_queries(["a secret job"])

    assert "secret" not in repr(vars(embedder))
