"""The tables of the durable inbox and of erasures. Knows columns only; `bot/inbox.py` and `bot/forgetting.py` use them.

An update's text lies here only until the update is handled. What stays for two days is its number, so that the same
update is not handled twice. An erasure names nobody: it says only that the storage has still to be cleaned.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import BigInteger, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.database import Base, UtcDateTime

_ROW_NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only in an INTEGER column


class InboxState(StrEnum):
    """Where an update stands. DONE and PARKED are final and hold no text."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    DONE = "done"
    PARKED = "parked"


class InboxUpdate(Base):
    """One update of Telegram. Rows are numbered as they arrive, and each chat is handled in that order.

    `begun_at` is set before the first message of an answer leaves: from then on the update is never answered anew.
    Numbers of updates belong to a bot, hence `bot_id`; Telegram starts them anew after a quiet week.
    """

    __tablename__ = "inbox_update"
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        Index("ix_inbox_update_bot_id_state_id", "bot_id", "state", "id"),
        Index("ix_inbox_update_chat_id_id", "chat_id", "id"),
    )

    id: Mapped[int] = mapped_column(_ROW_NUMBER, primary_key=True)
    bot_id: Mapped[int] = mapped_column(BigInteger)
    update_id: Mapped[int] = mapped_column(BigInteger)
    chat_id: Mapped[int | None] = mapped_column(BigInteger)
    raw: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    begun_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(40))


class Erasure(Base):
    """Somebody's data were deleted. `cleaned_at` None: the bytes may still lie in the files of the database."""

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(_ROW_NUMBER, primary_key=True)
    erased_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    cleaned_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
