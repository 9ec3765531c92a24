"""Answers a subscriber's two questions: why did I get this, and why did I get nothing? Changes nothing.

Returns facts; `presenters` put them into words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from bot.alerts import subscriptions
from bot.alerts.audience import Wish, read_audience
from bot.alerts.models import Alert, AlertText, Delivery, Subscriber, Subscription
from bot.alerts.rhythm import QuietHours, next_digest, quiet_end
from bot.alerts.states import ARRIVED, OPEN, AlertStatus, Basis, DeliveryState, MessageType, Pace, Reader
from knowledge.models import Advisory
from knowledge.vocabulary import Language, Status


@dataclass(frozen=True)
class Why:
    """Why a chat got an alert. `wishes` are those that it met; empty for a correction or a verdict.

    `since` is when the oldest of these wishes began.
    """

    alert_id: int
    advisory_id: str
    message_type: MessageType
    basis: Basis
    state: DeliveryState
    sent_at: dt.datetime | None
    wishes: tuple[Wish, ...]
    since: dt.datetime | None
    for_everyone: bool


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
    met = [wish for wish in subscriptions.list_wishes(session, chat_id) if audience.concerns([wish])]
    return Why(
        alert_id=alert_id,
        advisory_id=alert.advisory_id,
        message_type=MessageType(alert.message_type),
        basis=Basis(delivery.basis),
        state=DeliveryState(delivery.state),
        sent_at=delivery.sent_at or (delivery.finished_at if delivery.state in ARRIVED else None),
        wishes=tuple(met),
        since=min((_begun_at(session, chat_id, wish) for wish in met), default=None),
        for_everyone=audience.everyone,
    )


def why_this_message(session: Session, chat_id: int, message_id: int | None) -> tuple[Why, ...]:
    """Return why a chat got what a message told it, a digest several things; None: the newest message.

    Empty where nothing is known of it (any more).
    """
    mine = select(Delivery).where(Delivery.chat_id == chat_id, Delivery.state.in_(ARRIVED))
    newest_first = mine.order_by(Delivery.finished_at.desc(), Delivery.alert_id.desc()).limit(1)
    if message_id is None:
        newest = session.scalars(newest_first).first()
        if newest is None or newest.message_id is None:
            return _all_of(session, [newest] if newest else [])
        message_id = newest.message_id
    rows = session.scalars(mine.where(Delivery.message_id == message_id).order_by(Delivery.alert_id)).all()
    if not rows:  # of a message that went out twice, only the second number is known
        rows = session.scalars(newest_first.where(Delivery.copies > 0)).all()
    return _all_of(session, rows)


def find_headline(session: Session, alert_id: int, language: Language) -> str | None:
    """Return what an alert was about, as HTML, where that still holds; None where it was replaced or taken back."""
    later = aliased(Alert)
    holds = (
        select(AlertText.headline)
        .join(Alert, Alert.id == AlertText.alert_id)
        .join(Advisory, Advisory.id == Alert.advisory_id)
        .where(
            Alert.id == alert_id,
            Alert.message_type != MessageType.CANCEL,
            Advisory.status == Status.PUBLISHED,
            AlertText.language == language,
            AlertText.reader == Reader.SUBSCRIBER,
            ~exists().where(later.references_id == Alert.id),
        )
    )
    return session.scalar(holds)


def _all_of(session: Session, rows: Sequence[Delivery]) -> tuple[Why, ...]:
    found = (why_did_i_get(session, row.chat_id, row.alert_id) for row in rows)
    return tuple(why for why in found if why is not None)


def _begun_at(session: Session, chat_id: int, wish: Wish) -> dt.datetime:
    return session.get_one(Subscription, (chat_id, wish.interest, wish.value)).subscribed_at


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
