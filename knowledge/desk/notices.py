"""Knows what staff are to be told once: a source that fails, a new draft of a watched source. The bot sends it.

Functions take an open session; nothing is committed here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from knowledge.desk_models import StaffNotice


@dataclass(frozen=True)
class NoticeView:
    """One thing to tell staff. `kind` is "draft" or "source"; a draft's number where it is about one."""

    id: int
    at: dt.datetime
    kind: str
    object: str
    words: str
    draft_id: int | None


def tell_staff(
    session: Session,
    *,
    at: dt.datetime,
    kind: str,
    object: str,
    words: str,
    draft_id: int | None = None,
) -> int:
    """Put a notice up for staff; returns its number."""
    row = StaffNotice(at=at, kind=kind, object=object, words=words, draft_id=draft_id)
    session.add(row)
    session.flush()
    return row.id


def list_untold_notices(session: Session, most: int = 20) -> tuple[NoticeView, ...]:
    """Return the notices that staff have not been told yet, oldest first."""
    query = select(StaffNotice).where(StaffNotice.told_at.is_(None)).order_by(StaffNotice.id).limit(most)
    return tuple(
        NoticeView(row.id, row.at, row.kind, row.object, row.words, row.draft_id) for row in session.scalars(query)
    )


def mark_notice_told(session: Session, notice_id: int, at: dt.datetime) -> bool:
    """Note that staff were told; False where that was noted before."""
    mine = update(StaffNotice).where(StaffNotice.id == notice_id, StaffNotice.told_at.is_(None)).values(told_at=at)
    return bool(session.execute(mine).rowcount)  # type: ignore[attr-defined]  # an UPDATE has one
