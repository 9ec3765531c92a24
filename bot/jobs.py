"""What is done by the clock beside the conversations, and the real clock itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """Something that is done again and again beside the conversations. It blocks, so it runs in a worker thread."""

    title: str
    do: Callable[[], object]
    every_s: float = 3600.0


def now_utc() -> dt.datetime:
    """Return the real clock."""
    return dt.datetime.now(dt.UTC)
