"""The public deeds of the desk: publish a draft, correct, withdraw and supersede an advisory.

Each leaves its publication event and its audit entry in one transaction. Functions take an open session; nothing is
committed here, and nothing is embedded: who calls it embeds after the commit (`bulk_embedding.embed_waiting`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import advisories, alert_requests
from knowledge.advisories import SaveOutcome, as_fields, find_advisory, get_advisory, record_of
from knowledge.desk.audit import DeskAction, name_advisory, name_draft, write_audit
from knowledge.desk.drafts import record_of_draft
from knowledge.desk.editing import get_open, move
from knowledge.desk.field_values import apply_changes
from knowledge.desk_models import DeskEntry, Draft, DraftState
from knowledge.models import Advisory
from knowledge.records import AdvisoryRecord, BadRecord, build_advisory
from knowledge.vocabulary import Status


class AdvisoryChangedMeanwhile(Exception):
    """The advisory that a draft is to replace was changed after the draft was made. `by` and `at` say by whom, when."""

    def __init__(self, advisory_id: str, by: str, at: dt.datetime) -> None:
        super().__init__(
            f"{advisory_id} was changed by {by} on {at:%Y-%m-%d at %H:%M} UTC, after this draft was made. Look at the "
            "difference again; publish over the newer words only if this draft still holds."
        )
        self.advisory_id, self.by, self.at = advisory_id, by, at


class NotPublic(Exception):
    """The advisory is not said in public, so there is nothing to correct there."""

    def __init__(self, advisory_id: str, status: str) -> None:
        super().__init__(
            f"{advisory_id} is {'a draft' if status == Status.DRAFT else status}, not published. "
            f"`satark-ingest publish {advisory_id}` publishes it."
        )
        self.advisory_id = advisory_id


@dataclass(frozen=True)
class PublishedDraft:
    """What publishing did. `newly`: it was not said before; else a new version took the place of the old one."""

    advisory_id: str
    newly: bool
    alert_requested: bool


@dataclass(frozen=True)
class Withdrawn:
    """What withdrawing did. `restored`: the older advisories that hold again."""

    advisory_id: str
    restored: tuple[str, ...]
    alert_requested: bool


def publish_draft(
    session: Session,
    draft_id: int,
    version: int,
    *,
    by: str,
    at: dt.datetime,
    alert: bool = False,
    reason: str | None = None,
    over_newer: bool = False,
) -> PublishedDraft:
    """Let a draft be said in public, as a new advisory or as a new version of the one it replaces.

    With `alert`, staff are asked to approve telling people. Raises UnknownDraft, DraftClosed, ChangedMeanwhile,
    BadRecord (a field is missing or its id is taken), CannotSupersede, and AdvisoryChangedMeanwhile unless
    `over_newer`; then nothing is stored.
    """
    row = get_open(session, draft_id, version)
    record = record_of_draft(row)
    stored = find_advisory(session, row.advisory_id)
    _require_free(session, row, stored, over_newer=over_newer)
    was = _standing_of(stored)
    newly = _put_out(session, record, stored, by=by, at=at, reason=reason)
    requested = alert and alert_requests.request(session, record.id, by=by, at=at)
    move(row, DraftState.PUBLISHED, by=by, at=at)
    details = {"advisory_id": record.id, "was": was, "alert_requested": requested, "version": row.version}
    write_audit(
        session, by=by, action=DeskAction.PUBLISHED, object=name_draft(draft_id), at=at, reason=reason, details=details
    )
    return PublishedDraft(record.id, newly, requested)


def publish_advisory(
    session: Session,
    advisory_id: str,
    *,
    by: str,
    at: dt.datetime,
    alert: bool = False,
    reason: str | None = None,
) -> PublishedDraft:
    """Publish an advisory that is stored but not public. Raises UnknownAdvisory and CannotSupersede."""
    was = _standing_of(get_advisory(session, advisory_id))
    newly = advisories.publish(session, advisory_id, by=by, at=at, reason=reason)
    requested = alert and alert_requests.request(session, advisory_id, by=by, at=at)
    if newly or requested:
        _note(session, DeskAction.PUBLISHED, advisory_id, by, at, reason, {"was": was, "alert_requested": requested})
    return PublishedDraft(advisory_id, newly, requested)


def update_advisory(
    session: Session,
    advisory_id: str,
    changes: Mapping[str, object],
    *,
    by: str,
    at: dt.datetime,
    reason: str,
    alert: bool = False,
) -> bool:
    """Correct a stored advisory: a new version, in public at once where it is published. False: nothing differed.

    Raises UnknownAdvisory, NotPublic (withdrawn), BadRecord naming the field, and CannotSupersede.
    """
    row = get_advisory(session, advisory_id)
    if row.status == Status.WITHDRAWN:
        raise NotPublic(advisory_id, row.status)
    before = as_fields(record_of(row))
    record = build_advisory(apply_changes(before, changes, advisory_id), advisory_id)
    outcome = advisories.update_published(
        session, record, by=by, at=at, reason=reason, summary=row.summary if "text" not in changes else ()
    )
    if outcome is not SaveOutcome.CHANGED:
        return False
    requested = alert and alert_requests.request(session, advisory_id, by=by, at=at)
    details = {"was": {"status": row.status, "fields": before}, "alert_requested": requested}
    _note(session, DeskAction.UPDATED, advisory_id, by, at, reason, details)
    return True


def withdraw_advisory(session: Session, advisory_id: str, *, by: str, at: dt.datetime, reason: str) -> Withdrawn | None:
    """Take an advisory back; who was told of it is to hear that, once staff approve the words. None: it was already.

    Raises UnknownAdvisory.
    """
    was = _standing_of(get_advisory(session, advisory_id))
    restored = advisories.withdraw(session, advisory_id, by=by, at=at, reason=reason)
    if restored is None:
        return None
    requested = alert_requests.request(session, advisory_id, by=by, at=at)
    _note(session, DeskAction.WITHDRAWN, advisory_id, by, at, reason, {"was": was, "restored": list(restored)})
    return Withdrawn(advisory_id, restored, requested)


def supersede_advisory(
    session: Session, old_id: str, new_id: str, *, by: str, at: dt.datetime, reason: str | None = None
) -> bool:
    """Let a newer advisory take the place of an older one. False where it already had.

    Raises UnknownAdvisory and CannotSupersede.
    """
    before = get_advisory(session, old_id).superseded_by
    if not advisories.supersede(session, old_id, new_id, by=by, at=at, reason=reason):
        return False
    _note(session, DeskAction.SUPERSEDED, old_id, by, at, reason, {"by": new_id, "superseded_by_before": before})
    return True


def put_content_back(
    session: Session, was: Mapping[str, Any], *, by: str, at: dt.datetime, reason: str
) -> AdvisoryRecord:
    """Let an advisory say again what it said before (`fields` of what `_standing_of` had noted). Returns its record."""
    record = build_advisory({name: value for name, value in was["fields"].items() if name != "status"}, "what it said")
    wrongly_replaced = set(get_advisory(session, record.id).supersedes) - set(record.supersedes)
    advisories.update_published(session, record, by=by, at=at, reason=reason)
    for old_id in sorted(wrongly_replaced):
        old = find_advisory(session, old_id)
        if old is not None and old.superseded_by == record.id:  # else an older warning would stay silent
            advisories.end_superseding(session, old_id, None, by=by, at=at, reason=reason)
    return record


def _require_free(session: Session, row: Draft, stored: Advisory | None, *, over_newer: bool) -> None:
    """Refuse to write over an advisory that the draft does not replace, or that was changed since."""
    if stored is None:
        return
    if row.replaces is None:
        if stored.status == Status.PUBLISHED or not _was_published_from(session, row):
            raise BadRecord(f"draft {row.id}", "id", f"{row.advisory_id} is taken already; choose another")
        return
    if row.replaces_hash not in (None, stored.content_hash) and not over_newer:
        newest = advisories.list_events(session, stored.id)[-1:]
        by = newest[0].by if newest else "somebody"
        raise AdvisoryChangedMeanwhile(stored.id, by, stored.changed_at)


def _was_published_from(session: Session, row: Draft) -> bool:
    """Whether this very draft made the advisory, and its publication was undone."""
    published = select(DeskEntry.id).where(
        DeskEntry.object == name_draft(row.id), DeskEntry.action == DeskAction.PUBLISHED
    )
    return session.scalars(published).first() is not None


def _put_out(
    session: Session,
    record: AdvisoryRecord,
    stored: Advisory | None,
    *,
    by: str,
    at: dt.datetime,
    reason: str | None,
) -> bool:
    if stored is not None and stored.status == Status.PUBLISHED:
        advisories.update_published(session, replace(record, status=Status.PUBLISHED), by=by, at=at, reason=reason)
        return False
    advisories.save_draft(session, record, at=at)
    return advisories.publish(session, record.id, by=by, at=at, reason=reason)


def _standing_of(stored: Advisory | None) -> dict[str, Any] | None:
    """What undoing needs to know of an advisory: its status and what it said. None where there was none."""
    return None if stored is None else {"status": stored.status, "fields": as_fields(record_of(stored))}


def _note(
    session: Session,
    action: DeskAction,
    advisory_id: str,
    by: str,
    at: dt.datetime,
    reason: str | None,
    details: Mapping[str, Any],
) -> None:
    write_audit(session, by=by, action=action, object=name_advisory(advisory_id), at=at, reason=reason, details=details)
