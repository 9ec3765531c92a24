"""Knows drafts: saving a new one, finding them, and what staff are shown of one. Changes none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.advisories import find_advisory
from knowledge.desk.audit import DeskAction, name_draft, write_audit
from knowledge.desk_models import Draft, DraftState
from knowledge.records import AdvisoryRecord, BadRecord, build_advisory

UNFILLED = ("status", "superseded_by")  # where an advisory stands is decided by publishing, never by a draft


class UnknownDraft(Exception):
    """There is no draft with this number."""

    def __init__(self, draft_id: int) -> None:
        super().__init__(f"There is no draft {draft_id}. `satark-ingest list` shows the open ones.")
        self.draft_id = draft_id


@dataclass(frozen=True)
class NearView:
    """A stored advisory that is like a draft without being the same; staff decide."""

    id: str
    likeness: float  # 0 to 1
    differs: tuple[str, ...]


@dataclass(frozen=True)
class ProposalView:
    """What the machine understood for one field: how sure it is, and the words it rests on."""

    value: Any
    confidence: float  # 0 to 1
    words: tuple[str, ...]


@dataclass(frozen=True)
class NewDraft:
    """What the pipeline made of one notice. `fields` are those of `AdvisoryRecord`, as plain JSON values."""

    advisory_id: str
    fields: Mapping[str, Any]
    text: str
    by: str
    proposals: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    replaces: str | None = None
    near: Sequence[NearView] = ()
    contradictions: Sequence[Mapping[str, Any]] = ()
    notes: Sequence[str] = ()
    identity: str | None = None
    source_id: str | None = None
    submission_id: int | None = None
    from_first_load: bool = False


@dataclass(frozen=True)
class DraftView:
    """One draft as staff see it. `version` goes with every change they ask for; `problem` says why it cannot go out."""

    id: int
    version: int
    state: DraftState
    advisory_id: str
    fields: Mapping[str, Any]
    proposals: Mapping[str, ProposalView]
    text: str
    replaces: str | None
    near: tuple[NearView, ...]
    contradictions: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...]
    identity: str | None
    source_id: str | None
    submission_id: int | None
    from_first_load: bool
    created_at: dt.datetime
    created_by: str
    changed_at: dt.datetime
    changed_by: str
    problem: str | None

    @property
    def title(self) -> str:
        """What it is called in a list."""
        return str(self.fields.get("title") or self.fields.get("issuer") or self.text[:60])


def save_new_draft(session: Session, new: NewDraft, at: dt.datetime) -> int:
    """Store a new draft; where its advisory id is taken by something else, a number is added. Returns its number."""
    advisory_id = new.replaces or free_advisory_id(session, new.advisory_id)
    replaced = find_advisory(session, new.replaces) if new.replaces else None
    row = Draft(
        submission_id=new.submission_id,
        source_id=new.source_id,
        advisory_id=advisory_id,
        fields=_kept_fields(new.fields),
        proposals={name: dict(proposal) for name, proposal in new.proposals.items()},
        text=new.text,
        replaces=new.replaces,
        replaces_hash=replaced.content_hash if replaced else None,
        near=[{"id": one.id, "likeness": one.likeness, "differs": list(one.differs)} for one in new.near],
        contradictions=[dict(one) for one in new.contradictions],
        notes=list(new.notes),
        identity=new.identity,
        from_first_load=new.from_first_load,
        state=DraftState.OPEN,
        version=1,
        created_at=at,
        created_by=new.by,
        changed_at=at,
        changed_by=new.by,
    )
    session.add(row)
    session.flush()
    write_audit(session, by=new.by, action=DeskAction.DRAFTED, object=name_draft(row.id), at=at)
    return row.id


def list_drafts(session: Session, *, open_only: bool = True) -> tuple[DraftView, ...]:
    """Return drafts, newest first."""
    query = select(Draft).order_by(Draft.id.desc())
    if open_only:
        query = query.where(Draft.state == DraftState.OPEN)
    return tuple(map(view_of, session.scalars(query)))


def get_draft(session: Session, draft_id: int) -> DraftView:
    """Return one draft. Raises UnknownDraft."""
    return view_of(get_row(session, draft_id))


def find_drafts_of(session: Session, advisory_id: str) -> tuple[DraftView, ...]:
    """Return the drafts that became, or are to become, this advisory; newest first."""
    query = select(Draft).where(Draft.advisory_id == advisory_id).order_by(Draft.id.desc())
    return tuple(map(view_of, session.scalars(query)))


def get_row(session: Session, draft_id: int) -> Draft:
    """Return the stored draft, held against other writers until the transaction ends. Raises UnknownDraft."""
    row = session.get(Draft, draft_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise UnknownDraft(draft_id)
    return row


def free_advisory_id(session: Session, wanted: str, *, but_of: int | None = None) -> str:
    """Return the wanted id, or with a number added where an advisory or another open draft has it already."""
    candidate, number = wanted, 1
    while is_id_taken(session, candidate, but_of=but_of):
        number += 1
        candidate = f"{wanted}-{number}"
    return candidate


def is_id_taken(session: Session, advisory_id: str, *, but_of: int | None = None) -> bool:
    """Say whether an advisory, or an open draft other than `but_of`, has this id."""
    if find_advisory(session, advisory_id) is not None:
        return True
    others = select(Draft.id).where(Draft.advisory_id == advisory_id, Draft.state == DraftState.OPEN)
    if but_of is not None:
        others = others.where(Draft.id != but_of)
    return session.scalars(others).first() is not None


def record_of_draft(row: Draft) -> AdvisoryRecord:
    """Turn a draft into the record it would be published as. Raises BadRecord, which names the field."""
    return build_advisory({**row.fields, "id": row.advisory_id}, f"draft {row.id}")


def view_of(row: Draft) -> DraftView:
    """Return what staff see of a stored draft."""
    return DraftView(
        id=row.id,
        version=row.version,
        state=DraftState(row.state),
        advisory_id=row.advisory_id,
        fields=dict(row.fields),
        proposals={name: _proposal_of(stored) for name, stored in row.proposals.items()},
        text=row.text,
        replaces=row.replaces,
        near=tuple(NearView(one["id"], one["likeness"], tuple(one["differs"])) for one in row.near),
        contradictions=tuple(row.contradictions),
        notes=tuple(row.notes),
        identity=row.identity,
        source_id=row.source_id,
        submission_id=row.submission_id,
        from_first_load=row.from_first_load,
        created_at=row.created_at,
        created_by=row.created_by,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        problem=_problem_of(row),
    )


def _kept_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in (*UNFILLED, "id")}


def _proposal_of(stored: Mapping[str, Any]) -> ProposalView:
    return ProposalView(stored.get("value"), float(stored.get("confidence", 0)), tuple(stored.get("words", ())))


def _problem_of(row: Draft) -> str | None:
    try:
        record_of_draft(row)
    except BadRecord as error:
        return f"{error.field}: {error.problem}"
    return None
