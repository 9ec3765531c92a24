"""A disk that is really full: a file system of a few megabytes holds the database while an alert goes out.

The process mounts it in a name space of its own (`unshare`, no rights needed); we reach it through /proc. What was
written before stays, what cannot be written down is not sent, people are answered, and with room all goes on.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from alert_builders import ASHA, BALA, CAMBODIA, Situation
from hostile_api import FakeTelegram
from store_builders import make_engine

from bot.alerts.sender import WINDOW
from bot.jobs import now_utc
from bot.presenters import fixed_texts

SERVING = Path(__file__).with_name("serving.py")
SUBSCRIBERS = range(3001, 3151)
ASKERS = range(4001, 4006)
MEGABYTES = 24
MOST_LINES = 10  # one for each thing that failed, however often it was tried
UNFINISHED = "FROM inbox_update WHERE state IN ('waiting', 'claimed', 'parked')"
FULL_FOR_S = 9.0  # longer than any wait for the database
PATIENCE_S = 90.0
IN_ITS_OWN_NAME_SPACE = 'mount -t tmpfs -o size="$1"m tmpfs "$2" && cp "$3" "$2/satark.sqlite3" && shift 3 && exec "$@"'


@dataclass(frozen=True)
class Life:
    """The running bot and the file system that only it has mounted."""

    process: subprocess.Popen[bytes]
    disk: Path

    def fills_disk(self) -> None:
        """Leave not a single block."""
        with (self.disk / "filler").open("ab", buffering=0) as filler:
            for size in (65536, 4096):
                with suppress(OSError):  # no space left on device
                    while filler.write(b"\0" * size):
                        pass

    def makes_room(self) -> None:
        (self.disk / "filler").unlink()

    def asks(self, query: str) -> list[tuple[object, ...]]:
        """Ask a copy of the database: SQLite itself would not find the file by the way through /proc."""
        with tempfile.TemporaryDirectory() as folder:
            for file in self.disk.glob("satark.sqlite3*"):
                if not file.name.endswith("-shm"):
                    shutil.copy(file, folder)
            with (
                closing(sqlite3.connect(Path(folder) / "satark.sqlite3")) as connection,
                suppress(sqlite3.DatabaseError),
            ):
                return connection.execute(query).fetchall()
        return []  # copied in the middle of a change


@pytest.mark.soak
def test_a_full_disk_loses_nothing_and_people_are_answered(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    _skip_where_nothing_can_be_mounted(tmp_path)
    database = _approved_alert(tmp_path)
    with FakeTelegram() as telegram, _life(tmp_path, telegram, database) as life:
        _until(lambda: _reached(telegram) >= 15, "the first messages")
        life.fills_disk()
        at_full = _reached(telegram)
        for number in ASKERS:
            telegram.person(number).says("Helper job in Russia, two lakh a month")
        time.sleep(FULL_FOR_S)
        meanwhile = _reached(telegram)
        _until(lambda: all(telegram.sent_to(number) for number in ASKERS), "an answer for everybody")
        was_full_still = _is_full(life)
        life.makes_room()
        _until(lambda: _reached(telegram) == len(SUBSCRIBERS), "the rest of the alert")
        late = telegram.person(4999)
        late.says("/language")
        _until(lambda: telegram.sent_to(4999), "an answer")
        late.presses("हिन्दी")
        _until(lambda: life.asks("SELECT language FROM person WHERE id = 4999") == [("hi",)], "the choice to be kept")
        _until(lambda: _states(life) == {"sent": len(SUBSCRIBERS)}, "every delivery to be noted")
        integrity = life.asks("PRAGMA integrity_check")
        _until(lambda: life.asks(f"SELECT count(*) {UNFINISHED}") == [(0,)], "the end of every update to be noted")
        is_alive = life.process.poll() is None
    errors = (tmp_path / "errors.log").read_text()
    about_disk = [line for line in errors.splitlines() if "The disk is full" in line]

    print(f"\nFull for {FULL_FOR_S} s after {at_full} messages: {meanwhile - at_full} more went out meanwhile.")
    print(f"{len(errors.splitlines())} lines of log, {len(about_disk)} of them name the full disk.")
    assert was_full_still
    assert meanwhile <= at_full + 2 * WINDOW
    assert {len(telegram.sent_to(number)) for number in SUBSCRIBERS} == {1}
    assert all(len(telegram.sent_to(number)) == 1 for number in ASKERS)
    assert not any(fixed_texts.INTERRUPTED in message.text for number in ASKERS for message in telegram.sent_to(number))
    assert integrity == [("ok",)]
    assert is_alive
    assert 1 <= len(about_disk) <= MOST_LINES
    assert "Traceback" not in errors


def _approved_alert(folder: Path) -> Path:
    (folder / "before").mkdir()
    situation = Situation(make_engine(folder / "before"))
    situation.now = now_utc()
    situation.publishes()
    for number in SUBSCRIBERS:
        situation.subscribes(number, CAMBODIA)
    situation.approves(situation.requests(), ASHA, BALA)
    situation.engine.dispose()
    return folder / "before" / "store.sqlite3"


@contextmanager
def _life(folder: Path, telegram: FakeTelegram, database: Path) -> Iterator[Life]:
    mount = folder / "disk"
    mount.mkdir(exist_ok=True)
    life = {
        "token": telegram.token,
        "url": telegram.url,
        "database_url": f"sqlite:///{mount / 'satark.sqlite3'}",
        "answers": True,
    }
    command = ["unshare", "-rm", "sh", "-c", IN_ITS_OWN_NAME_SPACE, "sh", str(MEGABYTES), str(mount), str(database)]
    with (folder / "errors.log").open("wb") as errors:
        process = subprocess.Popen(
            [*command, sys.executable, str(SERVING), json.dumps(life)],
            env=os.environ | {"NO_PROXY": "127.0.0.1", "PYTHONWARNINGS": "ignore"},
            stdout=errors,
            stderr=errors,
        )
        try:
            _until(lambda: telegram.called("getUpdates") or process.poll() is not None, "the bot to start")
            yield Life(process, Path(f"/proc/{process.pid}/root{mount}"))
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            finally:
                process.kill()
                process.wait()


def _skip_where_nothing_can_be_mounted(folder: Path) -> None:
    mount = folder / "disk"
    mount.mkdir()
    try:
        tried = subprocess.run(
            ["unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(mount)],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        pytest.skip(f"A small file system cannot be mounted here ({error}): the full disk was not tried.")
    if tried.returncode:
        pytest.skip(
            f"A small file system cannot be mounted here ({tried.stderr.strip()}): the full disk was not tried."
        )


def _is_full(life: Life) -> bool:
    found = os.statvfs(life.disk)
    return found.f_bavail == 0


def _reached(telegram: FakeTelegram) -> int:
    return sum(bool(telegram.sent_to(number)) for number in SUBSCRIBERS)


def _states(life: Life) -> dict[object, object]:
    return dict(life.asks("SELECT state, count(*) FROM delivery GROUP BY state"))  # type: ignore[arg-type]


def _until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.1)
