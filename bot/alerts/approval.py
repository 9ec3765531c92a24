"""Decides whether enough staff said yes to exactly what would go out. Sends nothing.

An approval holds for one hash: every text, the audience, the status. It is given in a private chat, by the person to
whom the question was shown, within fifteen minutes, by typing something that differs between earnest and test; at most
one comes from the command line, where nobody's identity is proven. Any change of the alert makes all of it void.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.alerts import audit, lifecycle
from bot.alerts.models import Alert, Approval, ApprovalPrompt
from bot.alerts.states import AlertState, AlertStatus, Place
from bot.alerts.writing import count_changed

PROMPT_LASTS = dt.timedelta(minutes=15)
APPROVAL_LASTS = dt.timedelta(hours=1)  # the second person may need a while; then the first looks again
SHOWN_DIGITS = 4  # of the hash, typed to approve an alert in earnest
TEST_WORD = "TEST"
FEWEST_APPROVALS = 1
# Ids that Telegram gives to anonymous admins, to posts of channels and to itself: many people share them.
SHARED_IDS = frozenset({1087968824, 136817688, 777000})


class Refusal(StrEnum):
    """Why an approval was not taken."""

    UNKNOWN_PROMPT = "unknown_prompt"
    NOT_STAFF = "not_staff"
    NOT_PRIVATE = "not_private"
    NOT_YOURS = "not_yours"
    USED = "used"
    TOO_LATE = "too_late"
    NOT_WAITING = "not_waiting"
    CHANGED = "changed"
    WRONG_HASH = "wrong_hash"
    WRONG_WORDS = "wrong_words"
    ALREADY = "already"
    SECOND_COMMAND_LINE = "second_command_line"


_ADVICE = {
    Refusal.UNKNOWN_PROMPT: "This question is not known. Open the alert anew.",
    Refusal.NOT_STAFF: "Only staff may approve (STAFF_IDS).",
    Refusal.NOT_PRIVATE: "Approve in a private chat with the bot, under your own name.",
    Refusal.NOT_YOURS: "This question was shown to somebody else. Open the alert yourself.",
    Refusal.USED: "This question was answered already.",
    Refusal.TOO_LATE: "This question is older than 15 minutes. Look at the alert again, then approve.",
    Refusal.NOT_WAITING: "This alert does not wait for approval any more.",
    Refusal.CHANGED: "The alert or its advisory changed since. Approvals so far are void; request it anew.",
    Refusal.WRONG_HASH: "The hash is not that of the alert as it stands. Look at the preview again.",
    Refusal.WRONG_WORDS: "That is not what has to be typed for this alert. Nothing was approved.",
    Refusal.ALREADY: "You have approved this alert already. Somebody else has to, too.",
    Refusal.SECOND_COMMAND_LINE: "One approval came from the command line already. The next has to come in Telegram.",
}


class NotApproved(Exception):
    """An approval was refused; `reason` names why, the message says what to do."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(_ADVICE[reason])
        self.reason = reason


@dataclass(frozen=True)
class Prompt:
    """The question as it is to be shown. `must_type` differs between an alert in earnest and a test."""

    token: str
    alert_id: int
    text_hash: str
    must_type: str
    recipients: int
    is_test: bool
    expires_at: dt.datetime


@dataclass(frozen=True)
class Progress:
    """How many approvals an alert has now, and whether they are enough."""

    alert_id: int
    given: int
    needed: int
    approved: bool


def open_prompt(
    session: Session,
    alert_id: int,
    *,
    staff_id: int | None,
    place: Place,
    staff_ids: Collection[int],
    at: dt.datetime,
) -> Prompt:
    """Show the question to one member of staff; on the command line to whoever sits there (no id).

    Raises UnknownAlert and NotApproved.
    """
    alert = lifecycle.get_alert(session, alert_id)
    if place is Place.TELEGRAM or staff_id is not None:
        _require_staff(staff_id, staff_ids)
    _require_waiting(session, alert, at)
    seen = lifecycle.preview(session, alert_id, at=at)
    row = ApprovalPrompt(
        token=secrets.token_urlsafe(12),
        alert_id=alert_id,
        staff_id=staff_id if place is Place.TELEGRAM else None,
        text_hash=alert.text_hash,
        recipients=seen.recipients,
        shown_at=at,
        expires_at=at + PROMPT_LASTS,
    )
    session.add(row)
    session.flush()
    is_test = alert.status == AlertStatus.TEST
    return Prompt(row.token, alert_id, alert.text_hash, words_to_type(alert), seen.recipients, is_test, row.expires_at)


def approve(
    session: Session,
    token: str,
    typed: str,
    *,
    staff_id: int,
    chat_id: int,
    staff_ids: Collection[int],
    needed: int,
    at: dt.datetime,
) -> Progress:
    """Take an approval from Telegram: by whom, in which chat, and what was typed. Raises NotApproved."""
    _require_staff(staff_id, staff_ids)
    if chat_id != staff_id:  # the id of a private chat is that of the person
        raise NotApproved(Refusal.NOT_PRIVATE)
    prompt = session.get(ApprovalPrompt, token)
    if prompt is None or prompt.staff_id is None:
        raise NotApproved(Refusal.UNKNOWN_PROMPT)
    if prompt.staff_id != staff_id:
        raise NotApproved(Refusal.NOT_YOURS)
    if prompt.used_at is not None:
        raise NotApproved(Refusal.USED)
    if not prompt.shown_at <= at < prompt.expires_at:
        raise NotApproved(Refusal.TOO_LATE)
    alert = _lock(session, prompt.alert_id)
    _require_waiting(session, alert, at)
    if prompt.text_hash != alert.text_hash:
        raise NotApproved(Refusal.CHANGED)
    if not _is_typed(typed, alert):
        raise NotApproved(Refusal.WRONG_WORDS)
    _use_up(session, token, at)
    return _give(session, alert, staff_id, Place.TELEGRAM, staff_ids, needed, at)


def approve_from_command_line(
    session: Session,
    alert_id: int,
    text_hash: str,
    *,
    staff_id: int,
    is_test: bool = False,
    staff_ids: Collection[int],
    needed: int,
    at: dt.datetime,
) -> Progress:
    """Take the one approval that may come from the command line, for the whole hash that the preview showed there.

    The preview must be younger than 15 minutes, and a test must be called one. Raises UnknownAlert and NotApproved.
    """
    _require_staff(staff_id, staff_ids)
    lifecycle.get_alert(session, alert_id)
    alert = _lock(session, alert_id)
    _require_waiting(session, alert, at)
    if not secrets.compare_digest(text_hash.strip().lower().encode(), alert.text_hash.encode()):
        raise NotApproved(Refusal.WRONG_HASH)
    if is_test != (alert.status == AlertStatus.TEST):
        raise NotApproved(Refusal.WRONG_WORDS)
    shown = select(ApprovalPrompt.token).where(
        ApprovalPrompt.alert_id == alert_id,
        ApprovalPrompt.staff_id.is_(None),
        ApprovalPrompt.text_hash == alert.text_hash,
        ApprovalPrompt.shown_at <= at,
        ApprovalPrompt.expires_at > at,
    )
    if session.scalars(shown.limit(1)).first() is None:
        raise NotApproved(Refusal.TOO_LATE)
    return _give(session, alert, staff_id, Place.COMMAND_LINE, staff_ids, needed, at)


def find_prompt(session: Session, alert_id: int, *, staff_id: int) -> str | None:
    """Return the token of the newest question about an alert that this person has not answered yet, or None."""
    query = select(ApprovalPrompt.token).where(
        ApprovalPrompt.alert_id == alert_id,
        ApprovalPrompt.staff_id == staff_id,
        ApprovalPrompt.used_at.is_(None),
    )
    return session.scalars(query.order_by(ApprovalPrompt.shown_at.desc()).limit(1)).first()


def words_to_type(alert: Alert) -> str:
    """Return what has to be typed: the last four digits of the hash in earnest, the word TEST for a test."""
    return TEST_WORD if alert.status == AlertStatus.TEST else alert.text_hash[-SHOWN_DIGITS:]


def list_approvals(session: Session, alert_id: int, *, staff_ids: Collection[int], at: dt.datetime) -> list[Approval]:
    """Return the approvals that count now: of today's staff, for the alert as it stands, not too old."""
    alert = lifecycle.get_alert(session, alert_id)
    query = select(Approval).where(
        Approval.alert_id == alert_id,
        Approval.text_hash == alert.text_hash,
        Approval.approved_at <= at,
        Approval.expires_at > at,
    )
    rows = session.scalars(query.order_by(Approval.approved_at, Approval.staff_id)).all()
    return [row for row in rows if row.staff_id in staff_ids]


def _require_staff(staff_id: int | None, staff_ids: Collection[int]) -> None:
    if staff_id is None or staff_id not in staff_ids:
        raise NotApproved(Refusal.NOT_STAFF)
    if staff_id <= 0 or staff_id in SHARED_IDS:
        raise NotApproved(Refusal.NOT_PRIVATE)


def _require_waiting(session: Session, alert: Alert, at: dt.datetime) -> None:
    if alert.state != AlertState.REQUESTED or alert.expires_at <= at:
        raise NotApproved(Refusal.NOT_WAITING)
    if lifecycle.find_change(session, alert, at) is not None:
        raise NotApproved(Refusal.CHANGED)


def _lock(session: Session, alert_id: int) -> Alert:
    """Read the alert as it stands and keep others from approving it meanwhile (PostgreSQL; SQLite has one writer)."""
    query = select(Alert).where(Alert.id == alert_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _is_typed(typed: str, alert: Alert) -> bool:
    wanted = words_to_type(alert)
    given = typed.strip()
    if alert.status == AlertStatus.TEST:
        return given == wanted
    return secrets.compare_digest(given.lower().encode(), wanted.encode())


def _use_up(session: Session, token: str, at: dt.datetime) -> None:
    unused = update(ApprovalPrompt).where(ApprovalPrompt.token == token, ApprovalPrompt.used_at.is_(None))
    if count_changed(session, unused.values(used_at=at)) != 1:
        raise NotApproved(Refusal.USED)


def _give(
    session: Session,
    alert: Alert,
    staff_id: int,
    place: Place,
    staff_ids: Collection[int],
    needed: int,
    at: dt.datetime,
) -> Progress:
    before = list_approvals(session, alert.id, staff_ids=staff_ids, at=at)
    if any(approval.staff_id == staff_id for approval in before):
        raise NotApproved(Refusal.ALREADY)
    if place is Place.COMMAND_LINE and any(approval.place == Place.COMMAND_LINE for approval in before):
        raise NotApproved(Refusal.SECOND_COMMAND_LINE)
    approval = Approval(
        alert_id=alert.id,
        staff_id=staff_id,
        text_hash=alert.text_hash,
        place=place,
        approved_at=at,
        expires_at=at + APPROVAL_LASTS,
    )
    session.merge(approval)  # an older one of this person, for other words or too long ago, gives way
    given = len(before) + 1
    approved = given >= max(needed, FEWEST_APPROVALS)
    if approved:
        alert.state, alert.approved_at = AlertState.APPROVED, at
    who = f"staff {staff_id}"
    audit.note(
        session, "approve", by=who, at=at, alert_id=alert.id, place=place, text_hash=alert.text_hash, given=given
    )
    session.flush()
    return Progress(alert.id, given, needed, approved)
