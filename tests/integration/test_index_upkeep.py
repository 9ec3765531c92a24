"""The index looks after itself: what fails is replaced, what another program has built is taken over."""

import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from contextlib import suppress
from pathlib import Path

import pytest
import structlog

from knowledge.generations import POINTER, check_files
from knowledge.index_processes import build_generation
from tests.drills.kills import index_processes
from tests.drills.world import MadeUpModel, World, no_centring, wait_until

NOON = dt.datetime(2026, 11, 22, 6, 30, tzinfo=dt.UTC)
MODEL = MadeUpModel(400)
PATIENCE_S = 30.0


def after(seconds):
    return NOON + dt.timedelta(seconds=seconds)


@pytest.fixture(autouse=True)
def uncentred(monkeypatch):
    monkeypatch.setattr("knowledge.retriever.build_centring", lambda embedder, _: no_centring(embedder))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A DATA_DIR with a generation of the first hundred notices. Copy it before changing it."""
    folder = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("knowledge.retriever.build_centring", lambda embedder, _: no_centring(embedder))
        world = World(folder, 100, MODEL)
        build_generation(world.keeper.current().shelf.indexed, folder, NOON)
        world.keeper.close()
    return folder


@pytest.fixture
def world(built, tmp_path):
    shutil.copytree(built, tmp_path / "data", ignore=shutil.ignore_patterns(".open-*"))
    world = World(tmp_path / "data", 100, MODEL)
    yield world
    world.keeper.close()


@pytest.fixture
def serving(world):
    world.keeper.refresh_index(after(1))
    assert not index_of(world).exact
    return world


def index_of(world):
    return world.keeper.current().index


def found(world, number):
    return [passage for passage, _ in index_of(world).search(MODEL.vectors[number], 5)]


def test_a_program_that_starts_serves_from_the_index_that_is_there(world):
    assert found(world, 3)[0] == "notice-3"
    assert wait_until(lambda: not index_of(world).exact, PATIENCE_S)
    assert found(world, 3)[0] == "notice-3"
    assert not world.keeper.refresh_index(after(1))


def test_what_was_computed_for_the_library_is_kept_when_only_the_generation_changes(world):
    world.hold(range(1, 101))
    shelf = world.keeper.current().shelf

    assert world.keeper.refresh_index(after(1))

    assert world.keeper.current().shelf is shelf
    assert index_of(world).late == index_of(world).gone == 0


def test_a_process_that_dies_is_replaced_and_the_generation_kept(serving):
    first = index_of(serving).generation
    os.kill(first.pid, signal.SIGSEGV)
    wait_until(lambda: first.examine() is not None, PATIENCE_S)

    serving.keeper.tend_index(after(2))
    serving.keeper.tend_index(after(4))

    assert index_of(serving).generation.name == first.name
    assert not index_of(serving).exact


def test_a_generation_whose_process_dies_again_is_replaced(serving):
    first = index_of(serving).generation
    for round_ in range(2):
        dying = index_of(serving).generation
        os.kill(dying.pid, signal.SIGSEGV)
        wait_until(lambda dying=dying: dying.examine() is not None, PATIENCE_S)
        serving.keeper.tend_index(after(100 * round_ + 2))
        serving.keeper.tend_index(after(100 * round_ + 50))

    assert index_of(serving).generation.name != first.name
    assert not index_of(serving).exact


def test_damage_on_the_disk_is_repaired_while_the_copy_serves(serving):
    (serving.generation / "generation.json").write_text("{")
    before = index_of(serving).generation

    assert not index_of(serving).exact
    serving.keeper.tend_index(after(2))

    assert index_of(serving).generation is not before
    assert not index_of(serving).exact
    assert found(serving, 3)[0] == "notice-3"


def test_what_another_program_has_built_is_taken_over(serving):
    serving.hold(range(1, 101))
    other = serving.open()
    other.refresh_index(after(5))
    other.close()
    assert index_of(serving).late == 1

    serving.keeper.tend_index(after(6))

    assert index_of(serving).late == index_of(serving).gone == 0
    assert index_of(serving).generation.name == (serving.index_folder / POINTER).read_text()


def test_an_index_of_another_model_is_never_taken_over(serving):
    other = World(serving.folder, 100, MadeUpModel(400, fingerprint="another-model", seed=7))
    assert other.keeper.refresh_index(after(5))
    other.keeper.close()

    serving.keeper.tend_index(after(6))

    assert not index_of(serving).exact
    assert found(serving, 3)[0] == "notice-3"


def test_many_changes_bring_a_new_generation_before_the_hour(serving):
    serving.hold(range(120, 330))
    assert found(serving, 300)[0] == "notice-300"

    serving.keeper.tend_index(after(2))

    assert index_of(serving).late == index_of(serving).gone == 0


def test_what_keeps_failing_is_tried_less_often_and_told_once(world, monkeypatch):
    shutil.rmtree(world.index_folder)
    world.index_folder.write_text("not a folder")
    tries = []
    real = build_generation
    monkeypatch.setattr(
        "knowledge.index_keeper.build_generation", lambda *given: (tries.append(given), real(*given))[1]
    )
    world.keeper.close()
    world.keeper = world.open()
    world.keeper.current()

    with structlog.testing.capture_logs() as logs:
        for second in range(0, 120, 2):
            world.keeper.tend_index(after(second))

    assert 2 <= len(tries) <= 4
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == [
        "index generation not built, what it lacks is searched exactly"
    ]
    assert found(world, 3)[0] == "notice-3"


def test_the_upkeep_repairs_by_itself_and_ends_with_the_keeper(world, monkeypatch):
    monkeypatch.setattr("knowledge.retriever.TEND_EVERY_S", 0.05)
    shutil.rmtree(world.index_folder)
    world.keeper.look_after_index(lambda: dt.datetime.now(dt.UTC))

    assert wait_until(lambda: not index_of(world).exact, PATIENCE_S)
    world.keeper.close()

    assert index_of(world).exact
    assert not world.keeper._upkeep.is_alive()
    assert not index_processes()
    assert not list(world.index_folder.glob(".open-*"))


def test_an_index_that_is_well_is_not_built_again_though_nobody_asks(world, monkeypatch):
    built = []
    real = build_generation
    monkeypatch.setattr(
        "knowledge.index_keeper.build_generation", lambda *given: (built.append(given), real(*given))[1]
    )
    world.hold(range(1, 250))
    world.keeper.refresh_index(after(1))

    for second in range(2, 40, 2):
        world.keeper.tend_index(after(second))

    assert len(built) == 1


def test_a_program_that_ends_while_the_index_is_built_ends_in_order(world):
    program = textwrap.dedent("""
        import datetime as dt, sys, time
        from pathlib import Path
        import knowledge.retriever as retriever
        from tests.drills.kills import index_processes
        from tests.drills.world import MadeUpModel, World, no_centring, wait_until
        retriever.build_centring = lambda embedder, _: no_centring(embedder)
        retriever.TEND_EVERY_S = 0.05
        world = World(Path(sys.argv[1]), 2000, MadeUpModel(2000))
        world.keeper.current()
        world.keeper.look_after_index(lambda: dt.datetime.now(dt.UTC))
        assert wait_until(lambda: len(index_processes()) > 1, 30)
    """)
    world.keeper.close()
    begun = dt.datetime.now(dt.UTC)

    ended = subprocess.run(
        [sys.executable, "-c", program, str(world.folder)], capture_output=True, text=True, check=False, timeout=60
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert dt.datetime.now(dt.UTC) - begun < dt.timedelta(seconds=30)
    assert not running_in(world.index_folder)


def test_closing_breaks_off_a_build(world, monkeypatch):
    monkeypatch.setattr("knowledge.retriever.TEND_EVERY_S", 0.01)
    world.hold(range(300))
    world.keeper.current()
    world.keeper.look_after_index(lambda: dt.datetime.now(dt.UTC))
    assert wait_until(lambda: len(index_processes()) > 1, PATIENCE_S)

    world.keeper.close()

    assert not index_processes()
    assert not world.keeper._upkeep.is_alive()
    check_files(world.generation)


def test_no_process_outlives_a_program_that_is_killed(world):
    program = textwrap.dedent("""
        import os, signal, sys
        from pathlib import Path
        from knowledge.index_processes import start_newest
        generation = start_newest(Path(sys.argv[1]), sys.argv[2])
        generation.wait_until_ready()
        print(generation.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    world.keeper.close()

    killed = subprocess.run(
        [sys.executable, "-c", program, str(world.folder), no_centring(MODEL).fingerprint],
        capture_output=True,
        text=True,
        check=False,
    )

    assert killed.returncode == -signal.SIGKILL
    assert wait_until(lambda: not is_running(int(killed.stdout)), PATIENCE_S)
    assert not list(world.index_folder.glob(".open-*"))


def running_in(folder):
    """The processes that hold a file of a folder open."""
    holders = []
    for handle in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if str(handle.readlink()).startswith(str(folder)):
                holders.append(handle.parts[2])
    return holders


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
