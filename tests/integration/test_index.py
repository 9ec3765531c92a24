"""The Chroma index: built whole and verified by a process of its own, and never the only way to an answer."""

import dataclasses
import datetime as dt
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest

from knowledge import index_worker
from knowledge.generations import (
    CHROMA,
    CONTENTS,
    LAYOUT,
    POINTER,
    WRITING,
    check_files,
    read_description,
    read_pointer,
)
from knowledge.golden import GoldenSet
from knowledge.index import MOST_GONE, Answer, IndexedPassages, IndexUnusable, VectorIndex
from knowledge.index_processes import build_generation, start_newest, verify_generation

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


def answered(generation, vectors, k):
    with generation.asking(vectors, k) as answer:
        return answer()


@pytest.fixture
def served():
    generations = []

    def serve(data_dir, fingerprint="model-a"):
        generation = start_newest(data_dir, fingerprint)
        generations.append(generation)
        generation.wait_until_ready()
        return generation

    yield serve
    for generation in generations:
        generation.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A DATA_DIR with a generation of `make_passages()`. Copy it before changing it."""
    folder = tmp_path_factory.mktemp("built")
    build_generation(make_passages(), folder, NOON)
    return folder


@pytest.fixture(scope="module")
def in_service(built):
    """The generation of `built`, served for all tests that only ask it."""
    generation = start_newest(built, "model-a")
    generation.wait_until_ready()
    yield generation
    generation.close()


@pytest.fixture
def data_dir(built, tmp_path):
    shutil.copytree(built, tmp_path / "data", ignore=shutil.ignore_patterns(".open-*"))
    return tmp_path / "data"


def generation_of(data_dir):
    return data_dir / "index" / read_pointer(data_dir / "index")


def ids_of(found):
    return [passage for passage, _ in found]


def test_the_index_and_exact_search_give_the_same_answers(in_service):
    passages = make_passages()
    indexed, exact = VectorIndex(passages, in_service), VectorIndex(passages, None)

    for vector in passages.vectors[:20]:
        ours, theirs = indexed.search(vector, 10), exact.search(vector, 10)

        assert not indexed.exact
        assert ids_of(ours) == ids_of(theirs)
        assert [score for _, score in ours] == pytest.approx([score for _, score in theirs], abs=1e-6)


def test_several_vectors_are_searched_at_once_however_many(in_service):
    passages = make_passages()

    found = VectorIndex(passages, in_service).search_each(passages.vectors, 1)

    assert [ids_of(hits) for hits in found] == [[passage] for passage in passages.ids]


def test_an_answer_that_nobody_takes_is_not_given_to_the_next_question(in_service):
    vectors = make_passages().vectors

    with pytest.raises(ZeroDivisionError), in_service.asking(vectors[:1], 1):
        raise ZeroDivisionError

    assert list(answered(in_service, vectors[1:2], 1)[0].passages) == ["notice-1#0"]


def test_many_ask_at_once_and_each_gets_the_answer_to_its_own_question(in_service):
    passages = make_passages()
    index = VectorIndex(passages, in_service)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda row: index.search(passages.vectors[row], 1), [*range(len(passages.ids))] * 3))

    assert [ids_of(hits) for hits in found] == [[passage] for passage in passages.ids] * 3
    assert in_service.serving


def test_a_process_that_dies_while_it_is_asked_costs_no_answer(in_service):
    passages = make_passages()

    with VectorIndex(passages, in_service).looking(passages.vectors[:1], 1) as find:
        os.kill(in_service.pid, signal.SIGKILL)

        assert find().tolist() == [0]
    assert VectorIndex(passages, in_service).search(passages.vectors[2], 1)[0][0] == "notice-2#0"


def test_what_was_published_since_is_found_at_once(in_service):
    passages = make_passages(count=61)  # the first vectors are those of the generation

    index = VectorIndex(passages, in_service)

    assert index.late > 0
    assert ids_of(index.search(passages.vectors[60], 3))[0] == passages.ids[60]


def test_what_was_withdrawn_since_is_never_returned(in_service):
    passages = make_passages()

    index = VectorIndex(without(passages, 7, 8), in_service)
    found = ids_of(index.search(passages.vectors[7], 58))

    assert index.gone == 2
    assert len(found) == 58
    assert not {passages.ids[7], passages.ids[8]} & set(found)


def test_a_passage_whose_words_changed_is_found_by_its_new_vector(in_service):
    passages = make_passages()
    vectors = passages.vectors.copy()
    vectors[7] = -vectors[7]

    index = VectorIndex(dataclasses.replace(passages, vectors=vectors), in_service)

    assert index.search(vectors[7], 1)[0] == (passages.ids[7], pytest.approx(1, abs=1e-4))


def test_without_any_generation_everything_is_searched_exactly(tmp_path):
    passages = make_passages()

    with pytest.raises(IndexUnusable, match="none has been built yet"):
        start_newest(tmp_path, "model-a")
    assert ids_of(VectorIndex(passages, None).search(passages.vectors[3], 1)) == [passages.ids[3]]


def test_an_empty_library_finds_nothing():
    empty = IndexedPassages((), np.zeros((0, 16), dtype=np.float32), "model-a")

    assert VectorIndex(empty, None).search(np.ones(16, dtype=np.float32), 5) == []


class FakeGeneration:
    """A generation in service that answers as it is told."""

    serving = True

    def __init__(self, passages):
        self.digests = dict(passages.digests)
        self.missed = frozenset()
        self.distrusted = ""
        self.asked = 0

    def answers(self, *hits):
        self.hits = list(hits)
        return self

    @contextmanager
    def asking(self, vectors, k):
        self.asked += 1
        passages, cosines = zip(*self.hits[:k], strict=True) if self.hits else ((), ())
        yield lambda: [Answer(passages, np.array(cosines, dtype=np.float32)) for _ in vectors]

    def distrust(self, reason):
        self.distrusted = reason
        self.serving = False


def carried_over(passages, *, gone=(), added=()):
    """What a changed library makes of the passages: some rows gone, others behind, the digests of the rest known."""
    stayed = without(passages, *gone)
    known = {passage: passages.digests[passage] for passage in stayed.ids}
    vectors = np.concatenate([stayed.vectors, *(vector[None, :] for _, vector in added)])
    return IndexedPassages((*stayed.ids, *(name for name, _ in added)), vectors, passages.fingerprint, known)


def test_what_an_index_before_knew_of_late_passages_is_as_good_as_looking_at_all():
    held_by_index = make_passages(count=8)
    generation = FakeGeneration(held_by_index).answers()
    other = make_passages(count=4, seed=7).vectors
    passages, index = held_by_index, VectorIndex(held_by_index, generation)

    for gone, added in [
        ((), [("new#0", other[0])]),
        ((2,), []),
        ((7,), [("notice-2#0", other[1])]),  # another vector under a name that the generation knows
        ((6, 0), [("new#0", other[2]), ("new#1", other[3])]),
        ((), [("notice-0#0", held_by_index.vectors[0])]),  # it is back as it was
    ]:
        passages = carried_over(passages, gone=gone, added=added)
        index = VectorIndex(passages, generation, index)
        anew = VectorIndex(passages, generation)

        assert (index.late, index.gone) == (anew.late, anew.gone)
        ours, theirs = index._search_beside(other[0], 9), anew._search_beside(other[0], 9)
        assert (ours.rows.tolist(), ours.cosines.tolist()) == (theirs.rows.tolist(), theirs.cosines.tolist())


def test_another_generation_is_compared_with_all_passages():
    passages = make_passages(count=4)
    before = VectorIndex(passages, FakeGeneration(passages))

    index = VectorIndex(carried_over(passages), FakeGeneration(make_passages(count=3)), before)

    assert index.late == 1


def test_an_answer_with_another_score_is_not_believed():
    passages = make_passages(count=3)
    generation = FakeGeneration(passages).answers(*((passage, 1.0) for passage in passages.ids))

    found = VectorIndex(passages, generation).search(passages.vectors[1], 3)

    assert found == VectorIndex(passages, None).search(passages.vectors[1], 3)
    assert generation.distrusted


def test_an_answer_that_lacks_passages_is_not_believed():
    passages = make_passages(count=3)
    generation = FakeGeneration(passages).answers((passages.ids[1], 1.0))

    assert len(VectorIndex(passages, generation).search(passages.vectors[1], 3)) == 3
    assert generation.distrusted


def test_an_index_that_holds_much_that_is_gone_is_not_asked():
    passages = make_passages(count=MOST_GONE + 2)
    generation = FakeGeneration(passages)
    index = VectorIndex(without(passages, *range(MOST_GONE + 1)), generation)

    assert index.exact
    assert ids_of(index.search(passages.vectors[-1], 1)) == [passages.ids[-1]]
    assert generation.asked == 0


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


def put_something_else_into_the_description(folder):
    (folder / CONTENTS).write_text("[1, 2]")


def point_elsewhere(folder):
    (folder.parent / POINTER).write_text("../../etc")


def remove_the_folder(folder):
    shutil.rmtree(folder)


def claim_other_contents(folder):
    change_description(folder, digests={"notice-999#0": "0" * 16})


def claim_an_older_layout(folder):
    change_description(folder, layout=LAYOUT - 1)


def change_description(folder, **changes):
    description = json.loads((folder / CONTENTS).read_text())
    (folder / CONTENTS).write_text(json.dumps(description | changes))


@pytest.mark.parametrize(
    "damage",
    [
        damage_a_vector_file,
        cut_the_database_short,
        remove_the_description,
        garble_the_description,
        put_something_else_into_the_description,
        point_elsewhere,
        remove_the_folder,
        claim_other_contents,
        claim_an_older_layout,
    ],
)
def test_a_damaged_generation_does_not_serve(damage, data_dir, served):
    damage(generation_of(data_dir))

    with pytest.raises(IndexUnusable):
        served(data_dir)

    assert not list((data_dir / "index").glob(".open-*"))


def test_a_new_generation_heals_a_damaged_one(data_dir, served):
    damage_a_vector_file(generation_of(data_dir))

    build_generation(make_passages(), data_dir, LATER)

    assert served(data_dir).serving


def test_a_generation_of_another_model_does_not_serve(data_dir, served):
    with pytest.raises(IndexUnusable, match="another model"):
        served(data_dir, "model-b")


def test_serving_leaves_the_generation_untouched(data_dir, served):
    passages, folder = make_passages(), generation_of(data_dir)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    VectorIndex(passages, served(data_dir)).search(passages.vectors[0], 5)

    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_new_generation_does_not_disturb_the_one_that_serves(data_dir, served):
    passages = make_passages()
    serving = VectorIndex(passages, served(data_dir))

    build_generation(make_passages(count=80, seed=1), data_dir, LATER)

    assert ids_of(serving.search(passages.vectors[5], 1)) == [passages.ids[5]]
    assert not serving.exact
    assert len(served(data_dir).digests) == 80


def test_old_generations_are_removed_but_the_one_before_is_kept(tmp_path):
    names = [
        build_generation(make_passages(count=5 + step, seed=step), tmp_path, NOON + dt.timedelta(hours=step))
        for step in range(3)
    ]

    kept = sorted(path.name for path in (tmp_path / "index").iterdir() if path.is_dir())

    assert kept == names[-2:]


def test_what_killed_programs_left_is_removed(data_dir, served):
    index = data_dir / "index"
    left_copy, left_build = index / ".open-left", index / f".{read_pointer(index)}-left"
    left_copy.mkdir()
    (left_copy / "lock").touch()
    left_build.mkdir()

    live = served(data_dir)
    build_generation(make_passages(seed=3), data_dir, LATER)

    assert not left_copy.exists()
    assert not left_build.exists()
    assert live.serving
    assert list(answered(live, make_passages().vectors[:1], 1)[0].passages) == ["notice-0#0"]


def test_closing_removes_the_private_copy_and_ends_the_process(data_dir):
    generation = start_newest(data_dir, "model-a")
    generation.wait_until_ready()

    generation.close()

    assert not list((data_dir / "index").glob(".open-*"))
    assert not is_running(generation.pid)
    assert answered(generation, make_passages().vectors[:1], 1) is None


def test_a_generation_that_is_started_answers_when_it_is_ready_and_nobody_waits(data_dir):
    passages = make_passages()
    generation = start_newest(data_dir, "model-a")
    index = VectorIndex(passages, generation)

    at_once = index.search(passages.vectors[4], 3)

    assert index.exact
    assert wait_until(lambda: not index.exact)
    assert ids_of(index.search(passages.vectors[4], 3)) == ids_of(at_once)
    generation.close()


@pytest.mark.parametrize("blow", [signal.SIGSEGV, signal.SIGKILL])
def test_when_its_process_dies_people_get_the_same_answers(blow, data_dir, served):
    passages, generation = make_passages(), served(data_dir)
    index = VectorIndex(passages, generation)
    before = index.search(passages.vectors[9], 10)

    os.kill(generation.pid, blow)

    assert ids_of(index.search(passages.vectors[9], 10)) == ids_of(before)
    assert index.exact
    assert blow.name in str(generation.problem)


def test_a_process_that_hangs_is_given_up(data_dir, served, monkeypatch):
    monkeypatch.setattr("knowledge.index_processes.QUERY_PATIENCE_S", 0.2)
    passages, generation = make_passages(), served(data_dir)
    index = VectorIndex(passages, generation)

    os.kill(generation.pid, signal.SIGSTOP)

    assert ids_of(index.search(passages.vectors[9], 1)) == [passages.ids[9]]
    assert "does not answer" in str(generation.problem)
    assert not is_running(generation.pid)


def test_a_private_copy_that_is_altered_is_noticed(data_dir, served):
    generation = served(data_dir)
    assert generation.examine() is None

    (copy,) = (data_dir / "index").glob(".open-*")
    damage_a_vector_file(copy / "copy")

    assert "altered" in str(generation.examine())
    assert not generation.serving


def test_the_origin_of_a_service_is_read_again_when_it_is_touched(data_dir, served):
    generation = served(data_dir)
    folder = generation_of(data_dir)

    os.utime(folder / CONTENTS, (1, 1))
    generation.check_origin()
    damage_a_vector_file(folder)

    with pytest.raises(IndexUnusable):
        generation.check_origin()


def test_the_process_that_serves_people_never_loads_chroma(data_dir):
    program = (
        "import sys; from pathlib import Path; import knowledge.retriever; "
        "from knowledge.index_processes import start_newest; generation = start_newest(Path(sys.argv[1]), 'model-a'); "
        "generation.wait_until_ready(); assert 'chromadb' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", program, str(data_dir)], check=True, timeout=60)


def test_only_one_program_builds_at_a_time(data_dir):
    pointer = (data_dir / "index" / POINTER).read_text()
    with (data_dir / "index" / WRITING).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        begun = time.monotonic()

        with pytest.raises(IndexUnusable, match="another program is building"):
            build_generation(make_passages(seed=5), data_dir, LATER)

    assert time.monotonic() - begun < 5
    assert (data_dir / "index" / POINTER).read_text() == pointer


def test_a_disk_without_room_is_said_so_before_anything_is_written(data_dir, monkeypatch):
    monkeypatch.setattr(
        "shutil.disk_usage", lambda _: shutil._ntuple_diskusage(total=10**9, used=10**9 - 1000, free=1000)
    )

    with pytest.raises(IndexUnusable, match="the disk is full"):
        build_generation(make_passages(seed=5), data_dir, LATER)


def test_a_place_that_cannot_be_written_to_is_said_so(tmp_path):
    (tmp_path / "index").write_text("a file where the folder should be")

    with pytest.raises(IndexUnusable, match="its folder cannot be used"):
        build_generation(make_passages(), tmp_path, NOON)


def test_progress_is_told(tmp_path):
    told = []

    build_generation(make_passages(), tmp_path, NOON, progress=lambda *step: told.append(step))

    assert told == [("Writing the index", 60, 60), ("Checking the index", 60, 60)]


def test_a_sound_generation_is_verified_against_the_library(data_dir):
    verify_generation(data_dir, read_pointer(data_dir / "index"), make_passages())


def test_a_vector_that_differs_from_the_library_is_found(data_dir):
    passages = make_passages()
    vectors = passages.vectors.copy()
    vectors[30] = -vectors[30]

    with pytest.raises(IndexUnusable, match="another vector"):
        verify_generation(data_dir, read_pointer(data_dir / "index"), dataclasses.replace(passages, vectors=vectors))


class Listener:
    """The other end of the pipe, when a job runs in this process."""

    def __init__(self):
        self.said = []

    def send_bytes(self, content):
        self.said.append(content)


def build_here(passages, data_dir, built_at, golden=None, questions=None):
    """Build in this process, so that a test may reach into it."""
    questions = np.zeros((0, 16), dtype=np.float32) if questions is None else questions
    fields = {
        "folder": str(data_dir / "index"),
        "name": f"{built_at:%Y%m%dT%H%M%S}-{passages.state}",
        "golden": golden or {},
        "ids": passages.ids,
        "fingerprint": passages.fingerprint,
    }
    request = index_worker.Message(fields, np.concatenate([passages.vectors, questions]))
    index_worker.build(Listener(), request)
    return fields["name"]


@pytest.fixture
def no_niceness(monkeypatch):
    monkeypatch.setattr(index_worker.os, "nice", lambda _: 0)


@pytest.mark.usefixtures("no_niceness")
def test_a_generation_that_does_not_give_back_its_vectors_is_not_pointed_at(data_dir, monkeypatch):
    pointer = (data_dir / "index" / POINTER).read_text()
    real = index_worker.write
    monkeypatch.setattr(
        index_worker,
        "write",
        lambda folder, passages, tell: real(
            folder, dataclasses.replace(passages, vectors=np.roll(passages.vectors, 1, axis=0)), tell
        ),
    )

    with pytest.raises(IndexUnusable, match="another vector"):
        build_here(make_passages(seed=2), data_dir, LATER)

    assert (data_dir / "index" / POINTER).read_text() == pointer
    assert not [path for path in (data_dir / "index").iterdir() if path.name.startswith((".2", ".open"))]


@pytest.mark.usefixtures("no_niceness")
def test_a_passage_that_the_graph_does_not_find_is_searched_exactly(data_dir, served, monkeypatch):
    passages = make_passages(seed=2)
    monkeypatch.setattr("knowledge.chroma_folder.MOST_UNFOUND", 0.1)
    monkeypatch.setattr("knowledge.chroma_folder.OpenFolder._not_first", lambda self, passages, part: {passages.ids[7]})
    build_here(passages, data_dir, LATER)

    index = VectorIndex(passages, served(data_dir))

    for row in range(10):
        found = index.search(passages.vectors[row], 3)
        assert ids_of(found) == ids_of(VectorIndex(passages, None).search(passages.vectors[row], 3))
    assert not index.exact
    assert index.late == 0


@pytest.mark.usefixtures("no_niceness")
def test_what_the_graph_misses_and_chroma_returns_none_the_less_comes_once(data_dir, served, monkeypatch):
    passages = make_passages(seed=2)
    monkeypatch.setattr("knowledge.chroma_folder.MOST_UNFOUND", 1.0)
    monkeypatch.setattr("knowledge.chroma_folder.OpenFolder._not_first", lambda self, passages, part: set(passages.ids))
    build_here(passages, data_dir, LATER)

    index = VectorIndex(passages, served(data_dir))

    assert len(set(ids_of(index.search(passages.vectors[7], 60)))) == 60
    assert not index.exact


@pytest.mark.usefixtures("no_niceness")
def test_an_index_that_finds_fewer_golden_questions_is_not_pointed_at(tmp_path, monkeypatch):
    passages = make_passages()
    golden = {f"question {row}": [passages.ids[row]] for row in range(20)}
    first = build_here(passages, tmp_path, NOON, golden, passages.vectors[:20])
    real = index_worker.OpenFolder.query
    monkeypatch.setattr(
        index_worker.OpenFolder, "query", lambda self, vectors, k: real(self, -vectors if k == 5 else vectors, k)
    )

    with pytest.raises(IndexUnusable, match="golden questions fewer"):
        build_here(make_passages(fingerprint="model-b"), tmp_path, LATER, golden, passages.vectors[:20])

    assert read_pointer(tmp_path / "index") == first


def test_golden_questions_that_no_search_finds_any_more_are_told_and_hold_nothing_back(tmp_path):
    passages = make_passages()
    golden = GoldenSet({f"question {row}": frozenset({passages.ids[row]}) for row in range(20)}, passages.vectors[:20])
    build_generation(passages, tmp_path, NOON, golden)
    other_model = make_passages(seed=9)

    name = build_generation(other_model, tmp_path, LATER, golden)

    description = read_description(tmp_path / "index", name)
    assert description.golden_lost > 10
    assert read_pointer(tmp_path / "index") == name
    check_files(tmp_path / "index" / name)


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(happened, seconds=20.0):
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        if happened():
            return True
        time.sleep(0.02)
    return False
