"""The program as the operator's machine sees it: a real process, its signals and its exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server

TESTS = Path(__file__).parents[1]
PROGRAM = """
import datetime as dt, sys
sys.path.insert(0, sys.argv.pop())
from fake_advisor import FakeAdvisor, make_library
from bot.commands.parts import Parts, explained_to_operator
from bot.commands.run import list_secrets, run
from bot.logs import set_up_logging
from bot.people import People
from knowledge.database import build_engine, upgrade
from knowledge.settings import read_settings
import typer

def main():
    with explained_to_operator():
        settings = read_settings()
        set_up_logging(secrets=list_secrets(settings), level="DEBUG")
        engine = build_engine(settings.resolved_database_url)
        upgrade(engine)
        people = People(engine, lambda: dt.datetime.now(dt.UTC))
        run(settings, Parts(FakeAdvisor(), people, make_library))

typer.run(main)
"""


def test_the_page_stops_in_order(tmp_path):
    port = _free_port()
    with _program(tmp_path, WEB_LISTEN=f"127.0.0.1:{port}") as process:
        _wait_until(lambda: _is_healthy(port))

        process.send_signal(signal.SIGINT)

        assert process.wait(timeout=10) == 0
        assert "Traceback" not in _errors(process)


def test_telegram_stops_in_order_after_answering_what_it_took(tmp_path, telegram):
    asha = telegram.person(11)
    with _program(tmp_path, TELEGRAM_BOT_TOKEN=telegram.token, TELEGRAM_API_BASE_URL=telegram.url) as process:
        asha.says("Helper job in Russia")
        _wait_until(lambda: telegram.sent_to(11))

        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=10) == 0
        errors = _errors(process)
    assert "Traceback" not in errors
    assert telegram.token not in errors
    assert "Helper job" not in errors


def test_a_token_that_is_revoked_while_the_bot_runs_ends_the_program(tmp_path, telegram):
    with _program(tmp_path, TELEGRAM_BOT_TOKEN=telegram.token, TELEGRAM_API_BASE_URL=telegram.url) as process:
        _wait_until(lambda: telegram.called("getUpdates"))
        token, telegram.token = telegram.token, "2:another"
        telegram.person(11).says("Helper job in Russia")
        try:
            assert process.wait(timeout=20) == 1
        finally:
            telegram.token = token
        errors = _errors(process)

    assert "TELEGRAM_BOT_TOKEN" in errors
    assert "Traceback" not in errors
    assert token not in errors


def test_a_page_address_in_use_ends_the_program_with_one_clear_sentence(tmp_path):
    with create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with _program(tmp_path, WEB_LISTEN=f"127.0.0.1:{port}") as process:
            assert process.wait(timeout=20) == 1
            errors = _errors(process)

    assert f"WEB_LISTEN=127.0.0.1:{port}" in errors
    assert "Traceback" not in errors


@contextmanager
def _program(folder: Path, **settings: str) -> Iterator[subprocess.Popen[str]]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "NO_PROXY": "127.0.0.1", "DATA_DIR": str(folder)}
    environment |= {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(TESTS)],
        env=environment | settings,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()


def _errors(process: subprocess.Popen[str]) -> str:
    return process.stderr.read() if process.stderr else ""


def _is_healthy(port: int) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
    except OSError:
        return False
    return True


def _wait_until(condition) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def _free_port() -> int:
    with create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
