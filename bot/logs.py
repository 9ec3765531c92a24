"""How the bot logs: a fixed sentence plus fields, without tokens, people's words, telephone numbers or ids.

Three nets, because one always has a hole: the loggers of Telegram and HTTP libraries stay at WARNING (below it they
write addresses with the token and whole updates); a processor hides fields that could hold people's words; and every
finished line, from whatever logger, is scrubbed of the secrets before it is written.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from knowledge.database import DatabaseUnavailable
from knowledge.masking import mask

HIDDEN = "[hidden]"
_TALKATIVE = (
    "telegram",
    "httpx",
    "httpcore",
    "hpack",
    "asyncio",
    "aiohttp",
    "uvicorn",
    "sqlalchemy",
    "chromadb",
    "bm25s",
    "alembic",
    "urllib3",
)
_PEOPLES_FIELDS = {"text", "caption", "message", "quote", "offer", "phone", "name", "username", "update", "chat_id"}
_LOOKS_LIKE_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")


def set_up_logging(*, secrets: Iterable[str] = (), level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send all logging through one handler that hides secrets. `level` holds for Satark's own loggers only."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(ScrubbingFormatter(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_shared_processors(), SayingLessOften(), _hand_to_formatter()],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


class ScrubbingFormatter(structlog.stdlib.ProcessorFormatter):
    """Writes one line and takes every secret out of the finished line, tracebacks and libraries' words included."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Take the values that must never be written; of a bot token the part behind the colon counts too."""
        renderer = structlog.dev.ConsoleRenderer(colors=False, sort_keys=True)
        super().__init__(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=_shared_processors(),
        )
        known = {part for secret in secrets for part in (secret, secret.rpartition(":")[2]) if len(part) >= 8}
        self._secrets = sorted(known, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without secrets."""
        return self.scrub(super().format(record))

    def scrub(self, line: str) -> str:
        """Replace every known secret and everything that looks like a bot token."""
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        return _LOOKS_LIKE_TOKEN.sub(HIDDEN, line)


def hide_peoples_words(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hide fields whose names say that they hold people's words or ids, and personal numbers in the others."""
    for name, value in event.items():
        if name in _PEOPLES_FIELDS:
            event[name] = HIDDEN
        elif isinstance(value, str) and name not in ("timestamp", "event"):
            event[name] = mask(value)
    return event


def tell_error_without_words(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace a traceback by the class and the places of the error: an error's own words can repeat a message."""
    problem = event.pop("exc_info", None)
    if problem is True:
        problem = sys.exc_info()
    if isinstance(problem, BaseException):
        problem = (type(problem), problem, problem.__traceback__)
    if isinstance(problem, tuple) and problem[1] is not None:
        event["error"] = type(problem[1]).__name__
        event["places"] = " < ".join(_places(problem[2]))
        if isinstance(problem[1], DatabaseUnavailable):
            event["advice"] = str(problem[1])  # our own words: what is wrong and what to do
    return event


class SayingLessOften:
    """Drops what repeats itself while the database is away: each line once, and again each minute with a count.

    Everything that is tried each second would else fill the very disk that is full.
    """

    def __init__(self, every_s: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._every_s = every_s
        self._clock = clock
        self._lock = threading.Lock()
        self._said: dict[tuple[str, str], tuple[float, int]] = {}  # when last, and how often it was left out since

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Return the event, or raise DropEvent."""
        if "advice" not in event:
            return event
        key, now = (str(event.get("event")), str(event["advice"])), self._clock()
        with self._lock:
            said_at, left_out = self._said.get(key, (-self._every_s, 0))
            if now - said_at < self._every_s:
                self._said[key] = (said_at, left_out + 1)
                raise structlog.DropEvent
            self._said[key] = (now, 0)
        if left_out:
            event["left_out"] = left_out
        return event


def place_of(error: BaseException) -> str:
    """Where an error arose: file, line and function, without the error's own words."""
    places = _places(error.__traceback__)
    return places[0] if places else "unknown place"


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames)][:6]


def _shared_processors() -> list[Processor]:
    return [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        tell_error_without_words,
        hide_peoples_words,
    ]


def _hand_to_formatter() -> Processor:
    return structlog.stdlib.ProcessorFormatter.wrap_for_formatter
