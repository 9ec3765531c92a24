"""Changes drafts: edits with a check that nobody changed the draft meanwhile, rejections, reopening. Publishes nothing.

Functions take an open session; nothing is committed here. Each deed is written to the audit log in that transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.desk.audit import DeskAction, name_draft, write_audit
from knowledge.desk.drafts import DraftView, get_row, is_id_taken, view_of
from knowledge.desk.field_values import apply_changes
from knowledge.desk_models import Draft, DraftEdit, DraftState
from knowledge.records import BadRecord, build_advisory

SHOWN = 60  # characters of a value in the message of a conflict


@dataclass(frozen=True)
class FieldChange:
    """One field of a draft before and after an edit."""

    field: str
    before: Any
    after: Any


class ChangedMeanwhile(Exception):
    """Somebody changed the draft after it was shown. `by`, `at` and `changes` say what; `current` is how it is now.

    Nothing of the refused change is lost: whoever asked for it can ask again with the version of `current`.
    """

    def __init__(self, by: str, at: dt.datetime, changes: tuple[FieldChange, ...], current: DraftView) -> None:
        told = "; ".join(f"{one.field}: {_short(one.before)} → {_short(one.after)}" for one in changes)
        super().__init__(
            f"Draft {current.id} was changed by {by} on {at:%Y-%m-%d at %H:%M} UTC, after you last saw it"
            f"{f' ({told})' if told else ''}. It is version {current.version} now. Your change was not stored; look "
            "at the draft again and repeat it if it still fits."
        )
        self.by, self.at, self.changes, self.current = by, at, changes, current


class DraftClosed(Exception):
    """The draft was published or rejected already. `state`, `by` and `at` say how, by whom and when."""

    def __init__(self, draft: DraftView) -> None:
        undo = f" `satark-ingest undo {draft.id}` opens it again." if draft.state is DraftState.REJECTED else ""
        if draft.state is DraftState.PUBLISHED:
            undo = f" Correct what is public with `satark-ingest update {draft.advisory_id}`."
        super().__init__(
            f"Draft {draft.id} was {draft.state} by {draft.changed_by} on {draft.changed_at:%Y-%m-%d at %H:%M} UTC, so "
            f"it is changed no more.{undo}"
        )
        self.state, self.by, self.at, self.draft = draft.state, draft.changed_by, draft.changed_at, draft


def edit_draft(
    session: Session,
    draft_id: int,
    version: int,
    changes: Mapping[str, object],
    *,
    by: str,
    at: dt.datetime,
    reason: str | None = None,
) -> DraftView:
    """Change fields of an open draft; `id` renames the advisory it is to become. Values as `field_values` reads them.

    Raises UnknownDraft, DraftClosed, ChangedMeanwhile and BadRecord, which names the field; then nothing is stored.
    """
    row = get_open(session, draft_id, version)
    others = {name: value for name, value in changes.items() if name != "id"}
    before = {**row.fields, "id": row.advisory_id}
    after = {**apply_changes(row.fields, others, f"draft {draft_id}"), "id": _new_id(session, row, changes)}
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    if changed:
        kept = {name: value for name, value in after.items() if name != "id"}
        row.fields, row.advisory_id = kept, after["id"]
        _note_edit(session, row, before, after, changed, by=by, at=at, reason=reason)
    return view_of(row)


def reject_draft(
    session: Session, draft_id: int, version: int, *, by: str, at: dt.datetime, reason: str | None = None
) -> DraftView:
    """Set a draft aside. Raises UnknownDraft, DraftClosed and ChangedMeanwhile."""
    row = get_open(session, draft_id, version)
    move(row, DraftState.REJECTED, by=by, at=at)
    write_audit(session, by=by, action=DeskAction.REJECTED, object=name_draft(draft_id), at=at, reason=reason)
    return view_of(row)


def reopen_draft(session: Session, draft_id: int, *, by: str, at: dt.datetime, reason: str | None = None) -> DraftView:
    """Take a rejected draft up again; one that is open stays as it is. Raises UnknownDraft and DraftClosed."""
    row = get_row(session, draft_id)
    if row.state == DraftState.PUBLISHED:
        raise DraftClosed(view_of(row))
    if row.state == DraftState.REJECTED:
        move(row, DraftState.OPEN, by=by, at=at)
        write_audit(session, by=by, action=DeskAction.REOPENED, object=name_draft(draft_id), at=at, reason=reason)
    return view_of(row)


def get_open(session: Session, draft_id: int, version: int) -> Draft:
    """Return the stored draft where it is open and of this version.

    Raises UnknownDraft, DraftClosed and ChangedMeanwhile.
    """
    row = get_row(session, draft_id)
    if row.state != DraftState.OPEN:
        raise DraftClosed(view_of(row))
    if row.version != version:
        raise ChangedMeanwhile(row.changed_by, row.changed_at, list_changes(session, draft_id, version), view_of(row))
    return row


def list_changes(session: Session, draft_id: int, since_version: int = 0) -> tuple[FieldChange, ...]:
    """Return what was edited in a draft after a version, oldest first."""
    query = (
        select(DraftEdit)
        .where(DraftEdit.draft_id == draft_id, DraftEdit.version > since_version)
        .order_by(DraftEdit.version)
    )
    return tuple(
        FieldChange(name, edit.before.get(name), edit.after.get(name))
        for edit in session.scalars(query)
        for name in sorted({*edit.before, *edit.after})
    )


def put_back(session: Session, row: Draft, entry_details: Mapping[str, Any], *, by: str, at: dt.datetime) -> None:
    """Reverse one edit of an open draft: the fields it touched hold again what they held before."""
    before, after = entry_details["before"], entry_details["after"]
    fields = dict(row.fields) | {name: value for name, value in before.items() if name != "id"}
    for name in set(after) - set(before):
        fields.pop(name, None)
    row.fields, row.advisory_id = fields, before.get("id", row.advisory_id)
    move(row, DraftState.OPEN, by=by, at=at)
    session.add(
        DraftEdit(draft_id=row.id, version=row.version, before=after, after=before, by=by, at=at, reason="undone")
    )
    session.flush()


def move(row: Draft, state: DraftState, *, by: str, at: dt.datetime) -> None:
    """Bring a draft into a state and raise its version."""
    row.state, row.changed_by, row.changed_at = state, by, at
    row.version += 1


def _new_id(session: Session, row: Draft, changes: Mapping[str, object]) -> str:
    wanted = str(changes.get("id", row.advisory_id)).strip()
    if wanted == row.advisory_id:
        return wanted
    name = f"draft {row.id}"
    if row.replaces:
        raise BadRecord(name, "id", f"stays {row.replaces}: this draft is a new version of that advisory")
    build_advisory(
        {"id": wanted, "issuer": "x", "kind": "advisory", "source_tier": "official_page", "facts": ["x"]}, name
    )
    if is_id_taken(session, wanted, but_of=row.id):
        raise BadRecord(name, "id", f"{wanted} is taken already; choose another")
    return wanted


def _note_edit(
    session: Session,
    row: Draft,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    changed: set[str],
    *,
    by: str,
    at: dt.datetime,
    reason: str | None,
) -> None:
    move(row, DraftState.OPEN, by=by, at=at)
    old = {name: before[name] for name in sorted(changed) if name in before}
    new = {name: after[name] for name in sorted(changed) if name in after}
    session.add(DraftEdit(draft_id=row.id, version=row.version, before=old, after=new, by=by, at=at, reason=reason))
    details = {"before": old, "after": new, "version": row.version}
    write_audit(
        session, by=by, action=DeskAction.EDITED, object=name_draft(row.id), at=at, reason=reason, details=details
    )


def _short(value: Any) -> str:
    words = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return words if len(words) <= SHOWN else f"{words[:SHOWN]}…"
