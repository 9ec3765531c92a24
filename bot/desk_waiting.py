"""What the desk expects as the next message of one of the staff: stored, so that a restart or another process knows it.

Functions take an open session; nothing is committed here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.models import Awaited

WAITS_FOR = dt.timedelta(minutes=15)


class Expected(StrEnum):
    """What the next message will be."""

    SUBMISSION = "submission"  # and those after it
    VALUE = "value"  # of `field` in a draft
    REASON = "reason"  # why a draft is rejected


@dataclass(frozen=True)
class Waiting:
    """What is expected, and for which draft as it was shown."""

    what: Expected
    draft_id: int = 0
    version: int = 0
    field: str = ""


def expect(session: Session, staff_id: int, waiting: Waiting, *, at: dt.datetime) -> None:
    """Expect something for a quarter of an hour; what was expected before is not any more."""
    session.merge(
        Awaited(
            staff_id=staff_id,
            what=waiting.what.value,
            draft_id=waiting.draft_id,
            version=waiting.version,
            field=waiting.field,
            until=at + WAITS_FOR,
        )
    )
    session.flush()


def find_expected(session: Session, staff_id: int, *, at: dt.datetime) -> Waiting | None:
    """Return what is expected of somebody, or None."""
    row = session.get(Awaited, staff_id)
    if row is None or row.until <= at:
        return None
    return Waiting(Expected(row.what), row.draft_id or 0, row.version or 0, row.field or "")


def expect_nothing(session: Session, staff_id: int) -> None:
    """Let the next message be an ordinary one."""
    session.execute(delete(Awaited).where(Awaited.staff_id == staff_id))
