"""Notes that staff want people told of a publication event. The bot takes the notes up; ingest knows nothing of alerts.

Functions take an open session; nothing is committed here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.advisories import get_advisory
from knowledge.models import AlertRequest, PublicationAction, PublicationEvent


class NothingToTell(Exception):
    """An advisory that was never published has nothing that people could be told of."""

    def __init__(self, advisory_id: str) -> None:
        super().__init__(f"{advisory_id} was never published, so there is nothing to tell. Publish it first.")
        self.advisory_id = advisory_id


@dataclass(frozen=True)
class WaitingRequest:
    """A request that nobody has taken up yet: which advisory, and what happened to it."""

    id: int
    advisory_id: str
    action: PublicationAction
    by: str


def request(session: Session, advisory_id: str, *, by: str, at: dt.datetime) -> bool:
    """Ask that people be told of the newest public change of an advisory. False if that was asked before.

    Raises UnknownAdvisory and NothingToTell.
    """
    get_advisory(session, advisory_id)
    newest = select(PublicationEvent.id).where(PublicationEvent.advisory_id == advisory_id)
    event_id = session.scalars(newest.order_by(PublicationEvent.id.desc()).limit(1)).first()
    if event_id is None:
        raise NothingToTell(advisory_id)
    if session.scalars(select(AlertRequest).where(AlertRequest.event_id == event_id)).first() is not None:
        return False
    session.add(AlertRequest(event_id=event_id, by=by, at=at))
    session.flush()
    return True


def list_waiting(session: Session) -> tuple[WaitingRequest, ...]:
    """Return the requests that nobody has taken up, oldest first."""
    query = (
        select(AlertRequest, PublicationEvent)
        .join(PublicationEvent, PublicationEvent.id == AlertRequest.event_id)
        .where(AlertRequest.taken_at.is_(None))
        .order_by(AlertRequest.id)
    )
    return tuple(
        WaitingRequest(row.id, event.advisory_id, PublicationAction(event.action), row.by)
        for row, event in session.execute(query)
    )


def mark_taken(session: Session, request_id: int, *, outcome: str, at: dt.datetime) -> None:
    """Note what became of a request: which alert, or why there is none."""
    row = session.get_one(AlertRequest, request_id)
    row.taken_at, row.outcome = at, outcome
