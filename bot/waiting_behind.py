"""What else of the same chat waits behind the update that is being handled. Knows no Telegram and no database.

Telegram sends every picture of an album as an update of its own, and they are one offer. The handler of the first looks
here for the others. As with `bot/answering.py`, this belongs to the update and travels in a context variable.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

LookBehind = Callable[[], Awaitable[Sequence[str]]]
_look: ContextVar[LookBehind | None] = ContextVar("look_behind", default=None)


@contextmanager
def looking_behind(look: LookBehind) -> Iterator[None]:
    """While the block runs, `look` tells what waits."""
    token = _look.set(look)
    try:
        yield
    finally:
        _look.reset(token)


async def list_waiting_behind() -> Sequence[str]:
    """Return the raw updates that wait behind this one, in order; none where updates are not stored."""
    look = _look.get()
    return () if look is None else await look()
