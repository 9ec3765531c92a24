"""Saves, lists, compares and takes back dated copies of the official lists of agents. All of a list or nothing.

A copy that was taken back stays in the store, for the history, but nothing is said from it: the one before it counts
again. Functions take an open session; nothing is committed here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from knowledge import state
from knowledge.agents import AgentList, AgentStatus, ListedAgent, find_newest_snapshot, make_name_key, make_number_key
from knowledge.desk.audit import write_audit
from knowledge.models import Agent, AgentColumns, AgentSnapshot

SHRINKS_TOO_MUCH = 0.2  # of the firms of the copy before: more gone than that is more likely a cut-off file
SAVED_AT_ONCE = 500

Report = Callable[[str, int, int], None]


class ShrinksTooMuch(Exception):
    """A new copy has far fewer firms than the one before: `before` and `after` say how many."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__(
            f"This list has {after} firms, the copy before it {before}. A list that shrinks by more than a fifth is "
            "usually a file that was cut off. If it is right, run the command again with --confirm."
        )
        self.before = before
        self.after = after


class UnknownSnapshot(Exception):
    """There is no copy of a list with this number."""

    def __init__(self, snapshot_id: int) -> None:
        super().__init__(f"There is no list {snapshot_id}. `satark-ingest agents list` shows them all.")


class CannotUndoList(Exception):
    """A copy of a list cannot be taken back; the message says why."""


@dataclass(frozen=True)
class NewList:
    """A whole list, read and checked, ready to be saved."""

    agent_list: AgentList
    as_of: dt.date
    agents: tuple[ListedAgent, ...]
    content_hash: str  # of the file
    file_name: str | None = None
    source_url: str | None = None


@dataclass(frozen=True)
class SnapshotView:
    """One copy of a list, as it is shown. `is_used`: replies rest on it now."""

    id: int
    agent_list: AgentList
    as_of: dt.date
    agents: int
    file_name: str | None
    source_url: str | None
    added_at: dt.datetime
    added_by: str
    undone_at: dt.datetime | None
    undone_by: str | None
    is_used: bool


@dataclass(frozen=True)
class Changed:
    """One firm in two copies of a list, and the fields that differ."""

    before: ListedAgent
    after: ListedAgent
    fields: tuple[str, ...]


@dataclass(frozen=True)
class ListDiff:
    """What a copy of a list has that the one before had not, and the other way round."""

    new: tuple[ListedAgent, ...]
    gone: tuple[ListedAgent, ...]
    stopped: tuple[Changed, ...]  # active before, now suspended, cancelled or expired
    changed: tuple[Changed, ...]  # any other field


@dataclass(frozen=True)
class SavedList:
    """What saving did: the number of the copy, whether it is new, and the difference to the copy before it."""

    id: int
    is_new: bool
    agents: int
    diff: ListDiff


def save_list(
    session: Session,
    new: NewList,
    *,
    by: str,
    at: dt.datetime,
    confirmed: bool = False,
    report: Report | None = None,
) -> SavedList:
    """Save a copy of a list; the same file for the same day again changes nothing. Raises ShrinksTooMuch.

    The session's transaction makes it all or nothing: cut off at any moment, the store holds what it held before.
    """
    digest = _digest(new)
    stored = session.scalars(select(AgentSnapshot).where(AgentSnapshot.content_hash == digest)).first()
    before = find_newest_snapshot(session, new.as_of, new.agent_list)
    old = read_agents(session, before.id) if before else ()
    diff = compare_lists(old, new.agents)
    if stored is not None and stored.undone_at is None:
        return SavedList(stored.id, False, len(new.agents), compare_lists((), ()))
    if len(new.agents) < len(old) * (1 - SHRINKS_TOO_MUCH) and not confirmed:
        raise ShrinksTooMuch(len(old), len(new.agents))
    row = stored if stored is not None else AgentSnapshot(content_hash=digest)
    row.taken_on, row.agent_list = new.as_of, new.agent_list.value
    row.file_name, row.source_url = new.file_name, new.source_url
    row.added_at, row.added_by = at, by
    row.undone_at, row.undone_by = None, None
    session.add(row)
    session.flush()
    session.execute(delete(Agent).where(Agent.snapshot_id == row.id))
    _insert(session, row.id, new.agents, report)
    state.mark_changed(session)
    details = {"list": new.agent_list.value, "as_of": new.as_of.isoformat(), "agents": len(new.agents)}
    details |= {"new": len(diff.new), "gone": len(diff.gone), "confirmed": confirmed}
    write_audit(session, by=by, action="imported", object=name_list(row.id), at=at, details=details)
    return SavedList(row.id, True, len(new.agents), diff)


def undo_list(
    session: Session, snapshot_id: int, *, by: str, at: dt.datetime, reason: str | None = None
) -> SnapshotView:
    """Take a copy of a list back: nothing is said from it any more. Raises UnknownSnapshot and CannotUndoList."""
    row = _get(session, snapshot_id)
    if row.undone_at is not None:
        raise CannotUndoList(
            f"List {snapshot_id} was taken back already, on {row.undone_at:%d %B %Y} by {row.undone_by}."
        )
    row.undone_at, row.undone_by = at, by
    state.mark_changed(session)
    write_audit(session, by=by, action="undone", object=name_list(row.id), at=at, reason=reason)
    session.flush()
    return _view(session, row, used=())


def list_snapshots(session: Session, today: dt.date) -> tuple[SnapshotView, ...]:
    """Return all copies of both lists, newest first."""
    used = [row.id for kind in AgentList if (row := find_newest_snapshot(session, today, kind))]
    rows = session.scalars(select(AgentSnapshot).order_by(AgentSnapshot.taken_on.desc(), AgentSnapshot.id.desc()))
    return tuple(_view(session, row, used) for row in rows)


def get_snapshot(session: Session, snapshot_id: int, today: dt.date) -> SnapshotView:
    """Return one copy of a list. Raises UnknownSnapshot."""
    row = _get(session, snapshot_id)
    newest = find_newest_snapshot(session, today, AgentList(row.agent_list))
    return _view(session, row, [newest.id] if newest else [])


def find_snapshot_before(session: Session, snapshot_id: int) -> int | None:
    """Return the number of the copy of the same list before this one, or None. Raises UnknownSnapshot."""
    row = _get(session, snapshot_id)
    query = select(AgentSnapshot.id).where(
        AgentSnapshot.agent_list == row.agent_list,
        AgentSnapshot.undone_at.is_(None),
        AgentSnapshot.id != row.id,
        AgentSnapshot.taken_on <= row.taken_on,
    )
    return session.scalars(query.order_by(AgentSnapshot.taken_on.desc(), AgentSnapshot.id.desc()).limit(1)).first()


def read_agents(session: Session, snapshot_id: int) -> tuple[ListedAgent, ...]:
    """Return all firms of a copy, in the order of the list. Raises UnknownSnapshot."""
    agent_list = AgentList(_get(session, snapshot_id).agent_list)
    rows = session.scalars(select(Agent).where(Agent.snapshot_id == snapshot_id).order_by(Agent.id))
    return tuple(
        ListedAgent(agent_list, row.name, row.number, AgentStatus(row.status), row.address, row.state, row.valid_until)
        for row in rows
    )


def compare_lists(old: Sequence[ListedAgent], new: Sequence[ListedAgent]) -> ListDiff:
    """Say what changed from one copy of a list to the next. Pure. A firm is the same by number, else by name."""
    before, after = _by_key(old), _by_key(new)
    both = [(before[key], after[key]) for key in after if key in before]
    changes = [Changed(a, b, fields) for a, b in both if (fields := _differing(a, b))]
    stopped = [change for change in changes if _stopped(change)]
    return ListDiff(
        new=tuple(agent for key, agent in after.items() if key not in before),
        gone=tuple(agent for key, agent in before.items() if key not in after),
        stopped=tuple(stopped),
        changed=tuple(change for change in changes if change not in stopped),
    )


def find_columns(session: Session, signature: str) -> dict[str, int] | None:
    """Return which column is what in files with this header, as staff said, or None where they have not."""
    row = session.get(AgentColumns, signature)
    return {name: int(place) for name, place in row.columns.items()} if row else None


def save_columns(session: Session, signature: str, columns: Mapping[str, int], *, by: str, at: dt.datetime) -> None:
    """Remember which column is what in files with this header."""
    row = session.get(AgentColumns, signature) or AgentColumns(signature=signature)
    row.columns, row.by, row.at = dict(columns), by, at
    session.add(row)


def name_list(snapshot_id: int) -> str:
    """Name a copy of a list as the audit log does."""
    return f"agent list {snapshot_id}"


def _insert(session: Session, snapshot_id: int, agents: Sequence[ListedAgent], report: Report | None) -> None:
    for start in range(0, len(agents), SAVED_AT_ONCE):
        some = agents[start : start + SAVED_AT_ONCE]
        session.execute(insert(Agent), [_row(snapshot_id, agent) for agent in some])
        if report:
            report("Saving agents", start + len(some), len(agents))


def _row(snapshot_id: int, agent: ListedAgent) -> dict[str, object]:
    return {
        "snapshot_id": snapshot_id,
        "number": agent.number,
        "number_key": make_number_key(agent.number),
        "name": agent.name,
        "name_key": make_name_key(agent.name),
        "status": agent.status.value,
        "address": agent.address,
        "state": agent.state,
        "valid_until": agent.valid_until,
    }


def _digest(new: NewList) -> str:
    """Name a copy by what it says and of which day: an unchanged list of a later day is a new copy."""
    rows = [[a.number, a.name, a.status, a.address, a.state, str(a.valid_until)] for a in new.agents]
    whole = [new.agent_list, new.as_of.isoformat(), new.content_hash, rows]
    return hashlib.sha256(json.dumps(whole, ensure_ascii=False).encode()).hexdigest()


def _by_key(agents: Sequence[ListedAgent]) -> dict[str, ListedAgent]:
    return {
        make_number_key(agent.number) or f"name {make_name_key(agent.name)} {agent.state}": agent for agent in agents
    }


def _differing(one: ListedAgent, other: ListedAgent) -> tuple[str, ...]:
    fields = ("name", "status", "valid_until", "address", "state")
    return tuple(field for field in fields if getattr(one, field) != getattr(other, field))


def _stopped(change: Changed) -> bool:
    return change.before.status is AgentStatus.ACTIVE and change.after.status is not AgentStatus.ACTIVE


def _get(session: Session, snapshot_id: int) -> AgentSnapshot:
    row = session.get(AgentSnapshot, snapshot_id)
    if row is None:
        raise UnknownSnapshot(snapshot_id)
    return row


def _view(session: Session, row: AgentSnapshot, used: Sequence[int]) -> SnapshotView:
    count = session.scalar(select(func.count()).select_from(Agent).where(Agent.snapshot_id == row.id)) or 0
    return SnapshotView(
        id=row.id,
        agent_list=AgentList(row.agent_list),
        as_of=row.taken_on,
        agents=count,
        file_name=row.file_name,
        source_url=row.source_url,
        added_at=row.added_at,
        added_by=row.added_by,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        is_used=row.id in used,
    )
