"""Puts off Python's search for unreachable objects while very many are made that stay.

The search is started by the number of new objects and looks at all there are: with a large library in memory it takes
longer than what it interrupts. Whatever became unreachable meanwhile is found by the next search.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_waiting_for = 0  # how many threads are making objects now
_was_enabled = True


@contextmanager
def collecting_later() -> Iterator[None]:
    """Let the block run without that search; several threads may be in such a block at once."""
    _begin()
    try:
        yield
    finally:
        _end()


def leave_out_what_is_there() -> None:
    """Leave all objects that there are now out of later searches: for a program that has loaded what it keeps.

    With everything loaded such a search stops all threads for a fifth of a second, and finds nothing.
    """
    gc.collect()
    gc.freeze()


def _begin() -> None:
    global _waiting_for, _was_enabled
    with _lock:
        if _waiting_for == 0:
            _was_enabled = gc.isenabled()
            gc.disable()
        _waiting_for += 1


def _end() -> None:
    global _waiting_for
    with _lock:
        _waiting_for -= 1
        if _waiting_for == 0 and _was_enabled:
            gc.enable()
