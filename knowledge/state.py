"""Knows the one row that tells readers whether what may be said has changed since they looked."""

from __future__ import annotations

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from knowledge.database import read_connection
from knowledge.models import LibraryState

_VERSION = select(LibraryState.version)


def mark_changed(session: Session) -> None:
    """Note, in the transaction of the change itself, that what may be said has changed."""
    session.execute(update(LibraryState).values(version=LibraryState.version + 1))


def get_version(session: Session) -> int:
    """Return the number of changes so far."""
    return session.scalars(_VERSION).one()


def read_version(engine: Engine) -> int:
    """Return the number of changes so far, as every reply asks it. Raises DatabaseUnavailable."""
    with read_connection(engine) as connection:
        return connection.execute(_VERSION).scalar_one()


def find_starter_digest(session: Session) -> str | None:
    """Return the digest of the starter files loaded last, or None where none were."""
    return session.scalars(select(LibraryState.starter_digest)).one()


def save_starter_digest(session: Session, digest: str) -> None:
    """Note which starter files have been loaded."""
    session.execute(update(LibraryState).values(starter_digest=digest))
