"""Takes in what staff send, hands each submission to one worker, and notes what became of it. Reads no content.

Whoever takes a submission holds it for `LEASE`; a worker that died loses it, and one that lost it can store nothing
more (`LostSubmission`). Functions take an open session; nothing is committed here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from knowledge.desk_models import Draft, DraftState, Submission, SubmissionKind, SubmissionState

LARGEST_CONTENT = 20 * 1024 * 1024  # bytes; also what a Telegram bot can download
LONGEST_TEXT = 200_000  # characters
LONGEST_LINK = 2_000  # characters
LEASE = dt.timedelta(minutes=3)  # reading one document is given up after seconds, a slow fetch after about a minute
MOST_ATTEMPTS = 3  # whatever ends three workers is set aside with words, not tried for ever
NAME_KEPT = 200  # characters of a file name


class TooMuch(Exception):
    """More was handed in than the desk takes; the message says how much it takes."""


class LostSubmission(Exception):
    """Another worker holds this submission by now, so nothing may be stored for it."""


class ReadBefore(Exception):
    """The very same content was read before. `draft_id` is what came of it."""

    def __init__(self, draft_id: int | None) -> None:
        super().__init__(
            f"The very same content was read before: it is draft {draft_id}."
            if draft_id
            else "The very same content was read before."
        )
        self.draft_id = draft_id


@dataclass(frozen=True)
class ReplyTo:
    """Where in Telegram the answer to a submission belongs."""

    chat_id: int
    message_id: int | None = None


@dataclass(frozen=True)
class SubmissionView:
    """One submission. `hints` holds what whoever handed it in says of it, such as issuer, date, address."""

    id: int
    kind: SubmissionKind
    by: str
    at: dt.datetime
    state: SubmissionState
    link: str | None = None
    file_name: str | None = None
    media_type: str | None = None
    content: bytes | None = None
    text: str | None = None
    hints: Mapping[str, Any] = field(default_factory=dict)
    outcome: str | None = None
    draft_id: int | None = None
    reply_to: ReplyTo | None = None
    attempts: int = 0
    taken_by: str | None = None


def submit_link(
    session: Session,
    link: str,
    *,
    by: str,
    at: dt.datetime,
    reply_to: ReplyTo | None = None,
    hints: Mapping[str, Any] | None = None,
) -> int:
    """Take in a link; whether it may be fetched is decided by the worker. Returns its id. Raises TooMuch."""
    if len(link) > LONGEST_LINK:
        raise TooMuch(f"The link is longer than {LONGEST_LINK} characters. Send the plain address of the page.")
    return _submit(session, by, at, reply_to, hints, kind=SubmissionKind.LINK, link=link.strip())


def submit_file(
    session: Session,
    content: bytes,
    *,
    by: str,
    at: dt.datetime,
    file_name: str | None = None,
    media_type: str | None = None,
    reply_to: ReplyTo | None = None,
    hints: Mapping[str, Any] | None = None,
) -> int:
    """Take in a file or photo. Returns its id. Raises TooMuch."""
    if len(content) > LARGEST_CONTENT:
        raise TooMuch(f"The file is larger than {LARGEST_CONTENT // 1024**2} MB. Send a smaller one, or its link.")
    return _submit(
        session,
        by,
        at,
        reply_to,
        hints,
        kind=SubmissionKind.FILE,
        content=content,
        content_hash=hash_bytes(content),
        file_name=file_name[:NAME_KEPT] if file_name else None,
        media_type=media_type[:NAME_KEPT] if media_type else None,
    )


def submit_text(
    session: Session,
    text: str,
    *,
    by: str,
    at: dt.datetime,
    reply_to: ReplyTo | None = None,
    hints: Mapping[str, Any] | None = None,
) -> int:
    """Take in pasted words. Returns its id. Raises TooMuch."""
    if len(text) > LONGEST_TEXT:
        raise TooMuch(f"The text is longer than {LONGEST_TEXT} characters. Send it as a file.")
    hashed = hash_bytes(text.encode())
    return _submit(session, by, at, reply_to, hints, kind=SubmissionKind.TEXT, text=text, content_hash=hashed)


def claim_submission(session: Session, worker: str, at: dt.datetime) -> SubmissionView | None:
    """Hand the oldest submission that waits, or whose worker died, to this worker; None where there is none.

    One that ended `MOST_ATTEMPTS` workers is refused with words instead of being handed out again.
    """
    _give_up_hopeless(session, at)
    query = select(Submission.id).where(_is_free(at)).order_by(Submission.id).limit(1)
    submission_id = session.scalar(query.with_for_update(skip_locked=True))
    if submission_id is None:
        return None
    row = session.get_one(Submission, submission_id)
    row.state, row.taken_by, row.taken_at = SubmissionState.TAKEN, worker, at
    row.attempts += 1
    session.flush()
    return _view(row)


def renew_claim(session: Session, submission_id: int, worker: str, at: dt.datetime) -> None:
    """Hold a submission for another `LEASE`. Raises LostSubmission."""
    _get_held(session, submission_id, worker).taken_at = at
    session.flush()


def note_outcome(
    session: Session,
    submission_id: int,
    state: SubmissionState,
    outcome: str,
    *,
    at: dt.datetime,
    worker: str | None = None,
    draft_id: int | None = None,
    read_hash: str | None = None,
) -> None:
    """Note what became of a submission, in words for whoever handed it in; its bytes and words are let go.

    With `worker`, raises LostSubmission where another holds it by now. `read_hash` names the content a draft was made
    from; a second submission of it raises ReadBefore.
    """
    row = session.get_one(Submission, submission_id) if worker is None else _get_held(session, submission_id, worker)
    if read_hash is not None:
        refuse_read_before(session, read_hash)
    row.state, row.outcome, row.draft_id, row.ended_at = state, outcome, draft_id, at
    row.read_hash = read_hash
    row.content = row.text = None
    session.flush()


def save_read(
    session: Session,
    *,
    by: str,
    at: dt.datetime,
    draft_id: int,
    read_hash: str,
    file_name: str | None = None,
    link: str | None = None,
) -> int:
    """Note something that was read on the spot, as on the command line, beside its draft. Raises ReadBefore."""
    refuse_read_before(session, read_hash)
    row_id = _submit(
        session,
        by,
        at,
        None,
        None,
        kind=SubmissionKind.LINK if link else SubmissionKind.FILE if file_name else SubmissionKind.TEXT,
        link=link,
        file_name=file_name[:NAME_KEPT] if file_name else None,
        content_hash=read_hash,
    )
    row = session.get_one(Submission, row_id)
    row.state, row.draft_id, row.ended_at, row.read_hash = SubmissionState.DRAFTED, draft_id, at, read_hash
    row.outcome, row.told_at = f"draft {draft_id}", at
    session.get_one(Draft, draft_id).submission_id = row_id
    session.flush()
    return row_id


def find_read_before(session: Session, read_hash: str) -> SubmissionView | None:
    """Return the submission of which a draft was made from the very same content, and which still stands; or None.

    It does so no more once a later draft took its place in public: then the same content is news again.
    """
    row = session.scalars(select(Submission).where(Submission.read_hash == read_hash)).first()
    if row is None or row.draft_id is None or _is_outdated(session, row.draft_id):
        return None
    return _view(row)


def refuse_read_before(session: Session, read_hash: str) -> None:
    """Raise ReadBefore where `find_read_before` finds something; an outdated mark is taken away."""
    before = find_read_before(session, read_hash)
    if before is not None:
        raise ReadBefore(before.draft_id)
    session.execute(update(Submission).where(Submission.read_hash == read_hash).values(read_hash=None))


def get_submission(session: Session, submission_id: int) -> SubmissionView:
    """Return one submission; raises LookupError where there is none."""
    row = session.get(Submission, submission_id)
    if row is None:
        raise LookupError(f"There is no submission {submission_id}.")
    return _view(row)


def count_waiting(session: Session) -> int:
    """Return how many submissions have not been read yet."""
    waiting = Submission.state.in_((SubmissionState.WAITING, SubmissionState.TAKEN))
    return len(session.scalars(select(Submission.id).where(waiting)).all())


def list_untold(session: Session, most: int = 20) -> tuple[SubmissionView, ...]:
    """Return the submissions that were read and whose sender in Telegram has not been answered, oldest first."""
    query = (
        select(Submission)
        .where(Submission.ended_at.is_not(None), Submission.told_at.is_(None), Submission.chat_id.is_not(None))
        .order_by(Submission.id)
        .limit(most)
    )
    return tuple(map(_view, session.scalars(query)))


def mark_told(session: Session, submission_id: int, at: dt.datetime) -> bool:
    """Note that the sender was answered; False where that was noted before."""
    mine = update(Submission).where(Submission.id == submission_id, Submission.told_at.is_(None)).values(told_at=at)
    return bool(session.execute(mine).rowcount)  # type: ignore[attr-defined]  # an UPDATE has one


def hash_bytes(content: bytes) -> str:
    """Name content by its SHA-256."""
    return hashlib.sha256(content).hexdigest()


def _is_outdated(session: Session, draft_id: int) -> bool:
    draft = session.get(Draft, draft_id)
    if draft is None:
        return True
    later = select(Draft.id).where(
        Draft.advisory_id == draft.advisory_id, Draft.id > draft_id, Draft.state == DraftState.PUBLISHED
    )
    return draft.state == DraftState.PUBLISHED and session.scalars(later).first() is not None


def _submit(
    session: Session,
    by: str,
    at: dt.datetime,
    reply_to: ReplyTo | None,
    hints: Mapping[str, Any] | None,
    **columns: Any,
) -> int:
    row = Submission(
        by=by,
        at=at,
        state=SubmissionState.WAITING,
        hints=dict(hints or {}),
        attempts=0,
        chat_id=reply_to.chat_id if reply_to else None,
        message_id=reply_to.message_id if reply_to else None,
        **columns,
    )
    session.add(row)
    session.flush()
    return row.id


def _give_up_hopeless(session: Session, at: dt.datetime) -> None:
    hopeless = select(Submission).where(_is_free(at), Submission.attempts >= MOST_ATTEMPTS)
    for row in session.scalars(hopeless):
        row.state, row.ended_at, row.content, row.text = SubmissionState.REFUSED, at, None, None
        row.outcome = "It could not be read: reading it ended the program three times. Paste its words instead."
    session.flush()


def _is_free(at: dt.datetime) -> Any:
    abandoned = and_(Submission.state == SubmissionState.TAKEN, Submission.taken_at <= at - LEASE)
    return or_(Submission.state == SubmissionState.WAITING, abandoned)


def _get_held(session: Session, submission_id: int, worker: str) -> Submission:
    row = session.get_one(Submission, submission_id, with_for_update=True, populate_existing=True)
    if row.state != SubmissionState.TAKEN or row.taken_by != worker:
        raise LostSubmission(f"Submission {submission_id} is held by {row.taken_by or 'nobody'} by now.")
    return row


def _view(row: Submission) -> SubmissionView:
    return SubmissionView(
        id=row.id,
        kind=SubmissionKind(row.kind),
        by=row.by,
        at=row.at,
        state=SubmissionState(row.state),
        link=row.link,
        file_name=row.file_name,
        media_type=row.media_type,
        content=row.content,
        text=row.text,
        hints=dict(row.hints),
        outcome=row.outcome,
        draft_id=row.draft_id,
        reply_to=ReplyTo(row.chat_id, row.message_id) if row.chat_id is not None else None,
        attempts=row.attempts,
        taken_by=row.taken_by,
    )
