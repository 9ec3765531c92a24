"""Time that passes as soon as everybody waits: an event loop whose clock jumps to the next appointment."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Impatient(selectors.DefaultSelector):
    """Never waits; what the loop would have waited is added to its clock."""

    def __init__(self, advance: Callable[[float], None]) -> None:
        super().__init__()
        self._advance = advance

    def select(self, timeout: float | None = None) -> Any:
        events = super().select(0)
        if not events:
            if timeout is None:
                raise RuntimeError("everybody waits for something that will never happen")
            self._advance(timeout)
        return events


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop; `time()` is its clock. Nothing in it may wait for threads or sockets."""

    def __init__(self) -> None:
        self._seconds = 0.0
        super().__init__(_Impatient(self._advance))

    def time(self) -> float:
        return self._seconds

    def _advance(self, seconds: float) -> None:
        self._seconds += max(seconds, 0.0)


def run_virtually(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in virtual time and return its result."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main())


def virtual_now() -> float:
    """Return the clock of the running loop, in seconds."""
    return asyncio.get_running_loop().time()
