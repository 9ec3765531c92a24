"""Decides when somebody may be told: quiet hours, and the day of a digest. Pure; the time is passed in.

Times of day are minutes after midnight on the subscriber's own clock, daylight saving included.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.alerts.states import Pace

MINUTES_A_DAY = 24 * 60
DIGEST_MINUTE = 9 * 60  # digests come at nine in the morning
DIGEST_WEEKDAY = 0  # weekly ones on Monday
DEFAULT_ZONE = "Asia/Kolkata"


@dataclass(frozen=True)
class QuietHours:
    """From when until when not to disturb; may run over midnight. Raises ValueError for times that make no sense."""

    start: int
    end: int
    time_zone: str = DEFAULT_ZONE

    def __post_init__(self) -> None:
        """Check the times and the zone."""
        if not (0 <= self.start < MINUTES_A_DAY and 0 <= self.end < MINUTES_A_DAY):
            raise ValueError("quiet hours are minutes after midnight, 0 to 1439")
        if self.start == self.end:
            raise ValueError("quiet hours need an end that differs from their start")
        find_zone(self.time_zone)


@dataclass(frozen=True)
class Rhythm:
    """How a subscriber wants to be disturbed."""

    pace: Pace = Pace.NOW
    quiet: QuietHours | None = None
    time_zone: str = DEFAULT_ZONE

    def next_moment(self, at: dt.datetime) -> dt.datetime:
        """Return when something that is ready at `at` may go out: the next digest, or now, but for quiet hours."""
        ready_at = at if self.pace is Pace.NOW else next_digest(at, self.pace, self.time_zone)
        return (quiet_end(ready_at, self.quiet) if self.quiet else None) or ready_at


def find_zone(name: str) -> ZoneInfo:
    """Return a time zone by its name. Raises ValueError for one that does not exist."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {name!r}") from error


def quiet_end(at: dt.datetime, quiet: QuietHours) -> dt.datetime | None:
    """Return when the quiet hours end in which `at` lies, or None if it lies outside."""
    zone = find_zone(quiet.time_zone)
    local = at.astimezone(zone)
    minute = local.hour * 60 + local.minute
    over_midnight = quiet.start > quiet.end
    inside = (minute >= quiet.start or minute < quiet.end) if over_midnight else (quiet.start <= minute < quiet.end)
    if not inside:
        return None
    day = local.date() + dt.timedelta(days=1 if over_midnight and minute >= quiet.start else 0)
    return _moment(day, quiet.end, zone)


def next_digest(at: dt.datetime, pace: Pace, time_zone: str) -> dt.datetime:
    """Return when the next daily or weekly digest goes out, later than `at`."""
    zone = find_zone(time_zone)
    day = at.astimezone(zone).date()
    while True:
        moment = _moment(day, DIGEST_MINUTE, zone)
        if moment > at and (pace is Pace.DAILY or day.weekday() == DIGEST_WEEKDAY):
            return moment
        day += dt.timedelta(days=1)


def _moment(day: dt.date, minute: int, zone: ZoneInfo) -> dt.datetime:
    local = dt.datetime.combine(day, dt.time(minute // 60, minute % 60), tzinfo=zone)
    return local.astimezone(dt.UTC)
