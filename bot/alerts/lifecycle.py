"""The life of an alert: asked for, called off, stopped, replaced, withdrawn, expired. Approves and sends nothing.

The words are those of the Common Alerting Protocol 1.2: an `update` replaces an earlier alert and a `cancel` takes it
back; both name what they refer to, nothing is edited in place, and everything expires.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import and_, delete, exists, select, update
from sqlalchemy.orm import Session

from bot.alerts import audit, matching, outbox
from bot.alerts.audience import Audience, audience_of_advisory, checked, read_audience
from bot.alerts.models import (
    Alert,
    AlertText,
    Approval,
    ApprovalPrompt,
    Delivery,
    HeardVerdict,
    Subscriber,
    Subscription,
)
from bot.alerts.states import (
    OVER,
    AlertState,
    AlertStatus,
    DeliveryState,
    Lane,
    MessageType,
    Reader,
)
from bot.alerts.wording import Text, hash_content, require_good_wording
from bot.presenters.alert import AlertWords, present_alert
from knowledge import advisories
from knowledge.library import day_in_india, select_valid
from knowledge.models import Advisory, PublicationAction, PublicationEvent
from knowledge.vocabulary import Language, Severity, Status

VALID_FOR = dt.timedelta(hours=72)
EMERGENCY_VALID_FOR = dt.timedelta(hours=24)
CORRECTION_VALID_FOR = dt.timedelta(days=7)  # a wrong message is in people's hands until it is corrected
DANGER_TO_LIFE = (Severity.DO_NOT_GO, Severity.LEAVE)
_READERS = {
    MessageType.ALERT: (Reader.SUBSCRIBER,),
    MessageType.UPDATE: (Reader.SUBSCRIBER, Reader.ASKER, Reader.NEWCOMER),
    MessageType.CANCEL: (Reader.SUBSCRIBER, Reader.ASKER),
}


class CannotAlert(Exception):
    """It cannot be asked for now; the message says why and what to do instead."""


class UnknownAlert(Exception):
    """There is no alert with this number."""

    def __init__(self, alert_id: int) -> None:
        super().__init__(f"There is no alert {alert_id}. `satark alerts status` shows all.")
        self.alert_id = alert_id


@dataclass(frozen=True)
class Preview:
    """What an approver looks at: the words in each language, how many people, and the hash that names all of it."""

    alert: Alert
    texts: tuple[Text, ...]
    recipients: int
    recipients_by_language: dict[str, int]
    text_hash: str


def request_alert(
    session: Session,
    advisory_id: str,
    *,
    by: str,
    at: dt.datetime,
    audience: Audience | None = None,
    status: AlertStatus = AlertStatus.ACTUAL,
    emergency: bool | None = None,
    valid_for: dt.timedelta | None = None,
) -> Alert:
    """Ask for an alert about a published advisory. It waits for approval.

    The audience is the advisory's countries and topics unless given. Raises UnknownAdvisory, BadAudience, BadWording,
    and CannotAlert: not published, no longer in use, or told already.
    """
    advisory = _get_usable(session, advisory_id, at)
    _require_untold(session, advisory, status)
    if audience is None:
        audience = audience_of_advisory(advisory.countries, advisory.topics)
    urgent = advisory.severity in DANGER_TO_LIFE if emergency is None else emergency
    alert = _draft(advisory, MessageType.ALERT, status, checked(audience), urgent, by, at)
    alert.lane = Lane.EMERGENCY if urgent else Lane.NORMAL
    alert.expires_at = at + (valid_for or (EMERGENCY_VALID_FOR if urgent else VALID_FOR))
    return _store(session, alert, advisory)


def request_update(
    session: Session, advisory_id: str, *, by: str, at: dt.datetime, references_id: int | None = None
) -> Alert:
    """Ask for a correction: those who got the earlier alert of this advisory are told how it reads now.

    `advisory_id` may also be an advisory that supersedes the one told of, if `references_id` names the alert. Raises
    UnknownAdvisory, UnknownAlert, BadWording and CannotAlert.
    """
    advisory = _get_usable(session, advisory_id, at)
    earlier = _find_reference(session, advisory, references_id)
    unchanged = earlier is not None and earlier.advisory_version == advisory.content_hash
    may_repeat = earlier is not None and (earlier.status == AlertStatus.TEST or earlier.state in OVER)
    if earlier is not None and unchanged and not may_repeat:
        raise CannotAlert(f"{advisory_id} has not changed since alert {earlier.id}, so there is nothing to correct.")
    return _request_correction(session, advisory, MessageType.UPDATE, earlier, by, at)


def request_cancel(
    session: Session, advisory_id: str, *, by: str, at: dt.datetime, references_id: int | None = None
) -> Alert:
    """Ask that an advisory be taken back from all who were told of it, by an alert or in a verdict.

    Raises UnknownAdvisory, UnknownAlert, BadWording and CannotAlert.
    """
    advisory = advisories.get_advisory(session, advisory_id)
    earlier = _find_reference(session, advisory, references_id)
    return _request_correction(session, advisory, MessageType.CANCEL, earlier, by, at)


def revise(
    session: Session,
    alert_id: int,
    *,
    by: str,
    at: dt.datetime,
    audience: Audience | None = None,
    emergency: bool | None = None,
) -> Alert:
    """Word a requested alert anew, after its advisory changed or with another audience. Approvals so far are void.

    Raises UnknownAlert, BadAudience, BadWording and CannotAlert where it is past being changed.
    """
    alert = get_alert(session, alert_id)
    if alert.state != AlertState.REQUESTED:
        raise CannotAlert(f"Alert {alert_id} is {alert.state}; only a requested one can be changed.")
    if audience is not None:
        alert.audience = checked(audience).as_json()
    if emergency is not None and alert.message_type == MessageType.ALERT:
        alert.emergency, alert.lane = emergency, Lane.EMERGENCY if emergency else Lane.NORMAL
    advisory = advisories.get_advisory(session, alert.advisory_id)
    alert.advisory_version, alert.severity = advisory.content_hash, advisory.severity
    session.execute(delete(AlertText).where(AlertText.alert_id == alert_id))
    session.execute(delete(Approval).where(Approval.alert_id == alert_id))
    session.execute(delete(ApprovalPrompt).where(ApprovalPrompt.alert_id == alert_id))
    _write_texts(session, alert, advisory)
    audit.note(session, "revise", by=by, at=at, alert_id=alert_id, text_hash=alert.text_hash, audience=alert.audience)
    return alert


def cancel(session: Session, alert_id: int, *, by: str, reason: str, at: dt.datetime) -> Alert:
    """Call an alert off: from the moment this is stored nothing more of it is claimed. Says nothing to who has it.

    To take it back from those who got it, ask for a cancellation (`request_cancel`). Raises UnknownAlert, and
    CannotAlert where it is over.
    """
    alert = get_alert(session, alert_id)
    if alert.state in OVER:
        raise CannotAlert(f"Alert {alert_id} is {alert.state} already: {alert.state_reason}.")
    if alert.state == AlertState.DONE and not outbox.has_pending(session, [alert_id]):
        raise CannotAlert(
            f"Alert {alert_id} has gone out to everyone. To take it back: satark alerts request "
            f"{alert.advisory_id} --withdraw"
        )
    _close(session, alert, AlertState.CANCELLED, reason, at)
    audit.note(session, "cancel", by=by, at=at, alert_id=alert_id, reason=reason)
    return alert


def stop(
    session: Session, alert_id: int, *, reason: str, at: dt.datetime, restore_ended_since: dt.datetime | None = None
) -> Alert:
    """Stop an alert that goes wrong, such as by a spike of refusals. What was not sent is closed.

    With `restore_ended_since`, subscribers whom this alert's refusals ended since then are brought back: so many at
    once speak of a fault of ours or Telegram's, not of them. Raises UnknownAlert.
    """
    alert = get_alert(session, alert_id)
    if alert.state in OVER:
        return alert
    _close(session, alert, AlertState.STOPPED, reason, at)
    restored = _restore_ended(session, alert_id, restore_ended_since) if restore_ended_since else 0
    audit.note(session, "stop", by=audit.SATARK, at=at, alert_id=alert_id, reason=reason, restored=restored)
    return alert


def start(session: Session, alert_id: int, *, at: dt.datetime) -> Alert:
    """Begin an approved alert, and call off what it replaces; stop it instead if anything changed since approval."""
    alert = get_alert(session, alert_id)
    if problem := find_change(session, alert, at):
        return stop(session, alert_id, reason=problem, at=at)
    alert.state, alert.started_at = AlertState.RUNNING, at
    for earlier in matching.list_chain(session, alert):
        if earlier.state not in OVER and (
            earlier.state != AlertState.DONE or outbox.has_pending(session, [earlier.id])
        ):
            _close(session, earlier, AlertState.CANCELLED, matching.replaced_by(alert_id), at)
    audit.note(session, "start", by=audit.SATARK, at=at, alert_id=alert_id)
    session.flush()
    return alert


def find_change(session: Session, alert: Alert, at: dt.datetime) -> str | None:
    """Say what changed since an alert was worded, so that it may not go out as it was approved; None if nothing."""
    if alert.expires_at <= at:
        return "its time passed before it could start"
    advisory = advisories.get_advisory(session, alert.advisory_id)
    if advisory.content_hash != alert.advisory_version:
        return "the advisory was changed after the alert was worded"
    if alert.message_type != MessageType.CANCEL and advisory.status != Status.PUBLISHED:
        return "the advisory is not public any more"
    if hash_of(session, alert) != alert.text_hash:
        return "the texts or the audience are not those that were approved"
    return None


def preview(session: Session, alert_id: int, *, at: dt.datetime) -> Preview:
    """Return what an approver has to see. Raises UnknownAlert."""
    alert = get_alert(session, alert_id)
    counts = matching.count_recipients(session, alert, at=at)
    return Preview(alert, _texts_of(session, alert), sum(counts.values()), counts, hash_of(session, alert))


def get_alert(session: Session, alert_id: int) -> Alert:
    """Return an alert. Raises UnknownAlert."""
    alert = session.get(Alert, alert_id)
    if alert is None:
        raise UnknownAlert(alert_id)
    return alert


def list_alerts(session: Session, *, open_only: bool = False, most: int = 50) -> tuple[Alert, ...]:
    """Return alerts, newest first; only those that wait or run if so asked."""
    query = select(Alert).order_by(Alert.id.desc()).limit(most)
    if open_only:
        query = query.where(Alert.state.in_((AlertState.REQUESTED, AlertState.APPROVED, AlertState.RUNNING)))
    return tuple(session.scalars(query))


def hash_of(session: Session, alert: Alert) -> str:
    """Compute the hash of an alert as it is stored now; it must equal `text_hash`, or somebody changed something."""
    return hash_content(_texts_of(session, alert), _decided(alert))


# --- asking ------------------------------------------------------------------------------------------------------


def _get_usable(session: Session, advisory_id: str, at: dt.datetime) -> Advisory:
    advisory = advisories.get_advisory(session, advisory_id)
    if advisory.status != Status.PUBLISHED:
        raise CannotAlert(
            f"{advisory_id} is a {advisory.status}. Publish it first: satark-ingest publish {advisory_id}"
        )
    records = map(advisories.record_of, advisories.list_advisories(session))
    if advisory_id not in {record.id for record in select_valid(records, day_in_india(at))}:
        raise CannotAlert(f"{advisory_id} is superseded or has expired, so nobody is told of it any more.")
    return advisory


def _require_untold(session: Session, advisory: Advisory, status: AlertStatus) -> None:
    """One alert per advisory, then corrections of it; one that ended may be asked for again, and skips who has it."""
    if status is AlertStatus.TEST:
        return
    same = select(Alert).where(Alert.advisory_id == advisory.id, Alert.status == status)
    for alert in session.scalars(same.order_by(Alert.id.desc())):
        if alert.message_type == MessageType.CANCEL and alert.started_at is not None and alert.state not in OVER:
            return  # it was taken back from everyone, and may be said anew
        if alert.state not in OVER:
            changed = alert.advisory_version != advisory.content_hash
            advice = f" To correct it: satark alerts request {advisory.id} --update" if changed else ""
            raise CannotAlert(f"Alert {alert.id} tells of {advisory.id} already ({alert.state}).{advice}")


def _find_reference(session: Session, advisory: Advisory, references_id: int | None) -> Alert | None:
    """Return the alert that a correction is to replace; None if people know the advisory from verdicts only.

    Raises UnknownAlert and CannotAlert: a correction must name something that went out and still counts.
    """
    if references_id is not None:
        earlier = get_alert(session, references_id)
        if earlier.advisory_id not in (advisory.id, *advisory.supersedes):
            raise CannotAlert(f"Alert {references_id} is about {earlier.advisory_id}, not about {advisory.id}.")
        _require_replaceable(session, earlier)
        return earlier
    query = select(Alert).where(
        Alert.advisory_id == advisory.id, Alert.status == AlertStatus.ACTUAL, Alert.started_at.is_not(None)
    )
    halted = and_(Alert.message_type == MessageType.CANCEL, Alert.state.in_(OVER))
    newest = session.scalars(query.where(~halted).order_by(Alert.id.desc()).limit(1)).first()
    if newest is None:
        _require_no_open(session, advisory)
        return None
    _require_replaceable(session, newest)
    return newest


def _require_replaceable(session: Session, earlier: Alert) -> None:
    if earlier.started_at is None:
        raise CannotAlert(
            f"Alert {earlier.id} has not gone out ({earlier.state}). Call it off instead: "
            f"satark alerts cancel {earlier.id}"
        )
    if earlier.message_type == MessageType.CANCEL:
        raise CannotAlert(f"Alert {earlier.id} was itself a withdrawal. To warn again, publish and alert anew.")
    successors = select(Alert).where(Alert.references_id == earlier.id)
    for later in session.scalars(successors):
        halted = later.message_type == MessageType.CANCEL and later.state in OVER
        if later.state not in OVER or (later.started_at is not None and not halted):
            raise CannotAlert(
                f"Alert {earlier.id} is replaced by alert {later.id} already ({later.state}). Name that one."
            )


def _require_no_open(session: Session, advisory: Advisory) -> None:
    waiting = select(Alert).where(
        Alert.advisory_id == advisory.id, Alert.status == AlertStatus.ACTUAL, Alert.state.not_in(OVER)
    )
    if (alert := session.scalars(waiting).first()) is not None:
        raise CannotAlert(
            f"Alert {alert.id} about {advisory.id} has not gone out ({alert.state}). Call it off instead: "
            f"satark alerts cancel {alert.id}"
        )


def _request_correction(
    session: Session, advisory: Advisory, kind: MessageType, earlier: Alert | None, by: str, at: dt.datetime
) -> Alert:
    if earlier is None and not _was_heard(session, advisory, kind):
        raise CannotAlert(f"Nobody was told of an earlier version of {advisory.id}, so there is nothing to correct.")
    status = AlertStatus(earlier.status) if earlier else AlertStatus.ACTUAL
    emergency = earlier.emergency if earlier else False
    audience = read_audience(earlier.audience) if earlier else Audience()  # for whom the earlier one had not reached
    alert = _draft(advisory, kind, status, audience, emergency, by, at)
    alert.lane = min(earlier.lane, Lane.CORRECTION) if earlier else Lane.CORRECTION
    alert.expires_at = at + CORRECTION_VALID_FOR
    alert.references_id = earlier.id if earlier else None
    alert.references_version = earlier.advisory_version if earlier else _version_before(session, advisory, kind)
    return _store(session, alert, advisory)


def _was_heard(session: Session, advisory: Advisory, kind: MessageType) -> bool:
    cited = exists().where(HeardVerdict.advisory_id == advisory.id)
    if kind is MessageType.UPDATE:
        cited = cited.where(HeardVerdict.advisory_version != advisory.content_hash)
    return bool(session.scalar(select(cited)))


def _version_before(session: Session, advisory: Advisory, kind: MessageType) -> str:
    """The version of the advisory that people heard of last, from its public history."""
    told = (PublicationAction.PUBLISHED, PublicationAction.UPDATED, PublicationAction.RESTORED)
    query = select(PublicationEvent.content_hash).where(
        PublicationEvent.advisory_id == advisory.id, PublicationEvent.action.in_(told)
    )
    if kind is MessageType.UPDATE:
        query = query.where(PublicationEvent.content_hash != advisory.content_hash)
    return session.scalars(query.order_by(PublicationEvent.id.desc()).limit(1)).first() or advisory.content_hash


def _draft(
    advisory: Advisory,
    kind: MessageType,
    status: AlertStatus,
    audience: Audience,
    emergency: bool,
    by: str,
    at: dt.datetime,
) -> Alert:
    return Alert(
        advisory_id=advisory.id,
        advisory_version=advisory.content_hash,
        message_type=kind,
        status=status,
        audience=audience.as_json(),
        severity=advisory.severity,
        emergency=emergency,
        text_hash="",
        state=AlertState.REQUESTED,
        requested_by=by,
        requested_at=at,
    )


def _store(session: Session, alert: Alert, advisory: Advisory) -> Alert:
    session.add(alert)
    session.flush()
    if (until := matching.usable_until(session, alert)) and alert.message_type != MessageType.CANCEL:
        alert.expires_at = min(alert.expires_at, until)
    _write_texts(session, alert, advisory)
    audit.note(
        session,
        "request",
        by=alert.requested_by,
        at=alert.requested_at,
        alert_id=alert.id,
        text_hash=alert.text_hash,
        message_type=alert.message_type,
        status=alert.status,
        audience=alert.audience,
    )
    session.flush()
    return alert


# --- words -------------------------------------------------------------------------------------------------------


def _write_texts(session: Session, alert: Alert, advisory: Advisory) -> None:
    """Word the alert in every language, look the words over, and name them by their hash. Raises BadWording."""
    earlier = {text.language: text.headline for text in _earlier_texts(session, alert)}
    texts = [
        _word(alert, advisory, language, reader, earlier.get(language.value, ""))
        for language in Language
        for reader in _READERS[MessageType(alert.message_type)]
    ]
    require_good_wording(texts, AlertStatus(alert.status))
    for text in texts:
        session.add(AlertText(alert_id=alert.id, **vars(text)))
    alert.text_hash = hash_content(texts, _decided(alert))
    session.flush()


def _earlier_texts(session: Session, alert: Alert) -> tuple[Text, ...]:
    return _texts_of(session, get_alert(session, alert.references_id)) if alert.references_id is not None else ()


def _word(alert: Alert, advisory: Advisory, language: Language, reader: Reader, earlier_headline: str) -> Text:
    is_news = reader is Reader.NEWCOMER  # the earlier message never reached them, so to them nothing is corrected
    words = AlertWords(
        number=alert.id,
        notice=advisories.record_of(advisory),
        message=MessageType.ALERT.value if is_news else alert.message_type,
        is_test=alert.status == AlertStatus.TEST,
        is_emergency=alert.emergency,
        for_asker=reader is Reader.ASKER,
        for_everyone=alert.audience["everyone"],
        requested_at=alert.requested_at,
        earlier_headline=earlier_headline,
    )
    presented = present_alert(words, language)
    return Text(language.value, reader.value, presented.html, presented.headline, presented.edit)


def _texts_of(session: Session, alert: Alert) -> tuple[Text, ...]:
    query = select(AlertText).where(AlertText.alert_id == alert.id).order_by(AlertText.language, AlertText.reader)
    rows = session.scalars(query.execution_options(populate_existing=True)).all()
    return tuple(Text(row.language, row.reader, row.html, row.headline, row.edit) for row in rows)


def _decided(alert: Alert) -> dict[str, object]:
    """What an approval covers beside the words."""
    return {
        "alert": alert.id,
        "advisory": alert.advisory_id,
        "version": alert.advisory_version,
        "message_type": str(alert.message_type),
        "status": str(alert.status),
        "references": alert.references_id,
        "references_version": alert.references_version,
        "audience": alert.audience,
        "emergency": alert.emergency,
    }


# --- ending ------------------------------------------------------------------------------------------------------


def _close(session: Session, alert: Alert, state: AlertState, reason: str, at: dt.datetime) -> None:
    """End an alert by its one row; its waiting deliveries are closed by the next turns, none is claimed any more."""
    never_sent = alert.state in (AlertState.REQUESTED, AlertState.APPROVED)
    alert.state, alert.state_reason = state, reason
    alert.finished_at = at if never_sent else None
    session.flush()


def _restore_ended(session: Session, alert_id: int, since: dt.datetime) -> int:
    refused = (DeliveryState.BLOCKED, DeliveryState.DEACTIVATED, DeliveryState.NOT_FOUND)
    query = select(Delivery.chat_id).where(
        Delivery.alert_id == alert_id, Delivery.state.in_(refused), Delivery.finished_at >= since
    )
    return sum(_restore(session, chat_id, since) for chat_id in session.scalars(query).all())


def _restore(session: Session, chat_id: int, since: dt.datetime) -> bool:
    row = session.get(Subscriber, chat_id)
    if row is None or row.ended_at is None or row.ended_at < since:
        return False
    together = (Subscription.chat_id == chat_id, Subscription.ended_at == row.ended_at)
    session.execute(update(Subscription).where(*together).values(ended_at=None, ended_reason=None))
    row.ended_at, row.ended_reason = None, None
    return True
