"""Knows the tables of what may be said: advisories, their history, passages, rules, helplines, agents.

Lists and counts are kept as JSON; closed sets as their words. Only `knowledge/` writes these tables.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from knowledge.database import Base, UtcDateTime

__all__ = [
    "Advisory",
    "Agent",
    "AgentColumns",
    "AgentSnapshot",
    "AlertRequest",
    "Base",
    "Helpline",
    "HelplineChange",
    "LibraryState",
    "Passage",
    "PublicationAction",
    "PublicationEvent",
    "Rule",
    "Source",
]

ID_LENGTH = 200
CODE_LENGTH = 40


class PublicationAction(StrEnum):
    """What happened to an advisory in public."""

    PUBLISHED = "published"
    UPDATED = "updated"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    RESTORED = "restored"  # it had been superseded by a notice that was then withdrawn


class Source(Base):
    """A body that publishes official notices, such as a mission. Its id is made of its name."""

    __tablename__ = "source"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    added_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Advisory(Base):
    """One official notice: the fields of `AdvisoryRecord`, and how it came to be here."""

    __tablename__ = "advisory"
    __table_args__ = (
        Index("ix_advisory_status", "status"),
        Index("ix_advisory_source_id", "source_id"),
        # All that a running program reads to see which of very many have changed, without their contents.
        Index("ix_advisory_mark", "id", "content_hash", "status", "superseded_by"),
    )

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id"))
    issuer: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(CODE_LENGTH))
    date: Mapped[dt.date | None] = mapped_column(Date)
    date_precision: Mapped[str] = mapped_column(String(CODE_LENGTH))
    title: Mapped[str | None] = mapped_column(Text)
    countries: Mapped[list[str]] = mapped_column(JSON)
    topics: Mapped[list[str]] = mapped_column(JSON)
    facts: Mapped[list[str]] = mapped_column(JSON)
    language: Mapped[str] = mapped_column(String(CODE_LENGTH))
    source_url: Mapped[str | None] = mapped_column(Text)
    seen_in: Mapped[str | None] = mapped_column(Text)
    also_seen: Mapped[list[str]] = mapped_column(JSON)
    source_tier: Mapped[str] = mapped_column(String(CODE_LENGTH))
    confidence: Mapped[str] = mapped_column(String(CODE_LENGTH))
    reported_by: Mapped[str | None] = mapped_column(Text)
    text_kind: Mapped[str] = mapped_column(String(CODE_LENGTH))
    status: Mapped[str] = mapped_column(String(CODE_LENGTH))
    severity: Mapped[str] = mapped_column(String(CODE_LENGTH))
    scope: Mapped[list[str]] = mapped_column(JSON)
    pattern: Mapped[list[str]] = mapped_column(JSON)
    standing: Mapped[bool]
    supersedes: Mapped[list[str]] = mapped_column(JSON)
    superseded_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))  # an advisory or a rule of law
    valid_until: Mapped[dt.date | None] = mapped_column(Date)
    counts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    gist: Mapped[dict[str, str]] = mapped_column(JSON)

    summary: Mapped[list[str]] = mapped_column(JSON)  # staff's own words beside an official text; never answered from
    origin: Mapped[str] = mapped_column(String(CODE_LENGTH))  # who wrote the content last: starter | staff
    content_hash: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    passages: Mapped[list[Passage]] = relationship(
        back_populates="advisory", cascade="all, delete-orphan", order_by="Passage.position"
    )


class PublicationEvent(Base):
    """One line of the history of what was said in public: what, when, by whom, why, and the words at that moment."""

    __tablename__ = "publication_event"
    __table_args__ = (Index("ix_publication_event_advisory_id", "advisory_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    advisory_id: Mapped[str] = mapped_column(ForeignKey("advisory.id"))
    action: Mapped[str] = mapped_column(String(CODE_LENGTH))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class AlertRequest(Base):
    """Staff asked that people be told of a publication event. Ingest writes it, the bot takes it up and notes how."""

    __tablename__ = "alert_request"
    __table_args__ = (Index("ix_alert_request_taken_at", "taken_at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("publication_event.id"), unique=True)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(Text)  # "alert 12", or why there is none


class Rule(Base):
    """One rule of law: the fields of `RuleRecord`."""

    __tablename__ = "rule"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    source_url: Mapped[str | None] = mapped_column(Text)
    confidence: Mapped[str] = mapped_column(String(CODE_LENGTH))
    issuer: Mapped[str] = mapped_column(Text)
    date: Mapped[dt.date | None] = mapped_column(Date)
    as_of: Mapped[dt.date | None] = mapped_column(Date)
    countries: Mapped[list[str]] = mapped_column(JSON)
    topics: Mapped[list[str]] = mapped_column(JSON)
    flags: Mapped[list[str]] = mapped_column(JSON)
    reported_by: Mapped[str | None] = mapped_column(Text)
    text_kind: Mapped[str] = mapped_column(String(CODE_LENGTH))
    gist: Mapped[dict[str, str]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    passages: Mapped[list[Passage]] = relationship(
        back_populates="rule", cascade="all, delete-orphan", order_by="Passage.position"
    )


class Passage(Base):
    """One part of an advisory or a rule: what is shown, what the model reads, and the vector it made of it."""

    __tablename__ = "passage"
    __table_args__ = (
        CheckConstraint("(advisory_id IS NULL) <> (rule_id IS NULL)", name="one_owner"),
        Index("ix_passage_advisory_id", "advisory_id"),
        Index("ix_passage_rule_id", "rule_id"),
        Index("ix_passage_fingerprint", "fingerprint"),
    )

    id: Mapped[str] = mapped_column(String(ID_LENGTH + 20), primary_key=True)
    advisory_id: Mapped[str | None] = mapped_column(ForeignKey("advisory.id"))
    rule_id: Mapped[str | None] = mapped_column(ForeignKey("rule.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(CODE_LENGTH))
    embedded: Mapped[str] = mapped_column(Text)
    vector: Mapped[bytes | None] = mapped_column(LargeBinary)  # float32, little endian
    fingerprint: Mapped[str | None] = mapped_column(String(64))  # of what made the vector

    advisory: Mapped[Advisory | None] = relationship(back_populates="passages")
    rule: Mapped[Rule | None] = relationship(back_populates="passages")


class Helpline(Base):
    """A contact with its owner and date: the fields of `HelplineRecord`."""

    __tablename__ = "helpline"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    who_for: Mapped[str] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(String(2))
    phones: Mapped[list[str]] = mapped_column(JSON)
    whatsapp: Mapped[list[str]] = mapped_column(JSON)
    email: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    hours: Mapped[str | None] = mapped_column(Text)
    seen_in: Mapped[list[str]] = mapped_column(JSON)
    as_of: Mapped[str] = mapped_column(Text)
    as_of_month: Mapped[dt.date | None] = mapped_column(Date)
    official_reprint: Mapped[bool]
    status: Mapped[str] = mapped_column(String(CODE_LENGTH))
    note: Mapped[str | None] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    origin: Mapped[str] = mapped_column(String(CODE_LENGTH), default="starter")  # who wrote it last: starter | staff
    checked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)  # when staff last called or looked it up
    checked_by: Mapped[str | None] = mapped_column(Text)


class HelplineChange(Base):
    """A change of a helpline that one person proposed and a second one decides. `before` None: a new line."""

    __tablename__ = "helpline_change"
    __table_args__ = (Index("ix_helpline_change_state", "state"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    helpline_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # None: the line is taken away
    state: Mapped[str] = mapped_column(String(CODE_LENGTH))  # open | approved | rejected
    proposed_by: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str | None] = mapped_column(Text)  # why it was rejected


class AgentSnapshot(Base):
    """An official list of recruiting agents, registered or unregistered, as it stood on one day."""

    __tablename__ = "agent_snapshot"
    __table_args__ = (Index("ix_agent_snapshot_taken_on", "taken_on"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    taken_on: Mapped[dt.date] = mapped_column(Date)
    source_url: Mapped[str | None] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)  # of list, day and file together
    added_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    added_by: Mapped[str] = mapped_column(Text)
    agent_list: Mapped[str] = mapped_column(String(CODE_LENGTH), default="registered")  # registered | unregistered
    file_name: Mapped[str | None] = mapped_column(Text)
    undone_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)  # staff took it back: nothing is said from it
    undone_by: Mapped[str | None] = mapped_column(Text)

    agents: Mapped[list[Agent]] = relationship(back_populates="snapshot", cascade="all, delete-orphan")


class Agent(Base):
    """One recruiter as a snapshot lists it. The keys are the number and name brought into one form for comparing."""

    __tablename__ = "agent"
    __table_args__ = (
        Index("ix_agent_number", "snapshot_id", "number_key"),
        Index("ix_agent_name", "snapshot_id", "name_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("agent_snapshot.id"))
    number: Mapped[str] = mapped_column(String(ID_LENGTH))
    number_key: Mapped[str] = mapped_column(String(ID_LENGTH))
    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(CODE_LENGTH))
    address: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str | None] = mapped_column(Text)
    valid_until: Mapped[dt.date | None] = mapped_column(Date)

    snapshot: Mapped[AgentSnapshot] = relationship(back_populates="agents")


class AgentColumns(Base):
    """Which column of a list of agents is what, as staff said once for files with the same header."""

    __tablename__ = "agent_columns"

    signature: Mapped[str] = mapped_column(String(64), primary_key=True)  # of the list and the words of the header
    columns: Mapped[dict[str, int]] = mapped_column(JSON)  # field -> position of its column, from 0
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class LibraryState(Base):
    """One row: a counter that rises with every change of what may be said, so that readers notice it cheaply."""

    __tablename__ = "library_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    starter_digest: Mapped[str | None] = mapped_column(String(64))  # of the starter files that were loaded last
