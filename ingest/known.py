"""Gathers what is known, advisories and drafts, in the form that deciding compares with. Reads only what is new.

Open drafts come before advisories, so that a notice read twice before anybody published it is drafted once; rejected
drafts come last, so that what staff set aside does not come back by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.deciding import KnownNotice
from knowledge.advisories import record_of
from knowledge.desk_models import Draft, DraftState, SeenItem
from knowledge.models import Advisory
from knowledge.records import AdvisoryRecord, BadRecord, build_advisory
from knowledge.vocabulary import Status

_ORDER = {DraftState.OPEN: 0, None: 1, DraftState.REJECTED: 2}
_FILLERS = {"issuer": "not known", "kind": "advisory", "source_tier": "official_page", "facts": ["-"]}


@dataclass(frozen=True)
class Entry:
    """One thing that is known: a stored advisory, or a draft (`state`) that is open or was rejected."""

    notice: KnownNotice
    state: DraftState | None
    draft_id: int | None
    status: str | None = None  # of an advisory
    replaces: str | None = None  # of a draft

    @property
    def is_stored(self) -> bool:
        """Whether it is an advisory, not a draft."""
        return self.state is None

    def same_words(self) -> str:
        """Say that a notice is this one already."""
        if self.state is DraftState.OPEN:
            return f"This notice is open already as draft {self.draft_id}."
        if self.state is DraftState.REJECTED:
            undo = f"`satark-ingest undo {self.draft_id}` opens it again."
            return f"This notice was rejected as draft {self.draft_id}. {undo}"
        if self.status == Status.WITHDRAWN:
            return f"This notice is {self.notice.id}, which was withdrawn. `satark-ingest publish` brings it back."
        return f"This notice is {self.notice.id} already; nothing changed."

    def other_reading_words(self) -> str:
        """Say that this draft holds an earlier reading of a notice."""
        state = "is open as" if self.state is DraftState.OPEN else "was rejected as"
        return f"An earlier reading of this notice {state} draft {self.draft_id}. Compare them; publish one."


class KnownKeeper:
    """Holds what is known between two notices, so that the thousandth costs little more than the first."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._marks: dict[str, object] = {}

    def refresh(self, session: Session) -> tuple[KnownNotice, ...]:
        """Take in what changed since the last time; return all that is known, in the order to compare in."""
        published = dict(
            session.execute(
                select(Draft.advisory_id, Draft.id).where(Draft.state == DraftState.PUBLISHED).order_by(Draft.id)
            ).all()
        )
        keys = _seen_keys(session)
        marks: dict[str, object] = {
            row.id: (row.content_hash, row.status, published.get(row.id), tuple(keys.get(row.id, ())))
            for row in session.execute(select(Advisory.id, Advisory.content_hash, Advisory.status))
        }
        waiting = select(Draft.id, Draft.version).where(Draft.state != DraftState.PUBLISHED)
        marks |= {_name(row.id): row.version for row in session.execute(waiting)}
        for name in self._entries.keys() - marks.keys():
            del self._entries[name]
        for name, mark in marks.items():
            if self._marks.get(name) != mark or name not in self._entries:
                self._entries[name] = _load(session, name, published, keys)
        self._marks = marks
        ordered = sorted(self._entries.values(), key=lambda entry: (_ORDER[entry.state], -(entry.draft_id or 0)))
        return tuple(entry.notice for entry in ordered)

    def find(self, name: str) -> Entry | None:
        """Return what deciding named: an advisory by its id, or a draft as "draft 12"."""
        return self._entries.get(name)

    def find_rejected(self, text: str, replaces: str | None) -> Entry | None:
        """Return the draft of the same words, for the same advisory, that staff rejected; or None."""
        words = text.split()
        for entry in self._entries.values():
            rejected = entry.state is DraftState.REJECTED and entry.replaces == replaces
            if rejected and entry.notice.text.split() == words:
                return entry
        return None


def _load(session: Session, name: str, published: Mapping[str, int], keys: Mapping[str, list[str]]) -> Entry:
    if name.startswith("draft "):
        return _entry_of_draft(session.get_one(Draft, int(name.removeprefix("draft ")), populate_existing=True))
    row = session.get_one(Advisory, name, populate_existing=True)
    draft = session.get(Draft, published[name]) if name in published else None
    return _entry_of_advisory(row, draft, keys.get(name, []))


def _entry_of_advisory(row: Advisory, draft: Draft | None, seen: list[str]) -> Entry:
    record = record_of(row)
    known_by = {*seen, *([draft.identity] if draft and draft.identity else [])}
    text = draft.text if draft else "\n\n".join(record.facts)
    notice = KnownNotice(row.id, record, text, frozenset(known_by), _addresses(record))
    return Entry(notice, None, draft.id if draft else None, row.status)


def _entry_of_draft(row: Draft) -> Entry:
    record = _record_of(row)
    keys = frozenset([row.identity] if row.identity else [])
    notice = KnownNotice(_name(row.id), record, row.text, keys, _addresses(record))
    return Entry(notice, DraftState(row.state), row.id, replaces=row.replaces)


def _record_of(row: Draft) -> AdvisoryRecord:
    """The record of a draft; what it still lacks is filled in, since deciding compares what is there."""
    fields = {**row.fields, **{name: value for name, value in _FILLERS.items() if not row.fields.get(name)}}
    try:
        return build_advisory({**fields, "id": row.advisory_id}, _name(row.id))
    except BadRecord:
        return build_advisory({**_FILLERS, "id": row.advisory_id, "facts": [row.text.strip() or "-"]}, _name(row.id))


def _addresses(record: AdvisoryRecord) -> frozenset[str]:
    return frozenset(address for address in (record.source_url, record.seen_in, *record.also_seen) if address)


def _seen_keys(session: Session) -> dict[str, list[str]]:
    keys: dict[str, list[str]] = defaultdict(list)
    seen = select(SeenItem.advisory_id, SeenItem.key).where(SeenItem.advisory_id.is_not(None)).order_by(SeenItem.key)
    for advisory_id, key in session.execute(seen):
        keys[str(advisory_id)].append(key)
    return keys


def _name(draft_id: int) -> str:
    return f"draft {draft_id}"
