"""Takes deleted bytes out of the files of the database. Knows how SQLite and PostgreSQL keep what was deleted.

SQLite overwrites what is deleted (`secure_delete`), but the pages as they were before stay in the write-ahead log until
it is emptied. PostgreSQL keeps dead rows until they are vacuumed; its own log is reused by and by and cannot be cleaned
from here (see `docs/operating.md`).
"""

from __future__ import annotations

from sqlalchemy import Engine, text

from knowledge.database import BUSY_TIMEOUT_S, explained

WAIT_FOR_READERS_MS = 300  # while it waits, writers wait too; so try briefly, and again later
TABLES_OF_PEOPLE = (
    "person",
    "shown_reply",
    "inbox_update",
    "subscriber",
    "subscription",
    "delivery",
    "heard_verdict",
    "listed_question",
)


def clean_storage(engine: Engine) -> bool:
    """Remove the traces of what was deleted so far. False where others hold them; try again a little later.

    Raises `DatabaseUnavailable`.
    """
    with explained(engine):
        return _empty_write_ahead_log(engine) if engine.dialect.name == "sqlite" else _vacuum(engine)


def _empty_write_ahead_log(engine: Engine) -> bool:
    with engine.connect() as connection:
        # The driver's own cursor: inside a transaction, which ours would begin, the log cannot be emptied.
        cursor = connection.connection.cursor()
        try:
            cursor.execute(f"PRAGMA busy_timeout = {WAIT_FOR_READERS_MS}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            outcome = cursor.fetchone()  # whether others were in the way, and two counts of pages
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}")
            cursor.close()
    return outcome is not None and bool(outcome[0] == 0)


def _vacuum(engine: Engine) -> bool:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in TABLES_OF_PEOPLE:
            connection.execute(text(f"VACUUM {table}"))
    return True
