"""Knows the audit log of the desk: who did what, when and why. Entries are added and never changed or removed.

One thing is added to an entry later: when it was undone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.desk_models import DeskEntry


class DeskAction(StrEnum):
    """What the desk does with drafts and advisories. Others who write to the log use words of their own."""

    DRAFTED = "drafted"
    EDITED = "edited"
    PUBLISHED = "published"
    UPDATED = "updated"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"
    REOPENED = "reopened"
    UNDONE = "undone"


@dataclass(frozen=True)
class AuditView:
    """One line of the log, as it is shown. `undone_at`: when somebody reversed it."""

    id: int
    at: dt.datetime
    by: str
    action: str
    object: str
    reason: str | None
    details: Mapping[str, Any]
    undone_at: dt.datetime | None


def write_audit(
    session: Session,
    *,
    by: str,
    action: str,
    object: str,
    at: dt.datetime,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> int:
    """Add a line in the transaction of the deed itself, so that there is never one without the other. Returns its id.

    `details` are plain JSON values without personal data beyond `by`.
    """
    row = DeskEntry(
        at=at, by=by, action=str(action), object=object, reason=reason, details=dict(details or {}), undone_at=None
    )
    session.add(row)
    session.flush()
    return row.id


def list_audit(session: Session, object: str | None = None, *, most: int = 50) -> tuple[AuditView, ...]:
    """Return the newest lines first: of one object ("draft 12", "advisory mea-…"), or of all."""
    query = select(DeskEntry).order_by(DeskEntry.id.desc()).limit(most)
    if object is not None:
        query = query.where(DeskEntry.object == object)
    return tuple(map(_view, session.scalars(query)))


def name_draft(draft_id: int) -> str:
    """Name a draft as the log does."""
    return f"draft {draft_id}"


def name_advisory(advisory_id: str) -> str:
    """Name an advisory as the log does."""
    return f"advisory {advisory_id}"


def _view(row: DeskEntry) -> AuditView:
    return AuditView(row.id, row.at, row.by, row.action, row.object, row.reason, dict(row.details), row.undone_at)
