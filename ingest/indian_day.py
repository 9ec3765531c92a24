"""Knows the calendar day in India of a moment: the official sites print days, feeds and machines print times."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

INDIA = ZoneInfo("Asia/Kolkata")


def day_in_india(moment: dt.datetime) -> dt.date:
    """Return the calendar day in India of an aware moment; of a naive one its own day, which a page meant so."""
    return moment.astimezone(INDIA).date() if moment.tzinfo else moment.date()


def parse_timestamp(words: str) -> dt.date | None:
    """Return the day in India of a machine's time ("2025-12-31T20:00:00Z"), or None where it is none."""
    try:
        return day_in_india(dt.datetime.fromisoformat(words.strip()))
    except ValueError:
        return None
