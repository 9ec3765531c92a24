"""Knows the tables of the staff desk: submissions, drafts, who did what, and how each watched source stands.

A draft lies beside the advisories and touches none of them until it is published (`docs/adr/0019`). `by` names who:
"staff 123" (a Telegram id), "cli:name" or "watch:source-id".
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.database import Base, UtcDateTime
from knowledge.models import CODE_LENGTH, ID_LENGTH

KEY_LENGTH = 500
HASH_LENGTH = 64  # SHA-256 in hexadecimal
_ROW_NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only in an INTEGER column


class SubmissionKind(StrEnum):
    """What staff handed in."""

    LINK = "link"
    FILE = "file"
    TEXT = "text"


class SubmissionState(StrEnum):
    """Where a submission stands. WAITING and TAKEN are still to be read; the others are final."""

    WAITING = "waiting"
    TAKEN = "taken"
    DRAFTED = "drafted"
    UNCHANGED = "unchanged"  # the very same content was read before
    REFUSED = "refused"


class DraftState(StrEnum):
    """Where a draft stands."""

    OPEN = "open"
    PUBLISHED = "published"
    REJECTED = "rejected"


class SourceStanding(StrEnum):
    """How the last attempt to read a source went. STALE is never stored: it follows from when it was last read."""

    OK = "ok"
    BLOCKED = "blocked"
    STALE = "stale"
    EMPTY = "empty"
    MOVED = "moved"
    ERROR = "error"


class Submission(Base):
    """One link, file or text that staff handed in. `content` is kept only until it was read; its hash stays."""

    __tablename__ = "submission"
    __table_args__ = (
        Index("ix_submission_state_id", "state", "id"),
        Index("ix_submission_content_hash", "content_hash"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(_ROW_NUMBER, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(CODE_LENGTH))
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    link: Mapped[str | None] = mapped_column(Text)
    file_name: Mapped[str | None] = mapped_column(Text)
    media_type: Mapped[str | None] = mapped_column(Text)  # as declared by whoever sent it; never relied on
    content_hash: Mapped[str | None] = mapped_column(String(HASH_LENGTH))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    text: Mapped[str | None] = mapped_column(Text)
    hints: Mapped[dict[str, Any]] = mapped_column(JSON)  # what whoever handed it in says of it: issuer, date, address
    state: Mapped[str] = mapped_column(String(CODE_LENGTH))
    outcome: Mapped[str | None] = mapped_column(Text)  # in words, for whoever handed it in
    draft_id: Mapped[int | None] = mapped_column(_ROW_NUMBER)
    read_hash: Mapped[str | None] = mapped_column(String(HASH_LENGTH), unique=True)  # of what a draft was made from
    chat_id: Mapped[int | None] = mapped_column(BigInteger)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    taken_by: Mapped[str | None] = mapped_column(Text)
    taken_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int]
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    told_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class Draft(Base):
    """What was understood of one notice, for staff to check. `version` rises with every change."""

    __tablename__ = "draft"
    __table_args__ = (
        Index("ix_draft_state", "state"),
        Index("ix_draft_advisory_id", "advisory_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(_ROW_NUMBER, primary_key=True, autoincrement=True)
    submission_id: Mapped[int | None] = mapped_column(_ROW_NUMBER)
    source_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    advisory_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)  # those of `AdvisoryRecord`, as plain JSON values
    proposals: Mapped[dict[str, Any]] = mapped_column(JSON)  # field → value, confidence, words it rests on
    text: Mapped[str] = mapped_column(Text)  # all that was read
    replaces: Mapped[str | None] = mapped_column(String(ID_LENGTH))  # the stored advisory of which it is a new version
    replaces_hash: Mapped[str | None] = mapped_column(String(HASH_LENGTH))  # of that advisory as it was then
    near: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    contradictions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    notes: Mapped[list[str]] = mapped_column(JSON)
    identity: Mapped[str | None] = mapped_column(String(KEY_LENGTH))  # the notice's key across hosts and formats
    from_first_load: Mapped[bool]
    state: Mapped[str] = mapped_column(String(CODE_LENGTH))
    version: Mapped[int]
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(Text)


class DraftEdit(Base):
    """One change of a draft's fields: what they held before and after. `version` is the one that the change made."""

    __tablename__ = "draft_edit"
    __table_args__ = (Index("ix_draft_edit_draft_id_version", "draft_id", "version"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(_ROW_NUMBER, primary_key=True, autoincrement=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"))
    version: Mapped[int]
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)


class DeskEntry(Base):
    """Who did what, when and why. `object` names it: "draft 12", "advisory mea-…", "source pib", "helpline …"."""

    __tablename__ = "desk_entry"
    __table_args__ = (Index("ix_desk_entry_object", "object"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(_ROW_NUMBER, primary_key=True, autoincrement=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(String(CODE_LENGTH))
    object: Mapped[str] = mapped_column(String(ID_LENGTH + CODE_LENGTH))
    reason: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    undone_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class SourceState(Base):
    """How one watched source stands. Holds what the bot needs to say of it, since the bot knows no sources."""

    __tablename__ = "source_state"

    source_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    issuer: Mapped[str] = mapped_column(Text)
    hosts: Mapped[list[str]] = mapped_column(JSON)
    fresh_within_s: Mapped[int]  # older than this since the last good reading, the source counts as stale
    state: Mapped[str] = mapped_column(String(CODE_LENGTH))
    message: Mapped[str | None] = mapped_column(Text)
    tried_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    read_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    loaded_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)  # the first load was complete
    next_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int]  # in a row
    since_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)  # of the first of them
    lease_by: Mapped[str | None] = mapped_column(Text)
    lease_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class SeenItem(Base):
    """One notice as a source lists it, so that new, changed, unchanged and gone are told apart."""

    __tablename__ = "seen_item"
    __table_args__ = (Index("ix_seen_item_advisory_id", "advisory_id"),)

    source_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    key: Mapped[str] = mapped_column(String(KEY_LENGTH), primary_key=True)
    address: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str | None] = mapped_column(String(HASH_LENGTH))
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    first_seen_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    missing_since_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    gone_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    trouble: Mapped[str | None] = mapped_column(Text)
    failures: Mapped[int]
    advisory_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    draft_id: Mapped[int | None] = mapped_column(_ROW_NUMBER)


class StaffNotice(Base):
    """Something staff are to be told once, by the bot: a new draft of a watched source, a source that fails."""

    __tablename__ = "staff_notice"
    __table_args__ = (Index("ix_staff_notice_told_at", "told_at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(_ROW_NUMBER, primary_key=True, autoincrement=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(CODE_LENGTH))
    object: Mapped[str] = mapped_column(String(ID_LENGTH + CODE_LENGTH))
    words: Mapped[str] = mapped_column(Text)
    draft_id: Mapped[int | None] = mapped_column(_ROW_NUMBER)
    told_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
