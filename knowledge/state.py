"""Knows the one row that tells readers whether what may be said has changed since they looked."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from knowledge.models import LibraryState


def mark_changed(session: Session) -> None:
    """Note, in the transaction of the change itself, that what may be said has changed."""
    session.execute(update(LibraryState).values(version=LibraryState.version + 1))


def get_version(session: Session) -> int:
    """Return the number of changes so far."""
    return session.scalars(select(LibraryState.version)).one()


def find_starter_digest(session: Session) -> str | None:
    """Return the digest of the starter files loaded last, or None where none were."""
    return session.scalars(select(LibraryState.starter_digest)).one()


def save_starter_digest(session: Session, digest: str) -> None:
    """Note which starter files have been loaded."""
    session.execute(update(LibraryState).values(starter_digest=digest))
