"""The outbox: which deliveries wait, who is at which, how each ended. Sends nothing; the sender asks and reports.

`sent` means that Telegram accepted the message. Telegram offers no way to send "only if not sent before", so an
answer that never came leaves it open whether a message arrived: it goes out once more, and no third time (`copies`).

A claim is committed before the request. A row is only ever changed by who claimed it, or by `recover` once the claim
has run out. Functions take an open session and commit nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import ColumnElement, case, exists, func, or_, select, update
from sqlalchemy.orm import Session

from bot.alerts import control, subscriptions
from bot.alerts.audience import Wish, read_audience
from bot.alerts.models import IS_CLAIMED, IS_PENDING, Alert, AlertText, Delivery, Subscriber
from bot.alerts.rhythm import QuietHours, quiet_end
from bot.alerts.states import (
    OPEN,
    SENDING,
    AlertState,
    Basis,
    DeliveryState,
    EndReason,
    Lane,
    MessageType,
    Reader,
)
from bot.alerts.writing import count_changed
from bot.presenters.alert import present_digest
from knowledge.vocabulary import Language

LEASE = dt.timedelta(seconds=60)  # longer than the longest time-out of a request
MOST_COPIES = 2  # of one message to one chat, the doubtful ones counted
MOST_ATTEMPTS = 10
RESEND_AFTER = dt.timedelta(seconds=30)
LOOKED_AT_ONCE = 500  # rows that one claim examines at most, so that it stays short
MOST_IN_DIGEST = 12  # entries that fit into one message; more make a second one
DIGEST_OPEN_FOR = dt.timedelta(days=9)  # a weekly digest waits at most seven days, and a day for sending
_TEXTS = "alert_texts"  # where a session keeps the texts that it has read
_LOST = {
    EndReason.BLOCKED: DeliveryState.BLOCKED,
    EndReason.DEACTIVATED: DeliveryState.DEACTIVATED,
    EndReason.NOT_FOUND: DeliveryState.NOT_FOUND,
}


@dataclass(frozen=True)
class Edit:
    """The message that a chat got earlier, and what it becomes."""

    message_id: int
    html: str


@dataclass(frozen=True)
class Claim:
    """One message to one chat that the holder may send now: an alert, a correction, or a digest of several alerts."""

    alert_ids: tuple[int, ...]
    chat_id: int
    claimed_by: str
    lane: Lane
    language: Language
    html: str | None  # None: only edit the earlier message, the person has unsubscribed since
    edit: Edit | None
    reply_to: int | None
    attempt: int
    copies: int
    expires_at: dt.datetime


@dataclass(frozen=True)
class _Candidate:
    """A waiting delivery with what decides whether it may go out."""

    delivery: Delivery
    alert: Alert
    subscriber: Subscriber | None
    wishes: tuple[Wish, ...]
    earlier: Delivery | None  # what the chat got before, of a correction

    @property
    def is_correction(self) -> bool:
        return self.delivery.basis in (Basis.EARLIER_ALERT, Basis.VERDICT)

    @property
    def language(self) -> Language:
        """The language of today, not of when matching ran."""
        return Language(self.subscriber.language if self.subscriber else self.delivery.language)

    @property
    def editable_message_id(self) -> int | None:
        """The earlier message, if it may be edited: a digest holds other alerts too."""
        alone = self.earlier is not None and self.earlier.lane != Lane.DIGEST
        return self.earlier.message_id if self.earlier is not None and alone else None

    @property
    def reader(self) -> Reader:
        """For whom the text is: an update is news to somebody whom the earlier message had not reached."""
        if self.delivery.basis == Basis.VERDICT:
            return Reader.ASKER
        is_news = not self.is_correction and self.alert.message_type == MessageType.UPDATE
        return Reader.NEWCOMER if is_news else Reader.SUBSCRIBER

    @property
    def only_edit(self) -> bool:
        """Whether a correction may edit the old message but not send a new one: the person unsubscribed since."""
        unsubscribed = self.subscriber is not None and self.subscriber.ended_reason == EndReason.UNSUBSCRIBED
        return self.delivery.basis == Basis.EARLIER_ALERT and unsubscribed


@dataclass(frozen=True)
class _Closed:
    state: DeliveryState
    reason: str | None = None


@dataclass(frozen=True)
class _Deferred:
    until: dt.datetime


def claim(session: Session, *, by: str, at: dt.datetime, most: int, lease: dt.timedelta = LEASE) -> tuple[Claim, ...]:
    """Take up to `most` messages to send, the most urgent and oldest first. Commit before sending.

    Rows that turn out not to be wanted (unsubscribed, paused, too late) are closed on the way, and those in somebody's
    quiet hours are put off. Nothing is given while sending is held.
    """
    if control.find_hold(session) is not None:
        return ()
    claims: list[Claim] = []
    for lane, alert_ids in _open_lanes(session, at):
        take = _claim_digests if lane is Lane.DIGEST else _claim_lane
        claims += take(session, lane, alert_ids, by=by, at=at, most=most - len(claims), lease=lease)
        if len(claims) >= most:
            break
    session.flush()
    return tuple(claims)


def still_wanted(session: Session, claim: Claim, *, at: dt.datetime) -> bool:
    """Whether a claimed message may still go out. Ask right before the request if time has passed since the claim."""
    if control.find_hold(session) is not None:
        return False
    rows = _own_rows(session, claim)
    found = _candidates(session, [row.alert_id for row in rows], [Delivery.chat_id == claim.chat_id])
    mine = [candidate for candidate in found if candidate.delivery.claimed_by == claim.claimed_by]
    return bool(mine) and all(candidate.alert.state in SENDING and _judge(candidate, at) is None for candidate in mine)


def let_go(session: Session, claim: Claim, *, at: dt.datetime) -> None:
    """Give a claim back unsent, because it is not wanted any more or the sender stops. Costs no attempt."""
    for row in _own_rows(session, claim):
        _make_pending(row, at)
        row.attempts = max(row.attempts - 1, 0)


def mark_sent(session: Session, claim: Claim, *, message_id: int | None, at: dt.datetime) -> bool:
    """Note that Telegram accepted it. False if the row is gone or somebody else has it now.

    Also where the claim had run out meanwhile: it did arrive, so it must not go out again.
    """
    rows = [row for row in _rows(session, claim) if row.claimed_by in (claim.claimed_by, None)]
    for row in rows:
        _note_sent(row, message_id, at)
    return bool(rows)


def mark_all_sent(session: Session, sent: Sequence[tuple[Claim, int | None]], *, at: dt.datetime) -> int:
    """Note for many claims, each with its message id, that Telegram accepted them. Returns how many rows that were."""
    numbers: dict[tuple[int, str], dict[int, int | None]] = {}
    for claim, message_id in sent:
        for alert_id in claim.alert_ids:
            numbers.setdefault((alert_id, claim.claimed_by), {})[claim.chat_id] = message_id
    return sum(_mark_sent(session, *key, number_by_chat, at) for key, number_by_chat in numbers.items())


def _mark_sent(session: Session, alert_id: int, holder: str, numbers: Mapping[int, int | None], at: dt.datetime) -> int:
    """Note the message ids of many chats by one statement, which is far quicker than one for each."""
    known = {chat_id: number for chat_id, number in numbers.items() if number is not None}
    note = (
        update(Delivery)
        .where(
            Delivery.alert_id == alert_id,
            Delivery.chat_id.in_(numbers),
            or_(Delivery.claimed_by == holder, Delivery.claimed_by.is_(None)),
        )
        .values(
            state=DeliveryState.SENT,
            claimed_by=None,
            lease_until=None,
            reason=None,
            message_id=case(known, value=Delivery.chat_id) if known else None,
            sent_at=at,
            finished_at=at,
        )
    )
    return count_changed(session, note.execution_options(synchronize_session=False))


def mark_uncertain(session: Session, claim: Claim, *, reason: str, at: dt.datetime) -> DeliveryState:
    """Note that no clear answer came: it may have arrived. It goes out once more after a while, then no more.

    Returns PENDING or UNCERTAIN.
    """
    rows = _own_rows(session, claim)
    for row in rows:
        _count_copy(row, reason, at)
    return DeliveryState(rows[0].state) if rows else DeliveryState.UNCERTAIN


def put_back(
    session: Session, claim: Claim, *, not_before_at: dt.datetime, reason: str, at: dt.datetime, counts: bool = True
) -> DeliveryState:
    """Note that it surely did not go out, and when to try again. Being told to wait (429) does not count as a try.

    Returns PENDING, or FAILED_TOO_OFTEN after ten tries (UNCERTAIN if one of them may have arrived).
    """
    rows = _own_rows(session, claim)
    for row in rows:
        if not counts:
            row.attempts = max(row.attempts - 1, 0)
        if row.attempts >= MOST_ATTEMPTS:
            _finish(row, DeliveryState.UNCERTAIN if row.copies else DeliveryState.FAILED_TOO_OFTEN, reason, at)
        else:
            _make_pending(row, not_before_at, reason)
    return DeliveryState(rows[0].state) if rows else DeliveryState.FAILED_TOO_OFTEN


def mark_rejected(session: Session, claim: Claim, *, reason: str, at: dt.datetime) -> None:
    """Note that Telegram will not take this message for this chat (dead letter). The subscription stays."""
    for row in _own_rows(session, claim):
        _finish(row, DeliveryState.FAILED_REJECTED, reason, at)


def mark_unreachable(session: Session, claim: Claim, reason: EndReason, *, at: dt.datetime) -> None:
    """Note a definite answer that the chat cannot be reached. Ends the subscriber and what else waits for it.

    Raises KeyError for a reason that is not Telegram's (BLOCKED, DEACTIVATED, NOT_FOUND).
    """
    state = _LOST[reason]
    for row in _own_rows(session, claim):
        _finish(row, state, reason.value, at)
    session.flush()
    subscriptions.end(session, claim.chat_id, reason, at=at)


def mark_migrated(session: Session, claim: Claim, new_chat_id: int, *, at: dt.datetime) -> None:
    """Follow a group to its new id: what was claimed goes out there."""
    for row in _own_rows(session, claim):
        _make_pending(row, at, "the group has a new id")
    subscriptions.migrate(session, claim.chat_id, new_chat_id, at=at)


def recover(session: Session, *, at: dt.datetime, holder: str | None = None) -> int:
    """Free the claims that ran out, and (given the holder of the sender lease) those of every other sender at once.

    Their messages may have arrived, so they count as uncertain. Returns how many.
    """
    lost: ColumnElement[bool] = Delivery.lease_until <= at
    if holder is not None:
        lost = or_(lost, Delivery.claimed_by != holder)
    query = select(Delivery).where(IS_CLAIMED, lost)
    rows = session.scalars(query.with_for_update(skip_locked=True)).all()
    for row in rows:
        _count_copy(row, "the sender was lost before it heard an answer", at)
    session.flush()
    return len(rows)


def finished_lately(session: Session, alert_id: int, *, since: dt.datetime, most: int = 200) -> list[DeliveryState]:
    """Return how the newest finished deliveries of an alert ended, newest first: a spike of failures shows here."""
    query = (
        select(Delivery.state)
        .where(Delivery.alert_id == alert_id, Delivery.finished_at >= since)
        .order_by(Delivery.finished_at.desc())
        .limit(most)
    )
    return [DeliveryState(state) for state in session.scalars(query)]


def count_open(session: Session, alert_id: int) -> int:
    """Return how many deliveries of an alert are pending or claimed."""
    query = select(func.count()).select_from(Delivery).where(Delivery.alert_id == alert_id, Delivery.state.in_(OPEN))
    return session.scalar(query) or 0


def has_open(session: Session, alert_ids: Sequence[int], *, but_digests: bool = False) -> bool:
    """Whether any delivery of these alerts is pending or claimed."""
    pending = [Delivery.alert_id.in_(alert_ids), IS_PENDING]
    if but_digests:
        pending.append(Delivery.lane < Lane.DIGEST)
    claimed = [Delivery.alert_id.in_(alert_ids), IS_CLAIMED]
    return bool(session.scalar(select(or_(exists().where(*pending), exists().where(*claimed)))))


def has_pending(session: Session, alert_ids: Sequence[int]) -> bool:
    """Whether any delivery of these alerts waits."""
    return bool(session.scalar(select(exists().where(Delivery.alert_id.in_(alert_ids), IS_PENDING))))


def next_due_at(session: Session, *, at: dt.datetime) -> dt.datetime | None:
    """Return when the next waiting delivery is due (perhaps past already), or None where nothing waits."""
    open_ids = [alert_id for _, alert_ids in _open_lanes(session, at) for alert_id in alert_ids]
    query = select(func.min(Delivery.not_before_at)).where(IS_PENDING, Delivery.alert_id.in_(set(open_ids)))
    return session.scalar(query)


def _open_lanes(session: Session, at: dt.datetime) -> Iterator[tuple[Lane, list[int]]]:
    """The lanes in order, each with the alerts that may have something waiting there, oldest first."""
    lately_done = (Alert.state == AlertState.DONE) & (Alert.finished_at > at - DIGEST_OPEN_FOR)
    query = select(Alert.lane, Alert.id).where(or_(Alert.state == AlertState.RUNNING, lately_done))
    alerts = session.execute(query.order_by(Alert.lane, Alert.id)).all()
    for lane, group in groupby(alerts, key=lambda alert: alert.lane):
        yield Lane(lane), [alert.id for alert in group]
    if alerts:
        yield Lane.DIGEST, sorted(alert.id for alert in alerts)


def _claim_lane(
    session: Session,
    lane: Lane,
    alert_ids: Sequence[int],
    *,
    by: str,
    at: dt.datetime,
    most: int,
    lease: dt.timedelta,
) -> list[Claim]:
    claims: list[Claim] = []
    looked_at = 0
    for alert_id in alert_ids:
        while len(claims) < most and looked_at < LOOKED_AT_ONCE:
            due = [Delivery.lane == lane, Delivery.not_before_at <= at, IS_PENDING]
            candidates = _candidates(session, [alert_id], due, most=most - len(claims))
            looked_at += len(candidates)
            wanted = [candidate for candidate in candidates if not _settle(candidate, at)]
            session.flush()
            _take(session, wanted, by, at + lease)
            claims += [_make_claim(session, [candidate], by) for candidate in wanted]
            if not candidates:
                break
    return claims


def _claim_digests(
    session: Session,
    lane: Lane,
    alert_ids: Sequence[int],
    *,
    by: str,
    at: dt.datetime,
    most: int,
    lease: dt.timedelta,
) -> list[Claim]:
    """Claim per chat, all that is due for it at once."""
    due = [Delivery.lane == lane, Delivery.not_before_at <= at, IS_PENDING]
    chats: dict[int, None] = {}
    for alert_id in alert_ids:
        query = select(Delivery.chat_id).where(Delivery.alert_id == alert_id, *due).limit(most - len(chats))
        chats |= dict.fromkeys(session.scalars(query))
        if len(chats) >= most:
            break
    claims = []
    for chat_id in chats:
        candidates = _candidates(session, alert_ids, [*due, Delivery.chat_id == chat_id], most=MOST_IN_DIGEST)
        wanted = [candidate for candidate in candidates if not _settle(candidate, at)]
        _take(session, wanted, by, at + lease)
        if wanted:
            claims.append(_make_claim(session, wanted, by))
    return claims


def _candidates(
    session: Session, alert_ids: Sequence[int], conditions: Iterable[ColumnElement[bool]], most: int | None = None
) -> list[_Candidate]:
    """Return deliveries with their alerts, subscribers and wishes; other senders' rows are passed over (PostgreSQL)."""
    query = (
        select(Delivery)
        .where(Delivery.alert_id.in_(alert_ids), *conditions)
        .order_by(Delivery.not_before_at, Delivery.chat_id, Delivery.alert_id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    deliveries = session.scalars(query).all()
    chat_ids = {delivery.chat_id for delivery in deliveries}
    people = {row.chat_id: row for row in session.scalars(select(Subscriber).where(Subscriber.chat_id.in_(chat_ids)))}
    wishes = subscriptions.list_wishes_of(session, chat_ids)
    alerts = {alert_id: session.get_one(Alert, alert_id) for alert_id in {row.alert_id for row in deliveries}}
    return [
        _Candidate(
            delivery,
            alerts[delivery.alert_id],
            people.get(delivery.chat_id),
            wishes.get(delivery.chat_id, ()),
            _find_earlier(session, delivery),
        )
        for delivery in deliveries
    ]


def _find_earlier(session: Session, delivery: Delivery) -> Delivery | None:
    if delivery.earlier_alert_id is None:
        return None
    return session.get(Delivery, (delivery.earlier_alert_id, delivery.chat_id))


def _settle(candidate: _Candidate, at: dt.datetime) -> bool:
    """Close or put off a delivery that must not go out now; False if it may."""
    finding = _judge(candidate, at)
    if isinstance(finding, _Deferred):
        candidate.delivery.not_before_at = finding.until
    elif isinstance(finding, _Closed):
        state = DeliveryState.UNCERTAIN if candidate.delivery.copies else finding.state
        _finish(candidate.delivery, state, finding.reason, at)
    return finding is not None


def _judge(candidate: _Candidate, at: dt.datetime) -> _Closed | _Deferred | None:
    """Decide whether a delivery must be closed or put off; None if it may go out."""
    delivery, alert = candidate.delivery, candidate.alert
    if delivery.expires_at <= at:
        return _Closed(DeliveryState.EXPIRED, "its time had passed")
    if not candidate.is_correction and (unwanted := _unwanted(candidate, at)):
        return unwanted
    if candidate.only_edit and candidate.editable_message_id is None:
        return _Closed(DeliveryState.UNSUBSCRIBED, "unsubscribed, and there is no message to edit")
    until = None if delivery.basis == Basis.CANARY else _quiet_until(candidate.subscriber, alert, at)
    if until is None:
        return None
    late = until >= delivery.expires_at  # rather at the wrong hour than never
    return None if late else _Deferred(until)


def _unwanted(candidate: _Candidate, at: dt.datetime) -> _Closed | None:
    person = candidate.subscriber
    if person is None or person.ended_at is not None:
        return _Closed(DeliveryState.UNSUBSCRIBED, person.ended_reason if person else "there is no subscriber")
    if person.paused_until is not None and person.paused_until > at:
        return _Closed(DeliveryState.PAUSED, "the person paused")
    if candidate.delivery.basis == Basis.CANARY and person.is_canary:
        return None
    if person.urgent_only and not candidate.alert.emergency:
        return _Closed(DeliveryState.UNSUBSCRIBED, "the chat wants urgent ones only")
    if not read_audience(candidate.alert.audience).concerns(candidate.wishes):
        return _Closed(DeliveryState.UNSUBSCRIBED, EndReason.UNSUBSCRIBED.value)
    return None


def _quiet_until(person: Subscriber | None, alert: Alert, at: dt.datetime) -> dt.datetime | None:
    if person is None or person.quiet_from is None or person.quiet_until is None:
        return None
    if alert.emergency and person.emergencies_at_once:
        return None
    return quiet_end(at, QuietHours(person.quiet_from, person.quiet_until, person.time_zone))


def _make_claim(session: Session, candidates: Sequence[_Candidate], by: str) -> Claim:
    first = candidates[0]
    texts = [_find_text(session, candidate) for candidate in candidates]
    html = texts[0].html if len(texts) == 1 else present_digest(first.language, [text.headline for text in texts])
    message_id = first.editable_message_id
    edit_html = texts[0].edit
    edit = Edit(message_id, edit_html) if message_id is not None and edit_html is not None else None
    return Claim(
        alert_ids=tuple(candidate.alert.id for candidate in candidates),
        chat_id=first.delivery.chat_id,
        claimed_by=by,
        lane=Lane(first.delivery.lane),
        language=first.language,
        html=None if first.only_edit else html,
        edit=edit,
        reply_to=first.earlier.message_id if first.earlier else None,
        attempt=max(candidate.delivery.attempts for candidate in candidates) + 1,
        copies=max(candidate.delivery.copies for candidate in candidates),
        expires_at=min(candidate.delivery.expires_at for candidate in candidates),
    )


def _find_text(session: Session, candidate: _Candidate) -> AlertText:
    """Return the text, in English where it lacks in a language. Read once a claim: many get the same."""
    texts: dict[tuple[int, str, str], AlertText] = session.info.setdefault(_TEXTS, {})
    wanted = (candidate.alert.id, candidate.language.value, candidate.reader.value)
    if wanted not in texts:
        english = (wanted[0], Language.ENGLISH.value, wanted[2])
        texts[wanted] = session.get(AlertText, wanted) or session.get_one(AlertText, english)
    return texts[wanted]


def _rows(session: Session, claim: Claim) -> list[Delivery]:
    query = (
        select(Delivery)
        .where(Delivery.alert_id.in_(claim.alert_ids), Delivery.chat_id == claim.chat_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def _own_rows(session: Session, claim: Claim) -> list[Delivery]:
    return [
        row
        for row in _rows(session, claim)
        if row.state == DeliveryState.CLAIMED and row.claimed_by == claim.claimed_by
    ]


def _take(session: Session, candidates: Sequence[_Candidate], by: str, until: dt.datetime) -> None:
    """Claim deliveries by one statement for each alert: row by row it would be a third of a broadcast's work."""
    for alert_id, group in groupby(candidates, key=lambda candidate: candidate.alert.id):
        change = update(Delivery).where(
            Delivery.alert_id == alert_id, Delivery.chat_id.in_([one.delivery.chat_id for one in group])
        )
        taken = {"state": DeliveryState.CLAIMED, "claimed_by": by, "lease_until": until}
        session.execute(
            change.values(**taken, attempts=Delivery.attempts + 1), execution_options={"synchronize_session": False}
        )


def _count_copy(delivery: Delivery, reason: str, at: dt.datetime) -> None:
    delivery.copies += 1
    if delivery.copies >= MOST_COPIES:
        _finish(delivery, DeliveryState.UNCERTAIN, reason, at)
    else:
        _make_pending(delivery, at + RESEND_AFTER, reason)


def _make_pending(delivery: Delivery, not_before_at: dt.datetime, reason: str | None = None) -> None:
    delivery.state, delivery.claimed_by, delivery.lease_until = DeliveryState.PENDING, None, None
    delivery.not_before_at = not_before_at
    delivery.reason = reason or delivery.reason


def _note_sent(delivery: Delivery, message_id: int | None, at: dt.datetime) -> None:
    _finish(delivery, DeliveryState.SENT, None, at)
    delivery.message_id, delivery.sent_at = message_id, at


def _finish(delivery: Delivery, state: DeliveryState, reason: str | None, at: dt.datetime) -> None:
    delivery.state, delivery.claimed_by, delivery.lease_until = state, None, None
    delivery.reason, delivery.finished_at = reason, at
