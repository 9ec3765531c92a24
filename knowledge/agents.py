"""Finds registered recruiting agents in dated snapshots of the official list: exactly, or not at all.

A number or a name is compared in one form (case, spaces, marks and ways of writing digits do not count), but never
"nearly": a confirmation of a look-alike would be worse than none.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from knowledge.models import Agent, AgentSnapshot


def find_newest_snapshot(session: Session, today: dt.date) -> AgentSnapshot | None:
    """Return the newest snapshot of the list that is not of the future, or None where there is none at all."""
    query = select(AgentSnapshot).where(AgentSnapshot.taken_on <= today)
    return session.scalars(query.order_by(AgentSnapshot.taken_on.desc(), AgentSnapshot.id.desc()).limit(1)).first()


def find_agents_by_number(session: Session, snapshot: AgentSnapshot, number: str) -> tuple[Agent, ...]:
    """Return the agents of a snapshot with exactly this registration number."""
    return _find(session, snapshot, Agent.number_key == make_number_key(number), make_number_key(number))


def find_agents_by_name(session: Session, snapshot: AgentSnapshot, name: str) -> tuple[Agent, ...]:
    """Return the agents of a snapshot with exactly this name."""
    return _find(session, snapshot, Agent.name_key == make_name_key(name), make_name_key(name))


def make_number_key(number: str) -> str:
    """Bring a registration number into one form: capitals and ASCII digits, without spaces; strokes stay."""
    return re.sub(r"[^A-Z0-9/+-]", "", _plain(number).upper())


def make_name_key(name: str) -> str:
    """Bring a firm's name into one form: small letters and digits with single spaces between."""
    words = "".join(letter if _belongs_to_word(letter) else " " for letter in _plain(name).casefold())
    return " ".join(words.split())


def _find(session: Session, snapshot: AgentSnapshot, condition: ColumnElement[bool], key: str) -> tuple[Agent, ...]:
    if not key:
        return ()
    query = select(Agent).where(Agent.snapshot_id == snapshot.id, condition).order_by(Agent.id)
    return tuple(session.scalars(query))


def _plain(text: str) -> str:
    compatible = unicodedata.normalize("NFKC", text)
    return "".join(_ascii_digit(letter) for letter in compatible)


def _ascii_digit(letter: str) -> str:
    return str(unicodedata.digit(letter)) if letter.isdigit() else letter


def _belongs_to_word(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter).startswith("M")  # vowel signs of Indic scripts
