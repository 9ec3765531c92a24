"""Decides whether an alert did not arrive though it should have. Changes nothing and sends nothing.

Staff accounts that get every alert (canaries) come first in each, so one of them without it is a fault, not a queue:
staff hear of it within 15 minutes. Busy is not broken: while more urgent alerts are flowing, a waiting one is in order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot.alerts import control
from bot.alerts.models import Alert, Delivery, Subscriber
from bot.alerts.states import ARRIVED, OPEN, OVER, AlertState, MessageType

TOLD_WITHIN = dt.timedelta(minutes=15)
PATIENCE = TOLD_WITHIN - dt.timedelta(minutes=1)  # leaves a minute for looking and telling
LOOK_BACK = dt.timedelta(days=2)
FLOWING = dt.timedelta(minutes=5)  # something was sent this lately


@dataclass(frozen=True)
class Silent:
    """An alert that did not arrive where it should have, since when it is due, and what is known."""

    alert_id: int
    due_since: dt.datetime
    words: str


def find_silent(session: Session, *, at: dt.datetime) -> tuple[Silent, ...]:
    """Return the alerts of the last two days that a canary lacks 14 minutes after their approval."""
    if control.find_hold(session) is not None:
        return ()  # staff hold everything on purpose
    lately = select(Alert).where(
        Alert.approved_at <= at - PATIENCE, Alert.approved_at > at - LOOK_BACK, Alert.state.not_in(OVER)
    )
    return tuple(
        found for alert in session.scalars(lately.order_by(Alert.id)) for found in _look_at(session, alert, at)
    )


def _look_at(session: Session, alert: Alert, at: dt.datetime) -> Iterator[Silent]:
    due_since = alert.approved_at or at
    if alert.state == AlertState.APPROVED:
        yield Silent(alert.id, due_since, "it was approved and nothing has started: is `satark run` running?")
        return
    lacking = [chat_id for chat_id in _expected(session, alert) if not _has_it(session, alert, chat_id, at)]
    if lacking:
        words = f"{len(lacking)} of the staff accounts that watch over alerts did not get it"
        yield Silent(alert.id, due_since, words)


def _expected(session: Session, alert: Alert) -> list[int]:
    """The canaries that must have it: of a new alert all, of a correction those who got what it corrects."""
    canaries = select(Subscriber.chat_id).where(
        Subscriber.is_canary, Subscriber.ended_at.is_(None), Subscriber.consented_at <= alert.started_at
    )
    canaries = canaries.where(Subscriber.paused_until.is_(None) | (Subscriber.paused_until <= alert.started_at))
    if alert.message_type != MessageType.ALERT:
        canaries = canaries.where(
            exists().where(
                Delivery.alert_id == alert.references_id,
                Delivery.chat_id == Subscriber.chat_id,
                Delivery.state.in_(ARRIVED),
            )
        )
    return list(session.scalars(canaries))


def _has_it(session: Session, alert: Alert, chat_id: int, at: dt.datetime) -> bool:
    """Whether it arrived, or is on its way behind something more urgent that flows."""
    delivery = session.get(Delivery, (alert.id, chat_id))
    if delivery is None:
        return alert.matched_at is None and _is_busy(session, alert, at)
    return delivery.state in ARRIVED or (delivery.state in OPEN and _is_busy(session, alert, at))


def _is_busy(session: Session, alert: Alert, at: dt.datetime) -> bool:
    """Whether other alerts, as urgent or more, are being sent right now."""
    ahead = select(Alert.id).where(Alert.id != alert.id, Alert.lane <= alert.lane, Alert.state == AlertState.RUNNING)
    flowing = exists().where(Delivery.alert_id.in_(ahead), Delivery.sent_at > at - FLOWING)
    return bool(session.scalar(select(flowing)))
