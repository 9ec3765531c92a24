"""What must never stand in a log line."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from bot.logs import HIDDEN, set_up_logging

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
