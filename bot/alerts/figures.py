"""Counts how an alert went: eligible, sent, failed by reason, and how many minutes it took. Changes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.alerts import lifecycle
from bot.alerts.models import Alert, Delivery, Subscriber
from bot.alerts.states import ARRIVED, OPEN, AlertStatus, DeliveryState, Lane
from knowledge.models import Advisory, Source
from knowledge.vocabulary import Status

ENOUGH_CANARIES = 2  # one may have blocked the bot or lost its telephone
NOT_PUT_OFF = dt.timedelta(minutes=5)  # due this soon after approval; quiet hours and digests put others off


@dataclass(frozen=True)
class Figures:
    """One alert in numbers. Minutes run from the last approval to Telegram's yes, for those due at once."""

    eligible: int
    sent: int
    waiting: int
    failed: int
    by_state: dict[str, int]
    p50_minutes: float | None
    p95_minutes: float | None


@dataclass(frozen=True)
class Freshness:
    """How new what we know from a source is."""

    source: str
    newest_notice: dt.date | None
    last_change_at: dt.datetime


def read_figures(session: Session, alert_id: int) -> Figures:
    """Return the figures of an alert. Raises UnknownAlert."""
    approved_at = lifecycle.get_alert(session, alert_id).approved_at
    counted = select(Delivery.state, func.count()).where(Delivery.alert_id == alert_id).group_by(Delivery.state)
    by_state = {DeliveryState(state).value: count for state, count in session.execute(counted.order_by(Delivery.state))}
    eligible, waiting = sum(by_state.values()), sum(by_state.get(state, 0) for state in OPEN)
    arrived = sum(by_state.get(state, 0) for state in ARRIVED)
    return Figures(
        eligible=eligible,
        sent=by_state.get(DeliveryState.SENT, 0),
        waiting=waiting,
        failed=eligible - waiting - arrived,
        by_state=by_state,
        p50_minutes=_minutes(session, alert_id, approved_at, 0.5),
        p95_minutes=_minutes(session, alert_id, approved_at, 0.95),
    )


def count_subscribers(session: Session) -> int:
    """Return how many chats have alerts now."""
    return session.scalar(select(func.count()).select_from(Subscriber).where(Subscriber.ended_at.is_(None))) or 0


def count_canaries(session: Session) -> int:
    """Return how many staff accounts get every alert; two or more are needed to notice a fault."""
    canaries = select(func.count()).select_from(Subscriber).where(Subscriber.is_canary, Subscriber.ended_at.is_(None))
    return session.scalar(canaries) or 0


def find_last_test(session: Session) -> dt.datetime | None:
    """Return when the last weekly test was started; None where none ever was."""
    started = select(func.max(Alert.started_at)).where(Alert.status == AlertStatus.TEST)
    return session.scalar(started)


def list_freshness(session: Session) -> tuple[Freshness, ...]:
    """Return how new each source is, the newest first."""
    changed_at = func.max(Advisory.changed_at)
    query = (
        select(Source.name, func.max(Advisory.date), changed_at)
        .join(Advisory, Advisory.source_id == Source.id)
        .where(Advisory.status == Status.PUBLISHED)
        .group_by(Source.id, Source.name)
        .order_by(changed_at.desc(), Source.name)
    )
    return tuple(Freshness(name, newest, at) for name, newest, at in session.execute(query))


def _minutes(session: Session, alert_id: int, since: dt.datetime | None, share: float) -> float | None:
    """Return within how many minutes that share of the people had it."""
    if since is None:
        return None
    at_once = (
        Delivery.alert_id == alert_id,
        Delivery.state == DeliveryState.SENT,
        Delivery.lane != Lane.DIGEST,
        Delivery.not_before_at <= since + NOT_PUT_OFF,
    )
    count = session.scalar(select(func.count()).select_from(Delivery).where(*at_once)) or 0
    if count == 0:
        return None
    rank = min(int(count * share), count - 1)
    moment = session.scalars(
        select(Delivery.sent_at).where(*at_once).order_by(Delivery.sent_at).offset(rank).limit(1)
    ).one()
    return round((moment - since).total_seconds() / 60, 2) if moment is not None else None
