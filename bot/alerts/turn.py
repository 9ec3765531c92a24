"""Moves all alerts on by one short step: called about every second by whoever holds the sender lease.

Each step is a transaction of its own and safe to repeat, so a crash anywhere costs nothing but the step. Where nothing
is to be done, nothing is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine, Select, and_, case, exists, func, or_, select, update
from sqlalchemy.orm import Session

from bot.alerts import audit, lifecycle, matching, outbox
from bot.alerts.audience import BadAudience
from bot.alerts.lifecycle import CannotAlert
from bot.alerts.models import IS_CLAIMED, IS_PENDING, Alert, Delivery
from bot.alerts.states import OVER, SENDING, AlertState, DeliveryState, Lane, MessageType
from bot.alerts.wording import BadWording
from bot.alerts.writing import count_changed
from knowledge import alert_requests
from knowledge.advisories import UnknownAdvisory
from knowledge.alert_requests import WaitingRequest
from knowledge.database import read_session, write_session
from knowledge.models import Advisory, AlertRequest, PublicationAction
from knowledge.vocabulary import Status

MATCHING_LOCK = 7_282_752  # any number, the same in every process: PostgreSQL's lock of whoever matches
CLOSED_AT_ONCE = 20_000  # deliveries in one transaction


@dataclass(frozen=True)
class News:
    """Something that staff ought to hear: a fixed word, the alert if there is one, and a sentence."""

    kind: str  # requested | not_requested | started | stopped | expired | done
    alert_id: int | None
    words: str


@dataclass(frozen=True)
class Turn:
    """What a turn did: the news for staff, and whether more waits to be done at once."""

    news: tuple[News, ...]
    busy: bool


def take_turn(engine: Engine, *, at: dt.datetime, batch: int | None = None) -> Turn:
    """Do what is due. Raises DatabaseUnavailable; the next turn then does it."""
    with read_session(engine) as session:
        due = _find_due(session, at)
    news: list[News] = []
    for request in due.requests:
        news += _take_up(engine, request, at)
    for alert_id in due.expired:
        news += _expire(engine, alert_id, at)
    for alert_id in due.outdated:
        news += _stop_outdated(engine, alert_id, at)
    for alert_id in due.approved:
        news += _start(engine, alert_id, at)
    for alert_id in due.closing:
        _close_deliveries(engine, alert_id, at)
    for alert_id in due.matching:
        _match(engine, alert_id, at, batch)
    for alert_id in due.stale:
        _expire_deliveries(engine, alert_id, at)
    if due.has_lost_claims:
        with write_session(engine) as session:
            outbox.recover(session, at=at)
    for alert_id in due.through:
        news += _finish(engine, alert_id, at)
    return Turn(tuple(news), busy=bool(due.closing or due.matching or due.approved))


@dataclass(frozen=True)
class _Due:
    requests: tuple[WaitingRequest, ...]
    expired: Sequence[int]
    outdated: Sequence[int]
    approved: Sequence[int]
    closing: Sequence[int]
    matching: Sequence[int]
    stale: Sequence[int]
    through: Sequence[int]
    has_lost_claims: bool


def _find_due(session: Session, at: dt.datetime) -> _Due:
    waiting = (AlertState.REQUESTED, AlertState.APPROVED)
    alert_id = select(Alert.id).order_by(Alert.lane, Alert.id)
    running = alert_id.where(Alert.state == AlertState.RUNNING)
    sending = alert_id.where(
        or_(
            Alert.state == AlertState.RUNNING,
            and_(Alert.state == AlertState.DONE, Alert.finished_at > at - outbox.DIGEST_OPEN_FOR),
        )
    )
    has_overdue = or_(
        and_(Alert.expires_at <= at, exists().where(Delivery.alert_id == Alert.id, IS_PENDING, *_overdue(at))),
        exists().where(
            Delivery.alert_id == Alert.id,
            IS_PENDING,
            Delivery.lane == Lane.DIGEST,
            Delivery.not_before_at <= at - matching.DIGEST_VALID_FOR,
            *_overdue(at),
        ),
    )
    outdated = sending.join(Advisory, Advisory.id == Alert.advisory_id).where(
        Advisory.status != Status.PUBLISHED, Alert.message_type != MessageType.CANCEL
    )
    lost = exists().where(IS_CLAIMED, Delivery.lease_until <= at)
    return _Due(
        requests=alert_requests.list_waiting(session),
        expired=_ids(session, alert_id.where(Alert.state.in_(waiting), Alert.expires_at <= at)),
        outdated=_ids(session, outdated),
        approved=_ids(session, alert_id.where(Alert.state == AlertState.APPROVED, Alert.expires_at > at)),
        closing=_ids(session, alert_id.where(Alert.state.in_(OVER), Alert.finished_at.is_(None))),
        matching=_ids(session, running.where(Alert.matched_at.is_(None))),
        stale=_ids(session, sending.where(has_overdue)),
        through=_ids(session, running.where(or_(Alert.matched_at.is_not(None), Alert.expires_at <= at))),
        has_lost_claims=bool(session.scalar(select(lost))),
    )


def _ids(session: Session, query: Select[int]) -> list[int]:
    return list(session.scalars(query))


def _overdue(at: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions that a delivery is too late; the first is quick to check by the index of what waits."""
    return (Delivery.not_before_at <= at, Delivery.expires_at <= at)


def _take_up(engine: Engine, request: WaitingRequest, at: dt.datetime) -> list[News]:
    """Turn a request of the ingest command line into an alert that waits for approval, or say why there is none."""
    asks = {
        PublicationAction.WITHDRAWN: lifecycle.request_cancel,
        PublicationAction.SUPERSEDED: lifecycle.request_cancel,
        PublicationAction.UPDATED: lifecycle.request_update,
    }
    try:
        with write_session(engine) as session:
            if session.get_one(AlertRequest, request.id).taken_at is not None:
                return []  # another process was quicker
            ask = asks.get(request.action, lifecycle.request_alert)
            alert = ask(session, request.advisory_id, by=request.by, at=at)
            alert_requests.mark_taken(session, request.id, outcome=f"alert {alert.id}", at=at)
            words = f"An alert about {request.advisory_id} waits for approval."
            return [News("requested", alert.id, words)]
    except (CannotAlert, BadAudience, BadWording, UnknownAdvisory) as refusal:
        with write_session(engine) as session:
            alert_requests.mark_taken(session, request.id, outcome=str(refusal), at=at)
            audit.note(session, "not_requested", by=request.by, at=at, reason=str(refusal))
        if request.action == PublicationAction.WITHDRAWN:
            return []  # every withdrawal asks; mostly nobody was told
        return [News("not_requested", None, f"No alert about {request.advisory_id}: {refusal}")]


def _expire(engine: Engine, alert_id: int, at: dt.datetime) -> list[News]:
    with write_session(engine) as session:
        alert = lifecycle.get_alert(session, alert_id)
        if alert.state not in (AlertState.REQUESTED, AlertState.APPROVED):
            return []
        alert.state, alert.finished_at = AlertState.EXPIRED, at
        alert.state_reason = "nobody approved it in time"
        audit.note(session, "expire", by=audit.SATARK, at=at, alert_id=alert_id)
    return [News("expired", alert_id, f"Alert {alert_id} was not approved in time and will not go out.")]


def _stop_outdated(engine: Engine, alert_id: int, at: dt.datetime) -> list[News]:
    with write_session(engine) as session:
        alert = lifecycle.get_alert(session, alert_id)
        was_done = alert.state == AlertState.DONE
        if alert.state not in SENDING or (was_done and not outbox.has_open(session, [alert_id])):
            return []
        lifecycle.stop(session, alert_id, reason="its advisory is not public any more", at=at)
    return [News("stopped", alert_id, f"Alert {alert_id} was stopped: its advisory is not public any more.")]


def _start(engine: Engine, alert_id: int, at: dt.datetime) -> list[News]:
    with write_session(engine) as session:
        alert = lifecycle.get_alert(session, alert_id)
        if alert.state != AlertState.APPROVED:
            return []
        alert = lifecycle.start(session, alert_id, at=at)
        if alert.state == AlertState.STOPPED:
            return [News("stopped", alert_id, f"Alert {alert_id} was stopped: {alert.state_reason}.")]
    return [News("started", alert_id, f"Alert {alert_id} goes out now.")]


def _match(engine: Engine, alert_id: int, at: dt.datetime, batch: int | None) -> None:
    """Write one batch. The alert itself is not locked, so that a cancel need not wait for the batch."""
    with write_session(engine) as session:
        if engine.dialect.name == "postgresql":
            mine = select(func.pg_try_advisory_xact_lock(MATCHING_LOCK, alert_id))
            if not session.scalar(mine):
                return  # another process is at it
        alert = lifecycle.get_alert(session, alert_id)
        if alert.state == AlertState.RUNNING:
            matching.match_batch(session, alert, at=at, batch=batch)
            session.refresh(alert, ["state"])
            if alert.state in OVER:
                alert.finished_at = None  # called off meanwhile: what was just written is closed by the next turn


def _close_deliveries(engine: Engine, alert_id: int, at: dt.datetime) -> None:
    """Close what waits of an alert that is over. What may have arrived already counts as uncertain."""
    with write_session(engine) as session:
        alert = lifecycle.get_alert(session, alert_id)
        waits = (Delivery.alert_id == alert_id, IS_PENDING)
        closed = update(Delivery).where(*waits, Delivery.chat_id.in_(_some(waits)))
        maybe_there = case((Delivery.copies > 0, DeliveryState.UNCERTAIN.value), else_=DeliveryState.CANCELLED.value)
        count_changed(session, closed.values(state=maybe_there, reason=alert.state_reason, finished_at=at))
        if not outbox.has_open(session, [alert_id]):
            alert.finished_at = at


def _expire_deliveries(engine: Engine, alert_id: int, at: dt.datetime) -> None:
    late = (Delivery.alert_id == alert_id, IS_PENDING, *_overdue(at))
    state = case((Delivery.copies > 0, DeliveryState.UNCERTAIN.value), else_=DeliveryState.EXPIRED.value)
    with write_session(engine) as session:
        expired = update(Delivery).where(*late, Delivery.chat_id.in_(_some(late)))
        count_changed(session, expired.values(state=state, reason="its time had passed", finished_at=at))


def _some(conditions: Sequence[ColumnElement[bool]]) -> Select[int]:
    return select(Delivery.chat_id).where(*conditions).limit(CLOSED_AT_ONCE)


def _finish(engine: Engine, alert_id: int, at: dt.datetime) -> list[News]:
    """Call an alert done once nothing of it is open, but for digests that wait for their day."""
    with read_session(engine) as session:
        if outbox.has_open(session, [alert_id], but_digests=True):
            return []
    with write_session(engine) as session:
        alert = lifecycle.get_alert(session, alert_id)
        if alert.state != AlertState.RUNNING:
            return []
        alert.state, alert.finished_at = AlertState.DONE, at
        audit.note(session, "done", by=audit.SATARK, at=at, alert_id=alert_id)
    return [News("done", alert_id, f"Alert {alert_id} has gone out.")]
