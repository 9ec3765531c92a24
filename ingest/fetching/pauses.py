"""Decides when a host may be asked again: a pause between requests, a longer one after each failure. Sleeps never.

State lives as long as the process; what a source was told to wait is also kept with the source, by whoever watches it.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import threading
from collections.abc import Callable
from dataclasses import dataclass

PAUSE = dt.timedelta(seconds=3)  # between two fetches from one host: a person reading is no quicker
FIRST_BACK_OFF = dt.timedelta(minutes=5)
LONGEST_BACK_OFF = dt.timedelta(hours=6)
LONGEST_RETRY_AFTER = dt.timedelta(days=1)  # a mistyped Retry-After must not silence a source for good


@dataclass
class _Host:
    """What is remembered of a host."""

    free_at: dt.datetime | None = None
    held_until: dt.datetime | None = None
    failures: int = 0


class Pauses:
    """Remembers, for each host, when it was asked and how it fared. Several fetchers may share one, also in threads."""

    def __init__(self, chance: Callable[[], float], *, pause: dt.timedelta = PAUSE) -> None:
        """Take a source of chance (0 to 1), so that hosts are not all asked at the same moment again."""
        self._chance = chance
        self._pause = pause
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    def take_turn(self, host: str, now: dt.datetime) -> dt.timedelta:
        """Book the next turn at this host and return how long to wait for it, for politeness alone."""
        with self._lock:
            state = self._of(host)
            turn = max(state.free_at or now, now)
            state.free_at = turn + self._pause
            return turn - now

    def held_until(self, host: str, now: dt.datetime) -> dt.datetime | None:
        """Until when this host must not be asked at all, or None."""
        with self._lock:
            until = self._of(host).held_until
        return until if until is not None and until > now else None

    def hold(self, host: str, until: dt.datetime) -> None:
        """Do not ask this host before then: what was remembered of an earlier run."""
        with self._lock:
            self._of(host).held_until = until

    def note_asked(self, host: str, now: dt.datetime) -> None:
        """Remember that the host is being asked now, out of turn: a redirect is followed at once."""
        with self._lock:
            state = self._of(host)
            state.free_at = max(state.free_at or now, now + self._pause)

    def note_success(self, host: str) -> None:
        """The host answered as it should: its failures are forgotten."""
        with self._lock:
            self._of(host).failures = 0
            self._of(host).held_until = None

    def note_failure(self, host: str, now: dt.datetime, retry_after: dt.timedelta | None = None) -> dt.datetime:
        """Return from when on the host may be asked again: as it said itself, else twice as late each time."""
        with self._lock:
            state = self._of(host)
            state.failures += 1
            until = now + (retry_after if retry_after is not None else self._back_off(state.failures))
            state.held_until = until
        return until

    def _back_off(self, failures: int) -> dt.timedelta:
        """Half of it is certain, half is chance; never longer than the ceiling."""
        doublings = min(failures - 1, 16)
        longest = min(FIRST_BACK_OFF * (1 << doublings), LONGEST_BACK_OFF)
        return longest * (0.5 + 0.5 * self._chance())

    def _of(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host())


def parse_retry_after(value: str | None, now: dt.datetime) -> dt.timedelta | None:
    """Read a Retry-After header (seconds or a date, RFC 9110); None where it says nothing that can be used."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        seconds = min(int(text[:9]), int(LONGEST_RETRY_AFTER.total_seconds()))
        return dt.timedelta(seconds=seconds) if seconds else None
    try:
        until = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=dt.UTC)
    wait = until - now
    return min(wait, LONGEST_RETRY_AFTER) if wait > dt.timedelta(0) else None
