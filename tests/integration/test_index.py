"""The Chroma index: built whole, verified, and never the only way to an answer."""

import dataclasses
import datetime as dt
import json

import numpy as np
import pytest

from knowledge import index as index_module
from knowledge.index import (
    CHROMA,
    CONTENTS,
    POINTER,
    IndexedPassages,
    IndexUnusable,
    VectorIndex,
    build_generation,
    open_generation,
)

NOON = dt.datetime(2026, 11, 22, 6, 30, tzinfo=dt.UTC)
LATER = NOON + dt.timedelta(hours=1)


def make_passages(count=60, fingerprint="model-a", seed=0):
    vectors = np.random.default_rng(seed).normal(size=(count, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return IndexedPassages(tuple(f"notice-{number}#0" for number in range(count)), vectors, fingerprint)


def without(passages, *positions):
    keep = [position for position in range(len(passages.ids)) if position not in positions]
    return IndexedPassages(
        tuple(passages.ids[position] for position in keep), passages.vectors[keep], passages.fingerprint
    )


@pytest.fixture
def opened():
    generations = []

    def open_it(data_dir, fingerprint="model-a"):
        generation = open_generation(data_dir, fingerprint)
        if generation:
            generations.append(generation)
        return generation

    yield open_it
    for generation in generations:
        generation.close()


def ids_of(found):
    return [passage for passage, _ in found]


def test_the_index_and_exact_search_give_the_same_answers(tmp_path, opened):
    passages = make_passages()
    build_generation(passages, tmp_path, NOON)
    indexed = VectorIndex(passages, opened(tmp_path))
    exact = VectorIndex(passages, None)

    for vector in passages.vectors[:20]:
        ours, theirs = indexed.search(vector, 10), exact.search(vector, 10)

        assert not indexed.exact
        assert ids_of(ours) == ids_of(theirs)
        assert [score for _, score in ours] == pytest.approx([score for _, score in theirs], abs=1e-4)


def test_several_vectors_are_searched_at_once(tmp_path, opened):
    passages = make_passages()
    build_generation(passages, tmp_path, NOON)

    found = VectorIndex(passages, opened(tmp_path)).search_each(passages.vectors[:3], 1)

    assert [ids_of(hits) for hits in found] == [[passage] for passage in passages.ids[:3]]


def test_what_was_published_since_is_found_at_once(tmp_path, opened):
    passages = make_passages()
    build_generation(without(passages, 7), tmp_path, NOON)

    index = VectorIndex(passages, opened(tmp_path))

    assert index.late == 1
    assert ids_of(index.search(passages.vectors[7], 3))[0] == passages.ids[7]


def test_what_was_withdrawn_since_is_never_returned(tmp_path, opened):
    passages = make_passages()
    build_generation(passages, tmp_path, NOON)

    index = VectorIndex(without(passages, 7, 8), opened(tmp_path))
    found = ids_of(index.search(passages.vectors[7], 58))

    assert index.gone == 2
    assert len(found) == 58
    assert not {passages.ids[7], passages.ids[8]} & set(found)


def test_a_passage_whose_words_changed_is_found_by_its_new_vector(tmp_path, opened):
    passages = make_passages()
    build_generation(passages, tmp_path, NOON)
    vectors = passages.vectors.copy()
    vectors[7] = -vectors[7]

    index = VectorIndex(dataclasses.replace(passages, vectors=vectors), opened(tmp_path))

    assert index.search(vectors[7], 1)[0] == (passages.ids[7], pytest.approx(1, abs=1e-4))


def test_a_generation_of_another_model_does_not_serve(tmp_path, opened):
    build_generation(make_passages(fingerprint="model-b"), tmp_path, NOON)

    assert opened(tmp_path, "model-a") is None


def test_without_any_generation_everything_is_searched_exactly(tmp_path):
    passages = make_passages()

    assert open_generation(tmp_path, "model-a") is None
    assert ids_of(VectorIndex(passages, None).search(passages.vectors[3], 1)) == [passages.ids[3]]


def test_an_empty_library_finds_nothing(tmp_path):
    empty = IndexedPassages((), np.zeros((0, 16), dtype=np.float32), "model-a")

    assert VectorIndex(empty, None).search(np.ones(16, dtype=np.float32), 5) == []


def damage_a_vector_file(folder):
    file = max((folder / CHROMA).rglob("*.bin"), key=lambda path: path.stat().st_size)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(bytes(content))


def cut_the_database_short(folder):
    file = folder / CHROMA / "chroma.sqlite3"
    file.write_bytes(file.read_bytes()[:5000])


def remove_the_description(folder):
    (folder / CONTENTS).unlink()


def garble_the_description(folder):
    (folder / CONTENTS).write_text("{")


def point_elsewhere(folder):
    (folder.parent / POINTER).write_text("../../etc")


def claim_other_contents(folder):
    description = json.loads((folder / CONTENTS).read_text())
    description["passages"]["notice-999#0"] = "0" * 16
    (folder / CONTENTS).write_text(json.dumps(description))


@pytest.mark.parametrize(
    "damage",
    [
        damage_a_vector_file,
        cut_the_database_short,
        remove_the_description,
        garble_the_description,
        point_elsewhere,
        claim_other_contents,
    ],
)
def test_a_damaged_generation_does_not_serve_and_a_new_one_heals_it(damage, tmp_path, opened):
    passages = make_passages()
    name = build_generation(passages, tmp_path, NOON)
    damage(tmp_path / "index" / name)

    assert opened(tmp_path) is None

    build_generation(passages, tmp_path, LATER)
    assert opened(tmp_path) is not None


def test_serving_leaves_the_generation_untouched(tmp_path, opened):
    passages = make_passages()
    folder = tmp_path / "index" / build_generation(passages, tmp_path, NOON)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    VectorIndex(passages, opened(tmp_path)).search(passages.vectors[0], 5)

    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_new_generation_does_not_disturb_the_one_that_serves(tmp_path, opened):
    passages = make_passages()
    build_generation(passages, tmp_path, NOON)
    serving = VectorIndex(passages, opened(tmp_path))

    build_generation(make_passages(count=80, seed=1), tmp_path, LATER)

    assert ids_of(serving.search(passages.vectors[5], 1)) == [passages.ids[5]]
    assert len(opened(tmp_path).digests) == 80


def test_old_generations_are_removed_but_the_one_before_is_kept(tmp_path):
    names = [
        build_generation(make_passages(count=5 + step, seed=step), tmp_path, NOON + dt.timedelta(hours=step))
        for step in range(4)
    ]

    kept = sorted(path.name for path in (tmp_path / "index").iterdir() if path.is_dir())

    assert kept == names[-2:]


def test_the_copy_of_a_process_that_was_killed_is_removed(tmp_path, opened):
    build_generation(make_passages(), tmp_path, NOON)
    left_over = tmp_path / "index" / ".open-left"
    left_over.mkdir()
    (left_over / "lock").touch()

    live = opened(tmp_path)

    assert not left_over.exists()
    opened(tmp_path)
    assert ids_of(live.query(make_passages().vectors[:1], 1)[0]) == ["notice-0#0"]


def test_closing_removes_the_private_copy(tmp_path):
    build_generation(make_passages(), tmp_path, NOON)

    open_generation(tmp_path, "model-a").close()

    assert not list((tmp_path / "index").glob(".open-*"))


def test_a_generation_that_does_not_give_back_its_vectors_is_not_pointed_at(tmp_path, monkeypatch):
    build_generation(make_passages(), tmp_path, NOON)
    pointer = (tmp_path / "index" / POINTER).read_text()
    monkeypatch.setattr(index_module, "TOLERANCE", -1.0)  # no vector is this near to itself

    with pytest.raises(IndexUnusable):
        build_generation(make_passages(seed=2), tmp_path, LATER)

    assert (tmp_path / "index" / POINTER).read_text() == pointer


def test_a_search_that_breaks_falls_back_to_exact_search(tmp_path, opened, monkeypatch):
    passages = make_passages()
    build_generation(passages, tmp_path, NOON)
    generation = opened(tmp_path)
    monkeypatch.setattr(generation, "query", lambda *_: (_ for _ in ()).throw(RuntimeError("index gone")))

    assert ids_of(VectorIndex(passages, generation).search(passages.vectors[9], 1)) == [passages.ids[9]]
