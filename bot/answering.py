"""Whether a message may leave for the update that is being handled. Knows no Telegram and no database.

`sendMessage` cannot be repeated without risk, so the inbox notes that an answer begins before its first message leaves.
The note belongs to the update, and handlers call each other deeply: it travels in a context variable.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

BeginAnswering = Callable[[], Awaitable[bool]]
_begin: ContextVar[BeginAnswering | None] = ContextVar("begin_answering", default=None)


@contextmanager
def answering(begin: BeginAnswering) -> Iterator[None]:
    """While the block runs, `begin` is asked once before anything is sent; False keeps every message back."""
    token = _begin.set(_once(begin))
    try:
        yield
    finally:
        _begin.reset(token)


async def may_send() -> bool:
    """Whether a message may leave now. True where no update is being handled, such as for alerts."""
    begin = _begin.get()
    return True if begin is None else await begin()


def _once(begin: BeginAnswering) -> BeginAnswering:
    answers: list[bool] = []

    async def begin_once() -> bool:
        if not answers:
            answers.append(await begin())
        return answers[0]

    return begin_once
