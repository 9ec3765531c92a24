"""Lets every test import the fakes that lie beside this file, and loads the starter records once for all of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog


@pytest.fixture(scope="session")
def starter_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DATA_DIR with the starter records in SQLite, each passage with a made-up vector. Copy it before changing it."""
    from starter_store import fill

    return fill(tmp_path_factory.mktemp("starter"))


@pytest.fixture(scope="session")
def starter(starter_folder: Path) -> Iterator[object]:
    """The advisor over the starter records as they stand on one fixed day, without a model."""
    from starter_store import Starter

    opened = Starter(starter_folder)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Put logging back as it was: commands that run inside a test point it at streams that are closed afterwards."""
    root = logging.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:], root.level = handlers, level
    structlog.configure(**before)  # the same list of processors: `capture_logs` changes it in place
