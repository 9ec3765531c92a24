"""Files are read in a child process that can do nothing else: no network, no secrets, no writing, little memory."""

from __future__ import annotations

import platform
import socket
import time
from pathlib import Path

import pytest

from knowledge.documents import apart, confinement
from knowledge.documents.apart import HOME, Limits, run_apart
from knowledge.documents.confinement import NotConfined
from knowledge.documents.document import Unreadable, UnreadableReason
from knowledge.documents.self_check import list_isolation_faults

HERE = "knowledge.documents.self_check:"


def reason_of(function: str, limits: Limits = apart.PARSING, **arguments: object) -> UnreadableReason:
    with pytest.raises(Unreadable) as refused:
        run_apart(HERE + function, b"", arguments, limits=limits)
    return refused.value.reason


def processes_named(word: str) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if word.encode() in command.replace(b"\0", b" "):
                found.append(int(folder.name))
    return found


def test_nothing_goes_through() -> None:
    assert list_isolation_faults() == ()


def test_outside_the_child_the_same_attempts_do_go_through() -> None:
    from knowledge.documents import self_check

    with socket.create_server(("127.0.0.1", 0)) as server:
        self_check._connect_to(server.getsockname()[1])

    assert self_check._make_native_socket()
    assert self_check._connect_in_program()


def test_a_parser_that_calls_a_listening_server_is_not_heard() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)

        answer = run_apart(HERE + "call", b"", {"port": server.getsockname()[1]})

        assert answer == "refused"
        with pytest.raises(TimeoutError):
            server.accept()


def test_the_child_is_given_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:token")
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:word@127.0.0.1/satark")

    names = run_apart(HERE + "list_environment", b"", {})

    assert set(names) <= {*apart.KEPT_ENVIRONMENT, "LANG", "LC_ALL", "LC_CTYPE", "OMP_THREAD_LIMIT"}


def test_the_child_can_read_its_program_and_neither_settings_nor_data(tmp_path: Path) -> None:
    settings = tmp_path / ".env"
    settings.write_text("TELEGRAM_BOT_TOKEN=1:token")

    assert run_apart(HERE + "read_file", b"", {"path": str(settings)}) == "refused"
    assert run_apart(HERE + "read_file", b"", {"path": str(HOME / "pyproject.toml")}) == "refused"
    assert run_apart(HERE + "read_file", b"", {"path": str(HOME / "knowledge" / "settings.py")}) == "read"


def test_too_much_memory_is_refused() -> None:
    assert reason_of("take_memory", bytes=2 * 1024**3) is UnreadableReason.TOO_MUCH_MEMORY


def test_computing_without_end_is_stopped_by_the_processor_limit() -> None:
    started = time.monotonic()

    assert reason_of("take_time", Limits(cpu_s=1, wall_s=20), busy=True) is UnreadableReason.TOO_SLOW
    assert time.monotonic() - started < 15


def test_sleeping_without_end_is_stopped_with_all_that_it_started() -> None:
    started = time.monotonic()

    assert reason_of("take_time", Limits(wall_s=1.5), in_a_program=True) is UnreadableReason.TOO_SLOW
    assert time.monotonic() - started < 5
    deadline = time.monotonic() + 5  # the system takes a moment to clear away what was killed
    while processes_named("sleep 6173") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not processes_named("sleep 6173")


def test_a_child_that_dies_is_a_damaged_file() -> None:
    assert reason_of("die") is UnreadableReason.DAMAGED


def test_a_parser_that_fails_is_a_damaged_file() -> None:
    assert reason_of("fail") is UnreadableReason.DAMAGED


def test_what_a_parser_prints_does_not_get_into_the_answer() -> None:
    assert run_apart(HERE + "print_something", b"", {}) == "answer"


def test_an_answer_without_end_is_refused() -> None:
    assert reason_of("return_much", letters=20 * 1024**2) is UnreadableReason.TOO_MUCH_TEXT


def test_only_our_parsers_run_apart() -> None:
    for function in ("os:system", "knowledge.documents.apart", "bot.settings:load", "knowledge.documents.x:a b"):
        with pytest.raises(ValueError, match="not among"):
            run_apart(function, b"", {})


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    handles = len(list(Path("/proc/self/fd").iterdir()))

    run_apart(HERE + "print_something", b"a file", {})
    reason_of("fail")

    assert list(tmp_path.iterdir()) == []
    assert len(list(Path("/proc/self/fd").iterdir())) == handles


def test_more_files_than_turns_wait_and_are_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(apart.MOST_AT_ONCE):
        assert apart._turns.acquire(timeout=5)
    try:
        assert reason_of("fail", Limits(turn_s=0.05)) is UnreadableReason.BUSY
    finally:
        apart._turns.release(apart.MOST_AT_ONCE)


def test_without_a_way_to_take_the_network_away_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "unknown")

    with pytest.raises(NotConfined):
        confinement._give_up_network()


def test_starting_a_child_costs_little() -> None:
    run_apart(HERE + "print_something", b"", {})
    started = time.process_time(), time.monotonic()

    run_apart(HERE + "print_something", b"", {})

    assert time.process_time() - started[0] < 0.1  # ours; the child's own is about 0.06 s
    assert time.monotonic() - started[1] < 2
