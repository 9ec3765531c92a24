"""Remembers who was shown a reply that cited an advisory, so that a correction reaches them. 90 days, day only.

Said to people together with the verdict; whoever does not want such corrections is left alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from bot.alerts.models import HeardVerdict
from bot.alerts.writing import insert_if_absent
from bot.models import Person
from knowledge.models import Advisory
from knowledge.vocabulary import Language


def remember_verdict(
    session: Session, chat_id: int, cited: Iterable[tuple[str, str]], *, day: dt.date, language: Language
) -> None:
    """Keep that a reply in this chat cited these advisories, each with its content hash. Nothing of the message."""
    if refuses_corrections(session, chat_id):
        return
    for advisory_id, version in cited:
        row = HeardVerdict(
            chat_id=chat_id, advisory_id=advisory_id, advisory_version=version, day=day, language=language
        )
        session.merge(row)


def remember_cited(
    session: Session, chat_id: int, advisory_ids: Iterable[str], *, day: dt.date, language: Language
) -> None:
    """Keep that a reply in this chat cited these advisories as they stand now."""
    query = select(Advisory.id, Advisory.content_hash).where(Advisory.id.in_(list(advisory_ids)))
    cited = [(advisory_id, version) for advisory_id, version in session.execute(query)]
    remember_verdict(session, chat_id, cited, day=day, language=language)


def refuses_corrections(session: Session, person_id: int) -> bool:
    """Whether the person wants no corrections of what a verdict rested on."""
    return bool(session.scalar(select(exists().where(Person.id == person_id, _refused()))))


def refuse_corrections(session: Session, person_id: int, *, at: dt.datetime) -> None:
    """Send this person no such corrections any more, and forget what they heard."""
    insert_if_absent(session, Person, {"id": person_id})
    session.get_one(Person, person_id).corrections_refused_at = at
    for row in session.scalars(select(HeardVerdict).where(HeardVerdict.chat_id == person_id)):
        session.delete(row)


def accept_corrections(session: Session, person_id: int) -> None:
    """Let the person have such corrections again."""
    person = session.get(Person, person_id)
    if person is not None:
        person.corrections_refused_at = None


def may_be_told() -> ColumnElement[bool]:
    """The condition on `heard_verdict` that its person neither refused corrections nor stopped the bot."""
    person = select(Person.id).where(Person.id == HeardVerdict.chat_id, _refused() | Person.blocked_at.is_not(None))
    return ~person.exists()


def _refused() -> ColumnElement[bool]:
    return Person.corrections_refused_at.is_not(None)
