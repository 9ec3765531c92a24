"""Works off what staff handed in: one submission after the other becomes a draft, or is refused with words.

Several workers may share the database: each holds what it reads by a lease, and stores only what it still holds. One
bad submission ends neither the worker nor the others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import structlog
from sqlalchemy import Engine

from ingest.known import KnownKeeper
from ingest.pipeline import (
    Arrived,
    CannotDraft,
    Fetch,
    Origin,
    Outcome,
    Prepared,
    Stored,
    prepare_file,
    prepare_link,
    prepare_text,
    store,
)
from ingest.understanding.meaning import TopicsByMeaning
from knowledge import desk
from knowledge.database import DatabaseUnavailable, write_session
from knowledge.desk import SubmissionView
from knowledge.desk_models import SubmissionKind, SubmissionState
from knowledge.library import day_in_india

_log = structlog.get_logger(__name__)

FAILED = (
    "It could not be read: something went wrong on our side. Send it again, or paste the words of the notice; if it "
    "fails again, tell the operator."
)
_STATES = {Outcome.DRAFTED: SubmissionState.DRAFTED, Outcome.UNCHANGED: SubmissionState.UNCHANGED}


class Worker:
    """Reads submissions with one fetcher. Not for several threads."""

    def __init__(
        self,
        engine: Engine,
        fetch: Fetch,
        clock: Callable[[], dt.datetime],
        *,
        worker: str,
        topics_by_meaning: TopicsByMeaning | None = None,
    ) -> None:
        """Take the store, a way to fetch, a clock (aware, UTC) and a name that no other worker has."""
        self._meaning = topics_by_meaning
        self._engine, self._fetch, self._clock, self._worker = engine, fetch, clock, worker
        self._known = KnownKeeper()

    def work_one(self) -> int | None:
        """Read the oldest submission that waits; return its number, or None where none does.

        Raises DatabaseUnavailable; whatever else goes wrong becomes the outcome of that submission.
        """
        with write_session(self._engine) as session:
            submission = desk.claim_submission(session, self._worker, self._clock())
        if submission is None:
            return None
        try:
            self._finish(submission)
        except desk.LostSubmission:
            _log.warning("a submission was taken over by another worker", submission=submission.id)
        return submission.id

    def _finish(self, submission: SubmissionView) -> None:
        try:
            prepared = self._prepare(submission)
            with write_session(self._engine) as session:
                origin = Origin(submission.by, submission_id=submission.id)
                stored = store(session, prepared, origin, self._known, at=self._clock())
                read_hash = prepared.read_hash if stored.outcome is Outcome.DRAFTED else None
                desk.note_outcome(
                    session,
                    submission.id,
                    _STATES[stored.outcome],
                    stored.words,
                    at=self._clock(),
                    worker=self._worker,
                    draft_id=stored.draft_id,
                    read_hash=read_hash,
                )
        except (desk.LostSubmission, DatabaseUnavailable):
            raise
        except desk.ReadBefore as before:
            self._note(submission, Stored(Outcome.UNCHANGED, str(before), before.draft_id))
        except CannotDraft as error:
            self._note(submission, Stored(Outcome.REFUSED, str(error)))
        except Exception as error:
            _log.error("reading a submission failed", submission=submission.id, error=type(error).__name__)
            self._note(submission, Stored(Outcome.REFUSED, FAILED))

    def _prepare(self, submission: SubmissionView) -> Prepared:
        today = day_in_india(self._clock())
        if submission.kind is SubmissionKind.LINK:
            return prepare_link(
                submission.link or "", submission.hints, self._fetch, today=today, topics_by_meaning=self._meaning
            )
        if submission.kind is SubmissionKind.TEXT:
            return prepare_text(submission.text or "", submission.hints, today=today, topics_by_meaning=self._meaning)
        arrived = Arrived(
            submission.content or b"", submission.file_name, submission.media_type, hints=submission.hints
        )
        return prepare_file(arrived, today=today, fetch=self._fetch, topics_by_meaning=self._meaning)

    def _note(self, submission: SubmissionView, stored: Stored) -> None:
        state = _STATES.get(stored.outcome, SubmissionState.REFUSED)
        with write_session(self._engine) as session:
            desk.note_outcome(
                session,
                submission.id,
                state,
                stored.words,
                at=self._clock(),
                worker=self._worker,
                draft_id=stored.draft_id,
            )
