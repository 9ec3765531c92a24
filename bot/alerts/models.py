"""The tables of alerts. Knows columns only; the modules beside it read and write them.

What is kept of people: chat id, wishes, consent, and which alert went to them. No message text of theirs.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.database import Base, UtcDateTime
from knowledge.models import CODE_LENGTH, ID_LENGTH

HASH_LENGTH = 64  # SHA-256 in hexadecimal digits
LANGUAGE_LENGTH = 8


class Subscriber(Base):
    """A chat that asked for alerts: its consent and its wishes. Times of day are minutes after midnight there."""

    __tablename__ = "subscriber"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(CODE_LENGTH))
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))
    consent_version: Mapped[str] = mapped_column(String(CODE_LENGTH))
    consent_language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))
    consented_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    pace: Mapped[str] = mapped_column(String(CODE_LENGTH), default="now")
    quiet_from: Mapped[int | None] = mapped_column(SmallInteger)
    quiet_until: Mapped[int | None] = mapped_column(SmallInteger)
    time_zone: Mapped[str] = mapped_column(String(CODE_LENGTH), default="Asia/Kolkata")
    emergencies_at_once: Mapped[bool] = mapped_column(Boolean, default=True)  # also in quiet hours, and past a digest
    urgent_only: Mapped[bool] = mapped_column(Boolean, default=False)  # a public channel mirrors only what is urgent
    paused_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    is_canary: Mapped[bool] = mapped_column(Boolean, default=False)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended_reason: Mapped[str | None] = mapped_column(String(CODE_LENGTH))
    migrated_to: Mapped[int | None] = mapped_column(BigInteger)


class Subscription(Base):
    """One thing that a chat wants to hear of. An ended one is kept a while, so that "why nothing?" has an answer."""

    __tablename__ = "subscription"
    __table_args__ = (Index("ix_subscription_interest", "interest", "value", "chat_id"),)

    chat_id: Mapped[int] = mapped_column(ForeignKey("subscriber.chat_id", ondelete="CASCADE"), primary_key=True)
    interest: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True)
    value: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True)
    subscribed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended_reason: Mapped[str | None] = mapped_column(String(CODE_LENGTH))


class Alert(Base):
    """The decision to tell people of one version of an advisory: what, to whom, who asked, where it stands."""

    __tablename__ = "alert"
    __table_args__ = (
        Index("ix_alert_advisory_id", "advisory_id"),
        Index("ix_alert_state", "state"),
        {"sqlite_autoincrement": True},  # an id is never used twice, not even after erasing
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    advisory_id: Mapped[str] = mapped_column(ForeignKey("advisory.id"))
    advisory_version: Mapped[str] = mapped_column(String(HASH_LENGTH))
    message_type: Mapped[str] = mapped_column(String(CODE_LENGTH))
    status: Mapped[str] = mapped_column(String(CODE_LENGTH))
    references_id: Mapped[int | None] = mapped_column(ForeignKey("alert.id"))
    references_version: Mapped[str | None] = mapped_column(String(HASH_LENGTH))  # of the advisory that is replaced
    audience: Mapped[dict[str, Any]] = mapped_column(JSON)
    severity: Mapped[str] = mapped_column(String(CODE_LENGTH))
    emergency: Mapped[bool] = mapped_column(Boolean)
    lane: Mapped[int] = mapped_column(SmallInteger)
    text_hash: Mapped[str] = mapped_column(String(HASH_LENGTH))
    state: Mapped[str] = mapped_column(String(CODE_LENGTH))
    state_reason: Mapped[str | None] = mapped_column(Text)
    requested_by: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    approved_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    matched_up_to: Mapped[int | None] = mapped_column(BigInteger)  # the last chat id that matching has looked at
    matched_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)  # when matching was through
    finished_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class AlertText(Base):
    """An alert as it will be sent, in one language, as Telegram HTML. `edit` is what the earlier message becomes."""

    __tablename__ = "alert_text"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH), primary_key=True)
    reader: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True)
    html: Mapped[str] = mapped_column(Text)
    headline: Mapped[str] = mapped_column(Text)  # its entry in a digest
    edit: Mapped[str | None] = mapped_column(Text)


class ApprovalPrompt(Base):
    """The question "may this go out?" as it was shown, to one staff member or (without an id) on the command line."""

    __tablename__ = "approval_prompt"
    __table_args__ = (Index("ix_approval_prompt_alert_id", "alert_id"),)

    token: Mapped[str] = mapped_column(String(24), primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"))
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    text_hash: Mapped[str] = mapped_column(String(HASH_LENGTH))
    recipients: Mapped[int]
    shown_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class Approval(Base):
    """One staff member said yes to exactly one wording, audience and status: those of the hash."""

    __tablename__ = "approval"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    text_hash: Mapped[str] = mapped_column(String(HASH_LENGTH))
    place: Mapped[str] = mapped_column(String(CODE_LENGTH))
    approved_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Delivery(Base):
    """One alert for one chat. The outbox is the rows that are pending or claimed."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_chat_id", "chat_id"),
        Index(
            "ix_delivery_pending",
            "alert_id",
            "lane",
            "not_before_at",
            "chat_id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_delivery_claimed",
            "lease_until",
            sqlite_where=text("state = 'claimed'"),
            postgresql_where=text("state = 'claimed'"),
        ),
    )

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    basis: Mapped[str] = mapped_column(String(CODE_LENGTH))
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))
    lane: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(String(CODE_LENGTH))
    reason: Mapped[str | None] = mapped_column(Text)
    earlier_alert_id: Mapped[int | None]  # the message it corrects, for this chat
    not_before_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(SmallInteger)
    copies: Mapped[int] = mapped_column(SmallInteger)  # how often it may have arrived without our knowing
    claimed_by: Mapped[str | None] = mapped_column(String(CODE_LENGTH))
    lease_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    sent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


# The words of the two partial indexes, literally: a database cannot match a parameter with them when it plans.
IS_PENDING = Delivery.state == literal_column("'pending'")
IS_CLAIMED = Delivery.state == literal_column("'claimed'")


class HeardVerdict(Base):
    """A chat was shown a reply that cited this version of an advisory. Kept for 90 days, to be able to correct it."""

    __tablename__ = "heard_verdict"
    __table_args__ = (
        Index("ix_heard_verdict_advisory", "advisory_id", "advisory_version", "chat_id"),
        Index("ix_heard_verdict_day", "day"),
    )

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    advisory_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    advisory_version: Mapped[str] = mapped_column(String(HASH_LENGTH), primary_key=True)
    day: Mapped[dt.date] = mapped_column(Date)
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))


class SenderLease(Base):
    """Who may send now. One row per name; whoever holds it renews it before it runs out."""

    __tablename__ = "sender_lease"

    name: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True)
    holder: Mapped[str] = mapped_column(String(CODE_LENGTH))
    taken_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class AlertControl(Base):
    """One row: whether all sending of alerts is held, by whom and why, and when a sender last showed life."""

    __tablename__ = "alert_control"

    id: Mapped[int] = mapped_column(primary_key=True)
    held_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    held_by: Mapped[str | None] = mapped_column(Text)
    held_reason: Mapped[str | None] = mapped_column(Text)
    heartbeat_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    halted_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)  # Telegram asked for silence until then


class AuditEntry(Base):
    """One line of who did what with alerts, when. Names staff, never subscribers."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_alert_id", "alert_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(String(CODE_LENGTH))
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alert.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
