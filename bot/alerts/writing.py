"""Knows the two ways of writing that both databases spell differently or report oddly. Knows no table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, Executable, Select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from knowledge.database import Base


def insert_if_absent(session: Session, table: type[Base], row: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its key is there; says whether it was inserted. Safe when two do so at once."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return count_changed(session, insert(table).values(dict(row)).on_conflict_do_nothing()) == 1


def insert_selected(session: Session, table: type[Base], columns: Sequence[str], query: Select[Any]) -> int:
    """Insert what a query finds, passing over rows whose key is there already. Returns how many were inserted.

    The database's own check of the key is used, not a NOT EXISTS: that once led PostgreSQL to a plan of minutes.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return count_changed(session, insert(table).from_select(list(columns), query).on_conflict_do_nothing())


def count_changed(session: Session, statement: Executable) -> int:
    """Execute a statement that changes rows, and return how many."""
    done = session.execute(statement, execution_options={"synchronize_session": False})
    return max(cast("CursorResult[object]", done).rowcount, 0)
