"""Knows whether all sending of alerts is held, and when a sender last showed life. Holding is one short write."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.alerts import audit
from bot.alerts.models import AlertControl, Delivery
from bot.alerts.states import OPEN

ROW = 1
STALE_AFTER = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Hold:
    """Nothing goes out, since when, by whom and why."""

    at: dt.datetime
    by: str
    reason: str


def find_hold(session: Session) -> Hold | None:
    """Return the hold that is on, or None if alerts may go out."""
    query = select(AlertControl.held_at, AlertControl.held_by, AlertControl.held_reason).where(AlertControl.id == ROW)
    row = session.execute(query).one_or_none()
    if row is None or row.held_at is None:
        return None
    return Hold(row.held_at, row.held_by or "", row.held_reason or "")


def hold(session: Session, *, by: str, reason: str, at: dt.datetime) -> None:
    """Stop all alerts until somebody lets them go on. Replies to people are not touched."""
    session.execute(
        update(AlertControl).where(AlertControl.id == ROW).values(held_at=at, held_by=by, held_reason=reason)
    )
    audit.note(session, "hold", by=by, at=at, reason=reason)


def go_on(session: Session, *, by: str, at: dt.datetime) -> None:
    """Let alerts go out again."""
    session.execute(
        update(AlertControl).where(AlertControl.id == ROW).values(held_at=None, held_by=None, held_reason=None)
    )
    audit.note(session, "go_on", by=by, at=at)


def note_heartbeat(session: Session, *, at: dt.datetime) -> None:
    """Note that a sender is alive."""
    session.execute(update(AlertControl).where(AlertControl.id == ROW).values(heartbeat_at=at))


def find_heartbeat(session: Session) -> dt.datetime | None:
    """Return when a sender last showed life."""
    return session.scalar(select(AlertControl.heartbeat_at).where(AlertControl.id == ROW))


def note_halt(session: Session, until: dt.datetime) -> None:
    """Remember until when Telegram wants silence, for a program that starts meanwhile."""
    session.execute(update(AlertControl).where(AlertControl.id == ROW).values(halted_until=until))


def find_halt(session: Session) -> dt.datetime | None:
    """Return until when Telegram wanted silence, perhaps long past."""
    return session.scalar(select(AlertControl.halted_until).where(AlertControl.id == ROW))


def hold_after_restore(session: Session, *, at: dt.datetime) -> bool:
    """Hold everything where open deliveries lie beside a heartbeat that is long past; True if it holds now.

    That is how a database looks that was restored from a backup, or a program that stood still for long: what was
    open then may have been sent, cancelled or erased since. A person has to look before anything goes out.
    """
    if find_hold(session) is not None:
        return True
    heartbeat_at = find_heartbeat(session)
    if heartbeat_at is None or at - heartbeat_at < STALE_AFTER:
        return False
    due = select(func.count()).select_from(Delivery).where(Delivery.state.in_(OPEN), Delivery.not_before_at <= at)
    if not session.scalar(due):
        return False
    reason = f"alerts lay open, and no sender has run since {heartbeat_at:%Y-%m-%d %H:%M} UTC (restored backup?)"
    hold(session, by=audit.SATARK, reason=reason, at=at)
    return True
