"""Somebody who asks to be deleted is gone from every file within a minute, while the real program goes on running."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alert_builders import STAFF, Situation
from hostile_api import FakeTelegram

from bot.jobs import now_utc
from bot.presenters import fixed_texts
from knowledge.database import build_engine

ASHA, NAME = 4455667788, "Zuleikhabai"
WORDS = ("Zorblat Manpower", "Zorblat", "99999 00123", "9999900123", "J8369854")
OFFER = "Zorblat Manpower: driver job in Russia on tourist visa, pay 45000 to 99999 00123, passport J8369854"
WITHIN_S = 60
PATIENCE_S = 90


@pytest.mark.soak
def test_within_a_minute_no_file_holds_anything_of_somebody_who_asked_to_be_deleted(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with FakeTelegram() as telegram, _program(tmp_path, telegram):
        asha = telegram.person(ASHA, name=NAME)
        assert _traces(tmp_path) == []  # else what is found later proves nothing
        heard = _conversation(telegram, asha)
        _gets_an_alert(tmp_path, telegram, heard)
        known = _traces(tmp_path)
        _says(telegram, asha, "/delete_me")
        _presses(telegram, asha, fixed_texts.BUTTON_DELETE)
        asked_at = time.monotonic()
        _until_nothing_is_left(tmp_path)
        took_s = time.monotonic() - asked_at
        _says(telegram, asha, "/my_data")
        answer = telegram.sent_to(ASHA)[-1].text
        time.sleep(2)  # what was just asked is handled and noted; it must not linger either
        _until_nothing_is_left(tmp_path)

    print(f"\nAfter /delete_me the last trace went in {took_s:.1f} s; files that held one before: {len(known)}.")
    assert any(trace.startswith("satark.sqlite3") for trace in known)
    assert took_s <= WITHIN_S
    assert fixed_texts.MY_DATA_NOTHING in answer
    assert _traces(tmp_path) == []


def _conversation(telegram: FakeTelegram, asha: object) -> int:
    """Everything that leaves something behind: an offer, a language, feedback, a question for staff, alerts."""
    _says(telegram, asha, OFFER)
    _says(telegram, asha, "/subscribe Cambodia")
    _presses(telegram, asha, fixed_texts.BUTTON_CONSENT)
    _says(telegram, asha, "Is Zorblat a good firm for Cambodia?")
    _says(telegram, asha, "/language")
    _presses(telegram, asha, "English")
    return len(telegram.sent_to(ASHA))


def _gets_an_alert(folder: Path, telegram: FakeTelegram, heard: int) -> None:
    engine = build_engine(f"sqlite:///{folder / 'data' / 'satark.sqlite3'}")
    situation = Situation(engine)
    situation.now = now_utc()
    situation.publishes()
    situation.approves(situation.requests())
    engine.dispose()
    _until(lambda: len(telegram.sent_to(ASHA)) > heard, "the alert")


def _says(telegram: FakeTelegram, asha: object, words: str) -> None:
    heard = len(telegram.sent_to(ASHA))
    asha.says(words)
    _until(lambda: len(telegram.sent_to(ASHA)) > heard, f"an answer to {words!r}")
    _until(lambda: not telegram.state.waiting_updates(), "the update to be taken")


def _presses(telegram: FakeTelegram, asha: object, label: str) -> None:
    heard = len(telegram.sent_to(ASHA))
    asha.presses(label)
    _until(lambda: len(telegram.sent_to(ASHA)) > heard, f"an answer to {label!r}")


@contextmanager
def _program(folder: Path, telegram: FakeTelegram) -> Iterator[None]:
    """`satark run`, all of whose files and output lie in one folder."""
    (folder / "data").mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "DATA_DIR": str(folder / "data"),
        "EMBEDDING_MODEL": "bundled:no-such-model",
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_BASE_URL": telegram.url,
        "STAFF_IDS": ",".join(map(str, STAFF)),
        "NO_PROXY": "127.0.0.1",
    }
    with (folder / "output.log").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], env=environment, cwd=folder, stdout=output, stderr=output
        )
        try:
            _until(lambda: telegram.called("getUpdates"), "the program to start")
            yield
        finally:
            process.kill()
            process.wait()


def _traces(folder: Path) -> list[str]:
    """Every file that holds the person's number, as letters or as SQLite keeps it, their name or their words."""
    looked_for = [str(ASHA).encode(), struct.pack(">q", ASHA)[2:], NAME.encode(), *(word.encode() for word in WORDS)]
    return [
        f"{path.relative_to(folder).name}: {found!r}"
        for path in folder.rglob("*")
        if path.is_file()
        for found in looked_for
        if re.search(re.escape(found), path.read_bytes())
    ]


def _until_nothing_is_left(folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while left := _traces(folder):
        assert time.monotonic() < deadline, f"left: {left}"
        time.sleep(0.5)


def _until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.1)
