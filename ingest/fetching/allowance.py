"""What one fetch may use up: seconds and bytes, over all its redirects and connections together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The most that one fetch may take. Reliability goal D4 sets sizes, redirects and the total time."""

    seconds: float = 30.0
    connect_seconds: float = 10.0  # for one name or one address, so that a dead one leaves time for the next
    wire_bytes: int = 10_000_000  # as they come over the line, headers included
    unpacked_bytes: int = 25_000_000
    redirects: int = 5


class OutOfTime(Exception):
    """The time of this fetch is used up."""


class OutOfBytes(Exception):
    """The site sent more bytes than this fetch may take."""


class Allowance:
    """Counts down the time and the bytes of one fetch."""

    def __init__(self, limits: Limits, steady: Callable[[], float]) -> None:
        """Begin to count; `steady` is a clock in seconds that nobody sets (`time.monotonic`)."""
        self._steady = steady
        self._ends = steady() + limits.seconds
        self._bytes_left = limits.wire_bytes

    def seconds_left(self, most: float | None = None) -> float:
        """How long the next step may take, `most` at most. Raises OutOfTime."""
        left = self._ends - self._steady()
        if left <= 0:
            raise OutOfTime
        return left if most is None else min(left, most)

    def is_over(self) -> bool:
        """Whether the time is used up."""
        return self._steady() >= self._ends

    def take(self, count: int) -> None:
        """Note bytes that arrived. Raises OutOfBytes, also if they were announced only."""
        self._bytes_left -= count
        if self._bytes_left < 0:
            raise OutOfBytes

    def require_room_for(self, count: int) -> None:
        """Raise OutOfBytes where an answer of this size would not fit."""
        if count > self._bytes_left:
            raise OutOfBytes
