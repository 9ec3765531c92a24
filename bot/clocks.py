"""A time of day that goes on evenly, whatever happens to the machine's clock meanwhile."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable


def machine_seconds() -> float:
    """Return the machine's steady clock, which also counts while the machine sleeps where the system can do that."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class SteadyClock:
    """The time of day of one moment, counted on by the machine's steady clock.

    A clock that jumps (a wrong setting, a correction over the network) would otherwise expire alerts that are just
    going out, or hold them back for a day. `set_again` follows the machine where nothing depends on it.
    """

    def __init__(self, wall: Callable[[], dt.datetime], monotonic: Callable[[], float] = machine_seconds) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self.set_again()

    def __call__(self) -> dt.datetime:
        """Return the time (UTC)."""
        return self._set_at + dt.timedelta(seconds=self._monotonic() - self._set_s)

    def set_again(self) -> None:
        """Take the machine's time of day anew."""
        self._set_at, self._set_s = self._wall(), self._monotonic()
