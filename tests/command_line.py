"""Runs the `satark` command in this process, in its own folder, without a model; puts logging back after it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog
from click.testing import Result
from typer.testing import CliRunner

from bot.__main__ import app
from knowledge.settings import Settings

NO_MODEL = "bundled:no-such-model"


class CommandLine:
    """`run` gives back what the command wrote on each stream and its exit code."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, data_dir: Path, work_dir: Path) -> None:
        self.data_dir = data_dir
        for name in Settings.model_fields:
            monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.setenv("DATA_DIR", str(data_dir))
        monkeypatch.setenv("EMBEDDING_MODEL", NO_MODEL)
        monkeypatch.setenv("COLUMNS", "300")  # of the tables
        monkeypatch.chdir(work_dir)  # no .env of the checkout

    def run(self, *arguments: str | Path, given: str | bytes | None = None) -> Result:
        with unchanged_logging():
            result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=given)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception  # a traceback for the person at the terminal
        return result


@contextmanager
def unchanged_logging() -> Iterator[None]:
    """Put back what the command sets up for its process: its handler would write to a stream that is closed by then."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configured, config = structlog.is_configured(), structlog.get_config()
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
        if configured:
            structlog.configure(**config)
