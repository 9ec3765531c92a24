"""Checks that the store holds together: records, history, passages, vectors. Names what is wrong; repairs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from knowledge.advisories import STATE_FIELDS, hash_content, record_of
from knowledge.database import read_session
from knowledge.models import Advisory, Passage, PublicationAction, PublicationEvent, Rule
from knowledge.passage_store import unpack_vector
from knowledge.passages import split_advisory
from knowledge.vocabulary import Status

LENGTH_TOLERANCE = 1e-3  # a normalised vector has length 1, but for float32 rounding
STATUS_AFTER = {
    PublicationAction.PUBLISHED: Status.PUBLISHED,
    PublicationAction.UPDATED: Status.PUBLISHED,
    PublicationAction.WITHDRAWN: Status.WITHDRAWN,
}


def verify(engine: Engine, expected_fingerprint: str | None = None) -> tuple[str, ...]:
    """Return every problem found, in plain words; none means that the store is sound.

    With `expected_fingerprint`, vectors of any other model count as a problem. Raises DatabaseUnavailable.
    """
    with read_session(engine) as session:
        advisories = session.scalars(select(Advisory).order_by(Advisory.id)).all()
        return tuple(
            chain(
                _check_file(session),
                _check_advisories(advisories),
                _check_history(session, advisories),
                _check_replacements(session, advisories),
                _check_vectors(session, expected_fingerprint),
            )
        )


def _check_file(session: Session) -> Iterator[str]:
    if session.get_bind().dialect.name != "sqlite":
        return
    for (finding,) in session.execute(text("PRAGMA quick_check")):
        if finding != "ok":
            yield f"The database file is damaged: {finding}. Restore it from a backup."
    for broken in session.execute(text("PRAGMA foreign_key_check")):
        yield f"A row of table {broken[0]} points at a row of {broken[2]} that does not exist."


def _check_advisories(advisories: Sequence[Advisory]) -> Iterator[str]:
    for row in advisories:
        try:
            record = record_of(row)
        except (ValueError, KeyError, TypeError) as error:
            yield f"{row.id}: holds a value that is not of our vocabulary ({error})."
            continue
        if hash_content(record, STATE_FIELDS) != row.content_hash:
            yield f"{row.id}: its content was changed outside Satark (it does not fit its hash)."
        if [(part.id, part.embedded) for part in split_advisory(record)] != [(p.id, p.embedded) for p in row.passages]:
            yield f"{row.id}: its passages do not fit its content. Run `satark-ingest reindex`."


def _check_history(session: Session, advisories: Sequence[Advisory]) -> Iterator[str]:
    shown: dict[str, Status | None] = {}
    for event in session.scalars(select(PublicationEvent).order_by(PublicationEvent.id)):
        shown[event.advisory_id] = STATUS_AFTER.get(PublicationAction(event.action), shown.get(event.advisory_id))
    for row in advisories:
        if (shown.get(row.id) or Status.DRAFT) != row.status:
            yield f"{row.id}: is marked {row.status}, but its history does not say so."


def _check_replacements(session: Session, advisories: Sequence[Advisory]) -> Iterator[str]:
    successors = {row.id: row.superseded_by for row in advisories}
    known = {*successors, *session.scalars(select(Rule.id))}
    for row in advisories:
        for named in (row.superseded_by, *row.supersedes):
            if named is not None and named not in known:
                yield f"{row.id}: names {named}, which is not in the store, as its replacement or predecessor."
        if _runs_in_circle(row.id, successors):
            yield f"{row.id}: is replaced in a circle, so that none of the circle is ever said."


def _runs_in_circle(start: str, successors: dict[str, str | None]) -> bool:
    following = successors.get(start)
    for _ in range(len(successors)):
        if following is None:
            return False
        if following == start:
            return True
        following = successors.get(following)
    return False


def _check_vectors(session: Session, expected: str | None) -> Iterator[str]:
    rows = session.execute(select(Passage.id, Passage.vector, Passage.fingerprint).order_by(Passage.id)).all()
    missing = sum(row.vector is None for row in rows)
    if missing:
        yield f"{missing} of {len(rows)} passages have no vector. Run `satark-ingest reindex`."
    made_by = {row.fingerprint for row in rows if row.vector is not None}
    if len(made_by) > 1 or (expected is not None and made_by - {expected}):
        yield "Some vectors were made by another model than the one in use. Run `satark-ingest reindex`."
    lengths = {len(row.vector) for row in rows if row.vector is not None}
    if len(lengths) > len(made_by):
        yield "Vectors of one model differ in size: some are damaged."
    for row in rows:
        if row.vector is not None and not _is_normalised(row.vector):
            yield f"{row.id}: its vector is damaged."


def _is_normalised(stored: bytes) -> bool:
    if len(stored) % 4:
        return False
    vector = unpack_vector(stored)
    return bool(np.isfinite(vector).all() and abs(float(np.linalg.norm(vector)) - 1) < LENGTH_TOLERANCE)
