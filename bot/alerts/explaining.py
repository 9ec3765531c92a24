"""Answers a subscriber's two questions: why did I get this, and why did I get nothing? Changes nothing.

Returns facts; `presenters` put them into words.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.alerts import subscriptions
from bot.alerts.audience import Wish, read_audience
from bot.alerts.models import Alert, Delivery, Subscriber
from bot.alerts.rhythm import QuietHours, next_digest, quiet_end
from bot.alerts.states import OPEN, AlertStatus, Basis, DeliveryState, MessageType, Pace


@dataclass(frozen=True)
class Why:
    """Why a chat got an alert. `wishes` are those that it met; empty for a correction or a verdict."""

    alert_id: int
    advisory_id: str
    message_type: MessageType
    basis: Basis
    state: DeliveryState
    sent_at: dt.datetime | None
    wishes: tuple[Wish, ...]


class Silence(StrEnum):
    """Why a chat hears nothing. Several may hold at once."""

    NEVER_SUBSCRIBED = "never_subscribed"
    ENDED = "ended"  # detail: the reason
    PAUSED = "paused"  # until_at
    QUIET_HOURS = "quiet_hours"  # until_at
    DIGEST = "digest"  # until_at: when the next one comes
    URGENT_ONLY = "urgent_only"
    ON_ITS_WAY = "on_its_way"  # count
    NOT_DELIVERED = "not_delivered"  # detail: the state of the newest one
    NOTHING_NEW = "nothing_new"  # no alert concerned the chat since it subscribed


@dataclass(frozen=True)
class Quiet:
    """One reason for hearing nothing."""

    kind: Silence
    until_at: dt.datetime | None = None
    detail: str | None = None
    count: int = 0


def why_did_i_get(session: Session, chat_id: int, alert_id: int) -> Why | None:
    """Return why a chat got an alert, or None if it did not."""
    delivery, alert = session.get(Delivery, (alert_id, chat_id)), session.get(Alert, alert_id)
    if delivery is None or alert is None:
        return None
    audience = read_audience(alert.audience)
    wishes = subscriptions.list_wishes(session, chat_id)
    return Why(
        alert_id=alert_id,
        advisory_id=alert.advisory_id,
        message_type=MessageType(alert.message_type),
        basis=Basis(delivery.basis),
        state=DeliveryState(delivery.state),
        sent_at=delivery.sent_at,
        wishes=tuple(wish for wish in wishes if audience.concerns([wish])),
    )


def why_nothing(session: Session, chat_id: int, *, at: dt.datetime) -> tuple[Quiet, ...]:
    """Return every reason why a chat hears nothing now; never empty."""
    person = subscriptions.find_subscriber(session, chat_id)
    if person is None:
        return (Quiet(Silence.NEVER_SUBSCRIBED),)
    if person.ended_at is not None:
        return (Quiet(Silence.ENDED, detail=person.ended_reason),)
    found = [*_by_wish(person, at), *_by_deliveries(session, person)]
    return tuple(found) or (Quiet(Silence.NOTHING_NEW),)


def _by_wish(person: Subscriber, at: dt.datetime) -> list[Quiet]:
    """What the person chose."""
    found = []
    if person.paused_until is not None and person.paused_until > at:
        found.append(Quiet(Silence.PAUSED, until_at=person.paused_until))
    if person.quiet_from is not None and person.quiet_until is not None:
        until = quiet_end(at, QuietHours(person.quiet_from, person.quiet_until, person.time_zone))
        found += [Quiet(Silence.QUIET_HOURS, until_at=until)] if until else []
    if person.pace != Pace.NOW:
        found.append(Quiet(Silence.DIGEST, until_at=next_digest(at, Pace(person.pace), person.time_zone)))
    if person.urgent_only:
        found.append(Quiet(Silence.URGENT_ONLY))
    return found


def _by_deliveries(session: Session, person: Subscriber) -> list[Quiet]:
    """What became of the alerts that concerned the chat."""
    mine = (Delivery.chat_id == person.chat_id, Alert.status == AlertStatus.ACTUAL)
    joined = select(Delivery.state).join(Alert, Alert.id == Delivery.alert_id).where(*mine)
    counted = joined.where(Delivery.state.in_(OPEN)).with_only_columns(func.count())
    waiting = session.scalar(counted) or 0
    found = [Quiet(Silence.ON_ITS_WAY, count=waiting)] if waiting else []
    newest = session.scalars(joined.order_by(Delivery.alert_id.desc()).limit(1)).first()
    if newest is None:
        found.append(Quiet(Silence.NOTHING_NEW))
    elif newest not in OPEN and newest != DeliveryState.SENT:
        found.append(Quiet(Silence.NOT_DELIVERED, detail=newest))
    return found
