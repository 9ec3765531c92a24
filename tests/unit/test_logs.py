"""What must never stand in a log line."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from bot.logs import HIDDEN, SayingLessOften, set_up_logging
from knowledge.database import DatabaseUnavailable

TOKEN = "123456:" + "invented-token-of-the-tests-00000"


@pytest.fixture
def lines() -> Iterator[StringIO]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = StringIO()
    set_up_logging(secrets=[TOKEN], level="DEBUG", stream=stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_line_is_a_sentence_and_its_fields(lines):
    structlog.get_logger("bot").info("A message was not delivered.", outcome="blocked")

    assert "A message was not delivered." in lines.getvalue()
    assert "outcome=blocked" in lines.getvalue()


@pytest.mark.parametrize("secret", [TOKEN, TOKEN.partition(":")[2], "987654:" + "another-token-that-nobody-told-us-of"])
def test_a_token_is_scrubbed_whoever_logs_it(lines, secret):
    logging.getLogger("some.library").warning("asked %s", f"https://example.org/bot{secret}/getMe")
    structlog.get_logger("bot").info("Asked.", address=secret)

    assert secret not in lines.getvalue()
    assert lines.getvalue().count(HIDDEN) == 2


def test_peoples_words_numbers_and_ids_are_hidden(lines):
    structlog.get_logger("bot").info("Asked.", text="Helper job", chat_id=42424242, where="+91 99999 00001")

    for part in ("Helper job", "42424242", "99999"):
        assert part not in lines.getvalue()


def test_an_error_is_told_by_class_and_place_without_its_words(lines):
    try:
        raise ValueError("Helper job in Russia")
    except ValueError:
        logging.getLogger("some.library").exception("It failed.")

    assert "ValueError" in lines.getvalue()
    assert "test_logs.py" in lines.getvalue()
    assert "Helper job" not in lines.getvalue()


def test_libraries_that_write_whole_updates_are_silent_below_a_warning(lines):
    for name in ("telegram.ext.Application", "httpx", "httpcore.http11"):
        logging.getLogger(name).info("Update(message=Helper job)")

    assert lines.getvalue() == ""


def test_a_database_that_is_away_is_explained_once_and_not_each_second(lines):
    for _ in range(50):
        try:
            raise DatabaseUnavailable("The disk is full. Make room and try again.")
        except DatabaseUnavailable as error:
            structlog.get_logger("bot").error("The outbox cannot be reached; trying again.", exc_info=error)
    structlog.get_logger("bot").error("Something else.")

    told, other = lines.getvalue().splitlines()
    assert "The disk is full. Make room and try again." in told
    assert "Something else." in other


def test_what_lasts_is_said_again_each_minute_with_what_was_left_out():
    now = [0.0]
    say = SayingLessOften(clock=lambda: now[0])
    said = []
    for second in range(130):
        now[0] = float(second)
        try:
            said.append((second, say(None, "error", {"event": "Away.", "advice": "Wait."}).get("left_out")))
        except structlog.DropEvent:
            continue

    assert said == [(0, None), (60, 59), (120, 59)]


def test_another_fault_is_said_at_once():
    say = SayingLessOften(clock=lambda: 0.0)
    for advice in ("Make room.", "Wait."):
        assert say(None, "error", {"event": "Away.", "advice": advice})["advice"] == advice
