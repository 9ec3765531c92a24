"""Reverses the last deed of the desk on one draft or advisory, and says so in the log. Undoing again goes one further.

What was public stays in the history: an undone publication is withdrawn with its reason, not wiped out. Functions take
an open session; nothing is committed here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from knowledge import advisories, alert_requests
from knowledge.advisories import find_advisory
from knowledge.desk.audit import DeskAction, name_advisory, name_draft, write_audit
from knowledge.desk.drafts import get_row, is_id_taken
from knowledge.desk.editing import move, put_back
from knowledge.desk.publishing import put_content_back
from knowledge.desk_models import DeskEntry, Draft, DraftState
from knowledge.vocabulary import Status

ADVISORY = name_advisory("")
DRAFT = "draft "


class NothingToUndo(Exception):
    """Nothing was done here that could be undone, or all of it was undone already."""

    def __init__(self, of: str) -> None:
        super().__init__(f"There is nothing to undo for {of}.")


class CannotUndo(Exception):
    """The deed cannot be reversed as things stand; the message says why and what to do instead."""


@dataclass(frozen=True)
class Undone:
    """Which deed was reversed: what, on what, by whom it had been done, and how things stand now, in words."""

    action: str
    object: str
    was_by: str
    now: str
    advisory_id: str | None


def undo(session: Session, draft_id: int, *, by: str, at: dt.datetime) -> Undone:
    """Reverse the last deed on a draft, or on the advisory that was published from it.

    Raises UnknownDraft, NothingToUndo and CannotUndo.
    """
    row = get_row(session, draft_id)
    objects = [name_draft(draft_id)]
    if row.state == DraftState.PUBLISHED:
        objects.append(name_advisory(row.advisory_id))
    return _undo_newest(session, objects, by=by, at=at)


def undo_advisory(session: Session, advisory_id: str, *, by: str, at: dt.datetime) -> Undone:
    """Reverse the last deed on an advisory: its publication, correction, withdrawal or replacement.

    Raises UnknownAdvisory, NothingToUndo and CannotUndo.
    """
    advisories.get_advisory(session, advisory_id)
    published = select(Draft.id).where(Draft.advisory_id == advisory_id, Draft.state == DraftState.PUBLISHED)
    objects = [name_advisory(advisory_id), *map(name_draft, session.scalars(published))]
    return _undo_newest(session, objects, by=by, at=at)


def undo_last(session: Session, *, by: str, at: dt.datetime) -> Undone:
    """Reverse the last deed of this very person at the desk. Raises NothingToUndo and CannotUndo."""
    query = select(DeskEntry).where(
        DeskEntry.by == by,
        DeskEntry.undone_at.is_(None),
        DeskEntry.action.in_(tuple(_REVERSALS)),
        or_(DeskEntry.object.startswith(DRAFT), DeskEntry.object.startswith(ADVISORY)),
    )
    own = session.scalars(query.order_by(DeskEntry.id.desc()).limit(1)).first()
    if own is None:
        raise NothingToUndo(by)
    newest = _find_newest(session, _related(session, own))
    if newest is not None and newest.id != own.id:
        raise CannotUndo(
            f"After you, {newest.by} {newest.action} {newest.object} on {newest.at:%Y-%m-%d at %H:%M} UTC. Name the "
            "draft or advisory to undo that first."
        )
    return _reverse(session, own, by=by, at=at)


def _undo_newest(session: Session, objects: Sequence[str], *, by: str, at: dt.datetime) -> Undone:
    entry = _find_newest(session, objects)
    if entry is None:
        raise NothingToUndo(objects[0])
    return _reverse(session, entry, by=by, at=at)


def _find_newest(session: Session, objects: Sequence[str]) -> DeskEntry | None:
    query = select(DeskEntry).where(
        DeskEntry.object.in_(objects), DeskEntry.undone_at.is_(None), DeskEntry.action.in_(tuple(_REVERSALS))
    )
    return session.scalars(query.order_by(DeskEntry.id.desc()).limit(1)).first()


def _related(session: Session, entry: DeskEntry) -> list[str]:
    """The names under which later deeds on the same thing stand in the log."""
    advisory_id = entry.details.get("advisory_id") or (
        entry.object.removeprefix(ADVISORY) if entry.object.startswith(ADVISORY) else None
    )
    if advisory_id is None:
        return [entry.object]
    drafts = session.scalars(select(Draft.id).where(Draft.advisory_id == advisory_id))
    return [entry.object, name_advisory(advisory_id), *map(name_draft, drafts)]


def _reverse(session: Session, entry: DeskEntry, *, by: str, at: dt.datetime) -> Undone:
    now, advisory_id = _REVERSALS[DeskAction(entry.action)](session, entry, by, at)
    entry.undone_at = at
    write_audit(
        session,
        by=by,
        action=DeskAction.UNDONE,
        object=entry.object,
        at=at,
        reason=None,
        details={"undoes": entry.id, "action": entry.action, "was_by": entry.by},
    )
    return Undone(entry.action, entry.object, entry.by, now, advisory_id)


def _undo_edit(session: Session, entry: DeskEntry, by: str, at: dt.datetime) -> tuple[str, str | None]:
    row = get_row(session, _draft_id(entry))
    if row.state != DraftState.OPEN:
        raise CannotUndo(f"Draft {row.id} is {row.state}, so its edits stand.")
    put_back(session, row, entry.details, by=by, at=at)
    return f"draft {row.id} holds again what it held before, as version {row.version}", None


def _undo_publication(session: Session, entry: DeskEntry, by: str, at: dt.datetime) -> tuple[str, str | None]:
    draft = get_row(session, _draft_id(entry)) if entry.object.startswith(DRAFT) else None
    advisory_id = draft.advisory_id if draft else _advisory_id(entry)
    was, reason = entry.details.get("was"), "its publication was undone"
    if was is not None and was["status"] == Status.PUBLISHED:
        put_content_back(session, was, by=by, at=at, reason=reason)
        now = f"{advisory_id} says again what it said before"
    else:
        restored = advisories.withdraw(session, advisory_id, by=by, reason=reason, at=at)
        if was is not None:
            put_content_back(session, was, by=by, at=at, reason=reason)
        now = f"{advisory_id} is no longer said in public" + _and_restored(restored)
        alert_requests.request(session, advisory_id, by=by, at=at)  # who was told of it is to hear that
    if draft is not None:
        _open_again(session, draft, by=by, at=at)
        now += f"; draft {draft.id} is open again"
    return now, advisory_id


def _undo_correction(session: Session, entry: DeskEntry, by: str, at: dt.datetime) -> tuple[str, str | None]:
    put_content_back(session, entry.details["was"], by=by, at=at, reason="the correction was undone")
    return f"{_advisory_id(entry)} says again what it said before", _advisory_id(entry)


def _undo_withdrawal(session: Session, entry: DeskEntry, by: str, at: dt.datetime) -> tuple[str, str | None]:
    advisory_id, was = _advisory_id(entry), entry.details["was"]["status"]
    row = advisories.get_advisory(session, advisory_id)
    if was == Status.PUBLISHED:
        advisories.publish(session, advisory_id, by=by, at=at, reason="the withdrawal was undone")
        return f"{advisory_id} is said in public again", advisory_id
    raise CannotUndo(
        f"{advisory_id} was not public before it was withdrawn (it was a {was}), and is {row.status} now. "
        f"`satark-ingest publish {advisory_id}` publishes it."
    )


def _undo_superseding(session: Session, entry: DeskEntry, by: str, at: dt.datetime) -> tuple[str, str | None]:
    advisory_id = _advisory_id(entry)
    advisories.end_superseding(
        session,
        advisory_id,
        entry.details["superseded_by_before"],
        by=by,
        at=at,
        reason="its replacement was undone",
    )
    return f"{advisory_id} is said again", advisory_id


def _undo_rejection(session: Session, entry: DeskEntry, by: str, at: dt.datetime) -> tuple[str, str | None]:
    row = get_row(session, _draft_id(entry))
    _open_again(session, row, by=by, at=at)
    return f"draft {row.id} is open again", None


def _undo_reopening(session: Session, entry: DeskEntry, by: str, at: dt.datetime) -> tuple[str, str | None]:
    row = get_row(session, _draft_id(entry))
    move(row, DraftState.REJECTED, by=by, at=at)
    session.flush()
    return f"draft {row.id} is rejected again", None


def _open_again(session: Session, row: Draft, *, by: str, at: dt.datetime) -> None:
    if find_advisory(session, row.advisory_id) is None and is_id_taken(session, row.advisory_id, but_of=row.id):
        raise CannotUndo(f"Another open draft is to become {row.advisory_id} by now. Rename or reject that one first.")
    stored = find_advisory(session, row.replaces) if row.replaces else None
    row.replaces_hash = stored.content_hash if stored else None
    move(row, DraftState.OPEN, by=by, at=at)
    session.flush()


def _and_restored(restored: Sequence[str] | None) -> str:
    return f"; {', '.join(restored)}, which it had replaced, is said again" if restored else ""


def _draft_id(entry: DeskEntry) -> int:
    return int(entry.object.removeprefix(DRAFT))


def _advisory_id(entry: DeskEntry) -> str:
    return entry.object.removeprefix(ADVISORY)


_REVERSALS: dict[DeskAction, Callable[[Session, DeskEntry, str, dt.datetime], tuple[str, str | None]]] = {
    DeskAction.EDITED: _undo_edit,
    DeskAction.PUBLISHED: _undo_publication,
    DeskAction.UPDATED: _undo_correction,
    DeskAction.WITHDRAWN: _undo_withdrawal,
    DeskAction.SUPERSEDED: _undo_superseding,
    DeskAction.REJECTED: _undo_rejection,
    DeskAction.REOPENED: _undo_reopening,
}
