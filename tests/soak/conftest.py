"""What all soaks share: the builders of the store and of alerts, and processes that fork lives of the bot."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "integration"))


@pytest.fixture(scope="session")
def nursery() -> Iterator[object]:
    """A process that forks one life after the other."""
    from broadcast import Nursery

    with Nursery() as ready:
        yield ready


@pytest.fixture(scope="session")
def second_nursery() -> Iterator[object]:
    """Another one, for two lives at once."""
    from broadcast import Nursery

    with Nursery() as ready:
        yield ready
