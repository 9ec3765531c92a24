"""Writes and reads the record of who did what with alerts, and when. Names staff, never subscribers."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.alerts.models import AuditEntry

SATARK = "satark"  # what the program did of itself


def note(
    session: Session, action: str, *, by: str, at: dt.datetime, alert_id: int | None = None, **detail: object
) -> None:
    """Write one entry. `detail` holds plain JSON values."""
    session.add(AuditEntry(at=at, by=by, action=action, alert_id=alert_id, detail=detail))


def list_entries(session: Session, alert_id: int | None = None, most: int = 200) -> tuple[AuditEntry, ...]:
    """Return the newest entries, of one alert if so asked, oldest first."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(most)
    if alert_id is not None:
        query = query.where(AuditEntry.alert_id == alert_id)
    return tuple(reversed(session.scalars(query).all()))
