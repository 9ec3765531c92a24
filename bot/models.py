"""The tables about people. Knows columns only; `bot/people.py` reads and writes them. No message text is kept here."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, Boolean, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.database import Base, UtcDateTime


class Person(Base):
    """Someone who chose a language or stopped the bot. `id` is Telegram's id of the person."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    language: Mapped[str | None] = mapped_column(String(8))
    blocked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    corrections_refused_at: Mapped[dt.datetime | None] = mapped_column(
        UtcDateTime
    )  # of replies heard; see alerts/heard


class ShownReply(Base):
    """A reply whose buttons still work: the typed reply as JSON, for 24 hours. It may quote the person's words."""

    __tablename__ = "shown_reply"
    __table_args__ = (Index("ix_shown_reply_shown_at", "shown_at"),)

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    reply: Mapped[str] = mapped_column(Text)
    shown_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    rated_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class Feedback(Base):
    """One press of "Helpful" or "Not helpful". Nothing in it leads back to a person or a message."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[dt.date]
    kind: Mapped[str] = mapped_column(String(16))
    verdict: Mapped[str | None] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    helpful: Mapped[bool] = mapped_column(Boolean)


class Awaited(Base):
    """What the desk expects as the next message of one of the staff: something to bring in, a value, or a reason."""

    __tablename__ = "awaited"

    staff_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    what: Mapped[str] = mapped_column(String(16))
    draft_id: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int | None]
    field: Mapped[str | None] = mapped_column(String(40))
    until: Mapped[dt.datetime] = mapped_column(UtcDateTime)
