"""Knows who may send now: one sender at a time, by a lease that has to be renewed before it runs out."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from bot.alerts.models import SenderLease
from bot.alerts.writing import count_changed, insert_if_absent

NAME = "alerts"
LENGTH = dt.timedelta(seconds=10)
FROM_THE_FUTURE = dt.timedelta(minutes=10)  # no lease is so long: the machine's clock was set back since


def take(session: Session, holder: str, *, at: dt.datetime, length: dt.timedelta = LENGTH) -> bool:
    """Take the lease, or renew one's own; False while somebody else holds it."""
    row = {"name": NAME, "holder": holder, "taken_at": at, "lease_until": at + length}
    if insert_if_absent(session, SenderLease, row):
        return True
    free = or_(
        SenderLease.holder == holder, SenderLease.lease_until <= at, SenderLease.lease_until > at + FROM_THE_FUTURE
    )
    mine = update(SenderLease).where(SenderLease.name == NAME, free).values(holder=holder, lease_until=at + length)
    return count_changed(session, mine) == 1


def release(session: Session, holder: str) -> None:
    """Give the lease back, so that the next sender need not wait for it to run out."""
    session.execute(delete(SenderLease).where(SenderLease.name == NAME, SenderLease.holder == holder))


def find_holder(session: Session, *, at: dt.datetime) -> str | None:
    """Return who holds the lease now, if anybody does."""
    query = select(SenderLease.holder).where(SenderLease.name == NAME, SenderLease.lease_until > at)
    return session.scalar(query)
