"""Changes of helplines by two people, and how long ago each line was checked. A wrong digit costs a frightened person.

One person proposes a change, a second one approves it; the command line counts as one person, whoever sits there. A
line that staff have written stays as they wrote it when the starter files are loaded anew. Functions take an open
session; nothing is committed here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import state
from knowledge.advisories import as_fields, hash_content
from knowledge.desk.audit import write_audit
from knowledge.desk.notices import tell_staff
from knowledge.desk_models import StaffNotice
from knowledge.models import Helpline, HelplineChange
from knowledge.records import HelplineRecord, parse_helpline
from knowledge.rules import helpline_record_of
from knowledge.vocabulary import HelplineStatus

CHECK_EVERY = dt.timedelta(days=31)
NOTICE_KIND = "helplines"
STAFF_ORIGIN = "staff"
_SHOWN = (HelplineStatus.CURRENT, HelplineStatus.CRISIS_ONLY, HelplineStatus.OLD_VERIFY)
_LONGEST_REASON = 500


class ChangeState(StrEnum):
    """Where a proposed change stands."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"


class UnknownHelpline(Exception):
    """There is no helpline with this id."""

    def __init__(self, helpline_id: str) -> None:
        super().__init__(f"There is no helpline '{helpline_id}'. `satark-ingest helplines list` shows them all.")


class CannotChangeHelpline(Exception):
    """A change of a helpline cannot be proposed, approved or rejected; the message says why and what to do."""


class SamePerson(CannotChangeHelpline):
    """Who proposed a change may not approve it."""

    def __init__(self, change_id: int) -> None:
        super().__init__(
            f"Change {change_id} needs a second person: you proposed it, or it came from the command line, which "
            f"counts as one person. Another of the staff approves it in Telegram with /approve_helpline {change_id}"
        )


@dataclass(frozen=True)
class HelplineView:
    """One helpline and when staff last looked after it. `last_looked_at` is when it was checked or written."""

    record: HelplineRecord
    origin: str
    checked_at: dt.datetime | None
    checked_by: str | None
    last_looked_at: dt.datetime
    is_due: bool


@dataclass(frozen=True)
class ChangeView:
    """One proposed change. `differences` are (field, before, after) as they are shown."""

    id: int
    helpline_id: str
    is_new_line: bool
    differences: tuple[tuple[str, str, str], ...]
    state: ChangeState
    proposed_by: str
    proposed_at: dt.datetime
    reason: str
    decided_by: str | None
    decided_at: dt.datetime | None
    decision: str | None


def list_helplines(session: Session, at: dt.datetime) -> tuple[HelplineView, ...]:
    """Return all helplines, by id, each with its last check."""
    return tuple(_view_line(row, at) for row in session.scalars(select(Helpline).order_by(Helpline.id)))


def get_helpline(session: Session, helpline_id: str, at: dt.datetime) -> HelplineView:
    """Return one helpline. Raises UnknownHelpline."""
    return _view_line(_get_row(session, helpline_id), at)


def propose_change(
    session: Session, helpline_id: str, changes: Mapping[str, Any], *, by: str, at: dt.datetime, reason: str
) -> int:
    """Propose new values for some fields of a helpline, or a whole new line; returns the number of the change.

    Nothing that is said changes by it. A line is taken away by giving it the status `outdated`, which is never shown.
    Raises BadRecord, which names the field, and CannotChangeHelpline.
    """
    if not reason.strip():
        raise CannotChangeHelpline("Say why, so that the second person can judge it: where was the new value seen?")
    row = session.get(Helpline, helpline_id)
    before = as_fields(helpline_record_of(row)) if row else None
    after = as_fields(_make_record(helpline_id, (before or {}) | dict(changes)))
    if after == before:
        raise CannotChangeHelpline(f"Nothing would change: helpline '{helpline_id}' says this already.")
    change = HelplineChange(
        helpline_id=helpline_id,
        before=before,
        after=after,
        state=ChangeState.OPEN,
        proposed_by=by,
        proposed_at=at,
        reason=reason.strip()[:_LONGEST_REASON],
    )
    session.add(change)
    session.flush()
    _audit(session, change, "proposed", by=by, at=at, reason=change.reason)
    words = f"Change {change.id} of helpline {helpline_id} waits for a second person: /helpline_changes shows it."
    tell_staff(session, at=at, kind=NOTICE_KIND, object=_name(helpline_id), words=words)
    return change.id


def approve_change(session: Session, change_id: int, *, by: str, at: dt.datetime) -> HelplineRecord:
    """Make a proposed change true: from the next reply on the new row is shown. Raises CannotChangeHelpline.

    Refuses the person who proposed it, and a line that was changed since.
    """
    change = _get_open(session, change_id)
    if is_same_person(by, change.proposed_by):
        raise SamePerson(change_id)
    row = session.get(Helpline, change.helpline_id)
    if (as_fields(helpline_record_of(row)) if row else None) != change.before:
        raise CannotChangeHelpline(
            f"Helpline '{change.helpline_id}' was changed since change {change_id} was proposed. "
            "Reject it and propose it anew."
        )
    record = _make_record(change.helpline_id, change.after or {})
    _write(session, row or Helpline(id=change.helpline_id), record, by=by, at=at)
    change.state, change.decided_by, change.decided_at = ChangeState.APPROVED, by, at
    _audit(session, change, "approved", by=by, at=at)
    return record


def reject_change(session: Session, change_id: int, *, by: str, at: dt.datetime, reason: str) -> None:
    """Turn a proposed change down, also one's own. Raises CannotChangeHelpline."""
    change = _get_open(session, change_id)
    if not reason.strip():
        raise CannotChangeHelpline("Say why the change is rejected, so that whoever proposed it knows.")
    change.state, change.decided_by, change.decided_at = ChangeState.REJECTED, by, at
    change.decision = reason.strip()[:_LONGEST_REASON]
    _audit(session, change, "rejected", by=by, at=at, reason=change.decision)


def note_checked(session: Session, helpline_id: str, *, by: str, at: dt.datetime) -> HelplineRecord:
    """Note that somebody looked the line up or called it today and that every digit is right: its date is renewed.

    Raises UnknownHelpline.
    """
    row = _get_row(session, helpline_id)
    fields = as_fields(helpline_record_of(row))
    fields |= {"as_of": f"{at:%B %Y}", "as_of_month": f"{at:%Y-%m}-01"}
    record = _make_record(helpline_id, fields)
    _write(session, row, record, by=by, at=at)
    write_audit(session, by=by, action="checked", object=_name(helpline_id), at=at)
    return record


def list_changes(session: Session, *, open_only: bool = True, most: int = 50) -> tuple[ChangeView, ...]:
    """Return proposed changes, newest first."""
    query = select(HelplineChange).order_by(HelplineChange.id.desc()).limit(most)
    if open_only:
        query = query.where(HelplineChange.state == ChangeState.OPEN)
    return tuple(map(_view_change, session.scalars(query)))


def list_due(session: Session, at: dt.datetime) -> tuple[HelplineView, ...]:
    """Return the lines that are shown to people and that nobody has looked after for a month, the longest first."""
    due = [view for view in list_helplines(session, at) if view.is_due]
    return tuple(sorted(due, key=lambda view: view.last_looked_at))


def remind(session: Session, at: dt.datetime) -> int:
    """Put up one notice a month for staff where lines are due; returns how many lines are due."""
    due = list_due(session, at)
    newest = session.scalars(
        select(StaffNotice.at)
        .where(StaffNotice.kind == NOTICE_KIND, StaffNotice.object == _name("*"))
        .order_by(StaffNotice.id.desc())
        .limit(1)
    ).first()
    if due and (newest is None or at - newest >= CHECK_EVERY):
        words = (
            f"{len(due)} helplines were last checked more than a month ago. Look each up on its official site or call "
            "it, then note it: satark-ingest helplines checked ID. `satark-ingest helplines remind` lists them."
        )
        tell_staff(session, at=at, kind=NOTICE_KIND, object=_name("*"), words=words)
    return len(due)


def is_same_person(one: str, other: str) -> bool:
    """Whether two names of the history may be one person: one staff number, or both at the command line."""
    staff = [_STAFF_NUMBER.search(name) for name in (one, other)]
    if staff[0] and staff[1] and staff[0].group(1) == staff[1].group(1):
        return True
    return one == other or all(name == "cli" or name.startswith("cli:") for name in (one, other))


_STAFF_NUMBER = re.compile(r"\bstaff (\d+)$")


def _make_record(helpline_id: str, fields: Mapping[str, Any]) -> HelplineRecord:
    """Check fields as the curated files are checked. Raises BadRecord."""
    given = {name: value for name, value in fields.items() if value not in (None, [], ())} | {"id": helpline_id}
    given.setdefault("official_reprint", False)
    return parse_helpline(yaml.safe_dump(given, allow_unicode=True), f"helpline {helpline_id}")


def _write(session: Session, row: Helpline, record: HelplineRecord, *, by: str, at: dt.datetime) -> None:
    for name, value in as_fields(record).items():
        setattr(row, name, record.as_of_month if name == "as_of_month" else value)
    row.content_hash = hash_content(record)
    row.changed_at, row.origin = at, STAFF_ORIGIN
    row.checked_at, row.checked_by = at, by
    session.add(row)
    state.mark_changed(session)
    session.flush()


def _get_row(session: Session, helpline_id: str) -> Helpline:
    row = session.get(Helpline, helpline_id)
    if row is None:
        raise UnknownHelpline(helpline_id)
    return row


def _get_open(session: Session, change_id: int) -> HelplineChange:
    change = session.get(HelplineChange, change_id)
    if change is None:
        raise CannotChangeHelpline(f"There is no change {change_id}. `satark-ingest helplines changes` lists them.")
    if change.state != ChangeState.OPEN:
        raise CannotChangeHelpline(f"Change {change_id} was {change.state} already, by {change.decided_by}.")
    return change


def _view_line(row: Helpline, at: dt.datetime) -> HelplineView:
    record = helpline_record_of(row)
    looked_at = max(row.checked_at, row.changed_at) if row.checked_at else row.changed_at
    is_due = record.status in _SHOWN and bool(record.phones or record.whatsapp) and at - looked_at > CHECK_EVERY
    return HelplineView(record, row.origin, row.checked_at, row.checked_by, looked_at, is_due)


def _view_change(change: HelplineChange) -> ChangeView:
    return ChangeView(
        id=change.id,
        helpline_id=change.helpline_id,
        is_new_line=change.before is None,
        differences=_differences(change.before or {}, change.after or {}),
        state=ChangeState(change.state),
        proposed_by=change.proposed_by,
        proposed_at=change.proposed_at,
        reason=change.reason,
        decided_by=change.decided_by,
        decided_at=change.decided_at,
        decision=change.decision,
    )


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (name, _words(before.get(name)), _words(value)) for name, value in after.items() if before.get(name) != value
    )


def _words(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def _audit(
    session: Session, change: HelplineChange, action: str, *, by: str, at: dt.datetime, reason: str | None = None
) -> None:
    details = {"change": change.id, "before": change.before, "after": change.after}
    write_audit(session, by=by, action=action, object=_name(change.helpline_id), at=at, reason=reason, details=details)


def _name(helpline_id: str) -> str:
    return f"helpline {helpline_id}"
