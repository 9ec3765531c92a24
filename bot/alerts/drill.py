"""Asks for the weekly test: an alert, then its update, then its withdrawal, to staff's own accounts only.

It goes the whole way that an alert in earnest goes, approval included, so that people and program stay in practice.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.alerts import audit, figures, lifecycle
from bot.alerts.audience import Audience
from bot.alerts.models import Alert
from bot.alerts.states import OVER, AlertState, AlertStatus, MessageType
from knowledge import advisories
from knowledge.library import day_in_india, select_valid

EVERY = dt.timedelta(days=7)


def request_if_due(session: Session, *, at: dt.datetime) -> Alert | None:
    """Ask for the next step of the weekly test where one is due; None if not, or where there are no canaries."""
    if figures.count_canaries(session) == 0:
        return None
    last = session.scalars(
        select(Alert).where(Alert.status == AlertStatus.TEST).order_by(Alert.id.desc()).limit(1)
    ).first()
    if last is None or at - last.requested_at >= EVERY:
        return _begin(session, at) if last is None or last.state in (*OVER, AlertState.DONE) else None
    if last.state != AlertState.DONE:
        return None
    ask = {MessageType.ALERT: lifecycle.request_update, MessageType.UPDATE: lifecycle.request_cancel}
    following = ask.get(MessageType(last.message_type))
    if following is None:
        return None
    return following(session, last.advisory_id, by=audit.SATARK, at=at, references_id=last.id)


def words_of(alert: Alert) -> str:
    """Return what staff hear when a step of the weekly test waits for them."""
    return f"The weekly test ({alert.message_type}, alert {alert.id}) waits for approval: /pending"


def _begin(session: Session, at: dt.datetime) -> Alert | None:
    """Test with the newest notice in use; the text says TEST above and below it."""
    records = map(advisories.record_of, advisories.list_advisories(session))
    newest = next(iter(select_valid(records, day_in_india(at))), None)
    if newest is None:
        return None
    audience = (
        Audience(newest.countries, newest.topics) if newest.countries or newest.topics else Audience(everyone=True)
    )
    return lifecycle.request_alert(
        session, newest.id, by=audit.SATARK, at=at, audience=audience, status=AlertStatus.TEST
    )
